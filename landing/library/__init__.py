"""Blueprints and policies: those that ship and those beside the config."""

from __future__ import annotations

from landing.library.found import Library, shipped
from landing.library.placeholders import fill
from landing.library.policy import Policy

__all__ = ["Library", "Policy", "fill", "shipped"]
