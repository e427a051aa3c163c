"""`landing unlock`."""

from typing import TYPE_CHECKING

import click

from landing.cli.approval import ask
from landing.cli.session import Session, with_aws

if TYPE_CHECKING:
    from landing.aws import ConditionalObject
    from landing.runs.lock import Holder


@click.command
@with_aws
@click.argument("lock_id", metavar="[ID]", default="")
@click.option("--force", is_flag=True, help="Do not ask, and do not mind that the holder is alive on this machine.")
def command(*, session: Session, lock_id: str, force: bool) -> int:
    """Remove the lock of a run that has died, after showing who holds it and since when.

    With an ID, only the lock with that ID. A run that is still alive goes on without its lock, and says so in the end.
    The lock file of this machine needs no unlocking: it ends with its process.

    \b
      landing unlock
      landing unlock 4f1d9b4e-53a5-4c52-8f0a-4f3cf8f5c4a1
      landing unlock 4f1d9b4e-53a5-4c52-8f0a-4f3cf8f5c4a1 --force
    """
    from landing.cli.lock import shared
    from landing.cli.output import note
    from landing.core.errors import Refused
    from landing.core.text import safe
    from landing.runs.lock import living_holder

    organization, _ = session.organization()
    thing = None
    if organization.lock and not session.sandbox:
        thing = shared(organization, session.connect(organization, read_only=False), sandbox=session.sandbox)
    if thing is not None:
        return _unlock(thing, lock_id, living_holder(session.folder), force=force)
    alive = living_holder(session.folder)
    if alive is not None and lock_id not in ("", alive.ID):
        note("\n".join(map(safe, str(alive).splitlines())))
        raise Refused(f"The lock that is held is not {lock_id}. Nothing was removed.")
    note("No lock is held." if alive is None else f"{alive}\n\nThis lock is of this machine: it ends with its process.")
    return 0 if alive is None else 5


def _unlock(thing: "ConditionalObject", lock_id: str, alive: "Holder | None", *, force: bool) -> int:
    from landing.cli.output import note
    from landing.core.errors import Refused
    from landing.core.text import safe
    from landing.runs.lock import holder_of

    seen = thing.read()
    if seen is None:
        note(f"No lock is held at {thing.path}.")
        return 0
    holder = holder_of(seen[0])
    note("\n".join(map(safe, str(holder).splitlines())))
    if lock_id not in ("", holder.ID):
        raise Refused(f"The lock that is held is not {lock_id}. Nothing was removed.")
    if alive and alive.ID == holder.ID and not force:
        raise Refused(f"Its run is alive on this machine ({alive.Info}): stop that, or use --force.")
    if not force:
        ask(
            "A run that is still alive would no longer be alone. Do you want to remove the lock?",
            to="confirm",
            otherwise="Unlock cancelled. Nothing was removed.",
            without="--force",
        )
    if not thing.delete(seen[1]):
        raise Refused("The lock has changed hands meanwhile. Nothing was removed. Run landing unlock again to see it.")
    note(f"The lock {holder.ID} is removed.")
    return 0
