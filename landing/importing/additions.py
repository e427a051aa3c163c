"""Adds what is new in AWS to a config folder that there is: a unit, an account or a policy made at the console."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from landing.config import Document, load
from landing.config.reader import read
from landing.core.errors import ConfigError, LandingError
from landing.core.files import write
from landing.core.source_tree import config_files
from landing.importing import policy_folder
from landing.importing.draft import Draft, DraftPolicy
from landing.importing.folder import account_body, folders_of, guardrail_body, unit_body
from landing.importing.insertion import added
from landing.importing.output import TRIES, Written, accept, accepted_in
from landing.library import Library, shipped
from landing.organization import Organization
from landing.policy.canonical import canonical


@dataclass(frozen=True, slots=True)
class Addition:
    """Entries for the mapping at a path of keys, in one of the files of the config."""

    file: Path
    path: tuple[str, ...]
    entries: Mapping[str, Any]


def add(draft: Draft, organization: Organization, config: Path, library: Library) -> Written:
    """Write what is new into the files of the config, and its policies beside it; LandingError if it is none then.

    Then everything is as before: the files are put back.
    """
    before = {path: path.read_bytes().decode() for path in config_files(config)}
    known = {each.key for each in draft.policies if _has(library, each)}
    new = [each for each in draft.policies if each.key not in known]
    folders = {**folders_of(new, library.policies), **{key: key for key in known}}
    made = [config.parent / "scps" / folders[each.key] for each in new]
    texts = _texts(draft, organization, config, folders, before)
    accepted: dict[str, set[str]] = {}
    try:
        for path, text in texts.items():
            write(path, text)
        for _ in range(TRIES):
            _write_policies(new, folders, config.parent / "scps", accepted)
            found = Library.load(shipped(), config.parent.resolve())
            try:
                now, warnings = load(config, found)
                break
            except ConfigError as error:
                if not accept(draft, error.problems, accepted):
                    raise
        _check_same(organization, now)
    except (ConfigError, LandingError):
        _put_back(before, texts, made)
        raise
    left = (*draft.left_out, *accepted_in(draft, accepted))
    return Written(now, found, folders, tuple(warnings), left)


def _texts(
    draft: Draft, organization: Organization, config: Path, folders: Mapping[str, str], before: Mapping[Path, str]
) -> dict[Path, str]:
    texts = dict(before)
    for addition in _additions(draft, organization, config, folders):
        try:
            texts[addition.file] = added(texts.get(addition.file, ""), addition.path, addition.entries)
        except ValueError as error:
            raise LandingError(f"{addition.file}: {error}: nothing can be added there") from error
    return {path: text for path, text in texts.items() if text != before.get(path)}


def _additions(
    draft: Draft, organization: Organization, config: Path, folders: Mapping[str, str]
) -> Iterator[Addition]:
    document, _ = read(config)
    units: dict[str, dict[str, Any]] = {}
    for unit in draft.units:
        parent, _, key = unit.key.rpartition("/")
        units[unit.key] = unit_body(unit)
        if parent in units:  # a new one: what is below it stands in it
            units[parent].setdefault("units", {})[key] = units[unit.key]
    for unit in draft.units:
        parent, _, key = unit.key.rpartition("/")
        if parent not in units:
            path = (*(step for each in parent.split("/") if each for step in ("units", each)), "units")
            yield Addition(_file(document, path, config), path, {key: units[unit.key]})
    if draft.accounts:
        entries = {each.key: account_body(each) for each in draft.accounts}
        yield Addition(_file(document, ("accounts",), config), ("accounts",), entries)
    unit_of = {each.key: each.unit for each in organization.accounts.values()}
    unit_of |= {each.key: each.unit for each in draft.accounts}
    attached = {each.key: guardrail_body(each, folders[each.key], unit_of) for each in draft.attached()}
    if attached:
        yield Addition(_file(document, ("guardrails",), config), ("guardrails",), attached)


def _file(document: Document, path: tuple[str, ...], config: Path) -> Path:
    """The file that holds what is at a path, or the last of those that hold its top-level key; else a new one."""
    if path[:2] in document.files:
        return Path(document.files[path[:2]])
    holding = [file for place, file in document.files.items() if place[0] == path[0]]
    if holding:
        return Path(holding[-1])
    return config / f"{path[0]}.yaml" if config.is_dir() else config


def _has(library: Library, policy: DraftPolicy) -> bool:
    """Whether a folder of its key holds its text already, as of a guardrail that the config had once."""
    found = library.policies.get(policy.key)
    return found is not None and found.type == policy.type and canonical(found.document) == canonical(policy.document)


def _write_policies(
    policies: Iterable[DraftPolicy], folders: Mapping[str, str], scps: Path, accepted: Mapping[str, set[str]]
) -> None:
    for policy in policies:
        for name, text in policy_folder.files(policy, accepted.get(policy.key, ())).items():
            path = scps / folders[policy.key] / name
            path.parent.mkdir(parents=True, exist_ok=True)
            write(path, text)


def _check_same(before: Organization, now: Organization) -> None:
    """Raise LandingError unless everything that the config said it says still."""
    for part in ("units", "accounts", "guardrails"):
        old, new = getattr(before, part), getattr(now, part)
        differing = [key for key, value in old.items() if key not in new or _bare(new[key]) != _bare(value)]
        if differing:
            raise LandingError(f"{part} {', '.join(differing)} would say something else then; nothing was added")


def _bare(value: Any) -> Any:
    return replace(value, source=None)


def _put_back(before: Mapping[Path, str], written: Mapping[Path, str], made: list[Path]) -> None:
    for path in written:
        if path in before:
            write(path, before[path])
        else:
            path.unlink(missing_ok=True)
    for folder in made:
        for name in ("policy.json", "metadata.yaml"):
            (folder / name).unlink(missing_ok=True)
        if folder.is_dir():
            folder.rmdir()
