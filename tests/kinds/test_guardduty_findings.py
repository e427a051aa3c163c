"""What the administrator of GuardDuty sets for findings: suppression rules, lists, malware scans."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from landing.core.model import Action, Diagnostic
from landing.sandbox import Sandbox
from tests.cloud import Cloud
from tests.kinds.conftest import At, converged, of_service
from tests.samples import SMALL

OF_IT = of_service("guardduty")
MANY = ", ".join(f"r{n}: {{where: {{severity: {{less_than: 4}}}}}}" for n in range(101))
OFFICES = "lists: {offices: {type: trusted_ips, location: 's3://acme-lists/offices.txt'%s}}"


def text(settings: str) -> str:
    return f"{SMALL}services: {{guardduty: {{export: false, {settings}}}}}\n"


def applied(at: At, settings: str) -> Cloud:
    return converged(at(text(settings)), OF_IT)


def tooling(sandbox: Sandbox, cloud: Cloud) -> tuple[Any, dict[str, str]]:
    account = cloud.open().tree.account_ids["security-tooling"]
    client: Any = sandbox.session(account, region="eu-west-1").client("guardduty")
    return client, {"DetectorId": client.list_detectors()["DetectorIds"][0]}


def test_another_format_is_another_list_and_another_place_is_not(sandbox: Sandbox, at: At) -> None:
    client, of = tooling(sandbox, applied(at, OFFICES % ""))
    (first,) = client.list_ip_sets(**of)["IpSetIds"]
    applied(at, (OFFICES % ", active: false").replace("offices.txt", "new.txt"))
    assert client.list_ip_sets(**of)["IpSetIds"] == [first]
    found = client.get_ip_set(**of, IpSetId=first)
    assert (found["Location"], found["Status"]) == ("s3://acme-lists/new.txt", "INACTIVE")
    applied(at, OFFICES % ", format: STIX")
    (second,) = client.list_ip_sets(**of)["IpSetIds"]
    assert second != first
    applied(at, (OFFICES % "").replace("trusted_ips", "threat_entities"))
    assert client.list_ip_sets(**of)["IpSetIds"] == []
    assert len(client.list_threat_entity_sets(**of)["ThreatEntitySetIds"]) == 1


def test_rules_and_lists_of_others_stay_and_ours_go(sandbox: Sandbox, at: At) -> None:
    cloud = applied(at, f"suppress: {{ours: {{where: {{severity: {{less_than: 4}}}}}}}}, {OFFICES % ''}")
    client, of = tooling(sandbox, cloud)
    client.create_filter(**of, Name="theirs", Action="NOOP", FindingCriteria={"Criterion": {}})
    client.create_threat_intel_set(**of, Name="theirs", Format="TXT", Location="s3://a/b", Activate=True)
    assert cloud.plan(OF_IT).changes == ()
    later = at(text("features: {}"))
    gone = {str(each.address) for each in later.plan(OF_IT).changes if each.action is Action.DELETE}
    assert gone == {
        f"{kind}@security-tooling/{region}"
        for kind in ("guardduty_suppression.ours", "guardduty_list.offices")
        for region in ("eu-west-1", "us-east-1")
    }
    assert later.apply(OF_IT).complete
    assert client.list_filters(**of)["FilterNames"] == ["theirs"]
    assert client.list_ip_sets(**of)["IpSetIds"] == []
    assert len(client.list_threat_intel_sets(**of)["ThreatIntelSetIds"]) == 1


def test_tests_that_aws_shows_by_older_names_are_the_same(sandbox: Sandbox, at: At) -> None:
    cloud = applied(at, "suppress: {ours: {where: {severity: {less_than: 4}, accountId: {equals: ['1', '2']}}}}")
    client, of = tooling(sandbox, cloud)
    criteria = {"severity": {"Lt": 4, "LessThan": 4}, "accountId": {"Eq": ["2", "1"]}}
    client.update_filter(**of, FilterName="landing-ours", FindingCriteria={"Criterion": criteria})
    assert cloud.plan(OF_IT).changes == ()


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        (
            "lists: {a: {type: trusted_ips, location: 's3://a/b'}, b: {type: trusted_ips, location: 's3://a/c'}}",
            "LZ372",
        ),
        ("malware_scans: {include_tags: {a: b}, exclude_tags: {c: d}}", "LZ373"),
        (f"suppress: {{{MANY}}}", "LZ371"),
        ("suppress: {r: {where: {severity: {below: 4}}}}", "LZ201"),
        ("lists: {a: {type: trusted_ips, location: 'acme/b'}}", "LZ206"),
    ],
)
def test_what_aws_refuses_is_said_before(problems: Callable[..., list[Diagnostic]], settings: str, code: str) -> None:
    found = [
        each for each in problems(f"services: {{guardduty: {{export: false, {settings}}}}}\n") if each.code == code
    ]
    assert len(found) == 1
    assert found[0].source is not None
