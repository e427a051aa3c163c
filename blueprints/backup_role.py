"""The role as which AWS Backup makes backups, which backup policies name: `landing-backup`."""

from troposphere import Sub, Template
from troposphere.iam import Role

from landing.blueprint.resource_names import BACKUP_ROLE

CONTROLS = ("nist-800-53-r5:CP-9", "nist-csf-2.0:PR.DS-11")
REGIONS = "home"  # IAM is global
MANAGED = "arn:${AWS::Partition}:iam::aws:policy/"


def backup_role(*, restores: bool = False) -> Template:
    """The role of backup plans and policies: `arn:aws:iam::$account:role/landing-backup`.

    With `restores` it restores too, and may then make what it restores. AWS Backup passes no `aws:SourceAccount`
    that its guide would name: who may use the role is who may pass it.
    """
    policies = ["service-role/AWSBackupServiceRolePolicyForBackup", "AWSBackupServiceRolePolicyForS3Backup"]
    if restores:
        policies += ["service-role/AWSBackupServiceRolePolicyForRestores", "AWSBackupServiceRolePolicyForS3Restore"]
    template = Template("Role of AWS Backup")
    template.add_resource(
        Role(
            "BackupRole",
            RoleName=BACKUP_ROLE,
            Description="AWS Backup makes backups, as backup plans and policies say",
            AssumeRolePolicyDocument={
                "Version": "2012-10-17",
                "Statement": [
                    {"Effect": "Allow", "Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"}
                ],
            },
            ManagedPolicyArns=[Sub(f"{MANAGED}{name}") for name in policies],
        )
    )
    return template
