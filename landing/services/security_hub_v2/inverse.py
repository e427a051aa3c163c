"""The settings of AWS Security Hub for what AWS holds of it."""

from __future__ import annotations

from collections.abc import Collection

from landing.core.keys import is_key
from landing.core.model import Json, Resource
from landing.organization import Organization
from landing.services.base import Kind
from landing.services.security_hub_v2.automation_rule import SecurityHubV2AutomationRule
from landing.services.security_hub_v2.connector import SecurityHubV2Connector
from landing.services.security_hub_v2.hub import SecurityHubV2
from landing.services.security_hub_v2.settings import KEY


def settings_of(organization: Organization, live: Collection[Resource]) -> dict[str, Json]:
    """As in the home region; the policies that there are stay guardrails of their own, as an import has them."""
    here = {each.address.scope.region for each in live if each.address.kind == SecurityHubV2.name}
    offered = [each for each in organization.governed_regions if each in organization.offered[KEY]]
    off = sorted({*offered} - here)
    settings: dict[str, Json] = {"policy": False, "enabled": bool(here), "disable_in_regions": [*off] if here else []}
    for name, kind in (("automation_rules", SecurityHubV2AutomationRule()), ("connectors", SecurityHubV2Connector())):
        found = _ours(organization, live, kind)
        if found:
            settings[name] = found
    return settings


def _ours(organization: Organization, live: Collection[Resource], kind: Kind) -> dict[str, Json]:
    """Those of ours in the home region, with the settings that say something."""
    return {
        each.address.name: {
            name: value for name, value in each.attributes.items() if value not in ("", {}) and name != "status"
        }
        for each in sorted(live, key=lambda each: each.address)
        if each.address.kind == kind.name
        and each.owned
        and each.address.scope.region == organization.home_region
        and is_key(each.address.name)
    }
