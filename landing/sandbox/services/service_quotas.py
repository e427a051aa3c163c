"""Service Quotas: quotas of an account, what it asks for, and what new accounts ask for (API reference)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import accounts
from landing.sandbox.services.call import Call
from landing.sandbox.services.iam import linked_roles
from landing.sandbox.services.organizations.creation import ACCOUNT_QUOTA, account_quota
from landing.sandbox.services.service import Scope, Service

ACCOUNTS = ("organizations", "L-E619E033")


class Quota(NamedTuple):
    """A quota as AWS gives it to everybody; of one that is not `applied`, only the default is known at first."""

    name: str
    value: float
    adjustable: bool = True
    applied: bool = True


QUOTAS = {
    ACCOUNTS: Quota("Default maximum number of accounts", float(ACCOUNT_QUOTA)),
    ("cloudformation", "L-EC62D81A"): Quota("Stack sets per administrator account", 1_000.0),
    ("cloudformation", "L-C8225BA5"): Quota("Stack instances per stack set", 100_000.0),
    ("lambda", "L-B99A9384"): Quota("Concurrent executions", 1_000.0),
    ("lambda", "L-6581F036"): Quota("Function layers", 5.0, adjustable=False),
    ("ec2", "L-1216C47A"): Quota("Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances", 5.0),
    ("vpc", "L-F678F1CE"): Quota("VPCs per Region", 5.0),
    ("vpc", "L-2AEEBF1A"): Quota("Rules per network ACL", 20.0, applied=False),
}
NAMES = {
    "organizations": "AWS Organizations",
    "cloudformation": "AWS CloudFormation",
    "ec2": "Amazon Elastic Compute Cloud (Amazon EC2)",
    "lambda": "AWS Lambda",
    "vpc": "Amazon Virtual Private Cloud (Amazon VPC)",
}
PRINCIPAL = "servicequotas.amazonaws.com"
SHOWN_DAYS = 90
"""How long requests are shown (API reference, ListRequestedServiceQuotaChangeHistory)."""
MOST = 10
"""Requests of a template (User Guide, "Using Service Quotas request templates")."""
Which = tuple[str, str, str]
GLOBAL = "us-east-1"
"""Where the quotas of Organizations are, and nowhere else (Organizations User Guide, "Quotas and service limits")."""


OPEN = ("PENDING", "CASE_OPENED")
OPEN_ACCOUNT, OPEN_REGION = 20, 2
"""Open requests of an account, and in one of its Regions (User Guide, "Service quotas for Service Quotas")."""


@dataclass
class Request:
    """What an account has asked for."""

    id: str
    which: Which
    value: float
    by: str
    created: datetime
    status: str = "PENDING"


@dataclass
class Here:
    """Of an account: what new accounts of its organization ask for, if that is `used`; its own requests, and what it
    was granted. `values` and `granted` go by service, quota and Region.
    """

    used: bool = False
    values: dict[Which, float] = field(default_factory=dict)
    granted: dict[Which, float] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)


class ServiceQuotas(Service[Here]):
    """Reading quotas, asking for more, and the template of new accounts.

    What AWS answers is the sandbox's option `quota_answer`, a status of requests: as long as there is none, they stay
    open. The quota of accounts is its option `account_quota`.
    """

    name = "service-quotas"
    scope = Scope.ACCOUNT
    state_type = Here

    def get_service_quota(self, call: Call) -> dict[str, Any]:
        """What applies now (API reference, GetServiceQuota); of some quotas that is not known until one is granted."""
        quota, granted = _found(call), self._answered(call).granted.get(_here(call))
        if granted is None and not quota.applied:
            message = "The request failed because applied value for the specified context Id do not exist."
            raise Refusal("NoSuchResourceException", message)
        return _shown(call, quota, self._value(call, quota))

    def get_aws_default_service_quota(self, call: Call) -> dict[str, Any]:
        """What applies where nobody had it raised (API reference, GetAWSDefaultServiceQuota)."""
        quota = _found(call)
        return _shown(call, quota, quota.value)

    def request_service_quota_increase(self, call: Call) -> dict[str, Any]:
        """More than there is, once (API reference, RequestServiceQuotaIncrease)."""
        quota, here = _found(call), self._answered(call)
        if not quota.adjustable:
            raise Refusal("IllegalArgumentException", "The specified quota is not adjustable.")
        if call["DesiredValue"] <= self._value(call, quota):
            message = "You must provide a quota value greater than the current quota value"
            raise Refusal("IllegalArgumentException", message)
        running = [each for each in here.requests if each.status in OPEN]
        if any(each.which == _here(call) for each in running):
            message = "Only one open service quota increase request is allowed per quota."
            raise Refusal("ResourceAlreadyExistsException", message)
        if len(running) >= OPEN_ACCOUNT or sum(each.which[2] == call.region for each in running) >= OPEN_REGION:
            raise Refusal("QuotaExceededException", "You have exceeded your service quota of open requests.")
        linked_roles.ensure(call.world, call.account, PRINCIPAL)
        made = Request(call.world.token(32), _here(call), call["DesiredValue"], call.caller.arn, call.world.now)
        here.requests.append(made)
        return {"RequestedQuota": _requested(call, made)}

    def get_requested_service_quota_change(self, call: Call) -> dict[str, Any]:
        """API reference, GetRequestedServiceQuotaChange."""
        for each in self._answered(call).requests:
            if each.id == call["RequestId"] and each.which[2] == call.region:
                return {"RequestedQuota": _requested(call, each)}
        raise Refusal("NoSuchResourceException", "The request failed because the specified request does not exist.")

    def list_requested_service_quota_change_history_by_quota(self, call: Call) -> dict[str, Any]:
        """Of a quota, in no order that is told (API reference, ListRequestedServiceQuotaChangeHistoryByQuota)."""
        _found(call)
        return call.page(
            "RequestedQuotas",
            [
                _requested(call, each)
                for each in self._answered(call).requests
                if each.which == _here(call)
                and call.get("Status", each.status) == each.status
                and (call.world.now - each.created).days < SHOWN_DAYS
            ],
            most=100,
        )

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
        if call["DesiredValue"] <= QUOTAS[which[0], which[1]].value:
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

    def _value(self, call: Call, quota: Quota) -> float:
        if (call["ServiceCode"], call["QuotaCode"]) == ACCOUNTS:
            return float(account_quota(call.world))
        return self.state(call).granted.get(_here(call), quota.value)

    def _answered(self, call: Call) -> Here:
        """The caller's, with its open requests as AWS answers them."""
        here = self.state(call)
        for each in here.requests:
            if each.status in OPEN:
                each.status = call.world.options.get("quota_answer", each.status)
            if each.status == "APPROVED":
                here.granted[each.which] = max(each.value, here.granted.get(each.which, 0.0))
        return here

    def _template(self, call: Call) -> Here:
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
        "QuotaName": QUOTAS[service, quota].name,
        "DesiredValue": value,
        "AwsRegion": region,
        "Unit": "None",
        "GlobalQuota": service == "organizations",
    }


def _here(call: Call) -> Which:
    return call["ServiceCode"], call["QuotaCode"], call.region


def _requested(call: Call, request: Request) -> dict[str, Any]:
    about: Mapping[str, Any] = _asked(request.which, request.value)
    kept = ("ServiceCode", "ServiceName", "QuotaCode", "QuotaName", "DesiredValue", "GlobalQuota", "Unit")
    return {
        **{name: about[name] for name in kept},
        "Id": request.id,
        "Status": request.status,
        "Created": request.created,
        "Requester": request.by,
        "QuotaArn": _arn(call, *request.which[:2]),
        "QuotaRequestedAtLevel": "ACCOUNT",
    }


def _arn(call: Call, service: str, code: str) -> str:
    return f"arn:{call.partition}:servicequotas:{call.region}:{call.account}:{service}/{code}"


def _found(call: Call) -> Quota:
    key = (call["ServiceCode"], call["QuotaCode"])
    if key not in QUOTAS or (key == ACCOUNTS and call.region != GLOBAL):
        raise Refusal("NoSuchResourceException", "The request failed because the specified quota does not exist.")
    return QUOTAS[key]


def _shown(call: Call, quota: Quota, value: float) -> dict[str, Any]:
    service, code = call["ServiceCode"], call["QuotaCode"]
    return {
        "Quota": {
            "ServiceCode": service,
            "ServiceName": NAMES[service],
            "QuotaArn": _arn(call, service, code),
            "QuotaCode": code,
            "QuotaName": quota.name,
            "Value": value,
            "Unit": "None",
            "Adjustable": quota.adjustable,
            "GlobalQuota": service == "organizations",
            "QuotaAppliedAtLevel": "ACCOUNT",
        }
    }
