"""Writes a draft into a new folder, and makes sure that it is a config."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from landing.config import load, schema
from landing.config.gitignore import IGNORED
from landing.config.guardrails import ACCEPTABLE
from landing.core.errors import ConfigError, LandingError
from landing.core.files import write
from landing.core.model import Diagnostic
from landing.guardrails.suites import suite_of
from landing.importing.cases import cases_of, few
from landing.importing.draft import Draft, LeftOut
from landing.importing.folder import BASELINES, BLUEPRINTS, SERVICES, STACKS, files, folders_of
from landing.library import Library, shipped
from landing.organization import Organization
from landing.policy.declared import estate_of

TRIES = 5
"""Rounds of loading, since one problem of a policy may hide another."""


@dataclass(frozen=True, slots=True)
class Written:
    """The organization of the folder, the folders of `scps/` by key, what it warns of, what is not as it was found."""

    organization: Organization
    library: Library
    folders: Mapping[str, str]
    warnings: tuple[Diagnostic, ...]
    left_out: tuple[LeftOut, ...]
    accepted: Mapping[str, Collection[str]] = field(default_factory=dict)
    """Codes of what is wrong with policies that are in force, by their keys."""


def check_empty(folder: Path) -> None:
    """Raise LandingError unless there is nothing there that anybody could see."""
    if folder.is_dir() and any(not path.name.startswith(".") for path in folder.iterdir()):
        raise LandingError(f"{folder} is not empty; choose a new folder: nothing is overwritten")
    if folder.exists() and not folder.is_dir():
        raise LandingError(f"{folder} is no folder; choose a new one")


def write_folder(draft: Draft, folder: Path) -> Written:
    """Write the folder, which must be empty; raises ConfigError with what of it is no config, after it is written."""
    check_empty(folder)
    _write(folder, {"config/landing.schema.json": json.dumps(schema(), indent=2) + "\n", ".gitignore": IGNORED})
    return rewrite_folder(draft, folder)


def rewrite_folder(draft: Draft, folder: Path, known: Mapping[str, Collection[str]] = {}) -> Written:
    """The same where an earlier draft of the organization is written; `known` is what was accepted of it."""
    accepted = {key: {*codes} for key, codes in known.items()}
    _unlink(folder)
    for _ in range(TRIES):
        _write(folder, files(draft, _ours(), accepted))
        library = Library.load(shipped(), folder.resolve())
        try:
            organization, warnings = load(folder / "config", library)
            break
        except ConfigError as error:
            if not accept(draft, error.problems, accepted):
                raise
    else:
        raise AssertionError("the same problem again")
    folders = folders_of(draft.policies, _ours())
    left = (*draft.left_out, *accepted_in(draft, accepted))
    return Written(organization, library, folders, tuple(warnings), left, accepted)


def say_left_out(draft: Draft, written: Written, folder: Path) -> Written:
    """Write the files of a draft that differs in what was left out alone."""
    _unlink(folder)
    _write(folder, files(draft, _ours(), written.accepted))
    return replace(written, left_out=(*draft.left_out, *accepted_in(draft, written.accepted)))


def _unlink(folder: Path) -> None:
    """What an earlier draft may have had, and this one may not have."""
    for path in (folder / SERVICES, folder / BASELINES, folder / STACKS, *(folder / BLUEPRINTS).glob("*")):
        path.unlink(missing_ok=True)


def _write(folder: Path, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        path = folder / name
        if name == ".gitignore" and path.exists():
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path, text.encode("utf-8", "backslashreplace").decode())


def accept(draft: Draft, problems: tuple[Diagnostic, ...], accepted: dict[str, set[str]]) -> bool:
    """Note what is wrong with policies that are in force as they are; whether there was anything new."""
    known = {policy.key for policy in draft.policies}
    new = False
    for problem in problems:
        acceptable = problem.code.startswith("POL") or problem.code in ACCEPTABLE
        if acceptable and problem.severity == "error" and problem.pointer[:1] == ("guardrails",):
            key = str(problem.pointer[1])
            new = new or (key in known and problem.code not in accepted.setdefault(key, set()))
            accepted.setdefault(key, set()).add(problem.code)
    return new


def accepted_in(draft: Draft, accepted: Mapping[str, Collection[str]]) -> Iterator[LeftOut]:
    """What was found wrong with policies, and is in force."""
    for policy in draft.policies:
        if policy.key in accepted:
            codes = ", ".join(sorted(accepted[policy.key]))
            yield LeftOut(
                f"guardrail {policy.key}", f"{codes} in force: kept, and warned of (`accepted` in its metadata)"
            )


def write_cases(draft: Draft, written: Written) -> tuple[LeftOut, ...]:
    """Write cases beside each policy of the new folder; the statements for which none was found."""
    estate = estate_of(written.organization)
    left = []
    for each in draft.policies:
        policy = written.library.policies[written.folders[each.key]]
        if (policy.folder / "cases.yaml").exists():  # a folder that was there before
            continue
        suite = suite_of(policy, estate)
        text, bare = cases_of(policy, suite, few(estate, suite.texts))
        if text:
            write(policy.folder / "cases.yaml", text)
        if bare:
            left.append(LeftOut(f"cases of policy {each.key}", f"no request was found for {', '.join(bare)}"))
    return tuple(left)


def _ours() -> frozenset[str]:
    return frozenset(Library.load(shipped()).policies)
