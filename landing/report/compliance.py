"""Compliance with the rules of AWS Config: for people, for machines, for spreadsheets."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import TypeVar

from landing.core.text import few, safe
from landing.report.drift_csv import harmless
from landing.report.formats.view import View
from landing.report.style import Style
from landing.runs.compliance_series import Point, Share
from landing.services.compliance import Compliance, PackResult, Result
from landing.services.declared_rules import Site

COLUMNS = (
    "status", "rule", "account", "id", "name", "unit", "region", "resources", "more", "controls", "settings", "file",
    "line", "reason", "resource_type", "resource",
)  # fmt: skip
"""In this order; new ones come at the end."""
PLACES = 5
"""Accounts and Regions of a rule that are shown, unless all are asked for."""
POINTS = 10
"""Looks that text shows."""
T = TypeVar("T")


def percent(share: Share) -> str:
    """`95.3 %`, never 100 where one does not comply; `-` of nothing."""
    good, every = share
    if not every:
        return "-"
    return f"{int(1000 * good / every) / 10:.1f} %"


def _places(count: int) -> str:
    """How many accounts, each counted once in each region."""
    return "1 account and region" if count == 1 else f"{count} accounts and regions"


def verdict(found: Compliance) -> str:
    """What it comes to, in a line."""
    good, every = found.share
    unknown = f"; of {_places(len(found.unknown))} nothing is known" if found.unknown else ""
    if not every:
        return f"No rule has a result{unknown}"
    return f"{good} of {every} results comply ({percent(found.share)}){unknown}"


def name_of(found: Compliance, account: str) -> str:
    """`Shop prod (shop-prod, unit workloads/prod)`."""
    place = found.places[account]
    key = f"{account}, " if account != place.name else ""
    return f"{place.name} ({key}unit {place.unit})"


def worst(found: Compliance) -> list[tuple[str, list[Result]]]:
    """Rules that somebody does not comply with, those with the most results first."""
    rules: dict[str, list[Result]] = {}
    for each in found.failing:
        rules.setdefault(each.rule, []).append(each)
    return sorted(rules.items(), key=lambda entry: (-len(entry[1]), entry[0]))


def why_unknown(found: Compliance) -> list[tuple[str, list[str]]]:
    """Reasons with their `account/region`, the most frequent first."""
    reasons: dict[str, list[str]] = {}
    for (account, region), reason in sorted(found.unknown.items()):
        reasons.setdefault(reason, []).append(f"{account}/{region}")
    return sorted(reasons.items(), key=lambda entry: (-len(entry[1]), entry[0]))


def silent(found: Compliance) -> dict[str, list[Site]]:
    """Where a rule of the config has no result, by rule."""
    rules: dict[str, list[Site]] = {}
    for rule, *site in found.silent:
        rules.setdefault(rule, []).append((site[0], site[1]))
    return rules


def asked_at(found: Compliance, rule: str) -> str:
    """The lines of the config that ask for a rule; that none does."""
    asked = found.asked.get(rule)
    if asked is None:
        return "not of the config"
    return ", ".join(f"{each.file}:{each.line}" for each in asked.sources) or ", ".join(asked.settings)


def failing_packs(found: Compliance) -> dict[str, list[PackResult]]:
    """Where a conformance pack is not complied with, by pack, where most of its rules fail first."""
    packs: dict[str, list[PackResult]] = {}
    for each in sorted(found.packs, key=lambda each: (each.pack, -each.failing, each.account, each.region)):
        if each.failing:
            packs.setdefault(each.pack, []).append(each)
    return packs


def as_text(found: Compliance, points: Sequence[Point], view: View) -> str:
    """Units, the rules that are not complied with and where, what is not known, and how it was before."""
    style = view.style
    lines = [style.paint(verdict(found), "bold"), f"Looked at {safe(found.at)}", ""]
    lines += _shares(style, "By unit", found.by(lambda each: found.unit_of(each.account)))
    accounts = found.by(lambda each: each.account)
    bad = {name_of(found, key): share for key, share in accounts.items() if share[0] < share[1]}
    lines += _shares(style, "Accounts that do not comply", _first(bad, view.limit))
    lines += _packs(found, view)
    lines += _failing(found, view)
    lines += _resources(found, view)
    if unknown := why_unknown(found):
        lines.append(style.paint("Not known: nothing there counts as compliant", "bold"))
        lines += [f"  {safe(reason)}: {safe(few(sites, PLACES if view.limit else len(sites)))}"
                  for reason, sites in unknown]  # fmt: skip
        lines.append("")
    if quiet := silent(found):
        lines.append(style.paint("No result: nothing there that the rule looks at, or not evaluated yet", "bold"))
        lines += [f"  {safe(rule)}  {safe(asked_at(found, rule))}: {_places(len(sites))}"
                  for rule, sites in _first(quiet, view.limit).items()]  # fmt: skip
        lines.append("")
    if len(points) > 1:
        lines.append(style.paint("Over time", "bold"))
        lines += [f"  {safe(each.at)}  {percent(each.share):>7}  {each.share[1] - each.share[0]} do not comply"
                  f"{f', {each.unknown} not known' if each.unknown else ''}" for each in points[-POINTS:]]  # fmt: skip
        lines.append("")
    return style.page(lines[:-1])


def _first(entries: Mapping[str, T], limit: int) -> dict[str, T]:
    return dict([*entries.items()][: limit or None])


def _shares(style: Style, title: str, shares: Mapping[str, Share]) -> list[str]:
    if not shares:
        return []
    width = max(len(safe(name)) for name in shares)
    rows = [f"  {safe(name):{width}}  {percent(share):>7}  {share[0]} of {share[1]} results comply"
            for name, share in shares.items()]  # fmt: skip
    return [style.paint(title, "bold"), *rows, ""]


def _packs(found: Compliance, view: View) -> Iterator[str]:
    shares, bad = found.by_pack(), failing_packs(found)
    if shares:
        yield view.style.paint("Conformance packs", "bold")
    for pack, (good, every) in shares.items():
        yield f"  {safe(pack)}  {good} of {_places(every)} comply with all of it"
        failing = bad.get(pack, [])
        shown = failing[: PLACES if view.limit else None]
        for each in shown:
            yield (
                f"    {safe(name_of(found, each.account))} {safe(each.region)}: "
                f"{each.failing} of {each.rules} rules fail"
            )
        if len(failing) > len(shown):
            yield f"    … and {len(failing) - len(shown)} more: --limit 0 shows all"
    if shares:
        yield ""


def _resources(found: Compliance, view: View) -> Iterator[str]:
    if found.resources:
        yield view.style.paint("Resources that do not comply", "bold")
    shown = found.resources[: view.limit or None]
    for each in shown:
        place = f"{safe(name_of(found, each.account))} {safe(each.region)}"
        yield f"  {safe(each.rule)}  {safe(each.type)} {safe(each.id)}  {place}"
    if len(found.resources) > len(shown):
        yield f"  … and {len(found.resources) - len(shown)} more: --limit 0 shows all"
    if found.resources:
        yield ""


def _failing(found: Compliance, view: View) -> Iterator[str]:
    bad = worst(found)
    shares = found.by(lambda each: each.rule)
    if bad:
        yield view.style.paint("Rules that are not complied with", "bold")
    for rule, results in bad[: view.limit or None]:
        controls = " ".join(found.controls_of(rule))
        yield f"  {view.style.paint(safe(rule), 'red')}  {len(results)} of {shares[rule][1]}"
        yield f"    {safe(asked_at(found, rule))}{f'  {safe(controls)}' if controls else ''}"
        shown = results[: PLACES if view.limit else None]
        for each in shown:
            yield f"    {safe(name_of(found, each.account))} {safe(each.region)}: {each.resources}"
        if len(results) > len(shown):
            yield f"    … and {len(results) - len(shown)} more: --limit 0 shows all"
    if view.limit and len(bad) > view.limit:
        yield f"  … and {len(bad) - view.limit} more: --limit 0 shows all"
    if bad:
        yield ""


def as_json(found: Compliance, points: Sequence[Point]) -> str:
    """One document."""
    rules = found.by(lambda each: each.rule)
    document = {
        "organization": found.organization,
        "at": found.at,
        "results": found.share[1],
        "compliant": found.share[0],
        "units": _counted(found.by(lambda each: found.unit_of(each.account))),
        "accounts": {
            key: {**each, **asdict(found.places[key])}
            for key, each in _counted(found.by(lambda each: each.account)).items()
        },
        "rules": {
            rule: {
                **each,
                "controls": found.controls_of(rule),
                "settings": found.asked[rule].settings if rule in found.asked else [],
                "sources": [f"{at.file}:{at.line}" for at in found.asked[rule].sources] if rule in found.asked else [],
            }
            for rule, each in _counted(rules).items()
        },
        "conformance_packs": {
            pack: {
                "compliant": good,
                "results": every,
                "non_compliant": [
                    {"account": each.account, "region": each.region, "failing": each.failing, "rules": each.rules}
                    for each in failing_packs(found).get(pack, [])
                ],
            }
            for pack, (good, every) in found.by_pack().items()
        },
        "resources": [asdict(each) for each in found.resources],
        "non_compliant": [
            {
                "rule": each.rule,
                "account": each.account,
                "region": each.region,
                "resources": each.failing,
                "more": each.more,
            }
            for each in found.failing
        ],
        "unknown": [
            {"account": site[0], "region": site[1], "reason": reason} for site, reason in sorted(found.unknown.items())
        ],
        "no_result": [{"rule": rule, "account": key, "region": region} for rule, key, region in found.silent],
        "series": [asdict(each) for each in points],
    }
    return json.dumps(document, indent=1) + "\n"


def _counted(shares: Mapping[str, Share]) -> dict[str, dict[str, int]]:
    return {name: {"compliant": good, "results": every} for name, (good, every) in shares.items()}


def as_csv(found: Compliance) -> str:
    """A row for each result, for what has none, for what is not known, for packs and for resources."""
    text = io.StringIO(newline="")
    rows = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    for each in found.results:
        status = "compliant" if each.complies else "non_compliant"
        count = (each.failing, "yes" if each.more else "no")
        rows.writerow(harmless(cell) for cell in _cells(found, status, each.rule, each.site, count=count))
    for rule, account, region in found.silent:
        rows.writerow(harmless(cell) for cell in _cells(found, "no_result", rule, (account, region)))
    for site, reason in sorted(found.unknown.items()):
        rows.writerow(harmless(cell) for cell in _cells(found, "unknown", "", site, reason=reason))
    for pack in found.packs:
        status = "pack_non_compliant" if pack.failing else "pack_compliant"
        reason = f"{pack.failing} of {pack.rules} rules fail"
        rows.writerow(
            harmless(cell) for cell in _cells(found, status, pack.pack, (pack.account, pack.region), reason=reason)
        )
    for one in found.resources:
        cells = _cells(found, "resource", one.rule, (one.account, one.region), resource=(one.type, one.id))
        rows.writerow(harmless(cell) for cell in cells)
    return text.getvalue()


def _cells(
    found: Compliance,
    status: str,
    rule: str,
    site: Site,
    *,
    count: tuple[object, str] = ("", ""),
    reason: str = "",
    resource: tuple[str, str] = ("", ""),
) -> Iterator[object]:
    place, asked = found.places[site[0]], found.asked.get(rule)
    at = asked.sources[0] if asked and asked.sources else None
    yield from (status, rule, site[0], place.id, place.name, place.unit, site[1], *count)
    yield " ".join(found.controls_of(rule))
    yield " ".join(asked.settings) if asked else ""
    yield from (at.file, at.line) if at else ("", "")
    yield reason
    yield from resource
