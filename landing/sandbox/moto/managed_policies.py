"""AWS's own managed policies: read once for the process, copied into an account only when attached."""

from __future__ import annotations

import json
from collections.abc import Iterator, MutableMapping
from functools import cache
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy, IAMBackend, iam_backends
from moto.utilities.utils import get_partition

NOBODY = "aws"
"""The account of the catalogue's policies."""


@cache
def catalogue(partition: str) -> dict[str, Any]:
    """Every AWS managed policy, by ARN. Shared by all accounts: nothing may be attached to these."""
    return {policy.arn: policy for name in _documents() if (policy := _policy(name, NOBODY, partition))}


@cache
def _documents() -> dict[str, Any]:
    documents: dict[str, Any] = json.loads(aws_managed_policies_data)
    return documents


def _policy(name: str, account: str, partition: str) -> Any:
    return AWSManagedPolicy.from_data(name, account, partition, _documents()[name])


class ManagedPolicies(MutableMapping[str, Any]):
    """The managed policies of an account by ARN: its own, those of AWS that it uses, and all others."""

    def __init__(self, account: str, region: str, own: dict[str, Any] | None = None) -> None:
        self.account = account
        self.partition = get_partition(region)
        self.own = {} if own is None else own

    def __getitem__(self, arn: str) -> Any:
        return self.own[arn] if arn in self.own else catalogue(self.partition)[arn]

    def __setitem__(self, arn: str, policy: Any) -> None:
        self.own[arn] = policy

    def __delitem__(self, arn: str) -> None:
        del self.own[arn]

    def __contains__(self, arn: object) -> bool:
        return arn in self.own or arn in catalogue(self.partition)

    def __iter__(self) -> Iterator[str]:
        yield from self.own
        yield from (arn for arn in catalogue(self.partition) if arn not in self.own)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def used(self, arn: str) -> Any:
        """A policy of AWS's as this account's own copy, which counts what it is attached to."""
        if arn not in self.own:
            self.own[arn] = _policy(arn.rpartition("/")[2], self.account, self.partition)
        return self.own[arn]


def managed_policies(backend: IAMBackend) -> ManagedPolicies:
    """In place of moto's dict, which is empty unless all policies are copied into every account."""
    return ManagedPolicies(backend.account_id, backend.region_name)


def attach_to(policy: AWSManagedPolicy, entity: Any) -> None:
    """Attach the account's own copy; in place of `AWSManagedPolicy.attach_to`."""
    used = iam_backends[entity.account_id][policy.partition].managed_policies.used(policy.arn)
    used.attachment_count += 1
    entity.managed_policies[used.arn] = used
