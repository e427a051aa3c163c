"""The shipped policies with their parameters filled in, and an organization to test them in."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from landing.policy.testing import Attached, Estate, Suite

FOLDER = Path(__file__).parents[2] / "scps"
LIMITS = {"SERVICE_CONTROL_POLICY": 10_240, "RESOURCE_CONTROL_POLICY": 5_120}

LOG_ARCHIVE, TOOLING, WORKLOAD, SANDBOX = "210000000001", "210000000002", "210000000003", "210000000004"
MANAGEMENT, PARTNER = "110000000001", "990000000009"
ESTATE = Estate(
    id="o-a1b2c3d4e5",
    management=MANAGEMENT,
    accounts={
        MANAGEMENT: (),
        LOG_ARCHIVE: ("security",),
        TOOLING: ("security",),
        WORKLOAD: ("workloads", "workloads/prod"),
        SANDBOX: ("sandbox",),
    },
    home_region="eu-central-1",
    governed_regions=("eu-central-1", "eu-west-1", "us-east-1"),
    roles={"log_archive": LOG_ARCHIVE, "security_tooling": TOOLING},
    exempt_roles=tuple(
        f"arn:aws:iam::*:role/{name}"
        for name in ("stacksets-exec-*", "OrganizationAccountAccessRole", "landing-*")
    ),
    root_id="r-a1b2",
    unit_ids={
        "security": "ou-a1b2-secu0001",
        "workloads": "ou-a1b2-work0001",
        "workloads/prod": "ou-a1b2-prod0001",
        "sandbox": "ou-a1b2-sand0001",
    },
)

_NAME = re.compile(r"\{\{\s*([a-z_]+)\s*\}\}")


def names() -> list[str]:
    return sorted(path.parent.name for path in FOLDER.glob("*/policy.json"))


@cache
def metadata(name: str) -> dict[str, Any]:
    return yaml.safe_load((FOLDER / name / "metadata.yaml").read_text(encoding="utf-8"))


def suite(name: str, estate: Estate = ESTATE) -> Suite:
    """A shipped policy, with the example value of each parameter that has one and else its default."""
    values = dict(estate.names)
    for parameter, spec in (metadata(name).get("parameters") or {}).items():
        values[parameter] = fill(spec.get("example", spec["default"]), estate.names)
    document = json.loads((FOLDER / name / "policy.json").read_text(encoding="utf-8"))
    attached = Attached(name, fill(document, values), metadata(name)["type"])
    return Suite(name, FOLDER / name / "cases.yaml", (attached,), values)


def compact(name: str, estate: Estate = ESTATE) -> str:
    return json.dumps(suite(name, estate).policies[0].document, separators=(",", ":"))


def fill(value: Any, values: dict[str, Any]) -> Any:
    """As the library fills documents: a list in the place of one item is spliced into the list around it."""
    if isinstance(value, dict):
        return {key: fill(item, values) for key, item in value.items()}
    if isinstance(value, list):
        return [filled for item in value for filled in _spread(item, values)]
    if not isinstance(value, str):
        return value
    whole = _NAME.fullmatch(value)
    return values[whole[1]] if whole else _NAME.sub(lambda match: str(values[match[1]]), value)


def _spread(item: Any, values: dict[str, Any]) -> list[Any]:
    lists = (
        [name for name in _NAME.findall(item) if isinstance(values[name], list)]
        if isinstance(item, str)
        else []
    )
    if not lists:
        return [fill(item, values)]
    return [fill(item, {**values, lists[0]: value}) for value in values[lists[0]]]
