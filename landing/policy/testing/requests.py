"""A case as requests: who, where, each action and each resource written out."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from typing import Any

from landing.core.spelling import nearest
from landing.policy import catalog, suggestions
from landing.policy.catalog import Action
from landing.policy.keys import find_key
from landing.policy.testing.estate import Estate, UnknownPlaceError
from landing.policy.testing.model import Case, Value
from landing.policy.testing.placeholders import UnknownNameError, fill, fill_all
from landing.policy.testing.resources import example_of, examples, takes
from landing.policy.testing.suite import Suite, statements_of


class CaseError(ValueError):
    """A case that makes no request, or none that there can be; `part` is what of the case is wrong, if it is known."""

    def __init__(self, message: str, part: str = "") -> None:
        super().__init__(message)
        self.part = part


@contextmanager
def about(part: str) -> Iterator[None]:
    """What is raised within is a `CaseError` about a part of a case."""
    try:
        yield
    except (UnknownNameError, UnknownPlaceError, ValueError) as error:
        raise CaseError(str(error), getattr(error, "part", "") or part) from error


@dataclass(frozen=True, slots=True)
class Ask:
    """A request, and the condition keys that it surely has not, even those that would follow from it."""

    request: Mapping[str, Any]
    without: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Here:
    """A case in one account, with what its placeholders stand for there."""

    case: Case
    account: str
    estate: Estate
    values: Mapping[str, Any]


def asks(case: Case, suite: Suite, estate: Estate) -> tuple[Ask, ...]:
    """All requests of a case; none if the policies do not reach its places. Raises CaseError."""
    with about(""):
        check_keys(case.context, suite)
        _check_statements(case, suite)
        return tuple(_asks(case, suite, estate))


def check_keys(names: Iterable[str], suite: Suite, part: str = "with") -> None:
    """Raises CaseError if neither AWS nor a policy knows the condition key of a name; ``PREFIX*`` is not looked at."""
    for name in names:
        if find_key(name) is None and not name.endswith("*") and name.lower() not in _keys_of(suite):
            meant = suggestions.of_key(name)
            words = f"`{name}` is no condition key that AWS has{f': {meant}' if meant else ''}"
            raise CaseError(words, f"with {name}" if part == "with" else part)


def _keys_of(suite: Suite) -> set[str]:
    """The condition keys that the policies ask for, in lower case."""
    statements = [statement for policy in suite.policies for statement in statements_of(policy.document)]
    blocks = [block for statement in statements for block in (statement.get("Condition") or {}).values()]
    return {str(key).lower() for block in blocks for key in block}


def _check_statements(case: Case, suite: Suite) -> None:
    """Raises CaseError if `by` names a statement that no policy has."""
    known = {
        name
        for policy in suite.policies
        for number, statement in enumerate(statements_of(policy.document), 1)
        for own in (str(statement.get("Sid") or f"#{number}"), f"#{number}")
        for name in (own, f"{policy.name}/{own}")
    }
    for name in case.by:
        if name not in known:
            hint = nearest(name, known, f"there are {', '.join(sorted(known))}")
            raise CaseError(f"there is no statement `{name}`: {hint}", "by")


def _asks(case: Case, suite: Suite, estate: Estate) -> Iterator[Ask]:
    values = {**estate.names, **suite.values}
    with about("in"):
        meant = [account for text in fill_all(case.places, values) for account in estate.place(text)]
    with about("but"):
        but = fill_all(case.but, values)
    with about("try"):
        actions = actions_of(fill_all(case.actions, values), but)
    for account in suite.accounts(estate, meant):
        here = _Here(case, account, estate, {**values, "account": account})
        found = list(_asks_here(here, actions))
        if not found:
            raise CaseError(f"none of the {len(actions)} actions takes a resource like {case.on}", "on")
        yield from found


def _asks_here(here: _Here, actions: Iterable[Action]) -> Iterator[Ask]:
    with about("with"):
        contexts = list(_contexts(here))
    with about("as"):
        principals = _principals(here)
    with about("on"):
        given = tuple(example_of(text, here.account) for text in fill_all(here.case.on or (), here.values))
    for action in actions:
        resources = _fitting(here.case, action, given) if given else _examples(here, action)
        for who, resource, context in product(principals, resources, contexts):
            yield _ask(here, action, who, resource, context)


def in_words(request: Mapping[str, Any]) -> str:
    """A request in one line: who with which action on what, and its condition keys."""
    context = ", ".join(f"{key}={value}" for key, value in sorted((request.get("context") or {}).items()))
    words = f"{request['principal']} with {request['action']} on {request.get('resource', '*')}"
    return f"{words} ({context})" if context else words


def actions_of(patterns: tuple[str, ...], but: tuple[str, ...]) -> tuple[Action, ...]:
    """The actions of the catalogue that the patterns name, less others; each must name one."""
    found: dict[str, Action] = {}
    for pattern in patterns:
        named = catalog.expand(pattern)
        if not named:
            meant = suggestions.of_action(pattern)
            words = f"`{pattern}` names no action of the catalogue ({catalog.version()})"
            raise CaseError(f"{words}{f': {meant}' if meant else ''}")
        found.update((action.text, action) for action in named)
    for pattern in but:
        with about("but"):
            less = [action.text for action in catalog.expand(pattern) if action.text in found]
        if not less:
            raise CaseError(f"`but: {pattern}` takes nothing away", "but")
        for text in less:
            del found[text]
    if not found:
        raise CaseError("no action is left")
    return tuple(found.values())


def _ask(here: _Here, action: Action, who: str, resource: str, context: Mapping[str, Value]) -> Ask:
    owner = owner_of(resource) or here.account
    if here.case.owner:
        with about("owner"):
            owner = here.estate.place(here.case.owner)[0]
    given = {
        key: list(value) if isinstance(value, tuple) else value for key, value in context.items() if value is not None
    }
    request = {
        "principal": who,
        "action": action.text,
        "resource": resource,
        "resourceAccount": owner,
        "context": given,
    }
    return Ask(request, frozenset(key.lower() for key, value in context.items() if value is None))


def owner_of(resource: str) -> str | None:
    """The account that an ARN names, if it names one."""
    parts = resource.split(":", 5)
    return parts[4] if len(parts) == 6 and re.fullmatch(r"\d{12}", parts[4]) else None


def _examples(here: _Here, action: Action) -> tuple[str, ...]:
    """An example of each type of resource that the action takes."""
    region = here.case.context.get("aws:RequestedRegion")
    chosen = fill(region, here.values)[0] if isinstance(region, str) else str(here.values["home_region"])
    return examples(action, partition=here.estate.partition, region=chosen, account=here.account)


def _fitting(case: Case, action: Action, given: Sequence[str]) -> tuple[str, ...]:
    """Those resources of the case that the action takes."""
    fitting = tuple(resource for resource in given if takes(action, resource))
    if not fitting and action.lowered in {text.lower() for text in case.actions}:
        formats = ", ".join(action.formats) or "*"
        raise CaseError(f"{action.text} takes no resource like {given[0]}: {formats}", "on")
    return fitting


def _contexts(here: _Here) -> Iterator[dict[str, Value]]:
    """The context of the case, several if a value stands for several; a list is a key of many values."""
    choices: list[tuple[Value, ...]] = []
    for value in here.case.context.values():
        if isinstance(value, tuple):
            choices.append((fill_all(value, here.values),))
        else:
            choices.append((None,) if value is None else fill(value, here.values))
    for chosen in product(*choices):
        yield dict(zip(here.case.context, chosen, strict=True))


def _principals(here: _Here) -> tuple[str, ...]:
    texts = fill_all(here.case.principals, here.values)
    found = [who for text in texts for who in principals_of(text, here.account, here.estate)]
    return tuple(dict.fromkeys(example_of(who, here.account) for who in found))


def principals_of(text: str, account: str, estate: Estate) -> tuple[str, ...]:
    """The principals, or patterns of their ARNs, that the `as` of a case or `except` of a claim means.

    ``role/NAME`` and ``user/NAME`` (with their path), ``root``, ``service/NAME`` (of ``NAME.amazonaws.com``),
    ``anonymous``, a whole ARN, or ``exempt`` for the exempt roles of the estate.
    """
    kind, slash, name = text.partition("/")
    if text == "exempt":
        if not estate.exempt_roles:
            raise CaseError("`exempt` means nobody: the organization has no exempt roles")
        return tuple(estate.exempt_roles)
    if text == "anonymous" or text.startswith("arn:"):
        return (text,)
    if text == "root" or (slash and name and kind in ("role", "user")):
        return (f"arn:{estate.partition}:iam::{account}:{text}",)
    if kind == "service" and name:
        return (name if name.endswith((".com", ".cn")) else f"{name}.amazonaws.com",)
    forms = "role/NAME, user/NAME, root, service/NAME, exempt, anonymous or an ARN"
    raise CaseError(f"`{text}` is no principal: it is one of {forms}")
