"""`docs/services.md`: what each service is, as it is declared."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from landing.core.vocabulary import Schema
from landing.services.registry import SERVICES
from landing.services.service import Service

HEAD = """# Services

Made by `python -m landing.services.page` from the declarations in `landing/services/`; a test keeps it so. What each
kind calls is in [permissions.md](permissions.md). In a governed region that AWS does not have a service in, it is left
out, and `validate` says so.
"""


def page() -> str:
    """The page, in Markdown."""
    return HEAD + "".join("\n" + "\n".join(_section(service)) + "\n" for service in SERVICES)


def _section(service: Service) -> Iterator[str]:
    key = f"`services.{service.key}`" if service.settings else "always there"
    yield f"## {service.title} ({key})\n"
    if service.settings:
        yield f"{service.schema['description']}\n"
    if service.cost:
        yield f"Cost: {service.cost}\n"
    for words, values in (
        ("Trusted access", service.trusted),
        ("Administered by the security tooling account (RegisterDelegatedAdministrator)", service.delegated),
        ("Blueprints", tuple(row.blueprint for row in service.blueprints)),
        ("Controls", service.controls),
    ):
        if values:
            yield f"{words}: {', '.join(f'`{value}`' for value in values)}\n"
    if service.delivery:
        yield f"Delivers to the log archive, in a bucket for `{service.delivery.purpose}`.\n"
    if service.settings:
        yield "| setting | default | |\n|---|---|---|"
        yield from _rows(service.schema)
        yield ""
    if service.kinds:
        yield "| kind | |\n|---|---|"
        yield from (f"| `{kind.name}` | [{kind.title}]({kind.help_uri}) |" for kind in service.kinds)
        yield ""
    yield f"AWS: <{service.docs}>"


def _rows(schema: Schema, prefix: str = "") -> Iterator[str]:
    for name, part in schema["properties"].items():
        default = f"`{_plain(part['default'])}`" if "default" in part else ""
        yield f"| `{prefix}{name}` | {default} | {_described(part)} |"
        items = part.get("additionalProperties")
        if isinstance(items, dict) and "properties" in items:
            yield from _rows(items, f"{prefix}{name}.KEY.")
        elif "properties" in part:
            yield from _rows(part, f"{prefix}{name}.")


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _described(part: Schema) -> str:
    choices = part.get("enum", ())
    words = [part.get("description", "")]
    if 0 < len(choices) <= 6:
        words.append("One of " + ", ".join(f"`{choice}`" for choice in choices) + ".")
    return " ".join(filter(None, words)).replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(page())
