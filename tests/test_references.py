"""Tokens for ids: there and back."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from landing.core.references import ORGANIZATION_ID, account_id, resolve, symbolic, tokens_in

IDS = {account_id("log-archive"): "111122223333", account_id("a"): "444455556666", ORGANIZATION_ID: "o-exampleorgid"}
TOKENS = {value: token for token, value in IDS.items()}


def test_ids_inside_texts_keys_and_lists_are_replaced() -> None:
    value = {"arn:aws:s3:::logs-<account:log-archive>-x": ["<organization>", {"n": "<account:a>/<account:a>"}], "k": 1}
    resolved = resolve(value, IDS)
    assert resolved == {
        "arn:aws:s3:::logs-111122223333-x": ["o-exampleorgid", {"n": "444455556666/444455556666"}],
        "k": 1,
    }
    assert symbolic(resolved, TOKENS) == value


def test_unknown_tokens_stay_and_are_found() -> None:
    assert tokens_in(resolve("<account:b> <account:a>", IDS)) == {"<account:b>"}


def test_only_whole_ids_are_symbols() -> None:
    for text in ("1111222233334", "x111122223333", "0111122223333"):
        assert symbolic(text, TOKENS) == text


PARTS = st.sampled_from([*IDS, "x", "-", "/", ":", "${aws:PrincipalArn}", " "])
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.lists(PARTS, max_size=5).map(" ".join),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(VALUES)
def test_symbolic_undoes_resolve(value: Any) -> None:
    assert symbolic(resolve(value, IDS), TOKENS) == value
