"""Who reads the lake."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from landing.aws import Aws, unless
from landing.core import forms
from landing.core.model import Action, Address, Change, Resource, Scope, Severity
from landing.organization import PREFIX, Organization
from landing.services.base import Ownership
from landing.services.security_lake.lake import ABSENT, OfTheLake, one_at_a_time
from landing.services.security_lake.settings import SecurityLakeSettings
from landing.services.security_lake.source import SecurityLakeSource
from landing.services.shapes import RegionalKind, keyed_apart
from landing.services.strength import Weaker, neutral, no_more, told


class SecurityLakeSubscriber(OfTheLake):
    """A subscriber (CreateSubscriber), called `landing-<key>`, where the lake is read: see `OfTheLake.scopes`."""

    name = "security_lake_subscriber"
    ending = "deleted"
    title = "Security Lake subscriber"
    ownership = Ownership.PREFIX
    severity = Severity.MEDIUM
    removal = "delete"
    controls = ("nist-800-53-r5:AU-6",)
    help_uri = "https://docs.aws.amazon.com/security-lake/latest/userguide/subscriber-management.html"
    canonical: ClassVar[Mapping[str, forms.Form]] = {"sources": forms.unordered}
    weaker: ClassVar[Mapping[str, Weaker]] = {
        "principal": told,
        "external_id": told,
        "sources": no_more,
        "access": neutral,
    }
    reads = ("securitylake:ListSubscribers", "sts:AssumeRole")
    writes = ("securitylake:CreateSubscriber", "securitylake:UpdateSubscriber", "securitylake:DeleteSubscriber")

    def scopes(self, organization: Organization) -> Iterator[Scope]:
        """Each region: where it is read may have been another before."""
        return RegionalKind.scopes(self, organization)

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """Each of the config, where the lake is read."""
        service = organization.service(SecurityLakeSettings)
        for scope in OfTheLake.scopes(self, organization) if service else ():
            for key, each in service.settings.subscribers.items() if service else ():
                attributes = {
                    "principal": each.principal,
                    "external_id": each.external_id,
                    "sources": sorted(each.sources),
                    "access": each.access,
                }
                needs = (SecurityLakeSource().address(name, scope) for name in each.sources)
                at = service.at("subscribers", key) if service else None
                yield Resource(self.address(key, scope), attributes, tuple(needs), source=at)

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """All that there are in the region."""
        client = aws.client(self.client_name, scope)
        for key, owned, found in self._found(aws, client):
            sources = sorted(each["awsLogSource"]["sourceName"] for each in found["sources"] if "awsLogSource" in each)
            attributes = {
                "principal": found["subscriberIdentity"]["principal"],
                "external_id": found["subscriberIdentity"]["externalId"],
                "sources": sources,
                "access": ", ".join(sorted(found.get("accessTypes") or ())),
            }
            places = list(OfTheLake.scopes(self, organization))
            needs = (SecurityLakeSource().address(name, place) for name in sources for place in places)
            yield Resource(self.address(key, scope), attributes, tuple(needs), owned=owned)

    def _found(self, aws: Aws, client: Any) -> Iterator[tuple[str, bool, Mapping[str, Any]]]:
        with unless(*ABSENT):
            listed = list(aws.listed(client, "list_subscribers", "subscribers"))
            listed.sort(key=lambda each: str(each["subscriberArn"]))
            yield from keyed_apart(listed, name="subscriberName", arn="subscriberArn")

    def impossible(self, change: Change, live: Mapping[Address, Resource]) -> Iterable[str]:
        """Another way to read."""
        before, after = change.before or {}, change.after or {}
        if change.action is Action.UPDATE and before.get("access") != after.get("access"):
            yield f"AWS never changes how a subscriber reads: give the one with {after.get('access')} another key"

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Create, or replace who it is and what it reads."""
        client, after = aws.client(self.client_name, change.address.scope), change.after
        present = {key: found["subscriberId"] for key, _, found in self._found(aws, client)}
        known = present.get(change.address.name, "")
        if after is None:
            if known:
                one_at_a_time(aws, client.delete_subscriber, subscriberId=known)
            return
        service = organization.service(SecurityLakeSettings)
        versions = {name: each.version for name, each in service.settings.sources.items()} if service else {}
        wanted = {
            "subscriberIdentity": {"principal": after["principal"], "externalId": after["external_id"]},
            "sources": [
                {"awsLogSource": {"sourceName": name, "sourceVersion": versions[name]}} for name in after["sources"]
            ],
        }
        if known:
            one_at_a_time(aws, client.update_subscriber, subscriberId=known, **wanted)
        else:
            name = PREFIX + change.address.name
            one_at_a_time(aws, client.create_subscriber, subscriberName=name, accessTypes=[after["access"]], **wanted)
