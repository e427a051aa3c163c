"""IAM Access Analyzer: analyzers, archive rules, and who outside can reach what (Access Analyzer API reference)."""

from __future__ import annotations

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.accessanalyzer import analyzers, archive, findings
from landing.sandbox.services.accessanalyzer.state import Place, invalid
from landing.sandbox.services.service import Service


class AccessAnalyzer(Service[Place]):
    """External access is found in buckets, roles, keys and topics; other findings and previews are unsupported."""

    name = "accessanalyzer"
    state_type = Place
    topics = (analyzers, archive, findings)

    def refuse_token(self) -> Refusal:
        """API reference, ValidationException."""
        return invalid("The pagination token is not valid.")
