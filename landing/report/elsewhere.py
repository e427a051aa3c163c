"""What is created as it stands in another region already: a line each, as a region that is added asks for all of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from landing.core.model import Action, Address, Change
from landing.engine.observe import desired_of
from landing.engine.plan import Plan
from landing.organization import Organization
from landing.report import fold
from landing.report.adoption import NAMED, line
from landing.report.fold import Group, expanded

MANY = 10
"""More of them than this are folded."""

CREATED = "will be created in {} as in {} (--expand KIND shows it in full)"


def repeated(
    plan: Plan, organization: Organization, groups: Sequence[Group], expand: Collection[str]
) -> Mapping[Address, str]:
    """The resources of a new region that have the attributes of one of that name in a region where nothing changes.

    With that region: the home region, where it is one of them.
    """
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
        return {}
    changed = {change.address for change in plan.changes}
    there: dict[tuple[str, str, str, str], set[str]] = {}
    for each in desired_of(organization, plan.kinds).values():
        if each.address not in changed:
            there.setdefault(_what(each.address, each.attributes), set()).add(each.address.scope.region)
    home = organization.home_region
    regions = ((change.address, there.get(_what(change.address, change.after))) for change in asked)
    return {address: home if home in found else min(found) for address, found in regions if found}


def lines(changes: Sequence[Change]) -> list[str]:
    """A line each; where these are many, one for what one line of the config asks for in an account and region."""
    if len(changes) <= MANY:
        return [line(change) for change in changes]
    found = []
    for alike in fold.alike(changes, lambda change: (change.address.scope, str(change.source))):
        names = [f"{change.address.kind}.{change.address.name}" for change in alike]
        more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
        about = line(alike[0]).removeprefix(names[0])
        found.append(f"{', '.join(names[:NAMED])}{more}{about}")
    return found


def _what(address: Address, attributes: object) -> tuple[str, str, str, str]:
    return address.kind, address.name, address.scope.account, repr(attributes)
