"""`landing init`."""

import shlex
import shutil
from pathlib import Path

import click

IGNORED = """\
# What landing keeps of its runs, and what it writes anew: see `landing synth` and `landing plan --out`.
.landing/
/synth/
/plan*.json
# Reports, as in `landing drift --format html=drift.html`.
/drift.*
"""


@click.command
@click.argument("folder", default=".", type=click.Path(file_okay=False, path_type=Path))
def command(folder: Path) -> None:
    """Write a starter config to FOLDER (default: here).

    Nothing that is there already is overwritten.

    \b
      landing init my-organization && cd my-organization && landing validate
    """
    import json

    from landing.cli.output import note
    from landing.config import schema
    from landing.core.errors import LandingError
    from landing.library import shipped

    target = folder / "config"
    if target.exists():
        raise LandingError(f"{target} exists already; choose another folder, or remove it")
    try:
        shutil.copytree(shipped() / "config", target)
        (target / "landing.schema.json").write_text(json.dumps(schema(), indent=2) + "\n", encoding="utf-8")
        ignore = folder / ".gitignore"
        if not ignore.exists():
            ignore.write_text(IGNORED, encoding="utf-8")
    except OSError as error:
        raise LandingError(f"cannot write {target}: {error.strerror}") from error
    steps = ["landing validate", "landing plan --sandbox"]
    if folder.resolve() != Path.cwd():
        steps.insert(0, f"cd {shlex.quote(str(folder))}")
    note("\n    ".join([f"Wrote {target}. Edit it, then:", *steps]))
