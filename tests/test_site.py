"""The pages of the documentation site, before MkDocs has them: nothing is left out, and links lead to pages of the site."""

from __future__ import annotations

import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from landing.cli.commands import cli
from landing.cli.help_page import COMMANDS
from landing.config import schema
from landing.core.codes import CODES
from landing.policy.linter import CODES as LINT
from landing.services.registry import KINDS

ROOT = Path(__file__).parents[1]
with pytest.MonkeyPatch.context() as patched:
    patched.syspath_prepend(ROOT / ".ci")
    SITE = runpy.run_path(str(ROOT / ".ci" / "pages.py"))


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return {**SITE["written"](), **SITE["reference_pages"]()}


def leaves(navigation: Any) -> Iterator[str]:
    if isinstance(navigation, str):
        yield navigation
    else:
        for each in navigation.values() if isinstance(navigation, dict) else navigation:
            yield from leaves(each)


def test_every_page_is_in_the_navigation_once(pages: dict[str, str]) -> None:
    assert sorted(leaves(SITE["navigation"](pages))) == sorted(pages)
    docs = {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")}
    assert {"index.md", "adr/index.md", "security.md", *docs} <= {*pages}


def keys_of(part: dict[str, Any], prefix: str) -> Iterator[str]:
    for name, each in part.get("properties", {}).items():
        yield f"`{prefix}{name}`"
        yield from keys_of(each, f"{prefix}{name}.")
    for word, inner in (("KEY", part.get("additionalProperties")), ("[]", part.get("items"))):
        if isinstance(inner, dict):
            yield from keys_of(inner, f"{prefix}{word}.")


def test_the_reference_has_everything_that_is_declared(pages: dict[str, str]) -> None:
    keys = {*keys_of(schema(), "")}
    assert {"`accounts.KEY.unit`", "`services.config.rules.KEY.identifier`", "`roles`"} < keys
    assert {key for key in keys if key not in pages["reference/config.md"]} == set()
    assert all(f"\n## `{kind.name}`\n" in pages["reference/kinds.md"] for kind in KINDS)
    assert all(f"\n## {code}\n" in pages["reference/codes.md"] for code in (*CODES, *LINT))
    sandbox = cli.get_command(click.Context(cli), "sandbox")
    assert isinstance(sandbox, click.Group)
    for name in (*COMMANDS, *(f"sandbox {each}" for each in sandbox.commands)):
        assert f"## `landing {name}`\n\n```text\nUsage: landing {name}" in pages["reference/commands.md"]


def test_links_lead_to_pages_of_the_site_and_to_files_of_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    places = {"README.md": "index.md", "docs/a.md": "a.md", "docs/adr/1.md": "adr/1.md"}
    page = "[a](../a.md#x) [b](../../README.md) [c](../../landing/cli) [d](../adr/) [e](#e) [g](no.md) [f](https://f)\n- list\n"
    monkeypatch.delenv("GITHUB_REPOSITORY", raising=False)
    alone = SITE["in_site"](page, "docs/adr/1.md", places)
    assert alone == "[a](../a.md#x) [b](../index.md) c [d](index.md) [e](#e) [g](no.md) [f](https://f)\n\n- list\n"
    for name, value in {"REPOSITORY": "o/r", "SERVER_URL": "https://g", "SHA": "0a"}.items():
        monkeypatch.setenv(f"GITHUB_{name}", value)
    assert "[c](https://g/o/r/blob/0a/landing/cli)" in SITE["in_site"](page, "docs/adr/1.md", places)
    assert SITE["in_site"]("```yaml file=x.yaml\n[x](y)\n```\n", "README.md", places) == (
        '```yaml title="x.yaml"\n[x](y)\n```\n'
    )
