"""The pipeline that plans and applies: who may become which of its two roles, and what it keeps where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from landing.core.model import Address, Source
from landing.organization.resources import STACK

PIPELINE = "pipeline"
"""The key of its stack, which nothing else may have."""

Role: TypeAlias = Literal["plan", "apply"]


@dataclass(frozen=True, slots=True)
class GitHub:
    """A repository on GitHub; `issuer` is the provider's URL without `https://`."""

    repository: str
    repository_id: str
    owner_id: str
    branch: str
    environment: str
    workflow: str
    issuer: str
    audience: str = "sts.amazonaws.com"


@dataclass(frozen=True, slots=True)
class GitLab:
    """A project on GitLab; `namespace_id` may be empty, and outside GitLab.com both ids."""

    project: str
    project_id: str
    namespace_id: str
    branch: str
    environment: str
    issuer: str
    audience: str


@dataclass(frozen=True, slots=True)
class CodeBuild:
    """Projects of AWS CodeBuild in the management account and the home region, by their names, and what they build.

    `connection` is the ARN of the connection to the host of the repository, `mail` who is told; `mail` may be empty.
    """

    plan: str
    apply: str
    connection: str
    repository: str
    branch: str
    artifacts: str
    """The bucket by which CodePipeline gives files from one action to the next."""
    mail: str

    def projects(self, role: Role) -> tuple[str, ...]:
        """Those that are a role."""
        return (self.plan, f"{self.plan}-drift") if role == "plan" else (self.apply,)


@dataclass(frozen=True, slots=True)
class Principals:
    """Roles and users by their ARNs."""

    plan: tuple[str, ...]
    apply: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """What `access.pipeline` says; `trusted` is who may become its roles."""

    trusted: GitHub | GitLab | CodeBuild | Principals
    plan_role: str
    apply_role: str
    session_hours: int
    existing_provider: bool
    """Whether the account has a provider of the issuer that others made."""
    records: str
    """The bucket to which the records of runs go; empty for none."""
    plans_key: bool
    """Whether there is a key for plan files."""
    source: Source | None = None

    @property
    def issuer(self) -> str:
        """Whose tokens say who somebody is, without `https://`; empty where none are taken."""
        return self.trusted.issuer if isinstance(self.trusted, GitHub | GitLab) else ""

    @property
    def audience(self) -> str:
        """Whom such tokens are for."""
        return self.trusted.audience if isinstance(self.trusted, GitHub | GitLab) else ""

    def role(self, role: Role) -> str:
        """The name of one of the two."""
        return self.plan_role if role == "plan" else self.apply_role


def is_bootstrapped(address: Address) -> bool:
    """Whether only `landing bootstrap` changes what is there: the roles may not change what they are allowed."""
    return address.kind == STACK and address.name == PIPELINE
