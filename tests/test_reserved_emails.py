"""Placeholders for e-mail addresses: no account of a real organization is made with one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from landing.cli import run
from landing.config.reserved_emails import reserved_emails
from landing.core.model import Action, Address, Change
from landing.organization import Organization
from landing.sandbox import Sandbox
from tests.cloud import Story
from tests.samples import SMALL

MORE = SMALL + "  new: {name: New, email: new@example.com, unit: workloads}\n"


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, creation: Story) -> Iterator[Sandbox]:
    """An organization whose accounts are there already, reached as AWS is."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with Sandbox() as sandbox:
        sandbox.load(creation.end)
        sandbox.calls.clear()
        yield sandbox


def test_an_account_to_be_made_needs_an_address_that_somebody_has(
    there: Sandbox, config: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    config(MORE)
    assert run(["plan"]) == 1
    said = capsys.readouterr().err
    assert said.count("LZ520") == 1
    assert "the account `new` has the placeholder new@example.com as its e-mail address" in said
    assert run(["apply", "--auto-approve", "--target", "account.new"]) == 1
    assert ("organizations", "CreateAccount") not in there.calls


def test_it_is_taken_by_an_endpoint_that_is_not_aws(
    there: Sandbox, config: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    config(MORE)
    monkeypatch.setenv("AWS_ENDPOINT_URL_ORGANIZATIONS", "https://organizations.eu-west-1.amazonaws.com")
    assert run(["plan", "--target", "account.new"]) == 0


@pytest.mark.parametrize("email", ["a@example.com", "a@b.EXAMPLE.org", "a@corp.invalid", "a@corp.test"])
def test_what_nobody_can_have(load_text: Callable[[str], Organization], email: str) -> None:
    organization = load_text(MORE.replace("new@example.com", email))
    made = Change(Action.CREATE, Address("account", "new"), None, {})
    assert [problem.code for problem in reserved_emails(organization, [made])] == ["LZ520"]


@pytest.mark.parametrize("email", ["a@example.io", "a@myexample.com", "example.com@corp.io", "a@test.corp.io"])
def test_what_somebody_may_have(load_text: Callable[[str], Organization], email: str) -> None:
    organization = load_text(MORE.replace("new@example.com", email))
    made = Change(Action.CREATE, Address("account", "new"), None, {})
    assert list(reserved_emails(organization, [made])) == []
