"""AWS Control Catalog: some of the controls that AWS Control Tower enables (Control Catalog API reference)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.service import Nothing, Service

ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"


def _deny(sid: str, actions: list[str], condition: dict[str, Any]) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Deny", "Action": actions, "Resource": "*", "Condition": condition}


@dataclass(frozen=True, slots=True)
class Control:
    """A control; `statement` is that of the SCP it is made of, if it is one."""

    alias: str
    title: str
    behavior: str
    implementation: str
    guidance: str = "elective"
    statement: dict[str, Any] | None = None
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The end of its ARN: it says nothing, and is the same everywhere."""
        number = int.from_bytes(hashlib.sha256(self.alias.encode()).digest()[:16], "big")
        digits = ""
        while len(digits) < 24:
            number, digit = divmod(number, len(ALPHABET))
            digits += ALPHABET[digit]
        return digits

    def arn(self, partition: str) -> str:
        """In the catalogue, which has no Regions."""
        return f"arn:{partition}:controlcatalog:::control/{self.id}"

    def answered(self, call: Call) -> str:
        """As enabled controls are answered: the older ones by their names."""
        if self.alias.startswith("AWS-GR_"):
            return call.arn(f"control/{self.alias}", service="controltower").replace(f":{call.account}:", "::")
        return self.arn(call.partition)


_ROOT = {"StringLike": {"aws:PrincipalArn": ["arn:aws:iam::*:root"]}}
_ELSEWHERE = {"StringNotEquals": {"aws:RequestedRegion": ["us-east-1"]}}
CONTROLS = (
    Control("AWS-GR_AUDIT_BUCKET_POLICY_CHANGES_PROHIBITED", "Disallow changes to bucket policy", "PREVENTIVE",
            "AWS::Organizations::Policy::SERVICE_CONTROL_POLICY", "mandatory"),
    Control("AWS-GR_RESTRICT_ROOT_USER", "Disallow actions as a root user", "PREVENTIVE",
            "AWS::Organizations::Policy::SERVICE_CONTROL_POLICY", "strongly recommended",
            _deny("GRRESTRICTROOTUSER", ["*"], _ROOT)),
    Control("AWS-GR_RESTRICT_ROOT_USER_ACCESS_KEYS", "Disallow creation of access keys for the root user", "PREVENTIVE",
            "AWS::Organizations::Policy::SERVICE_CONTROL_POLICY", "strongly recommended",
            _deny("GRRESTRICTROOTUSERACCESSKEYS", ["iam:CreateAccessKey"], _ROOT)),
    Control("AWS-GR_ENCRYPTED_VOLUMES", "Detect whether encryption is enabled for EBS volumes", "DETECTIVE",
            "AWS::Config::ConfigRule", "strongly recommended"),
    Control("AWS-GR_ROOT_ACCOUNT_MFA_ENABLED", "Detect whether MFA for the root user is enabled", "DETECTIVE",
            "AWS::Config::ConfigRule", "strongly recommended"),
    Control("CT.MULTISERVICE.PV.1", "Deny access to AWS based on the requested Region for an OU", "PREVENTIVE",
            "AWS::Organizations::Policy::SERVICE_CONTROL_POLICY", "elective",
            _deny("CTMULTISERVICEPV1", ["ec2:RunInstances"], _ELSEWHERE),
            required=("AllowedRegions",), optional=("ExemptedPrincipalArns", "ExemptedActions")),
    Control("CT.S3.PR.1", "Require an S3 bucket to have block public access settings", "PROACTIVE",
            "AWS::CloudFormation::Type::HOOK"),
)  # fmt: skip
"""Controls Reference Guide, "Tables of control metadata"; of CT.MULTISERVICE.PV.1 only the form of the SCP."""


def find(partition: str, identifier: str) -> Control | None:
    """A control by its ARN in the catalogue, or by the older one of Control Tower."""
    head, _, name = identifier.partition("control/")
    service = head.split(":")[2] if head.count(":") == 5 else ""
    if head.split(":")[1:2] != [partition] or service not in ("controlcatalog", "controltower"):
        return None
    return next((each for each in CONTROLS if name == (each.id if service == "controlcatalog" else each.alias)), None)


class ControlCatalog(Service[Nothing]):
    """Reading controls; frameworks and mappings are unsupported."""

    name = "controlcatalog"
    state_type = Nothing

    def list_controls(self, call: Call) -> dict[str, Any]:
        """API reference, ListControls."""
        return call.page("Controls", CONTROLS, show=lambda each: _summary(call, each), most=100)

    def get_control(self, call: Call) -> dict[str, Any]:
        """By either ARN (API reference, GetControl)."""
        found = find(call.partition, call["ControlArn"])
        if found is None:
            raise Refusal("ResourceNotFoundException", "The control does not exist.")
        parameters = [{"Name": name} for name in (*found.required, *found.optional)]
        return {**_summary(call, found), "RegionConfiguration": {"Scope": "GLOBAL"}, "Parameters": parameters}


def _summary(call: Call, each: Control) -> dict[str, Any]:
    return {
        "Arn": each.arn(call.partition),
        "Aliases": [each.alias],
        "Name": each.title,
        "Description": each.title,
        "Behavior": each.behavior,
        "Implementation": {"Type": each.implementation},
    }
