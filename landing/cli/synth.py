"""`landing synth`."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from landing.cli.session import Session, with_config

if TYPE_CHECKING:
    from landing.organization import Organization

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
    from landing.services.permissions import unknown_types

    organization, _ = session.organization()
    if unknown := unknown_types(organization):
        note(
            f"Stacks in the management account hold {', '.join(unknown)}: give the roles that plan and apply what "
            "CloudFormation needs for these, which permissions/apply-stacks.json has not"
        )
    texts = {name: json.dumps(content, indent=2) + "\n" for name, content in files(organization)}
    for name, text in sorted(texts.items()):
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        result(text, path)
    ours = [path for folder in FOLDERS for path in (out / folder).glob("*.json")]
    stale = [path for path in ours if str(path.relative_to(out)) not in texts]
    for path in stale:
        path.unlink()
    note(f"Wrote {len(texts)} files to {out}" + (f", removed {len(stale)} that are no longer wanted" if stale else ""))


def files(organization: "Organization") -> Iterator[tuple[str, Any]]:
    """What is written: (path below the folder, JSON)."""
    from landing.organization.resources import ATTACHMENTS
    from landing.services.permissions import apply_policy, plan_policy, stacks_policy
    from landing.services.registry import KINDS

    for deployment in organization.deployments.values():
        yield f"templates/{deployment.key}.json", deployment.template
    for resource in KINDS["stack_set"].desired(organization):
        manifest = {name: value for name, value in resource.attributes.items() if name not in ("template", "instances")}
        yield f"stack_sets/{resource.address.name}.json", manifest
    for policy in organization.policies.values():
        yield f"policies/{policy.key.replace('/', '-')}.json", policy.document
    attached = KINDS[ATTACHMENTS].desired(organization)
    yield (
        "attachments.json",
        {r.address.name: r.attributes["policies"] for r in sorted(attached, key=lambda r: r.address)},
    )
    lock = organization.lock
    mine = lock if lock and lock.account == organization.management else None
    place, entered = organization.partition, organization.read_role or organization.member_role
    yield "permissions/plan.json", plan_policy(place, entered, organization=organization.id, lock=mine)
    applying = apply_policy(place, organization.member_role, organization=organization.id, lock=mine)
    yield "permissions/apply.json", applying
    for name, writes in (("plan-stacks", False), ("apply-stacks", True)):
        if (document := stacks_policy(organization, writes=writes)) is not None:
            yield f"permissions/{name}.json", document
