"""AWS CodeBuild and AWS CodePipeline: projects and pipelines, and what is refused of them."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from tests.sandbox.cloud import Cloud, refused, source
from tests.sandbox.security import role

PROJECT: dict[str, Any] = {
    "source": {"type": "CODEPIPELINE", "buildspec": "plan.yml"},
    "artifacts": {"type": "CODEPIPELINE"},
    "environment": {"type": "LINUX_CONTAINER", "computeType": "BUILD_GENERAL1_SMALL", "image": "i"},
}
CONNECTION = "arn:aws:codeconnections:us-east-1:123456789012:connection/a"


def action(category: str, provider: str, **more: Any) -> dict[str, Any]:
    """An action that AWS runs."""
    kind = {"category": category, "owner": "AWS", "provider": provider, "version": "1"}
    return {"name": provider, "actionTypeId": kind, **more}


def named(*names: str) -> list[dict[str, str]]:
    """Artifacts."""
    return [{"name": name} for name in names]


WHERE = {"ConnectionArn": CONNECTION, "FullRepositoryId": "a/b", "BranchName": "main"}
BUILD = {"inputArtifacts": named("source"), "configuration": {"ProjectName": "p"}}
STAGES = [
    {
        "name": "Source",
        "actions": [
            action("Source", "CodeStarSourceConnection", configuration=WHERE, outputArtifacts=named("source")),
        ],
    },
    {"name": "Build", "actions": [action("Build", "CodeBuild", namespace="built", **BUILD)]},
]


@source("API reference: CreateProject, UpdateProject, BatchGetProjects, ListProjects, DeleteProject")
def test_a_project_is_made_changed_and_deleted(cloud: Cloud) -> None:
    codebuild, builder = cloud.client("codebuild"), role(cloud, "build", "codebuild.amazonaws.com")
    made = codebuild.create_project(name="plan", serviceRole=builder, **PROJECT)["project"]
    assert made["arn"] == "arn:aws:codebuild:us-east-1:123456789012:project/plan"
    assert (made["timeoutInMinutes"], made["badge"]) == (60, {"badgeEnabled": False})
    again = {"name": "plan", "serviceRole": builder, **PROJECT}
    refused("ResourceAlreadyExistsException", codebuild.create_project, **again)
    codebuild.update_project(name="plan", timeoutInMinutes=90)
    found = codebuild.batch_get_projects(names=[made["arn"], "other"])
    assert [each["timeoutInMinutes"] for each in found["projects"]] == [90]
    assert found["projectsNotFound"] == ["other"]
    assert codebuild.list_projects()["projects"] == ["plan"]
    codebuild.delete_project(name="plan")
    codebuild.delete_project(name="plan")
    refused("ResourceNotFoundException", codebuild.update_project, name="plan")


@source("API reference: CreateProject, ProjectSource and ProjectArtifacts; User Guide: a trust by aws:SourceArn")
def test_a_project_needs_a_role_that_trusts_it_and_a_source_that_fits(cloud: Cloud) -> None:
    codebuild, iam = cloud.client("codebuild"), cloud.client("iam")
    builder = role(cloud, "build", "codebuild.amazonaws.com")
    other = role(cloud, "other", "lambda.amazonaws.com")
    wanted = {"name": "plan", "serviceRole": builder, **PROJECT}
    for wrong in (
        {"serviceRole": other},
        {"serviceRole": builder.replace("build", "nobody")},
        {"serviceRole": builder.replace("123456789012", "210987654321")},
        {"artifacts": {"type": "NO_ARTIFACTS"}},
        {"source": {"type": "GITHUB"}},
        {"source": {"type": "NO_SOURCE"}, "artifacts": {"type": "NO_ARTIFACTS"}},
        {"name": "a plan"},
        {"timeoutInMinutes": 2161},
    ):
        refused("InvalidInputException", codebuild.create_project, **{**wanted, **wrong})
    trusting = (
        '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service":'
        ' "codebuild.amazonaws.com"}, "Condition": {"ArnEquals": {"aws:SourceArn": "%s"}}}}'
    )
    arn = "arn:aws:codebuild:us-east-1:123456789012:project/{}"
    iam.update_assume_role_policy(RoleName="build", PolicyDocument=trusting % arn.format("apply"))
    refused("InvalidInputException", codebuild.create_project, **wanted)
    iam.update_assume_role_policy(RoleName="build", PolicyDocument=trusting % arn.format("plan"))
    codebuild.create_project(**wanted)


def pipeline(cloud: Cloud, **more: Any) -> dict[str, Any]:
    """One that is taken."""
    arn = role(cloud, "pipeline", "codepipeline.amazonaws.com")
    store = {"type": "S3", "location": "bucket"}
    return {"name": "p", "roleArn": arn, "pipelineType": "V2", "artifactStore": store, "stages": STAGES, **more}


@source("API reference: CreatePipeline, UpdatePipeline, GetPipeline, ListPipelines, DeletePipeline, TagResource")
def test_a_pipeline_is_made_changed_and_deleted(cloud: Cloud) -> None:
    client, wanted = cloud.client("codepipeline"), pipeline(cloud)
    tags = [{"key": "team", "value": "security"}]
    assert client.create_pipeline(pipeline=wanted, tags=tags)["pipeline"]["version"] == 1
    refused("PipelineNameInUseException", client.create_pipeline, pipeline=wanted)
    assert client.update_pipeline(pipeline={**wanted, "executionMode": "QUEUED"})["pipeline"]["version"] == 2
    found = client.get_pipeline(name="p")
    assert found["pipeline"]["stages"][1]["actions"][0]["runOrder"] == 1
    arn = found["metadata"]["pipelineArn"]
    assert client.list_tags_for_resource(resourceArn=arn)["tags"] == tags
    client.tag_resource(resourceArn=arn, tags=[{"key": "stage", "value": "prod"}])
    client.untag_resource(resourceArn=arn, tagKeys=["team"])
    assert client.list_tags_for_resource(resourceArn=arn)["tags"] == [{"key": "stage", "value": "prod"}]
    refused("ResourceNotFoundException", client.list_tags_for_resource, resourceArn=f"{arn}x")
    (listed,) = client.list_pipelines()["pipelines"]
    assert (listed["name"], listed["version"], listed["executionMode"]) == ("p", 2, "QUEUED")
    refused("PipelineVersionNotFoundException", client.get_pipeline, name="p", version=1)
    client.delete_pipeline(name="p")
    client.delete_pipeline(name="p")
    refused("PipelineNotFoundException", client.get_pipeline, name="p")
    refused("InvalidStructureException", client.update_pipeline, pipeline=wanted)


def build(**more: Any) -> list[dict[str, Any]]:
    """The stages, with another action that builds."""
    stages = deepcopy(STAGES)
    stages[1]["actions"][0].update(more)
    return stages


def entered(result: str, provider: str) -> list[dict[str, Any]]:
    """The stages, of which the second one has a condition."""
    kind = {"category": "Rule", "owner": "AWS", "provider": provider, "version": "1"}
    conditions = [{"result": result, "rules": [{"name": "r", "ruleTypeId": kind}]}]
    return [STAGES[0], {**STAGES[1], "beforeEntry": {"conditions": conditions}}]


STRUCTURE, ACTION, STAGE = (
    f"Invalid{what}Exception" for what in ("Structure", "ActionDeclaration", "StageDeclaration")
)
TRIGGERS = [{"providerType": "CodeStarSourceConnection", "gitConfiguration": {"sourceActionName": "Other"}}]
AGAIN = {"name": "Again", "actions": [{**action("Build", "CodeBuild", **BUILD), "outputArtifacts": named("source")}]}
WRONG = {
    "one stage": (STRUCTURE, {"stages": STAGES[:1]}),
    "no source first": (STRUCTURE, {"stages": STAGES[::-1]}),
    "two stages of one name": (STRUCTURE, {"stages": [*STAGES, STAGES[1]]}),
    "two actions of one name": (STRUCTURE, {"stages": [STAGES[0], {**STAGES[1], "actions": STAGES[1]["actions"] * 2}]}),
    "two that make an artifact": (STRUCTURE, {"stages": [*STAGES, AGAIN]}),
    "an artifact that nobody makes": (STRUCTURE, {"stages": build(inputArtifacts=named("other"))}),
    "a variable that nobody has": (
        STRUCTURE,
        {"stages": build(configuration={"ProjectName": "p", "EnvironmentVariables": "#{other.X}"})},
    ),
    "a variable of its own": (
        STRUCTURE,
        {"stages": build(configuration={"ProjectName": "p", "EnvironmentVariables": "#{built.X}"})},
    ),
    "a namespace that is taken": (STRUCTURE, {"stages": build(namespace="codepipeline")}),
    "no store": (STRUCTURE, {"artifactStore": None}),
    "a mode of the other type": (STRUCTURE, {"pipelineType": "V1", "executionMode": "QUEUED"}),
    "a condition of the other type": (STRUCTURE, {"pipelineType": "V1", "stages": entered("FAIL", "CloudWatchAlarm")}),
    "a trigger for nothing": (STRUCTURE, {"triggers": TRIGGERS}),
    "another's role": (STRUCTURE, {"roleArn": "arn:aws:iam::123456789012:role/build"}),
    "an action that there is not": (ACTION, {"stages": build(actionTypeId=action("Build", "Make")["actionTypeId"])}),
    "no input": (ACTION, {"stages": build(inputArtifacts=[])}),
    "no project": (ACTION, {"stages": build(configuration={})}),
    "a key that there is not": (ACTION, {"stages": build(configuration={"ProjectName": "p", "Role": "r"})}),
    "no primary source": (ACTION, {"stages": build(inputArtifacts=named("source", "other"))}),
    "a stage that is rolled back before": (STAGE, {"stages": entered("ROLLBACK", "VariableCheck")}),
    "a rule that cannot skip": (STAGE, {"stages": entered("SKIP", "CloudWatchAlarm")}),
}


@pytest.mark.parametrize("name", WRONG)
@source("User Guide: CodePipeline pipeline structure reference; Action structure reference; Stage conditions")
def test_a_pipeline_is_refused_for_its_structure(cloud: Cloud, name: str) -> None:
    role(cloud, "build", "codebuild.amazonaws.com")
    code, wrong = WRONG[name]
    wanted = {key: value for key, value in pipeline(cloud, **wrong).items() if value is not None}
    client = cloud.client("codepipeline")
    refused(code, client.create_pipeline, pipeline=wanted)
    assert client.list_pipelines()["pipelines"] == []
