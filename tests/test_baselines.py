"""Blueprints of baselines: values that would let in more than was meant, or nobody, are refused."""

from __future__ import annotations

from typing import Any

import pytest

from landing.core.model import Action, Address, Change, Scope
from landing.library import Library
from landing.services.stacks.vault_lock import vault_locks

REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("backup_vault", {"administrators": ["role/*"]}, "`administrators`"),
    ("backup_vault", {"administrators": []}, "`administrators`"),
    ("backup_vault", {"min_days": 0}, "`min_days`"),
    ("backup_vault", {"min_days": 30, "max_days": 7}, "`max_days`"),
    ("backup_vault", {"compliance_after_days": 2}, "`compliance_after_days`"),
    ("backup_vault", {"name": "a b"}, "`name`"),
    ("break_glass_role", {"trusted": ["*"]}, "`trusted`"),
    ("break_glass_role", {"trusted": ["user/*"]}, "`trusted`"),
    ("break_glass_role", {"trusted": []}, "`trusted`"),
    ("break_glass_role", {"trusted": ["user/${AWS::Foo}"]}, "`trusted`"),
    ("break_glass_role", {"trusted": ["user/ann"], "mfa_minutes": 0}, "`mfa_minutes`"),
    ("budget", {"emails": []}, "`emails`"),
    ("budget", {"emails": ["nobody"]}, "`emails`"),
    ("budget", {"emails": ["a@example.com"], "amount": 0}, "`amount`"),
    ("budget", {"emails": ["a@example.com"], "actual_percent": [], "forecast_percent": []}, "percent"),
    ("budget", {"emails": [], "topic": "mine"}, "`topic`"),
    ("cost_anomalies", {}, "`emails`"),
    ("cost_anomalies", {"emails": ["a@example.com"], "topic": "arn:aws:sns:eu-west-1:111122223333:t"}, "`topic`"),
    ("cost_anomalies", {"emails": ["a@example.com"], "monitor": "mine"}, "`monitor`"),
    ("ecr_scanning", {"repositories": []}, "`repositories`"),
    ("ecr_scanning", {"repositories": ["Upper"]}, "`repositories`"),
    ("data_key", {"users": ["*"]}, "`users`"),
    ("data_key", {"users": ["role/*"]}, "`users`"),
    ("data_key", {"users": []}, "`users`"),
    ("data_key", {"users": ["role/a"], "name": "aws data"}, "`name`"),
    ("data_key", {"users": ["role/a"], "deletion_days": 3}, "`deletion_days`"),
    ("patching", {"reboot": True}, "`reboot`"),
    ("patching", {"schedule": "daily"}, "`schedule`"),
    ("patching", {"severity": "LOUD"}, "`severity`"),
    ("resolver_query_logs", {"bucket": "Not_A_Bucket"}, "`bucket`"),
    ("software_inventory", {"every_hours": 0}, "`every_hours`"),
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


def test_a_plan_says_that_a_vault_is_locked_for_ever(library: Library) -> None:
    blueprint, address = library.blueprint("backup_vault"), Address("stack_set", Scope("management"), "backup-vault")
    governed = {"template": blueprint.render({})}
    week = {"template": blueprint.render({"compliance_after_days": 7})}
    for before, after, told in (
        (None, governed, 0),
        (None, week, 1),
        (governed, week, 1),
        (week, week, 0),
        (week, None, 0),
    ):
        change = Change(address, Action.UPDATE, before, after)
        assert len(list(vault_locks(change))) == told
    (said,) = vault_locks(Change(address, Action.CREATE, None, week))
    assert said.startswith("irreversible: 7 days after it is made, nobody takes away or shortens the lock of Vault")
