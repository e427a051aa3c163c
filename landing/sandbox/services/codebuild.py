"""AWS CodeBuild: projects (CodeBuild API reference); builds are unsupported, as there is nothing that runs them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from landing.sandbox.authorization import delivery
from landing.sandbox.protocol.constraints import Problem
from landing.sandbox.protocol.model import Operation
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.service import Service

PRINCIPAL = "codebuild.amazonaws.com"
MOST_AT_ONCE = 100
"""Projects of one BatchGetProjects (API reference)."""
PIPELINE = "CODEPIPELINE"
LOCATED = ("BITBUCKET", "CODECOMMIT", "GITHUB", "GITHUB_ENTERPRISE", "GITLAB", "GITLAB_SELF_MANAGED", "S3")
"""Types of sources that are somewhere (API reference, ProjectSource)."""
TIMEOUT, QUEUED_TIMEOUT = 60, 480
"""Minutes, of a project that says nothing (API reference, CreateProject)."""

_invalid = Refusal.of("InvalidInputException")


@dataclass
class Projects:
    """Name of a project to the project, as it is answered."""

    projects: dict[str, dict[str, Any]] = field(default_factory=dict)


class CodeBuild(Service[Projects]):
    """Projects of an account in a Region."""

    name = "codebuild"
    state_type = Projects

    def refuse_problem(self, operation: Operation, problem: Problem) -> Refusal:
        """CodeBuild has no ValidationException."""
        return _invalid(str(problem))

    def create_project(self, call: Call) -> dict[str, Any]:
        """With a role that CodeBuild may become for it, and a source that fits its artifacts."""
        there, name = self.state(call).projects, call["name"]
        arn = call.arn(f"project/{name}")
        if name in there:
            raise Refusal("ResourceAlreadyExistsException", f"Project already exists: {arn}")
        project = {
            "timeoutInMinutes": TIMEOUT,
            "queuedTimeoutInMinutes": QUEUED_TIMEOUT,
            "encryptionKey": call.arn("alias/aws/s3", service="kms"),
            "cache": {"type": "NO_CACHE"},
            "badge": {"badgeEnabled": False},
            **_settings(call),
            "arn": arn,
            "created": call.world.now,
            "lastModified": call.world.now,
        }
        _check(call, project)
        there[name] = project
        return {"project": project}

    def update_project(self, call: Call) -> dict[str, Any]:
        """What is given takes the place of what was there (API reference, UpdateProject)."""
        there, name = self.state(call).projects, call["name"]
        if name not in there:
            raise Refusal("ResourceNotFoundException", f"Project cannot be found: {call.arn(f'project/{name}')}")
        project = {**there[name], **_settings(call), "lastModified": call.world.now}
        if project.get("concurrentBuildLimit") == -1:  # takes the limit away
            del project["concurrentBuildLimit"]
        _check(call, project)
        there[name] = project
        return {"project": project}

    def batch_get_projects(self, call: Call) -> dict[str, Any]:
        """By names or ARNs; those that there are not are told apart."""
        there = self.state(call).projects
        found = {asked: there.get(asked.rpartition("project/")[2]) for asked in call["names"]}
        missing = [asked for asked, project in found.items() if project is None]
        return {"projects": [each for each in found.values() if each is not None], "projectsNotFound": missing}

    def list_projects(self, call: Call) -> dict[str, Any]:
        """Names, a hundred at once."""
        names = sorted(self.state(call).projects, reverse=call.get("sortOrder") == "DESCENDING")
        return call.page("projects", names, most=100)

    def delete_project(self, call: Call) -> dict[str, Any]:
        """One that is not there is no mistake."""
        self.state(call).projects.pop(call["name"], None)
        return {}


def _settings(call: Call) -> dict[str, Any]:
    given = dict(call)
    if "badgeEnabled" in given:
        given["badge"] = {"badgeEnabled": given.pop("badgeEnabled")}
    return given


def _check(call: Call, project: dict[str, Any]) -> None:
    source, artifacts = project["source"], project["artifacts"]
    if source["type"] in LOCATED and not source.get("location"):
        raise _invalid("Project source location is required")
    if artifacts["type"] == "S3" and not artifacts.get("location"):
        raise _invalid("Project artifacts location is required")
    if (source["type"] == PIPELINE) != (artifacts["type"] == PIPELINE):
        raise _invalid(f"Invalid artifacts: source type {source['type']} with artifact type {artifacts['type']}")
    if source["type"] == "NO_SOURCE" and not source.get("buildspec"):
        raise _invalid("Invalid buildspec: source type NO_SOURCE requires a buildspec")
    role = project["serviceRole"]
    who = delivery.service(call.world, PRINCIPAL, call.account, call.arn(f"project/{project['name']}"))
    if not delivery.role_admits(call.world, role, call.account, who):
        raise _invalid(
            f"CodeBuild is not authorized to perform: sts:AssumeRole on {role}. Please verify that the service role "
            "exists and that its trust policy names CodeBuild."
        )
