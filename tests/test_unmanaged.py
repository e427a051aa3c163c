"""What is unmanaged has names and places in every report; what AWS is still at is no drift."""

from __future__ import annotations

import json

from landing.core.model import Action, Address, Change, Resource
from landing.engine.drift import Status, report
from landing.engine.observe import Observation
from landing.engine.plan import Origin, Plan, make
from landing.report import drift_html, drift_markdown, drift_text, plan_markdown, plan_text
from landing.report.style import Style
from landing.services.registry import KINDS
from tests.report import samples

OLD = Resource(
    Address("account", "210987654321"),
    {"name": "Old <b>", "email": "old@corp.example", "unit": "suspended", "tags": {}},
    owned=False,
)
SAID = "account.210987654321 (name Old <b>, email old@corp.example, unit suspended)"


def unmanaged() -> Plan:
    return make(Observation({}, {OLD.address: OLD}, ()), Origin())


def test_an_unmanaged_account_is_known_by_its_name_and_address() -> None:
    plan, organization = unmanaged(), samples.organization()
    assert Plan.from_json(json.loads(json.dumps(plan.to_json()))) == plan
    assert SAID in plan_text.render(plan, organization, Style())
    assert SAID in plan_markdown.render(plan, organization)
    found = report(organization, plan)
    assert SAID in drift_text.render(found, organization, Style())
    assert SAID in drift_markdown.render(found, organization)
    page = drift_html.render(found, organization, [])
    assert "old@corp.example" in page
    assert "<b>" not in page.partition("Unmanaged")[2].partition("</section>")[0]
    assert SAID in found.to_json()["findings"][0]["reason"]


def test_an_operation_that_runs_is_no_drift() -> None:
    after = {"template": {}, "instances": {}}
    busy = {**after, "instances": {"*": "an operation is running"}}
    change = Change(Action.UPDATE, Address("stack_set", "baseline"), busy, after, source=samples.at(4))
    found = report(samples.organization(), Plan((change,), made_from=samples.ORIGIN))
    assert (found.drifted, [finding.status for finding in found.findings]) == ((), [Status.UNDER_WAY])
    assert "under way: stack_set.baseline: an operation is running" in drift_text.render(
        found, samples.organization(), Style()
    )
    more = Change(Action.UPDATE, change.address, {**busy, "template": {"a": 1}}, after, source=samples.at(4))
    assert report(samples.organization(), Plan((more,), made_from=samples.ORIGIN)).drifted
    assert not KINDS["stack"].under_way(change)
