"""What AWS allows of a thing here and now: Service Quotas, where a raised quota is kept.

Those of AWS Organizations are in one region of the partition (Organizations User Guide, "Quotas and service limits").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from landing.aws.expected_refusals import unless
from landing.aws.faults import translated
from landing.core.errors import AwsError, NoCredentials
from landing.core.model import ORGANIZATION, Scope
from landing.core.partitions import GLOBAL_REGION

if TYPE_CHECKING:
    from landing.aws.door import Aws

ACTION = "servicequotas:GetServiceQuota"
"""The one permission that it needs."""


@dataclass(frozen=True, slots=True)
class Quota:
    """A quota of Service Quotas, with what it is where nobody had it raised."""

    service: str
    code: str
    default: int

    def region(self, aws: Aws) -> str:
        """Where it is kept."""
        context = aws.context
        return GLOBAL_REGION[context.partition] if self.service == "organizations" else context.home_region

    def increase(self, aws: Aws, wanted: int) -> str:
        """The command that asks for more."""
        return (
            f"aws service-quotas request-service-quota-increase --service-code {self.service} --quota-code {self.code} "
            f"--desired-value {wanted} --region {self.region(aws)}"
        )


ACCOUNTS = Quota("organizations", "L-E619E033", 10)
"""Accounts of an organization; of a new one it may be less."""
STACK_SETS = Quota("cloudformation", "L-EC62D81A", 1_000)
"""Stack sets of an administrator account, in a region."""

INSTANCES = Quota("cloudformation", "L-C8225BA5", 100_000)
"""Stack instances of a stack set."""


def applied(aws: Aws, quota: Quota) -> int | None:
    """What a quota is now; None where Service Quotas does not say, or may not be asked."""
    found: float | None = None
    try:
        with translated(ORGANIZATION), unless("NoSuchResourceException"):
            client = aws.client("service-quotas", Scope("", quota.region(aws)))
            found = client.get_service_quota(ServiceCode=quota.service, QuotaCode=quota.code)["Quota"].get("Value")
    except NoCredentials:
        raise
    except AwsError:
        return None
    return None if found is None else int(found)
