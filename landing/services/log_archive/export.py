"""The shape of exports: what a service finds goes to a bucket of the log archive that is its own."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from landing.aws import Aws
from landing.core.model import Address, Change, Resource, Scope, Severity
from landing.organization import Organization
from landing.services.log_archive.former_location import left_behind
from landing.services.log_archive.key import archive_stack, shown
from landing.services.shapes import NAME, AdministeredSetting
from landing.services.strength import Weaker, neutral


class ArchiveExport(AdministeredSetting):
    """Set by the administrator in each region; on when the service's setting `export` is.

    Not ours to remove where `removal` is empty: AWS has no call for it.
    """

    severity = Severity.MEDIUM
    weaker: ClassVar[Mapping[str, Weaker]] = dict.fromkeys(("bucket", "key"), neutral)  # the archive's, always
    controls = ("nist-800-53-r5:AU-9", "nist-csf-2.0:PR.PS-04")
    purpose: ClassVar[str]
    """What the bucket is for, as its name has it."""

    @abstractmethod
    def after(self, scope: Scope) -> Address:
        """What must be on first."""

    @abstractmethod
    def destinations(self, aws: Aws, client: Any) -> Iterable[tuple[str, str]]:
        """Bucket names and key ARNs to which it exports now."""

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """The same bucket and key from each region."""
        service = organization.services.get(self.service)
        if service is None or not service.settings.export or "log_archive" not in organization.services:
            return
        for scope in self.scopes(organization):
            needs = (self.after(scope), archive_stack(organization))
            attributes = {"bucket": organization.log_bucket(self.purpose), "key": organization.log_key}
            yield Resource(self.address(NAME, scope), attributes, needs, source=service.source)

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """Where it exports now, as the config names it."""
        for name, key in self.destinations(aws, aws.client(self.client_name, scope)):
            attributes = {"bucket": str(aws.symbolic(name)), "key": shown(organization, aws, key)}
            needs = (self.after(scope), archive_stack(organization))
            ours = bool(self.removal) and attributes["bucket"] == organization.log_bucket(self.purpose)
            yield Resource(self.address(NAME, scope), attributes, needs, owned=ours)

    def notes(self, organization: Organization, change: Change) -> Iterable[str]:
        """What stays in another bucket."""
        yield from left_behind(organization, change)

    def goes_to_archive(self, organization: Organization, live: Iterable[Resource]) -> bool:
        """Whether any region exports to the log archive."""
        buckets = {each.attributes["bucket"] for each in live if each.address.kind == self.name}
        return organization.log_bucket(self.purpose) in buckets
