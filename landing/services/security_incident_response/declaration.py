"""What AWS Security Incident Response is made of."""

from __future__ import annotations

from collections.abc import Collection

from landing.core.model import Json, Resource
from landing.organization import ROOT, Organization
from landing.services.security_incident_response.membership import IncidentResponseMembership
from landing.services.security_incident_response.settings import PRINCIPAL, IncidentResponseSettings
from landing.services.service import Service
from landing.services.shapes import at_home


def settings_of(organization: Organization, live: Collection[Resource]) -> dict[str, Json]:
    """As the membership is."""
    found = at_home(organization, live, IncidentResponseMembership())
    units = [] if found.get("units") == [ROOT] else found.get("units", [])
    return {**found, "units": units} if found else {}


SERVICE = Service(
    key="security_incident_response",
    title="AWS Security Incident Response",
    settings=IncidentResponseSettings,
    trusted=(PRINCIPAL,),
    delegated=(PRINCIPAL,),
    kinds=(IncidentResponseMembership(),),
    settings_of=settings_of,
    cost="A subscription of the organization.",
    docs="https://docs.aws.amazon.com/security-ir/latest/userguide/what-is.html",
)
