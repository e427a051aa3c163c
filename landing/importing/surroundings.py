"""What else there is in a living organization that a config does not take over: named, so that people know of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from landing.aws import Aws, translated, unless
from landing.blueprint.naming import TRAIL
from landing.core.errors import HIDING
from landing.core.model import Scope
from landing.importing.draft import LeftOut
from landing.importing.evidence import Evidence
from landing.organization import PREFIX
from landing.organization.owners import owner_of
from landing.services.cloudtrail.trail import shortfall


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


def stack_sets(aws: Aws, names: Mapping[str, str], home: str) -> Iterator[LeftOut]:
    """Stack sets of the management account; `names` has the nodes by id."""
    client = aws.client("cloudformation", Scope("", home))
    with translated(Scope("", home)), unless(*HIDING, "ValidationError") as refused:
        listed = sorted(
            aws.listed(client, "list_stack_sets", "Summaries", Status="ACTIVE"),
            key=lambda each: str(each["StackSetName"]),
        )
        for each in listed:
            name = str(each["StackSetName"])
            owner = "a config that made it" if name.startswith(PREFIX) else owner_of(name)
            if owner:
                yield LeftOut(f"stack set {name}", f"it is of {owner}")
                continue
            if each.get("PermissionModel") != "SERVICE_MANAGED":
                yield LeftOut(f"stack set {name}", "its permissions are self-managed, which a config does not have")
                continue
            found = client.describe_stack_set(StackSetName=name)["StackSet"]
            yield LeftOut(
                f"stack set {name} at {_places(found, names)}", "make a blueprint of it, or leave it as it is"
            )
    if refused.code:
        yield LeftOut("stack sets", f"they may not be read ({refused.code})")


def _places(found: Mapping[str, Any], names: Mapping[str, str]) -> str:
    units = ", ".join(sorted(names.get(each, each) for each in found.get("OrganizationalUnitIds") or ()))
    return f"{units or 'no unit'} in {', '.join(sorted(found.get('Regions') or ())) or 'no region'}"
