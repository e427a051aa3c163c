"""A budget is kept whatever the sections are, and room goes to what matters first."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from landing.report.budget import Section, fit


def section(priority: int, *sizes: int) -> Section:
    return Section(priority, tuple((lambda size=size: "x" * size) for size in sizes))


@given(
    st.lists(st.tuples(st.integers(0, 3), st.lists(st.integers(0, 50), min_size=1, max_size=4)), max_size=12),
    st.integers(0, 400),
)
def test_the_budget_is_kept_whenever_the_shortest_forms_fit(parts, budget):
    sections = [section(priority, *sorted(sizes)) for priority, sizes in parts]
    shortest = sum(min(sizes) for _, sizes in parts)
    texts = fit(sections, max(budget, shortest))
    assert sum(map(len, texts)) <= max(budget, shortest)
    assert all(len(text) in sizes for text, (_, sizes) in zip(texts, parts, strict=True))


def test_bytes_are_counted_not_characters():
    wide = Section(0, (lambda: "", lambda: "é" * 10))
    assert fit([wide], 19) == [""]
    assert fit([wide], 20) == ["é" * 10]


def test_what_matters_first_grows_first_and_all_grow_one_step_before_any_grows_two():
    assert list(map(len, fit([section(1, 0, 30), section(0, 0, 30)], 40))) == [0, 30]
    assert list(map(len, fit([section(0, 0, 10, 30), section(0, 0, 10, 30)], 40))) == [30, 10]
    assert list(map(len, fit([section(0, 0, 10, 30), section(0, 0, 10, 30)], 25))) == [10, 10]


def test_a_large_section_does_not_keep_small_ones_out():
    assert list(map(len, fit([section(0, 0, 100), section(0, 0, 10)], 50))) == [0, 10]


def test_forms_are_made_only_when_they_are_tried():
    made = []

    def form(number: int):
        return lambda: made.append(number) or "x" * 10

    fit([Section(0, (lambda: "", form(number))) for number in range(1000)], 100)
    assert len(made) < 50
