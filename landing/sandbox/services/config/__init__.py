"""AWS Config: recorders, rules, conformance packs, aggregators, queries (Developer Guide and API reference)."""

from __future__ import annotations

from landing.sandbox.protocol.constraints import Problem
from landing.sandbox.protocol.refusal import Refusal
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
        tags,
    )

    def refuse_problem(self, problem: Problem) -> Refusal:
        """API reference, ValidationException."""
        return Refusal("ValidationException", str(problem))

    def refuse_token(self) -> Refusal:
        """API reference, InvalidNextTokenException."""
        return Refusal("InvalidNextTokenException", "The specified next token is not valid.")
