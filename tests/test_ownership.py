"""What is not ours is left alone, of every kind."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from landing.core.model import Action
from landing.organization import Organization
from landing.sandbox import Sandbox
from landing.services.base import Kind, Ownership
from landing.services.ownership import page
from landing.services.registry import KINDS
from tests.cloud import Cloud, Story, is_in_coming
from tests.meddling import HOME, Hands
from tests.samples import SMALL

ROOT = Path(__file__).parents[1]
TRUSTED = ("cloudtrail", "config", "config-multiaccountsetup", "guardduty", "securityhub", "macie", "sso", "account")
every_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)


def test_the_page_is_up_to_date() -> None:
    told = "run: python -m landing.services.ownership > docs/ownership.md"
    assert (ROOT / "docs" / "ownership.md").read_text(encoding="utf-8") == page(), told


@every_kind
def test_what_only_the_config_names_is_never_withdrawn(kind: Kind) -> None:
    assert kind.removal == "" or kind.ownership is not Ownership.CONFIG


@every_kind
def test_what_is_known_by_the_config_alone_is_read_as_not_ours(kind: Kind, request: pytest.FixtureRequest) -> None:
    if kind.ownership is Ownership.CONFIG:
        story: Story = request.getfixturevalue("governed" if is_in_coming(kind) else "creation")
        with Sandbox() as sandbox:
            sandbox.load(story.end)
            found = Cloud(sandbox, story.organization).observe([kind]).live.values()
            assert found
            assert not [str(resource.address) for resource in found if resource.owned]


THEIRS = {
    "root": {"Effect": "Deny", "Action": "rds:*", "Resource": "*"},
    "workloads/dev": {"Effect": "Allow", "Action": "*", "Resource": "*"},
}
"""Statements of SCPs of others; the second stands in the place of FullAWSAccess."""
ASSUMED = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
TEMPLATE = {
    "Resources": {
        "R": {
            "Type": "AWS::IAM::Role",
            "Properties": {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [ASSUMED]}},
        }
    }
}
BUCKET_POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "cloudtrail.amazonaws.com"},
            "Action": ["s3:PutObject", "s3:GetBucketAcl"],
            "Resource": ["arn:aws:s3:::corp-logs", "arn:aws:s3:::corp-logs/*"],
        }
    ],
}


def build(hands: Hands, administrator: str) -> None:
    """What somebody may have made by hand, of each kind; an account administers everything."""
    organizations, shared = hands.organizations, hands.accounts[administrator]
    for service in TRUSTED:
        organizations.enable_aws_service_access(ServicePrincipal=f"{service}.amazonaws.com")
    for service in ("config", "config-multiaccountsetup"):
        organizations.register_delegated_administrator(AccountId=shared, ServicePrincipal=f"{service}.amazonaws.com")
    for node, statement in THEIRS.items():
        text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        made = organizations.create_policy(
            Name=f"theirs at {node}", Description="", Type="SERVICE_CONTROL_POLICY", Content=text
        )["Policy"]["PolicySummary"]["Id"]
        organizations.attach_policy(PolicyId=made, TargetId=hands.units[node])
    organizations.detach_policy(PolicyId="p-FullAWSAccess", TargetId=hands.units["workloads/dev"])
    store = hands.client("s3", "log-archive")
    store.create_bucket(Bucket="corp-logs", CreateBucketConfiguration={"LocationConstraint": HOME})
    store.put_bucket_policy(Bucket="corp-logs", Policy=json.dumps(BUCKET_POLICY))
    hands.client("cloudtrail").create_trail(
        Name="corp", S3BucketName="corp-logs", IsOrganizationTrail=True, IsMultiRegionTrail=True
    )
    for service in ("guardduty", "securityhub"):
        hands.client(service).enable_organization_admin_account(AdminAccountId=shared)
    hands.client("macie2").enable_organization_admin_account(adminAccountId=shared)
    formation: dict[str, Any] = {"TemplateBody": json.dumps(TEMPLATE), "Capabilities": ["CAPABILITY_IAM"]}
    client = hands.client("cloudformation")
    client.activate_organizations_access()
    client.create_stack_set(
        StackSetName="corp",
        PermissionModel="SERVICE_MANAGED",
        AutoDeployment={"Enabled": True, "RetainStacksOnAccountRemoval": False},
        **formation,
    )
    client.create_stack(StackName="corp", **formation)
    hands.client("config", administrator).put_organization_config_rule(
        OrganizationConfigRuleName="corp",
        OrganizationManagedRuleMetadata={"RuleIdentifier": "ROOT_ACCOUNT_MFA_ENABLED"},
    )
    hands.client("account").put_alternate_contact(
        AccountId=shared,
        AlternateContactType="SECURITY",
        Name="Theirs",
        Title="T",
        EmailAddress="t@corp.example",
        PhoneNumber="+1 555 0100",
    )


@pytest.fixture(scope="module", params=["shop-prod", "security-tooling"])
def by_hand(request: pytest.FixtureRequest, load_text: Callable[[str], Organization]) -> bytes:
    """An organization that was built by hand, with what SMALL declares among it."""
    with Sandbox() as sandbox:
        cloud = Cloud(sandbox, load_text(SMALL))
        assert cloud.apply().complete
        hands = Hands(cloud)
        build(hands, request.param)
        for each in [*hands.accounts.values(), *hands.units.values()]:
            hands.organizations.untag_resource(ResourceId=each, TagKeys=["landing:id"])
        marks = [f"landing:region:{region}" for region in cloud.organization.regions]
        hands.organizations.untag_resource(ResourceId=hands.units["root"], TagKeys=marks)
        return sandbox.dump()


@pytest.fixture(params=["security-tooling", "shop-dev"])
def cloud(request: pytest.FixtureRequest, by_hand: bytes, load_text: Callable[[str], Organization]) -> Iterator[Cloud]:
    """That organization, and a config that names its accounts and units, and no more."""
    with Sandbox() as sandbox:
        sandbox.load(by_hand)
        role = f"security_tooling: {request.param}"
        yield Cloud(sandbox, load_text(SMALL.replace("security_tooling: security-tooling", role)))


def test_nothing_but_what_is_named_is_touched(cloud: Cloud) -> None:
    plan = cloud.plan()
    assert not plan.gaps
    assert {change.action for change in plan.changes} == {Action.ADOPT}
    unmanaged = {address.kind for address in plan.unmanaged}
    assert unmanaged >= {"policy", "trusted_access", "delegated_administrator", "trail"}
    assert unmanaged >= {"guardduty_administrator", "security_hub_administrator", "macie_administrator"}
    aws = cloud.open(read_only=False)
    assert cloud.apply(aws=aws, changes=plan.changes).complete
    assert aws.writes == aws.calls["organizations", "TagResource"] == len(plan.changes)
    assert cloud.plan().changes == ()
