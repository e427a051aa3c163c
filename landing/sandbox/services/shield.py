"""AWS Shield Advanced: the subscription of an account, and the response team's part in it (Shield API reference)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar

from botocore.exceptions import ClientError

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.service import Scope, Service
from landing.sandbox.world import World

YEAR, WINDOW = timedelta(days=365), timedelta(days=30)
"""What is committed to, and the end of it, in which a change of AutoRenew is taken."""
POLICY = "AWSShieldDRTAccessPolicy"
MOST_BUCKETS = 10

_absent = Refusal.of("ResourceNotFoundException")
_invalid = Refusal.of("InvalidParameterException")
_impossible = Refusal.of("InvalidOperationException")
_locked = Refusal.of("LockedSubscriptionException")


@dataclass(slots=True)
class Subscription:
    """Of an account."""

    start: datetime
    auto_renew: str = "ENABLED"
    engagement: str = ""
    """ENABLED or DISABLED, once it was initialized."""


@dataclass(slots=True)
class Account:
    """What an account has."""

    subscription: Subscription | None = None
    contacts: list[dict[str, Any]] = field(default_factory=list)
    role: str = ""
    buckets: list[str] = field(default_factory=list)


def subscribe(world: World, account: str) -> None:
    """As Firewall Manager does with accounts in the scope of its policies; again, it changes nothing."""
    found: Account = world.state("shield", account, "", Account)
    found.subscription = found.subscription or Subscription(world.now)


class Shield(Service[Account]):
    """Subscriptions; protections, attacks, protection groups and health checks are unsupported."""

    name = "shield"
    state_type = Account
    scope = Scope.ACCOUNT
    problem_error: ClassVar = {"code": "InvalidParameterException"}

    def create_subscription(self, call: Call) -> None:
        """A year, renewed by itself (API reference, CreateSubscription)."""
        if self.state(call).subscription is not None:
            raise Refusal("ResourceAlreadyExistsException", "The subscription already exists.")
        subscribe(call.world, call.account)

    def get_subscription_state(self, call: Call) -> dict[str, Any]:
        """API reference, GetSubscriptionState."""
        return {"SubscriptionState": "ACTIVE" if self.state(call).subscription else "INACTIVE"}

    def describe_subscription(self, call: Call) -> dict[str, Any]:
        """With the end of the year that runs (API reference, Subscription)."""
        found = self._subscription(call)
        engagement = {"ProactiveEngagementStatus": found.engagement} if found.engagement else {}
        return {
            "Subscription": {
                "StartTime": found.start,
                "EndTime": _end(call.world, found),
                "TimeCommitmentInSeconds": int(YEAR.total_seconds()),
                "AutoRenew": found.auto_renew,
                "SubscriptionLimits": {
                    "ProtectionLimits": {"ProtectedResourceTypeLimits": []},
                    "ProtectionGroupLimits": {
                        "MaxProtectionGroups": 100,
                        "PatternTypeLimits": {"ArbitraryPatternLimits": {"MaxMembers": 10_000}},
                    },
                },
                "SubscriptionArn": f"arn:{call.partition}:shield::{call.account}:subscription",
                **engagement,
            }
        }

    def update_subscription(self, call: Call) -> None:
        """In the last 30 days of the year (API reference, LockedSubscriptionException)."""
        found = self._subscription(call)
        if "AutoRenew" in call and call["AutoRenew"] != found.auto_renew:
            if _end(call.world, found) - call.world.now > WINDOW:
                raise _locked("You can change the AutoRenew parameter during the last 30 days of your subscription.")
            found.auto_renew = call["AutoRenew"]

    def delete_subscription(self, call: Call) -> None:
        """Not before the year is over (API reference, DeleteSubscription)."""
        found = self._subscription(call)
        if call.world.now < found.start + YEAR:
            raise _locked("You cannot delete a subscription prior to the completion of its commitment.")
        self.state(call).subscription = None

    def describe_emergency_contact_settings(self, call: Call) -> dict[str, Any]:
        """API reference, DescribeEmergencyContactSettings."""
        self._subscription(call)
        return {"EmergencyContactList": self.state(call).contacts}

    def update_emergency_contact_settings(self, call: Call) -> None:
        """All of them; while the response team calls, one has a phone (API reference)."""
        found, contacts = self._subscription(call), call.get("EmergencyContactList") or []
        if found.engagement == "ENABLED" and not _phones(contacts):
            raise _invalid("Proactive engagement needs a contact with a phone number.")
        self.state(call).contacts = contacts

    def associate_proactive_engagement_details(self, call: Call) -> None:
        """Once, with a phone; it is on then (API reference, AssociateProactiveEngagementDetails)."""
        found = self._subscription(call)
        if not _phones(call["EmergencyContactList"]):
            raise _invalid("You must provide at least one phone number in the emergency contact list.")
        if found.engagement:
            raise _impossible("Proactive engagement has been initialized: enable or disable it.")
        self.state(call).contacts, found.engagement = call["EmergencyContactList"], "ENABLED"

    def enable_proactive_engagement(self, call: Call) -> None:
        """After it was initialized (API reference, EnableProactiveEngagement)."""
        found = self._subscription(call)
        if not found.engagement:
            raise _impossible("Proactive engagement has not been initialized.")
        if not _phones(self.state(call).contacts):
            raise _invalid("Proactive engagement needs a contact with a phone number.")
        found.engagement = "ENABLED"

    def disable_proactive_engagement(self, call: Call) -> None:
        """API reference, DisableProactiveEngagement."""
        found = self._subscription(call)
        if not found.engagement:
            raise _impossible("Proactive engagement has not been initialized.")
        found.engagement = "DISABLED"

    def describe_drt_access(self, call: Call) -> dict[str, Any]:
        """API reference, DescribeDRTAccess."""
        self._subscription(call)
        found = self.state(call)
        return {**({"RoleArn": found.role} if found.role else {}), "LogBucketList": found.buckets}

    def associate_drt_role(self, call: Call) -> None:
        """A role of the account that has AWS's policy already; another takes its place (API reference)."""
        self._subscription(call)
        arn, iam = call["RoleArn"], call.client("iam")
        if arn.split(":")[4] != call.account:
            raise _invalid("The role is of another account.")
        try:
            attached = iam.list_attached_role_policies(RoleName=arn.rpartition("/")[2])["AttachedPolicies"]
        except ClientError:
            raise _invalid("The role does not exist.") from None
        if POLICY not in {each["PolicyName"] for each in attached}:
            raise Refusal("AccessDeniedForDependencyException", f"The role does not have {POLICY}.")
        self.state(call).role = arn

    def disassociate_drt_role(self, call: Call) -> None:
        """API reference, DisassociateDRTRole."""
        self._subscription(call)
        self.state(call).role = ""

    def associate_drt_log_bucket(self, call: Call) -> None:
        """For a role that is there, ten at most (API reference, AssociateDRTLogBucket)."""
        found = self._responding(call)
        if call["LogBucket"] not in found.buckets:
            if len(found.buckets) >= MOST_BUCKETS:
                raise Refusal("LimitsExceededException", "Too many buckets.", Type="LogBucket", Limit=MOST_BUCKETS)
            found.buckets.append(call["LogBucket"])

    def disassociate_drt_log_bucket(self, call: Call) -> None:
        """API reference, DisassociateDRTLogBucket."""
        found = self._responding(call)
        if call["LogBucket"] not in found.buckets:
            raise _absent("The bucket is not associated.")
        found.buckets.remove(call["LogBucket"])

    def _subscription(self, call: Call) -> Subscription:
        found = self.state(call).subscription
        if found is None:
            raise _absent("The subscription does not exist.")
        return found

    def _responding(self, call: Call) -> Account:
        self._subscription(call)
        if not self.state(call).role:
            raise Refusal("NoAssociatedRoleException", "There is no role of the response team.")
        return self.state(call)


def _phones(contacts: list[dict[str, Any]]) -> bool:
    return any(each.get("PhoneNumber") for each in contacts)


def _end(world: World, subscription: Subscription) -> datetime:
    """Of the year that runs, where it was renewed."""
    end = subscription.start + YEAR
    while end <= world.now and subscription.auto_renew == "ENABLED":
        end += YEAR
    return end
