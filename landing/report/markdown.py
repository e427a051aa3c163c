"""Text from AWS and the config in Markdown: shown as it is, never read as markup, mention or link."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterable, Sequence

from landing.core.model import Source
from landing.core.text import safe

_PUNCTUATION = re.compile(r"[^\w\s]|_")


def code(text: object) -> str:
    """A name or value as code, in which forges neither mention people nor link issues; also good in a table's cell."""
    plain = safe(text)
    if plain and not plain.startswith(" ") and not plain.endswith(" ") and not set("|`\\") & set(plain):
        return f"`{plain}`"
    return f"<code>{entities(plain)}</code>"


def entities(text: object) -> str:
    """Every character that could mean something as a character reference."""
    return _PUNCTUATION.sub(lambda match: f"&#{ord(match[0])};", safe(text))


def tag(text: object) -> str:
    """A name within HTML tags, where Markdown is not read."""
    return f"<code>{html.escape(safe(text))}</code>"


def comment(text: object) -> str:
    """A name within an HTML comment, without what could end it; where that is another, a digest ends it."""
    name = str(text)
    shown = re.sub(r"[^\w.:/-]", "_", name).replace("--", "__")
    if shown == name and len(name) <= 64:
        return name
    return f"{shown[:47]}.{hashlib.sha256(name.encode(errors='surrogatepass')).hexdigest()[:16]}"


def at(sources: Sequence[Source]) -> str:
    """The config lines, the first in full."""
    if not sources:
        return ""
    first = f"{sources[0].file}:{sources[0].line}"
    return code(first) + (f" and {len(sources) - 1} more" if len(sources) > 1 else "")


def fence(lines: Iterable[str], language: str = "diff") -> str:
    """A block of code, fenced by more backticks than any line holds."""
    body = list(lines)
    ticks = "`" * max(3, 1 + max((len(run) for line in body for run in re.findall("`+", line)), default=0))
    return "\n".join([f"{ticks}{language}", *body, ticks])


def details(summary: str, body: str) -> str:
    """A folded part; `summary` is HTML."""
    return f"<details><summary>{summary}</summary>\n\n{body}\n\n</details>"
