"""`overrides`: one form for what a service has otherwise in some accounts."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from landing.core.model import Diagnostic
from landing.organization import Organization
from landing.services.guardduty.settings import GuardDutySettings
from landing.services.overrides import by_account
from tests.samples import SMALL

Load = Callable[..., Organization]
Find = Callable[..., list[Diagnostic]]


def text(*overrides: str) -> str:
    rows = "".join(f"      {row}\n" for row in overrides)
    return f"services:\n  guardduty:\n    export: false\n    features: {{lambda_network_logs: false}}\n    overrides:\n{rows}"


def test_each_account_has_the_settings_with_all_that_override_it(organization: Load) -> None:
    wanted = organization(
        text(
            "dev: {target: {units: [workloads/dev]}, features: {runtime_monitoring: true}}",
            "work: {target: {units: [workloads]}, join: true, features: {lambda_network_logs: true}}",
        )
    )
    service = wanted.service(GuardDutySettings)
    assert service is not None
    found = by_account(wanted, service)
    assert found["shop-dev"].features == {"lambda_network_logs": True, "runtime_monitoring": True}
    assert found["shop-prod"].features == {"lambda_network_logs": True}
    assert (found["shop-dev"].join, found["shop-dev"].export) == (True, False)
    assert all(found[key] is service.settings for key in ("management", "log-archive", "security-tooling"))


def test_one_setting_of_one_account_is_said_once_and_both_places_are_told(problems: Find) -> None:
    found = problems(
        text(
            "dev: {target: {units: [workloads/dev]}, features: {runtime_monitoring: true, s3_data_events: false}}",
            "tagged: {target: {tags: {env: dev}}, features: {runtime_monitoring: false, eks_audit_logs: false}}",
        )
    )
    (both,) = [each for each in found if each.code == "LZ388"]
    lines = (SMALL + text("", "")).count("\n")
    assert "`features.runtime_monitoring` of shop-dev is said by `dev` too" in both.text
    assert both.source is not None
    assert both.source.line == lines
    assert f":{lines - 1}:" in both.text
    assert both.severity == "error"


@pytest.mark.parametrize(
    ("row", "code", "severity"),
    [
        ("none: {target: {tags: {env: nowhere}}, join: true}", "LZ389", "warning"),
        ("silent: {target: {units: [workloads]}}", "LZ389", "warning"),
        ("any: {target: {}, join: true}", "LZ321", "error"),
        ("lost: {target: {units: [workloads/dve]}, join: true}", "LZ301", "error"),
        ("nowhere: {join: true}", "LZ202", "error"),
        ("odd: {target: {units: [workloads]}, export: false}", "LZ201", "error"),
        ("odd: {target: {units: [workloads]}, features: {runtime: true}}", "LZ201", "error"),
    ],
)
def test_what_makes_no_sense_is_said(problems: Find, row: str, code: str, severity: str) -> None:
    found = [each for each in problems(text(row)) if each.code == code]
    assert [each.severity for each in found] == [severity]
    assert found[0].source is not None
