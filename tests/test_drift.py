"""Every out-of-band change is seen at its address, with its severity, and repaired by the next apply."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from landing.engine import drift
from landing.sandbox import Sandbox
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


@pytest.mark.parametrize("change", meddling.ALL, ids=lambda change: change.title)
def test_a_change_is_seen_and_repaired(change: meddling.Meddling, cloud: Cloud) -> None:
    change.act(meddling.Hands(cloud))
    report = _report(cloud)
    found = {str(finding.address): finding for finding in report.findings}
    assert set(found) == {change.address, *change.also}
    finding = found[change.address]
    assert (finding.status.value, finding.severity) == (change.status, change.severity)
    assert finding.diff, "the report says what differs"
    assert finding.declared_at is not None, "the report says where it was declared"
    result = cloud.apply(changes=report.plan.changes)
    assert result.complete, (result.failed, result.blocked)
    assert _report(cloud).findings == ()
