"""What who looks at evidence can do, and cannot, decided by the role's own policies on calls to EC2."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from landing.blueprint.resource_names import ANALYSIS_ROLE, ANALYSIS_TAG, FORENSICS, bucket
from landing.library import Library
from tests.sandbox.cloud import Cloud, source
from tests.sandbox.lab import Lab
from tests.sandbox.security import document
from tests.sandbox.test_authorization import MANAGEMENT, entered, trusting

SOURCE = (
    "Service Authorization Reference, Amazon EC2; EC2 User Guide, Example policies to control access using the AWS CLI"
)
TRUST = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": MANAGEMENT}}
MARKED = [{"Key": ANALYSIS_TAG[0], "Value": ANALYSIS_TAG[1]}]

DISKS = [
    {"DeviceName": name, "Ebs": {"Encrypted": True, "VolumeSize": 8, "DeleteOnTermination": True}}
    for name in ("/dev/sda1", "/dev/xvda")
]
"""The root's, whatever the image calls it."""


class Analyst:
    """The role of the account for forensics, entered, and what is there to be used."""

    def __init__(self, cloud: Cloud, library: Library) -> None:
        lab = Lab(cloud, library)
        lab.deploy("forensics_network")
        lab.deploy("forensics", trusted=["role/oncall"], analysis=True)
        self.outputs = lab.context
        self.admin = cloud.client("ec2")
        cloud.client("iam").update_assume_role_policy(RoleName=FORENSICS, PolicyDocument=document(TRUST))
        self.inside = entered(cloud, f"arn:aws:iam::{MANAGEMENT}:role/{FORENSICS}")
        self.ec2 = self.inside.client("ec2")
        images = self.admin.describe_images()["Images"]
        self.image = next(each["ImageId"] for each in images if each.get("ImageOwnerAlias") == "amazon")
        self.own_image = self.admin.register_image(Name="workstation", RootDeviceName="/dev/sda1")["ImageId"]
        theirs = cloud.client("ec2", cloud.account("stranger"))
        self.others_image = theirs.register_image(Name="shared", RootDeviceName="/dev/sda1")["ImageId"]

    def launch(self, *, by: Any = None, **changed: Any) -> str:
        """An instance as it is meant to be, with what is changed; its id."""
        given = {
            "ImageId": self.image,
            "MinCount": 1,
            "MaxCount": 1,
            "SubnetId": self.outputs["SubnetIds"].split(",")[0],
            "SecurityGroupIds": [self.outputs["AnalysisGroupId"]],
            "IamInstanceProfile": {"Name": ANALYSIS_ROLE},
            "MetadataOptions": {"HttpTokens": "required"},
            "BlockDeviceMappings": DISKS,
            "TagSpecifications": [{"ResourceType": "instance", "Tags": MARKED}],
            **changed,
        }
        given = {name: value for name, value in given.items() if value is not None}
        made = (by or self.ec2).run_instances(**given)
        return str(made["Instances"][0]["InstanceId"])


@pytest.fixture
def analyst(cloud: Cloud, library: Library) -> Analyst:
    return Analyst(cloud, library)


def denied(call: Any, *words: str, **parameters: Any) -> None:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    error = caught.value.response["Error"]
    assert error["Code"] in ("UnauthorizedOperation", "AccessDenied", "AccessDeniedException"), error
    for each in words:
        assert each in error["Message"], error["Message"]


@source(SOURCE)
def test_evidence_is_looked_at_on_an_instance_of_the_network(analyst: Analyst) -> None:
    zone = analyst.admin.describe_subnets(SubnetIds=[analyst.outputs["SubnetIds"].split(",")[0]])
    place = zone["Subnets"][0]["AvailabilityZone"]
    volume = analyst.admin.create_volume(AvailabilityZone=place, Size=1)["VolumeId"]
    shared = analyst.admin.create_snapshot(VolumeId=volume)["SnapshotId"]
    evidence = analyst.ec2.create_volume(AvailabilityZone=place, SnapshotId=shared, Encrypted=True)["VolumeId"]
    instance = analyst.launch()
    analyst.ec2.attach_volume(InstanceId=instance, VolumeId=evidence, Device="/dev/sdf")
    analyst.ec2.detach_volume(InstanceId=instance, VolumeId=evidence)
    analyst.ec2.stop_instances(InstanceIds=[instance])
    analyst.ec2.start_instances(InstanceIds=[instance])
    analyst.ec2.terminate_instances(InstanceIds=[instance])


@source(SOURCE)
def test_an_instance_has_volumes_of_snapshots_from_the_start(analyst: Analyst) -> None:
    volume = analyst.admin.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]
    shared = analyst.admin.create_snapshot(VolumeId=volume)["SnapshotId"]
    evidence = {"DeviceName": "/dev/sdf", "Ebs": {"SnapshotId": shared, "Encrypted": True}}
    assert analyst.launch(BlockDeviceMappings=[*DISKS, evidence])


@source(SOURCE)
def test_nothing_is_started_elsewhere_or_otherwise(analyst: Analyst) -> None:
    ec2, group = analyst.admin, analyst.outputs["AnalysisGroupId"]
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.0.0/24")["Subnet"]["SubnetId"]
    other = ec2.create_security_group(GroupName="web", Description="web", VpcId=vpc)["GroupId"]
    inside = ec2.create_security_group(GroupName="web", Description="web", VpcId=analyst.outputs["NetworkId"])[
        "GroupId"
    ]
    here = analyst.outputs["SubnetIds"].split(",")[0]
    alone: dict[str, Any] = {"SubnetId": None, "SecurityGroupIds": None}
    denied(analyst.launch, ":subnet/", SubnetId=subnet, SecurityGroupIds=[other])
    denied(analyst.launch, ":security-group/", SecurityGroupIds=[inside])
    denied(analyst.launch, ":security-group/", SecurityGroupIds=[group, inside])
    denied(
        analyst.launch,
        ":network-interface/",
        **alone,
        NetworkInterfaces=[{"DeviceIndex": 0, "SubnetId": here, "Groups": [group], "AssociatePublicIpAddress": True}],
    )
    there = ec2.create_network_interface(SubnetId=subnet, Groups=[other])["NetworkInterface"]["NetworkInterfaceId"]
    taken = [{"DeviceIndex": 0, "NetworkInterfaceId": there}]
    denied(analyst.launch, f":network-interface/{there}", **alone, NetworkInterfaces=taken)
    assert analyst.launch(
        **alone,
        NetworkInterfaces=[{"DeviceIndex": 0, "SubnetId": here, "Groups": [group], "AssociatePublicIpAddress": False}],
    )


@source(SOURCE)
def test_an_instance_has_the_profile_the_tag_and_encrypted_volumes(analyst: Analyst) -> None:
    denied(analyst.launch, ":instance/", IamInstanceProfile=None)
    denied(analyst.launch, ":instance/", TagSpecifications=None)
    denied(analyst.launch, ":instance/", MetadataOptions={"HttpTokens": "optional"})
    assert analyst.launch(ImageId=analyst.own_image)
    denied(analyst.launch, ":image/", ImageId=analyst.others_image)
    denied(analyst.launch, ":volume/", BlockDeviceMappings=None)
    denied(analyst.launch, ":key-pair/", KeyName="mine")
    made = analyst.admin.create_launch_template(LaunchTemplateName="web", LaunchTemplateData={"EbsOptimized": True})
    template = made["LaunchTemplate"]["LaunchTemplateId"]
    denied(analyst.launch, f":launch-template/{template}", LaunchTemplate={"LaunchTemplateId": template})
    denied(analyst.launch, f":launch-template/{template}", LaunchTemplate={"LaunchTemplateName": "web"})
    tagged = {"ResourceType": "network-interface", "Tags": MARKED}
    denied(analyst.launch, TagSpecifications=[{"ResourceType": "instance", "Tags": MARKED}, tagged])


@source("IAM User Guide, Grant a user permissions to pass a role to an AWS service")
def test_no_other_role_is_handed_to_an_instance(analyst: Analyst, cloud: Cloud) -> None:
    iam = cloud.client("iam")
    iam.create_role(RoleName="powerful", AssumeRolePolicyDocument=trusting({"Service": "ec2.amazonaws.com"}))
    iam.create_instance_profile(InstanceProfileName="powerful")
    iam.add_role_to_instance_profile(InstanceProfileName="powerful", RoleName="powerful")
    denied(analyst.launch, ":instance/", IamInstanceProfile={"Name": "powerful"})
    # Who takes the role of the profile for another has changed IAM, which the analyst cannot.
    iam.remove_role_from_instance_profile(InstanceProfileName=ANALYSIS_ROLE, RoleName=ANALYSIS_ROLE)
    iam.add_role_to_instance_profile(InstanceProfileName=ANALYSIS_ROLE, RoleName="powerful")
    denied(analyst.launch, "iam:PassRole", "role/powerful")


@source(SOURCE)
def test_instances_of_others_are_left_alone(analyst: Analyst) -> None:
    theirs = analyst.launch(by=analyst.admin, TagSpecifications=None)
    volume = analyst.admin.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]
    denied(analyst.ec2.attach_volume, ":instance/", InstanceId=theirs, VolumeId=volume, Device="/dev/sdf")
    denied(analyst.ec2.terminate_instances, InstanceIds=[theirs])
    denied(analyst.ec2.create_tags, Resources=[theirs], Tags=MARKED)
    denied(analyst.ec2.modify_instance_attribute, InstanceId=theirs, Groups=[analyst.outputs["AnalysisGroupId"]])


@source("Systems Manager User Guide, Restrict access based on instance tags")
def test_sessions_are_to_instances_of_the_tag(analyst: Analyst) -> None:
    ssm = analyst.inside.client("ssm")
    theirs = analyst.launch(by=analyst.admin, TagSpecifications=None)
    denied(ssm.start_session, ":instance/", Target=theirs)
    denied(ssm.start_session, ":document/", Target=analyst.launch(), DocumentName="AWS-StartPortForwardingSession")
    with pytest.raises(ClientError) as caught:  # allowed, and the sandbox has no sessions
        ssm.start_session(Target=analyst.launch())
    assert "not authorized" not in caught.value.response["Error"]["Message"]


@source("S3 User Guide, Using Object Lock; IAM User Guide, Policy evaluation logic")
def test_evidence_and_the_network_stay_as_they_are(analyst: Analyst) -> None:
    s3, iam, ec2 = (analyst.inside.client(name) for name in ("s3", "iam", "ec2"))
    name = bucket("evidence", MANAGEMENT, "us-east-1")
    lock = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}}}
    denied(s3.put_object_lock_configuration, Bucket=name, ObjectLockConfiguration=lock)
    denied(s3.put_bucket_policy, Bucket=name, Policy="{}")
    denied(s3.delete_object, Bucket=name, Key="a")
    denied(s3.delete_bucket, Bucket=name)
    denied(ec2.create_internet_gateway)
    denied(ec2.create_route, RouteTableId="rtb-0123456789abcdef0", DestinationCidrBlock="0.0.0.0/0", GatewayId="igw-0")
    denied(
        ec2.authorize_security_group_ingress,
        GroupId=analyst.outputs["AnalysisGroupId"],
        IpPermissions=[{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
    )
    denied(ec2.allocate_address)
    denied(iam.put_role_policy, RoleName=FORENSICS, PolicyName="more", PolicyDocument="{}")
