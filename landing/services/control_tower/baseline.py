"""Baselines of AWS Control Tower on units: by the governing one a unit is registered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from landing.aws import Aws
from landing.core import forms
from landing.core.errors import OperationFailed
from landing.core.model import MARK, Action, Address, Attributes, Change, Diagnostic, Resource, Scope
from landing.organization import TAG, Organization
from landing.organization.resources import ACCOUNT, LANDING_ZONE, RELEASE
from landing.services.control_tower import enabled
from landing.services.control_tower.enabled import SUCCEEDED, Enablement, Row
from landing.services.control_tower.landing_zone import DRIFTED, NAME, landing_zone
from landing.services.control_tower.settings import GOVERNING, BaselineSettings, ControlTowerSettings
from landing.services.organizations.unit import OrganizationalUnit
from landing.services.strength import Weaker, neutral, told, told_each

FORWARDED = (
    "organizations:AttachPolicy",
    "organizations:CreatePolicy",
    "organizations:DeletePolicy",
    "organizations:DescribeOrganizationalUnit",
    "organizations:DescribePolicy",
    "organizations:DetachPolicy",
    "organizations:EnableAWSServiceAccess",
    "organizations:EnablePolicyType",
    "organizations:ListChildren",
    "organizations:ListParents",
    "organizations:ListPolicies",
    "organizations:ListPoliciesForTarget",
    "organizations:ListTargetsForPolicy",
    "organizations:UpdatePolicy",
    "servicecatalog:AssociatePrincipalWithPortfolio",
    "servicecatalog:AssociateProductWithPortfolio",
    "servicecatalog:CreatePortfolio",
    "servicecatalog:CreateProduct",
    "servicecatalog:CreateProvisioningArtifact",
    "servicecatalog:DeleteProvisioningArtifact",
    "servicecatalog:ListPortfolios",
    "servicecatalog:ListPrincipalsForPortfolio",
    "servicecatalog:ListProvisioningArtifacts",
    "servicecatalog:SearchProductsAsAdmin",
    "servicecatalog:UpdatePortfolio",
    "servicecatalog:UpdateProvisioningArtifact",
)
"""What Control Tower does in the caller's name (CloudFormation's schemas of AWS::ControlTower::EnabledBaseline and
EnabledControl, "handlers", "permissions"; Controls Reference Guide, "Least privilege")."""
IDENTITY_BASELINE, IDENTITY = "IdentityCenterBaseline", "IdentityCenterEnabledBaselineArn"
"""What manages access, and the parameter that names it where it does (User Guide, "Baseline parameters")."""
VERSIONS = {"3.0": "3.0", "3.1": "3.0", "3.2": "4.0", "3.3": "4.0", "4.0": "5.0"}
"""By the landing zone's version, that of the governing baseline with which a unit is registered; one that is registered
may have an earlier one (User Guide, "Compatibility of OU baselines and landing zone versions")."""


@dataclass(frozen=True, slots=True)
class _Declared:
    """A baseline on one unit, and its place in the config."""

    unit: str
    index: int
    settings: BaselineSettings

    @property
    def name(self) -> str:
        return f"{self.unit}/{self.settings.baseline}"


class ControlTowerBaseline(Enablement):
    """A baseline that is enabled on a unit (EnableBaseline), and holds for the accounts directly in it.

    Names: `<unit key>/<baseline>`. Those of the landing zone itself are Control Tower's own, and not read.
    """

    name = "control_tower_baseline"
    ending = "disabled"
    title = "Baseline of AWS Control Tower"
    help_uri = "https://docs.aws.amazon.com/controltower/latest/userguide/types-of-baselines.html"
    weaker: ClassVar[Mapping[str, Weaker]] = {
        "status": neutral,
        "drifted": neutral,
        "version": told,
        "parameters": told_each,
    }
    canonical: ClassVar[Mapping[str, forms.Form]] = {"parameters": forms.unordered}
    parallel = 1
    listed = ("enabled baselines", "enabled baselines with accounts", "marked by Control Tower")
    waits_for = (ACCOUNT, RELEASE)  # accounts that come into the unit are enrolled with it
    ahead = ("units",)
    reads = (
        "organizations:ListAWSServiceAccessForOrganization",
        "controltower:ListLandingZones",
        "controltower:GetLandingZone",
        "controltower:ListEnabledBaselines",
        "controltower:GetEnabledBaseline",
        "controltower:ListBaselines",
        "controltower:ListTagsForResource",
        "tag:GetResources",
    )
    writes = (
        "controltower:EnableBaseline",
        "controltower:UpdateEnabledBaseline",
        "controltower:ResetEnabledBaseline",
        "controltower:DisableBaseline",
        "controltower:GetBaselineOperation",
        "controltower:TagResource",
        "controltower:UntagResource",
        *FORWARDED,
    )

    def check(self, organization: Organization) -> Iterable[Diagnostic]:
        """Units that the config does not have, a baseline twice on one, and versions that nobody knows."""
        service = organization.service(ControlTowerSettings)
        if service is None:
            return
        yield from enabled.units_checked(organization, service, "baselines")
        taken: set[str] = set()
        for index, entry in enumerate(service.settings.baselines):
            if not entry.version and entry.baseline != GOVERNING:
                message = f"the baseline {entry.baseline} needs a version"
                yield service.problem("LZ382", message, "see ListBaselines and the User Guide", "baselines", index)
            for unit in entry.units:
                if f"{unit}/{entry.baseline}" in taken:
                    message = f"the baseline {entry.baseline} is declared twice for unit `{unit}`"
                    at = ("baselines", index, "units")
                    yield service.problem("LZ381", message, "take it out of one of the two", *at)
                taken.add(f"{unit}/{entry.baseline}")

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """Each baseline on each of its units; the unit above is registered first (User Guide, "Nested OUs")."""
        service = organization.service(ControlTowerSettings)
        for each in _declared(organization):
            assert service is not None
            given: dict[str, Any] = {"version": each.settings.version} if each.settings.version else {}
            given |= {"parameters": dict(each.settings.parameters)} if each.settings.parameters else {}
            attributes = {"status": SUCCEEDED, "drifted": False, **given, MARK: True}
            above = self.declared_on(organization, organization.units[each.unit].parent)
            own = self.declared_on(organization, each.unit) if each.settings.baseline != GOVERNING else ()
            needs = (OrganizationalUnit().address(each.unit), *above, *own)
            source = service.at("baselines", each.index)
            yield Resource(self.address(each.name), attributes, needs, source=source)

    def declared_on(self, organization: Organization, unit: str) -> tuple[Address, ...]:
        """What registers a unit, if the config does that."""
        name = f"{unit}/{GOVERNING}"
        return (self.address(name),) if any(each.name == name for each in _declared(organization)) else ()

    def enabled_on(self, aws: Aws, unit: str) -> tuple[Address, ...]:
        """What registers a unit, if it is registered."""
        return (self.address(f"{unit}/{GOVERNING}"),) if governing(aws, unit) else ()

    def is_on(self, address: Address, unit: str) -> bool:
        """Whether an address is of a baseline on this unit."""
        return address.kind == self.name and address.name.rpartition("/")[0] == unit

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """What is enabled on units."""
        if enabled.zone_for(organization, aws) is None:
            return
        names, declared = enabled.baseline_names(aws), {each.name: each for each in _declared(organization)}
        for row in enabled.baselines(aws):
            unit, baseline = enabled.unit_of(aws, row), row["baselineIdentifier"]
            if not unit or row.get("parentIdentifier"):
                continue
            name = f"{unit}/{names.get(baseline, baseline.rpartition('/')[2])}"
            wanted, arn = declared.get(name), row["arn"]
            owned = arn in enabled.marked(organization, aws)
            owned = owned or (wanted is not None and enabled.carries_mark(aws, arn))
            attributes: dict[str, Any] = {
                "status": enabled.status_of(row),
                "drifted": _is_drifted(row),
                "version": row.get("baselineVersion", ""),
                MARK: owned,
            }
            if wanted is not None and wanted.settings.parameters:
                given = _parameters(aws, arn)
                attributes["parameters"] = {key: given[key] for key in given if key != IDENTITY}
            above = self.enabled_on(aws, aws.tree.units[unit].parent) if unit in aws.tree.units else ()
            yield Resource(self.address(name), attributes, (OrganizationalUnit().address(unit), *above), owned)

    def waits(self, aws: Aws, what: str) -> Iterator[float]:
        """For an operation on a baseline."""
        return aws.poll(what, "control_tower_baseline")

    def asking(self, aws: Aws) -> Callable[[str], Row]:
        """GetBaselineOperation."""
        client = aws.client("controltower")
        return lambda operation: client.get_baseline_operation(operationIdentifier=operation)["baselineOperation"]

    def enabled_now(self, aws: Aws, target: str, name: str) -> Row | None:
        """By ListEnabledBaselines of the unit."""
        names = enabled.baseline_names(aws)
        rows = enabled.baselines_on(aws, target)
        return next((row for row in rows if names.get(row["baselineIdentifier"]) == name), None)

    def begin(self, aws: Aws, change: Change, target: str, row: Row | None) -> str:
        """Disable, let go, enable, or mend."""
        client, after, name = aws.client("controltower"), change.after or {}, change.address.name.rpartition("/")[2]
        if change.action is Action.DELETE:
            if row is None:
                return ""
            return str(client.disable_baseline(enabledBaselineIdentifier=row["arn"])["operationIdentifier"])
        if change.action is Action.FORGET:
            if row is not None:
                client.untag_resource(resourceArn=row["arn"], tagKeys=[TAG])
            return ""
        given = {**after.get("parameters", {}), **_identity(aws, name)}
        if row is None:
            arn = next((arn for arn, each in enabled.baseline_names(aws).items() if each == name), "")
            if not arn:
                raise OperationFailed(f"AWS Control Tower has no baseline {name} here", operation="EnableBaseline")
            made = client.enable_baseline(
                baselineIdentifier=arn,
                baselineVersion=after.get("version") or _version(aws, name),
                targetIdentifier=target,
                tags={TAG: name},
                **({"parameters": enabled.sent(given)} if given else {}),
            )
            return str(made["operationIdentifier"])
        if not enabled.carries_mark(aws, row["arn"]):
            client.tag_resource(resourceArn=row["arn"], tags={TAG: name})
        return _mend(aws, after, given, row)

    def impossible(self, change: Change, live: Mapping[Address, Resource]) -> Iterable[str]:
        """A unit under one that is not registered; a version that does not go with the landing zone, or goes back."""
        unit, _, name = change.address.name.rpartition("/")
        parent, version = unit.rpartition("/")[0], (change.after or {}).get("version", "")
        if change.action is Action.CREATE and name == GOVERNING:
            if parent and not any(self.is_on(address, parent) for address in (*live, *change.requires)):
                yield f"the unit {parent} above is not registered: name it under services.control_tower.baselines too"
            zone = live.get(Address(LANDING_ZONE, NAME))
            wanted = VERSIONS.get(zone.attributes["version"], "") if zone else ""
            if version and wanted and version != wanted:
                yield (
                    f"a unit is registered with {GOVERNING} {wanted} in a landing zone of version "
                    f"{zone.attributes['version'] if zone else ''}, not with {version}"
                )
        before = (change.before or {}).get("version", "")
        if before and version and _number(version) < _number(before):
            yield f"a baseline does not go back from {before} to {version}"

    def notes(self, organization: Organization, change: Change) -> Iterable[str]:
        """Whom it concerns."""
        if change.address.name.rpartition("/")[2] == GOVERNING and change.action in (Action.CREATE, Action.DELETE):
            does = "enrols" if change.action is Action.CREATE else "un-enrols"
            yield f"AWS Control Tower {does} every account that is directly in the unit, also those that no config has"


def governing(aws: Aws, unit: str) -> Row | None:
    """What registers a unit, as it was read."""
    names = enabled.baseline_names(aws)
    rows = (row for row in enabled.baselines(aws) if names.get(row["baselineIdentifier"]) == GOVERNING)
    return next((row for row in rows if enabled.unit_of(aws, row) == unit), None)


def register_again(aws: Aws, target: str) -> None:
    """Put right what has drifted on a unit, with all of its accounts; OperationFailed where it is not registered."""
    kind = ControlTowerBaseline()
    row = kind.enabled_now(aws, target, GOVERNING)
    if row is None:
        raise OperationFailed(
            "AWS Control Tower puts this right only by registering the unit again, and it is not registered",
            operation="ResetEnabledBaseline",
        )
    client = aws.client("controltower")
    asked = client.reset_enabled_baseline(enabledBaselineIdentifier=row["arn"])["operationIdentifier"]
    enabled.awaited(kind.waits(aws, "registering the unit again"), asked, kind.asking(aws))
    aws.tree.once.forget(*kind.listed, "enabled controls")


def _declared(organization: Organization) -> Iterator[_Declared]:
    service = organization.service(ControlTowerSettings)
    for index, each in enumerate(service.settings.baselines if service else ()):
        yield from (_Declared(unit, index, each) for unit in each.units)


def _mend(aws: Aws, after: Attributes, given: Mapping[str, Any], row: Row) -> str:
    """Another version or other parameters; else, where it has failed or drifted, the same again."""
    client, arn, version = aws.client("controltower"), row["arn"], row.get("baselineVersion", "")
    present = _parameters(aws, arn) if after.get("parameters") else {}
    differ = any(present.get(key) != value for key, value in after.get("parameters", {}).items())
    differ = differ or after.get("version", version) != version
    if differ:
        return str(
            client.update_enabled_baseline(
                enabledBaselineIdentifier=arn,
                baselineVersion=after.get("version", version),
                **({"parameters": enabled.sent(given)} if given else {}),
            )["operationIdentifier"]
        )
    if enabled.status_of(row) != SUCCEEDED or _is_drifted(row):
        return str(client.reset_enabled_baseline(enabledBaselineIdentifier=arn)["operationIdentifier"])
    return ""


def _parameters(aws: Aws, arn: str) -> dict[str, Any]:
    client = aws.client("controltower")
    found = client.get_enabled_baseline(enabledBaselineIdentifier=arn)["enabledBaselineDetails"]
    return enabled.parameters_of(found)


def _identity(aws: Aws, name: str) -> dict[str, str]:
    """The parameter by which the governing baseline is told what manages access, if anything does."""
    names = enabled.baseline_names(aws)
    rows = (row for row in enabled.baselines(aws) if names.get(row["baselineIdentifier"]) == IDENTITY_BASELINE)
    manages = next(rows, None)
    return {IDENTITY: manages["arn"]} if manages is not None and name == GOVERNING else {}


def _version(aws: Aws, name: str) -> str:
    """The version that goes with the landing zone."""
    zone = landing_zone(aws)
    version = VERSIONS.get(zone["version"], "") if zone and name == GOVERNING else ""
    if not version:
        raise OperationFailed(
            f"it is not known which version of {name} goes with the landing zone: write `version` in the config",
            operation="EnableBaseline",
        )
    return version


def _number(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def _is_drifted(row: Row) -> bool:
    """Of inheritance (an account does not match) or of source (the landing zone's configuration has changed)."""
    types = (row.get("driftStatusSummary") or {}).get("types") or {}
    return any((each or {}).get("status") == DRIFTED for each in types.values())
