"""Changes as JSON has them, in the shape of Terraform's `resource_changes`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from types import NoneType
from typing import Any

from landing.core.json_text import typed
from landing.core.model import Action, Address, Change, Diagnostic, Gap, Scope, Source
from landing.core.references import outputs_in
from landing.services.base import Kind, Kinds

NO_OP = "no-op"
"""What Terraform's plan says of what is imported and not changed."""


def digest_of(document: Any) -> str:
    """What a JSON document says, however it is laid out, as 64 hex digits."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def scope_of(scope: Scope) -> dict[str, str]:
    """Its parts by their names."""
    return {"account": scope.account, "region": scope.region}


def entry_of(kinds: Kinds, change: Change) -> dict[str, Any]:
    """All of a change; `change_of` reads it."""
    source, kind = change.source, kinds[change.address.kind]
    return {
        "address": str(change.address),
        "kind": change.address.kind,
        "name": change.address.name,
        **scope_of(change.address.scope),
        "declared_at": asdict(source) if source else None,
        "change": {
            "actions": [NO_OP if change.action is Action.ADOPT else change.action.value],
            "before": plain(change.before),
            "after": plain(change.after),
            "after_unknown": _unknown(kind, change),
            **({"importing": {"id": change.address.name}} if change.adopts else {}),
        },
        "requires": [str(address) for address in change.requires],
        "releases": [str(address) for address in change.releases],
        **({"only": [scope_of(scope) for scope in change.only]} if change.only else {}),
    }


def _unknown(kind: Kind, change: Change) -> dict[str, Any]:
    """What AWS decides, and what is an output of a stack, by their paths, each as true."""
    decided = dict.fromkeys(kind.unknown, True) if change.action is Action.CREATE else {}
    return {**decided, **_outputs(change.after or {})}


def _outputs(value: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, item in value.items():
        if isinstance(item, str) and outputs_in(item):
            found[key] = True
        elif isinstance(item, Mapping) and (inside := _outputs(item)):
            found[key] = inside
    return found


def change_of(entry: Mapping[str, Any]) -> Change:
    """What `entry_of` wrote; raises one of `json_text.DAMAGE` when it did not."""
    at = entry["declared_at"]
    action = entry["change"]["actions"][0]
    return Change(
        Action.ADOPT if action == NO_OP else Action(action),
        Address.parse(entry["address"]),
        typed(entry["change"]["before"], dict, NoneType),
        typed(entry["change"]["after"], dict, NoneType),
        tuple(map(Address.parse, entry["requires"])),
        tuple(map(Address.parse, entry["releases"])),
        source_of(at) if at else None,
        tuple(Scope(typed(each["account"], str), typed(each["region"], str)) for each in entry.get("only", ())),
    )


def source_of(at: Mapping[str, Any]) -> Source:
    """A place in the config, whose parts have their types."""
    return Source(typed(at["file"], str), typed(at["line"], int), typed(at["column"], int))


def gap_entry_of(gap: Gap) -> dict[str, Any]:
    """All of a gap, and the parts of its reason where it has any; `gap_of` reads it."""
    entry = {"kind": gap.kind, **scope_of(gap.scope), "reason": gap.reason, "name": gap.name}
    return entry | ({} if gap.diagnostic == Diagnostic("", gap.reason) else {"diagnostic": gap.diagnostic.to_json()})


def gap_of(entry: Mapping[str, Any]) -> Gap:
    """What `gap_entry_of` wrote; raises KeyError, TypeError, ValueError or AttributeError when it did not."""
    parts = entry.get("diagnostic", {"message": entry["reason"]})
    kind, account, region, name = (typed(entry[key], str) for key in ("kind", "account", "region", "name"))
    return Gap(kind, Scope(account, region), Diagnostic.from_json(parts), name)


def plain(value: Any) -> Any:
    """Mappings and sequences as the dicts and lists that JSON knows."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value
