"""Detective's behaviour graphs, of an account and of an organization (Detective guides and API reference)."""

from __future__ import annotations

from typing import Any

from landing.sandbox import Sandbox
from landing.sandbox.services.detective import at
from landing.sandbox.services.members import Member
from tests.sandbox.appointed import DETECTIVE, administrator
from tests.sandbox.cloud import Cloud, InProcess, refused, source


def detective(cloud: Cloud, account: str | None = None, region: str = "us-east-1") -> Any:
    return cloud.client("detective", account, region)


def graph(cloud: Cloud, account: str | None = None) -> str:
    found: str = detective(cloud, account).list_graphs()["GraphList"][0]["Arn"]
    return found


def entry(account: str, name: str = "member") -> dict[str, str]:
    return {"AccountId": account, "EmailAddress": f"{name}@example.com"}


@source("detective: CreateGraph (API reference): the same graph when called again")
def test_an_account_has_one_graph_in_a_region(cloud: Cloud) -> None:
    made = detective(cloud).create_graph(Tags={"team": "security"})["GraphArn"]
    assert detective(cloud).create_graph()["GraphArn"] == made == graph(cloud)
    assert detective(cloud).list_tags_for_resource(ResourceArn=made)["Tags"] == {"team": "security"}
    assert detective(cloud, region="eu-west-1").list_graphs()["GraphList"] == []


@source("detective: DeleteGraph (API reference), ResourceNotFoundException")
def test_a_graph_is_deleted(cloud: Cloud) -> None:
    arn = detective(cloud).create_graph()["GraphArn"]
    detective(cloud).delete_graph(GraphArn=arn)
    assert detective(cloud).list_graphs()["GraphList"] == []
    refused("ResourceNotFoundException", detective(cloud).delete_graph, GraphArn=arn)


@source("detective: TagResource, UntagResource, ListTagsForResource (API reference)")
def test_a_graph_is_tagged(cloud: Cloud) -> None:
    arn = detective(cloud).create_graph()["GraphArn"]
    detective(cloud).tag_resource(ResourceArn=arn, Tags={"a": "1", "b": "2"})
    detective(cloud).untag_resource(ResourceArn=arn, TagKeys=["a"])
    assert detective(cloud).list_tags_for_resource(ResourceArn=arn)["Tags"] == {"b": "2"}


@source("detective: EnableOrganizationAdminAccount (API reference): creates a behavior graph")
def test_the_administrator_gets_a_graph(cloud: Cloud) -> None:
    admin = administrator(cloud, DETECTIVE)
    (found,) = detective(cloud).list_organization_admin_accounts()["Administrators"]
    assert (found["AccountId"], found["GraphArn"]) == (admin, graph(cloud, admin))


@source("detective: DisableOrganizationAdminAccount (API reference): deletes the organization behavior graph")
def test_the_graph_goes_with_the_administrator(cloud: Cloud) -> None:
    admin = administrator(cloud, DETECTIVE)
    arn = graph(cloud, admin)
    refused("ValidationException", detective(cloud, admin).delete_graph, GraphArn=arn)
    detective(cloud).disable_organization_admin_account()
    assert detective(cloud, admin).list_graphs()["GraphList"] == []
    refused("ValidationException", detective(cloud).disable_organization_admin_account)


@source("detective: UpdateOrganizationConfiguration, DescribeOrganizationConfiguration (API reference)")
def test_the_organization_is_configured_by_its_administrator(cloud: Cloud) -> None:
    admin = administrator(cloud, DETECTIVE)
    arn, client = graph(cloud, admin), detective(cloud, admin)
    assert client.describe_organization_configuration(GraphArn=arn)["AutoEnable"] is False
    client.update_organization_configuration(GraphArn=arn, AutoEnable=True)
    assert client.describe_organization_configuration(GraphArn=arn)["AutoEnable"] is True
    refused("AccessDeniedException", detective(cloud).describe_organization_configuration, GraphArn=arn)
    other = arn[:-1] + ("0" if arn[-1] != "0" else "1")
    refused("ValidationException", client.describe_organization_configuration, GraphArn=other)


@source("detective: UpdateOrganizationConfiguration (API reference), AutoEnable: new organization accounts")
def test_new_accounts_are_members_and_old_ones_are_not(cloud: Cloud) -> None:
    cloud.account("old")
    admin = administrator(cloud, DETECTIVE)
    arn = graph(cloud, admin)
    detective(cloud, admin).update_organization_configuration(GraphArn=arn, AutoEnable=True)
    new = cloud.account("new")
    (found,) = detective(cloud, admin).list_members(GraphArn=arn)["MemberDetails"]
    assert (found["AccountId"], found["Status"], found["InvitationType"]) == (new, "ENABLED", "ORGANIZATION")


@source("detective: CreateMembers, GetMembers (API reference): UnprocessedAccounts")
def test_accounts_are_made_members(cloud: Cloud) -> None:
    admin, account = administrator(cloud, DETECTIVE), cloud.account("member")
    arn, client = graph(cloud, admin), detective(cloud, admin)
    asked = [entry(account), entry("999999999999"), entry(admin)]
    answer = client.create_members(GraphArn=arn, Accounts=asked)
    assert [one["AccountId"] for one in answer["Members"]] == [account]
    assert [one["AccountId"] for one in answer["UnprocessedAccounts"]] == ["999999999999", admin]
    again = client.create_members(GraphArn=arn, Accounts=[entry(account)])
    assert (again["Members"], len(again["UnprocessedAccounts"])) == ([], 1)
    found = client.get_members(GraphArn=arn, AccountIds=[account, "999999999999"])
    assert [one["Status"] for one in found["MemberDetails"]] == ["ENABLED"]
    assert [one["AccountId"] for one in found["UnprocessedAccounts"]] == ["999999999999"]


@source("botocore: detective, CreateMembers: at most 50 accounts")
def test_fifty_accounts_at_a_time(cloud: Cloud) -> None:
    admin = administrator(cloud, DETECTIVE)
    asked = [entry(f"{number:012}") for number in range(51)]
    create = detective(cloud, admin).create_members
    refused("ValidationException", create, GraphArn=graph(cloud, admin), Accounts=asked)


@source("detective: DeleteMembers, ListMembers (API reference)")
def test_members_are_deleted(cloud: Cloud) -> None:
    admin, account = administrator(cloud, DETECTIVE), cloud.account("member")
    arn, client = graph(cloud, admin), detective(cloud, admin)
    client.create_members(GraphArn=arn, Accounts=[entry(account)])
    answer = client.delete_members(GraphArn=arn, AccountIds=[account, "999999999999"])
    assert (answer["AccountIds"], len(answer["UnprocessedAccounts"])) == ([account], 1)
    assert client.list_members(GraphArn=arn)["MemberDetails"] == []


@source("detective: StartMonitoringMember (API reference): members that are ACCEPTED_BUT_DISABLED")
def test_data_of_a_member_is_taken_in_again(cloud: Cloud) -> None:
    admin, account = administrator(cloud, DETECTIVE), cloud.account("member")
    arn, client = graph(cloud, admin), detective(cloud, admin)
    start = client.start_monitoring_member
    refused("ResourceNotFoundException", start, GraphArn=arn, AccountId=account)
    client.create_members(GraphArn=arn, Accounts=[entry(account)])
    refused("ValidationException", start, GraphArn=arn, AccountId=account)


@source("detective: ListDatasourcePackages, UpdateDatasourcePackages (API reference)")
def test_packages_are_started(cloud: Cloud) -> None:
    arn = detective(cloud).create_graph()["GraphArn"]

    def packages() -> set[str]:
        return set(detective(cloud).list_datasource_packages(GraphArn=arn)["DatasourcePackages"])

    assert packages() == {"DETECTIVE_CORE"}
    detective(cloud).update_datasource_packages(GraphArn=arn, DatasourcePackages=["EKS_AUDIT"])
    assert packages() == {"DETECTIVE_CORE", "EKS_AUDIT"}


@source("organizations: RemoveAccountFromOrganization; Detective: accounts that leave")
def test_who_leaves_is_a_member_no_more(cloud: Cloud) -> None:
    admin, account = administrator(cloud, DETECTIVE), cloud.account("member")
    arn = graph(cloud, admin)
    detective(cloud, admin).create_members(GraphArn=arn, Accounts=[entry(account)])
    cloud.advance(8 * 86400)  # type: ignore[attr-defined]
    cloud.organizations.remove_account_from_organization(AccountId=account)
    assert detective(cloud, admin).list_members(GraphArn=arn)["MemberDetails"] == []


def test_a_graph_has_twelve_hundred_members(sandbox: Sandbox) -> None:
    """Detective User Guide, quotas; CreateMembers (API reference): ServiceQuotaExceededException."""
    cloud = InProcess(sandbox)
    admin, account = administrator(cloud, DETECTIVE), cloud.account("member")
    arn, there = graph(cloud, admin), at(sandbox.world, admin, "us-east-1").graph
    assert there is not None
    there.members |= {
        f"{number:012}": Member(f"{number:012}", "a@example.com", "ENABLED", sandbox.world.now)
        for number in range(1200)
    }
    create = detective(cloud, admin).create_members
    refused("ServiceQuotaExceededException", create, GraphArn=arn, Accounts=[entry(account)])
    del there.members["000000000000"]
    create(GraphArn=arn, Accounts=[entry(account)])
