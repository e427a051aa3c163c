"""An organization trail of others, its bucket and its key, named by an import: a plan of it checks them, and is empty."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from landing.importing.comparison import Compared, beyond_adoption, told
from landing.importing.draft import Asked
from landing.importing.live import read, stranger
from landing.importing.live_services import with_services
from landing.importing.output import write_folder
from landing.sandbox import Sandbox
from tests.cloud import Cloud, QuickAws

HOME = "eu-west-1"
BUCKET = "corp-org-trail-logs"


def by_hand(sandbox: Sandbox, owner: str, *, source: str = "") -> str:
    """A trail to a bucket of an account, encrypted by a key there, whose policies name the `source`; the key's ARN."""
    session = sandbox.session(region=HOME)
    session.client("organizations").enable_aws_service_access(ServicePrincipal="cloudtrail.amazonaws.com")
    accounts = session.client("organizations").list_accounts()["Accounts"]
    (account,) = (each["Id"] for each in accounts if each["Name"] == owner)
    named = {"Condition": {"StringEquals": {"aws:SourceArn": source}}} if source else {}
    allow: dict[str, Any] = {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, **named}
    tls = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Condition": {"Bool": {"aws:SecureTransport": False}}}
    where = [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"]
    member = sandbox.session(account, region=HOME)
    s3, kms = member.client("s3"), member.client("kms")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": HOME})
    text = [{**allow, "Action": ["s3:GetBucketAcl", "s3:PutObject"], "Resource": where}, {**tls, "Resource": where}]
    s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps({"Version": "2012-10-17", "Statement": text}))
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    shut = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
    s3.put_public_access_block(Bucket=BUCKET, PublicAccessBlockConfiguration=shut)  # type: ignore[arg-type]
    rule: Any = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    s3.put_bucket_encryption(Bucket=BUCKET, ServerSideEncryptionConfiguration={"Rules": [rule]})
    root = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}, "Action": "kms:*", "Resource": "*"}
    text = [root, {**allow, "Action": ["kms:GenerateDataKey*", "kms:DescribeKey"], "Resource": "*"}]
    policy = json.dumps({"Version": "2012-10-17", "Statement": text})
    key = str(kms.create_key(Policy=policy)["KeyMetadata"]["Arn"])
    trails = session.client("cloudtrail")
    asked = {"IsOrganizationTrail": True, "IsMultiRegionTrail": True, "EnableLogFileValidation": True}
    trails.create_trail(Name="corp", S3BucketName=BUCKET, KmsKeyId=key, **asked)
    trails.start_logging(Name="corp")
    return key


def imported(folder: Path) -> Compared:
    aws = QuickAws(stranger(HOME))
    asked = Asked("test", HOME, (HOME, "us-east-1"), "", "Log Archive", "Security Tooling")
    draft = read(stranger(HOME), aws, asked)
    return with_services(aws, draft, write_folder(draft, folder), folder)


def test_they_are_named_and_a_plan_checks_them_and_is_empty(sandbox: Sandbox, tmp_path: Path) -> None:
    key = by_hand(
        sandbox, "Log Archive", source=f"arn:aws:cloudtrail:{HOME}:{sandbox.management_account_id}:trail/corp"
    )
    found = imported(tmp_path / "org")
    assert yaml.safe_load((tmp_path / "org/config/services.yaml").read_text())["services"] == {
        "cloudtrail": {"existing": "corp"},
        "log_archive": {"existing": {"buckets": {"cloudtrail": BUCKET}, "key": key}},
    }
    cloud = Cloud(sandbox, found.written.organization)
    plan = cloud.plan()
    assert (beyond_adoption(plan.changes), plan.gaps, plan.astray) == ([], (), {})
    assert not {"trail", "log_destination"} & {address.kind for address in plan.unmanaged}
    member = sandbox.session(cloud.open().tree.account_ids["log-archive"], region=HOME)
    member.client("s3").delete_public_access_block(Bucket=BUCKET)
    ((address, wrong),) = cloud.plan().astray.items()
    assert (address.kind, address.name) == ("log_destination", "cloudtrail")
    assert "does not block all public access" in wrong


def test_what_they_lack_is_named_all_the_same_and_told(sandbox: Sandbox, tmp_path: Path) -> None:
    by_hand(sandbox, "Log Archive")
    sandbox.session(region=HOME).client("cloudtrail").update_trail(Name="corp", EnableLogFileValidation=False)
    found = imported(tmp_path / "org")
    assert {*found.draft.services} == {"cloudtrail", "log_archive"}
    lines = [line for line in told(found.plan) if "for others to mend" in line]
    assert [line.split(": ")[1].partition("@")[0] for line in lines] == [
        "log_destination.cloudtrail",
        "log_destination.key",
        "trail.corp",
    ]
    plan = Cloud(sandbox, found.written.organization).plan()
    assert (beyond_adoption(plan.changes), plan.gaps, len(plan.astray)) == ([], (), 3)


def test_a_bucket_of_another_account_is_left_out_and_told(sandbox: Sandbox, tmp_path: Path) -> None:
    by_hand(sandbox, "Security Tooling")
    found = imported(tmp_path / "org")
    assert found.draft.services == {"cloudtrail": {"existing": "corp"}}
    assert f"# - log bucket {BUCKET}: `services.log_archive` has it not: " in (
        tmp_path / "org/config/organization.yaml"
    ).read_text(encoding="utf-8")
    assert Cloud(sandbox, found.written.organization).plan().gaps == ()
