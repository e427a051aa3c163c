"""Globs and ARN patterns against a naive reference (rules 8, 9 and 16), on generated texts."""

from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from landing.policy.arn import arn_regex, split
from landing.policy.pattern import Pattern, full_match, glob_regex, parse


@cache
def matches(pattern: str, text: str) -> bool:
    """A glob by its definition."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return matches(pattern[1:], text) or (bool(text) and matches(pattern, text[1:]))
    return bool(text) and pattern[0] in ("?", text[0]) and matches(pattern[1:], text[1:])


def arn_matches(pattern: str, text: str) -> bool:
    """Part by part, the sixth with its colons."""
    parts, values = pattern.split(":", 5), text.split(":", 5)
    return all(matches(part, value) for part, value in zip(parts, values, strict=True))


GLOBS = st.text(alphabet="ab*?", max_size=8)
TEXTS = st.text(alphabet="ab", max_size=10)


@settings(max_examples=600)
@given(patterns=st.lists(GLOBS, max_size=4), text=TEXTS)
def test_rule_16_globs_match_by_definition(patterns: list[str], text: str) -> None:
    test = full_match(glob_regex(parse(pattern).tokens) for pattern in patterns)
    assert test(text) is any(matches(pattern, text) for pattern in patterns)


PARTS = st.text(alphabet="a*?", max_size=3)
SIXTH = st.text(alphabet="a:*?/", min_size=1, max_size=5)


@settings(max_examples=600)
@given(
    head=st.lists(PARTS, min_size=4, max_size=4),
    sixth=SIXTH,
    values=st.lists(st.text(alphabet="ab", max_size=3), min_size=4, max_size=4),
    resource=st.text(alphabet="a:/", min_size=1, max_size=6),
)
def test_rule_09_arns_match_by_definition(head: list[str], sixth: str, values: list[str], resource: str) -> None:
    pattern, text = ":".join(["arn", *head, sixth]), ":".join(["arn", *values, resource])
    parsed = parse(pattern)
    assert split(parsed.tokens) is not None
    expression = arn_regex(Pattern(parsed.tokens), fold=False)
    assert full_match([expression])(text) is arn_matches(pattern, text)
