"""What else there is in a living organization that a config does not take over: named, so that people know of it."""

from __future__ import annotations

from landing.aws import Aws, translated, unless
from landing.blueprint.naming import TRAIL
from landing.core.errors import HIDING
from landing.core.model import Scope
from landing.importing.draft import LeftOut
from landing.importing.evidence import Evidence
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
