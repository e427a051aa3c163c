"""The principals of a claim as one variable: all kinds of them, told apart by what the policies ask."""

from collections.abc import Callable, Sequence

from landing.policy import arn
from landing.policy.automata import Goal, TooManyError, find, reach
from landing.policy.claim import Claim
from landing.policy.conditions import Condition, Context
from landing.policy.glob_steps import Some, Step, Steps, arn_steps, literal, several, text_steps
from landing.policy.pattern import Pattern, Wild, full_match, parse
from landing.policy.principals import parse_principal
from landing.policy.representatives import pattern_steps
from landing.policy.search import Ask, Asks
from landing.policy.truth import Truth, Unknown
from landing.policy.variables import Variable

# The keys that follow from the principal.
KEYS = ("aws:principalarn", "aws:principalaccount", "aws:principaltype")
_ACCOUNT = "aws:principalaccount"
# How many states of automata are worth listing all classes for; beyond, they are looked for one by one.
_LISTED = 4_000
SERVICE, ANONYMOUS = "", "anonymous"


class PrincipalSpace:
    """The principals of a claim; `outsiders` adds those that have no ARN, for RCPs.

    A principal is a text: an ARN, ``anonymous``, or nothing for a service, which has none of the keys.
    Service-linked roles are left out, as no policy of an organization reaches them.
    """

    def __init__(self, claim: Claim, conditions: Sequence[Condition], pins: Context, *, outsiders: bool) -> None:
        self._claim = claim
        self._conditions = conditions
        self._pins = pins
        self._outsiders = outsiders
        self._wanted = matcher(claim.principals, fold=False) if claim.principals else None
        self._excepted = matcher(claim.except_principals, fold=False)
        self._tests = {item: item.single or item.filled(pins) for item in conditions if item.fault is None}

    def variable(self) -> Variable:
        """The classes of the principals; open where there are too many to list.

        Raises `TooManyError` on a condition that compares the account as something else than text.
        """
        families = {item.use.operator.family for item in self._conditions if item.use and item.key == _ACCOUNT}
        if not self._claim.account and families - {"string", "null"}:
            raise TooManyError("the account of the principal is compared as something else than text")
        patterns = list(dict.fromkeys(_patterns(self._claim, self._conditions, self._pins)))
        reached = [reach(patterns, domain, states=_LISTED) for domain in _domains(self._claim)]
        texts = [text for part in reached for text in part.texts if self._is_claimed(text)]
        if self._outsiders:
            texts += [text for text in (SERVICE, ANONYMOUS) if self._is_claimed(text)]
        complete = all(part.complete for part in reached)
        if not texts and not complete:
            # Nothing was listed before the cap: a class to begin with, from which the others are looked for.
            first = self._find(frozenset())
            texts = [] if first is None else [first]
        return Variable(texts, self._conditions, self._truth, None if complete else self._find)

    def _is_claimed(self, text: str) -> bool:
        if parse_principal(text).service_linked or self._excepted(text):
            return False
        has = parse_principal(text).keys if text else {}
        for key in KEYS:
            if self._claim.never_has(key) if key in has else self._claim.always_has(key):
                return False
        return self._wanted is None or self._wanted(text)

    def _truth(self, condition: Condition, principal: str) -> Truth:
        if condition.fault is not None:
            return Unknown(condition.fault)
        keys = parse_principal(principal).keys if principal else {}
        return condition.truth(keys.get(condition.key), self._tests[condition])

    def _find(self, asks: Asks) -> str | None:
        """A principal that does what is asked of it."""
        required = [[_claimed(pattern) for pattern in self._claim.principals]] if self._wanted else []
        forbidden = [_claimed(pattern) for pattern in (*self._claim.except_principals, _SERVICE_LINKED)]
        others: list[Steps] = []
        for ask in asks:
            condition = _condition(ask)
            steps = _patterns_of(condition, self._claim, self._pins)
            if not _is_plain(condition):
                others += steps
            elif ask.holds is not (condition.use is not None and condition.use.operator.negated):
                required.append(steps)
            else:
                forbidden += steps
        goal = Goal(required, forbidden, others, lambda text: self._meets(asks, text))
        for domain in _domains(self._claim):
            found = find(goal, domain)
            if found is not None:
                return found
        return None

    def _meets(self, asks: Asks, text: str) -> bool:
        truths = ((ask, self._truth(_condition(ask), text)) for ask in asks)
        return self._is_claimed(text) and all(_does(ask, truth) for ask, truth in truths)


def _condition(ask: Ask) -> Condition:
    assert isinstance(ask.check, Condition), "all that is asked of a principal is a condition"
    return ask.check


def _does(ask: Ask, truth: Truth) -> bool:
    if isinstance(truth, Unknown):
        return not ask.certain
    return truth is ask.holds


def _is_plain(condition: Condition) -> bool:
    """Whether a condition says of the principal's ARN that it is like one of some patterns, or like none."""
    if condition.use is None or condition.fault or condition.needs or condition.key != "aws:principalarn":
        return False
    faults = [pattern for pattern in condition.patterns_in({}) if pattern.fault]
    return condition.use.operator.family in ("string", "arn") and not faults


def _domains(claim: Claim) -> list[Steps]:
    """The forms that aws:PrincipalArn has: a path may hold anything, the name at its end no colon.

    "IAM and AWS STS quotas, name requirements" in the IAM User Guide.
    """
    account = literal(claim.account) if claim.account else (Step(Some.DIGIT),) * 12
    iam = (*literal(f"arn:{claim.partition}:iam::"), *account, *literal(":"))
    sts = (*literal(f"arn:{claim.partition}:sts::"), *account, *literal(":"))
    names = several(Some.NAME), (Step(Some.ANY, many=True), *literal("/"), *several(Some.NAME))
    return [
        *((*iam, *literal(f"{kind}/"), *name) for kind in ("role", "user") for name in names),
        (*sts, *literal("federated-user/"), *several(Some.ANY)),
        (*iam, *literal("root")),
    ]


def _patterns(claim: Claim, conditions: Sequence[Condition], pins: Context) -> list[Steps]:
    patterns = [steps for condition in conditions for steps in _patterns_of(condition, claim, pins)]
    claimed = (*claim.principals, *claim.except_principals, _SERVICE_LINKED)
    return patterns + [_claimed(pattern) for pattern in claimed]


def _patterns_of(condition: Condition, claim: Claim, pins: Context) -> list[Steps]:
    """The patterns that a condition compares an ARN with; one on the account is as one on the ARN."""
    if condition.key == "aws:principalarn":
        return pattern_steps([condition], pins)
    if condition.key == _ACCOUNT and not claim.account:
        return [_as_account(steps) for steps in pattern_steps([condition], pins)]
    return []


_SERVICE_LINKED = parse("arn:*:iam::*:role/aws-service-role/*")


def _claimed(pattern: Pattern) -> Steps:
    return text_steps(pattern.tokens) if pattern.tokens == (Wild.MANY,) else arn_steps(pattern, fold=False)


def _as_account(steps: Steps) -> Steps:
    """A pattern of account ids as one of the ARNs of principals in that account."""
    part = (Step(Some.NOT_COLON, many=True), Step(frozenset(":")))
    within = (Step(Some.NOT_COLON, step.many) if step.chars is Some.ANY else step for step in steps)
    return (*part, *part, *part, *part, *within, *literal(":"), Step(Some.ANY, many=True))


def matcher(patterns: Sequence[Pattern], *, fold: bool) -> Callable[[str], bool]:
    """Whether a text is an ARN like one of the patterns of a claim; `fold` as in `arn.arn_regex`."""
    everything = any(pattern.tokens == (Wild.MANY,) for pattern in patterns)
    arns = full_match(arn.arn_regexes((p for p in patterns if p.tokens != (Wild.MANY,)), fold=fold))
    return lambda text: everything or arns(text)
