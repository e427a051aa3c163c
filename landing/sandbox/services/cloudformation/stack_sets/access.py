"""Trusted access of StackSets to the organization: the prerequisite of service-managed stack sets."""

from __future__ import annotations

from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import accounts
from landing.sandbox.services.call import Call
from landing.sandbox.services.cloudformation.stack_sets import requests
from landing.sandbox.services.cloudformation.stack_sets.requests import MEMBER_PRINCIPAL
from landing.sandbox.services.iam import create_service_linked_role

ADMIN_ROLE = "AWSServiceRoleForCloudFormationStackSetsOrgAdmin"
ADMIN_PRINCIPAL = "stacksets.cloudformation.amazonaws.com"


def _organization(call: Call) -> accounts.Organization:
    organization = accounts.organization_of(call.world, call.account)
    if organization is None or organization.management_account != call.account:
        raise Refusal("InvalidOperationException", "Only the organization's management account may do this.")
    if organization.feature_set != "ALL":
        raise Refusal("InvalidOperationException", "The organization has not all features enabled.")
    return organization


def activate_organizations_access(call: Call) -> dict[str, Any]:
    """Trusted access, and the service-linked role of the management account (API reference)."""
    organization = _organization(call)
    accounts.trust(call.world, organization, MEMBER_PRINCIPAL)
    backend = call.backend("iam")
    if not any(role.name == ADMIN_ROLE for role in backend.get_roles()):
        create_service_linked_role(backend, ADMIN_PRINCIPAL, ADMIN_ROLE)
    return {}


def deactivate_organizations_access(call: Call) -> dict[str, Any]:
    """Service-managed sets stay as they are, and cannot be operated on (API reference)."""
    organization = _organization(call)
    if organization.services.pop(MEMBER_PRINCIPAL, None) is not None:
        call.world.publish("service-distrusted", organization.management_account, principal=MEMBER_PRINCIPAL)
    return {}


def describe_organizations_access(call: Call) -> dict[str, Any]:
    """For the management account and delegated administrators (API reference)."""
    management = requests.owner(call)
    if not accounts.is_management(call.world, management):
        raise Refusal("InvalidOperationException", "Only the organization's management account may do this.")
    is_on = accounts.has_trusted_access(call.world, management, MEMBER_PRINCIPAL)
    return {"Status": "ENABLED" if is_on else "DISABLED"}
