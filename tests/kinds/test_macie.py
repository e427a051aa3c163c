"""Macie: accounts that are there already, what differs in some, those that AWS refuses, and the end of it all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import botocore.session
import pytest

from landing.core.model import Change
from landing.sandbox import Sandbox
from landing.services.macie.expression import unreadable
from landing.services.macie.settings import EXACT, NUMBERS, TESTS, TEXTS
from landing.services.registry import KINDS
from landing.services.shapes import TOO_EARLY
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
    said = [*KINDS["macie_members"].weakened(cloud.organization, change_of(cloud))]
    assert said == ["paused in shop-dev, where it may be on"]
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


def test_an_account_that_comes_is_paused_in_the_run_that_makes_it(at: At) -> None:
    assert at(SMALL).apply(OF_IT).complete
    paused = text("overrides: {d: {target: {units: [workloads/dev]}, members: PAUSED}}")
    converged(at(paused), OF_IT)
    new = "  shop-lab: {name: Lab, email: lab@example.com, unit: workloads/dev}\n"
    larger = converged(at(paused.replace("  shop-dev: {", f"{new}  shop-dev: {{", 1)), OF_IT)
    assert members(larger)["shop-lab"] == "Paused", "Macie has enabled it as it came"


def test_the_accounts_that_aws_refuses_are_named_and_the_others_are_covered(sandbox: Sandbox, at: At) -> None:
    cloud = converged(at(text()), OF_IT)
    found, ids = client(cloud), cloud.open().tree.account_ids
    for key in ("shop-dev", "shop-prod"):
        found.disassociate_member(id=ids[key])
    sandbox.faults.reject("macie2", "CreateMember", code="ValidationException", times=1 + len(TOO_EARLY))
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


USED = (
    "discovery: SOME, identifiers: {staff: {regex: REGEX}}, allow_lists: {cards: {regex: a}}, "
    "inspection: {include: [A_B], exclude: [C_D], identifiers: [staff], allow_lists: [cards]}, "
    "jobs: {weekly: {every: week, include: {target: {units: [workloads]}}, identifiers: [staff], allow_lists: [cards]}, "
    "stock: {every: once, include: {names: [acme-stock]}}}"
)


def jobs(cloud: Cloud) -> list[tuple[str, str]]:
    return sorted((each["name"], each["jobStatus"]) for each in client(cloud).list_classification_jobs()["items"])


def test_another_identifier_goes_with_what_uses_it_and_what_is_of_others_stays(sandbox: Sandbox, at: At) -> None:
    cloud = converged(at(text(USED.replace("REGEX", "a"))), OF_IT)
    found = client(cloud)
    template = found.get_automated_discovery_configuration()["sensitivityInspectionTemplateId"]
    before = found.get_sensitivity_inspection_template(id=template)
    theirs = {
        "customDataIdentifierIds": found.create_custom_data_identifier(name="theirs", regex="a")[
            "customDataIdentifierId"
        ],
        "allowListIds": found.create_allow_list(name="theirs", criteria={"regex": "a"})["id"],
        "managedDataIdentifierIds": "OTHER",
    }
    includes = {name: [*before["includes"][name], each] for name, each in theirs.items()}
    found.update_sensitivity_inspection_template(id=template, includes=includes, excludes=before["excludes"])
    found.create_classification_job(name="theirs", jobType="ONE_TIME", s3JobDefinition={"bucketCriteria": {}})
    assert cloud.plan(OF_IT).changes == ()
    assert {address.name for address in cloud.plan(OF_IT).unmanaged} == {"theirs (by name)"}

    later = at(
        text(USED.replace("REGEX", "b").replace("exclude: [C_D]", "exclude: [C_D, A_B]").replace("[A_B], ex", "[], ex"))
    )
    plan = later.plan(OF_IT)
    changed = {f"{change.address.kind}.{change.address.name}" for change in plan.changes}
    assert changed == {"macie_identifier.staff", "macie_inspection.organization", "macie_job.weekly"}
    job = next(change for change in plan.changes if change.address.kind == "macie_job")
    notes = [*KINDS["macie_job"].notes(later.organization, job)]
    assert [note.partition(":")[0] for note in notes] == ["AWS changes no job", "cost"]
    converged(later, OF_IT)
    shown = found.get_sensitivity_inspection_template(id=template)
    assert shown["includes"]["managedDataIdentifierIds"] == ["OTHER"]
    assert shown["excludes"]["managedDataIdentifierIds"] == ["A_B", "C_D"]
    for name in ("customDataIdentifierIds", "allowListIds"):
        assert theirs[name] in shown["includes"][name]
        assert len(shown["includes"][name]) == 2
    assert jobs(later) == [
        ("landing-stock", "RUNNING"), ("landing-weekly", "CANCELLED"), ("landing-weekly", "IDLE"), ("theirs", "RUNNING"),
    ]  # fmt: skip


def test_jobs_that_are_done_stay_and_those_that_the_config_drops_are_cancelled(sandbox: Sandbox, at: At) -> None:
    cloud = converged(at(text(USED.replace("REGEX", "a"))), OF_IT)
    found = client(cloud)
    for each in found.list_classification_jobs()["items"]:
        if each["name"] == "landing-weekly":
            found.update_classification_job(jobId=each["jobId"], jobStatus="USER_PAUSED")
    converged(cloud, OF_IT)
    assert ("landing-weekly", "IDLE") in jobs(cloud)
    sandbox.advance(2 * 3600)
    assert jobs(cloud) == [("landing-stock", "COMPLETE"), ("landing-weekly", "IDLE")]
    assert cloud.plan(OF_IT).changes == ()
    less = converged(at(text("discovery: SOME")), OF_IT)
    assert jobs(less) == [("landing-stock", "COMPLETE"), ("landing-weekly", "CANCELLED")]
    assert found.list_allow_lists()["allowLists"] == found.list_custom_data_identifiers()["items"] == []


def test_a_file_that_macie_cannot_read_is_drift(sandbox: Sandbox, at: At) -> None:
    assert at(SMALL).apply(OF_IT).complete
    s3 = sandbox.session(at(SMALL).open().tree.account_ids["security-tooling"], region=REGION).client("s3")
    s3.create_bucket(Bucket="acme-words", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket="acme-words", Key="words.txt", Body=b"acme")
    cloud = converged(at(text("allow_lists: {words: {location: 's3://acme-words/words.txt'}}")), OF_IT)
    s3.delete_object(Bucket="acme-words", Key="words.txt")
    change = change_of(cloud, "macie_allow_list")
    assert change.before
    assert change.before["status"] == "S3_OBJECT_NOT_FOUND: s3://acme-words/words.txt"
    (note,) = KINDS["macie_allow_list"].notes(cloud.organization, change)
    assert "cannot read its file (S3_OBJECT_NOT_FOUND: s3://acme-words/words.txt): put it there" in note
    failed = [each for address, each in cloud.apply(OF_IT).failed.items() if address.kind == "macie_allow_list"]
    assert failed
    assert {each.code for each in failed} == {"LZ513"}
    assert "(status is S3_OBJECT_NOT_FOUND: s3://acme-words/words.txt)" in failed[0].message


def test_an_export_that_macie_refuses_is_told_with_the_bucket_and_the_key(at: At) -> None:
    cloud = at(SMALL + "services: {log_archive: {existing: {buckets: {macie: acme-nowhere}}}, macie: {}}\n")
    (failed,) = [each for address, each in cloud.apply().failed.items() if address.kind == "macie_export"][:1]
    assert "PutClassificationExportConfiguration" in failed.text
    assert "The bucket is acme-nowhere, the key arn:aws:kms:" in failed.message
    assert "services.log_archive.existing" in failed.help


@pytest.mark.parametrize(
    "settings",
    [
        "exclude: {}",
        "inspection: {}",
        "discovery: ALL, inspection: {include: [A], exclude: [A]}",
        "discovery: ALL, inspection: {allow_lists: [none]}",
        "allow_lists: {a: {}}",
        "allow_lists: {a: {regex: a, location: 's3://acme/a'}}",
        "allow_lists: {a: {regex: '('}}",
        "identifiers: {a: {regex: a, severity: {LOW: 2, HIGH: 1}}}",
        "identifiers: {a: {regex: '[a'}}",
        "identifiers: {a: {regex: '(?<=a)b'}}",
        'identifiers: {a: {regex: "(a)\\\\1"}}',
        "jobs: {a: {every: day, include: {}}}",
        "jobs: {a: {every: day, include: {target: {tags: {no: body}}}}}",
        "jobs: {a: {every: day, include: {names: [a-a]}, managed: NONE}}",
        "jobs: {a: {every: day, include: {names: [a-a]}, managed: ONLY}}",
        "jobs: {a: {every: day, include: {names: [a-a]}, identifiers: [none]}}",
        "jobs: {a: {every: day, include: {names: [a-a]}, regions: [ap-south-1]}}",
    ],
)
def test_discovery_and_jobs_that_macie_does_not_take_are_told(problems: Any, settings: str) -> None:
    found = problems(f"services: {{macie: {{export: false, {settings}}}}}")
    assert {each.code for each in found if each.severity == "error"} == {"LZ485"}
    assert all(each.source and each.help for each in found if each.severity == "error")


@pytest.mark.parametrize("regex", ["4111-.*", r"E-[0-9]{6}\b", r"\p{Lu}[(?=]", r"\\1\(?=", r"[]\1]a"])
def test_an_expression_that_macie_may_take_is_let_pass(regex: str) -> None:
    assert unreadable(regex) == ""


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
