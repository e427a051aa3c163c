"""Policies under test: what passes, what fails and how it is told, coverage, claims, mutation."""

from dataclasses import replace
from pathlib import Path

import pytest

from landing.policy.evaluation import RCP
from landing.policy.testing import Attached, Suite, run
from tests.policy.cases import BUT_EXEMPT, ESTATE, SHOP, deny, document, problems, report_of, suite

DETECTOR = deny("NoDelete", "guardduty:DeleteDetector", **BUT_EXEMPT)
ALLOW_S3 = {"Sid": "OnlyS3", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}


def test_a_policy_that_does_what_its_cases_say_passes(tmp_path: Path) -> None:
    cases = """
    - {try: guardduty:DeleteDetector, expect: denied, by: NoDelete}
    - {try: guardduty:DeleteDetector, as: exempt, expect: not-denied}
    - {try: "guardduty:*", but: guardduty:DeleteDetector, expect: not-denied}
    """
    report = report_of(tmp_path, cases, DETECTOR)
    assert report.passed, problems(report)
    assert [(item.kind, item.status) for item in report.results] == [("case", "passed")] * 3 + [("coverage", "passed")]
    assert report.results[0].requests == 3  # two accounts with a part to play, one of the others


def test_a_failure_tells_the_request_and_what_decided(tmp_path: Path) -> None:
    cases = """
    - {try: guardduty:DeleteDetector, in: account:shop, as: user/ann, expect: not-denied}
    - {try: guardduty:DeleteDetector, in: account:shop, as: exempt, expect: denied}
    - {try: guardduty:DeleteDetector, in: management, expect: denied}
    """
    wrong = problems(report_of(tmp_path, cases, DETECTOR))
    detector = f"arn:aws:guardduty:eu-west-1:{SHOP}:detector/example"
    assert wrong[0] == (
        f"2: arn:aws:iam::{SHOP}:user/ann with guardduty:DeleteDetector on {detector} in {SHOP}: "
        "denied by guard/NoDelete"
    )
    assert wrong[1].endswith(f"role/landing-x with guardduty:DeleteDetector on {detector} in {SHOP}: not-denied")
    assert wrong[3].endswith("not-denied: SCPs do not apply to principals of the management account")
    assert wrong[4] == "1: it decides no case"


def test_many_failures_of_a_case_are_counted(tmp_path: Path) -> None:
    report = report_of(tmp_path, '- {try: "guardduty[write]", in: account:shop, expect: denied}', DETECTOR)
    failures = report.results[0].failures
    assert len(failures) == 6
    assert failures[-1] == f"and {report.results[0].requests - 1 - 5} more"


@pytest.mark.parametrize(
    ("by", "passes"),
    [
        ("First", False),
        ("[First, Second]", True),
        ("[guard/First, guard/Second]", True),
        ("['#1', '#2']", True),
    ],
)
def test_by_names_all_that_may_deny(tmp_path: Path, by: str, *, passes: bool) -> None:
    twice = (deny("First", "sqs:*"), deny("Second", "sqs:SendMessage"))
    cases = f"- {{try: sqs:SendMessage, expect: denied, by: {by}}}"
    report = report_of(tmp_path, cases, *twice)
    assert report.passed is passes
    assert passes or "denied by guard/First, guard/Second, not by" in problems(report)[0]


@pytest.mark.parametrize(
    ("cases", "place", "words"),
    [
        ("- try: sqs:SendMesage\n  expect: denied", "1:8", "did you mean `sqs:SendMessage`?"),
        ("- try: sqs:*\n  but: sqs:Nothing\n  expect: denied", "2:8", "takes nothing away"),
        ("- try: sqs:*\n  in: ou:nowhere\n  expect: denied", "2:7", "there is no `ou:nowhere`"),
        ("- try: sqs:*\n  as: [root, bob]\n  expect: denied", "2:7", "`bob` is no principal"),
        ("- try: sqs:SendMessage\n  on: queue\n  expect: denied", "2:7", "takes no resource like queue"),
        ("- try: sqs:*\n  owner: nobody\n  expect: denied", "2:10", "there is no `nobody`"),
        (
            "- try: sqs:*\n  with: {aws:SourceVpc: a, aws:SourceVcpe: b}\n  expect: denied",
            "2:28",
            "did you mean `aws:SourceVpce`?",
        ),
        ("- try: sqs:*\n  with: {aws:SourceVpc: '{{ x }}'}\n  expect: denied", "2:9", "has no value"),
        ("- try: sqs:*\n  expect: denied\n  by: Frist", "3:7", "did you mean `First`?"),
        ("- never: sqs[wrte]", "1:10", "no access level"),
        ("- never: sqs:*\n  except: bob", "2:11", "`bob` is no principal"),
        ("- never: sqs:*\n  on: queue", "1:3", "nor a pattern of an ARN"),
        ("- never: sqs:*\n  absent: [aws:Sourcevcp, 's3:*']", "2:11", "did you mean `aws:SourceVpc`?"),
        ("- always: sqs:*\n  as: root\n  present: aws:Nothing", "3:12", "no condition key"),
    ],
)
def test_mistakes_have_the_place_of_the_part_that_is_wrong(tmp_path: Path, cases: str, place: str, words: str) -> None:
    suite = report_of(tmp_path, cases, deny("First", "sqs:*"), deny("Second", "sns:*"))
    [mistake] = suite.mistakes
    assert f"{mistake.position.line}:{mistake.position.column}" == place
    assert words in mistake.message
    assert all(result.kind != "coverage" for result in suite.results), "what it would decide is not known"


def test_statements_that_decide_nothing_are_told(tmp_path: Path) -> None:
    never_asked = {key: value for key, value in deny("X", "sqs:*").items() if key != "Sid"}
    report = report_of(tmp_path, "- {try: s3:GetObject, expect: denied}", deny("Reads", "s3:Get*"), never_asked)
    (bare,) = [item for item in report.results if item.kind == "coverage"]
    assert (bare.title, bare.status) == ("guard/#2", "failed")


def test_a_statement_that_denies_what_nobody_expects_covers_nothing(tmp_path: Path) -> None:
    report = report_of(tmp_path, "- {try: s3:GetObject, expect: not-denied}", deny("Reads", "s3:Get*"))
    assert "1: it decides no case" in problems(report)


def test_an_allow_list_stands_in_the_place_of_full_access(tmp_path: Path) -> None:
    cases = """
    - {try: "s3:*Object", expect: not-denied}
    - {try: "sqs:*", in: account:shop, as: root, expect: denied}
    """
    report = report_of(tmp_path, cases, ALLOW_S3)
    assert report.passed, problems(report)
    wrong = problems(report_of(tmp_path, "- {try: sqs:SendMessage, in: account:shop, expect: not-denied}", ALLOW_S3))
    assert wrong[0].endswith("denied by no Allow at root")


def test_what_is_undetermined_fails_either_way(tmp_path: Path) -> None:
    unfilled = deny("Odd", "s3:GetObject", StringEquals={"aws:PrincipalAccount": "${Account}"})
    for expected in ("denied", "not-denied"):
        cases = f"- {{try: s3:GetObject, in: account:shop, expect: {expected}}}"
        assert any(
            "undetermined: ${Account} names no context key" in item
            for item in problems(report_of(tmp_path, cases, unfilled))
        )


def test_a_case_beyond_the_policy_is_skipped(tmp_path: Path) -> None:
    cases = """
    - {try: sqs:SendMessage, in: ou:sandbox, expect: denied}
    - {try: sqs:SendMessage, in: ou:work, expect: denied}
    """
    report = report_of(tmp_path, cases, deny("Queues", "sqs:*"), at=("work",))
    assert [item.status for item in report.results] == ["skipped", "passed", "passed"]
    assert report.passed


def test_a_policy_without_cases_is_an_error(tmp_path: Path) -> None:
    bare = Suite("guard", tmp_path / "cases.yaml", (Attached("guard", document(DETECTOR)),))
    report = run([bare], ESTATE)
    assert not report.passed
    assert problems(report.suites[0]) == ["1: policy `guard` has no cases: write this file"]
    (tmp_path / "cases.yaml").write_text("")
    assert not run([bare], ESTATE).passed


def test_policies_that_grant_and_deny_nothing_need_none(tmp_path: Path) -> None:
    tags = Suite("tags", tmp_path / "cases.yaml", (Attached("tags", {"tags": {}}, "TAG_POLICY"),))
    report = run([tags], ESTATE, mutate=True)
    assert report.passed
    assert report.count("skipped") == 1


def test_mistakes_do_not_hide_other_cases(tmp_path: Path) -> None:
    cases = """
    - {try: guardduty:NoSuch, expect: denied}
    - {try: guardduty:DeleteDetector, in: account:shop, expect: not-denied}
    - {never: "guardduty[wrote]"}
    """
    lines = [item.split(":")[0] for item in problems(report_of(tmp_path, cases, DETECTOR))]
    assert lines == ["2", "4", "3"], "nor is the statement said to decide nothing"


def test_rcps_are_about_whoever_comes(tmp_path: Path) -> None:
    tls = {**deny("Tls", "s3:*", Bool={"aws:SecureTransport": "false"}), "Principal": "*"}
    cases = """
    - {try: s3:GetObject, on: "arn:aws:s3:::b/k", as: ["arn:aws:iam::999999999999:role/x", anonymous, service/cloudtrail],
       with: {aws:SecureTransport: "false"}, expect: denied, by: Tls}
    - {try: s3:GetObject, on: "arn:aws:s3:::b/k", owner: management, with: {aws:SecureTransport: "false"}, expect: not-denied}
    - {try: "s3:*Object", on: "arn:aws:s3:::b/k", expect: not-denied}
    - {never: s3:GetObject, with: {aws:SecureTransport: "false"}}
    """
    report = report_of(tmp_path, cases, tls, type=RCP)
    assert report.passed, problems(report)


def test_several_policies_are_tried_together(tmp_path: Path) -> None:
    first = suite(tmp_path, """
    - {try: sqs:SendMessage, in: ou:work, expect: denied, by: queues/Queues}
    - {try: sqs:SendMessage, in: ou:sandbox, expect: not-denied}
    - {try: s3:PutObject, on: "arn:aws:s3:::b/k", with: {aws:SecureTransport: "false"}, expect: denied, by: tls/Tls}
    - {never: s3:PutObject, with: {aws:SecureTransport: "false"}}
    """)  # fmt: skip
    tls = {**deny("Tls", "s3:*", Bool={"aws:SecureTransport": "false"}), "Principal": "*"}
    both = (Attached("queues", document(deny("Queues", "sqs:*")), at=("work",)), Attached("tls", document(tls), RCP))
    (report,) = run([replace(first, policies=both)], ESTATE, mutate=True).suites
    assert report.passed, problems(report)
    assert report.mutants is None


def test_claims_are_proved_or_refuted_with_a_request(tmp_path: Path) -> None:
    cases = """
    - {try: guardduty:DeleteDetector, expect: denied}
    - {never: guardduty:DeleteDetector, except: exempt}
    - {never: guardduty:DeleteDetector}
    - {never: "guardduty:*Detector", but: [guardduty:CreateDetector, guardduty:GetDetector], except: exempt}
    - {always: "guardduty:*", as: exempt}
    - {always: "guardduty:*", as: role/Dev}
    - {always: "guardduty:*", but: guardduty:DeleteDetector, as: "role/*"}
    - {never: guardduty:DeleteDetector, in: ou:work, except: exempt}
    """
    report = report_of(tmp_path, cases, DETECTOR)
    claims = [item for item in report.results if item.kind in ("never", "always")]
    assert [item.status for item in claims] == ["passed", "failed", "failed", "passed", "failed", "passed", "passed"]
    assert all(
        ":role/admin with guardduty:DeleteDetector on arn:aws:guardduty:" in words for words in claims[1].failures
    )
    assert all("guardduty:UpdateDetector" in words for words in claims[2].failures)
    assert "role/Dev with guardduty:DeleteDetector" in claims[4].failures[0]


def test_a_claim_may_fix_keys(tmp_path: Path) -> None:
    outside = deny("Elsewhere", "sqs:*", StringNotEquals={"aws:RequestedRegion": ["eu-west-1", "us-east-1"]})
    cases = """
    - {try: sqs:SendMessage, with: {aws:RequestedRegion: ap-south-1}, expect: denied}
    - {never: "sqs:*", with: {aws:RequestedRegion: ap-south-1}}
    - {always: "sqs:*", as: "role/*", with: {aws:RequestedRegion: "{{ home_region }}"}}
    - {always: "sqs:*", as: "role/*", with: {aws:RequestedRegion: "{{ governed_regions }}"}}
    - {never: "sqs:*", with: {aws:RequestedRegion: null}}
    """
    report = report_of(tmp_path, cases, outside)
    assert [item.status for item in report.results if item.kind != "case"][:2] == ["passed", "passed"]
    assert [item.split(": ", 1)[1] for item in problems(report)] == [
        "`{{ governed_regions }}` is not one value: a claim fixes a key to one",
        "a key that no request has goes under `absent`",
    ]


GOOD = """
- {try: [guardduty:DeleteDetector, guardduty:DeleteFilter], expect: denied}
- {try: [guardduty:DeleteDetector, guardduty:DeleteFilter], as: exempt, expect: not-denied}
- {try: "guardduty[read]", expect: not-denied}
"""
DELETES = deny("Deletes", ["guardduty:DeleteDetector", "guardduty:DeleteFilter"], **BUT_EXEMPT)


def test_good_cases_kill_every_mutant(tmp_path: Path) -> None:
    report = report_of(tmp_path, GOOD, DELETES, mutate=True)
    assert report.passed, problems(report)
    assert report.mutants is not None
    assert report.mutants >= 8


@pytest.mark.parametrize(
    ("weaker", "alive"),
    [
        (GOOD.replace(", guardduty:DeleteFilter]", "]"), "Deletes: Action without guardduty:DeleteFilter"),
        (
            GOOD.replace("as: exempt", "as: role/admin"),
            "Deletes: ArnNotLike aws:PrincipalArn without arn:aws:iam::*:role/landing-*",
        ),
        (
            GOOD.replace('- {try: "guardduty[read]", expect: not-denied}', ""),
            "Deletes: Action guardduty:DeleteFilter as guardduty:*",
        ),
    ],
)
def test_a_case_too_few_leaves_a_mutant_alive(tmp_path: Path, weaker: str, alive: str) -> None:
    report = report_of(tmp_path, weaker, DELETES, mutate=True)
    assert not report.passed
    assert f"alive: {alive}" in problems(report)


def test_a_claim_kills_mutants_too(tmp_path: Path) -> None:
    cases = GOOD.replace("as: exempt", "as: role/admin") + '- {always: "guardduty:*", as: exempt}\n'
    report = report_of(tmp_path, cases, DELETES, mutate=True)
    assert report.passed, problems(report)


def test_mutants_that_mean_the_same_are_proved_to(tmp_path: Path) -> None:
    twice = deny(
        "Deletes", ["guardduty:DeleteDetector", "guardduty:DeleteDet*", "guardduty:DeleteFilter"], **BUT_EXEMPT
    )
    report = report_of(tmp_path, GOOD, twice, mutate=True)
    assert report.passed, problems(report)
    same = {survivor.mutant: survivor.argument for survivor in report.survivors}
    assert same["Deletes: Action without guardduty:DeleteDet*"] == "proved to block the same requests"


def test_an_argument_is_taken_for_what_cannot_be_proved_and_only_for_that(tmp_path: Path) -> None:
    cases = """
    - {try: s3:GetObject, on: "arn:aws:s3:::b/k", with: {aws:SecureTransport: "false"}, expect: denied}
    - {try: s3:GetObject, on: "arn:aws:s3:::b/k", expect: not-denied}
    - {try: s3:PutObject, on: "arn:aws:s3:::b/k", with: {aws:SecureTransport: "false"}, expect: not-denied}
    """
    tls = {**deny("Tls", "s3:GetObject", Bool={"aws:SecureTransport": "false"}), "Principal": "*"}
    alive = "Tls: Bool aws:SecureTransport as BoolIfExists"
    assert problems(report_of(tmp_path, cases, tls, type=RCP, mutate=True)) == [f"alive: {alive}"]
    argued = cases.rstrip(" ") + f'    - {{equivalent: "{alive}", because: every request has the key}}\n'
    assert report_of(tmp_path, argued, tls, type=RCP, mutate=True).passed
    idle = argued + '    - {equivalent: "Tls: dropped", because: no reason}\n'
    assert problems(report_of(tmp_path, idle, tls, type=RCP, mutate=True)) == [
        "6: no mutant `Tls: dropped` survives: there is nothing to argue"
    ]


def test_mutants_are_not_tried_where_cases_fail(tmp_path: Path) -> None:
    report = report_of(tmp_path, GOOD.replace("denied}", "not-denied}", 1), DELETES, mutate=True)
    assert report.mutants is None
    assert not report.passed
