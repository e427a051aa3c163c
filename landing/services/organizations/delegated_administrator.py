"""Delegated administrators that AWS Organizations itself registers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from landing.aws import Aws, unless
from landing.core.constraints.principals import NAMES, SERVICES
from landing.core.model import Action, Address, Change, Resource, Scope
from landing.core.text import few
from landing.organization import Organization
from landing.organization.resources import DELEGATED_ADMINISTRATOR
from landing.services.base import Kind, Ownership, required_account
from landing.services.organizations.trusted_access import TrustedAccess
from landing.services.strength import Weaker, on


class DelegatedAdministrator(Kind):
    """An account that administers a service (RegisterDelegatedAdministrator), named `principal/account`.

    Services that appoint theirs by a call of their own (`APPOINTED_BY`) are not registered here.
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
        for principal, accounts in organization.delegated_administrators.items():
            trusted = [TrustedAccess().address(principal)] if principal in organization.trusted_access else []
            place = f"organization.trusted_access.{NAMES.get(principal)}"
            source = organization.sources.get(place) or organization.sources.get("roles.security_tooling")
            for account in accounts:
                needs = (required_account(account), *trusted)
                yield Resource(self.address(f"{principal}/{account}"), {"delegated": True}, needs, source=source)

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
        """Another one, of a service that has as many as AWS gives it: they have set up things that go with them."""
        principal, _, account = change.address.name.partition("/")
        if change.action is not Action.CREATE:
            return
        named = (address.name.partition("/") for address in live if address.kind == self.name)
        others = sorted(other for known, _, other in named if known == principal and other != account)
        most = SERVICES.get(principal, 0)
        if most and len(others) >= most:
            command = f"aws organizations deregister-delegated-administrator --service-principal {principal}"
            has = "one delegated administrator, which is" if most == 1 else f"at most {most} delegated administrators:"
            yield (
                f"{principal} has {has} {few(others)}: dismiss it first, with whatever goes with it: "
                f"{command} --account-id …"
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
