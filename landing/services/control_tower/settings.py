"""The settings of AWS Control Tower."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from landing.services.settings import REQUIRED, setting

GOVERNING = "AWSControlTowerBaseline"
"""The baseline by which a unit is registered (User Guide, "Types of baselines")."""

_PARAMETERS: Mapping[str, Any] = {"type": "object", "propertyNames": {"pattern": "\\S"}}


@dataclass(frozen=True, kw_only=True)
class ControlSettings:
    """A control that is enabled on units."""

    control: str = setting(
        REQUIRED,
        "Its alias (`AWS-GR_ENCRYPTED_VOLUMES`, `CT.S3.PR.1`), its id in the Control Catalog, or an ARN of it.",
        type="string",
        pattern=r"^(arn:aws[a-z-]*:(controlcatalog|controltower):[a-z0-9-]*::control/)?[A-Za-z0-9._-]+$",
    )
    units: tuple[str, ...] = setting(REQUIRED, "Unit keys as paths (`workloads/prod`).", minItems=1)
    parameters: Mapping[str, Any] = setting(
        {}, "Its parameters, as the Controls Reference Guide names them; left out, they stay as found.", **_PARAMETERS
    )

    @property
    def name(self) -> str:
        """Alias or id, without what is before it in an ARN."""
        return self.control.rpartition("/")[2]


@dataclass(frozen=True, kw_only=True)
class BaselineSettings:
    """A baseline that is enabled on units."""

    baseline: str = setting(
        GOVERNING, f"{GOVERNING} registers a unit, and enrols its accounts.", pattern="^[A-Za-z0-9]+$", type="string"
    )
    version: str = setting(
        "",
        f"Its version; of {GOVERNING} left out, that of the landing zone's version, and what is there stays as found.",
        type="string",
        pattern=r"^[0-9]+(\.[0-9]+){0,2}$",
    )
    units: tuple[str, ...] = setting(REQUIRED, "Unit keys as paths (`workloads/prod`).", minItems=1)
    parameters: Mapping[str, Any] = setting(
        {}, "Its parameters; that of IAM Identity Center is filled in. Left out, they stay as found.", **_PARAMETERS
    )


@dataclass(frozen=True, kw_only=True)
class ControlTowerSettings:
    """Controls and baselines of the landing zone of AWS Control Tower; accounts in its units are enrolled."""

    controls: tuple[ControlSettings, ...] = setting((), "Controls on units.")
    baselines: tuple[BaselineSettings, ...] = setting((), "Baselines on units.")
    not_enrolled: tuple[str, ...] = setting((), "Keys of accounts that are not enrolled, in registered units too.")
