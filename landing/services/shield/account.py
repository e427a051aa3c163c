"""Accounts that are subscribed to Shield Advanced, remembered: the year goes on when the config drops them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from landing.aws import Aws, translated, unless
from landing.core.errors import AwsError, NoCredentials
from landing.core.model import MARK, Change, Resource, Scope
from landing.core.partitions import GLOBAL_REGION
from landing.organization import SHIELD_TAG, Organization
from landing.organization.resources import SHIELD_ACCOUNT
from landing.services.base import required_account
from landing.services.organizations.governed import AccountMark
from landing.services.shield.settings import ShieldSettings

ABSENT = "ResourceNotFoundException"


class ShieldAccount(AccountMark):
    """An account that the config has subscribed: marked before, until the config drops it and that has been said.

    Nobody can list who is subscribed. One that the config has dropped is asked, for the plan to say until when it is.
    """

    name = SHIELD_ACCOUNT
    title = "Account with Shield Advanced"
    service = "shield"
    tag = SHIELD_TAG
    weaker: ClassVar = {}
    reads: ClassVar[tuple[str, ...]] = (*AccountMark.reads, "shield:DescribeSubscription", "sts:AssumeRole")

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """Those that the service names."""
        service = organization.service(ShieldSettings)
        for key in service.settings.accounts if service else ():
            if service and key in organization.accounts:
                needs = (required_account(key),)
                yield Resource(self.address(key), {MARK: True}, needs, source=service.at("accounts", key))

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """Those that are marked; of those that the config has dropped, what stays."""
        if aws.tree.description is None:
            return
        named = {each.address.name for each in self.desired(organization)}
        for key in sorted(aws.tree.subscribed_accounts):
            about = {} if key in named else {"stays": _stays(organization, aws, key)}
            yield Resource(self.address(key), {MARK: True, **about}, (required_account(key),))

    def notes(self, organization: Organization, change: Change) -> Iterable[str]:
        """What stays when the config drops an account."""
        if change.before and not change.after and change.before.get("stays"):
            yield str(change.before["stays"])


def _stays(organization: Organization, aws: Aws, key: str) -> str:
    """Until when an account is subscribed, and what comes then; nothing when it is not.

    Of one that does not answer, as where a guardrail denies everything, that it is not known: its mark can go.
    """
    scope = Scope(key, GLOBAL_REGION[organization.partition])
    try:
        with translated(scope), unless(ABSENT) as absent:
            found = aws.client("shield", scope).describe_subscription()["Subscription"]
    except NoCredentials:
        raise
    except AwsError as error:
        reason = error.diagnostic.text
        return f"{key} may stay subscribed, which is charged until its year ends: it could not be asked ({reason})"
    if absent.code:
        return ""
    until = f"{found['EndTime']:%Y-%m-%d}" if "EndTime" in found else "its year ends"
    said = f"{key} stays subscribed until {until}, which is charged, and nobody can cancel it"
    if found.get("AutoRenew") != "ENABLED":
        return f"{said}; then it ends"
    return (
        f"{said}; then AWS renews it for a year. To end it, keep the account in the config with `auto_renew: false`, "
        "which AWS takes in the last 30 days"
    )
