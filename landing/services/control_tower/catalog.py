"""Names of controls: AWS has several for one, and answers by whichever it likes (Control Catalog API reference)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from landing.aws import Aws, unless
from landing.core.errors import ConfigError
from landing.core.model import Diagnostic
from landing.core.spelling import nearest
from landing.organization import EnabledService
from landing.services.control_tower.settings import ControlSettings, ControlTowerSettings

SCP = "AWS::Organizations::Policy::SERVICE_CONTROL_POLICY"

MANDATORY = frozenset(
    f"AWS-GR_{name}"
    for name in (
        "AUDIT_BUCKET_DELETION_PROHIBITED",
        "AUDIT_BUCKET_ENCRYPTION_ENABLED",
        "AUDIT_BUCKET_LOGGING_ENABLED",
        "AUDIT_BUCKET_POLICY_CHANGES_PROHIBITED",
        "AUDIT_BUCKET_PUBLIC_READ_PROHIBITED",
        "AUDIT_BUCKET_PUBLIC_WRITE_PROHIBITED",
        "AUDIT_BUCKET_RETENTION_POLICY",
        "CLOUDTRAIL_CHANGE_PROHIBITED",
        "CLOUDTRAIL_CLOUDWATCH_LOGS_ENABLED",
        "CLOUDTRAIL_ENABLED",
        "CLOUDTRAIL_VALIDATION_ENABLED",
        "CLOUDWATCH_EVENTS_CHANGE_PROHIBITED",
        "CONFIG_AGGREGATION_AUTHORIZATION_POLICY",
        "CONFIG_AGGREGATION_CHANGE_PROHIBITED",
        "CONFIG_CHANGE_PROHIBITED",
        "CONFIG_ENABLED",
        "CONFIG_RULE_CHANGE_PROHIBITED",
        "CT_AUDIT_BUCKET_ENCRYPTION_CHANGES_PROHIBITED",
        "CT_AUDIT_BUCKET_LIFECYCLE_CONFIGURATION_CHANGES_PROHIBITED",
        "CT_AUDIT_BUCKET_LOGGING_CONFIGURATION_CHANGES_PROHIBITED",
        "CT_AUDIT_BUCKET_POLICY_CHANGES_PROHIBITED",
        "IAM_ROLE_CHANGE_PROHIBITED",
        "LAMBDA_CHANGE_PROHIBITED",
        "LOG_GROUP_POLICY",
        "SNS_CHANGE_PROHIBITED",
        "SNS_SUBSCRIPTION_CHANGE_PROHIBITED",
    )
)
"""Aliases of those that a landing zone enables itself, and that nobody enables or disables: no API says which they are
(Controls Reference Guide, "Mandatory controls")."""


@dataclass(frozen=True, slots=True)
class Control:
    """A control of the catalogue; `implementation` is a type of CloudFormation, or empty."""

    arn: str
    aliases: tuple[str, ...]
    implementation: str

    @property
    def id(self) -> str:
        """The end of its ARN, which says nothing and is the same everywhere."""
        return self.arn.rpartition("/")[2]


def _control(entry: Mapping[str, Any]) -> Control:
    implementation = (entry.get("Implementation") or {}).get("Type", "")
    return Control(entry["Arn"], tuple(entry.get("Aliases") or ()), implementation)


def by_name(aws: Aws) -> Mapping[str, Control]:
    """Every control by its aliases and its id."""
    return aws.tree.once("controls by name", lambda: _by_name(aws))


def _by_name(aws: Aws) -> Mapping[str, Control]:
    listed = aws.listed(aws.client("controlcatalog"), "list_controls", "Controls", MaxResults=100)
    return {name: control for control in map(_control, listed) for name in (control.id, *control.aliases)}


def find(aws: Aws, identifier: str) -> Control | None:
    """The control of an ARN, also of one that is no name of today's (GetControl takes both); None if there is none."""
    name = identifier.rpartition("/")[2]
    return by_name(aws).get(name) or aws.tree.once(f"control {identifier}", lambda: _asked(aws, identifier))


def _asked(aws: Aws, identifier: str) -> Control | None:
    with unless("ResourceNotFoundException"):
        return _control(aws.client("controlcatalog").get_control(ControlArn=identifier))
    return None


def spelled(aws: Aws, service: EnabledService[ControlTowerSettings]) -> Mapping[str, str]:
    """By the ARN of each control of the config, how the config calls it.

    ConfigError with all controls that the catalogue does not have, that have two names in the config, or with
    parameters that they do not have.
    """
    found: dict[str, str] = {}
    problems = []
    for index, entry in enumerate(service.settings.controls):
        control = by_name(aws).get(entry.name)
        if control is None:
            hint = nearest(entry.name, by_name(aws), "see the Controls Reference Guide")
            message = f"the Control Catalog has no control `{entry.name}`"
            problems.append(service.problem("LZ522", message, hint, "controls", index, "control"))
        elif found.setdefault(control.arn, entry.name) != entry.name:
            message = f"`{entry.name}` and `{found[control.arn]}` are one control"
            problems.append(service.problem("LZ522", message, "call it by one name", "controls", index, "control"))
        else:
            problems += _parameter_problems(aws, service, index, entry, control)
    if problems:
        raise ConfigError(problems)
    return found


def _parameter_problems(
    aws: Aws, service: EnabledService[ControlTowerSettings], index: int, entry: ControlSettings, control: Control
) -> Iterator[Diagnostic]:
    if not entry.parameters:
        return
    known = aws.tree.once(f"parameters of {control.arn}", lambda: _parameters(aws, control))
    for name in entry.parameters:
        if name not in known:
            message = f"{entry.name} has no parameter `{name}`"
            hint = nearest(name, known, "its parameters: " + (", ".join(known) or "none"))
            yield service.problem("LZ523", message, hint, "controls", index, "parameters", name, key=True)


def _parameters(aws: Aws, control: Control) -> list[str]:
    details = aws.client("controlcatalog").get_control(ControlArn=control.arn)
    return [each["Name"] for each in details.get("Parameters") or ()]
