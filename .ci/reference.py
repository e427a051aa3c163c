"""The reference pages of the documentation site, in Markdown, from the declarations themselves: none of them is in git.

Needs of what `landing` needs only click and PyYAML.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from inspect import cleandoc
from typing import Any

import click

from landing.cli.commands import cli
from landing.cli.help_page import COMMANDS
from landing.config import schema
from landing.core.codes import CODES
from landing.core.exit_codes import rows as exit_codes
from landing.policy.linter.codes import CODES as LINT
from landing.services.registry import SERVICES

FEW = 8
"""Values that are listed; of more it is said how many there are."""


def pages() -> dict[str, str]:
    """The pages by their paths in the site."""
    return {
        "reference/config.md": "".join(f"{line}\n" for line in _config()),
        "reference/commands.md": "".join(f"{line}\n" for line in _commands()),
        "reference/exit-codes.md": "".join(f"{line}\n" for line in _exit_codes()),
        "reference/codes.md": "".join(f"{line}\n" for line in _codes()),
        "reference/kinds.md": "".join(f"{line}\n" for line in _kinds()),
    }


def _config() -> Iterator[str]:
    whole = schema()
    yield "# Config keys\n"
    yield "Every key of the config; KEY stands for a key of your own. Those in bold must be given. As JSON Schema"
    yield "(draft-07), for editors: [schema/landing.json](../schema/landing.json), or `landing schema`."
    for name, part in whole["properties"].items():
        services = part["properties"] if name == "services" else {}
        for key, section in ({f"{name}.{each}": services[each] for each in services} or {name: part}).items():
            yield f"\n## `{key}`\n"
            yield f"{section.get('description', '')}\n"
            lines = [*_keys(section, whole, f"{key}.")]
            if lines:
                yield "| key | type | default | |\n|---|---|---|---|"
                yield from lines
            else:
                yield f"Type: {_type(section)}"


def _keys(part: Mapping[str, Any], whole: Mapping[str, Any], prefix: str) -> Iterator[str]:
    """Rows for what is within a mapping; what refers to the keys above it (units in units) is not told again."""
    for name, each in _members(part, whole):
        default = each.get("default", each.get("properties", {}).get("default", ""))
        shown = f"`{str(default).lower() if isinstance(default, bool) else default}`" if default != "" else ""
        key = f"`{prefix}{name}`"
        key = f"**{key}**" if name in part.get("required", ()) else key
        described = " ".join(each.get("description", "").split())
        yield "| " + " | ".join(text.replace("|", "\\|") for text in (key, _type(each), shown, described)) + " |"
        yield from _keys(each, whole, f"{prefix}{name}.")


def _members(part: Mapping[str, Any], whole: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield from ((name, _resolved(each, whole)) for name, each in part.get("properties", {}).items())
    each = part.get("additionalProperties")
    if isinstance(each, dict) and ("properties" in each or "description" in each):
        yield "KEY", each
    items = part.get("items")
    if isinstance(items, dict) and "properties" in items:
        yield from ((f"[].{name}", _resolved(inner, whole)) for name, inner in items["properties"].items())


def _resolved(part: Mapping[str, Any], whole: Mapping[str, Any]) -> Mapping[str, Any]:
    where = part.get("$ref", "")
    if where.startswith("#/definitions/"):
        found: Mapping[str, Any] = whole["definitions"][where.removeprefix("#/definitions/")]
        return found
    return {"type": "object", "description": f"As `{where.rpartition('/')[2]}` above."} if where else part


def _type(part: Mapping[str, Any]) -> str:
    if "const" in part:
        return f"`{part['const']}`"
    if "enum" in part:
        few = part["enum"] if len(part["enum"]) <= FEW else ()
        return " or ".join(f"`{each}`" for each in few) or f"one of {len(part['enum'])} values"
    for words in ("oneOf", "anyOf"):
        if words in part:
            return " or ".join(dict.fromkeys(map(_type, part[words])))
    kind = part.get("type", "")
    if isinstance(kind, list):
        return " or ".join(kind)
    if kind == "array":
        items = part.get("items")
        return f"list of: {_type(items)}" if isinstance(items, dict) else "list"
    limits = [f"{word} {part[key]}" for key, word in (("minimum", "from"), ("maximum", "to")) if key in part]
    return " ".join(["mapping" if kind == "object" else kind, *limits])


def _commands() -> Iterator[str]:
    yield "# Commands\n"
    yield "What `--help` says of each."
    for name, command in commands():
        yield f"\n## `{name}`\n"
        context = click.Context(command, info_name=name, max_content_width=100, terminal_width=100)
        yield f"```text\n{command.get_help(context)}\n```"


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command and its name as it is typed, those within others after them."""
    context = click.Context(cli, info_name="landing")
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None, name
        yield f"landing {name}", command
        if isinstance(command, click.Group):
            yield from ((f"landing {name} {each}", inner) for each, inner in command.commands.items())


def _exit_codes() -> Iterator[str]:
    yield "# Exit codes\n"
    yield "| code | meaning |\n|---|---|"
    yield from (f"| {codes} | {meaning} |" for codes, meaning in exit_codes())


def _codes() -> Iterator[str]:
    yield "# Codes\n"
    yield "Codes of problems: `LZ` of the config and of runs, `POL` of policies. `landing explain CODE` says the same."
    for code, explanation in sorted({**CODES, **LINT}.items()):
        yield f"\n## {code}\n"
        yield f"{explanation.wrong[:1].upper()}{explanation.wrong[1:]}.\n"
        yield f"What to do: {explanation.remedy}."


def _kinds() -> Iterator[str]:
    yield "# Kinds\n"
    yield "What addresses in plans are of. `landing explain ADDRESS` says the same of a single one, with your config."
    for service in SERVICES:
        for kind in service.kinds:
            yield f"\n## `{kind.name}`\n"
            what = "\n\n".join(" ".join(each.split()) for each in cleandoc(kind.__doc__ or "").split("\n\n"))
            yield f"{kind.title} ({service.title}). {what}\n"
            yield "| | |\n|---|---|"
            for word, values in (
                ("exists", (f"once for each {kind.level}",)),
                ("known by", (str(kind.ownership),)),
                ("deleted", (f"only with `--allow {kind.removal}`" if kind.removal else "never",)),
                ("drift is of severity", (str(kind.severity),)),
                ("controls", kind.controls),
                ("reads by", sorted(f"`{action}`" for action in kind.reads)),
                ("writes by", sorted(f"`{action}`" for action in kind.writes)),
                ("AWS", (f"<{kind.help_uri}>",)),
            ):
                if values:
                    yield f"| {word} | {'<br>'.join(values)} |"
