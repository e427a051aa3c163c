"""GuardDuty in members: who is one, and protection plans that differ by unit, account or tag."""

from __future__ import annotations

from typing import Any

import pytest

from landing.core.model import Action, Change
from landing.sandbox import Sandbox
from landing.services.guardduty.members import GuardDutyMembers
from tests.cloud import Cloud
from tests.kinds.conftest import At, converged, of_service
from tests.samples import SMALL

OF_IT = of_service("guardduty")
DEV = "dev: {target: {tags: {env: dev}}, features: {runtime_monitoring: {ec2_agent_management: false}, s3_data_events: false}}"


def text(settings: str) -> str:
    return f"{SMALL}services: {{guardduty: {{export: false{settings}}}}}\n"


def applied(at: At, settings: str) -> Cloud:
    return converged(at(text(settings)), OF_IT)


class Eyes:
    """The administrator's view of GuardDuty in the home region."""

    def __init__(self, sandbox: Sandbox, cloud: Cloud) -> None:
        self.ids = cloud.open().tree.account_ids
        self.client: Any = sandbox.session(self.ids["security-tooling"], region="eu-west-1").client("guardduty")
        self.of = {"DetectorId": self.client.list_detectors()["DetectorIds"][0]}

    def members(self) -> dict[str, str]:
        keys = {account: key for key, account in self.ids.items()}
        listed = self.client.list_members(**self.of)["Members"]
        return {keys[each["AccountId"]]: each["RelationshipStatus"] for each in listed}

    def features(self, key: str) -> dict[str, str]:
        answer = self.client.get_member_detectors(**self.of, AccountIds=[self.ids[key]])
        found: dict[str, str] = {}
        for feature in answer["MemberDataSourceConfigurations"][0]["Features"]:
            found[feature["Name"]] = feature["Status"]
            found |= {part["Name"]: part["Status"] for part in feature.get("AdditionalConfiguration", ())}
        return found

    def everyone(self) -> dict[str, str]:
        features = self.client.describe_organization_configuration(**self.of)["Features"]
        return {each["Name"]: each["AutoEnable"] for each in features}


def changes_of(cloud: Cloud) -> list[Change]:
    return [each for each in cloud.plan(OF_IT).changes if each.address.kind == GuardDutyMembers.name]


def test_plans_differ_where_an_override_says_so_and_nowhere_else(sandbox: Sandbox, at: At) -> None:
    eyes = Eyes(sandbox, applied(at, f", overrides: {{{DEV}}}"))
    dev, prod = eyes.features("shop-dev"), eyes.features("shop-prod")
    assert (dev["RUNTIME_MONITORING"], dev["EC2_AGENT_MANAGEMENT"], dev["S3_DATA_EVENTS"]) == (
        "ENABLED", "DISABLED", "DISABLED",
    )  # fmt: skip
    assert dev["EKS_AUDIT_LOGS"] == "ENABLED"
    assert (prod["RUNTIME_MONITORING"], prod["S3_DATA_EVENTS"]) == ("DISABLED", "ENABLED")
    everyone = eyes.everyone()
    assert (everyone["S3_DATA_EVENTS"], everyone["EKS_AUDIT_LOGS"]) == ("NEW", "ALL")


def test_an_override_that_goes_is_taken_back_and_what_is_off_then_needs_leave(sandbox: Sandbox, at: At) -> None:
    applied(at, f", overrides: {{{DEV}}}")
    later = at(text(""))
    changes = changes_of(later)
    assert {change.address.scope.region for change in changes} == {"eu-west-1", "us-east-1"}
    before = changes[0].before or {}
    assert before["lacking"] == {"S3_DATA_EVENTS": ["shop-dev"]}
    assert before["unasked"] == {"RUNTIME_MONITORING": ["shop-dev"]}
    assert [*GuardDutyMembers().weakened(later.organization, changes[0])] == [
        "unasked RUNTIME_MONITORING off in shop-dev"
    ]
    assert later.apply(OF_IT).complete
    eyes = Eyes(sandbox, later)
    assert eyes.features("shop-dev")["RUNTIME_MONITORING"] == "DISABLED"
    assert eyes.features("shop-dev")["S3_DATA_EVENTS"] == "ENABLED"
    assert eyes.everyone()["S3_DATA_EVENTS"] == "ALL"


def test_the_administrator_has_what_an_override_says_of_it(sandbox: Sandbox, at: At) -> None:
    cloud = applied(
        at, ", overrides: {tooling: {target: {accounts: [security-tooling]}, features: {s3_data_events: false}}}"
    )
    eyes = Eyes(sandbox, cloud)
    own = {each["Name"]: each["Status"] for each in eyes.client.get_detector(**eyes.of)["Features"]}
    assert (own["S3_DATA_EVENTS"], own["EKS_AUDIT_LOGS"]) == ("DISABLED", "ENABLED")
    assert eyes.features("shop-prod")["S3_DATA_EVENTS"] == "ENABLED"


@pytest.mark.parametrize("auto_enable", ["NEW", "NONE"])
def test_those_who_are_there_join_where_they_are_asked_to(sandbox: Sandbox, at: At, auto_enable: str) -> None:
    applied(at, ", auto_enable: NONE, management_account: false")  # accounts that come meanwhile are new ones
    applied(at, f", auto_enable: {auto_enable}, management_account: false")
    cloud = applied(
        at,
        f", auto_enable: {auto_enable}, management_account: false,"
        " overrides: {prod: {target: {units: [workloads/prod]}, join: true, features: {runtime_monitoring: true}}}",
    )
    eyes = Eyes(sandbox, cloud)
    assert eyes.members() == {"shop-prod": "Enabled"}
    assert eyes.features("shop-prod")["RUNTIME_MONITORING"] == "ENABLED"


def test_all_that_are_there_are_members_at_once(sandbox: Sandbox, at: At) -> None:
    eyes = Eyes(sandbox, applied(at, ""))
    assert eyes.members() == dict.fromkeys(("management", "log-archive", "shop-prod", "shop-dev"), "Enabled")


def test_a_member_that_is_not_watched_is_missing(sandbox: Sandbox, at: At) -> None:
    cloud = applied(at, ", auto_enable: NEW, join: true, management_account: false")
    eyes = Eyes(sandbox, cloud)
    eyes.client.stop_monitoring_members(**eyes.of, AccountIds=[eyes.ids["shop-dev"]])
    (change,) = changes_of(cloud)
    assert (change.action, change.before or {}) == (
        Action.UPDATE,
        {"missing": ["shop-dev"], "lacking": {}, "unasked": {}},
    )
    assert cloud.apply(OF_IT).complete
    assert eyes.members()["shop-dev"] == "Enabled"


def test_a_run_that_was_cut_between_batches_goes_on() -> None:
    kind = GuardDutyMembers()
    address = kind.address("organization")
    before = {"missing": ["a"], "lacking": {"S3_DATA_EVENTS": ["b", "c"]}, "unasked": {}}
    change = Change(Action.UPDATE, address, before, {"missing": [], "lacking": {}, "unasked": {}})
    assert kind.begun(change, {"missing": [], "lacking": {"S3_DATA_EVENTS": ["a", "c"]}, "unasked": {}})
    assert not kind.begun(change, {"missing": ["d"], "lacking": {}, "unasked": {}})
    assert not kind.begun(change, {"missing": [], "lacking": {"S3_DATA_EVENTS": ["d"]}, "unasked": {}})


@pytest.mark.parametrize(("feature", "told"), [("runtime_monitoring", True), ("ai_protection", False)])
def test_agents_that_reach_no_member_are_warned_of_and_what_the_administrator_has_is_not(
    problems: Any, feature: str, told: bool
) -> None:
    """As an import writes it, of an organization whose administrator alone has it on."""
    text = f"services: {{guardduty: {{export: false, auto_enable: NONE, features: {{{feature}: true}}}}}}\n"
    assert ("LZ351" in {each.code for each in problems(text)}) is told
