"""The tools whose files can be imported; a new one is a file here and a line below."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from landing.importing import cfct, lza, org_formation, tarmac, terraform
from landing.importing.listing import Listing

READERS: Mapping[str, Callable[[Path], Listing]] = {
    "lza": lza.read,
    "org-formation": org_formation.read,
    "cfct": cfct.read,
    "terraform": terraform.read,
    "tarmac": tarmac.read,
}


def listing_of(tool: str, path: Path) -> Listing:
    """What the files of a tool say; raises LandingError, with the place, where they cannot be read."""
    return READERS[tool](path)
