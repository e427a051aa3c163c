"""The managed rules of AWS Config: identifiers, parameters, and where each is ("List of AWS Config Managed Rules")."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from functools import cache
from importlib.resources import files


@cache
def rules() -> Mapping[str, Mapping[str, bool]]:
    """Identifier to its parameters: name to whether it must be given."""
    text = files("landing.core.constraints").joinpath("config_rules.json").read_text(encoding="utf-8")
    table: Mapping[str, Mapping[str, bool]] = json.loads(text)
    return table


def is_known(identifier: str) -> bool:
    """Whether AWS Config has a managed rule of this identifier."""
    return identifier in rules()


def unknown_parameters(identifier: str, given: Collection[str]) -> list[str]:
    """The parameters that a rule does not have."""
    return sorted(set(given) - set(rules()[identifier]))


def missing_parameters(identifier: str, given: Collection[str]) -> list[str]:
    """The parameters that a rule needs and does not get."""
    return sorted(name for name, needed in rules()[identifier].items() if needed and name not in given)


@cache
def _absent() -> Mapping[str, Collection[str]]:
    """Identifier to the regions that do not have the rule."""
    text = files("landing.core.constraints").joinpath("config_rule_regions.json").read_text(encoding="utf-8")
    table: Mapping[str, list[str]] = json.loads(text)
    return {identifier: regions.split() for regions, identifiers in table.items() for identifier in identifiers}


def is_offered(identifier: str, region: str) -> bool:
    """Whether AWS Config has a managed rule in a region."""
    return region not in _absent().get(identifier, ())
