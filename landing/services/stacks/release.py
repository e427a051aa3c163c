"""New accounts leave the quarantine unit when the stack sets that cover it stand in them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, ClassVar

from landing.aws import Aws, unless
from landing.core.errors import AccountMoved, InstancesFailed, TimedOut
from landing.core.model import Address, Attributes, Change, Diagnostic, Gap, Resource, Scope, Severity
from landing.organization import NEW_TAG, Organization, node_of
from landing.organization.resources import RELEASE, STACK_SET
from landing.services.base import Kind, Ownership, required_account
from landing.services.organizations.account_move import is_new, move
from landing.services.organizations.attachments import Attachments
from landing.services.organizations.tags import untag
from landing.services.organizations.unit import OrganizationalUnit
from landing.services.stacks.instances import MISSING, RUNNING, instances_of
from landing.services.stacks.operations import NAMED, Operations
from landing.services.stacks.opt_in import OptIn
from landing.services.stacks.shards import in_quarantine, name_of, stack_sets
from landing.services.strength import Weaker, neutral

GONE = "there is no such stack set"


class Release(Kind):
    """A new account's way out of the quarantine unit (MoveAccount), named by the key of the account.

    Where an account is that has left it, is the affair of `account`. What it waits for is read of each stack set, not
    of each account (ListStackInstances).
    """

    name = RELEASE
    title = "Release from quarantine"
    ownership = Ownership.CONFIG
    severity = Severity.HIGH
    cosmetic = ("new",)
    controls = ("nist-csf-2.0:PR.PS-01",)
    help_uri = "https://docs.aws.amazon.com/organizations/latest/userguide/move_account_to_ou.html"
    weaker: ClassVar[Mapping[str, Weaker]] = {"unit": neutral, "instances": neutral}  # the config asks for it
    parallel = 1  # they wait for the same: the first one waits, the others find it done
    removal = ""
    ending = "released"
    ahead = ("accounts", "units")
    reads = (
        "organizations:ListAccounts",
        "organizations:ListAccountsForParent",
        "organizations:ListTagsForResource",
        "tag:GetResources",
        "cloudformation:DescribeStackSet",
        "cloudformation:ListStackInstances",
        "cloudformation:ListStackInstanceResourceDrifts",
        "account:ListRegions",
    )
    writes = (
        "cloudformation:ListStackSetOperations",
        "organizations:ListParents",
        "organizations:MoveAccount",
        "organizations:UntagResource",
    )

    def scopes(self, organization: Organization) -> Iterator[Scope]:
        """None without a quarantine unit: nothing is asked then."""
        if organization.quarantine:
            yield from super().scopes(organization)

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """One for each account that comes into quarantine when it is made."""
        stand = [Address(STACK_SET, key) for key in _awaited(organization)]
        for key, account in organization.accounts.items():
            if organization.is_quarantined(key):
                own = [Attachments().address(f"account/{key}")] if f"account/{key}" in organization.attached else []
                needs = [required_account(key), OrganizationalUnit().parent(account.unit)]
                needs += [*Attachments().of_path(organization, account.unit), *own, *stand]
                attributes = {"unit": account.unit, "new": False, "instances": {}}
                yield Resource(self.address(key), attributes, tuple(dict.fromkeys(needs)), source=account.source)

    def check(self, organization: Organization) -> Iterable[Diagnostic]:
        """A unit that blocks nothing, and nothing to wait for."""
        if not organization.quarantine:
            return
        at: dict[str, Any] = {"pointer": ("organization", "new_accounts", "quarantine"), "severity": "warning"}
        source, unit, sets = organization.source, organization.quarantine, in_quarantine(organization)
        if not organization.guarded.get(node_of(unit)):
            hint = "add the unit to the target of `deny-all-suspended`"
            yield Diagnostic("LZ482", f"no guardrail is attached to the quarantine unit `{unit}`", source, hint, **at)
        if True not in sets.values():
            hint = "name the unit in the targets of the baselines"
            yield Diagnostic("LZ482", f"no new account waits in `{unit}`: no stack set covers it", source, hint, **at)

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource | Gap]:
        """Active accounts: those that are new with what they lack, all others as released."""
        there = {key: each for key, each in aws.tree.accounts.items() if organization.is_quarantined(key)}
        active = {key: each for key, each in there.items() if each.state == "ACTIVE"}
        for key in there.keys() - active.keys():
            reason = f"account {there[key].id} is {there[key].state}: left alone"
            yield Gap(self.name, scope, Diagnostic("", reason), key)
        new = {key for key, each in active.items() if is_new(organization, aws, each)}
        wait = {key for key in new if active[key].unit != organization.accounts[key].unit}
        lacking: dict[str, dict[str, str]] = {key: {} for key in wait}
        for name in _awaited(organization) if wait else ():
            for (key, region), what in _Listing(organization, aws, name).lacking(wait, each=False).items():
                lacking[key][f"{name}/{region}"] = what
        for key, account in active.items():
            attributes = {"unit": account.unit, "new": key in new, "instances": lacking.get(key, {})}
            needs = (OrganizationalUnit().parent(account.unit),)
            yield Resource(self.address(key), aws.symbolic(attributes), needs, owned=False)

    def as_found(self, organization: Organization, wanted: Resource, live: Mapping[Address, Resource]) -> Resource:
        """Who has left quarantine is where it is."""
        found = live.get(wanted.address)
        return wanted if found is None or found.attributes["new"] else replace(wanted, attributes=found.attributes)

    def begun(self, change: Change, present: Attributes) -> bool:
        """The account is there, and what it lacks may be another than it was."""
        return bool(present["new"])

    def notes(self, organization: Organization, change: Change) -> Iterable[str]:
        """What it waits for, what of that there is not yet, and what comes only when the account is out."""
        before, after = change.before or {}, change.after or {}
        if before and before["unit"] == after["unit"]:
            yield "it is there already: only the tag that says that it is new is taken off"
            return
        sets = sum(need.kind == STACK_SET for need in change.requires)
        begins = "" if before else f"created in {organization.quarantine}, then "
        yield f"{begins}moved to {after['unit']} once {sets} stack set{'s stand' if sets != 1 else ' stands'} in it"
        lacks = [f"{site}: {what}" for site, what in sorted(before.get("instances", {}).items())]
        if lacks:
            yield f"not yet: {_some(lacks)}"
        later = _later(organization, change.address.name)
        if new := [name for name in later if name not in in_quarantine(organization)]:
            why = f"as they do not mean {organization.quarantine} whole, and come in {after['unit']}"
            yield f"not waited for, {why}: {_some(new)}"
        if some := [name for name in later if name in in_quarantine(organization)]:
            yield f"waited for where AWS has them already, and taken over in {after['unit']}: {_some(some)}"

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Wait for the stack sets, move the account, then take the tag off."""
        assert change.after is not None
        key, unit = change.address.name, change.after["unit"]
        live = aws.tree.accounts[key]
        if not is_new(organization, aws, live):
            return
        if live.unit not in (unit, organization.quarantine):
            raise AccountMoved(f"account {key} is in {live.unit}, not in {organization.quarantine}: plan again")
        if live.unit != unit:
            names = [need.name for need in change.requires if need.kind == STACK_SET]
            names += aws.tree.once("stack sets that stand in quarantine", lambda: _standing(organization, aws))
            self._wait(organization, aws, key, names)
        with aws.writing:
            if live.unit != unit:
                move(aws, live, unit)
            if NEW_TAG in aws.tree.tags_of(live.id):
                untag(aws, live.id, NEW_TAG)

    def _wait(self, organization: Organization, aws: Aws, key: str, names: Collection[str]) -> None:
        """Until every stack set stands there; raises InstancesFailed where AWS does nothing more about one."""
        lacks: list[str] = []
        try:
            for _ in aws.poll(f"what is to stand in account {key}", "quarantine"):
                lacks = []
                for name in names:
                    lacks += self._lacks(organization, aws, key, name)
                if not lacks:
                    return
        except TimedOut as error:
            raise TimedOut(
                f"{error.diagnostic.message}; it lacks {_some(lacks)}", help=error.diagnostic.help
            ) from error

    def _lacks(self, organization: Organization, aws: Aws, key: str, name: str) -> list[str]:
        """What the account lacks of a stack set: as it was last listed, for whomever, or as it is now."""
        listing = f"awaited {name}"
        found = aws.tree.once(listing, lambda: _Listing(organization, aws, name)).lacking({key}, each=True)
        if found:
            aws.tree.once.forget(listing)
            found = aws.tree.once(listing, lambda: _Listing(organization, aws, name)).lacking({key}, each=True)
        said = [f"{name}/{region}: {what}" for (_, region), what in found.items()]
        failed = any(what not in (MISSING, RUNNING) for what in found.values())
        if failed and not Operations(aws, aws.client("cloudformation"), name_of(organization, name)).active():
            raise InstancesFailed(
                f"{key} stays in {organization.quarantine}: {_some(said)}",
                help="mend what fails there, and run landing apply again",
                operation=f"stack set {name_of(organization, name)}",
            )
        return said


class _Listing:
    """A stack set that is to stand in new accounts, with its instances as they were listed once."""

    def __init__(self, organization: Organization, aws: Aws, key: str) -> None:
        self._deployment = stack_sets(organization)[key]
        self._regions = OptIn(organization, aws).usable(self._deployment.regions)
        client, found = aws.client("cloudformation"), None
        with unless("StackSetNotFoundException"):
            found = client.describe_stack_set(StackSetName=name_of(organization, key))["StackSet"]
        self._instances = instances_of(organization, aws, client, found, self._deployment) if found else None

    def lacking(self, accounts: Collection[str], *, each: bool) -> Mapping[tuple[str, str], str]:
        """See `Instances.lacking`."""
        if self._instances is None:
            return {(key, region): GONE for key in accounts for region in self._regions}
        return self._instances.lacking(accounts, self._regions, each=each)


def _awaited(organization: Organization) -> list[str]:
    """The stack sets that stand in a new account before it leaves quarantine."""
    return [key for key, stands in in_quarantine(organization).items() if stands]


def _standing(organization: Organization, aws: Aws) -> list[str]:
    """Of those that name accounts one by one, the stack sets that AWS deploys to the quarantine unit by itself already.

    They come after the release, so one that is not there yet is not waited for. What AWS has made of the others stays
    in the account when it leaves, and is taken over where the account stays (`left_stacks`).
    """
    client, path, found = aws.client("cloudformation"), aws.tree.path(organization.quarantine), []
    ids = {aws.tree.node_id(step) for step in path}
    for key in (key for key, stands in in_quarantine(organization).items() if not stands):
        with unless("StackSetNotFoundException"):
            there = client.describe_stack_set(StackSetName=name_of(organization, key))["StackSet"]
            if (there.get("AutoDeployment") or {}).get("Enabled") and ids & {
                *(there.get("OrganizationalUnitIds") or ())
            }:
                found.append(key)
    return found


def _later(organization: Organization, key: str) -> list[str]:
    """The stack sets that an account gets where it is to stay."""
    sets, awaited = stack_sets(organization), _awaited(organization)
    return [name for name, each in sets.items() if name not in awaited and key in organization.members(each.target)]


def _some(lines: list[str]) -> str:
    return "; ".join(lines[:NAMED]) + (f"; and {len(lines) - NAMED} more" if len(lines) > NAMED else "")
