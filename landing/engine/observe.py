"""Looks at both sides: what the config asks for and what AWS holds, one task a kind and scope."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from queue import Empty, SimpleQueue
from typing import TypeVar

from landing.aws import Aws, Interrupted, translated
from landing.core.errors import AwsError, NoCredentials, NotThere, Refused, WrongUsage
from landing.core.model import MARK, ORGANIZATION, Address, Gap, Resource, Scope
from landing.core.partitions import REGIONS
from landing.core.spelling import nearest
from landing.core.text import few
from landing.organization import Organization
from landing.organization.resources import GOVERNED_ACCOUNT, REGION, SERVICE, STACK
from landing.services.base import BY_SERVICE, Kind, Kinds
from landing.services.registry import KINDS

WORKERS = 64
"""Tasks at once. Most wait for the organization to be read; how many requests are in flight is the door's affair."""

T = TypeVar("T")
Task = tuple[str, Scope]
Found = list[Resource | Gap]
LOOK = 0.25
"""Seconds after which reading looks whether the user has asked to stop."""
Progress = Callable[[int, int, str], None]
"""Told (tasks done, tasks in all, what was just read)."""


@dataclass(frozen=True, slots=True)
class Observation:
    """Both sides by address, and what could not be read."""

    desired: Mapping[Address, Resource]
    live: Mapping[Address, Resource]
    gaps: tuple[Gap, ...]
    tasks: frozenset[Task] = field(default_factory=frozenset)
    kinds: Kinds = field(default=KINDS, compare=False, repr=False)

    def raise_if_unknown(self, organization: Organization, targets: Collection[str]) -> None:
        """Raise WrongUsage when a target means nothing on either side, Refused when it cannot be reached by itself."""
        known, kinds = {*self.desired, *self.live}, {kind.name for kind in self.kinds}
        for target in targets:
            if whole := next((each for each in known if self._narrows(each, target)), None):
                self._raise_if_out_of_reach(organization, whole, target)
                continue
            if target in kinds or self.gaps or any(address.matches(target) for address in known):
                continue
            there = sorted(str(address) for address in known if f"{address.kind}.{address.name}" == target)
            hint = nearest(target, [*kinds, *map(str, known)], "`landing plan` shows the addresses")
            hint = f"it is at {few(there)}, and wants one of these" if there else hint
            raise WrongUsage(f"{target} is no address that the config declares or AWS holds: {hint}")

    def _narrows(self, address: Address, target: str) -> bool:
        return self.kinds[address.kind].narrows and address.part_in(target) is not None

    def _raise_if_out_of_reach(self, organization: Organization, address: Address, target: str) -> None:
        live, scope = self.live.get(address), address.part_in(target)
        kind, attributes = self.kinds[address.kind], live.attributes if live else None
        if scope and (why := kind.out_of_reach(organization, address, scope, attributes)):
            raise Refused(f"{target}: {why}")


def desired_of(organization: Organization, kinds: Iterable[Kind] = KINDS) -> dict[Address, Resource]:
    """Everything that the config asks for; an address given twice is a mistake in a kind."""
    found: dict[Address, Resource] = {}
    for kind in kinds:
        for resource in kind.desired(organization):
            assert resource.address not in found, f"{resource.address} is declared twice"
            found[resource.address] = _behind_marks(kind, resource)
    return found


def tasks_of(organization: Organization, kinds: Iterable[Kind] = KINDS) -> set[Task]:
    """Where a kind may have something, by the config."""
    return {(kind.name, scope) for kind in kinds for scope in kind.scopes(organization)}


def _behind_marks(kind: Kind, resource: Resource) -> Resource:
    """Whatever is in a region, or of a service that AWS has no tags for, requires that this is remembered as governed.

    So it is marked first, and gone before it is forgotten.
    """
    region = resource.address.scope.region
    marks = [Address(REGION, region)] if region else []
    marks += [Address(SERVICE, kind.service)] if kind.ownership in BY_SERVICE else []
    return replace(resource, requires=(*resource.requires, *marks)) if marks else resource


def _ours(kind: Kind, resource: Resource, marked: Collection[str]) -> Resource:
    """What is of a service that is not marked was there before us, or was set by others."""
    owned = resource.owned and (kind.ownership not in BY_SERVICE or kind.service in marked)
    return _behind_marks(kind, resource if owned else replace(resource, owned=False))


def let_go(
    organization: Organization, desired: Collection[Address], live: Mapping[Address, Resource]
) -> dict[Address, Resource]:
    """The live side, with what the config lets go of: its mark is taken off; what has none is merely left alone."""
    if not organization.removed:
        return dict(live)
    gone = {address for address in live if address not in desired and organization.lets_go(address)}
    return {
        address: each
        if address not in gone
        else replace(each, forgotten=each.owned)
        if MARK in each.attributes
        else replace(each, owned=False)
        for address, each in live.items()
    }


def _told(read: Callable[[], T], otherwise: T) -> T:
    """What the organization says; `otherwise` where that cannot be read, of which the kind that shows it has a gap."""
    try:
        with translated(ORGANIZATION):
            return read()
    except NoCredentials:
        raise
    except AwsError:
        return otherwise


def _marks(read: Callable[[], frozenset[str]]) -> frozenset[str]:
    """What the root is marked with."""
    return _told(read, frozenset())


def left_regions(organization: Organization, aws: Aws) -> frozenset[str]:
    """The regions that the config has left, in which something of ours may still be; none where that cannot be read."""
    marked = _marks(lambda: aws.tree.marked_regions) - {*organization.governed_regions}
    marked -= {region for region in marked if organization.lets_go(Address(REGION, region))}
    return frozenset(region for region in marked if REGIONS.get(region) == organization.partition)


def left_accounts(organization: Organization, aws: Aws, targets: Collection[str] = (f"{STACK}.*",)) -> frozenset[str]:
    """The accounts that no stack is to be in any more, and in which one of ours may still be.

    Of those a target names; to find all that are marked, all accounts are listed.
    """
    named = frozenset(address.scope.account for address in map(_address, targets) if address) - {""}
    if not any(target == STACK or _means_many(target, STACK) for target in targets):
        return named
    marked = _marks(lambda: aws.tree.marked_accounts) - {*organization.stack_accounts}
    return named | {key for key in marked if not organization.lets_go(Address(GOVERNED_ACCOUNT, key))}


def needed_for(
    organization: Organization, targets: Collection[str], left: Collection[str] = (), accounts: Collection[str] = ()
) -> set[Task]:
    """What must be read for a plan of some targets (see `Address.matches`) and of what they require.

    `left`: regions that the config has left; `accounts`: accounts in which it has no stacks any more.
    """
    desired = desired_of(organization)
    waiting = [
        address
        for address in desired
        if any(address.matches(target) or address.part_in(target) is not None for target in targets)
    ]
    kept: set[Address] = set()
    while waiting:
        address = waiting.pop()
        if address not in kept:
            kept.add(address)
            waiting += desired[address].requires if address in desired else ()
    undeclared = {
        (name, scope)
        for name, scope in tasks_of(organization.with_left(left, accounts))
        if any(_may_name(target, name, scope) for target in targets)
    }
    return undeclared | {(address.kind, address.scope) for address in kept}


def _may_name(target: str, kind: str, scope: Scope) -> bool:
    """Whether a target can mean something of this kind and scope that the config does not declare."""
    if target == kind or _means_many(target, kind):
        return True
    address = _address(target)
    return (
        address is not None and address.kind == kind and scope in (address.scope, ORGANIZATION)
    )  # the whole, of which it means a part


def _means_many(target: str, kind: str) -> bool:
    """Whether a target with `*` at its end can mean something of a kind."""
    prefix = target.removesuffix("*")
    return target.endswith("*") and (kind.startswith(prefix) or prefix.startswith(f"{kind}."))


def _address(target: str) -> Address | None:
    try:
        return Address.parse(target)
    except ValueError:
        return None


def observe(
    organization: Organization,
    aws: Aws,
    *,
    kinds: Kinds = KINDS,
    only: Collection[Task] | None = None,
    adopted: Collection[str] = (),
    workers: int = WORKERS,
    progress: Progress = lambda done, total, what: None,
) -> Observation:
    """Read every (kind, scope), or `only` some; raises NoCredentials and Refused, everything else becomes a gap.

    `adopted` are services to look at as if they were marked already, as they will be after an apply.
    Regions and accounts that the config has left are read too, last: by then it is known which these are. What `only`
    names is read even where a kind says that there can be none: somebody has changed it, or wants to see it.
    """
    desired = desired_of(organization, kinds)
    tasks = tasks_of(organization, kinds)
    tasks |= {(address.kind, address.scope) for address in desired}
    if only is not None:
        tasks &= set(only)
        desired = {address: r for address, r in desired.items() if (address.kind, address.scope) in tasks}
    found: Found = []
    read = partial(_read_in_use if only is None else _read, organization, aws)
    aws.tree.ahead({part for name, _ in tasks for part in kinds[name].ahead})
    pool = ThreadPoolExecutor(workers, "read")
    wanted = True
    try:
        found += _look(pool, aws, read, kinds, tasks, progress=progress)
        left = left_regions(organization, aws) if only is None else {scope.region for _, scope in only} & {*REGIONS}
        accounts: Collection[str] = {scope.account for _, scope in only or ()} - {""}
        if only is None and any(kind.name == STACK for kind in kinds):
            accounts = left_accounts(organization, aws)
        beyond = tasks_of(organization.with_left(left, accounts), kinds) - tasks
        beyond = beyond if only is None else beyond & set(only)
        found += _look(pool, aws, read, kinds, beyond, progress=progress)
    except BaseException:
        wanted = False  # the command ends: what other threads are still reading is waited for by nobody
        raise
    finally:
        aws.tree.rest()
        pool.shutdown(wait=wanted, cancel_futures=True)
    there = [each for each in found if isinstance(each, Resource)]
    concerned = any(kinds[each.address.kind].ownership in BY_SERVICE for each in there)
    marked = _marks(lambda: aws.tree.marked_services) if concerned else frozenset()
    marked -= {name for name in marked if organization.lets_go(Address(SERVICE, name))}
    marked |= {*adopted}
    found_live = {each.address: _ours(kinds[each.address.kind], each, marked) for each in there}
    live = let_go(organization, desired, found_live)
    gaps = sorted(each for each in found if isinstance(each, Gap))
    desired = as_found(organization, kinds, desired, live)
    return Observation(desired, live, tuple(gaps), frozenset(tasks | beyond), kinds)


def _look(
    pool: ThreadPoolExecutor,
    aws: Aws,
    read: Callable[[Kind, Scope], Found],
    kinds: Kinds,
    tasks: Collection[Task],
    *,
    progress: Progress,
) -> Iterator[Resource | Gap]:
    running = {pool.submit(read, kinds[name], scope): (name, scope) for name, scope in sorted(tasks)}
    for done, future in enumerate(_settled(running, aws), 1):
        yield from future.result()
        name, scope = running[future]
        progress(done, len(running), f"{name} {scope}".strip())


def as_found(
    organization: Organization, kinds: Kinds, desired: Mapping[Address, Resource], live: Mapping[Address, Resource]
) -> dict[Address, Resource]:
    """What the config asks for, with what it leaves as AWS has it."""
    return {address: kinds[address.kind].as_found(organization, each, live) for address, each in desired.items()}


def _settled(running: Iterable[Future[Found]], aws: Aws) -> Iterator[Future[Found]]:
    """The tasks as they end; raises Interrupted when nothing is to be waited for any more."""
    ended: SimpleQueue[Future[Found]] = SimpleQueue()
    tasks = list(running)
    for task in tasks:
        task.add_done_callback(ended.put)
    left = len(tasks)
    while left:
        try:
            future = ended.get(timeout=LOOK)
        except Empty:
            if aws.clock.hurry.is_set():
                raise Interrupted from None
            continue
        left -= 1
        yield future


def _read(organization: Organization, aws: Aws, kind: Kind, scope: Scope) -> Found:
    try:
        with translated(scope):
            return list(kind.read(organization, aws, scope))
    except NotThere:
        return []  # the account is still to be created: nothing lives there
    except (NoCredentials, Refused):
        raise
    except AwsError as error:
        return [Gap(kind.name, scope, error.diagnostic)]


def _read_in_use(organization: Organization, aws: Aws, kind: Kind, scope: Scope) -> Found:
    """Nothing where there can be none; what cannot tell that is read."""
    used = _told(lambda: kind.in_use(organization, aws), otherwise=True)
    return _read(organization, aws, kind, scope) if used else []
