"""The settings of AWS Security Incident Response."""

from __future__ import annotations

from dataclasses import dataclass

from landing.services.settings import REQUIRED, setting

PRINCIPAL = "security-ir.amazonaws.com"
TRIAGE = "triage.security-ir.amazonaws.com"
"""Whose service-linked role looks at findings (User Guide, "Using service-linked roles")."""

REGIONS = (
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-2",
)
"""Where a membership can be; findings come from all regions (User Guide, "Supported configurations")."""

EMAIL = r"^[a-zA-Z0-9.!#\x24%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)*$"


@dataclass(frozen=True, kw_only=True)
class Responder:
    """Somebody of the incident response team, whom AWS may call."""

    name: str = setting(REQUIRED, "Name.", minLength=3, maxLength=50)
    title: str = setting(REQUIRED, "Job title.", minLength=1, maxLength=50)
    email: str = setting(REQUIRED, "E-mail address.", minLength=6, maxLength=254, pattern=EMAIL)


@dataclass(frozen=True, kw_only=True)
class IncidentResponseSettings:
    """The membership of the organization in AWS Security Incident Response, in the home region; it is paid for."""

    name: str = setting("landing", "What the membership is called.", minLength=3, maxLength=50)
    team: tuple[Responder, ...] = setting((), "Two to ten people, told apart by e-mail address.", maxItems=10)
    triage: bool = setting(
        True, "AWS looks at the findings of GuardDuty and Security Hub, and opens cases of its own accord."
    )
    units: tuple[str, ...] = setting(
        (),
        "Units that are covered, with all below them, as paths (`workloads/prod`); left out, the whole organization.",
    )
