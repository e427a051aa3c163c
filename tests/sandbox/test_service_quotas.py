"""Service Quotas (Service Quotas API reference)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.cloud import Cloud, refused, source

ACCOUNTS = {"ServiceCode": "organizations", "QuotaCode": "L-E619E033"}


@source("Service Quotas: GetServiceQuota (API reference); Organizations User Guide, quotas: in us-east-1 only")
def test_the_quota_of_accounts_is_what_accounts_are_refused_by(cloud: Cloud) -> None:
    cloud.option(account_quota=17)
    quota = cloud.client("service-quotas").get_service_quota(**ACCOUNTS)["Quota"]
    assert (quota["Value"], quota["Adjustable"], quota["GlobalQuota"]) == (17.0, True, True)
    elsewhere = cloud.client("service-quotas", region="eu-west-1")
    refused("NoSuchResourceException", elsewhere.get_service_quota, **ACCOUNTS)


@source("Service Quotas: GetAWSDefaultServiceQuota (API reference)")
def test_what_nobody_had_raised_is_known_too(cloud: Cloud) -> None:
    cloud.option(account_quota=17)
    client = cloud.client("service-quotas")
    assert client.get_aws_default_service_quota(**ACCOUNTS)["Quota"]["Value"] == 10.0
    refused("NoSuchResourceException", client.get_service_quota, ServiceCode="organizations", QuotaCode="L-00000000")


TEMPLATE = {"ServiceCode": "lambda", "QuotaCode": "L-B99A9384", "AwsRegion": "eu-west-1"}
PRINCIPAL = "servicequotas.amazonaws.com"


@source("Service Quotas API reference: AWSServiceAccessNotEnabledException, TemplatesNotAvailableInRegionException")
def test_the_template_is_of_the_management_account_in_one_region(cloud: Cloud) -> None:
    client = cloud.client("service-quotas")
    refused("AWSServiceAccessNotEnabledException", client.associate_service_quota_template)
    cloud.trust(PRINCIPAL)
    client.associate_service_quota_template()
    elsewhere = cloud.client("service-quotas", region="eu-west-1")
    refused("TemplatesNotAvailableInRegionException", elsewhere.associate_service_quota_template)
    member = cloud.client("service-quotas", cloud.account("a"))
    refused("AccessDeniedException", member.list_service_quota_increase_requests_in_template)


@source("Service Quotas API reference: NoAvailableOrganizationException")
def test_there_is_no_template_without_an_organization(empty: Cloud) -> None:
    client = empty.client("service-quotas")
    refused("NoAvailableOrganizationException", client.list_service_quota_increase_requests_in_template)


@source("Service Quotas API reference: Associate-, Disassociate-, GetAssociationForServiceQuotaTemplate")
def test_the_template_is_used_or_not(cloud: Cloud) -> None:
    cloud.trust(PRINCIPAL)
    client = cloud.client("service-quotas")
    status = "ServiceQuotaTemplateAssociationStatus"
    assert client.get_association_for_service_quota_template()[status] == "DISASSOCIATED"
    refused("ServiceQuotaTemplateNotInUseException", client.disassociate_service_quota_template)
    client.associate_service_quota_template()
    client.associate_service_quota_template()
    assert client.get_association_for_service_quota_template()[status] == "ASSOCIATED"
    client.disassociate_service_quota_template()
    assert client.get_association_for_service_quota_template()[status] == "DISASSOCIATED"


@source(
    "Service Quotas API reference: Put-, Get-, Delete-, ListServiceQuotaIncreaseRequest(s)…Template; IllegalArgument"
)
def test_requests_of_the_template_come_and_go(cloud: Cloud) -> None:
    cloud.trust(PRINCIPAL)
    client = cloud.client("service-quotas")
    put = client.put_service_quota_increase_request_into_template
    refused("NoSuchResourceException", put, **{**TEMPLATE, "QuotaCode": "L-00000000"}, DesiredValue=2.0)
    refused("IllegalArgumentException", put, **TEMPLATE, DesiredValue=1000.0)
    put(**TEMPLATE, DesiredValue=2000.0)
    put(**TEMPLATE, DesiredValue=3000.0)
    name = "ServiceQuotaIncreaseRequestInTemplate"
    found = client.get_service_quota_increase_request_from_template(**TEMPLATE)[name]
    assert (found["DesiredValue"], found["QuotaName"]) == (3000.0, "Concurrent executions")
    listed = client.list_service_quota_increase_requests_in_template(ServiceCode="lambda")[f"{name}List"]
    assert [each["AwsRegion"] for each in listed] == ["eu-west-1"]
    client.delete_service_quota_increase_request_from_template(**TEMPLATE)
    refused("NoSuchResourceException", client.delete_service_quota_increase_request_from_template, **TEMPLATE)
    refused("NoSuchResourceException", client.get_service_quota_increase_request_from_template, **TEMPLATE)


@source("Service Quotas User Guide, request templates: ten quotas; QuotaExceededException")
def test_a_template_has_ten_requests(cloud: Cloud) -> None:
    cloud.trust(PRINCIPAL)
    put = cloud.client("service-quotas").put_service_quota_increase_request_into_template
    for number in range(10):
        put(**{**TEMPLATE, "AwsRegion": f"region-{number}"}, DesiredValue=2000.0)
    refused("QuotaExceededException", put, **TEMPLATE, DesiredValue=2000.0)
    put(**{**TEMPLATE, "AwsRegion": "region-0"}, DesiredValue=3000.0)


FUNCTIONS = {"ServiceCode": "lambda", "QuotaCode": "L-B99A9384"}
RULES = {"ServiceCode": "vpc", "QuotaCode": "L-2AEEBF1A"}


@source(
    "Service Quotas API reference: RequestServiceQuotaIncrease, IllegalArgument, NoSuchResource, ResourceAlreadyExists"
)
def test_a_quota_is_asked_for_once_and_for_more_than_there_is(cloud: Cloud) -> None:
    account = cloud.account("a")
    client = cloud.client("service-quotas", account)
    ask = client.request_service_quota_increase
    refused("NoSuchResourceException", ask, ServiceCode="lambda", QuotaCode="L-00000000", DesiredValue=2.0)
    refused("IllegalArgumentException", ask, **FUNCTIONS, DesiredValue=999.0)
    refused("IllegalArgumentException", ask, **FUNCTIONS, DesiredValue=1000.0)
    refused("IllegalArgumentException", ask, ServiceCode="lambda", QuotaCode="L-6581F036", DesiredValue=6.0)
    made = ask(**FUNCTIONS, DesiredValue=2000.0)["RequestedQuota"]
    assert (made["Status"], made["DesiredValue"], made["QuotaName"]) == ("PENDING", 2000.0, "Concurrent executions")
    refused("ResourceAlreadyExistsException", ask, **FUNCTIONS, DesiredValue=3000.0)
    cloud.client("iam", account).get_role(RoleName="AWSServiceRoleForServiceQuotas")
    assert client.get_service_quota(**FUNCTIONS)["Quota"]["Value"] == 1000.0


@source("Service Quotas User Guide, Service quotas for Service Quotas: active requests per account and per Region")
def test_few_requests_are_open_at_once(cloud: Cloud) -> None:
    client = cloud.client("service-quotas")
    client.request_service_quota_increase(**FUNCTIONS, DesiredValue=2000.0)
    client.request_service_quota_increase(**RULES, DesiredValue=40.0)
    third: Any = {"ServiceCode": "ec2", "QuotaCode": "L-1216C47A", "DesiredValue": 64.0}
    refused("QuotaExceededException", client.request_service_quota_increase, **third)
    cloud.client("service-quotas", region="eu-west-1").request_service_quota_increase(**third)
    cloud.option(quota_answer="APPROVED")
    assert client.request_service_quota_increase(**third)["RequestedQuota"]["Status"] == "PENDING"


@pytest.mark.parametrize("answer", ["APPROVED", "DENIED", "NOT_APPROVED", "CASE_CLOSED", "CASE_OPENED"])
@source("Service Quotas API reference: RequestedServiceQuotaChange, Status; responses show requests of 90 days")
def test_what_became_of_requests_is_shown_for_a_while(cloud: Cloud, answer: str) -> None:
    client = cloud.client("service-quotas")
    history = client.list_requested_service_quota_change_history_by_quota
    assert history(**FUNCTIONS)["RequestedQuotas"] == []
    id_ = client.request_service_quota_increase(**FUNCTIONS, DesiredValue=2000.0)["RequestedQuota"]["Id"]
    cloud.option(quota_answer=answer)
    (found,) = history(**FUNCTIONS)["RequestedQuotas"]
    assert (found["Id"], found["Status"]) == (id_, answer)
    assert client.get_requested_service_quota_change(RequestId=id_)["RequestedQuota"]["Status"] == answer
    assert history(**FUNCTIONS, Status="PENDING")["RequestedQuotas"] == []
    assert history(**RULES)["RequestedQuotas"] == []
    value = client.get_service_quota(**FUNCTIONS)["Quota"]["Value"]
    assert value == (2000.0 if answer == "APPROVED" else 1000.0)
    elsewhere = cloud.client("service-quotas", region="eu-west-1")
    assert elsewhere.get_service_quota(**FUNCTIONS)["Quota"]["Value"] == 1000.0
    assert elsewhere.list_requested_service_quota_change_history_by_quota(**FUNCTIONS)["RequestedQuotas"] == []
    refused("NoSuchResourceException", elsewhere.get_requested_service_quota_change, RequestId=id_)
    cloud.advance(91 * 86_400)
    assert history(**FUNCTIONS)["RequestedQuotas"] == []


@source("Service Quotas: GetServiceQuota (API reference): for some quotas, only the default values are available")
def test_of_some_quotas_only_the_default_is_known(cloud: Cloud) -> None:
    client = cloud.client("service-quotas")
    refused("NoSuchResourceException", client.get_service_quota, **RULES)
    assert client.get_aws_default_service_quota(**RULES)["Quota"]["Value"] == 20.0
    client.request_service_quota_increase(**RULES, DesiredValue=40.0)
    cloud.option(quota_answer="APPROVED")
    assert client.get_service_quota(**RULES)["Quota"]["Value"] == 40.0
    assert client.get_aws_default_service_quota(**RULES)["Quota"]["Value"] == 20.0
    fixed = client.get_service_quota(ServiceCode="lambda", QuotaCode="L-6581F036")["Quota"]
    assert (fixed["Adjustable"], fixed["Value"]) == (False, 5.0)
