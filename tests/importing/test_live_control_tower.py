"""What AWS Control Tower has enabled, taken over by an import: a plan of it adopts that, and changes nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from landing.core.model import Action
from landing.importing.comparison import Compared, beyond_adoption
from landing.importing.draft import Asked
from landing.importing.live import read, stranger
from landing.importing.live_services import with_services
from landing.importing.output import write_folder
from landing.sandbox import Sandbox
from landing.services.control_tower.settings import GOVERNING
from tests.cloud import BY_NAME, Cloud, QuickAws
from tests.control_tower import Place, settled

HOME = "eu-west-1"
ROOT_USER, REGIONS = "AWS-GR_RESTRICT_ROOT_USER", "CT.MULTISERVICE.PV.1"
ALLOWED = {"AllowedRegions": [HOME, "us-east-1"]}
KINDS = [BY_NAME[f"control_tower_{name}"] for name in ("baseline", "enrolment", "control")]


def governed(sandbox: Sandbox, version: str, baseline: str) -> Place:
    """Two units are registered; one has two controls, and what is below it one of them, and one of its own."""
    place = Place(sandbox, version=version)
    for unit in ("workloads", "workloads/dev"):
        place.register(unit, version=baseline)
    enable(place, ROOT_USER, "workloads")
    enable(place, REGIONS, "workloads/dev", ALLOWED)
    return place


def enable(place: Place, control: str, unit: str, parameters: Any = None) -> None:
    arn = next(
        each["Arn"]
        for each in place.session.client("controlcatalog", HOME).list_controls()["Controls"]
        if control in each["Aliases"]
    )
    given = {"parameters": [{"key": key, "value": value} for key, value in parameters.items()]} if parameters else {}
    started = place.client.enable_control(controlIdentifier=arn, targetIdentifier=place.arns[unit], **given)
    assert settled(place.client, started, "control") == "SUCCEEDED"


def imported(folder: Path) -> tuple[Compared, QuickAws]:
    aws = QuickAws(stranger(HOME))
    asked = Asked("test", HOME, (HOME, "us-east-1"), "", "Log Archive", "Security Tooling")
    draft = read(stranger(HOME), aws, asked)
    return with_services(aws, draft, write_folder(draft, folder), folder), aws


def said(folder: Path) -> str:
    return (folder / "config/organization.yaml").read_text()


@pytest.mark.parametrize(("version", "baseline"), [("3.3", "4.0"), ("4.0", "5.0")])
def test_what_is_enabled_comes_back_and_a_plan_adopts_it(
    sandbox: Sandbox, tmp_path: Path, version: str, baseline: str
) -> None:
    governed(sandbox, version, baseline)
    before = sandbox.calls.copy()
    found, _ = imported(tmp_path / "org")
    calls = {operation: number for (_, operation), number in (sandbox.calls - before).items()}
    text = (tmp_path / "org/config/services.yaml").read_text()
    assert yaml.safe_load(text)["services"]["control_tower"] == {
        "baselines": [{"units": ["workloads", "workloads/dev"]}],
        "controls": [
            {"control": ROOT_USER, "units": ["workloads"]},
            {"control": REGIONS, "units": ["workloads/dev"], "parameters": ALLOWED},
        ],
    }
    assert "To leave it to Control Tower, take `control_tower` out" in text
    assert calls["ListEnabledControls"] == 1
    assert calls["ListEnabledBaselines"] == 2, "those of units, and of accounts by pages"
    assert beyond_adoption(found.plan.changes) == []
    plan = Cloud(sandbox, found.written.organization).plan(KINDS)
    assert {str(change.address): change.action for change in plan.changes} == dict.fromkeys(
        (
            f"control_tower_baseline.workloads/{GOVERNING}",
            f"control_tower_baseline.workloads/dev/{GOVERNING}",
            f"control_tower_control.workloads/{ROOT_USER}",
            f"control_tower_control.workloads/dev/{REGIONS}",
        ),
        Action.ADOPT,
    )


def test_what_is_its_own_or_not_as_it_should_be_is_left_to_it(sandbox: Sandbox, tmp_path: Path) -> None:
    place = governed(sandbox, "3.3", "4.0")
    place.organizations.update_organizational_unit(
        OrganizationalUnitId=place.id("workloads/dev"), Name="Security"
    )  # the landing zone knows its own units by their names
    for policy in place.organizations.list_policies(Filter="SERVICE_CONTROL_POLICY")["Policies"]:
        for target in place.organizations.list_targets_for_policy(PolicyId=policy["Id"])["Targets"]:
            if policy["Name"].startswith("aws-guardrails-") and target["Name"] == "Workloads":
                place.organizations.detach_policy(PolicyId=policy["Id"], TargetId=target["TargetId"])
    found, _ = imported(tmp_path / "org")
    settings: Any = found.draft.services["control_tower"]
    assert settings == {"baselines": [{"units": ["workloads"]}]}
    top = said(tmp_path / "org")
    assert f"# - control {REGIONS} on workloads/dev: it is of the landing zone itself" in top
    assert f"# - control {ROOT_USER} on workloads: it has drifted: see the unit in AWS Control Tower" in top


def test_an_account_that_is_not_enrolled_stays_so_and_the_rest_is_taken_over(sandbox: Sandbox, tmp_path: Path) -> None:
    place = Place(sandbox, remediation=False)
    place.register("workloads")
    enable(place, ROOT_USER, "workloads")
    place.move("shop-dev", "workloads/dev", "root")
    place.register("workloads/dev")
    place.move("shop-dev", "root", "workloads/dev")
    found, _ = imported(tmp_path / "org")
    assert found.draft.services["control_tower"] == {
        "baselines": [{"units": ["workloads"]}],
        "controls": [{"control": ROOT_USER, "units": ["workloads"]}],
        "not_enrolled": ["shop-dev"],
    }
    assert beyond_adoption(found.plan.changes) == []
    top = said(tmp_path / "org")
    assert f"# - baseline {GOVERNING} on workloads/dev: it has drifted" in top
    assert "# - account shop-dev in the registered unit workloads/dev: not enrolled, and stays so" in top
    plan = Cloud(sandbox, found.written.organization).plan(KINDS)
    assert {change.action for change in plan.changes} == {Action.ADOPT}
    services = found.written.organization.services
    settings = replace(services["control_tower"].settings, not_enrolled=())
    asked = replace(services["control_tower"], settings=settings)
    organization = replace(found.written.organization, services={**services, "control_tower": asked})
    more = beyond_adoption(Cloud(sandbox, organization).plan(KINDS).changes)
    assert [str(change.address) for change in more] == ["control_tower_enrolment.workloads/dev"], "taken out, it is"


def test_what_may_not_be_read_is_told_and_nothing_else_is_lost(sandbox: Sandbox, tmp_path: Path) -> None:
    governed(sandbox, "4.0", "5.0")
    sandbox.faults.reject("controltower", "ListEnabledControls", code="AccessDeniedException", times=9)
    found, _ = imported(tmp_path / "org")
    assert "control_tower" not in found.draft.services
    assert "what it has enabled may not be read (AccessDeniedException)" in said(tmp_path / "org")
