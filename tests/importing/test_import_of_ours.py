"""An organization that an apply made, imported anew: what no config can be made of is let go, never destroyed."""

from __future__ import annotations

from pathlib import Path

from landing.core.model import Action
from landing.importing.comparison import told
from landing.importing.draft import Asked
from landing.importing.live import read, stranger
from landing.importing.live_services import with_services
from landing.importing.output import write_folder
from landing.sandbox import Sandbox
from tests.cloud import Cloud, QuickAws, Story

HOME = "eu-west-1"


def test_nothing_of_another_config_is_destroyed(creation: Story, tmp_path: Path) -> None:
    with Sandbox() as sandbox:
        sandbox.load(creation.end)
        aws = QuickAws(stranger(HOME))
        draft = read(
            stranger(HOME), aws, Asked("again", HOME, (HOME, "us-east-1"), "", "Log Archive", "Security Tooling")
        )
        found = with_services(aws, draft, write_folder(draft, tmp_path / "org"), tmp_path / "org")
        removed = found.draft.removed
        assert {"trail.landing-organization-trail"} <= {*removed}
        ours = ("account-baseline", "security-audit-role", "reader")
        assert not [each for each in removed if any(key in each for key in ours)]
        assert {each.key: (each.nodes, each.management) for each in found.draft.baselines} == {
            "account-baseline": (("unit/workloads/prod",), False),
            "security-audit-role": (("root",), True),
        }
        assert {each.key: each.accounts for each in found.draft.stacks} == {"reader": ("shop-prod",)}
        left = [str(each) for each in found.draft.left_out]
        assert sum(each.startswith("tag landing:tags of accounts ") for each in left) == 1  # however many have it
        assert any("which a config cannot say" in each for each in left)
        assert not any("only a role without a path" in each for each in left)  # a note about a guardrail
        assert any("forgets" in line for line in told(found.plan))
        plan = Cloud(sandbox, found.written.organization).plan()
        assert {change.action for change in plan.changes} <= {Action.ADOPT, Action.FORGET}, [
            (change.action.value, str(change.address)) for change in plan.changes
        ]
