"""Regions that are off in an account until it enables them (Account API, EnableRegion)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ClassVar

from landing.aws import Aws, unless
from landing.core import forms
from landing.core.model import MARK, Action, Change, Diagnostic, Gap, Resource, Scope
from landing.core.partitions import OPT_IN_REGIONS
from landing.organization import REGIONS_TAG, Organization
from landing.organization.resources import OPT_IN
from landing.services.base import Kind, Ownership, required_account
from landing.services.organizations.tags import tag
from landing.services.organizations.trusted_access import ACCOUNT, TrustedAccess
from landing.services.strength import Weaker, neutral

AT_ONCE = 8
"""Accounts at once: with six Regions each they stay below the 50 of an organization."""
IN_FLIGHT = 6
"""Regions that an account may be switching at once (Account Management reference guide, "Quotas")."""
DISABLED_REGIONS = "disabled regions"
"""What a run knows of an account, as it calls it (`Tree.once`)."""
SWITCHING = ("ENABLING", "DISABLING")


class OptInRegions(Kind):
    """The opt-in Regions that the config has something in, enabled in each account that needs them; never disabled.

    There is no call that lists them of many accounts. What an account has enabled is written into a tag of it, and its
    tags come 100 a page: only accounts that lack something are asked, and all of them in a search for drift. The
    management account comes first, since no stack set reaches a Region that it has not enabled (CloudFormation User
    Guide, "Performing StackSets operations involving AWS opt-in Regions").
    """

    name = OPT_IN
    title = "Opt-in regions"
    ownership = Ownership.CONFIG
    parallel = AT_ONCE
    help_uri = "https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html"
    weaker: ClassVar[Mapping[str, Weaker]] = {"regions": neutral}
    canonical: ClassVar[Mapping[str, forms.Form]] = {"regions": forms.unordered}
    removal = ""
    reads = ("account:ListRegions", "tag:GetResources", "organizations:ListTagsForResource")
    writes = ("account:EnableRegion", "organizations:TagResource")

    def scopes(self, organization: Organization) -> Iterator[Scope]:
        """None where no Region is to be enabled: nothing is asked then."""
        if _wanted(organization):
            yield from super().scopes(organization)

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """One for each account that needs any."""
        wanted = _wanted(organization)
        first = (self.address(organization.management),) if organization.management in wanted else ()
        for key, regions in wanted.items():
            needs = (required_account(key), TrustedAccess().address(ACCOUNT))
            others = () if key == organization.management else first
            source = organization.accounts[key].source
            yield Resource(self.address(key), {"regions": regions, MARK: True}, (*needs, *others), source=source)

    def by_name(self, change: Change) -> bool:
        """What is marked is not asked for again."""
        return bool((change.before or {}).get(MARK))

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource | Gap]:
        """Of accounts that are there and active, which of the wanted Regions they have enabled."""
        wanted = _wanted(organization)
        there = {key: aws.tree.accounts[key] for key in wanted if key in aws.tree.accounts}
        for key, live in there.items():
            if live.state != "ACTIVE":
                reason = f"account {live.id} is {live.state}: left alone"
                yield Gap(self.name, scope, Diagnostic("", reason), key)

        def found(key: str) -> Resource:
            known = {*aws.tree.tags_of(there[key].id).get(REGIONS_TAG, "").split()}
            marked = known >= {*wanted[key]}
            trusted = marked and aws.trusts(self.address(key))
            enabled = known if trusted else {*self._listed(organization, aws, key, "ENABLED")}
            attributes = {"regions": [each for each in wanted[key] if each in enabled], MARK: marked}
            return Resource(self.address(key), attributes, (required_account(key),), owned=False)

        with ThreadPoolExecutor(AT_ONCE, "regions") as pool:
            yield from pool.map(found, (key for key, live in there.items() if live.state == "ACTIVE"))

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Enable what is off, and wait until all of it is on: what is switched cannot be stopped, nor used before."""
        assert change.action is not Action.DELETE
        assert change.after is not None
        key, regions = change.address.name, list(change.after["regions"])
        for _ in aws.poll(f"enabling {', '.join(regions)} in account {key}", "opt_in_region"):
            switching = {*self._listed(organization, aws, key, *SWITCHING)}
            off = {*self._listed(organization, aws, key, "DISABLED")}.intersection(regions)
            if not off and not switching.intersection(regions):
                break
            for region in sorted(off)[: max(0, IN_FLIGHT - len(switching))]:
                with unless("ConflictException", "TooManyRequestsException"):  # others are at it: looked at again
                    aws.client("account").enable_region(RegionName=region, **self._which(organization, aws, key))
        aws.tree.once.forget(f"{DISABLED_REGIONS} {key}")
        account = aws.tree.accounts[key].id
        known = aws.tree.tags_of(account).get(REGIONS_TAG, "").split()
        with aws.writing:
            tag(aws, account, {REGIONS_TAG: " ".join(sorted({*known, *regions}))})

    def notes(self, organization: Organization, change: Change) -> Iterable[str]:
        """How long it takes, and that it stays."""
        yield "AWS takes minutes to hours to enable a region; it is waited for, and landing never disables one again"

    def _listed(self, organization: Organization, aws: Aws, key: str, *statuses: str) -> Iterator[str]:
        """The Regions of an account that have one of these statuses."""
        client, which = aws.client("account"), self._which(organization, aws, key)
        for each in aws.listed(client, "list_regions", "Regions", RegionOptStatusContains=[*statuses], **which):
            yield each["RegionName"]

    def _which(self, organization: Organization, aws: Aws, key: str) -> dict[str, Any]:
        """The account, by id; the management account is not named."""
        return {} if key == organization.management else {"AccountId": aws.tree.accounts[key].id}


def _wanted(organization: Organization) -> dict[str, list[str]]:
    """The opt-in Regions of each account that needs any: governed ones, and those of what is deployed to it."""
    if not organization.enables_regions:
        return {}
    found: dict[str, set[str]] = {}

    def need(regions: Iterable[str], accounts: Collection[str]) -> None:
        if off := OPT_IN_REGIONS.intersection(regions):
            for key in accounts:
                found.setdefault(key, set()).update(off)

    need(organization.governed_regions, tuple(organization.accounts))
    for each in organization.deployments.values():
        if OPT_IN_REGIONS.intersection(each.regions) - {*organization.governed_regions}:
            members = each.accounts or organization.members(each.target)
            need(each.regions, (*members, organization.management))
    return {key: sorted(found[key]) for key in organization.accounts if key in found}
