"""Administrators: the default one, and those that have a part (Developer Guide, "Firewall Manager administrators")."""

from __future__ import annotations

from typing import Any

from landing.core.partitions import GLOBAL_REGION
from landing.sandbox.services import accounts
from landing.sandbox.services.administrator import managed
from landing.sandbox.services.call import Call
from landing.sandbox.services.fms.state import (
    PLACES,
    PRINCIPAL,
    Administrator,
    absent,
    beyond,
    denied,
    impossible,
    invalid,
    office,
)
from landing.sandbox.services.iam import linked_roles
from landing.sandbox.world import World

MOST = 10
"""Administrators of an organization, with the default one (Developer Guide, "quotas")."""
REST = 600
"""For how many seconds nobody can be the next default administrator, after one has resigned (as people report)."""
CHOICES = {
    "AccountScope": ("Accounts", "AllAccountsEnabled"),
    "OrganizationalUnitScope": ("OrganizationalUnits", "AllOrganizationalUnitsEnabled"),
    "RegionScope": ("Regions", "AllRegionsEnabled"),
    "PolicyTypeScope": ("PolicyTypes", "AllPolicyTypesEnabled"),
}


def associate_admin_account(call: Call) -> None:
    """A member, in us-east-1; ready after minutes (API reference, AssociateAdminAccount)."""
    organization, account = _organization(call), call["AdminAccount"]
    there = office(call.world, call.account)
    _member(call, organization, account)
    if there.default is not None:
        raise impossible("The account is already set, or another is, as the Firewall Manager administrator.")
    if there.leaving:
        raise impossible("The organization is still being taken off Firewall Manager.")
    there.default = Administrator(account, "CREATING")
    accounts.trust(call.world, organization, PRINCIPAL)
    accounts.delegate(call.world, organization, account, PRINCIPAL)
    linked_roles.ensure(call.world, account, PRINCIPAL)
    call.world.clock.later(ready, call.account, thing=_thing(call.account))


def ready(world: World, management: str) -> None:
    """The role is there."""
    default = office(world, management).default
    if default is not None and default.status == "CREATING":
        default.status = "READY"


def get_admin_account(call: Call) -> dict[str, Any]:
    """The default one (API reference, GetAdminAccount)."""
    organization = _member_of(call)
    there = office(call.world, organization.management_account)
    call.poll(_thing(organization.management_account))
    if there.default is None:
        raise absent("There is no Firewall Manager administrator.")
    return {"AdminAccount": there.default.account, "RoleStatus": there.default.status}


def disassociate_admin_account(call: Call) -> None:
    """By the administrator itself, the default one last; its policies go (API reference, DisassociateAdminAccount)."""
    organization = _member_of(call)
    there = office(call.world, organization.management_account)
    if there.default is not None and there.default.account == call.account:
        if there.others:
            raise impossible("All other administrators must disassociate their accounts first.")
        if there.default.status == "DELETING":
            raise impossible("The administrator is being removed already.")
        there.default.status = "DELETING"
        thing = _thing(organization.management_account)
        call.world.clock.later(gone, organization.management_account, thing=thing)
    elif call.account not in there.others or there.others[call.account].status == "OFFBOARDING":
        raise impossible("Only a Firewall Manager administrator can disassociate its account.")
    else:
        there.others[call.account].status = "OFFBOARDING"
        management = organization.management_account
        call.world.clock.later(parted, management, call.account, thing=(*_thing(management), call.account))
    for account, _, place in PLACES.every(call.world):
        if account == call.account:
            place.policies.clear()
            place.channel = None


def parted(world: World, management: str, account: str) -> None:
    """It has no part any more."""
    office(world, management).others.pop(account, None)


def onboarded(world: World, management: str, account: str) -> None:
    """It has one."""
    other = office(world, management).others.get(account)
    if other is not None and other.status == "ONBOARDING":
        other.status = "ONBOARDING_COMPLETE"


def gone(world: World, management: str) -> None:
    """Nobody is the default administrator any more, and for a while nobody can be."""
    there, organization = office(world, management), accounts.membership(world, management)
    if there.default is not None:
        accounts.undelegate(world, organization, there.default.account, PRINCIPAL)
        there.default, there.leaving = None, True
        world.clock.later(rested, management, thing=_thing(management), seconds=REST)


def rested(world: World, management: str) -> None:
    """The organization may come back."""
    office(world, management).leaving = False


def put_admin_account(call: Call) -> None:
    """A member with a part of it, made a delegated administrator (API reference, PutAdminAccount)."""
    organization, account = _organization(call), call["AdminAccount"]
    there = office(call.world, call.account)
    _member(call, organization, account)
    if there.default is None or there.default.status != "READY":
        raise impossible("The organization has no default administrator.")
    scope = call.get("AdminScope") or {}
    for name, (listed, everything) in CHOICES.items():
        part = scope.get(name) or {}
        if part.get(listed) and part.get(everything):
            raise invalid(f"{listed} and {everything} cannot both be given.")
        if part.get(everything) and any(part.get(but) for but in part if but.startswith("Exclude")):
            raise invalid(f"{everything} and an exclusion cannot both be given.")
    _check_scope(call, organization, scope)
    if account == there.default.account:
        raise invalid("The default administrator has full administrative scope.")
    if account in there.others and there.others[account].status == "OFFBOARDING":
        raise impossible("The administrator is being removed.")
    if account not in there.others and len(there.others) + 1 >= MOST:
        raise beyond(f"An organization has at most {MOST} administrators.")
    if account in there.others:
        there.others[account].scope = scope
        return
    there.others[account] = Administrator(account, "ONBOARDING", scope)
    call.world.clock.later(onboarded, call.account, account, thing=(*_thing(call.account), account))
    accounts.delegate(call.world, organization, account, PRINCIPAL)
    linked_roles.ensure(call.world, account, PRINCIPAL)


def get_admin_scope(call: Call) -> dict[str, Any]:
    """Of any administrator (API reference, GetAdminScope)."""
    there = office(call.world, _member_of(call).management_account)
    account = call["AdminAccount"]
    if there.default is not None and there.default.account == account:
        return {
            "AdminScope": {name: {every: True} for name, (_, every) in CHOICES.items()},
            "Status": _shown(there.default),
        }
    call.poll((*_thing(_member_of(call).management_account), account))
    if account not in there.others:
        raise absent("The account is no Firewall Manager administrator.")
    return {"AdminScope": there.others[account].scope, "Status": there.others[account].status}


def list_admin_accounts_for_organization(call: Call) -> dict[str, Any]:
    """For the management account (API reference)."""
    _organization(call)
    there = office(call.world, call.account)
    for account in [*there.others]:
        call.poll((*_thing(call.account), account))
    found = [*([there.default] if there.default else []), *there.others.values()]

    def shown(each: Administrator) -> dict[str, Any]:
        return {"AdminAccount": each.account, "DefaultAdmin": each is there.default, "Status": _shown(each)}

    return call.page("AdminAccounts", found, show=shown)


def list_member_accounts(call: Call) -> dict[str, Any]:
    """Every member, for administrators and the management account (API reference)."""
    return call.page("MemberAccounts", [*_member_of(call).members])


def _check_scope(call: Call, organization: accounts.Organization, scope: dict[str, Any]) -> None:
    """What it names is in the organization (API reference, AdminScope)."""
    members = (scope.get("AccountScope") or {}).get("Accounts") or []
    units = (scope.get("OrganizationalUnitScope") or {}).get("OrganizationalUnits") or []
    strange = [each for each in members if each not in organization.members]
    strange += [each for each in units if each not in organization.units]
    if strange:
        raise invalid(f"Input AdminScope contains invalid IDs: {', '.join(strange)}")
    if "THIRD_PARTY_FIREWALL" in ((scope.get("PolicyTypeScope") or {}).get("PolicyTypes") or []):
        raise invalid("Third-party policy types can only be managed by the Firewall Manager default administrator.")


def _shown(each: Administrator) -> str:
    words = {"CREATING": "ONBOARDING", "READY": "ONBOARDING_COMPLETE", "DELETING": "OFFBOARDING"}
    return words.get(each.status, each.status)


def _thing(management: str) -> tuple[str, str]:
    return ("fms", management)


def _organization(call: Call) -> accounts.Organization:
    """The organization whose management account calls, in the one Region for it."""
    organization = managed(call)
    if organization is None:
        raise denied("Only the management account of an organization may do that.")
    if call.region != GLOBAL_REGION[call.partition]:
        raise impossible(f"Administrators are managed in {GLOBAL_REGION[call.partition]}.")
    return organization


def _member_of(call: Call) -> accounts.Organization:
    organization = accounts.organization_of(call.world, call.account)
    if organization is None:
        raise impossible("The account is in no organization.")
    return organization


def _member(call: Call, organization: accounts.Organization, account: str) -> None:
    if account == organization.management_account:
        raise invalid("The management account cannot be a Firewall Manager administrator.")
    if account not in organization.members or call.world.accounts[account].state != "ACTIVE":
        raise invalid("The account is not an active member of the organization.")
