"""Automata against plain matching: every combination is reached, and what is found is what was asked for."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landing.policy.automata import Goal, TooManyError, find, reach, reach_all
from landing.policy.glob_steps import Some, Step, text_steps
from landing.policy.pattern import full_match, glob_regex, parse

GLOBS = st.lists(st.text(alphabet="ab*?", min_size=1, max_size=4), min_size=1, max_size=4)
ANYTHING = (Step(Some.ANY, many=True),)
# Long enough to meet every combination of globs as short as these.
TEXTS = ["".join(letters) for length in range(7) for letters in itertools.product("abx", repeat=length)]


def steps(glob: str) -> tuple[Step, ...]:
    return text_steps(parse(glob).tokens)


def matching(globs: list[str], text: str) -> tuple[bool, ...]:
    return tuple(full_match([glob_regex(parse(glob).tokens)])(text) for glob in globs)


@settings(max_examples=60)
@given(globs=GLOBS)
def test_every_combination_of_globs_is_reached_once(globs: list[str]) -> None:
    reached = [matching(globs, text) for text in reach_all([steps(glob) for glob in globs], ANYTHING)]
    assert len(reached) == len(set(reached))
    tests = [full_match([glob_regex(parse(glob).tokens)]) for glob in globs]
    assert {tuple(test(text) for test in tests) for text in TEXTS} <= set(reached)


@settings(max_examples=150)
@given(required=st.lists(GLOBS, max_size=3), forbidden=GLOBS)
def test_what_is_found_meets_the_goal_and_what_is_not_is_nowhere(
    required: list[list[str]], forbidden: list[str]
) -> None:
    def meets(text: str) -> bool:
        return all(any(matching(group, text)) for group in required) and not any(matching(forbidden, text))

    goal = Goal([[steps(glob) for glob in group] for group in required], [steps(g) for g in forbidden], [], meets)
    found = find(goal, ANYTHING)
    if found is None:
        assert not any(map(meets, TEXTS[:400]))
    else:
        assert meets(found)


def test_required_groups_are_needed_whatever_is_accepted() -> None:
    goal = Goal([[steps("a*b")], [steps("*c*")]], [steps("ac*")], [], lambda text: True)
    found = find(goal, ANYTHING)
    assert found is not None
    assert (matching(["a*b", "*c*", "ac*"], found)) == (True, True, False)


def test_caps_are_said_and_not_passed_over_in_silence() -> None:
    patterns = [steps(f"*{letter}*") for letter in "abcdefgh"]
    assert not reach(patterns, ANYTHING, states=50).complete
    with pytest.raises(TooManyError, match="more than 50 states"):
        reach_all(patterns, ANYTHING, states=50)
    with pytest.raises(TooManyError, match="more than 20 states"):
        find(Goal([[pattern] for pattern in patterns], [], [], lambda text: False), ANYTHING, states=20)


def test_digits_colons_and_slashes_are_told_apart() -> None:
    digits = (Step(Some.DIGIT),) * 3
    assert reach_all([steps("1*")], digits) == ["999", "199"]
    assert reach_all([], (Step(Some.NAME),)) == ["x"]
    assert reach_all([steps("*:*")], (Step(Some.NOT_COLON, many=True),)) == [""]


def test_digits_are_found_where_every_digit_is_waited_for() -> None:
    patterns = [steps(f"a{digit}") for digit in "0123456789"]
    number = (Step(Some.DIGIT),) * 2
    assert reach_all(patterns, number) != []
    each = [steps(f"{digit}*") for digit in "0123456789"]
    assert {text[0] for text in reach_all(each, number)} == set("0123456789")


def test_a_set_of_which_every_character_is_waited_for_somewhere_is_still_met_elsewhere() -> None:
    digits = "0123456789abcdef"
    domain = (Step(Some.HEX), Step(Some.HEX))
    patterns = [steps(char) for char in digits]
    assert len(reach_all(patterns, domain)) == 1
    beginnings = [steps(f"{char}?") for char in digits]
    assert {text[0] for text in reach_all(beginnings, domain)} == set(digits)
    assert reach_all([steps("?")], (Step(Some.LOWER),)) == ["x"]
