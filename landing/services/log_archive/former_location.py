"""What stays where logs went, when they go elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from landing.blueprint.resource_names import LOG_KEY_ALIAS
from landing.core.model import Change
from landing.core.references import account_id
from landing.organization import Organization
from landing.services.log_archive.settings import LogArchiveSettings


def left_behind(organization: Organization, change: Change) -> Iterator[str]:
    """Where what was delivered stays, whose that is, and until when, where a change has another bucket."""
    before, after = ((side or {}).get("bucket", "") for side in (change.before, change.after))
    if not before or not after or before == after:
        return
    holder = next((key for key in organization.accounts if account_id(key) in before), "")
    if not holder:
        yield f"what was delivered stays in {before}, as long as its owner keeps it"
        return
    service = organization.service(LogArchiveSettings)
    days = f", which expires it after {service.settings.retention_days:,} days" if service else ""
    yield (
        f"what was delivered stays in {before}{days}, unless set otherwise there; bucket and key ({LOG_KEY_ALIAS}) "
        f"stay in {holder} until somebody deletes them there"
    )
