"""Request rates as AWS documents them, and the token buckets that enforce them.

A table of its own, made from AWS's pages and not from the tool's, so that a wrong rate there is found here.
Organizations: "Quotas and service limits for AWS Organizations", table "Throttling limits" (September 2026).
CloudFormation: AWS throttles it but publishes no rates; these are on the low side of what users report.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Rate = tuple[float, float]
"""Requests a second, and burst."""

PER_ACCOUNT: dict[str, Rate] = {
    "CreateAccount CreateGovCloudAccount": (0.1, 3),
    "CloseAccount": (0.05, 1),
    "DescribeCreateAccountStatus": (2, 2),
    "DescribeAccount": (20, 30),
    "ListAccounts": (8, 12),
    "ListChildren": (6, 10),
    "ListParents ListAccountsForParent ListOrganizationalUnitsForParent ListPolicies ListPoliciesForTarget "
    "ListTargetsForPolicy ListDelegatedAdministrators ListHandshakesForAccount ListHandshakesForOrganization "
    "ListCreateAccountStatus": (5, 8),
    "ListTagsForResource": (10, 15),
    "TagResource UntagResource": (4, 6),
    "MoveAccount UpdateOrganizationalUnit DeleteOrganizationalUnit CreatePolicy UpdatePolicy DeletePolicy "
    "AttachPolicy DetachPolicy": (2, 3),
    "DescribePolicy DescribeOrganizationalUnit": (2, 2),
    "CreateOrganizationalUnit DescribeOrganization EnableAWSServiceAccess DisableAWSServiceAccess "
    "RegisterDelegatedAdministrator DeregisterDelegatedAdministrator": (1, 2),
    "EnablePolicyType DisablePolicyType CreateOrganization": (1, 1),
    "ListRoots": (1, 2),
    "ListAWSServiceAccessForOrganization ListDelegatedServicesForAccount": (1, 3),
    "InviteAccountToOrganization": (3, 5),
}
PER_ORGANIZATION: dict[str, Rate] = {
    "DescribeCreateAccountStatus": (2, 3),
    "DescribeAccount": (24, 36),
    "ListAccounts": (9, 15),
    "ListChildren": (7, 12),
    "ListParents ListAccountsForParent ListOrganizationalUnitsForParent ListPolicies ListPoliciesForTarget "
    "ListTargetsForPolicy ListDelegatedAdministrators ListHandshakesForAccount ListHandshakesForOrganization "
    "ListCreateAccountStatus": (6, 10),
    "ListTagsForResource": (12, 18),
    "DescribePolicy DescribeOrganizationalUnit": (2, 3),
    "ListRoots": (1, 3),
    "ListAWSServiceAccessForOrganization ListDelegatedServicesForAccount": (1, 4),
}
CLOUDFORMATION: dict[str, Rate] = {
    "CreateStackSet UpdateStackSet DeleteStackSet CreateStackInstances UpdateStackInstances DeleteStackInstances "
    "DetectStackSetDrift StopStackSetOperation": (1, 5),
    "ListStackSets DescribeStackSet ListStackInstances DescribeStackInstance ListStackSetOperations "
    "DescribeStackSetOperation ListStackSetOperationResults": (10, 20),
    "CreateStack UpdateStack DeleteStack": (2, 10),
    "DescribeStacks DescribeStackEvents DescribeStackResourceDrifts ListStacks": (10, 20),
}

Table = Mapping[tuple[str, str], Rate]


def table(service: str, rates: Mapping[str, Rate]) -> dict[tuple[str, str], Rate]:
    """One entry an operation: those of one row have buckets of their own."""
    return {(service, name): rate for names, rate in rates.items() for name in names.split()}


ACCOUNT_TABLE: Table = table("organizations", PER_ACCOUNT) | table("cloudformation", CLOUDFORMATION)
ORGANIZATION_TABLE: Table = table("organizations", PER_ORGANIZATION)

REFUSALS = {"organizations": ("TooManyRequestsException", 400), "cloudformation": ("Throttling", 400)}
"""What each service answers when calls come too fast (API references, "Common errors")."""


ROUNDING = 1e-6
"""Ten times a tenth of a token is a token."""


@dataclass
class Bucket:
    """Holds up to `burst` tokens, and gets `rate` a second."""

    rate: float
    burst: float
    tokens: float
    at: float

    def fill(self, now: float) -> None:
        """Up to now."""
        self.tokens = min(self.burst, self.tokens + (now - self.at) * self.rate)
        self.at = now


@dataclass
class Buckets:
    """A call takes a token of its account's bucket and of its organization's, or is refused and takes none."""

    now: Callable[[], float]
    by_account: Table = field(default_factory=lambda: ACCOUNT_TABLE)
    by_organization: Table = field(default_factory=lambda: ORGANIZATION_TABLE)
    _buckets: dict[tuple[str, ...], Bucket] = field(default_factory=dict)

    def take(self, service: str, operation: str, account: str, region: str) -> bool:
        """Whether the call may be made now. CloudFormation counts by Region, Organizations has one endpoint."""
        where = region if service == "cloudformation" else ""
        found = [
            self._bucket(rates.get((service, operation)), service, operation, whose, where)
            for rates, whose in ((self.by_account, account), (self.by_organization, ""))
        ]
        buckets = [bucket for bucket in found if bucket is not None]
        if any(bucket.tokens < 1 - ROUNDING for bucket in buckets):
            return False
        for bucket in buckets:
            bucket.tokens -= 1
        return True

    def _bucket(self, rate: Rate | None, *key: str) -> Bucket | None:
        if rate is None:
            return None
        now = self.now()
        bucket = self._buckets.setdefault(key, Bucket(*rate, tokens=rate[1], at=now))
        bucket.fill(now)
        return bucket


def lower_bound(calls: Mapping[tuple[str, str], int]) -> tuple[float, str]:
    """Seconds that these calls take at the least when each bucket is full at the start, and whose bucket it is."""
    seconds, slowest = 0.0, "none"
    for rates in (ACCOUNT_TABLE, ORGANIZATION_TABLE):
        for names, count in calls.items():
            if names not in rates:
                continue
            rate, burst = rates[names]
            needs = max(0.0, count - burst) / rate
            if needs > seconds:
                seconds, slowest = needs, ":".join(names)
    return seconds, slowest
