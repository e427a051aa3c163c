"""What Amazon Inspector is made of."""

from __future__ import annotations

from landing.services.inspector.administrator import InspectorAdministrator
from landing.services.inspector.cis_scan import InspectorCisScan
from landing.services.inspector.inverse import settings_of
from landing.services.inspector.members import InspectorMembers
from landing.services.inspector.scan_settings import Inspector
from landing.services.inspector.settings import PRINCIPAL, InspectorSettings
from landing.services.inspector.suppression import InspectorSuppression
from landing.services.service import Service

SERVICE = Service(
    key="inspector",
    title="Amazon Inspector",
    settings=InspectorSettings,
    trusted=(PRINCIPAL,),
    endpoint="inspector2",
    kinds=(InspectorAdministrator(), Inspector(), InspectorMembers(), InspectorSuppression(), InspectorCisScan()),
    settings_of=settings_of,
    cost="By instance, image, function and GB of code that is scanned, and by instance and CIS scan.",
    docs="https://docs.aws.amazon.com/inspector/latest/user/managing-multiple-accounts.html",
)
