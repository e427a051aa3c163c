"""Central root access: on and off, its sessions, and who administers it beside the management account."""

from __future__ import annotations

from typing import Any

import pytest

from landing.core.model import Action
from landing.sandbox import Sandbox
from landing.services.registry import KINDS
from tests.cloud import Cloud
from tests.kinds.conftest import At, converged, of_service
from tests.samples import SMALL

OF_IT = of_service("root_access")
PRINCIPAL = "iam.amazonaws.com"


def text(settings: str) -> str:
    return f"{SMALL}services: {{root_access: {{{settings}}}}}\n"


def applied(at: At, settings: str) -> Cloud:
    return converged(at(text(settings)), OF_IT)


def features(sandbox: Sandbox) -> list[str]:
    found: list[str] = sandbox.session().client("iam").list_organizations_features()["EnabledFeatures"]
    return found


def administrators(sandbox: Sandbox) -> list[Any]:
    client = sandbox.session().client("organizations")
    return client.list_delegated_administrators(ServicePrincipal=PRINCIPAL)["DelegatedAdministrators"]  # type: ignore[return-value]


def danger(cloud: Cloud) -> tuple[Action, list[str]]:
    """Of the one change that a plan has of it."""
    (change,) = [each for each in cloud.plan(OF_IT).changes if each.address.kind == "root_access"]
    (kind,) = [kind for kind in KINDS if kind.name == "root_access"]
    return change.action, list(kind.dangers(change))


@pytest.mark.parametrize(
    ("settings", "on", "names"),
    [
        ("", ["RootCredentialsManagement", "RootSessions"], []),
        ("sessions: false", ["RootCredentialsManagement"], []),
        ("administrator: true", ["RootCredentialsManagement", "RootSessions"], ["Security Tooling"]),
    ],
)
def test_it_is_as_the_settings_say(sandbox: Sandbox, at: At, settings: str, on: list[str], names: list[str]) -> None:
    applied(at, settings)
    assert features(sandbox) == on
    assert [each["Name"] for each in administrators(sandbox)] == names


def test_what_the_config_does_not_say_of_administrators_stays(sandbox: Sandbox, at: At) -> None:
    cloud = applied(at, "")
    theirs = cloud.open().tree.account_ids["log-archive"]
    organizations = sandbox.session().client("organizations")
    organizations.register_delegated_administrator(AccountId=theirs, ServicePrincipal=PRINCIPAL)
    assert at(text("")).plan(OF_IT).changes == ()
    assert danger(at(text("administrator: false"))) == (Action.UPDATE, ["switch-off"])
    applied(at, "administrator: true")
    assert [each["Name"] for each in administrators(sandbox)] == ["Security Tooling"]
    applied(at, "administrator: false")
    assert administrators(sandbox) == []


def test_to_end_sessions_needs_leave(sandbox: Sandbox, at: At) -> None:
    applied(at, "")
    later = at(text("sessions: false"))
    assert danger(later) == (Action.UPDATE, ["switch-off"])
    assert later.apply(OF_IT).complete
    assert features(sandbox) == ["RootCredentialsManagement"]


def test_out_of_the_config_it_is_switched_off_with_leave(sandbox: Sandbox, at: At) -> None:
    applied(at, "administrator: true")
    later = at(SMALL)
    assert danger(later) == (Action.DELETE, ["switch-off"])
    (kind,) = [kind for kind in KINDS if kind.name == "root_access"]
    (change,) = [each for each in later.plan(OF_IT).changes if each.address.kind == "root_access"]
    assert any("security-tooling stays registered" in note for note in kind.notes(later.organization, change))
    assert later.apply(OF_IT).complete
    assert later.plan(OF_IT).changes == ()
    assert features(sandbox) == []


def test_what_was_on_before_us_is_not_switched_off(sandbox: Sandbox, at: At) -> None:
    sandbox.session().client("organizations").enable_aws_service_access(ServicePrincipal=PRINCIPAL)
    sandbox.session().client("iam").enable_organizations_root_sessions()
    cloud = at(SMALL)
    assert cloud.apply(OF_IT).complete
    assert "root_access.organization" not in [str(each.address) for each in cloud.plan(OF_IT).changes]
    assert features(sandbox) == ["RootSessions"]


def test_without_trusted_access_nothing_is_asked(sandbox: Sandbox, at: At) -> None:
    at(SMALL).plan(OF_IT)
    assert ("iam", "ListOrganizationsFeatures") not in sandbox.calls


def test_somebody_else_as_administrator_in_the_table_is_refused(at: At) -> None:
    with pytest.raises(Exception, match="appoints its administrator itself"):
        at(text("").replace("organization:", "organization:\n  trusted_access: {iam: {administrator: log-archive}}", 1))
