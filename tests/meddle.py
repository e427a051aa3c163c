"""Changes something in the sandbox behind the tool's back, as a person with too many rights would."""

from __future__ import annotations

import os
from pathlib import Path

import boto3

from landing.blueprint.resource_names import TRAIL
from landing.cli.session import sandbox_of
from landing.sandbox.endpoint.process import env
from landing.sandbox.world.home import Home


def main() -> None:
    os.environ.update(env(Home(sandbox_of(Path("config")))))
    boto3.client("cloudtrail", region_name="eu-west-1").stop_logging(Name=TRAIL)
    organizations = boto3.client("organizations")
    root = organizations.list_roots()["Roots"][0]["Id"]
    workloads = _unit(organizations, root, "Workloads")
    attached = organizations.list_policies_for_target(TargetId=workloads, Filter="SERVICE_CONTROL_POLICY")["Policies"]
    guardrail = next(policy["Id"] for policy in attached if policy["Name"] == "require-encryption")
    organizations.detach_policy(PolicyId=guardrail, TargetId=workloads)


def _unit(organizations: object, parent: str, name: str) -> str:
    listed = organizations.list_organizational_units_for_parent(ParentId=parent)["OrganizationalUnits"]  # type: ignore[attr-defined]
    return next(unit["Id"] for unit in listed if unit["Name"] == name)


main()
