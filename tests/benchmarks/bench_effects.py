"""Seconds for the effects of a plan that changes forty policies."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import yaml

from landing.config import load
from landing.core.model import Resource
from landing.engine.observe import Observation, desired_of
from landing.engine.plan import Origin, make
from landing.guardrails.effects import NOT_WORKED_OUT, effects
from landing.guardrails.transition import sentences
from landing.library import Library, shipped
from landing.organization import Organization

TOP = Path(__file__).parents[2]
COPIES = [
    "deny-leave-organization",
    "deny-all-suspended",
    "deny-root-user",
    "deny-public-s3",
    "deny-public-sharing",
    "deny-iam-users",
    "require-encryption",
    "require-imdsv2",
    "protect-cloudtrail",
    "protect-config",
]
"""Shipped policies that are attached a second and third time under other names."""
PLACES = ("security", "infrastructure", "sandbox", "workloads/prod", "workloads/nonprod", "suspended")


def figures() -> Iterator[tuple[str, str]]:
    """What forty changed policies do, all of them at once."""
    with tempfile.TemporaryDirectory() as folder:
        organization = larger(Path(folder))
    desired = desired_of(organization)
    live = {address: edited(resource) for address, resource in desired.items()}
    changes = make(Observation(desired, live, ()), Origin()).changes
    ids = {key: f"{number:012}" for number, key in enumerate(organization.accounts, 100000000000)}
    started = time.process_time()
    told = effects(organization, live, changes, ids).sentences
    seconds = time.process_time() - started
    whole = sum(NOT_WORKED_OUT not in words for words in told.values())
    yield f"effects of {len(changes)} changed policies ({whole} worked out), CPU", f"{seconds:.1f} s"
    started = time.process_time()
    sentences(organization, live, changes, ids)
    yield "what passes on the way there, CPU", f"{time.process_time() - started:.1f} s"


def larger(folder: Path) -> Organization:
    """The shipped config with copies of its guardrails, forty in all."""
    shutil.copytree(TOP / "config", folder / "config")
    path = folder / "config" / "guardrails.yaml"
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    for number in range(40 - len(document["guardrails"])):
        name, place = COPIES[number % len(COPIES)], PLACES[number % len(PLACES)]
        shutil.copytree(TOP / "scps" / name, folder / "scps" / f"{name}-{number}")
        entry = {**document["guardrails"].get(name, {}), "target": {"units": [place]}}
        document["guardrails"][f"{name}-{number}"] = entry
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    organization, _ = load(folder / "config", Library.load(shipped(), folder))
    return organization


def edited(resource: Resource) -> Resource:
    """As somebody left it who narrowed the first statement by hand."""
    if resource.address.kind != "policy":
        return resource
    document = deepcopy(resource.attributes["content"])
    first = document["Statement"][0]
    first.pop("NotResource", None)
    first["Resource"] = "arn:aws:s3:::nothing"
    return replace(resource, attributes={**resource.attributes, "content": document})
