"""What the starter config is written with: which services and guardrails are on, by profile.

The files of the shipped `config/` are the profile `recommended` as they stand. An entry of `services` or `guardrails`
is off where it is a comment, all of it: `# macie:` and what is indented below. A line `# PROFILE: text` takes the place
of the line above it in that profile.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Profile:
    """A choice of what is on; None: all that there is, but what takes somebody's own preparations."""

    title: str
    services: Collection[str] | None = None
    guardrails: Collection[str] | None = None


RECOMMENDED = "recommended"
PROFILES = {
    "minimal": Profile(
        "CloudTrail, the log archive, external access; the guardrails that protect what the landing zone is made of",
        services=("log_archive", "cloudtrail", "access_analyzer"),
        guardrails=(
            "deny-leave-organization", "protect-landing", "protect-cloudtrail", "protect-config", "protect-guardduty",
            "protect-security-hub", "protect-security-services", "protect-log-archive", "rcp-protect-log-archive",
            "deny-all-suspended",
        ),
    ),
    RECOMMENDED: Profile("Config, GuardDuty and Security Hub CSPM besides, and guardrails for workloads"),
    "regulated": Profile("All that there is, what is paid for by itself included; logs that nobody can delete"),
}  # fmt: skip

PREPARED = (
    "alarms",
    "deny-outside-resources",
    "firewall_manager",
    "identity_center",
    "security_hub_v2",
    "security_incident_response",
    "security_lake",
    "shield",
    "tags-for-access",
)
"""Services and guardrails that want names which are somebody's own, or to be enabled by hand, or that change what is
paid: no profile has them on."""

COMMENT = "# "
SECTIONS = ("services", "guardrails")
INDENT = "  "


def written(text: str, profile: str) -> str:
    """A file of the starter config in a profile."""
    if profile == RECOMMENDED:
        return text
    return "\n".join(_replaced(_switched(text.splitlines(), PROFILES[profile]), profile)) + "\n"


def entries(text: str) -> Iterator[tuple[str, bool, list[str]]]:
    """Of each service in a text: its key, whether it is on, and the lines of the comment above it."""
    above: list[str] = []
    for line in text.splitlines():
        if found := _entry(line):
            yield found[1], line.startswith(f"{INDENT}{found[1]}"), above
            above = []
        else:
            above = [*above, line.strip()] if line.startswith(INDENT + COMMENT) else []


def _entry(line: str) -> re.Match[str] | None:
    """The first line of an entry, as it stands or as a comment; not of another profile's."""
    found = re.match(rf"{INDENT}(?:{COMMENT})?([a-z0-9_-]+):(?: |$)", line)
    return None if found is None or found[1] in PROFILES else found


def _switched(lines: Iterable[str], profile: Profile) -> Iterator[str]:
    """With the entries on that the profile names, and all others off."""
    section, name, on = "", "", False
    for line in lines:
        if found := re.match(r"(\w+):", line):
            section, name = found[1], ""
        elif section in SECTIONS and (found := _entry(line)):
            name, on = found[1], line.startswith(INDENT + found[1])
        elif not re.match(rf"{INDENT}{'' if on else COMMENT}{INDENT}|$", line):
            name = ""
        names = getattr(profile, section) if name else None
        wanted = on if not name else name not in PREPARED and (names is None or name in names)
        if not line or wanted == on:
            yield line
        elif wanted:
            yield INDENT + line.removeprefix(INDENT + COMMENT)
        else:
            yield INDENT + COMMENT + line.removeprefix(INDENT)


def _replaced(lines: Iterable[str], profile: str) -> Iterator[str]:
    """With the lines of the profile in the place of those above them."""
    last: list[str] = []
    for line in lines:
        if found := re.match(rf"(\s*){COMMENT}{profile}: (.*)", line):
            last = [found[1] + found[2]]
            continue
        yield from last
        last = [line]
    yield from last
