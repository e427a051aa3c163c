"""Configs of any size, and the organizations that they mean."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from landing.config import load
from landing.library import Library, shipped
from landing.organization import Organization
from tests.samples import LIBRARY

REGIONS = (
    "eu-west-1", "us-east-1", "eu-central-1", "us-west-2", "eu-north-1", "ap-southeast-1", "ap-southeast-2",
    "ap-northeast-1", "us-east-2", "us-west-1", "eu-west-2", "eu-west-3", "ca-central-1", "sa-east-1", "ap-south-1",
    "ap-northeast-2", "ap-northeast-3", "eu-south-1", "eu-south-2", "eu-central-2",
)  # fmt: skip
ROLES = ("management", "log-archive", "security-tooling")
BRANCHING = 10
"""Units below one unit; two levels are enough for 110."""


@dataclass(frozen=True, slots=True)
class Size:
    """Accounts (those with a role among them), units, guardrails, governed regions; baselines 0 or 1."""

    accounts: int
    units: int = 10
    policies: int = 3
    regions: int = 2
    baselines: int = 0
    services: bool = False
    """Whether the organization-wide services are on."""
    by_region_group: bool = False
    """Whether each stack set is one for each group of regions, so that none holds too many stacks."""

    @property
    def text(self) -> str:
        """The config."""
        return "\n".join(_lines(self)) + "\n"

    def organization(self, folder: Path) -> Organization:
        """Write the config below a folder, and load it."""
        path = folder / "config"
        path.mkdir(exist_ok=True, parents=True)
        (path / "landing.yaml").write_text(self.text, encoding="utf-8")
        self.write_library(folder)
        return load(path, Library.load(shipped(), LIBRARY, folder))[0]

    def write_library(self, folder: Path) -> None:
        """The policies that the config names: each denies an action of its own."""
        for number in range(self.policies):
            home = folder / "scps" / f"rule-{number}"
            home.mkdir(parents=True, exist_ok=True)
            statement = {
                "Sid": f"Rule{number}",
                "Effect": "Deny",
                "Action": f"s3:DeleteBucket{number}*",
                "Resource": "*",
            }
            (home / "policy.json").write_text(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
            about = f"title: Rule {number}\ntype: SERVICE_CONTROL_POLICY\ndescription: Rule {number}\nseverity: low\n"
            (home / "metadata.yaml").write_text(about)


def unit_keys(size: Size) -> list[str]:
    """Keys of the units: ten of the first level, the others spread below them."""
    top = [f"unit-{number}" for number in range(min(size.units, BRANCHING))]
    below = [f"{top[number % len(top)]}/unit-{number}" for number in range(len(top), size.units)]
    return top + below


def _lines(size: Size) -> Iterator[str]:
    yield "organization:"
    yield "  name: simulated"
    yield "  home_region: eu-west-1"
    yield f"  governed_regions: [{', '.join(REGIONS[: size.regions])}]"
    if size.by_region_group:
        yield "  stack_sets_by_region_group: true"
    yield "roles: {management: management, log_archive: log-archive, security_tooling: security-tooling}"
    yield "units:"
    keys = unit_keys(size)
    for top in (key for key in keys if "/" not in key):
        children = [key.partition("/")[2] for key in keys if key.startswith(f"{top}/")]
        yield f"  {top}:"
        yield f"    name: {top}"
        if children:
            yield "    units:"
            yield from (f"      {child}: {{name: {child}}}" for child in children)
    yield "accounts:"
    yield "  management: {name: Management, unit: root}"
    for number in range(1, size.accounts):
        key = ROLES[number] if number < len(ROLES) else f"account-{number}"
        unit = keys[number % len(keys)]
        yield f"  {key}: {{name: {key}, email: {key}@example.com, unit: {unit}, tags: {{team: t{number % 50}}}}}"
    if size.policies:
        yield "guardrails:"
        yield from (f"  rule-{n}: {{target: {{units: [{keys[n % len(keys)]}]}}}}" for n in range(size.policies))
    if size.baselines:
        yield "baselines:"
        yield "  security-audit-role: {target: {units: [root]}, management: true}"
    if size.services:
        yield "services: {log_archive: {}, cloudtrail: {}, config: {}, guardduty: {}, security_hub: {}}"
