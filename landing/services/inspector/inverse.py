"""Settings of Inspector by what AWS has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from landing.core.keys import is_key
from landing.core.model import Json, Resource
from landing.core.references import account_id, account_key
from landing.organization import Organization
from landing.services.base import Kind
from landing.services.inspector.cis_scan import InspectorCisScan
from landing.services.inspector.members import InspectorMembers
from landing.services.inspector.scan_settings import Inspector
from landing.services.inspector.scans import wanted
from landing.services.inspector.settings import SCANS
from landing.services.inspector.suppression import InspectorSuppression
from landing.services.shapes import at_home

HOW = ("ec2_scan_mode", "deep_inspection_paths", "ecr_rescan", "ecr_pull_rescan", "ecr_pull_rescan_mode")


def settings_of(organization: Organization, live: Collection[Resource]) -> dict[str, Json]:
    """As in the home region; rules and CIS scans are those of ours there, and overrides what differs by account."""
    found = at_home(organization, live, Inspector())
    settings: dict[str, Any] = {name: found[name] for name in HOW if found.get(name)}
    if found:
        settings["scans"] = dict(found["new_accounts"])
        settings["overrides"] = dict(_overrides(organization, live, found))
    rules = {key: dict(each) for key, each in _ours(organization, live, InspectorSuppression())}
    scans = {key: dict(each) for key, each in _ours(organization, live, InspectorCisScan())}
    for scan in scans.values():
        scan["target"] = {"accounts": sorted(filter(None, map(account_key, scan.pop("accounts"))))}
        if not scan["days"]:
            del scan["days"]
    return {**settings, **({"suppress": rules} if rules else {}), **({"cis_scans": scans} if scans else {})}


def _overrides(
    organization: Organization, live: Collection[Resource], found: Mapping[str, Any]
) -> Iterator[tuple[str, Any]]:
    """Accounts in which other things are scanned than in those that join, together where it is the same."""
    home = at_home(organization, live, InspectorMembers())
    alike: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for account, asked in wanted(organization, organization.home_region).items():
        present = {name for name, on in asked.items() if on} if home else set()
        for text, accounts in home.get("missing", {}).items():
            present -= {*text.split()} if account_id(account) in accounts else set()
        for text, accounts in home.get("surplus", {}).items():
            present |= {*text.split()} if account_id(account) in accounts else set()
        if account == organization.security_tooling:
            present = {name for name, on in found["administrator"].items() if on}
        alike[tuple(name for name in SCANS if name in present)].append(account)
    for scanned, accounts in sorted(alike.items()):
        differing = {name: name in scanned for name in SCANS if found["new_accounts"][name] != (name in scanned)}
        if differing:
            key = "-".join(scanned).replace("_", "-") or "none"
            yield key, {"target": {"accounts": sorted(accounts)}, "scans": differing}


def _ours(organization: Organization, live: Collection[Resource], kind: Kind) -> Iterator[tuple[str, Any]]:
    for each in sorted(live, key=lambda each: each.address):
        here = each.address.kind == kind.name and each.address.scope.region == organization.home_region
        if here and each.owned and is_key(each.address.name):
            yield each.address.name, each.attributes
