"""Everything is planned and applied as the roles whose policies `landing synth` writes, not as an administrator."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from landing.core.model import Scope
from landing.engine.apply import apply
from landing.engine.observe import observe
from landing.engine.plan import Origin, Plan, make
from landing.engine.stop import Stop
from landing.organization import Organization
from landing.sandbox import Sandbox
from landing.services.permissions import apply_policy, packed, plan_policy
from tests.cloud import Cloud, QuickAws, Story, keys_of, made_role
from tests.samples import PEOPLE

MANAGEMENT = "123456789012"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": f"arn:aws:iam::{MANAGEMENT}:root"}}
    ],
}


def _plan(organization: Organization, role: str, *, detect: bool = False) -> Plan:
    return make(observe(organization, QuickAws(organization, role_arn=role, detect=detect), workers=4), Origin())


def test_everything_is_planned_and_made_by_the_two_roles(full: Organization) -> None:
    with Sandbox(identity_center=PEOPLE) as sandbox:
        planner = made_role(sandbox, "plan", plan_policy(full.partition, full.member_role))
        planning = plan_policy(full.partition, full.member_role)
        applier = made_role(
            sandbox, "apply", planning, *packed(apply_policy(full.partition, full.member_role)["Statement"])
        )
        wanted = _plan(full, planner)
        assert wanted.gaps == ()
        aws = QuickAws(full, read_only=False, role_arn=applier)
        result = apply(full, aws, wanted.changes, stop=Stop(aws), parallelism=4)
        assert (dict(result.failed), dict(result.blocked)) == ({}, {})
        after = _plan(full, planner)
        assert (after.changes, after.gaps) == ((), ())


def test_drift_is_seen_by_the_role_that_plans(creation: Story) -> None:
    with Sandbox() as sandbox:
        sandbox.load(creation.end)
        seen = Cloud(sandbox, creation.organization, creation.roles).plan(detect=True)
        assert (seen.changes, seen.gaps) == ((), ())


def test_a_session_that_reads_is_refused_by_aws_when_it_writes_in_a_member(creation: Story) -> None:
    """Although the member role is an administrator, and even if the connection itself let the call through."""
    scope = Scope("security-tooling", "eu-west-1")
    with Sandbox() as sandbox:
        sandbox.load(creation.end)
        aws = Cloud(sandbox, creation.organization, creation.roles).open()
        aws.reads = replace(aws.reads, actions=aws.reads.actions | {"guardduty:CreateDetector", "iam:CreateUser"})
        guardduty, iam = aws.client("guardduty", scope), aws.client("iam", scope)
        assert guardduty.list_detectors()["DetectorIds"]
        who = "assumed-role/OrganizationAccountAccessRole/landing is not authorized to perform: "
        why = "because no session policy allows the "
        with pytest.raises(guardduty.exceptions.ClientError, match=f"{who}guardduty:CreateDetector .*{why}guardduty"):
            guardduty.create_detector(Enable=True)
        with pytest.raises(iam.exceptions.ClientError, match=f"{who}iam:CreateUser .*{why}iam:CreateUser action"):
            iam.create_user(UserName="backdoor")


def test_a_role_of_that_name_elsewhere_is_not_entered(full: Organization) -> None:
    """Even when it trusts everybody: it may be a stranger's, who waits for somebody to come."""
    with Sandbox(organization=True) as sandbox:
        stranger = sandbox.session("999999999999").client("iam")
        trust = json.dumps(TRUST).replace(f"arn:aws:iam::{MANAGEMENT}:root", "*")
        arn = stranger.create_role(RoleName=full.member_role, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        anybody = {**apply_policy(), "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}]}
        for policy, admitted in (
            (plan_policy(), False),
            (next(packed(apply_policy()["Statement"])), False),
            (anybody, True),
        ):
            role = made_role(sandbox, f"role-{len(str(policy))}", policy)
            sts = QuickAws(full, keys=keys_of(sandbox, role)).client("sts")
            if admitted:
                assert sts.assume_role(RoleArn=arn, RoleSessionName="test")["AssumedRoleUser"]
                continue
            with pytest.raises(sts.exceptions.ClientError, match="no identity-based policy allows the sts:AssumeRole"):
                sts.assume_role(RoleArn=arn, RoleSessionName="test")


def test_the_role_that_plans_is_refused_by_aws_when_it_writes(full: Organization) -> None:
    with Sandbox(organization=True) as sandbox:
        planner = made_role(sandbox, "plan", plan_policy(full.partition, full.member_role))
        client = QuickAws(full, read_only=False, role_arn=planner).client("organizations")
        with pytest.raises(client.exceptions.AccessDeniedException, match="no identity-based policy allows"):
            client.enable_aws_service_access(ServicePrincipal="config.amazonaws.com")
