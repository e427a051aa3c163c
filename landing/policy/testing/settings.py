"""What declarative policies come to set in an organization, compared with what was expected."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from landing.policy.declarative import effective, leaves
from landing.policy.evaluation import RCP, SCP
from landing.policy.testing.estate import Estate
from landing.policy.testing.model import Cases, Position, Setting, Value, in_words
from landing.policy.testing.placeholders import fill_all
from landing.policy.testing.report import FAILED, PASSED, Result, result_of
from landing.policy.testing.requests import about
from landing.policy.testing.suite import Suite, documents, levels


def judge(setting: Setting, suite: Suite, estate: Estate, come_to: Callable[[str], Mapping[str, Value]]) -> Result:
    """Whether a setting comes to what was expected in each account that is meant; raises CaseError.

    `come_to` has the `settings` of an account.
    """
    values = {**estate.names, **suite.values}
    with about("in"):
        places = fill_all(setting.places, values)
        accounts = list(dict.fromkeys(account for text in places for account in estate.place(text)))
    with about("expect"):
        expect = _filled(setting.expect, values)
    found = {account: come_to(account).get(setting.name) for account in accounts}
    failures = (f"in {account}: {in_words(value)}" for account, value in found.items() if value != expect)
    return result_of(setting, "setting", len(accounts), failures)


def _filled(value: Value, values: Mapping[str, Any]) -> Value:
    if isinstance(value, tuple):
        return fill_all(value, values)
    return None if value is None else fill_all((value,), values)[0]


def settings(suite: Suite, estate: Estate, account: str) -> dict[str, Value]:
    """The settings that the declarative policies of a suite come to in an account, by name."""
    found: dict[str, Value] = {}
    for policy_type in sorted({policy.type for policy in suite.policies} - {SCP, RCP}):
        here = levels(suite.policies, estate.path(account), policy_type)
        document = effective(documents(here)).document
        found |= {".".join(where): _told(value) for where, value in leaves(document).items()}
    return found


def coverage(suite: Suite, estate: Estate, cases: Cases) -> Iterator[Result]:
    """A result for each setting of the one policy of a suite that no case names; one for all if there is none."""
    position = Position(str(suite.cases), 1, 1)
    named = {setting.name for setting in cases.settings}
    found = settings(suite, estate, estate.management)
    for name in found.keys() - named:
        yield Result("coverage", f"{suite.policies[0].name}/{name}", FAILED, position, 0, ("no case names it",))
    if not found.keys() - named:
        yield Result("coverage", f"each of {len(found)} settings has a case", PASSED, position)


def _told(value: object) -> Value:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return tuple(map(str, value))
    return str(value)
