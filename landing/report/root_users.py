"""What root users of members can sign in with: for people, for machines, for spreadsheets."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from landing.core.text import safe
from landing.report.drift_csv import harmless
from landing.report.markdown import code, entities
from landing.report.style import Style
from landing.services.root_users import NO_MFA, Member

COLUMNS = (
    "account", "id", "name", "unit", "password", "password_last_used", "access_keys", "access_keys_last_used",
    "mfa_devices", "signing_certificates", "not_read",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RootUsers:
    """The members that were looked at, and those that were left out: account keys with the reason."""

    members: Sequence[Member]
    left_out: Sequence[tuple[str, str]] = ()

    @property
    def having(self) -> list[Member]:
        """Those with credentials."""
        return [each for each in self.members if each.credentials is not None and each.credentials.exist]

    @property
    def unread(self) -> list[Member]:
        """Those that could not be read."""
        return [each for each in self.members if each.credentials is None]


def as_text(found: RootUsers, style: Style, *, limit: int) -> str:
    """Who has some, what was not read, and how many have none."""
    lines: list[str] = []
    having = found.having
    for member in having[: limit or None]:
        lines += [style.paint(_title(member), "bold"), *(f"  {safe(words)}" for words in _words(member)), ""]
    if limit and len(having) > limit:
        lines += [f"… and {len(having) - limit} more: --limit 0 shows all", ""]
    for member in found.unread[: limit or None]:
        lines += [f"{_title(member)}: not read: {safe(member.reason)}", ""]
    lines += [f"{safe(key)} is left out: {safe(why)}" for key, why in found.left_out]
    return style.page([*lines, verdict(found)])


def as_removal(found: RootUsers, style: Style) -> str:
    """What would be removed from whom, all of it, and what would not."""
    lines: list[str] = []
    for member in found.having:
        removed = (words for words in _words(member) if words != NO_MFA)
        lines += [
            f"{style.sign('-')} {style.paint(_title(member), 'bold')}",
            *(f"    - {safe(each)}" for each in removed),
        ]
    lines += [""] if lines else []
    lines += [f"{_title(member)}: not read, so nothing is removed: {safe(member.reason)}" for member in found.unread]
    lines += [f"{safe(key)} is left out: {safe(why)}" for key, why in found.left_out]
    number = len(found.having)
    rest = len(found.members) - number - len(found.unread)
    lines.append(f"Root credentials of {number} members to remove. {rest} have none.")
    return style.page(lines)


def verdict(found: RootUsers) -> str:
    """All of it in a line."""
    read = len(found.members) - len(found.unread)
    keys = sum(bool(each.credentials and each.credentials.keys) for each in found.members)
    bare = sum(NO_MFA in _words(each) for each in found.members)
    return (
        f"Root users: {len(found.having)} of {read} members have credentials · {keys} access keys · "
        f"{bare} a password without MFA · {len(found.unread)} not read"
    )


def as_json(found: RootUsers) -> str:
    """One document."""
    members = [
        {
            "account": each.account,
            "id": each.id,
            "name": each.name,
            "unit": each.unit,
            "credentials": None if each.credentials is None else asdict(each.credentials),
            "reason": each.reason,
        }
        for each in found.members
    ]
    left_out = [{"account": key, "reason": why} for key, why in found.left_out]
    return json.dumps({"members": members, "left_out": left_out}, indent=1) + "\n"


def as_csv(found: RootUsers) -> str:
    """A row for each member."""
    text = io.StringIO(newline="")
    rows = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    for each in found.members:
        rows.writerow(harmless(cell) for cell in _cells(each))
    return text.getvalue()


def as_markdown(found: RootUsers, *, limit: int) -> str:
    """A table of those that have some."""
    lines = [entities(verdict(found)), ""]
    if having := found.having:
        lines += ["| account | unit | credentials |", "|---|---|---|"]
        shown = having[: limit or None]
        lines += [
            f"| {code(each.account)} {entities(each.id)} | {code(each.unit)} | {entities(', '.join(_words(each)))} |"
            for each in shown
        ]
        lines += [f"\n… and {len(having) - len(shown)} more"] if len(shown) < len(having) else []
    lines += [f"- {code(each.account)} was not read: {entities(each.reason)}" for each in found.unread[: limit or None]]
    return "\n".join(lines) + "\n"


def _title(member: Member) -> str:
    known = "" if member.account == member.id else f" {member.id}"
    return safe(f"{member.account}{known} ({member.unit})")


def _words(member: Member) -> Iterator[str]:
    if member.credentials is not None:
        yield from member.credentials.words


def _cells(member: Member) -> Iterator[object]:
    yield from (member.account, member.id, member.name, member.unit)
    found = member.credentials
    if found is None:
        yield from ("", "", "", "", "", "", member.reason)
        return
    yield from ("yes" if found.password else "no", found.password_last_used)
    yield " ".join(key.id for key in found.keys)
    yield " ".join(key.last_used or "unknown" for key in found.keys)
    yield from (" ".join(found.mfa_devices), " ".join(found.certificates), "")
