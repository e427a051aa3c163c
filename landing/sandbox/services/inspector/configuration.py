"""How Inspector scans: how long images are rescanned, with an agent or without, where packages are looked for."""

from __future__ import annotations

from typing import Any

from landing.sandbox.protocol.refusal import unsupported
from landing.sandbox.services.call import Call
from landing.sandbox.services.inspector.state import administered, at, denied, enabled, here, invalid

MOST_PATHS = 5


def get_configuration(call: Call) -> dict[str, Any]:
    """The caller's; a member's is its administrator's business (API reference, GetConfiguration)."""
    enabled(call)
    place = at(call.world, _whose(call), call.region)
    return {
        "ecrConfiguration": {"rescanDurationState": {**place.ecr, "status": "SUCCESS"}},
        "ec2Configuration": {"scanModeState": {"scanMode": place.ec2, "scanModeStatus": "SUCCESS"}},
    }


def update_configuration(call: Call) -> dict[str, Any]:
    """What is named; not by a member. An administrator's reaches its members (API reference, UpdateConfiguration)."""
    enabled(call)
    account = _whose(call)
    if account == call.account and here(call).administrator is not None:
        raise denied("A member's configuration is set by its delegated administrator.")
    for part in ("amiConfiguration", "updateConfigurationInheritance"):
        if part in call:
            raise unsupported("inspector2", f"UpdateConfiguration with {part}")
    settings = here(call).administration if account == call.account else None
    for each in (account, *(settings.members if settings else ())):
        place = at(call.world, each, call.region)
        place.ecr = {**place.ecr, **call.get("ecrConfiguration", {})}
        place.ec2 = call.get("ec2Configuration", {}).get("scanMode", place.ec2)
    return {}


def get_ec2_deep_inspection_configuration(call: Call) -> dict[str, Any]:
    """API reference, GetEc2DeepInspectionConfiguration."""
    place = here(call)
    administrator = place.administrator or (call.account if place.administration else None)
    settings = at(call.world, administrator, call.region).administration if administrator else None
    return {
        "packagePaths": place.package_paths,
        "orgPackagePaths": settings.package_paths if settings else [],
        "status": "ACTIVATED" if place.deep_inspection else "DEACTIVATED",
    }


def update_ec2_deep_inspection_configuration(call: Call) -> dict[str, Any]:
    """Five paths of one's own (API reference, UpdateEc2DeepInspectionConfiguration)."""
    place = here(call)
    place.deep_inspection = call.get("activateDeepInspection", place.deep_inspection)
    place.package_paths = _paths(call.get("packagePaths", place.package_paths))
    return get_ec2_deep_inspection_configuration(call)


def update_org_ec2_deep_inspection_configuration(call: Call) -> dict[str, Any]:
    """Five paths for the members, by the administrator (API reference)."""
    administered(call).package_paths = _paths(call["orgPackagePaths"])
    return {}


def _paths(paths: list[str]) -> list[str]:
    if len(paths) > MOST_PATHS:
        raise invalid(f"At most {MOST_PATHS} paths.")
    return paths


def _whose(call: Call) -> str:
    account: str = call.get("accountId", call.account)
    if account != call.account and account not in administered(call).members:
        raise denied("The account is not a member.")
    return account
