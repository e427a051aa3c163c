"""Keeps the world of a home on disk: loads it, journals every call, writes a snapshot when it is quiet."""

from __future__ import annotations

import threading
from typing import Any

from landing.sandbox import new_world
from landing.sandbox.endpoint.gateway import Gateway
from landing.sandbox.protocol.http import HttpRequest
from landing.sandbox.world import Identity, World, journal, snapshot
from landing.sandbox.world.home import Home, opened_world, read_world, sealed_world, write_world
from landing.sandbox.world.seal import ANYWHERE, Seal

QUIET = 0.5
"""Seconds without a call after which a snapshot takes the journal's place."""
LONGEST_JOURNAL = 20_000
"""Calls after which it does so in any case."""
OPTIONS = {"account_quota": 10_000}
"""A home's account has its quota of accounts raised, as every organization of size has; `reset` may lower it."""


class Keeper:
    """The one who may write to a home; holds the gateway of its world."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.seal = home.seal
        self.access_key, self.secret_key = home.key()
        self.generation = 0
        self.gateway = Gateway(self._adopted(new_world(seed=self._seed(), options=OPTIONS)))
        self._called = threading.Event()
        self._ended = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)

    def _seed(self) -> int:
        """The home's own: its worlds are alike, and unlike those of other homes."""
        return int.from_bytes(self.access_key.encode())

    def _adopted(self, world: World) -> World:
        """A world in which the home's key is the management administrator's."""
        before = world.administrator()
        adopted = Identity(
            access_key=self.access_key,
            secret_key=self.secret_key,
            account=before.account,
            arn=before.arn,
            user_id=before.user_id,
            principal=before.principal,
        )
        del world.identities[before.access_key]
        world.identities[self.access_key] = adopted
        world.administrators[before.account] = self.access_key
        return world

    def restore(self) -> None:
        """Bring back the last snapshot and what was called after it; the gateway must be serving by then."""
        if self.home.snapshot.exists():
            self.generation, blob = read_world(self.home.snapshot, self.seal)
            snapshot.load(self.gateway.world, blob)
        records = journal.read(self.home.journal(self.generation), self.seal)
        for record in records:
            self.gateway.replay(record.request, record.seconds)
        self._journal = journal.Journal(self.home.journal(self.generation), self.seal, len(records))
        self.save()
        self.gateway.journal = self._journalled
        self._watcher.start()

    def _journalled(self, request: HttpRequest, seconds: float) -> None:
        self._journal.write(request, seconds)
        self._called.set()

    def save(self) -> None:
        """Write a snapshot, and begin the journal anew."""
        with self.gateway.lock:
            write_world(self.home.snapshot, self.generation + 1, snapshot.dump(self.gateway.world), self.seal)
            self.generation += 1
            self._journal.close(remove=True)
            self._journal = journal.Journal(self.home.journal(self.generation), self.seal)

    def dump(self) -> bytes:
        """The world as a file that any home of this user loads."""
        with self.gateway.lock:
            return sealed_world(0, snapshot.dump(self.gateway.world), Seal.of(ANYWHERE))

    def start_over(self, *, latency: int = 1, **options: Any) -> None:
        """A world in which nothing has happened."""
        with self.gateway.lock:
            world = new_world(seed=self._seed(), latency=latency, options={**OPTIONS, **options})
            self.gateway.world = self._adopted(world)
            self.gateway.faults.clear()
            self.save()

    def replace(self, content: bytes) -> None:
        """Another world, as `dump` gives it; the home's key stays its administrator's. Raises SandboxError."""
        _, blob = opened_world(content, Seal.of(ANYWHERE), "the file")
        with self.gateway.lock:
            snapshot.load(self.gateway.world, blob)
            self._adopted(self.gateway.world)
            self.save()

    def _watch(self) -> None:
        """Write a snapshot whenever it has been quiet for a while, until `end`."""
        while not self._ended.is_set():
            self._called.wait()
            while not self._ended.is_set():
                self._called.clear()
                if not self._called.wait(QUIET) or self._journal.count > LONGEST_JOURNAL:
                    break
            if not self._ended.is_set():
                self.save()

    def end(self) -> None:
        """Write the last snapshot and stop watching."""
        self._ended.set()
        self._called.set()
        self._watcher.join()
        self.save()
