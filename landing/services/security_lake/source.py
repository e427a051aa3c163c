"""What the lake collects: logs of AWS, by source, from which accounts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from landing.aws import Aws, unless
from landing.core import forms
from landing.core.errors import OperationFailed
from landing.core.model import Action, Change, Resource, Scope
from landing.organization import Organization
from landing.organization.resources import ACCOUNT
from landing.services.security_lake.lake import ABSENT, OfTheLake, one_at_a_time
from landing.services.security_lake.settings import LogSource, SecurityLakeSettings
from landing.services.shapes import refusals
from landing.services.strength import Weaker, neutral, told

Collected = Mapping[str, Mapping[str, Mapping[str, set[str]]]]
"""Account ids by source, version and region."""


class SecurityLakeSource(OfTheLake):
    """A source in all governed regions (CreateAwsLogSource); nothing differs where all is as declared.

    AWS lists accounts by region, a hundred rows a page, for all sources at once. It has no call that changes a source:
    another version is another source, made after the old one is deleted.
    """

    name = "security_lake_source"
    ending = "collected no more"
    title = "Security Lake source"
    waits_for = (ACCOUNT,)
    controls = ("nist-800-53-r5:AU-12", "nist-csf-2.0:PR.PS-04", "nist-csf-2.0:DE.AE-03")
    help_uri = "https://docs.aws.amazon.com/security-lake/latest/userguide/internal-sources.html"
    canonical: ClassVar[Mapping[str, forms.Form]] = dict.fromkeys(("missing", "beyond"), forms.unordered)
    weaker: ClassVar[Mapping[str, Weaker]] = {"version": told, "missing": neutral, "beyond": neutral}
    reads = ("securitylake:ListLogSources", "sts:AssumeRole")
    writes = ("securitylake:CreateAwsLogSource", "securitylake:DeleteAwsLogSource")

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """Each source of the config, with nothing that differs."""
        service = organization.service(SecurityLakeSettings)
        for scope in self.scopes(organization) if service else ():
            for name, source in service.settings.sources.items() if service else ():
                attributes: dict[str, Any] = {"version": source.version, "missing": {}, "beyond": {}}
                at = service.at("sources", name) if service else None
                yield Resource(self.address(name, scope), attributes, self.lakes(organization), source=at)

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """Who is missing of the accounts of the config, by region, and who is collected from against it."""
        client, regions = aws.client(self.client_name, scope), self.regions(organization)
        found: Collected = {}
        with unless(*ABSENT):
            found = _collected(aws, client, regions)
        for name, versions in found.items():
            missing, beyond = _differing(organization, aws, name, versions, regions)
            attributes = {"version": ", ".join(sorted(versions)), "missing": missing, "beyond": beyond}
            yield Resource(self.address(name, scope), attributes, self.lakes(organization))

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """What is to go first, as AWS has one version of a source; then who is missing, and wait until they show."""
        name, after = change.address.name, change.after
        client, regions = aws.client(self.client_name, change.address.scope), self.regions(organization)
        present = _collected(aws, client, regions).get(name, {})
        version = str(after["version"]) if after else ""
        for other in {*present} - {version}:
            _send(aws, client.delete_aws_log_source, name, other, present[other])
        if after is None:
            return
        ids = aws.tree.account_ids
        shown = (change.before or {}).get("beyond") or {}
        _, beyond = _differing(organization, aws, name, {version: present.get(version, {})}, regions)
        ended = {at: {ids[key] for key in keys if key in shown.get(at, ())} for at, keys in beyond.items()}
        _send(aws, client.delete_aws_log_source, name, version, ended)
        missing, _ = _differing(organization, aws, name, {version: present.get(version, {})}, regions)
        wanted = {region: {ids[key] for key in keys} for region, keys in missing.items()}
        failed = _send(aws, client.create_aws_log_source, name, version, wanted)
        if failed:
            keys = aws.tree.account_keys
            reasons = {keys.get(each, each): "AWS does not say why" for each in failed}
            raise OperationFailed(f"Security Lake, {name}: {refusals(reasons)}", operation="CreateAwsLogSource")
        for _ in aws.poll(f"{name} in Security Lake", "security_lake") if wanted else ():
            present = _collected(aws, client, regions).get(name, {})
            if not _differing(organization, aws, name, {version: present.get(version, {})}, regions)[0]:
                return

    def notes(self, organization: Organization, change: Change) -> Iterable[str]:
        """Of a first time, how much it is."""
        service = organization.service(SecurityLakeSettings)
        if change.action is Action.CREATE and service:
            count = len(wanted_of(organization, service.settings.sources[change.address.name]))
            yield f"from {count} accounts: charged by the GB of their logs that is taken in"


def wanted_of(organization: Organization, source: LogSource) -> list[str]:
    """The accounts of a source, by key."""
    return list(organization.accounts) if source.target is None else list(organization.members(source.target))


def _collected(aws: Aws, client: Any, regions: list[str]) -> Collected:
    """Account ids by source, version and region, of the sources of AWS."""
    found: dict[str, dict[str, dict[str, set[str]]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(set)))
    for row in aws.listed(client, "list_log_sources", "sources", regions=regions):
        for source in (each["awsLogSource"] for each in row["sources"] if "awsLogSource" in each):
            found[source["sourceName"]][source.get("sourceVersion", "?")][row["region"]].add(row["account"])
    return found


def _differing(
    organization: Organization,
    aws: Aws,
    name: str,
    versions: Mapping[str, Mapping[str, set[str]]],
    regions: list[str],
) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Keys of accounts by region: who is missing, and who is collected from though the target leaves it out."""
    service = organization.service(SecurityLakeSettings)
    source = service.settings.sources.get(name) if service else None
    if source is None:
        return {}, {}
    wanted = wanted_of(organization, source)
    missing: dict[str, list[str]] = {}
    beyond: dict[str, list[str]] = {}
    for region in regions:
        there = set().union(*(each.get(region, set()) for each in versions.values()))
        lacking = sorted(key for key in wanted if _is_active(aws, key) and aws.tree.account_ids.get(key) not in there)
        others = {*organization.accounts} - {*wanted}
        over = sorted(key for key in others if aws.tree.account_ids.get(key) in there)
        missing |= {region: lacking} if lacking else {}
        beyond |= {region: over} if over else {}
    return missing, beyond


def _is_active(aws: Aws, key: str) -> bool:
    """Accounts that are being closed, or are suspended, are collected from no more; others are made yet."""
    account = aws.tree.accounts.get(key)
    return account is None or account.state == "ACTIVE"


def _send(aws: Aws, call: Any, name: str, version: str, accounts: Mapping[str, set[str]]) -> list[str]:
    """One call for all regions: an entry for those with the same accounts; the ids of those that AWS refuses."""
    alike: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for region, ids in sorted(accounts.items()):
        if ids:
            alike[tuple(sorted(ids))].append(region)
    entries = [
        {"accounts": list(ids), "regions": regions, "sourceName": name, "sourceVersion": version}
        for ids, regions in alike.items()
    ]
    return list(one_at_a_time(aws, call, sources=entries).get("failed") or ()) if entries else []
