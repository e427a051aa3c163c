"""The condition operators of IAM: their names, and the test of one request value against policy values.

IAM user guide, "IAM JSON policy elements: Condition operators".
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from landing.policy.arn import arn_regexes, is_arn
from landing.policy.pattern import Pattern, full_match, glob_regex
from landing.policy.truth import Truth, Unknown
from landing.policy.values import READ_REQUEST, READERS, RELATIONS

Test = Callable[[str], Truth]


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator without its prefix and suffix; `relation` is the ordering or the way of comparing text."""

    name: str
    family: str
    relation: str = "equals"
    negated: bool = False


def _table() -> dict[str, Operator]:
    rows = [
        Operator("StringEquals", "string"),
        Operator("StringNotEquals", "string", negated=True),
        Operator("StringEqualsIgnoreCase", "string", "ignorecase"),
        Operator("StringNotEqualsIgnoreCase", "string", "ignorecase", negated=True),
        Operator("StringLike", "string", "like"),
        Operator("StringNotLike", "string", "like", negated=True),
        Operator("ArnEquals", "arn", "like"),
        Operator("ArnNotEquals", "arn", "like", negated=True),
        Operator("ArnLike", "arn", "like"),
        Operator("ArnNotLike", "arn", "like", negated=True),
        Operator("Bool", "bool"),
        Operator("BinaryEquals", "binary"),
        Operator("IpAddress", "ip"),
        Operator("NotIpAddress", "ip", negated=True),
        Operator("Null", "null"),
    ]
    for family, stem in (("numeric", "Numeric"), ("date", "Date")):
        rows.append(Operator(f"{stem}Equals", family))
        rows.append(Operator(f"{stem}NotEquals", family, negated=True))
        rows += [
            Operator(f"{stem}{relation}", family, relation)
            for relation in ("LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
        ]
    return {row.name.lower(): row for row in rows}


OPERATORS = _table()
QUANTIFIERS = {"forallvalues": "ForAllValues", "foranyvalue": "ForAnyValue"}


@dataclass(frozen=True, slots=True)
class Use:
    """An operator as a policy uses it: ``ForAnyValue:StringLikeIfExists``."""

    operator: Operator
    quantifier: str | None
    if_exists: bool


def parse_use(text: str) -> Use | str:
    """The operator that a key of a Condition block names, whatever its case; else what is wrong with it."""
    prefix, colon, name = text.lower().rpartition(":")
    if colon and prefix not in QUANTIFIERS:
        return f"{text!r} has a prefix that is no set operator"
    operator = OPERATORS.get(name)
    if_exists = operator is None and name.endswith("ifexists")
    if if_exists:
        operator = OPERATORS.get(name.removesuffix("ifexists"))
    if operator is None:
        return f"{text!r} is no condition operator"
    if operator.family == "null" and (colon or if_exists):
        return f"{text!r}: Null takes neither a set operator nor IfExists"
    return Use(operator, QUANTIFIERS.get(prefix), if_exists)


def text_test(operator: Operator, patterns: Iterable[Pattern]) -> Test:
    """Whether a text equals or is like one of the patterns, or none if negated: for the families string and arn."""
    certain = [pattern for pattern in patterns if pattern.fault is None]
    doubtful = [pattern for pattern in patterns if pattern.fault is not None]
    matches = _matcher(operator, certain)
    may_match = _matcher(operator, doubtful)
    doubt = Unknown(doubtful[0].fault or "") if doubtful else None
    hit, miss = not operator.negated, operator.negated

    def test(text: str) -> Truth:
        if matches(text):
            return hit
        return doubt if doubt is not None and may_match(text) else miss

    def arn_test(text: str) -> Truth:
        # What is like an ARN is one.
        if matches(text):
            return hit
        if not is_arn(text):
            return Unknown(f"{text!r} is compared as an ARN and is none")
        return doubt if doubt is not None and may_match(text) else miss

    return arn_test if operator.family == "arn" else test


def _matcher(operator: Operator, patterns: list[Pattern]) -> Callable[[str], bool]:
    if not patterns:
        return lambda text: False
    if operator.family == "arn":
        return full_match(arn_regexes(patterns, fold=False))
    lower = operator.relation == "ignorecase"
    literals = frozenset(text for pattern in patterns if (text := pattern.literal) is not None)
    if len(literals) == len(frozenset(patterns)) and not lower:
        return literals.__contains__
    matches = full_match(glob_regex(pattern.tokens, lower=lower) for pattern in patterns)
    return (lambda text: matches(text.lower())) if lower else matches


def value_test(operator: Operator, texts: Iterable[str]) -> Test:
    """Whether a value equals, precedes or lies in one of the policy's, or none if negated: for all other families."""
    read = READERS[operator.family]
    wanted = [read(text) for text in texts]
    bounds = [value for value in wanted if not isinstance(value, Unknown)]
    hit, miss = not operator.negated, operator.negated
    otherwise: Truth = next((value for value in wanted if isinstance(value, Unknown)), miss)
    holds = RELATIONS[operator.family, operator.relation]
    read_request = READ_REQUEST.get(operator.family, read)

    def test(text: str) -> Truth:
        value = read_request(text)
        if isinstance(value, Unknown):
            return value
        for bound in bounds:
            if holds(value, bound):
                return hit
        return otherwise

    return test
