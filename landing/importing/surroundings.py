"""What else there is in a living organization that a config does not take over: named, so that people know of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from landing.aws import Aws, translated, unless
from landing.blueprint.naming import TRAIL
from landing.core.errors import HIDING
from landing.core.model import Scope
from landing.importing.comparison import few
from landing.importing.draft import LeftOut
from landing.importing.evidence import Evidence
from landing.organization import PREFIX, Organization
from landing.organization.owners import owner_of
from landing.services.cloudtrail.trail import shortfall

NAMED = 20
"""How many stacks of a region are named."""


def trail_kept(aws: Aws, evidence: Evidence, home: str) -> tuple[str, tuple[LeftOut, ...]]:
    """The name of the organization trail, if a config can say that it is used as it is; else nothing, and why."""
    trail = evidence.trail
    if trail is None:
        return "", ()
    name = str(trail["Name"])
    what = f"organization trail {name} in {trail['HomeRegion']}, to the bucket {trail['S3BucketName']}"
    if name == TRAIL:
        return "", (LeftOut(what, "an apply made it: see the config of that for its settings"),)
    if trail["HomeRegion"] != home:
        return "", (LeftOut(what, f"a config keeps one of its home region only, which is {home}"),)
    lacks = ""
    with translated(Scope("", home)), unless(*HIDING) as refused:
        lacks = shortfall(aws.client("cloudtrail", Scope("", home)), trail)
    if refused.code:
        lacks = f"may not be read ({refused.code})"
    if not lacks:
        return name, ()
    return "", (LeftOut(what, f"it stays, and `services.cloudtrail` does not name it, since it {lacks}"),)


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
