"""Rules of AWS Config with what mends what they find, in every account and region."""

from typing import Any

from troposphere import Equals, Parameter, Ref, Sub, Template
from troposphere.config import ConfigRule, ExecutionControls, RemediationConfiguration, Source, SsmControls

from landing.blueprint.resource_names import remediation_role, remediation_rule

RESOURCE = "RESOURCE_ID"


def config_remediation(*, remediations: dict[str, Any]) -> Template:
    """Rules of AWS Config with what mends what they find.

    The rule is the account's own: AWS remediates none that an organization or a conformance pack deploys.
    """
    template = Template("Rules of AWS Config and their remediations")
    if any(each["home_only"] for each in remediations.values()):
        template.add_parameter(Parameter("HomeRegion", Type="String"))
        template.add_condition("InHomeRegion", Equals(Ref("AWS::Region"), Ref("HomeRegion")))
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
        said = {name: _value(value) for name, value in each["document_parameters"].items()}
        template.add_resource(
            RemediationConfiguration(
                f"Remediation{number}",
                DependsOn=f"Rule{number}",
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


def _value(value: object) -> dict[str, Any]:
    """A parameter of the document: the resource that a rule found, or values."""
    if value == RESOURCE:
        return {"ResourceValue": {"Value": RESOURCE}}
    values = value if isinstance(value, (list, tuple)) else [value]
    return {"StaticValue": {"Values": [_text(each) for each in values]}}
