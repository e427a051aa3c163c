"""How Inspector scans: how long images are rescanned, with an agent or without, where packages are looked for."""

from __future__ import annotations

from typing import Any

from landing.sandbox.protocol.refusal import unsupported
from landing.sandbox.services.call import Call
from landing.sandbox.services.inspector.state import Place, administered, at, denied, enabled, here, invalid

MOST_PATHS = 5
PARTS = {"ecr": "ecrConfiguration", "ec2": "ec2Configuration"}
"""What is configured, by its name in requests."""


def get_configuration(call: Call) -> dict[str, Any]:
    """The caller's; a member's is its administrator's business (API reference, GetConfiguration)."""
    enabled(call)
    place = at(call.world, _whose(call), call.region)
    return {
        "ecrConfiguration": {"rescanDurationState": {**place.ecr, "status": "SUCCESS"}},
        "ec2Configuration": {"scanModeState": {"scanMode": place.ec2, "scanModeStatus": "SUCCESS"}},
    }


def update_configuration(call: Call) -> dict[str, Any]:
    """What is named; not by a member. An administrator's reaches its members (API reference, UpdateConfiguration).

    But for those that it has configured one by one, until they inherit again.
    """
    enabled(call)
    account = _whose(call)
    if account == call.account and here(call).administrator is not None:
        raise denied("A member's configuration is set by its delegated administrator.")
    if "amiConfiguration" in call:
        raise unsupported("inspector2", "UpdateConfiguration with amiConfiguration")
    if "updateConfigurationInheritance" in call:
        return _inherit(call, account)
    wanted = {part: call[name] for part, name in PARTS.items() if name in call}
    if account != call.account:
        at(call.world, account, call.region).own |= {*wanted}
    settings = here(call).administration if account == call.account else None
    for each in (account, *(settings.members if settings else ())):
        place = at(call.world, each, call.region)
        for part, values in wanted.items():
            if each == account or part not in place.own:
                _set(place, part, values)
    return {}


def _inherit(call: Call, account: str) -> dict[str, Any]:
    """A member goes by its administrator again; nothing is set beside it (API reference, UpdateConfiguration)."""
    wanted = call["updateConfigurationInheritance"]
    if "accountId" not in call or any(name in call for name in PARTS.values()):
        raise invalid("updateConfigurationInheritance needs accountId, and no configuration beside it.")
    place, administrator = at(call.world, account, call.region), here(call)
    for part, name in PARTS.items():
        if name in wanted:
            place.own.discard(part)
            _set(place, part, {"ecr": administrator.ecr, "ec2": {"scanMode": administrator.ec2}}[part])
    return {}


def _set(place: Place, part: str, values: dict[str, Any]) -> None:
    if part == "ecr":
        place.ecr = {**place.ecr, **values}
    else:
        place.ec2 = values["scanMode"]


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
