"""What central root access is made of."""

from __future__ import annotations

from collections.abc import Collection

from landing.core.model import Json, Resource
from landing.organization import Organization
from landing.services.root_access.kind import RootAccess
from landing.services.root_access.settings import PRINCIPAL, RootAccessSettings
from landing.services.service import Service


def settings_of(organization: Organization, live: Collection[Resource]) -> dict[str, Json]:
    """Its sessions, and whether the security tooling account is an administrator."""
    found = next((each.attributes for each in live if each.address.kind == RootAccess.name), None)
    if found is None:
        return {}
    administered = {"administrator": bool(found["administrators"])} if "administrators" in found else {}
    return {"sessions": found["sessions"], **administered}


SERVICE = Service(
    key="root_access",
    title="Central root access",
    settings=RootAccessSettings,
    trusted=(PRINCIPAL,),
    kinds=(RootAccess(),),
    settings_of=settings_of,
    cost="Nothing.",
    docs="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user-access-management.html",
)
