"""What the sandbox adds to moto and corrects in it, and whether that is still needed and still works."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Literal

from botocore.exceptions import ClientError

from landing.sandbox import Sandbox
from landing.sandbox.moto import patches
from landing.sandbox.services import page, registry
from landing.sandbox.services.service import Probe, Service

MOTO = "5.2"
"""The minor version of moto that all of this was written for."""


@dataclass(frozen=True, slots=True)
class Correction:
    """One thing in which the sandbox is not moto."""

    kind: Literal["replaced", "extended", "refused", "patched"]
    service: str
    what: str
    """An operation, "*" for a whole service, or the attribute of moto's that is patched."""
    why: str


def table() -> list[Correction]:
    """Everything, in the order of the registry."""
    rows: list[Correction] = []
    for name in registry.SERVICES:
        service = _service(name)
        if not service.extends:
            rows.append(Correction("replaced", name, "*", _first_line(type(service))))
            continue
        rows += [
            Correction("extended", name, operation, _first_line(function))
            for operation, function in page.operations(service)
        ]
        rows += [
            Correction("refused", name, operation, "moto takes it for another operation")
            for operation in sorted(service.missing)
        ]
    rows += [Correction("patched", patch.name.split(".")[1], patch.name, patch.why) for patch in patches.PATCHES]
    return rows


def selftest(services: Iterable[str] = registry.SERVICES) -> list[str]:
    """What is wrong: corrections that moto has made superfluous, and corrections that do not work."""
    if not version("moto").startswith(f"{MOTO}."):
        return [f"moto is {version('moto')}; the corrections were written for {MOTO}"]
    wrong = []
    for name in services:
        service = _service(name)
        for operation, _ in page.operations(service) if service.extends else []:
            probe = service.probes.get(operation)
            wrong += _judged(f"{name}:{operation}", probe, registry.without(name, operation))
    for patch in patches.PATCHES:
        wrong += _judged(patch.name, patch.probe, patches.without(patch))
    return wrong


def _judged(name: str, probe: Probe | None, without: Any) -> list[str]:
    if probe is None:
        return [f"{name} has no probe"]
    if not _holds(probe):
        return [f"{name} is broken: the sandbox does not behave as its probe says"]
    with without:
        return [f"{name} is superfluous: moto behaves so by itself"] if _holds(probe) else []


def _holds(probe: Probe) -> bool:
    with Sandbox(organization=True) as sandbox:
        try:
            return probe(sandbox)
        except (ClientError, LookupError, ValueError):
            return False


def _service(name: str) -> Service[Any]:
    found = registry.service(name)
    assert found is not None
    return found


def _first_line(thing: Any) -> str:
    return (thing.__doc__ or "").strip().splitlines()[0]
