"""Log buckets and a key that are there already and are named in the config: used as they are, and never written."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from landing.core.model import Action, Change, Diagnostic
from landing.engine.drift import report
from landing.organization import Organization
from landing.sandbox import Sandbox
from tests.cloud import BY_NAME, Cloud
from tests.samples import SMALL

HOME = "eu-west-1"
ONE_REGION = SMALL.replace(", us-east-1]", "]")
OURS = ONE_REGION + "services: {log_archive: {}, cloudtrail: {}, config: {}, guardduty: {}}\n"
BUCKETS = "{cloudtrail: corp-trail, config: corp-config, guardduty: corp-findings}"
Load = Callable[[str], Organization]


@pytest.mark.parametrize(
    ("receives", "told"),
    [("[]", True), ("[flow-logs]", True), ("[inventory]", False), ("[flow-logs, inventory]", False)],
)
def test_a_baseline_that_sends_what_is_not_received_is_told(problems: Any, receives: str, told: bool) -> None:
    text = f"{SMALL}services: {{log_archive: {{receives: {receives}}}}}\n"
    found = problems(text=f"{text}baselines: {{software-inventory: {{target: {{units: [workloads]}}}}}}\n")
    assert ("LZ354" in {each.code for each in found}) is told


def existing(key: str = "alias/corp-logs", buckets: str = BUCKETS) -> str:
    return OURS.replace("log_archive: {}", f"log_archive: {{existing: {{buckets: {buckets}, key: '{key}'}}}}")


ACCOUNTS = [BY_NAME[name] for name in ("organization", "trusted_access", "unit", "account", "governed_region")]


def allow(principal: Any, action: Any, resource: Any, **condition: Any) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Principal": principal,
        "Action": action,
        "Resource": resource,
        **({"Condition": condition} if condition else {}),
    }


class Archive:
    """Buckets and a key that somebody has made in the log archive."""

    def __init__(self, cloud: Cloud) -> None:
        self.ids = cloud.open().tree.account_ids
        self.session = cloud.sandbox.session(self.ids["log-archive"], region=HOME)
        self.organization = cloud.open().tree.description["Id"]  # type: ignore[index]
        self.s3 = self.session.client("s3")

    def make(self) -> None:
        management, tooling = self.ids["management"], self.ids["security-tooling"]
        trail = f"arn:aws:cloudtrail:{HOME}:{management}:trail/landing-organization-trail"
        cloudtrail, guardduty = {"Service": "cloudtrail.amazonaws.com"}, {"Service": "guardduty.amazonaws.com"}
        source, detectors = {"aws:SourceArn": trail}, {"aws:SourceAccount": tooling}
        recorders = {
            "StringEquals": {"aws:PrincipalOrgID": self.organization},
            "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/landing-config-recorder"},
        }
        self.bucket(
            "corp-trail",
            allow(cloudtrail, "s3:GetBucketAcl", "arn:aws:s3:::corp-trail", StringEquals=source),
            allow(cloudtrail, "s3:PutObject", "arn:aws:s3:::corp-trail/AWSLogs/*", StringEquals=source),
        )
        self.bucket(
            "corp-config",
            allow({"AWS": "*"}, "s3:GetBucketAcl", "arn:aws:s3:::corp-config", **recorders),
            allow({"AWS": "*"}, "s3:PutObject", "arn:aws:s3:::corp-config/AWSLogs/*", **recorders),
        )
        self.bucket(
            "corp-findings",
            allow(guardduty, "s3:GetBucketLocation", "arn:aws:s3:::corp-findings", StringEquals=detectors),
            allow(guardduty, "s3:PutObject", "arn:aws:s3:::corp-findings/*", StringEquals=detectors),
        )
        root = {"AWS": f"arn:aws:iam::{self.ids['log-archive']}:root"}
        policy = [
            allow(root, "kms:*", "*"),
            allow(cloudtrail, ["kms:GenerateDataKey*", "kms:DescribeKey"], "*", StringEquals=source),
            allow(guardduty, "kms:GenerateDataKey", "*", StringEquals=detectors),
        ]
        kms = self.session.client("kms")
        key = kms.create_key(Policy=json.dumps({"Version": "2012-10-17", "Statement": policy}))["KeyMetadata"]["KeyId"]
        kms.create_alias(AliasName="alias/corp-logs", TargetKeyId=key)

    def bucket(self, name: str, *statements: dict[str, Any]) -> None:
        """One that is as it should be, but for what its policy says."""
        self.s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": HOME})
        tls = {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
        document = {"Version": "2012-10-17", "Statement": [tls, *statements]}
        self.s3.put_bucket_policy(Bucket=name, Policy=json.dumps(document))
        block = dict.fromkeys(
            ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
        )
        self.s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=block)  # type: ignore[arg-type]
        rule: Any = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
        self.s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": [rule]})
        self.s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})


@pytest.fixture(scope="module")
def worlds(load_text: Load) -> dict[str, bytes]:
    """Accounts with buckets and a key of others in them, and that with logs going there."""
    with Sandbox(organization=True) as sandbox:
        cloud = Cloud(sandbox, load_text(existing()))
        assert cloud.apply(ACCOUNTS).complete
        Archive(cloud).make()
        before = sandbox.dump()
        result = cloud.apply()
        assert result.complete, (result.failed, result.blocked)
        return {"before": before, "delivered": sandbox.dump()}


@pytest.fixture
def delivered(worlds: dict[str, bytes], load_text: Load) -> Iterator[Cloud]:
    with Sandbox() as sandbox:
        sandbox.load(worlds["delivered"])
        yield Cloud(sandbox, load_text(existing()))


def destinations(cloud: Cloud) -> dict[str, str]:
    ids = cloud.open().tree.account_ids
    trail = cloud.sandbox.session(region=HOME).client("cloudtrail").describe_trails()["trailList"][0]
    member = cloud.sandbox.session(ids["shop-dev"], region=HOME)
    channel = member.client("config").describe_delivery_channels()["DeliveryChannels"][0]
    guardduty = cloud.sandbox.session(ids["security-tooling"], region=HOME).client("guardduty")
    detector = guardduty.list_detectors()["DetectorIds"][0]
    (one,) = guardduty.list_publishing_destinations(DetectorId=detector)["Destinations"]
    findings = guardduty.describe_publishing_destination(DetectorId=detector, DestinationId=one["DestinationId"])
    return {
        "cloudtrail": trail["S3BucketName"],
        "config": channel["s3BucketName"],
        "guardduty": findings["DestinationProperties"]["DestinationArn"].rpartition(":")[2],
    }


def test_everything_is_delivered_there_and_nothing_of_ours_is_made(delivered: Cloud) -> None:
    plan = delivered.plan(detect=True)
    assert (plan.changes, plan.gaps, plan.astray) == ((), (), {})
    assert not any(address.kind == "log_destination" for address in plan.unmanaged)
    assert destinations(delivered) == {
        "cloudtrail": "corp-trail",
        "config": "corp-config",
        "guardduty": "corp-findings",
    }
    archive = Archive(delivered)
    assert {each["Name"] for each in archive.s3.list_buckets()["Buckets"]} == {
        "corp-trail",
        "corp-config",
        "corp-findings",
    }
    aliases = archive.session.client("kms").list_aliases()["Aliases"]
    assert "alias/landing-logs" not in {each["AliasName"] for each in aliases}
    stacks = archive.session.client("cloudformation").describe_stacks()["Stacks"]
    assert "landing-log-archive" not in {each["StackName"] for each in stacks}


def astray(cloud: Cloud) -> dict[str, str]:
    plan = cloud.plan([BY_NAME["log_destination"]])
    assert (plan.changes, plan.gaps, plan.unmanaged) == ((), (), ())
    named = {finding.address.name: finding.declared_at for finding in report(cloud.organization, plan).drifted}
    lines = existing().splitlines()
    for name, at in named.items():
        assert at is not None
        assert lines[at.line - 1][at.column - 1 :].startswith(name), "each points at the entry that names it"
    return {address.name: words for address, words in plan.astray.items()}


def test_what_they_lack_is_told(delivered: Cloud) -> None:
    archive = Archive(delivered)
    anybody = [
        allow({"Service": "cloudtrail.amazonaws.com"}, "s3:*", ["arn:aws:s3:::corp-trail", "arn:aws:s3:::corp-trail/*"])
    ]
    archive.s3.put_bucket_policy(
        Bucket="corp-trail", Policy=json.dumps({"Version": "2012-10-17", "Statement": anybody})
    )
    archive.s3.delete_bucket_policy(Bucket="corp-config")
    archive.s3.put_bucket_versioning(Bucket="corp-config", VersioningConfiguration={"Status": "Suspended"})
    archive.s3.delete_public_access_block(Bucket="corp-findings")
    archive.session.client("kms").disable_key(
        KeyId=archive.session.client("kms").describe_key(KeyId="alias/corp-logs")["KeyMetadata"]["KeyId"]
    )
    found = astray(delivered)
    assert {*found} == {"cloudtrail", "config", "guardduty", "key"}
    assert found["cloudtrail"].count("for anybody (aws:SourceArn is not asked for)") == 1
    assert "without TLS" in found["cloudtrail"]
    assert "does not let the roles landing-config-recorder of all accounts do s3:PutObject" in found["config"]
    assert "keeps no versions" in found["config"]
    assert "does not block all public access" in found["guardduty"]
    assert "is in the state Disabled" in found["key"]


def test_one_that_is_not_there_or_another_accounts_is_told(delivered: Cloud, load_text: Load) -> None:
    other = delivered.sandbox.session(delivered.open().tree.account_ids["shop-dev"], region=HOME)
    other.client("s3").create_bucket(Bucket="grabbed", CreateBucketConfiguration={"LocationConstraint": HOME})
    text = existing("alias/nobodys", "{cloudtrail: nowhere, config: grabbed}")
    key = f"arn:aws:kms:{HOME}:{Archive(delivered).ids['log-archive']}:key/1a2b"
    plan = Cloud(delivered.sandbox, load_text(text.replace("alias/nobodys", key))).plan([BY_NAME["log_destination"]])
    found = {gap.name: gap.reason for gap in plan.gaps}
    assert plan.astray == {}
    assert "does not exist" in found["cloudtrail"]
    assert "is not in the account log-archive" in found["config"]
    assert "does not exist" in found["key"]


def test_from_ours_to_others_and_back(worlds: dict[str, bytes], load_text: Load) -> None:
    """Ours stay with what is in them, and the plan says so; coming back, they are taken back."""
    with Sandbox() as sandbox:
        sandbox.load(worlds["before"])
        ours, others = Cloud(sandbox, load_text(OURS)), Cloud(sandbox, load_text(existing()))
        assert ours.apply().complete
        archive = Archive(ours)
        made = {each["Name"] for each in archive.s3.list_buckets()["Buckets"]}
        (gone,) = (each for each in others.plan().changes if each.action is Action.DELETE)
        assert str(gone.address) == f"stack.log-archive@log-archive/{HOME}"
        (note,) = BY_NAME["stack"].notes(others.organization, gone)
        assert f"landing-cloudtrail-{archive.ids['log-archive']}-{HOME}" in others.open().resolve(note)
        for wanted in (others, ours):
            result = wanted.apply()
            assert result.complete, (result.failed, result.blocked)
            assert wanted.plan(detect=True).changes == ()
            assert {each["Name"] for each in archive.s3.list_buckets()["Buckets"]} == made
        assert len(archive.session.client("kms").list_keys()["Keys"]) == 2, "the key was taken back as well"


def test_what_stays_where_logs_went_is_in_the_plan(load_text: Load) -> None:
    moved = load_text(OURS.replace("log_archive: log-archive", "log_archive: shop-prod"))
    (after,) = BY_NAME["trail"].desired(moved)
    (before,) = BY_NAME["trail"].desired(load_text(OURS))
    change = Change(Action.UPDATE, after.address, before.attributes, after.attributes)
    (note,) = BY_NAME["trail"].notes(moved, change)
    assert note.startswith(
        f"what was delivered stays in landing-cloudtrail-<account:log-archive>-{HOME}, which expires it after 2,557 days"
    )
    assert "stay in log-archive until somebody deletes them there" in note
    corp = replace(change, before={**before.attributes, "bucket": "corp-trail"})
    assert list(BY_NAME["trail"].notes(moved, corp)) == [
        "what was delivered stays in corp-trail, as long as its owner keeps it"
    ]
    assert list(BY_NAME["trail"].notes(moved, replace(change, before=after.attributes))) == []


def test_an_administrator_that_stays_beside_another_is_in_the_plan(load_text: Load) -> None:
    kind = BY_NAME["delegated_administrator"]
    made = kind.address("config.amazonaws.com/shop-dev")
    others = {"config.amazonaws.com/security-tooling": "", "ram.amazonaws.com/security-tooling": ""}
    (note,) = kind.beside(Change(Action.CREATE, made, None, {"delegated": True}), others)
    assert note.startswith("security-tooling stays registered beside it")


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ("{buckets: {macie: corp-macie}}", "LZ377"),
        ("{key: alias/corp}", "LZ378"),
    ],
)
def test_what_is_of_no_use_is_refused(settings: str, code: str, problems: Callable[..., list[Diagnostic]]) -> None:
    found = problems(f"services: {{log_archive: {{existing: {settings}}}}}\n")
    assert [each.code for each in found] == [code]
