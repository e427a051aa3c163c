"""Trusted access of services, and the members that administer them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from landing.core.constraints.principals import SERVICES
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.organizations.access import current
from landing.sandbox.services.organizations.members import shown
from landing.sandbox.services.organizations.refusals import invalid, violated
from landing.sandbox.services.organizations.state import Organization
from landing.sandbox.services.organizations.types import TYPES
from landing.sandbox.world import World

SECONDS = 10
"""Until a service knows that it is trusted (AWS Security Reference Architecture, which sleeps that long)."""


def enable_aws_service_access(call: Call) -> None:
    """Doing it again changes nothing (API reference, EnableAWSServiceAccess)."""
    organization = current(call)
    principal = _known(call["ServicePrincipal"])
    if organization.feature_set != "ALL":
        raise violated("ORGANIZATION_NOT_IN_ALL_FEATURES_MODE", "This needs all features.")
    trust(call.world, organization, principal)


def is_known(call: Call, organization: Organization, principal: str) -> bool:
    """Whether a service knows of its trusted access by now, when the call asks after it."""
    call.poll(_telling(organization, principal))
    return not call.world.clock.is_waiting(_telling(organization, principal))


def _telling(organization: Organization, principal: str) -> tuple[str, str, str]:
    return ("trusted access", organization.management_account, principal)


def _told(world: World) -> None:
    """The service has heard of it."""


def trust(world: World, organization: Organization, principal: str) -> None:
    """Give a service trusted access, as the services' own calls do too."""
    if principal not in organization.services:
        organization.services[principal] = world.now
        world.clock.later(_told, thing=_telling(organization, principal), seconds=SECONDS)
        world.publish("service-trusted", organization.management_account, principal=principal)


def disable_aws_service_access(call: Call) -> None:
    """Not while a policy type needs it (API reference, DisableAWSServiceAccess)."""
    organization = current(call)
    principal = _known(call["ServicePrincipal"])
    if any(TYPES[policy_type].service == principal for policy_type in organization.policy_types):
        raise violated("POLICY_TYPE_ENABLED_FOR_THIS_SERVICE", "You must first disable the policy type.")
    if organization.services.pop(principal, None) is not None:
        call.world.publish("service-distrusted", organization.management_account, principal=principal)


def list_aws_service_access_for_organization(call: Call) -> dict[str, Any]:
    """Principals with the time at which they were trusted (API reference)."""
    return call.page(
        "EnabledServicePrincipals",
        sorted(current(call).services.items()),
        show=lambda item: {"ServicePrincipal": item[0], "DateEnabled": item[1]},
    )


def register_delegated_administrator(call: Call) -> None:
    """An active member, for a trusted service (API reference, RegisterDelegatedAdministrator)."""
    organization = current(call)
    principal = _known(call["ServicePrincipal"], delegable=True)
    account = organization.member(call["AccountId"]).id
    if account == organization.management_account:
        raise violated(
            "CANNOT_REGISTER_MASTER_AS_DELEGATED_ADMINISTRATOR",
            "You cannot register the management account as a delegated administrator.",
        )
    if call.world.accounts[account].state != "ACTIVE":
        raise violated(
            "CANNOT_REGISTER_SUSPENDED_ACCOUNT_AS_DELEGATED_ADMINISTRATOR",
            "You cannot register a suspended account as a delegated administrator.",
        )
    if principal not in organization.services:
        raise violated("SERVICE_ACCESS_NOT_ENABLED", "You must enable service access first.")
    if principal in organization.delegated.get(account, {}):
        raise Refusal(
            "AccountAlreadyRegisteredException",
            "The provided account is already a delegated administrator for your organization.",
        )
    others = administrators(organization, principal)
    if others and SERVICES[principal] == 1:
        raise violated(
            "DELEGATED_ADMINISTRATOR_EXISTS_FOR_THIS_SERVICE", "The service already has a delegated administrator."
        )
    if len(others) >= SERVICES[principal]:
        raise violated(
            "MAX_DELEGATED_ADMINISTRATORS_FOR_SERVICE_LIMIT_EXCEEDED",
            "You have exceeded the number of delegated administrators for the service.",
        )
    delegate(call.world, organization, account, principal)


def delegate(world: World, organization: Organization, account: str, principal: str) -> None:
    """Make a member the administrator of a service, as the services' own calls do too."""
    organization.delegated.setdefault(account, {}).setdefault(principal, world.now)
    world.publish("administrator-registered", account, principal=principal)


def deregister_delegated_administrator(call: Call) -> None:
    """Refused for an account that is none (API reference, DeregisterDelegatedAdministrator)."""
    organization = current(call)
    principal = _known(call["ServicePrincipal"], delegable=True)
    account = organization.member(call["AccountId"]).id
    if principal not in organization.delegated.get(account, {}):
        raise _not_registered()
    undelegate(call.world, organization, account, principal)


def undelegate(world: World, organization: Organization, account: str, principal: str) -> None:
    """Take the administration of a service away again."""
    services = organization.delegated.get(account, {})
    services.pop(principal, None)
    if not services:
        organization.delegated.pop(account, None)
    world.publish("administrator-deregistered", account, principal=principal)


def administrators(organization: Organization, principal: str) -> list[str]:
    """The members that administer a service."""
    return [account for account, services in organization.delegated.items() if principal in services]


def list_delegated_administrators(call: Call) -> dict[str, Any]:
    """Of one service or of all (API reference, ListDelegatedAdministrators)."""
    organization = current(call)
    principal = _known(call["ServicePrincipal"]) if "ServicePrincipal" in call else None
    found = [
        (account, services[principal] if principal else min(services.values()))
        for account, services in organization.delegated.items()
        if principal is None or principal in services
    ]

    def one(item: tuple[str, datetime]) -> dict[str, Any]:
        account = shown(call.world, organization, organization.members[item[0]])
        del account["Paths"]
        return {**account, "DelegationEnabledDate": item[1]}

    return call.page("DelegatedAdministrators", found, show=one)


def list_delegated_services_for_account(call: Call) -> dict[str, Any]:
    """Refused for a member that administers nothing (API reference, ListDelegatedServicesForAccount)."""
    organization = current(call)
    account = organization.member(call["AccountId"]).id
    services = organization.delegated.get(account)
    if not services:
        raise _not_registered()
    return call.page(
        "DelegatedServices",
        sorted(services.items()),
        show=lambda item: {"ServicePrincipal": item[0], "DelegationEnabledDate": item[1]},
    )


def _known(principal: str, *, delegable: bool = False) -> str:
    if principal not in SERVICES or (delegable and not SERVICES[principal]):
        raise invalid("UNRECOGNIZED_SERVICE_PRINCIPAL", "You specified an unrecognized service principal.")
    return principal


def _not_registered() -> Refusal:
    return Refusal(
        "AccountNotRegisteredException",
        "The provided account is not a registered delegated administrator for your organization.",
    )
