"""Findings in Security Hub: what is sent, by whom, what is closed, and what is left to people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pytest

from landing.aws import findings
from landing.config.accepted import Acceptance
from landing.core.errors import AwsError, NotSent
from landing.core.model import Source
from landing.engine.drift import Report, accept, report
from landing.engine.plan import Plan
from landing.report import drift_asff
from landing.sandbox import Sandbox
from landing.services.permissions import plan_policy, send_policy
from tests.cloud import QuickAws, made_role
from tests.report import samples

MANAGEMENT = "123456789012"
ORGANIZATION = samples.organization()
ATTACHED = "attachments.unit/sandbox"
ACCEPTED = Acceptance(ATTACHED, "ann", "moves", "2027-01-31", Source("a.yaml", 1, 1))


def drift(day: int, plan: Plan | None = None) -> Report:
    """The sample's drift, seen on a day of November by the management account of the sandbox."""
    made = replace(samples.ORIGIN, account=MANAGEMENT, created=f"2026-11-{day:02}T08:00:00Z")
    return report(ORGANIZATION, replace(plan or samples.plan(), made_from=made))


@dataclass
class Register:
    sandbox: Sandbox
    role: str = ""

    @property
    def client(self) -> Any:
        return self.sandbox.session(MANAGEMENT).client("securityhub", region_name=ORGANIZATION.home_region)

    def send(self, found: Report) -> findings.Sent:
        aws = QuickAws(ORGANIZATION, role_arn=self.role)
        aws.reads = aws.reads.and_also(findings.ACTIONS)
        return findings.send(
            aws,
            drift_asff.findings(found, ORGANIZATION),
            product=drift_asff.product_of(ORGANIZATION, MANAGEMENT),
            prefix=drift_asff.prefix_of(found),
            now=found.plan.made_from.created,
            gone=partial(drift_asff.is_gone, found),
        )

    def held(self) -> dict[str, dict[str, Any]]:
        pages = self.client.get_paginator("get_findings").paginate(MaxResults=100)
        return {each["Resources"][0]["Id"]: each for page in pages for each in page["Findings"]}

    def decide(self, address: str, status: str) -> None:
        one = self.held()[address]
        ids = [{"Id": one["Id"], "ProductArn": one["ProductArn"]}]
        self.client.batch_update_findings(FindingIdentifiers=ids, Workflow={"Status": status})


@pytest.fixture
def register() -> Iterator[Register]:
    with Sandbox() as sandbox:
        register = Register(sandbox)
        register.client.enable_security_hub(EnableDefaultStandards=False)
        yield register


def state(finding: dict[str, Any]) -> tuple[str, str, str]:
    return finding["RecordState"], finding["Workflow"]["Status"], finding["Compliance"]["Status"]


def test_what_drifts_is_sent_and_what_is_gone_is_closed(register: Register) -> None:
    first = drift(23)
    assert register.send(first) == findings.Sent(len(drift_asff.findings(first, ORGANIZATION)), 0)
    assert state(register.held()[ATTACHED]) == ("ACTIVE", "NEW", "FAILED")
    register.decide("account.payments-dev-3", "SUPPRESSED")
    rest = replace(samples.plan(), changes=tuple(c for c in samples.changes() if c.address.kind == "stack"))
    gone = len(samples.changes()) - len(rest.changes)
    assert register.send(drift(24, rest)).closed == gone
    held = register.held()
    assert state(held[ATTACHED]) == ("ARCHIVED", "RESOLVED", "PASSED")
    assert state(held["account.payments-dev-3"]) == ("ARCHIVED", "SUPPRESSED", "PASSED"), "a person has said so"
    still = held["stack.baseline@team-00004/eu-west-1"]
    assert (still["CreatedAt"], still["UpdatedAt"]) == ("2026-11-23T08:00:00Z", "2026-11-24T08:00:00Z")
    assert register.send(drift(25, rest)).closed == 0
    register.send(drift(26))
    assert state(register.held()[ATTACHED]) == ("ACTIVE", "NEW", "FAILED"), "it has drifted again"


def test_what_cannot_be_read_now_is_not_closed(register: Register) -> None:
    one = samples.plan().gaps[0]
    change = replace(
        samples.account("x"), address=replace(samples.account("x").address, kind="guardduty", scope=one.scope)
    )
    register.send(drift(23, Plan((change,))))
    assert register.send(drift(24, Plan((), (one,)))).closed == 0
    assert register.send(drift(25, Plan(()))).closed == 2, "the change, and what could not be checked"


def test_findings_of_others_and_of_other_organizations_are_left(register: Register) -> None:
    found = drift(23)
    theirs = {**drift_asff.findings(found, ORGANIZATION)[0], "Id": "landing/drift/o-other/1", "ProductFields": {}}
    register.client.batch_import_findings(Findings=[theirs])
    register.send(drift(24, Plan(())))
    assert [state(each)[0] for each in register.held().values()] == ["ACTIVE"]


def test_an_acceptance_suppresses_and_its_end_opens_again(register: Register) -> None:
    register.send(drift(23))
    register.send(accept(drift(24), [ACCEPTED], "2026-11-24"))
    held = register.held()[ATTACHED]
    assert (held["Workflow"]["Status"], held["ProductFields"]["landing/accepted_by"]) == ("SUPPRESSED", "ann")
    register.send(drift(25))
    assert register.held()[ATTACHED]["Workflow"]["Status"] == "NEW"
    register.decide(ATTACHED, "SUPPRESSED")
    register.send(drift(26))
    assert register.held()[ATTACHED]["Workflow"]["Status"] == "SUPPRESSED", "a person has said so"


def test_more_than_a_hundred_are_sent_in_batches(register: Register) -> None:
    assert register.send(drift(23, samples.distinct(230))).imported == 230
    assert register.send(drift(24, Plan(()))).closed == 230


def test_the_policy_for_sending_is_enough_and_that_for_planning_is_not(register: Register) -> None:
    planning = plan_policy("aws", ORGANIZATION.member_role)
    register.role = made_role(register.sandbox, "nightly", planning, send_policy(ORGANIZATION))
    assert register.send(drift(23)).imported > 0
    assert register.send(drift(24, Plan(()))).closed > 0
    register.role = made_role(register.sandbox, "plan", planning)
    with pytest.raises(AwsError, match="not authorized to perform: securityhub:"):
        register.send(drift(25))


def test_what_is_not_taken_is_told(register: Register) -> None:
    strange = replace(samples.plan(), made_from=replace(samples.ORIGIN, account="999999999999"))
    found = report(ORGANIZATION, strange)
    with pytest.raises(NotSent) as refused:
        register.send(found)
    first, second, *_ = str(refused.value).splitlines()
    assert first == f"Security Hub did not take {len(drift_asff.findings(found, ORGANIZATION))} of what was sent:"
    assert second.endswith("Not authorized to import findings of this product and account")
    assert refused.value.exit_code == 3


def test_without_security_hub_it_is_said_where_it_is_missing() -> None:
    with Sandbox() as sandbox, pytest.raises(NotSent, match="not enabled in the management account in eu-west-1"):
        Register(sandbox).send(drift(23))
