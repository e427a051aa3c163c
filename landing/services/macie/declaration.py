"""What Amazon Macie is made of."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from landing.core.keys import is_key
from landing.core.model import Json, Resource
from landing.organization import Delivery, Organization
from landing.services.macie.administrator import MacieAdministrator
from landing.services.macie.export import MacieExport
from landing.services.macie.members import MacieMembers
from landing.services.macie.session import Macie
from landing.services.macie.settings import SOURCES, TRUSTED, MacieSettings
from landing.services.macie.suppression import SUPPRESS, MacieSuppression
from landing.services.service import Service
from landing.services.shapes import at_home


def settings_of(organization: Organization, live: Collection[Resource]) -> dict[str, Json]:
    """As in the home region; exported is what goes to the log archive, and other destinations stay as they are.

    Members are declared where no account lacks in any region; else they are left as they are.
    """
    found = at_home(organization, live, Macie())
    settings: dict[str, Any] = {name: value for name, value in found.items() if name != "status"}
    members = [each.attributes for each in live if each.address.kind == MacieMembers.name]
    whole = bool(members) and not any(each["missing"] or each["paused"] for each in members)
    exported = MacieExport().goes_to_archive(organization, live)
    rules = {
        each.address.name: {name: each.attributes[name] for name in ("description", "where")}
        for each in live
        if each.address.kind == MacieSuppression.name
        and each.address.scope.region == organization.home_region
        and each.owned
        and is_key(each.address.name)
        and each.attributes["action"] == SUPPRESS
    }
    if rules:
        settings["suppress"] = rules
    return {**settings, "members": "ENABLED" if whole else "AS_FOUND", "export": exported}


SERVICE = Service(
    key="macie",
    title="Amazon Macie",
    settings=MacieSettings,
    trusted=TRUSTED,
    endpoint="macie2",
    kinds=(MacieAdministrator(), Macie(), MacieExport(), MacieMembers(), MacieSuppression()),
    settings_of=settings_of,
    delivery=Delivery("macie", "macie.amazonaws.com", SOURCES),
    delivers=lambda settings: bool(settings.export),
    cost="By bucket that is evaluated, and by GB that discovery looks at.",
    docs="https://docs.aws.amazon.com/macie/latest/user/accounts-mgmt-ao.html",
)
