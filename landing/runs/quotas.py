"""Whether there is room in AWS for what a plan makes, whoever has taken the rest: before anything is written.

Asked only of what a plan makes more of, a call a quota or a name; of a saved plan again before it is made. Policies
have `landing.guardrails.slots`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from landing.aws import AWAITED, Aws, event_history, translated
from landing.aws.service_quotas import ACCOUNTS, INSTANCES, STACK_SETS, Quota, applied
from landing.core.constraints.principals import SERVICES
from landing.core.errors import AwsError, ImpossiblePlan, NoCredentials, NotThere
from landing.core.model import ORGANIZATION, Action, Address, Change, Resource
from landing.core.quotas import CLOSURE_DAYS, CLOSURES, UNITS
from landing.core.text import safe
from landing.organization import Organization, Target
from landing.organization.resources import ACCOUNT, DELEGATED_ADMINISTRATOR, INVITATION, STACK_SET, UNIT
from landing.services.base import Kinds

T = TypeVar("T")
Found = Iterator[tuple[Change, str]]
Live = Mapping[Address, Resource]


def refuse_over_quota(
    organization: Organization,
    aws: Aws,
    changes: Collection[Change],
    live: Live | None,
    tell: Callable[[str], None],
    *,
    kinds: Kinds,
) -> None:
    """Raise ImpossiblePlan with every quota that the changes would exceed, what is used of it, and what to do.

    And with what else is in the way of what they make. `live` is what AWS has, where that was read; without it, it is
    asked for. `tell` is given what could not be checked.
    """
    if not changes:
        return
    found = [
        *_accounts(organization, aws, changes, tell),
        *_closures(aws, changes),
        *_units(aws, changes, live),
        *_administrators(aws, changes, live),
        *_stack_sets(aws, changes, tell),
        *_instances(organization, aws, changes, tell),
        *_in_the_way(organization, aws, kinds, changes, tell),
    ]
    if found:
        lines = (f"  {change.address}{f' ({change.source})' if change.source else ''}: {why}" for change, why in found)
        raise ImpossiblePlan("AWS has no room for all of this plan:\n" + "\n".join(lines))


def _made(changes: Collection[Change], kind: str) -> list[Change]:
    return [change for change in changes if change.address.kind == kind and change.action is Action.CREATE]


def _read(read: Callable[[], T]) -> T | None:
    """None where it cannot be read, which the kind has a gap for."""
    try:
        with translated(ORGANIZATION):
            return read()
    except NoCredentials:
        raise
    except AwsError:
        return None


def _accounts(organization: Organization, aws: Aws, changes: Collection[Change], tell: Callable[[str], None]) -> Found:
    """Closed accounts count for 90 days, open invitations until they are answered ("Quotas and service limits")."""
    made = [change for change in _made(changes, ACCOUNT) if change.address.name != organization.management]
    made += [change for change in changes if change.address.kind == INVITATION]
    if not made:
        return
    founded = aws.tree.description is not None
    members = _read(lambda: len(aws.tree.survey.accounts)) if founded else 1
    if members is None:
        return
    invited = (_read(lambda: _open_invitations(aws)) if founded else 0) or 0
    closed = _read(lambda: sum(each.state != "ACTIVE" for each in aws.tree.accounts.values())) if founded else 0
    about = "".join(
        f", {count} {words}" for count, words in ((closed, "of them closed or closing"), (invited, "open invitations"))
        if count
    )  # fmt: skip
    has = f"the organization has {members:,} account{'s' * (members != 1)}{about}; {len(made)} more come"
    yield from Use(members + invited, made, has).over(aws, ACCOUNTS, tell)


def _stack_sets(aws: Aws, changes: Collection[Change], tell: Callable[[str], None]) -> Found:
    made = _made(changes, STACK_SET)
    if not made or aws.tree.description is None:
        return
    there = _read(lambda: len(aws.tree.survey.stack_sets(aws.context.home_region)))
    if there is not None and there + len(made) > STACK_SETS.default:  # it is never less
        has = f"there are {there:,} stack sets in the home region, everybody's; {len(made)} more come"
        yield from Use(there, made, has).over(aws, STACK_SETS, tell)


def _instances(organization: Organization, aws: Aws, changes: Collection[Change], tell: Callable[[str], None]) -> Found:
    """Of one stack set: its accounts times its Regions."""
    for change in changes:
        after = change.after if change.address.kind == STACK_SET else None
        if not after or "regions" not in after:
            continue
        target = Target(units=tuple(after["targets"]["units"]), accounts=tuple(after["targets"]["accounts"]))
        members = [account for account in organization.members(target) if account != organization.management]
        stacks = len(members) * len(after["regions"])
        if stacks > INSTANCES.default:
            has = f"it means {len(members):,} accounts × {len(after['regions']):,} regions = {stacks:,} stacks"
            yield from Use(stacks, [change], has, comes=0).over(aws, INSTANCES, tell)


def _in_the_way(
    organization: Organization, aws: Aws, kinds: Kinds, changes: Collection[Change], tell: Callable[[str], None]
) -> Found:
    for change in changes:
        if change.after is None:
            continue
        try:
            with translated(change.address.scope):
                found = list(kinds[change.address.kind].in_the_way(organization, aws, change))
        except (NoCredentials, NotThere) as error:
            if isinstance(error, NoCredentials):
                raise
        except AwsError as error:
            tell(f"Not checked whether names that {change.address} would have are taken: {error}")
        else:
            yield from ((change, why) for why in found)


@dataclass(frozen=True, slots=True)
class Use:
    """What there is of a thing, what comes, and both in words; `comes` is how many, unless it is one a change."""

    used: int
    made: list[Change]
    words: str
    comes: int | None = None

    def over(self, aws: Aws, quota: Quota, tell: Callable[[str], None]) -> Found:
        """Where the quota says no; where it does not say, and it is more than AWS allows unasked, that is told."""
        most = applied(aws, quota)
        wanted = self.used + (len(self.made) if self.comes is None else self.comes)
        name = f"quota {quota.code} of Service Quotas"
        if most is None and wanted > quota.default:
            tell(
                f"Not checked: {self.words}. The {name} cannot be read; AWS allows {quota.default:,} where it was not "
                f"raised. If it was not: {quota.increase(aws, wanted)}"
            )
        elif most is not None and wanted > most:
            yield (
                self.made[-1],
                f"{self.words}, and AWS allows {most:,} ({name}). Either leave {wanted - most:,} out; or have it "
                f"raised, and plan again: {quota.increase(aws, wanted)}",
            )


def _open_invitations(aws: Aws) -> int:
    """How many accounts may still accept one, whoever has sent it."""
    return sum(each["State"] in AWAITED for each in aws.tree.survey.invitations)


@dataclass(frozen=True, slots=True)
class Closures:
    """Accounts that are to be closed, and what AWS allows: in 30 days a fifth of the members, within CLOSURES."""

    wanted: list[Change]
    before: int
    most: int
    counted: bool
    """Whether those of before are of the last 30 days, or all that AWS still shows, which are of 90."""

    @property
    def words(self) -> str:
        """What is used of it."""
        were = f"{self.before:,} were closed in the last {CLOSURE_DAYS if self.counted else 90} days"
        return f"AWS closes {self.most:,} accounts of this organization in {CLOSURE_DAYS} days; {were}"


def closures(aws: Aws, changes: Collection[Change]) -> Closures | None:
    """None where no account is to be closed, or AWS does not say how many there are.

    When an account was closed only the event history says. It is asked where those that are still shown leave no room.
    """
    wanted = [change for change in changes if change.address.kind == ACCOUNT and change.action is Action.DELETE]
    accounts = _read(lambda: list(aws.tree.accounts.values())) if wanted and aws.tree.description else None
    if accounts is None:
        return None
    most = min(CLOSURES[1], max(CLOSURES[0], len(accounts) // 5))
    shown = sum(each.state in ("CLOSED", "PENDING_CLOSURE") for each in accounts)
    lately = _read(lambda: event_history.closures(aws, CLOSURE_DAYS, most)) if shown + len(wanted) > most else None
    return Closures(wanted, shown if lately is None else lately, most, lately is not None)


def told_of_closures(aws: Aws, changes: Collection[Change]) -> Mapping[Address, str]:
    """What a plan says of the quota, below each account that it closes."""
    found = closures(aws, changes)
    if found is None:
        return {}
    left = found.most - found.before - len(found.wanted)
    return {each.address: f"{found.words}; after this plan {left:,} more" for each in found.wanted}


def _closures(aws: Aws, changes: Collection[Change]) -> Found:
    found = closures(aws, changes)
    if found is not None and found.before + len(found.wanted) > found.most:
        room = max(0, found.most - found.before)
        yield (
            found.wanted[-1],
            f"{len(found.wanted):,} accounts would be closed. {found.words}, and nobody can have that raised: close "
            f"{room:,} now (`--target`), and the rest later",
        )


def _units(aws: Aws, changes: Collection[Change], live: Live | None) -> Found:
    made = _made(changes, UNIT)
    if not made:
        return
    there = _read(lambda: len(aws.tree.units)) if live is None else sum(address.kind == UNIT for address in live)
    if there is not None and there + len(made) > UNITS:
        yield (
            made[-1],
            f"the organization has {there:,} units, everybody's; {len(made)} more come, and AWS allows {UNITS:,}: "
            "delete some that are empty",
        )


def _administrators(aws: Aws, changes: Collection[Change], live: Live | None) -> Found:
    """Each service has room for so many ("AWS services that you can use with AWS Organizations")."""
    made = _made(changes, DELEGATED_ADMINISTRATOR)
    known = _administrators_of(aws, live) if made else ()
    for change in made:
        principal = change.address.name.partition("/")[0]
        there = sorted(account for name, account in known if name == principal)
        if len(there) + 1 > SERVICES.get(principal, len(there) + 1):
            yield (
                change,
                f"{principal} is administered by {', '.join(map(safe, there))} already, and AWS allows "
                f"{SERVICES[principal]}: name that account in the config, or see what it would lose, and dismiss it "
                "first: aws organizations deregister-delegated-administrator --account-id … "
                f"--service-principal {principal}",
            )


def _administrators_of(aws: Aws, live: Live | None) -> Collection[tuple[str, str]]:
    """Service principals and accounts."""
    if live is None:
        keys = _read(lambda: aws.tree.account_keys) or {}
        return [
            (principal, keys.get(account, account))
            for principal, account in _read(lambda: aws.tree.administrators) or ()
        ]
    named = (address.name.partition("/") for address in live if address.kind == DELEGATED_ADMINISTRATOR)
    return [(principal, account) for principal, _, account in named]
