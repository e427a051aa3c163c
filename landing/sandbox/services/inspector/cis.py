"""Configurations of CIS scans; the scans themselves are unsupported."""

from __future__ import annotations

from typing import Any

from landing.sandbox.services import accounts
from landing.sandbox.services.call import Call
from landing.sandbox.services.inspector.state import absent, enabled, here, invalid

EVERYONE, SELF = "ALL_ACCOUNTS", "SELF"


def create_cis_scan_configuration(call: Call) -> dict[str, Any]:
    """As many of one name as are made (API reference, CreateCisScanConfiguration)."""
    place = enabled(call)
    organization = accounts.organization_of(call.world, call.account)
    owner = organization.id if organization and place.administration else call.account
    arn = call.arn(f"owner/{owner}/cis-configuration/{call.world.uuid()}")
    place.cis[arn] = {
        "scanConfigurationArn": arn,
        "ownerId": owner,
        "scanName": call["scanName"],
        "securityLevel": call["securityLevel"],
        "schedule": _schedule(call["schedule"]),
        "targets": _targets(call, call["targets"]),
        "tags": call.get("tags", {}),
    }
    return {"scanConfigurationArn": arn}


def update_cis_scan_configuration(call: Call) -> dict[str, Any]:
    """What is named (API reference, UpdateCisScanConfiguration)."""
    found = _configuration(call)
    found.update({name: call[name] for name in ("scanName", "securityLevel") if name in call})
    if "schedule" in call:
        found["schedule"] = _schedule(call["schedule"])
    if "targets" in call:
        found["targets"] = {**found["targets"], **_targets(call, call["targets"])}
    return {"scanConfigurationArn": found["scanConfigurationArn"]}


def delete_cis_scan_configuration(call: Call) -> dict[str, Any]:
    """API reference, DeleteCisScanConfiguration."""
    arn = _configuration(call)["scanConfigurationArn"]
    del enabled(call).cis[arn]
    return {"scanConfigurationArn": arn}


def list_cis_scan_configurations(call: Call) -> dict[str, Any]:
    """With the ids of accounts alone (API reference, CisTargets)."""
    return call.page("scanConfigurations", list(enabled(call).cis.values()))


def _schedule(schedule: dict[str, Any]) -> dict[str, Any]:
    """One of four kinds."""
    if len(schedule) != 1:
        raise invalid("A schedule is one of oneTime, daily, weekly and monthly.")
    return schedule


def _targets(call: Call, targets: dict[str, Any]) -> dict[str, Any]:
    """Accounts by their ids: the caller's own, and its members' where it is the administrator."""
    settings = here(call).administration
    known = (
        [call.account, *(each.account for each in settings.members.values() if each.status == "ENABLED")]
        if (settings)
        else [call.account]
    )
    found: list[str] = []
    for account in targets.get("accountIds", ()):
        named = known if account == EVERYONE else [call.account] if account == SELF else [account]
        if not {*named} <= {*known}:
            raise invalid(f"The account {account} is not a member.")
        found += [each for each in named if each not in found]
    return {**targets, **({"accountIds": found} if found else {})}


def _configuration(call: Call) -> dict[str, Any]:
    found = enabled(call).cis.get(call["scanConfigurationArn"])
    if found is None:
        raise absent("The CIS scan configuration")
    return found
