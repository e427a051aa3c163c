"""What IAM Identity Center is made of."""

from __future__ import annotations

from landing.services.identity_center.assignment import AccountAssignment
from landing.services.identity_center.attributes import AccessAttributes
from landing.services.identity_center.inverse import settings_of
from landing.services.identity_center.permission_set import PermissionSet
from landing.services.identity_center.settings import KEY, PRINCIPAL, IdentityCenterSettings
from landing.services.service import Service

SERVICE = Service(
    key=KEY,
    title="IAM Identity Center",
    settings=IdentityCenterSettings,
    trusted=(PRINCIPAL,),
    remembered=True,
    settings_of=settings_of,
    kinds=(AccessAttributes(), PermissionSet(), AccountAssignment()),
    cost="Nothing.",
    docs="https://docs.aws.amazon.com/singlesignon/latest/userguide/what-is.html",
)
