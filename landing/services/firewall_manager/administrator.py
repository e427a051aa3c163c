"""The default administrator of AWS Firewall Manager."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from landing.aws import Aws, unless
from landing.core.errors import TimedOut
from landing.core.model import Action, Address, Change, Resource, Scope
from landing.core.partitions import GLOBAL_REGION
from landing.core.text import few
from landing.organization import Organization
from landing.services.firewall_manager.settings import TRUSTED, FirewallManagerSettings
from landing.services.shapes import APPOINTING, NAME, ServiceAdministrator

POLICY = "firewall_policy"
"""The kind of its policies, which go with it."""
DEFAULT = "firewall_administrator"
PART = "firewall_part_administrator"
"""The kind of the administrators that have a part, and go before it."""
LEAVING = ("OFFBOARDING", "OFFBOARDING_COMPLETE")
READY, GONE = "READY", "DELETED"


class FirewallAdministrator(ServiceAdministrator):
    """Appointed once, in the region of global services (AssociateAdminAccount); AWS then takes minutes.

    An administrator resigns, and nobody can dismiss it: DisassociateAdminAccount is called in its own account.
    """

    name = DEFAULT
    title = "Firewall Manager administrator"
    service = "firewall_manager"
    client_name = "fms"
    lost = "every policy of that account, which AWS deletes with it, and what the policies hold accounts to"
    controls = ("nist-csf-2.0:GV.RR-02",)
    help_uri = "https://docs.aws.amazon.com/waf/latest/developerguide/enable-integration.html"
    reads = ("fms:GetAdminAccount",)
    writes = (
        "fms:AssociateAdminAccount",
        "fms:DisassociateAdminAccount",
        "fms:ListAdminAccountsForOrganization",
        "fms:GetAdminScope",
        "fms:PutAdminAccount",
        "sts:AssumeRole",
        *APPOINTING,
    )
    linked = TRUSTED

    def scopes(self, organization: Organization) -> Iterator[Scope]:
        """The management account, in the one region that takes these calls."""
        yield place(organization)

    def administrators(self, aws: Aws, client: Any) -> Iterable[tuple[str, str]]:
        """GetAdminAccount: the default administrator, and how far AWS is with it."""
        with unless("ResourceNotFoundException"):
            found = client.get_admin_account()
            if found.get("AdminAccount") and found.get("RoleStatus") != GONE:
                yield found["AdminAccount"], "ENABLED" if found.get("RoleStatus") == READY else found["RoleStatus"]

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Whoever is in the way resigns first, for which the plan asks; then the account is appointed, until ready.

        Before a default administrator go those that have a part (API reference, DisassociateAdminAccount): they are
        appointed again, as they were.
        """
        client = aws.client(self.client_name, change.address.scope)
        wanted = aws.tree.account_ids[change.after["account"]] if change.after else ""
        again = {}
        for admin, status in list(self.administrators(aws, client)):
            if admin != wanted:
                for account in dict(parts(aws, client)):
                    again[account] = client.get_admin_scope(AdminAccount=account)["AdminScope"]
                    resign(aws, client, account)
                self._resign(aws, client, admin, status)
        if wanted:
            self._appoint(aws, client, wanted)
            for account, scope in again.items():
                if account != wanted:
                    client.put_admin_account(AdminAccount=account, AdminScope=scope)

    def _resign(self, aws: Aws, client: Any, admin: str, status: str) -> None:
        if status in ("ENABLED", "CREATING"):
            own = Scope(aws.tree.account_keys[admin], client.meta.region_name)
            aws.client(self.client_name, own).disassociate_admin_account()
        for _ in aws.poll(f"the resignation of the {self.title}", "firewall_administrator"):
            if admin not in dict(self.administrators(aws, client)):
                return

    def _appoint(self, aws: Aws, client: Any, account: str) -> None:
        """Again and again: AWS refuses for minutes after trusted access and resignations, or does nothing and says so.

        Refused until the end, its reason is what is told.
        """
        refused = unless()
        try:
            for _ in aws.poll(f"the appointment of the {self.title}", "firewall_administrator"):
                status = dict(self.administrators(aws, client)).get(account)
                if status == "ENABLED":
                    return
                if status is None:
                    with unless("InvalidOperationException") as refused:
                        self.appoint(client, account)
        except TimedOut:
            if refused.code:
                refused.again()
            raise

    def appoint(self, client: Any, account: str) -> None:
        """AssociateAdminAccount."""
        client.associate_admin_account(AdminAccount=account)

    def dismiss(self, client: Any, account: str) -> None:
        """DisassociateAdminAccount, by a client of the account itself."""
        client.disassociate_admin_account()

    def impossible(self, change: Change, live: Mapping[Address, Resource]) -> Iterable[str]:
        """Policies of others in that account would be deleted with it."""
        if change.before is None or change.before == change.after:
            return
        others = sorted(each.name for each in live if each.kind == PART and not live[each].owned)
        if others:
            yield (
                f"AWS lets the default administrator go after all others only, and {few(others)} is not ours: let it "
                "resign first, name it under `administrators` and apply that, or keep the administrator"
            )
        theirs = _theirs(live, change.before["account"])
        if theirs:
            yield (
                f"AWS deletes every policy of {change.before['account']} with it, and {few(theirs)} are not ours: let "
                "their owners delete them first, or keep the administrator"
            )

    def notes(self, organization: Organization, change: Change) -> Iterable[str]:
        """Who else resigns meanwhile."""
        yield from super().notes(organization, change)
        service = organization.service(FirewallManagerSettings)
        named = sorted(service.settings.administrators) if service else ()
        if change.action is Action.UPDATE and change.before != change.after and named:
            yield (
                f"{few(named)} resigns before that, with every policy that it has made, and is appointed again after it"
            )


def parts(aws: Aws, client: Any) -> Iterator[tuple[str, str]]:
    """The id of each administrator that has a part, and its status; one on its way out is none."""
    with unless("ResourceNotFoundException"):
        for each in aws.listed(client, "list_admin_accounts_for_organization", "AdminAccounts"):
            if not each["DefaultAdmin"] and each["Status"] not in LEAVING:
                yield each["AdminAccount"], each["Status"]


def resign(aws: Aws, client: Any, account: str) -> None:
    """One that has a part: a call of its own account, until AWS lists it no more."""
    if account in dict(parts(aws, client)):
        own = Scope(aws.tree.account_keys[account], client.meta.region_name)
        aws.client("fms", own).disassociate_admin_account()
    for _ in aws.poll("the resignation of an administrator of Firewall Manager", "firewall_administrator"):
        with unless("ResourceNotFoundException"):
            listed = aws.listed(client, "list_admin_accounts_for_organization", "AdminAccounts")
            there = {each["AdminAccount"] for each in listed if each["Status"] != LEAVING[-1]}
            if account in there:
                continue
        return


def default_administrator(organization: Organization) -> Address:
    """The appointment that everything of it needs."""
    return Address(DEFAULT, NAME, place(organization))


def place(organization: Organization) -> Scope:
    """Where administrators are appointed (API reference: us-east-1 in the commercial regions)."""
    return Scope(organization.management, GLOBAL_REGION[organization.partition])


def _theirs(live: Mapping[Address, Resource], account: str) -> list[str]:
    return sorted(
        f"{address.name} in {address.scope.region}"
        for address, each in live.items()
        if address.kind == POLICY and not each.owned and address.scope.account == account
    )
