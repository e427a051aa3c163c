"""`landing synth`."""

import json
from pathlib import Path

import click

from landing.cli.session import Session, with_config

FOLDERS = ("templates", "stack_sets", "policies", "permissions")


@click.command
@with_config
@click.option(
    "--out",
    default="synth",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to write to.",
)
def command(session: Session, out: Path) -> None:
    """Write every template, policy and stack set manifest, and the IAM policies for plan and apply, to a folder.

    The same config gives the same bytes: keep the folder in git, and reviews show what a change comes down to.

    \b
      landing synth --out synth && git diff synth
    """
    from landing.cli.output import note, result
    from landing.services.documents import documents
    from landing.services.permissions import unknown_types

    organization, _ = session.organization(linted=True)
    if unknown := unknown_types(organization):
        note(
            f"Stacks in the management account hold {', '.join(unknown)}: give the roles that plan and apply what "
            "CloudFormation needs for these, which permissions/apply-stacks.json has not"
        )
    texts = {name: json.dumps(content, indent=2) + "\n" for name, content in documents(organization)}
    for name, text in sorted(texts.items()):
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        result(text, path)
    ours = [path for folder in FOLDERS for path in (out / folder).glob("*.json")]
    stale = [path for path in ours if str(path.relative_to(out)) not in texts]
    for path in stale:
        path.unlink()
    note(f"Wrote {len(texts)} files to {out}" + (f", removed {len(stale)} that are no longer wanted" if stale else ""))
