"""One call of an operation: who calls what, where, with which parameters."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from landing.sandbox import clients, upstream
from landing.sandbox.http import HttpAnswer, HttpRequest
from landing.sandbox.model import Operation
from landing.sandbox.refusal import Refusal
from landing.sandbox.world import Identity, World

TOKEN_NAMES = (
    "NextToken",
    "nextToken",
    "Marker",
    "PaginationToken",
    "NextPageToken",
    "nextPageToken",
    "position",
)
LIMIT_NAMES = (
    "MaxResults", "maxResults", "MaxItems", "Limit", "limit", "ResourcesPerPage", "MaxRecords", "pageSize",
)  # fmt: skip


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

    def backend(
        self, service: str | None = None, account: str | None = None, region: str | None = None
    ) -> Any:
        """moto's backend, by default the one of the called service in the caller's account and Region."""
        return upstream.backend(
            service or self.operation.service, account or self.account, region or self.region
        )

    def page(
        self,
        member: str,
        items: Sequence[Any],
        *,
        most: int = 100,
        code: str | None = None,
        **error_members: Any,
    ) -> dict[str, Any]:
        """One page of `items` under `member`, by the names of the model.

        `most` is the page size where the model states no maximum. A token that is not ours is refused
        with `code`.
        """
        shape = self.operation.model.input_shape.members
        limit_name = next((name for name in LIMIT_NAMES if name in shape), None)
        token_name = next((name for name in TOKEN_NAMES if name in shape), None)
        if limit_name is not None:
            most = min(shape[limit_name].metadata.get("max", most), most)
        size = min(int(self.get(limit_name or "", most) or most), most)
        start = self._start(self.get(token_name or ""), code, error_members)
        result: dict[str, Any] = {member: list(items[start : start + size])}
        if start + size < len(items):
            out = next(
                n for n in (token_name or "", *TOKEN_NAMES) if n in self.operation.model.output_shape.members
            )
            result[out] = base64.urlsafe_b64encode(
                json.dumps([self.operation.name, start + size]).encode()
            ).decode()
        return result

    def _start(self, token: str | None, code: str | None, error_members: dict[str, Any]) -> int:
        if not token:
            return 0
        try:
            operation, start = json.loads(base64.urlsafe_b64decode(token))
        except (ValueError, binascii.Error):
            operation, start = None, 0
        if operation != self.operation.name or not isinstance(start, int):
            raise Refusal(
                code or "ValidationException", "The pagination token is not valid.", **error_members
            )
        return start
