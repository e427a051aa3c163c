"""The shipped blueprints as stacks of one account."""

from __future__ import annotations

from typing import Any

from landing.library import Library
from tests.sandbox.cloud import Cloud
from tests.sandbox.stacks import Stack

REGION = "us-east-1"
GIVEN = {
    "IpamPoolId": "UsEast1PoolId",
    "Attachment": "AttachmentId",
    "Segment": "WorkloadsRoutesId",
    "ReachedBy1": "SharedRoutesId",
    "Rule1": "CorpExampleComRuleId",
    "Rule2": "AwsCorpExampleComRuleId",
}
"""Which outputs of other stacks template parameters are given."""


class Lab:
    """An organization whose management account takes every role: the blueprints only ask for account ids."""

    def __init__(self, cloud: Cloud, library: Library) -> None:
        self.cloud, self.library = cloud, library
        organization = cloud.organizations.describe_organization()["Organization"]
        cloud.client("ram").enable_sharing_with_aws_organization()
        cloud.trust("resource-explorer-2.amazonaws.com")
        self.account: str = organization["MasterAccountId"]
        self.context = {
            "OrganizationId": organization["Id"],
            "ManagementAccountId": self.account,
            "LogArchiveAccountId": self.account,
            "SecurityToolingAccountId": self.account,
            "HomeRegion": REGION,
        }
        """Values of template parameters, and outputs of what has been deployed."""

    def rendered(self, name: str, **parameters: Any) -> dict[str, Any]:
        return self.library.blueprint(name).render(parameters)

    def parameters(self, template: dict[str, Any]) -> list[dict[str, str]]:
        names = template.get("Parameters", {})
        return [{"ParameterKey": name, "ParameterValue": self.context[GIVEN.get(name, name)]} for name in names]

    def deploy(self, name: str, **parameters: Any) -> Stack:
        template = self.rendered(name, **parameters)
        stack = Stack(self.cloud, name.replace("_", "-"))
        status = stack.create(template, Parameters=self.parameters(template))
        assert status == "CREATE_COMPLETE", stack.reasons()
        outputs = stack.describe().get("Outputs", [])
        self.context |= {output["OutputKey"]: output["OutputValue"] for output in outputs}
        return stack

    def update(self, stack: Stack, **parameters: Any) -> None:
        template = self.rendered(stack.name.replace("-", "_"), **parameters)
        status = stack.update(template, Parameters=self.parameters(template))
        assert status == "UPDATE_COMPLETE", stack.reasons()
