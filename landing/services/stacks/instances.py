"""The instances of a stack set: who should have one, and which of them are not as they should be."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from typing import Any

from landing.aws import Aws
from landing.organization import ROOT, Deployment, Organization
from landing.services.stacks import existing_recorders
from landing.services.stacks.operations import Failure, Operations
from landing.services.stacks.opt_in import OptIn

LIST_ALL_BELOW = 1_000
"""Up to so many instances all are listed; beyond, only those whose status says that something is wrong.

Where there are waves all are listed: what waits for a later one is OUTDATED, and no filter asks for that.
"""

FINE = ("SUCCEEDED", "SKIPPED_SUSPENDED_ACCOUNT", "PENDING", "RUNNING")
WRONG = ("FAILED", "CANCELLED", "INOPERABLE", "FAILED_IMPORT")


BUSY = "*"
"""In the place of an instance: an operation runs, and what it makes of the instances is not known yet."""

MISSING, RUNNING = "missing", "running"
"""Exceptions that AWS may be about to mend by itself."""

WAITING = "outdated: it waits for the wave"
"""So begins the exception of an instance that is as it was, and of which an earlier wave has the new template."""

FAILED = "failed:"
"""So begins the exception of an instance on which the last operation failed: its rollback may have failed too."""


class Instances:
    """What a stack set reaches, read with as few calls as its size allows.

    `whole`: units that the config means whole; `single`: accounts that it names one by one. A large set is listed in
    full only when its last drift detection counted other than expected.
    """

    def __init__(
        self,
        organization: Organization,
        aws: Aws,
        client: Any,
        stack_set: Mapping[str, Any],
        *,
        whole: set[str],
        single: set[str],
        existing: str = "",
    ) -> None:
        self._management = organization.management
        self._by_waves = bool(organization.waves)
        self._organization = organization
        self._aws = aws
        self._client = client
        self._set = stack_set
        self._whole = whole
        self._single = single
        self._opt_in = OptIn(organization, aws)
        self.not_enabled: list[Failure] = []
        """Filled by `exceptions`: accounts that have not enabled a Region, in which they get no stack."""
        self._existing = existing
        self.kept: list[Failure] = []
        """Filled by `exceptions`: accounts that keep a recorder of their own, in the place of the stack."""
        self._keys = aws.tree.account_keys

    @cached_property
    def units(self) -> list[str]:
        """Keys of the units (or root) that are deployed to whole, not only to single accounts in them.

        A unit below another of them was there before it, in an earlier wave, and is a part of it now.
        """
        tree = self._aws.tree
        partly = {tree.accounts[key].unit for key in self._single if key in tree.accounts} - self._whole
        found = {tree.node_key(unit) for unit in self._set.get("OrganizationalUnitIds") or ()} - partly
        return sorted(unit for unit in found if not found.intersection(tree.path(unit)[:-1]))

    @cached_property
    def accounts(self) -> list[str]:
        """Keys of accounts outside those units that have instances."""
        if not self._single:
            return []
        return sorted({account for account, _ in self._listed} - self._inside)

    @cached_property
    def _inside(self) -> set[str]:
        tree, targets = self._aws.tree, set(self.units)
        inside = {unit for unit in (ROOT, *tree.units) if targets.intersection(tree.path(unit))}
        return {key for key, account in tree.accounts.items() if account.unit in inside}

    @cached_property
    def _members(self) -> set[str]:
        """Keys of the accounts in which AWS should keep instances: active member accounts below the units."""
        accounts = self._inside | set(self.accounts)
        return {key for key in accounts - {self._management} if self._active(key)}

    @property
    def _regions(self) -> list[str]:
        return self._set.get("Regions") or []

    @property
    def expected(self) -> int:
        """How many instances AWS should keep."""
        return len(self._members) * len(self._regions)

    @cached_property
    def _listed(self) -> Mapping[tuple[str, str], Mapping[str, Any]]:
        return {self._site(entry): entry for entry in self._list()}

    def _list(self, **filters: Any) -> Iterator[Mapping[str, Any]]:
        return self._aws.listed(
            self._client, "list_stack_instances", "Summaries", StackSetName=self._set["StackSetName"], **filters
        )

    def _site(self, entry: Mapping[str, Any]) -> tuple[str, str]:
        return self._keys.get(entry["Account"], entry["Account"]), entry["Region"]

    def exceptions(self) -> dict[str, str]:
        """What is wrong, by `account/region`; empty when every instance is there, current and in sync.

        While an operation runs, that alone: only when it has ended can be said what is wrong.
        """
        running = Operations(self._aws, self._client, self._set["StackSetName"]).active()
        if any(operation["Action"] != "DETECT_DRIFT" for operation in running):
            return {BUSY: "an operation is running"}
        details = self._set.get("StackSetDriftDetectionDetails") or {}
        counted = details.get("TotalStackInstancesCount")
        small = self.expected <= LIST_ALL_BELOW
        if small or self._single or self._by_waves or (counted is not None and counted != self.expected):
            found = self._judged(self._listed)
        else:
            found = {}
            for status in WRONG:
                wrong = self._list(Filters=[{"Name": "DETAILED_STATUS", "Values": status}])
                found |= self._judged({self._site(entry): entry for entry in wrong}, whole=False)
            if details.get("DriftStatus") == "DRIFTED":
                drifted = self._list(Filters=[{"Name": "DRIFT_STATUS", "Values": "DRIFTED"}])
                found |= self._judged({self._site(entry): entry for entry in drifted}, whole=False)
        return {f"{account}/{region}": what for (account, region), what in sorted(found.items())}

    def lacking(self, accounts: Collection[str], regions: Collection[str], *, each: bool) -> dict[tuple[str, str], str]:
        """What of accounts is not there and current, by account and Region.

        A large set is asked for each of the accounts; or, without `each`, only for what has gone wrong anywhere.
        """
        if self.expected <= LIST_ALL_BELOW:
            entries = {site: entry for site, entry in self._listed.items() if site[0] in accounts}
        elif each:
            ids = [self._aws.tree.account_ids[key] for key in sorted(accounts)]
            entries = {self._site(one): one for id_ in ids for one in self._list(StackInstanceAccount=id_)}
        else:
            wrong = (self._list(Filters=[{"Name": "DETAILED_STATUS", "Values": status}]) for status in WRONG)
            entries = {self._site(one): one for listed in wrong for one in listed}
        sites = {(key, region) for key in accounts for region in regions}
        listed_all = each or self.expected <= LIST_ALL_BELOW
        found = dict.fromkeys(sorted(sites - set(entries)), MISSING) if listed_all else {}
        for site in sorted(sites & set(entries)):
            detailed = (entries[site].get("StackInstanceStatus") or {}).get("DetailedStatus", "")
            if what := self._wrong(site, entries[site]) or (RUNNING if detailed in ("PENDING", "RUNNING") else ""):
                found[site] = what
        return found

    def _judged(
        self, entries: Mapping[tuple[str, str], Mapping[str, Any]], *, whole: bool = True
    ) -> dict[tuple[str, str], str]:
        found: dict[tuple[str, str], str] = {}
        if whole:
            sites = {(key, region) for key in self._members for region in self._regions}
            found = dict.fromkeys(sites - set(entries), MISSING)
        for site, entry in entries.items():
            if not self._active(site[0]):
                continue  # suspended, closed or gone: AWS skips it (SKIPPED_SUSPENDED_ACCOUNT), and so do we
            expected = site[0] in self._members and site[1] in self._regions
            what = self._wrong(site, entry) if expected else "unexpected"
            if what:
                found[site] = what
        return found

    def _active(self, account: str) -> bool:
        live = self._aws.tree.accounts.get(account)
        return live is not None and live.state == "ACTIVE"

    def _wrong(self, site: tuple[str, str], entry: Mapping[str, Any]) -> str:
        detailed = (entry.get("StackInstanceStatus") or {}).get("DetailedStatus", "")
        reason = entry.get("StatusReason") or ""
        if entry["Status"] == "INOPERABLE":
            return f"inoperable: {reason}"
        if detailed == "FAILED" and self._opt_in.explains(*site, reason):
            self.not_enabled.append(Failure(*site, reason))
            return ""
        if detailed == "FAILED" and self._existing and existing_recorders.explains(reason):
            if self._existing == existing_recorders.REPLACE:
                return f"{existing_recorders.TAKEN} {reason}"
            self.kept.append(Failure(*site, reason))
            return ""
        if detailed not in FINE or (entry["Status"] == "OUTDATED" and detailed == "SUCCEEDED"):
            what = "outdated" if detailed in ("", "SUCCEEDED") else detailed.lower()
            wave = self._organization.wave_at(f"account/{site[0]}")
            if what == "outdated" and wave > 0 and not reason:
                return f"{WAITING} {self._organization.wave_name(wave)}"
            return f"{what}: {reason}"
        if entry.get("DriftStatus") == "DRIFTED":
            return self._drift(entry)
        return ""

    def _drift(self, entry: Mapping[str, Any]) -> str:
        """Which resources of a drifted instance differ, and in what."""
        differences = []
        for drift in self._aws.listed(
            self._client,
            "list_stack_instance_resource_drifts",
            "Summaries",
            StackSetName=self._set["StackSetName"],
            StackInstanceAccount=entry["Account"],
            StackInstanceRegion=entry["Region"],
            OperationId=entry["LastOperationId"],
            StackInstanceResourceDriftStatuses=["MODIFIED", "DELETED"],
        ):
            paths = ", ".join(part["PropertyPath"] for part in drift.get("PropertyDifferences") or ())
            differences.append(f"{drift['LogicalResourceId']} {paths or 'deleted'}")
        return "drifted: " + "; ".join(differences) if differences else "deleted: the stack is gone"


def instances_of(
    organization: Organization, aws: Aws, client: Any, found: Mapping[str, Any], wanted: Deployment | None
) -> Instances:
    """Those of a stack set as DescribeStackSet shows it; `wanted` is what the config makes of it."""
    cover = organization.cover(wanted.target) if wanted else None
    whole, single = (set(cover.units), set(cover.accounts)) if cover else (set(), set())
    existing = wanted.existing if wanted else ""
    return Instances(organization, aws, client, found, whole=whole, single=single, existing=existing)
