"""AWS Health: the organizational view (Health API reference and User Guide)."""

from __future__ import annotations

from typing import Any

from tests.sandbox.cloud import Cloud, refused, source

STATUS = "healthServiceAccessStatusForOrganization"


def settled(health: Any) -> str:
    while (status := str(health.describe_health_service_status_for_organization()[STATUS])) == "PENDING":
        pass
    return status


@source("API reference: EnableHealthServiceAccessForOrganization; User Guide: Aggregating AWS Health events")
def test_the_view_brings_trusted_access_with_it(cloud: Cloud) -> None:
    health = cloud.client("health")
    assert health.describe_health_service_status_for_organization()[STATUS] == "DISABLED"
    health.enable_health_service_access_for_organization()
    assert settled(health) == "ENABLED"
    listed = cloud.organizations.list_aws_service_access_for_organization()["EnabledServicePrincipals"]
    assert "health.amazonaws.com" in {each["ServicePrincipal"] for each in listed}
    health.disable_health_service_access_for_organization()
    assert health.describe_health_service_status_for_organization()[STATUS] == "DISABLED"


@source("API reference: Enable-, DisableHealthServiceAccessForOrganization: ConcurrentModificationException")
def test_while_it_is_being_switched_on_nothing_else_is_taken(cloud: Cloud) -> None:
    health = cloud.client("health")
    health.enable_health_service_access_for_organization()
    refused("ConcurrentModificationException", health.enable_health_service_access_for_organization)
    refused("ConcurrentModificationException", health.disable_health_service_access_for_organization)
    assert settled(health) == "ENABLED"
    health.enable_health_service_access_for_organization()
    health.disable_health_service_access_for_organization()


@source("API reference: DescribeHealthServiceStatusForOrganization tells whether the view is on")
def test_trusted_access_is_no_view(cloud: Cloud) -> None:
    cloud.organizations.enable_aws_service_access(ServicePrincipal="health.amazonaws.com")
    assert cloud.client("health").describe_health_service_status_for_organization()[STATUS] == "DISABLED"


@source("API reference: EnableHealthServiceAccessForOrganization, called by the management account")
def test_a_member_may_not(cloud: Cloud) -> None:
    member = cloud.client("health", cloud.account("A"))
    refused("AccessDeniedException", member.enable_health_service_access_for_organization)


@source("Health User Guide, Aggregating events, prerequisites: SubscriptionRequiredException without a support plan")
def test_without_a_support_plan_the_api_is_closed(cloud: Cloud) -> None:
    cloud.option(support_plan=False)  # type: ignore[attr-defined]
    health = cloud.client("health")
    for call in (
        health.describe_health_service_status_for_organization,
        health.enable_health_service_access_for_organization,
        health.disable_health_service_access_for_organization,
    ):
        refused("SubscriptionRequiredException", call)
