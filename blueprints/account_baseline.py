"""Account defaults in one region: no public snapshots, no public SSM documents."""

from typing import Literal

from troposphere import Sub, Template
from troposphere.ec2 import SnapshotBlockPublicAccess
from troposphere.ssm import ServiceSetting

CONTROLS = ("fsbp:EC2.1", "fsbp:SSM.7", "nist-800-53-r5:AC-3", "nist-csf-2.0:PR.AA-05")


def account_baseline(
    *, snapshots: Literal["block-all-sharing", "block-new-sharing", "by-policy"] = "block-all-sharing"
) -> Template:
    """Account defaults in one region: no public documents, and no public snapshots unless a policy sees to these."""
    template = Template("Account defaults")
    if snapshots != "by-policy":
        template.add_resource(
            SnapshotBlockPublicAccess(
                "SnapshotSharing", DeletionPolicy="Retain", UpdateReplacePolicy="Retain", State=snapshots
            )
        )
    template.add_resource(
        ServiceSetting(
            "DocumentSharing",
            SettingId=Sub(
                "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}"
                ":servicesetting/ssm/documents/console/public-sharing-permission"
            ),
            SettingValue="Disable",
        )
    )
    return template
