"""What the lake collects: logs of AWS, by source, from which accounts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, ClassVar

from landing.aws import Aws, unless
from landing.core import forms
from landing.core.errors import Cause, OperationFailed
from landing.core.model import Action, Change, Diagnostic, Resource, Scope
from landing.core.text import few
from landing.organization import Organization
from landing.organization.resources import ACCOUNT
from landing.services.security_lake.lake import ABSENT, WHERE, OfTheLake, lake_in, one_at_a_time
from landing.services.security_lake.places import keys_in, places_of
from landing.services.security_lake.settings import LogSource, SecurityLakeSettings
from landing.services.shapes import refusals
from landing.services.strength import Weaker, neutral, told

UNKNOWN = "?"
"""The version of a source of which AWS does not say it."""
Collected = Mapping[str, Mapping[str, set[str]]]
"""Account ids by source and version, in a region."""


class SecurityLakeSource(OfTheLake):
    """A source in a region (CreateAwsLogSource), and the accounts of the config from which it is collected.

    They are shown as the fewest units and accounts that mean them, see `places_of`. AWS lists accounts a hundred rows a
    page, for all sources of a region at once. It has no call that changes a source: another version is another source,
    made after the old one is deleted. Accounts that the config does not name keep what they have.
    """

    name = "security_lake_source"
    ending = "collected no more"
    title = "Security Lake source"
    waits_for = (ACCOUNT,)
    controls = ("nist-800-53-r5:AU-12", "nist-csf-2.0:PR.PS-04", "nist-csf-2.0:DE.AE-03")
    help_uri = "https://docs.aws.amazon.com/security-lake/latest/userguide/internal-sources.html"
    canonical: ClassVar[Mapping[str, forms.Form]] = dict.fromkeys(("units", "accounts", "without"), forms.unordered)
    weaker: ClassVar[Mapping[str, Weaker]] = {
        "version": told,
        **dict.fromkeys(("units", "accounts", "without"), neutral),  # `weakened` tells
    }
    reads = ("securitylake:ListLogSources", *WHERE)
    writes = ("securitylake:CreateAwsLogSource", "securitylake:DeleteAwsLogSource")

    def check(self, organization: Organization) -> Iterable[Diagnostic]:
        """Sources of no account."""
        service = organization.service(SecurityLakeSettings)
        for name, source in service.settings.sources.items() if service else ():
            if service and not wanted_of(organization, source):
                path, hint = ("sources", name, "target"), "see its target, or leave the source out"
                yield service.problem("LZ443", f"`{name}` is collected from no account of the config", hint, *path)

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """Each source of the config, in each governed region that has Security Lake."""
        service = organization.service(SecurityLakeSettings)
        for name, source in service.settings.sources.items() if service else ():
            attributes = {"version": source.version, **places_of(organization, wanted_of(organization, source))}
            at = service.at("sources", name) if service else None
            for scope in self.scopes(organization):
                yield Resource(self.address(name, scope), attributes, (lake_in(scope),), source=at)

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """Which of the accounts of the config are collected from."""
        scope = self.where(organization, aws, scope)
        found: Collected = {}
        with unless(*ABSENT):
            found = _collected(aws, aws.client(self.client_name, scope), scope.region)
        for name, versions in found.items():
            keys = _seen(organization, aws, name, set().union(*versions.values()))
            attributes = {"version": ", ".join(sorted(versions)), **places_of(organization, keys)}
            yield Resource(self.address(name, scope), attributes, (lake_in(scope),))

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Other versions end first, as AWS has one of a source; then who is to go, and who is missing."""
        scope, name, after = change.address.scope, change.address.name, change.after
        client = aws.client(self.client_name, scope)

        def listed() -> Mapping[str, set[str]]:
            return _collected(aws, client, scope.region).get(name, {})

        present = listed()
        version = str(after["version"]) if after else ""
        entry = _entry(change, version)
        others = {*present} - {version}
        for other in others:
            with unless(Cause.NOT_THERE):  # a run that was cut off has begun it
                _send(aws, client.delete_aws_log_source, _entry(change, other), present[other])
        for _ in aws.poll(f"the end of {name} in Security Lake", "security_lake") if others else ():
            if not {*listed()} & others:
                break
        if after is None:
            return
        ids = {key: aws.tree.account_ids[key] for key in _active(organization, aws)}
        wanted = {ids[key] for key in keys_in(organization, after) if key in ids}
        shown = keys_in(organization, change.before) if change.before else frozenset()
        ended = {ids[key] for key in shown if key in ids} - wanted  # no other was reviewed
        with unless(Cause.NOT_THERE):
            _send(aws, client.delete_aws_log_source, entry, ended & present.get(version, set()))
        missing = (wanted | _strangers(organization, aws, present)) - present.get(version, set())
        failed = _send(aws, client.create_aws_log_source, entry, missing)
        if failed:
            keys = aws.tree.account_keys
            reasons = {keys.get(each, each): "AWS does not say why" for each in failed}
            raise OperationFailed(f"{name}: {refusals(reasons)}", operation="CreateAwsLogSource", scope=scope)
        for _ in aws.poll(f"{name} in Security Lake", "security_lake") if missing | ended else ():
            now = listed().get(version, set())
            if missing <= now and not ended & now:
                return

    def weakened(self, organization: Organization, change: Change) -> Iterable[str]:
        """Accounts that are collected from no more."""
        yield from super().weakened(organization, change)
        if change.before and change.after:
            lost = keys_in(organization, change.before) - keys_in(organization, change.after)
            if lost:
                yield f"no longer from {few(sorted(lost))}"

    def notes(self, organization: Organization, change: Change) -> Iterable[str]:
        """Of a first time, how much it is; of the end, what stays."""
        if change.action is Action.CREATE and change.after:
            count = len(keys_in(organization, change.after))
            yield f"from {count} accounts: charged by the GB of their logs that is taken in"
        if change.action is Action.DELETE:
            yield "what was collected stays in the bucket of the lake"


def wanted_of(organization: Organization, source: LogSource) -> list[str]:
    """The accounts of a source, by key."""
    return list(organization.accounts) if source.target is None else list(organization.members(source.target))


def _collected(aws: Aws, client: Any, region: str) -> Collected:
    """Account ids by source and version, of the sources of AWS in a region."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in aws.listed(client, "list_log_sources", "sources", regions=[region]):
        for source in (each["awsLogSource"] for each in row["sources"] if "awsLogSource" in each):
            found[source["sourceName"]][source.get("sourceVersion", UNKNOWN)].add(row["account"])
    return found


def _active(organization: Organization, aws: Aws) -> list[str]:
    """The accounts of the config that can be collected from: those that are being closed, or are suspended, cannot."""
    live = aws.tree.accounts
    return [key for key in organization.accounts if key in live and live[key].state == "ACTIVE"]


def _strangers(organization: Organization, aws: Aws, present: Mapping[str, set[str]]) -> set[str]:
    """The ids of accounts that the config does not name, of those that are collected from in some version."""
    live = aws.tree.accounts
    named = {live[key].id for key in organization.accounts if key in live}
    active = {each.id for each in live.values() if each.state == "ACTIVE"}
    return (active - named) & set().union(*present.values())


def _seen(organization: Organization, aws: Aws, name: str, ids: Collection[str]) -> set[str]:
    """The keys of who is collected from; those that cannot be are as the config has them.

    Where the config does not have the source, they are as all others, if these are alike.
    """
    service = organization.service(SecurityLakeSettings)
    source = service.settings.sources.get(name) if service else None
    active = {*_active(organization, aws)}
    closed = {*organization.accounts} & {*aws.tree.accounts} - active
    found = {key for key in active if aws.tree.account_ids[key] in ids}
    if source is None:
        return found | closed if found == {*organization.accounts} - closed else found
    return found | (closed & {*wanted_of(organization, source)})


def _entry(change: Change, version: str) -> dict[str, Any]:
    """What AWS calls a source of a region in a version; `accounts` come besides."""
    named = {"sourceName": change.address.name, "regions": [change.address.scope.region]}
    return named if version == UNKNOWN else {**named, "sourceVersion": version}


def _send(aws: Aws, call: Callable[..., Any], entry: Mapping[str, Any], accounts: Collection[str]) -> list[str]:
    """The ids of those that AWS refuses."""
    if not accounts:
        return []
    return list(one_at_a_time(aws, call, sources=[{**entry, "accounts": sorted(accounts)}]).get("failed") or ())
