"""`landing sandbox`."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from landing.cli.session import config_option, require_sandbox, sandbox_of

if TYPE_CHECKING:
    from landing.sandbox.world.home import Home

F = TypeVar("F", bound=Callable[..., Any])


def with_home(command: F) -> F:
    """Add `--config` to a command; it gets the `home` of the config's sandbox."""

    @wraps(command)
    def at_home(config: str, **rest: Any) -> Any:
        from landing.sandbox.world.home import Home

        return command(home=Home(sandbox_of(Path(config))), **rest)

    decorated: Any = config_option(at_home)
    found: F = decorated
    return found


@click.group
def command() -> None:
    """Run the local AWS-compatible sandbox: an AWS organization on loopback that keeps its state between commands.

    `--sandbox` on plan, apply and drift starts it by itself; these commands are for everything else.

    \b
      landing sandbox start
      eval "$(landing sandbox env)" && aws organizations list-accounts
      landing sandbox reset
    """
    require_sandbox()


@command.command
@with_home
def start(home: Home) -> None:
    """Start it, if it is not running."""
    from landing.sandbox.endpoint.process import ensure_started

    click.echo(f"The sandbox answers at {ensure_started(home).url}")


@command.command
@with_home
def status(home: Home) -> int:
    """Tell whether it is running; exit with 1 when it is not."""
    from landing.sandbox.endpoint import process

    found = process.status(home)
    click.echo(json.dumps(found, indent=1))
    return 0 if found["running"] else 1


@command.command
@with_home
def stop(home: Home) -> None:
    """Save its state and stop it."""
    from landing.sandbox.endpoint import process

    click.echo("Stopped." if process.stop(home) else "It was not running.")


@command.command
@with_home
def reset(home: Home) -> None:
    """Forget everything: an AWS account in which nothing has happened."""
    from landing.sandbox.endpoint import process

    process.reset(home)
    click.echo("The sandbox is an empty AWS account again.")


@command.command
@with_home
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def snapshot(home: Home, file: Path) -> None:
    """Write its state to FILE."""
    from landing.sandbox.endpoint import process

    process.snapshot(file, home)


@command.command
@with_home
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def load(home: Home, file: Path) -> None:
    """Put the state of FILE in the place of its own. Only files that a sandbox of yours wrote are loaded."""
    from landing.sandbox.endpoint import process

    process.load(file, home)


@command.command
@config_option
def env(config: str) -> None:
    """Print the exports that make other AWS tools use it, in the home region of the config."""
    import shlex

    from landing.config.reader import home_region
    from landing.sandbox.endpoint import process
    from landing.sandbox.world.home import Home

    region = home_region(Path(config))
    for name, value in process.env(Home(sandbox_of(Path(config))), *([region] if region else [])).items():
        click.echo(f"export {name}={shlex.quote(value)}")


@command.command
@with_home
@click.option("--accounts", default=100, show_default=True, help="Member accounts.")
@click.option("--unit", "units", multiple=True, metavar="PATH", help="Spread them over these units; repeatable.")
def seed(home: Home, accounts: int, units: tuple[str, ...]) -> None:
    """Fill it with an organization of many accounts, at once."""
    from landing.sandbox.endpoint import process
    from landing.sandbox.services.organizations.seed import Shape

    click.echo(json.dumps(process.seed(Shape(accounts, units), home)))


@command.command("identity-center")
@config_option
@click.option("--group", "groups", multiple=True, metavar="NAME", help="A group of its identity store; repeatable.")
@click.option("--user", "users", multiple=True, metavar="NAME", help="A user of its identity store; repeatable.")
def identity_center(config: str, groups: tuple[str, ...], users: tuple[str, ...]) -> None:
    """Enable IAM Identity Center in the home region of the config, as people do in the console.

    It is there as soon as there is an organization. More groups and users are made by the API of the identity store.
    """
    from landing.config.reader import home_region
    from landing.sandbox.endpoint import process
    from landing.sandbox.world.home import Home

    region = home_region(Path(config)) or "us-east-1"
    people = {"region": region, "groups": list(groups), "users": list(users)}
    process.option(Home(sandbox_of(Path(config))), identity_center=people)
    click.echo(f"IAM Identity Center is enabled in {region}.")


@command.command()
@config_option
@click.argument("workspaces", nargs=-1, required=True, metavar="WORKSPACE…")
def slack(config: str, workspaces: tuple[str, ...]) -> None:
    """Authorize workspaces of Slack (T0123ABCD) for the alarms, as people do in the console.

    Those of an earlier call are authorized no more.
    """
    from landing.sandbox.endpoint import process
    from landing.sandbox.world.home import Home

    process.option(Home(sandbox_of(Path(config))), slack_workspaces={each: each for each in workspaces})
    click.echo(f"Authorized in Slack: {', '.join(workspaces)}.")
