"""The language of advanced queries: a subset of SQL's SELECT (Developer Guide, "Query components").

`SELECT property, COUNT(*) WHERE ... GROUP BY ... ORDER BY ...` with =, <>, <, >, <=, >=, IN, BETWEEN, LIKE,
IS NULL, NOT, AND and OR. Anything else is not understood.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from landing.sandbox.services.config.conditions import (
    Condition,
    QueryProblem,
    Value,
    any_of,
    between,
    both,
    compared,
    either,
    everything,
    inverted,
    is_null,
    like,
)

TOKEN = re.compile(
    r"""\s*(?:
        (?P<string>'(?:[^']|'')*')
      | (?P<number>-?\d+(?:\.\d+)?(?![\w.]))
      | (?P<name>[A-Za-z_][\w\-]*(?:\.[\w\-:/]+)*)
      | (?P<mark><>|<=|>=|[=<>(),*])
    )""",
    re.VERBOSE,
)
MOST_GROUPS = 3
LEAST_BEFORE_WILDCARD = 3
"""Characters before the `%` that ends a pattern (Developer Guide, "Limitations" of queries, as those of groups)."""
AGGREGATES = ("COUNT", "MIN", "MAX", "AVG", "SUM")
KEYWORDS = frozenset({
    "AND", "ASC", "BETWEEN", "BY", "DESC", "FALSE", "GROUP", "IN", "IS", "LIKE", "NOT", "NULL", "OR", "ORDER",
    "SELECT", "TRUE", "WHERE",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """A property, or an aggregate over one."""

    path: str
    aggregate: str | None = None

    @property
    def name(self) -> str:
        """How answers call it."""
        return self.path if self.aggregate is None else f"{self.aggregate}({self.path})"


@dataclass(frozen=True, slots=True)
class Query:
    """A query that was understood."""

    fields: tuple[Field, ...]
    where: Condition
    types: frozenset[str] | None
    """The resource types that can match at all; None if the condition does not say."""
    groups: tuple[str, ...]
    orders: tuple[tuple[Field, bool], ...]
    """With whether it is descending."""

    @property
    def is_grouped(self) -> bool:
        """Whether rows are groups of items."""
        return bool(self.groups) or any(field.aggregate for field in self.fields)


def parse(expression: str) -> Query:
    """Understand a query, or raise `QueryProblem`."""
    return _Parser(_tokens(expression)).query()


def _tokens(expression: str) -> list[tuple[str, str]]:
    tokens, position, text = [], 0, expression.strip().rstrip(";").rstrip()
    while position < len(text):
        found = TOKEN.match(text, position)
        if found is None or found.lastgroup is None:
            raise QueryProblem(f"Encountered an unexpected character at position {position}: {text[position:][:20]}")
        kind, value = found.lastgroup, found[found.lastgroup]
        if kind == "name" and value.upper() in KEYWORDS:
            kind, value = "keyword", value.upper()
        tokens.append((kind, value))
        position = found.end()
    return tokens


class _Parser:
    """Recursive descent over the tokens."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._at = 0

    def query(self) -> Query:
        self._expect("keyword", "SELECT")
        fields = self._list(self._field)
        where: Condition = everything
        types: frozenset[str] | None = None
        if self._accept("keyword", "WHERE"):
            where, types = self._disjunction()
        groups: tuple[str, ...] = ()
        if self._accept("keyword", "GROUP"):
            self._expect("keyword", "BY")
            groups = tuple(self._list(lambda: self._expect("name")))
        orders: tuple[tuple[Field, bool], ...] = ()
        if self._accept("keyword", "ORDER"):
            self._expect("keyword", "BY")
            orders = tuple(self._list(self._order))
        if self._at < len(self._tokens):
            raise QueryProblem(f"Encountered unexpected {self._tokens[self._at][1]}")
        if len(groups) > MOST_GROUPS:
            raise QueryProblem(f"GROUP BY takes at most {MOST_GROUPS} properties")
        query = Query(tuple(fields), where, types, groups, orders)
        loose = [f.path for f in fields if query.is_grouped and f.aggregate is None and f.path not in groups]
        if loose:
            raise QueryProblem(f"{loose[0]} must be in GROUP BY")
        return query

    def _list(self, one: Callable[[], Any]) -> list[Any]:
        found = [one()]
        while self._accept("mark", ","):
            found.append(one())
        return found

    def _field(self) -> Field:
        if self._accept("mark", "*"):
            return Field("*")
        name = self._expect("name")
        if name.upper() in AGGREGATES and self._accept("mark", "("):
            path = "*" if name.upper() == "COUNT" and self._accept("mark", "*") else self._expect("name")
            self._expect("mark", ")")
            return Field(path, name.upper())
        return Field(name)

    def _order(self) -> tuple[Field, bool]:
        field = self._field()
        descending = bool(self._accept("keyword", "DESC"))
        if not descending:
            self._accept("keyword", "ASC")
        return field, descending

    def _disjunction(self) -> tuple[Condition, frozenset[str] | None]:
        condition, types = self._conjunction()
        while self._accept("keyword", "OR"):
            other, more = self._conjunction()
            condition = either(condition, other)
            types = None if types is None or more is None else types | more
        return condition, types

    def _conjunction(self) -> tuple[Condition, frozenset[str] | None]:
        condition, types = self._negation()
        while self._accept("keyword", "AND"):
            other, more = self._negation()
            condition = both(condition, other)
            types = more if types is None else types if more is None else types & more
        return condition, types

    def _negation(self) -> tuple[Condition, frozenset[str] | None]:
        if self._accept("keyword", "NOT"):
            condition, _ = self._negation()
            return inverted(condition), None
        if self._accept("mark", "("):
            found = self._disjunction()
            self._expect("mark", ")")
            return found
        return self._comparison()

    def _comparison(self) -> tuple[Condition, frozenset[str] | None]:
        path = self._expect("name")
        if self._accept("keyword", "IS"):
            negated = bool(self._accept("keyword", "NOT"))
            self._expect("keyword", "NULL")
            return is_null(path, negated=negated), None
        negated = bool(self._accept("keyword", "NOT"))
        if self._accept("keyword", "IN"):
            self._expect("mark", "(")
            wanted = self._list(self._value)
            self._expect("mark", ")")
            condition = any_of(path, wanted)
            types = frozenset(map(str, wanted)) if path == "resourceType" and not negated else None
        elif self._accept("keyword", "LIKE"):
            pattern = str(self._value())
            if "%" in pattern.removesuffix("%") or (pattern.endswith("%") and len(pattern) <= LEAST_BEFORE_WILDCARD):
                raise QueryProblem(f"A wildcard comes after at least {LEAST_BEFORE_WILDCARD} characters, at the end")
            condition, types = like(path, pattern), None
        elif self._accept("keyword", "BETWEEN"):
            low = self._value()
            self._expect("keyword", "AND")
            condition, types = between(path, low, self._value()), None
        elif not negated:
            mark = self._expect("mark")
            value = self._value()
            condition = compared(path, mark, value)
            types = frozenset({str(value)}) if (path, mark) == ("resourceType", "=") else None
        else:
            raise QueryProblem("Encountered unexpected NOT")
        return (inverted(condition), None) if negated else (condition, types)

    def _value(self) -> Value:
        kind, value = self._next()
        match kind, value:
            case "string", _:
                return value[1:-1].replace("''", "'")
            case "number", _:
                return float(value)
            case "keyword", "TRUE" | "FALSE":
                return value == "TRUE"
        raise QueryProblem(f"Encountered {value} where a value is expected")

    def _next(self) -> tuple[str, str]:
        if self._at >= len(self._tokens):
            raise QueryProblem("Encountered the end of the expression too early")
        self._at += 1
        return self._tokens[self._at - 1]

    def _accept(self, kind: str, value: str) -> bool:
        if self._at < len(self._tokens) and self._tokens[self._at] == (kind, value):
            self._at += 1
            return True
        return False

    def _expect(self, kind: str, value: str | None = None) -> str:
        found, text = self._next()
        if found != kind or (value is not None and text != value):
            raise QueryProblem(f"Encountered {text} where {value or kind} is expected")
        return text
