"""Controls of AWS Control Tower on units."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from landing.aws import Aws
from landing.core import forms
from landing.core.model import MARK, Action, Address, Attributes, Change, Diagnostic, Resource, Scope
from landing.organization import TAG, Organization
from landing.organization.resources import LANDING_ZONE
from landing.services.control_tower import catalog, enabled
from landing.services.control_tower.baseline import FORWARDED, ControlTowerBaseline, register_again
from landing.services.control_tower.enabled import SUCCEEDED, Enablement, Row
from landing.services.control_tower.landing_zone import DRIFTED, FAILED, NAME
from landing.services.control_tower.settings import ControlSettings, ControlTowerSettings
from landing.services.organizations.unit import OrganizationalUnit
from landing.services.strength import Weaker, neutral, told_each


@dataclass(frozen=True, slots=True)
class _Declared:
    """A control on one unit, and its place in the config."""

    unit: str
    index: int
    settings: ControlSettings

    @property
    def name(self) -> str:
        return f"{self.unit}/{self.settings.name}"


class ControlTowerControl(Enablement):
    """A control that is enabled on a unit itself (EnableControl); what a unit inherits is not enabled again.

    Names: `<unit key>/<control>`, the control as the config calls it, else by its alias.
    """

    name = "control_tower_control"
    ending = "disabled"
    title = "Control of AWS Control Tower"
    help_uri = "https://docs.aws.amazon.com/controltower/latest/controlreference/controls.html"
    weaker: ClassVar[Mapping[str, Weaker]] = {"status": neutral, "drifted": neutral, "parameters": told_each}
    canonical: ClassVar[Mapping[str, forms.Form]] = {"parameters": forms.unordered}
    listed = ("enabled controls", "marked by Control Tower")
    ahead = ("units",)
    reads = (
        "organizations:ListAWSServiceAccessForOrganization",
        "controltower:ListLandingZones",
        "controltower:GetLandingZone",
        "controltower:ListEnabledControls",
        "controltower:GetEnabledControl",
        "controltower:ListEnabledBaselines",
        "controltower:ListBaselines",
        "controltower:ListTagsForResource",
        "controlcatalog:ListControls",
        "controlcatalog:GetControl",
        "tag:GetResources",
    )
    writes = (
        "controltower:EnableControl",
        "controltower:UpdateEnabledControl",
        "controltower:ResetEnabledControl",
        "controltower:DisableControl",
        "controltower:GetControlOperation",
        "controltower:ResetEnabledBaseline",
        "controltower:GetBaselineOperation",
        "controltower:TagResource",
        "controltower:UntagResource",
        *FORWARDED,
    )

    def check(self, organization: Organization) -> Iterable[Diagnostic]:
        """Units that the config does not have, and a control twice on one."""
        service = organization.service(ControlTowerSettings)
        if service is not None:
            yield from enabled.units_checked(organization, service, "controls")
            taken: set[str] = set()
            for each in _declared(organization):
                if each.name in taken:
                    message = f"the control `{each.settings.name}` is declared twice for unit `{each.unit}`"
                    at = ("controls", each.index, "units")
                    yield service.problem("LZ381", message, "take it out of one of the two", *at)
                taken.add(each.name)

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """Each control on each of its units, when a baseline of the config is enabled there."""
        service = organization.service(ControlTowerSettings)
        declared = {each.name: each for each in _declared(organization)}
        for each in _declared(organization):
            assert service is not None
            given = {"parameters": dict(each.settings.parameters)} if each.settings.parameters else {}
            attributes = {"status": SUCCEEDED, "drifted": False, **given, MARK: True}
            needs = (
                OrganizationalUnit().address(each.unit),
                *ControlTowerBaseline().declared_on(organization, each.unit),
                *(self.address(above) for above in _above(organization, each, declared) if above in declared),
            )
            source = service.at("controls", each.index)
            yield Resource(self.address(each.name), attributes, needs, source=source)

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """What is enabled on units; what a unit has from its parent counts where the config has it, only there."""
        if enabled.zone_for(organization, aws) is None:
            return
        service = organization.service(ControlTowerSettings)
        names = catalog.spelled(aws, service) if service is not None else {}
        declared = {each.name: each for each in _declared(organization)}
        rows = [row for row in enabled.controls(aws) if enabled.unit_of(aws, row)]
        named = service is not None or any(row["arn"] in enabled.marked(organization, aws) for row in rows)
        seen: dict[str, str] = {}
        for row in (row for row in rows if not row.get("parentIdentifier")):
            name = f"{enabled.unit_of(aws, row)}/{_called(aws, row, names, named=named)}"
            found = self._resource(organization, aws, name, row, declared.get(name))
            if name in declared or not found.owned:  # what is ours and not declared goes
                seen[name] = row["controlIdentifier"]
            yield found
        for name, each in declared.items():
            above = [seen[one] for one in _above(organization, each, declared) if one in seen]
            if name not in seen and above and each.unit in aws.tree.units:
                yield from self._inherited(aws, each, above[-1])

    def _resource(
        self, organization: Organization, aws: Aws, name: str, row: Row, declared: _Declared | None
    ) -> Resource:
        owned = row["arn"] in enabled.marked(organization, aws)
        owned = owned or (declared is not None and enabled.carries_mark(aws, row["arn"]))
        attributes: dict[str, Any] = {"status": enabled.status_of(row), "drifted": _is_drifted(row), MARK: owned}
        if declared is not None and declared.settings.parameters:
            client = aws.client("controltower")
            details = client.get_enabled_control(enabledControlIdentifier=row["arn"])["enabledControlDetails"]
            attributes["parameters"] = enabled.parameters_of(details)
        unit = name.rpartition("/")[0]
        needs = (OrganizationalUnit().address(unit), *ControlTowerBaseline().enabled_on(aws, unit))
        return Resource(self.address(name), attributes, needs, owned)

    def _inherited(self, aws: Aws, each: _Declared, identifier: str) -> Iterator[Resource]:
        """A unit has it from its parent, whose mark and parameters count: nothing is to be done there."""
        row = enabled.inherited(aws, enabled.target_of(aws, each.unit), identifier)
        if row is not None:
            given = {"parameters": dict(each.settings.parameters)} if each.settings.parameters else {}
            attributes = {"status": enabled.status_of(row), "drifted": _is_drifted(row), **given, MARK: True}
            yield Resource(self.address(each.name), attributes)

    def waits(self, aws: Aws, what: str) -> Iterator[float]:
        """For an operation on a control."""
        return aws.poll(what, "control_tower_control")

    def asking(self, aws: Aws) -> Callable[[str], Row]:
        """GetControlOperation."""
        client = aws.client("controltower")
        return lambda operation: client.get_control_operation(operationIdentifier=operation)["controlOperation"]

    def enabled_now(self, aws: Aws, target: str, name: str) -> Row | None:
        """By ListEnabledControls of the unit."""
        wanted = catalog.by_name(aws).get(name)
        for row in enabled.controls_on(aws, target):
            same = row["controlIdentifier"].rpartition("/")[2] == name
            if same or (wanted and catalog.find(aws, row["controlIdentifier"]) == wanted):
                return row
        return None

    def begin(self, aws: Aws, change: Change, target: str, row: Row | None) -> str:
        """Disable, let go, enable where the unit has it not from above, or mend."""
        client, name = aws.client("controltower"), change.address.name.rpartition("/")[2]
        if change.action is Action.DELETE:
            if row is None:
                return ""
            return str(client.disable_control(enabledControlIdentifier=row["arn"])["operationIdentifier"])
        if change.action is Action.FORGET:
            if row is not None:
                client.untag_resource(resourceArn=row["arn"], tagKeys=[TAG])
            return ""
        assert change.after is not None
        if row is None and any(self._has(aws, target, need) for need in change.requires):
            return ""
        if row is None:
            return str(
                client.enable_control(
                    controlIdentifier=catalog.by_name(aws)[name].arn,
                    targetIdentifier=target,
                    tags={TAG: name},
                    **_given(change.after),
                )["operationIdentifier"]
            )
        if not enabled.carries_mark(aws, row["arn"]):
            client.tag_resource(resourceArn=row["arn"], tags={TAG: name})
        return self._mend(aws, change.after, name, target, row)

    def _has(self, aws: Aws, target: str, above: Address) -> bool:
        """Whether a unit has a control from above by now."""
        if above.kind != self.name:
            return False
        unit, _, name = above.name.rpartition("/")
        row = self.enabled_now(aws, enabled.target_of(aws, unit), name)
        return row is not None and enabled.inherited(aws, target, row["controlIdentifier"]) is not None

    def _mend(self, aws: Aws, after: Attributes, name: str, target: str, row: Row) -> str:
        """What is not as declared, or has failed, or drifted (API reference, UpdateEnabledControl)."""
        client, arn = aws.client("controltower"), row["arn"]
        if _is_drifted(row):
            if catalog.by_name(aws)[name].implementation == catalog.SCP:
                register_again(aws, target)
                return ""
            return str(client.reset_enabled_control(enabledControlIdentifier=arn)["operationIdentifier"])
        details = client.get_enabled_control(enabledControlIdentifier=arn)["enabledControlDetails"]
        parameters = after.get("parameters", enabled.parameters_of(details))
        failed = enabled.status_of(row) == FAILED
        if not failed and parameters == enabled.parameters_of(details):
            return ""
        if failed and not parameters:  # there is nothing to update it to: AWS says to disable it, and enable it again
            asked = client.disable_control(enabledControlIdentifier=arn)["operationIdentifier"]
            enabled.awaited(self.waits(aws, f"control {name}"), asked, self.asking(aws))
            again = client.enable_control(
                controlIdentifier=row["controlIdentifier"], targetIdentifier=target, tags={TAG: name}
            )
            return str(again["operationIdentifier"])
        sent = enabled.sent(parameters)
        return str(client.update_enabled_control(enabledControlIdentifier=arn, parameters=sent)["operationIdentifier"])

    def impossible(self, change: Change, live: Mapping[Address, Resource]) -> Iterable[str]:
        """Before 4.0, a unit that is not registered (User Guide, "Key changes of landing zone 4.0")."""
        zone = live.get(Address(LANDING_ZONE, NAME))
        if (
            change.action is not Action.CREATE
            or zone is None
            or not zone.attributes["version"].startswith(("2.", "3."))
        ):
            return
        unit = change.address.name.rpartition("/")[0]
        there = live.get(Address(OrganizationalUnit.name, unit))
        if there is not None and there.attributes["name"] in zone.attributes["foundational"]:
            return
        if not any(ControlTowerBaseline().is_on(address, unit) for address in (*live, *change.requires)):
            yield (
                f"the unit {unit} is not registered with AWS Control Tower, as landing zone "
                f"{zone.attributes['version']} wants it: name it under services.control_tower.baselines too"
            )


def _declared(organization: Organization) -> Iterator[_Declared]:
    service = organization.service(ControlTowerSettings)
    for index, each in enumerate(service.settings.controls if service else ()):
        yield from (_Declared(unit, index, each) for unit in each.units)


def _above(organization: Organization, each: _Declared, declared: Mapping[str, _Declared]) -> list[str]:
    """What the same control is called on the units above, the topmost first: not one with other parameters."""
    names = [f"{unit}/{each.settings.name}" for unit in organization.path(each.unit)[1:-1]]
    given = {name: dict(declared[name].settings.parameters) if name in declared else {} for name in names}
    return [name for name in names if given[name] == each.settings.parameters]


def _called(aws: Aws, row: Row, names: Mapping[str, str], *, named: bool) -> str:
    """A control as the config calls it, else by its alias; by what AWS answers, where that need not be looked up."""
    identifier = str(row["controlIdentifier"])
    found = catalog.find(aws, identifier) if named else None
    if found is None:
        return identifier.rpartition("/")[2]
    return names.get(found.arn) or next(iter(found.aliases), found.id)


def _given(after: Attributes) -> dict[str, Any]:
    return {"parameters": enabled.sent(after["parameters"])} if after.get("parameters") else {}


def _is_drifted(row: Row) -> bool:
    """By its summary; what is not checked, or not known, is no drift."""
    return (row.get("driftStatusSummary") or {}).get("driftStatus") == DRIFTED
