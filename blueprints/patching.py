"""Instances in one region are looked at for patches that lack, or are patched."""

import re

from troposphere import Template
from troposphere.ssm import Association, Targets

CONTROLS = ("fsbp:SSM.2", "nist-800-53-r5:SI-2", "nist-csf-2.0:PR.PS-02")


def patching(
    *,
    install: bool = False,
    reboot: bool = False,
    schedule: str = "rate(1 day)",
    tags: dict[str, list[str]] | None = None,
    concurrency_percent: int = 10,
    error_percent: int = 10,
    severity: str = "HIGH",
) -> Template:
    """Managed instances are looked at by AWS-RunPatchBaseline, by the default patch baseline of their system.

    Nothing is changed unless `install` says so; then only `reboot` lets it restart instances that need that. `tags` are
    those of the instances (`{patch: [auto]}`); all of them when left out. A `schedule` is a rate or cron expression.
    """
    if not re.fullmatch(r"(rate|cron)\([^()]{1,200}\)", schedule) or (reboot and not install):
        raise ValueError("`schedule` is `rate(…)` or `cron(…)`; `reboot` goes with `install`")
    often = re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", schedule)
    if schedule.startswith("rate") and not (often and int(often[1]) >= (30 if often[2] == "minute" else 1)):
        raise ValueError("`schedule`: a rate is of minutes, hours or days, and 30 minutes at least")
    given = {"all": [""]} if tags is None else tags
    if not 1 <= len(given) <= 5 or not all(key and values for key, values in given.items()):
        raise ValueError("`tags` are 1 to 5, each with its values; without `tags` all instances are meant")
    if not (1 <= concurrency_percent <= 100 and 0 <= error_percent <= 100):
        raise ValueError("`concurrency_percent` is from 1 to 100, `error_percent` from 0 to 100")
    if severity not in ("CRITICAL", "HIGH", "MEDIUM", "LOW", "UNSPECIFIED"):
        raise ValueError("`severity` is CRITICAL, HIGH, MEDIUM, LOW or UNSPECIFIED")
    operation = "Install" if install else "Scan"
    chosen = [Targets(Key=f"tag:{key}", Values=values) for key, values in sorted((tags or {}).items())]
    template = Template("Patches of instances")
    template.add_resource(
        Association(
            "Patches",
            AssociationName=f"landing-patch-{operation.lower()}",
            Name="AWS-RunPatchBaseline",
            Targets=chosen or [Targets(Key="InstanceIds", Values=["*"])],
            ScheduleExpression=schedule,
            Parameters={"Operation": [operation], "RebootOption": ["RebootIfNeeded" if reboot else "NoReboot"]},
            MaxConcurrency=f"{concurrency_percent}%",
            MaxErrors=f"{error_percent}%",
            ComplianceSeverity=severity,
        )
    )
    return template
