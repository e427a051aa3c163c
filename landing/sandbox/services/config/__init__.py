"""AWS Config: recorders, rules, conformance packs, aggregators, queries (Developer Guide and API reference)."""

from __future__ import annotations

from typing import ClassVar

from landing.sandbox.services.config import (
    aggregates,
    aggregators,
    channels,
    compliance,
    organization,
    organization_status,
    packs,
    queries,
    recorders,
    remediation,
    resources,
    rules,
    tags,
)
from landing.sandbox.services.config import state as state_module
from landing.sandbox.services.service import Service


class Config(Service[state_module.Here]):
    """One recorder and one delivery channel for an account and Region; everything else needs them."""

    name = "config"
    token_error: ClassVar = {"code": "InvalidNextTokenException", "message": "The specified next token is not valid."}
    state_type = state_module.Here
    topics = (
        recorders,
        channels,
        rules,
        compliance,
        packs,
        organization,
        organization_status,
        aggregators,
        aggregates,
        resources,
        queries,
        remediation,
        tags.TAGS,
    )
