"""`landing import`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from landing.cli.session import Session, with_connection
from landing.cli.stderr import with_log

if TYPE_CHECKING:
    from landing.aws import Aws
    from landing.importing.draft import Draft, LeftOut
    from landing.importing.output import Written

SOURCES = ("lza", "org-formation", "cfct", "terraform", "tarmac")


@click.command("import")
@with_connection
@click.argument("folder", default=".", metavar="[DIR]", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--into",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Add what is new to the config of DIR.",
)
@click.option(
    "--from",
    "source",
    type=(click.Choice(SOURCES), click.Path(exists=True, path_type=Path)),
    metavar="TOOL PATH",
    help=f"Read the files of another tool instead of AWS: {', '.join(SOURCES)}.",
)
@click.option("--name", default="", help="What the organization is called in plans and reports.")
@click.option("--home-region", default="", metavar="REGION", help="The home region; that of the organization trail.")
@click.option("--regions", default="", metavar="REGION,…", help="The governed regions; those that are set up.")
@click.option("--log-archive", default="", metavar="ACCOUNT", help="Who holds the logs: id, name or e-mail.")
@click.option("--security-tooling", default="", metavar="ACCOUNT", help="Who administers the security services.")
@click.option("--member-role", default="", metavar="NAME", help="The role by which member accounts are entered.")
@click.option(
    "--contacts", is_flag=True, help="Read alternate contacts of more than 100 accounts too: three calls for each."
)
@with_log
def command(
    *,
    session: Session,
    folder: Path,
    into: Path | None,
    source: tuple[str, Path] | None,
    name: str,
    home_region: str,
    regions: str,
    log_archive: str,
    security_tooling: str,
    member_role: str,
    contacts: bool,
) -> int:
    """Read a living organization and write the config that describes it to DIR (default: here). Changes nothing in AWS.

    DIR must be new or empty. What a config cannot say, and what other tools keep, is named in the files and on stderr.
    With --into the config of DIR gets the units, accounts and policies that it does not have; the rest of it stays.

    \b
      landing import my-organization && cd my-organization && landing plan
      landing import my-organization --home-region eu-west-1 --regions eu-west-1,eu-central-1
      landing import my-organization --log-archive "Log Archive" --security-tooling audit@example.com
      landing import --into .
      landing import --from lza lza-config my-organization
      landing import --from terraform state.json my-organization --home-region eu-west-1
    """
    if into is not None and source is not None:
        raise click.UsageError("--into is for what is new in AWS: --from writes a folder of its own")
    if into is not None:
        return _into(session, into)
    from landing.core.keys import slug
    from landing.importing.draft import Asked
    from landing.importing.live import read, stranger
    from landing.importing.output import check_empty
    from landing.importing.sources import listing_of

    check_empty(folder)
    regions_asked = _regions(home_region, regions)
    who = (member_role, log_archive, security_tooling)
    asked = Asked(name or slug(folder.resolve().name), *regions_asked, *who, contacts=contacts)
    if source is not None:
        return _written(listing_of(*source).draft(asked), folder)
    organization = stranger(_beginning(session, asked.home_region), member_role)
    aws = session.connect(organization, read_only=True)
    draft = read(organization, aws, asked)
    _written(draft, folder, aws, sandbox=session.sandbox)
    session.note_calls(aws)
    return 0


def _written(draft: Draft, folder: Path, aws: Aws | None = None, *, sandbox: bool = False) -> int:
    """Write the config and say so; with a connection, compare it with what was read."""
    from landing.importing.comparison import told
    from landing.importing.live_services import with_services
    from landing.importing.output import write_cases, write_folder

    written, compared = write_folder(draft, folder), list[str]()
    if aws is not None:
        found = with_services(aws, draft, written, folder)
        draft, written, compared = found.draft, found.written, list(told(found.plan))
    left = write_cases(draft, written)
    written = replace(written, left_out=(*written.left_out, *left))
    _tell(draft, written, folder, compared, sandbox=sandbox)
    return 0


def _into(session: Session, folder: Path) -> int:
    """Add what is new in AWS to the config of a folder."""
    from landing.cli.output import note
    from landing.core.text import safe
    from landing.importing.additions import add
    from landing.importing.live import read_new
    from landing.importing.output import write_cases

    session.config = folder / "config"
    library = session.library()
    organization, _ = session.organization()
    aws = session.connect(organization, read_only=True)
    draft = read_new(organization, aws)
    if not (draft.units or draft.accounts or draft.policies):
        note("Nothing new: the config has every unit, account and policy that is not kept by others.")
        _tell_left_out(draft.left_out)
        session.note_calls(aws)
        return 0
    written = add(draft, organization, session.config, library)
    left = (*written.left_out, *write_cases(draft, written))
    new = [*(f"unit {each.key}" for each in draft.units), *(f"account {each.key}" for each in draft.accounts)]
    new += [f"policy {each.key}" for each in draft.policies]
    note(f"Added to {safe(folder)}: {len(new)}")
    for each in new:
        note(f"  + {safe(each)}")
    _tell_left_out(left)
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


def _tell(draft: Draft, written: Written, folder: Path, compared: Sequence[str], *, sandbox: bool) -> None:
    """What was written, and what was not; `compared` is what a plan of it would do, in lines."""
    from landing.cli.output import note
    from landing.core.text import safe

    attached = sum(1 for policy in draft.policies if policy.nodes)
    idle = len(draft.policies) - attached
    counts = f"{len(draft.units)} units, {len(draft.accounts)} accounts, {attached} guardrails"
    counts += f", policies attached nowhere: {idle}" if idle else ""
    note(f"Wrote {safe(folder)}: {counts}.")
    _tell_left_out(written.left_out)
    if written.warnings:
        note(f"Warnings of `landing validate`: {len(written.warnings)}.")
    for line in compared:
        note(safe(line))
    steps = [f"cd {safe(folder)}", "landing validate", "landing test", "landing plan"]
    if sandbox:  # a config has one of its own, unless the environment names another
        steps.insert(0, 'eval "$(landing sandbox env)"')
    note("\n    ".join(["Next:", *steps]))


def _tell_left_out(left_out: Sequence[LeftOut]) -> None:
    """What was found and is not in the config, a line each."""
    from landing.cli.output import note
    from landing.core.text import safe

    if left_out:
        note(f"Found, and not in the config as it is ({len(left_out)}):")
    for each in left_out:
        note(f"  - {safe(each)}")
