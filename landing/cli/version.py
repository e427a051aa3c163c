"""`landing version`."""

import click

from landing import __version__


@click.command
def command() -> None:
    """Print the version."""
    click.echo(f"landing {__version__}")
