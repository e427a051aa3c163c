"""AWS Firewall Manager: administrators of an organization, and their policies (Firewall Manager API reference)."""

from __future__ import annotations

from typing import ClassVar

from landing.sandbox.services.fms.state import TAGS, Place
from landing.sandbox.services.service import Service


class Fms(Service[Place]):
    """Policies are kept and checked; what they find, resource sets, lists and third-party firewalls are unsupported."""

    name = "fms"
    state_type = Place
    problem_error: ClassVar = {"code": "InvalidInputException"}
    token_error: ClassVar = {"code": "InvalidOperationException", "message": "The pagination token is not valid."}
    topics = (TAGS,)
