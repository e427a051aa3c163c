"""The shipped policies with their parameters filled in, and an organization to test them in."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from landing.guardrails.suites import suite_of
from landing.library import Library, fill
from landing.policy.testing import Estate, Suite
from landing.report.guardrails import page
from tests.policy import external_access

HOME = Path(__file__).parents[2]
FOLDER, PAGE = HOME / "scps", HOME / "docs" / "guardrails.md"

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
        f"arn:aws:iam::*:role/{name}" for name in ("stacksets-exec-*", "OrganizationAccountAccessRole", "landing-*")
    ),
    admitted_roles=tuple(
        f"arn:aws:iam::*:role/{name}"
        for name in ("stacksets-exec-*", "OrganizationAccountAccessRole", "landing-*", "network-*")
    ),
    root_id="r-a1b2",
    unit_ids={
        "security": "ou-a1b2-secu0001",
        "workloads": "ou-a1b2-work0001",
        "workloads/prod": "ou-a1b2-prod0001",
        "sandbox": "ou-a1b2-sand0001",
    },
)


@cache
def library() -> Library:
    return Library.load(HOME)


def names() -> list[str]:
    return sorted(path.parent.name for path in FOLDER.glob("*/policy.json"))


@cache
def metadata(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((FOLDER / name / "metadata.yaml").read_text(encoding="utf-8"))
    return found


def suite(name: str, estate: Estate = ESTATE) -> Suite:
    """A shipped policy with the example value of each parameter that has one, else its default."""
    parameters = metadata(name).get("parameters") or {}
    given = {key: fill(spec["example"], estate.names) for key, spec in parameters.items() if "example" in spec}
    return suite_of(library().policies[name], estate, given)


def compact(name: str, estate: Estate = ESTATE) -> str:
    return json.dumps(suite(name, estate).policies[0].document, separators=(",", ":"))


def whole_page() -> str:
    """docs/guardrails.md."""
    return page(library().policies.values()) + external_access.table()


if __name__ == "__main__":  # python -m tests.policy.shipped
    PAGE.write_text(whole_page(), encoding="utf-8")
