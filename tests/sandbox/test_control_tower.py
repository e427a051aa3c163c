"""Control Tower: a landing zone, baselines and controls on units, and what they make (User Guide, API reference)."""

from __future__ import annotations

from typing import Any

from tests.control_tower import GOVERNING, IDENTITY, launch, manifest, register, settled
from tests.sandbox.cloud import Cloud, refused, source

REGION_DENY, ROOT_USER = "CT.MULTISERVICE.PV.1", "AWS-GR_RESTRICT_ROOT_USER"


def tower(cloud: Cloud, account: str | None = None, region: str = "us-east-1") -> Any:
    return cloud.client("controltower", account, region)


def launched(cloud: Cloud, **rest: Any) -> Any:
    """A client of an organization with a landing zone."""
    cloud.enable()
    launch(tower(cloud), cloud.account("archive"), cloud.account("audit"), **rest)
    return tower(cloud)


def arn(cloud: Cloud, unit: str) -> str:
    found: str = cloud.organizations.describe_organizational_unit(OrganizationalUnitId=unit)["OrganizationalUnit"][
        "Arn"
    ]
    return found


def control(cloud: Cloud, alias: str) -> str:
    listed = cloud.client("controlcatalog").list_controls()["Controls"]
    return next(str(each["Arn"]) for each in listed if alias in each["Aliases"])


def moved(cloud: Cloud, account: str, unit: str, source_: str | None = None) -> None:
    cloud.organizations.move_account(AccountId=account, SourceParentId=source_ or cloud.root, DestinationParentId=unit)


def recorder(cloud: Cloud, account: str, region: str = "eu-west-1") -> list[str]:
    client = cloud.client("config", account, region)
    return [each["name"] for each in client.describe_configuration_recorders()["ConfigurationRecorders"]]


@source("controltower: ListLandingZones, GetLandingZone (API reference): one ARN, in the home Region")
def test_there_is_one_landing_zone_in_its_home_region(cloud: Cloud) -> None:
    assert tower(cloud).list_landing_zones()["landingZones"] == []
    client = launched(cloud)
    (found,) = client.list_landing_zones()["landingZones"]
    zone = client.get_landing_zone(landingZoneIdentifier=found["arn"])["landingZone"]
    assert (zone["version"], zone["status"], zone["driftStatus"]) == ("4.0", "ACTIVE", {"status": "IN_SYNC"})
    assert tower(cloud, region="eu-west-1").list_landing_zones()["landingZones"] == []
    asked = manifest("1", "2")
    refused("ConflictException", client.create_landing_zone, version="4.0", manifest=asked)
    refused("ResourceNotFoundException", client.get_landing_zone, landingZoneIdentifier=found["arn"] + "x")
    (trail,) = cloud.client("cloudtrail").describe_trails()["trailList"]
    assert (trail["Name"], trail["IsOrganizationTrail"]) == ("aws-controltower-BaselineCloudTrail", True)


@source("controltower: AccessDeniedException (API reference); User Guide, landing zone configuration")
def test_what_a_landing_zone_needs(cloud: Cloud) -> None:
    archive, audit = cloud.account("archive"), cloud.account("audit")
    refused("AccessDeniedException", tower(cloud, audit).list_landing_zones)
    create = tower(cloud).create_landing_zone
    refused("ValidationException", create, version="9.9", manifest=manifest(archive, audit))
    refused("ValidationException", create, version="3.3", manifest=manifest(archive, audit))
    refused("ValidationException", create, version="4.0", manifest=manifest(archive, "999999999999"))
    refused("ValidationException", create, version="4.0", manifest={"governedRegions": ["eu-west-1"]})


@source("User Guide, Types of governance drift: TRUSTED_ACCESS_DISABLED; ResetLandingZone (API reference)")
def test_trusted_access_that_is_withdrawn_is_drift(cloud: Cloud) -> None:
    client = launched(cloud)
    cloud.organizations.disable_aws_service_access(ServicePrincipal="controltower.amazonaws.com")
    (found,) = client.list_landing_zones()["landingZones"]
    get = lambda: client.get_landing_zone(landingZoneIdentifier=found["arn"])["landingZone"]["driftStatus"]["status"]  # noqa: E731
    assert get() == "DRIFTED"
    started = client.reset_landing_zone(landingZoneIdentifier=found["arn"])
    assert settled(client, started, "landing_zone") == "SUCCEEDED"
    assert get() == "IN_SYNC"


@source("controltower: EnableBaseline (API reference): only OUs are targets; User Guide, register an existing OU")
def test_a_unit_is_registered_with_its_accounts(cloud: Cloud) -> None:
    client = launched(cloud)
    unit, shop = cloud.unit("workloads"), cloud.account("shop")
    moved(cloud, shop, unit)
    assert register(client, arn(cloud, unit)) == "SUCCEEDED"
    (enabled,) = client.list_enabled_baselines()["enabledBaselines"]
    assert enabled["targetIdentifier"] == arn(cloud, unit)
    _, child = client.list_enabled_baselines(includeChildren=True)["enabledBaselines"]
    assert (child["targetIdentifier"].rpartition("/")[2], child["parentIdentifier"]) == (shop, enabled["arn"])
    assert recorder(cloud, shop) == ["aws-controltower-BaselineConfigRecorder"]
    assert [name[:15] for name in cloud.attached(unit)] == ["FullAWSAccess", "aws-guardrails-"]
    refused("ValidationException", client.disable_baseline, enabledBaselineIdentifier=child["arn"])
    asked = {"baselineIdentifier": GOVERNING, "baselineVersion": "5.0"}
    account = cloud.organizations.describe_account(AccountId=shop)["Account"]["Arn"]
    refused("ValidationException", client.enable_baseline, **asked, targetIdentifier=account)
    refused("ConflictException", client.enable_baseline, **asked, targetIdentifier=arn(cloud, unit))
    bad = {**asked, "baselineVersion": "99.0"}
    refused("ValidationException", client.enable_baseline, **bad, targetIdentifier=arn(cloud, cloud.unit("other")))


@source("controltower: DisableBaseline (API reference); User Guide, nested OUs: the parent is registered first")
def test_units_are_registered_from_above_and_let_go_from_below(cloud: Cloud) -> None:
    client = launched(cloud)
    above = cloud.unit("above")
    below = cloud.unit("below", above)
    asked = {"baselineIdentifier": GOVERNING, "baselineVersion": "5.0", "targetIdentifier": arn(cloud, below)}
    refused("ValidationException", client.enable_baseline, **asked)
    register(client, arn(cloud, above))
    started = client.enable_baseline(**asked)
    refused("ConflictException", client.reset_enabled_baseline, enabledBaselineIdentifier=started["arn"])
    assert settled(client, started, "baseline") == "SUCCEEDED"
    first = client.list_enabled_baselines(filter={"targetIdentifiers": [arn(cloud, above)]})["enabledBaselines"][0]
    refused("ValidationException", client.disable_baseline, enabledBaselineIdentifier=first["arn"])
    gone = client.disable_baseline(enabledBaselineIdentifier=started["arn"])
    assert settled(client, gone, "baseline") == "SUCCEEDED"
    assert cloud.attached(below) == ["FullAWSAccess"]


@source("User Guide, Enroll accounts that have existing AWS Config resources; baseline parameters")
def test_what_keeps_a_unit_from_being_registered(cloud: Cloud) -> None:
    client = launched(cloud, identity=True)
    unit, shop = cloud.unit("workloads"), cloud.account("shop")
    moved(cloud, shop, unit)
    asked = {"baselineIdentifier": GOVERNING, "baselineVersion": "5.0", "targetIdentifier": arn(cloud, unit)}
    refused("ValidationException", client.enable_baseline, **asked)
    (identity,) = client.list_enabled_baselines(filter={"baselineIdentifiers": [IDENTITY]})["enabledBaselines"]
    iam, config = cloud.client("iam", shop), cloud.client("config", shop, "eu-west-1")
    role = iam.create_service_linked_role(AWSServiceName="config.amazonaws.com")["Role"]["Arn"]
    config.put_configuration_recorder(ConfigurationRecorder={"name": "default", "roleARN": role})
    parameters = [{"key": "IdentityCenterEnabledBaselineArn", "value": identity["arn"]}]
    assert register(client, arn(cloud, unit), parameters=parameters) == "FAILED"
    config.delete_configuration_recorder(ConfigurationRecorderName="default")
    (enabled,) = client.list_enabled_baselines(filter={"baselineIdentifiers": [GOVERNING]})["enabledBaselines"]
    assert enabled["statusSummary"]["status"] == "FAILED"
    again = client.reset_enabled_baseline(enabledBaselineIdentifier=enabled["arn"])
    assert settled(client, again, "baseline") == "SUCCEEDED"


@source("User Guide, Account auto-enrollment; Types of governance drift: inheritance")
def test_accounts_that_move_are_enrolled_or_are_drift(cloud: Cloud) -> None:
    client = launched(cloud, remediation=False)
    unit, shop = cloud.unit("workloads"), cloud.account("shop")
    register(client, arn(cloud, unit))
    moved(cloud, shop, unit)
    (enabled,) = client.list_enabled_baselines()["enabledBaselines"]
    assert enabled["driftStatusSummary"] == {"types": {"inheritance": {"status": "DRIFTED"}}}
    assert recorder(cloud, shop) == []
    settled(client, client.reset_enabled_baseline(enabledBaselineIdentifier=enabled["arn"]), "baseline")
    assert recorder(cloud, shop) == ["aws-controltower-BaselineConfigRecorder"]
    (zone,) = client.list_landing_zones()["landingZones"]
    asked = client.get_landing_zone(landingZoneIdentifier=zone["arn"])["landingZone"]["manifest"]
    settled(
        client,
        client.update_landing_zone(
            landingZoneIdentifier=zone["arn"],
            version="4.0",
            manifest=asked,
            remediationTypes=["INHERITANCE_DRIFT"],
        ),
        "landing_zone",
    )
    moved(cloud, shop, cloud.root, unit)
    cloud.advance(3600)
    assert recorder(cloud, shop) == []


@source(
    "controltower: EnableControl, UpdateEnabledControl, DisableControl (API reference); Control Catalog, GetControl"
)
def test_a_control_is_enabled_on_a_unit(cloud: Cloud) -> None:
    client = launched(cloud)
    unit = cloud.unit("workloads")
    register(client, arn(cloud, unit))
    asked = {"controlIdentifier": control(cloud, REGION_DENY), "targetIdentifier": arn(cloud, unit)}
    refused("ValidationException", client.enable_control, **asked)
    regions = [{"key": "AllowedRegions", "value": ["eu-west-1"]}]
    refused("ValidationException", client.enable_control, **asked, parameters=[{"key": "Odd", "value": 1}, *regions])
    started = client.enable_control(**asked, parameters=regions)
    assert settled(client, started, "control") == "SUCCEEDED"
    refused("ConflictException", client.enable_control, **asked, parameters=regions)
    details = client.get_enabled_control(enabledControlIdentifier=started["arn"])["enabledControlDetails"]
    assert (details["parameters"], details["driftStatusSummary"]["driftStatus"]) == (regions, "IN_SYNC")
    same = {"enabledControlIdentifier": started["arn"], "parameters": regions}
    refused("ValidationException", client.update_enabled_control, **same)
    refused("ValidationException", client.reset_enabled_control, enabledControlIdentifier=started["arn"])
    assert settled(client, client.disable_control(**asked), "control") == "SUCCEEDED"
    assert client.list_enabled_controls(targetIdentifier=arn(cloud, unit))["enabledControls"] == []
    refused("ResourceNotFoundException", client.disable_control, **asked)


@source(
    "controltower: ListEnabledControls (API reference), includeChildren; Controls Reference Guide, legacy identifiers"
)
def test_controls_are_inherited_and_listed_by_either_name(cloud: Cloud) -> None:
    client = launched(cloud, version="3.3")
    unit, shop = cloud.unit("workloads"), cloud.account("shop")
    asked = {"controlIdentifier": control(cloud, ROOT_USER), "targetIdentifier": arn(cloud, unit)}
    refused("ValidationException", client.enable_control, **asked)
    register(client, arn(cloud, unit), version="4.0")
    moved(cloud, shop, unit)
    settled(client, client.enable_control(**asked), "control")
    (enabled,) = client.list_enabled_controls()["enabledControls"]
    old = f"arn:aws:controltower:us-east-1::control/{ROOT_USER}"
    assert enabled["controlIdentifier"] == old
    assert cloud.client("controlcatalog").get_control(ControlArn=old)["Arn"] == control(cloud, ROOT_USER)
    _, child = client.list_enabled_controls(includeChildren=True)["enabledControls"]
    assert child["parentIdentifier"] == enabled["arn"]
    missing = {**asked, "controlIdentifier": old + "X"}
    refused("ResourceNotFoundException", client.enable_control, **missing)
    forced = {**asked, "controlIdentifier": control(cloud, "AWS-GR_AUDIT_BUCKET_POLICY_CHANGES_PROHIBITED")}
    refused("ValidationException", client.enable_control, **forced)


@source("controltower: TagResource, UntagResource, ListTagsForResource (API reference)")
def test_what_is_enabled_is_tagged(cloud: Cloud) -> None:
    client = launched(cloud)
    unit = cloud.unit("workloads")
    register(client, arn(cloud, unit), tags={"a": "1"})
    (enabled,) = client.list_enabled_baselines()["enabledBaselines"]
    client.tag_resource(resourceArn=enabled["arn"], tags={"b": "2"})
    client.untag_resource(resourceArn=enabled["arn"], tagKeys=["a"])
    assert client.list_tags_for_resource(resourceArn=enabled["arn"])["tags"] == {"b": "2"}
    refused("ResourceNotFoundException", client.list_tags_for_resource, resourceArn=enabled["arn"] + "x")
