"""The files by which a forge plans and applies, as `init --ci` writes them: those of `ci/` in this repository."""

from __future__ import annotations

from pathlib import Path

from landing.core.errors import LandingError

FORGES = ("github", "gitlab", "codebuild")
PLACE = "@HOME_REGION@"


def write(forge: str, folder: Path, home_region: str) -> list[Path]:
    """Write the files of a forge, and tell which; raises LandingError when one is there already, and writes none."""
    refuse_existing(forge, folder)
    files = _files(forge, folder)
    try:
        for target, path in files.items():
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("x", encoding="utf-8") as file:
                file.write(path.read_text(encoding="utf-8").replace(PLACE, home_region))
    except OSError as error:
        raise LandingError(f"cannot write {error.filename}: {error.strerror}") from error
    return list(files)


def refuse_existing(forge: str, folder: Path) -> None:
    """Raises LandingError with all files of a forge that are there already."""
    if there := [str(target) for target in _files(forge, folder) if target.exists() or target.is_symlink()]:
        verb = "exists" if len(there) == 1 else "exist"
        raise LandingError(f"{', '.join(there)} {verb} already, and nothing is overwritten: remove, or merge by hand")


def _files(forge: str, folder: Path) -> dict[Path, Path]:
    """Where each file goes, and what it is a copy of."""
    from landing.library import shipped

    source = shipped() / "ci" / forge
    return {folder / path.relative_to(source): path for path in sorted(source.rglob("*")) if path.is_file()}
