"""The organization trail of others, and where it delivers: named in the config, which checks them as they are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from landing.aws import Aws, translated, unless
from landing.blueprint.resource_names import TRAIL
from landing.core.errors import HIDING
from landing.core.model import Json, Scope
from landing.importing.comparison import Compared, Sight
from landing.importing.draft import LeftOut
from landing.importing.evidence import Evidence
from landing.importing.output import rewrite_folder
from landing.services.cloudtrail.trail import Trail, shortfall
from landing.services.log_archive.destination import KEY, LogDestination
from landing.services.log_archive.settings import ExistingArchive
from landing.services.settings import schema_of

ARCHIVE = "log_archive"
PURPOSE = "cloudtrail"


def services_of(aws: Aws, evidence: Evidence, home: str) -> tuple[dict[str, Json], tuple[LeftOut, ...]]:
    """What stands under `services` of the organization trail, its bucket and its key; and why of what does not."""
    trail = evidence.trail
    if trail is None:
        return {}, ()
    name = str(trail["Name"])
    what = f"organization trail {name} in {trail['HomeRegion']}, to the bucket {trail['S3BucketName']}"
    if name == TRAIL:
        return {}, (LeftOut(what, "an apply made it: see the config of that for its settings"),)
    if trail["HomeRegion"] != home:
        return {}, (LeftOut(what, f"a config keeps one of its home region only, which is {home}"),)
    with translated(Scope("", home)), unless(*HIDING) as refused:
        shortfall(aws.client("cloudtrail", Scope("", home)), trail)
    if refused.code:
        why = f"it stays, and `services.cloudtrail` does not name it, since it may not be read ({refused.code})"
        return {}, (LeftOut(what, why),)
    existing: dict[str, Json] = {"buckets": {PURPOSE: str(trail["S3BucketName"])}}
    key = str(trail.get("KmsKeyId", ""))
    parts = schema_of(ExistingArchive)["properties"]
    left = []
    if re.search(parts["buckets"]["additionalProperties"]["pattern"], str(trail["S3BucketName"])) is None:
        left.append(LeftOut(f"bucket {trail['S3BucketName']}", "its name is none that a config can have"))
        existing = {}
    elif key and re.search(parts["key"]["pattern"], key) is None:
        left.append(LeftOut(f"key {key} of the trail {name}", "a config names a key by its ARN"))
    elif key:
        existing["key"] = key
    archive: dict[str, Json] = {ARCHIVE: {"existing": existing}} if existing else {}
    return {"cloudtrail": {"existing": name}, **archive}, tuple(left)


def with_logs(sight: Sight, found: Compared, folder: Path, left: list[LeftOut]) -> Compared:
    """Without what of it a plan could not check: a bucket of another account, one that may not be looked at."""
    services = found.draft.services
    if "cloudtrail" not in services:
        return found
    organization = found.written.organization
    kinds = (Trail(), *((LogDestination(),) if ARCHIVE in services else ()))
    sight.look(organization, kinds)
    unseen = {gap.name: gap.reason for gap in sight.gaps if gap.kind == LogDestination.name}
    existing = _existing(services)
    if PURPOSE in unseen or "" in unseen:
        why = unseen.get(PURPOSE) or unseen[""]
        left.append(LeftOut(f"log bucket {existing['buckets'][PURPOSE]}", f"`services.{ARCHIVE}` has it not: {why}"))
        services = {key: each for key, each in services.items() if key != ARCHIVE}
        kinds = kinds[:1]
    elif KEY in unseen:
        left.append(LeftOut(f"key {existing['key']}", f"`services.{ARCHIVE}` has it not: {unseen[KEY]}"))
        services = {**services, ARCHIVE: {"existing": {"buckets": existing["buckets"]}}}
    written = found.written
    draft = replace(found.draft, services=services)
    if services != found.draft.services:
        written = rewrite_folder(draft, folder, written.accepted)
    kinds = (*found.kinds, *kinds)
    return Compared(draft, written, sight.plan(written.organization, kinds), kinds)


def _existing(services: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = services.get(ARCHIVE, {}).get("existing", {})
    return found
