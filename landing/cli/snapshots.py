"""The snapshot of AWS beside the run records: kept after each reading, brought up to date by each apply."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from landing.core.model import Change
    from landing.engine.snapshot import Snapshot
    from landing.organization import Organization


def keep(path: Path, snapshot: Snapshot) -> None:
    """Keep what was read; where nothing can be written, say so and go on."""
    from landing.cli.output import note
    from landing.core.errors import LandingError
    from landing.engine.snapshot import save

    try:
        save(snapshot, path)
    except (LandingError, OSError) as error:
        note(f"Note: no snapshot for --refresh=false: {error}")


def update(path: Path, done: Collection[Change]) -> None:
    """Put changes that were made into what is kept, if anything is."""
    from landing.cli.output import note
    from landing.core.errors import LandingError
    from landing.engine.snapshot import load

    if not path.exists() or not done:
        return
    try:
        keep(path, load(path).after(done))
    except LandingError as error:
        note(f"Note: {error}")


def of(organization: Organization, path: Path, account: str = "") -> Snapshot:
    """What is kept; raises LandingError when nothing is, WrongOrganization when it is another organization's.

    ConfigError when the config declares the id of an account that was not known then.

    `account`: where the credentials would lead, if that is known.
    """
    from landing.core.errors import ConfigError, WrongOrganization
    from landing.engine.snapshot import AGAIN, load

    found = load(path)
    expected = organization.accounts[organization.management].id
    why = found.contradiction(organization)
    if organization.id not in ("", found.organization_id) or expected not in ("", found.account):
        why = f"the config's is {organization.id or expected}"
    elif account not in ("", found.account):
        why = f"the profile or role leads to account {account}"
    if why:
        raise WrongOrganization(
            f"{path} is of organization {found.organization_id} (account {found.account}); {why}. {AGAIN}"
        )
    if problems := tuple(found.unheld(organization)):
        raise ConfigError(problems)
    return found
