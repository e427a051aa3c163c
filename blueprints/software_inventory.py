"""What is installed on instances in one region is known to Systems Manager, and to the log archive."""

import re

from troposphere import Parameter, Ref, Sub, Template
from troposphere.ssm import Association, ResourceDataSync, S3Destination, Targets

from landing.blueprint.resource_names import INVENTORY
from landing.blueprint.resource_names import bucket as log_bucket

CONTROLS = ("nist-800-53-r5:CM-8", "nist-csf-2.0:ID.AM-02")
TYPES = ("applications", "awsComponents", "instanceDetailedInformation", "networkConfig", "services", "windowsUpdates")


def software_inventory(*, every_hours: int = 12, archive: bool = True, bucket: str = "") -> Template:
    """What is installed on managed instances is looked at every `every_hours`, without files and registry.

    With `archive` it goes to the log archive, which must receive `inventory`; `bucket` is another one than ours there.
    """
    if not re.fullmatch(r"([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])?", bucket) or not 1 <= every_hours <= 720:
        raise ValueError("`bucket` is the name of a bucket, `every_hours` from 1 to 720")
    template = Template("Inventory of instances")
    template.add_resource(
        Association(
            "Inventory",
            AssociationName="landing-inventory",
            Name="AWS-GatherSoftwareInventory",
            Targets=[Targets(Key="InstanceIds", Values=["*"])],
            ScheduleExpression=f"rate({every_hours} hour{'s' if every_hours > 1 else ''})",
            Parameters={name: ["Enabled"] for name in TYPES},
        )
    )
    if archive:
        for name in ("HomeRegion",) if bucket else ("LogArchiveAccountId", "HomeRegion"):
            template.add_parameter(Parameter(name, Type="String"))
        template.add_resource(
            ResourceDataSync(
                "Sync",
                SyncName="landing-inventory",
                SyncType="SyncToDestination",
                S3Destination=S3Destination(
                    BucketName=bucket or Sub(log_bucket(INVENTORY, "${LogArchiveAccountId}", "${HomeRegion}")),
                    BucketPrefix=INVENTORY,
                    BucketRegion=Ref("HomeRegion"),
                    SyncFormat="JsonSerDe",
                ),
            )
        )
    return template
