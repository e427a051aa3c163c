"""The settings of central root access."""

from __future__ import annotations

from dataclasses import dataclass

from landing.services.settings import setting

PRINCIPAL = "iam.amazonaws.com"


@dataclass(frozen=True, kw_only=True)
class RootAccessSettings:
    """New members have no root credentials, and nobody recovers the password of a root user that has none."""

    sessions: bool = setting(
        True,
        "Single tasks of a root user may be done in members (sts:AssumeRoot).",
    )
    administrator: bool | None = setting(
        None,
        "Whether the security tooling account may do them too, and with that be root in every member, or no account "
        "but the management account. Left out: as AWS has it.",
    )
