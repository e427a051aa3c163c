"""Trusted access: which AWS services may work across the organization."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from landing.aws import Aws, unless
from landing.core.constraints.principals import ACCOUNT, ALSO_NEEDED, BY_CONSOLE, HEALTH, RAM, STACKSETS
from landing.core.errors import Cause, OperationFailed
from landing.core.model import Action, Change, Diagnostic, Gap, Resource, Scope
from landing.organization import Organization
from landing.organization.resources import TRUSTED_ACCESS
from landing.services.base import Kind, Ownership
from landing.services.organizations.organization import TheOrganization

__all__ = ["ACCOUNT", "STACKSETS", "TrustedAccess"]
from landing.services.strength import Weaker, on


class TrustedAccess(Kind):
    """Trusted access of a service principal (EnableAWSServiceAccess); never withdrawn by us: others may rely on it.

    StackSets, RAM and Health are switched on by calls of their own, which make their service-linked roles too.
    """

    name = TRUSTED_ACCESS
    title = "Trusted access"
    ownership = Ownership.CONFIG
    help_uri = "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_integrate_services.html"
    weaker: ClassVar[Mapping[str, Weaker]] = {"enabled": on}
    parallel = 1
    removal = ""
    ahead = ()
    reads = (
        "organizations:ListAWSServiceAccessForOrganization",
        "cloudformation:DescribeOrganizationsAccess",
        "health:DescribeHealthServiceStatusForOrganization",
    )
    writes = (
        "organizations:EnableAWSServiceAccess",
        "cloudformation:ActivateOrganizationsAccess",
        "health:EnableHealthServiceAccessForOrganization",
        "ram:EnableSharingWithAwsOrganization",
        "iam:CreateServiceLinkedRole",
    )
    linked = ("stacksets.cloudformation.amazonaws.com", HEALTH, RAM)  # and of every service that is trusted

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """What the services of the config need, and what it names besides."""
        needs = (TheOrganization().address("this"),)
        for principal, source in organization.trusted_access.items():
            yield Resource(self.address(principal), {"enabled": True}, needs, source=source)

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource | Gap]:
        """All principals that have access now."""
        if aws.tree.description is None:
            return
        for principal in aws.tree.trusted:
            if principal == HEALTH and HEALTH in organization.trusted_access:
                yield from self._health(aws, scope)
            elif principal != STACKSETS:
                yield Resource(self.address(principal), {"enabled": True}, owned=False)
        if aws.client("cloudformation").describe_organizations_access()["Status"] == "ENABLED":
            yield Resource(self.address(STACKSETS), {"enabled": True}, owned=False)

    def _health(self, aws: Aws, scope: Scope) -> Iterable[Resource | Gap]:
        """The organizational view: it may be off though the service is trusted."""
        with unless("SubscriptionRequiredException") as no_plan:
            if _health_status(aws) != "DISABLED":
                yield Resource(self.address(HEALTH), {"enabled": True}, owned=False)
        if no_plan.code:
            reason = "AWS Health tells whether its view of the organization is on under a Business Support plan only"
            yield Gap(self.name, scope, Diagnostic("", reason), HEALTH)

    def in_the_way(self, organization: Organization, aws: Aws, change: Change) -> Iterable[str]:
        """No call switches it on."""
        if change.action is Action.CREATE and change.address.name in BY_CONSOLE:
            yield _by_console(change.address.name)

    def notes(self, organization: Organization, change: Change) -> Iterable[str]:
        """What else the service wants."""
        if change.action is Action.CREATE and change.address.name in ALSO_NEEDED:
            yield ALSO_NEEDED[change.address.name]

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Switch it on; both calls may be repeated."""
        assert change.action is not Action.DELETE
        principal = change.address.name
        if principal == STACKSETS:
            aws.client("cloudformation").activate_organizations_access()
        elif principal == HEALTH:
            _switch_health_on(aws)
        elif principal == RAM:
            with aws.writing:
                aws.client("ram").enable_sharing_with_aws_organization()
        elif principal in BY_CONSOLE:
            raise OperationFailed(_by_console(principal), operation="EnableAWSServiceAccess")
        else:
            with aws.writing:
                aws.client("organizations").enable_aws_service_access(ServicePrincipal=principal)
        aws.tree.forget_trusted()


def _health_status(aws: Aws) -> str:
    """ENABLED, DISABLED, or PENDING while AWS is at it."""
    answer = aws.client("health").describe_health_service_status_for_organization()
    return str(answer["healthServiceAccessStatusForOrganization"])


def _switch_health_on(aws: Aws) -> None:
    """Until it is on; AWS takes no second call while it is at the first, of whomever that is."""
    for _ in aws.poll("AWS Health's view of the organization", "administrator"):
        status = _health_status(aws)
        if status == "ENABLED":
            return
        if status == "DISABLED":
            with aws.writing, unless(Cause.BEING_CHANGED):
                aws.client("health").enable_health_service_access_for_organization()


def _by_console(principal: str) -> str:
    name = BY_CONSOLE[principal]
    return f"{name} is switched on in its own console only, in the management account; then it is found trusted"
