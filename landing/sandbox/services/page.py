"""`docs/sandbox.md`: what the sandbox supports, read off the classes of its services."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from landing.sandbox.protocol.model import method_name, service_model
from landing.sandbox.services import registry
from landing.sandbox.services.cloudformation import schema, types
from landing.sandbox.services.cloudformation.types.base import ResourceType
from landing.sandbox.services.service import OperationFunction, Service


def operations(service: Service[Any]) -> Iterator[tuple[str, OperationFunction]]:
    """The operations that a service answers itself, in the order of the model."""
    for name in service_model(service.name).operation_names:
        function = service.operation(method_name(name))
        if function is not None:
            yield name, function


def page() -> str:
    """The page."""
    services = [found for name in sorted(registry.SERVICES) if (found := registry.service(name))]
    own = [service for service in services if not service.extends]
    extended = [service for service in services if service.extends]
    rows = "\n".join(_type(kind) for kind in types.every())
    return f"""# What the sandbox supports

Requests are checked against botocore's models, decided by the policies of the caller, its organization and the
resource ([ADR 19](adr/0019-the-sandbox-authorizes.md)), and answered as the API references say. What is not listed
here is either [moto](https://github.com/getmoto/moto)'s, with whatever it lacks, or an error that says
`SandboxUnsupported`.

## Services of its own

Their other operations are unsupported.

{_services(own)}

## moto's services, corrected

The operations below are corrected or added; the others are moto's.

{_services(extended)}

## CloudFormation resource types

Other types are refused before anything is made, as are these properties.

| type | properties that are unsupported |
| --- | --- |
{rows}
"""


def _services(services: list[Service[Any]]) -> str:
    blocks = []
    for service in services:
        names = [name for name, _ in operations(service)]
        blocks.append(f"**{service.name}** ({len(names)}): {', '.join(names)}")
    return "\n\n".join(blocks)


def _type(kind: ResourceType) -> str:
    unsupported = sorted(schema.of(kind.name).properties - kind.properties)
    return f"| {kind.name} | {', '.join(unsupported)} |"


if __name__ == "__main__":
    sys.stdout.write(page())
