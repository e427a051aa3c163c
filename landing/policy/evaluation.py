"""What a hierarchy of policies says to one request: the verdict, and every statement that made it.

SCPs and RCPs are two hierarchies, each evaluated by itself: `evaluate` takes one of them, and `decide` puts
the two verdicts together for those whom `covered` finds subject to them.
AWS Organizations user guide, "SCP evaluation" and "RCP evaluation".
"""

from collections.abc import Container, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import NamedTuple

from landing.policy.levels import Compiled, Place, Policies, rules
from landing.policy.request import Request, checked_action, read_request
from landing.policy.statement_filter import Hit, Sieve, bits_of

ALLOWED = "Allowed"
EXPLICITLY_DENIED = "ExplicitlyDenied"
IMPLICITLY_DENIED = "ImplicitlyDenied"
UNDETERMINED = "Undetermined"

SCP = "SERVICE_CONTROL_POLICY"
RCP = "RESOURCE_CONTROL_POLICY"


class Doubt(NamedTuple):
    """A statement of which nobody can say offline whether it applies, and why."""

    place: Place
    effect: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one hierarchy says. "Allowed" grants nothing: it means "not blocked by guardrails".

    `result` is Allowed, ExplicitlyDenied (a Deny applies), ImplicitlyDenied (no Deny is known to apply, and
    a level surely has no Allow) or Undetermined (neither, and a statement in doubt decides). Undetermined
    equals none of the other three, so a test for any of them fails on it. `denies` are all Deny statements
    that apply, `without_allow` the levels that surely have no Allow (0 is the root), `doubts` all statements
    in doubt, whether they decide or not, and `notes` what was assumed about the request.
    """

    result: str
    denies: tuple[Place, ...] = ()
    without_allow: tuple[int, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def undetermined(self) -> bool:
        """Whether the policies do not tell; the doubts say why."""
        return self.result == UNDETERMINED

    @property
    def blocked(self) -> bool | None:
        """Whether the request is denied, by either kind; none if that is undetermined."""
        return None if self.undetermined else self.result != ALLOWED


# Bounds on what one set of policies remembers: the catalogue has some 22,000 actions, a caller any number.
_ACTIONS_KEPT = 32_768
_VERDICTS_KEPT = 1_024


class _Relevant(NamedTuple):
    """The statements that an action leaves: which of them deny, and which allow at each level that needs it.

    `allows` has only the levels where the action is not allowed in any case. `known` has what the statements
    that apply come to, where none is in doubt.
    """

    sieve: Sieve
    denies: int
    allows: tuple[tuple[int, int], ...]
    known: dict[int, Verdict]


class CompiledLevels:
    """A set of policies made ready for many requests. Later changes of `levels` do not reach it.

    In a hierarchy of RCPs every level has RCPFullAWSAccess, listed or not, as nobody can detach it.
    Raises ValueError on what are no levels.
    """

    def __init__(self, levels: Policies, policy_type: str = SCP, shared: Compiled | None = None) -> None:
        if policy_type not in (SCP, RCP):
            raise ValueError(f"{policy_type!r} is no type of policy that is evaluated: {SCP} and {RCP} are")
        self.rules = rules(levels, shared, of_resources=policy_type == RCP)
        self.needs_allow = policy_type != RCP
        self.own = frozenset(id(rule) for level in self.rules for rule in level)
        self._of_actions: dict[str, _Relevant] = {}
        self._of_hits: dict[tuple[Hit, ...], _Relevant] = {}

    def evaluate(self, request: Request) -> Verdict:
        """The verdict on a request.

        `request` has principal (see `parse_principal`), action, resource (an ARN; ``*``, the default, for an
        action without resource types), resourceAccount and context (condition keys and values, lists for
        multivalued keys). aws:PrincipalArn, PrincipalAccount, PrincipalType and ResourceAccount follow from
        the former unless the context has them; any other key that is not there is absent.

        Raises ValueError on what is no request: see `read_request`.
        """
        action, principal, resource, context = read_request(request)
        relevant = self._of_actions.get(action) or self._of_action(action)
        may, sure = relevant.sieve(resource, context)
        notes = (principal.note,) if principal.note and principal.text else ()
        if may != sure or notes:
            doubts = {number: _doubt(relevant.sieve.hits[number], resource, context) for number in bits_of(may & ~sure)}
            return _verdict(relevant, may, sure, doubts, notes)
        found = relevant.known.get(sure)
        if found is None:
            if len(relevant.known) >= _VERDICTS_KEPT:
                relevant.known.clear()
            found = relevant.known[sure] = _verdict(relevant, may, sure, {}, ())
        return found

    def allows_all(self, action: str) -> bool:
        """Whether an action is allowed whatever the resource and the context are: no statement is left to ask."""
        relevant = self._of_actions.get(action) or self._of_action(action)
        return not relevant.denies and not relevant.allows

    def _of_action(self, action: str) -> _Relevant:
        lowered = checked_action(action).lower()
        found = ((rule, rule.on_action(lowered)) for level in self.rules for rule in level)
        hits = tuple(Hit(rule, truth) for rule, truth in found if truth is not False)
        relevant = self._of_hits.get(hits) or self._relevant(hits)
        if len(self._of_actions) >= _ACTIONS_KEPT:
            self._of_actions.clear()
            self._of_hits.clear()
        self._of_actions[action] = self._of_hits[hits] = relevant
        return relevant

    def _relevant(self, hits: Iterable[Hit]) -> _Relevant:
        allowed = {hit.rule.place.level for hit in hits if hit.always and hit.rule.effect == "Allow"}
        needed = [level for level in range(len(self.rules)) if self.needs_allow and level not in allowed]
        kept = [hit for hit in hits if hit.rule.effect != "Allow" or hit.rule.place.level in needed]

        def mask(effect: str, levels: Container[int]) -> int:
            found = (hit.rule.effect in (effect, None) and hit.rule.place.level in levels for hit in kept)
            return sum(1 << number for number, one in enumerate(found) if one)

        allows = tuple((level, mask("Allow", (level,))) for level in needed)
        return _Relevant(Sieve(kept), mask("Deny", range(len(self.rules))), allows, {})


def _verdict(relevant: _Relevant, may: int, sure: int, doubts: Mapping[int, Doubt], notes: tuple[str, ...]) -> Verdict:
    """The verdict, given the statements that may apply and those that surely do, and the doubts about the others."""
    doubtful = may & relevant.denies & ~sure
    missing: list[int] = []
    for level, allows in relevant.allows:
        if not sure & allows:
            doubtful |= may & allows
            if not may & allows:
                missing.append(level)
    denies = tuple(relevant.sieve.hits[number].rule.place for number in bits_of(sure & relevant.denies))
    if denies:
        result = EXPLICITLY_DENIED
    elif missing:
        result = IMPLICITLY_DENIED
    else:
        result = UNDETERMINED if doubtful else ALLOWED
    return Verdict(result, denies, tuple(missing), tuple(doubts[number] for number in bits_of(doubtful)), notes)


def _doubt(hit: Hit, resource: str, context: Mapping[str, object]) -> Doubt:
    for truth in (hit.rule.applies(resource, context), hit.on_action):
        if not isinstance(truth, bool):
            return Doubt(hit.rule.place, hit.rule.effect, truth.reason)
    raise AssertionError("a statement without doubt was reported as doubtful")


class _Kept(NamedTuple):
    levels: object
    copy: object
    compiled: CompiledLevels


# Keyed by identity, and checked against a copy at every call: a caller may change its lists in place.
_compiled: dict[tuple[int, str], _Kept] = {}
_SETS_KEPT = 64


def compile_levels(levels: Policies, policy_type: str = SCP) -> CompiledLevels:
    """The policies made ready for many requests: no call through it looks at `levels` again."""
    return CompiledLevels(levels, policy_type)


def evaluate(levels: Policies, request: Request, policy_type: str = SCP) -> Verdict:
    """What the policies say to a request: see `Verdict` and `CompiledLevels.evaluate`.

    `levels` is a list over root → units → account of lists of ``{"name", "policy"}``, all of `policy_type`.
    The last 64 sets of policies stay compiled.
    """
    return compiled(levels, policy_type).evaluate(request)


def compiled(levels: Policies, policy_type: str = SCP) -> CompiledLevels:
    """The policies compiled, from memory if they are as they were at the last call."""
    key = (id(levels), policy_type)
    kept = _compiled.get(key)
    if kept is None or kept.levels is not levels or kept.copy != levels:
        made = CompiledLevels(levels, policy_type)
        kept = _Kept(levels, deepcopy(levels), made)
        _compiled.pop(key, None)
        if len(_compiled) >= _SETS_KEPT:
            _compiled.pop(next(iter(_compiled)), None)
        _compiled[key] = kept
    return kept.compiled
