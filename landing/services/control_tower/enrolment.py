"""Accounts that come into a unit which AWS Control Tower governs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import ClassVar

from landing.aws import Aws, unless
from landing.core import forms
from landing.core.errors import NotThere, OperationFailed
from landing.core.model import Address, Change, Diagnostic, Resource, Scope, Severity
from landing.core.spelling import nearest
from landing.organization import Organization
from landing.organization.resources import ACCOUNT, RELEASE
from landing.services.base import Kind, Ownership, required_account
from landing.services.control_tower import enabled
from landing.services.control_tower.baseline import FORWARDED, ControlTowerBaseline, governing, register_again
from landing.services.control_tower.enabled import BUSY, SUCCEEDED, Row
from landing.services.control_tower.landing_zone import FAILED, enrols_by_itself
from landing.services.control_tower.settings import GOVERNING, ControlTowerSettings
from landing.services.organizations.unit import OrganizationalUnit
from landing.services.strength import Weaker, kept, on


class ControlTowerEnrolment(Kind):
    """The accounts of the config that are enrolled, of a unit that is registered; named by the unit.

    An account is made by CreateAccount and moved. Where the landing zone has auto-enrolment, Control Tower does the
    rest; else the unit is registered again: EnableBaseline takes no accounts (User Guide, "Account auto-enrollment",
    "Register an existing OU").
    """

    name = "control_tower_enrolment"
    title = "Enrolment in AWS Control Tower"
    ownership = Ownership.CONFIG
    service = "control_tower"
    severity = Severity.HIGH
    help_uri = "https://docs.aws.amazon.com/controltower/latest/userguide/account-auto-enrollment.html"
    weaker: ClassVar[Mapping[str, Weaker]] = {"accounts": kept(), "registered": on}
    canonical: ClassVar[Mapping[str, forms.Form]] = {"accounts": forms.unordered}
    parallel = 1
    waits_for = (ACCOUNT, RELEASE)
    ahead = ("accounts", "units")
    removal = ""
    reads = (
        "organizations:ListAWSServiceAccessForOrganization",
        "controltower:ListLandingZones",
        "controltower:GetLandingZone",
        "controltower:ListEnabledBaselines",
        "controltower:ListBaselines",
    )
    writes = ("controltower:ResetEnabledBaseline", "controltower:GetBaselineOperation", *FORWARDED)

    def check(self, organization: Organization) -> Iterable[Diagnostic]:
        """A recorder of ours comes into an account as soon as it joins; accounts that the config does not have."""
        service = organization.service(ControlTowerSettings)
        for index, account in enumerate(service.settings.not_enrolled if service else ()):
            if service and account not in organization.accounts:
                hint = nearest(account, organization.accounts, "declare it under `accounts`")
                yield service.problem("LZ302", f"there is no account `{account}`", hint, "not_enrolled", index)
        if service is not None and "config" in organization.services:
            yield service.problem(
                "LZ383",
                "`config` gives accounts a recorder when they join; AWS Control Tower enrols none that has one",
                "leave `config` out: Control Tower records in the accounts that it enrols",
                severity="warning",
            )

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """All accounts of each unit but those that are left; of units that are not registered as found."""
        service = organization.service(ControlTowerSettings)
        for unit in organization.units if service else ():
            left = {organization.management, *(service.settings.not_enrolled if service else ())}
            accounts = sorted(key for key in organization.accounts_in[unit] if key not in left)
            if accounts and service is not None:
                baseline = ControlTowerBaseline().declared_on(organization, unit)
                left_quarantine = (Address(RELEASE, key) for key in accounts if organization.is_quarantined(key))
                needs = (OrganizationalUnit().address(unit), *baseline, *map(required_account, accounts))
                needs = (*needs, *left_quarantine)
                attributes = {"registered": True, "accounts": accounts}
                yield Resource(self.address(unit), attributes, needs, source=service.source)

    def as_found(self, organization: Organization, wanted: Resource, live: Mapping[Address, Resource]) -> Resource:
        """Nobody is enrolled in a unit that is not registered, nor to be by the config."""
        found = live.get(wanted.address)
        if found is None or found.attributes["registered"]:
            return wanted
        registers = ControlTowerBaseline().declared_on(organization, wanted.address.name)
        return wanted if registers else replace(wanted, attributes=found.attributes)

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """Of the accounts of the config, those that are enrolled with their unit."""
        if enabled.zone_for(organization, aws) is None or organization.service(ControlTowerSettings) is None:
            return
        for wanted in self.desired(organization):
            unit = wanted.address.name
            row, found = governing(aws, unit), []
            if row is not None:
                states = _states(aws, row)
                found = [key for key in wanted.attributes["accounts"] if states.get(key) == SUCCEEDED]
            attributes = {"registered": row is not None, "accounts": found}
            yield Resource(wanted.address, attributes, (OrganizationalUnit().address(unit),), owned=False)

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Wait for Control Tower, or have it register the unit again, until all are enrolled."""
        assert change.after is not None
        unit, wanted = change.address.name, change.after["accounts"]
        target, asked = enabled.target_of(aws, unit), enrols_by_itself(aws)
        for _ in aws.poll(f"enrolment of the accounts in {unit}", "control_tower_enrolment"):
            row = ControlTowerBaseline().enabled_now(aws, target, GOVERNING)
            if row is None:
                raise NotThere(f"the unit {unit} is not registered with AWS Control Tower any more")
            ControlTowerBaseline().settled(aws, row, f"{GOVERNING} on {unit}")
            aws.tree.once.forget("enabled baselines", "enabled baselines with accounts")
            states = _states(aws, row)
            left = [key for key in wanted if states.get(key) != SUCCEEDED]
            if not left:
                return
            if any(states.get(key) == FAILED for key in left) or (asked and not enrols_by_itself(aws)):
                raise OperationFailed(
                    f"{', '.join(left)} cannot be enrolled: see the unit in AWS Control Tower",
                    help="an account that has a recorder of AWS Config already is not enrolled",
                    operation="enrolment",
                )
            if not asked:
                with unless(*BUSY) as busy:
                    register_again(aws, target)
                asked = not busy.code

    def notes(self, organization: Organization, change: Change) -> Iterable[str]:
        """How it comes about."""
        yield (
            "by AWS Control Tower itself, minutes to hours after the account is in the unit, where the landing zone "
            "has auto-enrolment; else by registering the unit again, with every account that is directly in it"
        )


def _children(aws: Aws) -> Mapping[str, list[Row]]:
    """Baselines of accounts, by the ARN of that of their unit."""
    return aws.tree.once("enabled baselines with accounts", lambda: _by_parent(aws))


def _by_parent(aws: Aws) -> Mapping[str, list[Row]]:
    client, found = aws.client("controltower"), defaultdict(list)
    for row in aws.listed(client, "list_enabled_baselines", "enabledBaselines", includeChildren=True, maxResults=100):
        found[row.get("parentIdentifier", "")].append(row)
    return found


def _states(aws: Aws, row: Row) -> dict[str, str]:
    """Status by account key, of those that have a baseline by way of their unit."""
    keys, own = aws.tree.account_keys, _children(aws).get(row["arn"], ())
    ids = {each["targetIdentifier"].rpartition("/")[2]: enabled.status_of(each) for each in own}
    return {keys.get(account, account): status for account, status in ids.items()}
