"""Profiles of the starter config: what each has on, and that an organization can begin with one and go on to the next."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from landing.cli import run
from landing.cli.profiles import PREPARED, PROFILES, RECOMMENDED, entries, written
from landing.config import load
from landing.engine import drift
from landing.library import Library, shipped
from landing.organization import Organization
from landing.sandbox import Sandbox
from landing.services.registry import SERVICES
from tests.cloud import Cloud

SERVICES_FILE = (shipped() / "config" / "services.yaml").read_text(encoding="utf-8")
GUARDRAILS_FILE = (shipped() / "config" / "guardrails.yaml").read_text(encoding="utf-8")
CHOSEN = [service for service in SERVICES if service.settings is not None and service.key != "control_tower"]
"""Control Tower is set up by hand, in an organization that the starter config is not for."""


def services_in(profile: str) -> set[str]:
    return set(yaml.safe_load(written(SERVICES_FILE, profile))["services"])


def test_every_service_stands_in_the_starter_config_once_with_what_it_costs() -> None:
    found = {key: " ".join(line.removeprefix("# ") for line in above) for key, _, above in entries(SERVICES_FILE)}
    assert set(found) == {service.key for service in CHOSEN}
    for service in CHOSEN:
        assert found[service.key].startswith(f"{service.title}. Cost: {service.cost}")


def test_what_each_profile_has_on() -> None:
    assert services_in("minimal") == {"log_archive", "cloudtrail", "access_analyzer"}
    assert services_in(RECOMMENDED) == set(yaml.safe_load(SERVICES_FILE)["services"])
    assert services_in("regulated") == {service.key for service in CHOSEN} - {*PREPARED}
    few = yaml.safe_load(written(GUARDRAILS_FILE, "minimal"))["guardrails"]
    assert set(few) == set(PROFILES["minimal"].guardrails or ())
    policies = {"ec2-account-defaults", "s3-account-public-access", "ai-services-opt-out", "backup-daily"}
    shipped_on = yaml.safe_load(GUARDRAILS_FILE)["guardrails"]
    assert set(yaml.safe_load(written(GUARDRAILS_FILE, "regulated"))["guardrails"]) == {*shipped_on, *policies}


def test_what_is_switched_off_stands_as_a_comment_that_switches_it_on_again() -> None:
    off = written(SERVICES_FILE, "minimal")
    assert "  # guardduty:\n  #   auto_enable: ALL\n" in off
    assert written(off, "regulated") == written(SERVICES_FILE, "regulated")


def test_a_line_of_a_profile_takes_the_place_of_the_one_above() -> None:
    regulated = yaml.safe_load(written(SERVICES_FILE, "regulated"))["services"]
    assert regulated["log_archive"]["object_lock"]["mode"] == "COMPLIANCE"
    assert regulated["guardduty"]["features"]["runtime_monitoring"] is True
    assert "unused" in regulated["access_analyzer"]
    assert "    # regulated:" not in written(SERVICES_FILE, "regulated")


def begun(folder: Path, profile: str) -> Organization:
    assert run(["init", str(folder), "--profile", profile]) == 0
    organization, warnings = load(folder / "config", Library.load(shipped(), folder))
    assert warnings == []
    return organization


def test_the_cases_pass_with_the_fewest_guardrails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun(tmp_path, "minimal")
    monkeypatch.chdir(tmp_path)
    assert run(["test"]) == 0


def test_an_organization_goes_from_one_profile_to_the_next(tmp_path: Path) -> None:
    with Sandbox(account_quota=100) as sandbox:
        for profile in PROFILES:
            cloud = Cloud(sandbox, begun(tmp_path / profile, profile))
            result = cloud.apply()
            assert result.complete, (profile, result.failed, result.blocked)
            report = drift.report(cloud.organization, cloud.plan(detect=True))
            assert report.findings == (), profile
            assert set(cloud.open().tree.marked_services) >= services_in(profile) - {
                "log_archive",
                "cloudtrail",
                "config",
            }


def test_a_pipeline_beside_a_config_has_no_profile(tmp_path: Path) -> None:
    begun(tmp_path, "minimal")
    assert run(["init", str(tmp_path), "--ci", "github", "--profile", "minimal"]) == 64
