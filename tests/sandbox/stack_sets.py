"""Words in which checks of stack sets are written: a set, its operations waited for, its instances."""

from __future__ import annotations

from typing import Any

from tests.sandbox.cloud import Cloud
from tests.sandbox.stacks import body

REGIONS = ["us-east-1", "eu-west-1"]
NAME = "/landing/setting"
Site = tuple[str, str]


def setting(**more: Any) -> dict[str, Any]:
    """A template of one parameter of Systems Manager, whose value is a parameter of the template."""
    properties = {"Name": NAME, "Type": "String", "Value": {"Ref": "Value"}, **more}
    return {
        "Parameters": {"Value": {"Type": "String", "Default": "one"}},
        "Resources": {"Setting": {"Type": "AWS::SSM::Parameter", "Properties": properties}},
    }


def value(cloud: Cloud, account: str, region: str = "us-east-1") -> str | None:
    """The live value in an account, or None."""
    found = cloud.client("ssm", account, region).get_parameters(Names=[NAME])["Parameters"]
    return found[0]["Value"] if found else None


def in_the_way(cloud: Cloud, account: str, region: str = "us-east-1") -> None:
    """Make the parameter by hand, so that a stack that wants to make it fails."""
    cloud.client("ssm", account, region).put_parameter(Name=NAME, Type="String", Value="mine")


class StackSet:
    """A service-managed stack set of the management account, or of a delegated administrator."""

    def __init__(
        self, cloud: Cloud, name: str = "set", account: str | None = None, region: str = "us-east-1", **always: Any
    ) -> None:
        self.cloud, self.name, self.always = cloud, name, always
        self.client = cloud.client("cloudformation", account, region)

    def create(self, template: dict[str, Any] | None = None, *, automatic: bool = False, **options: Any) -> str:
        """The id of the set; trusted access is activated on the way."""
        if not self.always:
            self.client.activate_organizations_access()
        deployment = {"Enabled": True, "RetainStacksOnAccountRemoval": False} if automatic else {"Enabled": False}
        settings = {"PermissionModel": "SERVICE_MANAGED", "AutoDeployment": deployment, **self.always, **options}
        made = self.client.create_stack_set(
            StackSetName=self.name, TemplateBody=body(template or setting()), **settings
        )
        identifier: str = made["StackSetId"]
        return identifier

    def begin(self, call: str, *units: str, regions: tuple[str, ...] = ("us-east-1",), **options: Any) -> str:
        """Begin an operation on the instances of units; the id of the operation."""
        targets = options.pop("DeploymentTargets", {"OrganizationalUnitIds": list(units)})
        answer = getattr(self.client, call)(
            StackSetName=self.name, DeploymentTargets=targets, Regions=list(regions), **self.always, **options
        )
        operation: str = answer["OperationId"]
        return operation

    def deploy(self, *units: str, regions: tuple[str, ...] = ("us-east-1",), **options: Any) -> str:
        """Create the instances of units; the status of the operation."""
        return self.end(self.begin("create_stack_instances", *units, regions=regions, **options))

    def filtered(self, kind: str, unit: str, *accounts: str) -> dict[str, Any]:
        """Deployment targets of some accounts of a unit."""
        return {"OrganizationalUnitIds": [unit], "Accounts": list(accounts), "AccountFilterType": kind}

    def delete(self, *units: str, retain: bool = False, **options: Any) -> str:
        """Delete the instances of units; the status of the operation."""
        return self.end(self.begin("delete_stack_instances", *units, RetainStacks=retain, **options))

    def update(self, template: dict[str, Any] | None = None, **options: Any) -> str:
        """Change the set and all of its instances; the status of the operation."""
        return self.end(self.updating(template, **options))

    def updating(self, template: dict[str, Any] | None = None, **options: Any) -> str:
        """Begin to change the set; the id of the operation."""
        given = {"TemplateBody": body(template)} if template else {"UsePreviousTemplate": True}
        answer = self.client.update_stack_set(StackSetName=self.name, **given, **self.always, **options)
        operation: str = answer["OperationId"]
        return operation

    def operation(self, identifier: str) -> dict[str, Any]:
        """DescribeStackSetOperation."""
        answer = self.client.describe_stack_set_operation(StackSetName=self.name, OperationId=identifier, **self.always)
        found: dict[str, Any] = answer["StackSetOperation"]
        return found

    def end(self, identifier: str) -> str:
        """The status in which an operation ends."""
        while True:
            status: str = self.operation(identifier)["Status"]
            if status in ("SUCCEEDED", "FAILED", "STOPPED"):
                return status

    def settle(self) -> list[str]:
        """Wait for every operation there is; their actions, the latest first."""
        while True:
            found = self.client.list_stack_set_operations(StackSetName=self.name, **self.always)["Summaries"]
            if all(one["Status"] in ("SUCCEEDED", "FAILED", "STOPPED") for one in found):
                return [one["Action"] for one in found]

    def results(self, identifier: str) -> dict[Site, str]:
        """Account and Region to what became of the operation there."""
        pages = self.client.get_paginator("list_stack_set_operation_results").paginate(
            StackSetName=self.name, OperationId=identifier, **self.always
        )
        return {(one["Account"], one["Region"]): one["Status"] for page in pages for one in page["Summaries"]}

    def rows(self, **filters: Any) -> dict[Site, dict[str, Any]]:
        """ListStackInstances by account and Region."""
        pages = self.client.get_paginator("list_stack_instances").paginate(
            StackSetName=self.name, **self.always, **filters
        )
        return {(one["Account"], one["Region"]): one for page in pages for one in page["Summaries"]}

    def statuses(self) -> dict[Site, tuple[str, str]]:
        """Status and detailed status of each instance."""
        return {
            site: (row["Status"], row["StackInstanceStatus"]["DetailedStatus"]) for site, row in self.rows().items()
        }

    def accounts(self) -> set[str]:
        """The accounts that have an instance."""
        return {account for account, _ in self.rows()}

    def describe(self) -> dict[str, Any]:
        """DescribeStackSet."""
        found: dict[str, Any] = self.client.describe_stack_set(StackSetName=self.name, **self.always)["StackSet"]
        return found
