"""The files by which a forge plans and applies, as `init --ci` writes them: those of `ci/` in this repository."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from landing.core.errors import LandingError
from landing.organization.pipeline import CodeBuild, GitHub, GitLab

if TYPE_CHECKING:
    from landing.organization import Organization

FORGES = ("github", "gitlab", "codebuild")
DEFAULTS = {
    "BRANCH": "main",
    "ENVIRONMENT": "landing-apply",
    "AUDIENCE": "sts.amazonaws.com",
    "CONNECTION": "arn:aws:codeconnections:REGION:ACCOUNT:connection/ID",
    "REPOSITORY": "OWNER/NAME",
    "ARTIFACTS": "BUCKET",
    "MAIL": "",
    "PLAN_PROJECT": "landing-plan",
    "APPLY_PROJECT": "landing-apply",
    "PLAN_ROLE": "landing-plan",
    "APPLY_ROLE": "landing-apply",
}
"""What stands in the place of `@NAME@` in a file, within quotes, where the config says nothing else."""
LOCKS = {"github": ".github/landing.lock", "gitlab": ".gitlab/landing.lock", "codebuild": "codebuild/landing.lock"}
"""Where the file is that says what pip installs."""
LOCK_HEAD = """\
# What the pipeline installs, by hashes: pip refuses anything else. Each release of landing writes its own, as a whole.
"""
PACKAGE = re.compile(r"landing( @ https://\S+|==[^\s;]+)( --hash=sha256:[0-9a-f]{64})+")
"""A requirement that pins landing."""
IMAGE = "python:3.12"
WORKFLOW = ".github/workflows/landing.yml"


def write(forge: str, folder: Path, organization: Organization, *, package: str, image: str) -> list[Path]:
    """Write the files of a forge, and tell which; raises LandingError when one is there already, and writes none.

    `package`: landing as a requirement of pip. `image`: of GitLab's jobs.
    """
    refuse_existing(forge, folder, organization)
    hours = organization.pipeline.session_hours if organization.pipeline else 1
    own = {"HOME_REGION": organization.home_region, "IMAGE": image, "SECONDS": str(hours * 3600)}
    words = {**DEFAULTS, **_said(forge, organization), **own}
    files = _files(forge, folder, organization)
    try:
        for target, path in files.items():
            target.parent.mkdir(parents=True, exist_ok=True)
            text = path.read_text(encoding="utf-8")
            text = (
                LOCK_HEAD + package.replace(" --hash", " \\\n    --hash") + "\n" + text
                if path.suffix == ".lock"
                else text
            )
            for name, word in words.items():
                text = text.replace(f"@{name}@", json.dumps(word)[1:-1])
            with target.open("x", encoding="utf-8") as file:
                file.write(text)
    except OSError as error:
        raise LandingError(f"cannot write {error.filename}: {error.strerror}") from error
    return list(files)


def refuse_existing(forge: str, folder: Path, organization: Organization | None = None) -> None:
    """Raises LandingError with all files of a forge that are there already."""
    targets = _files(forge, folder, organization)
    if there := [str(target) for target in targets if target.exists() or target.is_symlink()]:
        verb = "exists" if len(there) == 1 else "exist"
        raise LandingError(f"{', '.join(there)} {verb} already, and nothing is overwritten: remove, or merge by hand")


def own_requirement() -> str:
    """This landing as a requirement of pip: by the file that it was installed from, or its version, without a hash."""
    from importlib.metadata import PackageNotFoundError, distribution

    from landing.core.version import landing_version

    try:
        told = json.loads(distribution("landing").read_text("direct_url.json") or "{}")  # PEP 610
    except (PackageNotFoundError, ValueError):
        told = {}
    digest = told.get("archive_info", {}).get("hashes", {}).get("sha256", "")
    if digest and str(told.get("url", "")).startswith("https://"):
        return f"landing @ {told['url']} --hash=sha256:{digest}"
    return f"landing=={landing_version()}"


def missing(forge: str, organization: Organization, *, package: str, image: str) -> list[str]:
    """What the config does not say that the pipeline needs, and what is not pinned, in sentences."""
    found = []
    if "--hash=" not in package:
        found.append(
            f"{LOCKS[forge]} has no hash of landing, and pip installs nothing without one. Write it there, or give "
            "--package: `pip download --no-deps landing==VERSION` and `pip hash landing-*.whl` tell it."
        )
    if forge == "gitlab" and "@sha256:" not in image:
        found.append(f"The image {image} is a tag, which others may move: --image {image}@sha256:… pins it.")
    pipeline = organization.pipeline
    if pipeline is None:
        return [
            *found,
            "The config has no `access.pipeline`, by which `landing bootstrap` makes the roles: "
            "`landing explain docs/pipeline.md`.",
        ]
    if type(pipeline.trusted).__name__.lower() != forge:
        found.append(f"`access.pipeline` trusts another than {forge}: its jobs cannot become the roles.")
    if not pipeline.plans_key:
        found.append("`access.pipeline` has no `plans_key: true`, the key by which plan files are encrypted.")
    return found


def _said(forge: str, organization: Organization) -> dict[str, str]:
    """What the config says of the forge."""
    pipeline = organization.pipeline
    match (pipeline.trusted if pipeline else None), forge:
        case (GitHub() | GitLab() as trusted, "github" | "gitlab") if type(trusted).__name__.lower() == forge:
            return {"BRANCH": trusted.branch, "ENVIRONMENT": trusted.environment, "AUDIENCE": trusted.audience}
        case CodeBuild() as trusted, "codebuild":
            assert pipeline is not None
            return {
                "BRANCH": trusted.branch,
                "CONNECTION": trusted.connection,
                "REPOSITORY": trusted.repository,
                "ARTIFACTS": trusted.artifacts,
                "MAIL": trusted.mail,
                "PLAN_PROJECT": trusted.plan,
                "APPLY_PROJECT": trusted.apply,
                "PLAN_ROLE": pipeline.plan_role,
                "APPLY_ROLE": pipeline.apply_role,
            }
    return {}


def _files(forge: str, folder: Path, organization: Organization | None) -> dict[Path, Path]:
    """Where each file goes, and what it is a copy of; the workflow that applies has the name that its role trusts."""
    from landing.library import shipped

    source = shipped() / "ci" / forge
    trusted = organization.pipeline.trusted if organization and organization.pipeline else None
    names = {WORKFLOW: trusted.workflow} if isinstance(trusted, GitHub) else {}
    paths = {path.relative_to(source).as_posix(): path for path in sorted(source.rglob("*")) if path.is_file()}
    paths[LOCKS[forge]] = shipped() / "requirements" / "runtime.lock"
    return {folder / names.get(name, name): path for name, path in paths.items()}
