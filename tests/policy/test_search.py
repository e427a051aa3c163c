"""The search against trying everything, and its cap."""

import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landing.policy.automata import TooManyError
from landing.policy.search import Ask, Search, Way

NAMES = ("a", "b", "c")
WAYS = st.dictionaries(st.sampled_from(NAMES), st.integers(0, 7), min_size=1).map(Way)
CONSTRAINTS = st.lists(st.lists(WAYS, max_size=3), max_size=6)


def meets(choice: dict[str, int], constraints: Any) -> bool:
    return all(
        any(all(choice[name] & allowed for name, allowed in way.masks.items()) for way in constraint)
        for constraint in constraints
    )


@settings(max_examples=400)
@given(constraints=CONSTRAINTS, domains=st.fixed_dictionaries(dict.fromkeys(NAMES, st.integers(0, 7))))
def test_a_choice_is_found_exactly_where_there_is_one(constraints: Any, domains: dict[str, int]) -> None:
    found = Search(constraints).solve(domains)
    choices = [
        dict(zip(NAMES, bits, strict=True))
        for bits in itertools.product((1, 2, 4), repeat=3)
        if all(bit & domains[name] for name, bit in zip(NAMES, bits, strict=True))
    ]
    if found is None:
        assert not any(meets(choice, constraints) for choice in choices)
    else:
        narrowed = [c for c in choices if all(c[name] & found[name] for name in NAMES)]
        assert narrowed
        assert all(meets(choice, constraints) for choice in narrowed)


def test_what_no_known_class_meets_is_kept_as_a_conflict() -> None:
    ask, other = Ask("a", "check", holds=True, certain=True), Ask("a", "other", holds=False, certain=True)
    search = Search([[Way({"a": 1}, frozenset([ask]))], [Way({"a": 2}, frozenset([other]))]])
    assert search.solve({"a": 3}) is None
    assert search.conflicts == {frozenset([ask, other])}
    closed = Search([[Way({"a": 1, "b": 0}, frozenset([ask]))]])
    assert closed.solve({"a": 2, "b": 1}) is None
    assert closed.conflicts == set()


def test_a_search_that_takes_too_long_is_given_up() -> None:
    # Nine pigeons, eight holes.
    pairs = itertools.combinations(range(9), 2)
    constraints = [
        [Way({str(one): ~(1 << hole)}), Way({str(two): ~(1 << hole)})] for one, two in pairs for hole in range(8)
    ]
    with pytest.raises(TooManyError, match="steps in the search"):
        Search(constraints).solve({str(pigeon): 255 for pigeon in range(9)})
