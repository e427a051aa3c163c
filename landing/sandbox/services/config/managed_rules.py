"""AWS's managed rules: their identifiers and parameters, as moto's table of them has them."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from landing.core.constraints import config_rules
from landing.sandbox.services.config.state import invalid


@cache
def _table() -> Mapping[str, Any]:
    packed = files("moto.config.resources").joinpath("aws_managed_rules.json.gz").read_bytes()
    table: Mapping[str, Any] = json.loads(gzip.decompress(packed))["ManagedRules"]
    return table


def check(identifier: str | None, parameters: str | None, region: str) -> None:
    """Refuse an identifier that AWS does not have there, and parameters that the rule does not have."""
    if identifier is None or not config_rules.is_known(identifier) or not config_rules.is_offered(identifier, region):
        raise invalid(
            f"The sourceIdentifier {identifier} is invalid. Please refer to the documentation for a list of valid "
            "sourceIdentifiers that can be used when AWS is the Owner."
        )
    given = parsed_parameters(parameters)
    unknown = config_rules.unknown_parameters(identifier, given)
    if unknown:
        raise invalid(
            f"Unknown parameters provided in the inputParameters: {json.dumps({k: given[k] for k in unknown})}."
        )
    missing = config_rules.missing_parameters(identifier, given)
    if missing:
        raise invalid(f"Missing required parameters in the inputParameters: {', '.join(missing)}.")


def parsed_parameters(parameters: str | None) -> dict[str, Any]:
    """Input parameters as an object; refused when they are none."""
    try:
        found = json.loads(parameters or "{}")
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise invalid(f"Invalid json {parameters} passed in the inputParameters field.")
    return found


def default(identifier: str, name: str) -> str | None:
    """What a parameter is when the rule is not told."""
    for parameter in _table().get(identifier, {}).get("Parameters", ()):
        if parameter["Name"] == name:
            found: str | None = parameter.get("Default")
            return found
    return None


def trigger(identifier: str) -> str:
    """`Periodic`, `Configuration changes` or both."""
    return str(_table().get(identifier, {}).get("Trigger type", ""))
