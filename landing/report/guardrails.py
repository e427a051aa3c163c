"""The page of guardrails: what each policy of a library denies or sets, whom it lets through and what can be set."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from landing.library import Policy

_HEAD = """# Guardrails

The policies in `scps/`, one folder each: the document, its metadata, and the cases that test it. This page is written
from them.

*Exempt roles* are those that `landing` and its stack sets act with and those that the config adds. Service control
policies (SCP) reach neither service-linked roles nor the management account. Resource control policies (RCP) hold for
whoever comes, but not for service-linked roles, nor for resources of the management account. [Declarative
policies](declarative-policies.md), the other types, set things in every account, the management account too.

| policy | type | what it does | exempt | parameters | controls |
|---|---|---|---|---|---|
"""
_SHORT = {"SERVICE_CONTROL_POLICY": "SCP", "RESOURCE_CONTROL_POLICY": "RCP"}
_NAME = re.compile(r"\{\{\s*([a-z_][a-z0-9_]*)\s*\}\}")


def page(policies: Iterable[Policy]) -> str:
    """The page in Markdown, one row a policy, ordered by name."""
    return _HEAD + "".join(f"{_row(policy)}\n" for policy in sorted(policies, key=lambda policy: policy.name))


def _row(policy: Policy) -> str:
    cells = (
        f"[{policy.name}](../scps/{policy.name}/policy.json)",
        _SHORT.get(policy.type, policy.type),
        f"**{policy.title}.** {policy.description}",
        "; ".join(exemptions(policy)) or "nobody",
        "<br>".join(_parameters(policy)) or "none",
        ", ".join(policy.controls),
    )
    return f"| {' | '.join(' '.join(cell.replace('|', chr(92) + '|').split()) for cell in cells)} |"


def exemptions(policy: Policy) -> Iterator[str]:
    """Who is let through, as the conditions of the document say it: everywhere, or in some statements."""
    listed = policy.document.get("Statement", [])
    statements = [item for item in (listed if isinstance(listed, list) else [listed]) if isinstance(item, dict)]
    found = [set(_exempt(statement)) for statement in statements]
    for who in dict.fromkeys(who for exempt in found for who in sorted(exempt)):
        named = [str(item.get("Sid")) for item, exempt in zip(statements, found, strict=True) if who in exempt]
        yield who if len(named) == len(statements) else f"{who} ({', '.join(named)})"


def _exempt(statement: Mapping[str, Any]) -> Iterator[str]:
    for operator, lines in (statement.get("Condition") or {}).items():
        for key, values in lines.items():
            names = _NAME.findall(json.dumps(values))
            if key == "aws:PrincipalArn" and operator == "ArnNotLike":
                yield from ("exempt roles" if name == "exempt_roles" else f"`{name}`" for name in names)
            elif key in ("aws:PrincipalAccount", "aws:SourceAccount") and operator == "StringNotEquals":
                ours = {"security_tooling_account": "the security tooling account"}
                yield from (ours.get(name, f"`{name}`") for name in names)
            elif key in ("aws:PrincipalOrgID", "aws:SourceOrgID") and operator == "StringNotEquals":
                yield "the organization"
            elif key == "aws:PrincipalIsAWSService" and values == "false":
                yield "AWS services"
            elif key == "aws:AssumedRoot" and operator == "Null":
                yield "AssumeRoot sessions"


def _parameters(policy: Policy) -> Iterator[str]:
    for parameter in policy.parameters.values():
        default = "required" if parameter.required else f"default `{json.dumps(parameter.default)}`"
        yield f"`{parameter.name}` ({parameter.type}, {default}): {parameter.description}"
