"""Questions about accounts that several services ask: does it exist, is it usable, where does it belong?"""

from __future__ import annotations

from collections.abc import Mapping

from landing.sandbox.call import Call
from landing.sandbox.world import World


def is_usable(world: World, account: str) -> bool:
    """Whether the account exists and AWS lets it work."""
    return account in world.administrators


def allows_root_sessions(call: Call, account: str) -> bool:
    """Whether the caller may act as root of a member account."""
    return is_usable(call.world, account) and account != call.account


def organization_context(world: World, account: str) -> Mapping[str, str]:
    """The condition keys that say to which organization an account belongs."""
    return {}
