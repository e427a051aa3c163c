"""What is collected from accounts that come to the organization."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from landing.aws import Aws, unless
from landing.core.errors import Cause
from landing.core.model import Change, Resource, Scope
from landing.organization import Organization
from landing.services.security_lake.lake import ABSENT, OfTheLake, one_at_a_time
from landing.services.security_lake.settings import SecurityLakeSettings
from landing.services.shapes import NAME
from landing.services.strength import Weaker, each, told

ByRegion = dict[str, dict[str, str]]
"""Version by source, by region."""


class SecurityLakeNewAccounts(OfTheLake):
    """Sources by region for accounts that join (CreateDataLakeOrganizationConfiguration, which adds to what is there).

    Those whose source has no target in the config.
    """

    name = "security_lake_new_accounts"
    ending = "switched off"
    title = "Security Lake for new accounts"
    controls = ("nist-800-53-r5:AU-12",)
    help_uri = "https://docs.aws.amazon.com/security-lake/latest/userguide/multi-account-management.html"
    weaker: ClassVar[Mapping[str, Weaker]] = {"sources": each(told)}
    reads = ("securitylake:GetDataLakeOrganizationConfiguration", "sts:AssumeRole")
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
            wanted: ByRegion = {region: dict(opened) for region in self.regions(organization)}
            at = service.source if service else None
            yield Resource(self.address(NAME, scope), {"sources": wanted}, self.lakes(organization), source=at)

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """Nothing where AWS has none."""
        found: ByRegion = {}
        with unless(*ABSENT):
            found = _configured(aws.client(self.client_name, scope))
        governed = {region: found[region] for region in self.regions(organization) if region in found}
        if governed:
            yield Resource(self.address(NAME, scope), {"sources": governed}, self.lakes(organization))

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """What is there too much first; AWS adds what is sent to what there is."""
        client = aws.client(self.client_name, change.address.scope)
        wanted: ByRegion = change.after["sources"] if change.after else {}
        present = _configured(client)
        regions = {*self.regions(organization)}
        gone = _without({region: present[region] for region in present if region in regions}, wanted)
        if gone:
            one_at_a_time(aws, client.delete_data_lake_organization_configuration, autoEnableNewAccount=_sent(gone))
        added = _without(wanted, present)
        if added:
            one_at_a_time(aws, client.create_data_lake_organization_configuration, autoEnableNewAccount=_sent(added))


def _configured(client: Any) -> ByRegion:
    with unless(Cause.NOT_THERE):
        listed = client.get_data_lake_organization_configuration().get("autoEnableNewAccount") or ()
        return {
            row["region"]: {each["sourceName"]: each.get("sourceVersion", "?") for each in row["sources"]}
            for row in listed
        }
    return {}


def _without(some: ByRegion, others: ByRegion) -> ByRegion:
    """What the others do not have so, by region; no region with nothing."""
    left = {
        region: {name: version for name, version in rows.items() if others.get(region, {}).get(name) != version}
        for region, rows in some.items()
    }
    return {region: rows for region, rows in left.items() if rows}


def _sent(sources: ByRegion) -> list[dict[str, Any]]:
    return [
        {
            "region": region,
            "sources": [{"sourceName": name, "sourceVersion": version} for name, version in rows.items()],
        }
        for region, rows in sources.items()
    ]
