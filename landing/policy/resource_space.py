"""The resources of an action as a variable: its ARN formats, told apart by the policies' patterns."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from landing.policy import arn
from landing.policy.automata import reach_all
from landing.policy.catalog import Action
from landing.policy.claim import Claim
from landing.policy.conditions import Context
from landing.policy.glob_steps import Some, Step, Steps, arn_steps, literal, several
from landing.policy.levels import Resources
from landing.policy.names import REGION, Name, name_of
from landing.policy.pattern import Pattern, Wild, resolve
from landing.policy.principal_space import matcher
from landing.policy.truth import Truth
from landing.policy.variables import Variable

_PLACEHOLDER = re.compile(r"(\$\{[^{}]*\}|\*)")
# Actions that make nothing, by their names.
_OF_WHAT_IS = ("Delete", "Detach", "Reboot", "Stop", "Terminate")
_EXAMPLES = {"Region": "eu-west-1", "Resource": "example"}


class ResourceSpace:
    """Resources of a claim's actions: `variable` gives those of one action, from memory if it can."""

    def __init__(self, claim: Claim, pins: Context) -> None:
        self._claim = claim
        self._pins = pins
        self._wanted = matcher(claim.resources, fold=True) if claim.resources else None
        # Who writes a resource out is asked no question about its name.
        self._any_name = any(all(isinstance(token, str) for token in item.tokens) for item in claim.resources)
        self._patterns_of: dict[tuple[int, ...], list[tuple[Pattern, str | None]]] = {}
        self._meeting: dict[tuple[tuple[int, ...], str], tuple[Pattern, ...]] = {}
        self._steps: dict[Pattern, Steps] = {}
        self._reached: dict[tuple[str, bool, tuple[Pattern, ...]], list[str]] = {}
        self._variables: dict[tuple[tuple[str, ...], bool, bool, tuple[int, ...]], Variable] = {}

    def variable(self, action: Action, checks: Sequence[Resources]) -> Variable:
        """The classes of the resources that an action can be asked on, for some Resource elements.

        A value is an ARN, or ``*`` where the action is not bound to a resource. There is no class where the
        claim's resources are none of the action's. Raises `TooManyError` when there are too many.
        """
        key = (*form_of(action), tuple(id(check) for check in checks))
        found = self._variables.get(key)
        if found is None:
            found = self._variables[key] = Variable(self._resources(action, checks), checks, self._truth)
        return found

    def _truth(self, check: Resources, resource: str) -> Truth:
        return check(resource, self._pins)

    def _resources(self, action: Action, checks: Sequence[Resources]) -> list[str]:
        formats, _, unborn = form_of(action)
        found = []
        for text in formats:
            of_format = self._of_format(text, checks, unborn=unborn)
            found += [item for item in of_format if self._wanted is None or self._wanted(item)]
        if not action.needs_resource and (self._wanted is None or self._wanted("*")):
            found.append("*")
        return found

    def _patterns(self, checks: Sequence[Resources]) -> list[tuple[Pattern, str | None]]:
        """The patterns of some Resource elements and the claim, each with the service it is for."""
        key = tuple(id(check) for check in checks)
        if key not in self._patterns_of:
            self._patterns_of[key] = self._filled(checks)
        return self._patterns_of[key]

    def _filled(self, checks: Iterable[Resources]) -> list[tuple[Pattern, str | None]]:
        patterns = dict.fromkeys(self._claim.resources)
        for check in checks:
            for pattern in check.patterns:
                filled = resolve(pattern, self._pins)
                if filled is not None:
                    patterns[filled] = None
        return [(item, service_of(item)) for item in patterns if item.tokens != (Wild.MANY,)]

    def _patterns_for(self, service: str, checks: Sequence[Resources]) -> tuple[Pattern, ...]:
        """The patterns that can match ARNs of a service (of any, if it is a placeholder)."""
        key = (tuple(id(check) for check in checks), service)
        found = self._meeting.get(key)
        if found is None:
            any_service = "$" in service
            patterns = self._patterns(checks)
            found = tuple(item for item, of in patterns if any_service or of in (None, service))
            self._meeting[key] = found
        return found

    def _of_format(self, text: str, checks: Sequence[Resources], *, unborn: bool) -> list[str]:
        meeting = self._patterns_for(text.split(":", 3)[2].lower(), checks)
        found = self._reached.get((text, unborn, meeting))
        if found is None:
            found = [self.example(text)]
            if meeting:
                patterns_met = [self._steps_of(item) for item in meeting]
                for domain in domains(text, self._claim.partition, unborn=unborn, any_name=self._any_name):
                    found += reach_all(patterns_met, domain)
            self._reached[text, unborn, meeting] = found
        return found

    def _steps_of(self, pattern: Pattern) -> Steps:
        if pattern not in self._steps:
            self._steps[pattern] = arn_steps(pattern, fold=True)
        return self._steps[pattern]

    def example(self, text: str) -> str:
        """An ARN of a format that reads well."""
        owner = self._claim.pinned.get("aws:resourceaccount")
        account = self._claim.account or (owner if isinstance(owner, str) else "111122223333")
        values = {"Partition": self._claim.partition, "Account": account, "Optional": "", **_EXAMPLES}
        *head, resource = text.split(":", 5)
        named = [_PLACEHOLDER.sub(lambda match: values.get(match[0][2:-1], "example"), part) for part in head]
        if head[4] and "$" in head[4] and head[4] != "${Optional}":
            named[4] = account
        kind, name, rest = _named(text)
        if name is not None:
            resource = kind + name.example + rest
        return ":".join((*named, _PLACEHOLDER.sub("example", resource)))


def form_of(action: Action) -> tuple[tuple[str, ...], bool, bool]:
    """All that matters of an action for its resources: formats, whether it needs one, whether it may make one."""
    return action.formats, action.needs_resource, not action.name.startswith(_OF_WHAT_IS)


@lru_cache(maxsize=4096)
def service_of(pattern: Pattern) -> str | None:
    """The service of an ARN pattern in lower case; none if it may be several."""
    parts = arn.split(pattern.tokens)
    if parts is None or any(not isinstance(token, str) for token in parts[2]):
        return None
    return "".join(map(str, parts[2])).lower()


def domains(text: str, partition: str, *, unborn: bool = True, any_name: bool = False) -> list[Steps]:
    """The ARNs of a format as automata; a placeholder stands for any of its names, or one character or more.

    `unborn` is whether the resource may be one that the request is to make; with `any_name`, what names and
    regions look like is not asked.
    """
    *head, resource = text.split(":", 5)
    steps: list[Step] = []
    for index, part in enumerate(head):
        if part == "${Partition}":
            steps += literal(partition)
        elif part == "${Region}" and index == 3 and not any_name:
            steps += REGION
        elif index == 4 and part.startswith("${") and part != "${Optional}":
            steps += (Step(Some.DIGIT),) * 12
        else:
            steps += _part(part.lower(), Some.NOT_COLON)
        steps += literal(":")
    kind, name, rest = _named(text)
    if name is None or any_name:
        return [(*steps, *_part(resource, Some.ANY))]
    forms = (*name.forms, literal("*")) if name.unborn and unborn else name.forms
    return [(*steps, *literal(kind), *form, *_part(rest, Some.ANY)) for form in forms]


def _named(text: str) -> tuple[str, Name | None, str]:
    """The sixth part of a format at its first placeholder: what is before it, its names, and the rest."""
    *head, resource = text.split(":", 5)
    kind, begin, after = resource.partition("${")
    placeholder, _, rest = after.partition("}")
    return kind, name_of(head[2], kind, placeholder) if begin else None, rest


def _part(part: str, wild: Some) -> Steps:
    steps: list[Step] = []
    for piece in _PLACEHOLDER.split(part):
        if piece in ("*", "${optional}"):
            steps.append(Step(wild, many=True))
        elif piece.startswith("${"):
            steps += several(wild)
        else:
            steps += literal(piece)
    return tuple(steps)
