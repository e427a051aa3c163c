"""What AWS Shield Advanced is made of."""

from __future__ import annotations

from landing.services.service import Service
from landing.services.shield.account import ShieldAccount
from landing.services.shield.settings import ShieldSettings
from landing.services.shield.subscription import ShieldSubscription

SERVICE = Service(
    key="shield",
    title="AWS Shield Advanced",
    settings=ShieldSettings,
    kinds=(ShieldAccount(), ShieldSubscription()),
    cost="$3,000 a month for all accounts of the organization, for a year at least, and by GB that goes out.",
    docs="https://docs.aws.amazon.com/waf/latest/developerguide/ddos-advanced-summary.html",
)
