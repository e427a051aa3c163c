"""One call of an operation: who calls what, where, with which parameters."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from landing.sandbox.moto import upstream
from landing.sandbox.protocol import pages
from landing.sandbox.protocol.http import HttpAnswer, HttpRequest
from landing.sandbox.protocol.model import Operation
from landing.sandbox.services import clients
from landing.sandbox.world import Identity, World


@dataclass(frozen=True, slots=True, eq=False)
class Call(Mapping[str, Any]):
    """A mapping of the request's parameters, with what an operation needs to know about its caller."""

    world: World
    caller: Identity
    region: str
    operation: Operation
    parameters: dict[str, Any]
    request: HttpRequest

    def __getitem__(self, name: str) -> Any:
        return self.parameters[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.parameters)

    def __len__(self) -> int:
        return len(self.parameters)

    @property
    def account(self) -> str:
        """The id of the account that calls."""
        return self.caller.account

    @property
    def partition(self) -> str:
        """aws, aws-cn, aws-us-gov."""
        return self.world.partition

    def arn(self, resource: str, *, service: str | None = None, region: str | None = None) -> str:
        """An ARN in the caller's account and Region (or another Region, "" for a global service's)."""
        region = self.region if region is None else region
        return f"arn:{self.partition}:{service or self.operation.service}:{region}:{self.account}:{resource}"

    def poll(self, thing: Hashable) -> None:
        """The caller asks after something in the background: let it come closer."""
        self.world.clock.poll(self.world, thing)

    def client(self, service: str, account: str | None = None, region: str | None = None) -> Any:
        """A boto3 client that acts as an account, by default the caller's in the caller's Region."""
        return clients.client(self.world, service, account or self.account, region or self.region)

    def forward(self) -> HttpAnswer:
        """moto's answer to this call, as it is."""
        return upstream.forward(self.request, self.operation, self.account)

    def moto(self) -> dict[str, Any]:
        """moto's answer to this call, parsed; an error of moto's is raised as a `Refusal`."""
        return upstream.parsed(self.operation, self.forward())

    def backend(self, service: str | None = None, account: str | None = None, region: str | None = None) -> Any:
        """moto's backend, by default the one of the called service in the caller's account and Region."""
        return upstream.backend(service or self.operation.service, account or self.account, region or self.region)

    def page(
        self,
        member: str,
        items: Sequence[Any],
        *,
        show: Callable[[Any], Any] = lambda item: item,
        whole: Callable[[Any], dict[str, Any]] | None = None,
        most: int = 100,
    ) -> dict[str, Any]:
        """One page of `items` under `member`, by the names of the model.

        `show` makes the answer's form of an item; `whole` does too, and of that the list has what there is a member
        for. `most` is the page size where the model states no maximum.
        """
        if whole is not None:
            known = self.operation.model.output_shape.members[member].member.members

            def show(item: Any) -> Any:
                return {name: value for name, value in whole(item).items() if name in known}

        return pages.page(self.operation, self.parameters, member, items, show=show, most=most)
