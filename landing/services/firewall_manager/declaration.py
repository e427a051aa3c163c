"""What AWS Firewall Manager is made of."""

from __future__ import annotations

from landing.services.firewall_manager.administrator import FirewallAdministrator
from landing.services.firewall_manager.policy import FirewallPolicy
from landing.services.firewall_manager.settings import TRUSTED, FirewallManagerSettings
from landing.services.service import Service

SERVICE = Service(
    key="firewall_manager",
    title="AWS Firewall Manager",
    settings=FirewallManagerSettings,
    trusted=TRUSTED,
    endpoint="fms",
    kinds=(FirewallAdministrator(), FirewallPolicy()),
    cost="By policy, region and month ($100 each), and what AWS Config records for it.",
    docs="https://docs.aws.amazon.com/waf/latest/developerguide/fms-chapter.html",
)
