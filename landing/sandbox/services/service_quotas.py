"""Service Quotas: the quotas that the sandbox itself keeps to (Service Quotas API reference)."""

from __future__ import annotations

from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.organizations.creation import ACCOUNT_QUOTA, account_quota
from landing.sandbox.services.service import Nothing, Service

ACCOUNTS = ("organizations", "L-E619E033")
QUOTAS = {
    ACCOUNTS: ("Default maximum number of accounts", float(ACCOUNT_QUOTA)),
    ("cloudformation", "L-EC62D81A"): ("Stack sets per administrator account", 1_000.0),
    ("cloudformation", "L-C8225BA5"): ("Stack instances per stack set", 100_000.0),
}
NAMES = {"organizations": "AWS Organizations", "cloudformation": "AWS CloudFormation"}
GLOBAL = "us-east-1"
"""Where the quotas of Organizations are, and nowhere else (Organizations User Guide, "Quotas and service limits")."""


class ServiceQuotas(Service[Nothing]):
    """Reading quotas; asking for more is unsupported: the sandbox's option `account_quota` is what was granted."""

    name = "service-quotas"
    state_type = Nothing

    def get_service_quota(self, call: Call) -> dict[str, Any]:
        """What applies now (API reference, GetServiceQuota)."""
        name, value = _found(call)
        if (call["ServiceCode"], call["QuotaCode"]) == ACCOUNTS:
            value = float(account_quota(call.world))
        return _shown(call, name, value)

    def get_aws_default_service_quota(self, call: Call) -> dict[str, Any]:
        """What applies where nobody had it raised (API reference, GetAWSDefaultServiceQuota)."""
        return _shown(call, *_found(call))


def _found(call: Call) -> tuple[str, float]:
    key = (call["ServiceCode"], call["QuotaCode"])
    if key not in QUOTAS or (key == ACCOUNTS and call.region != GLOBAL):
        raise Refusal("NoSuchResourceException", "The request failed because the specified quota does not exist.")
    return QUOTAS[key]


def _shown(call: Call, name: str, value: float) -> dict[str, Any]:
    service, code = call["ServiceCode"], call["QuotaCode"]
    arn = f"arn:{call.partition}:servicequotas:{call.region}:{call.account}:{service}/{code}"
    return {
        "Quota": {
            "ServiceCode": service,
            "ServiceName": NAMES[service],
            "QuotaArn": arn,
            "QuotaCode": code,
            "QuotaName": name,
            "Value": value,
            "Unit": "None",
            "Adjustable": True,
            "GlobalQuota": service == "organizations",
            "QuotaAppliedAtLevel": "ACCOUNT",
        }
    }
