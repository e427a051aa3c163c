"""Templates and APIs spell the same thing in two ways, of which botocore's models and AWS's schemas tell."""

from __future__ import annotations

from typing import Any

import pytest

from landing.sandbox.protocol.model import service_model
from landing.sandbox.services.cloudformation import schema
from landing.sandbox.services.cloudformation.types.api import fitted, spelled
from landing.sandbox.services.cloudformation.types.tags import TagCalls

RULE = "AWS::Config::ConfigRule"


def inputs(service: str, operation: str) -> Any:
    return service_model(service).operation_model(operation).input_shape


def test_names_differ_in_their_case_at_every_depth() -> None:
    template = {"ConfigurationRecorder": {"RoleARN": "role", "RecordingGroup": {"AllSupported": True}}}
    api = {"ConfigurationRecorder": {"roleARN": "role", "recordingGroup": {"allSupported": True}}}
    assert fitted(inputs("config", "PutConfigurationRecorder"), template) == api
    found = spelled(schema.of("AWS::Config::ConfigurationRecorder"), api["ConfigurationRecorder"], {})
    assert found == template["ConfigurationRecorder"]


def test_objects_are_texts_where_the_api_has_a_text() -> None:
    rule = inputs("config", "PutConfigRule").members["ConfigRule"]
    template = {"ConfigRuleName": "rule", "InputParameters": {"maxAge": "30"}}
    api = {"ConfigRuleName": "rule", "InputParameters": '{"maxAge":"30"}'}
    assert fitted(rule, template) == api
    assert spelled(schema.of(RULE), api, template) == template
    assert spelled(schema.of(RULE), api, api) == api


def test_pairs_are_a_mapping_where_the_api_has_one() -> None:
    metric = {"MetricName": "m", "MetricNamespace": "n", "MetricValue": "1", "Dimensions": [{"Key": "k", "Value": "v"}]}
    template = {"FilterName": "f", "LogGroupName": "g", "FilterPattern": "", "MetricTransformations": [metric]}
    sent = fitted(inputs("logs", "PutMetricFilter"), template)
    assert sent["metricTransformations"][0]["dimensions"] == {"k": "v"}
    assert spelled(schema.of("AWS::Logs::MetricFilter"), sent, template) == template


def test_what_the_api_does_not_know_is_left_for_it_to_refuse() -> None:
    assert fitted(inputs("config", "PutConfigRule"), {"ConfigRule": {"Colour": "red"}}) == {
        "ConfigRule": {"Colour": "red"}
    }


def test_what_the_schema_does_not_know_is_no_property() -> None:
    assert spelled(schema.of(RULE), {"ConfigRuleName": "rule", "ConfigRuleState": "ACTIVE"}, {}) == {
        "ConfigRuleName": "rule"
    }


class Recorded:
    """A client that notes what it is asked."""

    def __init__(self, **answers: Any) -> None:
        self.answers, self.calls = answers, []  # type: ignore[var-annotated]

    def __getattr__(self, method: str) -> Any:
        def call(**parameters: Any) -> Any:
            self.calls.append((method, parameters))
            return self.answers.get(method, {})

        return call


BEFORE, AFTER = [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}], {"b": "3"}


@pytest.mark.parametrize(
    ("calls", "resource", "expected"),
    [
        (TagCalls("config"), {"ResourceArn": "arn"},
            [("untag_resource", {"ResourceArn": "arn", "TagKeys": ["a"]}),
             ("tag_resource", {"ResourceArn": "arn", "Tags": [{"Key": "b", "Value": "3"}]})]),
        (TagCalls("guardduty"), {"ResourceArn": "arn"},
            [("untag_resource", {"ResourceArn": "arn", "TagKeys": ["a"]}),
             ("tag_resource", {"ResourceArn": "arn", "Tags": {"b": "3"}})]),
        (TagCalls("kms", list="ListResourceTags"), {"KeyId": "key"},
            [("untag_resource", {"KeyId": "key", "TagKeys": ["a"]}),
             ("tag_resource", {"KeyId": "key", "Tags": [{"TagKey": "b", "TagValue": "3"}]})]),
        (TagCalls("cloudtrail", tag="AddTags", untag="RemoveTags", list="ListTags"), {"ResourceId": "arn"},
            [("remove_tags", {"ResourceId": "arn", "TagsList": [{"Key": "a"}]}),
             ("add_tags", {"ResourceId": "arn", "TagsList": [{"Key": "b", "Value": "3"}]})]),
    ],
    ids=["list", "mapping", "long names", "pairs to remove"],
)  # fmt: skip
def test_tags_change_in_the_form_of_the_service(calls: TagCalls, resource: Any, expected: Any) -> None:
    client = Recorded()
    calls.change(client, resource, BEFORE, AFTER)
    assert client.calls == expected


def test_tags_are_read_in_the_form_of_the_service() -> None:
    trail = Recorded(list_tags={"ResourceTagList": [{"ResourceId": "arn", "TagsList": [{"Key": "a", "Value": "1"}]}]})
    calls = TagCalls("cloudtrail", tag="AddTags", untag="RemoveTags", list="ListTags")
    assert calls.live(trail, calls.by_arn("arn")) == {"a": "1"}
    assert trail.calls == [("list_tags", {"ResourceIdList": ["arn"]})]
    group = Recorded(list_tags_for_resource={"tags": {"a": "1", "aws:cloudformation:stack-id": "s"}})
    assert TagCalls("logs").live(group, TagCalls("logs").by_arn("arn")) == {"a": "1"}
