"""What AWS Config is made of."""

from __future__ import annotations

from collections.abc import Collection

from landing.core.model import Json, Resource
from landing.organization import Delivery, Organization
from landing.services.config.conformance_pack import OrganizationConformancePack, packs_of
from landing.services.config.organization_deployment import PRINCIPAL
from landing.services.config.recorder_status import OF_ORGANIZATION, ConfigRecording
from landing.services.config.rule import ConfigRule, rules_of
from landing.services.config.settings import ConfigSettings
from landing.services.service import GOVERNED, HOME, Service, ServiceBlueprint


def settings_of(organization: Organization, live: Collection[Resource]) -> dict[str, Json]:
    """The rules of the governed regions, and an aggregator; recorders that are there are those of others."""
    found = [each for each in live if each.address.kind == ConfigRecording.name]
    aggregator = min((each.address.name for each in found if OF_ORGANIZATION in each.attributes), default="")
    return {
        "recorders": False,
        "existing_aggregator": aggregator,
        "rules": dict(rules_of(organization, live)),
        "conformance_packs": dict(packs_of(organization, live)),
    }


SERVICE = Service(
    key="config",
    title="AWS Config",
    settings=ConfigSettings,
    trusted=("config.amazonaws.com", PRINCIPAL),
    delegated=("config.amazonaws.com", PRINCIPAL),
    endpoint="config",
    kinds=(ConfigRule(), OrganizationConformancePack(), ConfigRecording()),
    blueprints=(
        ServiceBlueprint(
            "config-aggregator",
            "config_aggregator",
            HOME,
            role="security_tooling",
            unless="existing_aggregator",
            when="recorders",
        ),
        ServiceBlueprint("config-role", "config_recorder_role", HOME, target="target", when="recorders"),
        ServiceBlueprint(
            "config-recorder",
            "config_recorder",
            GOVERNED,
            requires=("config-role", "log-archive"),
            existing="existing_recorders",
            target="target",
            when="recorders",
        ),
        ServiceBlueprint(
            "config-remediation-role", "config_remediation_role", HOME, target="target", when="remediations"
        ),
        ServiceBlueprint(
            "config-remediation",
            "config_remediation",
            GOVERNED,
            requires=("config-remediation-role", "config-recorder"),
            target="target",
            when="remediations",
        ),
    ),
    settings_of=settings_of,
    delivery=Delivery("config"),
    delivers=lambda settings: bool(settings.recorders),
    cost="By recorded configuration item and by rule evaluation, in every account and region.",
    docs="https://docs.aws.amazon.com/config/latest/developerguide/config-rule-multi-account-deployment.html",
)
