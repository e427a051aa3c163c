"""Whether the recorders of AWS Config record, in every account and region."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from landing.aws import Aws, unless
from landing.blueprint.naming import AGGREGATOR
from landing.blueprint.naming import RECORDER as RECORDER_NAME
from landing.core import forms
from landing.core.model import Address, Change, Resource, Scope, Severity
from landing.organization import Organization
from landing.services.config.rule import RECORDER
from landing.services.config.settings import ConfigSettings
from landing.services.shapes import NAME, AdministeredSetting
from landing.services.stacks.stack import Stack
from landing.services.stacks.stack_set import StackSet
from landing.services.strength import Weaker, no_more

QUERY = (
    "SELECT accountId, awsRegion WHERE resourceType = 'AWS::Config::ConfigurationRecorder' "
    f"AND resourceName = '{RECORDER_NAME}' AND configuration.Recording = false"
)


class ConfigRecording(AdministeredSetting):
    """Recorders that were stopped, found by one query of the organization's aggregator, and started again.

    AWS Config records its own recorder as a resource (AWS::Config::ConfigurationRecorder), so that nobody has
    to ask every account in every region.
    """

    name = "config_recording"
    title = "AWS Config recording"
    severity = Severity.HIGH
    service = "config"
    client_name = "config"
    home_only = True
    controls = ("cis-aws-5.0:3.3", "fsbp:Config.1", "nist-800-53-r5:CM-8", "nist-csf-2.0:ID.AM-01")
    help_uri = "https://docs.aws.amazon.com/config/latest/developerguide/drift-detection.html"
    weaker: ClassVar[Mapping[str, Weaker]] = {"stopped": no_more}
    removal = ""
    canonical: ClassVar[Mapping[str, forms.Form]] = {"stopped": forms.unordered}
    reads = ("config:SelectAggregateResourceConfig", "sts:AssumeRole")
    writes = ("config:StartConfigurationRecorder",)

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """None stopped."""
        service = organization.service(ConfigSettings)
        if service is None or RECORDER not in organization.deployments:
            return
        for scope in self.scopes(organization):
            needs = (*self._recorders(organization), Stack().address("config-aggregator", scope))
            yield Resource(self.address(NAME, scope), {"stopped": []}, needs, source=service.source)

    def _recorders(self, organization: Organization) -> Iterable[Address]:
        yield from StackSet().addresses(organization, RECORDER)
        yield from Stack().sites(organization, RECORDER, Scope(organization.management))

    def read(self, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """`account/region` of each recorder that is stopped."""
        client = aws.client("config", scope)
        rows: list[Any] = []
        with unless("NoSuchConfigurationAggregatorException") as absent:
            rows = list(
                aws.listed(
                    client,
                    "select_aggregate_resource_config",
                    "Results",
                    Expression=QUERY,
                    ConfigurationAggregatorName=AGGREGATOR,
                )
            )
        if absent.code:
            return
        keys = aws.tree.account_keys
        sites = [(row["accountId"], row["awsRegion"]) for row in map(json.loads, rows)]
        regions = aws.organization.governed_regions
        stopped = sorted(f"{keys.get(account, account)}/{region}" for account, region in sites if region in regions)
        yield Resource(self.address(NAME, scope), {"stopped": stopped}, owned=False)

    def apply(self, aws: Aws, change: Change) -> None:
        """Start each, in its own account and region."""
        for site in (change.before or {}).get("stopped", ()):
            account, _, region = site.partition("/")
            client = aws.client("config", Scope(account, region))
            client.start_configuration_recorder(ConfigurationRecorderName=RECORDER_NAME)
