"""Who has permission sets where: AWS has no list of all assignments, so it is put together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from landing.aws import Aws, unless
from landing.organization import ASSIGNED_TAG
from landing.services.identity_center.directory import ABSENT, TYPES, Instance, Principal
from landing.services.identity_center.live import Row, provisioned

REMEMBERED = 40
"""Principals that the tags of a permission set remember; where there are more, it is read account by account."""
MANY = f"{ASSIGNED_TAG}many"
"""A tag of a permission set that more principals have than its tags can say."""


class Holders:
    """Who has the permission sets that are looked at, and where: (ARN of the set, type, id) to ids of accounts."""

    def __init__(self, aws: Aws, where: Instance, judged: Mapping[str, Row], *, everywhere: bool) -> None:
        """`everywhere`: each account that has one is looked at."""
        self.aws, self.where, self.judged, self.everywhere = aws, where, judged, everywhere
        self.found: dict[tuple[str, str, str], set[str]] = {}
        self.asked: set[tuple[str, str]] = set()

    def taken(self, ids: Mapping[Principal, str]) -> Mapping[tuple[str, str, str], set[str]]:
        """Of principals by their ids; then of whoever else has them."""
        for principal, id_ in ids.items():
            self.ask(TYPES[principal.type], id_)
        for row in self.judged.values():
            for kind, id_ in remembered(row):
                self.ask(kind, id_)
        for arn, row in self.judged.items():
            everywhere = self.everywhere or MANY in row.tags
            for account in provisioned(self.aws, self.where, arn):
                if everywhere or not self._explained(arn, account):
                    self._look(arn, account)
        return self.found

    def ask(self, kind: str, id_: str) -> None:
        """ListAccountAssignmentsForPrincipal; of a user it answers also what comes by groups."""
        if (kind, id_) in self.asked:
            return
        self.asked.add((kind, id_))
        for each in assignments_of(self.aws, self.where, kind, id_):
            if each["PermissionSetArn"] in self.judged:
                self._add(each)

    def _look(self, arn: str, account: str) -> None:
        """ListAccountAssignments: whom it finds is asked after, which explains other accounts."""
        where = {"InstanceArn": self.where.arn, "AccountId": account, "PermissionSetArn": arn}
        for each in list(
            self.aws.listed(
                self.where.client("sso-admin", self.aws), "list_account_assignments", "AccountAssignments", **where
            )
        ):
            self._add(each)
            self.ask(each["PrincipalType"], each["PrincipalId"])

    def _add(self, each: Mapping[str, Any]) -> None:
        key = (each["PermissionSetArn"], each["PrincipalType"], each["PrincipalId"])
        self.found.setdefault(key, set()).add(each["AccountId"])

    def _explained(self, arn: str, account: str) -> bool:
        return any(account in accounts for (of_set, _, _), accounts in self.found.items() if of_set == arn)


def assignments_of(aws: Aws, where: Instance, kind: str, id_: str) -> list[Mapping[str, Any]]:
    """What a principal has itself; nothing of one whom the identity store has no more."""
    asked = {"InstanceArn": where.arn, "PrincipalType": kind, "PrincipalId": id_}
    with unless(ABSENT):
        listed = aws.listed(
            where.client("sso-admin", aws), "list_account_assignments_for_principal", "AccountAssignments", **asked
        )
        return [each for each in listed if (each["PrincipalType"], each["PrincipalId"]) == (kind, id_)]
    return []


def memory(row: Row, principals: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The tags that a permission set lacks to remember these (type and id), for when the config drops them."""
    known = {key for key in row.tags if key.startswith(ASSIGNED_TAG)}
    missing = {ASSIGNED_TAG + id_: kind for kind, id_ in principals if ASSIGNED_TAG + id_ not in known}
    if not missing or MANY in known:
        return {}
    return missing if len(known) + len(missing) <= REMEMBERED else {MANY: "read account by account"}


def remembered(row: Row) -> Iterator[tuple[str, str]]:
    """The principals that a permission set has tags of: type and id."""
    for key, value in row.tags.items():
        if key.startswith(ASSIGNED_TAG) and key != MANY and value in TYPES.values():
            yield value, key.removeprefix(ASSIGNED_TAG)
