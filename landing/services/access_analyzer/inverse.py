"""Settings of Access Analyzer by what AWS has."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from landing.core.keys import is_key
from landing.core.model import Json, Resource
from landing.core.references import account_key
from landing.organization import Organization
from landing.services.access_analyzer.analyzer import Analyzer
from landing.services.access_analyzer.archive_rule import ArchiveRule
from landing.services.access_analyzer.settings import EXTERNAL, INTERNAL, TYPES, UNUSED
from landing.services.shapes import BY_NAME


def settings_of(organization: Organization, live: Collection[Resource]) -> dict[str, Json]:
    """As in the home region: of each type ours, or else the first by name, and the rules of these."""
    here = [each for each in live if each.address.scope.region == organization.home_region]
    found = {key: next(_of(kind, key, here), None) for key, kind in TYPES.items()}
    settings: dict[str, Any] = {}
    archive: dict[str, Any] = {}
    for key, analyzer in found.items():
        if analyzer is None:
            continue
        name = analyzer.address.name
        called = {"name": name.removesuffix(BY_NAME)} if name.endswith(BY_NAME) else {}
        settings[key] = {**called, **_said(key, analyzer.attributes)}
        archive |= _rules(key, here)
    return {**settings, **({"archive": archive} if archive else {})}


def _of(kind: str, key: str, here: Iterable[Resource]) -> Iterator[Resource]:
    found = [each for each in here if each.address.kind == Analyzer.name and each.attributes["type"] == kind]
    yield from sorted(found, key=lambda each: (each.address.name != key, each.address.name))


def _said(key: str, seen: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of an analyzer; what they cannot say is left out."""
    if key == UNUSED:
        tags = [rule["resourceTags"] for rule in seen["excluded_tags"] if {*rule} == {"resourceTags"}]
        return {
            "days": seen["days"],
            **_target("exclude", seen["excluded"]),
            "exclude_tags": {name: value for rule in tags for tag in rule for name, value in tag.items()},
        }
    if key == INTERNAL:
        more = {part: list(seen[part]) for part in ("resource_types", "resources") if seen[part]}
        return {**_target("accounts", seen["accounts"]), **more}
    assert key == EXTERNAL
    return {}


def _target(name: str, tokens: Iterable[str]) -> dict[str, Any]:
    accounts = sorted(filter(None, map(account_key, tokens)))
    return {name: {"accounts": accounts}} if accounts else {}


def _rules(key: str, here: Iterable[Resource]) -> dict[str, Any]:
    """Our rules of an analyzer by key; others stay as they are."""
    found = {
        each.address.name.partition("/")[2]: each.attributes["where"]
        for each in here
        if each.address.kind == ArchiveRule.name and each.owned and each.address.name.startswith(f"{key}/")
    }
    more = {} if key == EXTERNAL else {"analyzer": key}
    return {name: {**more, "where": where} for name, where in sorted(found.items()) if is_key(name)}
