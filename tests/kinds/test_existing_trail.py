"""A trail that is there already and is named in the config: used as it is, checked, and never changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from landing.core.model import Diagnostic, Severity
from landing.engine.drift import Status, report
from landing.engine.observe import observe
from landing.engine.plan import Origin, Plan, make
from landing.report import plan_markdown, plan_results, plan_text
from landing.report.style import Style
from landing.sandbox import Sandbox
from landing.services.base import Kinds
from tests.cloud import BY_NAME
from tests.kinds.conftest import At
from tests.samples import SMALL

HOME, FAR = "eu-west-1", "us-east-1"
TEXT = SMALL + "services: {cloudtrail: {existing: corp-trail}}\n"
KINDS = [BY_NAME["trail"]]


def made(sandbox: Sandbox, **settings: Any) -> Any:
    """A trail that somebody made by hand; the client that can change it."""
    session = sandbox.session(region=HOME)
    bucket, organization = "corp-trail-logs", session.client("organizations").describe_organization()["Organization"]
    session.client("organizations").enable_aws_service_access(ServicePrincipal="cloudtrail.amazonaws.com")
    session.client("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": HOME})
    keys = (sandbox.management_account_id, organization["Id"])
    allow = {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}}
    statements = [
        {**allow, "Action": "s3:GetBucketAcl", "Resource": f"arn:aws:s3:::{bucket}"},
        {**allow, "Action": "s3:PutObject", "Resource": [f"arn:aws:s3:::{bucket}/AWSLogs/{key}/*" for key in keys]},
    ]
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
    session.client("s3").put_bucket_policy(Bucket=bucket, Policy=policy)
    client = session.client("cloudtrail")
    wanted = {"IsOrganizationTrail": True, "IsMultiRegionTrail": True, "EnableLogFileValidation": True, **settings}
    client.create_trail(Name="corp-trail", S3BucketName=bucket, **wanted)
    client.start_logging(Name="corp-trail")
    return client


def test_one_that_does_what_is_asked_leaves_nothing_to_do(sandbox: Sandbox, at: At) -> None:
    made(sandbox)
    plan = at(TEXT).plan(KINDS)
    assert (plan.changes, plan.gaps, plan.astray, plan.unmanaged, plan.in_sync) == ((), (), {}, (), 1)


def test_what_it_does_less_is_told(sandbox: Sandbox, at: At) -> None:
    client = made(sandbox, IsMultiRegionTrail=True, EnableLogFileValidation=False)
    client.stop_logging(Name="corp-trail")
    client.put_event_selectors(
        TrailName="corp-trail", EventSelectors=[{"ReadWriteType": "WriteOnly", "IncludeManagementEvents": True}]
    )
    cloud = at(TEXT)
    plan = cloud.plan(KINDS)
    assert (plan.changes, plan.gaps, plan.unmanaged, plan.in_sync) == ((), (), (), 0)
    ((address, reason),) = plan.astray.items()
    assert str(address) == "trail.corp-trail"
    assert "has no validation of its files" in reason
    assert "does not log all management events" in reason
    assert "is not logging" in reason
    assert reason in plan_text.render(plan, cloud.organization, Style())
    assert "is not logging" in plan_markdown.render(plan, cloud.organization)
    assert Plan.from_json(json.loads(json.dumps(plan.to_json()))).astray == plan.astray
    (finding,) = report(cloud.organization, plan).drifted
    assert (finding.status, finding.severity, finding.reason) == (Status.CHANGED, Severity.HIGH, reason)
    at_line = finding.declared_at
    assert at_line is not None
    assert TEXT.splitlines()[at_line.line - 1][at_line.column - 1 :] == "existing: corp-trail}}"
    results = plan_results.of(plan, cloud.organization, anchor="config/organization.yaml")
    assert [each.source for each in results] == [at_line]


def test_one_that_is_not_there_is_told(at: At) -> None:
    (gap,) = at(TEXT).plan(KINDS).gaps
    assert f"there is none in {HOME}" in gap.reason


def test_those_of_other_regions_are_counted_once(sandbox: Sandbox, at: At) -> None:
    """Of one region or of all, at home in a governed region or in another; the shadow of one is no trail."""
    made(sandbox)
    bucket = {"S3BucketName": "corp-trail-logs", "IsOrganizationTrail": True}
    for name, region in (("one", FAR), ("all", FAR), ("north", "eu-north-1")):
        client = sandbox.session(region=region).client("cloudtrail")
        client.create_trail(Name=f"corp-{name}", IsMultiRegionTrail=name != "one", **bucket)
    sandbox.session(region=FAR).client("cloudtrail").create_trail(Name="mine", S3BucketName="corp-trail-logs")
    cloud = at(TEXT)
    aws = cloud.open()
    plan = make(observe(cloud.organization, aws, kinds=Kinds(KINDS)), Origin())
    assert (plan.changes, plan.gaps, plan.astray, plan.in_sync) == ((), (), {}, 1)
    places = (f"corp-all@management/{FAR}", "corp-north@management/eu-north-1", f"corp-one@management/{FAR}")
    assert sorted(map(str, plan.unmanaged)) == sorted(f"trail.{place}" for place in places)
    assert aws.calls["cloudtrail", "DescribeTrails"] == len(cloud.organization.governed_regions)
    (gap,) = at(TEXT.replace("corp-trail", "corp-one")).plan(KINDS).gaps
    assert f"there is none in {HOME}" in gap.reason
    (gap,) = at(TEXT.replace("corp-trail", "corp-all")).plan(KINDS).gaps
    assert f"its home is {FAR}" in gap.reason


def test_nothing_can_be_set_of_it(problems: Callable[..., list[Diagnostic]]) -> None:
    found = problems("services: {cloudtrail: {existing: corp-trail, data_events: {'AWS::S3::Object': write}}}\n")
    assert [each.code for each in found] == ["LZ369"]


@pytest.mark.parametrize("name", ["-trail", "a b"])
def test_a_name_that_no_trail_has_is_refused(name: str, problems: Callable[..., list[Diagnostic]]) -> None:
    assert problems(f"services: {{cloudtrail: {{existing: '{name}'}}}}\n")
