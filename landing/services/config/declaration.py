"""What AWS Config is made of."""

from __future__ import annotations

from landing.services.config.recording import ConfigRecording
from landing.services.config.rule import PRINCIPAL, ConfigRule
from landing.services.config.settings import ConfigSettings
from landing.services.service import GOVERNED, HOME, Delivery, Service, ServiceBlueprint

SERVICE = Service(
    key="config",
    title="AWS Config",
    settings=ConfigSettings,
    trusted=("config.amazonaws.com", PRINCIPAL),
    delegated=("config.amazonaws.com", PRINCIPAL),
    endpoint="config",
    kinds=(ConfigRule(), ConfigRecording()),
    blueprints=(
        ServiceBlueprint("config-aggregator", "config_aggregator", HOME, role="security_tooling"),
        ServiceBlueprint("config-role", "config_recorder_role", HOME),
        ServiceBlueprint(
            "config-recorder",
            "config_recorder",
            GOVERNED,
            requires=("config-role", "log-archive"),
            existing="existing_recorders",
        ),
    ),
    delivery=Delivery("config"),
    cost="By recorded configuration item and by rule evaluation, in every account and region.",
    docs="https://docs.aws.amazon.com/config/latest/developerguide/config-rule-multi-account-deployment.html",
)
