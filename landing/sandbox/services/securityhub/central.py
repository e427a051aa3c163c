"""The configuration of an organization: local, account by account and Region by Region, or central.

User Guide, "Understanding central configuration": from the home Region of the administrator's aggregator.
"""

from __future__ import annotations

from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import accounts
from landing.sandbox.services.call import Call
from landing.sandbox.services.securityhub import rollout
from landing.sandbox.services.securityhub.state import (
    Administration,
    Central,
    absent,
    aggregator_of,
    central_of,
    conflict,
    here,
    invalid,
    linked,
    no_access,
)
from landing.sandbox.world import regions

POLICY_TYPE = "SECURITYHUB_CSPM_POLICY"


def describe_organization_configuration(call: Call) -> dict[str, Any]:
    """For the administrator; linked Regions show the home Region's type (API reference)."""
    settings = _administered(call)
    rollout.poll(call)
    central = central_of(call.world, call.account, call.region)
    configuration = {"ConfigurationType": "LOCAL", "Status": "ENABLED"}
    if central is not None:
        status = "DISABLED" if is_superseded(call) else central.status
        configuration = {"ConfigurationType": "CENTRAL", "Status": status}
    return {
        "AutoEnable": settings.auto_enable and central is None,
        "MemberAccountLimitReached": False,
        "AutoEnableStandards": "NONE" if central is not None else settings.auto_enable_standards,
        "OrganizationConfiguration": configuration,
    }


def is_superseded(call: Call) -> bool:
    """Whether policies of Organizations have taken over (botocore: OrganizationConfiguration.Status)."""
    organization = accounts.organization_of(call.world, call.account)
    return organization is not None and POLICY_TYPE in organization.policy_types


def update_organization_configuration(call: Call) -> None:
    """Local settings, or the way from local to central and back (API reference)."""
    settings = _administered(call)
    central = central_of(call.world, call.account, call.region)
    wanted = (call.get("OrganizationConfiguration") or {}).get("ConfigurationType")
    to_central = wanted == "CENTRAL" or (wanted is None and central is not None)
    if to_central:
        if call["AutoEnable"] or call.get("AutoEnableStandards", "NONE") != "NONE":
            raise invalid("AutoEnable must be false and AutoEnableStandards NONE with central configuration.")
        if central is None:
            _centralize(call, settings)
        return
    if central is not None:
        _localize(call, settings, central)
    settings.auto_enable = call["AutoEnable"]
    settings.auto_enable_standards = call.get("AutoEnableStandards", settings.auto_enable_standards)


def _centralize(call: Call, settings: Administration) -> None:
    found = aggregator_of(call.world, call.account)
    if found is None:
        raise absent("A finding aggregator is required for central configuration.")
    if found[0] != call.region:
        raise not_home()
    if not linked(call.world, *found):
        raise invalid("Central configuration requires at least one linked Region.")
    if regions.is_opt_in(call.region):
        raise invalid("The home Region of central configuration cannot be an opt-in Region.")
    if is_superseded(call):
        raise conflict("The organization is managed by Security Hub CSPM policies.")
    settings.auto_enable = False
    settings.central = Central()
    rollout.schedule(call.world, call.account)


def _localize(call: Call, settings: Administration, central: Central) -> None:
    """All associations and policies go first (User Guide, "Stop using central configuration")."""
    if settings.central is None:
        raise not_home()
    if central.associations or central.policies:
        raise conflict("Configuration policies must be disassociated and deleted first.")
    found = aggregator_of(call.world, call.account)
    assert found is not None
    rollout.release(call.world, central, (found[0], *linked(call.world, *found)))
    settings.central = None
    settings.auto_enable_standards = "NONE"


def not_home() -> Refusal:
    """What central configuration answers elsewhere."""
    return Refusal("AccessDeniedException", "Central Configuration APIs can only be called from the aggregation region")


def required(call: Call) -> Central:
    """The caller's central configuration, from its home Region; refused otherwise."""
    settings = here(call).administration
    found = central_of(call.world, call.account, call.region)
    if settings is None or found is None:
        raise Refusal(
            "AccessDeniedException",
            "Must be a Security Hub delegated administrator with Central Configuration enabled",
        )
    if settings.central is None:
        raise not_home()
    rollout.poll(call)
    return found


def writable(call: Call) -> Central:
    """The same, to be changed: not while it is on its way, nor when Organizations' policies hold."""
    found = required(call)
    if found.status != "ENABLED":
        raise no_access(f"Central configuration is {found.status}.")
    if is_superseded(call):
        raise no_access("The organization is managed by Security Hub CSPM policies.")
    return found


def _administered(call: Call) -> Administration:
    settings = here(call).administration
    if settings is None:
        raise no_access(f"Account {call.account} is not an administrator for this organization")
    return settings
