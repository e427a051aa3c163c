"""Amazon Inspector: scans of an account, an organization's administrator and members (Inspector API reference)."""

from __future__ import annotations

from typing import ClassVar

from landing.sandbox.services.inspector.administration import ADMINISTRATOR
from landing.sandbox.services.inspector.members import MEMBERS
from landing.sandbox.services.inspector.state import Place
from landing.sandbox.services.service import Service


class Inspector(Service[Place]):
    """Scans are switched on by type; findings, coverage, scans of CIS themselves and reports are unsupported."""

    name = "inspector2"
    token_error: ClassVar = {**Service.token_error, "reason": "FIELD_VALIDATION_FAILED"}
    state_type = Place
    topics = (ADMINISTRATOR, MEMBERS)
