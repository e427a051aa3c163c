"""The shipped blueprints as stacks: made, in sync, seen when changed from outside, updated, deleted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from landing.library import Library
from landing.naming import LOG_KEY_ALIAS, RECORDER, RECORDER_ROLE, TRAIL, bucket
from tests.sandbox.cloud import Cloud, source
from tests.sandbox.stacks import Stack

REGION = "us-east-1"
SOURCE = "CloudFormation Template reference: the types of the blueprint"
DRIFT = "CloudFormation User Guide: Detect unmanaged configuration changes to stacks and resources with drift detection"


class Lab:
    """An organization whose management account takes every role: the blueprints only ask for account ids."""

    def __init__(self, cloud: Cloud, library: Library) -> None:
        self.cloud, self.library = cloud, library
        organization = cloud.organizations.describe_organization()["Organization"]
        self.account: str = organization["MasterAccountId"]
        self.context = {
            "OrganizationId": organization["Id"],
            "ManagementAccountId": self.account,
            "LogArchiveAccountId": self.account,
            "SecurityToolingAccountId": self.account,
            "HomeRegion": REGION,
        }

    def rendered(self, name: str, **parameters: Any) -> dict[str, Any]:
        return self.library.blueprint(name).render(parameters)

    def parameters(self, template: dict[str, Any]) -> list[dict[str, str]]:
        names = template.get("Parameters", {})
        return [{"ParameterKey": name, "ParameterValue": self.context[name]} for name in names]

    def deploy(self, name: str, **parameters: Any) -> Stack:
        template = self.rendered(name, **parameters)
        stack = Stack(self.cloud, name.replace("_", "-"))
        status = stack.create(template, Parameters=self.parameters(template))
        assert status == "CREATE_COMPLETE", stack.reasons()
        return stack

    def update(self, stack: Stack, **parameters: Any) -> None:
        template = self.rendered(stack.name.replace("-", "_"), **parameters)
        status = stack.update(template, Parameters=self.parameters(template))
        assert status == "UPDATE_COMPLETE", stack.reasons()


@pytest.fixture
def lab(cloud: Cloud, library: Library) -> Lab:
    return Lab(cloud, library)


NEEDS: dict[str, tuple[str, ...]] = {"config_recorder": ("log_archive", "config_recorder_role")}
CHANGES: dict[str, dict[str, Any]] = {
    "account_baseline": {"snapshots": "block-new-sharing"},
    "cloudtrail_logs": {"log_group_days": 365},
    "config_recorder": {"recording_frequency": "DAILY", "snapshot_frequency": "One_Hour"},
    "log_archive": {"retention_days": 3650, "archive_days": 90},
    "security_audit_role": {"max_session_hours": 4},
}
"""What is changed in an update, where the blueprint has something to change."""
ALL = ("account_baseline", "cloudtrail_logs", "config_aggregator", "config_recorder", "config_recorder_role",
       "log_archive", "security_audit_role")  # fmt: skip


def test_no_blueprint_is_left_out(library: Library) -> None:
    assert set(library.blueprint_titles) == set(ALL)


@pytest.mark.parametrize("name", ALL)
@source(SOURCE)
def test_a_blueprint_lives_a_whole_life(lab: Lab, name: str) -> None:
    for needed in NEEDS.get(name, ()):
        lab.deploy(needed)
    stack = lab.deploy(name)
    assert stack.drift() == {}
    if name in CHANGES:
        before = stack.resources()
        lab.update(stack, **CHANGES[name])
        assert stack.resources() == before
        assert stack.drift() == {}
    assert stack.delete() == "DELETE_COMPLETE", stack.reasons()
