"""Statements compiled for matching: action patterns, resource patterns and conditions."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from landing.policy import arn
from landing.policy.action_pattern import ActionPattern
from landing.policy.conditions import Condition
from landing.policy.document import Statement, statements
from landing.policy.pattern import Pattern, Variable, Wild, full_match, parse, resolve
from landing.policy.truth import Truth, Unknown, negation

Context = Mapping[str, object]
Policies = Iterable[Iterable[Mapping[str, Any]]]


class Place(NamedTuple):
    """Where a statement stands: level (0 is the root), policy name, index in the policy, Sid."""

    level: int
    policy: str
    statement: int
    sid: str | None

    @property
    def name(self) -> str:
        """POLICY/SID, or POLICY/#NUMBER, counted from 1, of a statement without."""
        return f"{self.policy}/{self.sid or f'#{self.statement + 1}'}"


class Resources:
    """The entries of a Resource or NotResource element; call it with an ARN (or ``*``) and a context."""

    __slots__ = ("_negated", "_perhaps", "_plain", "_varied", "needs", "patterns")

    def __init__(self, patterns: Iterable[Pattern], *, negated: bool) -> None:
        self.patterns = patterns = tuple(patterns)
        self._negated = negated
        self._varied = tuple(pattern for pattern in patterns if pattern.needs)
        self.needs = frozenset().union(*(pattern.needs for pattern in self._varied))
        self._plain = lru_cache(maxsize=1024)(_any_of([item for item in patterns if not item.needs]))
        self._perhaps = lru_cache(maxsize=1024)(_any_of([item.relaxed for item in self._varied]))

    def __call__(self, resource: str, context: Context) -> Truth:
        """Whether the element holds for a resource; variables are filled from the context."""
        truth = self._plain(resource)
        if truth is not True and self._varied and self._perhaps(resource) is not False:
            filled = [resolve(pattern, context) for pattern in self._varied]
            varied = _any_of([pattern for pattern in filled if pattern is not None])(resource)
            truth = varied if varied is not False else truth
        return negation(truth) if self._negated else truth


def resource_pattern(text: str, variables: bool) -> Pattern:
    """One entry of Resource: everything, or an ARN whose variables are in its sixth part."""
    pattern = parse(text, variables=variables)
    if pattern.tokens == (Wild.MANY,) and pattern.fault is None:
        return pattern
    pattern = arn.resource_faults(pattern)
    parts = arn.split(pattern.tokens)
    if parts and any(isinstance(token, Variable) for part in parts[:5] for token in part):
        wild = tuple(Wild.MANY if isinstance(token, Variable) else token for token in pattern.tokens)
        return Pattern(wild, pattern.fault or "a variable stands before the sixth part of the ARN")
    return pattern


def _any_of(patterns: list[Pattern]) -> Callable[[str], Truth]:
    if any(pattern.tokens == (Wild.MANY,) and pattern.fault is None for pattern in patterns):
        return lambda resource: True
    certain = full_match(arn.arn_regexes((item for item in patterns if item.fault is None), fold=True))
    doubtful = [pattern for pattern in patterns if pattern.fault is not None]
    may_match = full_match(arn.arn_regexes(doubtful, fold=True))

    def test(resource: str) -> Truth:
        if not patterns or resource == "*":
            return False if not doubtful else _doubt(doubtful, resource)
        if not arn.is_arn(resource):
            return Unknown(f"the resource {resource!r} is not an ARN")
        if certain(resource):
            return True
        return Unknown(doubtful[0].fault or "") if doubtful and may_match(resource) else False

    return test


def _doubt(doubtful: list[Pattern], resource: str) -> Truth:
    """``*`` as the resource of a request: only what is no ARN at all may mean it."""
    for pattern in doubtful:
        if pattern.tokens == (Wild.MANY,):
            return Unknown(pattern.fault or "")
    return False


@dataclass(frozen=True, slots=True)
class Compiled:
    """What is compiled: equal conditions and Resource elements once, and a policy that is the same object once a level.

    Policies are not to be changed while it is in use.
    """

    conditions: dict[str, Condition] = field(default_factory=dict)
    resources: dict[str, Resources] = field(default_factory=dict)
    policies: dict[tuple[object, ...], tuple[object, tuple["Rule", ...]]] = field(default_factory=dict)

    def rules(self, level: int, name: str, policy: Any, *, of_resources: bool) -> tuple["Rule", ...]:
        """The statements of a policy at a level."""
        key = (level, name, id(policy), of_resources)
        if key not in self.policies:
            found = statements(policy, of_resources=of_resources)
            made = tuple(Rule(Place(level, name, each.index, each.sid), each, self) for each in found)
            self.policies[key] = (policy, made)  # the policy is kept, as its identity must stay its own
        return self.policies[key][1]


class Rule:
    """A compiled statement. `resources` is none when it applies to all of them."""

    __slots__ = (
        "_meaning",
        "actions",
        "conditions",
        "doubt",
        "effect",
        "place",
        "resources",
        "statement",
    )

    def __init__(self, place: Place, statement: Statement, compiled: Compiled) -> None:
        self._meaning: str | None = None
        self.place = place
        self.statement = statement
        self.effect = statement.effect
        self.doubt = Unknown(statement.faults[0]) if statement.faults else None
        self.actions = tuple(ActionPattern(text) for text in statement.actions)
        patterns = [resource_pattern(text, statement.variables) for text in statement.resources]
        everything = any(item.tokens == (Wild.MANY,) and item.fault is None for item in patterns)
        self.resources: Resources | None = None
        if statement.not_resource or not everything:
            element = repr((statement.resources, statement.not_resource, statement.variables))
            if element not in compiled.resources:
                compiled.resources[element] = Resources(patterns, negated=statement.not_resource)
            self.resources = compiled.resources[element]
        lines = {repr(line): line for line in statement.conditions}
        for text, line in lines.items():
            if text not in compiled.conditions:
                compiled.conditions[text] = Condition(line)
        self.conditions = tuple(compiled.conditions[text] for text in lines)

    @property
    def keys(self) -> frozenset[str]:
        """The condition keys, in lower case, that it looks at."""
        return self.needs.union(item.key for item in self.conditions)

    @property
    def needs(self) -> frozenset[str]:
        """The condition keys, in lower case, that its variables name."""
        needs = self.resources.needs if self.resources else frozenset()
        return needs.union(*(item.needs for item in self.conditions))

    @property
    def meaning(self) -> str:
        """Equal for statements that are written alike, wherever they stand and whatever their Sid."""
        if self._meaning is None:
            statement = self.statement
            lists = (
                sorted(statement.actions),
                sorted(statement.resources),
                sorted(map(repr, statement.conditions)),
            )
            forms = (statement.effect, statement.not_action, statement.not_resource, statement.variables)
            self._meaning = repr((lists, forms, statement.faults))
        return self._meaning

    @property
    def always(self) -> bool:
        """Whether it applies to every request for its actions."""
        return self.resources is None and not self.conditions and self.doubt is None

    def on_action(self, action: str) -> Truth:
        """Whether its Action or NotAction holds for an action in lower case."""
        truth: Truth = False
        for pattern in self.actions:
            one = pattern(action)
            if one is True:
                truth = True
                break
            truth = one if one is not False else truth
        return negation(truth) if self.statement.not_action else truth

    def applies(self, resource: str, context: Context) -> Truth:
        """Whether it applies to a request for one of its actions."""
        doubt: Unknown | None = self.doubt
        if self.resources is not None:
            truth = self.resources(resource, context)
            if truth is False:
                return False
            if truth is not True:
                doubt = truth
        for condition in self.conditions:
            truth = condition(context)
            if truth is False:
                return False
            if truth is not True:
                doubt = truth
        return True if doubt is None else doubt


def rules(
    levels: Policies, compiled: Compiled | None = None, *, of_resources: bool = False
) -> tuple[tuple[Rule, ...], ...]:
    """The statements of each level, compiled; `compiled` is what several sets of policies share.

    `of_resources` is whether they are RCPs. Raises ValueError on what are no levels.
    """
    compiled = compiled or Compiled()
    return tuple(
        tuple(
            rule
            for entry in policies
            for rule in compiled.rules(level, str(entry.get("name", "")), entry["policy"], of_resources=of_resources)
        )
        for level, policies in enumerate(_checked(levels))
    )


def _checked(levels: Any) -> Iterable[Iterable[Mapping[str, Any]]]:
    """The levels, if that is what they are."""
    if not isinstance(levels, list | tuple) or not levels:
        raise ValueError(f"{levels!r} are no levels: a list with a list of policies for root, units and account")
    for number, policies in enumerate(levels):
        if not isinstance(policies, list | tuple):
            raise ValueError(f"level {number} is no list of policies: {policies!r}")  # noqa: TRY004 - read from a file
        for entry in policies:
            if not isinstance(entry, Mapping) or "policy" not in entry:
                raise ValueError(f'level {number} has an entry that is not of the form {{"name", "policy"}}: {entry!r}')
    return levels
