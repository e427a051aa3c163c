"""`landing import`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from landing.cli.session import Session, with_connection
from landing.cli.stderr import with_log

if TYPE_CHECKING:
    from landing.importing.draft import Draft
    from landing.importing.output import Written


@click.command("import")
@with_connection
@click.argument("folder", default=".", metavar="[DIR]", type=click.Path(file_okay=False, path_type=Path))
@click.option("--name", default="", help="What the organization is called in plans and reports.")
@click.option("--home-region", default="", metavar="REGION", help="The home region; that of the organization trail.")
@click.option("--regions", default="", metavar="REGION,…", help="The governed regions; those that are set up.")
@click.option("--log-archive", default="", metavar="ACCOUNT", help="Who holds the logs: id, name or e-mail.")
@click.option("--security-tooling", default="", metavar="ACCOUNT", help="Who administers the security services.")
@click.option("--member-role", default="", metavar="NAME", help="The role by which member accounts are entered.")
@with_log
def command(
    *,
    session: Session,
    folder: Path,
    name: str,
    home_region: str,
    regions: str,
    log_archive: str,
    security_tooling: str,
    member_role: str,
) -> int:
    """Read a living organization and write the config that describes it to DIR (default: here). Changes nothing in AWS.

    DIR must be new or empty. What a config cannot say, and what other tools keep, is named in the files and on stderr.

    \b
      landing import my-organization && cd my-organization && landing plan
      landing import my-organization --home-region eu-west-1 --regions eu-west-1,eu-central-1
      landing import my-organization --log-archive "Log Archive" --security-tooling audit@example.com
    """
    from landing.importing.keys import slug
    from landing.importing.live import Asked, read, stranger
    from landing.importing.output import check_empty, write_cases, write_folder

    check_empty(folder)
    asked = Asked(
        name or slug(folder.resolve().name), *_regions(home_region, regions), member_role, log_archive, security_tooling
    )
    aws = session.connect(stranger(_beginning(session, asked.home_region), member_role), read_only=True)
    draft = read(aws, asked)
    written = write_folder(draft, folder)
    left = write_cases(draft, written)
    _tell(draft, replace(written, left_out=(*written.left_out, *left)), folder)
    session.note_calls(aws)
    return 0


def _regions(home_region: str, regions: str) -> tuple[str, tuple[str, ...]]:
    """The home region and the governed ones, checked; the home is one of them."""
    from landing.core.partitions import REGIONS
    from landing.core.spelling import nearest

    listed = tuple(region.strip() for region in regions.split(",") if region.strip())
    for region in (home_region, *listed):
        if region and region not in REGIONS:
            raise click.UsageError(f"{region} is no region: {nearest(region, REGIONS, 'as in eu-west-1')}")
    if listed and home_region and home_region not in listed:
        listed = (home_region, *listed)
    return home_region or (listed[0] if listed else ""), listed


def _beginning(session: Session, home_region: str) -> str:
    """The region in which AWS is asked first."""
    from landing.aws import region_of
    from landing.core.partitions import REGIONS

    found = home_region or region_of(session.profile)
    return found if found in REGIONS else "us-east-1"


def _tell(draft: Draft, written: Written, folder: Path) -> None:
    """What was written, and what was not."""
    from landing.cli.output import note
    from landing.core.text import safe

    attached = sum(1 for policy in draft.policies if policy.nodes)
    idle = len(draft.policies) - attached
    counts = f"{len(draft.units)} units, {len(draft.accounts)} accounts, {attached} guardrails"
    counts += f", {idle} policies that are attached nowhere" if idle else ""
    note(f"Wrote {safe(folder)}: {counts}.")
    if written.left_out:
        note(f"Found, and not in the config as it is ({len(written.left_out)}):")
        for each in written.left_out:
            note(f"  - {safe(each)}")
    if written.warnings:
        note(f"`landing validate` warns of {len(written.warnings)} things in it.")
    note(f"Next:\n    cd {safe(folder)}\n    landing validate\n    landing test\n    landing plan")
