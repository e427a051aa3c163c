"""What pages of HTML have in common: nothing is loaded, and nothing that AWS says is taken for HTML."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from landing.core.text import safe

TEMPLATES = Path(__file__).parent / "templates"


def environment() -> Environment:
    """Everything that is put out is escaped for HTML, and control characters are made visible before that."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        finalize=lambda value: value if isinstance(value, Markup) else safe(value),
    )


def asset(name: str) -> Markup:
    """A style sheet or script of ours."""
    return Markup((TEMPLATES / name).read_text(encoding="utf-8"))  # noqa: S704  # our own file, without any input


def content_policy(css: str, script: str = "") -> str:
    """Nothing may be loaded, and only our own style and script run: their hashes are named."""
    scripts = f"script-src '{_hash(script)}'; " if script else ""
    return f"default-src 'none'; {scripts}style-src '{_hash(css)}'; img-src data:; base-uri 'none'; form-action 'none'"


def _hash(text: str) -> str:
    return "sha256-" + b64encode(hashlib.sha256(text.encode()).digest()).decode()
