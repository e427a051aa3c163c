"""Log group of the organization trail in CloudWatch Logs, and the role by which CloudTrail writes to it."""

from troposphere import Parameter, Sub, Template
from troposphere.iam import Policy, Role
from troposphere.logs import LogGroup

from landing.blueprint.resource_names import TRAIL, TRAIL_LOGS_ROLE

REGIONS = "home"


def cloudtrail_logs(*, log_group_days: int = 90) -> Template:
    """Log group of the organization trail in CloudWatch Logs, and the role by which CloudTrail writes to it."""
    template = Template("CloudWatch Logs of the organization trail")
    template.add_parameter(Parameter("OrganizationId", Type="String"))
    template.add_resource(
        LogGroup(
            "TrailLogs",
            LogGroupName=TRAIL,
            RetentionInDays=log_group_days,
            DeletionPolicy="Retain",
            UpdateReplacePolicy="Retain",
        )
    )
    stream = f"arn:${{AWS::Partition}}:logs:${{AWS::Region}}:${{AWS::AccountId}}:log-group:{TRAIL}:log-stream:"
    statement = {
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        # Both names: the management account's own stream, and those of the organization's members.
        "Resource": [
            Sub(stream + "${AWS::AccountId}_CloudTrail_${AWS::Region}*"),
            Sub(stream + "${OrganizationId}_*"),
        ],
    }
    template.add_resource(
        Role(
            "TrailLogsRole",
            RoleName=TRAIL_LOGS_ROLE,
            DependsOn="TrailLogs",
            AssumeRolePolicyDocument={
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "cloudtrail.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                    }
                ],
            },
            Policies=[Policy(PolicyName="write", PolicyDocument={"Version": "2012-10-17", "Statement": [statement]})],
        )
    )
    return template
