"""Hints at what was meant: near ones only, and of the same kind first."""

from __future__ import annotations

import pytest

from landing.core.spelling import nearest

KNOWN = ["unit.prod", "unit.workloads/dev", "policy.deny-root", "account.shop-dev", "unit", "policy"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("unit.prdo", "unit.prod"),
        ("unit.PROD", "unit.prod"),
        ("unit.workloads/dve", "unit.workloads/dev"),
        ("polciy.deny-root", "policy.deny-root"),
        ("account.shop-dve", "account.shop-dev"),
        ("unti", "unit"),
        ("unit.nope", ""),
        ("unit.shop-dev", ""),
        ("trail.nope", ""),
    ],
)
def test_a_hint_is_near_or_there_is_none(typed: str, meant: str) -> None:
    assert nearest(typed, KNOWN, "nothing") == (f"did you mean `{meant}`?" if meant else "nothing")
