"""Rules of AWS Config with what mends what they find, in every account and region."""

from typing import Any

from troposphere import Equals, Parameter, Ref, Sub, Template
from troposphere.config import ConfigRule, ExecutionControls, RemediationConfiguration, Source, SsmControls
from troposphere.ssm import Document

from landing.blueprint.resource_names import (
    FLOW_LOG_BUCKET,
    FLOW_LOGS,
    FLOW_LOGS_DOCUMENT,
    bucket,
    remediation_role,
    remediation_rule,
)

RESOURCE = "RESOURCE_ID"
CREATED = {
    "Service": "ec2",
    "Api": "CreateFlowLogs",
    "ResourceType": "VPC",
    "ResourceIds": ["{{ VpcId }}"],
    "TrafficType": "{{ TrafficType }}",
    "LogDestinationType": "s3",
    "LogDestination": "{{ LogDestinationARN }}",
}
FOUND = {
    "Service": "ec2",
    "Api": "DescribeFlowLogs",
    "Filter": [{"Name": "resource-id", "Values": ["{{ VpcId }}"]}, {"Name": "log-destination-type", "Values": ["s3"]}],
    "PropertySelector": "$.FlowLogs[0].FlowLogStatus",
    "DesiredValues": ["ACTIVE"],
}
DOCUMENT: dict[str, Any] = {
    "schemaVersion": "0.3",
    "description": "Logs the traffic of a VPC to a bucket",
    "assumeRole": "{{ AutomationAssumeRole }}",
    "parameters": {
        "AutomationAssumeRole": {"type": "String"},
        "VpcId": {"type": "String", "allowedPattern": "^vpc-[0-9a-f]{8,17}$"},
        "LogDestinationARN": {"type": "String", "allowedPattern": "^arn:[a-z-]+:s3:::[a-z0-9.-]{3,63}(/.*)?$"},
        "TrafficType": {"type": "String", "default": "ALL", "allowedValues": ["ACCEPT", "ALL", "REJECT"]},
    },
    "mainSteps": [
        {"name": "create", "action": "aws:executeAwsApi", "inputs": CREATED},
        # CreateFlowLogs succeeds, and lists a VPC as unsuccessful where the bucket lets nobody in.
        {"name": "verify", "action": "aws:assertAwsResourceProperty", "isEnd": True, "inputs": FOUND},
    ],
}
"""What no document of AWS does without looking at the bucket, which is another account's."""


def config_remediation(*, remediations: dict[str, Any], flow_log_bucket: str = "") -> Template:
    """Rules of AWS Config with what mends what they find.

    The rule is the account's own: AWS remediates none that an organization or a conformance pack deploys.
    `flow_log_bucket` is one for flow logs that is there already and has another name than ours.
    """
    template = Template("Rules of AWS Config and their remediations")
    home_only = any(each["home_only"] for each in remediations.values())
    given = [value for each in remediations.values() for value in each["document_parameters"].values()]
    archived = not flow_log_bucket and FLOW_LOG_BUCKET in given
    for name in (*(("LogArchiveAccountId",) if archived else ()), *(("HomeRegion",) if home_only or archived else ())):
        template.add_parameter(Parameter(name, Type="String"))
    if home_only:
        template.add_condition("InHomeRegion", Equals(Ref("AWS::Region"), Ref("HomeRegion")))
    if any(each["document"] == FLOW_LOGS_DOCUMENT for each in remediations.values()):
        template.add_resource(
            Document(
                "FlowLogs",
                Name=FLOW_LOGS_DOCUMENT,
                DocumentType="Automation",
                DocumentFormat="JSON",
                UpdateMethod="NewVersion",
                Content=DOCUMENT,
            )
        )
    logs = flow_log_bucket or bucket(FLOW_LOGS, "${LogArchiveAccountId}", "${HomeRegion}")
    for number, (key, each) in enumerate(sorted(remediations.items())):
        only = {"Condition": "InHomeRegion"} if each["home_only"] else {}
        given = {"InputParameters": _texts(each["parameters"])} if each["parameters"] else {}
        template.add_resource(
            ConfigRule(
                f"Rule{number}",
                ConfigRuleName=remediation_rule(key),
                Source=Source(Owner="AWS", SourceIdentifier=each["identifier"]),
                **given,
                **only,
            )
        )
        role = Sub(f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:role/{remediation_role(key)}")
        said = {name: _value(value, logs) for name, value in each["document_parameters"].items()}
        template.add_resource(
            RemediationConfiguration(
                f"Remediation{number}",
                DependsOn=[f"Rule{number}", "FlowLogs"] if each["document"] == FLOW_LOGS_DOCUMENT else f"Rule{number}",
                ConfigRuleName=remediation_rule(key),
                TargetType="SSM_DOCUMENT",
                TargetId=each["document"],
                Parameters={**said, "AutomationAssumeRole": {"StaticValue": {"Values": [role]}}},
                Automatic=each["automatic"],
                MaximumAutomaticAttempts=each["attempts"],
                RetryAttemptSeconds=each["retry_seconds"],
                ExecutionControls=ExecutionControls(
                    SsmControls=SsmControls(
                        ConcurrentExecutionRatePercentage=each["concurrency"], ErrorPercentage=each["error_percentage"]
                    )
                ),
                **only,
            )
        )
    return template


def _texts(values: dict[str, Any]) -> dict[str, str]:
    return {name: _text(value) for name, value in values.items()}


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _value(value: object, logs: str) -> dict[str, Any]:
    """A parameter of the document: the resource that a rule found, the bucket of flow logs, or values."""
    if value == RESOURCE:
        return {"ResourceValue": {"Value": RESOURCE}}
    if value == FLOW_LOG_BUCKET:
        return {"StaticValue": {"Values": [Sub("arn:${AWS::Partition}:s3:::" + logs)]}}
    values = value if isinstance(value, (list, tuple)) else [value]
    return {"StaticValue": {"Values": [_text(each) for each in values]}}
