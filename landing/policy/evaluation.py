"""What a hierarchy of policies says to one request: the verdict, and every statement that made it.

SCPs and RCPs are two hierarchies, each evaluated by itself: `evaluate` takes one of them, and `decide` puts
the two verdicts together for those whom `covered` finds subject to them.
AWS Organizations user guide, "SCP evaluation" and "RCP evaluation".
"""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, NamedTuple

from landing.policy.levels import Compiled, Place, Policies, Rule, rules
from landing.policy.principals import parse_principal
from landing.policy.truth import Truth

ALLOWED = "Allowed"
EXPLICITLY_DENIED = "ExplicitlyDenied"
IMPLICITLY_DENIED = "ImplicitlyDenied"
UNDETERMINED = "Undetermined"

SCP = "SERVICE_CONTROL_POLICY"
RCP = "RESOURCE_CONTROL_POLICY"

Request = Mapping[str, Any]


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


_ALLOWED = Verdict(ALLOWED)
# Bounds on what one set of policies remembers: the catalogue has some 22,000 actions, a caller any number.
_ACTIONS_KEPT = 32_768
_VERDICTS_KEPT = 65_536

_Hits = tuple[tuple[Rule, Truth], ...]
_Asked = tuple[str | None, ...]


class _Relevant(NamedTuple):
    """The statements that an action leaves, with the truth of their action part where it is in doubt.

    `allows` has only the levels where the action is not allowed in any case. `keys` and `by_resource` are all
    of a request that the statements look at.
    """

    denies: _Hits
    allows: tuple[tuple[int, _Hits], ...]
    keys: tuple[str, ...]
    by_resource: bool
    known: dict[_Asked, Verdict]


class CompiledLevels:
    """A set of policies made ready for many requests. Later changes of `levels` do not reach it.

    In a hierarchy of RCPs every level has RCPFullAWSAccess, listed or not, as nobody can detach it.
    """

    def __init__(self, levels: Policies, policy_type: str = SCP, shared: Compiled | None = None) -> None:
        self.rules = rules(levels, shared)
        self.needs_allow = policy_type != RCP
        self._relevant: dict[str, _Relevant] = {}
        self._kept = 0

    def evaluate(self, request: Request) -> Verdict:
        """The verdict on a request.

        `request` has principal (see `parse_principal`), action, resource (an ARN; ``*``, the default, for an
        action without resource types), resourceAccount and context (condition keys and values, lists for
        multivalued keys). aws:PrincipalArn, PrincipalAccount, PrincipalType and ResourceAccount follow from
        the former unless the context has them; any other key that is not there is absent.

        Raises ValueError when the request has no action, or the same key twice in different case.
        """
        action: Any = request.get("action")
        relevant = self._relevant.get(action) or self._of_action(action)
        principal = parse_principal(request.get("principal") or "")
        context = _context(request, principal.keys)
        resource = request.get("resource") or "*"
        if principal.note and request.get("principal"):
            return _verdict(relevant, resource, context, (principal.note,))
        asked: list[str | None] = [resource if relevant.by_resource else None]
        for key in relevant.keys:
            value = context.get(key)
            if value is not None and type(value) is not str:
                return _verdict(relevant, resource, context, ())
            asked.append(value)
        verdict = relevant.known.get(tuple(asked))
        if verdict is None:
            verdict = _verdict(relevant, resource, context, ())
            self._remember(relevant, tuple(asked), verdict)
        return verdict

    def _remember(self, relevant: _Relevant, asked: _Asked, verdict: Verdict) -> None:
        if self._kept >= _VERDICTS_KEPT:
            self._relevant.clear()
            self._kept = 0
        relevant.known[asked] = verdict
        self._kept += 1

    def _of_action(self, action: object) -> _Relevant:
        if not isinstance(action, str) or not all(action.partition(":")):
            raise ValueError(f"{action!r} is no action: service:Name is the form")
        lowered = action.lower()
        denies: list[tuple[Rule, Truth]] = []
        allows: list[tuple[int, _Hits]] = []
        for number, level in enumerate(self.rules):
            hits = [(rule, truth) for rule in level if (truth := rule.on_action(lowered)) is not False]
            denies += [(rule, truth) for rule, truth in hits if rule.effect != "Allow"]
            if self.needs_allow and not any(
                rule.effect == "Allow" and rule.always and truth is True for rule, truth in hits
            ):
                allows.append((number, tuple((rule, truth) for rule, truth in hits if rule.effect != "Deny")))
        looked_at = [rule for rule, _ in denies] + [rule for _, hits in allows for rule, _ in hits]
        keys = {key for rule in looked_at for key in rule.keys}
        by_resource = any(rule.resources is not None for rule in looked_at)
        relevant = _Relevant(tuple(denies), tuple(allows), tuple(sorted(keys)), by_resource, {})
        if len(self._relevant) >= _ACTIONS_KEPT:
            self._relevant.clear()
            self._kept = 0
        self._relevant[action] = relevant
        return relevant


def _verdict(relevant: _Relevant, resource: str, context: Mapping[str, object], notes: tuple[str, ...]) -> Verdict:
    denies: list[Place] = []
    doubts: list[Doubt] = []
    for rule, on_action in relevant.denies:
        truth = rule.applies(resource, context)
        if truth is False:
            continue
        if truth is True and on_action is True:
            denies.append(rule.place)
        else:
            doubts.append(_doubt(rule, truth, on_action))
    missing: list[int] = []
    for level, allows in relevant.allows:
        found, level_doubts = _allowed(allows, resource, context)
        if not found:
            doubts += level_doubts
            if not level_doubts:
                missing.append(level)
    if denies:
        result = EXPLICITLY_DENIED
    elif missing:
        result = IMPLICITLY_DENIED
    else:
        result = UNDETERMINED if doubts else ALLOWED
    if result == ALLOWED and not notes:
        return _ALLOWED
    return Verdict(result, tuple(denies), tuple(missing), tuple(dict.fromkeys(doubts)), notes)


def _allowed(
    allows: tuple[tuple[Rule, Truth], ...], resource: str, context: Mapping[str, object]
) -> tuple[bool, list[Doubt]]:
    """Whether an Allow surely applies at a level; else the statements that may be one."""
    doubts = []
    for rule, on_action in allows:
        truth = rule.applies(resource, context)
        if truth is True and on_action is True:
            return True, []
        if truth is not False:
            doubts.append(_doubt(rule, truth, on_action))
    return False, doubts


def _doubt(rule: Rule, truth: Truth, on_action: Truth) -> Doubt:
    for part in (truth, on_action):
        if not isinstance(part, bool):
            return Doubt(rule.place, rule.effect, part.reason)
    raise AssertionError("a statement without doubt was reported as doubtful")


def _context(request: Request, derived: Mapping[str, Any]) -> dict[str, object]:
    given = request.get("context") or {}
    context: dict[str, object] = dict(derived)
    if request.get("resourceAccount"):
        context["aws:resourceaccount"] = request["resourceAccount"]
    if given:
        lowered = {key.lower(): value for key, value in given.items()}
        if len(lowered) != len(given):
            raise ValueError("the context has a key twice, in different case")
        context.update(lowered)
    return context


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
        kept = _Kept(levels, deepcopy(levels), CompiledLevels(levels, policy_type))
        _compiled.pop(key, None)
        if len(_compiled) >= _SETS_KEPT:
            _compiled.pop(next(iter(_compiled)), None)
        _compiled[key] = kept
    return kept.compiled
