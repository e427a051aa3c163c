"""Logs of the traffic of a network, as part of a template."""

from __future__ import annotations

from typing import Any, Literal

from troposphere import GetAtt, Parameter, Ref, Sub, Template
from troposphere.ec2 import FlowLog
from troposphere.iam import Policy, Role
from troposphere.logs import LogGroup

from landing.blueprint.resource_names import FLOW_LOGS, bucket

Place = Literal["account", "log-archive"]
RETENTION = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
"""Days that a log group may keep events (CloudWatch Logs API reference, PutRetentionPolicy)."""


def add_flow_log(template: Template, network: str, place: Place, name: str, days: int) -> None:
    """All traffic of the VPC with the logical id `network`, each minute.

    In the account that is a log group `/landing/NAME`, which keeps it for `days`; in the log archive its bucket for
    flow logs, which must receive them (`services.log_archive.receives`). VPC User Guide, "Logging IP traffic using VPC
    Flow Logs". Raises ValueError for days that CloudWatch Logs does not offer.
    """
    if days not in RETENTION:
        raise ValueError(f"`log_days` is one of {', '.join(map(str, RETENTION))}")
    given = {"ResourceId": Ref(network), "ResourceType": "VPC", "TrafficType": "ALL", "MaxAggregationInterval": 60}
    if place == "log-archive":
        for parameter in ("LogArchiveAccountId", "HomeRegion"):
            template.add_parameter(Parameter(parameter, Type="String"))
        where = bucket(FLOW_LOGS, "${LogArchiveAccountId}", "${HomeRegion}")
        destination = Sub(f"arn:${{AWS::Partition}}:s3:::{where}")
        template.add_resource(FlowLog("FlowLog", LogDestinationType="s3", LogDestination=destination, **given))
        return
    template.add_resource(LogGroup("FlowLogs", LogGroupName=f"/landing/{name}", RetentionInDays=days))
    writes = {
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
        "Resource": GetAtt("FlowLogs", "Arn"),
    }
    looks = {"Effect": "Allow", "Action": "logs:DescribeLogGroups", "Resource": "*"}
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "vpc-flow-logs.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {
            "StringEquals": {"aws:SourceAccount": Ref("AWS::AccountId")},
            "ArnLike": {
                "aws:SourceArn": Sub("arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:vpc-flow-log/*")
            },
        },
    }
    template.add_resource(
        Role(
            "FlowLogRole",
            RoleName=Sub(f"landing-{name}-${{AWS::Region}}"),
            Description="Writes flow logs to a log group of the account",
            AssumeRolePolicyDocument=_policy(trust),
            Policies=[Policy(PolicyName="flow-logs", PolicyDocument=_policy(writes, looks))],
        )
    )
    template.add_resource(
        FlowLog(
            "FlowLog",
            LogDestinationType="cloud-watch-logs",
            LogGroupName=Ref("FlowLogs"),
            DeliverLogsPermissionArn=GetAtt("FlowLogRole", "Arn"),
            **given,
        )
    )


def _policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}
