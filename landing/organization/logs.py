"""How policies name where logs go: buckets with all that they hold, and what they are encrypted with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from landing.blueprint.resource_names import LOG_BUCKETS


def bucket_patterns(purposes: Iterable[str], existing: Mapping[str, str]) -> list[str]:
    """Ours by what they are for, also those of before; then the names of others', with what is in them."""
    ours = [f"landing-{purpose}-*" for purpose in dict.fromkeys((*LOG_BUCKETS, *purposes))]
    return ours + [f"{name}{end}" for name in sorted({*existing.values()}) for end in ("", "/*")]


def key_aliases(key: str) -> list[str]:
    """Patterns of ours, and the alias of another's; a key that is named by its ARN has none that is known."""
    return ["alias/landing-*", *([key] if key.startswith("alias/") and not key.startswith("alias/landing-") else ())]
