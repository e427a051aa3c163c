"""Which services are used below units, and which are not: for people, for machines, for spreadsheets."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from landing.aws.access_report import Used
from landing.core.text import safe
from landing.guardrails.unused_services import Verdict
from landing.report.drift_csv import harmless
from landing.report.style import Style

COLUMNS = ("unit", "service", "name", "unused", "last_used", "account", "region", "accounts")


@dataclass(frozen=True, slots=True)
class OfUnit:
    """What is used below a unit (by key, or `root`); `unused` are namespaces."""

    unit: str
    rows: Sequence[Used]
    unused: Sequence[str]
    at: datetime


@dataclass(frozen=True, slots=True)
class Access:
    """Units in the order that they were asked for; `names` of accounts: keys by id."""

    units: Sequence[OfUnit]
    days: int
    names: Mapping[str, str]


def as_text(found: Access, style: Style) -> str:
    """What is used, newest first, and what is not, in a paragraph."""
    lines: list[str] = []
    for each in found.units:
        gone = {*each.unused}
        used = sorted((row for row in each.rows if row.last), key=_when, reverse=True)
        lines.append(style.paint(f"{safe(each.unit)}: {len(each.rows)} services may be used", "bold"))
        width = max((len(row.service) for row in used), default=0)
        for row in used:
            others = f" and {row.accounts - 1} more" if row.accounts > 1 else ""
            mark = "  (unused)" if row.service in gone else ""
            account = safe(found.names.get(row.account, row.account))
            lines.append(f"  {safe(row.service):{width}}  {row.last:%Y-%m-%d}  {account}{others}{mark}")
        lines += [f"  Not used for {found.days} days, or never: {len(gone)}"]
        lines += style.prose(", ".join(map(safe, each.unused)), "    ") if gone else []
        lines.append("")
    return style.page(lines[:-1])


def as_json(found: Access) -> str:
    """One document."""
    units = [
        {
            "unit": each.unit,
            "at": each.at.isoformat(),
            "services": [
                {
                    "service": row.service,
                    "name": row.title,
                    "unused": row.service in each.unused,
                    "last_used": row.last.isoformat() if row.last else None,
                    "account": found.names.get(row.account, row.account) or None,
                    "region": row.region or None,
                    "accounts": row.accounts,
                }
                for row in each.rows
            ],
        }
        for each in found.units
    ]
    return json.dumps({"days": found.days, "units": units}, indent=1) + "\n"


def as_csv(found: Access) -> str:
    """A row for each unit and service."""
    text = io.StringIO(newline="")
    rows = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    for each in found.units:
        for row in each.rows:
            rows.writerow(harmless(cell) for cell in _cells(found, each, row))
    return text.getvalue()


def as_offer(verdict: Verdict, style: Style, *, name: str, unit: str) -> str:
    """What the guardrail does at its place, whether that is proved, and what to put into the config."""
    actions = sum(verdict.denied.values())
    lines = [
        f"effect: {actions:,} actions of {len(verdict.denied)} services become denied to all but the exempt roles, in "
        f"{verdict.accounts} accounts",
        f"proof: every request for these services is blocked there{'' if verdict.proved else ': NOT proved'}",
    ]
    lines += [f"proof: {safe(each)}" for each in verdict.wrong]
    if not verdict.wrong:
        lines.append("proof: no request for any other service is treated otherwise than before")
    lines += ["", "Attach it in the config:", "", "guardrails:", f"  {name}: {{target: {{units: [{unit}]}}}}"]
    return style.page(lines)


def _cells(found: Access, each: OfUnit, row: Used) -> Iterator[object]:
    yield from (each.unit, row.service, row.title, "yes" if row.service in each.unused else "no")
    yield row.last.strftime("%Y-%m-%dT%H:%M:%SZ") if row.last else ""
    yield from (found.names.get(row.account, row.account), row.region, row.accounts)


def _when(row: Used) -> float:
    return row.last.timestamp() if row.last else 0.0
