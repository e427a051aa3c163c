"""Settings that differ by account: `overrides` of a service, by stable key, in the same form for every service.

The settings of the service have `overrides: Mapping[str, T] = setting({}, …)`. T is a frozen dataclass with a required
`target: Target` and, under the same names, those settings that AWS lets differ; None is as everywhere. A mapping adds
to the service's, and each of its keys is a setting of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from typing import Any, TypeVar

from landing.core.model import Diagnostic
from landing.core.text import few
from landing.organization import EnabledService, Organization, Target

S = TypeVar("S")


def by_account(organization: Organization, service: EnabledService[S]) -> dict[str, S]:
    """The settings of every account of the config, by its key; those that nothing overrides share the service's."""
    found = dict.fromkeys(organization.accounts, service.settings)
    for override in _overrides(service).values():
        for account in organization.members(override.target):
            found[account] = _with(found[account], override)
    return found


def problems(organization: Organization, service: EnabledService[Any]) -> Iterator[Diagnostic]:
    """Two overrides of one setting of an account; overrides that are for no account, for any, or say nothing."""
    said: dict[tuple[str, tuple[str, ...]], str] = {}
    for key, override in _overrides(service).items():
        at = ("overrides", key)
        accounts = organization.members(override.target)
        settings = list(_settings(override))
        if override.target == Target():
            hint = "name units, accounts or tags"
            yield service.problem("LZ321", f"the target of `{key}` means nothing", hint, *at, "target", key=True)
        elif not accounts:
            message = f"override `{key}` is for no account of the config"
            yield service.problem("LZ389", message, "see its target", *at, key=True, severity="warning")
        if not settings:
            message = f"override `{key}` says of no setting what differs"
            yield service.problem(
                "LZ389", message, "name a setting, or leave it out", *at, key=True, severity="warning"
            )
        twice: dict[tuple[str, tuple[str, ...]], list[str]] = defaultdict(list)
        for path in settings:
            for account in accounts:
                first = said.setdefault((account, path), key)
                if first != key:
                    twice[first, path].append(account)
        for (first, path), both in twice.items():
            there, name = service.at("overrides", first, *path), ".".join(path)
            message = f"`{name}` of {few(both)} is said by `{first}` too ({there})"
            yield service.problem("LZ388", message, "let one of the two targets exclude them", *at, *path)


def _overrides(service: EnabledService[Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = getattr(service.settings, "overrides", {})
    return found


def _settings(override: Any) -> Iterator[tuple[str, ...]]:
    """The paths of the settings that it says, each of which may differ by itself."""
    for each in fields(override):
        value = getattr(override, each.name)
        if isinstance(value, Mapping):
            yield from ((each.name, key) for key in value)
        elif each.name != "target" and value is not None:
            yield (each.name,)


def _with(settings: S, override: Any) -> S:
    changed: dict[str, Any] = {}
    for path in _settings(override):
        value = getattr(override, path[0])
        changed[path[0]] = {**getattr(settings, path[0]), **value} if isinstance(value, Mapping) else value
    return replace(settings, **changed)  # type: ignore[type-var]  # settings are dataclasses
