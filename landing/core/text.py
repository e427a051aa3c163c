"""Text that is not ours, from AWS or the config, made harmless for terminals and files."""

from __future__ import annotations

import re
from collections.abc import Sequence

_HOSTILE = re.compile(
    r"[\x00-\x08\x0a-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff"
    r"\ud800-\udfff\U000e0000-\U000e007f]|(?<=#)#(?=\[|vso\[)"
)
"""Control characters, bidi marks, what is invisible, and what no file may hold (lone surrogates, non-characters).

And what GitHub's runner, and that of Azure, take for a command wherever it stands in a line of a log: `##[`, `##vso[`.
"""


def safe(text: object) -> str:
    """Text from AWS or the config with control characters, bidi marks and line breaks made visible."""
    return _HOSTILE.sub(lambda match: _visible(match[0]), str(text))


def few(names: Sequence[str], most: int = 3) -> str:
    """The first of several names, and how many more there are."""
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _visible(character: str) -> str:
    return r"\x23" if character == "#" else character.encode("unicode_escape").decode()
