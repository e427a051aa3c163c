"""What is collected from accounts that come to the organization."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from landing.aws import Aws, unless
from landing.core.model import Change, Resource, Scope
from landing.organization import Organization
from landing.services.security_lake.lake import ABSENT, WHERE, OfTheLake, lake_in, one_at_a_time
from landing.services.security_lake.settings import SecurityLakeSettings
from landing.services.shapes import NAME
from landing.services.strength import Weaker, each, told

Sources = dict[str, str]
"""Version by source."""


class SecurityLakeNewAccounts(OfTheLake):
    """Sources of a region for accounts that join: those that have no target in the config.

    AWS adds what it is sent to what there is (CreateDataLakeOrganizationConfiguration).
    """

    name = "security_lake_new_accounts"
    ending = "switched off"
    title = "Security Lake for new accounts"
    controls = ("nist-800-53-r5:AU-12",)
    help_uri = "https://docs.aws.amazon.com/security-lake/latest/userguide/multi-account-management.html"
    weaker: ClassVar[Mapping[str, Weaker]] = {"sources": each(told)}
    reads = ("securitylake:GetDataLakeOrganizationConfiguration", *WHERE)
    writes = (
        "securitylake:CreateDataLakeOrganizationConfiguration",
        "securitylake:DeleteDataLakeOrganizationConfiguration",
    )

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """The same in each region; nothing where every source has a target."""
        service = organization.service(SecurityLakeSettings)
        sources = service.settings.sources if service else {}
        opened = {name: source.version for name, source in sorted(sources.items()) if source.target is None}
        for scope in self.scopes(organization) if service and opened else ():
            at = service.source if service else None
            yield Resource(self.address(NAME, scope), {"sources": opened}, (lake_in(scope),), source=at)

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """Nothing where AWS has none; one call tells of all regions."""
        scope = self.where(organization, aws, scope)
        client = aws.client(self.client_name, self.for_all(organization, scope))
        found = aws.tree.once("new accounts of security lakes", lambda: _configured(client)).get(scope.region)
        if found:
            yield Resource(self.address(NAME, scope), {"sources": found}, (lake_in(scope),))

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """What is there too much first; AWS adds what is sent to what there is."""
        scope = change.address.scope
        client = aws.client(self.client_name, self.for_all(organization, scope))
        wanted: Sources = change.after["sources"] if change.after else {}
        present = _configured(client).get(scope.region, {})
        gone, added = _without(present, wanted), _without(wanted, present)
        if gone:
            rows = _sent(scope.region, gone)
            one_at_a_time(aws, client.delete_data_lake_organization_configuration, autoEnableNewAccount=rows)
        if added:
            rows = _sent(scope.region, added)
            one_at_a_time(aws, client.create_data_lake_organization_configuration, autoEnableNewAccount=rows)


def _configured(client: Any) -> dict[str, Sources]:
    """By region; nothing where there is no organization configuration."""
    with unless(*ABSENT):
        listed = client.get_data_lake_organization_configuration().get("autoEnableNewAccount") or ()
        return {
            row["region"]: {each["sourceName"]: each.get("sourceVersion", "?") for each in row["sources"]}
            for row in listed
        }
    return {}


def _without(some: Sources, others: Sources) -> Sources:
    """What the others do not have so."""
    return {name: version for name, version in some.items() if others.get(name) != version}


def _sent(region: str, sources: Sources) -> list[dict[str, Any]]:
    rows = [{"sourceName": name, "sourceVersion": version} for name, version in sources.items()]
    return [{"region": region, "sources": rows}]
