"""What a drill of the alarms has shown: for people and machines."""

from __future__ import annotations

import json

from landing.core.text import safe
from landing.report.style import Style
from landing.services.alarm_drill import CLOUDWATCH, Drill, Sample

LOG = "at the log /aws/lambda/landing-alarms in the home region"
LOOK = f"look at the rules landing-alarms-… there, and {LOG}"
LOOK_AT_TRAIL = f"look at the topic landing-trail-alarms of the security tooling account, and {LOG}"


def as_text(found: Drill, style: Style) -> str:
    """A line a sample and a subscription, and all of it in a line."""
    lines = [_line(each, style) for each in found.samples]
    lines += [""] if lines else []
    for endpoint, confirmed in sorted(found.subscriptions.items()):
        lines.append(
            f"{safe(endpoint)}: {'hears' if confirmed else 'hears nothing: the subscription is not confirmed'}"
        )
    if not found.subscriptions:
        lines.append("Nobody has subscribed to the topic landing-alarms.")
    return style.page([*lines, "", verdict(found)])


def _line(sample: Sample, style: Style) -> str:
    where = f"{sample.service} in {sample.scope.region}"
    if sample.after is not None:
        more = f" ({safe(sample.problem)})" if sample.problem else ""
        return f"{style.sign('+')} {where}: heard after {sample.after:.0f}s, message {safe(sample.message)}{more}"
    look = LOOK_AT_TRAIL if sample.service == CLOUDWATCH else LOOK
    why = safe(sample.problem) if sample.problem else f"not heard: {look}"
    return f"{style.sign('-')} {where}: {why}"


def verdict(found: Drill) -> str:
    """All of it in a line."""
    samples, who = len(found.samples), len(found.subscriptions)
    heard, hearing = samples - len(found.unheard), who - len(found.deaf)
    return f"Drill: {heard} of {samples} samples came to the topic · {hearing} of {who} subscriptions hear"


def as_json(found: Drill) -> str:
    """The same as a document."""
    samples = [
        {
            "service": each.service,
            "account": each.scope.account,
            "region": each.scope.region,
            "heard": each.after is not None,
            "seconds": each.after,
            "finding": each.id,
            "message": each.message,
            "problem": each.problem,
        }
        for each in found.samples
    ]
    hearing = [{"endpoint": name, "confirmed": confirmed} for name, confirmed in sorted(found.subscriptions.items())]
    return json.dumps({"passed": found.passed, "samples": samples, "subscriptions": hearing}, indent=1) + "\n"
