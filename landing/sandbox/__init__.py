"""The sandbox: an AWS organization on this machine that says no where AWS says no.

It imports data of `core` and the policy engine, nothing of what it is to try; only the command line knows of it. A
request comes in at the `endpoint`, is read by botocore's models (`protocol`), allowed or not (`authorization`), and
answered by one of the `services` or by `moto`, out of the `world`. Begin with `services.service`, which says how a
service is added. Here is `Sandbox`, a world in this process.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    import boto3

    from landing.sandbox.world import World
    from landing.sandbox.world.faults import Faults

ENVIRONMENT = {
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_MAX_ATTEMPTS": "3",
}


def install() -> None:
    """Correct moto and put the network guard in place; harmless when done again."""
    from landing.sandbox.endpoint import guard
    from landing.sandbox.moto import patches

    patches.install()
    guard.install()


class Sandbox:
    """A fresh world in this process: inside the `with` block every AWS request of boto3 is answered by it."""

    def __init__(
        self,
        *,
        organization: bool = False,
        seed: int = 0,
        latency: int = 1,
        partition: str = "aws",
        **options: Any,
    ) -> None:
        """`organization`: one exists. `latency`: polls that find work in progress. `options`: see `World`."""
        self._settings = {"seed": seed, "partition": partition, "options": options}
        self._latency = latency
        self._organization = organization
        self._environment: dict[str, str] = {}

    def __enter__(self) -> Self:
        install()
        from landing.sandbox.endpoint import guard
        from landing.sandbox.endpoint.gateway import Gateway

        self._gateway = Gateway(new_world(latency=self._latency, **self._settings))
        guard.serve(self._gateway)
        self._environment = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
        for name in self._environment:
            del os.environ[name]
        administrator = self.world.administrator()
        os.environ.update(ENVIRONMENT)
        os.environ["AWS_DEFAULT_REGION"] = self.world.home_region
        os.environ["AWS_ACCESS_KEY_ID"] = administrator.access_key
        os.environ["AWS_SECRET_ACCESS_KEY"] = administrator.secret_key
        if self._organization:
            from landing.sandbox.services.organizations.lifecycle import found

            found(self.world, self.management_account_id, "ALL")
        return self

    def __exit__(self, *_: object) -> None:
        from landing.sandbox.endpoint import guard
        from landing.sandbox.world import snapshot

        guard.leave()
        snapshot.clear_moto()
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            del os.environ[name]
        os.environ.update(self._environment)

    @property
    def world(self) -> World:
        """The world itself, for tests that must look behind the API."""
        return self._gateway.world

    @property
    def management_account_id(self) -> str:
        """The account whose administrator the environment names."""
        return self.world.management_account_id

    @property
    def calls(self) -> Counter[tuple[str, str]]:
        """How often each (service, operation) was called from outside; clear it to count anew."""
        return self.world.calls

    @property
    def faults(self) -> Faults:
        """What goes wrong on request."""
        return self._gateway.faults

    def session(self, account: str | None = None, *, region: str | None = None) -> boto3.Session:
        """A boto3 session of the management account's administrator, or of a member account's."""
        from landing.sandbox.services import clients

        return clients.session(self.world.administrator(account), region or self.world.home_region)

    def seed(self, accounts: int, units: Sequence[str] = ()) -> list[str]:
        """Add so many member accounts, spread over units given by their paths; their ids."""
        from landing.sandbox.services.organizations.seed import Shape, seed

        with self._gateway.lock:
            return seed(self.world, Shape(accounts, units))

    def advance(self, seconds: float) -> None:
        """Let virtual time pass."""
        with self._gateway.lock:
            self.world.clock.advance(self.world, seconds)

    def dump(self) -> bytes:
        """The whole world as it is now."""
        from landing.sandbox.world import snapshot

        with self._gateway.lock:
            return snapshot.dump(self.world)

    def load(self, blob: bytes) -> None:
        """Go back to what `dump` gave; armed faults stay armed."""
        from landing.sandbox.world import snapshot

        with self._gateway.lock:
            snapshot.load(self.world, blob)


def new_world(*, latency: int = 1, **settings: Any) -> World:
    """A world in which nothing has happened yet; moto's state and dice start anew too."""
    from moto.moto_api._internal import mock_random

    from landing.sandbox.services import registry
    from landing.sandbox.world import World, snapshot

    snapshot.clear_moto()
    world = World(listeners=registry.listeners, **settings)
    world.clock.latency = latency
    mock_random.seed(world.seed)
    return world
