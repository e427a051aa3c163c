"""AWS CodeBuild: projects."""

from __future__ import annotations

from landing.sandbox.services.cloudformation.types.api import ApiType


class Project(ApiType):
    """AWS::CodeBuild::Project."""

    name = "AWS::CodeBuild::Project"
    properties = frozenset({
        "Artifacts", "AutoRetryLimit", "ConcurrentBuildLimit", "Description", "EncryptionKey", "Environment",
        "LogsConfig", "Name", "QueuedTimeoutInMinutes", "ServiceRole", "Source", "SourceVersion", "TimeoutInMinutes",
    })  # fmt: skip
    service, key, named, longest = "codebuild", "name", "Name", 150
    creates, updates, deletes = "CreateProject", "UpdateProject", "DeleteProject"
    describes, described = "BatchGetProjects", "projects"
