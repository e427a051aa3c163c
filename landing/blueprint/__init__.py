"""Blueprints: typed keyword functions that return a troposphere Template, rendered to canonical JSON.

Those beside the config are a stranger's: they are rendered in a process of their own (`process`), which imports little.
Blueprints may import `resource_names` alone. Imported by `library` and above.
"""

from __future__ import annotations

import inspect
import json
import re
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from landing.core.model import Json
from landing.core.references import ORGANIZATION_ID, ROOT_ID

MAX_TEMPLATE = 51_200
"""Bytes of a template sent inline (CloudFormation quotas)."""

CONTEXT_PARAMETERS = (
    "OrganizationId",
    "RootId",
    "ManagementAccountId",
    "LogArchiveAccountId",
    "SecurityToolingAccountId",
    "HomeRegion",
    "ForensicsAccountId",
)
"""Template parameters that are filled at the call, because their values are known only then."""

ACCOUNT_PARAMETERS = {
    "management": "ManagementAccountId",
    "log_archive": "LogArchiveAccountId",
    "security_tooling": "SecurityToolingAccountId",
    "forensics": "ForensicsAccountId",
}
"""Those that are the ids of accounts, by the parts that the accounts play (`roles`)."""

CONTROL = re.compile(r"[a-z0-9][a-z0-9.-]{0,40}:[A-Za-z0-9][A-Za-z0-9.()-]{0,40}")
"""The id of a control of a catalogue, as `nist-csf-2.0:PR.DS-11`."""

NO_SUCH_PARAMETER = "has no parameter"
"""What the messages say that are about the name of a parameter, not about its value."""


class NotATemplate(Exception):
    """What a blueprint returned is no template."""


@dataclass(frozen=True, slots=True)
class Blueprint:
    """A file of `blueprints/`: its function is the builder, its signature the schema of its parameters.

    `home_only`: the module says `REGIONS = "home"`, for what is global in an account (IAM). `controls`: its `CONTROLS`,
    ids of control catalogues that it satisfies, as `catalogue:id`.
    """

    name: str
    title: str
    build: Callable[..., object]
    home_only: bool
    path: Path
    controls: tuple[str, ...] = ()

    @property
    def parameters(self) -> Mapping[str, inspect.Parameter]:
        """The keyword parameters by name."""
        return inspect.signature(self.build).parameters

    def render(self, parameters: Mapping[str, object]) -> dict[str, Json]:
        """The template as plain JSON values; raises whatever the function raises."""
        template = self.build(**parameters)
        to_dict = getattr(template, "to_dict", None)
        if to_dict is None:
            raise NotATemplate(f"returns {type(template).__name__}, not a troposphere Template")
        plain: dict[str, Json] = json.loads(canonical(to_dict()))
        return plain

    def problems_of(self, given: Mapping[str, object]) -> Iterator[tuple[str, str, str]]:
        """(parameter, message, help) for every given value that the signature does not admit, and for those missing."""
        hints = typing.get_type_hints(self.build)
        known = self.parameters
        for name, value in given.items():
            if name not in known:
                yield name, f"blueprint `{self.name}` {NO_SUCH_PARAMETER} `{name}`", "it has: " + ", ".join(known)
            elif not admits(hints.get(name, typing.Any), value):
                yield name, f"`{name}` of blueprint `{self.name}` must be {_spoken(hints[name])}", ""
        for name, parameter in known.items():
            if parameter.default is inspect.Parameter.empty and name not in given:
                yield name, f"blueprint `{self.name}` needs the parameter `{name}`", ""


def controls_in(said: object) -> tuple[str, ...]:
    """The ids of controls in what a module says; what is none is left out."""
    listed = said if isinstance(said, list | tuple) else ()
    return tuple(dict.fromkeys(each for each in listed if isinstance(each, str) and CONTROL.fullmatch(each)))


def canonical(value: object) -> str:
    """Compact JSON with sorted keys: what is sent, measured and compared."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def context_values(home_region: str, accounts: Mapping[str, str]) -> dict[str, str]:
    """The values of `CONTEXT_PARAMETERS`; `accounts` are tokens of account ids by the parts that they play."""
    ids = {ACCOUNT_PARAMETERS[role]: token for role, token in accounts.items()}
    return {"OrganizationId": ORGANIZATION_ID, "RootId": ROOT_ID, "HomeRegion": home_region, **ids}


def capabilities(template: Mapping[str, Json]) -> list[str]:
    """What CloudFormation wants acknowledged: IAM resources, and IAM resources with names of their own."""
    resources = template.get("Resources")
    named = iam = False
    for resource in (resources or {}).values() if isinstance(resources, dict) else ():
        if isinstance(resource, dict) and str(resource.get("Type", "")).startswith("AWS::IAM::"):
            iam = True
            properties = resource.get("Properties")
            names = {"RoleName", "ManagedPolicyName", "UserName", "GroupName", "InstanceProfileName", "PolicyName"}
            named |= isinstance(properties, dict) and bool(names & set(properties))
    return ["CAPABILITY_NAMED_IAM"] if named else ["CAPABILITY_IAM"] if iam else []


def admits(hint: object, value: object) -> bool:
    """Whether a value from YAML fits a type hint: plain types, Literal, list[...], dict[str, ...] and their unions."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint is typing.Any:
        return True
    if origin is typing.Literal:
        return any(value == choice and type(value) is type(choice) for choice in arguments)
    if origin in (typing.Union, types.UnionType):
        return any(admits(choice, value) for choice in arguments)
    if origin in (list, tuple) or getattr(origin, "__name__", "") == "Sequence":
        return isinstance(value, list) and all(admits(arguments[0], item) for item in value)
    if origin is dict or getattr(origin, "__name__", "") == "Mapping":
        return isinstance(value, dict) and all(admits(arguments[1], item) for item in value.values())
    if hint in (None, type(None)):
        return value is None
    if hint in (int, float):
        return isinstance(value, int if hint is int else int | float) and not isinstance(value, bool)
    return isinstance(hint, type) and isinstance(value, hint)


def _spoken(hint: object) -> str:
    if typing.get_origin(hint) is typing.Literal:
        return "one of " + ", ".join(map(repr, typing.get_args(hint)))
    words: dict[object, str] = {str: "a string", int: "a whole number", float: "a number", bool: "true or false"}
    return words.get(hint, str(hint).replace("typing.", ""))
