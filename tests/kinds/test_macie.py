"""Macie: accounts that are there already, what differs in some, those that AWS refuses, and the end of it all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import botocore.session
import pytest

from landing.core.model import Change
from landing.sandbox import Sandbox
from landing.services.macie.settings import EXACT, NUMBERS, TESTS, TEXTS
from landing.services.registry import KINDS
from tests.cloud import Cloud
from tests.kinds.conftest import At, converged, of_service
from tests.samples import SMALL

OF_IT = of_service("macie")
REGION = "eu-west-1"
ALL = ("management", "log-archive", "shop-prod", "shop-dev")


def text(settings: str = "") -> str:
    return f"{SMALL}services: {{macie: {{export: false, {settings}}}}}\n"


def client(cloud: Cloud, account: str = "security-tooling", region: str = REGION) -> Any:
    return cloud.sandbox.session(cloud.open().tree.account_ids[account], region=region).client("macie2")


def members(cloud: Cloud, region: str = REGION) -> dict[str, str]:
    keys = cloud.open().tree.account_keys
    listed = client(cloud, region=region).list_members()["members"]
    return {keys.get(each["accountId"], "?"): each["relationshipStatus"] for each in listed}


def change_of(cloud: Cloud, kind: str = "macie_members") -> Change:
    (found,) = [
        change
        for change in cloud.plan(OF_IT).changes
        if change.address.kind == kind and change.address.scope.region == REGION
    ]
    return found


def test_accounts_that_are_there_become_members_differ_by_unit_and_are_paused_in_the_end(
    sandbox: Sandbox, at: At
) -> None:
    assert at(SMALL).apply(OF_IT).complete
    strangers = sandbox.seed(60)
    some = "discovery: SOME, overrides: {d: {target: {units: [workloads/dev]}, members: PAUSED}, "
    some += "p: {target: {accounts: [shop-prod]}, discovery: ALL}, l: {target: {units: [security]}, members: AS_FOUND}}"
    cloud = at(text(some))
    aws = cloud.open(read_only=False)
    assert cloud.apply(OF_IT, aws=aws).complete
    assert cloud.plan(OF_IT).changes == ()
    assert aws.calls["macie2", "CreateMember"] == 3 * 2, "of the accounts that are asked for, in two regions"
    assert members(cloud) == {"management": "Enabled", "shop-prod": "Enabled", "shop-dev": "Paused"}
    assert not set(strangers) & {each["accountId"] for each in client(cloud).list_members()["members"]}
    ids = cloud.open().tree.account_ids
    listed = client(cloud).list_automated_discovery_accounts()["items"]
    assert {each["accountId"] for each in listed if each["status"] == "ENABLED"} == {
        ids["shop-prod"], ids["security-tooling"],
    }  # fmt: skip

    everywhere = at(text("discovery: ALL"))
    assert change_of(everywhere).before == {
        "missing": ["log-archive"], "paused": ["shop-dev"], "running": [], "discovered": [],
        "undiscovered": ["management"],
    }  # fmt: skip
    converged(everywhere, OF_IT)
    assert members(everywhere) == dict.fromkeys(ALL, "Enabled")

    less = at(text("discovery: ALL, overrides: {p: {target: {accounts: [shop-prod]}, members: PAUSED}}"))
    words = ["running paused in shop-prod"]
    assert [*KINDS["macie_members"].weakened(less.organization, change_of(less))] == words

    assert at(SMALL).apply(OF_IT).complete
    assert at(SMALL).plan(OF_IT).changes == ()
    for key in ("shop-prod", "management", "security-tooling"):
        assert client(cloud, key).get_macie_session()["status"] == "PAUSED"


def test_the_accounts_that_aws_refuses_are_named_and_the_others_are_covered(sandbox: Sandbox, at: At) -> None:
    cloud = converged(at(text()), OF_IT)
    found, ids = client(cloud), cloud.open().tree.account_ids
    for key in ("shop-dev", "shop-prod"):
        found.disassociate_member(id=ids[key])
    sandbox.faults.reject("macie2", "CreateMember", code="ValidationException", times=1)
    result = cloud.apply(OF_IT)
    ((address, error),) = result.failed.items()
    refused = next(
        key for key in ("shop-dev", "shop-prod") if f"Macie: 1 accounts: {key}: ValidationException" in str(error)
    )
    assert {*members(cloud, address.scope.region)} == {*ALL} - {refused}
    converged(cloud, OF_IT)


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ("overrides: {p: {target: {accounts: [shop-prod]}, discovery: ALL}}", "LZ447"),
        ("overrides: {p: {target: {accounts: [shop-prod]}, discovery: NEW}}", "LZ203"),
    ],
)
def test_what_cannot_be_is_refused(settings: str, code: str, problems: Any) -> None:
    assert [each.code for each in problems(f"services: {{macie: {{export: false, {settings}}}}}")] == [code]


RULE = "suppress: {dev: {where: {resourcesAffected.s3Bucket.name: {eq: [b, a]}}}}"


def test_filters_of_others_stay_and_of_two_of_ours_one_goes(sandbox: Sandbox, at: At) -> None:
    cloud = converged(at(text(RULE)), OF_IT)
    found = client(cloud)
    (ours,) = found.list_findings_filters()["findingsFilterListItems"]
    where = {"criterion": {"sample": {"eq": ["true"]}}}
    for name in ("dev", "theirs", ours["name"]):
        found.create_findings_filter(name=name, action="ARCHIVE", findingCriteria=where)
    changes = cloud.plan(OF_IT).changes
    assert {change.action.value for change in changes} <= {"delete", "update"}
    assert cloud.apply(OF_IT).complete
    assert cloud.plan(OF_IT).changes == ()
    names = [each["name"] for each in found.list_findings_filters()["findingsFilterListItems"]]
    assert sorted(names) == ["dev", "landing-dev", "theirs"]
    later = converged(at(text()), OF_IT)
    assert sorted(each["name"] for each in client(later).list_findings_filters()["findingsFilterListItems"]) == [
        "dev", "theirs",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "where",
    [
        "resourcesAffected.s3Bucket.nam: {eq: [a]}",
        "accountId: {exactly: [a]}",
        "count: {eq: [a]}",
        "type: {eq: []}",
    ],
)
def test_criteria_that_macie_does_not_take_are_told(problems: Any, where: str) -> None:
    found = problems(text=text(f"suppress: {{a: {{where: {{{where}}}}}}}"))
    assert found
    assert all(problem.source is not None and problem.severity == "error" for problem in found)


def test_criteria_are_fields_of_findings() -> None:
    def fields(shape: Any, path: str = "") -> Iterator[tuple[str, str]]:
        if shape.type_name == "structure":
            for name, member in shape.members.items():
                yield from fields(member, f"{path}.{name}" if path else name)
        elif shape.type_name == "list":
            yield from fields(shape.member, path)
        else:
            yield path, shape.type_name

    model = botocore.session.Session().get_service_model("macie2")
    known = dict(fields(model.shape_for("Finding")))
    assert {known[name] for name in (*TEXTS, *EXACT)} == {"string", "boolean"}
    assert {known[name] for name in NUMBERS} == {"long"}
    assert {*TESTS.values()} == {*model.shape_for("CriterionAdditionalProperties").members}
