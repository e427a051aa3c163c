"""Snapshots that an account sees."""

from __future__ import annotations

from typing import Any

from landing.sandbox.services.call import Call


def describe_snapshots(call: Call) -> dict[str, Any]:
    """Moto does not ask whose they are, and shows those of Amazon's images as everybody's."""
    found = call.moto()["Snapshots"]
    owners = {call.account if owner == "self" else owner for owner in call.get("OwnerIds", [])}
    return call.page("Snapshots", [one for one in found if not owners or one["OwnerId"] in owners], most=1000)
