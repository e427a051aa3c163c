"""Organizations at random that nobody made by a config: the same for the same seed."""

from __future__ import annotations

import json
import random
from typing import Any

from landing.sandbox.services.account import Contacts
from landing.sandbox.services.organizations.lifecycle import found
from landing.sandbox.services.organizations.membership import join
from landing.sandbox.services.organizations.state import Organization, Policy, organization_of
from landing.sandbox.services.organizations.types import DEFAULTS, RCP, SCP
from landing.sandbox.services.organizations.units import add
from landing.sandbox.world import Account, World

NAMES = (
    "Workloads", "Prod", "prod-2", "Non Prod", "NonProd", "sandbox", "Log: Archive", "# comment", "*star", "- dash",
    "true", "null", "0123", "{curly}", "[square]", "a/b", "tab\tbed", "line\nfeed", "emoji 🚀", "naïve", "日本語", "'quoted'",
    '"double"', "back\\slash", "{{ home_region }}", "&anchor", "!tag", "%percent", "@at", "`tick`", " lead", "trail ", "root",
    "x" * 128, "\u202eright", "\x7f", "é" * 40,
)  # fmt: skip
"""What people and others call units and policies."""
ACCOUNT_NAMES = (
    "Shop Prod",
    "shop-prod",
    "audit",
    "Log Archive",
    "0042",
    "yes",
    "a: b",
    "# c",
    "*",
    "{}",
    "R&D",
    "x" * 50,
)
SERVICES = ("account.amazonaws.com", "member.org.stacksets.cloudformation.amazonaws.com", "sso.amazonaws.com",
            "config.amazonaws.com", "backup.amazonaws.com", "access-analyzer.amazonaws.com", "ram.amazonaws.com")  # fmt: skip
DELEGABLE = ("config.amazonaws.com", "backup.amazonaws.com", "access-analyzer.amazonaws.com", "sso.amazonaws.com")
TYPES = (RCP, "TAG_POLICY", "AISERVICES_OPT_OUT_POLICY")


def settle(world: World, dice: random.Random) -> Organization:
    """An organization in an empty world."""
    live = found(world, world.management_account_id, "ALL")
    live.policy_types = {SCP: "ENABLED", **{kind: "ENABLED" for kind in TYPES if dice.random() < 0.5}}
    for kind, policy in DEFAULTS.items():
        if live.policy_types.get(kind):
            for target in (live.root, world.management_account_id):
                live.attach(policy, target)
    _units(world, live, dice)
    _accounts(world, live, dice)
    for number in range(dice.randint(0, 7)):
        _policy(world, live, dice, number)
    live.services = {each: world.now for each in SERVICES if dice.random() < 0.5}
    members = [each for each in live.members if each != live.management_account]
    for account in live.members:
        if dice.random() < 0.3:
            _contact(world, account, dice)
    for principal in DELEGABLE:
        if principal in live.services and dice.random() < 0.4:
            for account in dice.sample(members, min(len(members), dice.choice((1, 1, 2)))):
                live.delegated.setdefault(account, {})[principal] = world.now
    return live


def _contact(world: World, account: str, dice: random.Random) -> None:
    kind = dice.choice(("BILLING", "OPERATIONS", "SECURITY"))
    fields = {"Name": dice.choice(ACCOUNT_NAMES), "Title": "On: call", "EmailAddress": "Sec@Corp.io"}
    contacts = world.state("account", account, "", Contacts)
    contacts.alternate[kind] = {**fields, "PhoneNumber": "+1 555 0100", "AlternateContactType": kind}


def _units(world: World, live: Organization, dice: random.Random) -> None:
    parents = [live.root]
    for _ in range(dice.randint(0, 9)):
        parent = live.units[dice.choice(parents)]
        names = {live.units[unit].name.lower() for unit in parent.units}
        name = dice.choice(NAMES)
        if name.lower() in names or live.depth(parent.id) >= 5:
            continue
        unit = add(world, live, parent, name)
        parents.append(unit.id)
        if dice.random() < 0.1:
            live.tags[unit.id] = {"team": "a", "landing:id": dice.choice(("shop", "x/y", "No Key"))}


def _accounts(world: World, live: Organization, dice: random.Random) -> None:
    for number in range(dice.randint(2, 9)):
        name, email = dice.choice(ACCOUNT_NAMES), f"aws+{number}@{'Corp.io' if dice.random() < 0.5 else 'corp.io'}"
        made = Account(world.new_account_id(), name, email, world.now, creator=live.management_account)
        world.add_account(made)
        tags = {"env": dice.choice(("prod", "yes", "012", "a: b", ""))} if dice.random() < 0.5 else {}
        if dice.random() < 0.1:
            tags["landing:id"] = "shop"
        join(world, live, made.id, dice.choice(("CREATED", "INVITED")), tags)
        live.move(made.id, dice.choice(list(live.units)))


def _policy(world: World, live: Organization, dice: random.Random, number: int) -> None:
    kind = dice.choice([SCP, SCP, *(kind for kind in live.policy_types if kind != SCP)])
    name = (
        dice.choice(NAMES)
        if dice.random() < 0.5
        else f"aws-guardrails-{number}"
        if dice.random() < 0.2
        else f"P{number}"
    )
    if any(policy.type == kind and policy.name.lower() == name.lower() for policy in live.policies.values()):
        return
    document = _document(live, dice, kind, allow=not name.startswith("aws-"))
    text = json.dumps(document, indent=dice.choice((None, 2)))
    policy = Policy("p-" + world.token(8), kind, name, dice.choice(("", "as it is", name)), text)
    live.policies[policy.id] = policy
    targets = [*live.units, *live.members]
    for target in dice.sample(targets, dice.randint(0, min(4, len(targets)))):
        if len(live.attached(target, kind)) < 5:
            live.attach(policy.id, target)
            if kind == SCP and '"Allow"' in text and target != live.management_account:
                live.detach(DEFAULTS[SCP], target)


def _document(live: Organization, dice: random.Random, kind: str, *, allow: bool) -> dict[str, Any]:
    if kind == "TAG_POLICY":
        return {
            "tags": {"cost": {"tag_key": {"@@assign": "Cost"}, "tag_value": {"@@assign": ["{{ home_region }}", "é"]}}}
        }
    if kind not in (SCP, RCP):
        return {"services": {"default": {"opt_out_policy": {"@@assign": "optOut"}}}}
    member = dice.choice(list(live.members))
    condition = dice.choice((
        {},
        {"StringNotEquals": {"aws:PrincipalOrgID": live.id}},
        {"ArnNotLike": {"aws:PrincipalArn": [f"arn:aws:iam::{member}:role/ops-*", "arn:aws:iam::*:role/*Admin"]}},
        {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "us-east-1"]}},
    ))  # fmt: skip
    statement: dict[str, Any] = {
        "Effect": "Deny",
        "Action": dice.choice(("s3:DeleteBucket", ["s3:Put*", "sqs:*"])),
        "Resource": "*",
    }
    if kind == RCP:
        statement["Principal"] = "*"
    elif allow and dice.random() < 0.25:
        statement["Effect"] = "Allow"
        condition = {}
    elif dice.random() < 0.2:
        statement["NotAction"] = statement.pop("Action")
    return {"Version": "2012-10-17", "Statement": [{**statement, **({"Condition": condition} if condition else {})}]}


def policies_of(world: World, count: int) -> None:
    """More service control policies in the organization of a world, each at one unit."""
    live = organization_of(world, world.management_account_id)
    assert live is not None
    live.policy_types[SCP] = "ENABLED"
    for target in (*live.units, *live.members):
        live.attach(DEFAULTS[SCP], target)
    units = list(live.units)
    for number in range(count):
        statement = {"Effect": "Deny", "Action": f"s3:DeleteBucket{number}*", "Resource": "*"}
        text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        policy = Policy("p-" + world.token(8), SCP, f"Rule {number}", "", text)
        live.policies[policy.id] = policy
        live.attach(policy.id, units[number % len(units)])
