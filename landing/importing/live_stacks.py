"""Stacks and stack sets that another config has made: what this one can say of them stays ours."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

from landing.aws import Aws
from landing.blueprint import CONTEXT_PARAMETERS
from landing.core.keys import keys
from landing.core.model import ORGANIZATION, Address, Resource, Scope
from landing.importing.comparison import Compared, Sight
from landing.importing.draft import DraftBaseline, DraftStack, LeftOut
from landing.importing.live_stack_sets import OF_SERVICES, Wanted, tried
from landing.library import Library, shipped
from landing.organization import node_of
from landing.organization.resources import STACK, STACK_SET

Resolve = Callable[[Any], Any]
"""Ids in the places of tokens."""


def with_ours(aws: Aws, sight: Sight, found: Compared, folder: Path, *, left: list[LeftOut]) -> Compared:
    """With `baselines` and `stacks` for what an apply has made of such; the rest is let go of. All is read already."""
    aws = aws.with_names_of(found.written.organization)
    live = {address: each for address, each in sight.live.items() if each.owned and address.name not in OF_SERVICES}
    wanted = list(_with_blueprints([*_sets(aws, live), *stacks(aws.resolve, live, left)]))
    if not wanted:
        return found
    found, refused = tried(sight, found, wanted, folder)
    for each in wanted:
        what = STACK_SET if isinstance(each, DraftBaseline) else STACK
        if each.key in refused:
            left.append(LeftOut(f"{what}.{each.key}", f"let go of, since a config cannot say it: {refused[each.key]}"))
    return found


def _with_blueprints(wanted: list[Wanted]) -> Iterator[Wanted]:
    """Each with a file of its own, which no blueprint that ships has the name of."""
    shipping = {name.replace("_", "-") for name in Library.load(shipped()).blueprint_files}
    names = keys(((each.key, each.key, "") for each in wanted), "blueprint", shipping)
    yield from (replace(each, blueprint=names[each.key].replace("-", "_")) for each in wanted)


def _sets(aws: Aws, live: Mapping[Address, Resource]) -> Iterator[DraftBaseline]:
    for address, each in sorted(live.items()):
        if address.kind != STACK_SET or address.scope != ORGANIZATION or not _is_plain(each):
            continue
        targets, regions = each.attributes["targets"], each.attributes["regions"]
        places = [Address(STACK, address.name, Scope(aws.context.management, region)) for region in regions]
        yield DraftBaseline(
            key=address.name,
            nodes=(*map(node_of, targets["units"]), *(f"account/{key}" for key in targets["accounts"])),
            management=bool(places) and all(place in live for place in places),
            **_body(aws.resolve, each, regions),
        )


def stacks(resolve: Resolve, live: Mapping[Address, Resource], left: list[LeftOut]) -> Iterator[DraftStack]:
    """Plain stacks of ours, those of one key together: where they are alike, and in each region of each account."""
    sets = {address.name for address in live if address.kind == STACK_SET}
    found: dict[str, dict[Scope, Resource]] = {}
    for address, each in sorted(live.items()):
        if address.kind == STACK and address.name not in sets and _is_plain(each):
            found.setdefault(address.name, {})[address.scope] = each
    for key, sites in found.items():
        accounts, regions = sorted({each.account for each in sites}), sorted({each.region for each in sites})
        first = next(iter(sites.values()))
        alike = all(_made_of(each) == _made_of(first) for each in sites.values())
        if not alike or {*sites} != {Scope(*site) for site in product(accounts, regions)}:
            left.append(LeftOut(f"stack.{key}", "let go of: its stacks differ, or some are not there"))
            continue
        given = sorted({need.name for each in sites.values() for need in each.requires if need.kind == STACK})
        if given:
            why = "they are written as the values that they have now: give the references instead"
            left.append(LeftOut(f"outputs of {', '.join(given)} that stack.{key} is given", why))
        yield DraftStack(key=key, accounts=tuple(accounts), **_body(resolve, first, regions))


def _is_plain(each: Resource) -> bool:
    """Whether there is a template to write, of something that is there."""
    return "Resources" in (each.attributes.get("template") or {})


def _made_of(each: Resource) -> tuple[Any, Any]:
    return each.attributes["template"], each.attributes["parameters"]


def _body(resolve: Resolve, each: Resource, regions: list[str]) -> dict[str, Any]:
    template, given = _made_of(each)
    own = {name: value for name, value in resolve(given).items() if name not in CONTEXT_PARAMETERS}
    text = json.dumps(template, indent=2, ensure_ascii=False) + "\n"
    return {"blueprint": "", "template": text, "regions": tuple(sorted(regions)), "parameters": own}
