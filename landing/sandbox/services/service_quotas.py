"""Service Quotas: the quotas that the sandbox keeps to, and what new accounts ask for (API reference)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import accounts
from landing.sandbox.services.call import Call
from landing.sandbox.services.organizations.creation import ACCOUNT_QUOTA, account_quota
from landing.sandbox.services.service import Scope, Service

ACCOUNTS = ("organizations", "L-E619E033")
QUOTAS = {
    ACCOUNTS: ("Default maximum number of accounts", float(ACCOUNT_QUOTA)),
    ("cloudformation", "L-EC62D81A"): ("Stack sets per administrator account", 1_000.0),
    ("cloudformation", "L-C8225BA5"): ("Stack instances per stack set", 100_000.0),
    ("lambda", "L-B99A9384"): ("Concurrent executions", 1_000.0),
    ("ec2", "L-1216C47A"): ("Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances", 5.0),
}
NAMES = {
    "organizations": "AWS Organizations",
    "cloudformation": "AWS CloudFormation",
    "ec2": "Amazon Elastic Compute Cloud (Amazon EC2)",
    "lambda": "AWS Lambda",
}
PRINCIPAL = "servicequotas.amazonaws.com"
MOST = 10
"""Requests of a template (User Guide, "Using Service Quotas request templates")."""
Which = tuple[str, str, str]
GLOBAL = "us-east-1"
"""Where the quotas of Organizations are, and nowhere else (Organizations User Guide, "Quotas and service limits")."""


@dataclass
class Template:
    """What new accounts of an organization ask for; `values` go by service, quota and Region."""

    used: bool = False
    values: dict[Which, float] = field(default_factory=dict)


class ServiceQuotas(Service[Template]):
    """Reading quotas, and the template of new accounts.

    Asking for more is unsupported: the sandbox's option `account_quota` is what was granted.
    """

    name = "service-quotas"
    scope = Scope.ACCOUNT
    state_type = Template

    def get_service_quota(self, call: Call) -> dict[str, Any]:
        """What applies now (API reference, GetServiceQuota)."""
        name, value = _found(call)
        if (call["ServiceCode"], call["QuotaCode"]) == ACCOUNTS:
            value = float(account_quota(call.world))
        return _shown(call, name, value)

    def get_aws_default_service_quota(self, call: Call) -> dict[str, Any]:
        """What applies where nobody had it raised (API reference, GetAWSDefaultServiceQuota)."""
        return _shown(call, *_found(call))

    def associate_service_quota_template(self, call: Call) -> None:
        """It is used from now on; again does no harm (API reference, AssociateServiceQuotaTemplate)."""
        self._template(call).used = True

    def disassociate_service_quota_template(self, call: Call) -> None:
        """Its requests stay (API reference, DisassociateServiceQuotaTemplate)."""
        template = self._template(call)
        if not template.used:
            raise Refusal("ServiceQuotaTemplateNotInUseException", "The template is not associated.")
        template.used = False

    def get_association_for_service_quota_template(self, call: Call) -> dict[str, Any]:
        """Whether it is used (API reference, GetAssociationForServiceQuotaTemplate)."""
        used = self._template(call).used
        return {"ServiceQuotaTemplateAssociationStatus": "ASSOCIATED" if used else "DISASSOCIATED"}

    def put_service_quota_increase_request_into_template(self, call: Call) -> dict[str, Any]:
        """One, or another value for it (API reference, PutServiceQuotaIncreaseRequestIntoTemplate)."""
        values, which = self._template(call).values, _which(call)
        if which[:2] not in QUOTAS:
            raise Refusal("NoSuchResourceException", "The request failed because the specified quota does not exist.")
        if call["DesiredValue"] <= QUOTAS[which[0], which[1]][1]:
            raise Refusal("IllegalArgumentException", "You must provide a quota value greater than the default.")
        if which not in values and len(values) >= MOST:
            raise Refusal("QuotaExceededException", "You have exceeded the number of requests of the template.")
        values[which] = call["DesiredValue"]
        return {"ServiceQuotaIncreaseRequestInTemplate": _asked(which, values[which])}

    def get_service_quota_increase_request_from_template(self, call: Call) -> dict[str, Any]:
        """API reference, GetServiceQuotaIncreaseRequestFromTemplate."""
        values, which = self._template(call).values, _which(call)
        if which not in values:
            raise Refusal("NoSuchResourceException", "The template has no such request.")
        return {"ServiceQuotaIncreaseRequestInTemplate": _asked(which, values[which])}

    def delete_service_quota_increase_request_from_template(self, call: Call) -> None:
        """API reference, DeleteServiceQuotaIncreaseRequestFromTemplate."""
        if self._template(call).values.pop(_which(call), None) is None:
            raise Refusal("NoSuchResourceException", "The template has no such request.")

    def list_service_quota_increase_requests_in_template(self, call: Call) -> dict[str, Any]:
        """Of one service or Region, if asked so (API reference, ListServiceQuotaIncreaseRequestsInTemplate)."""
        found = [
            _asked(which, value)
            for which, value in sorted(self._template(call).values.items())
            if call.get("ServiceCode", which[0]) == which[0] and call.get("AwsRegion", which[2]) == which[2]
        ]
        return call.page("ServiceQuotaIncreaseRequestInTemplateList", found, most=100)

    def _template(self, call: Call) -> Template:
        """The caller's, who manages an organization with trusted access, in the one Region that has templates."""
        if call.region != GLOBAL:
            raise Refusal("TemplatesNotAvailableInRegionException", "The template is not available in this Region.")
        organization = accounts.organization_of(call.world, call.account)
        if organization is None:
            raise Refusal("NoAvailableOrganizationException", "The account is not a member of an organization.")
        if organization.management_account != call.account:
            raise Refusal("AccessDeniedException", "Only the management account may do this.")
        if PRINCIPAL not in organization.services:
            raise Refusal("AWSServiceAccessNotEnabledException", "Trusted access is not enabled for Service Quotas.")
        return self.state_of(call.world, call.account)


def _which(call: Call) -> Which:
    return call["ServiceCode"], call["QuotaCode"], call["AwsRegion"]


def _asked(which: Which, value: float) -> dict[str, Any]:
    service, quota, region = which
    return {
        "ServiceCode": service,
        "ServiceName": NAMES[service],
        "QuotaCode": quota,
        "QuotaName": QUOTAS[service, quota][0],
        "DesiredValue": value,
        "AwsRegion": region,
        "Unit": "None",
        "GlobalQuota": service == "organizations",
    }


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
