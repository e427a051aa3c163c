"""What AWS Firewall Manager is made of."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from landing.blueprint.resource_names import FIREWALL_ROLE
from landing.core.model import Json, Resource
from landing.organization import ROOT, Organization
from landing.services.firewall_manager.administrator import FirewallAdministrator
from landing.services.firewall_manager.notifications import FirewallNotifications
from landing.services.firewall_manager.part_administrator import ALL, FirewallPartAdministrator
from landing.services.firewall_manager.policy import FirewallPolicy
from landing.services.firewall_manager.settings import TRUSTED, FirewallManagerSettings
from landing.services.service import Service

ALIKE = (
    "resource_types", "resource_tags", "resource_tags_any", "exclude_resource_tags", "remediate", "clean_up",
    "delete_resources",
)  # fmt: skip
"""Attributes of a policy that are settings of the same name."""


def settings_of(organization: Organization, live: Collection[Resource]) -> dict[str, Json]:
    """Our policies, with their content as AWS has it; those of others stay theirs.

    A policy with a PolicyOption is left out: only the typed forms of the config have one.
    """
    found: dict[str, Any] = {}
    for each in live:
        policy: Any = each.attributes
        if each.address.kind != FirewallPolicy.name or not each.owned or policy["option"] or not policy["content"]:
            continue
        ((way, named),) = policy["scope"].items()
        chosen = {name: values for name, values in named.items() if values}
        target = chosen if way == "include" else {"units": [ROOT], **({"exclude": chosen} if chosen else {})}
        settings = found.setdefault(each.address.name, {"target": target, "regions": []})
        settings |= {name: policy[name] for name in ALIKE}
        settings |= {"managed_service_data": policy["content"], "description": policy.get("description", "")}
        settings["regions"].append(each.address.scope.region)
    return {"policies": found, "administrators": dict(_parts(live)), **_channels(live)}


def _channels(live: Collection[Resource]) -> dict[str, Any]:
    """Whom it tells, where it is one role that does."""
    channels = {
        each.address.scope.region: each.attributes for each in live if each.address.kind == FirewallNotifications.name
    }
    roles = {str(each["role"]) for each in channels.values()}
    if len(roles) != 1:
        return {}
    own = roles.pop()
    topics = {region: each["topic"] for region, each in channels.items() if "<" not in str(each["topic"])}
    return {"notifications": {"topics": topics, "role": "" if own.endswith(FIREWALL_ROLE) else own}}


def _parts(live: Collection[Resource]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Whoever has a part, and which, where a target can say it."""
    for each in live:
        part: Any = each.attributes
        if each.address.kind != FirewallPartAdministrator.name or len(part.get("scope", ())) != 1:
            continue
        ((way, named),) = part["scope"].items()
        chosen = {name: values for name, values in named.items() if values}
        whole = {"units": [ROOT], **({"exclude": chosen} if chosen else {})}
        target = chosen if way == "include" else whole
        lists = {name: part[name] for name in ("regions", "policy_types") if part[name] != ALL}
        yield each.address.name, {**({"target": target} if way == "include" or chosen else {}), **lists}


SERVICE = Service(
    key="firewall_manager",
    title="AWS Firewall Manager",
    settings=FirewallManagerSettings,
    trusted=TRUSTED,
    endpoint="fms",
    kinds=(FirewallAdministrator(), FirewallPartAdministrator(), FirewallPolicy(), FirewallNotifications()),
    settings_of=settings_of,
    cost="By policy, region and month ($100 each), and what AWS Config records for it.",
    docs="https://docs.aws.amazon.com/waf/latest/developerguide/fms-chapter.html",
)
