"""The quota request template: what AWS is asked for in the name of each account that the organization makes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from landing.aws import Aws, unless
from landing.core.model import Action, Change, Diagnostic, Resource, Scope, Severity
from landing.core.partitions import GLOBAL_REGION
from landing.organization import Organization
from landing.services.base import Kind, Ownership
from landing.services.organizations.trusted_access import TrustedAccess
from landing.services.service_quotas.settings import PRINCIPAL, QuotaRequest, ServiceQuotasSettings
from landing.services.strength import Weaker, neutral, on

MOST = 10
"""Requests of a template (Service Quotas User Guide, "Using Service Quotas request templates")."""
ASSOCIATION = "association"
"""The name of what switches the template on; a request is called `service/quota/region`."""


class QuotaTemplate(Kind):
    """Its requests, and whether it is used (AssociateServiceQuotaTemplate): from the management account, in one Region.

    It is for accounts that are created while it is used. Accounts that are there already, or come by invitation, ask
    for themselves.
    """

    name = "quota_template"
    title = "Quota of new accounts"
    ownership = Ownership.SERVICE
    service = "service_quotas"
    severity = Severity.LOW
    removal = "switch-off"
    ending = "switched off"
    parallel = 1
    ahead = ()
    help_uri = "https://docs.aws.amazon.com/servicequotas/latest/userguide/organization-templates.html"
    weaker: ClassVar[Mapping[str, Weaker]] = {"associated": on, "value": neutral}
    reads = (
        "servicequotas:GetAssociationForServiceQuotaTemplate",
        "servicequotas:ListServiceQuotaIncreaseRequestsInTemplate",
    )
    writes = (
        "servicequotas:AssociateServiceQuotaTemplate",
        "servicequotas:DeleteServiceQuotaIncreaseRequestFromTemplate",
        "servicequotas:DisassociateServiceQuotaTemplate",
        "servicequotas:PutServiceQuotaIncreaseRequestIntoTemplate",
    )

    def in_use(self, organization: Organization, aws: Aws) -> bool:
        """Without trusted access there is no template (AWSServiceAccessNotEnabledException)."""
        return PRINCIPAL in aws.tree.trusted

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """The template is used as long as it asks for something."""
        service = organization.service(ServiceQuotasSettings)
        needs = (TrustedAccess().address(PRINCIPAL),)
        requests = dict(_requests(organization))
        for name, (key, request) in requests.items():
            source = service.at("new_accounts", key) if service else None
            yield Resource(self.address(name), {"value": request.value}, needs, source=source)
        if service and requests:
            yield Resource(self.address(ASSOCIATION), {"associated": True}, needs, source=service.source)

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """Everybody's: the template is one."""
        client = _client(aws)
        needs = (TrustedAccess().address(PRINCIPAL),)
        with unless("AWSServiceAccessNotEnabledException", "NoAvailableOrganizationException"):
            for name, value in _listed(aws, client):
                yield Resource(self.address(name), {"value": value}, needs)
            with unless("ServiceQuotaTemplateNotInUseException"):
                found = client.get_association_for_service_quota_template()
                if found["ServiceQuotaTemplateAssociationStatus"] == "ASSOCIATED":
                    yield Resource(self.address(ASSOCIATION), {"associated": True}, needs)

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Each call may be repeated."""
        client, name, gone = _client(aws), change.address.name, change.action is Action.DELETE
        if name == ASSOCIATION:
            with unless("ServiceQuotaTemplateNotInUseException"):
                (client.disassociate_service_quota_template if gone else client.associate_service_quota_template)()
            return
        service, quota, region = name.split("/")
        which = {"ServiceCode": service, "QuotaCode": quota, "AwsRegion": region}
        if gone:
            with unless("NoSuchResourceException"):
                client.delete_service_quota_increase_request_from_template(**which)
            return
        assert change.after is not None
        wanted = float(change.after["value"])
        client.put_service_quota_increase_request_into_template(**which, DesiredValue=wanted)

    def check(self, organization: Organization) -> Iterable[Diagnostic]:
        """More requests than a template has, and one that is made twice."""
        service = organization.service(ServiceQuotasSettings)
        if service is None:
            return
        requests = list(_requests(organization))
        if len(requests) > MOST:
            message = f"{len(requests)} requests (quotas × regions): AWS's template has {MOST}"
            yield service.problem("LZ461", message, "ask for fewer, or in fewer `regions`", "new_accounts", key=True)
        for name, count in Counter(name for name, _ in requests).items():
            if count > 1:
                key = [key for each, (key, _) in requests if each == name][-1]
                message = f"{name.replace('/', ' ')} is asked for twice"
                yield service.problem("LZ461", message, "ask for it once", "new_accounts", key, key=True)

    def in_the_way(self, organization: Organization, aws: Aws, change: Change) -> Iterable[str]:
        """Requests of others that fill the template."""
        if (
            change.action is not Action.CREATE
            or change.address.name == ASSOCIATION
            or not self.in_use(organization, aws)
        ):
            return
        there = {name for name, _ in _listed(aws, _client(aws))}
        more = {name for name, _ in _requests(organization)} - there
        if len(there) + len(more) > MOST:
            yield (
                f"the template has {len(there)} requests, everybody's; {len(more)} more come, and AWS allows {MOST}: "
                "take some out"
            )

    def notes(self, organization: Organization, change: Change) -> Iterable[str]:
        """Whom it is for."""
        if change.action is Action.CREATE and change.address.name == ASSOCIATION:
            yield "for accounts that are created from now on: AWS files the requests, and answers each by itself"


def _requests(organization: Organization) -> Iterator[tuple[str, tuple[str, QuotaRequest]]]:
    """What is asked for, by its name, with the key of the config that does."""
    service = organization.service(ServiceQuotasSettings)
    for key, request in (service.settings.new_accounts if service else {}).items():
        for region in request.regions or organization.governed_regions:
            yield f"{request.service}/{request.quota}/{region}", (key, request)


def _client(aws: Aws) -> Any:
    return aws.client("service-quotas", Scope("", GLOBAL_REGION[aws.context.partition]))


def _listed(aws: Aws, client: Any) -> Iterator[tuple[str, int]]:
    """What the template asks for."""
    operation = "list_service_quota_increase_requests_in_template"
    for each in aws.listed(client, operation, "ServiceQuotaIncreaseRequestInTemplateList"):
        yield f"{each['ServiceCode']}/{each['QuotaCode']}/{each['AwsRegion']}", int(each["DesiredValue"])
