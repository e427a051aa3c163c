"""Three-valued truth: what AWS documents as true or false, and what it does not document."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NoReturn


@dataclass(frozen=True, slots=True)
class Unknown:
    """Neither true nor false: the policy is malformed here, or AWS documents no answer.

    Also a value in a request's context: a key that is there but whose value is not known offline.
    """

    reason: str

    def __bool__(self) -> NoReturn:
        raise TypeError(f"an unknown truth was read as true or false: {self.reason}")


Truth = bool | Unknown


def negation(truth: Truth) -> Truth:
    """Not: unknown stays unknown."""
    return truth if isinstance(truth, Unknown) else not truth


def every(truths: Iterable[Truth]) -> Truth:
    """And: one false decides, else one unknown."""
    result: Truth = True
    for truth in truths:
        if truth is False:
            return False
        if truth is not True:
            result = truth
    return result


def some(truths: Iterable[Truth]) -> Truth:
    """Or: one true decides, else one unknown."""
    result: Truth = False
    for truth in truths:
        if truth is True:
            return True
        if truth is not False:
            result = truth
    return result
