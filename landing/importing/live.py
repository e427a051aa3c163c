"""A living organization as a draft: the calls of a plan, and one DescribePolicy for each policy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from landing.aws import Aws
from landing.aws.live_names import state
from landing.core.constraints.principals import APPOINTED_BY, POLICY_TYPES, SERVICES
from landing.core.errors import LandingError
from landing.core.keys import is_key, keys, slug
from landing.core.model import ORGANIZATION, Address, Resource
from landing.core.partitions import REGIONS
from landing.core.text import few
from landing.importing import live_logs
from landing.importing.draft import NO_KEYS, Asked, Draft, DraftAccount, DraftUnit, Keys, LeftOut
from landing.importing.evidence import Evidence
from landing.importing.live_contacts import MOST, with_contacts
from landing.importing.live_policies import LivePolicies, read_policies
from landing.organization import ROOT, TAG, Account, Organization, node_of
from landing.organization.owners import owner_of
from landing.organization.resources import POLICY
from landing.policy.direction import allows
from landing.services.organizations.delegated_administrator import DelegatedAdministrator
from landing.services.organizations.trusted_access import ACCOUNT, STACKSETS, TrustedAccess
from landing.services.registry import SERVICES as DECLARED

SCP = "SERVICE_CONTROL_POLICY"
RESERVED_TAGS = ("aws:", "landing:")
MEMBER_ROLE = "OrganizationAccountAccessRole"


def stranger(home_region: str, member_role: str = "") -> Organization:
    """An organization of which nothing is known yet: with it the door is opened."""
    management = Account("management", "management", "", ROOT)
    partition = REGIONS[home_region]
    return Organization(
        units={},
        accounts={management.key: management},
        name="unknown",
        id="",
        home_region=home_region,
        governed_regions=(home_region,),
        stack_sets_by_region_group=False,
        partition=partition,
        management=management.key,
        log_archive=management.key,
        security_tooling=management.key,
        member_role=member_role or MEMBER_ROLE,
        exempt_roles=(),
        admitted_roles=(),
        guardrails={},
        deployments={},
        services={},
        trusted_access={},
        delegated_administrators={},
        policy_types={},
        offered={each.key: each.offered((home_region,), partition) for each in DECLARED},
        appointing=frozenset(principal for each in DECLARED for principal in each.appointing),
    )


def read(organization: Organization, aws: Aws, asked: Asked) -> Draft:
    """What AWS has, read by way of a `stranger`, which is the organization.

    Raises LandingError where there is no organization, and where nobody can tell which account plays which part.
    """
    live = aws.tree.survey.description
    if live is None:
        raise LandingError("the account is in no organization: `landing init` writes a config to begin with")
    aws.tree.ahead({"accounts", "units", "full_access"})
    try:
        return _draft(organization, aws, asked, live)
    finally:
        aws.tree.rest()


def _draft(organization: Organization, aws: Aws, asked: Asked, live: Mapping[str, Any]) -> Draft:
    left: list[LeftOut] = list(_beginnings(aws, live))
    management = str(live["MasterAccountId"])
    units, unit_keys = _units(aws)
    accounts = _accounts(aws, unit_keys, left)
    names = {ROOT: ROOT, str(aws.tree.survey.root["Id"]): ROOT}
    names |= {unit: node_of(key) for unit, key in unit_keys.items()}
    names |= {account_id: f"account/{each.key}" for account_id, each in accounts.items()}
    policies = read_policies(aws, names, left)
    found = TrustedAccess().read(organization, aws, ORGANIZATION)
    trusted = {each.address.name for each in found if isinstance(each, Resource)}
    if ACCOUNT in trusted and len(accounts) > MOST and not asked.contacts:
        left.append(LeftOut("alternate contacts", f"of more than {MOST} accounts only --contacts reads them"))
    elif ACCOUNT in trusted:
        accounts = with_contacts(aws, accounts, management, left)
    evidence = Evidence(aws, accounts, management, trusted)
    home = evidence.home_region(asked.home_region)
    tooling = evidence.security_tooling(home, asked.security_tooling)
    strict = _strict(aws, policies, names)
    services, about_trail = live_logs.services_of(aws, evidence, home)
    left += [LeftOut(f"trusted access of {each}", "not a service that a config knows") for each in _unknown(trusted)]
    theirs = {each: owner for each in sorted(trusted) if (owner := owner_of(each))}
    left += [LeftOut(f"trusted access of {each}", f"it is of {owner}") for each, owner in theirs.items()]
    return Draft(
        name=asked.name or slug(accounts[management].name) or str(live["Id"]),
        id=str(live["Id"]),
        home_region=home,
        governed_regions=asked.regions or evidence.regions(home),
        management=accounts[management].key,
        log_archive=evidence.log_archive(asked.log_archive, tooling),
        security_tooling=tooling,
        member_role=asked.member_role,
        units=tuple(_draft_units(units, unit_keys, strict)),
        accounts=tuple(_with_access(accounts, strict)),
        policies=policies.own,
        policy_types=tuple(sorted(_types(aws, trusted, left))),
        trusted_access=tuple(sorted(trusted & set(SERVICES) - set(theirs))),
        untrusted=tuple(each for each in (ACCOUNT, STACKSETS) if each not in trusted),
        delegated_administrators=_delegated(organization, aws, accounts, trusted, left=left),
        known=policies.known,
        limits=policies.limits,
        services=services,
        left_out=(*about_trail, *evidence.left_out, *left),
        source=f"organization {live['Id']}, as {aws.caller[1]} may read it",
    )


def read_new(organization: Organization, aws: Aws) -> Draft:
    """Units, accounts and policies that AWS has and the config of the door does not; the keys of all others stay."""
    live = aws.tree.survey.description
    if live is None:
        raise LandingError("the account is in no organization: there is nothing to add")
    aws.tree.ahead({"accounts", "units", "full_access"})
    try:
        return _new(organization, aws, str(live["Id"]))
    finally:
        aws.tree.rest()


def _new(organization: Organization, aws: Aws, organization_id: str) -> Draft:
    tree, left = aws.tree, list[LeftOut]()
    there = {each.id: each.key for each in tree.units.values() if each.key in organization.units}
    there |= {each.id: each.key for each in tree.accounts.values() if each.key in organization.accounts}
    there |= {each.id: each.key for each in tree.policies.values() if tree.concerns(each)}
    gone = [each for each in tree.policies.values() if _is_let_go(organization, each.key, each.name)]
    left += [LeftOut(f"policy {each.id} ({each.name})", "the config lets go of it (`removed`)") for each in gone]
    there |= {each.id: each.key for each in gone}
    policy_keys = frozenset((*organization.guardrails, *organization.policies))
    known = Keys(there, frozenset(organization.units), frozenset(organization.accounts), policy_keys)
    units, unit_keys = _units(aws, known)
    accounts = _accounts(aws, unit_keys, left, known)
    names = {ROOT: ROOT, str(tree.survey.root["Id"]): ROOT}
    names |= {unit: node_of(key) for unit, key in unit_keys.items()}
    names |= {account_id: f"account/{each.key}" for account_id, each in accounts.items()}
    policies = read_policies(aws, names, left, known, organization.known_policies)
    strict = _strict(aws, policies, names)
    idle = [each for each in policies.own if not each.nodes]
    left += [LeftOut(f"policy {each.id} ({each.name})", "it is attached nowhere, and so no guardrail") for each in idle]
    return Draft(
        name=organization.name,
        id=organization_id,
        home_region=organization.home_region,
        governed_regions=organization.governed_regions,
        management=organization.management,
        log_archive=organization.log_archive,
        security_tooling=organization.security_tooling,
        units=tuple(each for each in _draft_units(units, unit_keys, strict) if each.id not in there),
        accounts=tuple(each for each in _with_access(accounts, strict) if each.key not in organization.accounts),
        policies=tuple(each for each in policies.own if each.nodes),
        known=policies.known,
        limits=policies.limits,
        left_out=tuple(left),
        source=f"organization {organization_id}",
    )


def _is_let_go(organization: Organization, *names: str) -> bool:
    """By the key that its mark says, or, once that is taken off, by the one that its name makes."""
    return any(organization.lets_go(Address(POLICY, name)) for each in names for name in (each, slug(each)))


def _beginnings(aws: Aws, live: Mapping[str, Any]) -> Iterator[LeftOut]:
    if live["FeatureSet"] != "ALL":
        yield LeftOut("consolidated billing", "a config has all features: the first plan asks for them")
    if aws.tree.policy_types.get(SCP) != "ENABLED":
        yield LeftOut("service control policies, which are off", "a config has them on: the first plan enables them")


def _units(aws: Aws, given: Keys = NO_KEYS) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Name and key by the id of each unit, parents first, siblings by key; a mark that fits its place is the key."""
    survey = aws.tree.survey
    found = survey.units
    survey.read_tags([unit.id for unit in found])
    below: dict[str, list[Any]] = {}
    for unit in found:
        below.setdefault(unit.parent_id, []).append(unit)
    names: dict[str, str] = {}
    paths: dict[str, str] = {}
    waiting = [(str(survey.root["Id"]), "")]
    for parent, path in waiting:
        marks = {unit.id: survey.tags(unit.id).get(TAG, "") for unit in below.get(parent, ())}
        own = {
            each: mark.rpartition("/")[2] for each, mark in marks.items() if mark.rpartition("/")[0] == path.rstrip("/")
        }
        here = {
            unit.id: given.by_id[unit.id].rpartition("/")[2] for unit in below.get(parent, ()) if unit.id in given.by_id
        }
        taken = {key.rpartition("/")[2] for key in given.units if key.rpartition("/")[0] == path.rstrip("/")}
        new = [(unit.id, unit.name, own.get(unit.id, "")) for unit in below.get(parent, ()) if unit.id not in here]
        here |= keys(new, "unit", taken if path else {ROOT, *taken})
        for unit in sorted(below.get(parent, ()), key=lambda unit: here[unit.id]):
            names[unit.id], paths[unit.id] = unit.name, path + here[unit.id]
            waiting.append((unit.id, f"{paths[unit.id]}/"))
    return names, paths


def _draft_units(names: Mapping[str, str], paths: Mapping[str, str], strict: Collection[str]) -> Iterator[DraftUnit]:
    for unit, key in sorted(paths.items(), key=lambda entry: entry[1].split("/")):
        yield DraftUnit(key, names[unit], node_of(key) not in strict, unit)


def _accounts(
    aws: Aws, unit_keys: Mapping[str, str], left: list[LeftOut], known: Keys = NO_KEYS
) -> Mapping[str, DraftAccount]:
    """The active accounts by id, in the order of their units and keys; what is said of them, of new ones only."""
    survey = aws.tree.survey
    found = survey.accounts
    survey.read_tags([account["Id"] for account in found])
    parents = survey.parents(found, (str(survey.root["Id"]), *unit_keys))
    marks = {account["Id"]: survey.tags(account["Id"]).get(TAG, "") for account in found}
    held: dict[str, str] = {}
    for account_id in sorted(marks):
        held.setdefault(marks[account_id], account_id)
    active = [account for account in found if state(account) == "ACTIVE"]
    there = {each["Id"]: known.by_id[each["Id"]] for each in active if each["Id"] in known.by_id}
    new = [(each["Id"], each["Name"], marks[each["Id"]]) for each in active if each["Id"] not in there]
    given = {**keys(new, "account", known.accounts), **there}
    made = []
    reserved: dict[str, list[str]] = defaultdict(list)
    for account in found:
        if account["Id"] in there:
            unit = unit_keys.get(parents[account["Id"]], ROOT)
            made.append(DraftAccount(there[account["Id"]], account["Name"], account["Email"], unit, account["Id"]))
            continue
        account_id, mark = account["Id"], marks[account["Id"]]
        what = f"account {account_id} ({account['Name']}, {account['Email']})"
        if state(account) != "ACTIVE":
            left.append(LeftOut(what, f"it is {state(account)}"))
            continue
        for key in survey.tags(account_id):
            if key.lower().startswith("landing:") and key != TAG:
                reserved[key].append(f"{account_id} ({account['Name']})")
        tags = {
            key: value for key, value in survey.tags(account_id).items() if not key.lower().startswith(RESERVED_TAGS)
        }
        if mark and not is_key(mark):
            left.append(LeftOut(what, f"its tag {TAG}={mark} is no key: take the tag off, and import it then"))
            continue
        copied = bool(mark) and mark != given[account_id]
        if copied:
            why = f"copied from {held[mark]}: the account is known by its e-mail address"
            left.append(LeftOut(f"tag {TAG}={mark} of {what}", why))
        made.append(
            DraftAccount(
                given[account_id],
                account["Name"],
                account["Email"],
                unit_keys.get(parents[account_id], ROOT),
                "" if copied else account_id,
                dict(sorted(tags.items())),
            )
        )
    left += [LeftOut(f"tag {key} of accounts {few(those)}", "reserved") for key, those in sorted(reserved.items())]
    made.sort(key=lambda each: (each.unit != ROOT, each.unit.split("/"), each.key))
    by_key = {given[account_id]: account_id for account_id in given}
    return {by_key[each.key]: each for each in made}


def _with_access(accounts: Mapping[str, DraftAccount], strict: Collection[str]) -> Iterator[DraftAccount]:
    for account in accounts.values():
        yield replace(account, full_access=f"account/{account.key}" not in strict)


def _strict(aws: Aws, policies: LivePolicies, names: Mapping[str, str]) -> set[str]:
    """The nodes from which FullAWSAccess was taken, and where another policy allows something in its place.

    Of accounts only those are asked for that have such a policy of their own: else it would be a call each.
    """
    if aws.tree.policy_types.get(SCP) != "ENABLED":
        return set()
    lists = {node for each in policies.own if each.type == SCP and allows(each.document) for node in each.nodes}
    survey = aws.tree.survey
    asked = {node: target for target, node in names.items() if target != ROOT and node in lists}
    return {node for node, target in asked.items() if not survey.full_access(target)}


def _types(aws: Aws, trusted: Collection[str], left: list[LeftOut]) -> Iterator[str]:
    """The enabled types of policies, but for SCPs, which a config has anyway."""
    for name, status in aws.tree.policy_types.items():
        service = POLICY_TYPES.get(name)
        if status != "ENABLED" or name == SCP:
            continue
        if service and service not in trusted:
            left.append(LeftOut(f"policy type {name}", f"{service}, which it needs, has no trusted access"))
        else:
            yield name


def _unknown(trusted: Collection[str]) -> list[str]:
    return sorted(set(trusted) - set(SERVICES))


def _delegated(
    organization: Organization,
    aws: Aws,
    accounts: Mapping[str, DraftAccount],
    trusted: Collection[str],
    *,
    left: list[LeftOut],
) -> dict[str, tuple[str, ...]]:
    """Accounts by service principal."""
    ids = {key: account_id for account_id, key in aws.tree.account_keys.items()}
    found: dict[str, list[str]] = {}
    for resource in DelegatedAdministrator().read(organization, aws, ORGANIZATION):
        principal, _, account = resource.address.name.partition("/")
        account_id = ids.get(account, account)
        if account_id not in accounts:
            left.append(LeftOut(f"delegated administrator {account_id} of {principal}", "it is no active account"))
        elif not SERVICES.get(principal) or principal in APPOINTED_BY:
            left.append(LeftOut(f"delegated administrator {account_id} of {principal}", "a config cannot name it"))
        elif principal not in trusted:
            left.append(LeftOut(f"delegated administrator {account_id} of {principal}", "it has no trusted access"))
        else:
            found.setdefault(principal, []).append(accounts[account_id].key)
    named = {}
    for principal, administrators in sorted(found.items()):
        most, these = SERVICES[principal], sorted(administrators)
        named[principal] = tuple(these[:most])
        why = f"a config names {most} at most"
        left += [LeftOut(f"delegated administrator {key} of {principal}", why) for key in these[most:]]
    return named
