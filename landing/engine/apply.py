"""Carries a plan out: a graph walk with workers, a journal, and a second look at everything that was touched."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush

from landing.aws import Aws, Interrupted, NotBegun, translated
from landing.core.errors import AwsError, ImpossiblePlan, LandingError, NoCredentials
from landing.core.model import ORGANIZATION, Action, Address, Change, Diagnostic, Gap, Resource, counts_of
from landing.engine.background import settle
from landing.engine.journal import Event, Listener, errored
from landing.engine.observe import Progress, observe
from landing.engine.order.graph import Graph, Step, build, halfway
from landing.engine.order.phases import Known
from landing.engine.plan import Origin, Plan, compare, make, narrowed, still_to_do
from landing.engine.retry import persist, settled
from landing.engine.stop import Stop
from landing.organization import Organization
from landing.services.base import Kinds
from landing.services.registry import KINDS

VERBS = {
    Action.CREATE: ("Creating...", "Creation"),
    Action.UPDATE: ("Modifying...", "Modifications"),
    Action.DELETE: ("Destroying...", "Destruction"),
    Action.ADOPT: ("Adopting...", "Adoption"),
    Action.FORGET: ("Forgetting...", "Removal of the mark"),
}

AT_ONCE = Diagnostic("", "interrupted twice")
STILL_AT_IT = Diagnostic("", "interrupted while AWS was still at it")
NOT_BEGUN = Diagnostic("", "Not begun: interrupted before anything was written")
NOT_SHOWN = Diagnostic(
    "LZ513", "AWS does not show it as declared after the change{}; run landing plan to see what differs"
)
TOLD = 3
"""How many attributes that differ are named."""


@dataclass
class Result:
    """What became of each change: done, failed with its reason, blocked by one that failed, or not started."""

    done: list[Change] = field(default_factory=list)
    failed: dict[Address, Diagnostic] = field(default_factory=dict)
    blocked: dict[Address, Address] = field(default_factory=dict)
    not_started: list[Address] = field(default_factory=list)
    unsettled: dict[Address, Diagnostic] = field(default_factory=dict)
    """Where AWS was still at what the changes had set off, or failed at it, with the reason."""
    waiting: dict[Address, str] = field(default_factory=dict)
    """What was done and waits for others now, with what they have to do."""
    interrupted: bool = False
    wave: str = ""
    """The last wave that was made in this run, where `held`."""
    held: Diagnostic | None = None
    """Why the waves that were not started do not begin yet."""
    unverified: Diagnostic | None = None
    """Why what was done was not looked at again; None when it was."""

    @property
    def complete(self) -> bool:
        """Whether everything was done, and seen to be, and AWS has come to rest."""
        return not (self.failed or self.blocked or self.not_started or self.unsettled or self.unverified or self.held)

    @property
    def counts(self) -> dict[Action, int]:
        """Done changes by action."""
        return counts_of(self.done)


def refresh(
    organization: Organization, aws: Aws, plan: Plan, progress: Progress = lambda done, total, what: None
) -> tuple[Change, ...]:
    """What is left to do of a saved plan, after looking again at what it touches; raises StalePlan."""
    scopes = {(change.address.kind, change.address.scope) for change in plan.changes}
    left_by_cuts = halfway(plan.changes, Known.of(organization, plan.kinds))
    return still_to_do(plan, observe(organization, aws, kinds=plan.kinds, only=scopes, progress=progress), left_by_cuts)


def apply(
    organization: Organization,
    aws: Aws,
    changes: Collection[Change],
    *,
    stop: Stop,
    kinds: Kinds = KINDS,
    parallelism: int = 10,
    listeners: Iterable[Listener] = (),
    progress: Progress = lambda done, total, what: None,
) -> Result:
    """Make the changes in the order of their graph, then verify; the result says what is left."""
    graph = build(changes, Known.of(organization, kinds))
    walk = _Walk(organization, aws, kinds, graph, tuple(listeners), parallelism=parallelism, stop=stop)
    result = walk.run()
    by_address = {change.address: change for change in changes}
    result.done = [by_address[address] for address in walk.finished]
    result.unverified = AT_ONCE if result.done and stop.at_once else None
    if result.done and not stop.at_once:
        result.unsettled = settle(organization, aws, kinds, result.done, stop=stop, tell=walk.tell)
        _verify(organization, aws, kinds, result, tell=walk.tell, progress=progress)
    result.interrupted = stop.asked
    return result


def _verify(
    organization: Organization, aws: Aws, kinds: Kinds, result: Result, *, tell: Listener, progress: Progress
) -> None:
    """Look again at what was done: what AWS does not show as declared has failed."""
    tell(Event("phase_start", message="verify"))
    made = {change.address: change for change in result.done}
    touched = set(made)
    scopes = {(address.kind, address.scope) for address in touched}

    gaps: list[Gap] = []
    shown: dict[Address, str] = {}

    def look() -> Collection[Address]:
        aws.tree.forget()
        nonlocal gaps
        observation = observe(organization, aws, kinds=kinds, only=scopes, progress=progress)
        gaps = [gap for gap in observation.gaps if any(gap.covers(address) for address in touched)]
        plan = make(observation, Origin())
        result.waiting = {address: text for address, text in plan.waiting.items() if address in touched}
        differing = [change for change in plan.changes if change.address in touched]
        shown.update((left.address, _shown(left)) for left in differing)
        in_waves = any(each.through is not None for each in made.values())
        with translated(ORGANIZATION):
            coming = organization.accounts.keys() - aws.tree.account_ids.keys() if in_waves else ()
        return {left.address for left in differing if _differs(organization, kinds, made[left.address], left, coming)}

    try:
        differing = settled(aws, look)
    except Interrupted:
        result.unverified = AT_ONCE
        return
    except NoCredentials as error:
        result.unverified = error.diagnostic
        return
    for address in differing:
        message = NOT_SHOWN.message.format(shown[address])
        result.failed[address] = replace(NOT_SHOWN, message=message, address=address, source=made[address].source)
    result.done = [change for change in result.done if change.address not in result.failed]
    if gaps:
        first = gaps[0]
        result.unverified = replace(first.diagnostic, address=Address(first.kind, first.name or "*", first.scope))


def _shown(left: Change) -> str:
    """Which attributes AWS shows otherwise; plain values as it shows them."""
    before, after = left.before or {}, left.after or {}
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)] if before and after else []
    values = {name: before.get(name) for name in names[:TOLD]}
    parts = [f"{name} is {value}" if isinstance(value, str | int) else name for name, value in values.items()]
    more = f" and {len(names) - TOLD} more" if len(names) > TOLD else ""
    return f" ({', '.join(parts)}{more})" if parts else ""


def _differs(
    organization: Organization, kinds: Kinds, made: Change, left: Change, coming: Collection[str] = ()
) -> bool:
    """Whether anything is left to do of a change where it was to be made: `left` is what AWS shows to be left of it.

    `coming`: accounts that are not there yet.
    """
    if made.through is not None:
        waves = kinds[made.address.kind].waves(organization, left, coming)
        if waves is not None:
            return min(waves) <= made.through
        there = None if left.before is None else Resource(left.address, left.before)
        return made.after is None or compare(kinds, Resource(made.address, made.after), there) is not None
    try:
        return narrowed(kinds, left, made.only) is not None
    except ImpossiblePlan:
        return True


class _Walk:
    def __init__(
        self,
        organization: Organization,
        aws: Aws,
        kinds: Kinds,
        graph: Graph,
        listeners: tuple[Listener, ...],
        *,
        parallelism: int,
        stop: Stop,
    ) -> None:
        self.organization, self.kinds = organization, kinds
        self.aws, self.graph, self.listeners, self.parallelism, self.stop = aws, graph, listeners, parallelism, stop
        self.sorter = graph.sorter()
        self.result = Result()
        self.bad: dict[Step, Address] = {}
        self.waiting: dict[str, list[tuple[Address, int]]] = defaultdict(list)
        """By kind, a heap of the steps that may start: of 10,000, the next one is found without sorting them."""
        self.running: dict[Future[Diagnostic | None], Step] = {}
        self.started: dict[Step, float] = {}
        self.finished: list[Address] = []
        self.last = {step.address: step.stage for step in graph.steps}

    def run(self) -> Result:
        pool = ThreadPoolExecutor(self.parallelism, "apply")
        try:
            while self.sorter.is_active() and not self.stop.at_once:
                self._take_ready()
                self._start(pool)
                if not self.running:
                    if any(self.waiting.values()):
                        break  # the user asked to stop, and nothing runs any more
                    continue
                settled, _ = wait(self.running, timeout=0.25, return_when=FIRST_COMPLETED)
                for future in settled:
                    self._settle(future)
        finally:
            pool.shutdown(wait=not self.stop.at_once, cancel_futures=True)
        for step in self.running.values():  # asked twice: AWS goes on with these, and nobody waits for it
            self._fail(step, STILL_AT_IT)
        known = {*self.finished, *self.result.failed, *self.result.blocked}
        self.result.not_started = sorted({step.address for step in self.graph.steps} - known)
        return self.result

    def _take_ready(self) -> None:
        for step in self.sorter.get_ready():
            cause = next((self.bad[other] for other in self.graph.needs.get(step, ()) if other in self.bad), None)
            if step not in self.graph.steps:  # a barrier
                self.bad |= {} if cause is None else {step: cause}
                self.sorter.done(step)
                continue
            if cause is None:
                heappush(self.waiting[step.address.kind], (step.address, step.stage))
                continue
            self.bad[step] = cause
            if step.address not in self.result.failed:
                self.result.blocked[step.address] = cause
            self.sorter.done(step)

    def _start(self, pool: ThreadPoolExecutor) -> None:
        if self.stop.asked:
            return
        busy = Counter(step.address.kind for step in self.running.values())
        while len(self.running) < self.parallelism:
            free = [heap for name, heap in self.waiting.items() if heap and busy[name] < self.kinds[name].parallel]
            if not free:
                return
            step = Step(*heappop(min(free)))
            busy[step.address.kind] += 1
            change = self.graph.steps[step]
            if step.stage == 0:
                self.tell(Event("apply_start", str(step.address), change.action.value, VERBS[change.action][0]))
            self.started[step] = self.aws.clock.now()
            self.running[pool.submit(self._apply, change)] = step

    def _apply(self, change: Change) -> Diagnostic | None:
        """Why it failed, if it did."""
        try:
            with self.aws.change(self.stop.patience):
                persist(self.organization, self.aws, self.kinds[change.address.kind], change)
        except NotBegun:
            return NOT_BEGUN
        except Interrupted:
            return STILL_AT_IT
        except NoCredentials as error:
            self.stop.begin_nothing()
            return error.diagnostic
        except AwsError as error:
            return error.diagnostic
        except LandingError as error:
            return Diagnostic("", str(error))
        except Exception as error:  # noqa: BLE001  # the worker boundary: record it, let independent changes go on
            return Diagnostic("LZ514", f"{type(error).__name__}: {error}")
        return None

    def _settle(self, future: Future[Diagnostic | None]) -> None:
        step = self.running.pop(future)
        change, reason = self.graph.steps[step], future.result()
        elapsed = self.aws.clock.now() - self.started[step]
        if reason is NOT_BEGUN:
            heappush(self.waiting[step.address.kind], (step.address, step.stage))
            self.tell(Event("apply_dropped", str(step.address), change.action.value, reason.text, elapsed))
            return
        if reason:
            self._fail(step, reason)
        elif step.stage == self.last[step.address]:
            self.finished.append(step.address)
            message = f"{VERBS[change.action][1]} complete after {elapsed:.0f}s"
            self.tell(Event("apply_complete", str(step.address), change.action.value, message, elapsed))
        self.sorter.done(step)

    def _fail(self, step: Step, reason: Diagnostic) -> None:
        change = self.graph.steps[step]
        found = replace(reason, address=step.address, source=change.source)
        self.bad[step] = step.address
        self.result.failed[step.address] = found
        elapsed = self.aws.clock.now() - self.started[step]
        self.tell(errored("apply_errored", found, elapsed, action=change.action.value))

    def tell(self, event: Event) -> None:
        """Tell everybody who listens."""
        for listener in self.listeners:
            listener(event)
