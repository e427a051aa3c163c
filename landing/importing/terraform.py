"""Terraform: what `terraform show -json` prints of a state or a plan; of it, `aws_organizations_…` is carried over."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from landing.core import json_text
from landing.core.errors import LandingError
from landing.core.model import Source
from landing.importing.listing import ListedAccount, ListedPolicy, Listing, Place
from landing.importing.nodes import json_of, text_of

ORGANIZATION, UNIT, ACCOUNT, POLICY, ATTACHMENT, ADMINISTRATOR = (
    f"aws_organizations_{name}"
    for name in (
        "organization",
        "organizational_unit",
        "account",
        "policy",
        "policy_attachment",
        "delegated_administrator",
    )
)
Rows = Mapping[str, list[Mapping[str, Any]]]
"""Resources by type, each with `address` and `values`."""


def read(file: Path) -> Listing:
    """What the state holds; of what is not carried over, how many there are of each type and where the first stands."""
    found, text = Listing(f"the Terraform state {file}"), text_of(file)
    top = json_of(file, deepest=json_text.DEEPEST)
    values = (top.get("values") or top.get("planned_values")) if isinstance(top, dict) else None
    if not isinstance(values, dict):
        raise LandingError(f"{file} has no `values`: make it with `terraform show -json > FILE`")
    rows: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for resource in _resources(values.get("root_module") or {}):
        if resource.get("mode") != "data" or resource["type"] == ORGANIZATION:
            rows[str(resource["type"])].append(resource)

    def at(resource: Mapping[str, Any]) -> Source:
        """Where its address stands: a state that Terraform has printed is one line."""
        address = re.search(rf'"address"\s*:\s*{re.escape(json.dumps(resource["address"]))}', text)
        before = text[: address.start()] if address else ""
        line = before.count("\n") + 1
        return Source(str(file), line, len(before) - before.rfind("\n") if line == 1 else 1)

    root = _organization(found, rows)
    places = _places(found, rows, root, at)
    _accounts(found, rows, places, at)
    _policies(found, rows, places, at)
    names = {each.id: each.name for each in found.accounts}
    for each in rows[ADMINISTRATOR]:
        account, principal = str(each["values"].get("account_id")), str(each["values"].get("service_principal"))
        if account in names:
            found.delegated_administrators[principal] = names[account]
        else:
            found.leave(str(each["address"]), f"account {account} is not in the state", at(each))
    for kind in sorted(set(rows) - {ORGANIZATION, UNIT, ACCOUNT, POLICY, ATTACHMENT, ADMINISTRATOR}):
        more = f" and {len(rows[kind]) - 1} more of {kind}" if len(rows[kind]) > 1 else ""
        found.leave(f"{rows[kind][0]['address']}{more}", "it stays in Terraform", at(rows[kind][0]))
    return found


def _resources(module: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from module.get("resources") or ()
    for child in module.get("child_modules") or ():
        yield from _resources(child)


def _organization(found: Listing, rows: Rows) -> str:
    """The id of the root; the management account and trusted access go to what is found."""
    for resource in rows[ORGANIZATION]:
        own = resource["values"]
        found.id = str(own.get("id") or "")
        found.trusted_access = tuple(map(str, own.get("aws_service_access_principals") or ()))
        found.policy_types = tuple(map(str, own.get("enabled_policy_types") or ()))
        management = str(own.get("master_account_id") or "")
        for each in own.get("accounts") or ():
            if str(each.get("id")) == management:
                found.management = str(each["name"])
                found.accounts.append(ListedAccount(str(each["name"]), str(each["email"]), (), id=management))
        return str((own.get("roots") or [{}])[0].get("id") or "")
    raise LandingError(f"{found.source} has no {ORGANIZATION}, as resource or as data: it does not say whose it is")


def _places(found: Listing, rows: Rows, root: str, at: Any) -> dict[str, Place]:
    """The place of each unit by its id, and the root's."""
    units = {str(each["values"]["id"]): each for each in rows[UNIT] if each["values"].get("id")}
    places: dict[str, Place] = {root: ()}

    def place(unit: str, depth: int = 0) -> Place | None:
        if unit in places or unit not in units or depth > 8:
            return places.get(unit)
        above = place(str(units[unit]["values"].get("parent_id")), depth + 1)
        return None if above is None else (*above, str(units[unit]["values"]["name"]))

    for unit, resource in units.items():
        where = place(unit)
        if where is None:
            found.leave(str(resource["address"]), "the unit above it is not in the state", at(resource))
        else:
            places[unit] = where
            found.add_place(where)
    return places


def _accounts(found: Listing, rows: Rows, places: Mapping[str, Place], at: Any) -> None:
    used = {each.name for each in found.accounts}
    known = {each.id for each in found.accounts}
    for resource in rows[ACCOUNT]:
        own = resource["values"]
        account, parent = str(own.get("id") or ""), str(own.get("parent_id") or "")
        if account and account in known:
            continue
        if parent and parent not in places:
            found.leave(
                f"the unit of {resource['address']}", f"{parent} is not in the state: put at the root", at(resource)
            )
        name = str(own["name"])
        name = name if name not in used else str(resource["address"])
        used.add(name)
        tags = {key: str(value) for key, value in (own.get("tags") or {}).items()}
        found.accounts.append(
            ListedAccount(name, str(own["email"]), places.get(parent, ()), str(own["name"]), account, tags)
        )


def _policies(found: Listing, rows: Rows, places: Mapping[str, Place], at: Any) -> None:
    names = {each.id: each.name for each in found.accounts}
    targets: dict[str, list[str]] = defaultdict(list)
    for each in rows[ATTACHMENT]:
        target = str(each["values"].get("target_id"))
        if target in places or target in names:
            targets[str(each["values"].get("policy_id"))].append(target)
        else:
            found.leave(str(each["address"]), f"its target {target} is not in the state", at(each))
    for each in rows[POLICY]:
        own = each["values"]
        try:
            document = json_text.read(str(own.get("content")))
        except ValueError:
            document = None
        if not isinstance(document, dict):
            found.leave(str(each["address"]), "its content is no JSON object", at(each))
            continue
        mine = targets.pop(str(own.get("id")), [])
        found.policies.append(
            ListedPolicy(
                str(own["name"]),
                str(own.get("description") or ""),
                str(own.get("type") or "SERVICE_CONTROL_POLICY"),
                document,
                tuple(places[target] for target in mine if target in places),
                tuple(names[target] for target in mine if target in names),
            )
        )
    for policy, left in targets.items():
        for each in rows[ATTACHMENT]:
            if str(each["values"].get("policy_id")) == policy and left:
                found.leave(str(each["address"]), f"its policy {policy} is not in the state", at(each))
