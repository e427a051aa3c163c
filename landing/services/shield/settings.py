"""The settings of Shield Advanced."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from landing.services.settings import REQUIRED, setting

ACCEPTED = "accepted"


@dataclass(frozen=True, kw_only=True)
class EmergencyContact:
    """Whom the Shield Response Team reaches."""

    email: str = setting(REQUIRED, "An address.", pattern=r"^\S+@\S+\.\S+$", maxLength=150)
    phone: str = setting("", "A number, as in +15550100.", pattern=r"^(\+[1-9]\d{1,14})?$")
    notes: str = setting("", "When to call, and about what.", pattern=r"^[\w\s.,:/()+@-]*$", maxLength=1024)


@dataclass(frozen=True, kw_only=True)
class ShieldAccount:
    """What is of one account alone."""

    log_buckets: tuple[str, ...] = setting(
        (), "Buckets of the account with logs that the response team may read.", maxItems=10,
        items={"type": "string", "pattern": "^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$"},
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class ShieldSettings:
    """Subscriptions to AWS Shield Advanced: $3,000 a month for all accounts of a payer, for a year at least."""

    commitment: str = setting(
        "",
        "That the organization commits to a year, at $3,000 a month: `accepted`; without it nothing is valid.",
        enum=["", ACCEPTED],
    )
    accounts: Mapping[str, ShieldAccount] = setting(
        {}, "The accounts that are subscribed, by their keys. Others come by a policy of Firewall Manager."
    )
    auto_renew: bool = setting(
        True, "Subscribe for another year at the end of each; AWS takes a change in the last 30 days of it alone."
    )
    contacts: tuple[EmergencyContact, ...] = setting((), "Whom the response team reaches.", maxItems=10)
    proactive_engagement: bool = setting(False, "The response team calls by itself; it wants a contact with a phone.")
    response_role: str = setting(
        "",
        "Name of a role, in each of the accounts, by which the response team may act there: it trusts "
        "drt.shield.amazonaws.com and has AWSShieldDRTAccessPolicy.",
        pattern=r"^[\w+=,.@-]{0,64}$",
    )
