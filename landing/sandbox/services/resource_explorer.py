"""AWS Resource Explorer: indexes of Regions, views of them, and views of the organization (API reference)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import accounts
from landing.sandbox.services.call import Call
from landing.sandbox.services.iam import linked_roles
from landing.sandbox.services.places import Places
from landing.sandbox.services.service import Scope, Service
from landing.sandbox.services.tags import Tags
from landing.sandbox.world import Event, World

SERVICE, PRINCIPAL = "resource-explorer-2", "resource-explorer-2.amazonaws.com"
COOL_DOWN = timedelta(hours=24)
"""After an aggregator is none any more, before there is one again (API reference, UpdateIndexType, DeleteIndex)."""
_conflict = Refusal.of("ConflictException")
_invalid = Refusal.of("ValidationException")
_absent = Refusal.of("ResourceNotFoundException")
_denied = Refusal.of("AccessDeniedException")


@dataclass(slots=True)
class Index:
    """What a Region has turned on."""

    arn: str
    created: datetime
    updated: datetime
    type: str = "LOCAL"
    state: str = "CREATING"
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class View:
    """What is searched by, and its tags."""

    about: dict[str, Any]
    tags: dict[str, str]


@dataclass(slots=True)
class Place:
    """Of an account in a Region."""

    index: Index | None = None
    views: dict[str, View] = field(default_factory=dict)
    default: str | None = None
    demoted: datetime | None = None
    """When there was an aggregator last."""


PLACES = Places(SERVICE, Place)


def _settle(world: World, account: str, region: str) -> None:
    place = PLACES.at(world, account, region)
    if place.index is not None and place.index.state == "DELETING":
        place.index, place.default = None, None
        place.views.clear()
    elif place.index is not None:
        place.index.state = "ACTIVE"


def _forget(place: Place, arn: str) -> None:
    del place.views[arn]
    if place.default == arn:
        place.default = None


class _Listener:
    """Views of the organization go with their administrator and with trusted access (User Guide, "Account actions")."""

    def administrator_deregistered(self, world: World, event: Event) -> None:
        """Those that it made."""
        if event.detail["principal"] == PRINCIPAL:
            self._forget(world, event.account)

    def service_distrusted(self, world: World, event: Event) -> None:
        """All of them."""
        if event.detail["principal"] == PRINCIPAL:
            for account in accounts.membership(world, event.account).members:
                self._forget(world, account)

    def _forget(self, world: World, account: str) -> None:
        for owner, _, place in PLACES.every(world):
            wide = [arn for arn, view in place.views.items() if ":organizations:" in view.about["Scope"]]
            for arn in wide if owner == account else ():
                _forget(place, arn)


def _tags(call: Call) -> dict[str, str]:
    place, arn = PLACES.here(call), call["resourceArn"]
    if place.index is not None and place.index.arn == arn:
        return place.index.tags
    return _view(call, arn).tags


class ResourceExplorer(Service[Place]):
    """Searches, managed views and setups are unsupported; what AWS indexes by itself is not modelled."""

    name = SERVICE
    scope = Scope.REGION
    state_type = Place
    topics = (_Listener(), Tags(_tags, lambda: _invalid("There are at most 50 tags.")))

    def create_index(self, call: Call) -> dict[str, Any]:
        """A local one, the only one of its Region (API reference, CreateIndex)."""
        place, now = PLACES.here(call), call.world.now
        if place.index is not None:
            raise _conflict("An index already exists in this Region.")
        linked_roles.ensure(call.world, call.account, PRINCIPAL)
        arn = call.arn(f"index/{call.world.uuid()}")
        place.index = Index(arn, now, now, tags=dict(call.get("Tags", {})))
        _later(call)
        return {"Arn": arn, "State": place.index.state, "CreatedAt": now}

    def get_index(self, call: Call) -> dict[str, Any]:
        """Of this Region (API reference, GetIndex)."""
        call.poll(_thing(call))
        index = _index(call)
        others = {region: found.type for region, found in _indexes(call.world, call.account) if region != call.region}
        aggregated = index.type == "AGGREGATOR"
        to = [region for region, kind in others.items() if kind == "AGGREGATOR"]
        return {
            "Arn": index.arn,
            "Type": index.type,
            "State": index.state,
            "Tags": index.tags,
            "CreatedAt": index.created,
            "LastUpdatedAt": index.updated,
            **({"ReplicatingFrom": [*others]} if aggregated else {"ReplicatingTo": to}),
        }

    def list_indexes(self, call: Call) -> dict[str, Any]:
        """Of the account (API reference, ListIndexes)."""
        kind, wanted = call.get("Type"), call.get("Regions") or ()
        found = [
            {"Arn": index.arn, "Region": region, "Type": index.type}
            for region, index in _indexes(call.world, call.account)
            if kind in (None, index.type) and (not wanted or region in wanted)
        ]
        return call.page("Indexes", found)

    def list_indexes_for_members(self, call: Call) -> dict[str, Any]:
        """For who may look at the organization (API reference, ListIndexesForMembers)."""
        members = _organization(call).members
        if strangers := [account for account in call["AccountIdList"] if account not in members]:
            raise _invalid(f"{', '.join(strangers)} is not in the organization.")
        found = [
            {"AccountId": account, "Arn": index.arn, "Region": region, "Type": index.type}
            for account in call["AccountIdList"]
            for region, index in _indexes(call.world, account)
        ]
        return call.page("Indexes", found)

    def update_index_type(self, call: Call) -> dict[str, Any]:
        """One aggregator in an account, and none within a day of the last (API reference, UpdateIndexType)."""
        index, wanted, now = _index(call), call["Type"], call.world.now
        if index.arn != call["Arn"]:
            raise _absent("There is no such index.")
        if index.state != "ACTIVE":
            raise _invalid(f"The index is {index.state}.")
        if wanted == "AGGREGATOR" and index.type != wanted:
            if any(other.type == wanted for _, other in _indexes(call.world, call.account)):
                raise _conflict("The account has an aggregator index in another Region.")
            _check_cool_down(call)
        if index.type == "AGGREGATOR" and wanted == "LOCAL":
            PLACES.here(call).demoted = now
        if index.type != wanted:
            index.type, index.state, index.updated = wanted, "UPDATING", now
            _later(call)
        return {"Arn": index.arn, "Type": index.type, "State": index.state, "LastUpdatedAt": index.updated}

    def delete_index(self, call: Call) -> dict[str, Any]:
        """With all views of the Region (API reference, DeleteIndex)."""
        place, index = PLACES.here(call), _index(call)
        if index.arn != call["Arn"]:
            raise _absent("There is no such index.")
        if index.type == "AGGREGATOR":
            place.demoted = call.world.now
        call.world.clock.forget(_thing(call))
        index.state, index.updated = "DELETING", call.world.now
        _later(call)
        return {"Arn": index.arn, "State": index.state, "LastUpdatedAt": index.updated}

    def create_view(self, call: Call) -> dict[str, Any]:
        """By a name that the Region does not have, of the account or the organization (API reference, CreateView)."""
        place, name = PLACES.here(call), call["ViewName"]
        if place.index is None or place.index.state == "DELETING":
            raise _invalid("The Region has no index.")
        if any(view.about["ViewName"] == name for view in place.views.values()):
            raise _conflict(f"The view {name} already exists.")
        arn = call.arn(f"view/{name}/{call.world.uuid()}")
        about = {"ViewArn": arn, "ViewName": name, "Owner": call.account, "Scope": _scope(call)}
        place.views[arn] = View(
            {**about, **_content(call), "LastUpdatedAt": call.world.now}, dict(call.get("Tags", {}))
        )
        return {"View": place.views[arn].about}

    def get_view(self, call: Call) -> dict[str, Any]:
        """API reference, GetView."""
        found = _view(call, call["ViewArn"])
        return {"View": found.about, "Tags": found.tags}

    def list_views(self, call: Call) -> dict[str, Any]:
        """Of this Region (API reference, ListViews)."""
        return call.page("Views", [*PLACES.here(call).views])

    def update_view(self, call: Call) -> dict[str, Any]:
        """What is filtered and what is shown, as a whole (API reference, UpdateView)."""
        if call["ViewArn"] not in PLACES.here(call).views:
            raise Refusal("UnauthorizedException", "The principal may not use the view.")
        found = _view(call, call["ViewArn"]).about
        found.update(_content(call), LastUpdatedAt=call.world.now)
        return {"View": found}

    def delete_view(self, call: Call) -> dict[str, Any]:
        """Not the default one (User Guide, "Deleting views")."""
        _view(call, call["ViewArn"])
        if PLACES.here(call).default == call["ViewArn"]:
            raise _invalid("The view is the default of its Region.")
        _forget(PLACES.here(call), call["ViewArn"])
        return {"ViewArn": call["ViewArn"]}

    def associate_default_view(self, call: Call) -> dict[str, Any]:
        """Of this Region; in the place of the one before (API reference, AssociateDefaultView)."""
        _view(call, call["ViewArn"])
        PLACES.here(call).default = call["ViewArn"]
        return {"ViewArn": call["ViewArn"]}

    def get_default_view(self, call: Call) -> dict[str, Any]:
        """Nothing where there is none (the handlers of AWS::ResourceExplorer2::DefaultViewAssociation)."""
        default = PLACES.here(call).default
        return {} if default is None else {"ViewArn": default}

    def disassociate_default_view(self, call: Call) -> None:
        """API reference, DisassociateDefaultView."""
        if PLACES.here(call).default is None:
            raise _absent("There is no default view.")
        PLACES.here(call).default = None


def _thing(call: Call) -> tuple[str, str, str]:
    return (SERVICE, call.account, call.region)


def _later(call: Call) -> None:
    call.world.clock.later(_settle, call.account, call.region, thing=_thing(call))


def _index(call: Call) -> Index:
    found = PLACES.here(call).index
    if found is None:
        raise _absent("There is no index in this Region.")
    return found


def _indexes(world: World, account: str) -> Iterator[tuple[str, Index]]:
    for owner, region, place in PLACES.every(world):
        if owner == account and place.index is not None and place.index.state != "DELETING":
            yield region, place.index


def _check_cool_down(call: Call) -> None:
    last = [place.demoted for owner, _, place in PLACES.every(call.world) if owner == call.account and place.demoted]
    if any(call.world.now < each + COOL_DOWN for each in last):
        raise Refusal(
            "ServiceQuotaExceededException",
            "Another index can be the aggregator when the cool down period has expired.",
            Name="aggregator index",
            Value="1",
        )


def _view(call: Call, arn: str) -> View:
    found = PLACES.here(call).views.get(arn)
    if found is None:
        raise _absent("There is no such view.")
    return found


def _content(call: Call) -> dict[str, Any]:
    return {
        "Filters": call.get("Filters") or {"FilterString": ""},
        "IncludedProperties": call.get("IncludedProperties") or [],
    }


def _scope(call: Call) -> str:
    """The account, or the organization or a unit of it for who administers the service (API reference, CreateView)."""
    own = f"arn:{call.partition}:iam::{call.account}:root"
    asked: str = call.get("Scope") or own
    if asked == own:
        return own
    organization = _organization(call)
    start = f"arn:{call.partition}:organizations::{organization.management_account}"
    units = [f"{start}:ou/{organization.id}/{unit}" for unit in organization.units if unit.startswith("ou-")]
    if asked not in (f"{start}:organization/{organization.id}", *units):
        raise _invalid("Scope is the account, its organization or a unit of that.")
    return asked


def _organization(call: Call) -> accounts.Organization:
    organization = accounts.may_administer(call, PRINCIPAL)
    if organization is None or PRINCIPAL not in organization.services:
        raise _denied("Only for the management account or a delegated administrator, with trusted access.")
    return organization
