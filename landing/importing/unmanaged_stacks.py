"""Stacks in a living organization that a config does not take over: named, so that people know of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from landing.aws import Aws, translated, unless
from landing.core.errors import HIDING
from landing.core.model import Scope
from landing.importing.comparison import few
from landing.importing.draft import LeftOut
from landing.organization import PREFIX, Organization
from landing.organization.owners import owner_of

NAMED = 20
"""How many stacks of a region are named."""


def plain_stacks(aws: Aws, organization: Organization) -> Iterator[LeftOut]:
    """Stacks of others in the management account, by region; those in members would take a call for each account."""
    for region in organization.governed_regions:
        place = Scope("", region)
        names: list[str] = []
        with translated(place), unless(*HIDING, "ValidationError") as refused:
            client = aws.client("cloudformation", place)
            names = [_called(each) for each in aws.listed(client, "describe_stacks", "Stacks") if _is_a_stack(each)]
        if refused.code:
            yield LeftOut(f"stacks of the management account in {region}", f"they may not be read ({refused.code})")
        elif names:
            why = "a config has stacks of its own making only: they stay"
            yield LeftOut(f"stacks of the management account in {region}", f"{why}: {few(sorted(names), NAMED)}")


def _is_a_stack(found: Mapping[str, Any]) -> bool:
    """Whether it is neither ours, nor part of another stack or of a stack set, nor a change set that was never made."""
    name = str(found["StackName"])
    made = found["StackStatus"] != "REVIEW_IN_PROGRESS"
    return made and not name.startswith((PREFIX, "StackSet-")) and not found.get("ParentId")


def _called(found: Mapping[str, Any]) -> str:
    name = str(found["StackName"])
    owner = owner_of(name, {each["Key"]: each["Value"] for each in found.get("Tags") or ()})
    return f"{name} (of {owner})" if owner else name
