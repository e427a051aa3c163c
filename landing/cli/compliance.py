"""`landing compliance`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from landing.cli.clock import now
from landing.cli.config_names import accounts, completed, rules, units
from landing.cli.formats import outputs, with_formats
from landing.cli.progress import reading
from landing.cli.session import Session, with_aws
from landing.report import formats

if TYPE_CHECKING:
    from collections.abc import Collection

    from landing.runs.compliance_series import Point
    from landing.services.compliance import Compliance


@click.command
@with_aws
@click.option("--unit", "places", multiple=True, metavar="KEY", shell_complete=completed(units),
              help="The accounts in this unit and below; repeatable.")  # fmt: skip
@click.option("--account", "keys", multiple=True, metavar="KEY", shell_complete=completed(accounts),
              help="This account alone, by its key or id; repeatable.")  # fmt: skip
@click.option("--rule", "names", multiple=True, metavar="NAME", shell_complete=completed(rules),
              help="This rule, by its name in the report, or those of a setting (rules.KEY); repeatable.")  # fmt: skip
@click.option("--control", "controls", multiple=True, metavar="ID",
              help="Rules that are evidence for this control (cis-aws-5.0:1.5), or a whole catalogue.")  # fmt: skip
@click.option("--resources", "listed", multiple=True, metavar="RULE", shell_complete=completed(rules),
              help="List the resources that do not comply with this rule, named as in --rule; repeatable.")  # fmt: skip
@click.option("--history", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Where the series over time is kept, instead of beside the config.")  # fmt: skip
@click.option("--exit-zero", is_flag=True, help="Exit with 0 although something does not comply.")
@click.option("--allow-incomplete", is_flag=True, help="Exit with 0 although something is not known.")
@click.option("--limit", default=200, show_default=True, help="Rules and accounts of the text to show; 0 for all.")
@with_formats(formats.names("compliance"))
def command(
    *,
    session: Session,
    places: tuple[str, ...],
    keys: tuple[str, ...],
    names: tuple[str, ...],
    controls: tuple[str, ...],
    listed: tuple[str, ...],
    history: Path | None,
    exit_zero: bool,
    allow_incomplete: bool,
    limit: int,
    forms: tuple[str, ...],
) -> int:
    """Tell who complies with the rules of AWS Config, by unit, account, rule and conformance pack, now and over time.

    As the organization's aggregator has it: four paged questions, however many accounts there are, and one more with
    --resources. A look at the whole organization is kept, so that later ones can tell how it was. Nothing in AWS is
    changed.

    \b
      landing compliance
      landing compliance --unit workloads --control cis-aws-5.0
      landing compliance --resources rules.s3-no-public-read
      landing compliance --format html=compliance.html --format csv=compliance.csv
    """
    from landing.cli.output import result, style_of
    from landing.report.style import Style
    from landing.runs.compliance_series import FILE, ComplianceSeries, point_of
    from landing.services.compliance import compliance, with_resources

    wanted = outputs(forms, formats.names("compliance"))
    organization, _ = session.organization()
    aws = session.connect(organization, read_only=True)
    with reading(aws):
        found = compliance(organization, aws, now())
        if listed:
            found = with_resources(organization, aws, found, _rules(found, listed, ()) or ())
    series = ComplianceSeries(
        history or session.folder / (f"sandbox-{FILE}" if session.sandbox else FILE), found.organization
    )
    points: list[Point] = []
    if places or keys or names or controls:
        found = found.only(_accounts(found, places, keys), _rules(found, names, controls))
    else:
        series.add(point_of(found))
        points = series.points()
    for form, file in wanted:
        view = formats.View(style=Style() if file else style_of(sys.stdout), limit=limit)
        result(formats.shown("compliance", form, found, points, view=view), file)
    session.note_calls(aws)
    if exit_zero:
        return 0
    if found.failing:
        return 2
    return 3 if found.unknown and not allow_incomplete else 0


def _accounts(found: Compliance, places: tuple[str, ...], keys: tuple[str, ...]) -> Collection[str]:
    """Keys of those that are meant; raises click.UsageError for what there is not."""
    from landing.core.spelling import nearest

    known = {"root"}
    for place in found.places.values():
        parts = place.unit.split("/")
        known |= {"/".join(parts[: number + 1]) for number in range(len(parts))}
    for unit in places:
        if unit not in known:
            hint = nearest(unit, known, "give the key of a unit")
            raise click.UsageError(f"no account is in a unit {unit!r}: {hint}")
    ids = {each.id: key for key, each in found.places.items()}
    for key in keys:
        if key not in found.places and key not in ids:
            hint = nearest(key, found.places, "give a key or an id")
            raise click.UsageError(f"there is no account {key!r}: {hint}")
    if not places and not keys:
        return found.places
    named = {ids.get(key, key) for key in keys}
    inside = {
        key
        for key, each in found.places.items()
        if any(unit in ("root", each.unit) or each.unit.startswith(f"{unit}/") for unit in places)
    }
    return named | inside


def _rules(found: Compliance, names: tuple[str, ...], controls: tuple[str, ...]) -> Collection[str] | None:
    """Names of those that are meant, all where None; raises click.UsageError for what there is not."""
    from landing.core.spelling import nearest

    known = {*found.asked, *(each.rule for each in found.results)}
    settings: dict[str, set[str]] = {}
    for rule, each in found.asked.items():
        for key in each.settings:
            settings.setdefault(key, set()).add(rule)
    for name in names:
        if name not in known and name not in settings:
            hint = nearest(name, {*known, *settings}, "`landing compliance` lists them")
            raise click.UsageError(f"there is no rule {name!r}: {hint}")
    about = {rule: found.controls_of(rule) for rule in known}
    every = {each for ids in about.values() for each in (*ids, *(one.partition(":")[0] for one in ids))}
    for control in controls:
        if control not in every:
            hint = nearest(control, every, "no rule of the config is evidence for any")
            raise click.UsageError(f"no rule is evidence for the control {control!r}: {hint}")
    if not names and not controls:
        return None
    meant = {rule for name in names for rule in settings.get(name, {name})} or known
    return {
        rule
        for rule in meant
        if not controls or any(one in controls or one.partition(":")[0] in controls for one in about[rule])
    }
