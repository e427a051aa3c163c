"""`landing schema`."""

import json

import click


@click.command
@click.argument("of", type=click.Choice(("config", "accepted")), default="config")
def command(of: str) -> None:
    """Print the JSON Schema (draft-07) of the config, for editors; or of what `drift --accept` reads.

    \b
      landing schema > config/landing.schema.json
      landing schema accepted > accepted.schema.json
    """
    from landing.config import accepted, schema

    click.echo(json.dumps(accepted.schema() if of == "accepted" else schema(), indent=2))
