"""What Amazon GuardDuty is made of."""

from __future__ import annotations

from collections.abc import Collection

from landing.core.keys import is_key
from landing.core.model import Json, Resource
from landing.organization import Delivery, Organization
from landing.services.guardduty.administrator import GuardDutyAdministrator
from landing.services.guardduty.detector import GuardDuty
from landing.services.guardduty.export import GuardDutyExport
from landing.services.guardduty.features import features_of
from landing.services.guardduty.lists import GuardDutyList, listed
from landing.services.guardduty.malware_scans import MalwareScans, scans_of
from landing.services.guardduty.management import GuardDutyManagement
from landing.services.guardduty.members import GuardDutyMembers
from landing.services.guardduty.settings import SCANS, TRUSTED, GuardDutySettings, scans_members
from landing.services.guardduty.suppression import Suppression, suppressed
from landing.services.service import Service
from landing.services.shapes import at_home


def settings_of(organization: Organization, live: Collection[Resource]) -> dict[str, Json]:
    """As in the home region; exported is what goes to the log archive, and other destinations stay as they are."""
    found = at_home(organization, live, GuardDuty())
    watched = [each.attributes for each in live if each.address.kind == GuardDutyManagement.name]
    covered = {"enabled": True, "administrator": organization.security_tooling}
    return {
        **{name: found[name] for name in ("auto_enable", "publishing_frequency") if found},
        "management_account": found.get("auto_enable") == "NONE" or (bool(watched) and covered in watched),
        "export": GuardDutyExport().goes_to_archive(organization, live),
        "features": features_of(found.get("features", {})),
        **_by_key(organization, live),
    }


def _by_key(organization: Organization, live: Collection[Resource]) -> dict[str, Json]:
    """Rules and lists that are ours, and the settings of scans, as in the home region."""
    here = [each for each in live if each.address.scope.region == organization.home_region]
    ours = {
        kind: {each.address.name: each.attributes for each in here if each.address.kind == kind and each.owned}
        for kind in (Suppression.name, GuardDutyList.name)
    }
    scans = at_home(organization, live, MalwareScans())
    return {
        "suppress": {key: suppressed(each) for key, each in ours[Suppression.name].items() if is_key(key)},
        "lists": {key: listed(each) for key, each in ours[GuardDutyList.name].items() if is_key(key)},
        "malware_scans": scans_of(scans) if scans else None,
    }


SERVICE = Service(
    key="guardduty",
    title="Amazon GuardDuty",
    settings=GuardDutySettings,
    trusted=TRUSTED,
    trusted_where={SCANS: scans_members},
    endpoint="guardduty",
    kinds=(
        GuardDutyAdministrator(),
        GuardDuty(),
        GuardDutyExport(),
        GuardDutyManagement(),
        GuardDutyMembers(),
        Suppression(),
        GuardDutyList(),
        MalwareScans(),
    ),
    settings_of=settings_of,
    delivery=Delivery("guardduty"),
    delivers=lambda settings: bool(settings.export),
    cost="By analysed event, flow log volume and protected resource, in every account and region.",
    docs="https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_organizations.html",
)
