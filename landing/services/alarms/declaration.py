"""What the alarms are made of: blueprints, and a look at who does not hear yet."""

from __future__ import annotations

from landing.services.alarms.settings import AlarmsSettings
from landing.services.alarms.subscription import AlarmSubscription
from landing.services.service import GOVERNED, HOME, Service, ServiceBlueprint

SERVICE = Service(
    key="alarms",
    title="Alarms",
    settings=AlarmsSettings,
    kinds=(AlarmSubscription(),),
    blueprints=(
        ServiceBlueprint("alarms", "alarms", HOME, role="security_tooling"),
        ServiceBlueprint(
            "alarms-slack", "alarms_slack", HOME, role="security_tooling", requires=("alarms",), when="slack"
        ),
        ServiceBlueprint("alarms-role", "alarms_role", HOME, requires=("alarms",)),
        ServiceBlueprint("alarms-events", "alarms_events", GOVERNED, requires=("alarms-role",)),
        ServiceBlueprint(
            "alarms-trail",
            "trail_alarms",
            HOME,
            role="management",
            requires=("alarms", "cloudtrail-logs"),
            when="trail_alarms",
        ),
    ),
    cost="One KMS key; EventBridge by forwarded event; with `trail_alarms` 16 alarms and metrics a month.",
    docs="https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html",
)
