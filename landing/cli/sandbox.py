"""`landing sandbox`."""

import json
from importlib.util import find_spec
from pathlib import Path

import click


def require() -> None:
    """Raises LandingError where the packages that the sandbox is made of are not installed."""
    from landing.core.errors import LandingError

    missing = [name for name in ("moto", "cloudpickle") if find_spec(name) is None]
    if missing:
        raise LandingError(f"the sandbox needs {' and '.join(missing)}. Install: pip install 'landing[sandbox]'")


@click.group
def command() -> None:
    """Run the local AWS-compatible sandbox: an AWS organization on loopback that keeps its state between commands.

    `--sandbox` on plan, apply and drift starts it by itself; these commands are for everything else.

    \b
      landing sandbox start
      eval "$(landing sandbox env)" && aws organizations list-accounts
      landing sandbox reset
    """
    require()


@command.command
def start() -> None:
    """Start it, if it is not running."""
    from landing.sandbox.endpoint.process import ensure_started

    click.echo(f"The sandbox answers at {ensure_started().url}")


@command.command
def status() -> int:
    """Tell whether it is running; exit with 1 when it is not."""
    from landing.sandbox.endpoint import process

    found = process.status()
    click.echo(json.dumps(found, indent=1))
    return 0 if found["running"] else 1


@command.command
def stop() -> None:
    """Save its state and stop it."""
    from landing.sandbox.endpoint import process

    click.echo("Stopped." if process.stop() else "It was not running.")


@command.command
def reset() -> None:
    """Forget everything: an AWS account in which nothing has happened."""
    from landing.sandbox.endpoint import process

    process.reset()
    click.echo("The sandbox is an empty AWS account again.")


@command.command
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def snapshot(file: Path) -> None:
    """Write its state to FILE."""
    from landing.sandbox.endpoint import process

    process.snapshot(file)


@command.command
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def load(file: Path) -> None:
    """Put the state of FILE in the place of its own. Only files that a sandbox of yours wrote are loaded."""
    from landing.sandbox.endpoint import process

    process.load(file)


@command.command
def env() -> None:
    """Print the exports that make other AWS tools use it."""
    import shlex

    from landing.sandbox.endpoint import process

    for name, value in process.env().items():
        click.echo(f"export {name}={shlex.quote(value)}")


@command.command
@click.option("--accounts", default=100, show_default=True, help="Member accounts.")
@click.option("--unit", "units", multiple=True, metavar="PATH", help="Spread them over these units; repeatable.")
def seed(accounts: int, units: tuple[str, ...]) -> None:
    """Fill it with an organization of many accounts, at once."""
    from landing.sandbox.endpoint import process
    from landing.sandbox.services.organizations.seeding import Shape

    click.echo(json.dumps(process.seed(Shape(accounts, units))))
