"""Blueprints, policies and playbooks: those that ship and those beside the config.

Here belongs what a folder in `scps/` or `playbooks/` and a file in `blueprints/` may hold. Imported by `services` and
all above. Begin with `found`.
"""

from __future__ import annotations

from landing.library.found import Library, shipped
from landing.library.placeholders import fill
from landing.library.playbook import Playbook
from landing.library.policy import Policy

__all__ = ["Library", "Playbook", "Policy", "fill", "shipped"]
