"""Amazon Inspector: scans of an account, an organization's administrator and members (Inspector API reference)."""

from __future__ import annotations

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.inspector import administration, configuration, members, scans
from landing.sandbox.services.inspector.state import Place
from landing.sandbox.services.service import Service


class Inspector(Service[Place]):
    """Scans are switched on by type; findings, coverage, filters and reports are unsupported."""

    name = "inspector2"
    state_type = Place
    topics = (administration.ADMINISTRATOR, administration, configuration, members, scans)

    def refuse_token(self) -> Refusal:
        """API reference, ValidationException."""
        return Refusal("ValidationException", "The pagination token is not valid.", reason="FIELD_VALIDATION_FAILED")
