"""Analyzers: what AWS never changes is made anew, and one that is there already is kept."""

from __future__ import annotations

from typing import Any

import pytest

from landing.core.model import Action
from landing.sandbox import Sandbox
from landing.services.registry import KINDS
from tests.cloud import Cloud
from tests.kinds.conftest import At, converged, of_service
from tests.samples import SMALL

OF_IT = of_service("access_analyzer")
RULE = "archive: {sso: {analyzer: unused, where: {resourceType: {eq: ['AWS::IAM::Role']}}}}"


def text(settings: str) -> str:
    return f"{SMALL}services: {{access_analyzer: {{{settings}}}}}\n"


def applied(at: At, settings: str) -> Cloud:
    return converged(at(text(settings)), OF_IT)


def client(sandbox: Sandbox, cloud: Cloud) -> Any:
    account = cloud.open().tree.account_ids["security-tooling"]
    return sandbox.session(account, region="eu-west-1").client("accessanalyzer")


def names(found: Any) -> set[str]:
    return {each["name"] for each in found.list_analyzers()["analyzers"]}


def test_other_days_make_it_anew_with_its_rules_and_need_leave(sandbox: Sandbox, at: At) -> None:
    cloud = applied(at, f"unused: {{days: 30}}, {RULE}")
    before = client(sandbox, cloud).get_analyzer(analyzerName="landing-unused")["analyzer"]
    later = at(text(f"unused: {{days: 60}}, {RULE}"))
    (change,) = later.plan(OF_IT).changes
    kind = next(kind for kind in KINDS if kind.name == change.address.kind)
    assert list(kind.dangers(change)) == ["switch-off"]
    assert any("made anew" in note for note in kind.notes(later.organization, change))
    assert later.apply(OF_IT).complete
    assert later.plan(OF_IT).changes == ()
    found = client(sandbox, later)
    assert found.get_analyzer(analyzerName="landing-unused")["analyzer"]["createdAt"] >= before["createdAt"]
    assert [rule["ruleName"] for rule in found.list_archive_rules(analyzerName="landing-unused")["archiveRules"]] == [
        "landing-sso"
    ]


def test_whom_it_leaves_out_is_changed_in_place(at: At) -> None:
    applied(at, "unused: {}")
    later = at(text("unused: {exclude: {units: [workloads]}}"))
    (change,) = later.plan(OF_IT).changes
    kind = next(kind for kind in KINDS if kind.name == change.address.kind)
    assert list(kind.dangers(change)) == []
    assert [*kind.weakened(later.organization, change)] == [
        "excluded also <account:shop-dev>",
        "excluded also <account:shop-prod>",
    ]


def test_one_of_another_name_is_taken_as_it_is_and_ours_goes(sandbox: Sandbox, at: At) -> None:
    cloud = applied(at, "")
    found = client(sandbox, cloud)
    found.create_analyzer(analyzerName="corp", type="ORGANIZATION")
    assert cloud.plan(OF_IT).changes == ()
    later = at(text("external: {name: corp}"))
    gone = [change for change in later.plan(OF_IT).changes if change.action is Action.DELETE]
    assert {str(change.address).partition("@")[0] for change in gone} == {"access_analyzer.landing-external (by name)"}
    assert later.apply(OF_IT).complete
    assert names(found) == {"corp"}


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ("external: {name: landing-external}", "LZ386"),
        ("unused: {exclude: {accounts: [security-tooling]}}", "LZ386"),
        ("internal: {}", "LZ386"),
        ("external: {name: a}, unused: {name: a}", "LZ386"),
        ("archive: {a: {analyzer: unused, where: {id: {exists: true}}}}", "LZ204"),
        ("archive: {a: {analyzer: unused, where: {error: {exists: true}}}}", "LZ387"),
    ],
)
def test_what_aws_refuses_is_told_before(problems: Any, settings: str, code: str) -> None:
    found = problems(text=text(settings))
    assert code in {problem.code for problem in found}, found


INTERNAL = "internal: {resource_types: ['AWS::S3::Bucket']}"


@pytest.mark.parametrize("account", ["security-tooling", "management"])
def test_another_analyzer_of_internal_access_is_in_the_way(sandbox: Sandbox, at: At, account: str) -> None:
    before = applied(at, "")
    ids, asked = before.open().tree.account_ids, at(text(INTERNAL))
    found = sandbox.session(ids[account], region="eu-west-1").client("accessanalyzer")
    found.create_analyzer(analyzerName="theirs", type="ORGANIZATION_INTERNAL_ACCESS")
    (change,) = [each for each in asked.plan(OF_IT).changes if each.address.scope.region == "eu-west-1"]
    (reason,) = KINDS["access_analyzer"].in_the_way(asked.organization, asked.open(), change)
    assert f"theirs in {account} analyzes internal access already" in reason
    assert ("{name: theirs}" in reason) is (account == "security-tooling")
    assert "ServiceQuotaExceededException" in str(asked.apply(OF_IT).failed[change.address])
    found.delete_analyzer(analyzerName="theirs")
    converged(asked, OF_IT)
