"""The policies of a living organization: those to import, and those that are kept by somebody else."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from landing.aws import Aws
from landing.aws.packs import held
from landing.core.keys import is_key, keys
from landing.importing.draft import NO_KEYS, DraftPolicy, Keys, Known, LeftOut
from landing.organization import TAG
from landing.organization.owners import owner_of
from landing.policy.limits import LIMITS, compact


@dataclass(frozen=True, slots=True)
class LivePolicies:
    """`own` are to be in the config, `known` stay with their owners; `limits` are those that AWS must have raised."""

    own: tuple[DraftPolicy, ...]
    known: tuple[Known, ...]
    limits: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


def read_policies(
    aws: Aws,
    names: Mapping[str, str],
    left: list[LeftOut],
    there: Keys = NO_KEYS,
    stay: Collection[str] = (),
) -> LivePolicies:
    """Every policy of every type that is enabled; `names` has the node (`root`, `unit/KEY`, `account/KEY`) by id.

    Without those that have a key already, and those whose ids are among what is to `stay` with others.
    """
    survey = aws.tree.survey
    past = {*there.by_id, *stay}
    every = (policy for found in survey.policies.values() for policy in found)
    listed = [policy for policy in every if not policy["AwsManaged"] and policy["Id"] not in past]
    survey.read_tags([policy["Id"] for policy in listed])
    kept = {policy["Id"]: owner_of(policy["Name"], survey.tags(policy["Id"])) for policy in listed}
    known = [
        Known(policy["Id"], f"{policy['Name']}, of {kept[policy['Id']]}")
        for policy in sorted(listed, key=lambda policy: (policy["Name"], policy["Id"]))
        if kept[policy["Id"]]
    ]
    left += [LeftOut(f"policy {each.pattern} ({each.why})", "it stays with its owner, and counts") for each in known]
    own = sorted((policy for policy in listed if not kept[policy["Id"]]), key=lambda policy: str(policy["Id"]))
    own = list(_ours_to_name(aws, own, left))
    documents = dict(_documents(aws, own, left))
    targets = survey.each("ListTargetsForPolicy", survey.targets, [policy["Id"] for policy in own])
    nodes = {
        policy["Id"]: tuple(_nodes(policy, attached, names, left))
        for policy, attached in zip(own, targets, strict=True)
    }
    own = [policy for policy in own if policy["Id"] in documents]
    given = keys(
        ((each["Id"], each["Name"], survey.tags(each["Id"]).get(TAG, "")) for each in own), "policy", there.policies
    )
    made = [
        DraftPolicy(
            given[policy["Id"]],
            policy["Name"],
            policy.get("Description", ""),
            policy["Type"],
            documents[policy["Id"]],
            nodes[policy["Id"]],
            policy["Id"],
        )
        for policy in own
    ]
    made.sort(key=lambda policy: policy.key)
    return LivePolicies(tuple(made), tuple(known), _limits(made))


def _documents(aws: Aws, own: list[Any], left: list[LeftOut]) -> Iterator[tuple[str, dict[str, Any]]]:
    survey = aws.tree.survey
    texts = survey.each("DescribePolicy", survey.content, [policy["Id"] for policy in own])
    for policy, text in zip(own, texts, strict=True):
        what = f"policy {policy['Id']} ({policy['Name']})"
        try:
            document = json.loads(text)
        except ValueError:
            document = None
        if policy["Type"] not in LIMITS:
            left.append(LeftOut(what, f"its type {policy['Type']} is not known to this version"))
        elif isinstance(document, dict):
            yield policy["Id"], document
        else:
            left.append(LeftOut(what, "its text is no JSON object"))


def _nodes(policy: Any, targets: tuple[str, ...], names: Mapping[str, str], left: list[LeftOut]) -> Iterator[str]:
    for target in sorted(targets, key=lambda target: (target.isdigit(), names.get(target, ""), target)):
        if target in names:
            yield names[target]
        else:
            what = f"policy {policy['Name']} at {target}"
            left.append(LeftOut(what, "the account is not in the config, since it is not active"))


def _ours_to_name(aws: Aws, own: list[Any], left: list[LeftOut]) -> Iterator[Any]:
    """Without those whose mark says that an apply made them under a key that cannot be theirs in a config.

    Packs are among them: what is in one is known by the config that made it.
    """
    types: dict[str, str] = {}
    for policy in own:
        tags = aws.tree.survey.tags(policy["Id"])
        mark = tags.get(TAG, "")
        if mark and (not is_key(mark) or types.setdefault(mark, policy["Type"]) != policy["Type"]):
            what = f"policy {policy['Id']} ({policy['Name']}), which carries the mark {TAG}={mark}"
            holds = f" (it holds {', '.join(held(tags))})" if held(tags) else ""
            left.append(LeftOut(what, f"an apply made it{holds}, and a plan without it deletes it: see its config"))
        else:
            yield policy


def _limits(policies: list[DraftPolicy]) -> Mapping[str, Mapping[str, int]]:
    """What is beyond the limits that are known here, so that AWS must have raised them."""
    found: dict[str, dict[str, int]] = {}
    at = Counter((policy.type, node) for policy in policies for node in policy.nodes)
    for (policy_type, _), count in at.items():
        most = count + len(LIMITS[policy_type].built_in)
        if most > LIMITS[policy_type].attached:
            raised = found.setdefault(policy_type, {})
            raised["attached"] = max(most, raised.get("attached", 0))
    for policy in policies:
        size = len(compact(policy.document))
        if size > LIMITS[policy.type].size:
            raised = found.setdefault(policy.type, {})
            raised["size"] = max(size, raised.get("size", 0))
    return found
