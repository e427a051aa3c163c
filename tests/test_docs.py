"""What README and docs show: commands exist, YAML is a valid config, and the walk in the README shows what it says."""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from inspect import cleandoc
from pathlib import Path
from shutil import copytree
from typing import Any

import click
import pytest
import yaml

from landing.cli import run
from landing.cli.apply import ALLOW
from landing.cli.commands import cli
from landing.config import load
from landing.core.model import Address
from landing.core.yaml_text import parse
from landing.library import Library, shipped
from landing.sandbox.services.cloudformation.types import supported
from landing.services.registry import KINDS
from tests.importing.test_sources import LZA, lay
from tests.overlay import merged
from tests.simulated.server import Simulated, serving

ROOT = Path(__file__).parents[1]
PAGES = {
    str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
    for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
}
BLOCK = re.compile(r"^```(\w+)?([^\n]*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def commands_in(text: str) -> Iterator[str]:
    """Each `landing …` that a page shows, in a block of commands, an indented line or as code within a sentence."""
    shown = re.findall(r"^(?:\$ |    )((?:landing|eval) .*)$", text, re.MULTILINE)
    shown += re.findall(r"`((?:landing|eval) [^`\n]+)`", text)
    for line in shown:
        for part in re.split(r"\s+&&\s+|\s+[>|]\s.*$|\s{2,}#.*$|^eval \"\$\(|\)\"", line):
            if part.startswith("landing "):
                yield part


def help_of_all() -> Iterator[tuple[str, str]]:
    """Each command with its own help, those within others too."""
    for name in cli.list_commands(click.Context(cli)):
        command = cli.get_command(click.Context(cli), name)
        for each in (command, *(command.commands.values() if isinstance(command, click.Group) else ())):
            yield f"landing {name} --help", cleandoc(each.help or "").replace("\n  ", "\n    ")


COMMANDS = sorted({(page, command) for page, text in [*PAGES.items(), *help_of_all()] for command in commands_in(text)})


@pytest.mark.parametrize(("page", "command"), COMMANDS)
def test_every_command_that_is_shown_is_understood(page: str, command: str) -> None:
    understand(cli, shlex.split(command, comments=True)[1:])


def understand(command: click.Command, arguments: list[str]) -> None:
    """Raise a click.UsageError for options, commands and arguments that do not exist."""
    context = click.Context(command, info_name=command.name)
    if isinstance(command, click.Group):
        found = command.get_command(context, arguments[0])
        assert found is not None, arguments[0]
        understand(found, arguments[1:])
        return
    _, rest, _ = command.make_parser(context).parse_args(arguments)
    assert rest == [], f"{command.name} takes no {rest}"


def test_examples_of_help_name_what_the_starter_config_has() -> None:
    """So that who has run `landing init` can try them."""
    files = (shipped() / "config").glob("*.yaml")
    config = {key: value for path in files for key, value in yaml.safe_load(path.read_text(encoding="utf-8")).items()}
    places = [
        place for page, command in COMMANDS if page.endswith("--help") for place in re.findall(r" --in (\S+)", command)
    ]
    assert len(places) > 2
    for place in places:
        what, _, name = place.rpartition(":")
        assert name in config["units" if what == "ou" else "accounts"], place


LINK = re.compile(r"\[(?:[^\[\]]|\[[^\[\]]*\])*\]\(([^()\s]+)\)")


def anchors_in(text: str) -> set[str]:
    """What a link to a part of a page may say, as GitHub makes it of headings: a repeated one gets a number."""
    found: dict[str, int] = {}
    for heading in re.findall(r"^#+ +(.+?)\s*$", BLOCK.sub("", text), re.MULTILINE):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        slug = re.sub(r"[^\w -]", "", words).replace(" ", "-")
        found[slug if slug not in found else f"{slug}-{found[slug]}"] = 1
        found[slug] += 1
    return {*found}


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    """Within the repository: to a file, a folder, a heading of a page."""
    for link in LINK.findall(BLOCK.sub("", PAGES[page])):
        if link.startswith(("https://", "http://", "mailto:")):
            continue
        path, _, anchor = link.partition("#")
        meant = os.path.normpath(ROOT / page / ".." / path) if path else str(ROOT / page)
        assert Path(meant).exists(), f"{page}: there is no {path}"
        if anchor:
            assert anchor in anchors_in(PAGES[os.path.relpath(meant, ROOT)]), f"{page}: {link} leads to no heading"


def test_decisions_have_a_number_each() -> None:
    numbers = sorted(path.name[:4] for path in (ROOT / "docs" / "adr").glob("*.md"))
    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]
    for page, text in PAGES.items():
        if page.startswith("docs/adr/"):
            assert text.startswith(f"# {int(page[9:13])}. "), page
        for said, number in re.findall(r"\[ADR (\d+)\]\([^)]*?(\d{4})-", text):
            assert int(said) == int(number), f"{page}: ADR {said} leads to {number}"


FRAGMENTS = [
    (page, number, body)
    for page, text in PAGES.items()
    for number, (language, rest, body) in enumerate(BLOCK.findall(text))
    if language == "yaml" and "file=" not in rest
]


@pytest.mark.parametrize(
    ("page", "number", "body"), FRAGMENTS, ids=[f"{page}-{number}" for page, number, _ in FRAGMENTS]
)
def test_every_piece_of_config_that_is_shown_is_valid(page: str, number: int, body: str, tmp_path: Path) -> None:
    base: Any = {}
    for file in sorted((ROOT / "config").glob("*.yaml")):  # what `landing init` writes, so that a reader may copy it
        base = merged(base, parse(file.read_text(encoding="utf-8")))
    whole = merged(base, parse(body))  # by YAML 1.2, as the config: `on` is a word
    (tmp_path / "landing.yaml").write_text(json.dumps(whole), encoding="utf-8")
    _, warnings = load(tmp_path, Library.load(shipped()))
    apart = {
        "LZ427": "a piece does not repeat what makes the read role",
        "LZ383": "Control Tower has its own recorders",
    }
    assert [each for each in warnings if each.code not in apart] == []


@pytest.fixture
def type_in(tmp_path: Path, forked: Path) -> Iterator[Callable[[str], str]]:
    """A shell in which a reader types the commands of a page; the answer on stdout."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "LANDING_"))}
    environment = {**clean, "PATH": os.pathsep.join([str(forked), str(Path(sys.executable).parent), clean["PATH"]])}
    folder = tmp_path

    def type_in(line: str) -> str:
        nonlocal folder
        command, _, into = line.partition(" && cd ")
        done = subprocess.run(
            ["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode in (0, 2), f"{line}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
        folder = folder / into
        return done.stdout

    yield type_in
    type_in("landing sandbox stop")


def test_the_walk_in_the_readme_shows_what_it_says(type_in: Callable[[str], str]) -> None:
    walk = [body for language, rest, body in BLOCK.findall(PAGES["README.md"]) if (language, rest) == ("console", "")]
    for body in walk:
        if "landing drift" in body:
            type_in("landing apply --sandbox --auto-approve")
            type_in(f'eval "$(landing sandbox env)" && python {ROOT}/tests/meddle.py')
        for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
            command, _, shown = part.partition("\n")
            answer = type_in(command)
            assert_shown(shown, answer, command)

    page = PAGES["docs/drift.md"].replace("2027-01-31", str(date.today() + timedelta(days=300)))
    for _, rest, body in BLOCK.findall(page):
        if "file=" in rest:
            type_in(f"cat > {rest.partition('file=')[2]} <<'END'\n{body}END")
        elif body.startswith("$ landing drift"):
            command, _, shown = body.removeprefix("$ ").partition("\n")
            assert_shown(shown, type_in(command), command)
    for command in sorted({each for each in map(typed, SHOWN) if each.startswith("landing sandbox ")}):
        type_in(command)


def assert_shown(shown: str, answer: str, command: str) -> None:
    """Every line of what a page shows stands in the answer, in that order; `...` stands for lines left out."""
    rest = iter(answer.splitlines())
    for line in shown.splitlines():
        if line not in ("...", ""):
            assert any(line.rstrip() == found.rstrip() for found in rest), (
                f"{command} does not answer {line!r}; it does answer\n{answer[-1500:]}"
            )


def test_the_stacks_that_are_shown_are_made_in_the_order_that_is_told(tmp_path: Path) -> None:
    """In the starter config, of what the sandbox makes: whoever copies them can apply them there."""
    copytree(shipped() / "config", tmp_path / "config")
    shown = re.findall(r"```\w+ file=(\S+)\n(.*?)```", PAGES["docs/stacks.md"], flags=re.DOTALL)
    for name, text in shown:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    types = {each for _, text in shown for each in re.findall(r"Type: (AWS::\S+)", text)}
    assert types
    assert all(supported(each) for each in types)
    organization, warnings = load(tmp_path / "config", Library.load(shipped(), tmp_path))
    assert warnings == []
    made = {str(each.address): each for each in KINDS["stack"].desired(organization)}
    hub = Address.parse("stack.alarm-hub@shared-services/eu-west-1")
    targets = [f"stack.alarm-targets@{account}/eu-west-1" for account in ("payments-prod", "payments-dev")]
    assert str(hub) in made
    assert all(hub in made[each].requires for each in targets)
    (given,) = {made[each].attributes["parameters"]["HubArn"] for each in targets}
    assert given == "<output:alarm-hub.TopicArn@shared-services/eu-west-1>"


SHOWN = sorted({command for text in PAGES.values() for command in commands_in(text)})
STAND_INS = {
    r"^landing completion$": "landing completion bash",  # a command that a sentence only names gets what it needs
    r"^landing email$": "landing email payments-dev",
    r"^landing explain$": "landing explain CODE",
    r"^landing forget$": "landing forget ADDR",
    r"^landing import$": "landing import my-organization",
    r"^landing init$": "landing init my-organization",
    r"^landing prove$": "landing prove escalation",
    r"^landing test deny-unused-services": "landing test deny-marketplace",  # `landing access` has not written it here
    r"^landing root --remove$": "landing root --remove --unit workloads",
    r"^landing sandbox snapshot$": "landing sandbox snapshot world",
    r"^landing test NAME$": "landing test deny-marketplace",
    r"^landing test (?=--verify)": "landing test deny-marketplace ",  # one policy does for all
    r" ADDRESS$": " trail.landing-organization-trail",
    r" ADDR…?$": " stack.alarm-targets@payments-dev/eu-west-1",
    r" stack\.KEY@account/region$": " stack.alarm-targets@payments-dev/eu-west-1",
    r" CODE$": " LZ107",
    r" ID$": " c34f106e-ef1c-46b8-9064-ae5b0b22a62c",
    r"(?<!init) --profile \S+": "",  # the sandbox has no profiles
    r" --sandbox$": "",  # LANDING_SANDBOX says it of all
}
"""What is typed in place of what a reader fills in."""

DROPPED = {r"^landing forget": "config/alarms.yaml", r"^landing apply --allow delete": "config/alarms.yaml"}
"""Commands for what the config names no more, and the file that goes before."""

ANSWERS = {
    r"^landing test .*--verify-with-aws": 3,  # the sandbox has no policy simulator: nothing can be compared
    r"^landing drill": 64,  # the starter config has no alarms, and the sandbox runs no function of theirs
    r"^landing compliance": 2,  # no account of the sandbox encrypts new volumes by default
    r"^landing root( --resume)?$": 3,  # a suspended account, which a policy denies everything
}
"""Exit codes other than 0, in an organization that is as declared."""

NOT_RUN = {
    r"^make (?!test$)": "the checkout's own: its targets build, measure, or fetch what a test may not",
    r"^(make test|\.ci/run)$": "it would run this again",
    r"^aws ": "the AWS CLI, which is not installed with us",
    r"^cd ": "of a walk, which goes there",
}
"""Commands that are no `landing`, and why they are not run."""


def typed(command: str) -> str:
    for pattern, text in STAND_INS.items():
        command = re.sub(pattern, text, command)
    return command


def in_walks() -> set[str]:
    """What the walks run: the one above, and that of tests/importing/test_adopting.py."""
    blocks = [
        body
        for page in ("README.md", "docs/drift.md")
        for language, rest, body in BLOCK.findall(PAGES[page])
        if (language, rest) == ("console", "")
    ]
    lines = re.findall(r"^    landing .+$", PAGES["docs/adopting.md"], re.MULTILINE)
    return {typed(command) for text in [*blocks, *lines] for command in commands_in(text)}


def test_the_page_of_flags_has_every_word_of_allow() -> None:
    table = re.findall(r"^\| `([a-z-]+)` \|", PAGES["docs/planning.md"], re.MULTILINE)
    assert sorted(table) == sorted(ALLOW)


def test_no_table_of_commands_says_what_no_page_shows() -> None:
    for pattern in STAND_INS:
        stood_in = [re.sub(other, text, each) for each in SHOWN for other, text in STAND_INS.items()]
        assert any(re.search(pattern, each) for each in [*SHOWN, *stood_in]), pattern
    for pattern in (*DROPPED, *ANSWERS):
        assert any(re.search(pattern, typed(each)) for each in SHOWN), pattern


def test_other_commands_that_are_shown_are_known() -> None:
    shown = set()
    for text in PAGES.values():
        lines = [line for language, _, body in BLOCK.findall(text) if language == "sh" for line in body.splitlines()]
        lines += re.findall(r"^ {4}(\S.*)$", BLOCK.sub("", text), re.MULTILINE)
        lines += re.findall(r"^\$ (.+)$", text, re.MULTILINE)
        shown |= {line for line in lines if not line.startswith((" ", "landing ", "eval "))}
    shown = {re.sub(r"\s+#.*", "", line) for line in shown}
    assert [line for line in shown if not any(re.search(pattern, line) for pattern in NOT_RUN)] == []
    assert [pattern for pattern in NOT_RUN if not any(re.search(pattern, line) for line in shown)] == []
    targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert {line.removeprefix("make ") for line in shown if line.startswith("make ")} <= {*targets}


def write_whole(folder: Path) -> None:
    """Put into a starter config what the pages add to it: stacks, a policy, acceptances, the roles of a pipeline."""
    shown = re.findall(r"^```\w+ file=(\S+)\n(.*?)^```", "\n".join(PAGES.values()), re.MULTILINE | re.DOTALL)
    added = re.compile(r"alarm|marketplace|accepted")
    day = str(date.today() + timedelta(days=300))
    lay(folder, {name: text.replace("2027-01-31", day) for name, text in shown if added.search(name)})
    lay(folder / "lza-config", LZA)
    pipeline = next(
        yaml.safe_load(body) for _, _, body in BLOCK.findall(PAGES["docs/pipeline.md"]) if "repository_id" in body
    )
    top = folder / "config" / "organization.yaml"
    more = {"organization": {"governed_regions": ["eu-west-1"]}, "access": {"pipeline": {"plans_key": True}}}
    whole = merged(yaml.safe_load(top.read_text(encoding="utf-8")), {"access": pipeline.pop("access")})
    whole = merged(whole, more)  # of one region, and of some accounts: the others are asked the same
    file = folder / "config" / "accounts.yaml"
    accounts = yaml.safe_load(file.read_text(encoding="utf-8"))["accounts"]
    some = {key: each for key, each in accounts.items() if not re.match("analytics|search|web|sandbox", key)}
    file.write_text(yaml.safe_dump({"accounts": some}), encoding="utf-8")
    lay(folder / "config", {"organization.yaml": yaml.safe_dump(whole), "pipeline.yaml": yaml.safe_dump(pipeline)})


def test_every_command_that_is_shown_can_be_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each by itself, in an organization that has been applied, for which somebody has planned and says yes."""

    def type_in(command: str, folder: Path) -> str:
        for name in [name for name in os.environ if name.startswith(("AWS_", "LANDING_"))]:
            monkeypatch.delenv(name)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(folder)
        monkeypatch.setattr(sys, "stdin", io.StringIO("yes\n"))
        code = run(shlex.split(command, comments=True)[1:])
        err = capsys.readouterr().err
        wanted = next((code for pattern, code in ANSWERS.items() if re.search(pattern, command)), 0)
        return "" if code == wanted and "Traceback" not in err else f"{command}: {code}, not {wanted}\n{err[-1500:]}"

    with Simulated(account_quota=100) as sandbox, serving(sandbox) as aws, aws.as_sandbox(tmp_path / "home") as given:
        environment = {name: value for name, value in given.items() if name.startswith(("AWS_", "LANDING_"))}
        whole = tmp_path / "whole"
        assert type_in("landing init whole", tmp_path) == ""
        write_whole(whole)
        begun = ("landing apply", "landing bootstrap", "landing plan --out plan.json")
        for command in begun:
            assert type_in(command, whole) == ""
        first, *_ = sorted((whole / ".landing" / "runs").iterdir())
        first.rename(first.with_name("20261127T081502Z"))  # which the README asks for
        before, failed = sandbox.dump(), []
        commands = sorted({typed(each) for each in SHOWN} - in_walks() - {*begun})
        for number, command in enumerate(each for each in commands if not each.startswith("landing sandbox ")):
            sandbox.load(before)
            folder = copytree(whole, tmp_path / str(number))
            for pattern, name in DROPPED.items():
                if re.search(pattern, command):
                    (folder / name).unlink()
            failed.append(type_in(command, folder))
        assert len(failed) > 20
        assert "\n".join(filter(None, failed)) == ""
