"""Delegated administrators of CloudTrail, which are appointed by CloudTrail's own call."""

from __future__ import annotations

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import accounts
from landing.sandbox.services.call import Call
from landing.sandbox.services.cloudtrail.state import PRINCIPAL
from landing.sandbox.services.iam import linked_roles

MOST = 3


def register_organization_delegated_admin(call: Call) -> None:
    """Three at most; service-linked roles come with it (API reference)."""
    organization, account = _managed(call), call["MemberAccountId"]
    if account == organization.management_account:
        raise Refusal(
            "CannotDelegateManagementAccountException", "The management account cannot be a delegated administrator."
        )
    if account not in organization.members or call.world.accounts[account].state != "ACTIVE":
        raise Refusal("AccountNotFoundException", "The account is not an active account of the organization.")
    registered = accounts.administrators(organization, PRINCIPAL)
    if account in registered:
        raise Refusal("AccountRegisteredException", "The account is registered already.")
    if len(registered) >= MOST:
        raise Refusal(
            "DelegatedAdminAccountLimitExceededException", f"There are at most {MOST} delegated administrators."
        )
    for who in (organization.management_account, account):
        linked_roles.ensure(call.world, who, PRINCIPAL)
    accounts.delegate(call.world, organization, account, PRINCIPAL)


def deregister_organization_delegated_admin(call: Call) -> None:
    """API reference, DeregisterOrganizationDelegatedAdmin."""
    organization, account = _managed(call), call["DelegatedAdminAccountId"]
    if account not in organization.members:
        raise Refusal("AccountNotFoundException", "The account is not part of the organization.")
    if account not in accounts.administrators(organization, PRINCIPAL):
        raise Refusal("AccountNotRegisteredException", "The account is not a delegated administrator.")
    accounts.undelegate(call.world, organization, account, PRINCIPAL)


def _managed(call: Call) -> accounts.Organization:
    organization = accounts.organization_of(call.world, call.account)
    if organization is None:
        raise Refusal("OrganizationsNotInUseException", "The account is not a member of an organization.")
    if organization.management_account != call.account:
        raise Refusal(
            "NotOrganizationManagementAccountException", "The account is not the organization's management account."
        )
    if organization.feature_set != "ALL":
        raise Refusal("OrganizationNotInAllFeaturesModeException", "The organization has not all features.")
    if PRINCIPAL not in organization.services:
        raise Refusal("CloudTrailAccessNotEnabledException", "Trusted access for CloudTrail is not enabled.")
    return organization
