"""What a template deletes by itself where its stack is made: documents of Automation that an association of it runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from landing.core.model import Change

DOCUMENT, ASSOCIATION = "AWS::SSM::Document", "AWS::SSM::Association"


def deletions(change: Change) -> list[str]:
    """The calls, as `ec2:DeleteVpc`, that come with the change, or reach other accounts or regions with it."""
    before, after = change.before or {}, change.after or {}
    had, has = (dict.fromkeys(sorted(_deletes(side.get("template") or {}))) for side in (before, after))
    elsewhere = any(before.get(part) != after.get(part) for part in ("targets", "regions"))
    return [call for call in has if elsewhere or call not in had]


def deletion_notes(change: Change) -> Iterator[str]:
    """What is said of them."""
    if calls := deletions(change):
        yield f"deletes by itself, in each account and region in which a stack is made: {', '.join(calls)}"


def _deletes(template: Mapping[str, Any]) -> Iterator[str]:
    resources: Mapping[str, Any] = template.get("Resources") or {}
    run = {
        named["Ref"]
        for body in resources.values()
        if body.get("Type") == ASSOCIATION and isinstance(named := body.get("Properties", {}).get("Name"), Mapping)
        if "Ref" in named
    }
    for name, body in resources.items():
        if name in run and body.get("Type") == DOCUMENT:
            yield from _steps(body.get("Properties", {}).get("Content"))


def _steps(content: Any) -> Iterator[str]:
    """Of every step, those of loops too, that makes a call of AWS (Systems Manager, Automation actions reference)."""
    match content:
        case {"action": "aws:executeAwsApi", "inputs": {"Service": service, "Api": api}} if _removes(str(api)):
            yield f"{service}:{api}"
        case Mapping():
            for value in content.values():
                yield from _steps(value)
        case list():
            for value in content:
                yield from _steps(value)


def _removes(api: str) -> bool:
    return api.startswith(("Delete", "Terminate"))
