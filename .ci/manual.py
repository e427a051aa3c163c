"""The manual pages of `landing`, in roff (man 7), made of the commands themselves.

They bear no date: the same commit gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from inspect import cleandoc

import click
from reference import commands

from landing.cli.commands import cli
from landing.cli.help_page import COMMANDS
from landing.core.exit_codes import rows as exit_codes


def pages(version: str) -> dict[str, str]:
    """Every page by its file name: `landing.1`, `landing-plan.1`, `landing-sandbox-start.1`."""
    found = {"landing.1": _page("landing", cli, "Keep an AWS organization as declarative YAML", version, _overview())}
    for name, command in commands():
        parts = name.split()[1:]
        line = COMMANDS[parts[0]] if len(parts) == 1 else command.get_short_help_str(200)
        found[f"{'-'.join(name.split())}.1"] = _page(name, command, line, version, ())
    return found


def _page(name: str, command: click.Command, line: str, version: str, more: Sequence[str]) -> str:
    context = click.Context(command, info_name=name)
    title = "-".join(name.split())
    usage = " ".join(command.collect_usage_pieces(context))
    lines = [
        f'.TH "{_plain(title.upper())}" "1" "" "{_plain(f"landing {version}")}" "User Commands"',
        ".SH NAME",
        f"{_plain(title)} \\- {_plain(line.rstrip('.'))}",
        ".SH SYNOPSIS",
        f".B {_plain(name)}",
        _plain(usage),
        ".SH DESCRIPTION",
        *_paragraphs(cleandoc(command.help or line)),
        ".SH OPTIONS",
        *_terms([record for each in command.get_params(context) if (record := each.get_help_record(context))]),
        *more,
    ]
    if title != "landing":
        lines += [".SH SEE ALSO", ".BR landing (1)"]
    return "\n".join(lines) + "\n"


def _overview() -> list[str]:
    names = [name for name, _ in commands()]
    also = ", ".join(f"{_plain('-'.join(name.split()))}(1)" for name in names)
    return [
        ".SH COMMANDS",
        *_terms([*COMMANDS.items()]),
        ".SH EXIT STATUS",
        *_terms([(codes, meaning.replace("`", "")) for codes, meaning in exit_codes()]),
        ".SH SEE ALSO",
        also,
    ]


def _paragraphs(text: str) -> Iterator[str]:
    """Prose, and what follows a line of its own with a backspace (as click has it) as it is."""
    for number, paragraph in enumerate(text.split("\n\n")):
        if number:
            yield ".PP"
        if paragraph.startswith("\b\n"):
            yield from (".EX", *(_plain(line) for line in paragraph.splitlines()[1:]), ".EE")
        else:
            yield _plain(" ".join(paragraph.split()))


def _terms(rows: Sequence[tuple[str, str]]) -> Iterator[str]:
    for word, meaning in rows:
        yield from (".TP", f".B {_plain(word)}", _plain(" ".join(meaning.split())))


def _plain(text: str) -> str:
    """Text that roff shows as it is."""
    shown = text.replace("\\", "\\e").replace("-", "\\-").replace('"', "\\(dq").replace("`", "\\(ga")
    shown = shown.replace("'", "\\(aq").replace("~", "\\(ti").replace("^", "\\(ha")
    shown = "".join(each if ord(each) < 128 else f"\\[u{ord(each):04X}]" for each in shown)
    return f"\\&{shown}" if shown.startswith(".") else shown
