"""What an account has decided about EC2 in a Region, and what its organization has decided for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import accounts
from landing.sandbox.services.call import Call
from landing.sandbox.services.organizations.effective import document
from landing.sandbox.services.places import Places


@dataclass(slots=True)
class Defaults:
    """The account's own settings in a Region, as AWS sets them for a new account."""

    snapshots: str = "unblocked"
    images: str = "block-new-sharing"
    """On in every account that had no public image in 2023 (User Guide, "Block public access for AMIs")."""
    serial_console: bool = False
    metadata: dict[str, Any] = field(default_factory=dict)
    allowed_images: str = "disabled"
    image_criteria: list[dict[str, Any]] = field(default_factory=list)
    gateways: str = "off"
    gateways_changed: datetime | None = None


PLACES = Places("ec2", Defaults)
at, here = PLACES.at, PLACES.here


def declared(call: Call, attribute: str) -> Mapping[str, Any] | None:
    """What a declarative policy says about the attribute, which then is nobody else's business."""
    organization = accounts.organization_of(call.world, call.account)
    effective = None if organization is None else document(organization, call.account, "DECLARATIVE_POLICY_EC2")
    found: Mapping[str, Any] | None = (effective or {}).get("ec2_attributes", {}).get(attribute)
    return found


def refuse_declared(call: Call, attribute: str) -> None:
    """Refuse to change it (Organizations User Guide, "Declarative policies"), with the policy's own words."""
    if declared(call, attribute) is not None:
        message = declared(call, "exception_message")
        words = "This functionality has been disabled by a Declarative Policy."
        raise Refusal("DeclarativePolicyViolation", f"{words} Custom Message: {message}" if message else words)


def manager(policy: Mapping[str, Any] | None) -> str:
    """Who decides: ManagedBy of the answers."""
    return "account" if policy is None else "declarative-policy"


def spelt(value: Any) -> str:
    """A policy's block_new_sharing, as the API spells it."""
    return str(value).replace("_", "-")
