"""The command line without AWS: usage, exit codes, streams, start-up."""

from __future__ import annotations

import ast
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import packages_distributions
from pathlib import Path

import click
import pytest

from landing.cli import run
from landing.cli.commands import cli
from landing.cli.help_page import COMMANDS, WIDEST
from landing.cli.init import Answers
from landing.cli.signals import STOPPED
from landing.core.codes import CODES
from landing.core.exit_codes import MEANINGS, rows
from landing.policy.linter import CODES as LINT
from landing.services.registry import KINDS
from tests.samples import SMALL

ROOT = Path(__file__).parents[1]
Config = Callable[..., Path]


@pytest.fixture
def landing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., int]:
    for name in [name for name in os.environ if name.startswith(("AWS_", "LANDING_"))]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: run(list(arguments))


def test_every_command_has_help_with_an_example(
    landing: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    for name in COMMANDS:
        assert landing(name, "--help") == 0
        text = capsys.readouterr().out
        assert text.startswith("Usage: landing"), name
        assert name == "version" or f"  landing {name}" in text or name in ("show",), name


@pytest.mark.parametrize(
    "arguments",
    [
        ["plam"],
        ["plan", "--colour"],
        ["drift", "--format", "pdf"],
        ["apply", "--allow", "everything"],
        ["show", "--expand", "all"],
        ["explain", "LZ999"],
        ["status", "nope"],
    ],
)
def test_a_mistyped_command_is_usage_not_difference(
    landing: Callable[..., int], config: Config, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    config()
    assert landing(*arguments) == 64
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (["aplly"], "there is no command 'aplly': did you mean `apply`?"),
        (["cna"], "did you mean `can`?"),
        (["terraform"], "there is no command 'terraform': `landing --help` lists them"),
        (["plan", "--tagret", "x"], "'--target'"),
        (["sandbox", "strat"], "'start'"),
    ],
)
def test_what_was_meant_is_suggested(
    landing: Callable[..., int], capsys: pytest.CaptureFixture[str], typed: list[str], told: str
) -> None:
    assert landing(*typed) == 64
    assert told in capsys.readouterr().err


def exit_codes_in(path: Path) -> set[int]:
    """Whole numbers that a function returns as its answer, that a class or a table of codes has."""
    found: set[int] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        named = isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id
        of_function = isinstance(node, ast.FunctionDef) and getattr(node.returns, "id", "") == "int"
        if named in ("exit_code", "CODES", "USAGE", "UNREAD"):
            parts = ast.walk(node)
        elif of_function and (path.parent.name == "cli" or node.name == "exit_code"):
            parts = (part for each in ast.walk(node) if isinstance(each, ast.Return) for part in ast.walk(each))
        else:
            continue
        values = (part.value for part in parts if isinstance(part, ast.Constant))
        found |= {value for value in values if type(value) is int}
    return found


def test_every_exit_code_is_in_the_one_table(landing: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    listed = {code for codes in MEANINGS for code in (codes if isinstance(codes, tuple) else (codes,))}
    used = set().union(*map(exit_codes_in, (ROOT / "landing").rglob("*.py")))
    assert used >= {0, 1, 2, 3, 4, 5, 64, 130, 141}
    assert {*used, *STOPPED} == listed
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "".join(f"| {codes} | {meaning} |\n" for codes, meaning in rows()) in readme
    assert landing("--help") == 0
    helped = " ".join(capsys.readouterr().out.split())
    assert all(f"{codes} {meaning.replace('`', '')}" in helped for codes, meaning in rows())


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="the system has no full device")
def test_what_fails_with_a_full_result_behind_it_ends_with_its_own_exit_code(tmp_path: Path) -> None:
    """Else Python writes what is left in the buffer when it ends, and ends with 120 and a traceback."""
    code = (
        "import click\n"
        "from landing.cli import commands, main\n"
        "def command(): print('a result'); raise click.ClickException('and then a failure')\n"
        "commands.LazyGroup.get_command = lambda *of: click.Command('plan', callback=command)\n"
        "main(['plan'])"
    )
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([sys.executable, "-c", code], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "Error: and then a failure",
        "Error: cannot write the result: No space left on device",
    ]


@pytest.mark.parametrize("from_environment", [True, False])
def test_credentials_are_not_passed_over_in_the_sandbox(
    landing: Callable[..., int],
    config: Config,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    from_environment: bool,
) -> None:
    config()
    if from_environment:
        monkeypatch.setenv("LANDING_SANDBOX", "1")
    flags = [] if from_environment else ["--sandbox"]
    assert landing("plan", "--profile", "p", *flags) == 64
    told = capsys.readouterr().err
    assert "--profile is for AWS" in told
    assert ("unset LANDING_SANDBOX" in told) is from_environment


def test_a_role_that_is_named_is_assumed_in_the_sandbox_too(config: Config, tmp_path: Path) -> None:
    config()
    command = [str(Path(sys.executable).with_name("landing"))]
    environment = {**os.environ, "LANDING_SANDBOX": "1", "LANDING_SANDBOX_HOME": str(tmp_path / "home")}
    role = "arn:aws:iam::111111111111:role/r"
    try:
        answer = subprocess.run(
            [*command, "plan", "--role-arn", role],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        stop = [*command, "sandbox", "stop"]
        subprocess.run(stop, cwd=tmp_path, env=environment, capture_output=True, check=False)
    assert answer.returncode == 1
    assert f"sts:AssumeRole on resource: {role}" in answer.stderr


ALONE = """
import atexit, sys
before = {*sys.modules}
from landing.cli import run
run(["--help"])
assert not atexit._ncallbacks(), "else Python takes itself apart at the end"
print(*sorted({*sys.modules} - before), file=sys.stderr)
"""
"""What `landing --help` imports."""


def test_help_imports_no_package_of_others() -> None:
    answer = subprocess.run([sys.executable, "-c", ALONE], capture_output=True, text=True, check=True)
    ours = {"landing.cli", "landing.cli.help_page", "landing.cli.signals", "landing.cli.streams", "landing.core"}
    ours |= {"landing", "landing.core.exit_codes", "landing.core.garbage", "landing.core.interrupt"}
    imported = {*answer.stderr.split()}
    assert {name for name in imported if name.split(".")[0] not in sys.stdlib_module_names} == ours
    assert not imported & {"inspect", "subprocess", "pathlib"}, "each takes as long as all the rest"


@pytest.mark.parametrize("columns", ["30", "72", "200"])
def test_the_first_help_page_is_laid_out_as_those_of_the_commands(
    columns: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    context = click.Context(cli, info_name="landing", max_content_width=WIDEST)
    formatter = context.make_formatter()
    cli.format_usage(context, formatter)
    cli.format_help_text(context, formatter)
    click.Command.format_options(cli, context, formatter)
    with formatter.section("Commands"):
        formatter.write_dl([*COMMANDS.items()])
    with formatter.section("Exit codes"):
        formatter.write_dl([(codes, meaning.replace("`", "")) for codes, meaning in rows()])
    for asked in ("--help", "-h"):
        assert run([asked]) == 0
        assert capsys.readouterr().out == formatter.getvalue()


@pytest.fixture
def shadowed(tmp_path: Path) -> Path:
    """A checkout with a module of every name that Python or a package has; each leaves a mark when it is run.

    But for what Python itself imports before it runs the module of `-m`: nobody can keep it from that, save by `-P`.
    """
    early = subprocess.run(
        [sys.executable, "-c", "import runpy, sys; print(*sys.modules)"], capture_output=True, text=True, check=True
    )
    names = {*sys.stdlib_module_names, *packages_distributions()} - {"landing", *early.stdout.split()}
    assert {"json", "pathlib", "click", "yaml", "moto"} <= names
    for name in filter(str.isidentifier, names):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'RUN')!r}, 'a').write({name + ' '!r})\n")
    return tmp_path


@pytest.mark.parametrize("options", [["-m", "landing"], ["-P", "-m", "landing"]], ids=" ".join)
def test_modules_beside_the_config_are_not_run(shadowed: Path, config: Config, options: list[str]) -> None:
    config()
    command = [sys.executable, *options, "validate"]
    answer = subprocess.run(command, cwd=shadowed, capture_output=True, text=True, check=False)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert not (shadowed / "RUN").exists(), (shadowed / "RUN").read_text()


def test_the_sandbox_does_not_run_modules_beside_the_config_either(shadowed: Path, config: Config) -> None:
    config()
    command = [str(Path(sys.executable).with_name("landing")), "sandbox"]
    environment = {**os.environ, "LANDING_SANDBOX_HOME": str(shadowed / "home")}
    try:
        answer = subprocess.run(
            [*command, "start"], cwd=shadowed, env=environment, capture_output=True, text=True, check=False
        )
        assert answer.returncode == 0, answer.stderr
    finally:
        subprocess.run([*command, "stop"], cwd=shadowed, env=environment, capture_output=True, check=False)
    assert not (shadowed / "RUN").exists(), (shadowed / "RUN").read_text()


def test_validate_needs_neither_network_nor_boto3(config: Config) -> None:
    folder = config()
    code = f"import sys; from landing.cli import run; code = run(['validate', '--config', {str(folder)!r}]); assert not set(sys.modules) & {{'boto3','botocore','moto'}}; sys.exit(code)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout.startswith("The configuration is valid: 5 accounts")


def test_problems_go_to_stdout_and_the_exit_code_is_1(
    landing: Callable[..., int], config: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    config(SMALL.replace("unit: workloads/dev", "unit: workloads/dve"))
    assert landing("validate") == 1
    text = capsys.readouterr().out
    assert "error[LZ301]: there is no unit `workloads/dve`" in text
    assert "config/landing.yaml:19:" in text
    assert "^^^^^^^^^^^^^" in text
    assert "did you mean `workloads/dev`?" in text
    assert text.rstrip().endswith("Found 1 error in 1 file.")


def test_problems_as_json_and_as_workflow_commands(
    landing: Callable[..., int], config: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    config(SMALL.replace("unit: workloads/dev", "unit: 'a,b%'"))
    assert landing("validate", "--format", "json") == 1
    (problem,) = json.loads(capsys.readouterr().out)["problems"]
    assert (problem["code"], problem["pointer"]) == ("LZ301", "/accounts/shop-dev/unit")
    assert problem["source"]["line"] == 19
    assert landing("validate", "--format", "github") == 1
    assert "::error file=config/landing.yaml,line=19,col=" in (text := capsys.readouterr().out)
    assert "a,b%25" in text


def test_a_config_that_is_not_there_says_what_to_do(
    landing: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert landing("plan", "--config", "nowhere") == 1
    answer = capsys.readouterr()
    assert answer.out == ""
    assert "landing init" in answer.err


def test_init_writes_a_config_that_is_valid_and_overwrites_nothing(
    landing: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert landing("init", "mine") == 0
    assert landing("validate", "--config", "mine/config") == 0
    assert "\n    cd mine\n    landing validate\n" in capsys.readouterr().err
    assert {".landing/", "/plan*.json"} <= {*(tmp_path / "mine" / ".gitignore").read_text().splitlines()}
    schema = json.loads((tmp_path / "mine" / "config" / "landing.schema.json").read_text())
    assert schema["title"] == "landing configuration"
    assert (
        "yaml-language-server: $schema=landing.schema.json"
        in (tmp_path / "mine" / "config" / "accounts.yaml").read_text()
    )
    assert landing("init", "mine") == 1
    assert "exists already" in capsys.readouterr().err


def test_init_puts_the_answers_into_the_config(landing: Callable[..., int], tmp_path: Path) -> None:
    given = ("--name", "corp", "--email", "aws+{account}@corp.io", "--home-region", "eu-north-1")
    assert landing("init", "mine", *given) == 0
    accounts, regions = (
        (tmp_path / "mine/config" / name).read_text() for name in ("accounts.yaml", "organization.yaml")
    )
    assert 'email: "aws+log-archive@corp.io"' in accounts
    assert "example.com" not in accounts
    assert 'name: "corp"\n' in regions
    assert "home_region: eu-north-1\n  governed_regions: [eu-north-1, us-east-1]\n" in regions
    assert landing("validate", "--config", "mine/config") == 0


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--home-region", "eu-nort-1", "there is no region eu-nort-1: did you mean `eu-north-1`?"),
        ("--regions", "eu-west-1,mars-1", "there is no region mars-1"),
        ("--email", "aws@corp.io", "write it as aws+{account}@corp.io"),
        ("--name", "a/b", "1 to 64 letters"),
    ],
)
def test_init_refuses_what_would_be_no_config(
    landing: Callable[..., int],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    option: str,
    value: str,
    words: str,
) -> None:
    assert landing("init", "mine", option, value) == 64
    assert words in capsys.readouterr().err
    assert not (tmp_path / "mine").exists()


def test_init_asks_at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("corp\n\neu-north-1\neu-west-1\n"))
    assert Answers().asked() == Answers("corp", "", "eu-north-1", "eu-west-1")


def test_a_wrong_answer_is_asked_for_again(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("corp\nno-pattern\naws+{account}@corp.io\neu-wset-1\neu-west-1\n\n"))
    assert Answers().asked() == Answers("corp", "aws+{account}@corp.io", "eu-west-1", "")
    assert capsys.readouterr().err.count("did you mean `eu-west-1`?") == 1


def test_without_credentials_the_error_says_so(
    landing: Callable[..., int], config: Config, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    config()
    for name, value in {
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)
    assert landing("plan") == 1
    assert "Log in" in capsys.readouterr().err
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    assert landing("plan") == 1
    assert "nobody" in capsys.readouterr().err


def test_synth_gives_the_same_bytes_and_removes_only_its_own_leftovers(
    landing: Callable[..., int], config: Config, tmp_path: Path
) -> None:
    config(SMALL + "services: {log_archive: {}}\n")
    (tmp_path / "out" / "templates").mkdir(parents=True)
    (tmp_path / "out" / "templates" / "old.json").write_text("{}")
    (tmp_path / "out" / "mine.json").write_text("{}")
    assert landing("synth", "--out", "out") == 0
    first = {path: path.read_bytes() for path in (tmp_path / "out").rglob("*.json")}
    assert landing("synth", "--out", "out") == 0
    assert first == {path: path.read_bytes() for path in (tmp_path / "out").rglob("*.json")}
    names = {str(path.relative_to(tmp_path / "out")) for path in first}
    assert {"mine.json", "templates/log-archive.json", "attachments.json", "permissions/plan-1.json"} <= names
    assert "templates/old.json" not in names


def test_a_closed_pipe_ends_quietly(config: Config) -> None:
    config()
    shell = f"{sys.executable} -m landing schema | head -c 10"
    answer = subprocess.run(["bash", "-o", "pipefail", "-c", shell], capture_output=True, text=True, check=False)
    assert answer.stderr == ""


def test_an_address_is_explained(
    landing: Callable[..., int], config: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    config(guardrails="guardrails:\n  deny-leave-organization: {target: {units: [workloads]}}\n")
    assert landing("explain", "policy.deny-leave-organization") == 0
    told = capsys.readouterr().out
    assert told.startswith("policy.deny-leave-organization: Organization policy\n")
    rows = dict(re.findall(r"^  (asked for by|requires|required by|reads by|deleted) +(.*)$", told, re.MULTILINE))
    assert rows == {
        "asked for by": "config/guardrails.yaml:2:3",
        "requires": "policy_type.SERVICE_CONTROL_POLICY",
        "required by": "account.shop-dev",
        "reads by": "organizations:DescribePolicy",
        "deleted": "only with --allow delete",
    }
    assert {"cis-aws-7.0:2.1.2", "nist-800-53-r5:AC-6"} < {*told.split()}  # of the kind, of the guardrail
    assert landing("explain", "unit.workload") == 0
    assert "does not declare it; did you mean `unit.workloads`?" in capsys.readouterr().out
    for name in ("deny-leave-organization", "guardrails.deny-leave-organization"):
        assert landing("explain", name) == 64
        assert f"{name} is no address: did you mean `policy.deny-leave-organization`?" in capsys.readouterr().err
    assert landing("explain", "attachmnts.root") == 64
    assert "did you mean `attachments`?" in capsys.readouterr().err


def test_every_kind_is_explained_without_a_config(
    landing: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    for kind in KINDS:
        assert landing("explain", kind.name) == 0
        told = capsys.readouterr().out
        assert told.startswith(f"{kind.name}: {kind.title}\n  ")
        assert kind.help_uri in told


def test_pages_that_messages_name_are_printed_by_the_command_that_they_name(capsys: pytest.CaptureFixture[str]) -> None:
    """They are not in the user's folder: a message names the command, and the page is there."""
    named = set[str]()
    for file in sorted((ROOT / "landing").rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        statements = {id(each.value) for each in ast.walk(tree) if isinstance(each, ast.Expr)}
        for each in ast.walk(tree):
            if isinstance(each, ast.Constant) and isinstance(each.value, str) and id(each) not in statements:
                for before, page in re.findall(r"(\S* ?\S* ?)(docs/[a-z0-9-]+\.md)", each.value):
                    assert before.endswith("landing explain "), f"{file}: {each.value}"
                    named.add(page)
    assert len(named) > 5
    for page in sorted(named):
        assert run(["explain", page]) == 0
        assert capsys.readouterr().out == (ROOT / page).read_text(encoding="utf-8")
    assert run(["explain", "docs/alarm.md"]) == 64
    assert "did you mean `docs/alarms.md`" in capsys.readouterr().err


def test_a_code_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "lz349"]) == 0
    assert "What to do:" in capsys.readouterr().out
    assert run(["explain", "POL306"]) == 0
    assert "landing explain docs/policy-lint.md" in capsys.readouterr().out
    for code, each in {**LINT, **CODES}.items():
        assert run(["explain", code]) == 0
        assert capsys.readouterr().out.startswith(
            f"{code}: {each.wrong}\nWhat to do: {each.remedy}\nMore: landing explain docs/"
        )
        assert each.remedy
    assert run(["explain", "LZ999"]) == 64
    assert "there is no code LZ999" in capsys.readouterr().err
    assert run(["explain", "accessanalyzer"]) == 64
    assert "takes one of its kinds: access_analyzer" in capsys.readouterr().err
    assert run(["explain", "stackset"]) == 64
    assert "did you mean `stack_set`?" in capsys.readouterr().err
    assert run(["explain"]) == 0
    assert capsys.readouterr().out.startswith("LZ101")


def test_a_folder_where_none_is_wanted_is_told_with_the_option_that_takes_it(
    landing: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "org" / "config").mkdir(parents=True)
    assert landing("validate", str(tmp_path / "org")) == 64
    assert f"--config {tmp_path}/org/config" in "".join(capsys.readouterr().err.split("\n"))
    assert landing("validate", "nowhere") == 64
    assert "--config" not in capsys.readouterr().err
