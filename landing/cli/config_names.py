"""Names and addresses of a config, for a shell that completes them while somebody types.

The config may be half written, or a stranger's: its YAML is read within the limits of all reading, nothing is checked
or run, and what cannot be read is passed over. Only words are offered that mean nothing to a shell, since a shell may
put them into the line as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from landing.cli.session import Session

Names = Callable[[click.Context], Iterable[str]]
Completed = Callable[[click.Context, click.Parameter, str], list[str]]
_HARMLESS = re.compile(r"[\w./%][\w.@/:%+,-]*")
LARGEST_SNAPSHOT = 64 << 20
"""Bytes."""


def completed(*sources: Names) -> Completed:
    """`shell_complete` of an option or argument: the names that begin as what is typed does."""

    def found(context: click.Context, parameter: click.Parameter, typed: str) -> list[str]:
        names = {name for source in sources for name in source(context) if name.startswith(typed)}
        return sorted(name for name in names if _HARMLESS.fullmatch(name))

    return found


def accounts(context: click.Context) -> Iterable[str]:
    """Keys of the accounts."""
    return _document(context).get("accounts", {})


def units(context: click.Context) -> Iterator[str]:
    """Keys of the units, and the root."""
    yield "root"
    yield from _units(_document(context).get("units", {}))


def rules(context: click.Context) -> Iterator[str]:
    """Settings that ask for rules of AWS Config."""
    for name, service in _items(_document(context).get("services")):
        for setting in ("rules", "conformance_packs", "remediations") if name == "config" else ():
            yield from (f"{setting}.{key}" for key, _ in _items(service.get(setting)))


def policies(context: click.Context) -> Iterator[str]:
    """Policies of which the config makes guardrails."""
    yield from (str(each.get("policy", key)) for key, each in _items(_document(context).get("guardrails")))


def tested(context: click.Context) -> Iterator[str]:
    """What `landing test` tries: those policies, and the playbooks of the config."""
    yield from policies(context)
    yield from (key for key, _ in _items(_document(context).get("playbooks")))


def places(context: click.Context) -> Iterator[str]:
    """Where a claim may hold: `ou:UNIT`, `account:KEY` and what needs no name."""
    yield from ("anywhere", "ordinary", "log_archive", "security_tooling")
    document = _document(context)
    yield from (f"ou:{key}" for key in _units(document.get("units", {})))
    yield from (f"account:{key}" for key in document.get("accounts", {}))


def principals(context: click.Context) -> Iterable[str]:
    """Whom a request or a claim may be about, without a name."""
    return ("root", "exempt", "anonymous")


def runs(context: click.Context) -> Iterator[str]:
    """Ids of the runs that are written down beside the config, without those that are links or hidden."""
    folder = _session(context).folder / "runs"
    if folder.is_dir() and not folder.is_symlink():
        yield from (path.name for path in folder.iterdir() if path.name[0] != ".")


def waves(context: click.Context) -> Iterator[str]:
    """Names of the waves."""
    declared = _document(context).get("deployment", {}).get("waves")
    found = (
        [each["name"] for each in declared if isinstance(each, dict) and "name" in each]
        if isinstance(declared, list)
        else []
    )
    yield from (*map(str, found), *(["rest"] if found else []))


def codes(context: click.Context) -> Iterator[str]:
    """Codes of problems."""
    from landing.core.codes import CODES
    from landing.policy.linter.codes import CODES as LINT

    yield from (*CODES, *LINT)


def pages(context: click.Context) -> Iterator[str]:
    """Pages of the documentation."""
    from landing.library import shipped

    yield from (f"docs/{path.name}" for path in sorted((shipped() / "docs").glob("*.md")))


def addresses(context: click.Context) -> Iterator[str]:
    """Addresses of what the config says by name, and of everything that was there when AWS was last read."""
    from landing.organization.resources import ACCOUNT, ATTACHMENTS, CONTACTS, POLICY, REGION, STACK, STACK_SET, UNIT

    document = _document(context)
    shared = bool(document.get("organization", {}).get("contacts"))
    for kind, names in (
        (ACCOUNT, document.get("accounts", {})),
        (UNIT, _units(document.get("units", {}))),
        (POLICY, document.get("guardrails", {})),
        (STACK_SET, document.get("baselines", {})),
        (STACK, _stacks(document)),
        (CONTACTS, (key for key, each in _items(document.get("accounts")) if each.get("contacts") or shared)),
        (REGION, _texts(document.get("organization", {}).get("governed_regions"))),
        (ATTACHMENTS, _nodes(document)),
    ):
        yield from (f"{kind}.{name}" for name in names)
    yield from _read_last(context)


def _session(context: click.Context) -> Session:
    from landing.cli.session import Session

    given = context.params
    return Session(Path(given.get("config") or "config"), sandbox=bool(given.get("sandbox")))


def _document(context: click.Context) -> dict[str, dict[str, Any]]:
    """The top-level keys of the config that hold mappings, of all files that can be read."""
    import yaml

    from landing.core import source_tree
    from landing.core.yaml_text import NotAdmitted, parse

    config = _session(context).config
    folder, left = (config if config.is_dir() else config.parent), source_tree.LARGEST
    found: dict[str, dict[str, Any]] = {}
    if source_tree.refusal(config, config.absolute().parent):
        return found
    for path in source_tree.config_files(config):
        if source_tree.refusal(path, folder, largest=left):
            continue
        left -= path.stat().st_size
        try:
            top = parse(path.read_text(encoding="utf-8-sig"))
        except (OSError, ValueError, yaml.YAMLError, NotAdmitted):
            continue
        for key, value in _items(top):
            found.setdefault(key, {}).update(value)
    return found


def _items(value: object) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if isinstance(value, dict):
        yield from ((key, each) for key, each in value.items() if isinstance(each, dict))


def _texts(value: object) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _units(units: object, above: str = "") -> Iterator[str]:
    for key in units if isinstance(units, dict) else ():
        yield above + key
    for key, unit in _items(units):
        yield from _units(unit.get("units"), f"{above}{key}/")


def _stacks(document: Mapping[str, Any]) -> Iterator[str]:
    home = _texts([document.get("organization", {}).get("home_region")])
    for key, stack in _items(document.get("stacks")):
        for region in _texts(stack.get("regions")) or home:
            yield from (f"{key}@{account}/{region}" for account in _texts(stack.get("accounts")))


def _nodes(document: Mapping[str, Any]) -> Iterator[str]:
    """What guardrails are attached to."""
    for _, guardrail in _items(document.get("guardrails")):
        target = guardrail.get("target")
        if isinstance(target, dict):
            yield from ("root" if unit == "root" else f"unit/{unit}" for unit in _texts(target.get("units")))
            yield from (f"account/{key}" for key in _texts(target.get("accounts")))


def _read_last(context: click.Context) -> Iterator[str]:
    from landing.core import json_text, private_files
    from landing.core.errors import LandingError

    path = _session(context).snapshot
    try:
        if path.stat().st_size <= LARGEST_SNAPSHOT:
            data = json_text.read(private_files.read(path).decode(), deepest=json_text.DEEPEST)
            yield from (str(address) for address, *_ in data["resources"])
    except (LandingError, OSError, *json_text.DAMAGE):
        return
