"""IAM Access Analyzer: analyzers, archive rules, and who outside can reach what (Access Analyzer API reference)."""

from __future__ import annotations

from typing import ClassVar

from landing.sandbox.services.accessanalyzer.analyzers import TAGS
from landing.sandbox.services.accessanalyzer.state import Place
from landing.sandbox.services.service import Service


class AccessAnalyzer(Service[Place]):
    """External access is found in buckets, roles, keys and topics; other findings and previews are unsupported."""

    name = "accessanalyzer"
    token_error: ClassVar = {**Service.token_error, "reason": "other"}
    state_type = Place
    topics = (TAGS,)
