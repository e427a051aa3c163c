"""The actions that make something public, share it outside or make a new way in, each with its decision; as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from landing.policy import catalog
from landing.policy.catalog import Action

FILE = Path(__file__).parents[2] / "scps" / "external-access.yaml"
CHANGES = {"write", "tagging", "permissions management"}
SHOWN = 8

HEAD = """
## External access

What makes something public, shares it outside of the account or makes a new way in, and what the guardrails of the shipped
`config/` do about it for an ordinary role in a workload account: {all} actions of AWS, found by the patterns of
[external-access.yaml](../scps/external-access.yaml) in the service authorization reference as of {day}. A test asks every
one of them of the guardrails, and fails on an action that is not decided. What is *left* passes the guardrails; the
account's own policies decide then.

### Denied

| service | actions | by | when |
|---|---|---|---|
"""
OUTSIDERS = """
### Outsiders are stopped

The action passes, as it is daily work; whom it lets in from outside of the organization is stopped when they come.

| service | actions | by |
|---|---|---|
"""
LEFT = """
### Left

| because | actions |
|---|---|
"""


@dataclass(frozen=True, slots=True)
class Decision:
    """What is decided for the actions that fit `patterns`: `verdict` is ``denied``, ``outsiders`` or ``left``.

    `text` is the statement as ``policy/Sid``, or the reason. With `when` or `resource` (an ARN with ``{account}``) it holds
    for requests that say so only; `given` is what each request says. `through` is what outsiders call.
    """

    verdict: str
    text: str
    patterns: tuple[str, ...]
    given: Mapping[str, str]
    when: Mapping[str, str]
    resource: str
    through: str

    @property
    def condition(self) -> str:
        """When it holds, in words."""
        says = [
            f"`{key}` is not `{self.given[key]}`" if key in self.given else f"`{key}` is `{value}`"
            for key, value in self.when.items()
        ]
        if self.resource:
            says.append(f"on `{self.resource.format(account='*').replace('example', '*')}`")
        return "; ".join(says)


@cache
def _data() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return found


def idle() -> list[str]:
    """Patterns that name no action of AWS."""
    return [text for part in ("candidates", "unless", "but") for text in _data()[part] if not catalog.expand(text)]


@cache
def candidates() -> tuple[Action, ...]:
    """The actions to decide, by name."""
    found, unless, but = (
        {action for text in _data()[part] for action in catalog.expand(text)}
        for part in ("candidates", "unless", "but")
    )
    left = (action for action in found if action.levels & CHANGES and action not in unless - but)
    return tuple(sorted(left, key=lambda action: action.lowered))


@cache
def decisions() -> tuple[Decision, ...]:
    return tuple(
        Decision(
            verdict=verdict,
            text=entry[verdict],
            patterns=tuple(entry["actions"]),
            given=entry.get("given", {}),
            when=entry.get("with", {}),
            resource=entry.get("resource", ""),
            through=entry.get("through", ""),
        )
        for entry in _data()["decisions"]
        for verdict in ("denied", "outsiders", "left")
        if verdict in entry
    )


def of(decision: Decision) -> tuple[Action, ...]:
    """The candidates that a decision is about."""
    named = {action for text in decision.patterns for action in catalog.expand(text)}
    return tuple(action for action in candidates() if action in named)


def table() -> str:
    """The part of docs/guardrails.md."""
    head = HEAD.format(all=len(candidates()), day=catalog.day())
    denied = _rows((item, f"`{item.text}` | {item.condition}") for item in decisions() if item.verdict == "denied")
    outsiders = _rows((item, f"`{item.text}`") for item in decisions() if item.verdict == "outsiders")
    return "".join([head, *denied, OUTSIDERS, *outsiders, LEFT, *_reasons()])


def _by_service(actions: tuple[Action, ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for action in actions:
        found.setdefault(action.service, []).append(action.name)
    return found


def _rows(decided: Iterable[tuple[Decision, str]]) -> list[str]:
    """A row for the actions of a service that have the same in the other columns."""
    alike: dict[tuple[str, str], list[str]] = {}
    for item, rest in decided:
        for service, names in _by_service(of(item)).items():
            alike.setdefault((service, rest), []).extend(names)
    return [f"| {service} | {', '.join(names)} | {rest} |\n" for (service, rest), names in sorted(alike.items())]


def _reasons() -> Iterator[str]:
    reasons: dict[str, list[Action]] = {}
    for item in decisions():
        if item.verdict == "left":
            reasons.setdefault(item.text, []).extend(of(item))
    for text, actions in reasons.items():
        services = _by_service(tuple(sorted(actions, key=lambda action: action.lowered)))
        named = (f"{service}: {_short(names)}" for service, names in services.items())
        yield f"| {text[0].upper()}{text[1:]}. | {'; '.join(named)} |\n"


def _short(names: list[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more
