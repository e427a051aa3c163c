"""What a shell is told while somebody types: names and addresses of the config, and never anything loud."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from landing.cli import config_names
from landing.cli.commands import cli
from landing.cli.completion import SHELLS, VARIABLE
from landing.config import load
from landing.engine.observe import desired_of
from landing.library import Library, shipped
from tests.samples import FULL

BREAKS = " \t\n\"'@><=;|&(:"
"""COMP_WORDBREAKS as Bash has it from the start."""
ASK = """
COMP_WORDBREAKS=$' \\t\\n"\\'@><=;|&(:'
compopt() { COMPREPLY+=("$2"); }
while IFS= read -r COMP_LINE; do
    COMP_POINT=${#COMP_LINE}
    _landing_completion landing
    echo "${COMPREPLY[@]}"
done
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with a config, in which somebody types."""
    (tmp_path / "config").mkdir()
    (tmp_path / ".landing" / "runs" / "20261127T074805Z").mkdir(parents=True)
    (tmp_path / "config" / "landing.yaml").write_text(FULL, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LANDING_CONFIG", raising=False)
    monkeypatch.delenv("LANDING_SANDBOX", raising=False)
    return tmp_path


def script(shell: str) -> str:
    return SHELLS[shell](cli, {}, "landing", VARIABLE).source()


def offered(line: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What Bash is told of a line."""
    monkeypatch.setenv("COMP_WORDS", line)
    monkeypatch.setenv("COMP_WORDBREAKS", BREAKS)
    told = SHELLS["bash"](cli, {}, "landing", VARIABLE).complete()
    return [each.partition(",")[2] for each in told.splitlines()]


def test_bash_completes_by_the_script(folder: Path) -> None:
    asked = {
        "landing complet": "completion",
        "landing plan ": "",
        "landing plan --target=contacts.": "contacts.shop-prod",
        "landing forget stack.reader@": "shop-prod/eu-west-1",
        "landing show ": "default",
    }
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "--norc", "-c", script("bash") + ASK],
        input="".join(f"{line}\n" for line in asked),
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == [*asked.values()]
    assert done.stderr == ""


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_the_script_is_one_of_its_shell(shell: str, tmp_path: Path) -> None:
    (tmp_path / "script").write_text(script(shell), encoding="utf-8")
    assert f"{VARIABLE}={shell}_complete" in script(shell)
    if shutil.which(shell):
        subprocess.run([shell, "-n", str(tmp_path / "script")], check=True)


KINDS_OF_VALUES = [
    (("can", "role/x", "s3:*", "--in"), "shop-", ["shop-dev", "shop-prod"]),
    (("prove", "never", "s3:*", "--in"), "ou:workloads/", ["ou:workloads/dev", "ou:workloads/prod"]),
    (("test",), "no-", ["no-leaving", "no-root"]),
    (("plan",), "--target=contacts.", ["--target=contacts.shop-prod"]),
    (("plan", "--target"), "stack.reader@", ["stack.reader@shop-prod/eu-west-1"]),
    (("explain",), "contacts.", ["contacts.shop-prod"]),
    (("explain",), "LZ391", ["LZ391"]),
    (("drift", "--format"), "js", ["json"]),
    (("status",), "2026", ["20261127T074805Z"]),
    ((), "complet", ["completion"]),
]


def told(shell: str, words: tuple[str, ...], last: str, folder: Path) -> list[str]:
    """What a shell that is not Bash is told, by the environment that its script sets (zsh: words, fish: commandline)."""
    line = " ".join(("landing", *words, last))
    asked = {"zsh": str(len(words) + 1), "fish": last}[shell]
    done = subprocess.run(
        [str(Path(sys.executable).with_name("landing"))],
        env={**os.environ, VARIABLE: f"{shell}_complete", "COMP_WORDS": line, "COMP_CWORD": asked},
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    if shell == "fish":  # type,value TAB help
        return [each.partition(",")[2].partition("\t")[0] for each in lines]
    values = []
    for kind, value, explained in zip(lines[::3], lines[1::3], lines[2::3], strict=True):  # `for type key descr`
        assert kind == "plain"
        values.append(value if explained == "_" else value.replace("\\:", ":"))
    return values


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_are_told_every_kind_of_value(shell: str, folder: Path) -> None:
    assert "COMP_WORDS=" in script(shell)
    assert "COMP_CWORD=" in script(shell)
    for words, last, wanted in KINDS_OF_VALUES:
        assert told(shell, words, last, folder) == wanted, (words, last)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("landing can exem", ["exempt"]),
        ("landing can role/x s3:* --in shop-", ["shop-dev", "shop-prod"]),
        ("landing prove never s3:* --in ou:workloads/", ["workloads/dev", "workloads/prod"]),
        ("landing status 2026", ["20261127T074805Z"]),
        ("landing test no-", ["no-leaving", "no-root"]),
        ("landing plan --target 'stack.reader@", ["stack.reader@shop-prod/eu-west-1"]),
        ("landing plan --config elsewhere --target ", []),
        ("landing plan --format g", ["github"]),
        ("landing drift --format js", ["json"]),
        ("landing test --format ju", ["junit"]),
    ],
)
def test_names_of_the_config_are_offered(
    folder: Path, line: str, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert offered(line, monkeypatch) == words


def test_addresses_that_are_offered_are_those_of_plans(folder: Path) -> None:
    """But for those of guardrails that are packed."""
    organization, _ = load(folder / "config", Library.load(shipped(), Path(__file__).parent / "library"))
    context = click.Context(cli, resilient_parsing=True)
    found = {*config_names.addresses(context)}
    packed = {"policy.deny-iam-users", "policy.deny-public-sharing"}
    assert found - packed < {*map(str, desired_of(organization))}
    assert found >= {
        "contacts.shop-prod",
        "governed_region.us-east-1",
        "stack_set.account-baseline",
        "attachments.root",
    }


def test_what_a_stranger_wrote_is_neither_run_nor_waited_for(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config, outside = folder / "config", folder / "outside.yaml"
    outside.write_text("accounts: {outside: {}}")
    (config / "link.yaml").symlink_to(outside)
    os.mkfifo(config / "pipe.yaml")
    (config / "half.yaml").write_text("accounts: {half: [")
    (config / "bytes.yaml").write_bytes(b"accounts: {\xff: {}}")
    (config / "odd.yaml").write_text("accounts: [1]\nguardrails: 7\nstacks: {a: {accounts: 3}, b: 1}\norganization: []")
    (config / "words.yaml").write_text(
        'accounts: {"$(touch run)": {}, "a b": {}, "a\\nplain,b": {}, --auto-approve: {}, "x;y": {}, fine: {}}'
    )
    (folder / ".landing" / "snapshot.json").write_text(
        '{"resources": [["policy.of-before", {}], ["policy.`run`"], []]}'
    )
    assert offered("landing can root s3:* --in f", monkeypatch) == ["fine"]
    keys = offered("landing can root s3:* --in ", monkeypatch)
    assert keys == ["fine", *sorted(each for each in keys if each != "fine")]
    assert {*keys} == {"fine", "log-archive", "management", "security-tooling", "shop-dev", "shop-prod"}
    policies = offered("landing forget policy.", monkeypatch)
    assert "policy.of-before" in policies
    assert not any("run" in each for each in policies)


def test_what_is_heavy_is_not_imported(folder: Path) -> None:
    code = (
        "import sys; from landing.cli import main\n"
        "try: main()\n"
        "finally: print(*{'boto3', 'botocore', 'jsonschema', 'moto'} & {*sys.modules}, file=sys.stderr)"
    )
    asking = {VARIABLE: "bash_complete", "COMP_WORDS": "landing plan --target account.", "COMP_WORDBREAKS": BREAKS}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={**os.environ, **asking},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "plain,account.shop-dev\n" in done.stdout
    assert done.stderr.split() == []
