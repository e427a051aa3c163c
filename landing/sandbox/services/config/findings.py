"""What a rule finds out about a resource, and where it looks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from landing.sandbox.world import World


@dataclass(frozen=True, slots=True)
class Finding:
    """The compliance of one resource."""

    kind: str
    resource: str
    compliance: str
    annotation: str = ""


@dataclass(frozen=True, slots=True)
class Site:
    """An account and Region in which a rule with its parameters looks."""

    world: World
    account: str
    region: str
    identifier: str
    parameters: Mapping[str, Any]
    thorough: bool


Evaluation = Callable[[Site], Iterator[Finding]]


def of_each(
    kind: str,
    things: Callable[[Site], Iterable[Any]],
    test: Callable[[Site, Any], bool | None],
    name: str = "id",
) -> Evaluation:
    """A rule about each resource of a type, which has its id in an attribute. None: the rule is not about this one."""

    def evaluation(site: Site) -> Iterator[Finding]:
        for thing in list(things(site)):
            compliant = test(site, thing)
            if compliant is not None:
                yield Finding(kind, getattr(thing, name), verdict(compliant))

    return evaluation


def of_account(test: Callable[[Site], bool], annotation: str = "") -> Evaluation:
    """A rule about the account as such. `annotation`: why it does not comply."""

    def evaluation(site: Site) -> Iterator[Finding]:
        compliant = test(site)
        yield Finding("AWS::::Account", site.account, verdict(compliant), "" if compliant else annotation)

    return evaluation


def verdict(compliant: bool) -> str:
    """COMPLIANT or NON_COMPLIANT."""
    return "COMPLIANT" if compliant else "NON_COMPLIANT"
