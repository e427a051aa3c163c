"""The command line. Every command is a file of its name, loaded when it is called; click too, but for `--help`.

Here belong options, questions and exit codes; what a command does is below. Imported by nothing but `landing.__main__`.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from landing.cli import signals
from landing.cli.help_page import help_page
from landing.cli.streams import Unwritable, give_up, open_all
from landing.core.garbage import collect_rarely
from landing.core.interrupt import Stopped

UNREAD = 141
"""Exit code when nobody reads the rest of the result, as the shell has it for SIGPIPE."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    collect_rarely()
    signals.install()
    if not open_all():
        _note("Error: standard output is closed, and the result has nowhere to go. `> /dev/null` does without it.")
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
        _note(f"Error: cannot write the result: {error}")
    return code


def run(arguments: list[str]) -> int:
    """Run the command line; the exit code."""
    try:
        code = _helped() if arguments in (["--help"], ["-h"]) else _called(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        give_up()
        return UNREAD  # that is the reader's choice, and nothing to say; but no success, whatever the result was
    except Unwritable as error:
        give_up()
        _note(f"Error: cannot write the result: {error}")
        return 1
    except SystemExit as end:
        if end.code != 1:
            raise
        give_up()  # so click leaves, and only then, when a pipe is broken
        return UNREAD
    except (Exception, KeyboardInterrupt, Stopped) as error:  # noqa: BLE001  # the command line's last line
        from landing.cli.commands import explain

        return explain(error)
    return code


def _helped() -> int:
    sys.stdout.write(help_page() + "\n")
    return 0


def _called(arguments: list[str]) -> int:
    from landing.cli.commands import call

    return call(arguments)


def _note(text: str) -> None:
    from landing.cli.stderr import STDERR

    STDERR.note(text)


if __name__ == "__main__":
    main()
