"""All requests of a claim, as variables: principal, resource and each key that the policies ask for."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

from landing.policy import principal_space
from landing.policy.automata import TooManyError
from landing.policy.catalog import Action
from landing.policy.claim import Claim
from landing.policy.conditions import Condition
from landing.policy.keys import find_key, may_be_present
from landing.policy.levels import Rule
from landing.policy.representatives import EXAMPLES, holds_arns, scalars
from landing.policy.resource_space import ResourceSpace
from landing.policy.search import Domains
from landing.policy.variables import ABSENT, Variable, key_variable

PRINCIPAL, RESOURCE = "principal", "resource"


class RequestSpace:
    """The variables of a claim, each made when it is first asked for."""

    def __init__(self, claim: Claim, rules: Sequence[Rule], *, outsiders: bool) -> None:
        self.claim = claim
        self._outsiders = outsiders
        self._conditions: dict[str, list[Condition]] = defaultdict(list)
        self.names: dict[str, str] = dict(claim.names)
        needs: set[str] = set()
        for rule in rules:
            needs |= rule.needs
            for condition in rule.conditions:
                name = self.variable_of(condition.key)
                if condition not in self._conditions[name]:
                    self._conditions[name].append(condition)
                self.names.setdefault(condition.key, condition.line.key)
        self.fixed = claim.fixed(needs)
        self._resources = ResourceSpace(claim, self.fixed)
        self._variables: dict[str, Variable | TooManyError] = {}
        self._narrow: dict[tuple[Condition, ...], Variable] = {}

    def variable_of(self, key: str) -> str:
        """The name of the variable that a condition key belongs to."""
        return PRINCIPAL if key in principal_space.KEYS and key not in self.claim.pinned else key

    def principal_exists(self) -> bool:
        """Whether any principal is one of the claim's."""
        return self.variable(PRINCIPAL, self._conditions[PRINCIPAL]).learn(frozenset())

    def resource(self, action: Action, rules: Iterable[Rule]) -> Variable:
        """The variable of an action's resources, for some statements."""
        return self._resources.variable(action, [rule.resources for rule in rules if rule.resources])

    def variable(self, name: str, conditions: Sequence[Condition]) -> Variable:
        """The variable of the principal or of a key, told apart by some of its conditions at least.

        First by all that the policies have, as that serves every group of actions; if those are too many,
        by the given ones. Raises `TooManyError` if these are too many as well.
        """
        found = self._variables.get(name)
        if found is None:
            try:
                found = self._make(name, self._conditions[name])
            except TooManyError as error:
                found = error
            self._variables[name] = found
        if isinstance(found, Variable):
            return found
        key = tuple(conditions)
        if key not in self._narrow:
            self._narrow[key] = self._make(name, conditions)
        return self._narrow[key]

    def _make(self, name: str, conditions: Sequence[Condition]) -> Variable:
        if name == PRINCIPAL:
            return principal_space.PrincipalSpace(
                self.claim, conditions, self.fixed, outsiders=self._outsiders
            ).variable()
        key = find_key(name)
        if name in self.claim.pinned:
            return Variable(
                [self.claim.pinned[name]],
                conditions,
                lambda condition, value: condition({**self.fixed, name: value}),
            )
        values = scalars(name, key, conditions, self.fixed, self.claim.partition)
        return key_variable(key, conditions, values, self.fixed)

    def domain(self, name: str, variable: Variable, action: Action) -> int:
        """The classes that a variable can take in requests for an action."""
        if name in (PRINCIPAL, RESOURCE) or name in self.claim.pinned:
            return variable.full
        if self.claim.always_has(name):
            return variable.full & ~1
        if self.claim.never_has(name) or not may_be_present(name, action):
            return 1
        return variable.full

    def may_have(self, key: str, action: Action) -> bool:
        """Whether a request for an action can be given a key, whatever its value."""
        if key in self.claim.pinned or key in principal_space.KEYS or self.claim.never_has(key):
            return False
        return may_be_present(key, action)

    def ruled_out(self, name: str, action: Action) -> bool:
        """Whether a key is taken to be absent only because the catalogue does not list it for an action."""
        if name in (PRINCIPAL, RESOURCE) or self.claim.always_has(name) or self.claim.never_has(name):
            return False
        return not may_be_present(name, action)

    def asked(self, rule: Rule) -> tuple[tuple[str, Hashable], ...]:
        """The checks that a statement makes, each with the name of the variable it is on."""
        checks: list[tuple[str, Hashable]] = []
        if rule.resources is not None:
            checks.append((RESOURCE, rule.resources))
        checks += [(self.variable_of(condition.key), condition) for condition in rule.conditions]
        return tuple(checks)

    def request(self, action: Action, variables: Mapping[str, Variable], chosen: Domains) -> dict[str, Any]:
        """The request that a solution stands for: of each variable the first class that is left."""
        values = {name: variables[name].values[_lowest(domain)] for name, domain in chosen.items()}
        principal = values.pop(PRINCIPAL)
        resource = values.pop(RESOURCE)
        context = {self.names[key]: value for key, value in values.items() if value is not ABSENT}
        for key, value in self.claim.pinned.items():
            context.setdefault(self.names[key], value)
        for key in self.claim.present:
            if key not in values and not key.endswith("*") and key not in principal_space.KEYS:
                context.setdefault(self.names[key], _example(key))
        request = {"principal": principal, "action": action.text, "resource": resource, "context": context}
        account = context.get(self.names.get("aws:resourceaccount", ""))
        return request if account is None else {**request, "resourceAccount": account}

    def taken_as_arns(self) -> list[str]:
        """The keys whose values are taken to be ARNs though the catalogue does not say so."""
        return [
            self.names[name]
            for name, conditions in self._conditions.items()
            if name != PRINCIPAL
            and name not in self.claim.pinned
            and (key := find_key(name), True)[1]
            and (key is None or key.base_type != "ARN")
            and conditions
            and holds_arns(key, conditions)
        ]


def _example(key: str) -> Any:
    if key in EXAMPLES:
        return EXAMPLES[key][0]
    found = find_key(key)
    value = {
        "Bool": "true",
        "Numeric": "1",
        "Date": "2026-01-01T00:00:00Z",
        "IPAddress": "203.0.113.7",
        "ARN": "arn:aws:service:eu-west-1:111122223333:example",
    }.get(found.base_type if found else "", "example")
    return [value] if found and found.multivalued else value


def _lowest(domain: int) -> int:
    return (domain & -domain).bit_length() - 1
