"""What Amazon GuardDuty is made of."""

from __future__ import annotations

from landing.services.guardduty.administrator import GuardDutyAdministrator
from landing.services.guardduty.detector import GuardDuty
from landing.services.guardduty.export import GuardDutyExport
from landing.services.guardduty.management import GuardDutyManagement
from landing.services.guardduty.settings import TRUSTED, GuardDutySettings
from landing.services.service import Delivery, Service

SERVICE = Service(
    key="guardduty",
    title="Amazon GuardDuty",
    settings=GuardDutySettings,
    trusted=TRUSTED,
    endpoint="guardduty",
    kinds=(GuardDutyAdministrator(), GuardDuty(), GuardDutyExport(), GuardDutyManagement()),
    delivery=Delivery("guardduty"),
    delivers=lambda settings: bool(settings.export),
    cost="By analysed event, flow log volume and protected resource, in every account and region.",
    docs="https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_organizations.html",
)
