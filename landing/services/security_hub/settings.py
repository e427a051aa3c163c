"""The settings of Security Hub CSPM."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from landing.core.constraints.security_hub import POLICY_NAME, STANDARDS, TYPES
from landing.core.partitions import REGIONS
from landing.organization import Target
from landing.services.settings import REQUIRED, setting

TRUSTED = ("securityhub.amazonaws.com",)
"""Service principals that need trusted access."""


@dataclass(frozen=True, kw_only=True)
class PolicySettings:
    """What Security Hub checks in its target; the nearest policy wins, nothing merges."""

    name: str = setting(
        "",
        "Name of a policy that is there already: it is kept as the config says, and never deleted. One that the config "
        "makes is called `landing-KEY`.",
        pattern=f"^({POLICY_NAME.pattern})?$",
    )
    enabled: bool = setting(True, "False switches Security Hub off there.")
    standards: tuple[str, ...] = setting(
        (),
        "Standards as `name/v/version`; none is on that is not named.",
        items={"enum": [standard.path for standard in STANDARDS.values()]},
    )
    disabled_controls: tuple[str, ...] = setting((), "Controls that are off; all others, future ones too, are on.")
    parameters: Mapping[str, Mapping[str, Any]] = setting(
        {},
        "Parameters of controls, by control and name; where the type of a value is not known here, with it: "
        "`{Enum: ERROR}`.",
        type="object",
        additionalProperties={
            "type": "object",
            "minProperties": 1,
            "additionalProperties": {
                "oneOf": [
                    {"type": ["boolean", "number", "string", "array"]},
                    {
                        "type": "object",
                        "minProperties": 1,
                        "maxProperties": 1,
                        "propertyNames": {"enum": list(TYPES)},
                    },
                ]
            },
        },
    )
    target: Target = setting(REQUIRED, "")


@dataclass(frozen=True, kw_only=True)
class SecurityHubSettings:
    """Security Hub CSPM, centrally configured from the home region."""

    linked_regions: tuple[str, ...] = setting(
        (),
        "Regions that the home region's policies reach besides the governed ones; there must be one where the home "
        "region alone is governed.",
        items={"enum": sorted(REGIONS)},
    )
    policies: Mapping[str, PolicySettings] = setting({}, "Configuration policies by stable key.")
