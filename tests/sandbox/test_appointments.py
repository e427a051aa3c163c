"""Administrators that Macie, Inspector and Detective have by appointment (each service's page on Organizations)."""

from __future__ import annotations

import pytest

from tests.sandbox.appointed import INSPECTOR, MACIE, SERVICES, Service, administrator, trusted
from tests.sandbox.cloud import Cloud, refused, source

each = pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)


def delegated(cloud: Cloud, service: Service) -> list[str]:
    organizations = cloud.organizations
    found = organizations.list_delegated_administrators(ServicePrincipal=service.principal)
    return [account["Id"] for account in found["DelegatedAdministrators"]]


@each
@source("Organizations User Guide, AWS services that you can use: macie, inspector2, detective: trusted access")
def test_trusted_access_comes_first(cloud: Cloud, service: Service) -> None:
    account, client = cloud.account("security"), cloud.client(service.name)
    refused(service.untrusted, lambda: service.appoint(client, account))
    trusted(cloud, service)
    service.appoint(client, account)
    assert service.appointed(client) == [account]


@each
@source("AWS Security Reference Architecture: macie_org, inspector_org, detective_org sleep after trusted access")
def test_a_service_knows_of_its_trusted_access_after_some_seconds(cloud: Cloud, service: Service) -> None:
    account, client = cloud.account("security"), cloud.client(service.name)
    cloud.trust(service.principal)
    refused("ValidationException", lambda: service.appoint(client, account))
    cloud.advance(10)  # type: ignore[attr-defined]
    service.appoint(client, account)


@each
@source("Organizations User Guide, delegated administrators of macie, inspector2, detective")
def test_organizations_knows_the_administrator(cloud: Cloud, service: Service) -> None:
    account = administrator(cloud, service)
    assert delegated(cloud, service) == [account]
    service.dismiss(cloud.client(service.name), account)
    assert delegated(cloud, service) == []
    assert service.appointed(cloud.client(service.name)) == []


@each
@source("macie2, detective: EnableOrganizationAdminAccount; inspector2: EnableDelegatedAdminAccount (API references)")
def test_only_the_management_account_appoints(cloud: Cloud, service: Service) -> None:
    trusted(cloud, service)
    account = cloud.account("security")
    refused("AccessDeniedException", lambda: service.appoint(cloud.client(service.name, account), account))
    refused("AccessDeniedException", lambda: service.appointed(cloud.client(service.name, account)))


@each
@source("macie2, detective: EnableOrganizationAdminAccount; inspector2: EnableDelegatedAdminAccount (API references)")
def test_a_stranger_is_not_appointed(cloud: Cloud, service: Service) -> None:
    trusted(cloud, service)
    client = cloud.client(service.name)
    error = refused(service.untrusted, lambda: service.appoint(client, "999999999999"))
    assert "member of the organization" in str(error)


@each
@source("Macie, Inspector, Detective guides: the same administrator in every Region, Region by Region")
def test_one_account_is_appointed_region_by_region(cloud: Cloud, service: Service) -> None:
    account, other = administrator(cloud, service), cloud.account("other")
    europe = cloud.client(service.name, region="eu-west-1")
    assert service.appointed(europe) == []
    for client in (cloud.client(service.name), europe):
        refused(service.taken, lambda client=client: service.appoint(client, other))
    service.appoint(europe, account)
    service.dismiss(cloud.client(service.name), account)
    assert (service.appointed(europe), delegated(cloud, service)) == ([account], [account])


@pytest.mark.parametrize(
    ("service", "lists", "listed", "status"),
    [
        (MACIE, "list_organization_admin_accounts", "adminAccounts", "DISABLING_IN_PROGRESS"),
        (INSPECTOR, "list_delegated_admin_accounts", "delegatedAdminAccounts", "DISABLE_IN_PROGRESS"),
    ],
)
@source("macie2: AdminStatus; inspector2: DelegatedAdminStatus (API references)")
def test_one_that_is_dismissed_is_there_for_a_while(
    cloud: Cloud, service: Service, lists: str, listed: str, status: str
) -> None:
    account, other, client = administrator(cloud, service), cloud.account("other"), cloud.client(service.name)
    service.dismiss(client, account)
    assert [(each["accountId"], each["status"]) for each in getattr(client, lists)()[listed]] == [(account, status)]
    while getattr(client, lists)()[listed]:
        pass
    service.appoint(client, other)
    service.dismiss(client, other)
    refused("ConflictException", lambda: service.appoint(client, account))


@each
@source("inspector2: EnableDelegatedAdminAccount, ConflictException; detective: EnableOrganizationAdminAccount again")
def test_an_administrator_is_appointed_once(cloud: Cloud, service: Service) -> None:
    account, client = administrator(cloud, service), cloud.client(service.name)
    if service.repeated:
        refused(service.repeated, lambda: service.appoint(client, account))
    else:
        service.appoint(client, account)
    assert service.appointed(client) == [account]


@each
@source("Organizations: DeregisterDelegatedAdministrator (API reference); acts in every Region")
def test_organizations_dismisses_everywhere(cloud: Cloud, service: Service) -> None:
    account = administrator(cloud, service)
    service.appoint(cloud.client(service.name, region="eu-west-1"), account)
    cloud.organizations.deregister_delegated_administrator(AccountId=account, ServicePrincipal=service.principal)
    for region in ("us-east-1", "eu-west-1"):
        assert service.appointed(cloud.client(service.name, region=region)) == []


@each
@source("Macie, Inspector, Detective: service-linked roles (each guide)")
def test_the_administrator_gets_the_role_of_the_service(cloud: Cloud, service: Service) -> None:
    account = administrator(cloud, service)
    roles = cloud.client("iam", account).list_roles(PathPrefix=f"/aws-service-role/{service.principal}/")["Roles"]
    assert len(roles) == 1
