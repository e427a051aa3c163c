"""Members of Macie: who should be one and is not, who is paused, and where automated discovery differs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, ClassVar

from landing.aws import SERVICE_DENIES, Aws, batched, unless
from landing.core import forms
from landing.core.errors import OperationFailed
from landing.core.model import Action, Attributes, Change, Resource, Scope
from landing.core.text import few
from landing.organization import EnabledService, Organization
from landing.organization.resources import ACCOUNT
from landing.services.macie.session import Macie
from landing.services.macie.settings import CHOSEN, TRUSTED, MacieSettings
from landing.services.overrides import by_account
from landing.services.shapes import NAME, TOO_EARLY, AdministeredSetting, refusals, until_in_effect
from landing.services.strength import Weaker, neutral

MOST = 50
"""Accounts of a call of BatchUpdateAutomatedDiscoveryAccounts, whose API reference gives no bound."""

AT_REST = ("RegionDisabled", "AccountSuspended")
"""Relationships of members in which Macie can do nothing, and AWS nothing about it (API reference, Member)."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of an account; None where that is left as it is."""

    member: str | None
    discovered: bool | None


@dataclass(slots=True)
class Found:
    """What differs in a region, by account key."""

    missing: list[str] = field(default_factory=list)
    paused: list[str] = field(default_factory=list)
    running: list[str] = field(default_factory=list)
    """Those that should be paused."""
    undiscovered: list[str] = field(default_factory=list)
    discovered: list[str] = field(default_factory=list)
    """Those in which discovery should be off."""

    def attributes(self) -> dict[str, Any]:
        """As a resource has them."""
        return {name: getattr(self, name) for name in LISTS}


LISTS = ("missing", "paused", "running", "undiscovered", "discovered")


def _ended(words: str) -> Weaker:
    """Accounts in which something is on, against the config."""

    def order(before: Collection[str], after: Collection[str]) -> Iterator[str]:
        left = sorted(set(before) - set(after))
        if left:
            yield f"{words} in {few(left)}"

    return order


class MacieMembers(AdministeredSetting):
    """What differs among the members of a region; nothing does where all is as declared, however many they are.

    AWS has one list of members (ListMembers), and makes them one a call (CreateMember): automatic enablement is for
    accounts that join. The administrator is no member; in the management account Macie is switched on first.
    """

    name = "macie_members"
    ending = "paused"
    title = "Macie members"
    service = "macie"
    client_name = "macie2"
    waits_for = (ACCOUNT,)
    controls = ("fsbp:Macie.1", "nist-800-53-r5:RA-5", "pci-dss-4.0:12.5.2")
    help_uri = "https://docs.aws.amazon.com/macie/latest/user/accounts-mgmt-ao-members.html"
    canonical: ClassVar[Mapping[str, forms.Form]] = dict.fromkeys(LISTS, forms.unordered)
    weaker: ClassVar[Mapping[str, Weaker]] = {
        **dict.fromkeys(("missing", "paused", "undiscovered"), neutral),
        "running": _ended("paused"),
        "discovered": _ended("automated discovery off"),
    }
    reads = ("macie2:ListMembers", "macie2:ListAutomatedDiscoveryAccounts", "sts:AssumeRole")
    writes = (
        "macie2:EnableMacie",
        "macie2:CreateMember",
        "macie2:UpdateMemberSession",
        "macie2:BatchUpdateAutomatedDiscoveryAccounts",
        "iam:CreateServiceLinkedRole",
    )
    linked = TRUSTED

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """Nothing that differs, in each governed region that has Macie."""
        service = organization.service(MacieSettings)
        if service is None or not wanted(organization, service):
            return
        for scope in self.scopes(organization):
            needs = (Macie().address(NAME, scope),)
            yield Resource(self.address(NAME, scope), Found().attributes(), needs, source=service.source)

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """What differs; without the service in the config, that not all are members, as long as some are on."""
        service = organization.service(MacieSettings)
        client = aws.client(self.client_name, scope)
        with unless(SERVICE_DENIES) as denied:
            if service is None and "Enabled" not in _members(aws, client).values():
                return
            asked = wanted(organization, service)
            found = look(aws, client, asked) if asked else None
        if not denied.code and found is not None:
            yield Resource(self.address(NAME, scope), found.attributes(), (Macie().address(NAME, scope),))

    def begun(self, change: Change, present: Attributes) -> bool:
        """Some accounts may be done already; of those that have just become members the rest is to do."""
        before: Mapping[str, Any] = change.before or dict.fromkeys(LISTS, present["missing"])
        new = {*before["missing"], *before["paused"]}
        return all(
            {*present[name]} <= {*before[name], *(new if name not in ("missing", "paused") else ())} for name in LISTS
        )

    def weakened(self, organization: Organization, change: Change) -> Iterable[str]:
        """Who is paused; whoever is made a member for that may have it on by themselves."""
        yield from super().weakened(organization, change)
        service, before = organization.service(MacieSettings), change.before
        if service is not None and change.after is not None:
            asked = wanted(organization, service)
            new = [key for key in asked if asked[key].member == "PAUSED" and (not before or key in before["missing"])]
            if new:
                yield f"paused in {few(sorted(new))}, where it may be on"

    def notes(self, organization: Organization, change: Change) -> Iterable[str]:
        """Of a first time, how much it is; of the end, what stays."""
        service = organization.service(MacieSettings)
        if change.action is Action.CREATE:
            members = [each for each in wanted(organization, service).values() if each.member]
            yield f"{len(members)} accounts as members, charged by bucket; each that is none is made one by a call"
        if change.action is Action.DELETE:
            yield "Macie is paused in all members: nothing more is charged, and their settings and findings are kept"

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Who is missing first, then who is paused or should be, then discovery; refusals are told in the end."""
        scope = change.address.scope
        client = aws.client(self.client_name, scope)
        if change.action is Action.DELETE:
            for account, status in _members(aws, client).items():
                if status == "Enabled":
                    client.update_member_session(id=account, status="PAUSED")
            return
        asked = wanted(organization, organization.service(MacieSettings))
        found = look(aws, client, asked)
        # Nothing ends in accounts that were not reviewed; who was to become a member may have become one by themselves.
        shown = {*found.missing, *change.before["missing"]} if change.before else {*asked}
        refused = dict(_join(organization, aws, client, scope, found.missing))
        found = look(aws, client, asked) if found.missing else found
        ending = {name: shown.union((change.before or {}).get(name, ())) for name in ("running", "discovered")}
        _set_sessions(aws, client, dict.fromkeys(found.paused, "ENABLED"))
        _set_sessions(aws, client, {key: "PAUSED" for key in found.running if key in ending["running"]})
        found = look(aws, client, asked) if found.paused else found
        discovery = {key: False for key in found.discovered if key in ending["discovered"]}
        refused.update(_discover(aws, client, {**discovery, **dict.fromkeys(found.undiscovered, True)}))
        if refused:
            raise OperationFailed(f"Macie: {refusals(refused)}", operation="CreateMember", scope=scope)


def wanted(organization: Organization, service: EnabledService[MacieSettings] | None) -> dict[str, Wanted]:
    """What is asked of accounts, by key; without the service that all are members. Not of the administrator."""
    if service is None:
        return {key: Wanted("ENABLED", None) for key in organization.accounts if key != organization.security_tooling}
    found = {}
    for key, own in by_account(organization, service).items():
        on = {"ALL": True, CHOSEN: False, "NONE": None if service.settings.discovery == "NONE" else False}
        each = Wanted(None if own.members == "AS_FOUND" else own.members, on.get(own.discovery))
        if key != organization.security_tooling and each != Wanted(None, None):
            found[key] = each
    return found


def look(aws: Aws, client: Any, asked: Mapping[str, Wanted]) -> Found:
    """What differs now, by two lists at most."""
    members, found = _members(aws, client), Found()
    discovery = _discovery(aws, client) if any(each.discovered is not None for each in asked.values()) else {}
    for key, each in asked.items():
        account = aws.tree.accounts.get(key)
        status = members.get(account.id, "") if account else ""
        if (account is not None and account.state != "ACTIVE") or status in AT_REST:
            continue
        if status not in ("Enabled", "Paused"):
            found.missing += [key] if each.member else []
            continue
        assert account is not None
        if each.member and (status, each.member) in (("Enabled", "PAUSED"), ("Paused", "ENABLED")):
            (found.running if status == "Enabled" else found.paused).append(key)
        seen = discovery.get(account.id, "DISABLED") == "ENABLED"
        if status == "Enabled" and each.member != "PAUSED" and each.discovered is not None and each.discovered != seen:
            (found.discovered if seen else found.undiscovered).append(key)
    return found


def _members(aws: Aws, client: Any) -> dict[str, str]:
    """The relationship of each account, by id: all that Macie knows, those that were members among them."""
    listed = aws.listed(client, "list_members", "members", onlyAssociated="false")
    return {each["accountId"]: each["relationshipStatus"] for each in listed}


def _discovery(aws: Aws, client: Any) -> dict[str, str]:
    """The status of automated discovery, by account id."""
    listed = aws.listed(client, "list_automated_discovery_accounts", "items")
    return {each["accountId"]: each["status"] for each in listed}


def _join(
    organization: Organization, aws: Aws, client: Any, scope: Scope, missing: Iterable[str]
) -> Iterator[tuple[str, str]]:
    """Make members of these accounts; those that AWS refuses, with its reason.

    A new administrator is told so of every account, for some seconds: the first one is asked for again.
    """
    pauses = TOO_EARLY
    for key in missing:
        if key == organization.management:
            with unless("ConflictException"):  # it is on already
                aws.client("macie2", Scope(key, scope.region)).enable_macie(status="ENABLED")
        account = aws.tree.accounts[key]
        member = {"accountId": account.id, "email": account.email}
        with unless("ValidationException", "ConflictException", "ServiceQuotaExceededException") as refused:
            until_in_effect(aws, partial(client.create_member, account=member), "ValidationException", pauses=pauses)
        pauses = ()
        if refused.code and _members(aws, client).get(account.id) not in ("Enabled", "Paused"):
            yield key, f"{refused.code}: {refused.message}"  # else a request whose answer was lost made it


def _set_sessions(aws: Aws, client: Any, sessions: Mapping[str, str]) -> None:
    """Pause Macie in members, or resume it (UpdateMemberSession), by account key."""
    for key, status in sessions.items():
        client.update_member_session(id=aws.tree.account_ids[key], status=status)


def _discover(aws: Aws, client: Any, wanted: Mapping[str, bool]) -> Iterator[tuple[str, str]]:
    """Switch automated discovery on or off; those that AWS refuses, with its reason."""
    ids, keys = aws.tree.account_ids, aws.tree.account_keys
    entries = [{"accountId": ids[key], "status": "ENABLED" if on else "DISABLED"} for key, on in sorted(wanted.items())]
    for batch in batched(entries, MOST):
        answer = client.batch_update_automated_discovery_accounts(accounts=batch)
        for error in answer.get("errors") or ():
            yield keys.get(error["accountId"], error["accountId"]), f"automated discovery: {error['errorCode']}"
