"""AWS Security Incident Response: the membership of an organization (Security Incident Response API reference)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import accounts
from landing.sandbox.services.call import Call
from landing.sandbox.services.iam import linked_roles
from landing.sandbox.services.service import Scope, Service
from landing.sandbox.services.tags import Tags
from landing.sandbox.world import Event, World

PRINCIPAL = "security-ir.amazonaws.com"
TRIAGE = "triage.security-ir.amazonaws.com"
REGIONS = (
    *("us-east-1", "us-east-2", "us-west-2", "ca-central-1", "sa-east-1"),
    *("eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3"),
    *("ap-northeast-1", "ap-northeast-2", "ap-south-1", "ap-southeast-1", "ap-southeast-2"),
)
"""User Guide, "Supported configurations"."""

ACTIVE, CANCELLED, TERMINATED = "Active", "Cancelled", "Terminated"
_invalid = Refusal.of("ValidationException")


@dataclass(slots=True)
class Membership:
    """Of an organization, in the account and Region that made it."""

    id: str
    account: str
    region: str
    name: str
    team: list[dict[str, Any]]
    activated: datetime
    features: list[dict[str, Any]] = field(default_factory=list)
    whole: bool = False
    units: list[str] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)
    status: str = ACTIVE
    ended: datetime | None = None

    @property
    def arn(self) -> str:
        """As it is tagged."""
        return f"arn:aws:security-ir:{self.region}:{self.account}:membership/{self.id}"


@dataclass(slots=True)
class Memberships:
    """All of a world, the latest last."""

    all: list[Membership] = field(default_factory=list)


def _tagged(call: Call) -> dict[str, str]:
    found = (each for each in _known(call) if each.arn == call["resourceArn"])
    membership = next(found, None)
    if membership is None:
        raise _absent()
    return membership.tags


TAGS = Tags(of=_tagged, too_many=lambda: Refusal("ServiceQuotaExceededException", "A membership has at most 50 tags."))


class _Ends:
    """What ends a membership at once (User Guide, "Considerations and recommendations")."""

    def administrator_deregistered(self, world: World, event: Event) -> None:
        """Its administrator is dismissed."""
        if event.detail["principal"] == PRINCIPAL:
            _end(world, event.account)

    def service_distrusted(self, world: World, event: Event) -> None:
        """The service has no trusted access any more."""
        if event.detail["principal"] == PRINCIPAL:
            for account in accounts.membership(world, event.account).members:
                _end(world, account)


class SecurityIncidentResponse(Service[Memberships]):
    """The membership; cases and their comments are unsupported."""

    name = "security-ir"
    state_type = Memberships
    scope = Scope.WORLD
    topics = (TAGS, _Ends())

    def admit(self, call: Call) -> None:
        """The management account or the administrator, with trusted access, in a Region that has it.

        User Guide, "Considerations and recommendations" and "Supported configurations".
        """
        if call.region not in REGIONS:
            raise Refusal("SecurityIncidentResponseNotActiveException", "The service is not available in this Region.")
        organization = accounts.may_administer(call, PRINCIPAL)
        if organization is None:
            raise Refusal("AccessDeniedException", "The account does not administer AWS Security Incident Response.")
        if PRINCIPAL not in organization.services:
            raise Refusal("SecurityIncidentResponseNotActiveException", "The service has no trusted access.")

    def create_membership(self, call: Call) -> dict[str, Any]:
        """One of an organization; not where a member administers the service (API reference, CreateMembership).

        Triage wants its role in the management account first (User Guide, "Enable … using the CLI").
        """
        organization = accounts.membership(call.world, call.account)
        if any(_of(call.world, each, organization) and each.status != TERMINATED for each in self.state(call).all):
            raise Refusal("ConflictException", "The organization has a membership.", resourceId="", resourceType="")
        administrators = accounts.administrators(organization, PRINCIPAL)
        if administrators and call.account not in administrators:
            raise Refusal("AccessDeniedException", "A delegated administrator is registered: it makes the membership.")
        features = call.get("optInFeatures", [])
        _check_triage(call, organization.management_account, features)
        made = Membership(
            "m-" + call.world.token(20, "0123456789abcdefghijklmnopqrstuvwxyz"),
            call.account,
            call.region,
            call["membershipName"],
            call["incidentResponseTeam"],
            call.world.now,
            features,
            call.get("coverEntireOrganization", False),
            tags=call.get("tags", {}),
        )
        self.state(call).all.append(made)
        linked_roles.ensure(call.world, call.account, PRINCIPAL)
        return {"membershipId": made.id}

    def list_memberships(self, call: Call) -> dict[str, Any]:
        """Those that the caller may see, those that ended among them (API reference, ListMemberships)."""
        return call.page("items", _known(call), whole=_shown, most=25)

    def get_membership(self, call: Call) -> dict[str, Any]:
        """API reference, GetMembership."""
        return _shown(_named(call))

    def update_membership(self, call: Call) -> dict[str, Any]:
        """Team and features are replaced, units added and removed (API reference, UpdateMembership)."""
        membership = _named(call)
        if membership.status == TERMINATED:
            raise Refusal("ConflictException", "The membership has ended.", resourceId="", resourceType="")
        if call.get("undoMembershipCancellation") is False:
            raise _invalid("undoMembershipCancellation may be true only.")
        if call.get("undoMembershipCancellation"):
            if membership.status != CANCELLED:
                raise _invalid("The membership has not been cancelled.")
            membership.status, membership.ended = ACTIVE, None
        if membership.status == CANCELLED:
            raise Refusal("ConflictException", "The membership was cancelled.", resourceId="", resourceType="")
        organization = accounts.membership(call.world, call.account)
        if "optInFeatures" in call:
            _check_triage(call, organization.management_account, call["optInFeatures"])
            membership.features = call["optInFeatures"]
        membership.name = call.get("membershipName", membership.name)
        membership.team = call.get("incidentResponseTeam", membership.team)
        _cover(membership, organization, call.get("membershipAccountsConfigurationsUpdate", {}))
        return {}

    def cancel_membership(self, call: Call) -> dict[str, Any]:
        """Once (API reference, CancelMembership)."""
        membership = _named(call)
        if membership.status != ACTIVE:
            raise Refusal("ConflictException", "The membership is not active.", resourceId="", resourceType="")
        membership.status, membership.ended = CANCELLED, call.world.now
        return {"membershipId": membership.id}


def _end(world: World, account: str) -> None:
    every: Memberships = world.state("security-ir", "", "", Memberships)
    for each in every.all:
        if each.account == account and each.status != TERMINATED:
            each.status, each.ended = TERMINATED, world.now


def _known(call: Call) -> list[Membership]:
    """Those of the caller's organization, which the membership's account and the management account may see."""
    organization = accounts.membership(call.world, call.account)
    all_of_them: Memberships = call.world.state("security-ir", "", "", Memberships)
    return [each for each in all_of_them.all if _of(call.world, each, organization)]


def _of(world: World, membership: Membership, organization: accounts.Organization) -> bool:
    return accounts.organization_of(world, membership.account) is organization


def _named(call: Call) -> Membership:
    """The one that a call names, in its own account and Region."""
    for each in _known(call):
        if each.id == call["membershipId"] and (each.account, each.region) == (call.account, call.region):
            return each
    raise _absent()


def _absent() -> Refusal:
    return Refusal("ResourceNotFoundException", "There is no such membership.")


def _check_triage(call: Call, management: str, features: list[dict[str, Any]]) -> None:
    on = any(each["featureName"] == "Triage" and each["isEnabled"] for each in features)
    if on and not linked_roles.exists(call.world, management, TRIAGE):
        raise _invalid(f"The management account has no service-linked role of {TRIAGE}.")


def _cover(membership: Membership, organization: accounts.Organization, update: dict[str, Any]) -> None:
    """All or none of an update."""
    added, removed = update.get("organizationalUnitsToAdd", []), update.get("organizationalUnitsToRemove", [])
    whole = update.get("coverEntireOrganization", membership.whole)
    unknown = [unit for unit in (*added, *removed) if unit not in organization.units]
    if unknown:
        raise _invalid(f"There is no organizational unit {unknown[0]}.")
    if whole and (added or removed):
        raise _invalid("Units cannot be chosen where the entire organization is covered.")
    if {*removed} - {*membership.units}:
        raise _invalid("A unit that is to be removed is not covered.")
    membership.whole = whole
    kept = [] if whole else [unit for unit in membership.units if unit not in removed]
    membership.units = kept + [unit for unit in added if unit not in kept]


def _shown(membership: Membership) -> dict[str, Any]:
    return {
        "membershipId": membership.id,
        "accountId": membership.account,
        "region": membership.region,
        "membershipName": membership.name,
        "membershipArn": membership.arn,
        "membershipStatus": membership.status,
        "membershipActivationTimestamp": membership.activated,
        **({"membershipDeactivationTimestamp": membership.ended} if membership.ended else {}),
        "customerType": "Organization",
        "incidentResponseTeam": membership.team,
        "optInFeatures": membership.features,
        "membershipAccountsConfigurations": {
            "coverEntireOrganization": membership.whole,
            "organizationalUnits": list(membership.units),
        },
    }
