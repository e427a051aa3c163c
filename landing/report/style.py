"""Text for terminals: colours where they are wanted, and nothing that AWS says may steer the terminal."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from landing.core.references import outputs_in
from landing.core.text import safe

_ASCII = str.maketrans(
    {"·": ",", "…": "...", "×": "x", "→": "->", "✓": "ok", "✗": "x", "●": "*", "○": "o", "│": "|", "–": "-", "—": "-"}
)
_CODES = {"red": 31, "green": 32, "yellow": 33, "cyan": 36, "bold": 1, "dim": 2}

SIGNS = {"create": "+", "update": "~", "delete": "-", "adopt": "=", "forget": "."}
_SIGN_COLOURS = {"+": "green", "~": "yellow", "-": "red", "=": "cyan", ".": "yellow"}


@dataclass(frozen=True, slots=True)
class Style:
    """How to write for one stream."""

    colour: bool = False
    ascii: bool = False
    width: int = 100
    """Columns of the terminal; prose is wrapped to it, lines of data never are."""

    def paint(self, text: str, *names: str) -> str:
        """The text in the named colours."""
        if not self.colour:
            return text
        return "".join(f"\x1b[{_CODES[name]}m" for name in names) + text + "\x1b[0m"

    def sign(self, sign: str) -> str:
        """A plan symbol in its colour."""
        return self.paint(sign, _SIGN_COLOURS[sign]) if sign in _SIGN_COLOURS else sign

    def prose(self, text: str, indent: str = "") -> list[str]:
        """Sentences as lines of at most the width."""
        return textwrap.wrap(
            text,
            max(20, self.width),
            initial_indent=indent,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )

    def page(self, lines: Iterable[str]) -> str:
        """The lines as text that the stream can show: in ASCII alone where it knows no more."""
        return self.plain("\n".join(lines) + "\n")

    def plain(self, text: str) -> str:
        """The text in characters that the stream has."""
        return text.translate(_ASCII).encode("ascii", "backslashreplace").decode("ascii") if self.ascii else text


SHORT = 120
"""Characters of a value."""


def shown(value: Any, limit: int = SHORT) -> str:
    """A value as Terraform writes it: strings quoted, documents as JSON on one line; cut at `limit` characters, 0: not.

    Of a policy or a template it is said what it has; an output of a stack is known only when it is sent.
    """
    if isinstance(value, str) and outputs_in(value):
        text = f"(known after apply: {value})"
    elif isinstance(value, str):
        text = json.dumps(value, ensure_ascii=False)
    elif isinstance(value, Mapping) and value:
        text = _document(value) or json.dumps(value, ensure_ascii=False, default=dict)
    else:
        text = json.dumps(value, ensure_ascii=False, default=dict)
    text = safe(text)
    return text if not limit or len(text) <= limit else text[: limit - 1] + "…"


def _document(value: Mapping[str, Any]) -> str:
    """A policy or template in a few words."""
    statements, resources = value.get("Statement"), value.get("Resources")
    if isinstance(statements, list):
        names = [str(part.get("Sid") or part.get("Effect")) for part in statements if isinstance(part, Mapping)]
        return f"(policy, {len(statements)} statement{'s' * (len(statements) != 1)}: {', '.join(names)})"
    if isinstance(resources, Mapping):
        kinds = sorted({str(part.get("Type")) for part in resources.values() if isinstance(part, Mapping)})
        return f"(template, {len(resources)} resource{'s' * (len(resources) != 1)}: {', '.join(kinds)})"
    return ""
