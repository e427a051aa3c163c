"""Compliance with the rules of AWS Config as one HTML file that asks for nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from landing.report.compliance import asked_at, failing_packs, name_of, percent, silent, verdict, why_unknown, worst
from landing.report.html_page import asset, content_policy, environment
from landing.runs.compliance_series import Point, Share
from landing.services.compliance import Compliance

MOST_POINTS = 400
"""Looks of the timeline: the last of a daily one for more than a year."""
MOST_PLACES = 200
"""Accounts and Regions of a rule."""


@dataclass(frozen=True, slots=True)
class Row:
    """A unit, an account or a rule with its share now, and a line of what it was, empty where nobody looked."""

    name: str
    share: str
    good: int
    every: int
    line: str
    at: str = ""
    controls: str = ""
    places: tuple[str, ...] = ()
    places_left: int = 0


def render(found: Compliance, points: Sequence[Point]) -> str:
    """The page; the same report gives the same bytes."""
    points = points[-MOST_POINTS:]
    css = asset("page.css")
    page = (
        environment()
        .get_template("compliance.html")
        .render(
            policy=content_policy(css),
            css=css,
            verdict=verdict(found),
            failing=len(found.failing),
            every=len(found.results),
            share=percent(found.share),
            unknown=[(reason, sites) for reason, sites in why_unknown(found)],
            not_known=len(found.unknown),
            origin=[("Organization", found.organization), ("Looked at", found.at)],
            points=[(each.at, percent(each.share), each.share[1] - each.share[0], each.unknown) for each in points],
            timeline=line([each.share for each in points], width=900, height=160),
            units=list(_units(found, points)),
            accounts=list(_accounts(found)),
            rules=list(_rules(found, points)),
            packs=list(_packs(found)),
            resources=[
                (each.rule, each.type, each.id, name_of(found, each.account), each.region) for each in found.resources
            ],
            silent=[(rule, asked_at(found, rule), len(sites)) for rule, sites in silent(found).items()],
        )
    )
    return page.encode("ascii", "xmlcharrefreplace").decode("ascii")  # the same on every terminal and disk


def line(shares: Sequence[Share | None], *, width: int, height: int) -> str:
    """The points of a polyline, 100 % at the top, without looks that had no result; nothing of fewer than two."""
    if len(shares) < 2:
        return ""
    step = width / (len(shares) - 1)
    places = [
        (number * step, height * (1 - share[0] / share[1])) for number, share in enumerate(shares) if share and share[1]
    ]
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in places) if len(places) > 1 else ""


def _small(points: Iterable[Mapping[str, Share]], name: str) -> str:
    return line([each.get(name) for each in points], width=120, height=20)


def _units(found: Compliance, points: Sequence[Point]) -> Iterator[Row]:
    for unit, share in found.by(lambda each: found.unit_of(each.account)).items():
        yield Row(unit, percent(share), *share, _small((each.units for each in points), unit))


def _accounts(found: Compliance) -> Iterator[Row]:
    for key, share in found.by(lambda each: each.account).items():
        yield Row(name_of(found, key), percent(share), *share, "")


def _packs(found: Compliance) -> Iterator[Row]:
    bad = failing_packs(found)
    for pack, share in found.by_pack().items():
        places = [
            f"{name_of(found, each.account)} {each.region}: {each.failing} of {each.rules} rules fail"
            for each in bad.get(pack, [])
        ]
        left = max(0, len(places) - MOST_PLACES)
        yield Row(pack, percent(share), *share, "", places=tuple(places[:MOST_PLACES]), places_left=left)


def _rules(found: Compliance, points: Sequence[Point]) -> Iterator[Row]:
    """Those that are not complied with first."""
    shares, bad = found.by(lambda each: each.rule), dict(worst(found))
    for rule in (*bad, *(each for each in shares if each not in bad)):
        failing = bad.get(rule, [])
        yield Row(
            rule,
            percent(shares[rule]),
            *shares[rule],
            _small((each.rules for each in points), rule),
            asked_at(found, rule),
            " ".join(found.controls_of(rule)),
            tuple(f"{name_of(found, each.account)} {each.region}: {each.resources}" for each in failing[:MOST_PLACES]),
            max(0, len(failing) - MOST_PLACES),
        )
