"""What Amazon Detective is made of."""

from __future__ import annotations

from collections.abc import Collection

from landing.core.model import Json, Resource
from landing.organization import Organization
from landing.services.detective.administrator import DetectiveAdministrator
from landing.services.detective.graph import Detective
from landing.services.detective.members import DetectiveMembers
from landing.services.detective.settings import PACKAGES, TRUSTED, DetectiveSettings
from landing.services.service import Service
from landing.services.shapes import at_home


def settings_of(organization: Organization, live: Collection[Resource]) -> dict[str, Json]:
    """As in the home region; who joins is declared where no account lacks in any region."""
    found = at_home(organization, live, Detective())
    members = [each.attributes for each in live if each.address.kind == DetectiveMembers.name]
    whole = bool(members) and not any(each["missing"] or each["disabled"] for each in members)
    packages = [name for name in found.get("packages", ()) if name in PACKAGES]
    return {"auto_enable": found.get("auto_enable", False), "packages": packages, "join": whole}


SERVICE = Service(
    key="detective",
    title="Amazon Detective",
    settings=DetectiveSettings,
    trusted=TRUSTED,
    endpoint="detective",
    kinds=(DetectiveAdministrator(), Detective(), DetectiveMembers()),
    settings_of=settings_of,
    cost="By the GB of logs that is taken in, in every account and region.",
    docs="https://docs.aws.amazon.com/detective/latest/userguide/accounts-orgs.html",
)
