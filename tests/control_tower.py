"""A landing zone of Control Tower as people have it: set up through the API of the sandbox."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from landing.sandbox import Sandbox

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
    version = rest.pop("version", "5.0")
    identifier = GOVERNING.replace("us-east-1", client.meta.region_name)
    started = client.enable_baseline(
        baselineIdentifier=identifier, baselineVersion=version, targetIdentifier=unit_arn, **rest
    )
    return settled(client, started, "baseline")


class Place:
    """A landing zone in the organization of a sandbox, and its units and accounts by their keys in the config."""

    def __init__(self, sandbox: Sandbox, **zone: Any) -> None:
        """Set it up; `zone` as for `launch`."""
        self.session = session = sandbox.session()
        self.organizations = session.client("organizations")
        self.client = session.client("controltower", "eu-west-1")
        tagged = session.client("resourcegroupstaggingapi").get_resources(ResourceTypeFilters=["organizations"])
        self.arns = {
            tag["Value"]: each["ResourceARN"]
            for each in tagged["ResourceTagMappingList"]
            for tag in each["Tags"]
            if tag["Key"] == "landing:id"
        }
        self.root = self.organizations.list_roots()["Roots"][0]["Id"]
        self.zone = launch(self.client, self.id("log-archive"), self.id("security-tooling"), **zone)

    def id(self, key: str) -> str:
        """Of a unit or account."""
        return self.arns[key].rpartition("/")[2]

    def move(self, account: str, source: str, destination: str) -> None:
        """An account, by keys; `root` is the root."""
        nodes = {name: self.root if name == "root" else self.id(name) for name in (source, destination)}
        self.organizations.move_account(
            AccountId=self.id(account), SourceParentId=nodes[source], DestinationParentId=nodes[destination]
        )

    def register(self, unit: str, **rest: Any) -> None:
        """A unit, by its key."""
        assert register(self.client, self.arns[unit], **rest) == "SUCCEEDED"


def before_governed(sandbox: Sandbox) -> None:
    """What is there before GOVERNED is applied: shop-dev has come into a registered unit, and is not enrolled."""
    place = Place(sandbox, remediation=False)
    place.register("workloads")
    place.move("shop-dev", "workloads/dev", "root")
    place.register("workloads/dev")
    place.move("shop-dev", "root", "workloads/dev")
