"""Amazon Macie: the session of an account in a Region."""

from __future__ import annotations

from typing import Any

from landing.sandbox.services.cloudformation.types.api import ApiType
from landing.sandbox.services.cloudformation.types.base import Properties, Site, found


class Session(ApiType):
    """AWS::Macie::Session."""

    name = "AWS::Macie::Session"
    properties = frozenset({"FindingPublishingFrequency", "Status"})
    service, key = "macie2", ""
    creates, describes, updates, deletes = "EnableMacie", "GetMacieSession", "UpdateMacieSession", "DisableMacie"

    def create(self, site: Site, properties: Properties) -> str:
        """There is one of it in an account and Region, named by the account."""
        self._call(site, self.creates, None, properties)
        return site.account

    def description(self, *, site: Site, name: str) -> dict[str, Any] | None:
        """Macie denies access where it is not enabled."""
        session: dict[str, Any] | None = found(site.client("macie2").get_macie_session, "AccessDeniedException")
        return session

    def delete(self, site: Site, physical_id: str, properties: Properties) -> None:
        """DisableMacie."""
        found(site.client("macie2").disable_macie, "AccessDeniedException")

    def attributes(self, site: Site, physical_id: str, properties: Properties) -> Properties:
        """The account beside what the session has."""
        return {**super().attributes(site, physical_id, properties), "AwsAccountId": physical_id}
