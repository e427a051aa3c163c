"""Whether what the lake is to collect arrives there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from landing.aws import Aws, unless
from landing.core.model import Change, Resource, Scope, Severity
from landing.core.text import few
from landing.organization import Organization
from landing.services.base import LACKS, Ownership
from landing.services.security_lake.lake import ABSENT, WHERE, OfTheLake
from landing.services.security_lake.settings import SecurityLakeSettings
from landing.services.security_lake.source import wanted_of
from landing.services.strength import Weaker

COLLECTING = "COLLECTING"
EXCEPTIONS = "exceptions"
"""The name of what Security Lake says has failed in a region, whatever the source."""


class SecurityLakeHealth(OfTheLake):
    """Sources of the config from which nothing arrives (GetDataLakeSources), and failures (ListDataLakeExceptions).

    Nothing here mends them: the reason is elsewhere, as a trail that lacks management events or a role that is gone.
    Calls: one a region and hundred accounts, and one for the failures of all regions.
    """

    name = "security_lake_health"
    title = "Security Lake health"
    ownership = Ownership.NONE
    severity = Severity.HIGH
    weaker: ClassVar[Mapping[str, Weaker]] = {}
    removal = ""
    controls = ("nist-800-53-r5:AU-5", "nist-csf-2.0:DE.CM-09")
    help_uri = "https://docs.aws.amazon.com/security-lake/latest/userguide/securitylake-troubleshoot.html"
    reads = ("securitylake:GetDataLakeSources", "securitylake:ListDataLakeExceptions", *WHERE)

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """None: what is declared is the sources."""
        return ()

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """One for each source that is in trouble in the region, and one for failures."""
        if organization.service(SecurityLakeSettings) is None:
            return
        scope = self.where(organization, aws, scope)
        for name, lacks in (*self._sources(organization, aws, scope), *self._failures(organization, aws, scope)):
            yield Resource(self.address(name, scope), {LACKS: lacks}, owned=False)

    def _sources(self, organization: Organization, aws: Aws, scope: Scope) -> Iterator[tuple[str, str]]:
        service, keys = organization.service(SecurityLakeSettings), aws.tree.account_keys
        sources = service.settings.sources if service else {}
        asked = {name: {*wanted_of(organization, each)} for name, each in sources.items()}
        active = {key for key, each in aws.tree.accounts.items() if each.state == "ACTIVE"}
        troubled: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        with unless(*ABSENT):
            client = aws.client(self.client_name, scope)
            for each in aws.listed(client, "get_data_lake_sources", "dataLakeSources"):
                name, key = each.get("sourceName", ""), keys.get(each.get("account", ""), "")
                if key in asked.get(name, set()) & active:
                    for status in {found.get("status", COLLECTING) for found in each.get("sourceStatuses") or ()}:
                        troubled[name][status].add(key)
        for name, statuses in sorted(troubled.items()):
            worse = [f"{few(sorted(of))} ({status})" for status, of in sorted(statuses.items()) if status != COLLECTING]
            if worse:
                yield name, f"nothing of {name} arrives from {', '.join(worse)}, by what Security Lake says"

    def _failures(self, organization: Organization, aws: Aws, scope: Scope) -> Iterator[tuple[str, str]]:
        def every() -> list[Mapping[str, Any]]:
            with unless(*ABSENT):
                client = aws.client(self.client_name, self.for_all(organization, scope))
                return list(aws.listed(client, "list_data_lake_exceptions", "exceptions", regions=regions))
            return []

        regions = self._offered(organization)
        found = aws.tree.once("security lake exceptions", every) if scope.region in regions else ()
        here = {_told(each) for each in found if each.get("region") == scope.region}
        if here:
            yield EXCEPTIONS, f"Security Lake has failed: {few(sorted(here))}"

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Nothing declares it."""
        raise AssertionError(f"{change.address} is for others to mend")


def _told(failure: Mapping[str, Any]) -> str:
    """What has failed, and what AWS says against it."""
    return (
        ": ".join(str(failure[name]) for name in ("exception", "remediation") if failure.get(name)) or "no reason given"
    )
