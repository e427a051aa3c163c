"""Members of Detective's graphs: who should be one and is not, and whose data is not taken in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from landing.aws import SERVICE_DENIES, Aws, batched, unless
from landing.core import forms
from landing.core.errors import OperationFailed
from landing.core.model import Action, Attributes, Change, Resource, Scope
from landing.organization import Organization
from landing.organization.resources import ACCOUNT
from landing.services.base import Ownership
from landing.services.detective.graph import Detective, graph_of
from landing.services.detective.settings import DetectiveSettings
from landing.services.overrides import by_account
from landing.services.shapes import NAME, AdministeredSetting, refusals
from landing.services.strength import Weaker, neutral

MOST = 50
"""Accounts of a call (API reference, CreateMembers)."""
DISABLED = "ACCEPTED_BUT_DISABLED"
"""The status of a member whose data AWS does not take in, as there was too much of it, or it does not know how much."""


@dataclass(slots=True)
class Found:
    """What differs in a region, by account key."""

    missing: list[str] = field(default_factory=list)
    disabled: list[str] = field(default_factory=list)


class DetectiveMembers(AdministeredSetting):
    """What differs among the members of a region's graph; nothing does where all is as declared.

    AWS lists members only (ListMembers): accounts that are none are missing there. The administrator is no member, and
    accounts are never taken out: the graph goes as a whole.
    """

    name = "detective_members"
    title = "Detective members"
    ownership = Ownership.CONFIG
    service = "detective"
    client_name = "detective"
    removal = ""
    waits_for = (ACCOUNT,)
    controls = Detective.controls
    help_uri = "https://docs.aws.amazon.com/detective/latest/userguide/accounts-orgs-members.html"
    canonical: ClassVar[Mapping[str, forms.Form]] = dict.fromkeys(("missing", "disabled"), forms.unordered)
    weaker: ClassVar[Mapping[str, Weaker]] = {"missing": neutral, "disabled": neutral}
    reads = ("detective:ListGraphs", "detective:ListMembers", "sts:AssumeRole")
    writes = ("detective:CreateMembers", "detective:StartMonitoringMember")

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """Nothing that differs, in each governed region that has Detective."""
        service = organization.service(DetectiveSettings)
        if service is None or not wanted(organization):
            return
        for scope in self.scopes(organization):
            needs = (Detective().address(NAME, scope),)
            attributes: dict[str, Any] = {"missing": [], "disabled": []}
            yield Resource(self.address(NAME, scope), attributes, needs, source=service.source)

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """Who is missing of the accounts of the config, and whose data is not taken in."""
        client = aws.client(self.client_name, scope)
        asked = wanted(organization)
        graph = graph_of(aws, client) if asked else ""
        with unless(SERVICE_DENIES) as denied:
            found = look(aws, client, graph, asked) if graph else None
        if not denied.code and found is not None:
            attributes = {"missing": found.missing, "disabled": found.disabled}
            yield Resource(self.address(NAME, scope), attributes, (Detective().address(NAME, scope),), owned=False)

    def begun(self, change: Change, present: Attributes) -> bool:
        """Some batches may have been sent."""
        before = change.before
        return before is None or all({*present[name]} <= {*before[name]} for name in present)

    def notes(self, organization: Organization, change: Change) -> Iterable[str]:
        """Of a first time, how much it is."""
        if change.action is Action.CREATE:
            yield f"{len(wanted(organization))} accounts as members: charged by the GB of their logs that is taken in"

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Members in batches, without an e-mail; refused is only what is not so afterwards."""
        scope = change.address.scope
        client = aws.client(self.client_name, scope)
        graph = graph_of(aws, client)
        if not graph:
            raise OperationFailed("Detective has no graph here", operation="ListGraphs", scope=scope)
        asked = wanted(organization)
        found = look(aws, client, graph, asked)
        refused = dict(_join(aws, client, graph, found))
        left = look(aws, client, graph, asked) if found.missing or found.disabled else found
        if left.missing or left.disabled:
            reasons = {key: refused.get(key, DISABLED) for key in (*left.missing, *left.disabled)}
            raise OperationFailed(f"Detective: {refusals(reasons)}", operation="CreateMembers", scope=scope)


def wanted(organization: Organization) -> list[str]:
    """The accounts that are to be members, by key; without the service in the config, all. Not the administrator."""
    service = organization.service(DetectiveSettings)
    if service is None:
        found = list(organization.accounts)
    else:
        found = [key for key, own in by_account(organization, service).items() if own.join]
    return [key for key in found if key != organization.security_tooling]


def look(aws: Aws, client: Any, graph: str, asked: Iterable[str]) -> Found:
    """What differs now."""
    listed = aws.listed(client, "list_members", "MemberDetails", GraphArn=graph)
    members, found = {each["AccountId"]: each["Status"] for each in listed}, Found()
    for key in asked:
        account = aws.tree.accounts.get(key)
        if account is not None and account.state != "ACTIVE":
            continue
        status = members.get(account.id, "") if account else ""
        if status == DISABLED:
            found.disabled.append(key)
        elif status != "ENABLED":
            found.missing.append(key)
    return found


def _join(aws: Aws, client: Any, graph: str, found: Found) -> Iterator[tuple[str, str]]:
    """Make members of accounts, and have data taken in again; what AWS refuses, with its reason."""
    accounts, keys = aws.tree.accounts, aws.tree.account_keys
    new = [accounts[key] for key in found.missing]
    entries = [{"AccountId": each.id, "EmailAddress": each.email} for each in new]
    for batch in batched(entries, MOST):
        with unless("ServiceQuotaExceededException") as full:
            answer = client.create_members(GraphArn=graph, Accounts=batch, DisableEmailNotification=True)
            for each in answer.get("UnprocessedAccounts") or ():
                yield keys.get(each["AccountId"], each["AccountId"]), str(each.get("Reason", ""))
        if full.code:
            yield from ((keys[each["AccountId"]], f"{full.code}: {full.message}") for each in batch)
    for key in found.disabled:
        with unless("ValidationException", "ConflictException", "ServiceQuotaExceededException") as refused:
            client.start_monitoring_member(GraphArn=graph, AccountId=accounts[key].id)
        if refused.code:
            yield key, f"{refused.code}: {refused.message}"
