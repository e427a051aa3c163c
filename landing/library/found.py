"""The blueprints, policies and playbooks found: those that ship and those beside the config."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from landing.blueprint import Blueprint
from landing.blueprint.file import Rendered, blueprint_in, failure, rendered
from landing.blueprint.process import rendered as rendered_apart
from landing.core import source_tree
from landing.core.errors import ConfigError
from landing.core.model import Diagnostic, Source
from landing.library import template
from landing.library.metadata import relative
from landing.library.playbook import Playbook, playbook_in
from landing.library.policy import Policy, policy_in
from landing.organization import File

Found = TypeVar("Found", Policy, Playbook)
PACKS, GUARD = "conformance-packs", "guard"
FOLDERS = ("blueprints", "scps", "playbooks", PACKS, GUARD)
TEXTS = {PACKS: ("conformance pack", template.SUFFIXES), GUARD: ("Guard policy", (".guard",))}
"""Folders of files whose text a service takes: what they are, and how their names end."""


@dataclass(frozen=True)
class Library:
    """Blueprints, policies and playbooks by name; our blueprints are imported when first asked for, the user's never.

    The user's are a stranger's code: a process of their own, that can do nothing else, renders them. Plain templates
    are data, and are read here.
    """

    policies: Mapping[str, Policy]
    blueprint_files: Mapping[str, Path]
    problems: tuple[Diagnostic, ...] = ()
    """What is wrong with it: `landing.config.load` tells it with all else."""
    conformance_packs: Mapping[str, File] = field(default_factory=dict)
    guard_policies: Mapping[str, File] = field(default_factory=dict)
    playbooks: Mapping[str, Playbook] = field(default_factory=dict)
    broken: frozenset[str] = frozenset()
    """Names of policies and playbooks that could not be read."""
    _blueprints: dict[str, Blueprint] = field(default_factory=dict)

    @classmethod
    def load(cls, *folders: Path) -> Library:
        """Find what is in `blueprints/`, read the other folders; raises ConfigError where one is not read."""
        policies: dict[str, Policy] = {}
        playbooks: dict[str, Playbook] = {}
        files: dict[str, Path] = {}
        problems: list[Diagnostic] = []
        broken: set[str] = set()
        texts: dict[str, dict[str, File]] = {name: {} for name in TEXTS}
        looked_at = list(dict.fromkeys(path.resolve() for path in folders))
        if unread := [problem for folder in looked_at for problem in refused(folder)]:
            raise ConfigError(unread)  # nothing of such a folder is read, not even to say more
        for folder in looked_at:
            for path in _blueprint_files(folder):
                if path.stem in files:
                    problems.append(_twice("blueprint", path, files[path.stem]))
                files.setdefault(path.stem, path)
            for name, known in texts.items():
                problems += _read_texts(folder, name, known)
            problems += _read_folders(folder / "scps", "policy.json", policy_in, policies, broken)
            problems += _read_folders(folder / "playbooks", "metadata.yaml", playbook_in, playbooks, broken)
        return cls(
            policies, files, tuple(problems), broken=frozenset(broken),
            conformance_packs=texts[PACKS], guard_policies=texts[GUARD], playbooks=playbooks,
        )  # fmt: skip

    def blueprint(self, name: str) -> Blueprint:
        """One of our blueprints; KeyError when there is none of that name, or when it is the user's."""
        path = self.blueprint_files[name]
        if not _ours(path):
            raise KeyError(name)
        if name not in self._blueprints:
            self._blueprints[name] = blueprint_in(path)
        return self._blueprints[name]

    def rendered(self, calls: Sequence[tuple[str, Mapping[str, object]]]) -> list[Rendered]:
        """What becomes of each call: the name of a blueprint of either kind, and its parameters."""
        results: dict[int, Rendered] = {}
        apart: dict[Path, list[int]] = {}
        for index, (name, given) in enumerate(calls):
            path = self.blueprint_files[name]
            if path.suffix in template.SUFFIXES:
                results[index] = template.rendered(path, given)
            elif _ours(path):
                results[index] = self._rendered_here(name, given)
            else:
                apart.setdefault(path.parent, []).append(index)
        for folder, indexes in apart.items():
            asked = [(self.blueprint_files[calls[index][0]].name, calls[index][1]) for index in indexes]
            results |= zip(indexes, rendered_apart(folder, _content(folder), asked), strict=True)
        return [results[index] for index in range(len(calls))]

    def _rendered_here(self, name: str, given: Mapping[str, object]) -> Rendered:
        try:
            return rendered(self.blueprint(name), given)
        except Exception as error:  # noqa: BLE001  # told like those of the user's
            return Rendered(failure=failure(error, self.blueprint_files[name], self._blueprints.get(name)))

    def own_blueprint(self, name: str) -> Path | None:
        """The file of a blueprint that is the user's; None for one of ours."""
        path = self.blueprint_files.get(name)
        return None if path is None or _ours(path) else path

    def own(self, policy: Policy | Playbook) -> bool:
        """Whether a policy or playbook is the user's and not one of ours."""
        return not any(policy.folder.is_relative_to(shipped().resolve() / name) for name in ("scps", "playbooks"))


def shipped() -> Path:
    """The folder with our `blueprints/`, `scps/`, `playbooks/`, `config/` and so on: in the wheel or beside it."""
    package = Path(__file__).parents[1]
    inside = package / "shipped"
    return inside if inside.is_dir() else package.parent


def _blueprint_files(folder: Path) -> list[Path]:
    suffixes = (".py", *template.SUFFIXES)
    return sorted(path for path in (folder / "blueprints").glob("[!_.]*") if path.suffix in suffixes and path.is_file())


def _read_folders(
    place: Path, file: str, read: Callable[[Path], Found], known: dict[str, Found], broken: set[str]
) -> Iterator[Diagnostic]:
    """Add what the folders of a place hold, by their names; what is wrong with them."""
    for path in sorted(place.glob(f"[!_.]*/{file}")):
        name = path.parent.name
        if name in known:
            yield _twice({"scps": "policy"}.get(place.name, "playbook"), path, known[name].folder)
            continue
        try:
            known[name] = read(path.parent)
        except ConfigError as error:
            yield from error.problems
            broken.add(name)


def _read_texts(folder: Path, kind: str, known: dict[str, File]) -> Iterator[Diagnostic]:
    """Add the files of a folder by name; what is wrong with them."""
    what, suffixes = TEXTS[kind]
    for path in sorted((folder / kind).glob("[!_.]*")):
        if path.suffix not in suffixes or not path.is_file():
            continue
        if path.stem in known:
            yield _twice(what, path, Path(known[path.stem].path))
            continue
        try:
            known[path.stem] = File(relative(path), path.read_text(encoding="utf-8-sig"))
        except (OSError, ValueError) as error:
            yield Diagnostic("LZ409", f"{relative(path)} is not read: {error}", help="save it as UTF-8")


def _ours(path: Path) -> bool:
    return path.parent == shipped().resolve() / "blueprints"


def _content(folder: Path) -> str:
    total = hashlib.sha256()
    for name, content in source_tree.content(folder):
        total.update(f"{name}\0{len(content)}\0".encode(errors="surrogateescape") + content)
    return total.hexdigest()


def refused(folder: Path) -> Iterator[Diagnostic]:
    """What of a folder's library is not read: links that lead out of it, what is no file, what is too large."""
    if folder != shipped().resolve():
        for name in FOLDERS:
            for path, why in source_tree.refusals(folder / name):
                yield Diagnostic("LZ409", f"{relative(path)} is not read: {why}", help="put the file itself there")


def _twice(what: str, path: Path, first: Path) -> Diagnostic:
    return Diagnostic(
        "LZ401",
        f"a {what} of this name exists twice: also in {first}",
        Source(relative(path), 1, 1),
        help="rename one of them",
    )
