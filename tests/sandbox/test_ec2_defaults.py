"""An account's EC2 defaults in a Region (EC2 User Guide and API reference), and policies that declare them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sandbox.cloud import Cloud, refused, source

DECLARATIVE = "DECLARATIVE_POLICY_EC2"


def declare(cloud: Cloud, **attributes: Any) -> None:
    """Attach a declarative policy to the root, whose values all members must have."""
    cloud.enable(DECLARATIVE)
    content = {
        attribute: {name: _assigned(value) for name, value in settings.items()}
        if isinstance(settings, dict)
        else {"@@assign": settings}
        for attribute, settings in attributes.items()
    }
    policy = cloud.policy("declared", json.dumps({"ec2_attributes": content}), DECLARATIVE)
    cloud.organizations.attach_policy(PolicyId=policy, TargetId=cloud.root)


def _assigned(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _assigned(below) for name, below in value.items()}
    return {"@@assign": value}


@source("ec2: GetEbsEncryptionByDefault (API reference)")
def test_volumes_are_not_encrypted_by_default(cloud: Cloud) -> None:
    assert cloud.client("ec2").get_ebs_encryption_by_default()["EbsEncryptionByDefault"] is False


@source("ec2: EnableEbsEncryptionByDefault (API reference)")
def test_encryption_by_default_is_set_for_one_account_and_region(cloud: Cloud) -> None:
    member = cloud.account("member")
    assert cloud.client("ec2").enable_ebs_encryption_by_default()["EbsEncryptionByDefault"] is True
    states = [
        cloud.client("ec2", account, region).get_ebs_encryption_by_default()["EbsEncryptionByDefault"]
        for account, region in ((None, "us-east-1"), (None, "eu-west-1"), (member, "us-east-1"))
    ]
    assert states == [True, False, False]


@source("ec2: DisableEbsEncryptionByDefault (API reference)")
def test_encryption_by_default_is_disabled(cloud: Cloud) -> None:
    ec2 = cloud.client("ec2")
    ec2.enable_ebs_encryption_by_default()
    assert ec2.disable_ebs_encryption_by_default()["EbsEncryptionByDefault"] is False
    assert ec2.get_ebs_encryption_by_default()["EbsEncryptionByDefault"] is False


@source("ec2: GetEbsDefaultKmsKeyId (API reference)")
def test_the_default_key_is_that_of_aws(cloud: Cloud) -> None:
    assert cloud.client("ec2").get_ebs_default_kms_key_id()["KmsKeyId"] == "alias/aws/ebs"


@source("ec2: ModifyEbsDefaultKmsKeyId (API reference)")
@pytest.mark.parametrize("form", ["id", "arn", "alias", "alias-arn"])
def test_the_default_key_is_named_in_four_ways(cloud: Cloud, form: str) -> None:
    kms, ec2 = cloud.client("kms"), cloud.client("ec2")
    key = kms.create_key()["KeyMetadata"]
    kms.create_alias(AliasName="alias/volumes", TargetKeyId=key["KeyId"])
    alias_arn = key["Arn"].replace(f"key/{key['KeyId']}", "alias/volumes")
    named = {"id": key["KeyId"], "arn": key["Arn"], "alias": "alias/volumes", "alias-arn": alias_arn}[form]
    assert ec2.modify_ebs_default_kms_key_id(KmsKeyId=named)["KmsKeyId"] == key["Arn"]
    assert ec2.get_ebs_default_kms_key_id()["KmsKeyId"] == key["Arn"]


@source("ec2: ModifyEbsDefaultKmsKeyId (API reference), InvalidKmsKey.* (EC2 error codes)")
def test_a_default_key_must_exist_be_enabled_and_symmetric(cloud: Cloud) -> None:
    kms, ec2 = cloud.client("kms"), cloud.client("ec2")
    off = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.disable_key(KeyId=off)
    signing = kms.create_key(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    change = ec2.modify_ebs_default_kms_key_id
    refused("InvalidKmsKey.NotFound", change, KmsKeyId="11111111-1111-1111-1111-111111111111")
    refused("InvalidKmsKey.InvalidState", change, KmsKeyId=off)
    refused("InvalidParameterValue", change, KmsKeyId=signing)


@source("ec2: ResetEbsDefaultKmsKeyId (API reference)")
def test_the_default_key_is_reset(cloud: Cloud) -> None:
    ec2 = cloud.client("ec2")
    ec2.modify_ebs_default_kms_key_id(KmsKeyId=cloud.client("kms").create_key()["KeyMetadata"]["Arn"])
    assert ec2.reset_ebs_default_kms_key_id()["KmsKeyId"].endswith(":alias/aws/ebs")
    assert ec2.get_ebs_default_kms_key_id()["KmsKeyId"] == "alias/aws/ebs"


@source("EC2 User Guide, Block public access for snapshots")
@pytest.mark.parametrize("state", ["block-all-sharing", "block-new-sharing"])
def test_snapshots_are_blocked_and_unblocked(cloud: Cloud, state: str) -> None:
    ec2 = cloud.client("ec2")
    assert ec2.get_snapshot_block_public_access_state()["State"] == "unblocked"
    assert ec2.enable_snapshot_block_public_access(State=state)["State"] == state
    read = ec2.get_snapshot_block_public_access_state()
    assert (read["State"], read["ManagedBy"]) == (state, "account")
    assert ec2.disable_snapshot_block_public_access()["State"] == "unblocked"
    assert ec2.get_snapshot_block_public_access_state()["State"] == "unblocked"


@source("EC2 User Guide, Block public access for AMIs: default settings of new accounts")
def test_images_of_a_new_account_are_blocked(cloud: Cloud) -> None:
    read = cloud.client("ec2", cloud.account("new")).get_image_block_public_access_state()
    assert (read["ImageBlockPublicAccessState"], read["ManagedBy"]) == ("block-new-sharing", "account")


@source("ec2: EnableImageBlockPublicAccess (API reference): up to 10 minutes")
def test_blocking_images_takes_a_while(cloud: Cloud) -> None:
    ec2 = cloud.client("ec2")

    def state() -> str:
        found: str = ec2.get_image_block_public_access_state()["ImageBlockPublicAccessState"]
        return found

    assert ec2.disable_image_block_public_access()["ImageBlockPublicAccessState"] == "unblocked"
    cloud.advance(600)  # type: ignore[attr-defined]
    assert state() == "unblocked"
    asked = ec2.enable_image_block_public_access(ImageBlockPublicAccessState="block-new-sharing")
    assert asked["ImageBlockPublicAccessState"] == "block-new-sharing"
    assert [state(), state()] == ["unblocked", "block-new-sharing"]


@source("ec2: GetInstanceMetadataDefaults (API reference)")
def test_nothing_is_preferred_for_metadata(cloud: Cloud) -> None:
    assert cloud.client("ec2").get_instance_metadata_defaults()["AccountLevel"] == {"ManagedBy": "account"}


@source("ec2: ModifyInstanceMetadataDefaults (API reference)")
def test_metadata_defaults_that_are_not_named_stay(cloud: Cloud) -> None:
    ec2 = cloud.client("ec2")
    assert ec2.modify_instance_metadata_defaults(HttpTokens="required", HttpPutResponseHopLimit=2)["Return"]
    ec2.modify_instance_metadata_defaults(HttpTokensEnforced="enabled")
    read = ec2.get_instance_metadata_defaults()["AccountLevel"]
    assert (read["HttpTokens"], read["HttpPutResponseHopLimit"], read["HttpTokensEnforced"]) == (
        "required",
        2,
        "enabled",
    )


@source("ec2: ModifyInstanceMetadataDefaults (API reference): no-preference, -1")
def test_metadata_defaults_are_removed(cloud: Cloud) -> None:
    ec2 = cloud.client("ec2")
    ec2.modify_instance_metadata_defaults(HttpTokens="required", HttpPutResponseHopLimit=2)
    ec2.modify_instance_metadata_defaults(HttpTokens="no-preference", HttpPutResponseHopLimit=-1)
    assert ec2.get_instance_metadata_defaults()["AccountLevel"] == {"ManagedBy": "account"}


@source("ec2: ModifyInstanceMetadataDefaults (API reference): hop limit 1 to 64")
@pytest.mark.parametrize("hops", [0, 65, -2])
def test_a_hop_limit_is_between_1_and_64(cloud: Cloud, hops: int) -> None:
    change = cloud.client("ec2").modify_instance_metadata_defaults
    refused("InvalidParameterValue", change, HttpPutResponseHopLimit=hops)


@source("EC2 User Guide, Configure access to the EC2 serial console")
def test_the_serial_console_is_off_until_it_is_allowed(cloud: Cloud) -> None:
    ec2 = cloud.client("ec2")
    read = ec2.get_serial_console_access_status
    assert read()["SerialConsoleAccessEnabled"] is False
    assert ec2.enable_serial_console_access()["SerialConsoleAccessEnabled"] is True
    assert read()["SerialConsoleAccessEnabled"] is True
    assert ec2.disable_serial_console_access()["SerialConsoleAccessEnabled"] is False
    assert read()["SerialConsoleAccessEnabled"] is False


@source("EC2 User Guide, Allowed AMIs")
def test_images_are_restricted_to_providers(cloud: Cloud) -> None:
    ec2 = cloud.client("ec2")
    assert ec2.get_allowed_images_settings()["State"] == "disabled"
    ec2.replace_image_criteria_in_allowed_images_settings(ImageCriteria=[{"ImageProviders": ["amazon"]}])
    ec2.enable_allowed_images_settings(AllowedImagesSettingsState="audit-mode")
    read = ec2.get_allowed_images_settings()
    assert (read["State"], read["ImageCriteria"]) == ("audit-mode", [{"ImageProviders": ["amazon"]}])
    ec2.disable_allowed_images_settings()
    assert ec2.get_allowed_images_settings()["State"] == "disabled"


@source("VPC User Guide, Block public access to VPCs and subnets")
def test_internet_gateways_are_blocked_in_the_background(cloud: Cloud) -> None:
    ec2 = cloud.client("ec2")

    def state() -> tuple[str, str]:
        options = ec2.describe_vpc_block_public_access_options()["VpcBlockPublicAccessOptions"]
        return options["State"], options["InternetGatewayBlockMode"]

    assert state() == ("default-state", "off")
    ec2.modify_vpc_block_public_access_options(InternetGatewayBlockMode="block-bidirectional")
    assert state() == ("update-in-progress", "block-bidirectional")
    assert state() == ("update-complete", "block-bidirectional")


@source("ec2: DryRun (API reference, Common query parameters)")
def test_a_dry_run_changes_nothing(cloud: Cloud) -> None:
    ec2 = cloud.client("ec2")
    error = refused("DryRunOperation", ec2.enable_serial_console_access, DryRun=True)
    assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 412
    assert ec2.get_serial_console_access_status()["SerialConsoleAccessEnabled"] is False


@source("Organizations User Guide, Declarative policy syntax and examples")
def test_a_declarative_policy_decides_what_is_read(cloud: Cloud) -> None:
    declare(
        cloud,
        snapshot_block_public_access={"state": "block_new_sharing"},
        image_block_public_access={"state": "unblocked"},
        serial_console_access={"status": "enabled"},
        instance_metadata_defaults={"http_tokens": "required", "http_put_response_hop_limit": "4"},
        vpc_block_public_access={
            "internet_gateway_block": {"mode": "block_bidirectional", "exclusions_allowed": "disabled"}
        },
    )
    ec2 = cloud.client("ec2", cloud.account("member"))
    networks = ec2.describe_vpc_block_public_access_options()["VpcBlockPublicAccessOptions"]
    closed = [networks[key] for key in ("InternetGatewayBlockMode", "ExclusionsAllowed", "ManagedBy")]
    assert closed == ["block-bidirectional", "not-allowed", "declarative-policy"]
    read = [
        ec2.get_snapshot_block_public_access_state()["State"],
        ec2.get_image_block_public_access_state()["ImageBlockPublicAccessState"],
        ec2.get_serial_console_access_status()["SerialConsoleAccessEnabled"],
        ec2.get_instance_metadata_defaults()["AccountLevel"],
    ]
    level = {"HttpTokens": "required", "HttpPutResponseHopLimit": 4, "ManagedBy": "declarative-policy"}
    assert read == ["block-new-sharing", "unblocked", True, level]


@source("Organizations User Guide, Declarative policies: they affect the management account")
def test_the_management_account_is_no_exception(cloud: Cloud) -> None:
    declare(cloud, snapshot_block_public_access={"state": "block_all_sharing"})
    read = cloud.client("ec2").get_snapshot_block_public_access_state()
    assert (read["State"], read["ManagedBy"]) == ("block-all-sharing", "declarative-policy")


@source("Organizations User Guide, Declarative policies: an API call that violates them fails")
def test_what_is_declared_cannot_be_changed(cloud: Cloud) -> None:
    declare(
        cloud,
        exception_message="Ask the platform team.",
        snapshot_block_public_access={"state": "block_all_sharing"},
        vpc_block_public_access={"internet_gateway_block": {"mode": "block_ingress", "exclusions_allowed": "enabled"}},
    )
    ec2 = cloud.client("ec2")
    error = refused("DeclarativePolicyViolation", ec2.disable_snapshot_block_public_access)
    assert "Ask the platform team." in str(error)
    refused("DeclarativePolicyViolation", ec2.modify_vpc_block_public_access_options, InternetGatewayBlockMode="off")
    ec2.enable_serial_console_access()


@source("Organizations User Guide, Declarative policies: detaching rolls back to the state before")
def test_a_detached_policy_leaves_the_accounts_own_setting(cloud: Cloud) -> None:
    cloud.client("ec2").enable_snapshot_block_public_access(State="block-new-sharing")
    declare(cloud, snapshot_block_public_access={"state": "block_all_sharing"})
    organizations = cloud.organizations
    (policy,) = organizations.list_policies(Filter=DECLARATIVE)["Policies"]
    organizations.detach_policy(PolicyId=policy["Id"], TargetId=cloud.root)
    read = cloud.client("ec2").get_snapshot_block_public_access_state()
    assert (read["State"], read["ManagedBy"]) == ("block-new-sharing", "account")


@source("ec2: DescribeSnapshots (API reference): OwnerIds, self")
def test_an_account_has_the_snapshots_that_it_made(cloud: Cloud) -> None:
    ec2 = cloud.client("ec2")
    assert ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"] == []
    volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]
    made = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    assert [one["SnapshotId"] for one in ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]] == [made]


@source("ec2: DeleteVpc, DeleteSubnet (API reference): gateways are detached, and what is in it deleted, before")
def test_a_vpc_is_empty_when_it_is_deleted(cloud: Cloud) -> None:
    ec2 = cloud.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    gateway = {"InternetGatewayId": ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]}
    ec2.attach_internet_gateway(**gateway, VpcId=vpc)
    refused("DependencyViolation", ec2.delete_vpc, VpcId=vpc)
    refused("DependencyViolation", ec2.delete_internet_gateway, **gateway)
    ec2.detach_internet_gateway(**gateway, VpcId=vpc)
    group = ec2.create_security_group(GroupName="ours", Description="ours", VpcId=vpc)["GroupId"]
    refused("DependencyViolation", ec2.delete_vpc, VpcId=vpc)
    ec2.delete_security_group(GroupId=group)
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.1.0.0/24")["Subnet"]["SubnetId"]
    refused("DependencyViolation", ec2.delete_vpc, VpcId=vpc)
    interface = {
        "NetworkInterfaceId": ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"]
    }
    refused("DependencyViolation", ec2.delete_subnet, SubnetId=subnet)
    ec2.delete_network_interface(**interface)
    ec2.delete_subnet(SubnetId=subnet)
    ec2.delete_vpc(VpcId=vpc)
    refused("InvalidVpcID.NotFound", ec2.delete_vpc, VpcId=vpc)
