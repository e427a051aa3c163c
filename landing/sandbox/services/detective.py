"""Amazon Detective: behaviour graphs, an organization's administrator and members (Detective API reference)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import accounts
from landing.sandbox.services.administrator import OrganizationAdministrator, Refusals, Relations
from landing.sandbox.services.call import Call
from landing.sandbox.services.members import Member, Members, may_be_member
from landing.sandbox.services.places import Places
from landing.sandbox.services.service import Service
from landing.sandbox.services.tags import Tags
from landing.sandbox.world import World

_denied = Refusal.of("AccessDeniedException")
_invalid = Refusal.of("ValidationException")

PRINCIPAL = "detective.amazonaws.com"
PACKAGES = ("DETECTIVE_CORE", "EKS_AUDIT", "ASFF_SECURITYHUB_FINDING")
MOST_MEMBERS = 1200


@dataclass(slots=True)
class Graph:
    """The behaviour graph of an administrator in a Region."""

    arn: str
    created: datetime
    auto_enable: bool = False
    packages: dict[str, datetime] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Place(Relations):
    """An account in a Region."""

    graph: Graph | None = None
    since: datetime | None = None
    """Of a management account: when it appointed the administrator."""

    @property
    def administration(self) -> Graph | None:
        """What an administrator has set is part of its graph."""
        return self.graph


PLACES = Places("detective", Place)
at = PLACES.at


class Administrator(OrganizationAdministrator[Graph]):
    """The graph comes and goes with the administrator (API reference, EnableOrganizationAdminAccount)."""

    principal, places = PRINCIPAL, PLACES
    refusals = Refusals(
        unmanaged=lambda _: _denied("Only the management account of an organization may do that."),
        untrusted=lambda _: _invalid(f"Trusted access is not enabled for {PRINCIPAL}."),
        stranger=lambda _: _invalid("The account is not an active member of the organization."),
        taken=lambda _: _invalid("Another account is the Detective administrator of the organization."),
        absent=lambda _: _invalid("There is no Detective administrator."),
        early=lambda _: _invalid("Trusted access for Detective is not in effect yet."),
    )

    def install(self, world: World, management: str, account: str, region: str) -> None:
        """The management account knows since when."""
        super().install(world, management, account, region)
        at(world, management, region).since = world.now

    def appoint(self, world: World, account: str, region: str) -> None:
        """The administrator gets a graph."""
        _create(world, account, region)

    def dismissed(self, world: World, account: str, region: str) -> None:
        """The graph goes."""
        _delete(world, account, region)

    def enrol(self, world: World, administrator: str, region: str, account: str) -> None:
        """A new account becomes a member where the administrator wants that."""
        graph = at(world, administrator, region).graph
        if graph is not None and graph.auto_enable:
            _enrol(world, graph, account, region)

    def listed(self, call: Call, appointed: str | None) -> dict[str, Any]:
        """With the graph and the time (API reference, ListOrganizationAdminAccounts)."""
        graph = at(call.world, appointed, call.region).graph if appointed else None
        since = at(call.world, call.account, call.region).since
        found = [{"AccountId": appointed, "GraphArn": graph.arn, "DelegationTime": since}] if graph else []
        return call.page("Administrators", found, most=200)


ADMINISTRATOR = Administrator()


class _Members(Members):
    """Those of a graph."""

    places = PLACES
    most = 200

    def known(self, call: Call) -> dict[str, Member]:
        """Of the graph that the call names."""
        return _graph(call).members

    def shown(self, call: Call, member: Any) -> dict[str, Any]:
        """With the graph."""
        graph = at(call.world, call.account, call.region).graph
        arn = graph.arn if graph is not None else None
        return {**super().shown(call, member), "GraphArn": arn, "InvitationType": "ORGANIZATION"}


MEMBERS = _Members()
TAGS = Tags(of=lambda call: _graph(call, "ResourceArn").tags, too_many=lambda: _invalid("A graph has at most 50 tags."))


class Detective(Service[Place]):
    """Graphs of organizations and of accounts alone; sending invitations and investigations are unsupported."""

    name = "detective"
    state_type = Place
    topics = (ADMINISTRATOR, MEMBERS, TAGS)

    def create_graph(self, call: Call) -> dict[str, Any]:
        """One in a Region; again, it is the one that is there (API reference, CreateGraph)."""
        return {"GraphArn": _create(call.world, call.account, call.region, call.get("Tags")).arn}

    def delete_graph(self, call: Call) -> None:
        """Not an organization's: that is DisableOrganizationAdminAccount (API reference, DeleteGraph)."""
        _graph(call)
        if _appointed_by(call.world, call.account, call.region) == call.account:
            raise _invalid("The behavior graph belongs to an organization.")
        _delete(call.world, call.account, call.region)

    def list_graphs(self, call: Call) -> dict[str, Any]:
        """The caller's own (API reference, ListGraphs)."""
        graph = self.state(call).graph
        return call.page("GraphList", [{"Arn": graph.arn, "CreatedTime": graph.created}] if graph else [], most=200)

    def describe_organization_configuration(self, call: Call) -> dict[str, Any]:
        """For the administrator (API reference)."""
        return {"AutoEnable": _organization_graph(call).auto_enable}

    def update_organization_configuration(self, call: Call) -> None:
        """Accounts that come (API reference, AutoEnable)."""
        graph = _organization_graph(call)
        graph.auto_enable = call.get("AutoEnable", graph.auto_enable)

    def create_members(self, call: Call) -> dict[str, Any]:
        """Accounts of the organization are members at once (API reference, CreateMembers)."""
        graph, made, refused = _organization_graph(call), [], []
        for asked in call["Accounts"]:
            account = asked["AccountId"]
            if account in graph.members:
                refused.append({"AccountId": account, "Reason": "The account is already a member."})
            elif not may_be_member(call.world, call.account, account, call.region):
                refused.append({"AccountId": account, "Reason": "The account is not one of the organization."})
            elif len(graph.members) >= MOST_MEMBERS:
                raise Refusal("ServiceQuotaExceededException", f"A behavior graph has {MOST_MEMBERS} members.")
            else:
                _enrol(call.world, graph, account, call.region)
                made.append(MEMBERS.shown(call, graph.members[account]))
        return {"Members": made, "UnprocessedAccounts": refused}

    def delete_members(self, call: Call) -> dict[str, Any]:
        """API reference, DeleteMembers."""
        members = _graph(call).members
        gone = [account for account in call["AccountIds"] if account in members]
        left = MEMBERS.unprocessed(call, call["AccountIds"], lambda it: None if it in members else MEMBERS.stranger)
        for account in gone:
            del members[account]
            at(call.world, account, call.region).administrator = None
        return {"AccountIds": gone, **left}

    def start_monitoring_member(self, call: Call) -> None:
        """Of a member whose data is not taken in (API reference, StartMonitoringMember)."""
        member = _graph(call).members.get(call["AccountId"])
        if member is None:
            raise Refusal("ResourceNotFoundException", "The account is not a member of the behavior graph.")
        if member.status != "ACCEPTED_BUT_DISABLED":
            raise _invalid("The member account is not ACCEPTED_BUT_DISABLED.")
        member.status, member.updated = "ENABLED", call.world.now

    def list_datasource_packages(self, call: Call) -> dict[str, Any]:
        """API reference, ListDatasourcePackages."""
        packages = {
            name: {
                "DatasourcePackageIngestState": "STARTED",
                "LastIngestStateChange": {"STARTED": {"Timestamp": since}},
            }
            for name, since in _graph(call).packages.items()
        }
        return {"DatasourcePackages": packages}

    def update_datasource_packages(self, call: Call) -> None:
        """Started, never stopped (API reference, UpdateDatasourcePackages)."""
        packages = _graph(call).packages
        for name in call["DatasourcePackages"]:
            packages.setdefault(name, call.world.now)


def _create(world: World, account: str, region: str, tags: dict[str, str] | None = None) -> Graph:
    place = at(world, account, region)
    if place.graph is None:
        arn = f"arn:{world.partition}:detective:{region}:{account}:graph:{world.token(32, '0123456789abcdef')}"
        place.graph = Graph(arn, world.now, packages={PACKAGES[0]: world.now}, tags=tags or {})
    return place.graph


def _delete(world: World, account: str, region: str) -> None:
    place = at(world, account, region)
    for member in place.graph.members if place.graph else ():
        at(world, member, region).administrator = None
    place.graph = None


def _enrol(world: World, graph: Graph, account: str, region: str) -> None:
    graph.members[account] = Member(account, world.accounts[account].email, "ENABLED", world.now)
    at(world, account, region).administrator = graph.arn.split(":")[4]


def _appointed_by(world: World, account: str, region: str) -> str | None:
    """Who is appointed by the management account of an account's organization."""
    organization = accounts.organization_of(world, account)
    return at(world, organization.management_account, region).appointed if organization else None


def _graph(call: Call, member: str = "GraphArn") -> Graph:
    graph = at(call.world, call.account, call.region).graph
    if graph is None or graph.arn != call[member]:
        raise Refusal("ResourceNotFoundException", "The behavior graph does not exist.")
    return graph


def _organization_graph(call: Call) -> Graph:
    if _appointed_by(call.world, call.account, call.region) != call.account:
        raise _denied("Only the Detective administrator of an organization may do that.")
    graph = at(call.world, call.account, call.region).graph
    if graph is None or graph.arn != call["GraphArn"]:
        raise _invalid("The behavior graph is not the one of the organization.")
    return graph
