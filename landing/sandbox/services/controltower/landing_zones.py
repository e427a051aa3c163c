"""The landing zone: set up, updated, repaired (API reference; User Guide, "Landing zone configuration")."""

from __future__ import annotations

from typing import Any

from landing.sandbox.services import accounts
from landing.sandbox.services.call import Call
from landing.sandbox.services.cloudtrail.state import Trail, of_account
from landing.sandbox.services.controltower import state
from landing.sandbox.services.controltower.baselines import install
from landing.sandbox.services.controltower.state import DRIFTED, IN_SYNC, PRINCIPAL, Zone, absent, conflict, invalid
from landing.sandbox.world import Event, World

VERSIONS = ("3.0", "3.1", "3.2", "3.3", "4.0")
TRAIL = "aws-controltower-BaselineCloudTrail"
INTEGRATIONS = ("centralizedLogging", "securityRoles", "accessManagement")


def list_landing_zones(call: Call) -> dict[str, Any]:
    """None or one, in the Region where it is (API reference, ListLandingZones)."""
    zone = state.here(call).zone
    return call.page("landingZones", [{"arn": zone.arn}] if zone else [], most=1)


def get_landing_zone(call: Call) -> dict[str, Any]:
    """API reference, GetLandingZone."""
    zone = _zone(call)
    answer = {
        "arn": zone.arn,
        "version": zone.version,
        "latestAvailableVersion": VERSIONS[-1],
        "status": zone.status,
        "driftStatus": {"status": zone.drift},
        "manifest": zone.manifest,
    }
    return {"landingZone": answer | ({"remediationTypes": zone.remediation} if zone.remediation else {})}


def create_landing_zone(call: Call) -> dict[str, Any]:
    """One for an organization (API reference, CreateLandingZone)."""
    if state.home(call.world, call.account):
        raise conflict("A landing zone exists already.")
    manifest = _checked(call, call["version"], call.get("manifest") or {})
    arn = call.arn(f"landingzone/{call.world.token(16)}")
    place = state.here(call)
    place.zone = Zone(arn, call["version"], manifest, list(call.get("remediationTypes") or ()))
    place.zone.tags = dict(call.get("tags") or {})
    return {"arn": arn, "operationIdentifier": state.begin(call, "zone", "CREATE", set_up)}


def update_landing_zone(call: Call) -> dict[str, Any]:
    """The whole manifest again (API reference, UpdateLandingZone)."""
    zone = _zone(call)
    _alone(call)
    if VERSIONS.index(call["version"]) < VERSIONS.index(zone.version) if call["version"] in VERSIONS else True:
        raise invalid("The landing zone version is not valid.")
    zone.manifest = _checked(call, call["version"], call.get("manifest") or {})
    zone.version, zone.status = call["version"], "PROCESSING"
    zone.remediation = list(call.get("remediationTypes") or ())
    return {"operationIdentifier": state.begin(call, "zone", "UPDATE", set_up)}


def reset_landing_zone(call: Call) -> dict[str, Any]:
    """What has drifted is put right (API reference, ResetLandingZone)."""
    zone = _zone(call)
    _alone(call)
    zone.status = "PROCESSING"
    return {"operationIdentifier": state.begin(call, "zone", "RESET", set_up)}


def get_landing_zone_operation(call: Call) -> dict[str, Any]:
    """API reference, GetLandingZoneOperation."""
    return {"operationDetails": state.shown(state.found(call, "zone"))}


def service_distrusted(world: World, event: Event) -> None:
    """TRUSTED_ACCESS_DISABLED is a drift (User Guide, "Types of governance drift")."""
    found = state.home(world, event.account)
    if found and found[1].zone and event.detail.get("principal") == PRINCIPAL:
        found[1].zone.drift = DRIFTED


def set_up(world: World, account: str, region: str, operation_id: str) -> None:
    """The trail, trusted access, and the baselines that are the landing zone's own."""
    place = state.at(world, account, region)
    zone, organization = place.zone, accounts.organization_of(world, account)
    assert zone is not None
    assert organization is not None
    accounts.trust(world, organization, PRINCIPAL)
    if zone.enables("centralizedLogging"):
        archive = zone.manifest["centralizedLogging"]["accountId"]
        settings = {
            "S3BucketName": f"aws-controltower-logs-{archive}-{region}",
            "S3KeyPrefix": organization.id,
            "IncludeGlobalServiceEvents": True,
            "IsMultiRegionTrail": True,
            "IsOrganizationTrail": True,
            "LogFileValidationEnabled": True,
            "RecursiveLogging": True,
        }
        trail = of_account(world, account).trails.setdefault((region, TRAIL), Trail(TRAIL, account, region, settings))
        trail.is_logging = True
    install(world, account, region)
    zone.status, zone.drift = "ACTIVE", IN_SYNC
    state.end(world, place.operations[operation_id])


def _zone(call: Call) -> Zone:
    zone = state.here(call).zone
    if zone is None or call["landingZoneIdentifier"] not in (zone.arn, zone.arn.rpartition("/")[2]):
        raise absent("The landing zone does not exist.")
    return zone


def _alone(call: Call) -> None:
    if any(state.here(call).running("zone", "baseline", "control")):
        raise conflict("AWS Control Tower is performing another operation.")


def _checked(call: Call, version: str, manifest: dict[str, Any]) -> dict[str, Any]:
    """What the schema of a version asks for (User Guide, "Landing zone configuration file")."""
    if version not in VERSIONS:
        raise invalid("The landing zone version is not valid.")
    if call.region not in manifest.get("governedRegions", ()):
        raise invalid("The manifest must govern the home Region.")
    if version.startswith("3.") != ("organizationStructure" in manifest):
        raise invalid("organizationStructure is required before 4.0, and not allowed since.")
    for name in INTEGRATIONS:
        if not isinstance(manifest.get(name), dict):
            raise invalid(f"The manifest has no {name}.")
        account = manifest[name].get("accountId")
        if account is not None and account not in state.organization(call).members:
            raise invalid(f"{account} is not an account of the organization.")
    return manifest
