"""The settings of Security Hub CSPM for what AWS holds of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from landing.core.constraints.security_hub import parameter_types
from landing.core.keys import keys
from landing.core.model import Json, Resource
from landing.organization import ROOT, Organization
from landing.services.security_hub.association import SecurityHubAssociation
from landing.services.security_hub.automation_rule import SecurityHubAutomationRule
from landing.services.security_hub.custom_action import SecurityHubCustomAction
from landing.services.security_hub.hub import SecurityHub
from landing.services.security_hub.policy import SecurityHubPolicy
from landing.services.shapes import at_home


def settings_of(organization: Organization, live: Collection[Resource]) -> dict[str, Json]:
    """Regions that follow beyond the governed ones, and the policies that apply somewhere, by the names they have."""
    linked = at_home(organization, live, SecurityHub()).get("linked_regions", ())
    beyond = [region for region in linked if region not in organization.governed_regions]
    return {
        "linked_regions": beyond if isinstance(linked, list) else [],
        "policies": dict(_policies(live)),
        **dict(_ours(organization, live)),
    }


def _ours(organization: Organization, live: Collection[Resource]) -> Iterable[tuple[str, Json]]:
    """The automation rules and custom actions of ours in the home region."""
    kinds = {"automation_rules": SecurityHubAutomationRule.name, "custom_actions": SecurityHubCustomAction.name}
    for setting, kind in kinds.items():
        found = {
            each.address.name: dict(each.attributes)
            for each in live
            if each.address.kind == kind and each.owned and each.address.scope.region == organization.home_region
        }
        if found:
            yield setting, {key: found[key] for key in sorted(found)}


def _policies(live: Collection[Resource]) -> Iterable[tuple[str, Json]]:
    found = {each.address.name: each for each in live if each.address.kind == SecurityHubPolicy.name}
    given = keys(((name, name, name if each.owned else "") for name, each in found.items()), "policy")
    for name, key in sorted(given.items(), key=lambda entry: entry[1]):
        target = _target(each.address.name for each in live if _applies(each, name))
        if target:
            called = {} if found[name].owned else {"name": name}
            yield key, {**called, **_checked(found[name].attributes), "target": target}


def _applies(association: Resource, policy: str) -> bool:
    return association.address.kind == SecurityHubAssociation.name and association.attributes["policy"] == policy


def _target(nodes: Iterable[str]) -> dict[str, Json]:
    """Of `root`, `unit/KEY` and `account/KEY`."""
    listed = sorted(nodes)
    parts: dict[str, list[Json]] = {
        "units": [node.removeprefix("unit/") for node in listed if node == ROOT or node.startswith("unit/")],
        "accounts": [node.removeprefix("account/") for node in listed if node.startswith("account/")],
    }
    return {name: part for name, part in parts.items() if part}


def _checked(found: Mapping[str, Any]) -> dict[str, Json]:
    """What a policy checks; of controls that it switches on by name nothing can be said."""
    if not found["enabled"]:
        return {"enabled": False}
    off = found["disabled_controls"]
    settings: dict[str, Json] = {
        "standards": found["standards"],
        "disabled_controls": off if isinstance(off, list) else [],
        "parameters": {
            control: {name: _value(control, name, value) for name, value in parameters.items()}
            for control, parameters in found["parameters"].items()
        },
    }
    return {name: value for name, value in settings.items() if value}


def _value(control: str, name: str, typed: Mapping[str, Any]) -> Json:
    """The value alone where its type is known, else with it."""
    ((kind, value),) = typed.items()
    known = (parameter_types(control) or {}).get(name)
    return value if kind == known else {kind: value}
