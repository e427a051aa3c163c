"""`landing root`."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

import click

from landing.cli.approval import ask
from landing.cli.config_names import accounts, completed, units
from landing.cli.progress import reading
from landing.cli.session import Session, with_aws
from landing.report import formats

if TYPE_CHECKING:
    from landing.aws import Aws
    from landing.organization import Organization
    from landing.report.root_users import RootUsers
    from landing.services.root_users import Member

LEAVE = "delete-root-credentials"
IN_PART = 4
"""Exit code: some of it is done."""


@click.command
@with_aws
@click.option("--account", "keys", multiple=True, metavar="KEY", shell_complete=completed(accounts),
              help="This member alone, by its key or id; repeatable.")  # fmt: skip
@click.option("--unit", "places", multiple=True, metavar="KEY", shell_complete=completed(units),
              help="The members in this unit and below, `root` for all; repeatable.")  # fmt: skip
@click.option("--remove", is_flag=True, help="Remove what is found, from the members that are named.")
@click.option("--allow", multiple=True, type=click.Choice([LEAVE]), help="What --remove may do.")
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
@click.option("--resume", is_flag=True, help="Go on with a report that was cut off, without what it has read.")
@click.option("--parallelism", default=10, show_default=True, help="Members at once.")
@click.option("--limit", default=200, show_default=True, help="Members to show; 0 for all.")
@click.option("--lock-timeout", default=0.0, metavar="SECONDS", help="How long --remove waits for an apply to end.")
@click.option("--format", "form", type=click.Choice(formats.names("root")), default="text", show_default=True)
def command(
    *,
    session: Session,
    keys: tuple[str, ...],
    places: tuple[str, ...],
    remove: bool,
    allow: tuple[str, ...],
    auto_approve: bool,
    resume: bool,
    parallelism: int,
    limit: int,
    lock_timeout: float,
    form: str,
) -> int:
    """Report what root users of members can sign in with: password, access keys, signing certificates, MFA devices.

    Each member is entered for that alone (sts:AssumeRoot), which `services.root_access` with its sessions makes
    possible. Nothing is changed without --remove, and never anything of the management account.

    \b
      landing root
      landing root --unit workloads --format csv
      landing root --remove --account acquired --allow delete-root-credentials
    """
    from landing.cli.output import result, style_of
    from landing.report.formats import View

    if remove and not (keys or places):
        raise click.UsageError("--remove wants to know of whom: give --account or --unit")
    if remove and (resume or form != "text"):
        raise click.UsageError("--remove looks at everything anew, and shows text: leave out --resume and --format")
    if not remove and (allow or auto_approve):
        raise click.UsageError("--allow and --auto-approve are for --remove")
    organization, _ = session.organization()
    if remove:
        return _removed(
            session, organization, keys, places, auto=auto_approve, allowed=bool(allow), workers=parallelism,
            limit=limit, timeout=lock_timeout,
        )  # fmt: skip
    from landing.services.root_users import READS

    aws = session.connect(organization, read_only=True, besides=READS, at_once=parallelism)
    found = _looked(session, organization, aws, keys, places, resume=resume, workers=parallelism)
    result(formats.shown("root", form, found, view=View(style=style_of(sys.stdout), limit=limit)))
    session.note_calls(aws)
    return 3 if found.unread else 0


def _looked(
    session: Session,
    organization: Organization,
    aws: Aws,
    keys: tuple[str, ...],
    places: tuple[str, ...],
    *,
    resume: bool,
    workers: int,
) -> RootUsers:
    """The report, which is kept on disk as it grows."""
    from dataclasses import replace

    from landing.cli.output import note
    from landing.report.root_users import RootUsers
    from landing.runs.root_report import RootReport
    from landing.services.root_users import examine

    _refuse_without_sessions(aws)
    members, left_out = _members(organization, aws, keys, places)
    description = aws.tree.description or {}
    kept = RootReport(session.folder, str(description.get("Id", "")), sandbox=session.sandbox)
    known = kept.resume() if resume else {}
    if not known:
        kept.begin()
    elif resume:
        note(f"{sum(each.id in known for each in members)} of {len(members)} members were read before.")
    there = [replace(each, credentials=known[each.id]) for each in members if each.id in known]
    asked = [each for each in members if each.id not in known]
    with reading(aws) as show:
        done = len(there)

        def seen(member: Member) -> None:
            nonlocal done
            done += 1
            kept.add(member)
            show(done, len(members), member.account)

        found = examine(aws, asked, seen, workers=workers)
    report = RootUsers(sorted([*there, *found], key=lambda each: (each.unit, each.account)), left_out)
    if not report.unread:
        kept.end()
    return report


def _removed(
    session: Session,
    organization: Organization,
    keys: tuple[str, ...],
    places: tuple[str, ...],
    *,
    auto: bool,
    allowed: bool,
    workers: int,
    limit: int,
    timeout: float,
) -> int:
    """Shown, allowed, asked for, removed, and looked at again."""
    from landing.cli.lock import locked
    from landing.cli.output import note, result, style_of
    from landing.core.errors import Refused
    from landing.core.text import safe
    from landing.report.root_users import RootUsers, as_removal, as_text
    from landing.services.root_users import examine
    from landing.services.root_users import remove as remove_credentials

    style = style_of(sys.stdout)
    with locked("root", session.folder, sandbox=session.sandbox, timeout=timeout) as lock_everywhere:
        aws = session.connect(organization, read_only=False, at_once=workers)
        lock_everywhere(organization, aws)
        _refuse_without_sessions(aws)
        members, left_out = _members(organization, aws, keys, places)
        with reading(aws) as show:
            done = iter(range(1, len(members) + 1))
            found = examine(aws, members, lambda each: show(next(done), len(members), each.account), workers=workers)
        report = RootUsers(found, left_out)
        result(as_removal(report, style))
        sys.stdout.flush()
        if not report.having:
            session.note_calls(aws)
            return 3 if report.unread else 0
        if not allowed:
            raise Refused(
                f"root users of {len(report.having)} members would lose their credentials, and only the recovery of a "
                f"password makes new ones. Allow it with --allow {LEAVE}"
            )
        if not auto:
            ask(
                "Do you want to remove these credentials?",
                to="approve",
                otherwise="Nothing was removed.",
                without="--auto-approve",
            )
        after = remove_credentials(aws, report.having, lambda each: note(f"{safe(each.account)}: {_told(each)}"),
                                   workers=workers)  # fmt: skip
        left = RootUsers(after)
        if left.having or left.unread:
            result(as_text(left, style, limit=limit))
        gone = len(after) - len(left.having) - len(left.unread)
        result(f"Removed the root credentials of {gone} of {len(after)} members.\n")
        session.note_calls(aws)
        if left.having or left.unread:
            return IN_PART
        return 3 if report.unread else 0


def _told(member: Member) -> str:
    from landing.core.text import safe

    if member.credentials is None:
        return f"not removed: {safe(member.reason)}"
    return "still has credentials" if member.credentials.exist else "has no root credentials any more"


def _refuse_without_sessions(aws: Aws) -> None:
    from landing.core.errors import Refused
    from landing.services.root_users import sessions_are_on

    if not sessions_are_on(aws):
        raise Refused(
            "root sessions are not on in this organization. Put `root_access: {sessions: true}` under services, and "
            "apply"
        )


def _members(
    organization: Organization, aws: Aws, keys: tuple[str, ...], places: tuple[str, ...]
) -> tuple[list[Member], list[tuple[str, str]]]:
    """The members that are meant, and those of them that cannot be entered: account keys with the reason."""
    from landing.core.errors import Refused
    from landing.core.spelling import nearest
    from landing.services.root_users import Member

    live = {**{each.id: each for each in aws.tree.accounts.values()}, **aws.tree.accounts}
    known_units = {"root", *aws.tree.units}
    for key in keys:
        if key not in live:
            hint = nearest(key, aws.tree.accounts, "give a key or an id")
            raise click.UsageError(f"there is no account {key!r}: {hint}")
        if live[key].key == organization.management:
            raise Refused(f"{key} is the management account, of whose root user nothing is read or removed from here")
    for place in places:
        if place not in known_units:
            hint = nearest(place, known_units, "give the key of a unit")
            raise click.UsageError(f"there is no unit {place!r}: {hint}")
    meant = partial(_is_in, places)
    named = {live[key].id for key in keys}
    members, left_out = [], []
    for key, each in sorted(aws.tree.accounts.items()):
        if key == organization.management or not (each.id in named or meant(each.unit) or not (keys or places)):
            continue
        if each.state == "ACTIVE":
            members.append(Member(key, each.id, each.name, each.unit))
        else:
            left_out.append((key, f"it is {each.state}"))
    return members, left_out


def _is_in(places: tuple[str, ...], unit: str) -> bool:
    return any(place in ("root", unit) or unit.startswith(f"{place}/") for place in places)
