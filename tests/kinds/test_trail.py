"""What the organization trail logs, and what it must not."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from landing.blueprint.resource_names import LOG_BUCKETS
from landing.core.model import Diagnostic
from landing.organization import Organization
from landing.services.cloudtrail.trail import Trail, _seen, _sent

Load = Callable[..., Organization]
TRAIL = "services: {{log_archive: {{}}, cloudtrail: {{{0}}}}}\n"


def selectors(organization: Load, settings: str) -> dict[str, dict[str, Any]]:
    (trail,) = Trail().desired(organization(TRAIL.format(settings)))
    return {selector["name"]: selector["fields"] for selector in trail.attributes["selectors"]}


def test_deliveries_to_the_log_archive_are_no_data_events(organization: Load) -> None:
    wanted = organization(TRAIL.format("data_events: {'AWS::S3::Object': write}"))
    (trail,) = Trail().desired(wanted)
    left_out = trail.attributes["selectors"][1]["fields"]["resources.ARN"]["NotStartsWith"]
    resources = wanted.deployments["log-archive"].template["Resources"]
    assert isinstance(resources, dict)
    made = [
        part["Properties"]["BucketName"]["Fn::Sub"] for part in resources.values() if part["Type"] == "AWS::S3::Bucket"
    ]
    named = [name.replace("${AWS::AccountId}", "<account:log-archive>") for name in made]
    assert left_out == sorted(f"arn:aws:s3:::{name.replace('${AWS::Region}', 'eu-west-1')}/" for name in named)
    assert len(made) == len(LOG_BUCKETS)


def test_access_logs_never_go_to_the_bucket_that_they_are_about(organization: Load) -> None:
    resources = organization(TRAIL.format("")).deployments["log-archive"].template["Resources"]
    assert isinstance(resources, dict)
    logging = {
        name: part["Properties"]["LoggingConfiguration"]["DestinationBucketName"]["Ref"]
        for name, part in resources.items()
        if "LoggingConfiguration" in part.get("Properties", {})
    }
    assert len(logging) == len(LOG_BUCKETS) - 1
    assert all(target != name and target not in logging for name, target in logging.items())


def test_more_is_left_out_where_the_config_says_so(organization: Load) -> None:
    found = selectors(
        organization,
        "management_events_except: [rdsdata.amazonaws.com, kms.amazonaws.com],"
        "data_events: {'AWS::S3::Object': {events: all, except: ['arn:aws:s3:::busy/']},"
        " 'AWS::Lambda::Function': {events: read, except: ['arn:aws:lambda:eu-west-1:']}}",
    )
    sources = found["Management events selector"]["eventSource"]
    assert sources == {"NotEquals": ["kms.amazonaws.com", "rdsdata.amazonaws.com"]}
    functions, objects = found["Data events of AWS::Lambda::Function"], found["Data events of AWS::S3::Object"]
    assert functions["resources.ARN"] == {"NotStartsWith": ["arn:aws:lambda:eu-west-1:"]}
    assert functions["readOnly"] == ["true"]
    assert objects["resources.ARN"]["NotStartsWith"][0] == "arn:aws:s3:::busy/"
    assert len(objects["resources.ARN"]["NotStartsWith"]) == 1 + len(LOG_BUCKETS)
    assert "readOnly" not in objects


def test_what_was_sent_is_seen_again_in_any_order(organization: Load) -> None:
    (trail,) = Trail().desired(organization(TRAIL.format("data_events: {'AWS::S3::Object': write}")))
    sent = _sent(copy.deepcopy(trail.attributes["selectors"]))
    sent[1]["FieldSelectors"][2]["NotStartsWith"].reverse()
    assert [_seen(selector, str) for selector in sent] == trail.attributes["selectors"]


def test_a_trail_has_at_most_500_values(problems: Callable[..., list[Diagnostic]]) -> None:
    busy = ", ".join(f"'arn:aws:s3:::busy-{number}/'" for number in range(500))
    text = TRAIL.format(f"data_events: {{'AWS::S3::Object': {{events: write, except: [{busy}]}}}}")
    assert [problem.code for problem in problems(text)] == ["LZ365"]
