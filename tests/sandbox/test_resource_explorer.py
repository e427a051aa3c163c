"""Resource Explorer: what AWS refuses (API reference; User Guide)."""

from __future__ import annotations

from tests.sandbox.cloud import Cloud, refused, source
from tests.sandbox.stacks import Stack, template

PRINCIPAL = "resource-explorer-2.amazonaws.com"
DAY = 24 * 3600


def _index(cloud: Cloud, region: str = "us-east-1", account: str | None = None) -> str:
    client = cloud.client("resource-explorer-2", account, region)
    arn: str = client.create_index()["Arn"]
    while client.get_index()["State"] != "ACTIVE":
        pass
    return arn


@source("resource-explorer-2: CreateIndex, UpdateIndexType, DeleteIndex (API reference)")
def test_a_region_has_one_index_and_an_account_one_aggregator(cloud: Cloud) -> None:
    here, there = (cloud.client("resource-explorer-2", region=each) for each in ("us-east-1", "eu-west-1"))
    refused("ResourceNotFoundException", here.get_index)
    made = here.create_index(Tags={"a": "b"})
    refused("ConflictException", here.create_index)
    refused("ValidationException", here.update_index_type, Arn=made["Arn"], Type="AGGREGATOR")
    while here.get_index()["State"] != "ACTIVE":
        pass
    other = _index(cloud, "eu-west-1")
    refused("ResourceNotFoundException", here.update_index_type, Arn=other, Type="AGGREGATOR")
    refused("ResourceNotFoundException", here.delete_index, Arn=other)
    assert here.update_index_type(Arn=made["Arn"], Type="AGGREGATOR")["State"] == "UPDATING"
    refused("ConflictException", there.update_index_type, Arn=other, Type="AGGREGATOR")
    assert there.get_index()["ReplicatingTo"] == ["us-east-1"]
    assert here.get_index()["ReplicatingFrom"] == ["eu-west-1"]
    assert here.list_tags_for_resource(resourceArn=made["Arn"])["Tags"] == {"a": "b"}
    (aggregator,) = here.list_indexes(Type="AGGREGATOR")["Indexes"]
    assert aggregator == {"Arn": made["Arn"], "Region": "us-east-1", "Type": "AGGREGATOR"}
    here.delete_index(Arn=made["Arn"])
    refused("ConflictException", here.create_index)
    refused("ServiceQuotaExceededException", there.update_index_type, Arn=other, Type="AGGREGATOR")
    cloud.advance(DAY)
    refused("ResourceNotFoundException", here.get_index)
    assert there.update_index_type(Arn=other, Type="AGGREGATOR")["Type"] == "AGGREGATOR"
    while there.get_index()["State"] != "ACTIVE":
        pass
    assert there.update_index_type(Arn=other, Type="LOCAL")["Type"] == "LOCAL"
    while there.get_index()["State"] != "ACTIVE":
        pass
    refused("ServiceQuotaExceededException", there.update_index_type, Arn=other, Type="AGGREGATOR")


@source("resource-explorer-2: CreateView, UpdateView, DeleteView, AssociateDefaultView (API reference); Deleting views")
def test_the_default_view_is_not_deleted(cloud: Cloud) -> None:
    client = cloud.client("resource-explorer-2")
    refused("ValidationException", client.create_view, ViewName="all")
    index = _index(cloud)
    refused("ResourceNotFoundException", client.disassociate_default_view)
    assert "ViewArn" not in client.get_default_view()
    arn = client.create_view(ViewName="all")["View"]["ViewArn"]
    refused("ConflictException", client.create_view, ViewName="all")
    for call in (client.get_view, client.delete_view, client.associate_default_view):
        refused("ResourceNotFoundException", call, ViewArn=f"{arn}0")
    refused("UnauthorizedException", client.update_view, ViewArn=f"{arn}0")
    client.associate_default_view(ViewArn=arn)
    refused("ValidationException", client.delete_view, ViewArn=arn)
    assert client.list_views()["Views"] == [arn]
    client.delete_index(Arn=index)
    while client.list_indexes()["Indexes"]:
        pass
    cloud.advance(DAY)
    assert client.list_views()["Views"] == []
    assert "ViewArn" not in client.get_default_view()


@source("resource-explorer-2: CreateView, ListIndexesForMembers (API reference); Turning on multi-account search")
def test_who_administers_it_looks_at_all_accounts(cloud: Cloud) -> None:
    organization = cloud.organizations.describe_organization()["Organization"]
    tooling, shop = cloud.account("tooling"), cloud.account("shop")
    client = cloud.client("resource-explorer-2", tooling)
    _index(cloud, account=tooling)
    theirs = _index(cloud, account=shop)
    of_all = {"ViewName": "all", "Scope": organization["Arn"]}
    refused("AccessDeniedException", client.create_view, **of_all)
    refused("AccessDeniedException", client.list_indexes_for_members, AccountIdList=[shop])
    cloud.delegate(tooling, PRINCIPAL)
    (found,) = client.list_indexes_for_members(AccountIdList=[shop])["Indexes"]
    assert found == {"AccountId": shop, "Region": "us-east-1", "Arn": theirs, "Type": "LOCAL"}
    refused("ValidationException", client.list_indexes_for_members, AccountIdList=["999999999999"])
    strange = organization["Arn"].replace(organization["Id"], "o-another")
    refused("ValidationException", client.create_view, ViewName="all", Scope=strange)
    unit = cloud.unit("shops")
    arn = organization["Arn"].replace(":organization/", ":ou/") + f"/{unit}"
    assert client.create_view(ViewName="shops", Scope=arn)["View"]["Scope"] == arn
    made = client.create_view(**of_all)["View"]
    assert made["Scope"] == organization["Arn"]
    client.create_view(ViewName="own")
    client.associate_default_view(ViewArn=made["ViewArn"])
    cloud.organizations.deregister_delegated_administrator(AccountId=tooling, ServicePrincipal=PRINCIPAL)
    (left,) = client.list_views()["Views"]
    assert "/own/" in left
    assert "ViewArn" not in client.get_default_view()


@source("The handlers of AWS::ResourceExplorer2::Index and ::DefaultViewAssociation, as AWS publishes them")
def test_what_is_there_already_is_not_taken_over(cloud: Cloud) -> None:
    client = cloud.client("resource-explorer-2")
    _index(cloud)
    stack = Stack(cloud, "second")
    assert stack.create(template(Index=("ResourceExplorer2::Index", {"Type": "LOCAL"}))) != "CREATE_COMPLETE"
    assert "ConflictException" in str(stack.reasons())
    client.associate_default_view(ViewArn=client.create_view(ViewName="mine")["View"]["ViewArn"])
    view = ("ResourceExplorer2::View", {"ViewName": "ours"})
    default = ("ResourceExplorer2::DefaultViewAssociation", {"ViewArn": {"Ref": "View"}})
    stack = Stack(cloud, "view")
    assert stack.create(template(View=view, Default=default)) != "CREATE_COMPLETE"
    assert "A default view is already associated" in str(stack.reasons())
    elsewhere = cloud.client("resource-explorer-2", region="eu-west-1")
    client.update_index_type(Arn=client.get_index()["Arn"], Type="AGGREGATOR")
    stack = Stack(cloud, "third", region="eu-west-1")
    assert stack.create(template(Index=("ResourceExplorer2::Index", {"Type": "AGGREGATOR"}))) != "CREATE_COMPLETE"
    refused("ResourceNotFoundException", elsewhere.get_index)
