"""The membership of an organization in AWS Security Incident Response (its API reference and user guide)."""

from __future__ import annotations

from typing import Any

from tests.sandbox.cloud import Cloud, refused, source

PRINCIPAL = "security-ir.amazonaws.com"
TRIAGE = [{"featureName": "Triage", "isEnabled": True}]


def person(name: str) -> dict[str, Any]:
    return {"name": name, "jobTitle": "On call", "email": f"{name}@example.com"}


TEAM = [person("ana"), person("bob")]


def responds(cloud: Cloud, account: str | None = None, region: str = "us-east-1") -> Any:
    return cloud.client("security-ir", account, region)


def administered(cloud: Cloud) -> str:
    account = cloud.account("security")
    cloud.delegate(account, PRINCIPAL)
    return account


def joined(cloud: Cloud, **parameters: Any) -> tuple[Any, dict[str, str]]:
    """A client of the administrator, and its membership."""
    client = responds(cloud, administered(cloud))
    made = client.create_membership(membershipName="landing", incidentResponseTeam=TEAM, **parameters)
    return client, {"membershipId": made["membershipId"]}


@source("security-ir: User Guide, considerations: the management account or the delegated administrator")
def test_others_may_not_call_it(cloud: Cloud) -> None:
    other, admin = cloud.account("other"), administered(cloud)
    assert responds(cloud, admin).list_memberships()["items"] == []
    refused("AccessDeniedException", responds(cloud, other).list_memberships)


@source("security-ir: User Guide, supported configurations: a membership is in one of 15 Regions")
def test_there_is_none_in_a_region_without_it(cloud: Cloud) -> None:
    client = responds(cloud, administered(cloud), "us-west-1")
    refused("SecurityIncidentResponseNotActiveException", client.list_memberships)


@source("security-ir: User Guide, using the CLI: trusted access before the membership")
def test_without_trusted_access_it_is_not_active(cloud: Cloud) -> None:
    refused("SecurityIncidentResponseNotActiveException", responds(cloud).list_memberships)


@source("security-ir: User Guide, using the CLI: the administrator creates the membership")
def test_the_management_account_makes_none_beside_an_administrator(cloud: Cloud) -> None:
    administered(cloud)
    create = responds(cloud).create_membership
    refused("AccessDeniedException", create, membershipName="landing", incidentResponseTeam=TEAM)


@source("security-ir: CreateMembership (API reference), ConflictException, incidentResponseTeam 2 to 10")
def test_there_is_one_membership_with_two_people_at_least(cloud: Cloud) -> None:
    client, membership = joined(cloud, coverEntireOrganization=True)
    refused("ConflictException", client.create_membership, membershipName="other", incidentResponseTeam=TEAM)
    found = client.get_membership(**membership)
    assert (found["membershipName"], found["membershipStatus"]) == ("landing", "Active")
    assert found["membershipAccountsConfigurations"] == {"coverEntireOrganization": True, "organizationalUnits": []}
    assert found["incidentResponseTeam"] == TEAM
    refused("ValidationException", client.update_membership, **membership, incidentResponseTeam=TEAM * 6)


@source("security-ir: User Guide, using the CLI: step 1, the role of triage in the management account")
def test_triage_wants_its_role(cloud: Cloud) -> None:
    client, membership = joined(cloud)
    refused("ValidationException", client.update_membership, **membership, optInFeatures=TRIAGE)
    cloud.client("iam").create_service_linked_role(AWSServiceName="triage.security-ir.amazonaws.com")
    client.update_membership(**membership, optInFeatures=TRIAGE)
    assert client.get_membership(**membership)["optInFeatures"] == TRIAGE
    again = cloud.client("iam").create_service_linked_role
    refused("InvalidInput", again, AWSServiceName="triage.security-ir.amazonaws.com")


@source("security-ir: UpdateMembership (API reference), organizationalUnitsToAdd and …ToRemove")
def test_units_are_added_and_removed(cloud: Cloud) -> None:
    client, membership = joined(cloud)
    first, second = cloud.unit("first"), cloud.unit("second")

    def update(**part: Any) -> None:
        client.update_membership(**membership, membershipAccountsConfigurationsUpdate=part)

    update(organizationalUnitsToAdd=[first, second])
    update(organizationalUnitsToRemove=[first])
    covered = client.get_membership(**membership)["membershipAccountsConfigurations"]
    assert covered == {"coverEntireOrganization": False, "organizationalUnits": [second]}
    refused("ValidationException", update, organizationalUnitsToAdd=["ou-abcd-12345678"])
    refused("ValidationException", update, organizationalUnitsToRemove=[first])
    for wrong in ([f"ou-abcd-{number:08}" for number in range(6)], [cloud.root]):
        refused("ValidationException", update, organizationalUnitsToAdd=wrong)
        refused("ValidationException", update, organizationalUnitsToRemove=wrong)
    update(coverEntireOrganization=True)
    refused("ValidationException", update, organizationalUnitsToAdd=[first])


@source("security-ir: CancelMembership, UpdateMembership undoMembershipCancellation (API reference)")
def test_a_membership_is_cancelled_and_taken_up_again(cloud: Cloud) -> None:
    client, membership = joined(cloud)
    refused("ValidationException", client.update_membership, **membership, undoMembershipCancellation=True)
    client.cancel_membership(**membership)
    refused("ConflictException", client.cancel_membership, **membership)
    refused("ConflictException", client.update_membership, **membership, membershipName="other")
    refused("ValidationException", client.update_membership, **membership, undoMembershipCancellation=False)
    assert [each["membershipStatus"] for each in client.list_memberships()["items"]] == ["Cancelled"]
    client.update_membership(**membership, undoMembershipCancellation=True)
    assert client.get_membership(**membership)["membershipStatus"] == "Active"


@source("security-ir: User Guide, considerations: deregistering the administrator cancels the subscription")
def test_a_membership_ends_with_its_administrator(cloud: Cloud) -> None:
    client, membership = joined(cloud)
    arn = client.get_membership(**membership)["membershipArn"]
    client.tag_resource(resourceArn=arn, tags={"team": "security"})
    assert client.list_tags_for_resource(resourceArn=arn)["tags"] == {"team": "security"}
    cloud.organizations.deregister_delegated_administrator(AccountId=arn.split(":")[4], ServicePrincipal=PRINCIPAL)
    assert [each["membershipStatus"] for each in responds(cloud).list_memberships()["items"]] == ["Terminated"]
    refused("ResourceNotFoundException", responds(cloud).get_membership, **membership)


@source("security-ir: TagResource (API reference), ResourceNotFoundException")
def test_what_is_not_there_has_no_tags(cloud: Cloud) -> None:
    client, membership = joined(cloud)
    arn = client.get_membership(**membership)["membershipArn"]
    refused("ResourceNotFoundException", client.list_tags_for_resource, resourceArn=arn[:-4] + "zzzz")
