"""Who has a permission set in which accounts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from landing.aws import Aws
from landing.core import forms
from landing.core.errors import NotThere
from landing.core.model import Address, Change, Diagnostic, Resource, Scope, Severity, Source
from landing.core.spelling import nearest
from landing.core.text import few
from landing.organization import Organization
from landing.organization.resources import SERVICE, STACK, STACK_SET
from landing.services.base import Kind, Ownership, required_account
from landing.services.identity_center.directory import (
    TYPES,
    Instance,
    Principal,
    id_of,
    ids_of,
    instance_for,
    needed,
    principal_of,
)
from landing.services.identity_center.grant import Grant
from landing.services.identity_center.holders import Holders
from landing.services.identity_center.live import named, permission_sets
from landing.services.identity_center.permission_set import PermissionSet, declared, sees_all
from landing.services.identity_center.settings import KEY, IdentityCenterSettings
from landing.services.strength import Weaker, neutral


class AccountAssignment(Kind):
    """A group or user that has a permission set (CreateAccountAssignment), named `group/NAME/SET`: in which accounts.

    AWS has no list of all: those of the config's principals are asked for, and of those who are remembered by tags of
    the permission set; accounts that have it for nobody among them are looked at one by one. With drift detection all
    accounts are, and where several are asked for by name; of one its principal is asked for.
    """

    name = "account_assignment"
    title = "Access to accounts"
    ownership = Ownership.PERMISSION_SET
    service = KEY
    severity = Severity.HIGH
    removal = "access"
    ending = "withdrawn"
    parallel = 5  # of those that meet in an account, or are too many, AWS lets some wait (`Grant`)
    waits_for = (STACK, STACK_SET)
    controls = ("cis-aws-7.0:2.19", "nist-800-53-r5:AC-2", "nist-csf-2.0:PR.AA-05", "pci-dss-4.0:7.2.4")
    help_uri = "https://docs.aws.amazon.com/singlesignon/latest/userguide/useraccess.html"
    canonical: ClassVar[Mapping[str, forms.Form]] = {"accounts": forms.unordered}
    weaker: ClassVar[Mapping[str, Weaker]] = {"accounts": neutral}  # who loses access is told by `dangers`
    reads = (
        "sso:ListInstances",
        "sso:DescribeInstance",
        "sso:ListPermissionSets",
        "sso:DescribePermissionSet",
        "sso:ListTagsForResource",
        "sso:ListAccountsForProvisionedPermissionSet",
        "sso:ListAccountAssignmentsForPrincipal",
        "sso:ListAccountAssignments",
        "identitystore:GetGroupId",
        "identitystore:GetUserId",
        "identitystore:DescribeGroup",
        "identitystore:DescribeUser",
    )
    writes = (
        "sso:CreateAccountAssignment",
        "sso:DescribeAccountAssignmentCreationStatus",
        "sso:DeleteAccountAssignment",
        "sso:DescribeAccountAssignmentDeletionStatus",
        "sso:TagResource",
        "sso:UntagResource",
    )

    def in_use(self, organization: Organization, aws: Aws) -> bool:
        """As its permission sets."""
        return PermissionSet().in_use(organization, aws)

    def check(self, organization: Organization) -> Iterable[Diagnostic]:
        """Permission sets that the config does not have, and nobody to give them to."""
        service = organization.service(IdentityCenterSettings)
        for key, each in (service.settings.assignments if service else {}).items():
            assert service is not None
            for index, name in enumerate(each.permission_sets):
                if name not in service.settings.permission_sets:
                    hint = nearest(name, list(service.settings.permission_sets), "declare it under `permission_sets`")
                    at = ("assignments", key, "permission_sets", index)
                    yield service.problem("LZ399", f"there is no permission set `{name}`", hint, *at)
            if not each.groups and not each.users:
                hint = "name `groups` or `users`"
                yield service.problem("LZ399", f"assignment `{key}` is of nobody", hint, "assignments", key, key=True)
            if not organization.members(each.target):
                message, path = f"assignment `{key}` is for no account", ("assignments", key, "target")
                yield service.problem("LZ399", message, "see its target", *path, severity="warning")

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """For each principal and permission set all accounts that some assignment of the config means."""
        for (principal, name), wanted in _declared(organization).items():
            accounts = sorted(wanted.accounts)
            needs = (PermissionSet().address(name), Address(SERVICE, KEY), *map(required_account, accounts))
            if accounts:
                address = self.address(f"{principal}/{name}")
                yield Resource(address, {"accounts": accounts}, needs, source=wanted.source)

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """Those of permission sets that are ours, or that the config names."""
        where = instance_for(organization, aws)
        if where is None:
            return
        asked = aws.doubted(self.name)
        ids = {**ids_of(organization, aws, where), **_ids_of(aws, where, asked)}
        known = {id_: principal for principal, id_ in ids.items()}
        keys = aws.tree.account_keys
        whole, named_here = sees_all(organization, aws), declared(organization)
        rows = permission_sets(aws, where)
        judged = {row.arn: row for row in rows if whole or row.marked or row.name in named_here}
        holders = Holders(
            aws, where, judged, everywhere=whole or aws.detect or any(each.endswith("*") for each in asked)
        )
        for (arn, kind, id_), accounts in holders.taken(ids).items():
            principal, row = principal_of(aws, where, kind, id_, known), judged[arn]
            found = sorted(keys.get(each, each) for each in accounts)
            needs = (PermissionSet().address(row.name), Address(SERVICE, KEY))
            owned = row.marked or row.name in named_here
            yield Resource(self.address(f"{principal}/{row.name}"), {"accounts": found}, needs, owned)

    def by_name(self, change: Change) -> bool:
        """Who has it besides those that are known; a plan does not look at every account."""
        return change.after is None

    def dangers(self, change: Change) -> Iterable[str]:
        """Whoever has access to fewer accounts than before."""
        before, after = (set(side["accounts"]) if side else set() for side in (change.before, change.after))
        if before - after:
            yield self.removal

    def notes(self, organization: Organization, change: Change) -> Iterable[str]:
        """How many accounts, in which units, and by which assignments of the config."""
        before, after = (set(side["accounts"]) if side else set() for side in (change.before, change.after))
        if change.before and change.after:
            kept = f"{len(before & after):,} as before"
            yield f"{len(after - before):,} accounts more, {len(before - after):,} less, {kept}"
            for word, accounts in (("more", after - before), ("less", before - after)):
                if accounts:
                    yield f"{word}: {_by_unit(organization, accounts)}"
        else:
            yield f"{len(before | after):,} accounts: {_by_unit(organization, before | after)}"
        if organization.management in before - after:
            yield "the management account is among them: see that somebody still gets in there"
        wanted = {f"{principal}/{name}": each for (principal, name), each in _declared(organization).items()}
        if found := wanted.get(change.address.name):
            yield f"by {', '.join(f'`assignments.{key}`' for key in found.keys)}"

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Make what is missing and delete what is too much, so many accounts at once; each is awaited."""
        where = needed(aws)
        type_, _, rest = change.address.name.partition("/")
        name, _, of_set = rest.rpartition("/")
        principal, row = Principal(type_, name), named(aws, where, of_set)
        if row is None:
            if change.after is None:
                return
            raise NotThere(f"permission set {of_set} does not exist yet")
        id_ = id_of(aws, where, principal)
        if not id_:
            raise NotThere(f"the identity store has no {type_} {name}")
        ids = aws.tree.account_ids
        wanted = {ids[key] for key in (change.after or {"accounts": []})["accounts"]}
        grant = Grant(aws, where, row, principal, id_)
        present = grant.present({ids.get(each, each) for each in (change.before or {"accounts": []})["accounts"]})
        if wanted:
            grant.remember()
        grant.make(wanted - present)
        grant.withdraw(present - wanted)
        if not wanted:
            grant.forget()


def _ids_of(aws: Aws, where: Instance, names: Iterable[str]) -> dict[Principal, str]:
    """The ids of the principals of assignments, by the names of these; of those that the identity store has."""
    principals = {Principal(type_, rest.rpartition("/")[0]) for type_, _, rest in (n.partition("/") for n in names)}
    known = ((each, id_of(aws, where, each)) for each in principals if each.type in TYPES)
    return {principal: id_ for principal, id_ in known if id_}


def _by_unit(organization: Organization, accounts: Iterable[str]) -> str:
    """How many are in each unit, the most first; an account that the config has not is by itself."""
    known = organization.accounts
    counted = Counter(known[key].unit if key in known else key for key in accounts)
    return few([f"{count:,} in {unit}" for unit, count in sorted(counted.items(), key=lambda of: (-of[1], of[0]))])


@dataclass(slots=True)
class Wanted:
    """The accounts in which a principal is to have a permission set, and the config's assignments that say so."""

    source: Source | None
    accounts: set[str] = field(default_factory=set)
    keys: list[str] = field(default_factory=list)


def _declared(organization: Organization) -> dict[tuple[Principal, str], Wanted]:
    service = organization.service(IdentityCenterSettings)
    found: dict[tuple[Principal, str], Wanted] = {}
    for key, each in (service.settings.assignments if service else {}).items():
        assert service is not None
        members = organization.members(each.target)
        who = [*(Principal("group", name) for name in each.groups), *(Principal("user", name) for name in each.users)]
        for principal in who:
            for name in each.permission_sets:
                wanted = found.setdefault((principal, name), Wanted(service.at("assignments", key)))
                wanted.accounts.update(members)
                wanted.keys.append(key)
    return found
