"""Accounts that join, or move, and what AWS deploys to them by itself: which stack sets, and whether it is done."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from landing.aws import Aws, unless
from landing.core.errors import InstancesFailed
from landing.core.model import Action, Change
from landing.organization import ROOT, Organization
from landing.organization.resources import ACCOUNT, RELEASE
from landing.services.base import GoingOn
from landing.services.stacks.instances import BUSY, instances_of
from landing.services.stacks.left_stacks import EXISTS
from landing.services.stacks.operations import NAMED, Failure, named
from landing.services.stacks.rollout import not_ours
from landing.services.stacks.shards import is_declared, name_of, stack_sets

BEGUN = GoingOn("AWS deploys to accounts that joined or moved", "stack_set")
TO_COME = ("missing", "unexpected")
"""What AWS has still to make and to take away."""

FAILED = ("failed", "cancelled", "inoperable")


def joined(changes: Collection[Change]) -> Iterator[Change]:
    """Changes that have brought an account into a unit."""
    for change in changes:
        if change.address.kind in (ACCOUNT, RELEASE) and change.after is not None:
            before = change.before or {}
            if before.get("unit") != change.after["unit"]:
                yield change


def concerned(organization: Organization, changes: Collection[Change]) -> Iterator[str]:
    """The stack sets that AWS deploys by itself after these changes; those that were made only now, to the released."""
    come = [each for each in joined(changes) if each.address.name != organization.management]  # it never gets stacks
    if not come:
        return
    units = {unit for each in come for unit in ((each.before or {}).get("unit", ROOT), (each.after or {})["unit"])}
    units |= {organization.quarantine} - {""}
    passed = {step for unit in units for step in _path(organization, unit)}
    new = {change.address.name for change in changes if change.address.kind == "stack_set" and not change.before}
    new = set() if any(each.address.kind == RELEASE for each in come) else new
    gone = {change.address.name for change in changes if change.action is Action.DELETE}
    for key, deployment in stack_sets(organization).items():
        if key not in new | gone and passed & set(organization.cover(deployment.target).units):
            yield key


def _path(organization: Organization, unit: str) -> tuple[str, ...]:
    """Where a unit that the config does not name any more was, nobody knows here: it may have been anywhere."""
    if unit == ROOT or unit in organization.units:
        return organization.path(unit)
    return (ROOT, *organization.units)


def going_on(organization: Organization, aws: Aws, key: str, changes: Collection[Change]) -> GoingOn | None:
    """What AWS is still at, or has not begun; raises InstancesFailed when it has failed in an account that joined."""
    client, name = aws.client("cloudformation"), name_of(organization, key)
    found: Mapping[str, Any] = {}
    with unless("StackSetNotFoundException"):
        found = client.describe_stack_set(StackSetName=name)["StackSet"]
    if not found or not_ours(found, declared=is_declared(organization, name)):
        return None
    exceptions = instances_of(organization, aws, client, found, stack_sets(organization).get(key)).exceptions()
    if BUSY in exceptions:
        return BEGUN
    accounts = {change.address.name for change in joined(changes)}
    sites = {site: what for site, what in exceptions.items() if site.partition("/")[0] in accounts}
    if failures := list(_failures(sites)):
        raise InstancesFailed(named(failures), help=_help(failures), operation=f"stack set {name}")
    waiting = sorted({site.partition("/")[0] for site, what in sites.items() if what in TO_COME})
    if not waiting or not (found.get("AutoDeployment") or {}).get("Enabled"):
        return None
    return GoingOn(f"AWS has not begun to deploy to {', '.join(waiting[:NAMED])}", "automatic_deployment", begun=False)


def _help(failures: Collection[Failure]) -> str:
    if not any(EXISTS.search(each.reason) for each in failures):
        return ""
    return "run landing apply again: it takes over the stacks that were left in the account when it was moved away"


def _failures(sites: Mapping[str, str]) -> Iterator[Failure]:
    for site, what in sites.items():
        if what.startswith(FAILED):
            account, _, region = site.partition("/")
            yield Failure(account, region, what)
