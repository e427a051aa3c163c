"""The role by which EventBridge of an account puts events on the bus of the alarms."""

from troposphere import Parameter, Sub, Template
from troposphere.iam import Policy, Role

from landing.blueprint.resource_names import ALARMS

REGIONS = "home"  # IAM is global
VERSION = "2012-10-17"


def alarms_role() -> Template:
    """The role by which EventBridge of an account puts events on the bus of the alarms."""
    template = Template("Role that forwards events to the alarms")
    for name in ("HomeRegion", "SecurityToolingAccountId"):
        template.add_parameter(Parameter(name, Type="String"))
    bus = f"arn:${{AWS::Partition}}:events:${{HomeRegion}}:${{SecurityToolingAccountId}}:event-bus/{ALARMS}"
    put = {"Effect": "Allow", "Action": "events:PutEvents", "Resource": Sub(bus)}
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:SourceAccount": Sub("${AWS::AccountId}")}},
    }
    template.add_resource(
        Role(
            "AlarmsRole",
            RoleName=ALARMS,
            Description="EventBridge forwards what somebody must hear of to the security tooling account",
            AssumeRolePolicyDocument={"Version": VERSION, "Statement": [trust]},
            Policies=[Policy(PolicyName="forward", PolicyDocument={"Version": VERSION, "Statement": [put]})],
        )
    )
    return template
