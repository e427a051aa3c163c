"""Amazon Macie: sessions, an organization's administrator and members, discovery, export (Macie API reference)."""

from __future__ import annotations

from landing.sandbox.services.macie.administration import ADMINISTRATOR
from landing.sandbox.services.macie.members import MEMBERS, TAGS
from landing.sandbox.services.macie.state import Place
from landing.sandbox.services.service import Service


class Macie(Service[Place]):
    """Enabled account by account, Region by Region; findings and sending invitations are unsupported."""

    name = "macie2"
    state_type = Place
    topics = (ADMINISTRATOR, MEMBERS, TAGS)
