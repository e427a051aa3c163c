"""The settings of the alarms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from landing.services.settings import REQUIRED, setting

SEVERITIES = ("LOW", "MEDIUM", "HIGH", "CRITICAL")


@dataclass(frozen=True, kw_only=True)
class SlackChannel:
    """A channel of Slack."""

    workspace: str = setting(
        REQUIRED,
        "Id of the workspace, which a person has authorized once in the console of Amazon Q Developer in chat "
        "applications, in the security tooling account.",
        pattern="^[0-9A-Z]{1,255}$",
    )
    channel: str = setting(REQUIRED, "Id of the channel: the end of its link.", pattern="^[A-Za-z0-9]+$", maxLength=255)


@dataclass(frozen=True, kw_only=True)
class AlarmsSettings:
    """Who hears of what should not happen, in any account and governed region."""

    email: tuple[str, ...] = setting(
        (),
        "E-mail addresses; each gets a message from AWS, and hears nothing before it is confirmed.",
        items={"type": "string", "pattern": "^[^@\\s]+@[^@\\s]+$", "maxLength": 320},
    )
    https: tuple[str, ...] = setting(
        (),
        "Addresses that a message is posted to, as those of PagerDuty; each must confirm.",
        items={"type": "string", "pattern": "^https://[^\\s@]+$", "maxLength": 2048},
    )
    slack: Mapping[str, SlackChannel] = setting(
        {}, "Channels of Slack, by key; who is there can run no command from them."
    )
    severity: str = setting("HIGH", "Findings of GuardDuty and Security Hub from here on.", enum=list(SEVERITIES))
    watched_roles: tuple[str, ...] = setting(
        (),
        "Names of roles of which each use is told, as `break-glass`.",
        items={"type": "string", "pattern": "^[A-Za-z0-9_+=,.@-]{1,64}$"},
    )
    config_rules: tuple[str, ...] = setting(
        (),
        "Rules of AWS Config of which each resource that does not comply is told, by the setting that asks for them: "
        "`rules.KEY`, `conformance_packs.KEY`, `remediations.KEY`, or `all`.",
        items={"type": "string", "pattern": "^(all|(rules|conformance_packs|remediations)\\.[^\\s]+)$"},
    )
    trail_alarms: bool = setting(
        False,
        "The fifteen alarms of the CIS benchmark and one of denials by guardrails, on the log group of the trail: "
        "`cloudtrail.cloudwatch_logs` must be on.",
    )
    denials: int = setting(
        100, "Requests that guardrails deny within five minutes, from which it is told.", minimum=1, maximum=1_000_000
    )
