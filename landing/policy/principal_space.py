"""The principals of a claim as one variable: all kinds of them, told apart by what the policies ask."""

from collections.abc import Callable, Sequence

from landing.policy import arn
from landing.policy.automata import (
    Some,
    Step,
    Steps,
    TooManyError,
    arn_steps,
    literal,
    reach,
    several,
    text_steps,
)
from landing.policy.claim import Claim
from landing.policy.conditions import Condition, Context
from landing.policy.pattern import Pattern, Wild, full_match, parse
from landing.policy.principals import parse_principal
from landing.policy.representatives import pattern_steps
from landing.policy.truth import Truth, Unknown
from landing.policy.variables import Variable, classify

# The keys that follow from the principal.
KEYS = ("aws:principalarn", "aws:principalaccount", "aws:principaltype")
_ACCOUNT = "aws:principalaccount"
SERVICE, ANONYMOUS = "", "anonymous"


def principal_variable(
    claim: Claim, conditions: Sequence[Condition], pins: Context, *, outsiders: bool
) -> Variable:
    """The classes of the principals of a claim; `outsiders` adds those that have no ARN, for RCPs.

    A value is the text of a principal: an ARN, ``anonymous``, or nothing for a service, which has none of the
    keys. Service-linked roles are left out, as no policy of an organization reaches them. Raises
    `TooManyError` when there are too many classes, or a condition on the account that is no text.
    """
    families = {item.use.operator.family for item in conditions if item.use and item.key == _ACCOUNT}
    if not claim.account and families - {"string", "null"}:
        raise TooManyError("the account of the principal is compared as something else than text")
    tests = {id(item): item.single or item.filled(pins) for item in conditions if item.fault is None}

    def truth(condition: Condition, principal: str) -> Truth:
        if condition.fault is not None:
            return Unknown(condition.fault)
        keys = parse_principal(principal).keys if principal else {}
        return condition.truth(keys.get(condition.key), tests[id(condition)])

    return classify(principals(claim, conditions, pins, outsiders=outsiders), conditions, truth)


def principals(claim: Claim, conditions: Sequence[Condition], pins: Context, *, outsiders: bool) -> list[str]:
    """Principals of the claim that together act on the conditions as all of them do."""
    patterns = list(dict.fromkeys(_patterns(claim, conditions, pins)))
    wanted = matcher(claim.principals) if claim.principals else None
    excepted = matcher(claim.except_principals)
    found: list[str] = []
    for domain in _domains(claim):
        for text in reach(patterns, domain):
            linked = parse_principal(text).service_linked
            if not linked and (wanted is None or wanted(text)) and not excepted(text):
                found.append(text)
    if outsiders and (wanted is None or wanted("")):
        found += [SERVICE, ANONYMOUS]
    return found


def _domains(claim: Claim) -> list[Steps]:
    """The forms that aws:PrincipalArn has; the name at its end is not empty."""
    account = literal(claim.account) if claim.account else (Step(Some.DIGIT),) * 12
    iam = (*literal(f"arn:{claim.partition}:iam::"), *account, *literal(":"))
    sts = (*literal(f"arn:{claim.partition}:sts::"), *account, *literal(":"))
    name = (Step(Some.ANY, many=True), Step(Some.NOT_SLASH))
    return [
        (*iam, *literal("role/"), *name),
        (*iam, *literal("user/"), *name),
        (*sts, *literal("federated-user/"), *several(Some.ANY)),
        (*iam, *literal("root")),
    ]


def _patterns(claim: Claim, conditions: Sequence[Condition], pins: Context) -> list[Steps]:
    on_arn = [item for item in conditions if item.key == "aws:principalarn"]
    patterns = pattern_steps(on_arn, pins)
    if not claim.account:
        for condition in conditions:
            if condition.key == _ACCOUNT:
                patterns += [_as_account(steps) for steps in pattern_steps([condition], pins)]
    for pattern in (*claim.principals, *claim.except_principals, _SERVICE_LINKED):
        patterns.append(_claimed(pattern))
    return patterns


_SERVICE_LINKED = parse("arn:*:iam::*:role/aws-service-role/*")


def _claimed(pattern: Pattern) -> Steps:
    return text_steps(pattern.tokens) if pattern.tokens == (Wild.MANY,) else arn_steps(pattern, fold=False)


def _as_account(steps: Steps) -> Steps:
    """A pattern of account ids as one of the ARNs of principals in that account."""
    part = (Step(Some.NOT_COLON, many=True), Step(frozenset(":")))
    within = (Step(Some.NOT_COLON, step.many) if step.chars is Some.ANY else step for step in steps)
    return (*part, *part, *part, *part, *within, *literal(":"), Step(Some.ANY, many=True))


def matcher(patterns: Sequence[Pattern]) -> Callable[[str], bool]:
    """Whether a text is an ARN like one of the patterns of a claim."""
    everything = any(pattern.tokens == (Wild.MANY,) for pattern in patterns)
    arns = full_match(arn.arn_regexes((p for p in patterns if p.tokens != (Wild.MANY,)), fold=False))
    return lambda text: everything or arns(text)
