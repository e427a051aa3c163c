"""Organization policies: SCPs, RCPs and whatever type comes next; the type is data."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from landing.aws import Aws
from landing.aws.adoption import LivePolicy
from landing.kinds.base import Kind, required_account
from landing.kinds.policy_type import PolicyType
from landing.model import Action, Change, Resource, Scope, Severity
from landing.organization import TAG, Organization


class OrganizationPolicy(Kind):
    """A policy of the organization (CreatePolicy, UpdatePolicy), one for each guardrail."""

    name = "policy"
    title = "Organization policy"
    severity = Severity.HIGH
    controls = ("cis-aws-7.0:2.1.2", "nist-csf-2.0:PR.AA-05")
    help_uri = "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies.html"
    parallel = 1
    unknown = ("id",)
    ahead = ("contents", "accounts")
    reads = (
        "organizations:ListPolicies",
        "organizations:DescribePolicy",
        "tag:GetResources",
        "organizations:ListTagsForResource",
    )
    writes = (
        "organizations:CreatePolicy",
        "organizations:UpdatePolicy",
        "organizations:DeletePolicy",
        "organizations:TagResource",
    )

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """One for each guardrail."""
        for key, guardrail in organization.guardrails.items():
            attributes = {
                "type": guardrail.type,
                "name": guardrail.name,
                "description": guardrail.description,
                "content": guardrail.document,
                "managed": True,
            }
            needs = [PolicyType().address(guardrail.type), *map(required_account, organization.accounts_in_policy(key))]
            yield Resource(self.address(key), attributes, tuple(needs), source=guardrail.source)

    def read(self, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """All customer policies; the text is asked for only of ours (2 requests a second)."""
        for policy in aws.tree.policies.values():
            if policy.aws_managed:
                continue
            known = aws.tree.concerns(policy)
            attributes = {
                "type": policy.type,
                "name": policy.name,
                "description": policy.description,
                "content": aws.symbolic(_parsed(aws.tree.content(policy))) if known else {},
                "managed": policy.marked,
            }
            needs = (PolicyType().address(policy.type),)
            yield Resource(self.address(policy.key), attributes, needs, policy.marked)

    def severity_of(self, organization: Organization, change: Change) -> Severity:
        """That of the guardrail."""
        mildest = super().severity_of(organization, change)
        guardrail = organization.guardrails.get(change.address.name)
        return mildest if guardrail is None or mildest is Severity.LOW else Severity(guardrail.severity)

    def apply(self, aws: Aws, change: Change) -> None:
        """Create, update or delete; the compact text is what is sent and what is measured."""
        client = aws.client("organizations")
        key = change.address.name
        live = aws.tree.policies.get(key)
        with aws.writing:
            if change.action is Action.DELETE:
                if live is not None:
                    client.delete_policy(PolicyId=live.id)
                    aws.tree.policies.pop(key, None)
                return
            assert change.after is not None
            wanted = {
                "Name": change.after["name"],
                "Description": change.after["description"],
                "Content": compact(aws.resolve(change.after["content"])),
            }
            if live is None:
                created = client.create_policy(**wanted, Type=change.after["type"], Tags=[{"Key": TAG, "Value": key}])[
                    "Policy"
                ]["PolicySummary"]
                aws.tree.tagged(created["Id"], {TAG: key})
                aws.tree.add_policy(
                    LivePolicy(
                        created["Id"], key, wanted["Name"], change.after["type"], wanted["Description"], False, True
                    )
                )
                return
            if {**(change.before or {}), "managed": True} != change.after:
                client.update_policy(PolicyId=live.id, **wanted)
                aws.tree.forget_policy(live.id)
            if not live.marked:
                client.tag_resource(ResourceId=live.id, Tags=[{"Key": TAG, "Value": key}])
                aws.tree.tagged(live.id, {TAG: key})

    def notes(self, organization: Organization, change: Change) -> Iterable[str]:
        """How much of the limit the text uses."""
        if change.after is not None:
            yield f"size: {len(compact(change.after['content'])):,} characters"


def compact(document: Any) -> str:
    """The text of a policy as it is sent: every character counts against the limit of its type."""
    return json.dumps(document, separators=(",", ":"), ensure_ascii=True)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return {"text": text}
