"""`landing drill`."""

from __future__ import annotations

import sys
import time

import click

from landing.cli.approval import ask
from landing.cli.clock import now
from landing.cli.session import Session, with_aws
from landing.report import formats

SKEW = 60
"""Seconds by which clocks may differ."""


@click.group
def command() -> None:
    """Try whether controls work as planned.

    \b
      landing drill alarms
    """


@command.command
@with_aws
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
@click.option("--format", "form", type=click.Choice(formats.names("drill")), default="text", show_default=True)
def alarms(*, session: Session, auto_approve: bool, form: str) -> int:
    """Make samples of findings, and see whether they come to those who are to hear.

    GuardDuty makes a sample in each governed region of the security tooling account, Security Hub is given a finding at
    home, an alarm on the trail is set off. They take the way of real ones, ring as these do, and are put away in the
    end. Exits with 2 when one was not heard within the `alarm_drill` of the config's `timeouts`, or a subscription is
    not confirmed.

    \b
      landing drill alarms
      landing drill alarms --auto-approve --format json
    """
    from landing.cli.output import note, result, style_of
    from landing.core.text import safe
    from landing.services.alarm_drill import READS, WRITES, Sample, planned, run, subscriptions

    organization, _ = session.organization()
    samples = planned(organization)
    if not samples:
        raise click.UsageError("the config has no `services.alarms`, or no `guardduty`, `security_hub`, `trail_alarms`")
    aws = session.connect(organization, read_only=False, besides=(*READS, *WRITES))
    who = subscriptions(organization, aws)
    made = "1 sample is made" if len(samples) == 1 else f"{len(samples)} samples are made"
    note(f"{made}, and told to {len(who)} subscription{'s' * (len(who) != 1)}:")
    for sample in samples:
        note(f"  + {sample.service} in {sample.scope.region}")
    for endpoint in sorted(who):
        note(f"  ! {safe(endpoint)}")
    if not auto_approve:
        ask(
            "Do you want to ring these alarms?",
            to="approve",
            otherwise="Nothing was made.",
            without="--auto-approve",
        )

    def heard(sample: Sample) -> None:
        note(f"{sample.service} in {sample.scope.region}: heard after {sample.after:.0f}s")

    since = int((time.time() - SKEW) * 1000)
    found = run(organization, aws, who, now=now(), milliseconds=since, heard=heard)
    result(formats.shown("drill", form, found, view=formats.View(style=style_of(sys.stdout))))
    session.note_calls(aws)
    return 0 if found.passed else 2
