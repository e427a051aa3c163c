"""What a connection that only reads may do."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from landing.core.operation_names import IAM_PREFIXES, OTHER_NAMES

LONGEST = 2_048
"""Characters of a session policy (STS API reference, AssumeRole)."""

CREDENTIALS = frozenset({
    ("signin", "CreateOAuth2Token"), ("sso", "GetRoleCredentials"), ("sso-oidc", "CreateToken"),
    ("sts", "AssumeRole"), ("sts", "AssumeRoleWithWebIdentity"),
})  # fmt: skip
"""Operations by which botocore gets credentials, on whose behalf it may: they change nothing of the account."""

OWN = frozenset({*CREDENTIALS, ("sts", "GetCallerIdentity")})
"""What the door itself calls, or botocore for it."""


@dataclass(frozen=True, slots=True)
class Reads:
    """The IAM actions that are let through, and the session policy with which members are entered.

    Whatever the role there may do, its session may do no more than the policy says (IAM User Guide, "Session
    policies"). NOTHING, unless told otherwise.
    """

    actions: frozenset[str] = frozenset()
    session_policy: str = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}'

    def allow(self, service: str, operation: str) -> bool:
        """Whether an operation of a botocore service is one of them.

        An operation whose action has another name that is not known is refused.
        """
        name = OTHER_NAMES.get(service, {}).get(operation, operation)
        action = f"{IAM_PREFIXES.get(service, service)}:{name}"
        return action in self.actions or (service, operation) in OWN

    def and_also(self, actions: Iterable[str]) -> Reads:
        """These, and more; in members the session policy stays as it is."""
        return replace(self, actions=self.actions.union(actions))


NOTHING = Reads()


def session_policy(statements: Iterable[Mapping[str, Any]]) -> str:
    """As compact as it can be sent; ValueError when AWS would not take it."""
    text = json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, separators=(",", ":"))
    if len(text) > LONGEST:
        raise ValueError(f"the session policy of {len(text):,} characters is longer than AWS's {LONGEST:,}")
    return text
