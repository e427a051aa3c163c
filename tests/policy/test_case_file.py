"""Files of cases: what they say, and where they are wrong."""

from pathlib import Path
from textwrap import dedent

import pytest

from landing.policy.testing.case_file import parse, read
from landing.policy.testing.model import Argument, Case, Claim


def mistakes(text: str) -> list[str]:
    found = parse(dedent(text), "cases.yaml").mistakes
    return [f"{item.position.line}:{item.position.column} {item.message}" for item in found]


def test_a_case_in_full() -> None:
    text = """
    - try: [s3:Put*, "s3[tagging]"]
      but: s3:PutObject
      as: [role/ops/Admin, root]
      in: ou:work
      on: "*"
      owner: log_archive
      with: {aws:RequestedRegion: eu-west-1, "aws:TagKeys": [a, b], aws:SourceIp: null}
      expect: denied
      by: guard/Stop
    """
    (case,) = parse(dedent(text), "f").cases
    assert case == Case(
        position=case.position,
        actions=("s3:Put*", "s3[tagging]"),
        expect="denied",
        principals=("role/ops/Admin", "root"),
        places=("ou:work",),
        but=("s3:PutObject",),
        on=("*",),
        owner="log_archive",
        context={"aws:RequestedRegion": "eu-west-1", "aws:TagKeys": ("a", "b"), "aws:SourceIp": None},
        by=("guard/Stop",),
    )
    assert str(case.position) == "f:2:3"
    assert case.title.startswith("role/ops/Admin or root tries s3:Put*, s3[tagging] on * in ou:work with ")


def test_scalars_are_texts_as_they_are_written() -> None:
    (case,) = parse(
        "- {try: s3:GetObject, with: {a:b: true, a:c: 012345678901, a:d: 'null'}, expect: denied}", "f"
    ).cases
    assert case.context == {"a:b": "true", "a:c": "012345678901", "a:d": "null"}


def test_claims_and_arguments() -> None:
    text = """
    - never: guardduty[write]
      except: exempt
      present: aws:SourceIp
    - always: [iam:*, s3:*]
      as: role/landing
      absent: [aws:SourceVpc]
    - equivalent: "Stop: dropped"
      because: it says nothing
    """
    found = parse(dedent(text), "f")
    never, always = found.claims
    assert never == Claim(never.position, "never", ("guardduty[write]",), ("exempt",), present=("aws:SourceIp",))
    assert always.principals == ("role/landing",)
    assert always.absent == ("aws:SourceVpc",)
    assert never.title == "nobody but exempt passes with guardduty[write]"
    assert always.title == "role/landing is never blocked from iam:*, s3:*"
    assert found.arguments == (Argument(found.arguments[0].position, "Stop: dropped", "it says nothing"),)


def test_an_alias_stands_for_a_list_also_within_a_list() -> None:
    text = """
    - {try: &some [a:A, a:B], expect: denied}
    - {try: [a:C, *some], expect: denied}
    """
    assert parse(dedent(text), "f").cases[1].actions == ("a:C", "a:A", "a:B")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "1:1 there are no cases: a list of them is expected"),
        ("try: s3:*", "1:1 there are no cases: a list of them is expected"),
        ("- s3:*", "1:3 a mapping is expected"),
        ("- {expect: denied}", "1:3 this says none of `try`, `never`, `always`, `setting`, `equivalent`"),
        ("- {try: s3:*}", "1:3 `expect` is missing"),
        ("- {always: s3:*}", "1:3 `as` is missing"),
        ("- {try: s3:*, expect: allowed}", "1:23 `allowed` is neither denied nor not-denied"),
        ("- {try: s3:*, expct: denied}", "1:15 `expct` is no part of a `try`: did you mean `expect`?"),
        ("- {never: s3:*, expect: denied}", "1:17 `expect` is no part of a `never`: did you mean `except`?"),
        ("- {try: s3:*, try: s3:*, expect: denied}", "1:15 `try` is given twice: here and in line 1"),
        ("- {try: [], expect: denied}", "1:9 an empty list says nothing: leave the key out"),
        ("- {try: {a: b}, expect: denied}", "1:9 a single value is expected"),
        ("- {try: , expect: denied}", "1:8 a text is expected"),
        (
            "- {try: s3:*, expect: not-denied, by: Stop}",
            "1:39 `by` says what denies: it goes with `expect: denied` only",
        ),
        ("- {try: s3:*, with: [a], expect: denied}", "1:21 a mapping is expected"),
        ("- {try: s3:*, [a]: b, expect: denied}", "1:15 a key must be a plain word"),
    ],
)
def test_mistakes_have_their_place(text: str, expected: str) -> None:
    assert mistakes(text) == [expected]


def test_all_mistakes_of_a_file_are_told_and_the_rest_is_read() -> None:
    text = "- {try: a:A}\n- {try: a:A, expect: denied}\n- {nver: a:A}\n"
    found = parse(text, "f")
    assert [item.position.line for item in found.mistakes] == [1, 3]
    assert len(found.cases) == 1


def test_what_is_no_yaml_has_its_place() -> None:
    (mistake,) = parse("- try: [a\n- b: c\n", "f").mistakes
    assert mistake.message.startswith("not YAML: ")
    assert mistake.position.line == 2


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "bom.yaml").write_bytes(b"\xef\xbb\xbf- {try: a:A, expect: denied}\r\n")
    assert "cannot be read" in read(tmp_path / "none.yaml").mistakes[0].message
    assert "cannot be read" in read(tmp_path / "bytes.yaml").mistakes[0].message
    assert read(tmp_path / "bom.yaml").mistakes == ()
