"""The blueprints and policies found: those that ship and those beside the config."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from landing.blueprint import Blueprint
from landing.errors import ConfigError
from landing.library.blueprint_file import blueprint_in
from landing.library.metadata import relative
from landing.library.policy import Policy, policy_in
from landing.model import Problem, Source


@dataclass(frozen=True)
class Library:
    """Blueprints and policies by name; a blueprint's file is imported when it is first asked for."""

    policies: Mapping[str, Policy]
    blueprint_files: Mapping[str, Path]
    _blueprints: dict[str, Blueprint] = field(default_factory=dict)

    @classmethod
    def load(cls, *folders: Path) -> Library:
        """Read `blueprints/*.py` and `scps/*/` below each folder; raises ConfigError with all problems at once."""
        policies: dict[str, Policy] = {}
        files: dict[str, Path] = {}
        problems: list[Problem] = []
        for folder in dict.fromkeys(path.resolve() for path in folders):
            for path in sorted((folder / "blueprints").glob("[!_.]*.py")):
                if path.stem in files:
                    problems.append(_twice("blueprint", path, files[path.stem]))
                files.setdefault(path.stem, path)
            for path in sorted((folder / "scps").glob("*/policy.json")):
                name = path.parent.name
                if name in policies:
                    problems.append(_twice("policy", path, policies[name].folder))
                    continue
                try:
                    policies[name] = policy_in(path.parent)
                except ConfigError as error:
                    problems += error.problems
        if problems:
            raise ConfigError(problems)
        return cls(policies, files)

    def blueprint(self, name: str) -> Blueprint:
        """The blueprint of that name; KeyError when there is none, ConfigError when its file is no blueprint."""
        if name not in self._blueprints:
            self._blueprints[name] = blueprint_in(self.blueprint_files[name])
        return self._blueprints[name]

    def own(self, policy: Policy) -> bool:
        """Whether a policy is the user's and not one of ours."""
        return not policy.folder.is_relative_to(shipped().resolve() / "scps")


def shipped() -> Path:
    """The folder that holds our `blueprints/`, `scps/` and `config/`: in the wheel or beside the package."""
    package = Path(__file__).parents[1]
    inside = package / "shipped"
    return inside if inside.is_dir() else package.parent


def _twice(what: str, path: Path, first: Path) -> Problem:
    return Problem(
        "LZ401",
        f"a {what} of this name exists twice: also in {first}",
        Source(relative(path), 1, 1),
        help="rename one of them",
    )
