"""OCSF by its schema: what is required is there, what is not known to it is not, and numbers have their captions."""

from __future__ import annotations

import json
from typing import Any

import pytest

from landing.config.accepted import Acceptance
from landing.core.model import Source
from landing.engine.drift import Report, accept, report
from landing.report import drift_ocsf
from tests.report.samples import drift, hostile, organization

REQUIRED, REST = 0, 1
SCHEMA: dict[str, tuple[set[str], set[str]]] = {
    "": (
        {"activity_id", "category_uid", "class_uid", "compliance", "finding_info", "metadata", "severity_id", "time",
         "type_uid", "cloud"},
        {"activity_name", "category_name", "class_name", "comment", "message", "remediation", "resources", "severity",
         "status", "status_id", "type_name", "unmapped"},
    ),
    "cloud": ({"provider"}, {"account", "org", "region"}),
    "cloud.account": ({"uid"}, {"type", "type_id"}),
    "cloud.org": (set(), {"name", "uid"}),
    "compliance": ({"standards"}, {"control", "requirements", "status", "status_code", "status_detail", "status_id"}),
    "finding_info": ({"title", "uid"}, {"analytic", "created_time", "desc", "types"}),
    "finding_info.analytic": ({"type_id"}, {"name", "type", "uid"}),
    "metadata": ({"product", "version"}, {"profiles"}),
    "metadata.product": ({"name", "vendor_name"}, {"uid", "version"}),
    "remediation": ({"desc"}, {"references"}),
    "resources": ({"uid"}, {"cloud_partition", "labels", "name", "region", "type"}),
}  # fmt: skip
"""schema.ocsf.io/1.3.0/classes/compliance_finding?profiles=cloud and its objects: what is required, what else we say."""

CAPTIONS = {
    "activity": {1: "Create"},
    "severity": {2: "Low", 3: "Medium", 4: "High"},
    "status": {1: "New", 3: "Suppressed"},
    "compliance.status": {2: "Warning", 3: "Fail"},
}


def check(part: Any, path: str = "") -> None:
    required, rest = SCHEMA[path]
    assert required <= set(part), (path, required - set(part))
    assert set(part) <= required | rest, (path, set(part) - required - rest)
    for name, value in part.items():
        whole = f"{path}.{name}".lstrip(".")
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, dict) and whole != "unmapped":
                check(each, whole)
        assert value not in ("", [], {}), whole


def events(found: Report) -> list[dict[str, Any]]:
    return [json.loads(line) for line in drift_ocsf.render(found, organization()).splitlines()]


def _accepted() -> Report:
    entry = Acceptance("attachments.unit/sandbox", "ann", "moves", "2027-01-31", Source("a.yaml", 1, 1))
    return accept(drift(), [entry], "2026-11-23")


@pytest.mark.parametrize(
    "found", [drift(), report(organization(), hostile()), _accepted()], ids=["some", "hostile", "accepted"]
)
def test_each_line_is_a_compliance_finding(found: Report) -> None:
    made = events(found)
    assert made
    for event in made:
        check(event)
        assert (event["class_uid"], event["category_uid"]) == (2003, 2)
        assert event["type_uid"] == event["class_uid"] * 100 + event["activity_id"]
        compliance = event["compliance"]
        assert event["activity_name"] == CAPTIONS["activity"][event["activity_id"]]
        assert event["severity"] == CAPTIONS["severity"][event["severity_id"]]
        assert event["status"] == CAPTIONS["status"][event["status_id"]]
        assert compliance["status"] == CAPTIONS["compliance.status"][compliance["status_id"]]
    assert len({event["finding_info"]["uid"] for event in made}) == len({e["resources"][0]["uid"] for e in made})


def test_an_event_says_what_the_finding_does() -> None:
    event = next(e for e in events(drift()) if e["resources"][0]["uid"] == "stack.baseline@team-00004/eu-west-1")
    assert event["time"] == 1795442531000
    assert event["resources"][0]["labels"] == ["account:team-00004"]
    assert event["cloud"]["account"]["uid"] == "111122223333"
    assert json.loads(event["unmapped"]["difference"])[0]["path"] == "parameters.Retention"
    attached = next(e for e in events(drift()) if e["resources"][0]["type"] == "attachments")
    assert "nist-csf-2.0:PR.AA-05" in attached["compliance"]["requirements"]
    assert "nist-csf-2.0" in attached["compliance"]["standards"]


def test_what_is_accepted_is_suppressed_and_what_was_not_checked_is_a_warning() -> None:
    by_place = {event["resources"][0]["uid"]: event for event in events(_accepted())}
    attached = by_place["attachments.unit/sandbox"]
    assert (attached["status"], attached["comment"]) == ("Suppressed", "Accepted until 2027-01-31 by ann: moves")
    unread = by_place["guardduty.*@security-tooling/eu-west-1"]
    assert (unread["compliance"]["status"], unread["compliance"]["status_code"]) == ("Warning", "not_checked")
    assert not [uid for uid in by_place if uid == "policy.test-1"], "what is unmanaged is no finding"
