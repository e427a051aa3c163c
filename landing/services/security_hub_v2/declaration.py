"""What AWS Security Hub is made of."""

from __future__ import annotations

from landing.services.security_hub_v2.administrator import SecurityHubV2Administrator
from landing.services.security_hub_v2.aggregator import SecurityHubV2Aggregator
from landing.services.security_hub_v2.automation_rule import SecurityHubV2AutomationRule
from landing.services.security_hub_v2.connector import SecurityHubV2Connector
from landing.services.security_hub_v2.hub import SecurityHubV2
from landing.services.security_hub_v2.inverse import settings_of
from landing.services.security_hub_v2.members import guardrails
from landing.services.security_hub_v2.settings import KEY, OFFERED, TRUSTED, SecurityHubV2Settings
from landing.services.service import Service

SERVICE = Service(
    key=KEY,
    title="AWS Security Hub",
    settings=SecurityHubV2Settings,
    trusted=TRUSTED,
    regions=OFFERED,
    kinds=(
        SecurityHubV2Administrator(),
        SecurityHubV2(),
        SecurityHubV2Aggregator(),
        SecurityHubV2Connector(),
        SecurityHubV2AutomationRule(),
    ),
    guardrails=guardrails,
    settings_of=settings_of,
    cost="By resource and month, in the place of what GuardDuty, Inspector and Security Hub CSPM cost by themselves.",
    docs="https://docs.aws.amazon.com/securityhub/latest/userguide/what-is-securityhub-v2.html",
)
