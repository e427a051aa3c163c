"""What `landing --help` says, put together without click: to import that alone takes longer than all the rest of it."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Iterator, Mapping

from landing.core.exit_codes import rows

COMMANDS = {
    "init": "Write a starter config.",
    "import": "Write the config of an organization that is there already.",
    "validate": "Check the config offline.",
    "test": "Try guardrails and playbooks on their cases.",
    "can": "Say whether the guardrails let a request through.",
    "prove": "Prove a claim about the guardrails.",
    "synth": "Write every template and policy to a folder.",
    "plan": "Show what would change.",
    "show": "Show a saved plan, or where each guardrail lives.",
    "apply": "Make the changes.",
    "bootstrap": "Make the roles by which a pipeline plans and applies.",
    "forget": "Stop managing something without destroying it.",
    "unlock": "Remove the lock of a run that has died.",
    "drift": "Report what is not as declared.",
    "compliance": "Tell who complies with the rules of AWS Config.",
    "access": "Tell which services are used, and which nobody uses.",
    "email": "Give back the code that AWS has sent to a root user's new address.",
    "drill": "Try whether the alarms are heard.",
    "root": "Report what root users of members can sign in with, or remove it.",
    "status": "Tell what the last runs of apply did.",
    "explain": "Say what a code means, or an address.",
    "schema": "Print the JSON Schema of the config.",
    "completion": "Print the script by which a shell completes.",
    "sandbox": "Run the local AWS-compatible sandbox.",
    "version": "Print the version.",
}
OPTIONS = {"--version": "Show the version and exit.", "-h, --help": "Show this message and exit."}
"""The options of `landing` itself."""
ABOUT = "Keep an AWS organization as declarative YAML: validate, plan, apply, drift."
EXAMPLE = """Try it without an AWS account:
  landing init my-organization && cd my-organization
  landing plan --sandbox
  landing apply --sandbox
  landing drift --sandbox"""
WIDEST, NARROWEST, USUAL = 100, 50, 80
"""Columns of a help page, however wide the terminal is, and of a terminal that does not tell."""


def help_page() -> str:
    """The page, as wide as the terminal is, laid out as click does those of the commands."""
    width = max(min(_columns(), WIDEST) - 2, NARROWEST)
    exits = {codes: meaning.replace("`", "") for codes, meaning in rows()}
    about = textwrap.wrap(ABOUT, width, initial_indent="  ", subsequent_indent="  ")
    lines = ["Usage: landing [OPTIONS] COMMAND [ARGS]...", "", *about, ""]
    lines += [f"  {line}" for line in EXAMPLE.splitlines()]
    for title, entries in (("Options", OPTIONS), ("Commands", COMMANDS), ("Exit codes", exits)):
        lines += ["", f"{title}:", *_listed(entries, width)]
    return "\n".join(lines)


def _columns() -> int:
    """Of the terminal, as shutil.get_terminal_size has it."""
    given = os.environ.get("COLUMNS", "")
    if given.isdecimal() and int(given):
        return int(given)
    try:
        return os.get_terminal_size(1).columns or USUAL
    except OSError:
        return USUAL


def _listed(entries: Mapping[str, str], width: int) -> Iterator[str]:
    """A line of each entry, or more: its name, and from one column on what is said of it."""
    column = max(map(len, entries)) + 4
    for name, text in entries.items():
        first, *rest = textwrap.wrap(text, width - column)
        yield f"  {name}".ljust(column) + first
        yield from (" " * column + line for line in rest)
