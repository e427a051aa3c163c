"""Every out-of-band change is seen at its address, with its severity, and repaired by the next apply."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from landing.engine import drift
from landing.sandbox import Sandbox
from landing.services.registry import SERVICES
from tests import meddling
from tests.cloud import Cloud, Story


@pytest.fixture
def cloud(creation: Story) -> Iterator[Cloud]:
    """A cloud in which everything is as declared."""
    with Sandbox() as sandbox:
        sandbox.load(creation.end)
        yield Cloud(sandbox, creation.organization)


def _report(cloud: Cloud) -> drift.Report:
    return drift.report(cloud.organization, cloud.plan(detect=True))


def test_there_is_no_false_finding_after_apply(cloud: Cloud) -> None:
    report = _report(cloud)
    assert report.findings == ()
    assert report.in_sync == report.summary["in_sync"] > 50


def test_the_list_is_long_enough_and_has_no_change_twice() -> None:
    assert len({one.title for one in meddling.ALL}) == len(meddling.ALL) >= 40


ELSEWHERE = {"alarms": "test_alarms.py", "control_tower": "kinds/test_control_tower.py"}
"""Services that the sample has not, and where people change what they have: an unconfirmed topic is drift as it is."""


@pytest.mark.parametrize("service", [each.key for each in SERVICES if each.key not in ELSEWHERE])
def test_people_change_at_least_three_things_of_a_service(service: str) -> None:
    found = [each.title for each in meddling.ALL if _service(each.address) == service]
    assert len(found) >= 3, found


def _service(address: str) -> str:
    """Whose a thing is; a stack or stack set is that of the service that brings it."""
    kind, _, name = address.partition(".")
    key = name.partition("@")[0]
    brought = {of.key: each.key for each in SERVICES for of in each.blueprints} if kind.startswith("stack") else {}
    return brought.get(key) or next(each.key for each in SERVICES if kind in {of.name for of in each.kinds})


def _together() -> list[list[meddling.Meddling]]:
    """Changes that each show at another kind of thing, to be made at once; one that shows at several is made alone."""
    alone, batches = [], list[dict[str, meddling.Meddling]]()
    for change in meddling.ALL:
        kind, *others = {address.partition(".")[0] for address in (change.address, *change.also)}
        if others:
            alone.append([change])
            continue
        batch = next((some for some in batches if kind not in some), None)
        if batch is None:
            batches.append(batch := {})
        batch[kind] = change
    return [*alone, *([*batch.values()] for batch in batches)]


@pytest.mark.parametrize("changes", _together(), ids=lambda changes: changes[0].title)
def test_changes_are_seen_and_repaired(changes: list[meddling.Meddling], cloud: Cloud) -> None:
    for change in changes:
        change.act(meddling.Hands(cloud))
    report = _report(cloud)
    found = {str(finding.address): finding for finding in report.findings}
    assert set(found) == {address for change in changes for address in (change.address, *change.also)}
    for change in changes:
        finding = found[change.address]
        assert (finding.status.value, finding.severity) == (change.status, change.severity), change.title
        assert finding.diff, f"the report says what differs by {change.title}"
        assert finding.declared_at is not None, f"the report says where was declared what {change.title} is about"
    result = cloud.apply(changes=report.plan.changes)
    assert result.complete, (result.failed, result.blocked)
    assert _report(cloud).findings == ()
