"""Trusted access: which AWS services may work across the organization."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from landing.aws import Aws
from landing.core.constraints.principals import ACCOUNT, STACKSETS
from landing.core.model import Action, Change, Resource, Scope
from landing.organization import Organization
from landing.organization.resources import TRUSTED_ACCESS
from landing.services.base import Kind, Ownership
from landing.services.organizations.organization import TheOrganization

__all__ = ["ACCOUNT", "STACKSETS", "TrustedAccess"]
from landing.services.strength import Weaker, on


class TrustedAccess(Kind):
    """Trusted access of a service principal (EnableAWSServiceAccess); never withdrawn by us: others may rely on it.

    StackSets are switched on by CloudFormation's own call, which makes their service-linked roles too.
    """

    name = TRUSTED_ACCESS
    title = "Trusted access"
    ownership = Ownership.CONFIG
    help_uri = "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_integrate_services.html"
    weaker: ClassVar[Mapping[str, Weaker]] = {"enabled": on}
    parallel = 1
    removal = ""
    ahead = ()
    reads = ("organizations:ListAWSServiceAccessForOrganization", "cloudformation:DescribeOrganizationsAccess")
    writes = (
        "organizations:EnableAWSServiceAccess",
        "cloudformation:ActivateOrganizationsAccess",
        "iam:CreateServiceLinkedRole",
    )
    linked = ("stacksets.cloudformation.amazonaws.com",)  # and of every service that is trusted

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """What the services of the config need, and what it names besides."""
        needs = (TheOrganization().address("this"),)
        for principal, source in organization.trusted_access.items():
            yield Resource(self.address(principal), {"enabled": True}, needs, source=source)

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """All principals that have access now."""
        if aws.tree.description is None:
            return
        for principal in aws.tree.trusted:
            if principal != STACKSETS:
                yield Resource(self.address(principal), {"enabled": True}, owned=False)
        if aws.client("cloudformation").describe_organizations_access()["Status"] == "ENABLED":
            yield Resource(self.address(STACKSETS), {"enabled": True}, owned=False)

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Switch it on; both calls may be repeated."""
        assert change.action is not Action.DELETE
        principal = change.address.name
        if principal == STACKSETS:
            aws.client("cloudformation").activate_organizations_access()
        else:
            with aws.writing:
                aws.client("organizations").enable_aws_service_access(ServicePrincipal=principal)
        aws.tree.forget_trusted()
