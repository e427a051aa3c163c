"""`docs/services.md`: what each service is, as it is declared."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from landing.core.constraints import principals as known
from landing.core.vocabulary import Schema
from landing.services.registry import SERVICES
from landing.services.service import Service

HEAD = """# Services

Made by `python -m landing.services.page` from the declarations in `landing/services/`; a test keeps it so. What each
kind calls is in [permissions.md](permissions.md). In a governed region that AWS does not have a service in, it is left
out, and `validate` says so.
"""


TRUSTED = """
## Others, by trusted access (`organization.trusted_access`)

```yaml
organization:
  trusted_access:
    ram: {}
    backup: {administrator: security-tooling}
    health: {administrator: [security-tooling, payments-prod]}
```

Trusted access is given by the call that AWS documents for the service, and is never withdrawn; an administrator is
registered with AWS Organizations, and never dismissed. What a service needs that stands under `services` comes with it.

| name | service principal | administrators | |
|---|---|---|---|
"""


def page() -> str:
    """The page, in Markdown."""
    sections = "".join("\n" + "\n".join(_section(service)) + "\n" for service in SERVICES)
    return HEAD + sections + TRUSTED + "".join(f"{row}\n" for row in _trusted())


def _trusted() -> Iterator[str]:
    calls = {
        known.STACKSETS: "cloudformation:ActivateOrganizationsAccess",
        known.RAM: "ram:EnableSharingWithAwsOrganization",
    }
    calls[known.HEALTH] = "health:EnableHealthServiceAccessForOrganization"
    for name, principal in sorted(known.PRINCIPALS.items()):
        most: int | str = known.SERVICES[principal]
        if principal in known.APPOINTED_BY:
            most = f"by `{known.APPOINTED_BY[principal]}`"
        words = [f"Switched on by `{calls[principal]}`." if principal in calls else ""]
        words.append("Its own console alone switches it on." if principal in known.BY_CONSOLE else "")
        words.append(f"Also: {known.ALSO_NEEDED[principal]}." if principal in known.ALSO_NEEDED else "")
        yield f"| `{name}` | `{principal}` | {most} | {' '.join(filter(None, words))} |"


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
            named = (
                f"`{value}`{' (where the settings need it)' * (value in service.trusted_where)}" for value in values
            )
            yield f"{words}: {', '.join(named)}\n"
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
    """The settings; those of which nothing is said, all of one, are told by the one above them."""
    parts = schema["properties"]
    if not any(each.keys() & {"description", "default", "enum"} for each in parts.values()):
        return
    for name, part in parts.items():
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
