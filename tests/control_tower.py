"""A landing zone of Control Tower as people have it: set up through the API of the sandbox."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PRINCIPAL = "controltower.amazonaws.com"
GOVERNING = "arn:aws:controltower:us-east-1::baseline/17BSJV3IGJ2QSGA2"
IDENTITY = "arn:aws:controltower:us-east-1::baseline/LN25R72TTG6IGPTQ"


def manifest(archive: str, audit: str, *, version: str = "4.0", identity: bool = False) -> dict[str, Any]:
    """Of a landing zone that governs two Regions."""
    old = {"organizationStructure": {"security": {"name": "Security"}}} if version.startswith("3.") else {}
    return {
        "governedRegions": ["us-east-1", "eu-west-1"],
        "accessManagement": {"enabled": identity},
        "centralizedLogging": {"enabled": True, "accountId": archive, "configurations": {}},
        "securityRoles": {"enabled": True, "accountId": audit},
        **old,
    }


def settled(client: Any, started: Mapping[str, Any], what: str) -> str:
    """How an operation on `landing_zone`, `baseline` or `control` ends."""
    member = {"landing_zone": "operationDetails"}.get(what, f"{what}Operation")
    while True:
        answer = getattr(client, f"get_{what}_operation")(operationIdentifier=started["operationIdentifier"])[member]
        if answer["status"] != "IN_PROGRESS":
            return str(answer["status"])


def launch(client: Any, archive: str, audit: str, **rest: Any) -> str:
    """Set up a landing zone, and wait; its ARN."""
    version, remediation = rest.pop("version", "4.0"), rest.pop("remediation", True)
    more = {"remediationTypes": ["INHERITANCE_DRIFT"]} if remediation else {}
    started = client.create_landing_zone(
        version=version, manifest=manifest(archive, audit, version=version, **rest), **more
    )
    assert settled(client, started, "landing_zone") == "SUCCEEDED"
    return str(started["arn"])


def register(client: Any, unit_arn: str, **rest: Any) -> str:
    """Enable the governing baseline on a unit, and wait; how it ends."""
    identifier = GOVERNING.replace("us-east-1", client.meta.region_name)
    started = client.enable_baseline(
        baselineIdentifier=identifier, baselineVersion="4.0", targetIdentifier=unit_arn, **rest
    )
    return settled(client, started, "baseline")
