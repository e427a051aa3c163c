"""Resource shares within an organization and beyond (RAM User Guide and API reference)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.cloud import Cloud, refused, source

STRANGER = "999999999999"


def ram(cloud: Cloud, account: str | None = None, region: str = "us-east-1") -> Any:
    return cloud.client("ram", account, region)


def subnet(cloud: Cloud) -> str:
    account = cloud.client("sts").get_caller_identity()["Account"]
    return f"arn:aws:ec2:us-east-1:{account}:subnet/subnet-0123456789abcdef0"


def share(cloud: Cloud, *principals: str, **parameters: Any) -> str:
    made = ram(cloud).create_resource_share(
        name="network", resourceArns=[subnet(cloud)], principals=list(principals), **parameters
    )
    arn: str = made["resourceShare"]["resourceShareArn"]
    return arn


def seen(cloud: Cloud, account: str) -> list[str]:
    shares = ram(cloud, account).get_resource_shares(resourceOwner="OTHER-ACCOUNTS")["resourceShares"]
    return [found["name"] for found in shares]


def organization(cloud: Cloud) -> str:
    arn: str = cloud.organizations.describe_organization()["Organization"]["Arn"]
    return arn


@source("ram: EnableSharingWithAwsOrganization (API reference); Organizations: trusted access of RAM")
def test_sharing_gives_trusted_access(cloud: Cloud) -> None:
    assert ram(cloud).enable_sharing_with_aws_organization()["returnValue"] is True
    trusted = cloud.organizations.list_aws_service_access_for_organization()["EnabledServicePrincipals"]
    assert [entry["ServicePrincipal"] for entry in trusted] == ["ram.amazonaws.com"]
    (role,) = cloud.client("iam").list_roles(PathPrefix="/aws-service-role/ram.amazonaws.com/")["Roles"]
    assert role["RoleName"] == "AWSServiceRoleForResourceAccessManager"


@source("ram: EnableSharingWithAwsOrganization (API reference): the management account; OperationNotPermittedException")
def test_members_do_not_enable_sharing(cloud: Cloud) -> None:
    client = ram(cloud, cloud.account("member"))
    refused("OperationNotPermittedException", client.enable_sharing_with_aws_organization)


@source("ram: CreateResourceShare, GetResourceShares (API reference)")
def test_a_share_reads_back(cloud: Cloud) -> None:
    arn = share(cloud, allowExternalPrincipals=False, tags=[{"key": "a", "value": "b"}])
    (found,) = ram(cloud).get_resource_shares(resourceOwner="SELF")["resourceShares"]
    assert (found["resourceShareArn"], found["status"], found["featureSet"]) == (arn, "ACTIVE", "STANDARD")
    assert (found["allowExternalPrincipals"], found["tags"]) == (False, [{"key": "a", "value": "b"}])
    assert ram(cloud, region="eu-west-1").get_resource_shares(resourceOwner="SELF")["resourceShares"] == []


@source("RAM User Guide, Share with AWS Organizations: enable sharing first; UnknownResourceException")
def test_the_organization_is_unknown_until_sharing_is_enabled(cloud: Cloud) -> None:
    refused("UnknownResourceException", lambda: share(cloud, organization(cloud)))
    ram(cloud).enable_sharing_with_aws_organization()
    share(cloud, organization(cloud))


@source("ram: CreateResourceShare (API reference): principals: account, organization, unit")
def test_principals_reach_accounts(cloud: Cloud) -> None:
    ram(cloud).enable_sharing_with_aws_organization()
    unit = cloud.unit("network")
    inside, outside = cloud.account("inside"), cloud.account("outside")
    nested = cloud.unit("nested", unit)
    cloud.organizations.move_account(AccountId=inside, SourceParentId=cloud.root, DestinationParentId=nested)
    arn = cloud.organizations.describe_organizational_unit(OrganizationalUnitId=unit)["OrganizationalUnit"]["Arn"]
    share(cloud, arn)
    assert (seen(cloud, inside), seen(cloud, outside)) == (["network"], [])
    share(cloud, outside)
    assert seen(cloud, outside) == ["network"]
    share(cloud, organization(cloud))
    assert len(seen(cloud, inside)) == 2


@source("ram: AssociateResourceShare (API reference), UnknownResourceException")
@pytest.mark.parametrize("what", ["organization/o-notourorg00", "ou/{id}/ou-abcd-00000000"])
def test_unknown_parts_of_an_organization_are_refused(cloud: Cloud, what: str) -> None:
    ram(cloud).enable_sharing_with_aws_organization()
    ours = organization(cloud)
    arn = ours.rpartition("organization/")[0] + what.format(id=ours.rpartition("/")[2])
    refused("UnknownResourceException", lambda: share(cloud, arn))


@source("ram: CreateResourceShare (API reference): allowExternalPrincipals")
def test_strangers_are_external(cloud: Cloud) -> None:
    ram(cloud).enable_sharing_with_aws_organization()
    refused("OperationNotPermittedException", lambda: share(cloud, STRANGER, allowExternalPrincipals=False))
    share(cloud, STRANGER)
    listed = ram(cloud).get_resource_share_associations(associationType="PRINCIPAL")
    (found,) = listed["resourceShareAssociations"]
    assert (found["status"], found["external"]) == ("ASSOCIATING", True)


@source("ram: CreateResourceShare, AssociateResourceShare (API reference), MalformedArnException")
def test_malformed_arns_are_refused(cloud: Cloud) -> None:
    create = ram(cloud).create_resource_share
    for wrong in ({"resourceArns": ["subnet-1"]}, {"principals": ["everyone"]}):
        refused("MalformedArnException", create, name="network", **wrong)
    refused("MalformedArnException", ram(cloud).delete_resource_share, resourceShareArn="network")
    assert ram(cloud).get_resource_shares(resourceOwner="SELF")["resourceShares"] == []


@source("RAM User Guide, Sharing your resources: resources that you own; OperationNotPermittedException")
def test_one_shares_what_one_owns(cloud: Cloud) -> None:
    theirs = f"arn:aws:ec2:us-east-1:{STRANGER}:subnet/subnet-0123456789abcdef0"
    create = ram(cloud).create_resource_share
    refused("OperationNotPermittedException", create, name="network", resourceArns=[theirs])


@source("ram: AssociateResourceShare, DisassociateResourceShare, GetResourceShareAssociations (API reference)")
def test_principals_come_and_go(cloud: Cloud) -> None:
    ram(cloud).enable_sharing_with_aws_organization()
    account, arn = cloud.account("member"), share(cloud)
    (made,) = ram(cloud).associate_resource_share(resourceShareArn=arn, principals=[account])[
        "resourceShareAssociations"
    ]
    assert (made["associatedEntity"], made["associationType"]) == (account, "PRINCIPAL")
    assert seen(cloud, account) == ["network"]
    ram(cloud).disassociate_resource_share(resourceShareArn=arn, principals=[account])
    assert seen(cloud, account) == []
    listed = ram(cloud).get_resource_share_associations(associationType="RESOURCE", resourceShareArns=[arn])
    assert [found["associatedEntity"] for found in listed["resourceShareAssociations"]] == [subnet(cloud)]
    gone = ram(cloud).disassociate_resource_share
    refused("UnknownResourceException", gone, resourceShareArn=arn, principals=[account])


@source("ram: GetResourceShareAssociations (API reference): resourceArn and principal, by associationType")
def test_associations_are_asked_for_by_their_kind(cloud: Cloud) -> None:
    listed = ram(cloud).get_resource_share_associations
    refused("InvalidParameterException", listed, associationType="PRINCIPAL", resourceArn=subnet(cloud))


@source("ram: ListResources, ListPrincipals (API reference): SELF and OTHER-ACCOUNTS")
def test_both_sides_list_what_is_shared(cloud: Cloud) -> None:
    ram(cloud).enable_sharing_with_aws_organization()
    owner = cloud.client("sts").get_caller_identity()["Account"]
    account = cloud.account("member")
    share(cloud, account)
    for caller, side, principal in ((None, "SELF", account), (account, "OTHER-ACCOUNTS", owner)):
        (resource,) = ram(cloud, caller).list_resources(resourceOwner=side)["resources"]
        assert (resource["arn"], resource["type"]) == (subnet(cloud), "ec2:Subnet")
        assert [p["id"] for p in ram(cloud, caller).list_principals(resourceOwner=side)["principals"]] == [principal]


@source("ram: UpdateResourceShare, TagResource, UntagResource (API reference)")
def test_a_share_is_renamed_and_tagged(cloud: Cloud) -> None:
    arn, client = share(cloud), ram(cloud)
    client.update_resource_share(resourceShareArn=arn, name="renamed", allowExternalPrincipals=False)
    client.tag_resource(resourceShareArn=arn, tags=[{"key": "a", "value": "1"}, {"key": "b", "value": "2"}])
    client.untag_resource(resourceShareArn=arn, tagKeys=["a"])
    wanted = {"tagFilters": [{"tagKey": "b", "tagValues": ["2"]}]}
    (found,) = client.get_resource_shares(resourceOwner="SELF", **wanted)["resourceShares"]
    assert (found["name"], found["allowExternalPrincipals"]) == ("renamed", False)
    assert client.get_resource_shares(resourceOwner="SELF", name="network")["resourceShares"] == []


@source("ram: DeleteResourceShare (API reference); a deleted share is shown as DELETED")
def test_a_share_is_deleted(cloud: Cloud) -> None:
    ram(cloud).enable_sharing_with_aws_organization()
    account = cloud.account("member")
    arn = share(cloud, account)
    ram(cloud).delete_resource_share(resourceShareArn=arn)
    assert seen(cloud, account) == []
    found = ram(cloud).get_resource_shares(resourceOwner="SELF", resourceShareStatus="DELETED")["resourceShares"]
    assert [one["resourceShareArn"] for one in found] == [arn]
    refused("UnknownResourceException", ram(cloud).delete_resource_share, resourceShareArn=arn)


@source("ram: GetResourceShares (API reference): maxResults, nextToken, InvalidNextTokenException")
def test_shares_have_pages(cloud: Cloud) -> None:
    arns = [share(cloud) for _ in range(3)]
    list_page = ram(cloud).get_resource_shares
    first = list_page(resourceOwner="SELF", maxResults=2)
    second = list_page(resourceOwner="SELF", maxResults=2, nextToken=first["nextToken"])
    assert [s["resourceShareArn"] for page in (first, second) for s in page["resourceShares"]] == arns
    refused("InvalidNextTokenException", list_page, resourceOwner="SELF", nextToken="mine")
