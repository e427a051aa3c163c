"""Services that work across the organization: each switched on by the call that AWS documents for it."""

from __future__ import annotations

from typing import Any

import pytest

from landing.core.constraints.principals import ALSO_NEEDED, APPOINTED_BY, BY_CONSOLE, NAMES, PRINCIPALS, SERVICES
from landing.core.model import Action, Change
from landing.sandbox import Sandbox
from landing.services.organizations.trusted_access import TrustedAccess
from landing.services.registry import KINDS
from tests.cloud import Cloud
from tests.kinds.conftest import At, converged
from tests.samples import SMALL

OF_IT = [
    kind
    for kind in KINDS
    if kind.name in {"organization", "trusted_access", "unit", "account", "delegated_administrator"}
]


def text(table: str) -> str:
    return SMALL.replace("organization:\n", f"organization:\n  trusted_access: {table}\n", 1)


def applied(at: At, table: str) -> Cloud:
    return converged(at(text(table)), OF_IT)


def trusted(sandbox: Sandbox) -> set[str]:
    client: Any = sandbox.session().client("organizations")
    listed = client.list_aws_service_access_for_organization()["EnabledServicePrincipals"]
    return {each["ServicePrincipal"] for each in listed}


def test_each_is_switched_on_by_its_own_call(sandbox: Sandbox, at: At) -> None:
    applied(at, "{ram: {}, health: {}, backup: {}, stacksets: {}}")
    assert {"ram.amazonaws.com", "health.amazonaws.com", "backup.amazonaws.com"} <= trusted(sandbox)
    assert ("ram", "EnableSharingWithAwsOrganization") in sandbox.calls
    assert ("health", "EnableHealthServiceAccessForOrganization") in sandbox.calls
    roles = {each["RoleName"] for each in sandbox.session().client("iam").list_roles()["Roles"]}
    assert {"AWSServiceRoleForResourceAccessManager", "AWSServiceRoleForHealth_Organizations"} <= roles


def test_trust_alone_is_no_view_of_health(sandbox: Sandbox, at: At) -> None:
    applied(at, "{}")
    client: Any = sandbox.session().client("organizations")
    client.enable_aws_service_access(ServicePrincipal="health.amazonaws.com")
    cloud = at(text("{health: {}}"))
    assert [str(each.address) for each in cloud.plan(OF_IT).changes] == ["trusted_access.health.amazonaws.com"]
    applied(at, "{health: {}}")
    client = sandbox.session(region="us-east-1").client("health")
    status = client.describe_health_service_status_for_organization()
    assert status["healthServiceAccessStatusForOrganization"] == "ENABLED"


def test_a_view_that_somebody_else_is_switching_on_is_waited_for(sandbox: Sandbox, at: At) -> None:
    cloud = applied(at, "{}")
    asked = at(text("{health: {}}"))
    changes = asked.plan(OF_IT).changes
    client: Any = sandbox.session(region="us-east-1").client("health")
    sandbox.faults.stale("health", "DescribeHealthServiceStatusForOrganization")
    client.enable_health_service_access_for_organization()
    result = asked.apply(OF_IT, changes=changes)
    assert result.complete, result.failed
    assert sandbox.calls["health", "EnableHealthServiceAccessForOrganization"] == 2, "ours was refused once"
    assert cloud.open().tree.trusted


def test_what_health_does_not_tell_is_a_gap(sandbox: Sandbox, at: At) -> None:
    applied(at, "{health: {}}")
    sandbox.world.options["support_plan"] = False
    plan = at(text("{health: {}}")).plan(OF_IT)
    assert plan.changes == ()
    (gap,) = plan.gaps
    assert "Business Support" in gap.reason


def test_several_administer_where_aws_lets_them(sandbox: Sandbox, at: At) -> None:
    cloud = applied(at, "{backup: {administrator: [shop-prod, shop-dev]}, ssm: {administrator: security-tooling}}")
    client: Any = sandbox.session().client("organizations")
    keys = {account: key for key, account in cloud.open().tree.account_ids.items()}
    for principal, wanted in (("backup", {"shop-prod", "shop-dev"}), ("ssm", {"security-tooling"})):
        listed = client.list_delegated_administrators(ServicePrincipal=f"{principal}.amazonaws.com")
        assert {keys[each["Id"]] for each in listed["DelegatedAdministrators"]} == wanted


@pytest.mark.parametrize("name", ["artifact", "trusted-advisor"])
def test_what_only_a_console_switches_on_is_said_before_anything_is_written(at: At, name: str) -> None:
    cloud = at(text(f"{{{name}: {{}}}}"))
    kind = TrustedAccess()
    change = Change(Action.CREATE, kind.address(PRINCIPALS[name]), None, {"enabled": True})
    (reason,) = kind.in_the_way(cloud.organization, cloud.open(), change)
    assert "console" in reason


def test_what_else_a_service_wants_is_said(at: At) -> None:
    organization = at(text("{service-quotas: {}}")).organization
    kind = TrustedAccess()
    change = Change(Action.CREATE, kind.address(PRINCIPALS["service-quotas"]), None, {"enabled": True})
    assert any("services.service_quotas" in note for note in kind.notes(organization, change))


def test_every_service_has_one_name_and_the_tables_know_it() -> None:
    assert len(PRINCIPALS) == len(NAMES) == len(SERVICES)
    for table in (APPOINTED_BY, BY_CONSOLE, ALSO_NEEDED):
        assert set(table) <= set(SERVICES)
    assert {"ram", "stacksets", "backup", "ssm", "ipam", "service-quotas", "tag-policies", "license-manager",
            "compute-optimizer", "health", "resource-explorer", "trusted-advisor", "artifact"} <= set(PRINCIPALS)  # fmt: skip


@pytest.mark.parametrize(
    ("settings", "needed"),
    [
        ("", True),
        ("features: {ebs_malware_protection: false}", False),
        ("auto_enable: NONE", False),
        ("auto_enable: NONE, join: true", True),
        ("auto_enable: NONE, overrides: {o: {target: {units: [root]}, features: {s3_data_events: true}}}", False),
        ("auto_enable: NONE, overrides: {o: {target: {units: [root]}, join: true}}", True),
        (
            "features: {ebs_malware_protection: false}, "
            "overrides: {o: {target: {units: [root]}, features: {ebs_malware_protection: true}}}",
            True,
        ),
    ],
)
def test_scans_of_members_want_access_of_their_own(at: At, settings: str, *, needed: bool) -> None:
    trusted = at(f"{SMALL}services: {{guardduty: {{export: false, {settings}}}}}\n").organization.trusted_access
    assert "guardduty.amazonaws.com" in trusted
    assert ("malware-protection.guardduty.amazonaws.com" in trusted) is needed
