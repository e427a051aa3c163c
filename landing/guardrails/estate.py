"""Policies at their places in AWS, whoever made them."""

from __future__ import annotations

import json

from landing.aws import Aws
from landing.core.errors import LandingError
from landing.guardrails.packs import as_held
from landing.organization import ROOT, Organization
from landing.organization.logs import bucket_patterns, key_aliases
from landing.policy import RCP, SCP
from landing.policy.declared import full_access, guardrails_in, resolved, role_accounts
from landing.policy.testing import Attached, Estate


def live(config: Organization, aws: Aws) -> tuple[tuple[Attached, ...], Estate]:
    """The SCPs and RCPs attached in AWS now, whoever made them, and the organization as it is.

    A call for the root, each unit and each account with a policy of its own, and by policy type.
    """
    wanted = as_held(config, aws)
    aws = aws.with_names_of(wanted)
    tree = aws.tree
    if tree.description is None:
        raise LandingError("there is no organization in AWS yet: nothing is attached")
    keys = {account.key: account.id for account in tree.accounts.values()}
    estate = Estate(
        id=tree.description["Id"],
        management=tree.description["MasterAccountId"],
        accounts={account.id: tree.path(account.unit)[1:] for account in tree.accounts.values()},
        home_region=wanted.home_region,
        governed_regions=wanted.governed_regions,
        partition=wanted.partition,
        roles={name: keys[key] for name, key in role_accounts(wanted).items() if key in keys},
        keys=keys,
        exempt_roles=wanted.exempt_roles,
        admitted_roles=resolved(wanted.admitted_roles, keys),
        log_buckets=bucket_patterns(wanted.log_buckets, wanted.existing_log_buckets),
        log_key_aliases=key_aliases(wanted.log_key),
        root_id=tree.node_id(ROOT),
        unit_ids={unit: tree.node_id(unit) for unit in tree.units},
    )
    found: dict[str, Attached] = {}
    own = [policy for policy in tree.policies.values() if policy.type in (SCP, RCP) and not policy.aws_managed]
    nodes = {tree.node_id(unit): unit for unit in (ROOT, *tree.units)}
    for policy in own:
        nodes |= {target: target for target in tree.targets(policy) if target in estate.accounts}
        at = tuple(nodes[target] for target in tree.targets(policy) if target in nodes)
        document = json.loads(tree.content(policy))
        pack = wanted.packs.get(policy.key)
        if pack is not None and aws.symbolic(document) == pack.document:
            for name, part in guardrails_in(wanted, pack):
                found[f"{policy.id} {name}"] = Attached(name, aws.resolve(part), policy.type, at, policy.type == SCP)
        else:
            found[policy.id] = Attached(policy.key, document, policy.type, at, policy.type == SCP)
    everything = [
        node for target, node in nodes.items() if tree.policy_types.get(SCP) == "ENABLED" and tree.full_access(target)
    ]
    return (full_access(everything), *found.values()), estate
