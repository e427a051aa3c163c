"""Settings of Inspector by what AWS has."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from landing.core.keys import is_key
from landing.core.model import Json, Resource
from landing.core.references import account_key
from landing.organization import Organization
from landing.services.base import Kind
from landing.services.inspector.cis_scan import InspectorCisScan
from landing.services.inspector.scan_settings import Inspector
from landing.services.inspector.suppression import InspectorSuppression
from landing.services.shapes import at_home

HOW = ("ec2_scan_mode", "deep_inspection_paths", "ecr_rescan", "ecr_pull_rescan", "ecr_pull_rescan_mode")


def settings_of(organization: Organization, live: Collection[Resource]) -> dict[str, Json]:
    """As in the home region; rules and scans are those of ours there."""
    found = at_home(organization, live, Inspector())
    settings: dict[str, Any] = {name: found[name] for name in HOW if found.get(name)}
    if found:
        settings["scans"] = dict(found["new_accounts"])
    rules = {key: dict(each) for key, each in _ours(organization, live, InspectorSuppression())}
    scans = {key: dict(each) for key, each in _ours(organization, live, InspectorCisScan())}
    for scan in scans.values():
        scan["target"] = {"accounts": sorted(filter(None, map(account_key, scan.pop("accounts"))))}
        if not scan["days"]:
            del scan["days"]
    return {**settings, **({"suppress": rules} if rules else {}), **({"cis_scans": scans} if scans else {})}


def _ours(organization: Organization, live: Collection[Resource], kind: Kind) -> Iterator[tuple[str, Any]]:
    for each in sorted(live, key=lambda each: each.address):
        here = each.address.kind == kind.name and each.address.scope.region == organization.home_region
        if here and each.owned and is_key(each.address.name):
            yield each.address.name, each.attributes
