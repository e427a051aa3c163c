"""The subscription of an account to Shield Advanced."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, ClassVar

from landing.aws import Aws, unless
from landing.core import forms
from landing.core.errors import OperationFailed
from landing.core.model import Action, Address, Attributes, Change, Diagnostic, Level, Resource, Scope, Severity
from landing.core.partitions import GLOBAL_REGION
from landing.organization import Organization
from landing.organization.resources import SHIELD_ACCOUNT, STACK, STACK_SET
from landing.services.base import Kind, Ownership, required_account
from landing.services.shield.settings import ACCEPTED, ShieldSettings
from landing.services.strength import Weaker, kept, neutral, on, present

NAME = "subscription"
ABSENT = "ResourceNotFoundException"
COMMITMENT = (
    "commits the organization to a year that nobody can cancel: AWS charges the payer $3,000 a month for all of its "
    "accounts together, and for data that goes out of protected resources"
)


def _contacts(listed: Any) -> Any:
    """Contacts in one form: AWS does not say that their order, or the case of an address, means anything."""
    return forms.unordered([{**each, "email": forms.email(each["email"])} for each in listed])


class ShieldSubscription(Kind):
    """A subscription (CreateSubscription) in an account that the config names, with its contacts and role.

    Nobody can list who is subscribed: four calls of each account that is named tell it. It is never cancelled, as AWS
    refuses that before its year ends.
    """

    name = "shield_subscription"
    title = "Shield Advanced subscription"
    ownership = Ownership.CONFIG
    service = "shield"
    level = Level.ACCOUNT
    severity = Severity.HIGH
    removal = ""
    waits_for = (STACK, STACK_SET)  # of the role
    controls = ("nist-800-53-r5:SC-5", "nist-csf-2.0:PR.IR-01")
    help_uri = "https://docs.aws.amazon.com/waf/latest/developerguide/ddos-advanced-summary.html"
    canonical: ClassVar[Mapping[str, forms.Form]] = {
        "contacts": _contacts,
        "log_buckets": forms.unordered,
    }
    weaker: ClassVar[Mapping[str, Weaker]] = {
        "auto_renew": on,
        "contacts": kept(),
        "proactive_engagement": on,
        "response_role": present,
        "log_buckets": kept(),
        "ends": neutral,
    }
    reads = (
        "shield:DescribeSubscription",
        "shield:DescribeEmergencyContactSettings",
        "shield:DescribeDRTAccess",
        "sts:AssumeRole",
    )
    writes = (
        "shield:CreateSubscription",
        "shield:UpdateSubscription",
        "shield:AssociateDRTRole",
        "shield:DisassociateDRTRole",
        "shield:AssociateDRTLogBucket",
        "shield:DisassociateDRTLogBucket",
        "shield:UpdateEmergencyContactSettings",
        "shield:AssociateProactiveEngagementDetails",
        "shield:EnableProactiveEngagement",
        "shield:DisableProactiveEngagement",
    )

    def scopes(self, organization: Organization) -> Iterator[Scope]:
        """The accounts of the config, in the region of global services."""
        service = organization.service(ShieldSettings)
        for key in service.settings.accounts if service else ():
            if key in organization.accounts:
                yield Scope(key, GLOBAL_REGION[organization.partition])

    def in_use(self, organization: Organization, aws: Aws) -> bool:
        """Where the config has it."""
        return "shield" in organization.services

    def check(self, organization: Organization) -> Iterable[Diagnostic]:
        """Accounts that there are not, calls to nobody, logs for nobody, a part of AWS that does not have it."""
        service = organization.service(ShieldSettings)
        if service is None:
            return
        settings = service.settings
        if organization.partition != "aws":
            message = "Shield Advanced is not offered in this partition"
            yield service.problem("LZ468", message, "leave it out", key=True)
        if settings.commitment != ACCEPTED:
            message = f"the commitment is not accepted: a subscription {COMMITMENT}"
            yield service.problem("LZ468", message, f"say `commitment: {ACCEPTED}`", "commitment", key=True)
        if not settings.accounts:
            yield service.problem("LZ468", "no account is named", "name one, or leave the service out", "accounts")
        for key, account in settings.accounts.items():
            if key not in organization.accounts:
                hint = "name an account by its key"
                yield service.problem("LZ468", f"there is no account `{key}`", hint, "accounts", key, key=True)
            if account.log_buckets and not settings.response_role:
                message = f"the logs of `{key}` are for the response team, which has no role there"
                yield service.problem("LZ468", message, "name a `response_role`", "accounts", key, "log_buckets")
        if settings.proactive_engagement and not any(each.phone for each in settings.contacts):
            message = "the response team can call nobody: no contact has a phone"
            yield service.problem("LZ468", message, "give one a `phone`", "proactive_engagement")

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """One for each account that is named."""
        service = organization.service(ShieldSettings)
        for scope in self.scopes(organization):
            assert service is not None
            settings, account = service.settings, service.settings.accounts[scope.account]
            attributes = {
                "auto_renew": settings.auto_renew,
                "contacts": [
                    {"email": each.email, "phone": each.phone, "notes": each.notes} for each in settings.contacts
                ],
                "proactive_engagement": settings.proactive_engagement,
                "response_role": settings.response_role,
                "log_buckets": sorted(account.log_buckets),
            }
            needs = (required_account(scope.account), Address(SHIELD_ACCOUNT, scope.account))
            yield Resource(self.address(NAME, scope), attributes, needs, source=service.at("accounts", scope.account))

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """Nothing where the account is not subscribed."""
        found = _seen(aws.client("shield", scope))
        if found is not None:
            yield Resource(self.address(NAME, scope), found, (required_account(scope.account),), owned=False)

    def as_found(self, organization: Organization, wanted: Resource, live: Mapping[Address, Resource]) -> Resource:
        """With the end of its year, which AWS says."""
        found = live.get(wanted.address)
        ends = {"ends": found.attributes["ends"]} if found else {}
        return replace(wanted, attributes={**wanted.attributes, **ends})

    def dangers(self, change: Change) -> Iterable[str]:
        """A year at $3,000 a month."""
        if change.action is Action.CREATE:
            yield "subscription"

    def notes(self, organization: Organization, change: Change) -> Iterable[str]:
        """What it commits to, what stays, and when AWS takes it."""
        before, after = change.before or {}, change.after or {}
        if change.action is Action.CREATE:
            yield COMMITMENT
        if before and after and before.get("auto_renew") != after["auto_renew"]:
            yield f"AWS changes auto-renew only in the last 30 days of the year, which ends on {after['ends']}"
            if not after["auto_renew"]:
                yield f"what stays: the subscription, which is charged until {after['ends']} and cannot be cancelled"

    def begun(self, change: Change, present: Attributes) -> bool:
        """A subscription that has just begun has nothing of the rest."""
        return change.before is None

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Subscribe, then each part that differs; the role before the logs that it reads."""
        assert change.after is not None
        scope, after = change.address.scope, change.after
        client = aws.client("shield", scope)
        found = _seen(client)
        if found is None:
            with unless("ResourceAlreadyExistsException"):
                client.create_subscription()
            found = _seen(client) or {}
        self._respond(aws, client, scope, found, after)
        _engage(client, found, after)
        if found["auto_renew"] != after["auto_renew"]:
            with unless("LockedSubscriptionException") as locked:
                client.update_subscription(AutoRenew="ENABLED" if after["auto_renew"] else "DISABLED")
            if locked.code:
                reason = f"AWS changes auto-renew in the last 30 days before {found['ends']} alone: apply it then"
                raise OperationFailed(reason, aws_code=locked.code, operation="UpdateSubscription", scope=scope)

    def _respond(self, aws: Aws, client: Any, scope: Scope, found: Attributes, after: Attributes) -> None:
        """The role of the response team and the logs that it reads; without a role AWS knows of no logs."""
        role = after["response_role"]
        gone = {*found["log_buckets"]} - {*after["log_buckets"]}
        for bucket in sorted(gone):
            with unless("NoAssociatedRoleException", ABSENT):
                client.disassociate_drt_log_bucket(LogBucket=bucket)
        if role and role != found["response_role"]:
            account = aws.tree.account_ids[scope.account]
            client.associate_drt_role(RoleArn=f"arn:aws:iam::{account}:role/{role}")
        elif found["response_role"] and not role:
            client.disassociate_drt_role()
        for bucket in sorted({*after["log_buckets"]} - {*found["log_buckets"]}):
            client.associate_drt_log_bucket(LogBucket=bucket)


def _engage(client: Any, found: Attributes, after: Attributes) -> None:
    """Contacts, and whether the response team calls them; the first time by a call of its own.

    AssociateProactiveEngagementDetails sets contacts and switches it on. Later on AWS wants the other calls.
    """
    contacts = [_sent(each) for each in after["contacts"]]
    wanted, engaged = after["proactive_engagement"], found["proactive_engagement"]
    if engaged and not wanted:
        client.disable_proactive_engagement()
    if wanted and not engaged:
        with unless("InvalidOperationException") as begun:
            client.associate_proactive_engagement_details(EmergencyContactList=contacts)
        if begun.code:  # it was initialized before, and is off
            client.update_emergency_contact_settings(EmergencyContactList=contacts)
            client.enable_proactive_engagement()
    elif _contacts(found["contacts"]) != _contacts(after["contacts"]):
        client.update_emergency_contact_settings(EmergencyContactList=contacts)


def _sent(contact: Mapping[str, str]) -> dict[str, str]:
    named = {"EmailAddress": contact["email"], "PhoneNumber": contact["phone"], "ContactNotes": contact["notes"]}
    return {name: value for name, value in named.items() if value}


def _seen(client: Any) -> dict[str, Any] | None:
    """What the account has; None where it is not subscribed."""
    with unless(ABSENT) as absent:
        subscription = client.describe_subscription()["Subscription"]
    if absent.code:
        return None
    contacts: Collection[Mapping[str, str]] = ()
    access: Mapping[str, Any] = {}
    with unless(ABSENT):
        contacts = client.describe_emergency_contact_settings().get("EmergencyContactList") or ()
    with unless(ABSENT):
        access = client.describe_drt_access()
    return {
        "auto_renew": subscription.get("AutoRenew") == "ENABLED",
        "contacts": [
            {"email": each["EmailAddress"], "phone": each.get("PhoneNumber", ""), "notes": each.get("ContactNotes", "")}
            for each in contacts
        ],
        "proactive_engagement": subscription.get("ProactiveEngagementStatus") in ("ENABLED", "PENDING"),
        "response_role": str(access.get("RoleArn", "")).rpartition("/")[2],
        "log_buckets": sorted(access.get("LogBucketList") or ()),
        "ends": f"{subscription['EndTime']:%Y-%m-%d}" if "EndTime" in subscription else "",
    }
