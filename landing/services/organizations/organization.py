"""The organization itself, with all features."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from landing.aws import Aws, unless
from landing.core.model import Action, Change, Resource, Scope, Severity
from landing.organization import Organization
from landing.services.base import Kind, Ownership
from landing.services.strength import Weaker, ranked


class TheOrganization(Kind):
    """AWS Organizations with all features (CreateOrganization, EnableAllFeatures); never deleted."""

    name = "organization"
    title = "Organization"
    ownership = Ownership.CONFIG
    severity = Severity.HIGH
    controls = ("cis-aws-7.0:2.1.4", "fsbp:Account.2")
    help_uri = "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_org_create.html"
    weaker: ClassVar[Mapping[str, Weaker]] = {"feature_set": ranked("ALL", "CONSOLIDATED_BILLING")}
    removal = ""
    ahead = ()
    reads = ("organizations:DescribeOrganization",)
    writes = ("organizations:CreateOrganization", "organizations:EnableAllFeatures", "iam:CreateServiceLinkedRole")
    linked = ("organizations.amazonaws.com",)

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """One, in every config."""
        yield Resource(self.address("this"), {"feature_set": "ALL"}, source=organization.source)

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """What DescribeOrganization says."""
        if aws.tree.description is not None:
            yield Resource(self.address("this"), {"feature_set": aws.tree.description["FeatureSet"]}, owned=False)

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Create it, or ask for all features (invited members must agree to that)."""
        client = aws.client("organizations")
        if change.action is Action.CREATE:
            with unless("AlreadyInOrganizationException"):
                client.create_organization(FeatureSet="ALL")
        else:
            with unless("HandshakeConstraintViolationException"):
                client.enable_all_features()
        aws.tree.forget()
