"""The commands: `landing` calls one by its name, and says what is wrong where one fails."""

from __future__ import annotations

import importlib
import keyword
import os
import sys
from typing import TYPE_CHECKING

import click

from landing.cli.help_page import ABOUT, COMMANDS, EXAMPLE, OPTIONS, WIDEST, help_page
from landing.cli.stderr import STDERR
from landing.core.interrupt import Stopped

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

USAGE = 64
"""Exit code of a mistyped command: 2 means that there is a difference."""
NAME, COMPLETING = "landing", "_LANDING_COMPLETE"
"""What the command is called, and the variable by which a shell asks how its line may go on."""


class LazyGroup(click.Group):
    """A group whose commands are modules, imported when they are needed."""

    def list_commands(self, context: click.Context) -> list[str]:
        """The commands in the order of a workflow."""
        return list(COMMANDS)

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is called; raises click.UsageError, with the one that was meant."""
        if not (args[0] in COMMANDS or args[0].startswith("-") or context.resilient_parsing):
            from landing.core.spelling import nearest

            hint = nearest(args[0], COMMANDS, "`landing --help` lists them")
            context.fail(f"there is no command {args[0]!r}: {hint}")
        return super().resolve_command(context, args)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """The command of that name."""
        if name not in COMMANDS:
            return None
        module = f"{name}_" if keyword.iskeyword(name) else name
        command: click.Command = importlib.import_module(f"landing.cli.{module}").command
        return command

    def shell_complete(self, context: click.Context, typed: str) -> list[CompletionItem[str]]:
        """Commands and options that begin so, without importing anything."""
        from click.shell_completion import CompletionItem

        commands = [CompletionItem(name, help=line) for name, line in COMMANDS.items() if name.startswith(typed)]
        return commands + click.Command.shell_complete(self, context, typed)

    def get_help(self, context: click.Context) -> str:
        """The page of `landing --help`."""
        return help_page()


def _version(context: click.Context, parameter: click.Parameter, given: bool) -> None:
    if given and not context.resilient_parsing:
        from landing.core.version import landing_version

        click.echo(f"landing {landing_version()}")
        context.exit()


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": WIDEST},
    help=f"{ABOUT}\n\n\b\n{EXAMPLE}",
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help=OPTIONS["--version"]
)
def cli() -> None:
    """All of them."""


def call(arguments: list[str]) -> int:
    """Call the command that the arguments name; its exit code, if it has one of its own, else 0."""
    STDERR.begin()
    if COMPLETING in os.environ:
        from landing.cli.completion import answer

        return answer(cli, os.environ[COMPLETING], NAME)
    code = cli.main(arguments, prog_name=NAME, standalone_mode=False)
    return code if isinstance(code, int) else 0


def _with_the_option(error: click.UsageError) -> click.UsageError:
    """Where an argument that is not wanted is a folder, and the command has one by an option: the same, saying so."""
    from pathlib import Path

    given = error.message.removeprefix("Got unexpected extra argument (").removesuffix(")")
    options = [name for each in (error.ctx.command.params if error.ctx else ()) for name in each.opts]
    if given == error.message or "--config" not in options or not Path(given).is_dir():
        return error
    inside = Path(given) / "config"
    folder = inside if inside.is_dir() else given
    return click.UsageError(f"{error.message}. The config is given by --config {folder}", error.ctx)


def explain(error: BaseException) -> int:
    """Say why a command has failed; its exit code. What is no error of the user's is raised, with its traceback."""
    if isinstance(error, click.ClickException):
        STDERR.show(_with_the_option(error) if isinstance(error, click.UsageError) else error)
        return USAGE if isinstance(error, click.UsageError) else 1
    if isinstance(error, Stopped):
        STDERR.note(str(error))
        return error.exit_code
    if isinstance(error, click.Abort | KeyboardInterrupt):
        STDERR.note("Interrupted. Nothing more is done.")
        return 130
    if isinstance(error, Exception):
        return _explained(error)
    raise error


def _explained(error: Exception) -> int:
    """Say what is wrong; the exit code. What is no error of the user's is raised, with its traceback."""
    from landing.core.errors import LandingError

    error = _ours(error)
    if isinstance(error, OSError):
        at = f"{error.filename}: " if error.filename is not None else ""
        error = LandingError(f"{at}{error.strerror or error}")
    if isinstance(error, LandingError):
        from landing.cli.output import say_error

        say_error(error)
        return error.exit_code
    if STDERR.log is None:
        raise error
    import traceback

    STDERR.diagnostic(f"{type(error).__name__}: {error}", "".join(traceback.format_exception(error)))
    return 1


def _ours(error: Exception) -> Exception:
    """Our error for one of botocore's, when a command itself has asked AWS for something."""
    if "botocore" not in sys.modules:
        return error
    from landing.aws import translation
    from landing.core.model import ORGANIZATION

    return translation(error, ORGANIZATION) or error
