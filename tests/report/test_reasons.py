"""What says the same in many places is told once, by its parts: never by what a text looks like."""

from __future__ import annotations

from dataclasses import replace

from landing.core.model import Action, Address, Change, Diagnostic, Gap, Scope, Source
from landing.engine.apply import Result
from landing.report import apply_github
from landing.report.apply_text import not_done
from landing.report.reasons import missed_in


def refused(account: str, request: str, message: str = "no") -> Diagnostic:
    return Diagnostic(
        "",
        message,
        operation="CreateStack",
        scope=Scope(account, "eu-west-1"),
        aws_code="AccessDenied",
        request_id=request,
    )


def test_answers_that_differ_in_the_request_and_the_place_are_one() -> None:
    gaps = [Gap("stack", Scope(key, "eu-west-1"), refused(key, f"r-{key}")) for key in ("a1", "b1", "c1", "d1")]
    (only,) = missed_in(gaps)
    assert str(only) == (
        "stack@a1/eu-west-1, stack@b1/eu-west-1, stack@c1/eu-west-1 … 1 more: "
        "CreateStack in a1/eu-west-1: AccessDenied: no (and alike in the 3 others)"
    )


def test_what_a_message_says_of_requests_is_its_own() -> None:
    gaps = [Gap("stack", Scope(key), Diagnostic("", f"no (request {key}x)")) for key in ("a1", "b1")]
    assert len(missed_in(gaps)) == 2


def test_failures_alike_are_one_line_and_a_single_one_has_its_request() -> None:
    names = ["a1", "b1", "c1", "d1", "e1"]
    failed = {Address("stack", "x", Scope(key, "eu-west-1")): refused(key, f"r-{key}") for key in names}
    odd, place = Address("unit", "y"), Source("config/units.yaml", 7, 3)
    many, one = not_done(Result(failed={**failed, odd: replace(refused("z", "r-z", "other"), source=place)}))
    assert many.text == (
        "stack.x@a1/eu-west-1, stack.x@b1/eu-west-1, stack.x@c1/eu-west-1 … 2 more: "
        "CreateStack in a1/eu-west-1: AccessDenied: no (and alike in the 4 others)"
    )
    assert [error.request_id for error in many.errors] == [f"r-{key}" for key in names]
    assert one.text == "unit.y: CreateStack in z/eu-west-1: AccessDenied: other (request r-z) (config/units.yaml:7:3)"


def test_on_github_a_reason_is_an_annotation_where_its_change_is_asked_for() -> None:
    at, other = Address("unit", "y"), Address("unit", "z")
    result = Result(failed={at: refused("z", "r-z")}, blocked={other: at})
    changes = [Change(Action.CREATE, at, None, {}, source=Source("config/units.yaml", 7, 3))]
    first, last = apply_github.as_annotations(result, changes, config="config").splitlines()
    assert first.startswith("::error file=config/units.yaml,line=7,col=3,title=landing (not-done)::unit.y: ")
    assert last.startswith("::notice title=landing::Apply finished with failures.")
    page = apply_github.page(result, budget=1_000)
    assert page.startswith("## Apply finished with failures.")
    assert page.count("\n- ") == 2
    assert len(apply_github.page(result, budget=150)) <= 150
