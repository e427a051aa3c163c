"""The settings of IAM Identity Center."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from landing.core.vocabulary import TAGS
from landing.organization import Target
from landing.services.settings import REQUIRED, setting

KEY = "identity_center"
PRINCIPAL = "sso.amazonaws.com"
"""The service principal, which gets trusted access when the instance is enabled."""
NAME = r"[\w+=,.@-]{1,32}"
"""Of a permission set (sso-admin API reference, CreatePermissionSet)."""
POLICY_NAME = r"[\w+=,.@-]{1,128}"
PATH = r"((/[A-Za-z0-9.,+@=_-]+)*)/"
MANAGED = r"([A-Za-z0-9.,+@=_-]+/)*[A-Za-z0-9.,+=@_-]+"
_SESSION = re.compile("(?:([0-9]+)h)?(?:([0-9]+)m)?")
_POLICY_NAME: Any = {"pattern": f"^{POLICY_NAME}$"}
_PATH: Any = setting("/", "The policy's path.", pattern=f"^{PATH}$", maxLength=512)


@dataclass(frozen=True, kw_only=True)
class CustomerManaged:
    """A policy of the organization's own, which each account must have under this name and path."""

    name: str = setting(REQUIRED, "The policy's name.", **_POLICY_NAME)
    path: str = _PATH


@dataclass(frozen=True, kw_only=True)
class Boundary:
    """The permissions boundary of the roles: a policy of AWS's, or one that each account has."""

    aws_managed: str = setting("", "A policy of AWS's, by its name with its path: `PowerUserAccess`.",
                           pattern=f"^({MANAGED})?$")  # fmt: skip
    name: str = setting("", "A policy that each account has, by its name.", pattern=f"^({POLICY_NAME})?$")
    path: str = _PATH


@dataclass(frozen=True, kw_only=True)
class PermissionSetSettings:
    """What those who have it may do."""

    description: str = setting("", "Left out it stays as it is: AWS cannot empty it.", maxLength=700,
                               pattern="^[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]*$")  # fmt: skip
    session: str = setting("1h", "How long a session lasts, from 1h to 12h; as `8h`, `90m` or `1h30m`.",
                           pattern="^([0-9]+h)?([0-9]+m)?$", minLength=2)  # fmt: skip
    relay_state: str = setting("", "The page of the console that it begins with.", maxLength=240)
    aws_managed: tuple[str, ...] = setting(
        (), "Policies of AWS's, by name with path: `AdministratorAccess`, `job-function/ViewOnlyAccess`.",
        items={"type": "string", "pattern": f"^{MANAGED}$"},
    )  # fmt: skip
    customer_managed: tuple[CustomerManaged, ...] = setting((), "Policies that each account has.")
    inline: Mapping[str, Any] | None = setting(None, "A policy document.", type="object", required=["Statement"])
    boundary: Boundary | None = setting(None, "")
    tags: Mapping[str, str] = setting({}, "Its tags.", **TAGS)


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """Who has which permission sets in which accounts."""

    groups: tuple[str, ...] = setting((), "Display names of groups, which the identity provider has.")
    users: tuple[str, ...] = setting((), "User names.")
    permission_sets: tuple[str, ...] = setting(REQUIRED, "Names of permission sets.", minItems=1)
    target: Target = setting(REQUIRED, "The accounts.")


@dataclass(frozen=True, kw_only=True)
class IdentityCenterSettings:
    """IAM Identity Center of the organization, which somebody has enabled in the console."""

    permission_sets: Mapping[str, PermissionSetSettings] = setting(
        {}, "Permission sets, by their names.",
        propertyNames={"pattern": f"^{NAME}$", "description": "letters, digits and `_+=,.@-`, at most 32"},
    )  # fmt: skip
    assignments: Mapping[str, Assignment] = setting({}, "Who has access where, by stable key.")
    attributes: Mapping[str, str] = setting(
        {}, "Attributes for access control, by their keys: `${path:enterprise.department}`.",
        maxProperties=50,
        propertyNames={"minLength": 1, "maxLength": 128},
        additionalProperties={"type": "string", "maxLength": 256},
    )  # fmt: skip


def minutes(session: str) -> int:
    """How long a session of the config is.

    >>> minutes("1h30m"), minutes("8h"), minutes("90m")
    (90, 480, 90)
    """
    match = _SESSION.fullmatch(session)
    return 60 * int(match[1] or 0) + int(match[2] or 0) if match else 0


def session_of(length: int) -> str:
    """So many minutes as the config has them.

    >>> session_of(90), session_of(480)
    ('1h30m', '8h')
    """
    hours, rest = divmod(length, 60)
    return f"{hours}h" * bool(hours) + f"{rest}m" * bool(rest)


def policy_path(policy: CustomerManaged | Boundary) -> str:
    """A policy that each account has, as one text: its path and its name."""
    return policy.path + policy.name
