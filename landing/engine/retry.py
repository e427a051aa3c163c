"""Looking again: what AWS did although its answer was lost, and what it does not show at once.

Few creating calls have a client token. When an answer is lost, the SDK asks again, and is told that the thing exists;
a second delete is told that it is gone. And AWS is eventually consistent: what was just made may not be found for
seconds. Every `apply` of a kind begins with what is there, so looking again and applying again is the cure for both.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from landing.aws import Aws, translated
from landing.core.errors import AwsError
from landing.core.model import Address, Change
from landing.organization import Organization
from landing.services.base import Kind

PAUSES = (1.0, 4.0, 10.0)
"""Seconds before each further look."""


def persist(organization: Organization, aws: Aws, kind: Kind, change: Change) -> None:
    """Apply a change; again after another look at the organization when AWS says that it is not as we thought."""
    for pause in _pauses(aws):
        try:
            with translated(change.address.scope):
                kind.apply(organization, aws, change)
            break
        except AwsError as error:
            if pause is None or not error.cause.passes:
                raise
            aws.clock.sleep(pause)
            aws.tree.forget()


def settled(aws: Aws, look: Callable[[], Collection[Address]]) -> Collection[Address]:
    """What differs still when AWS has had time to show it."""
    differing: Collection[Address] = ()
    for pause in _pauses(aws):
        differing = look()
        if not differing or pause is None:
            break
        aws.clock.sleep(pause)
    return differing


def _pauses(aws: Aws) -> Iterator[float | None]:
    """One for each look but the last; none is left when the user is in a hurry."""
    for pause in PAUSES:
        yield None if aws.clock.hurry.is_set() else pause
    yield None
