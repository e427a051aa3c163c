"""CSV as spreadsheets and scripts take it: RFC 4180, columns that stay, and no formula."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest

from landing.core.model import Action, Address, Change
from landing.engine.drift import report
from landing.engine.plan import Plan
from landing.organization import Deployment
from landing.report import drift_asff, drift_csv, drift_ocsf
from tests.report.samples import at, drift, organization


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def test_a_row_for_each_finding_in_columns_that_stay() -> None:
    text = drift_csv.render(drift(), organization())
    assert text.partition("\r\n")[0] == (
        '"id","severity","status","guardrail","address","kind","name","account","region","units","controls","file",'
        '"line","reason","attributes","difference","change","note","accepted_by","accepted_until","accepted_reason"'
    )
    rows = rows_of(text)
    assert [row["address"] for row in rows] == [str(finding.address) for finding in drift().findings]
    assert len({row["id"] for row in rows}) == len(rows)
    stack = next(row for row in rows if row["address"] == "stack.baseline@team-00004/eu-west-1")
    assert (stack["account"], stack["region"], stack["units"]) == ("team-00004", "eu-west-1", "workloads/dev")
    assert (stack["file"], stack["line"], stack["attributes"]) == ("config/organization.yaml", "12", "parameters")
    assert json.loads(stack["difference"]) == [{"path": "parameters.Retention", "expected": "365", "actual": "30"}]
    attached = next(row for row in rows if row["kind"] == "attachments")
    assert "nist-csf-2.0:PR.AA-05" in attached["controls"].split()


def test_controls_are_those_of_the_thing_that_drifted() -> None:
    """A stack is of a blueprint, which says what it is evidence for: in each format that has controls."""
    declared = Deployment("baseline", {}, ("eu-west-1",), controls=("nist-csf-2.0:PR.DS-11",))
    with_blueprint = replace(organization(), deployments={"baseline": declared})
    rows = rows_of(drift_csv.render(drift(), with_blueprint))
    assert next(row for row in rows if row["kind"] == "stack")["controls"] == "nist-csf-2.0:PR.DS-11"
    events = list(map(json.loads, drift_ocsf.render(drift(), with_blueprint).splitlines()))
    assert ["nist-csf-2.0:PR.DS-11"] in [each["compliance"].get("requirements") for each in events]
    told = drift_asff.findings(drift(), with_blueprint)
    assert ["nist-csf-2.0:PR.DS-11"] in [each["Compliance"].get("RelatedRequirements") for each in told]


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_nothing_is_a_formula(begins: str) -> None:
    name = f'{begins}HYPERLINK("https://x.example";A1)'
    made = Change(Action.CREATE, Address("account", name), None, {"name": name}, source=at(1, file=name))
    (row,) = rows_of(drift_csv.render(report(organization(), Plan((made,))), organization()))
    for cell in (row["name"], row["file"]):
        assert cell.startswith("'")
        assert cell.endswith('HYPERLINK("https://x.example";A1)')
    assert not [cell for cell in row.values() if cell.startswith(drift_csv.FORMULA)]


def test_an_id_is_that_of_the_thing_whatever_is_the_matter() -> None:
    first = next(each for each in drift().findings if each.address.kind == "attachments")
    missing = Change(Action.CREATE, first.address, None, {"policies": []}, source=at(99))
    (again,) = report(organization(), Plan((missing,))).findings
    assert again.status is not first.status
    assert again.id == first.id
