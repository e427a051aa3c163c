"""What AWS Security Hub CSPM is made of."""

from __future__ import annotations

from landing.services.security_hub.administrator import SecurityHubAdministrator
from landing.services.security_hub.association import SecurityHubAssociation
from landing.services.security_hub.automation_rule import SecurityHubAutomationRule
from landing.services.security_hub.custom_action import SecurityHubCustomAction
from landing.services.security_hub.hub import SecurityHub
from landing.services.security_hub.inverse import settings_of
from landing.services.security_hub.policy import SecurityHubPolicy
from landing.services.security_hub.settings import TRUSTED, SecurityHubSettings
from landing.services.service import Service

SERVICE = Service(
    key="security_hub",
    title="AWS Security Hub CSPM",
    settings=SecurityHubSettings,
    trusted=TRUSTED,
    endpoint="securityhub",
    kinds=(
        SecurityHubAdministrator(),
        SecurityHub(),
        SecurityHubPolicy(),
        SecurityHubAssociation(),
        SecurityHubAutomationRule(),
        SecurityHubCustomAction(),
    ),
    settings_of=settings_of,
    cost="By security check and by finding beyond the free tier, in every account and region.",
    docs="https://docs.aws.amazon.com/securityhub/latest/userguide/central-configuration-intro.html",
)
