"""Events of an account that somebody must hear of: root, break-glass, logging switched off; put on the alarms' bus."""

import json
from collections.abc import Iterator, Sequence
from typing import Literal

from troposphere import Equals, Parameter, Ref, Sub, Template
from troposphere.events import Rule, Target

from landing.blueprint.resource_names import ALARMS

CALL = "AWS API Call via CloudTrail"
SIGN_IN = "AWS Console Sign In via CloudTrail"
LEAST = {"LOW": 0, "MEDIUM": 4, "HIGH": 7, "CRITICAL": 9}
"""The number from which GuardDuty calls a severity so (GuardDuty User Guide, "Severity levels")."""
SWITCHED_OFF = {
    "cloudtrail.amazonaws.com": ["DeleteTrail", "PutEventSelectors", "StopLogging", "UpdateTrail"],
    "config.amazonaws.com": ["DeleteConfigurationRecorder", "DeleteDeliveryChannel", "StopConfigurationRecorder"],
    "guardduty.amazonaws.com": [
        "DeleteDetector",
        "DeletePublishingDestination",
        "DisassociateFromAdministratorAccount",
        "DisassociateMembers",
        "StopMonitoringMembers",
    ],
    "securityhub.amazonaws.com": ["DisableSecurityHub", "DisassociateFromAdministratorAccount", "DisassociateMembers"],
    "access-analyzer.amazonaws.com": ["DeleteAnalyzer"],
}
"""Calls, by service, after which less is seen."""
MOST = 2_048
"""Characters of a pattern (EventBridge User Guide, "Quotas")."""
ALL_EVENTS = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
"""The state of a rule that sees read-only events too: AssumeRole is one (EventBridge User Guide, "Events from AWS")."""


def alarms_events(
    *,
    severity: Literal["LOW", "MEDIUM", "HIGH", "CRITICAL"] = "HIGH",
    watched_roles: Sequence[str] = (),
    rule_names: Sequence[str] = (),
) -> Template:
    """Events of an account that somebody must hear of: root, break-glass, logging switched off; put on the alarms' bus.

    `watched_roles` are names of roles of which each use is told; `severity` is that of GuardDuty's findings, which the
    security tooling account alone forwards, as it has those of all accounts. `rule_names` are rules of AWS Config of
    which it is told that a resource does not comply; one that ends in `-` is the beginning of a name.
    """
    template = Template("Events that are forwarded to the alarms")
    for name in ("HomeRegion", "SecurityToolingAccountId"):
        template.add_parameter(Parameter(name, Type="String"))
    template.add_condition("HasFindings", Equals(Ref("AWS::AccountId"), Ref("SecurityToolingAccountId")))
    root = {"type": ["Root"], "invokedBy": [{"exists": False}]}
    _forward(
        template,
        "RootUse",
        "The root user did something, or signed in",
        {
            "detail-type": [CALL, SIGN_IN],
            "detail": {"userIdentity": root, "eventType": [{"anything-but": "AwsServiceEvent"}]},
        },
    )
    off = [{"eventSource": [source], "eventName": names} for source, names in sorted(SWITCHED_OFF.items())]
    _forward(
        template,
        "SwitchedOff",
        "Somebody asked for less to be logged, recorded or found",
        {"detail-type": [CALL], "detail": {"$or": off}},
    )
    if watched_roles:
        arns = [{"suffix": f"/{role}"} for role in sorted(watched_roles)]
        _forward(
            template,
            "WatchedRoles",
            "A role was used that is kept for emergencies",
            {
                "detail-type": [CALL],
                "detail": {
                    "eventSource": ["sts.amazonaws.com"],
                    "eventName": ["AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"],
                    "requestParameters": {"roleArn": arns},
                },
            },
            State=ALL_EVENTS,
        )
    for number, pattern in enumerate(_failing(rule_names), 1):
        description = "A resource does not comply with a rule of AWS Config any more"
        _forward(template, f"ConfigRules{number}", description, pattern)
    _forward(
        template,
        "GuardDutyFindings",
        "GuardDuty found something in an account of the organization",
        {
            "source": ["aws.guardduty"],
            "detail-type": ["GuardDuty Finding"],
            "detail": {"severity": [{"numeric": [">=", LEAST[severity]]}]},
        },
        Condition="HasFindings",
    )
    return template


def _failing(names: Sequence[str]) -> Iterator[dict[str, object]]:
    """Patterns for results of these rules that are no compliance: one has no room for the names of a whole pack."""
    begun: list[object] = []
    for name in sorted(names):
        one = {"prefix": name} if name.endswith("-") else name
        if begun and len(json.dumps(_results([*begun, one]))) > MOST:
            yield _results(begun)
            begun = []
        begun.append(one)
    if begun:
        yield _results(begun)


def _results(names: list[object]) -> dict[str, object]:
    return {
        "source": ["aws.config"],
        "detail-type": ["Config Rules Compliance Change"],
        "detail": {"configRuleName": names, "newEvaluationResult": {"complianceType": ["NON_COMPLIANT"]}},
    }


def _forward(template: Template, name: str, description: str, pattern: dict[str, object], **more: str) -> None:
    """A rule of the default bus whose target is the bus of the alarms."""
    bus = f"arn:${{AWS::Partition}}:events:${{HomeRegion}}:${{SecurityToolingAccountId}}:event-bus/{ALARMS}"
    role = f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:role/{ALARMS}"
    template.add_resource(
        Rule(
            name,
            Name=f"{ALARMS}-{name.lower()}",
            Description=description,
            EventPattern=pattern,
            Targets=[Target(Id="alarms", Arn=Sub(bus), RoleArn=Sub(role))],
            **{"State": "ENABLED", **more},
        )
    )
