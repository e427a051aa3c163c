"""What holds of EC2's defaults in the sandbox and not in moto alone."""

from __future__ import annotations

from typing import Any

from landing.sandbox.services.ec2 import transit_probes
from landing.sandbox.services.service import Probe, ProbedSandbox


def _ec2(sandbox: ProbedSandbox) -> Any:
    return sandbox.session().client("ec2", region_name="us-east-1")


def snapshots_can_be_kept_private(sandbox: ProbedSandbox) -> bool:
    """Public sharing of snapshots is blocked, read back and allowed again."""
    ec2 = _ec2(sandbox)
    ec2.enable_snapshot_block_public_access(State="block-all-sharing")
    blocked = ec2.get_snapshot_block_public_access_state()["State"]
    ec2.disable_snapshot_block_public_access()
    return (blocked, ec2.get_snapshot_block_public_access_state()["State"]) == ("block-all-sharing", "unblocked")


def images_can_be_kept_private(sandbox: ProbedSandbox) -> bool:
    """Public sharing of images is allowed and blocked."""
    ec2 = _ec2(sandbox)
    ec2.disable_image_block_public_access()
    ec2.enable_image_block_public_access(ImageBlockPublicAccessState="block-new-sharing")
    return bool(ec2.get_image_block_public_access_state()["ManagedBy"] == "account")


def images_can_be_restricted(sandbox: ProbedSandbox) -> bool:
    """Only images of some providers are allowed, then all."""
    ec2 = _ec2(sandbox)
    ec2.enable_allowed_images_settings(AllowedImagesSettingsState="enabled")
    ec2.replace_image_criteria_in_allowed_images_settings(ImageCriteria=[{"ImageProviders": ["amazon"]}])
    read = ec2.get_allowed_images_settings()
    ec2.disable_allowed_images_settings()
    return bool(read["ImageCriteria"] == [{"ImageProviders": ["amazon"]}])


def metadata_has_defaults(sandbox: ProbedSandbox) -> bool:
    """IMDSv2 is the default."""
    ec2 = _ec2(sandbox)
    ec2.modify_instance_metadata_defaults(HttpTokens="required")
    return bool(ec2.get_instance_metadata_defaults()["AccountLevel"]["HttpTokens"] == "required")


def the_console_has_a_switch(sandbox: ProbedSandbox) -> bool:
    """The serial console is allowed and forbidden."""
    ec2 = _ec2(sandbox)
    ec2.enable_serial_console_access()
    on = ec2.get_serial_console_access_status()["SerialConsoleAccessEnabled"]
    ec2.disable_serial_console_access()
    return bool(on) and not ec2.get_serial_console_access_status()["SerialConsoleAccessEnabled"]


def networks_can_be_closed(sandbox: ProbedSandbox) -> bool:
    """Internet gateways are blocked."""
    ec2 = _ec2(sandbox)
    ec2.modify_vpc_block_public_access_options(InternetGatewayBlockMode="block-ingress")
    read = ec2.describe_vpc_block_public_access_options()["VpcBlockPublicAccessOptions"]
    return bool(read["InternetGatewayBlockMode"] == "block-ingress")


def volumes_have_a_key(sandbox: ProbedSandbox) -> bool:
    """The default key of volumes is a customer's, then AWS's again; one that is disabled is refused."""
    ec2, kms = _ec2(sandbox), sandbox.session().client("kms", region_name="us-east-1")
    key, off = kms.create_key()["KeyMetadata"]["Arn"], kms.create_key()["KeyMetadata"]["KeyId"]
    kms.disable_key(KeyId=off)
    ec2.modify_ebs_default_kms_key_id(KmsKeyId=key)
    try:
        ec2.modify_ebs_default_kms_key_id(KmsKeyId=off)
    except ec2.exceptions.ClientError:
        read = ec2.get_ebs_default_kms_key_id()["KmsKeyId"]
        return (read, ec2.reset_ebs_default_kms_key_id()["KmsKeyId"].rpartition(":")[2]) == (key, "alias/aws/ebs")
    return False


def snapshots_have_owners(sandbox: ProbedSandbox) -> bool:
    """The probe: an account that made no snapshot has none."""
    ec2: Any = sandbox.session().client("ec2", region_name="us-east-1")
    return bool(ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"] == [])


def flow_logs_are_refused_by_buckets(sandbox: ProbedSandbox) -> bool:
    """A bucket that lets nobody in receives none."""
    session = sandbox.session()
    ec2: Any = session.client("ec2", region_name="us-east-1")
    session.client("s3", region_name="us-east-1").create_bucket(Bucket="closed")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    made = ec2.create_flow_logs(
        ResourceType="VPC",
        ResourceIds=[vpc],
        TrafficType="ALL",
        LogDestinationType="s3",
        LogDestination="arn:aws:s3:::closed",
    )
    return bool(made["Unsuccessful"])


def subnets_in_use_stay(sandbox: ProbedSandbox) -> bool:
    """One with an interface is not deleted."""
    ec2 = _ec2(sandbox)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    interface = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"]
    try:
        ec2.delete_subnet(SubnetId=subnet)
    except ec2.exceptions.ClientError:
        ec2.delete_network_interface(NetworkInterfaceId=interface)
        ec2.delete_subnet(SubnetId=subnet)
        return True
    return False


def endpoints_keep_rules(sandbox: ProbedSandbox) -> bool:
    """Private names need a VPC that has names; they are switched, and a policy goes back to the default."""
    ec2 = _ec2(sandbox)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    place = {"VpcId": vpc, "SubnetIds": [subnet], "VpcEndpointType": "Interface"}
    service = "com.amazonaws.us-east-1.ssm"
    try:
        ec2.create_vpc_endpoint(**place, ServiceName=service, PrivateDnsEnabled=True)
    except ec2.exceptions.ClientError:
        ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
        made = ec2.create_vpc_endpoint(**place, ServiceName=service, PrivateDnsEnabled=True)["VpcEndpoint"]
        ec2.modify_vpc_endpoint(VpcEndpointId=made["VpcEndpointId"], PrivateDnsEnabled=False, ResetPolicy=True)
        (read,) = ec2.describe_vpc_endpoints(VpcEndpointIds=[made["VpcEndpointId"]])["VpcEndpoints"]
        return not read["PrivateDnsEnabled"]
    return False


def addresses_come_from_pools(sandbox: ProbedSandbox) -> bool:
    """A VPC takes a range of a pool, and gives it back; pools, ranges and the IPAM go."""
    ec2 = _ec2(sandbox)
    ipam = ec2.create_ipam(OperatingRegions=[{"RegionName": "us-east-1"}])["Ipam"]
    ec2.modify_ipam(IpamId=ipam["IpamId"], Description="a")
    ec2.create_tags(Resources=[ipam["IpamId"]], Tags=[{"Key": "a", "Value": "b"}, {"Key": "c", "Value": "d"}])
    ec2.delete_tags(Resources=[ipam["IpamId"]], Tags=[{"Key": "c"}])
    (tagged,) = ec2.describe_ipams()["Ipams"]
    pool = ec2.create_ipam_pool(IpamScopeId=ipam["PrivateDefaultScopeId"], AddressFamily="ipv4", Locale="us-east-1")[
        "IpamPool"
    ]["IpamPoolId"]
    ec2.provision_ipam_pool_cidr(IpamPoolId=pool, Cidr="10.0.0.0/16")
    ec2.modify_ipam_pool(IpamPoolId=pool, AllocationDefaultNetmaskLength=20)
    (read,) = ec2.get_ipam_pool_cidrs(IpamPoolId=pool)["IpamPoolCidrs"]
    vpc = ec2.create_vpc(Ipv4IpamPoolId=pool)["Vpc"]
    ec2.delete_vpc(VpcId=vpc["VpcId"])
    ec2.deprovision_ipam_pool_cidr(IpamPoolId=pool, Cidr=read["Cidr"])
    there = [one["IpamPoolId"] for one in ec2.describe_ipam_pools()["IpamPools"]]
    ec2.delete_ipam_pool(IpamPoolId=pool)
    ec2.delete_ipam(IpamId=ipam["IpamId"])
    kept = tagged["Tags"] == [{"Key": "a", "Value": "b"}]
    return kept and (vpc["CidrBlock"], there, ec2.describe_ipams()["Ipams"]) == ("10.0.0.0/20", [pool], [])


def peerings_are_found_by_network(sandbox: ProbedSandbox) -> bool:
    """A filter by VPC finds those of the VPC."""
    ec2 = _ec2(sandbox)
    first, second = (ec2.create_vpc(CidrBlock=f"10.{part}.0.0/16")["Vpc"]["VpcId"] for part in (1, 2))
    ec2.create_vpc_peering_connection(VpcId=first, PeerVpcId=second)
    wanted = [{"Name": "requester-vpc-info.vpc-id", "Values": [second]}]
    return bool(ec2.describe_vpc_peering_connections(Filters=wanted)["VpcPeeringConnections"] == [])


PROBES: dict[str, Probe] = {
    **transit_probes.PROBES,
    **dict.fromkeys(
        (
            "CreateIpam",
            "CreateIpamPool",
            "CreateTags",
            "CreateVpc",
            "DeleteIpam",
            "DeleteIpamPool",
            "DeleteTags",
            "DeleteVpc",
            "DeprovisionIpamPoolCidr",
            "DescribeIpamPools",
            "DescribeIpams",
            "GetIpamPoolCidrs",
            "ModifyIpam",
            "ModifyIpamPool",
            "ProvisionIpamPoolCidr",
        ),
        addresses_come_from_pools,
    ),
    "DeleteSubnet": subnets_in_use_stay,
    "DescribeVpcPeeringConnections": peerings_are_found_by_network,
    "CreateFlowLogs": flow_logs_are_refused_by_buckets,
    **dict.fromkeys(("CreateVpcEndpoint", "ModifyVpcEndpoint"), endpoints_keep_rules),
    "DescribeSnapshots": snapshots_have_owners,
    **dict.fromkeys(
        ("DisableSnapshotBlockPublicAccess", "EnableSnapshotBlockPublicAccess", "GetSnapshotBlockPublicAccessState"),
        snapshots_can_be_kept_private,
    ),
    **dict.fromkeys(
        ("DisableImageBlockPublicAccess", "EnableImageBlockPublicAccess", "GetImageBlockPublicAccessState"),
        images_can_be_kept_private,
    ),
    **dict.fromkeys(
        (
            "DisableAllowedImagesSettings",
            "EnableAllowedImagesSettings",
            "GetAllowedImagesSettings",
            "ReplaceImageCriteriaInAllowedImagesSettings",
        ),
        images_can_be_restricted,
    ),
    **dict.fromkeys(("GetInstanceMetadataDefaults", "ModifyInstanceMetadataDefaults"), metadata_has_defaults),
    **dict.fromkeys(
        ("DisableSerialConsoleAccess", "EnableSerialConsoleAccess", "GetSerialConsoleAccessStatus"),
        the_console_has_a_switch,
    ),
    **dict.fromkeys(
        ("DescribeVpcBlockPublicAccessOptions", "ModifyVpcBlockPublicAccessOptions"), networks_can_be_closed
    ),
    **dict.fromkeys(
        ("GetEbsDefaultKmsKeyId", "ModifyEbsDefaultKmsKeyId", "ResetEbsDefaultKmsKeyId"), volumes_have_a_key
    ),
}
