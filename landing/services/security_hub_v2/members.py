"""The organization policies by which AWS Security Hub is on in accounts, or off, also in those that come later."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from landing.core.model import Json
from landing.organization import ROOT, EnabledService, Guardrail, Organization, Target
from landing.services.overrides import by_account
from landing.services.security_hub_v2.settings import KEY, Override, SecurityHubV2Settings

POLICY = "security-hub-v2"
"""Key and name of the policy; those of what differs have the key of the override behind it."""
TYPE = "SECURITYHUB_POLICY"
ASSIGN, APPEND = "@@assign", "@@append"
CONTROLS = ("cis-aws-5.0:4.16", "nist-800-53-r5:CA-7")


def regions(organization: Organization) -> list[str]:
    """Where it is to be on: in the governed regions that have it, but for those that the config takes out."""
    service = organization.service(SecurityHubV2Settings)
    off = service.settings.disable_in_regions if service else ()
    return [each for each in organization.governed_regions if each in organization.offered[KEY] and each not in off]


def accounts(organization: Organization) -> frozenset[str]:
    """The keys of the accounts that are to have it, by what the config says of all and of each."""
    service = organization.service(SecurityHubV2Settings)
    found = by_account(organization, service) if service else {}
    return frozenset(key for key, settings in found.items() if settings.enabled)


def guardrails(organization: Organization) -> Iterable[Guardrail]:
    """One at the root for everybody, the management account too, and one for each override."""
    service = organization.service(SecurityHubV2Settings)
    if service is None or not service.settings.policy:
        return
    everybody = Target(units=(ROOT,))
    yield _guardrail(organization, service, POLICY, everybody, service.settings, "overrides")
    for key, override in service.settings.overrides.items():
        if override.enabled is not None or override.network_scanning is not None:
            yield _guardrail(organization, service, f"{POLICY}-{key}", override.target, override, "overrides", key)


def _guardrail(
    organization: Organization,
    service: EnabledService[SecurityHubV2Settings],
    key: str,
    target: Target,
    said: SecurityHubV2Settings | Override,
    *path: str,
) -> Guardrail:
    """A policy with what is said; both lists of regions must be there (Organizations User Guide, policy syntax)."""
    content = _lists(organization, said.enabled)
    if said.network_scanning is not None:
        content["features"] = {"network_scanning": _lists(organization, said.network_scanning)}
    document: dict[str, Json] = {"securityhub": content}
    return Guardrail(
        key=key,
        name=key,
        type=TYPE,
        description="Where AWS Security Hub is on",
        document=document,
        target=target,
        controls=CONTROLS,
        source=service.at(*path),
    )


def _lists(organization: Organization, on: bool | None) -> dict[str, Any]:
    """The regions where it is on, and those where it is off; None leaves what comes from above as it is."""
    service = organization.service(SecurityHubV2Settings)
    assert service is not None  # else there are no guardrails of it
    if on is None:
        return _by_region(APPEND, (), ())
    here, off = regions(organization), service.settings.disable_in_regions
    return _by_region(ASSIGN, sorted(here) if on else (), sorted(off if on else {*here, *off}))


def _by_region(operator: str, enabled: Sequence[str], disabled: Sequence[str]) -> dict[str, Any]:
    return {
        "enable_in_regions": {operator: list(enabled)},
        "disable_in_regions": {operator: list(disabled)},
    }
