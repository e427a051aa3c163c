"""The resources of statements: ARNs, their variables, and whether any action can be asked on them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from landing.policy import arn, catalog, suggestions
from landing.policy.action_pattern import ActionPattern
from landing.policy.automata import Goal, TooManyError, find
from landing.policy.catalog import Action
from landing.policy.glob_steps import arn_steps
from landing.policy.keys import find_key
from landing.policy.levels import resource_pattern
from landing.policy.linter.finding import ERROR, WARNING, Finding, Located, Source
from landing.policy.pattern import Pattern, Variable, Wild, parse
from landing.policy.resource_space import domains, service_of

MANY_ACTIONS = 400


def check(source: Source) -> Iterator[Finding]:
    """What is wrong with the entries, and entries that never meet an action."""
    for item in source.statements:
        sound = []
        for text, where in item.entries("Resource"):
            found = list(_entry(text, where, item.statement.variables))
            yield from found
            if not any(finding.severity == ERROR for finding in found):
                sound.append((resource_pattern(text, item.statement.variables), where))
        if sound and all(pattern.tokens != (Wild.MANY,) for pattern, _ in sound):
            yield from _meeting(item, sound)


_FILL = "fill it in, or leave it out"
_PLACEHOLDER = re.compile(r"\{\{.*?\}\}|<[^<>]+>")
# What stands for an account in ARNs of AWS's own things.
_NO_ACCOUNTS = frozenset(("aws", "cloudfront", "offering"))


def variables(text: str, where: str) -> Iterator[Finding]:
    """What is wrong with the variables of a text."""
    if (left := _PLACEHOLDER.search(text)) is not None:
        yield Finding("POL403", ERROR, where, f"{left[0]} is a placeholder left unfilled", _FILL)
    pattern = parse(text)
    if pattern.fault is not None:
        advice = _FILL if "placeholder" in pattern.fault else None
        yield Finding("POL403", ERROR, where, pattern.fault, advice)
    for token in pattern.tokens:
        if isinstance(token, Variable) and find_key(token.key) is None:
            message = f"${{{token.key}}} names no condition key that AWS has"
            yield Finding("POL404", ERROR, where, message, suggestions.of_key(token.key) or _FILL)


def account(text: str, where: str) -> Iterator[Finding]:
    """What is wrong with the account of an ARN, if nothing in it is left open."""
    owner = text.split(":", 5)[4]
    if set(owner) & set("*?${}<>") or owner in _NO_ACCOUNTS or not owner or re.fullmatch(r"[0-9]{12}", owner):
        return
    message = f"{owner!r} in {text!r} is no account: accounts have 12 digits"
    yield Finding("POL408", ERROR, where, message, "fill it in: its leading zeros count")


def _entry(text: str, where: str, has_variables: bool) -> Iterator[Finding]:
    if has_variables:
        yield from variables(text, where)
    pattern = parse(text, variables=has_variables)
    if pattern.tokens == (Wild.MANY,):
        return
    parts = arn.split(pattern.tokens)
    if parts is None:
        message = f"{text!r} is neither * nor an ARN of six parts: its meaning is not documented"
        yield Finding("POL400", ERROR, where, message)
        return
    if arn.wildcard_in_type(parts):
        message = f"{text!r} has a wildcard in the part that names the resource type: not documented"
        yield Finding("POL401", ERROR, where, message, "write the type out, and one entry for each")
    if any(isinstance(token, Variable) for part in parts[:5] for token in part):
        yield Finding("POL402", ERROR, where, "variables are filled in the sixth part of an ARN only")
    yield from account(text, where)
    if arn.wildcard_in_service(parts):
        message = f"{text!r} has a wildcard in the part that names the service: AWS does not take it"
        yield Finding("POL407", ERROR, where, message, "write the service out, and one entry for each, or *")


def _meeting(item: Located, entries: Sequence[tuple[Pattern, str]]) -> Iterator[Finding]:
    """Actions that no entry of Resource is for, and entries that are for no action."""
    if item.statement.not_action or item.statement.not_resource:
        return
    used: set[str] = set()
    for text, where in item.entries("Action"):
        actions = [action for action in catalog.expand(text) if ActionPattern(text).service or text == "*"]
        if not actions or len(actions) > MANY_ACTIONS:
            used.update(at for _, at in entries)
            continue
        if not any(action.formats for action in actions):
            message = f"{text!r} is for no resource: AWS asks for it on *, and no ARN of the statement matches"
            yield Finding("POL405", WARNING, where, message, 'give it a statement with "Resource": "*"')
            continue
        met = {at for pattern, at in entries if _meets(pattern, actions)}
        used |= met
        if not met:
            message = f"no resource of {text!r} fits an ARN of the statement: it never applies"
            yield Finding("POL406", WARNING, where, message)
    for _, where in entries:
        if where not in used:
            message = "no action of the statement is for such a resource: the entry does nothing"
            yield Finding("POL406", WARNING, where, message)


def _meets(pattern: Pattern, actions: Iterable[Action]) -> bool:
    formats = dict.fromkeys(text for action in actions for text in action.formats)
    return any(_fits(pattern, text) for text in formats)


@lru_cache(maxsize=4096)
def _fits(pattern: Pattern, text: str) -> bool:
    """Whether an ARN of a format can match a pattern; so, too, when it cannot be told."""
    parts = arn.split(pattern.tokens)
    service = text.split(":", 3)[2]
    if "$" not in service and service_of(pattern) not in (None, service.lower()):
        return False
    partition = "".join(map(str, parts[1])) if parts and all(isinstance(t, str) for t in parts[1]) else "aws"

    goal = Goal([[arn_steps(pattern, fold=True)]], [], [], lambda _: True)
    try:
        return any(find(goal, domain) is not None for domain in domains(text, partition))
    except TooManyError:
        return True
