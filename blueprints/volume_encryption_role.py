"""The role as which volumes come to be encrypted by default, which `volume_encryption` names in each region."""

from troposphere import Template

from landing.blueprint.automation import add_document_role
from landing.blueprint.resource_names import VOLUME_ENCRYPTION_ROLE

CONTROLS = ("fsbp:EC2.7", "nist-800-53-r5:SC-28", "nist-csf-2.0:PR.DS-01")
REGIONS = "home"  # IAM is global


def volume_encryption_role() -> Template:
    """The role of the document that sets how volumes are encrypted; it may do that and no more."""
    template = Template("Role of the encryption of EBS volumes by default")
    actions = ["ec2:EnableEbsEncryptionByDefault", "ec2:ModifyEbsDefaultKmsKeyId", "kms:DescribeKey"]
    description = "Systems Manager sets how EBS volumes are encrypted"
    add_document_role(
        template, "EncryptionRole", VOLUME_ENCRYPTION_ROLE, description=description, policy="encrypt", actions=actions
    )
    return template
