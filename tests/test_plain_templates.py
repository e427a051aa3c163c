"""Plain CloudFormation templates as blueprints: how they are read, their parameters, and what becomes of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from landing.blueprint.file import Rendered
from landing.config import load
from landing.core.errors import ConfigError
from landing.core.model import Scope
from landing.library import Library, shipped, template, template_lint
from landing.services.stacks.stack import Stack
from landing.services.stacks.stack_set import StackSet
from tests.samples import SMALL

TOPIC = """AWSTemplateFormatVersion: 2010-09-09
Parameters:
  LogArchiveAccountId: {Type: String}
  Team: {Type: String, MinLength: 2, AllowedPattern: "[a-z]+", Description: Who is told}
  Days: {Type: Number, Default: 4, MinValue: 1, MaxValue: 14}
  Zones: {Type: CommaDelimitedList, Default: "a,b"}
  Loud: {Type: String, Default: "false", AllowedValues: ["true", "false"]}
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Condition: Kept
    Properties:
      TopicName: !Sub "${Team}-012345670123"
      DisplayName: !Join [" ", [!Ref Team, !Select [0, !Ref Zones]]]
      Tags: [{Key: keeps, Value: !GetAtt Other.Arn.Part}, {Key: no, Value: 2026-01-01}]
Conditions:
  Kept: !And [!Condition Loud, !Not [!Equals [!Ref Days, 3]]]
"""


def rendered(tmp_path: Path, text: str = TOPIC, name: str = "topic.yaml", **given: object) -> Rendered:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return template.rendered(path, given)


def test_short_forms_are_read_as_the_long_ones(tmp_path: Path) -> None:
    found: Any = rendered(tmp_path, Team="shop").template
    properties = found["Resources"]["Topic"]["Properties"]
    assert properties["TopicName"] == {"Fn::Sub": "${Team}-012345670123"}
    assert properties["DisplayName"] == {"Fn::Join": [" ", [{"Ref": "Team"}, {"Fn::Select": [0, {"Ref": "Zones"}]}]]}
    assert [tag["Value"] for tag in properties["Tags"]] == [{"Fn::GetAtt": ["Other", "Arn.Part"]}, "2026-01-01"]
    condition = {"Fn::And": [{"Condition": "Loud"}, {"Fn::Not": [{"Fn::Equals": [{"Ref": "Days"}, 3]}]}]}
    assert found["Conditions"]["Kept"] == condition
    assert found["AWSTemplateFormatVersion"] == "2010-09-09"


def test_values_are_those_that_cloudformation_shows_again(tmp_path: Path) -> None:
    found = rendered(tmp_path, Team="shop", Days=7, Zones=["c", "d"], Loud=True)
    assert found.values == {"Team": "shop", "Days": "7", "Zones": "c,d", "Loud": "true"}
    assert rendered(tmp_path, Team="shop").values == {"Team": "shop", "Days": "4", "Zones": "a,b", "Loud": "false"}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "template `topic` needs the parameter `Team`"),
        ({"Team": "shop", "Dayz": 1}, "template `topic` has no parameter `Dayz`"),
        ({"Team": "s"}, "`Team` of template `topic` must have 2 characters or more"),
        ({"Team": ["shop"]}, "`Team` of template `topic` must be a text, a number, true or false"),
        ({"Team": "shop", "Days": 15}, "`Days` of template `topic` must be 14 or less"),
        ({"Team": "shop", "Days": 0}, "`Days` of template `topic` must be 1 or more"),
        ({"Team": "shop", "Days": "many"}, "`Days` of template `topic` must be a number, not 'many'"),
        ({"Team": "shop", "Loud": "yes"}, "`Loud` of template `topic` must be one of true, false, not 'yes'"),
        ({"Team": "shop", "LogArchiveAccountId": "1"}, "template `topic` has no parameter `LogArchiveAccountId`"),
    ],
)
def test_what_cloudformation_would_refuse_is_told(tmp_path: Path, given: Mapping[str, object], message: str) -> None:
    assert [words for _, words, _ in rendered(tmp_path, TOPIC, "topic.yaml", **given).wrong] == [message]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("Resources: {}\n", 1, "has no Resources"),
        ("- a\n", 1, "has no Resources"),
        ("Resources:\n  A: !!python/object:os.system {}\n", 2, "is not understood"),
        ("Resources:\n  A: {Type: a}\n  A: {Type: b}\n", 3, "given twice"),
        ("Resources:\n  A: [\n", 3, ""),
        ("Parameters:\n  P: {}\nResources: {A: {Type: b}}\n", 2, "has no Type"),
        ("Resources:\n  A: {Type: a}\n  B:\n", 3, "`B` is no mapping"),
        ("Resources:\n  A: {Type: [a]}\n", 2, "`A` has no Type"),
        ("Resources:\n  A: {Type: a, Properties: [b]}\n", 2, "Properties that are no mapping"),
        ("Parameters: [P]\nResources: {A: {Type: b}}\n", 1, "Parameters is no mapping"),
        ("Parameters:\n  P: {Type: String, MinLength: x}\nResources: {A: {Type: b}}\n", 2, "MinLength"),
        (
            f"Parameters:\n  P: {{Type: String, MaxLength: '{'9' * 5000}'}}\nResources: {{A: {{Type: b}}}}\n",
            2,
            "MaxLength",
        ),
        ("Parameters:\n  P: {Type: Number, MinValue: [1]}\nResources: {A: {Type: b}}\n", 2, "MinValue"),
        ("Parameters:\n  P: {Type: Number, AllowedValues: 3}\nResources: {A: {Type: b}}\n", 2, "AllowedValues"),
        ("Parameters:\n  P: {Type: String, Default: {a: b}}\nResources: {A: {Type: b}}\n", 2, "Default"),
        ("Parameters:\n  P: {Type: String, NoEcho: true}\nResources: {A: {Type: b}}\n", 2, "NoEcho"),
        ("Resources: " + "[" * 100 + "]" * 100, 1, "nested deeper"),
    ],
)
def test_what_is_no_template_is_told_at_its_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    failure = rendered(tmp_path, text).failure
    assert failure is not None
    assert (failure.code, failure.line) == ("LZ405", line)
    assert words in failure.message
    assert failure.help


def test_text_that_is_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "topic.json").write_bytes(b"\xff\xfe{}")
    failure = template.rendered(tmp_path / "topic.json", {}).failure
    assert failure is not None
    assert "UTF-8" in failure.help


@pytest.fixture
def loaded(config: Callable[..., Path], tmp_path: Path) -> Callable[..., Any]:
    def of(baseline: str, **files: str) -> Any:
        (tmp_path / "blueprints").mkdir(exist_ok=True)
        for name, text in (files or {"topic_yaml": TOPIC}).items():
            (tmp_path / "blueprints" / name.replace("_", ".")).write_text(text, encoding="utf-8")
        library = Library.load(shipped(), tmp_path)
        organization = load(config(SMALL + "baselines:\n  topic: " + baseline), library)[0]
        return organization, library

    return of


def test_the_parameters_are_sent_with_those_known_at_the_call(loaded: Callable[..., Any]) -> None:
    organization, _ = loaded("{target: {units: [workloads]}, management: true, parameters: {Team: shop}}\n")
    wanted = {"Days": "4", "LogArchiveAccountId": "<account:log-archive>", "Loud": "false"}
    wanted |= {"Team": "shop", "Zones": "a,b"}
    (of_set,) = [each for each in StackSet().desired(organization) if each.address.name == "topic"]
    of_stacks = [each for each in Stack().desired(organization) if each.address.name == "topic"]
    assert {each.address.scope for each in of_stacks} >= {Scope("management", "eu-west-1")}
    assert all(each.attributes["parameters"] == wanted for each in (of_set, *of_stacks))


def test_a_json_template_is_read_as_well(loaded: Callable[..., Any]) -> None:
    text = '{"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}'
    organization, _ = loaded("{target: {units: [workloads]}}\n", topic_json=text)
    assert organization.deployments["topic"].template == {"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}


def test_two_files_of_one_name_are_a_mistake(loaded: Callable[..., Any]) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded("{target: {units: [root]}}\n", topic_json="{}", topic_yaml=TOPIC)
    assert [problem.code for problem in caught.value.problems] == ["LZ405", "LZ401"]  # `{}` is no template


def test_what_a_stack_set_does_not_take_is_refused(loaded: Callable[..., Any]) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded("{target: {units: [root]}, parameters: {Team: shop}}\n", topic_yaml=f"Transform: AWS::Include\n{TOPIC}")
    assert [problem.code for problem in caught.value.problems] == ["LZ348"]


def test_a_value_is_held_against_its_pattern_where_nothing_can_be_stopped_by_it(loaded: Callable[..., Any]) -> None:
    organization, library = loaded("{target: {units: [workloads]}, parameters: {Team: SHOP}}\n")
    found = [each for each in template_lint.problems(organization, library) if "E2015" in each.message]
    assert [(each.severity, Path(each.source.file).name if each.source else "", each.help) for each in found] == [
        ("error", "landing.yaml", "AllowedPattern: [a-z]+; MinLength: 2")
    ]
    assert found[0].message == "parameter `Team` of `topic`: 'SHOP' is not what it takes (cfn-lint E2015)"
