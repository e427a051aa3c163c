"""What Amazon Macie is made of."""

from __future__ import annotations

from landing.organization import Delivery
from landing.services.macie.administrator import MacieAdministrator
from landing.services.macie.allow_list import MacieAllowList
from landing.services.macie.discovery import MacieInspection, MacieScope
from landing.services.macie.export import MacieExport
from landing.services.macie.identifier import MacieIdentifier
from landing.services.macie.inverse import settings_of
from landing.services.macie.job import MacieJob
from landing.services.macie.members import MacieMembers
from landing.services.macie.session import Macie
from landing.services.macie.settings import SOURCES, TRUSTED, MacieSettings
from landing.services.macie.suppression import MacieSuppression
from landing.services.service import Service

SERVICE = Service(
    key="macie",
    title="Amazon Macie",
    settings=MacieSettings,
    trusted=TRUSTED,
    endpoint="macie2",
    kinds=(
        MacieAdministrator(),
        Macie(),
        MacieExport(),
        MacieMembers(),
        MacieSuppression(),
        MacieAllowList(),
        MacieIdentifier(),
        MacieScope(),
        MacieInspection(),
        MacieJob(),
    ),
    settings_of=settings_of,
    delivery=Delivery("macie", "macie.amazonaws.com", SOURCES),
    delivers=lambda settings: bool(settings.export),
    cost="By bucket that is evaluated, and by GB that discovery and jobs look at.",
    docs="https://docs.aws.amazon.com/macie/latest/user/accounts-mgmt-ao.html",
)
