"""AWS Config: recorders, rules, conformance packs, aggregators, queries (Developer Guide and API reference)."""

from __future__ import annotations

from typing import ClassVar

from landing.sandbox.services.config.state import Here
from landing.sandbox.services.config.tags import TAGS
from landing.sandbox.services.service import Service


class Config(Service[Here]):
    """One recorder and one delivery channel for an account and Region; everything else needs them."""

    name = "config"
    token_error: ClassVar = {"code": "InvalidNextTokenException", "message": "The specified next token is not valid."}
    state_type = Here
    topics = (TAGS,)
