"""Plain stacks: lost answers, refusals, deadlines, and stacks of others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from landing.aws import Aws
from landing.core.model import Address, Scope
from landing.engine.plan import still_to_do
from landing.engine.retry import PAUSES
from landing.organization import Organization
from landing.services.stacks.cloudformation import MARK
from tests.cloud import BY_NAME, Cloud, Cut, DyingAws
from tests.kinds.conftest import At
from tests.samples import BUILT, SMALL

KIND = BY_NAME["stack"]
HOME = Scope("management", "eu-west-1")
STACK, NAME = Address("stack", "setting", HOME), "landing-setting"
TEXT = (
    SMALL
    + "baselines: {setting: {target: {units: [workloads]}, management: true, regions: [eu-west-1], parameters: {value: one}}}\n"
)
TWO = TEXT.replace("value: one", "value: two")
Load = Callable[[str], Organization]


@pytest.fixture
def cloud(at: At) -> Cloud:
    return at(TEXT)


def value(cloud: Cloud) -> str:
    found = cloud.sandbox.session(region="eu-west-1").client("ssm").get_parameters(Names=["/tests/setting"])
    return str(found["Parameters"][0]["Value"]) if found["Parameters"] else ""


def cloudformation(cloud: Cloud) -> Any:
    return cloud.sandbox.session(region="eu-west-1").client("cloudformation")


@pytest.mark.parametrize("operation", ["CreateStack", "UpdateStack", "DeleteStack", "UpdateTerminationProtection"])
def test_a_lost_answer_is_no_failure(cloud: Cloud, at: At, operation: str) -> None:
    cloud.sandbox.faults.lose("cloudformation", operation)
    for text, wanted in ((TEXT, "one"), (TWO, "two"), (SMALL, "")):
        result = at(text).apply([KIND])
        assert result.complete, result.failed
        assert value(cloud) == wanted
        assert at(text).plan([KIND]).changes == ()


@pytest.mark.parametrize("operation", ["CreateChangeSet", "ExecuteChangeSet"])
def test_a_lost_answer_while_drift_is_put_back(cloud: Cloud, operation: str) -> None:
    assert cloud.apply([KIND]).complete
    ssm = cloud.sandbox.session(region="eu-west-1").client("ssm")
    for wrong in ("three", "four"):
        ssm.put_parameter(Name="/tests/setting", Value=wrong, Overwrite=True)
        cloud.sandbox.faults.lose("cloudformation", operation)
        result = cloud.apply(changes=cloud.plan([KIND], detect=True).changes)
        assert result.complete, result.failed
        assert value(cloud) == "one"


def test_the_drift_detection_of_another_is_waited_for(cloud: Cloud) -> None:
    assert cloud.apply([KIND]).complete
    cloud.sandbox.world.clock.latency = 3
    cloudformation(cloud).detect_stack_drift(StackName=NAME)
    plan = cloud.plan([KIND], detect=True)
    assert (plan.changes, plan.gaps) == ((), ())


def test_an_update_that_is_refused_says_why(cloud: Cloud, at: At) -> None:
    assert cloud.apply([KIND]).complete
    cloud.sandbox.faults.reject(
        "cloudformation", "UpdateStack", code="ValidationError", message="Parameters are missing", status=400
    )
    assert "ValidationError: Parameters are missing" in at(TWO).apply([KIND]).failed[STACK].text
    assert at(TWO).apply([KIND]).complete


def test_a_stack_without_end_is_given_up_and_joined_later(at: At) -> None:
    cloud = at(TEXT + "timeouts: {stack: 90s}\n")
    cloud.sandbox.world.clock.latency = 1_000
    assert "stack landing-setting is not done after 90s; run again to resume" in cloud.apply([KIND]).failed[STACK].text
    cloud.sandbox.world.clock.advance(cloud.sandbox.world, 1_000)
    assert cloud.apply([KIND]).complete
    assert cloud.plan([KIND]).changes == ()


def test_a_saved_plan_is_gone_on_with_while_aws_is_still_at_the_stack(at: At) -> None:
    clock = at(TEXT).sandbox.world.clock
    clock.latency = 50
    for text, writes in ((TEXT, 0), (TWO, 1), (SMALL, 1)):
        cloud = at(text)
        plan = cloud.plan([KIND])
        (change,) = plan.changes
        dying = DyingAws(cloud.organization, writes=writes, after_effect=True)
        with pytest.raises(Cut):
            cloud.apply(changes=plan.changes, aws=dying)
        (left,) = still_to_do(plan, cloud.observe([KIND]))
        assert left.before is not None
        assert left.before["status"].endswith("_IN_PROGRESS")
        assert not KIND.begun(change, {**left.before, "template": {"text": "another's"}})
        assert cloud.apply(changes=[left]).complete
        assert cloud.plan([KIND]).changes == ()


def test_a_template_in_yaml_is_a_change(cloud: Cloud) -> None:
    assert cloud.apply([KIND]).complete
    client, text = cloudformation(cloud), "Resources: {Topic: {Type: 'AWS::SNS::Topic'}}"
    client.update_stack(StackName=NAME, TemplateBody=text, Tags=[MARK])
    client.get_waiter("stack_update_complete").wait(StackName=NAME, WaiterConfig={"Delay": 0})
    (change,) = cloud.plan([KIND]).changes
    assert change.before
    assert change.before["template"] == {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
    assert cloud.apply([KIND]).complete
    assert value(cloud) == "one"


def test_a_stack_of_another_tool_is_left_alone_and_said(cloud: Cloud, at: At) -> None:
    (planned,) = cloud.plan([KIND]).changes
    client = cloudformation(cloud)
    body = '{"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}'
    client.create_stack(StackName=NAME, TemplateBody=body)
    client.get_waiter("stack_create_complete").wait(StackName=NAME, WaiterConfig={"Delay": 0})
    plan = cloud.plan([KIND])
    assert plan.changes == ()
    (gap,) = plan.gaps
    assert (gap.name, gap.scope) == ("setting", HOME)
    assert "it has not the tag landing:managed=true" in gap.reason
    assert "LZ508" in cloud.apply(changes=[planned]).failed[STACK].text
    assert at(SMALL).plan([KIND]).changes == (), "unlisted is unmanaged"
    assert client.get_template(StackName=NAME)["TemplateBody"] == {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}


def stuck(cloud: Cloud, at: At, *, failures: int) -> Cloud:
    """An update of the stack has failed, and its rollback too; `failures` more are to come."""
    assert cloud.apply([KIND]).complete
    cloud.sandbox.faults.fail(
        "ssm", "PutParameter", code="TooManyUpdates", message="not now", times=2 + failures, status=400
    )
    two = at(TWO)
    assert "UPDATE_ROLLBACK_FAILED" in two.apply([KIND]).failed[STACK].text
    assert cloudformation(cloud).describe_stacks(StackName=NAME)["Stacks"][0]["StackStatus"] == "UPDATE_ROLLBACK_FAILED"
    return two


def skipped(aws: Aws) -> int:
    """How often resources were to be skipped: only then are they listed."""
    return aws.calls["cloudformation", "ListStackResources"]


def test_a_failed_rollback_is_continued_without_skipping_what_can_be_rolled_back(cloud: Cloud, at: At) -> None:
    two = stuck(cloud, at, failures=0)
    aws = two.open(read_only=False)
    assert two.apply([KIND], aws=aws).complete
    assert (value(two), skipped(aws), two.plan([KIND]).changes) == ("two", 0, ())


def test_what_cannot_be_rolled_back_is_skipped_and_put_right_afterwards(cloud: Cloud, at: At) -> None:
    two = stuck(cloud, at, failures=1)
    cloud.sandbox.session(region="eu-west-1").client("ssm").delete_parameter(Name="/tests/setting")
    aws = at(TEXT).open(read_only=False)
    result = at(TEXT).apply([KIND], aws=aws)
    assert result.complete, result.failed
    assert (value(two), skipped(aws)) == ("one", 1)
    assert at(TEXT).plan([KIND], detect=True).changes == ()


def test_a_rollback_that_fails_for_good_says_why(cloud: Cloud, at: At) -> None:
    two = stuck(cloud, at, failures=0)
    cloud.sandbox.faults.reject(
        "cloudformation", "ContinueUpdateRollback", code="ValidationError", message="not like this", times=2, status=400
    )
    assert "the rollback fails again: not like this" in two.apply([KIND]).failed[STACK].text
    assert two.apply([KIND]).complete


def test_a_repair_that_is_cut_off_at_every_write_ends_the_same(cloud: Cloud, at: At) -> None:
    two = stuck(cloud, at, failures=0)
    before = cloud.sandbox.dump()
    for writes in range(1, 20):
        cloud.sandbox.load(before)
        try:
            two.apply([KIND], aws=DyingAws(two.organization, writes=writes - 1, after_effect=True))
        except Cut:
            result = two.apply([KIND])
            assert not result.failed, result.failed
            assert (value(two), two.plan([KIND]).changes) == ("two", ())
        else:
            assert writes > 2
            return


PASSING = ("OpenIdIdpCommunicationError", "EntityTemporarilyUnmodifiable", "ServiceFailure")


@pytest.mark.parametrize("code", PASSING)
def test_what_passes_in_a_resource_is_tried_again_and_told_when_it_does_not(at: At, code: str) -> None:
    """IAM does not reach the issuer of GitHub's tokens for a moment: the stack is made anew in the same apply."""
    cloud = at(BUILT)
    faults = cloud.sandbox.faults
    faults.fail("iam", "CreateOpenIDConnectProvider", code=code, times=None)
    (failed,) = cloud.apply([KIND]).failed.values()
    assert code in failed.text
    assert "ROLLBACK_COMPLETE" in failed.text
    faults.clear()
    faults.fail("iam", "CreateOpenIDConnectProvider", code=code, times=len(PAUSES))
    result = cloud.apply([KIND])
    assert result.complete, result.failed
    assert cloud.plan([KIND]).changes == ()


def test_a_stack_that_was_never_built_is_deleted_and_made_anew(cloud: Cloud) -> None:
    cloud.sandbox.faults.fail("ssm", "PutParameter", code="TooManyUpdates", message="not now", times=1, status=400)
    assert "ROLLBACK_COMPLETE" in cloud.apply([KIND]).failed[STACK].text
    (change,) = cloud.plan([KIND]).changes
    assert change.before
    before = {**change.before, "template": {"Resources": {"Trail": {"Type": "AWS::CloudTrail::Trail"}}}}
    less = replace(change, before=before, after={**before, "template": {"Resources": {}}, "status": "complete"})
    assert list(KIND.weakened(cloud.organization, less)) == [], "nothing of it was there"
    built = replace(less, before={**before, "status": "complete"})
    assert "no longer a resource" in " ".join(KIND.weakened(cloud.organization, built))
    assert cloud.apply([KIND]).complete
    assert (value(cloud), cloud.plan([KIND]).changes) == ("one", ())
