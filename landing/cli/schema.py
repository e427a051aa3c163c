"""`landing schema`."""

import json

import click


@click.command
def command() -> None:
    """Print the JSON Schema (draft-07) of the config, for editors.

    \b
      landing schema > config/landing.schema.json
    """
    from landing.config import schema

    click.echo(json.dumps(schema(), indent=2))
