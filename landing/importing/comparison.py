"""What a plan of an imported config would do: the import compares before it says that it is done."""

from __future__ import annotations

from collections.abc import Iterator

from landing.aws import Aws
from landing.core.model import Action, Change
from landing.engine.observe import observe
from landing.engine.plan import Origin, make
from landing.organization import Organization
from landing.services.base import Kinds
from landing.services.organizations.declaration import SERVICE


def changes(organization: Organization, aws: Aws) -> tuple[Change, ...]:
    """The changes of units, accounts, policies and what else AWS Organizations has; nothing is read twice for it.

    `aws` has read the organization, under whatever names.
    """
    observation = observe(organization, aws.with_names_of(organization), kinds=Kinds(SERVICE.kinds))
    return make(observation, Origin()).changes


def told(found: tuple[Change, ...]) -> Iterator[str]:
    """In words: how much is adopted, and every change that is more than that."""
    more = [change for change in found if change.action is not Action.ADOPT]
    adopted = len(found) - len(more)
    if not more:
        yield f"Compared with AWS: a plan of it adopts {adopted} and changes nothing else of the organization."
        return
    yield f"Compared with AWS: a plan of it adopts {adopted}, and would change {len(more)} more. Look at them first:"
    yield from (f"  {change.action.value} {change.address}" for change in more)
