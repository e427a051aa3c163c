"""Amazon Macie: the session of an account in a Region."""

from __future__ import annotations

from landing.sandbox.services.cloudformation.types.api import ApiType


class Session(ApiType):
    """AWS::Macie::Session; Macie denies access where it is not enabled."""

    name = "AWS::Macie::Session"
    properties = frozenset({"FindingPublishingFrequency", "Status"})
    service, absent = "macie2", ("AccessDeniedException",)
    creates, describes, updates, deletes = "EnableMacie", "GetMacieSession", "UpdateMacieSession", "DisableMacie"
