"""What will be asked of the tree, read before it is.

The parts are limited by different rates of AWS; side by side they take as long as the slowest of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from landing.aws.matching import LivePolicy
from landing.aws.survey import EVALUATED, Survey

if TYPE_CHECKING:
    from landing.aws.door import Aws
    from landing.aws.tree import Tree


def read_ahead(parts: Collection[str], tree: Tree, survey: Survey, aws: Aws) -> None:
    """Begin with what leads to all parts; each thing that is found begins what follows from it."""
    survey.ahead = frozenset(parts)
    if "accounts" in parts:
        survey.soon("accounts", lambda: tree.accounts)
    if "units" in parts:
        survey.soon("units", lambda: tree.units)
    if {"contents", "targets"} & set(parts):
        survey.soon("policies", _policies, tree, survey, aws)


def _policies(tree: Tree, survey: Survey, aws: Aws) -> None:
    """First those that have the name of one of ours; which others are ours is known when the tags are."""
    if survey.organization is None:
        return
    names = {policy.name for policy in aws.organization.policies.values()}
    found = [policy for policies in survey.policies.values() for policy in policies]
    _details(survey, (policy["Id"] for policy in found if policy["Name"] in names and not policy["AwsManaged"]))
    _details(survey, (policy.id for policy in tree.policies.values() if tree.concerns(policy)))
    for policy in tree.policies.values():
        if not policy.aws_managed and not tree.concerns(policy):
            survey.soon("ListTargetsForPolicy", _of_others, survey, policy)


def _details(survey: Survey, policy_ids: Iterable[str]) -> None:
    for policy_id in policy_ids:
        if "contents" in survey.ahead:
            survey.soon("DescribePolicy", survey.content, policy_id)
        if "targets" in survey.ahead:
            survey.soon("ListTargetsForPolicy", survey.targets, policy_id)


def _of_others(survey: Survey, policy: LivePolicy) -> None:
    """The text counts only where the policy is in force."""
    if survey.targets(policy.id) and policy.type in EVALUATED:
        survey.soon("DescribePolicy", survey.content, policy.id)
