"""The parts of the config's schema that the kinds bring."""

from __future__ import annotations

from landing.config.schema import Schema
from landing.kinds import KINDS

SERVICE_SCHEMAS: dict[str, Schema] = {name: dict(schema) for kind in KINDS for name, schema in kind.schema.items()}
