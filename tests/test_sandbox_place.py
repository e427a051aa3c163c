"""Whose sandbox a command uses: that of the config, or the one that the environment names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from landing.cli import run, session
from landing.sandbox.endpoint import process
from landing.sandbox.world.home import Home
from tests.samples import SMALL

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, config: Callable[..., Path], capsys: Capture
) -> Iterator[Path]:
    """A folder beside that of the config, in which commands run."""
    config(SMALL)
    for name in ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "")
    monkeypatch.setattr(session, "_entered", set())
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    yield tmp_path
    for folder in (tmp_path, tmp_path / "elsewhere"):
        process.stop(Home(folder / ".landing" / "sandbox"))


def test_all_that_is_kept_stands_beside_the_config(elsewhere: Path, capsys: Capture) -> None:
    target = ("--config", "../config", "--target", "organization")
    assert run(["apply", "--sandbox", "--auto-approve", *target]) == 0
    capsys.readouterr()
    assert run(["status", "--config", "../config"]) == 0
    kept = {path.name for path in (elsewhere / ".landing").iterdir()}
    assert {"sandbox", "runs", "lock"} <= kept
    assert not (elsewhere / "elsewhere" / ".landing").exists()
    assert run(["sandbox", "status", "--config", "../config"]) == 0
    assert run(["sandbox", "status"]) == 1


def test_an_endpoint_in_the_environment_comes_first_and_is_told(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    home = Home(elsewhere / "other")
    for name, value in process.env(home).items():
        monkeypatch.setenv(name, value)
    try:
        url = process.env(home)["AWS_ENDPOINT_URL"]
        assert run(["plan", "--sandbox", "--config", "../config", "--target", "organization"]) == 0
        assert f"The sandbox is that of AWS_ENDPOINT_URL, {url}." in capsys.readouterr().err
        assert not (elsewhere / ".landing" / "sandbox").exists()
    finally:
        process.stop(home)


@pytest.mark.parametrize("url", ["https://organizations.us-east-1.amazonaws.com", "http://[::ffff:8.8.8.8]", "x"])
def test_an_endpoint_that_is_no_sandbox_is_refused(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture, url: str
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", url)
    assert run(["plan", "--sandbox", "--config", "../config"]) == 5
    assert "which is no sandbox" in capsys.readouterr().err


def test_identity_center_is_enabled_in_it_as_in_the_console(elsewhere: Path, capsys: Capture) -> None:
    place = ("--config", "../config")
    assert run(["apply", "--sandbox", "--auto-approve", "--target", "organization", *place]) == 0
    text = """
services:
  identity_center:
    permission_sets: {Reader: {aws_managed: [ReadOnlyAccess]}}
    assignments: {all: {groups: [platform], permission_sets: [Reader], target: {accounts: [management]}}}
"""
    (elsewhere / "config" / "landing.yaml").write_text(SMALL + text, encoding="utf-8")
    capsys.readouterr()
    assert run(["plan", "--sandbox", "--target", "permission_set", *place]) == 1
    assert "IAM Identity Center is not enabled for the organization" in capsys.readouterr().err
    assert run(["sandbox", "identity-center", "--group", "platform", *place]) == 0
    assert "IAM Identity Center is enabled in eu-west-1" in capsys.readouterr().out
    assert run(["apply", "--sandbox", "--auto-approve", "--target", "account_assignment", *place]) == 0
    capsys.readouterr()
    assert run(["plan", "--sandbox", "--target", "account_assignment", *place]) == 0
    assert "No changes" in capsys.readouterr().out


def test_a_workspace_of_slack_is_authorized_in_it_as_in_the_console(elsewhere: Path, capsys: Capture) -> None:
    place = ("--config", "../config")
    text = "services: {alarms: {slack: {on-call: {workspace: T0123ABCD, channel: C0123ABCDEF}}}}\n"
    (elsewhere / "config" / "landing.yaml").write_text(SMALL + text, encoding="utf-8")
    only = ("--target", "stack.alarms-slack@security-tooling/eu-west-1", *place)
    assert run(["apply", "--sandbox", "--auto-approve", *only]) == 4
    assert "Authorize the Slack workspace once" in capsys.readouterr().err
    assert run(["sandbox", "slack", "T0123ABCD", *place]) == 0
    assert run(["apply", "--sandbox", "--auto-approve", *only]) == 0


def test_a_share_without_trusted_access_is_told_with_what_to_write(elsewhere: Path, capsys: Capture) -> None:
    place = ("--config", "../config")
    text = "stacks: {address-pools: {accounts: [shop-prod], parameters: {pools: {eu-west-1: 10.0.0.0/12}}}}\n"
    (elsewhere / "config" / "landing.yaml").write_text(SMALL + text, encoding="utf-8")
    only = ("--target", "stack.address-pools@shop-prod/eu-west-1", *place)
    assert run(["apply", "--sandbox", "--auto-approve", *only]) == 4
    assert "write `ram: {}` under `organization.trusted_access`" in capsys.readouterr().err
    ram = SMALL.replace("  name: test\n", "  name: test\n  trusted_access: {ram: {}}\n", 1)
    (elsewhere / "config" / "landing.yaml").write_text(ram + text, encoding="utf-8")
    assert run(["apply", "--sandbox", "--auto-approve", *only]) == 0
