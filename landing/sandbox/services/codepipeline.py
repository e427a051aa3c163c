"""AWS CodePipeline: pipelines and what is refused of their structure; executions are unsupported.

CodePipeline API reference, and User Guide, "CodePipeline pipeline structure reference".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from landing.sandbox.authorization import delivery
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.service import Service
from landing.sandbox.services.tags import Tags

PRINCIPAL = "codepipeline.amazonaws.com"
OF_PIPELINE = ("codepipeline", "variables")
"""Namespaces that every execution has (User Guide, "Variables reference")."""
VARIABLE = re.compile(r"#\{([^.}]+)\.[^}]+\}")
SKIPPING = ("LambdaInvoke", "VariableCheck")
"""Rules whose condition may skip a stage (User Guide, "Stage conditions")."""
TYPE_2 = "V2"

_structure = Refusal.of("InvalidStructureException")
_action = Refusal.of("InvalidActionDeclarationException")
_absent = Refusal.of("ResourceNotFoundException")


@dataclass(frozen=True, slots=True)
class ActionType:
    """What an action of a provider takes (User Guide, "Action structure reference")."""

    inputs: range
    outputs: range
    needed: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()
    """Further keys of its configuration."""


ACTIONS = {
    ("Source", "CodeStarSourceConnection"): ActionType(
        range(1), range(1, 2), frozenset({"BranchName", "ConnectionArn", "FullRepositoryId"}),
        frozenset({"DetectChanges", "OutputArtifactFormat"}),
    ),
    ("Build", "CodeBuild"): ActionType(
        range(1, 6), range(6), frozenset({"ProjectName"}),
        frozenset({"BatchEnabled", "CombineArtifacts", "EnvironmentVariables", "PrimarySource"}),
    ),
    ("Approval", "Manual"): ActionType(
        range(1), range(1), known=frozenset({"CustomData", "ExternalEntityLink", "NotificationArn"})
    ),
}  # fmt: skip
"""By category and provider, those of AWS; others are not available here."""


@dataclass
class Pipeline:
    """A pipeline as it is declared."""

    declaration: dict[str, Any]
    created: datetime
    updated: datetime
    tags: dict[str, str]


@dataclass
class Pipelines:
    """Name of a pipeline to the pipeline."""

    pipelines: dict[str, Pipeline] = field(default_factory=dict)


class CodePipeline(Service[Pipelines]):
    """Pipelines of an account in a Region."""

    name = "codepipeline"
    state_type = Pipelines

    def create_pipeline(self, call: Call) -> dict[str, Any]:
        """API reference, CreatePipeline."""
        there, declared = self.state(call).pipelines, call["pipeline"]
        name = declared["name"]
        if name in there:
            raise Refusal("PipelineNameInUseException", f"A pipeline with the name '{name}' already exists")
        _check(call, declared)
        tags = {each["key"]: each["value"] for each in call.get("tags", ())}
        there[name] = Pipeline(_whole(declared, 1), call.world.now, call.world.now, tags)
        return {"pipeline": there[name].declaration, "tags": call.get("tags", [])}

    def update_pipeline(self, call: Call) -> dict[str, Any]:
        """The whole of it takes the place of what was there, as the next version (API reference, UpdatePipeline)."""
        declared = call["pipeline"]
        found = self.state(call).pipelines.get(declared["name"])
        if found is None:
            raise _structure(f"A pipeline with the name '{declared['name']}' does not exist")
        _check(call, declared)
        found.declaration = _whole(declared, found.declaration["version"] + 1)
        found.updated = call.world.now
        return {"pipeline": found.declaration}

    def get_pipeline(self, call: Call) -> dict[str, Any]:
        """The last version; earlier ones are not kept."""
        found = self.state(call).pipelines.get(call["name"])
        if found is None:
            raise Refusal(
                "PipelineNotFoundException",
                f"Account '{call.account}' does not have a pipeline with name '{call['name']}'",
            )
        if call.get("version", found.declaration["version"]) != found.declaration["version"]:
            raise Refusal("PipelineVersionNotFoundException", f"There is no version {call['version']}")
        metadata = {"pipelineArn": call.arn(call["name"]), "created": found.created, "updated": found.updated}
        return {"pipeline": found.declaration, "metadata": metadata}

    def list_pipelines(self, call: Call) -> dict[str, Any]:
        """By name."""
        there = sorted(self.state(call).pipelines.items())
        shown = [
            {
                **{key: each.declaration[key] for key in ("version", "pipelineType", "executionMode")},
                "name": name,
                "created": each.created,
                "updated": each.updated,
            }
            for name, each in there
        ]
        return call.page("pipelines", shown, most=1000)

    def delete_pipeline(self, call: Call) -> dict[str, Any]:
        """One that is not there is no mistake."""
        self.state(call).pipelines.pop(call["name"], None)
        return {}

    def tag_resource(self, call: Call) -> dict[str, Any]:
        """API reference, TagResource."""
        return TAGS.tag_resource(call)

    def untag_resource(self, call: Call) -> dict[str, Any]:
        """API reference, UntagResource."""
        return TAGS.untag_resource(call)

    def list_tags_for_resource(self, call: Call) -> dict[str, Any]:
        """API reference, ListTagsForResource."""
        tags = [{"key": key, "value": value} for key, value in _tags(call).items()]
        return call.page("tags", tags, most=100)


def _tags(call: Call) -> dict[str, str]:
    arn = call["resourceArn"]
    there = call.world.state("codepipeline", call.account, call.region, Pipelines).pipelines
    found = there.get(arn.rpartition(":")[2])
    if found is None or arn != call.arn(arn.rpartition(":")[2]):
        raise _absent(f"The account with id '{call.account}' does not include the resource {arn}")
    return found.tags


TAGS = Tags(_tags, lambda: Refusal("TooManyTagsException", "A pipeline has at most 50 tags."))


def _whole(declared: Mapping[str, Any], version: int) -> dict[str, Any]:
    """With what is so when nothing else is said."""
    stages = [
        {
            **stage,
            "actions": [
                {"runOrder": 1, "configuration": {}, "inputArtifacts": [], "outputArtifacts": [], **action}
                for action in stage["actions"]
            ],
        }
        for stage in declared["stages"]
    ]
    return {
        "pipelineType": "V1", "executionMode": "SUPERSEDED", **declared, "stages": stages, "version": version,
    }  # fmt: skip


def _check(call: Call, declared: Mapping[str, Any]) -> None:
    """All that is refused of a pipeline."""
    who = delivery.service(call.world, PRINCIPAL, call.account, call.arn(declared["name"]))
    if not delivery.role_admits(call.world, declared["roleArn"], call.account, who):
        raise _structure(f"CodePipeline is not authorized to perform AssumeRole on role {declared['roleArn']}")
    if ("artifactStore" in declared) == ("artifactStores" in declared):
        raise _structure("You must include either artifactStore or artifactStores, but not both.")
    stages = declared["stages"]
    if len(stages) < 2:
        raise _structure(
            f"Pipeline has only {len(stages)} stage(s). There should be a minimum of 2 stages in a pipeline"
        )
    _unique("stage", (stage["name"] for stage in stages))
    for number, stage in enumerate(stages):
        _unique("action", (action["name"] for action in stage["actions"]))
        for action in stage["actions"]:
            if (action["actionTypeId"]["category"] == "Source") != (number == 0):
                raise _structure(
                    f"Pipeline has a Source action where there may be none, or another one in its first stage: "
                    f"'{action['name']}' in stage '{stage['name']}'"
                )
            _check_action(action)
        _check_conditions(stage)
    _check_flow(stages)
    _check_type(declared)


def _unique(what: str, names: Iterator[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise _structure(f"Two {what}s have the name '{name}'")
        seen.add(name)


def _check_action(action: Mapping[str, Any]) -> None:
    """Its type, how many artifacts it takes, and what its configuration says."""
    name, kind = action["name"], action["actionTypeId"]
    known = ACTIONS.get((kind["category"], kind["provider"])) if kind["owner"] == "AWS" else None
    if known is None or kind["version"] != "1":
        what = ", ".join(f"{key}: '{kind[key]}'" for key in ("category", "provider", "owner", "version"))
        raise _action(f"ActionType ({what}) in action '{name}' is not available in this region")
    for member, allowed in (("inputArtifacts", known.inputs), ("outputArtifacts", known.outputs)):
        if len(action.get(member, ())) not in allowed:
            raise _action(f"Action '{name}' has {len(action.get(member, ()))} {member}, of {[*allowed]}")
    given = action.get("configuration", {}).keys()
    if missing := sorted(known.needed - given):
        raise _action(f"Action configuration for action '{name}' is missing required configuration {missing}")
    if unknown := sorted(given - known.needed - known.known):
        raise _action(f"Action configuration for action '{name}' contains unknown configuration {unknown}")
    inputs = [each["name"] for each in action.get("inputArtifacts", ())]
    if len(inputs) > 1 and action["configuration"].get("PrimarySource") not in inputs:
        raise _action(f"Action '{name}' has several input artifacts, and PrimarySource is none of them")


def _check_conditions(stage: Mapping[str, Any]) -> None:
    """Before a stage a condition fails or skips it."""
    for condition in stage.get("beforeEntry", {}).get("conditions", ()):
        if condition.get("result") not in ("FAIL", "SKIP"):
            raise Refusal(
                "InvalidStageDeclarationException", f"Stage '{stage['name']}' is entered by FAIL or SKIP alone"
            )
        for rule in condition.get("rules", ()):
            if condition["result"] == "SKIP" and rule["ruleTypeId"]["provider"] not in SKIPPING:
                raise Refusal("InvalidStageDeclarationException", f"Rule '{rule['name']}' cannot skip a stage")


def _check_flow(stages: list[dict[str, Any]]) -> None:
    """What an action takes, an earlier one has made: artifacts, and variables by the name of its namespace."""
    made: set[str] = set()
    spaces: set[str] = set(OF_PIPELINE)
    for stage in stages:
        _check_variables(stage["name"], stage.get("beforeEntry", {}), spaces)
        for order in sorted({action.get("runOrder", 1) for action in stage["actions"]}):
            together = [action for action in stage["actions"] if action.get("runOrder", 1) == order]
            for action in together:
                if missing := {each["name"] for each in action.get("inputArtifacts", ())} - made:
                    raise _structure(
                        f"Action '{action['name']}' takes {sorted(missing)}, which no earlier action makes"
                    )
                _check_variables(action["name"], action.get("configuration", {}), spaces)
            for action in together:
                for artifact in (each["name"] for each in action.get("outputArtifacts", ())):
                    if artifact in made:
                        raise _structure(f"Two actions make the artifact '{artifact}'")
                    made.add(artifact)
                if (space := action.get("namespace")) is not None:
                    if space in spaces:
                        raise _structure(f"The namespace '{space}' is taken")
                    spaces.add(space)


def _check_variables(name: str, value: Any, spaces: set[str]) -> None:
    if unknown := set(VARIABLE.findall(str(value))) - spaces:
        raise _structure(f"'{name}' takes variables of {sorted(unknown)}, which no earlier action has as its namespace")


def _check_type(declared: Mapping[str, Any]) -> None:
    """What only pipelines of type V2 have, and triggers that are for a source (User Guide, "Pipeline types")."""
    later = [name for name in ("triggers", "variables") if declared.get(name)]
    later += ["executionMode"] if declared.get("executionMode", "SUPERSEDED") != "SUPERSEDED" else []
    later += ["conditions" for stage in declared["stages"] if {"beforeEntry", "onSuccess"} & stage.keys()]
    if later and declared.get("pipelineType") != TYPE_2:
        raise _structure(f"Only pipelines of type V2 have {', '.join(dict.fromkeys(later))}")
    sources = {action["name"] for action in declared["stages"][0]["actions"]}
    triggered = [each["gitConfiguration"]["sourceActionName"] for each in declared.get("triggers", ())]
    if unknown := sorted({*triggered} - sources):
        raise _structure(f"Triggers are for source actions that there are not: {unknown}")
    _unique("trigger", iter(triggered))
