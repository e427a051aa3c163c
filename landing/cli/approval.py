"""The question that only `yes` answers."""

from __future__ import annotations

import sys

import click


def ask(question: str, *, to: str, otherwise: str, without: str) -> None:
    """Raise Refused unless a person says yes; `without` is the option that needs nobody to ask."""
    from landing.core.errors import Refused

    click.echo(f"\n{question}\n  Only 'yes' will be accepted to {to}.\n", err=True)
    click.echo("  Enter a value: ", nl=False, err=True)
    answer = sys.stdin.readline() if sys.stdin else ""
    if not answer:
        click.echo("", err=True)
        raise Refused(
            f"Nobody answered: standard input is no terminal, or has ended. {without} does without the question. "
            f"{otherwise}"
        )
    if answer.strip() != "yes":
        raise Refused(otherwise)
