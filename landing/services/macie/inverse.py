"""Settings of Macie by what AWS has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from landing.core.keys import is_key
from landing.core.model import Attributes, Json, Resource
from landing.core.references import account_key
from landing.organization import Organization
from landing.services.base import Kind
from landing.services.macie.allow_list import MacieAllowList
from landing.services.macie.discovery import MacieInspection, MacieScope
from landing.services.macie.export import MacieExport
from landing.services.macie.identifier import MacieIdentifier, key_in
from landing.services.macie.job import MacieJob
from landing.services.macie.members import MacieMembers
from landing.services.macie.session import Macie
from landing.services.macie.settings import ONCE
from landing.services.macie.suppression import SUPPRESS, MacieSuppression
from landing.services.shapes import at_home


def settings_of(organization: Organization, live: Collection[Resource]) -> dict[str, Json]:
    """As in the home region; exported is what goes to the log archive, and other destinations stay as they are.

    Members are declared where no account lacks in any region; else they are left as they are. Lists, identifiers and
    jobs are those of ours.
    """
    found = at_home(organization, live, Macie())
    settings: dict[str, Any] = {name: value for name, value in found.items() if name != "status"}
    members = [each.attributes for each in live if each.address.kind == MacieMembers.name]
    whole = bool(members) and not any(each["missing"] or each["paused"] for each in members)
    ours = {
        "suppress": {
            key: {name: each[name] for name in ("description", "where")}
            for key, each in _ours(organization, live, MacieSuppression())
            if each["action"] == SUPPRESS
        },
        "allow_lists": {
            key: {name: each[name] for name in ("description", "regex", "location")}
            for key, each in _ours(organization, live, MacieAllowList())
        },
        "identifiers": {key: dict(each) for key, each in _ours(organization, live, MacieIdentifier())},
        "jobs": dict(_jobs(organization, live)),
    }
    settings |= {name: each for name, each in ours.items() if each}
    if found and found["discovery"] != "NONE":
        settings |= _discovery(organization, live)
    exported = MacieExport().goes_to_archive(organization, live)
    return {**settings, "members": "ENABLED" if whole else "AS_FOUND", "export": exported}


def _discovery(organization: Organization, live: Collection[Resource]) -> dict[str, Any]:
    """What discovery leaves out and looks for, where that is something."""
    settings: dict[str, Any] = {}
    excluded = at_home(organization, live, MacieScope()).get("excluded_buckets", ())
    logs = {*map(organization.log_bucket, organization.log_buckets)}
    if excluded:
        archive = logs <= {*excluded}
        settings["exclude"] = {
            "buckets": [each for each in excluded if not (archive and each in logs)],
            "log_archive": archive,
        }
    inspection = at_home(organization, live, MacieInspection())
    if any(inspection.values()):
        settings["inspection"] = {**inspection, "identifiers": _keys(inspection)}
    return settings


def _jobs(organization: Organization, live: Collection[Resource]) -> Iterator[tuple[str, Any]]:
    """Those of which a config can say all, as in the first region that has it."""
    regions: dict[str, list[str]] = defaultdict(list)
    found: dict[str, Attributes] = {}
    for each in sorted(live, key=lambda each: each.address):
        if each.address.kind == MacieJob.name and each.owned and is_key(each.address.name):
            regions[each.address.name].append(each.address.scope.region)
            found.setdefault(each.address.name, each.attributes)
    everywhere = {scope.region for scope in MacieJob().scopes(organization)}
    for key, attributes in found.items():
        sides = {name: _buckets(attributes[name]) for name in ("include", "exclude")}
        objects = {name: attributes[name] for name in ("objects", "except_objects") if attributes[name]}
        strange = {name for each in objects.values() for name in each} - {"extensions", "prefixes", "tags"}
        if strange or None in sides.values():
            continue
        plain = ("description", "every", "existing", "sample", "managed_identifiers", "allow_lists")
        job: dict[str, Any] = {name: attributes[name] for name in plain}
        job |= {
            "managed": attributes["selector"],
            "identifiers": _keys(attributes),
            **objects,
            "include": sides["include"],
        }
        if sides["exclude"]:
            job["exclude"] = sides["exclude"]
        if attributes["every"] == "week":
            job["weekday"] = attributes["on"]
        elif attributes["every"] == "month":
            job["day"] = int(attributes["on"])
        elif attributes["every"] == ONCE:
            del job["existing"]
        if {*regions[key]} != everywhere:
            job["regions"] = sorted(regions[key])
        yield key, job


def _buckets(asked: Mapping[str, Any]) -> dict[str, Any] | None:
    """What is asked of buckets, as the config has it; None where no config can."""
    buckets = {name: value for name, value in asked.items() if name != "accounts"}
    if {*buckets} - {"names", "permission", "shared", "tags"}:
        return None
    accounts = [account_key(token) for token in asked.get("accounts", ())]
    if not all(accounts):
        return None
    return {**buckets, **({"target": {"accounts": accounts}} if accounts else {})}


def _keys(attributes: Attributes) -> list[str]:
    return sorted(map(key_in, attributes["identifiers"]))


def _ours(organization: Organization, live: Collection[Resource], kind: Kind) -> Iterator[tuple[str, Attributes]]:
    for each in sorted(live, key=lambda each: each.address):
        here = each.address.kind == kind.name and each.address.scope.region == organization.home_region
        if here and each.owned and is_key(each.address.name):
            yield each.address.name, each.attributes
