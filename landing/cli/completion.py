"""`landing completion`, and what it answers the shell that asks: https://click.palletsprojects.com/shell-completion/."""

from __future__ import annotations

import os
import re
from contextlib import suppress

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    split_arg_string,
)

VARIABLE = "_LANDING_COMPLETE"
"""In the environment when a shell asks: `bash_complete`."""


class Bash(BashComplete):
    """Bash cuts words also at `@`, `:` and `=` (COMP_WORDBREAKS), and what it is told stands for the last piece only.

    Addresses have those in them. So it is the line that is taken apart here, and of each answer that is left out which
    stands in the pieces before.
    """

    source_template = """\
%(complete_func)s() {
    local type value
    COMPREPLY=()
    while IFS=, read -r type value; do
        case $type in
            dir) compopt -o dirnames ;;
            file) compopt -o default ;;
            plain) COMPREPLY+=("$value") ;;
        esac
    done < <(COMP_WORDS="${COMP_LINE:0:COMP_POINT}" COMP_WORDBREAKS="$COMP_WORDBREAKS" \
%(complete_var)s=bash_complete command %(prog_name)s 2>/dev/null)
}
complete -o nosort -F %(complete_func)s %(prog_name)s
"""
    kept = ""
    """What of the word Bash leaves as it is."""

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before the one at the cursor, and that one as far as the cursor."""
        line = os.environ["COMP_WORDS"]
        words = split_arg_string(line)[1:]
        last = words.pop() if words and not line[-1:].isspace() else ""
        if last == re.split(r"\s", line)[-1]:  # as it is typed: in quotes nothing is cut
            value = last.partition("=")[2] if last.startswith("-") else last
            breaks = re.escape(os.environ.get("COMP_WORDBREAKS", ""))
            self.kept = re.sub(f"[^{breaks}]*$", "", value) if breaks else ""
        return words, last

    def format_completion(self, item: CompletionItem[str]) -> str:
        """A line of what may come next."""
        return f"{item.type},{str(item.value).removeprefix(self.kept)}"


class _WholeWords(ShellComplete):
    """Zsh and fish put what they are told in the place of the whole word, of `--target=` too."""

    kept = ""

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before the one at the cursor, and that one."""
        words, last = super().get_completion_args()
        name, equals, _ = last.partition("=")
        self.kept = f"{name}=" if equals and name.startswith("--") else ""
        return words, last

    def format_completion(self, item: CompletionItem[str]) -> str:
        """With the option that the word begins with."""
        return super().format_completion(CompletionItem(f"{self.kept}{item.value}", item.type, item.help))


class Zsh(_WholeWords, ZshComplete):
    """By click's script."""


class Fish(_WholeWords, FishComplete):
    """By click's script."""


SHELLS: dict[str, type[ShellComplete]] = {"bash": Bash, "zsh": Zsh, "fish": Fish}


def answer(cli: click.Command, asked: str, name: str) -> int:
    """Write what may come next in the command line of a shell, which has asked by its environment; the exit code.

    What cannot be told is left out in silence: somebody is typing.
    """
    shell, _, instruction = asked.partition("_")
    if shell not in SHELLS or instruction != "complete":
        return 1
    with suppress(Exception):
        click.echo(SHELLS[shell](cli, {}, name, VARIABLE).complete())
    return 0


@click.command
@click.argument("shell", type=click.Choice([*SHELLS]))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print the script by which SHELL completes commands, options, and names and addresses of the config.

    Nothing of a config is run or checked for it: its keys are read, and the addresses of what was last read from AWS.

    \b
      eval "$(landing completion bash)"
      landing completion bash > ~/.local/share/bash-completion/completions/landing
      landing completion zsh > "${fpath[1]}/_landing"
      landing completion fish > ~/.config/fish/completions/landing.fish
    """
    root = context.find_root()
    click.echo(SHELLS[shell](root.command, {}, str(root.info_name), VARIABLE).source(), nl=False)
