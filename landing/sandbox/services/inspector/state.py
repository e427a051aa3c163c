"""What Inspector keeps for an account in a Region."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.administrator import Relations
from landing.sandbox.services.call import Call
from landing.sandbox.services.members import Member
from landing.sandbox.services.places import Places

denied = Refusal.of("AccessDeniedException")
invalid = Refusal.of("ValidationException", reason="OTHER")

PRINCIPAL = "inspector2.amazonaws.com"
TYPES = {
    "EC2": "ec2",
    "ECR": "ecr",
    "LAMBDA": "lambda",
    "LAMBDA_CODE": "lambdaCode",
    "CODE_REPOSITORY": "codeRepository",
}
"""Type of resource to its name in answers."""


@dataclass(slots=True)
class Administration:
    """What the organization's administrator has set."""

    auto_enable: dict[str, bool] = field(default_factory=lambda: {"ec2": False, "ecr": False})
    members: dict[str, Member] = field(default_factory=dict)
    package_paths: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Place(Relations):
    """An account in a Region."""

    scans: dict[str, str] = field(default_factory=dict)
    """Type to ENABLING, ENABLED or DISABLING; what is not there is DISABLED."""
    administration: Administration | None = None
    ecr: dict[str, Any] = field(
        default_factory=lambda: {
            "rescanDuration": "DAYS_14",
            "pullDateRescanDuration": "DAYS_14",
            "pullDateRescanMode": "LAST_IN_USE_AT",
        }
    )
    ec2: str = "EC2_HYBRID"
    own: set[str] = field(default_factory=set)
    """Of a member, what was configured for it alone: `ecr`, `ec2`."""
    deep_inspection: bool = True
    package_paths: list[str] = field(default_factory=list)
    filters: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By ARN."""
    cis: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Configurations of CIS scans by ARN."""


PLACES = Places("inspector2", Place)
at, here = PLACES.at, PLACES.here


def administered(call: Call) -> Administration:
    """What the caller, as the organization's administrator, has set."""
    settings = here(call).administration
    if settings is None:
        raise denied("Invoking account is not the delegated administrator of Inspector.")
    return settings


def enabled(call: Call) -> Place:
    """The caller's, where Inspector is on (User Guide; most operations: AccessDeniedException otherwise)."""
    place = here(call)
    if not place.scans:
        raise denied("Invoking account does not have access to Amazon Inspector: it is not enabled.")
    return place


def active(call: Call) -> Administration:
    """The same as `administered`, of an administrator that has switched Inspector on for itself."""
    settings = administered(call)
    if not here(call).scans:
        raise invalid("Invoking account is not enabled.")
    return settings


def absent(what: str) -> Refusal:
    """A ResourceNotFoundException."""
    return Refusal("ResourceNotFoundException", f"{what} does not exist.")


def conflict(message: str, account: str) -> Refusal:
    """A ConflictException about an account."""
    return Refusal("ConflictException", message, resourceId=account, resourceType="Account")
