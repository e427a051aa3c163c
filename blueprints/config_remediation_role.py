"""The roles as which AWS Systems Manager mends what a rule of AWS Config finds: one for each remediation."""

from typing import Any

from troposphere import Sub, Template
from troposphere.iam import Policy, Role

from landing.blueprint.resource_names import remediation_role

REGIONS = "home"  # IAM is global


def config_remediation_role(*, remediations: dict[str, Any]) -> Template:
    """The roles as which AWS Systems Manager mends what a rule of AWS Config finds.

    Each may do what the config gives it, in its own account, and nothing else.
    """
    template = Template("Roles of remediations by AWS Config")
    for number, (key, remediation) in enumerate(sorted(remediations.items())):
        allowed = [{"Effect": "Allow", "Action": sorted(remediation["permissions"]), "Resource": "*"}]
        template.add_resource(
            Role(
                f"Role{number}",
                RoleName=remediation_role(key),
                Description=f"{remediation['document']} mends what {remediation['identifier']} finds",
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
                Policies=[Policy(PolicyName="mend", PolicyDocument={"Version": "2012-10-17", "Statement": allowed})],
            )
        )
    return template
