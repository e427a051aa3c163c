"""Service Quotas (Service Quotas API reference)."""

from __future__ import annotations

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
