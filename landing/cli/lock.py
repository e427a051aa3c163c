"""The lock as the commands take it: on this machine, and in the bucket that the config names."""

from __future__ import annotations

import getpass
import os
import socket
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from landing.cli.clock import now

if TYPE_CHECKING:
    from landing.aws import Aws, ConditionalObject
    from landing.core.model import Diagnostic
    from landing.organization import LockPlace, Organization
    from landing.runs.lock import Holder


@contextmanager
def locked(
    operation: str, folder: Path, *, sandbox: bool, timeout: float
) -> Iterator[Callable[[Organization, Aws], None]]:
    """This machine is locked within the block, and from when the block calls what it is given, every machine.

    `folder`: what is kept beside the config. `timeout`: seconds to wait for other runs, in all. Raises LockHeld.
    """
    from landing.cli.output import note, warn
    from landing.core.text import safe
    from landing.runs.lock import FileLock, ObjectLock, Waiting

    holder, waiting = this_run(operation), Waiting(timeout, say=lambda text: note(safe(text)))
    with ExitStack() as held:

        def lock_everywhere(organization: Organization, aws: Aws) -> None:
            thing = shared(organization, aws, sandbox=sandbox)
            if thing is not None:
                held.enter_context(ObjectLock(thing, holder, waiting, warn))
                aws.tree.forget()  # what was read before may have been changed by the last holder

        held.enter_context(FileLock(folder, holder, waiting))
        yield lock_everywhere


def this_run(operation: str) -> Holder:
    """This process, with an ID of its own."""
    from landing.core.version import landing_version
    from landing.runs.lock import Holder

    return Holder(
        ID=str(uuid.uuid4()),
        Operation=operation,
        Who=f"{getpass.getuser()}@{socket.gethostname()}",
        Version=landing_version(),
        Created=now(),
        Info=f"process {os.getpid()}",
    )


def shared(organization: Organization, aws: Aws, *, sandbox: bool) -> ConditionalObject | None:
    """The object that the runs of all machines share, if there is one.

    The sandbox is this machine's own; before the first apply, the account of the bucket may not exist.
    """
    from landing.aws import ConditionalObject
    from landing.cli.output import note

    place = organization.lock
    if place is None or sandbox:
        return None
    if not _has_account(organization, aws, place):
        note(f"The account {place.account} of the lock {place.path} does not exist yet: only this machine is locked.")
        return None
    return ConditionalObject(aws, place)


def _has_account(organization: Organization, aws: Aws, place: LockPlace) -> bool:
    return place.account == organization.management or place.account in aws.tree.account_ids


def missing(organization: Organization, aws: Aws, *, sandbox: bool) -> list[Diagnostic]:
    """The lock that `apply` could not take, since its bucket does not exist; what cannot be seen is a warning.

    As for `shared`, the account of the bucket may be still to come.
    """
    from landing.aws import ConditionalObject, translated
    from landing.cli.output import warn
    from landing.core.errors import AwsError, ConfigError
    from landing.core.model import ORGANIZATION, Diagnostic

    place = organization.lock
    if place is None or sandbox:
        return []
    try:
        with translated(ORGANIZATION):
            there = _has_account(organization, aws, place)
        if not there or ConditionalObject(aws, place).has_bucket():
            return []
    except ConfigError:
        return []  # which account is meant is wrong already
    except AwsError as error:
        warn(f"whether the bucket of the lock {place.path} exists could not be seen: {error}")
        return []
    message = f"there is no bucket {place.bucket} for the lock in the account {place.account}"
    made = organization.pipeline and place.account == organization.management
    how = "run `landing bootstrap`, which makes it" if made else "create the bucket (`landing explain docs/locking.md`)"
    help_ = f"correct the name, or {how}"
    source = organization.sources.get("lock.bucket")
    return [Diagnostic("LZ502", message, source, help_, pointer=("lock", "bucket"), length=len(place.bucket))]
