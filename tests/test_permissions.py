"""The generated IAM policies, and the page that shows them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from landing.aws import (
    Reads,
    Tree,
    access_report,
    event_history,
    findings,
    service_quotas,
    simulator,
    since,
    translated,
)
from landing.aws.reads import CREDENTIALS
from landing.core.errors import AwsError
from landing.core.model import Scope
from landing.organization import Organization
from landing.policy import catalog, lint
from landing.runs import record_bucket
from landing.sandbox import Sandbox
from landing.services import alarm_drill, root_users
from landing.services.base import Kind
from landing.services.documents import documents
from landing.services.permissions import (
    ALWAYS,
    BUCKET,
    BUCKET_TAGS,
    ENTER,
    EXAMPLE_LOCK,
    LINK,
    MADE,
    PASS,
    TRUSTED,
    apply_policy,
    lock_statements,
    management_stacks,
    packed,
    page,
    plan_policy,
    reads,
    stacks_policy,
    unknown_types,
)
from landing.services.registry import KINDS
from tests import calls
from tests.cloud import QuickAws, Story
from tests.samples import ALARMED, SMALL

PAGE = Path(__file__).parents[1] / "docs" / "permissions.md"
READING = ("Get", "List", "Describe", "Select", "BatchGet", "Detect", "AssumeRole", "Lookup")


def test_every_action_exists() -> None:
    for kind in KINDS:
        for action in (*kind.reads, *kind.writes):
            assert catalog.expand(action), f"{kind.name} declares {action}"


every_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
READING_PHASES = ("read", "in_the_way")
PHASES = (*READING_PHASES, "apply", "going_on")
ENTERING = {"sts:AssumeRole"}

ELSEWHERE = {
    "landing.aws.s3_object": {BUCKET}
    | {action for each in lock_statements("aws", EXAMPLE_LOCK) for action in each["Action"]},
    "landing.runs.record_bucket": {record_bucket.ACTION},
    "landing.runs.gates": set(),  # of AWS Organizations, which the kinds ask and tag
    "landing.aws.since": {since.ACTION},
    "landing.runs.bootstrap": {BUCKET_TAGS, "iam:GetOpenIDConnectProvider"},
    "landing.aws.findings": {*findings.ACTIONS},
    "landing.aws.envelope": set(),  # of KMS, whose use `plan --encrypt` and `apply` tell of
    "landing.aws.event_history": {event_history.ACTION},
    "landing.aws.service_quotas": {service_quotas.ACTION},
    "landing.aws.simulator": {simulator.ACTION},
    "landing.aws.access_report": {*access_report.ACTIONS},
    "landing.aws.root_session": {root_users.ENTER},
    "landing.services.alarm_drill": {*alarm_drill.READS, *alarm_drill.WRITES},
    "landing.services.stacks.template_strength": set(),  # words of templates, which methods are called too
    "landing.services.compliance": set(),  # of AWS Config, which the role that plans may
    "landing.services.root_email": set(),  # the code, which the account kind never gives back
    "landing.services.root_users": {*root_users.READS, *root_users.REMOVES},
    "landing.aws.door": {"sts:GetCallerIdentity"},  # needs no permission (STS API reference)
}
"""What modules that belong to no kind may call."""

ONE = {
    "describe_organization_configuration": "GraphArn",
    "describe_stacks": "StackName",
    "describe_change_set": "ChangeSetName",  # only its status is read, which every page has
    "describe_alarms": "AlarmNames",
    "list_parents": "ChildId",
    "get_findings": "FindingIds",  # GuardDuty's, which has no pages
    "describe_organization_config_rule_statuses": "OrganizationConfigRuleNames",
    "describe_organization_conformance_pack_statuses": "OrganizationConformancePackNames",
}
"""Paged operations that answer with one item when they are called with this argument."""


@every_kind
def test_what_a_kind_may_call_is_declared(kind: Kind) -> None:
    """Every path is followed, also those that no story of the tests takes."""
    reading, all_of_it = calls.of_kind(type(kind), *READING_PHASES), calls.of_kind(type(kind), *PHASES)
    assert reading.direct <= {*kind.reads}
    assert all_of_it.direct | all_of_it.besides <= {*kind.reads, *kind.writes}
    assert all_of_it.actions - all_of_it.direct <= {*ALWAYS, *(action for each in KINDS for action in each.reads)}


@every_kind
def test_what_a_kind_declares_is_called(kind: Kind) -> None:
    reading, all_of_it = calls.of_kind(type(kind), *READING_PHASES), calls.of_kind(type(kind), *PHASES)
    assert {*kind.reads} <= reading.actions | reading.besides | (ENTERING if reading.enters else set())
    assert {*kind.writes} <= all_of_it.actions | all_of_it.besides | (ENTERING if all_of_it.enters else set())


@every_kind
def test_a_kind_names_whose_roles_are_made_and_which_are_passed(kind: Kind) -> None:
    made = calls.of_kind(type(kind), *PHASES).linked | calls.linked_by_name(type(kind), *PHASES)
    assert {*kind.linked} == (made - TRUSTED if kind.name == "trusted_access" else made)  # those are of every service
    assert bool(kind.linked) == (LINK in kind.writes)
    assert bool(kind.passed) == (PASS in kind.writes)


def test_no_call_is_overlooked() -> None:
    """What no kind reaches is of the few modules that serve something else."""
    reached = {use for kind in KINDS for use in calls.of_kind(type(kind), *PHASES).uses}
    reads = {action for kind in KINDS for action in kind.reads}
    for module, method in calls.of_package() - reached:
        if module.startswith("landing.importing."):  # as the plan role: whatever service is meant, a plan asks it too
            assert any(calls.action_of(*call) in reads for call in calls.methods()[method].items()), method
            continue
        assert module in ELSEWHERE, f"{module} names {method}, which no kind reaches"
        actions = {
            calls.action_of(*call) for call in calls.methods()[method].items() if call[0] in ("s3", "iam", "sts")
        }
        assert actions <= ELSEWHERE[module]


def test_the_tree_asks_for_nothing_that_is_declared_nowhere() -> None:
    declared = {*ALWAYS, *(action for kind in KINDS for action in kind.reads)}
    everything = calls.Closure(Tree, [name for name in dir(Tree) if not name.startswith("__")])
    assert {*ALWAYS} <= everything.actions <= declared


def test_paged_answers_are_read_to_the_end() -> None:
    for where, method, arguments in calls.of_one_page():
        assert ONE.get(method) in arguments, f"{where}: {method} answers in pages: read them all with `Aws.listed`"


def test_the_plan_role_can_change_nothing() -> None:
    for statement in plan_policy(lock=EXAMPLE_LOCK)["Statement"]:
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        assert all(action.split(":")[1].startswith(READING) for action in actions)


CONDITIONS = {ENTER: "aws:ResourceOrgID", LINK: "iam:AWSServiceName", PASS: "iam:PassedToService"}
"""What makes a caller more than it is is allowed with this condition only."""


def _statements(value: Any) -> Iterator[dict[str, Any]]:
    """Every statement in a document, however deep: templates hold policies."""
    if isinstance(value, dict):
        if "Effect" in value:
            yield value
        for each in value.values():
            yield from _statements(each)
    elif isinstance(value, list):
        for each in value:
            yield from _statements(each)


def _actions(statement: dict[str, Any]) -> set[str]:
    patterns = statement.get("Action", "*")
    return {
        action.text
        for each in ([patterns] if isinstance(patterns, str) else patterns)
        for action in catalog.expand(each)
    }


@pytest.mark.parametrize("identity", ["", "o-exampleorgid"])
def test_nothing_that_is_written_gives_a_power_without_its_condition(
    full: Organization, load_text: Callable[[str], Organization], identity: str
) -> None:
    """Of all that `synth` writes, that a connection sends, and that the page shows."""
    organizations = (replace(full, id=identity, lock=EXAMPLE_LOCK), load_text(SMALL + READ_ROLE))
    made = [content for each in organizations for _, content in documents(each)]
    made += [json.loads(reads(each, detect=True).session_policy) for each in organizations]
    found: dict[str, int] = dict.fromkeys(CONDITIONS, 0)
    for statement in _statements(made):
        if statement["Effect"] != "Allow" or "Principal" in statement:
            continue
        for action in _actions(statement) & {*CONDITIONS}:
            found[action] += 1
            assert list(statement["Condition"]["StringEquals"]) == [CONDITIONS[action]], statement
            assert "*" not in str(statement["Condition"])
    assert all(found.values()), "the test sees what it is about"


def test_whoever_is_trusted_is_of_the_organization_or_acts_for_the_account(
    full: Organization, load_text: Callable[[str], Organization]
) -> None:
    organizations = (full, load_text(SMALL + READ_ROLE))
    trusts = [
        statement
        for each in organizations
        for deployment in each.deployments.values()
        for statement in _statements(deployment.template)
        if "sts:AssumeRole" in _actions(statement)
        and "Principal" in statement
        and statement["Action"] == "sts:AssumeRole"
    ]
    assert trusts
    for trust in trusts:
        key = "aws:PrincipalOrgID" if "AWS" in trust["Principal"] else "aws:SourceAccount"
        # AWS documents no condition for the roles of these.
        if trust["Principal"].get("Service") not in ("cloudtrail.amazonaws.com", "lambda.amazonaws.com"):
            assert key in trust["Condition"]["StringEquals"]


def test_the_policies_are_clean_by_our_own_linter() -> None:
    for policy in (plan_policy(), apply_policy(), apply_policy(lock=EXAMPLE_LOCK, organization="o-exampleorgid")):
        found = [each for each in lint(policy) if each.code not in ("POL200", "POL201")]
        assert found == [], "but its size: it is written in parts"


def test_stacks_of_the_management_account_are_made_in_the_name_of_who_applies(
    load_text: Callable[[str], Organization],
) -> None:
    """By the resources that they hold: roles by name, and those that a recorder and a rule are passed."""
    full = load_text(ALARMED)
    reading, writing = (stacks_policy(full, writes=writes) for writes in (False, True))
    assert reading is not None
    assert writing is not None
    assert unknown_types(full) == []
    made = {
        kind for each in management_stacks(full) for kind in [r["Type"] for r in each.template["Resources"].values()]
    }  # type: ignore[union-attr, call-overload, index]
    assert made == {*MADE}, "each type of the table is of some blueprint of ours"
    for document, verbs in ((reading, True), (writing, False)):
        assert lint(document) == []
        for statement in document["Statement"]:
            assert all(action.split(":")[1].startswith(READING) == verbs for action in statement["Action"])
    roles = next(each for each in writing["Statement"] if each["Sid"] == "StackRoles")
    assert roles["Resource"] == [
        f"arn:aws:iam::*:role/{name}"
        for name in (
            "landing-alarms",
            "landing-cloudtrail-logs",
            "landing-config-recorder",
            "landing-remediation-password-policy",
            "landing-remediation-public-buckets",
            "landing-security-audit",
            "landing-trail-alarms",
        )
    ]
    passed = {
        each["Resource"][0]: each["Condition"]["StringEquals"] for each in writing["Statement"] if "Condition" in each
    }
    assert passed["arn:aws:iam::*:role/landing-alarms"] == {"iam:PassedToService": "events.amazonaws.com"}
    assert passed["arn:aws:iam::*:role/landing-remediation-*"] == {"iam:PassedToService": "ssm.amazonaws.com"}


def test_a_type_that_is_not_known_is_told(load_text: Callable[[str], Organization]) -> None:
    small = load_text(SMALL + "baselines:\n  account-baseline: {target: {units: [workloads]}, management: true}\n")
    assert unknown_types(small) == ["AWS::EC2::SnapshotBlockPublicAccess", "AWS::SSM::ServiceSetting"]
    assert unknown_types(load_text(SMALL)) == []
    assert stacks_policy(load_text(SMALL), writes=True) is None


def test_members_are_entered_by_one_role_in_one_organization() -> None:
    for policy in (plan_policy("aws-us-gov", "reader"), apply_policy("aws-us-gov", "reader")):
        (entering,) = [each for each in policy["Statement"] if ENTER in each["Action"]]
        assert entering["Resource"] == "arn:aws-us-gov:iam::*:role/reader"
        assert entering["Condition"] == {"StringEquals": {"aws:ResourceOrgID": "${aws:PrincipalOrgID}"}}


def test_the_policies_fit_into_a_role() -> None:
    planning, applying = (
        list(packed(policy["Statement"]))
        for policy in (plan_policy(lock=EXAMPLE_LOCK), apply_policy(lock=EXAMPLE_LOCK))
    )
    for policy in (*planning, *applying):
        assert len(json.dumps(policy, separators=(",", ":"))) <= 6_144, "a managed policy has at most 6,144 characters"
    assert len(planning) <= 2
    assert len(applying) <= 6, "a role has at most 10 managed policies, and those of the stacks besides"


def test_the_lock_is_allowed_where_it_is_and_only_there() -> None:
    added = [each for each in apply_policy(lock=EXAMPLE_LOCK)["Statement"] if each not in apply_policy()["Statement"]]
    assert {action: each["Resource"] for each in added for action in each["Action"]} == {
        "s3:DeleteObject": "arn:aws:s3:::example-landing-lock/landing.lock",
        "s3:GetObject": "arn:aws:s3:::example-landing-lock/landing.lock",
        "s3:PutObject": "arn:aws:s3:::example-landing-lock/landing.lock",
        "s3:ListBucket": "arn:aws:s3:::example-landing-lock",
    }
    assert all(catalog.expand(action) for each in added for action in each["Action"])


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), (
        "run: python -m landing.services.permissions > docs/permissions.md"
    )


READ_ROLE = "baselines:\n  read-role: {target: {units: [root]}, parameters: {trusted: role/plan}}\n"


def test_the_read_only_door_lets_through_what_is_declared_and_no_more(full: Organization) -> None:
    allowed = reads(full)
    for kind in KINDS:
        assert all(
            allowed.allow(calls.BOTOCORE.get(service, service), name) for service, name in map(_parts, kind.reads)
        )
    for service, name in CREDENTIALS:
        assert allowed.allow(service, name), "boto3 gets its credentials by it"
    assert not allowed.allow("s3", "GetObject")
    assert not allowed.allow("secretsmanager", "GetSecretValue")
    assert not allowed.allow("sts", "GetFederationToken")
    assert not allowed.allow("organizations", "DescribeHandshake")
    assert not Reads().allow("organizations", "DescribeOrganization"), "nothing, unless told"


@pytest.mark.parametrize("detect", [False, True])
def test_members_are_entered_with_a_session_that_can_only_read(full: Organization, detect: bool) -> None:
    text = reads(full, detect=detect).session_policy
    assert len(text) <= 2_048, "STS API reference, AssumeRole"
    allowed = [each for each in json.loads(text)["Statement"] if each["Effect"] == "Allow"]
    for pattern in (pattern for each in allowed for pattern in each["Action"]):
        found = catalog.expand(pattern)
        assert found, pattern
        if "*" in pattern:
            assert all(action.levels <= {"read", "list"} for action in found), pattern
        else:
            assert pattern.partition(":")[2].startswith(READING)


def test_one_organization_may_have_stacks_of_every_shipped_blueprint(full: Organization) -> None:
    goldens = sorted((Path(__file__).parent / "golden" / "templates").rglob("*.json"))
    resources = [json.loads(golden.read_text(encoding="utf-8"))["Resources"] for golden in goldens]
    every = {f"{number}{name}": body for number, each in enumerate(resources) for name, body in each.items()}
    stack = replace(full.deployments["reader"], template={"Resources": every})
    text = reads(replace(full, deployments={"reader": stack}), detect=True).session_policy
    assert _allows(text, "route53resolver:GetResolverRule")
    assert _allows(text, "chatbot:DescribeSlackChannelConfigurations")


def test_detection_reads_what_the_stacks_hold_but_not_what_is_in_it(full: Organization) -> None:
    detecting, planning = reads(full, detect=True).session_policy, reads(full).session_policy
    assert _allows(detecting, "s3:GetLifecycleConfiguration")
    assert _allows(detecting, "kms:DescribeKey")
    assert not _allows(detecting, "s3:GetObject")
    assert not _allows(detecting, "s3:PutBucketPolicy")
    assert not _allows(planning, "s3:GetLifecycleConfiguration"), "only where it is needed"


def test_a_plan_sends_the_session_policy_and_enters_by_the_read_role(creation: Story) -> None:
    """AWS allows the session what both the role and the policy allow, whatever the role may do."""
    organization = replace(creation.organization, read_role="reader")
    sent: list[dict[str, str]] = []
    refused: dict[bool, str] = {}
    with Sandbox() as sandbox:
        sandbox.load(creation.end)
        for read_only in (True, False):
            aws = QuickAws(organization, read_only=read_only)
            aws._session("", "").register(
                "before-parameter-build.sts.AssumeRole", lambda params, **_: sent.append(params)
            )
            try:
                with translated(Scope("security-tooling")):
                    aws.client("guardduty", Scope("security-tooling", "eu-west-1")).list_detectors()
            except AwsError as error:
                refused[read_only] = str(error)
    assert "The role reader (`access.read_role`) is not in these accounts yet" in refused[True]
    assert "`landing apply`" in refused[True]
    assert "read_role" not in refused.get(False, "")
    reading, writing = sent
    assert reading["RoleArn"].endswith(":role/reader")
    assert reading["Policy"] == reads(organization).session_policy
    assert writing["RoleArn"].endswith(":role/OrganizationAccountAccessRole")
    assert "Policy" not in writing


def test_the_read_role_can_do_what_a_plan_asks_of_members(load_text: Callable[[str], Organization]) -> None:
    organization = load_text(SMALL + READ_ROLE)
    template = organization.deployments["read-role"].template
    role = template["Resources"]["ReadRole"]["Properties"]
    (policy,) = role["Policies"]
    (statement,) = policy["PolicyDocument"]["Statement"]
    session = reads(organization).session_policy
    assert all(_allows(session, action) for action in statement["Action"])


def _allows(text: str, action: str) -> bool:
    """Whether a session policy of ours allows an action; all of its statements are about every resource."""
    statements = json.loads(text)["Statement"]
    return {each["Effect"] for each in statements for pattern in each["Action"] if fnmatchcase(action, pattern)} == {
        "Allow"
    }


def _parts(action: str) -> tuple[str, str]:
    service, _, name = action.partition(":")
    return service, name
