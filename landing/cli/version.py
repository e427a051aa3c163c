"""`landing version`."""

import click


@click.command
def command() -> None:
    """Print the version."""
    from landing.core.version import landing_version

    click.echo(f"landing {landing_version()}")
