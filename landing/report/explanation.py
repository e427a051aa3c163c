"""What an address means: what its kind is, who asks for it, what it needs, and what is asked of AWS for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from inspect import cleandoc

from landing.core.model import Address, Resource
from landing.core.spelling import nearest
from landing.core.text import safe
from landing.organization import Organization
from landing.report.style import Style
from landing.services.base import Kind

MOST = 20
"""Addresses that are named."""


def of_kind(kind: Kind, style: Style) -> list[str]:
    """A kind, with no config."""
    head = f"{style.paint(kind.name, 'bold')}: {kind.title}"
    return [head, *_what(kind, style), "", *_table([*_declared(kind, kind.controls)], style)]


def of_address(
    kind: Kind, address: Address, organization: Organization, declared: Mapping[Address, Resource], style: Style
) -> list[str]:
    """An address, whether or not the config declares it."""
    name = safe(str(address))
    resource = declared.get(address)
    if resource is None:
        alike = nearest(
            str(address), map(str, declared), "taken out of it, ours is in the next plan; others' is left alone"
        )
        origin = f"nobody: the config does not declare it; {safe(alike)}"
    else:
        origin = safe(str(resource.source)) if resource.source else "what the config says in other places"
    requires = sorted(resource.requires) if resource else []
    needing = sorted(each.address for each in declared.values() if address in each.requires)
    rows = [
        ("asked for by", [origin]),
        ("requires", _some(requires)),
        ("required by", _some(needing)),
        *_declared(kind, kind.controls_of(organization, address)),
    ]
    return [f"{style.paint(name, 'bold')}: {kind.title}", *_what(kind, style), "", *_table(rows, style)]


def _what(kind: Kind, style: Style) -> Iterator[str]:
    for paragraph in cleandoc(kind.__doc__ or "").split("\n\n"):
        yield from style.prose(" ".join(paragraph.split()), "  ")


def _declared(kind: Kind, controls: Sequence[str]) -> Iterator[tuple[str, Sequence[str]]]:
    yield "known by", [str(kind.ownership)]
    yield "deleted", [f"only with --allow {kind.removal}" if kind.removal else "never"]
    yield "controls", controls
    yield "reads by", sorted(kind.reads)
    yield "writes by", sorted(kind.writes)
    yield "AWS", [kind.help_uri]
    yield "more", [f"landing explain docs/{page}.md" for page in ("services", "ownership", "permissions")]


def _some(addresses: Sequence[Address]) -> list[str]:
    more = [f"and {len(addresses) - MOST} more"] if len(addresses) > MOST else []
    return [*(safe(str(each)) for each in addresses[:MOST]), *more]


def _table(rows: Sequence[tuple[str, Sequence[str]]], style: Style) -> Iterator[str]:
    """Two columns: a word, and lines; a word without lines is left out."""
    width = max(len(word) for word, _ in rows) + 2
    for word, lines in rows:
        for number, line in enumerate(lines):
            yield f"  {style.paint((word if number == 0 else '').ljust(width), 'dim')}{line}".rstrip()
