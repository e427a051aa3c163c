"""Issuers of tokens for everybody: a role that trusts one says for whose tokens.

IAM User Guide, "Identity-provider controls for shared OIDC providers": a trust policy that does not ask for the claim
is refused when it is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from landing.sandbox.protocol.documents import listed

ASKED: Mapping[str, str] = {
    "api.pulumi.com/oidc": "aud",
    "app.terraform.io": "sub",
    "gitlab.com": "sub",
    "token.actions.githubusercontent.com": "sub",
}
"""The claim by issuer."""

CLAIMS: Mapping[str, tuple[str, ...]] = {
    "gitlab.com": (
        "namespace_id", "pipeline_source", "project_id", "ref_protected", "runner_environment", "user_access_level",
        "user_email", "user_id", "user_login",
    ),
    "token.actions.githubusercontent.com": (
        "actor", "actor_id", "enterprise_id", "environment", "job_workflow_ref", "ref", "repository", "repository_id",
        "repository_owner_id", "workflow",
    ),
}  # fmt: skip
"""The claims that STS compares beside `aud`, `sub` and `amr` ("Available keys for AWS OIDC federation")."""


def claims_of(issuer: str) -> tuple[str, ...]:
    """The claims of an issuer that conditions may be about; the other hosts and paths of GitHub have the same."""
    host = issuer.partition("/")[0]
    hosted = host.startswith("token.actions.") and host.endswith(".ghe.com")
    known = CLAIMS.get("token.actions.githubusercontent.com" if hosted else host, ())
    return ("amr", "aud", "sub", *known)


def unasked(statements: list[Any]) -> Iterator[str]:
    """Condition keys that statements of a trust policy should ask for and do not."""
    for each in statements:
        principal = each.get("Principal")
        if each.get("Effect") != "Allow" or not isinstance(principal, Mapping):
            continue
        asked = {key.lower() for keys in (each.get("Condition") or {}).values() for key in keys}
        for arn in listed(principal.get("Federated", [])):
            issuer = str(arn).partition(":oidc-provider/")[2]
            claim = ASKED.get(issuer) or ASKED.get(issuer.partition("/")[0], "")
            if claim and f"{issuer}:{claim}".lower() not in asked:
                yield f"{issuer}:{claim}"
