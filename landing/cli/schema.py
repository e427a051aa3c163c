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
    from landing.services.settings import SERVICE_SCHEMAS

    click.echo(json.dumps(schema(SERVICE_SCHEMAS), indent=2))
