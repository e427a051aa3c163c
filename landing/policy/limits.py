"""Limits of policies by type: size, number attached to one target, and what counts though nobody wrote it.

AWS Organizations user guide, "Quotas and service limits" and the page of each policy type.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

AS_OF = "2026-11"


@dataclass(frozen=True, slots=True)
class Limit:
    """The limits of a type of policy.

    `size` is in characters of the text as it is sent, white space included. `attached` is how many policies
    of the type a root, unit or account can have, of which AWS itself attaches those in `built_in`. `key` is
    the name under which the content of a declarative policy stands. Not `confirmed`: not found in
    documentation, and taken from types alike.
    """

    size: int
    attached: int
    key: str | None = None
    built_in: tuple[str, ...] = ()
    confirmed: bool = True
    number: int = 1_000
    """Most policies of the type in an organization."""


LIMITS: Mapping[str, Limit] = {
    "SERVICE_CONTROL_POLICY": Limit(10_240, 10, built_in=("FullAWSAccess",), number=10_000),
    "RESOURCE_CONTROL_POLICY": Limit(5_120, 5, built_in=("RCPFullAWSAccess",), number=2_000),
    "TAG_POLICY": Limit(10_000, 10, "tags"),
    "BACKUP_POLICY": Limit(10_000, 10, "plans"),
    "AISERVICES_OPT_OUT_POLICY": Limit(2_500, 5, "services"),
    "CHATBOT_POLICY": Limit(10_000, 5, "chatbot"),
    "DECLARATIVE_POLICY_EC2": Limit(10_000, 10, "ec2_attributes"),
    "SECURITYHUB_POLICY": Limit(10_000, 10, "securityhub"),
    "INSPECTOR_POLICY": Limit(10_000, 10, "inspector"),
    "UPGRADE_ROLLOUT_POLICY": Limit(5_120, 10, "upgrade_rollout"),
    "BEDROCK_POLICY": Limit(10_000, 10, "bedrock"),
    "S3_POLICY": Limit(10_000, 10, "s3_attributes"),
    "NETWORK_SECURITY_DIRECTOR_POLICY": Limit(10_000, 10, "network_security_director", confirmed=False),
    "GUARDDUTY_POLICY": Limit(10_000, 10, "guardduty", confirmed=False),
    "SECURITYHUB_CSPM_POLICY": Limit(10_000, 10, confirmed=False),
}


def size_limit(raised: Mapping[str, Mapping[str, int]], policy_type: str) -> int:
    """The characters that a policy may have; `raised` is what AWS has raised for this organization, by type."""
    return raised.get(policy_type, {}).get("size", LIMITS[policy_type].size)


def compact(document: object) -> str:
    r"""The text of a document as it is sent: AWS counts every space, and an escaped character as six (\u00e9)."""
    return json.dumps(document, separators=(",", ":"), default=str)
