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
from landing.sandbox.services.places import Places
from landing.sandbox.services.service import Scope, Service
from landing.sandbox.world import World

PRINCIPAL = "health.amazonaws.com"


@dataclass
class View:
    """ENABLED or DISABLED; PENDING while AWS is at it."""

    status: str = "DISABLED"


PLACES = Places("health", View)


def _subscribed(call: Call) -> None:
    if not call.world.options.get("support_plan", True):
        raise Refusal("SubscriptionRequiredException", "The AWS Health API needs a Business Support plan or more.")


def _at_rest(view: View) -> None:
    """API reference, ConcurrentModificationException of both operations."""
    if view.status == "PENDING":
        message = "EnableHealthServiceAccessForOrganization is already in progress. Wait for the action to complete."
        raise Refusal("ConcurrentModificationException", message)


def _enabled(world: World, account: str) -> None:
    PLACES.at(world, account, "").status = "ENABLED"


def _thing(call: Call) -> tuple[str, str]:
    return ("health view", call.account)


class Health(Service[View]):
    """Called by the management account alone (User Guide, "Aggregating AWS Health events")."""

    name = "health"
    scope = Scope.ACCOUNT
    state_type = View

    def enable_health_service_access_for_organization(self, call: Call) -> None:
        """By and by, with trusted access and the service-linked role (API reference)."""
        _subscribed(call)
        organization = accounts.organization_of(call.world, call.account)
        if organization is None or organization.management_account != call.account:
            raise Refusal("AccessDeniedException", "Only the management account may enable the organizational view.")
        _at_rest(self.state(call))
        accounts.trust(call.world, organization, PRINCIPAL)
        linked_roles.ensure(call.world, call.account, PRINCIPAL)
        if self.state(call).status == "DISABLED":
            self.state(call).status = "PENDING"
            call.world.clock.later(_enabled, call.account, thing=_thing(call))

    def disable_health_service_access_for_organization(self, call: Call) -> None:
        """The view is off; trusted access stays (API reference, DisableHealthServiceAccessForOrganization)."""
        _subscribed(call)
        _at_rest(self.state(call))
        self.state(call).status = "DISABLED"

    def describe_health_service_status_for_organization(self, call: Call) -> dict[str, Any]:
        """Trusted access alone does not switch the view on."""
        _subscribed(call)
        call.poll(_thing(call))
        return {"healthServiceAccessStatusForOrganization": self.state(call).status}
