"""Trusted access and delegated administrators (Organizations API reference and User Guide)."""

from __future__ import annotations

import pytest

from landing.core.constraints.principals import SERVICES
from tests.sandbox.cloud import Cloud, refused, source

CONFIG = "config.amazonaws.com"


@source("API reference: EnableAWSServiceAccess, ListAWSServiceAccessForOrganization")
def test_trusted_access_is_listed_and_idempotent(cloud: Cloud) -> None:
    for _ in range(2):
        cloud.trust(CONFIG)
    listed = cloud.organizations.list_aws_service_access_for_organization()["EnabledServicePrincipals"]
    assert [service["ServicePrincipal"] for service in listed] == [CONFIG]


@source("User Guide: services that you can use with Organizations; UNRECOGNIZED_SERVICE_PRINCIPAL")
def test_an_unknown_service_is_refused(cloud: Cloud) -> None:
    for call in (
        cloud.organizations.enable_aws_service_access,
        cloud.organizations.disable_aws_service_access,
    ):
        refused(
            "InvalidInputException",
            call,
            ServicePrincipal="nothing.amazonaws.com",
            reason="UNRECOGNIZED_SERVICE_PRINCIPAL",
        )


@source("API reference: DisableAWSServiceAccess")
def test_trusted_access_is_taken_away(cloud: Cloud) -> None:
    cloud.trust(CONFIG)
    for _ in range(2):
        cloud.organizations.disable_aws_service_access(ServicePrincipal=CONFIG)
    assert cloud.organizations.list_aws_service_access_for_organization()["EnabledServicePrincipals"] == []


@source("API reference: POLICY_TYPE_ENABLED_FOR_THIS_SERVICE")
def test_trusted_access_stays_while_a_policy_type_needs_it(cloud: Cloud) -> None:
    cloud.trust("securityhub.amazonaws.com")
    cloud.enable("SECURITYHUB_POLICY")
    refused(
        "ConstraintViolationException",
        cloud.organizations.disable_aws_service_access,
        ServicePrincipal="securityhub.amazonaws.com",
        reason="POLICY_TYPE_ENABLED_FOR_THIS_SERVICE",
    )


@source("API reference: ORGANIZATION_NOT_IN_ALL_FEATURES_MODE")
def test_trusted_access_needs_all_features(empty: Cloud) -> None:
    empty.organizations.create_organization(FeatureSet="CONSOLIDATED_BILLING")
    refused(
        "ConstraintViolationException",
        empty.organizations.enable_aws_service_access,
        ServicePrincipal=CONFIG,
        reason="ORGANIZATION_NOT_IN_ALL_FEATURES_MODE",
    )


@pytest.mark.parametrize("principal", [name for name, most in SERVICES.items() if most])
@source("User Guide: services that you can use with Organizations, column delegated administrator")
def test_a_service_that_can_be_delegated(cloud: Cloud, principal: str) -> None:
    account = cloud.account("a")
    cloud.delegate(account, principal)
    found = cloud.organizations.list_delegated_administrators(ServicePrincipal=principal)
    assert [administrator["Id"] for administrator in found["DelegatedAdministrators"]] == [account]


@pytest.mark.parametrize("principal", ["ram.amazonaws.com", "tagpolicies.tag.amazonaws.com", "x.amazonaws.com"])
@source("User Guide: column delegated administrator is No; UNRECOGNIZED_SERVICE_PRINCIPAL")
def test_a_service_that_cannot_be_delegated(cloud: Cloud, principal: str) -> None:
    refused(
        "InvalidInputException",
        cloud.organizations.register_delegated_administrator,
        AccountId=cloud.account("a"),
        ServicePrincipal=principal,
        reason="UNRECOGNIZED_SERVICE_PRINCIPAL",
    )


@source("API reference: SERVICE_ACCESS_NOT_ENABLED, registering before service access")
def test_trusted_access_comes_before_delegation(cloud: Cloud) -> None:
    refused(
        "ConstraintViolationException",
        cloud.organizations.register_delegated_administrator,
        AccountId=cloud.account("a"),
        ServicePrincipal=CONFIG,
        reason="SERVICE_ACCESS_NOT_ENABLED",
    )


@source("API reference: CANNOT_REGISTER_MASTER_AS_DELEGATED_ADMINISTRATOR")
def test_the_management_account_is_not_delegated(cloud: Cloud) -> None:
    cloud.trust(CONFIG)
    refused(
        "ConstraintViolationException",
        cloud.organizations.register_delegated_administrator,
        AccountId=cloud.client("sts").get_caller_identity()["Account"],
        ServicePrincipal=CONFIG,
        reason="CANNOT_REGISTER_MASTER_AS_DELEGATED_ADMINISTRATOR",
    )


@source("API reference: CANNOT_REGISTER_SUSPENDED_ACCOUNT_AS_DELEGATED_ADMINISTRATOR")
def test_a_closed_account_is_not_delegated(cloud: Cloud) -> None:
    cloud.trust(CONFIG)
    account = cloud.account("a")
    cloud.organizations.close_account(AccountId=account)
    cloud.advance(3600)
    refused(
        "ConstraintViolationException",
        cloud.organizations.register_delegated_administrator,
        AccountId=account,
        ServicePrincipal=CONFIG,
        reason="CANNOT_REGISTER_SUSPENDED_ACCOUNT_AS_DELEGATED_ADMINISTRATOR",
    )


@source("API reference: RegisterDelegatedAdministrator, AccountNotFoundException")
def test_only_members_are_delegated(cloud: Cloud) -> None:
    cloud.trust(CONFIG)
    refused(
        "AccountNotFoundException",
        cloud.organizations.register_delegated_administrator,
        AccountId="999999999999",
        ServicePrincipal=CONFIG,
    )


@source("API reference: AccountAlreadyRegisteredException")
def test_an_administrator_is_registered_once(cloud: Cloud) -> None:
    account = cloud.account("a")
    cloud.delegate(account, CONFIG)
    refused(
        "AccountAlreadyRegisteredException",
        cloud.organizations.register_delegated_administrator,
        AccountId=account,
        ServicePrincipal=CONFIG,
    )


@source("API reference: DELEGATED_ADMINISTRATOR_EXISTS_FOR_THIS_SERVICE")
def test_some_services_have_one_administrator(cloud: Cloud) -> None:
    cloud.delegate(cloud.account("a"), "access-analyzer.amazonaws.com")
    refused(
        "ConstraintViolationException",
        cloud.organizations.register_delegated_administrator,
        AccountId=cloud.account("b"),
        ServicePrincipal="access-analyzer.amazonaws.com",
        reason="DELEGATED_ADMINISTRATOR_EXISTS_FOR_THIS_SERVICE",
    )


@pytest.mark.parametrize(
    ("principal", "most"),
    [(CONFIG, 3), ("config-multiaccountsetup.amazonaws.com", 3), ("health.amazonaws.com", 5)],
)
@source("Config guide: 3; Health guide: 5; MAX_DELEGATED_ADMINISTRATORS_FOR_SERVICE_LIMIT_EXCEEDED")
def test_some_services_have_a_few(cloud: Cloud, principal: str, most: int) -> None:
    for number in range(most):
        cloud.delegate(cloud.account(f"a{number}"), principal)
    refused(
        "ConstraintViolationException",
        cloud.organizations.register_delegated_administrator,
        AccountId=cloud.account("one-more"),
        ServicePrincipal=principal,
        reason="MAX_DELEGATED_ADMINISTRATORS_FOR_SERVICE_LIMIT_EXCEEDED",
    )


@source("API reference: ListDelegatedServicesForAccount, AccountNotRegisteredException")
def test_services_of_an_administrator_are_listed(cloud: Cloud) -> None:
    account, other = cloud.account("a"), cloud.account("b")
    cloud.delegate(account, CONFIG)
    cloud.delegate(account, "guardduty.amazonaws.com")
    services = cloud.organizations.list_delegated_services_for_account(AccountId=account)["DelegatedServices"]
    assert [service["ServicePrincipal"] for service in services] == [CONFIG, "guardduty.amazonaws.com"]
    refused(
        "AccountNotRegisteredException",
        cloud.organizations.list_delegated_services_for_account,
        AccountId=other,
    )


@source("API reference: DeregisterDelegatedAdministrator, AccountNotRegisteredException")
def test_a_delegation_is_taken_back_once(cloud: Cloud) -> None:
    account = cloud.account("a")
    cloud.delegate(account, CONFIG)
    deregister = cloud.organizations.deregister_delegated_administrator
    deregister(AccountId=account, ServicePrincipal=CONFIG)
    refused("AccountNotRegisteredException", deregister, AccountId=account, ServicePrincipal=CONFIG)
    assert cloud.organizations.list_delegated_administrators()["DelegatedAdministrators"] == []
