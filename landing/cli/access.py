"""`landing access`."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from landing.cli.config_names import completed, units
from landing.cli.progress import reading
from landing.cli.session import Session, with_aws
from landing.report import formats

if TYPE_CHECKING:
    from landing.aws import Aws
    from landing.guardrails.unused_services import Verdict
    from landing.organization import Organization
    from landing.report.access import OfUnit


@click.command
@with_aws
@click.option("--unit", "places", multiple=True, metavar="KEY", shell_complete=completed(units),
              help="A unit with all below it; repeatable. The root and the units in it when left out.")  # fmt: skip
@click.option(
    "--days",
    default=90,
    show_default=True,
    type=click.IntRange(1, 400),
    help="Unused: nobody has tried it for so long.",
)
@click.option("--write", "folder", type=click.Path(path_type=Path), metavar="DIR",
              help="Write a guardrail against what is not used in the one --unit, and say what it does.")  # fmt: skip
@click.option("--format", "form", type=click.Choice(formats.names("access")), default="text", show_default=True)
def command(*, session: Session, places: tuple[str, ...], days: int, folder: Path | None, form: str) -> int:
    """Tell which services are used below units, when last and by whom, and which nobody uses.

    By IAM's report of the last access, one for each unit: what counts are attempts, denied ones too, of the last 400
    days at most, and AWS shows them some hours later. Nothing is changed.

    \b
      landing access
      landing access --unit workloads/prod --days 180 --format csv
      landing access --unit workloads/prod --write scps/deny-unused-services
    """
    from landing.aws.access_report import ACTIONS
    from landing.cli.output import result, style_of
    from landing.report.access import Access, as_offer

    if folder is not None and (len(places) != 1 or form != "text"):
        raise click.UsageError("--write is about one --unit, and shows text")
    if folder is not None and folder.exists():
        raise click.UsageError(f"{folder} is there already: remove it first, or choose another name")
    if folder is not None and not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", folder.name):
        raise click.UsageError(f"{folder.name!r} is no name for a guardrail: small letters, digits and hyphens")
    organization, _ = session.organization()
    aws = session.connect(organization, read_only=True, besides=ACTIONS)
    with reading(aws) as show:
        wanted = _units(aws, places)
        found = []
        for number, unit in enumerate(wanted):
            show(number, len(wanted), unit)
            found.append(_of_unit(aws, unit, days))
    names = {each.id: key for key, each in aws.tree.accounts.items()}
    view = formats.View(style=style_of(sys.stdout))
    result(formats.shown("access", form, Access(found, days, names), view=view))
    if folder is not None:
        verdict = _written(organization, found[0], folder, days)
        if verdict is None:
            result("\nNothing to deny: what may be used is used, or is never denied.\n")
        else:
            result("\n" + as_offer(verdict, view.style, name=folder.name, unit=found[0].unit))
            session.note_calls(aws)
            return 0 if verdict.proved and not verdict.wrong else 3
    session.note_calls(aws)
    return 0


def _units(aws: Aws, places: tuple[str, ...]) -> list[str]:
    """Those that are named, or the root and what is directly in it."""
    from landing.core.spelling import nearest

    if not places:
        return ["root", *sorted(key for key, each in aws.tree.units.items() if each.parent == "root")]
    known = {"root", *aws.tree.units}
    for place in places:
        if place not in known:
            raise click.UsageError(f"there is no unit {place!r}: {nearest(place, known, 'give the key of a unit')}")
    return list(dict.fromkeys(places))


def _of_unit(aws: Aws, unit: str, days: int) -> OfUnit:
    from landing.aws.access_report import access_report
    from landing.guardrails.unused_services import unused
    from landing.report.access import OfUnit

    rows, at = access_report(aws, _path(aws, unit))
    return OfUnit(unit, rows, [each.service for each in unused(rows, at, days)], at)


def _path(aws: Aws, unit: str) -> str:
    """`o-…/r-…/ou-…`: the way of a unit by its ids."""
    nodes = []
    while unit != "root":
        nodes.append(aws.tree.node_id(unit))
        unit = aws.tree.units[unit].parent
    return "/".join([str((aws.tree.description or {}).get("Id", "")), aws.tree.node_id("root"), *reversed(nodes)])


def _written(organization: Organization, found: OfUnit, folder: Path, days: int) -> Verdict | None:
    """The folder, when what it says is known; nothing where there is nothing to deny."""
    from landing.cli.output import note, result
    from landing.guardrails.unused_services import folder as folder_of
    from landing.guardrails.unused_services import judged

    if not found.unused:
        return None
    verdict = judged(organization, found.unused, found.unit, folder.name)
    gone = {*found.unused}
    files = folder_of([row for row in found.rows if row.service in gone], found.rows, found.unit, days, found.at)
    folder.mkdir(parents=True)
    for name, text in files.items():
        result(text, folder / name)
    note(f"Wrote {', '.join(str(folder / name) for name in files)}.")
    return verdict
