"""What is created as it stands in another region already: a line each, as a region that is added asks for all of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from landing.core.model import Action, Address
from landing.engine.observe import desired_of
from landing.engine.plan import Plan
from landing.organization import Organization
from landing.report.fold import Group, expanded

CREATED = "will be created as it stands in another region (--expand KIND shows it in full)"


def repeated(plan: Plan, organization: Organization, groups: Sequence[Group], expand: Collection[str]) -> set[Address]:
    """The resources of a new region that have the attributes of one of that name in a region where nothing changes."""
    asked = [
        group.change
        for group in groups
        if len(group.changes) == 1
        and group.change.action is Action.CREATE
        and not group.change.adopts
        and group.change.address.scope.region
        and not expanded(group.change.address, expand)
    ]
    if not asked:
        return set()
    changed = {change.address for change in plan.changes}
    there = {
        (each.address.kind, each.address.name, each.address.scope.account, repr(each.attributes))
        for each in desired_of(organization, plan.kinds).values()
        if each.address not in changed
    }
    return {
        change.address
        for change in asked
        if (change.address.kind, change.address.name, change.address.scope.account, repr(change.after)) in there
    }
