"""One line of a Condition block, compiled: an operator, a key and the values the policy gives."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from landing.policy import arn
from landing.policy.operators import Test, Use, parse_use, text_test, value_test
from landing.policy.pattern import Pattern, Wild, parse, resolve, text_of
from landing.policy.truth import Truth, Unknown, every, some
from landing.policy.values import request_text

Context = Mapping[str, object]
_MEMO = 1024


@dataclass(frozen=True, slots=True)
class Line:
    """Operator, key and values as a policy writes them; ``variables`` is whether its Version has them."""

    operator: str
    key: str
    values: object
    variables: bool = True


class Condition:
    """A compiled line: call it with a context whose keys are in lower case.

    `single` tests one value that is present, negation included; none where variables are to be filled, and
    where there is a fault. `by_value` is whether it is all that is asked of a text that is not empty: of one
    value, all operators but Null ask the same with and without a set operator.
    """

    __slots__ = (
        "_bound",
        "_patterns",
        "_variables",
        "by_value",
        "fault",
        "key",
        "line",
        "needs",
        "single",
        "use",
    )

    def __init__(self, line: Line) -> None:
        self.line = line
        self.key = line.key.lower()
        use = parse_use(line.operator)
        values = _values(line.values)
        self.use: Use | None = None if isinstance(use, str) else use
        self.fault = next((item for item in (use, values) if isinstance(item, str)), None)
        self.needs: frozenset[str] = frozenset()
        self.single: Test | None = None
        self.by_value = self.use is not None and self.use.operator.family != "null"
        self._patterns: tuple[Pattern, ...] = ()
        self._variables: tuple[str, ...] = ()
        if isinstance(use, str) or isinstance(values, str):
            return
        if use.operator.family in ("string", "arn"):
            self._patterns = _patterns(use, values, line.variables)
            self.needs = frozenset().union(*(pattern.needs for pattern in self._patterns))
        self._variables = tuple(sorted(self.needs))
        self._bound = lru_cache(maxsize=_MEMO)(self._bind)
        if not self.needs:
            self.single = _single(use, self._patterns, values)

    def __call__(self, context: Context) -> Truth:
        """Whether the line holds for a request, as the section "Condition" of the user guide has it."""
        if self.fault is not None:
            return Unknown(self.fault)
        return self.truth(context.get(self.key), self.single or self.filled(context))

    def filled(self, context: Context) -> Test:
        """The test of one value once the variables are filled from a context."""
        return self._bound(tuple(_hashable(context.get(key)) for key in self._variables))

    def patterns_in(self, context: Context) -> tuple[Pattern, ...]:
        """The patterns once the variables are filled; one without a value matches nothing and is left out."""
        filled = (resolve(pattern, context) for pattern in self._patterns)
        return tuple(pattern for pattern in filled if pattern is not None)

    def truth(self, value: object, test: Test) -> Truth:
        """The truth for the value of the key, none if it is absent, given the test of one value."""
        assert self.use is not None
        if self.use.operator.family == "null":
            return self._is_null(value, test)
        if value is None:
            return _when_missing(self.use)
        if isinstance(value, list | tuple | set | frozenset):
            return self._of_many(list(value), test)
        if value == "" and self.use.quantifier == "ForAllValues":
            return self._of_many([value], test)
        # A set operator over one value asks what the operator asks without it.
        text = request_text(value)
        return text if isinstance(text, Unknown) else test(text)

    def _is_null(self, value: object, test: Test) -> Truth:
        if isinstance(value, Unknown):
            return value
        if isinstance(value, list | tuple | set | frozenset) and not value:
            return Unknown(f"Null of {self.line.key} with an empty list of values is undocumented")
        return test("true" if value is None else "false")

    def _of_many(self, values: list[object], test: Test) -> Truth:
        assert self.use is not None
        if self.use.quantifier is None:
            # AWS documents that a multivalued key needs a set operator; taken as no match, negated or not.
            return False
        texts = [request_text(item) for item in values]
        truths = [text if isinstance(text, Unknown) else test(text) for text in texts]
        if self.use.quantifier == "ForAnyValue":
            return some(truths)
        return _with_empty(truths, texts) if "" in texts else every(truths)

    def _bind(self, values: tuple[object, ...]) -> Test:
        assert self.use is not None
        context = dict(zip(self._variables, values, strict=True))
        return _single(self.use, self.patterns_in(context), ())


def _values(values: object) -> tuple[object, ...] | str:
    """The values as a tuple, or what is wrong with them."""
    listed = tuple(values) if isinstance(values, list | tuple) else (values,)
    if not listed:
        return "a condition key without a value is undocumented"
    for value in listed:
        if not isinstance(value, str | bool | int | float):
            return f"{value!r} is no condition value"
    return listed


def _patterns(use: Use, values: Iterable[object], variables: bool) -> tuple[Pattern, ...]:
    patterns = []
    for value in values:
        if use.operator.family == "string" and isinstance(value, float):
            patterns.append(Pattern((Wild.MANY,), f"how {value!r} reads as text is undocumented"))
            continue
        pattern = parse(text_of(value), wild=use.operator.relation == "like", variables=variables)
        patterns.append(arn.faults(pattern) if use.operator.family == "arn" else pattern)
    return tuple(patterns)


def _single(use: Use, patterns: Iterable[Pattern], values: Iterable[object]) -> Test:
    """The test of one request value, negation included."""
    operator = use.operator
    if operator.family in ("string", "arn"):
        return text_test(operator, patterns)
    return value_test(operator, [text_of(value) for value in values])


def _when_missing(use: Use) -> Truth:
    if use.quantifier is not None:
        return use.quantifier == "ForAllValues"
    return use.if_exists or use.operator.negated


def _with_empty(truths: list[Truth], texts: list[str | Unknown]) -> Truth:
    """ForAllValues over empty strings: AWS says that "a null dataset, such as an empty string" is true."""
    counted = every(truths)
    dropped = every(truth for truth, text in zip(truths, texts, strict=True) if text != "")
    same = counted is True or counted is dropped
    return counted if same else Unknown("ForAllValues over an empty string is not documented in full")


def _hashable(value: object) -> object:
    return tuple(value) if isinstance(value, list | set | frozenset) else value
