"""The role as which volumes come to be encrypted by default, which `volume_encryption` names in each region."""

from troposphere import Sub, Template
from troposphere.iam import Policy, Role

from landing.blueprint.resource_names import VOLUME_ENCRYPTION_ROLE

CONTROLS = ("fsbp:EC2.7", "nist-800-53-r5:SC-28", "nist-csf-2.0:PR.DS-01")
REGIONS = "home"  # IAM is global


def volume_encryption_role() -> Template:
    """The role of the document that sets how volumes are encrypted; it may do that and no more."""
    template = Template("Role of the encryption of EBS volumes by default")
    allowed = {
        "Effect": "Allow",
        "Action": ["ec2:EnableEbsEncryptionByDefault", "ec2:ModifyEbsDefaultKmsKeyId", "kms:DescribeKey"],
        "Resource": "*",
    }
    template.add_resource(
        Role(
            "EncryptionRole",
            RoleName=VOLUME_ENCRYPTION_ROLE,
            Description="Systems Manager sets how EBS volumes are encrypted",
            AssumeRolePolicyDocument={
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "ssm.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                        "Condition": {"StringEquals": {"aws:SourceAccount": Sub("${AWS::AccountId}")}},
                    }
                ],
            },
            Policies=[Policy(PolicyName="encrypt", PolicyDocument={"Version": "2012-10-17", "Statement": [allowed]})],
        )
    )
    return template
