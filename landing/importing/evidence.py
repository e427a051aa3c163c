"""What tells the home region, the governed regions, and which account plays which part; else the user must say."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from landing.aws import Aws, translated, unless
from landing.core.errors import HIDING, LandingError
from landing.core.keys import slug
from landing.core.model import Scope
from landing.core.partitions import OPT_IN_REGIONS, REGIONS
from landing.importing.draft import DraftAccount, LeftOut
from landing.services.guardduty.administrator import GuardDutyAdministrator
from landing.services.registry import SERVICES
from landing.services.shapes import ServiceAdministrator

AT_ONCE = 8
LOG_ARCHIVE = (r"log-?archives?", r"(central-?)?logs?|logging", r".*log-?archives?.*", r".*logs?(-.*)?")
TOOLING = (r"security-?tooling", r"audit", r"security", r".*security-?tooling.*", r".*(audit|security).*")
"""How such accounts are called, the surest first, as keys: one that just one account fits tells."""


@dataclass
class Evidence:
    """Of an organization: its active accounts by id, the id of its management account, and who has trusted access."""

    aws: Aws
    accounts: Mapping[str, DraftAccount]
    management: str
    trusted: Collection[str]
    left_out: list[LeftOut] = field(default_factory=list)

    @cached_property
    def trail(self) -> Mapping[str, Any] | None:
        """The organization trail, wherever its home is; None when there is none, or when it may not be seen."""
        if "cloudtrail.amazonaws.com" not in self.trusted:
            return None
        with translated(Scope()), unless(*HIDING) as refused:
            listed = self.aws.client("cloudtrail").describe_trails(includeShadowTrails=True)["trailList"]
            return next((trail for trail in listed if trail.get("IsOrganizationTrail")), None)
        self.left_out.append(LeftOut("organization trails", f"they may not be read ({refused.code})"))
        return None

    def home_region(self, asked: str) -> str:
        """What the user says, else where the organization trail is, else where the credentials lead."""
        session = self.aws.context.home_region
        found = asked or (str(self.trail["HomeRegion"]) if self.trail else session)
        if not asked and not self.trail:
            why = "nothing tells it, so it is where the credentials lead: give --home-region if it is another"
            self.left_out.append(LeftOut(f"home region {found}", why))
        if found in OPT_IN_REGIONS and not asked:
            self.left_out.append(LeftOut(f"home region {found}", "it is an opt-in region, which a home cannot be"))
            return session
        return found

    def regions(self, home: str) -> tuple[str, ...]:
        """The home region, and where GuardDuty has an administrator or this account a detector."""
        partition = REGIONS[home]
        others = sorted(each for each in REGIONS if REGIONS[each] == partition and each not in {home, *OPT_IN_REGIONS})
        if "guardduty.amazonaws.com" not in self.trusted:
            return (home,)
        with ThreadPoolExecutor(AT_ONCE, "regions") as pool:
            return (
                home,
                *(region for region, used in zip(others, pool.map(self._in_use, others), strict=True) if used),
            )

    def _in_use(self, region: str) -> bool:
        with translated(Scope("", region)), unless(*HIDING):
            return any(self._appointed(GuardDutyAdministrator(), region))
        return False

    def _appointed(self, kind: ServiceAdministrator, region: str) -> Iterator[str]:
        client = self.aws.client(kind.client_name, Scope(self.aws.context.management, region))
        yield from kind.appointed(self.aws, client)

    def administrators(self, home: str) -> Iterator[str]:
        """The ids of the accounts that administer services which have an administrator of their own."""
        for service in SERVICES:
            for kind in service.kinds:
                if isinstance(kind, ServiceAdministrator) and service.trusted[0] in self.trusted:
                    yield from self._administrators(kind, home)

    def _administrators(self, kind: ServiceAdministrator, home: str) -> tuple[str, ...]:
        def asked() -> tuple[str, ...]:
            with translated(Scope("", home)), unless(*HIDING) as refused:
                return tuple(self._appointed(kind, home))
            self.left_out.append(
                LeftOut(f"the administrator of {kind.service}", f"it may not be read ({refused.code})")
            )
            return ()

        return self.aws.tree.once(f"administrator {kind.service} {home}", asked)

    def security_tooling(self, home: str, asked: str) -> str:
        """The key: what the user says, else who administers a security service, else what names tell."""
        if asked:
            return self._named(asked, "--security-tooling")
        for account in self.administrators(home):
            if account in self.accounts and account != self.management:
                return self.accounts[account].key
        return self._told(TOOLING, "administers the security services", "--security-tooling")

    def log_archive(self, asked: str, tooling: str) -> str:
        """The key: what the user says, else whose id the name of the trail's bucket has, else what names tell."""
        if asked:
            return self._named(asked, "--log-archive")
        for account in re.findall(r"(?<!\d)\d{12}(?!\d)", str((self.trail or {}).get("S3BucketName", ""))):
            if account in self.accounts and account != self.management:
                return self.accounts[account].key
        return self._told(LOG_ARCHIVE, "holds the logs", "--log-archive", but=tooling)

    def _named(self, asked: str, option: str) -> str:
        for account_id, account in self.accounts.items():
            if asked in (account_id, account.name, account.key) or asked.lower() == account.email.lower():
                if account_id == self.management:
                    raise LandingError(f"{option} {asked} is the management account: name a member account")
                return account.key
        raise LandingError(f"{option} {asked}: the organization has no such active account")

    def _told(self, patterns: Collection[str], does: str, option: str, but: str = "") -> str:
        members = [each for account_id, each in self.accounts.items() if account_id != self.management]
        for pattern in patterns:
            fit = [each for each in members if re.fullmatch(pattern, slug(each.name)) and each.key != but]
            if len(fit) == 1:
                return fit[0].key
        listed = ", ".join(f"{each.name} ({each.id})" for each in members[:10])
        more = f" and {len(members) - 10} more" if len(members) > 10 else ""
        raise LandingError(
            f"which account {does} cannot be told: say it with {option} ACCOUNT (id, name or e-mail address)\n"
            + (f"there are {listed}{more}" if members else "there is no member account: create one first")
        )
