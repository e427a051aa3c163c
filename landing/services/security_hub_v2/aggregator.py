"""What is found in all regions, seen from the home region."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from landing.aws import SERVICE_DENIES, Aws, unless
from landing.core import forms
from landing.core.model import Action, Change, Resource, Scope
from landing.organization import Organization
from landing.services.security_hub_v2 import members
from landing.services.security_hub_v2.administrator import SecurityHubV2Administrator, SecurityHubV2Part
from landing.services.security_hub_v2.hub import OFF, SecurityHubV2
from landing.services.security_hub_v2.settings import SecurityHubV2Settings
from landing.services.shapes import NAME, AdministeredSetting
from landing.services.strength import Weaker, kept, neutral

NOT_ENABLED = (*OFF, SERVICE_DENIES)
"""What AWS answers of parts of Security Hub where it is not on."""
SPECIFIED = "SPECIFIED_REGIONS"


class SecurityHubV2Aggregator(SecurityHubV2Part, AdministeredSetting):
    """The aggregator of the administrator (CreateAggregatorV2); none where one region alone has Security Hub.

    An account has one; of one that is in another region the regions are linked anew from the home region.
    """

    name = "security_hub_v2_aggregator"
    ending = "deleted"
    title = "Security Hub V2 aggregator"
    home_only = True
    controls = ("nist-csf-2.0:DE.AE-03",)
    help_uri = "https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-v2-region-aggregation.html"
    canonical: ClassVar[Mapping[str, forms.Form]] = {"linked_regions": forms.unordered}
    weaker: ClassVar[Mapping[str, Weaker]] = {"linked_regions": kept(), "region": neutral}
    reads = ("securityhub:ListAggregatorsV2", "securityhub:GetAggregatorV2", "sts:AssumeRole")
    writes = (
        "securityhub:CreateAggregatorV2",
        "securityhub:UpdateAggregatorV2",
        "securityhub:DeleteAggregatorV2",
    )

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """All regions that have it, but the home region."""
        service = organization.service(SecurityHubV2Settings)
        here = members.regions(organization) if service else []
        linked = sorted({*here} - {organization.home_region})
        if service is None or organization.security_tooling not in members.accounts(organization) or not linked:
            return
        for scope in self.scopes(organization):
            needs = [SecurityHubV2().address(NAME, Scope(scope.account, region)) for region in here]
            needs.append(self.administrator(organization, scope, SecurityHubV2Administrator()))
            attributes = {"region": scope.region, "linked_regions": linked}
            yield Resource(self.address(NAME, scope), attributes, tuple(needs), source=service.source)

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """The one that there is; another way of linking shows by its name."""
        found = None
        with unless(*NOT_ENABLED):
            found = _found(aws, aws.client(self.client_name, scope))
        if found is None:
            return
        linked: Any = sorted(found.get("LinkedRegions") or ())
        if found["RegionLinkingMode"] != SPECIFIED:
            linked = f"{found['RegionLinkingMode']} {' '.join(linked)}".strip()
        needs = (SecurityHubV2().address(NAME, scope),)
        attributes = {"region": found["AggregationRegion"], "linked_regions": linked}
        yield Resource(self.address(NAME, scope), attributes, needs)

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Create or change; one in another region, which AWS does not move, is deleted there first."""
        scope, after = change.address.scope, change.after
        client = aws.client(self.client_name, scope)
        found = None
        with unless(*NOT_ENABLED):
            found = _found(aws, client)
        if found and (change.action is Action.DELETE or found["AggregationRegion"] != scope.region):
            there = aws.client(self.client_name, Scope(scope.account, found["AggregationRegion"]))
            with unless(*OFF):
                there.delete_aggregator_v2(AggregatorV2Arn=found["AggregatorV2Arn"])
            found = None
        if change.action is Action.DELETE:
            return
        assert after is not None
        wanted = {"RegionLinkingMode": SPECIFIED, "LinkedRegions": after["linked_regions"]}
        if found:
            client.update_aggregator_v2(AggregatorV2Arn=found["AggregatorV2Arn"], **wanted)
        else:
            with unless("ConflictException"):  # made already, and the answer was lost: an account has one
                client.create_aggregator_v2(**wanted)


def _found(aws: Aws, client: Any) -> Mapping[str, Any] | None:
    for entry in aws.listed(client, "list_aggregators_v2", "AggregatorsV2"):
        answer: Mapping[str, Any] = client.get_aggregator_v2(AggregatorV2Arn=entry["AggregatorV2Arn"])
        return answer
    return None
