"""`landing email`, and addresses by pattern."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from landing.cli import run
from landing.core.model import Diagnostic
from landing.organization import Organization
from landing.sandbox import Sandbox
from landing.services.permissions import email_policy, plan_policy
from landing.services.registry import KINDS as ALL
from tests.cloud import Cloud, QuickAws, keys_of, made_role
from tests.kinds.test_account import KINDS
from tests.samples import SMALL

CODE = "123456"
"""What the sandbox, which sends no mail, takes for right."""
MOVED = SMALL.replace("sd@example.com", "new@example.com")


@pytest.fixture
def sandbox(load_text: Callable[[str], Organization]) -> Iterator[Sandbox]:
    with Sandbox(organization=True) as sandbox:
        assert Cloud(sandbox, load_text(SMALL)).apply(KINDS).complete
        yield sandbox


@pytest.fixture
def started(sandbox: Sandbox, load_text: Callable[[str], Organization]) -> Sandbox:
    """A code was sent to shop-dev's new address."""
    assert Cloud(sandbox, load_text(MOVED)).apply(KINDS).complete
    return sandbox


@pytest.fixture
def email(config: Callable[..., Path]) -> Callable[..., int]:
    folder = config(MOVED)
    return lambda *arguments: run(["email", "--config", str(folder), *arguments])


def address(sandbox: Sandbox) -> str:
    return next(each.email for each in sandbox.world.accounts.values() if each.name == "Shop Dev")


def test_the_code_is_given_back(
    started: Sandbox,
    email: Callable[..., int],
    capsys: pytest.CaptureFixture[str],
    load_text: Callable[..., Organization],
) -> None:
    assert email("shop-dev", "--code", CODE) == 0
    assert address(started) == "new@example.com"
    assert "has the address new@example.com now, and no more sd@example.com" in capsys.readouterr().out
    plan = Cloud(started, load_text(MOVED)).plan(KINDS)
    assert (plan.changes, plan.waiting) == ((), {})
    assert email("shop-dev", "--code", CODE) == 0
    assert "Nothing is to be done" in capsys.readouterr().err


def test_a_wrong_code_is_refused_and_told_nowhere(
    started: Sandbox, email: Callable[..., int], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert email("shop-dev", "--code", "9z9z9z") == 1
    out, err = capsys.readouterr()
    assert "wrong, has expired, or was replaced" in err
    assert "landing email shop-dev --resend" in err
    assert email("shop-dev", "--code", "9z-9z9z") == 64
    more = capsys.readouterr()
    assert "six letters and digits" in more.err
    assert "9z" not in out + err + more.out + more.err
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and b"9z9z9z" in path.read_bytes()]
    assert address(started) == "sd@example.com"


def test_it_is_asked_for_and_may_be_sent_again(
    started: Sandbox, email: Callable[..., int], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert email("shop-dev") == 5
    assert "Nobody gave a code" in capsys.readouterr().err
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{CODE}\n"))
    assert email("shop-dev", "--resend") == 0
    assert "AWS sends another code to new@example.com." in capsys.readouterr().err
    assert address(started) == "new@example.com"


def test_nothing_is_guessed(sandbox: Sandbox, email: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    assert email("shop-dev", "--code", CODE) == 5
    assert "no code was sent to new@example.com by landing" in capsys.readouterr().err
    assert email("shop-devv", "--code", CODE) == 64
    assert "did you mean `shop-dev`?" in capsys.readouterr().err
    assert email("management", "--code", CODE) == 5
    assert email("shop-dev", "--code", CODE, "--resend") == 64


def test_its_permissions_do(started: Sandbox, load_text: Callable[[str], Organization]) -> None:
    from landing.services.root_email import accept_code, send_code

    keys = keys_of(started, made_role(started, "mail", plan_policy(), email_policy()))
    aws = QuickAws(load_text(MOVED), read_only=False, keys=keys, kinds=ALL)
    live = aws.tree.accounts["shop-dev"]
    send_code(aws, live, "new@example.com")
    accept_code(aws, live, "new@example.com", CODE)
    assert address(started) == "new@example.com"


PATTERN = SMALL.replace("organization:\n", "organization:\n  email_pattern: aws+{account}@corp.io\n").replace(
    ", email: sd@example.com", ""
)


def test_addresses_come_of_keys_where_an_account_has_none(load_text: Callable[[str], Organization]) -> None:
    accounts = load_text(PATTERN.replace("email: sp@example.com", "id: '111122223333'")).accounts
    emails = {key: account.email for key, account in accounts.items()}
    assert emails == {
        "management": "",
        "log-archive": "l@example.com",
        "security-tooling": "s@example.com",
        "shop-prod": "",
        "shop-dev": "aws+shop-dev@corp.io",
    }


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        (PATTERN.replace("{account}", "team"), "LZ206", "does not match"),
        (PATTERN.replace("l@example.com", "aws+shop-dev@corp.io"), "LZ303", "belongs to account"),
        (PATTERN.replace("shop-dev:", f"{'s' * 60}:"), "LZ460", "no address that AWS takes"),
        (SMALL.replace(", email: sd@example.com", ""), "LZ330", "`email` is missing"),
    ],
)
def test_what_is_wrong_with_a_pattern_is_told(
    problems: Callable[..., list[Diagnostic]], text: str, code: str, said: str
) -> None:
    found = [each for each in problems(text=text) if each.code == code]
    assert len(found) == 1
    assert said in found[0].message
