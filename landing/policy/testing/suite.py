"""What is tested together: policies, the places they are attached to, and the file of cases about them."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from landing.policy.evaluation import SCP
from landing.policy.testing.estate import ROOT, Estate

FULL_ACCESS = "FullAWSAccess"
FULL_ACCESS_DOCUMENT = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}
Levels = list[list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Attached:
    """A policy as it is sent, and the nodes it is attached to: ``root``, units, account ids.

    One that lists what is allowed replaces FullAWSAccess where it is attached, unless said otherwise.
    """

    name: str
    document: Mapping[str, Any]
    type: str = SCP
    at: tuple[str, ...] = (ROOT,)
    replaces_full_access: bool | None = None

    @property
    def allows(self) -> bool:
        """Whether it stands in the place of FullAWSAccess."""
        if self.replaces_full_access is not None:
            return self.replaces_full_access
        return any(statement.get("Effect") == "Allow" for statement in statements_of(self.document))


@dataclass(frozen=True)
class Suite:
    """The cases of a file and the policies they are about.

    `values` are what ``{{ name }}`` stands for in the cases, beside the names that the estate has: the
    parameters of the policy. Coverage and mutation are for suites of one policy.
    """

    name: str
    cases: Path
    policies: tuple[Attached, ...]
    values: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def texts(self) -> str:
        """All documents as one text."""
        return json.dumps([policy.document for policy in self.policies])

    def accounts(self, estate: Estate, meant: Iterable[str]) -> tuple[str, ...]:
        """Those of the accounts that the policies reach, one for all that the policies cannot tell apart."""
        nodes = {node for policy in self.policies for node in policy.at}
        reached = set(estate.below(nodes))
        return estate.distinct((account for account in meant if account in reached), nodes, self.texts)


def statements_of(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The statements of a document; a single one stands for a list of one."""
    listed = document.get("Statement", [])
    return [listed] if isinstance(listed, Mapping) else list(listed)


def documents(levels: Levels) -> list[list[Mapping[str, Any]]]:
    """The documents of levels, without the names of their policies."""
    return [[each["policy"] for each in level] for level in levels]


def levels(policies: Iterable[Attached], path: Iterable[str], policy_type: str) -> Levels:
    """The policies of a type on a path from the root to an account, with FullAWSAccess where it belongs."""
    mine = [policy for policy in policies if policy.type == policy_type]
    found: Levels = []
    for node in path:
        here = [policy for policy in mine if node in policy.at]
        level = [{"name": policy.name, "policy": policy.document} for policy in here]
        if policy_type == SCP and not any(policy.allows for policy in here):
            level.insert(0, {"name": FULL_ACCESS, "policy": FULL_ACCESS_DOCUMENT})
        found.append(level)
    return found
