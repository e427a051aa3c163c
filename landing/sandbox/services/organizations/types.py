"""The fifteen policy types: what each may hold, how many may be attached, how its documents begin."""

from __future__ import annotations

import json
from dataclasses import dataclass

from landing.core.constraints.principals import POLICY_TYPES
from landing.sandbox.services.organizations.state import Policy

SCP = "SERVICE_CONTROL_POLICY"
RCP = "RESOURCE_CONTROL_POLICY"


@dataclass(frozen=True, slots=True)
class PolicyType:
    """Limits of a policy type (User Guide, "Quotas and service limits"; "Policy types")."""

    size: int = 10_000
    """Characters, white space included."""
    attached: int = 10
    """Most policies of the type on one target."""
    number: int = 1_000
    """Most policies of the type in an organization."""
    key: str | None = None
    """The key with which a document begins, where the syntax page names it."""
    service: str | None = None
    """The service that must have trusted access before the type is enabled."""


TYPES: dict[str, PolicyType] = {
    SCP: PolicyType(size=10_240, number=10_000),
    RCP: PolicyType(size=5_120, attached=5, number=2_000),
    "TAG_POLICY": PolicyType(key="tags"),
    "BACKUP_POLICY": PolicyType(key="plans"),
    "AISERVICES_OPT_OUT_POLICY": PolicyType(size=2_500, attached=5, key="services"),
    "CHATBOT_POLICY": PolicyType(attached=5, key="chatbot"),
    "DECLARATIVE_POLICY_EC2": PolicyType(key="ec2_attributes"),
    "SECURITYHUB_POLICY": PolicyType(key="securityhub", service=POLICY_TYPES["SECURITYHUB_POLICY"]),
    "SECURITYHUB_CSPM_POLICY": PolicyType(service=POLICY_TYPES["SECURITYHUB_CSPM_POLICY"]),
    "INSPECTOR_POLICY": PolicyType(key="inspector", service=POLICY_TYPES["INSPECTOR_POLICY"]),
    "UPGRADE_ROLLOUT_POLICY": PolicyType(size=5_120, key="upgrade_rollout"),
    "BEDROCK_POLICY": PolicyType(key="bedrock"),
    "S3_POLICY": PolicyType(key="s3_attributes"),
    "NETWORK_SECURITY_DIRECTOR_POLICY": PolicyType(key="network_security_director"),
    "GUARDDUTY_POLICY": PolicyType(key="guardduty", service=POLICY_TYPES["GUARDDUTY_POLICY"]),
}
"""Numbers that AWS has not published are those of the other declarative types."""

DEFAULTS = {SCP: "p-FullAWSAccess", RCP: "p-RCPFullAWSAccess"}
"""AWS managed policies that are attached to everything while their type is enabled."""


def aws_managed_policies() -> list[Policy]:
    """The policies that every organization has (User Guide, "SCP syntax" and "RCP syntax")."""
    scp = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    rcp = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}],
    }
    return [
        Policy(
            DEFAULTS[SCP],
            SCP,
            "FullAWSAccess",
            "Allows access to every operation",
            json.dumps(scp, indent=2),
            True,
        ),
        Policy(
            DEFAULTS[RCP],
            RCP,
            "RCPFullAWSAccess",
            "Allows access to every resource",
            json.dumps(rcp, indent=2),
            True,
        ),
    ]
