"""Settings of services that are easily dropped when sent: what they mean is what is seen afterwards."""

from __future__ import annotations

import pytest

from landing.services.registry import KINDS
from tests.kinds.conftest import At
from tests.samples import SMALL

GUARDDUTY = "services: {{guardduty: {{export: false, {0}}}}}\n"
SETTINGS = [
    "auto_enable: NONE",
    "auto_enable: NONE, features: {rds_login_events: false, runtime_monitoring: {eks_addon_management: false}}",
    "auto_enable: NEW, features: {runtime_monitoring: {eks_addon_management: false}}",
]
BEFORE = ("organization", "trusted_access", "unit", "account", "guardduty_administrator", "guardduty")


@pytest.mark.parametrize("settings", SETTINGS)
def test_guardduty_is_as_declared_whomever_it_reaches(at: At, settings: str) -> None:
    cloud = at(SMALL + GUARDDUTY.format(settings))
    kinds = [kind for kind in KINDS if kind.name in BEFORE]
    result = cloud.apply(kinds)
    assert result.complete, result.failed
    assert cloud.plan(kinds).changes == ()
