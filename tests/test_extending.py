"""The recipes of docs/extending.md, run as a reader would."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from landing.config import load
from landing.library import Library, shipped
from landing.organization import Organization
from landing.sandbox import Sandbox
from landing.services.base import Kind
from landing.services.registry import KINDS
from tests.cloud import Cloud
from tests.samples import SMALL

PAGE = (Path(__file__).parents[1] / "docs" / "extending.md").read_text(encoding="utf-8")
PROTECTED = "guardrails:\n  protect-landing: {target: {units: [root]}}\n"
"""What the shipped config has: without it nothing protects the roles that the recipe's policy lets through."""
FILES = dict(re.findall(r"```\w+ file=(\S+)\n(.*?)```", PAGE, flags=re.DOTALL))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {"config/landing.yaml": SMALL + PROTECTED, **FILES}.items():
        if not name.startswith("landing/"):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def organization(folder: Path) -> Organization:
    found, problems = load(folder / "config", Library.load(shipped(), folder))
    assert problems == []
    return found


def test_the_policy_and_the_blueprint_arrive_in_the_organization(folder: Path) -> None:
    wanted = organization(folder)
    statement = wanted.guardrails["deny-marketplace"].document["Statement"][0]  # type: ignore[index]
    patterns = statement["Condition"]["ArnNotLike"]["aws:PrincipalArn"]  # type: ignore[index, call-overload]
    assert patterns[0] == "arn:aws:iam::*:role/procurement"
    assert "arn:aws:iam::*:role/stacksets-exec-*" in patterns
    assert wanted.deployments["support-role"].regions == ("eu-west-1",)
    assert (
        wanted.deployments["support-role"].template["Resources"]["SupportRole"]["Properties"]["MaxSessionDuration"]
        == 7200
    )  # type: ignore[index, call-overload]


@pytest.fixture
def kind() -> Kind:
    names: dict[str, object] = {}
    exec(compile(FILES["landing/services/root_access.py"], "root_access.py", "exec"), names)
    found = names["RootAccess"]
    assert isinstance(found, type)
    return found()


def test_the_kind_plans_applies_and_sees_drift(folder: Path, kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    text = SMALL.replace("  home_region", "  trusted_access: [iam.amazonaws.com]\n  home_region")
    (folder / "config" / "landing.yaml").write_text(text + PROTECTED)
    kinds = [k for k in KINDS if k.name in ("organization", "trusted_access")] + [kind]
    monkeypatch.setattr("landing.services.permissions.KINDS", tuple(kinds))
    for module in (
        "landing.engine.plan",
        "landing.engine.plan_file",
        "landing.engine.order.graph",
        "landing.engine.apply",
        "landing.engine.order.unique_names",
    ):
        monkeypatch.setattr(f"{module}.BY_NAME", {k.name: k for k in kinds})
    with Sandbox(account_quota=100) as sandbox:
        cloud = Cloud(sandbox, organization(folder))
        assert "root_access.this" in [str(change.address) for change in cloud.plan(kinds).changes]
        for one in kinds:
            assert cloud.apply([one]).complete
        assert cloud.plan(kinds).changes == ()
        sandbox.session().client("iam").disable_organizations_root_credentials_management()
        assert [str(change.address) for change in cloud.plan(kinds).changes] == ["root_access.this"]
