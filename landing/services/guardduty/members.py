"""Members of GuardDuty: who should be one and is not, and protection plans that differ from what is declared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from landing.aws import Aws, batched, unless
from landing.core import forms
from landing.core.errors import OperationFailed
from landing.core.model import Action, Attributes, Change, Resource, Scope
from landing.core.text import few
from landing.organization import Organization
from landing.organization.resources import ACCOUNT
from landing.services.base import Ownership
from landing.services.guardduty import features
from landing.services.guardduty.administrator import detectors
from landing.services.guardduty.detector import GuardDuty
from landing.services.guardduty.management import GuardDutyManagement
from landing.services.guardduty.settings import GuardDutySettings
from landing.services.overrides import by_account
from landing.services.shapes import NAME, AdministeredSetting
from landing.services.strength import Weaker, neutral

MOST = 50
"""Accounts of a call (API reference: CreateMembers, GetMemberDetectors, UpdateMemberDetectors)."""


@dataclass(frozen=True, slots=True)
class Member:
    """What an account should have: to be a member, and its protection plans."""

    required: bool
    features: Mapping[str, bool]


@dataclass(slots=True)
class Found:
    """What differs in a region, by account key; `detector` is the administrator's."""

    detector: str
    missing: list[str] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)
    """Those of them that are members, and are not watched."""
    differing: dict[str, dict[str, bool]] = field(default_factory=dict)
    """By path of the feature, as it should be."""


def _switched_off(before: Mapping[str, list[str]], after: Mapping[str, list[str]]) -> Iterable[str]:
    """Plans that are on where the config has them off."""
    for name, accounts in before.items():
        left = [account for account in accounts if account not in after.get(name, ())]
        if left:
            yield f"{name} off in {few(left)}"


class GuardDutyMembers(AdministeredSetting):
    """What differs among the members of a region; nothing does where all is as declared, however many they are.

    With `auto_enable: ALL` of all accounts of the config; else of those that an override covers or `join` is for. AWS
    takes up to a day to enable accounts by itself; CreateMembers does it at once. The administrator is no member.
    """

    name = "guardduty_members"
    title = "GuardDuty members"
    ownership = Ownership.CONFIG
    service = "guardduty"
    client_name = "guardduty"
    removal = ""
    waits_for = (ACCOUNT, GuardDutyManagement.name)
    controls = ("fsbp:GuardDuty.1", "nist-800-53-r5:SI-4", "pci-dss-4.0:11.5.1", "nist-csf-2.0:DE.CM-01")
    help_uri = "https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_organizations.html"
    canonical: ClassVar[Mapping[str, forms.Form]] = dict.fromkeys(("missing", "lacking", "unasked"), forms.unordered)
    weaker: ClassVar[Mapping[str, Weaker]] = {"missing": neutral, "lacking": neutral, "unasked": _switched_off}
    reads = (
        "guardduty:ListDetectors",
        "guardduty:ListMembers",
        "guardduty:GetMemberDetectors",
        "sts:AssumeRole",
    )
    writes = (
        "guardduty:CreateMembers",
        "guardduty:StartMonitoringMembers",
        "guardduty:UpdateMemberDetectors",
    )

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """Nothing that differs, in each governed region."""
        service = organization.service(GuardDutySettings)
        if service is None or not wanted(organization):
            return
        attributes: dict[str, Any] = {"missing": [], "lacking": {}, "unasked": {}}
        for scope in self.scopes(organization):
            needs = (GuardDuty().address(NAME, scope),)
            yield Resource(self.address(NAME, scope), attributes, needs, source=service.source)

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """Who is missing; by feature who has it off (`lacking`) or on (`unasked`) and should not."""
        found = look(organization, aws, scope, detectors(aws, scope)) if wanted(organization) else None
        if found is None:
            return
        sides: dict[bool, dict[str, list[str]]] = {True: {}, False: {}}
        for key, paths in found.differing.items():
            for path, on in paths.items():
                sides[on].setdefault(path, []).append(key)
        attributes = {"missing": found.missing, "lacking": sides[True], "unasked": sides[False]}
        yield Resource(self.address(NAME, scope), attributes, (GuardDuty().address(NAME, scope),), owned=False)

    def begun(self, change: Change, present: Attributes) -> bool:
        """Some batches may have been sent."""
        before: Mapping[str, Any] = change.before or {}
        inside = set(present["missing"]) <= set(before.get("missing", ()))
        return inside and all(
            set(accounts) <= {*before.get(side, {}).get(path, ()), *before.get("missing", ())}
            for side in ("lacking", "unasked")
            for path, accounts in present[side].items()
        )

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """First who is missing, then what differs, in batches; refused is only what is not so afterwards."""
        assert change.action is not Action.DELETE
        scope = change.address.scope
        client = aws.client("guardduty", scope)
        here = list(aws.listed(client, "list_detectors", "DetectorIds"))
        found = look(organization, aws, scope, here)
        if found is None:
            raise OperationFailed("GuardDuty has no administrator here", operation="CreateMembers", scope=scope)
        refused: list[Any] = []
        if found.missing:
            refused = list(_join(aws, client, found))
            found = look(organization, aws, scope, here) or found
        alike: dict[tuple[tuple[str, bool], ...], list[str]] = defaultdict(list)
        for key, paths in found.differing.items():
            alike[tuple(sorted(paths.items()))].append(aws.tree.account_ids[key])
        for differing, accounts in alike.items():
            sent = features.for_some(dict(differing))
            for batch in batched(accounts, MOST):
                answer = client.update_member_detectors(DetectorId=found.detector, AccountIds=batch, Features=sent)
                refused += answer["UnprocessedAccounts"]
        left = look(organization, aws, scope, here) if refused else None
        if left and (left.missing or left.differing):
            key = aws.tree.account_keys.get(refused[0]["AccountId"], refused[0]["AccountId"])
            message = f"GuardDuty: {key}: {refused[0]['Result']}"
            raise OperationFailed(message, operation="CreateMembers", scope=scope)


def wanted(organization: Organization) -> dict[str, Member]:
    """What is asked of accounts, by key; those of which nothing is asked are left out, and so is the administrator."""
    service = organization.service(GuardDutySettings)
    if service is None:
        return {}
    settings, found = service.settings, {}
    for key, own in by_account(organization, service).items():
        if key == organization.security_tooling or (key == organization.management and not settings.management_account):
            continue
        required = settings.auto_enable == "ALL" or own.join
        if required or own is not settings:
            # the management account is made a member by a kind of its own
            found[key] = Member(required and key != organization.management, features.flat(own.features))
    return found


def look(organization: Organization, aws: Aws, scope: Scope, detectors: Iterable[str]) -> Found | None:
    """What differs now; nothing where there is no administrator."""
    client = aws.client("guardduty", scope)
    asked = wanted(organization)
    for detector in detectors:
        with unless("BadRequestException") as no_administrator:
            members = list(aws.listed(client, "list_members", "Members", DetectorId=detector, OnlyAssociated="true"))
        if no_administrator.code:
            return None
        status = {each["AccountId"]: each["RelationshipStatus"] for each in members}
        found, ids = Found(detector), {}
        for key, member in asked.items():
            account = aws.tree.accounts.get(key)
            if account is not None and account.state == "ACTIVE" and status.get(account.id) == "Enabled":
                ids[account.id] = key
            elif member.required and (account is None or account.state == "ACTIVE"):
                found.missing.append(key)
                found.stopped += [key] if account is not None and account.id in status else []
        for id_, seen in _features(client, detector, sorted(ids)):
            paths = asked[ids[id_]].features
            differing = {path: on for path, on in paths.items() if path in seen and seen[path] != on}
            if differing:
                found.differing[ids[id_]] = differing
        return found
    return None


def _features(client: Any, detector: str, accounts: list[str]) -> Iterator[tuple[str, Mapping[str, bool]]]:
    """The protection plans of members (GetMemberDetectors); of one that has just gone, none."""
    for batch in batched(accounts, MOST):
        answer = client.get_member_detectors(DetectorId=detector, AccountIds=batch)
        for each in answer["MemberDataSourceConfigurations"]:
            yield each["AccountId"], features.flat_seen(each.get("Features") or ())


def _join(aws: Aws, client: Any, found: Found) -> Iterator[Any]:
    """Make members of accounts, and have those watched that are members already; what AWS refuses is returned."""
    accounts = aws.tree.accounts
    for batch in batched([accounts[key].id for key in found.stopped], MOST):
        answer = client.start_monitoring_members(DetectorId=found.detector, AccountIds=batch)
        yield from answer["UnprocessedAccounts"]
    new = [accounts[key] for key in found.missing if key not in found.stopped]
    for details in batched([{"AccountId": each.id, "Email": each.email} for each in new], MOST):
        answer = client.create_members(DetectorId=found.detector, AccountDetails=details)
        yield from answer["UnprocessedAccounts"]
