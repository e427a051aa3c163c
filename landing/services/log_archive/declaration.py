"""What the log archive is made of: a blueprint, and checks of what others have made for it."""

from __future__ import annotations

from landing.services.log_archive.destination import LogDestination
from landing.services.log_archive.settings import LogArchiveSettings
from landing.services.service import HOME, Service, ServiceBlueprint

SERVICE = Service(
    key="log_archive",
    title="Log archive",
    settings=LogArchiveSettings,
    kinds=(LogDestination(),),
    blueprints=(ServiceBlueprint("log-archive", "log_archive", HOME, role="log_archive"),),
    cost="S3 storage and requests, and one KMS key.",
    docs="https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html",
)
