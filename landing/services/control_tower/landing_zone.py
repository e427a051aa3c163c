"""The landing zone of AWS Control Tower, where there is one: read, never written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from landing.aws import Aws
from landing.core.model import Attributes, Change, Resource, Scope, Severity
from landing.organization import Organization
from landing.organization.resources import CONTROL_TOWER_PRINCIPAL, LANDING_ZONE
from landing.services.base import Kind, Ownership
from landing.services.strength import Weaker

NAME = "landing-zone"
FAILED, DRIFTED = "FAILED", "DRIFTED"
AUTO_ENROLLMENT = "INHERITANCE_DRIFT"
"""The remediation type by which accounts that move into a governed unit are enrolled by themselves."""


def landing_zone(aws: Aws) -> dict[str, Any] | None:
    """What GetLandingZone says; None where there is none in the home region. Asks nothing unless it is trusted."""
    if CONTROL_TOWER_PRINCIPAL not in aws.tree.trusted:
        return None
    return aws.tree.once("landing zone", lambda: _read(aws))


def enrols_by_itself(aws: Aws) -> bool:
    """Whether accounts that move into a governed unit are enrolled by Control Tower itself."""
    return AUTO_ENROLLMENT in ((landing_zone(aws) or {}).get("remediationTypes") or ())


def _read(aws: Aws) -> dict[str, Any] | None:
    client = aws.client("controltower")
    for each in aws.listed(client, "list_landing_zones", "landingZones"):
        found: dict[str, Any] = client.get_landing_zone(landingZoneIdentifier=each["arn"])["landingZone"]
        return found
    return None


class LandingZone(Kind):
    """Its version, status, drift and regions, as Control Tower says; it is set up and updated there."""

    name = LANDING_ZONE
    title = "Landing zone of AWS Control Tower"
    ownership = Ownership.NONE
    severity = Severity.HIGH
    help_uri = "https://docs.aws.amazon.com/controltower/latest/userguide/lz-api.html"
    weaker: ClassVar[dict[str, Weaker]] = {}
    removal = ""
    ahead = ()
    reads = (
        "organizations:ListAWSServiceAccessForOrganization",
        "controltower:ListLandingZones",
        "controltower:GetLandingZone",
    )

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """None: it is Control Tower's."""
        return ()

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """The one that there is."""
        found = landing_zone(aws)
        if found is None:
            return
        attributes = {
            "version": found["version"],
            "latest": found.get("latestAvailableVersion", ""),
            "status": found.get("status", ""),
            "drift": (found.get("driftStatus") or {}).get("status", ""),
            "auto_enrollment": enrols_by_itself(aws),
            "foundational": foundational(found.get("manifest") or {}),
            "regions": sorted((found.get("manifest") or {}).get("governedRegions") or ()),
        }
        yield Resource(self.address(NAME), attributes, owned=False)

    def description(self, attributes: Attributes) -> Mapping[str, str]:
        """Version, status and drift."""
        return {key: attributes[key] for key in ("version", "status", "drift") if attributes.get(key)}

    def astray(self, described: Mapping[str, str]) -> str:
        """It has drifted, or its last operation has failed; both are mended in Control Tower."""
        if described.get("drift") == DRIFTED:
            return "AWS Control Tower says that its landing zone has drifted: reset it there (ResetLandingZone)"
        if described.get("status") == FAILED:
            return (
                "the last operation of AWS Control Tower on its landing zone has failed: see why there, and try again"
            )
        return ""

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Nothing declares it."""
        raise AssertionError(f"{change.address} is Control Tower's")


def foundational(manifest: Mapping[str, Any]) -> list[str]:
    """Names of the units that a landing zone before 4.0 has made, and registered, itself."""
    parts = (manifest.get("organizationStructure") or {}).values()
    return sorted(part["name"] for part in parts if isinstance(part, dict) and "name" in part)
