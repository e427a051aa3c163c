"""What AWS Control Tower has enabled on units and accounts, and the operations by which that changes.

One operation at a time, but for those on controls (User Guide, "Quotas and limitations"): who finds it at work waits.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar

from landing.aws import Aws, unless
from landing.core.errors import ConfigError, NotThere, OperationFailed
from landing.core.model import Attributes, Change, Diagnostic, Scope, Severity
from landing.core.spelling import nearest
from landing.organization import TAG, EnabledService, Organization
from landing.services.base import Kind, Ownership, between
from landing.services.control_tower.landing_zone import DRIFTED, FAILED, landing_zone
from landing.services.control_tower.settings import ControlTowerSettings

Row = Mapping[str, Any]
"""A summary, as ListEnabledControls and ListEnabledBaselines answer it."""

BUSY = ("ConflictException", "ServiceQuotaExceededException")
"""Something else is going on, or too much of it (API reference, EnableControl, EnableBaseline)."""
UNDER_CHANGE, SUCCEEDED = "UNDER_CHANGE", "SUCCEEDED"


def zone_for(organization: Organization, aws: Aws) -> Mapping[str, Any] | None:
    """The landing zone; ConfigError where there is none and the config asks for something of it."""
    service, found = organization.service(ControlTowerSettings), landing_zone(aws)
    if found is None and service is not None:
        raise ConfigError(
            [
                Diagnostic(
                    "LZ521",
                    f"AWS Control Tower has no landing zone in {organization.home_region}, the home region",
                    service.source,
                    "leave `control_tower` out, or set up a landing zone there first",
                    pointer=("services", service.name),
                    length=len(service.name),
                )
            ]
        )
    return found


def controls(aws: Aws) -> list[Row]:
    """Every control that is enabled on a unit, of all units at once."""
    return aws.tree.once(
        "enabled controls",
        lambda: list(
            aws.listed(aws.client("controltower"), "list_enabled_controls", "enabledControls", maxResults=200)
        ),
    )


def controls_on(aws: Aws, target: str) -> list[Row]:
    """Those of one unit (its ARN) as they are now."""
    client = aws.client("controltower")
    rows = aws.listed(client, "list_enabled_controls", "enabledControls", targetIdentifier=target, maxResults=200)
    return [row for row in rows if not row.get("parentIdentifier")]


def inherited(aws: Aws, target: str, identifier: str) -> Row | None:
    """A control, by what AWS calls it above, that a unit (its ARN) has from its parent."""
    client, where = aws.client("controltower"), {"controlIdentifiers": [identifier]}
    listed = aws.listed(
        client,
        "list_enabled_controls",
        "enabledControls",
        targetIdentifier=target,
        filter=where,
        includeChildren=True,
        maxResults=200,
    )
    return next((row for row in listed if row.get("parentIdentifier") and row["targetIdentifier"] == target), None)


def baselines(aws: Aws) -> list[Row]:
    """Every baseline that is enabled on a unit, or for the landing zone itself."""
    client = aws.client("controltower")
    return aws.tree.once(
        "enabled baselines",
        lambda: list(aws.listed(client, "list_enabled_baselines", "enabledBaselines", maxResults=100)),
    )


def baselines_on(aws: Aws, target: str) -> list[Row]:
    """Those of one unit (its ARN) as they are now."""
    client, where = aws.client("controltower"), {"targetIdentifiers": [target]}
    return list(aws.listed(client, "list_enabled_baselines", "enabledBaselines", filter=where))


def baseline_names(aws: Aws) -> Mapping[str, str]:
    """Name by ARN, of the baselines that there are."""
    return aws.tree.once(
        "baselines",
        lambda: {
            each["arn"]: each["name"]
            for each in aws.listed(aws.client("controltower"), "list_baselines", "baselines", maxResults=100)
        },
    )


def marked(organization: Organization, aws: Aws) -> frozenset[str]:
    """ARNs of what is enabled and carries our mark (Resource Groups Tagging API, GetResources: of all types)."""
    client = aws.client("resourcegroupstaggingapi", Scope(region=organization.home_region))
    wanted = {"ResourceTypeFilters": ["controltower"], "ResourcesPerPage": 100, "TagFilters": [{"Key": TAG}]}
    return aws.tree.once(
        "marked by Control Tower",
        lambda: frozenset(
            each["ResourceARN"] for each in aws.listed(client, "get_resources", "ResourceTagMappingList", **wanted)
        ),
    )


def carries_mark(aws: Aws, arn: str) -> bool:
    """The same of one, which the tagging API may not show yet."""
    return TAG in aws.client("controltower").list_tags_for_resource(resourceArn=arn)["tags"]


def target_of(aws: Aws, unit: str) -> str:
    """The ARN of a unit, by its key (User Guide, "Baseline API examples")."""
    description = aws.tree.description
    if description is None or unit not in aws.tree.units:
        raise NotThere(f"the unit {unit} does not exist, or AWS does not show it yet")
    return f"{description['Arn'].split(':organization/')[0]}:ou/{description['Id']}/{aws.tree.units[unit].id}"


def unit_of(aws: Aws, row: Row) -> str:
    """The key of the unit on which something is enabled, or its id; nothing for an account."""
    target = str(row["targetIdentifier"])
    return aws.tree.node_key(target.rpartition("/")[2]) if ":ou/" in target else ""


def status_of(row: Row) -> str:
    """Of the enablement."""
    return str((row.get("statusSummary") or {}).get("status", SUCCEEDED))


def parameters_of(details: Row) -> dict[str, Any]:
    """The values by their keys."""
    return {each["key"]: each["value"] for each in details.get("parameters") or ()}


def sent(parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The same, as they are sent."""
    return [{"key": key, "value": value} for key, value in sorted(parameters.items())]


def awaited(waits: Iterator[float], operation: str, ended: Callable[[str], Row]) -> None:
    """Wait for an operation; OperationFailed when it fails."""
    found = _until(waits, operation, ended)
    if found["status"] == FAILED:
        raise OperationFailed(
            found.get("statusMessage", ""), aws_code=found["status"], operation=str(found.get("operationType", ""))
        )


def _until(waits: Iterator[float], operation: str, ended: Callable[[str], Row]) -> Row:
    found: Row = {}
    for _ in waits:
        with unless("ResourceNotFoundException") as unseen:
            found = ended(operation)
        if not unseen.code and found["status"] != "IN_PROGRESS":
            break
    return found


class Enablement(Kind):
    """What is enabled on units, named `<unit key>/<what>`; changed by operations that are waited for."""

    ownership = Ownership.TAG
    service = "control_tower"
    severity = Severity.HIGH

    listed: ClassVar[tuple[str, ...]]
    """What was listed once, and is not as it was after a change."""

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Enable, update, reset or disable, when Control Tower is free for it, and wait."""
        unit, _, name = change.address.name.rpartition("/")
        target, what, operation = target_of(aws, unit), f"{name} on {unit}", ""
        for _ in self.waits(aws, what):
            row = self.enabled_now(aws, target, name)
            if row is not None:
                self.settled(aws, row, what)
                row = self.enabled_now(aws, target, name)
            with unless(*BUSY) as busy:
                operation = self.begin(aws, change, target, row)
            if not busy.code:
                break
        if operation:
            awaited(self.waits(aws, what), operation, self.asking(aws))
        aws.tree.once.forget(*self.listed)

    @abstractmethod
    def waits(self, aws: Aws, what: str) -> Iterator[float]:
        """For an operation of this kind."""

    def settled(self, aws: Aws, row: Row, what: str) -> None:
        """Wait for the operation that a summary speaks of, however it ends."""
        last = (row.get("statusSummary") or {}).get("lastOperationIdentifier")
        if status_of(row) == UNDER_CHANGE and last:
            _until(self.waits(aws, what), last, self.asking(aws))

    @abstractmethod
    def asking(self, aws: Aws) -> Callable[[str], Row]:
        """What answers an operation by its id."""

    @abstractmethod
    def enabled_now(self, aws: Aws, target: str, name: str) -> Row | None:
        """What is enabled on the unit with this ARN itself, as it is now."""

    @abstractmethod
    def begin(self, aws: Aws, change: Change, target: str, row: Row | None) -> str:
        """The id of the operation that a change takes; nothing when there is none to wait for."""

    def begun(self, change: Change, present: Attributes) -> bool:
        """It is under change, has failed, or is marked and not yet as declared."""
        return between(change, {**present, "status": SUCCEEDED, "drifted": False})

    def description(self, attributes: Attributes) -> Mapping[str, str]:
        """Of what others have enabled: what is wrong with it, if anything is."""
        failed = {"status": FAILED} if attributes["status"] == FAILED else {}
        return {**failed, **({"drift": DRIFTED} if attributes["drifted"] else {})}

    def astray(self, described: Mapping[str, str]) -> str:
        """What is wrong with it, in words."""
        if "drift" in described:
            return "AWS Control Tower says that it has drifted; others have enabled it, and can mend it there"
        return "AWS Control Tower could not enable it as others have asked" if "status" in described else ""

    def under_way(self, change: Change) -> str:
        """What Control Tower is at, where that alone is why it does not show what is declared."""
        before, after = change.before or {}, change.after or {}
        if before.get("status") == UNDER_CHANGE and {**after, "status": UNDER_CHANGE} == before:
            return "AWS Control Tower is at it"
        return ""


def units_checked(
    organization: Organization, service: EnabledService[ControlTowerSettings], part: str
) -> Iterator[Diagnostic]:
    """Units of `controls` or `baselines` that the config does not have; nothing is enabled on the root itself."""
    for index, entry in enumerate(getattr(service.settings, part)):
        for number, unit in enumerate(entry.units):
            if unit not in organization.units:
                hint = nearest(unit, organization.units, "declare it under `units`")
                yield service.problem("LZ301", f"there is no unit `{unit}`", hint, part, index, "units", number)
