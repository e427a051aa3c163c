"""A service that protects less after an update needs leave by name, and what gets weaker is said."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from landing.config import load
from landing.core.errors import UnsafePlan
from landing.core.model import Action, Address, Change, Resource
from landing.engine.plan import compare
from landing.guardrails.exposure import dangers, refuse_unsafe
from landing.library import Library, shipped
from landing.organization import Organization
from landing.services.base import Ownership
from landing.services.registry import KINDS
from landing.services.stacks.template_strength import weaker_template
from landing.services.strength import UNTOLD, Weaker, each, kept, longer, no_more, on, present, ranked, told, told_each
from tests.samples import COMING, FULL, MACIE, SMALL

DAILY = "recording_frequency: DAILY"
Load = Callable[[str], Organization]


def resources(organization: Organization) -> dict[Address, Resource]:
    return {resource.address: resource for kind in KINDS for resource in kind.desired(organization)}


def weakened(before: Organization, after: Organization) -> dict[str, str]:
    """What must be allowed as weakening on the way from one config to another, by kind and name."""
    old, new = resources(before), resources(after)
    changes = [change for address in new if address in old and (change := compare(KINDS, new[address], old[address]))]
    found = dangers(after, changes)
    return {f"{one.kind}.{one.name}": words["weaken"] for one, words in found.items() if "weaken" in words}


def test_every_kind_says_of_every_attribute_which_values_protect_less(full: Organization, load_text: Load) -> None:
    declared = resources(full) | resources(load_text(COMING).without_members(["acquired"]))
    undecided = {
        f"{resource.address.kind}.{name}"
        for resource in declared.values()
        for name in resource.attributes
        if name not in {**KINDS[resource.address.kind].weaker, **dict.fromkeys(KINDS[resource.address.kind].cosmetic)}
    }
    assert undecided == set()
    assert {kind.name for kind in KINDS if kind.ownership is not Ownership.NONE} == {
        address.kind for address in declared
    }


@pytest.mark.parametrize(
    ("strict", "lax", "where", "words"),
    [
        ("  guardduty:\n", "  guardduty:\n    auto_enable: NEW\n", "guardduty.organization", "auto_enable ALL → NEW"),
        ("  guardduty:\n", "  guardduty:\n    auto_enable: NONE\n", "guardduty.organization", "auto_enable ALL → NONE"),
        (
            "    features: {lambda_network_logs: false}\n",
            "    features: {lambda_network_logs: false, s3_data_events: false}\n",
            "guardduty.organization",
            "features S3_DATA_EVENTS on true → false",
        ),
        (
            "  guardduty:\n",
            "  guardduty:\n    publishing_frequency: SIX_HOURS\n",
            "guardduty.organization",
            "publishing_frequency FIFTEEN_MINUTES → SIX_HOURS",
        ),
        ("rollup: us-east-1\n", "retention_days: 100\n", "security_lake.organization", "retention_days 365 → 100"),
        (
            "    units: [workloads/prod, security]\n",
            "    units: [security]\n    triage: false\n",
            "incident_response_membership.organization",
            "triage true → false; units no longer workloads/prod",
        ),
        ("discovery: NEW\n", "discovery: SOME\n", "macie.organization", "discovery NEW → SOME"),
        ("  macie:\n", "  macie:\n    auto_enable: false\n", "macie.organization", "auto_enable true → false"),
        ("insights: [ApiCallRateInsight], ", "", "trail.landing-organization-trail", "no longer ApiCallRateInsight"),
        (
            'data_events: {"AWS::S3::Object": write}, ',
            "",
            "trail.landing-organization-trail",
            "Data events of AWS::S3::Object",
        ),
        (
            '"AWS::S3::Object": write',
            '"AWS::S3::Object": {events: write, except: ["arn:aws:s3:::mine/"]}',
            "trail.landing-organization-trail",
            "no longer all of: Data events of AWS::S3::Object",
        ),
        (
            "cloudtrail: {",
            "cloudtrail: {management_events: write, ",
            "trail.landing-organization-trail",
            "no longer all of: Management events selector",
        ),
        (
            "cloudtrail: {",
            "cloudtrail: {management_events_except: [kms.amazonaws.com], ",
            "trail.landing-organization-trail",
            "Management events selector",
        ),
        ("cloudwatch_logs: true", "cloudwatch_logs: false", "trail.landing-organization-trail", "log_group"),
        ("mode: GOVERNANCE, days: 30", "mode: GOVERNANCE, days: 29", "stack.log-archive", "Days 30 → 29"),
        ("mode: GOVERNANCE", "mode: COMPLIANCE", "", ""),
        ("{object_lock: {mode: GOVERNANCE, days: 30}}", "{}", "stack.log-archive", "ObjectLockConfiguration"),
        ("log_archive: {", "log_archive: {retention_days: 400, ", "stack.log-archive", "expire after 2557 → 400"),
        ("log_archive: {", "log_archive: {archive_days: 400, ", "", ""),
        ("disabled_controls: [IAM.6]", "disabled_controls: [IAM.6, IAM.7]", "security_hub_policy.dev", "also IAM.7"),
        (
            "standards: [aws-foundational-security-best-practices/v/1.0.0]",
            "standards: []",
            "security_hub_policy.everyone",
            "no",
        ),
        (
            "includeConfigServiceLinkedRoleCheck: false",
            "includeConfigServiceLinkedRoleCheck: true",
            "security_hub_policy.dev",
            UNTOLD,
        ),
        (
            "{identifier: EC2_EBS_ENCRYPTION_BY_DEFAULT}",
            "{identifier: ROOT_ACCOUNT_MFA_ENABLED}",
            "config_rule.ebs",
            UNTOLD,
        ),
        (
            "account-baseline: {",
            "account-baseline: {parameters: {snapshots: block-new-sharing}, ",
            "stack_set.account-baseline",
            "SnapshotSharing State block-all-sharing → block-new-sharing",
        ),
    ],
)
def test_what_protects_less_is_said(
    full: Organization, load_text: Load, strict: str, lax: str, where: str, words: str
) -> None:
    assert FULL.count(strict) == 1
    looser = load_text(FULL.replace(strict, lax))
    found = weakened(full, looser)
    assert words in found.get(where, ""), found
    assert bool(found) is bool(where)
    if where and UNTOLD not in words:
        assert weakened(looser, full) == {}


def test_recording_less_often_is_said(load_text: Load) -> None:
    """Without Firewall Manager, which wants all of it."""
    before, after = (load_text(f"{SMALL}services: {{log_archive: {{}}, config: {{{each}}}}}\n") for each in ("", DAILY))
    assert "CONTINUOUS → DAILY" in weakened(before, after)["stack_set.config-recorder"]
    assert weakened(after, before) == {}


def test_a_bucket_that_the_log_archive_gets_may_be_left_out_of_the_trail(load_text: Load) -> None:
    """Its deliveries would log themselves without end; and the key lets one service more in, for its own bucket."""
    without = load_text(FULL.replace(MACIE, ""))
    assert weakened(without, load_text(FULL)) == {}


def test_a_target_with_another_policy_is_judged_by_what_that_checks(full: Organization, load_text: Load) -> None:
    """Security Hub merges nothing: the nearest policy is all there is."""
    swapped = load_text(
        FULL.replace("everyone: {target: {units: [root]}", "everyone: {target: {units: [workloads/dev]}").replace(
            "dev: {target: {units: [workloads/dev]}", "dev: {target: {units: [root]}"
        )
    )
    found = weakened(full, swapped)
    assert "also IAM.6" in found["security_hub_association.root"]
    assert "standards no longer" in found["security_hub_association.root"]
    assert "parameters Config.1" in found["security_hub_association.unit/workloads/dev"]


def test_leave_is_asked_by_name(full: Organization) -> None:
    address = next(address for address in resources(full) if address.kind == "guardduty")
    after = resources(full)[address].attributes
    change = Change(Action.UPDATE, address, {**after, "publishing_frequency": "ONE_HOUR"}, after)
    refuse_unsafe(full, [change], ())
    change = Change(Action.UPDATE, address, after, {**after, "publishing_frequency": "ONE_HOUR"})
    with pytest.raises(UnsafePlan, match="needs --allow weaken: publishing_frequency FIFTEEN_MINUTES → ONE_HOUR"):
        refuse_unsafe(full, [change], ("switch-off", "delete"))
    refuse_unsafe(full, [change], ("weaken",))


def test_what_aws_has_of_a_policy_that_iam_does_not_evaluate_is_not_compared(full: Organization) -> None:
    sides = ({"type": "TAG_POLICY", "content": {"tags": {name: {}}}} for name in "ab")
    change = Change(Action.UPDATE, Address("policy", "p"), *sides)
    assert dangers(full, [change])[change.address] == {"weaken": f"the content of a TAG_POLICY changes{UNTOLD}"}


@pytest.mark.parametrize(
    ("order", "before", "after", "words"),
    [
        (on, True, False, ["true → false"]),
        (on, "odd", False, ["odd → false" + UNTOLD]),
        (on, "odd", True, []),
        (ranked("A", "B", "C"), "C", "B", []),
        (ranked("A", "B", "C"), "B", "C", ["B → C"]),
        (present, "key", "", ["key → none"]),
        (present, "key", "other", []),
        (longer(), 30, 29, ["30 → 29"]),
        (longer(), 29, 30, []),
        (longer(), None, 30, ["none → 30"]),
        (longer(), 30, None, []),
        (longer(), "a", 30, ["a → 30" + UNTOLD]),
        (kept(), ["a", "b"], ["b", "c"], ["no longer a"]),
        (kept(none="nothing"), "nothing", ["b"], []),
        (kept(), "ALL", ["b"], ['ALL → ["b"]' + UNTOLD]),
        (no_more, ["a"], ["a", "b"], ["also b"]),
        (no_more, "all but a", ["b"], ['all but a → ["b"]' + UNTOLD]),
        (told, 1, 1, []),
        (told, 1, 2, ["1 → 2" + UNTOLD]),
        (each(on), {"a": {"b": True, "c": False}}, {"a": {"b": False, "c": True}}, ["a b true → false"]),
        (each(on), {"a": True}, {}, ["a true → none" + UNTOLD]),
        (told_each, {"a": 1, "b": 2}, {"b": 2, "c": 3}, ["a 1 → none" + UNTOLD, "c none → 3" + UNTOLD]),
    ],
)
def test_orders(order: Weaker, before: Any, after: Any, words: list[str]) -> None:
    assert list(order(before, after)) == words


TLS = {
    "Sid": "Tls",
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Condition": {"Bool": {"aws:SecureTransport": False}},
}
READERS = {"Sid": "Readers", "Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "s3:GetObject"}
SERVICE = {
    "Sid": "Service",
    "Effect": "Allow",
    "Principal": {"Service": "macie.amazonaws.com"},
    "Action": "s3:PutObject",
    "Condition": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
}
CHOSEN = {"Fn::If": ["Here", True, False]}
RULE = {"Status": "Enabled", "ExpirationInDays": 30}


@pytest.mark.parametrize(
    ("kind", "path", "before", "after", "words"),
    [
        (
            "AWS::S3::Bucket",
            "PublicAccessBlockConfiguration",
            {"BlockPublicAcls": True},
            {},
            ["BlockPublicAcls true → none"],
        ),
        ("AWS::S3::Bucket", "PublicAccessBlockConfiguration", {"BlockPublicAcls": True}, None, ["→ none"]),
        ("AWS::Backup::BackupVault", "LockConfiguration", None, {"MinRetentionDays": 35, "ChangeableForDays": 3}, []),
        (
            "AWS::Backup::BackupVault",
            "LockConfiguration",
            {"MinRetentionDays": 35, "ChangeableForDays": 3},
            {"MinRetentionDays": 7},
            ["ChangeableForDays 3 → none", "MinRetentionDays 35 → 7"],
        ),
        (
            "AWS::Backup::BackupVault",
            "LockConfiguration",
            {"MinRetentionDays": 35, "MaxRetentionDays": 400},
            None,
            ["MinRetentionDays 35 → none"],
        ),
        ("AWS::Events::Rule", "EventPattern", {"a": [7]}, {"a": [9]}, [UNTOLD]),
        ("AWS::Events::Rule", "State", "ENABLED", "DISABLED", ["DISABLED"]),
        ("AWS::CloudWatch::Alarm", "Threshold", 1, 1000, [UNTOLD]),
        ("AWS::IAM::OIDCProvider", "ClientIdList", ["a"], ["a", "b"], ["also b"]),
        ("AWS::Logs::MetricFilter", "FilterPattern", "a", "b", [UNTOLD]),
        ("AWS::ECR::RegistryScanningConfiguration", "ScanType", "ENHANCED", "BASIC", ["ENHANCED → BASIC"]),
        ("AWS::ECR::RegistryScanningConfiguration", "Rules", ["all"], ["some"], ["no longer all"]),
        ("AWS::SSM::Association", "Parameters", {"Operation": ["Install"]}, {"Operation": ["Scan"]}, [UNTOLD]),
        ("AWS::RAM::ResourceShare", "Principals", ["ou-1"], ["ou-1", "o-1"], ["also o-1"]),
        ("AWS::RAM::ResourceShare", "AllowExternalPrincipals", False, None, ["→ none"]),
        ("AWS::EC2::TransitGateway", "AutoAcceptSharedAttachments", "disable", "enable", ["enable"]),
        ("AWS::EC2::SecurityGroup", "SecurityGroupEgress", [{"CidrIp": "10.0.0.0/8"}], None, ["none"]),
        ("AWS::EC2::SecurityGroup", "SecurityGroupEgress", None, [{"CidrIp": "10.0.0.0/8"}], []),
        ("AWS::EC2::SecurityGroup", "SecurityGroupIngress", None, [{"CidrIp": "0.0.0.0/0"}], ["also"]),
        ("AWS::Chatbot::SlackChannelConfiguration", "GuardrailPolicies", ["deny"], ["admin"], [UNTOLD]),
        ("AWS::S3::Bucket", "PublicAccessBlockConfiguration", {"BlockPublicAcls": True}, CHOSEN, ["none"]),
        ("AWS::S3::Bucket", "PublicAccessBlockConfiguration", CHOSEN, {"BlockPublicAcls": True}, [UNTOLD]),
        ("AWS::S3::Bucket", "PublicAccessBlockConfiguration", CHOSEN, CHOSEN, []),
        ("AWS::S3::Bucket", "VersioningConfiguration", {"Status": "Enabled"}, {"Status": "Suspended"}, ["Suspended"]),
        ("AWS::S3::Bucket", "BucketEncryption", None, {"x": 1}, []),
        ("AWS::S3::Bucket", "BucketEncryption", {"x": 1}, None, ["none"]),
        (
            "AWS::S3::Bucket",
            "LifecycleConfiguration",
            {"Rules": [RULE]},
            {"Rules": [{**RULE, "Status": "Disabled"}]},
            [],
        ),
        ("AWS::S3::Bucket", "LifecycleConfiguration", None, {"Rules": [RULE]}, ["objects expire after none → 30"]),
        ("AWS::S3::Bucket", "LifecycleConfiguration", None, {"Rules": [{**RULE, "Prefix": "a"}]}, [UNTOLD]),
        (
            "AWS::S3::BucketPolicy",
            "PolicyDocument",
            {"Statement": [TLS]},
            {"Statement": [SERVICE]},
            ["PolicyDocument lets through as not before: e.g. "],
        ),
        ("AWS::S3::BucketPolicy", "PolicyDocument", {"Statement": [TLS]}, {"Statement": [TLS, SERVICE]}, []),
        (
            "AWS::S3::BucketPolicy",
            "PolicyDocument",
            {"Statement": [TLS]},
            {"Statement": [TLS, READERS]},
            ["s3:GetObject on"],
        ),
        ("AWS::S3::BucketPolicy", "PolicyDocument", {"Statement": [TLS]}, CHOSEN, [UNTOLD]),
        ("AWS::KMS::Key", "EnableKeyRotation", True, False, ["true → false"]),
        ("AWS::Logs::LogGroup", "RetentionInDays", None, 7, ["none → 7"]),
        (
            "AWS::IAM::Role",
            "AssumeRolePolicyDocument",
            {"Statement": [SERVICE]},
            {"Statement": [READERS]},
            ["AssumeRolePolicyDocument lets through"],
        ),
        (
            "AWS::Config::ConfigurationRecorder",
            "RecordingGroup",
            {"AllSupported": True},
            {"ResourceTypes": ["a"]},
            ["none"],
        ),
        ("AWS::Config::ConfigurationRecorder", "RecordingGroup", {"ResourceTypes": ["a"]}, {"AllSupported": True}, []),
        (
            "AWS::S3::Bucket",
            "LoggingConfiguration",
            {"DestinationBucketName": "a"},
            {"DestinationBucketName": "b"},
            ["b"],
        ),
        ("AWS::S3::Bucket", "OwnershipControls", {"x": "BucketOwnerEnforced"}, {"x": "ObjectWriter"}, ["Writer"]),
        ("AWS::IAM::Role", "PermissionsBoundary", "narrow", "wide", ["narrow → wide"]),
        ("AWS::IAM::Role", "RoleName", "audit", "landing-admin", ["audit → landing-admin"]),
        ("AWS::IAM::Role", "PermissionsBoundary", None, "narrow", []),
        ("AWS::CloudTrail::Trail", "S3BucketName", "a", "b", ["a → b"]),
        ("AWS::SNS::Topic", "TopicName", "a", "b", []),
    ],
)
def test_templates_are_compared_by_what_is_known_of_their_types(
    kind: str, path: str, before: Any, after: Any, words: list[str]
) -> None:
    found = list(weaker_template(*(template(kind, path, side) for side in (before, after))))
    assert len(found) == len(words), found
    assert all(part in sentence for part, sentence in zip(words, found, strict=True)), found


def template(kind: str, path: str, value: Any) -> Mapping[str, Any]:
    properties = {} if value is None else {path: value}
    return {"Resources": {"It": {"Type": kind, "Properties": json.loads(json.dumps(properties))}}}


def test_resources_that_go_or_change_their_type_are_said() -> None:
    topic, queue = (
        {"It": {"Type": kind, "DeletionPolicy": "Retain"}} for kind in ("AWS::SNS::Topic", "AWS::SQS::Queue")
    )
    assert list(weaker_template({"Resources": topic}, {"Resources": {}})) == [
        "It no longer a resource (AWS::SNS::Topic)"
    ]
    assert list(weaker_template({"Resources": topic}, {"Resources": queue})) == [
        "It no longer a resource (AWS::SNS::Topic)"
    ]
    assert list(weaker_template({"Resources": topic}, {"Resources": {"It": {"Type": "AWS::SNS::Topic"}}})) == [
        "It DeletionPolicy Retain → none"
    ]
    off = {"Resources": {"It": {**topic["It"], "Condition": "Never"}}}
    assert list(weaker_template({"Resources": topic}, off)) == ["It Condition none → Never" + UNTOLD]
    assert list(weaker_template({}, {"Resources": topic})) == []
    assert UNTOLD in next(iter(weaker_template({"text": "Resources: {}"}, {"Resources": topic})))


LOGS = """Parameters:
  Days: {Type: Number, Default: 365}
  Key: {Type: String, Default: one}
  Owner: {Type: String, Default: ann}
Resources:
  Logs:
    Type: AWS::Logs::LogGroup
    Properties: {RetentionInDays: !Ref Days, KmsKeyId: !Sub "arn:${AWS::Partition}:kms:::key/${Key}"}
  Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Ref Owner}}
"""


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("Days: 30", "template Logs RetentionInDays 365 → 30"),
        ("Days: 400", ""),
        ("Key: two", "template Logs KmsKeyId "),
        ("Owner: ben", ""),
    ],
)
def test_a_value_of_a_parameter_weakens_as_the_text_of_a_template_does(
    config: Callable[..., Path], tmp_path: Path, given: str, words: str
) -> None:
    (tmp_path / "blueprints").mkdir()
    (tmp_path / "blueprints" / "logs.yaml").write_text(LOGS, encoding="utf-8")
    library = Library.load(shipped(), tmp_path)
    baseline = SMALL + "baselines:\n  logs: {target: {units: [workloads]}, management: true, parameters: {%s}}\n"
    old, new = (load(config(baseline % values), library)[0] for values in ("", given))
    found = weakened(old, new)
    assert {*found} == ({"stack_set.logs", "stack.logs"} if words else set())
    assert all(said.startswith(words) for said in found.values())


@pytest.mark.parametrize(
    ("kind", "where", "named"),
    [
        ("guardduty_suppression", {"severity": {"GreaterThanOrEqual": 1}}, False),
        ("guardduty_suppression", {"type": {"NotEquals": ["Recon:EC2/Portscan"]}}, False),
        ("guardduty_suppression", {"type": {"Matches": ["*"]}}, False),
        ("guardduty_suppression", {"type": {"Equals": ["Recon:EC2/Portscan"]}, "severity": {"LessThan": 7}}, True),
        ("macie_suppression", {"count": {"gte": 0}, "category": {"neq": ["POLICY"]}}, False),
        ("macie_suppression", {"resourcesAffected.s3Bucket.name": {"eq": ["public-site"]}}, True),
        ("inspector_suppression", {"inspectorScore": {"from": 0, "to": 10}, "severity": {"eq": ["HIGH"]}}, False),
        ("inspector_suppression", {"resourceTags": {"env": "dev"}}, True),
        ("security_hub_automation_rule", {"RecordState": {"eq": ["ACTIVE"]}}, False),
        ("security_hub_automation_rule", {"GeneratorId": {"prefix": ["security-control/S3"]}}, True),
    ],
)
def test_a_new_rule_that_hides_findings_and_names_none_needs_leave(
    load_text: Load, kind: str, where: dict[str, Any], named: bool
) -> None:
    after = {"where": where, "enabled": True, "then": {"workflow": "SUPPRESSED"}}
    change = Change(Action.CREATE, Address(kind, "all"), None, after)
    assert bool(list(KINDS[kind].weakened(load_text(SMALL), change))) is not named
    noted = replace(change, after={**after, "then": {"note": "look"}})
    if kind == "security_hub_automation_rule":
        assert not list(KINDS[kind].weakened(load_text(SMALL), noted))
