"""Whether the recorders of AWS Config record, in every account and region."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, ClassVar

from landing.aws import Aws, unless
from landing.blueprint.resource_names import AGGREGATOR
from landing.blueprint.resource_names import RECORDER as RECORDER_NAME
from landing.core import forms
from landing.core.model import Address, Change, Diagnostic, Gap, Resource, Scope, Severity, Source
from landing.organization import ROOT, Organization, Target
from landing.services.base import LACKS, Ownership
from landing.services.config.organization_deployment import RECORDER
from landing.services.config.settings import ConfigSettings
from landing.services.shapes import NAME, AdministeredSetting
from landing.services.stacks import existing_recorders
from landing.services.stacks.stack import Stack
from landing.services.stacks.stack_set import StackSet
from landing.services.strength import Weaker, no_more

QUERY = (
    "SELECT accountId, awsRegion WHERE resourceType = 'AWS::Config::ConfigurationRecorder' "
    f"AND resourceName = '{RECORDER_NAME}' AND configuration.Recording = false"
)

RECORDERS = (
    "SELECT accountId, awsRegion, resourceName, configuration.Recording, configuration.RecordingGroup.AllSupported, "
    "configuration.RecordingGroup.IncludeGlobalResourceTypes, configuration.RecordingMode.RecordingFrequency "
    "WHERE resourceType = 'AWS::Config::ConfigurationRecorder'"
)
OF_ACCOUNTS = RECORDERS + " AND accountId IN ({})"
OF_ORGANIZATION = "of_organization"
"""Attribute of what is found where no config says anything of recorders: an aggregator of the organization."""
KEPT_ONE, OTHERS = "kept", "others"
"""The names of a recorder that is kept, in its account and Region, and of all of others where none of ours is made."""
MENDED = "Have whoever made it mend it, or let ours take its place (services.config: recorders, existing_recorders)"
FEW = 5
"""Accounts that are named of many."""
ACCOUNTS_A_QUERY = 200
"""An expression has 4,096 characters (API reference, SelectAggregateResourceConfig)."""


class ConfigRecording(AdministeredSetting):
    """Recorders that were stopped, found by one query of the organization's aggregator, and started again.

    AWS Config records its own recorder as a resource (AWS::Config::ConfigurationRecorder), so that nobody has
    to ask every account in every region.
    """

    name = "config_recording"
    title = "AWS Config recording"
    ownership = Ownership.CONFIG
    severity = Severity.HIGH
    service = "config"
    client_name = "config"
    home_only = True
    controls = ("cis-aws-5.0:3.3", "fsbp:Config.1", "nist-800-53-r5:CM-8", "nist-csf-2.0:ID.AM-01")
    help_uri = "https://docs.aws.amazon.com/config/latest/developerguide/drift-detection.html"
    weaker: ClassVar[Mapping[str, Weaker]] = {"stopped": no_more}
    removal = ""
    canonical: ClassVar[Mapping[str, forms.Form]] = {"stopped": forms.unordered}
    reads = (
        "config:SelectAggregateResourceConfig",
        "config:DescribeConfigurationAggregators",
        "cloudformation:ListStackInstances",
        "sts:AssumeRole",
    )
    writes = ("config:StartConfigurationRecorder",)

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """None stopped."""
        service = organization.service(ConfigSettings)
        if service is None or RECORDER not in organization.deployments:
            return
        for scope in self.scopes(organization):
            needs = (*self._recorders(organization), *Stack().sites(organization, "config-aggregator", scope))
            yield Resource(self.address(NAME, scope), {"stopped": []}, needs, source=service.source)

    def _recorders(self, organization: Organization) -> Iterable[Address]:
        yield from StackSet().addresses(organization, RECORDER)
        yield from Stack().sites(organization, RECORDER, Scope(organization.management))

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource | Gap]:
        """`account/region` of each of ours that is stopped, and recorders of others that record less than is asked."""
        client = aws.client("config", scope)
        rows: list[Any] = []
        with unless("NoSuchConfigurationAggregatorException") as absent:
            rows = list(
                aws.listed(
                    client,
                    "select_aggregate_resource_config",
                    "Results",
                    Expression=QUERY,
                    ConfigurationAggregatorName=aggregator_of(organization),
                )
            )
        if absent.code:
            yield from self._without_aggregator(organization, aws, client, scope)
            return
        keys = aws.tree.account_keys
        sites = [(row["accountId"], row["awsRegion"]) for row in map(json.loads, rows)]
        regions = organization.governed_regions
        wanted = organization.deployments.get(RECORDER)
        kept: list[Scope] = []
        if wanted is not None and wanted.existing == existing_recorders.KEEP:
            kept = list(StackSet().kept(organization, aws, RECORDER))
        meant = {*organization.members(wanted.target)} if wanted else {*organization.accounts}
        stopped = sorted(
            f"{keys.get(account, account)}/{region}"
            for account, region in sites
            if region in regions and keys.get(account, account) in meant
            and Scope(keys.get(account, account), region) not in kept
        )  # fmt: skip
        yield Resource(self.address(NAME, scope), {"stopped": stopped}, owned=False)
        yield from self._kept(organization, aws, client, kept) if wanted else self._of_others(organization, aws, client)

    def _kept(self, organization: Organization, aws: Aws, client: Any, sites: list[Scope]) -> Iterator[Resource | Gap]:
        wanted = organization.deployments[RECORDER]
        found = self._recorders_of(organization, aws, client, sorted({site.account for site in sites}))
        for site in sites:
            recorder = found.get((aws.tree.account_ids.get(site.account, ""), site.region))
            if recorder is None:
                reason = "the aggregator sees no recorder there, and ours could not be made because there was one. "
                reason += "If it is gone, let ours take its place (services.config.existing_recorders: replace)"
                yield Gap(self.name, site, Diagnostic("", reason), NAME)
                continue
            home = site.region == organization.home_region
            if lacks := existing_recorders.shortfall(recorder, wanted.template, home=home):
                about = {LACKS: existing_recorders.kept(recorder["name"], lacks)}
                yield Resource(self.address(KEPT_ONE, site), about, owned=False, used=True)

    def named_at(self, organization: Organization, address: Address) -> Source | None:
        """What says that recorders of others are left, or by what they are checked."""
        service = organization.service(ConfigSettings)
        if service is None:
            return organization.source
        return service.at("existing_aggregator" if service.settings.existing_aggregator else "existing_recorders")

    def _recorders_of(
        self, organization: Organization, aws: Aws, client: Any, accounts: list[str]
    ) -> dict[tuple[str, str], dict[str, Any]]:
        """The recorders of accounts, as AWS Config describes them, by account id and region."""
        found = {}
        ids = [aws.tree.account_ids[key] for key in accounts if key in aws.tree.account_ids]
        for start in range(0, len(ids), ACCOUNTS_A_QUERY):
            expression = OF_ACCOUNTS.format(", ".join(f"'{each}'" for each in ids[start : start + ACCOUNTS_A_QUERY]))
            about = {"Expression": expression, "ConfigurationAggregatorName": aggregator_of(organization)}
            for row in map(json.loads, aws.listed(client, "select_aggregate_resource_config", "Results", **about)):
                if not existing_recorders.is_service_linked(row["resourceName"]):
                    found[row["accountId"], row["awsRegion"]] = _described(row)
        return found

    def _without_aggregator(
        self, organization: Organization, aws: Aws, client: Any, scope: Scope
    ) -> Iterator[Resource | Gap]:
        """A gap where the config names one; where it says nothing of AWS Config, those of the organization."""
        service = organization.service(ConfigSettings)
        if service is not None:
            if name := service.settings.existing_aggregator:
                reason = f"services.config.existing_aggregator names {name}, and there is none in {scope}"
                yield Gap(self.name, scope, Diagnostic("", reason), NAME)
            return
        found = aws.listed(client, "describe_configuration_aggregators", "ConfigurationAggregators")
        for each in found:
            if "OrganizationAggregationSource" in each:
                name = each["ConfigurationAggregatorName"]
                yield Resource(self.address(name, scope), {OF_ORGANIZATION: True}, owned=False)

    def _of_others(self, organization: Organization, aws: Aws, client: Any) -> Iterator[Resource | Gap]:
        """Accounts and Regions whose recorders, all of others, do less than ours would: one query for all."""
        service = organization.service(ConfigSettings)
        if service is None or not service.settings.existing_aggregator:
            return
        scope = next(iter(self.scopes(organization)))
        meant = organization.members(service.settings.target or Target(units=(ROOT,)))
        wanted = {f"{key}/{region}" for key in meant for region in organization.governed_regions}
        about = {"Expression": RECORDERS, "ConfigurationAggregatorName": aggregator_of(organization)}
        lacking: dict[str, list[str]] = {}
        there = set()
        for row in map(json.loads, aws.listed(client, "select_aggregate_resource_config", "Results", **about)):
            site = f"{aws.tree.account_keys.get(row['accountId'], row['accountId'])}/{row['awsRegion']}"
            if site in wanted and not existing_recorders.is_service_linked(row["resourceName"]):
                there.add(site)
                home = row["awsRegion"] == organization.home_region
                asked = service.settings.recording_frequency
                if lacks := existing_recorders.less_than(_described(row), asked, home=home):
                    lacking.setdefault(lacks, []).append(site)
        if none := wanted - there:
            reason = _of_some("is not there, or the aggregator does not see it yet", none)
            yield Gap(self.name, scope, Diagnostic("", f"the recorder of others {reason}. {MENDED}"), NAME)
        if lacking:
            reason = "; ".join(_of_some(lacks, sites) for lacks, sites in sorted(lacking.items()))
            about = {LACKS: f"the recorder of others {reason}. {MENDED}"}
            yield Resource(self.address(OTHERS, scope), about, owned=False, used=True)

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Start each, in its own account and region."""
        for site in (change.before or {}).get("stopped", ()):
            account, _, region = site.partition("/")
            client = aws.client("config", Scope(account, region))
            client.start_configuration_recorder(ConfigurationRecorderName=RECORDER_NAME)


def _of_some(lacks: str, sites: Collection[str]) -> str:
    """What recorders lack, and where: a few accounts and Regions, and how many more."""
    more = f" and {len(sites) - FEW:,} more" if len(sites) > FEW else ""
    return f"{lacks}: {', '.join(sorted(sites)[:FEW])}{more}"


def aggregator_of(organization: Organization) -> str:
    """The one that is asked."""
    service = organization.service(ConfigSettings)
    return (service.settings.existing_aggregator if service else "") or AGGREGATOR


def _described(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the aggregator in the words of DescribeConfigurationRecorders."""
    properties = row.get("configuration") or {}
    group, mode = properties.get("RecordingGroup") or {}, properties.get("RecordingMode") or {}
    return {
        "name": row["resourceName"],
        "recording": properties.get("Recording", False),
        "recordingGroup": {
            "allSupported": group.get("AllSupported", False),
            "includeGlobalResourceTypes": group.get("IncludeGlobalResourceTypes", False),
        },
        "recordingMode": {"recordingFrequency": mode.get("RecordingFrequency", "CONTINUOUS")},
    }
