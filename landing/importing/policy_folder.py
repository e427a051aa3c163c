"""A policy as a folder of `scps/`: its document as it is, and what is known about it."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from landing.importing.draft import DraftPolicy
from landing.importing.yaml_values import block, comment
from landing.library.placeholders import PLACEHOLDER

BRACE = "brace"
"""The parameter that stands for a brace where AWS's own text has what would be a placeholder here."""


def files(policy: DraftPolicy, accepted: Collection[str]) -> dict[str, str]:
    """`policy.json` and `metadata.yaml`; the cases come when the config stands."""
    document = dict(policy.document) if policy.template else literal(dict(policy.document))
    metadata: dict[str, Any] = {
        "title": policy.name,
        "description": policy.description or "Imported; there is no description of it.",
        "type": policy.type,
        "severity": "high",
    }
    if document != policy.document:
        about = "A brace, where the text of the policy itself has two of them around a name."
        metadata["parameters"] = {BRACE: {"type": "string", "default": "{", "description": about}}
    lines = [comment(f"Imported{f' from {policy.id}' if policy.id else ''}.")]
    lines += block(metadata)
    if accepted:
        lines += [
            "# In force as it is: these are warnings of it, and no errors.",
            *block({"accepted": sorted(accepted)}),
        ]
    return {
        "policy.json": json.dumps(document, indent=2, ensure_ascii=False) + "\n",
        "metadata.yaml": "\n".join(lines) + "\n",
    }


def literal(value: Any) -> Any:
    """A document in which nothing is filled in: what looks like a placeholder is written as one for a brace."""
    if isinstance(value, str):
        return PLACEHOLDER.sub(lambda match: f"{{{{ {BRACE} }}}}{match[0][1:]}", value)
    if isinstance(value, list):
        return [literal(item) for item in value]
    if isinstance(value, dict):
        return {literal(key): literal(item) for key, item in value.items()}
    return value
