"""Opt-in Regions: a stack set reaches one only where it is enabled in the management account and in the target.

Source: CloudFormation User Guide, "Performing StackSets operations involving AWS opt-in Regions".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import partial

from landing.aws import Aws
from landing.core.partitions import OPT_IN_REGIONS
from landing.organization import Organization
from landing.services.organizations.opt_in_regions import DISABLED_REGIONS

_ACCOUNT_ID = re.compile(r"\b\d{12}\b")


class OptIn:
    """What accounts have not enabled; asked only about Regions that can be off, and once for each reason of failure."""

    def __init__(self, organization: Organization, aws: Aws) -> None:
        self._management = organization.management
        self._aws = aws
        self._known: dict[tuple[str, str], bool] = {}

    def unusable(self, regions: Iterable[str]) -> list[str]:
        """Those that the management account has not enabled: there no stack set can be deployed."""
        in_question = sorted(OPT_IN_REGIONS.intersection(regions))
        off = self._disabled(self._management) if in_question else frozenset()
        return [region for region in in_question if region in off]

    def missing(self, organization: Organization, regions: Iterable[str]) -> list[str]:
        """The same, where this run does not enable them itself before stacks reach them."""
        return [] if organization.enables_regions else self.unusable(regions)

    def usable(self, regions: Iterable[str]) -> list[str]:
        """The others, in their order."""
        wanted = list(regions)
        off = self.unusable(wanted)
        return [region for region in wanted if region not in off]

    def explains(self, account: str, region: str, reason: str) -> bool:
        """Whether a failure in an account comes of a Region that the account has not enabled.

        The Account API is asked about one account; others that failed there for the same reason are like it.
        """
        if region not in OPT_IN_REGIONS or account not in self._aws.tree.accounts:
            return False
        case = region, _ACCOUNT_ID.sub("", reason)
        if case not in self._known:
            self._known[case] = region in self._disabled(account)
        return self._known[case]

    def _disabled(self, account: str) -> frozenset[str]:
        """The opt-in Regions that an account has not enabled (Account API, ListRegions)."""
        aws, own = self._aws, account == self._management
        identity = {} if own else {"AccountId": aws.tree.accounts[account].id}
        off = ["DISABLED", "DISABLING", "ENABLING"]
        listed = partial(
            aws.listed, aws.client("account"), "list_regions", "Regions", RegionOptStatusContains=off, **identity
        )
        return aws.tree.once(
            f"{DISABLED_REGIONS} {account}", lambda: frozenset(region["RegionName"] for region in listed())
        )
