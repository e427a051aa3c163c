"""Delegated administrators that AWS Organizations itself registers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from landing.aws import Aws, unless
from landing.core.constraints.principals import SERVICES as PRINCIPALS
from landing.core.model import Action, Address, Change, Resource, Scope
from landing.organization import Organization
from landing.organization.resources import DELEGATED_ADMINISTRATOR
from landing.services.base import Kind, Ownership, required_account
from landing.services.organizations.trusted_access import TrustedAccess
from landing.services.strength import Weaker, on


class DelegatedAdministrator(Kind):
    """An account that administers a service (RegisterDelegatedAdministrator), named `principal/account`.

    GuardDuty, Security Hub and CloudTrail have calls of their own and are not registered here.
    """

    name = DELEGATED_ADMINISTRATOR
    title = "Delegated administrator"
    ownership = Ownership.CONFIG
    controls = ("cis-aws-7.0:2.1.6",)
    help_uri = "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_integrate_delegated_admin.html"
    weaker: ClassVar[Mapping[str, Weaker]] = {"delegated": on}
    parallel = 1
    removal = ""
    reads = ("organizations:ListDelegatedAdministrators", "organizations:ListDelegatedServicesForAccount")
    writes = ("organizations:RegisterDelegatedAdministrator",)

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """What the services of the config need, and what it names besides."""
        for principal, account in organization.delegated_administrators.items():
            needs = [required_account(account)]
            if principal in organization.trusted_access:
                needs.append(TrustedAccess().address(principal))
            source = organization.sources.get(f"delegated_administrators.{principal}") or organization.sources.get(
                "roles.security_tooling"
            )
            yield Resource(self.address(f"{principal}/{account}"), {"delegated": True}, tuple(needs), source=source)

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """Every registration but those that a service made itself; others than ours are unmanaged."""
        if aws.tree.description is None:
            return
        keys = aws.tree.account_keys
        for principal, account in aws.tree.administrators:
            if principal not in organization.appointing:  # by a call of the service, which is a kind of its own
                yield Resource(
                    self.address(f"{principal}/{keys.get(account, account)}"), {"delegated": True}, owned=False
                )

    def impossible(self, change: Change, live: Mapping[Address, Resource]) -> Iterable[str]:
        """Another one, of a service that AWS gives one: who it is now has set up things that go with them."""
        principal, _, account = change.address.name.partition("/")
        if change.action is not Action.CREATE or PRINCIPALS.get(principal) != 1:
            return
        for address in live:
            known, _, other = address.name.partition("/")
            if address.kind == self.name and known == principal and other != account:
                command = f"aws organizations deregister-delegated-administrator --service-principal {principal}"
                yield (
                    f"{principal} has one delegated administrator, which is {other}: dismiss it first, with whatever "
                    f"goes with it: {command} --account-id …"
                )

    def beside(self, change: Change, others: Mapping[str, str]) -> Iterable[str]:
        """Who was it before stays registered, with what it has set up: nobody else knows what that is good for."""
        principal, _, account = change.address.name.partition("/")
        for name in others if change.action is Action.CREATE else ():
            known, _, other = name.partition("/")
            if known == principal and other != account:
                yield (
                    f"{other} stays registered beside it, and keeps what was set up there, our stacks among it, until "
                    f"somebody deletes that and dismisses it: aws organizations deregister-delegated-administrator "
                    f"--service-principal {principal} --account-id …"
                )

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Register; being registered already is success."""
        assert change.action is not Action.DELETE
        principal, _, account = change.address.name.partition("/")
        with aws.writing, unless("AccountAlreadyRegisteredException"):
            aws.client("organizations").register_delegated_administrator(
                AccountId=aws.tree.account_ids[account], ServicePrincipal=principal
            )
        aws.tree.forget_administrators()
