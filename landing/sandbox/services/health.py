"""AWS Health: the organizational view (Health API reference).

The management account has a support plan, unless the option `support_plan` of the world is False: then nothing of the
API is open to it (User Guide, "Prerequisites" of the organizational view: Business Support or more).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import accounts
from landing.sandbox.services.call import Call
from landing.sandbox.services.iam import linked_roles
from landing.sandbox.services.service import Scope, Service

PRINCIPAL = "health.amazonaws.com"


@dataclass
class View:
    """Whether the view is on."""

    enabled: bool = False


def _subscribed(call: Call) -> None:
    if not call.world.options.get("support_plan", True):
        raise Refusal("SubscriptionRequiredException", "The AWS Health API needs a Business Support plan or more.")


class Health(Service[View]):
    """Called by the management account alone (User Guide, "Aggregating AWS Health events")."""

    name = "health"
    scope = Scope.ACCOUNT
    state_type = View

    def enable_health_service_access_for_organization(self, call: Call) -> None:
        """With trusted access and the service-linked role (API reference, EnableHealthServiceAccessForOrganization)."""
        _subscribed(call)
        organization = accounts.organization_of(call.world, call.account)
        if organization is None or organization.management_account != call.account:
            raise Refusal("AccessDeniedException", "Only the management account may enable the organizational view.")
        accounts.trust(call.world, organization, PRINCIPAL)
        linked_roles.ensure(call.world, call.account, PRINCIPAL)
        self.state(call).enabled = True

    def disable_health_service_access_for_organization(self, call: Call) -> None:
        """The view is off; trusted access stays (API reference, DisableHealthServiceAccessForOrganization)."""
        _subscribed(call)
        self.state(call).enabled = False

    def describe_health_service_status_for_organization(self, call: Call) -> dict[str, Any]:
        """Trusted access alone does not switch the view on."""
        _subscribed(call)
        return {"healthServiceAccessStatusForOrganization": "ENABLED" if self.state(call).enabled else "DISABLED"}
