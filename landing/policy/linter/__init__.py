"""Finds what is wrong with one policy document before AWS does, or before nobody does."""

from collections.abc import Callable, Iterable

from landing.policy.evaluation import RCP, SCP
from landing.policy.linter import actions, conditions, declarative, grammar, meaning, resources, size
from landing.policy.linter.codes import CODES
from landing.policy.linter.finding import ERROR, INFO, WARNING, Finding, Source

__all__ = ["CODES", "ERROR", "INFO", "WARNING", "Finding", "lint"]

_OF_STATEMENTS: tuple[Callable[[Source], Iterable[Finding]], ...] = (
    grammar.check,
    actions.check,
    resources.check,
    conditions.check,
    meaning.check,
)


def lint(document: object, policy_type: str = SCP) -> list[Finding]:
    """Everything that is found in a document, in the order of the document.

    `document` is parsed JSON of any shape; `policy_type` one of the types of AWS Organizations. Nothing is
    raised for a document, however malformed. Raises ValueError for a type that there is not.
    """
    source = Source.read(document, policy_type)
    checks = _OF_STATEMENTS if policy_type in (SCP, RCP) else (declarative.check,)
    found = [finding for check in (size.check, *checks) for finding in check(source)]
    return sorted(dict.fromkeys(found), key=lambda finding: (source.order(finding.pointer), finding.code))
