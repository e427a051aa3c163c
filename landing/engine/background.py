"""Waits for what AWS does by itself because of an apply, so that a plan right after it has nothing to show."""

from __future__ import annotations

import math
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace

from landing.aws import Aws, Clock, Interrupted, translated
from landing.core.deadlines import shown
from landing.core.errors import AwsError, NoCredentials
from landing.core.model import Address, Change, Diagnostic
from landing.engine.journal import Event, Listener, errored
from landing.engine.stop import Stop
from landing.organization import Organization
from landing.services.base import GoingOn, Kinds

LOOK = 0.25
"""Seconds after which it is looked whether the user has asked to wait for nothing."""

Failures = dict[Address, Diagnostic]


@dataclass
class _Settling:
    """Addresses where AWS may still be at work; `at` says what it was seen to be at, `since` when that began."""

    organization: Organization
    aws: Aws
    kinds: Kinds
    changes: Collection[Change]
    tell: Listener
    left: list[Address]
    began: float
    at: dict[Address, GoingOn] = field(default_factory=dict)
    since: dict[Address, float] = field(default_factory=dict)
    failed: Failures = field(default_factory=dict)

    def look(self, waited: float) -> None:
        """Ask for each that is left; `waited`: seconds so far."""
        for address in list(self.left):
            try:
                with translated(address.scope):
                    found = self.kinds[address.kind].going_on(self.organization, self.aws, address, self.changes)
            except NoCredentials:
                raise
            except AwsError as error:
                self.fail(address, error.diagnostic)
                continue
            if found is None:
                self._done(address)
            else:
                self._note(address, found, waited)
        busy = any(found.begun for found in self.at.values())
        for address, found in list(self.at.items()):
            if busy and not found.begun:
                self.since[address] = waited  # its turn may come when the others are done
            limit = self.organization.timeout(found.deadline)
            if waited - self.since[address] >= limit:
                more = f"`timeouts: {{{found.deadline}: …}}` in the config allows more"
                self.fail(address, Diagnostic("", f"{found.what}, and is not done after {shown(limit)}; {more}"))

    def run(self, clock: Clock) -> None:
        """Until nothing is left, or the clock is told to hurry."""
        try:
            for waited in clock.poll("what AWS does by itself", timeout=math.inf):
                self.look(waited)
                if not self.left:
                    return
        except (Interrupted, NoCredentials) as error:
            for address in list(self.left):
                why = error.diagnostic if isinstance(error, NoCredentials) else self.interrupted(address)
                self.fail(address, why)

    def interrupted(self, address: Address) -> Diagnostic:
        """The reason for what is left when the user does not want to wait."""
        found = self.at.get(address)
        what = f"while {found.what}" if found else "before AWS was asked whether it is done"
        return Diagnostic("", f"interrupted {what}", address=address)

    @property
    def elapsed(self) -> float:
        """Seconds since it was first looked."""
        return self.aws.clock.now() - self.began

    def fail(self, address: Address, reason: Diagnostic) -> None:
        """It is not waited for any more."""
        self._forget(address)
        self.failed[address] = replace(reason, address=address)
        self.tell(errored("settle_errored", self.failed[address], self.elapsed))

    def _done(self, address: Address) -> None:
        if self._forget(address):
            elapsed = self.elapsed
            message = f"AWS is done after {elapsed:.0f}s"
            self.tell(Event("settle_complete", str(address), message=message, elapsed=elapsed))

    def _note(self, address: Address, found: GoingOn, waited: float) -> None:
        known = self.at.get(address)
        self.at[address] = found
        if known is None or known.begun != found.begun:
            self.since[address] = waited
            self.tell(Event("settle_start", str(address), message=f"{found.what}..."))

    def _forget(self, address: Address) -> bool:
        self.left.remove(address)
        return self.at.pop(address, None) is not None


def settle(
    organization: Organization, aws: Aws, kinds: Kinds, changes: Collection[Change], *, stop: Stop, tell: Listener
) -> Failures:
    """Wait for what changes that were made have set off; what is not over by then, with the reason.

    Each has the time that the config's `timeouts` gives it; the first wish to stop ends all waiting.
    """
    left = sorted({address for kind in kinds for address in kind.set_off(organization, changes)})
    if not left:
        return {}
    tell(Event("phase_start", message="settle"))
    settling = _Settling(organization, aws, kinds, changes, tell, left, aws.clock.now())
    pool = ThreadPoolExecutor(1, "settle")  # a signal must find the main thread in no wait that it is to end
    running = pool.submit(settling.run, stop.patience)
    while not wait([running], timeout=LOOK).done and not stop.at_once:
        pass
    pool.shutdown(wait=False)
    if running.done():
        running.result()
    return {**{address: settling.interrupted(address) for address in settling.left}, **settling.failed}
