"""The command line. Only click is imported here: every command is loaded when it is called.

A command is a file of its name. Here belong options, questions and exit codes; what a command does is below. Imported
by nothing but `landing.__main__`.
"""

from __future__ import annotations

import importlib
import keyword
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from landing.cli import signals
from landing.cli.stderr import STDERR
from landing.cli.streams import Unwritable, give_up, open_all
from landing.core.exit_codes import rows
from landing.core.interrupt import Stopped

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

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
USAGE = 64
"""Exit code of a mistyped command: 2 means that there is a difference."""


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

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """Names and lines from the table above, without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def format_epilog(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """What the exit codes say."""
        with formatter.section("Exit codes"):
            formatter.write_dl([(codes, meaning.replace("`", "")) for codes, meaning in rows()])


NAME, COMPLETING = "landing", "_LANDING_COMPLETE"
"""What the command is called, and the variable by which a shell asks how its line may go on."""
UNREAD = 141
"""Exit code when nobody reads the rest of the result, as the shell has it for SIGPIPE."""


def _version(context: click.Context, parameter: click.Parameter, given: bool) -> None:
    if given and not context.resilient_parsing:
        from landing.core.version import landing_version

        click.echo(f"landing {landing_version()}")
        context.exit()


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version,
              help="Show the version and exit.")  # fmt: skip
def cli() -> None:
    """Keep an AWS organization as declarative YAML: validate, plan, apply, drift.

    \b
    Try it without an AWS account:
      landing init my-organization && cd my-organization
      landing plan --sandbox
      landing apply --sandbox
      landing drift --sandbox
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    signals.install()
    if not open_all():
        STDERR.note(
            "Error: standard output is closed, and the result has nowhere to go. `> /dev/null` does without it."
        )
        signals.leave(1)
    try:
        code = run(sys.argv[1:] if arguments is None else list(arguments))
    except Exception:  # noqa: BLE001  # a mistake of ours: threads that still read must not keep the process
        sys.excepthook(*sys.exc_info())
        code = 1
    signals.leave(_flushed(code))


def _flushed(code: int) -> int:
    """Have on its way what a command wrote before it failed, while that can still be said; the exit code stays."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        give_up()
    except Unwritable as error:
        give_up()
        STDERR.note(f"Error: cannot write the result: {error}")
    return code


def run(arguments: list[str]) -> int:
    """Run the command line; the exit code."""
    STDERR.begin()
    try:
        code = _completed() if COMPLETING in os.environ else cli.main(arguments, prog_name=NAME, standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except click.ClickException as error:
        STDERR.show(error)
        return USAGE if isinstance(error, click.UsageError) else 1
    except Stopped as stopped:
        STDERR.note(str(stopped))
        return stopped.exit_code
    except (click.Abort, KeyboardInterrupt):
        STDERR.note("Interrupted. Nothing more is done.")
        return 130
    except BrokenPipeError:
        give_up()
        return UNREAD  # that is the reader's choice, and nothing to say; but no success, whatever the result was
    except Unwritable as error:
        give_up()
        STDERR.note(f"Error: cannot write the result: {error}")
        return 1
    except SystemExit as end:
        if end.code != 1:
            raise
        give_up()  # so click leaves, and only then, when a pipe is broken
        return UNREAD
    except Exception as error:  # noqa: BLE001  # the command line's last line
        return _explained(error)


def _completed() -> int:
    """Answer the shell; the exit code."""
    from landing.cli.completion import answer

    return answer(cli, os.environ[COMPLETING], NAME)


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


if __name__ == "__main__":
    main()
