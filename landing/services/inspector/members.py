"""Inspector in the members of the organization."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, ClassVar

from landing.aws import SERVICE_DENIES, Aws, unless
from landing.core import forms
from landing.core.errors import OperationFailed, TimedOut
from landing.core.model import Action, Attributes, Change, Resource, Scope
from landing.core.references import account_id
from landing.organization import Organization
from landing.organization.resources import ACCOUNT
from landing.services.inspector.scan_settings import Inspector
from landing.services.inspector.scans import in_new_accounts, is_on, statuses, switch, wanted
from landing.services.inspector.settings import LINKED, SCANS, InspectorSettings
from landing.services.shapes import NAME, AdministeredSetting, refusals
from landing.services.strength import Weaker, neutral

COMING = ("CREATED", "INVITED", "EMAIL_VERIFICATION_IN_PROGRESS")
"""Relationships that become another by themselves (API reference, Member)."""


class InspectorMembers(AdministeredSetting):
    """The accounts of the config as members, each with its scans (AssociateMember, Enable, Disable).

    One for a region: what it holds are the accounts in which a scan is missing, or is on and should not be, and those
    that are still to come and will differ, for AWS gives all that join the same. AWS associates one account a call, so
    there are as many as are missing; scans are switched for 100 at once. Accounts that the config does not name keep
    what they have.
    """

    name = "inspector_members"
    ending = "switched off"
    title = "Inspector in members"
    service = "inspector"
    client_name = "inspector2"
    waits_for = (ACCOUNT,)
    controls = Inspector.controls
    help_uri = "https://docs.aws.amazon.com/inspector/latest/user/adding-member-accounts.html"
    weaker: ClassVar[Mapping[str, Weaker]] = dict.fromkeys(("missing", "surplus", "coming"), neutral)  # see `weakened`
    canonical: ClassVar[Mapping[str, forms.Form]] = dict.fromkeys(("missing", "surplus", "coming"), forms.unordered)
    reads = ("inspector2:ListMembers", "inspector2:BatchGetAccountStatus", "sts:AssumeRole")
    writes = (
        "inspector2:AssociateMember",
        "inspector2:DisassociateMember",
        "inspector2:Enable",
        "inspector2:Disable",
        "iam:CreateServiceLinkedRole",
    )
    linked = LINKED

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """Nothing missing, nothing too much; where no member is to be scanned, there is nothing to it."""
        service = organization.service(InspectorSettings)
        if service is None:
            return
        for scope in self.scopes(organization):
            if any(_wanted(organization, scope).values()):
                needs = (Inspector().address(NAME, scope),)
                attributes: dict[str, Any] = {"missing": {}, "surplus": {}, "coming": []}
                yield Resource(self.address(NAME, scope), attributes, needs, source=service.source)

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """Compared with what the config wants; nothing where the administrator has no members."""
        client = aws.client(self.client_name, scope)
        with unless(SERVICE_DENIES):
            members = _associated(aws, client)
            if members:
                missing, surplus = self._differences(organization, aws, client, scope, members)
                attributes = {
                    "missing": _grouped(missing),
                    "surplus": _grouped(surplus),
                    "coming": sorted(map(account_id, _coming(organization, aws, scope))),
                }
                yield Resource(self.address(NAME, scope), attributes, (Inspector().address(NAME, scope),))

    def _differences(
        self, organization: Organization, aws: Aws, client: Any, scope: Scope, members: Mapping[str, str]
    ) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
        """By account key: scans that are to be on and are not, and the other way round."""
        ids = _ids(organization, aws, scope)
        associated = {each for each in ids.values() if members.get(each) == "ENABLED"}
        states = statuses(client, associated)
        missing, surplus = {}, {}
        for key, names in _wanted(organization, scope).items():
            if key in ids:
                found = states.get(ids[key], {})
                present = [name for name in SCANS if is_on(found.get(name, ""))]
                missing[key] = [name for name in names if name not in present]
                surplus[key] = [name for name in present if name not in names]
        return missing, surplus

    def begun(self, change: Change, present: Attributes) -> bool:
        """Some accounts may be done already; those that were to come have what all get that join, and are to do."""
        if change.before is None:
            return False
        new = {*change.before["coming"]}
        return {*present["coming"]} <= new and all(
            account in new or scans <= _by_account(change.before[part]).get(account, set())
            for part in ("missing", "surplus")
            for account, scans in _by_account(present[part]).items()
        )

    def weakened(self, organization: Organization, change: Change) -> Iterable[str]:
        """What is scanned no more."""
        before = (change.before or {}).get("surplus") or {}
        if change.after is not None:
            yield from (
                f"{scans} no longer scanned in {len(accounts)} accounts" for scans, accounts in sorted(before.items())
            )

    def notes(self, organization: Organization, change: Change) -> Iterable[str]:
        """Of a first time, how much it is; of the end, what stays."""
        if change.action is Action.CREATE:
            found = _wanted(organization, change.address.scope)
            for scans, accounts in sorted(_grouped(found).items()):
                yield f"{scans} in {len(accounts)} accounts, each of which is associated by a call of its own"
        if change.action is Action.DELETE:
            yield "scans end in all members, which are then members no more; their findings are deleted by AWS"

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Associate, enable and disable where that is to do; accounts that AWS refuses are named in the end."""
        scope = change.address.scope
        client = aws.client(self.client_name, scope)
        if change.action is Action.DELETE:
            self._part(aws, client, scope)
            return
        ids = _ids(organization, aws, scope)
        members = _associated(aws, client)
        scanned = [ids[key] for key, names in _wanted(organization, scope).items() if names and key in ids]
        strangers = [account for account in scanned if members.get(account) != "ENABLED"]
        refused = _associate(aws, client, strangers)
        missing, surplus = self._differences(organization, aws, client, scope, _associated(aws, client))
        before: Mapping[str, Any] = change.before or {"surplus": {}, "coming": []}
        shown = {*_by_account(before["surplus"]), *before["coming"]}
        if change.before is None:  # there was no member yet: those that have joined since have what all get that join
            shown |= {account_id(key) for key, each in ids.items() if each in members}
        ends = {ids[key]: names for key, names in surplus.items() if account_id(key) in shown}  # no other was reviewed
        refused |= switch(aws, client, False, ends)
        lacking = {ids[key]: names for key, names in missing.items() if ids[key] not in refused}
        refused |= switch(aws, client, True, lacking)
        if refused:
            keys = {value: key for key, value in ids.items()}
            named = {keys[each]: reason for each, reason in refused.items()}
            raise OperationFailed(refusals(named), operation="Enable", scope=scope)

    def _part(self, aws: Aws, client: Any, scope: Scope) -> None:
        """Every scan of every member ends, before it is one no more: AWS would go on, and nobody could stop it here."""
        members = _associated(aws, client)
        active = [account for account, status in members.items() if status == "ENABLED"]
        present = statuses(client, active)
        on = {account: [name for name in SCANS if found[name] != "DISABLED"] for account, found in present.items()}
        refused = switch(aws, client, False, on)
        if refused:
            raise OperationFailed(refusals(refused), operation="Disable", scope=scope)
        for account in members:
            client.disassociate_member(accountId=account)


def _wanted(organization: Organization, scope: Scope) -> dict[str, list[str]]:
    """What is to be scanned, by the keys of the accounts of the config but for the administrator's."""
    found = wanted(organization, scope.region)
    return {key: [name for name, on in scans.items() if on] for key, scans in found.items() if key != scope.account}


def _coming(organization: Organization, aws: Aws, scope: Scope) -> Iterator[str]:
    """The accounts that are not there yet and will differ from what AWS gives all that join, by key."""
    if organization.service(InspectorSettings) is None:
        return
    joining = {name for name, on in in_new_accounts(organization, scope.region).items() if on and name in SCANS}
    for key, names in _wanted(organization, scope).items():
        if key not in aws.tree.accounts and {*names} != joining:
            yield key


def _ids(organization: Organization, aws: Aws, scope: Scope) -> dict[str, str]:
    """The ids of those accounts, as far as they are there and active."""
    live = aws.tree.accounts
    return {
        key: live[key].id
        for key in organization.accounts
        if key != scope.account and key in live and live[key].state == "ACTIVE"
    }


def _associated(aws: Aws, client: Any) -> dict[str, str]:
    """The relationship of each member, by account id (ListMembers)."""
    listed = aws.listed(client, "list_members", "members", onlyAssociated=True)
    return {each["accountId"]: each["relationshipStatus"] for each in listed}


def _associate(aws: Aws, client: Any, accounts: Collection[str]) -> dict[str, str]:
    """Make these accounts members, and wait until they are; why they are not, by account id."""
    refused: dict[str, str] = {}
    for account in accounts:
        with unless("ValidationException", "ServiceQuotaExceededException", SERVICE_DENIES) as denied:
            client.associate_member(accountId=account)
        if denied.code:
            refused[account] = f"{denied.code}: {denied.message}"
    waiting = {account: "" for account in accounts if account not in refused}
    try:
        for _ in aws.poll("association with Inspector's administrator", "inspector") if waiting else ():
            members = _associated(aws, client)
            found = {account: members.get(account, "CREATED") for account in waiting}
            refused |= {each: status for each, status in found.items() if status not in ("ENABLED", *COMING)}
            waiting = {each: status for each, status in found.items() if status in COMING}
            if not waiting:
                break
    except TimedOut:
        refused |= waiting
    return refused


def _by_account(grouped: Mapping[str, Iterable[str]]) -> dict[str, set[str]]:
    """The other way round: the scans of each account."""
    found: dict[str, set[str]] = defaultdict(set)
    for text, accounts in grouped.items():
        for account in accounts:
            found[account] |= {*text.split()}
    return found


def _grouped(scans: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """Accounts by what they have in common: the names of scans, in one text."""
    found: dict[str, list[str]] = defaultdict(list)
    for key, names in scans.items():
        if text := " ".join(names):
            found[text].append(account_id(key))
    return {text: sorted(accounts) for text, accounts in sorted(found.items())}
