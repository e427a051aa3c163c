"""What checks of services with an administrator of the organization begin with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.sandbox.cloud import Cloud


@dataclass(frozen=True)
class Service:
    """How a service's administrator is appointed, looked up and dismissed."""

    name: str
    principal: str
    appoint: Callable[[Any, str], Any]
    dismiss: Callable[[Any, str], Any]
    appointed: Callable[[Any], list[str]]
    taken: str
    """The error when another account is appointed."""
    untrusted: str
    """The error without trusted access."""
    repeated: str | None
    """The error when the same account is appointed again, if there is any."""


MACIE = Service(
    "macie2",
    "macie.amazonaws.com",
    lambda client, account: client.enable_organization_admin_account(adminAccountId=account),
    lambda client, account: client.disable_organization_admin_account(adminAccountId=account),
    lambda client: [
        found["accountId"]
        for found in client.list_organization_admin_accounts()["adminAccounts"]
        if found["status"] == "ENABLED"
    ],
    "ConflictException",
    "ValidationException",
    "ConflictException",
)
INSPECTOR = Service(
    "inspector2",
    "inspector2.amazonaws.com",
    lambda client, account: client.enable_delegated_admin_account(delegatedAdminAccountId=account),
    lambda client, account: client.disable_delegated_admin_account(delegatedAdminAccountId=account),
    lambda client: [
        found["accountId"]
        for found in client.list_delegated_admin_accounts()["delegatedAdminAccounts"]
        if found["status"] == "ENABLED"
    ],
    "ConflictException",
    "AccessDeniedException",
    "ConflictException",
)
DETECTIVE = Service(
    "detective",
    "detective.amazonaws.com",
    lambda client, account: client.enable_organization_admin_account(AccountId=account),
    lambda client, _: client.disable_organization_admin_account(),
    lambda client: [found["AccountId"] for found in client.list_organization_admin_accounts()["Administrators"]],
    "ValidationException",
    "ValidationException",
    None,
)
SERVICES = (MACIE, INSPECTOR, DETECTIVE)


def trusted(cloud: Cloud, service: Service) -> None:
    """Trusted access, and the seconds until the service knows of it."""
    cloud.trust(service.principal)
    cloud.advance(10)  # type: ignore[attr-defined]


def administrator(cloud: Cloud, service: Service) -> str:
    """A member that is the administrator of the service in us-east-1, and known as such."""
    account = cloud.account("security")
    trusted(cloud, service)
    service.appoint(cloud.client(service.name), account)
    cloud.advance(10)  # type: ignore[attr-defined]
    return account
