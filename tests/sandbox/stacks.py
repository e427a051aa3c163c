"""Words in which checks of CloudFormation are written: stacks that are made and waited for, and their drift."""

from __future__ import annotations

import json
from typing import Any

from tests.sandbox.cloud import Cloud

IAM = ["CAPABILITY_NAMED_IAM"]


def body(template: dict[str, Any]) -> str:
    """A template as a call wants it."""
    return json.dumps(template)


def template(**resources: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    """A template of resources: logical id = (type, properties)."""
    return {
        "Resources": {
            name: {"Type": f"AWS::{kind}", "Properties": properties} for name, (kind, properties) in resources.items()
        }
    }


class Stack:
    """One stack in an account and Region."""

    def __init__(self, cloud: Cloud, name: str, account: str | None = None, region: str = "us-east-1") -> None:
        self.name = name
        self.client = cloud.client("cloudformation", account, region)

    def create(self, template: dict[str, Any], **options: Any) -> str:
        """The status in which the stack ends."""
        self.client.create_stack(StackName=self.name, TemplateBody=body(template), Capabilities=IAM, **options)
        return self.status()

    def update(self, template: dict[str, Any], **options: Any) -> str:
        """The status in which the stack ends."""
        self.client.update_stack(StackName=self.name, TemplateBody=body(template), Capabilities=IAM, **options)
        return self.status()

    def delete(self) -> str:
        """The status in which the stack ends, which only its id can be asked for."""
        self.id = self.describe()["StackId"]
        self.client.delete_stack(StackName=self.name)
        return self.status(self.id)

    def change_set(self, name: str = "changes", **options: Any) -> dict[str, Any]:
        """A change set, once it is made or has failed."""
        self.client.create_change_set(StackName=self.name, ChangeSetName=name, Capabilities=IAM, **options)
        while True:
            found: dict[str, Any] = self.client.describe_change_set(StackName=self.name, ChangeSetName=name)
            if not found["Status"].endswith(("PENDING", "IN_PROGRESS")):
                return found

    def execute(self, name: str = "changes") -> str:
        """The status in which the stack ends."""
        self.client.execute_change_set(StackName=self.name, ChangeSetName=name)
        return self.status()

    def describe(self, name: str | None = None) -> dict[str, Any]:
        """DescribeStacks."""
        stack: dict[str, Any] = self.client.describe_stacks(StackName=name or self.name)["Stacks"][0]
        return stack

    def status(self, name: str | None = None) -> str:
        """The status, once nothing is in progress."""
        while True:
            status: str = self.describe(name)["StackStatus"]
            if not status.endswith("IN_PROGRESS"):
                return status

    def reasons(self) -> list[str]:
        """Why resources failed."""
        events = self.client.describe_stack_events(StackName=self.name)["StackEvents"]
        return [e.get("ResourceStatusReason", "") for e in events if e["ResourceStatus"].endswith("FAILED")]

    def resources(self) -> dict[str, str]:
        """Logical to physical id."""
        found = self.client.describe_stack_resources(StackName=self.name)["StackResources"]
        return {r["LogicalResourceId"]: r.get("PhysicalResourceId", "") for r in found}

    def drift(self) -> dict[str, str]:
        """Detect drift: the resources that are not in sync, and how."""
        detection = self.client.detect_stack_drift(StackName=self.name)["StackDriftDetectionId"]
        while True:
            status = self.client.describe_stack_drift_detection_status(StackDriftDetectionId=detection)
            if status["DetectionStatus"] != "DETECTION_IN_PROGRESS":
                break
        assert status["DetectionStatus"] == "DETECTION_COMPLETE", status
        found = self.client.describe_stack_resource_drifts(StackName=self.name)["StackResourceDrifts"]
        changed = {
            drift["LogicalResourceId"]: drift["StackResourceDriftStatus"]
            for drift in found
            if drift["StackResourceDriftStatus"] != "IN_SYNC"
        }
        assert status["StackDriftStatus"] == ("DRIFTED" if changed else "IN_SYNC")
        return changed

    def differences(self, logical_id: str) -> list[tuple[str, str]]:
        """Path and kind of what differs in one resource, as last detected."""
        drift = self.client.detect_stack_resource_drift(StackName=self.name, LogicalResourceId=logical_id)
        return [
            (d["PropertyPath"], d["DifferenceType"]) for d in drift["StackResourceDrift"].get("PropertyDifferences", [])
        ]
