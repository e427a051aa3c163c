"""Who reads the lake."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from landing.aws import Aws, unless
from landing.core import forms
from landing.core.model import Action, Address, Change, Resource, Scope, Severity
from landing.organization import PREFIX, Organization
from landing.services.base import Ownership
from landing.services.security_lake.lake import ABSENT, SUBSCRIBER, WHERE, OfTheLake, lake_in, one_at_a_time
from landing.services.security_lake.settings import SecurityLakeSettings
from landing.services.security_lake.source import SecurityLakeSource
from landing.services.shapes import keyed_apart
from landing.services.strength import Weaker, neutral, no_more, told


class SecurityLakeSubscriber(OfTheLake):
    """A subscriber (CreateSubscriber), called `landing-<key>`, in the region in which the lake is read."""

    name = SUBSCRIBER
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
    reads = ("securitylake:ListSubscribers", *WHERE)
    writes = ("securitylake:CreateSubscriber", "securitylake:UpdateSubscriber", "securitylake:DeleteSubscriber")

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """Each of the config, in the rollup region, or else at home, or else where there is a lake at all."""
        service = organization.service(SecurityLakeSettings)
        scopes = list(self.scopes(organization)) if service else []
        if service is None or not scopes:
            return
        home = self.for_all(organization, scopes[0])
        scope = next((each for each in scopes if each.region == service.settings.rollup), home)
        for key, each in service.settings.subscribers.items():
            attributes = {
                "principal": each.principal,
                "external_id": each.external_id,
                "sources": sorted(each.sources),
                "access": each.access,
            }
            needs = _needs(scope, each.sources)
            yield Resource(self.address(key, scope), attributes, needs, source=service.at("subscribers", key))

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """All that there are in the region."""
        scope = self.where(organization, aws, scope)
        client = aws.client(self.client_name, scope)
        for key, owned, found in self._found(aws, client):
            sources = sorted(each["awsLogSource"]["sourceName"] for each in found["sources"] if "awsLogSource" in each)
            attributes = {
                "principal": found["subscriberIdentity"]["principal"],
                "external_id": found["subscriberIdentity"]["externalId"],
                "sources": sources,
                "access": ", ".join(sorted(found.get("accessTypes") or ())),
            }
            yield Resource(self.address(key, scope), attributes, _needs(scope, sources), owned=owned)

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

    def notes(self, organization: Organization, change: Change) -> Iterable[str]:
        """Who reads."""
        if change.action is Action.CREATE and change.after:
            sources = ", ".join(change.after["sources"])
            yield f"{change.after['principal']} reads {sources} of every account and region that comes here"

    def _id(self, aws: Aws, client: Any, address: Address) -> str:
        """AWS's id of a subscriber, empty where there is none."""
        present = {key: found["subscriberId"] for key, _, found in self._found(aws, client)}
        return str(present.get(address.name, ""))

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Create, or replace who it is and what it reads."""
        client, after = aws.client(self.client_name, change.address.scope), change.after
        known = self._id(aws, client, change.address)
        if after is None:
            if known:
                one_at_a_time(aws, client.delete_subscriber, subscriberId=known)
            return
        service = organization.service(SecurityLakeSettings)
        versions = {name: each.version for name, each in service.settings.sources.items()} if service else {}
        wanted: dict[str, Any] = {
            "subscriberIdentity": {"principal": after["principal"], "externalId": after["external_id"]},
            "sources": [
                {"awsLogSource": {"sourceName": name, "sourceVersion": versions[name]}} for name in after["sources"]
            ],
        }
        if known:
            one_at_a_time(aws, client.update_subscriber, subscriberId=known, **wanted)
        else:
            name = PREFIX + change.address.name
            wanted |= {"subscriberName": name, "accessTypes": [after["access"]]}
            one_at_a_time(aws, client.create_subscriber, made=lambda: self._id(aws, client, change.address), **wanted)


def _needs(scope: Scope, sources: Iterable[str]) -> tuple[Address, ...]:
    """The sources that it reads, where it reads them, and the lake."""
    return (*(SecurityLakeSource().address(name, scope) for name in sources), lake_in(scope))
