"""Security Incident Response: units five a call, a team that goes on hearing, and a membership taken up again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from landing.core.model import Action, Diagnostic
from landing.sandbox import Sandbox
from landing.services.registry import KINDS
from tests.cloud import Cloud
from tests.kinds.conftest import At, converged, of_service
from tests.samples import SMALL

OF_IT = [*of_service("security_incident_response"), KINDS["delegated_administrator"]]
TEAM = "team: [{name: Ana, title: Head, email: ana@example.com}, {name: Bob, title: On call, email: bob@example.com}]"
UNITS = [f"u{number}" for number in range(7)]
MANY = SMALL.replace("units:\n", "units:\n" + "".join(f"  {key}: {{name: {key}}}\n" for key in UNITS), 1)


def text(settings: str = "", team: str = TEAM, beginning: str = MANY) -> str:
    return f"{beginning}services: {{security_incident_response: {{{team}, {settings}}}}}\n"


def membership(cloud: Cloud, sandbox: Sandbox) -> tuple[Any, dict[str, Any]]:
    account = cloud.open().tree.account_ids["security-tooling"]
    client = sandbox.session(account, region="eu-west-1").client("security-ir")
    return client, client.get_membership(membershipId=client.list_memberships()["items"][-1]["membershipId"])  # type: ignore[return-value]


def covered(cloud: Cloud, sandbox: Sandbox) -> list[str]:
    found = membership(cloud, sandbox)[1]["membershipAccountsConfigurations"]
    return (
        ["root"]
        if found["coverEntireOrganization"]
        else sorted(map(cloud.open().tree.node_key, found["organizationalUnits"]))
    )


def test_it_begins_with_everybody_and_goes_to_units_and_back(sandbox: Sandbox, at: At) -> None:
    cloud = converged(at(text()), OF_IT)
    assert covered(cloud, sandbox) == ["root"]
    role = sandbox.session().client("iam").get_role(RoleName="AWSServiceRoleForSecurityIncidentResponse_Triage")
    assert role["Role"]["Path"] == "/aws-service-role/triage.security-ir.amazonaws.com/"

    some = at(text(f"units: [{', '.join(UNITS)}]"))
    aws = some.open(read_only=False)
    assert some.apply(OF_IT, aws=aws).complete
    assert aws.calls["security-ir", "UpdateMembership"] == 1 + 2, "the rest, and seven units in two calls"
    assert covered(some, sandbox) == UNITS
    converged(at(text("units: [u6, workloads]")), OF_IT)
    assert covered(some, sandbox) == ["u6", "workloads"]
    converged(at(text()), OF_IT)
    assert covered(some, sandbox) == ["root"]


def test_who_stays_in_the_team_goes_on_hearing_as_before(sandbox: Sandbox, at: At) -> None:
    cloud = converged(at(text()), OF_IT)
    client, found = membership(cloud, sandbox)
    team = [{**each, "communicationPreferences": ["Case Created"]} for each in found["incidentResponseTeam"]]
    client.update_membership(membershipId=found["membershipId"], incidentResponseTeam=team)
    assert cloud.plan(OF_IT).changes == ()
    another = TEAM.replace("Bob", "Eva").replace("bob@", "eva@").replace("ana@", "ANA@")
    after = at(text(team=another))
    (change,) = after.plan(OF_IT).changes
    kind = KINDS["incident_response_membership"]
    assert list(kind.weakened(after.organization, change)) == ["team no longer bob@example.com"]
    converged(after, OF_IT)
    people = {
        each["name"]: each.get("communicationPreferences")
        for each in membership(cloud, sandbox)[1]["incidentResponseTeam"]
    }
    assert people == {"Ana": ["Case Created"], "Eva": None}


def test_one_that_was_cancelled_is_taken_up_again(sandbox: Sandbox, at: At) -> None:
    cloud = converged(at(text("triage: false")), OF_IT)
    first = membership(cloud, sandbox)[1]["membershipId"]
    without = at(MANY)
    changes = [each for each in without.plan(OF_IT).changes if each.address.kind == "incident_response_membership"]
    assert [each.action for each in changes] == [Action.DELETE]
    kind = KINDS["incident_response_membership"]
    assert list(kind.dangers(changes[0])) == ["switch-off"]
    assert "takes it up again" in " ".join(kind.notes(without.organization, changes[0]))
    assert without.apply(OF_IT).complete
    assert membership(cloud, sandbox)[1]["membershipStatus"] == "Cancelled"
    converged(at(text("triage: false, name: Again")), OF_IT)
    found = membership(cloud, sandbox)[1]
    assert (found["membershipId"], found["membershipStatus"], found["membershipName"]) == (first, "Active", "Again")


@pytest.mark.parametrize(
    ("written", "code", "words"),
    [
        (text("units: [nowhere]"), "LZ301", "there is no unit `nowhere`"),
        (text(team=TEAM.replace("bob@", "ANA@")), "LZ442", "`ana@example.com` is in the team twice"),
        (text().replace("eu-west-1", "eu-south-1"), "LZ442", "no memberships in the home region, eu-south-1"),
        (text(team="team: [{name: Ana, title: Head, email: ana@example.com}]"), "LZ442", "at least 2 people, not 1"),
    ],
)
def test_what_aws_would_refuse_is_found_before(
    written: str, code: str, words: str, problems: Callable[..., list[Diagnostic]]
) -> None:
    found = problems(text=written)
    assert any(each.code == code and words in each.message for each in found), found
