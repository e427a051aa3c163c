"""Whether a log event fits a filter pattern for JSON (CloudWatch Logs User Guide, "Filter pattern syntax")."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

Test = Callable[[Any], bool]
TOKEN = re.compile(
    r'\s*(?:(?P<word>\|\||&&|!=|>=|<=|[()=<>])|"(?P<text>[^"]*)"|(?P<bare>(?:NOT\s+EXISTS|[^\s()=!<>&|"]+)))'
)
ABSENT = object()


class Unreadable(ValueError):
    """The pattern is none."""


def pattern(text: str) -> Test:
    """The test that a pattern in braces makes of a parsed event; raises Unreadable."""
    inner = text.strip()
    if not (inner.startswith("{") and inner.endswith("}")):
        raise Unreadable(text)
    reader = _Reader(inner[1:-1])
    test = reader.either()
    if reader.tokens:
        raise Unreadable(text)
    return test


def matches(text: str, message: str) -> bool:
    """Whether a message, which is JSON, fits; one that is not fits none."""
    test = pattern(text)
    try:
        return test(json.loads(message))
    except ValueError:
        return False


class _Reader:
    """Reads a pattern from left to right: `||` of `&&` of comparisons and parentheses."""

    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, str]] = []
        place = 0
        while text[place:].strip():
            found = TOKEN.match(text, place)
            if found is None:
                raise Unreadable(text)
            self.tokens.append((str(found.lastgroup), found[str(found.lastgroup)]))
            place = found.end()

    def next(self, *words: str) -> str:
        """The next token, which must be one of the words if there are some; "" where it is not."""
        if not self.tokens or (words and self.tokens[0] not in [("word", word) for word in words]):
            return ""
        return self.tokens.pop(0)[1]

    def either(self) -> Test:
        """Terms between `||`."""
        tests = [self.both()]
        while self.next("||"):
            tests.append(self.both())
        return lambda event: any(test(event) for test in tests)

    def both(self) -> Test:
        """Terms between `&&`."""
        tests = [self.term()]
        while self.next("&&"):
            tests.append(self.term())
        return lambda event: all(test(event) for test in tests)

    def term(self) -> Test:
        """Parentheses, or a selector with what it is compared with."""
        if self.next("("):
            test = self.either()
            if not self.next(")"):
                raise Unreadable("a parenthesis is open")
            return test
        selector = self.next()
        if not selector.startswith("$."):
            raise Unreadable(selector)
        path = selector[2:].split(".")
        sign = self.next("=", "!=", ">", "<", ">=", "<=")
        if not sign:
            return self._existence(path)
        kind, wanted = self.tokens.pop(0) if self.tokens else ("", "")
        if kind not in ("text", "bare"):
            raise Unreadable(selector)
        return _comparison(path, sign, wanted)

    def _existence(self, path: list[str]) -> Test:
        words = self.next()
        if words == "EXISTS":
            return lambda event: _at(event, path) is not ABSENT
        if words.split() == ["NOT", "EXISTS"]:
            return lambda event: _at(event, path) is ABSENT
        raise Unreadable(words)


def _at(event: Any, path: list[str]) -> Any:
    for name in path:
        if not isinstance(event, dict) or name not in event:
            return ABSENT
        event = event[name]
    return event


def _comparison(path: list[str], sign: str, wanted: str) -> Test:
    """Texts with `*` at their ends, or numbers; what is not there is compared with nothing."""
    like = re.compile(".*".join(map(re.escape, wanted.split("*"))), re.S)

    def test(event: Any) -> bool:
        found = _at(event, path)
        if found is ABSENT or isinstance(found, dict | list):
            return False
        if sign in ("=", "!="):
            text = json.dumps(found) if isinstance(found, bool) or found is None else str(found)
            return bool(like.fullmatch(text)) == (sign == "=")
        try:
            value, bound = float(found), float(wanted)
        except (TypeError, ValueError):
            return False
        return {">": value > bound, "<": value < bound, ">=": value >= bound, "<=": value <= bound}[sign]

    return test
