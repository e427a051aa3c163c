"""Blueprints of baselines: values that would let in more than was meant, or nobody, are refused."""

from __future__ import annotations

from typing import Any

import pytest

from landing.library import Library

REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("break_glass_role", {"trusted": ["*"]}, "`trusted`"),
    ("break_glass_role", {"trusted": ["user/*"]}, "`trusted`"),
    ("break_glass_role", {"trusted": []}, "`trusted`"),
    ("break_glass_role", {"trusted": ["user/${AWS::Foo}"]}, "`trusted`"),
    ("break_glass_role", {"trusted": ["user/ann"], "mfa_minutes": 0}, "`mfa_minutes`"),
    ("data_key", {"users": ["*"]}, "`users`"),
    ("data_key", {"users": ["role/*"]}, "`users`"),
    ("data_key", {"users": []}, "`users`"),
    ("data_key", {"users": ["role/a"], "name": "aws data"}, "`name`"),
    ("data_key", {"users": ["role/a"], "deletion_days": 3}, "`deletion_days`"),
    ("permission_boundary", {"denied_actions": ["notanaction"]}, "`denied_actions`"),
    ("session_manager", {"run_as": "root; rm"}, "run_as"),
    ("session_manager", {"idle_minutes": 0}, "idle_minutes"),
]


@pytest.mark.parametrize(("name", "given", "words"), REFUSED)
def test_values_that_mean_too_much_or_nothing_are_refused(
    name: str, given: dict[str, Any], words: str, library: Library
) -> None:
    with pytest.raises(Exception, match=words):
        library.blueprint(name).render(given)
