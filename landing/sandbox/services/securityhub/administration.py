"""The administrator of an organization's Security Hub."""

from __future__ import annotations

from typing import Any

from landing.sandbox.services import accounts
from landing.sandbox.services.call import Call
from landing.sandbox.services.securityhub import rollout
from landing.sandbox.services.securityhub.state import (
    PRINCIPAL,
    administrations,
    here,
    invalid,
    no_access,
)

NEWER = "SecurityHubV2"


def enable_organization_admin_account(call: Call) -> dict[str, Any]:
    """From the management account; trusted access comes with it, and one account serves all Regions.

    Organizations User Guide, "AWS Security Hub CSPM and AWS Organizations"; User Guide, "Designating...".
    """
    organization = _managed(call)
    account, feature = call["AdminAccountId"], call.get("Feature", "SecurityHub")
    if account not in organization.members or call.world.accounts[account].state != "ACTIVE":
        raise invalid(f"The account {account} is not an active account of the organization.")
    place = here(call)
    appointed = place.appointed2 if feature == NEWER else place.appointed
    elsewhere = {admin for admin, _, _ in administrations(call.world, organization.management_account)}
    registered = set(accounts.administrators(organization, PRINCIPAL))
    if ({appointed} | elsewhere | registered) - {None, account}:
        raise invalid("Another account is the Security Hub administrator of the organization.")
    accounts.trust(call.world, organization, PRINCIPAL)
    if account != organization.management_account:
        accounts.delegate(call.world, organization, account, PRINCIPAL)
    if feature == NEWER:
        place.appointed2 = account
    elif appointed is None:
        rollout.appoint(call.world, organization.management_account, account, call.region)
    return {"AdminAccountId": account, "Feature": feature}


def disable_organization_admin_account(call: Call) -> None:
    """In this Region; in the last one Organizations forgets it too (API reference)."""
    organization = _managed(call)
    account, place = call["AdminAccountId"], here(call)
    newer = call.get("Feature", "SecurityHub") == NEWER
    if account != (place.appointed2 if newer else place.appointed):
        raise invalid(f"The account {account} is not the Security Hub administrator.")
    if newer:
        place.appointed2 = None
    else:
        rollout.dismiss(call.world, organization.management_account, call.region)
    remaining = any(True for _ in administrations(call.world, organization.management_account))
    if not remaining and place.appointed2 is None and PRINCIPAL in organization.delegated.get(account, ()):
        accounts.undelegate(call.world, organization, account, PRINCIPAL)


def list_organization_admin_accounts(call: Call) -> dict[str, Any]:
    """For the management account (API reference, ListOrganizationAdminAccounts)."""
    _managed(call)
    feature = call.get("Feature", "SecurityHub")
    appointed = here(call).appointed2 if feature == NEWER else here(call).appointed
    found = [] if appointed is None else [{"AccountId": appointed, "Status": "ENABLED"}]
    return {**call.page("AdminAccounts", found), "Feature": feature}


def _managed(call: Call) -> accounts.Organization:
    organization = accounts.organization_of(call.world, call.account)
    if organization is None or organization.management_account != call.account:
        raise no_access("The request must be made by the organization management account.")
    return organization
