"""Whom a target means, as Firewall Manager takes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from landing.organization import ROOT, Organization, Target

EVERYBODY: Mapping[str, Any] = {"exclude": {"units": [], "accounts": []}}


def scope_of(organization: Organization, target: Target) -> dict[str, Any]:
    """Whoever is included, or everybody but those who are excluded.

    AWS takes no root among units, and an exclusion only without an inclusion (API reference, Policy).
    """
    if ROOT in target.units and not target.tags:
        tagged = organization.members(Target(tags=target.exclude_tags)) if target.exclude_tags else ()
        accounts = sorted({*target.exclude_accounts, *tagged})
        return {"exclude": {"units": sorted(target.exclude_units), "accounts": accounts}}
    cover = organization.cover(target)
    return {"include": {"units": sorted(cover.units), "accounts": sorted(cover.accounts)}}
