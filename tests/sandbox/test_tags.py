"""Tags of what Organizations holds, there and in the tagging API (API references)."""

from __future__ import annotations

from typing import Any

from tests.sandbox.cloud import Cloud, refused, source


def _tags(**tags: str) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


@source("API reference: TagResource, UntagResource, ListTagsForResource")
def test_root_units_accounts_and_policies_have_tags(cloud: Cloud) -> None:
    organizations = cloud.organizations
    for resource in (cloud.root, cloud.unit("U"), cloud.account("a"), cloud.policy()):
        organizations.tag_resource(ResourceId=resource, Tags=_tags(a="1", b="2"))
        organizations.tag_resource(ResourceId=resource, Tags=_tags(b="3"))
        organizations.untag_resource(ResourceId=resource, TagKeys=["a", "not there"])
        assert organizations.list_tags_for_resource(ResourceId=resource)["Tags"] == _tags(b="3")


@source("API reference: TargetNotFoundException")
def test_the_tagged_resource_exists(cloud: Cloud) -> None:
    refused("TargetNotFoundException", cloud.organizations.list_tags_for_resource, ResourceId="ou-abcd-12345678")
    refused(
        "TargetNotFoundException",
        cloud.organizations.tag_resource,
        ResourceId="999999999999",
        Tags=_tags(a="b"),
    )


@source("User Guide: quotas, 50 tags; MAX_TAG_LIMIT_EXCEEDED")
def test_a_resource_has_fifty_tags_at_most(cloud: Cloud) -> None:
    root = cloud.root
    cloud.organizations.tag_resource(ResourceId=root, Tags=_tags(**{f"k{n}": "v" for n in range(50)}))
    cloud.organizations.tag_resource(ResourceId=root, Tags=_tags(k0="w"))
    refused(
        "ConstraintViolationException",
        cloud.organizations.tag_resource,
        ResourceId=root,
        Tags=_tags(one_more="v"),
        reason="MAX_TAG_LIMIT_EXCEEDED",
    )


@source("API reference: DUPLICATE_TAG_KEY, INVALID_SYSTEM_TAGS_PARAMETER")
def test_some_tags_are_refused(cloud: Cloud) -> None:
    tag, root = cloud.organizations.tag_resource, cloud.root
    twice = _tags(a="1") + _tags(a="2")
    refused("InvalidInputException", tag, ResourceId=root, Tags=twice, reason="DUPLICATE_TAG_KEY")
    system = [{"Key": "aws:x", "Value": "y"}]
    refused("InvalidInputException", tag, ResourceId=root, Tags=system, reason="INVALID_SYSTEM_TAGS_PARAMETER")


@source("botocore: pattern of TagKey")
def test_a_tag_key_has_a_form(cloud: Cloud) -> None:
    refused(
        "InvalidInputException",
        cloud.organizations.tag_resource,
        ResourceId=cloud.root,
        Tags=[{"Key": "a#b", "Value": ""}],
        reason="INVALID_PATTERN",
    )


@source("API reference: CreateOrganizationalUnit and CreatePolicy, Tags")
def test_units_and_policies_are_tagged_when_they_are_created(cloud: Cloud) -> None:
    organizations = cloud.organizations
    made = organizations.create_organizational_unit(ParentId=cloud.root, Name="U", Tags=_tags(a="1"))
    unit = made["OrganizationalUnit"]["Id"]
    assert organizations.list_tags_for_resource(ResourceId=unit)["Tags"] == _tags(a="1")


def _found(cloud: Cloud, region: str = "us-east-1", account: str | None = None, **filters: Any) -> list[str]:
    client = cloud.client("resourcegroupstaggingapi", account, region)
    return [found["ResourceARN"] for found in client.get_resources(**filters)["ResourceTagMappingList"]]


@source("Resource Groups Tagging API reference: GetResources; supported services")
def test_the_tagging_api_finds_what_organizations_tags(cloud: Cloud) -> None:
    unit, account = cloud.unit("U"), cloud.account("a")
    cloud.organizations.tag_resource(ResourceId=unit, Tags=_tags(team="x"))
    cloud.organizations.tag_resource(ResourceId=account, Tags=_tags(team="y"))
    assert [arn.rpartition("/")[2] for arn in _found(cloud)] == [unit, account]
    accounts = _found(cloud, ResourceTypeFilters=["organizations:account"])
    assert [arn.rpartition("/")[2] for arn in accounts] == [account]
    only_x = _found(cloud, TagFilters=[{"Key": "team", "Values": ["x"]}])
    assert [arn.rpartition("/")[2] for arn in only_x] == [unit]


@source("Resource Groups Tagging API: Organizations' resources are in the Region of its endpoint")
def test_the_tagging_api_finds_them_in_one_region_and_account(cloud: Cloud) -> None:
    account = cloud.account("a")
    cloud.organizations.tag_resource(ResourceId=account, Tags=_tags(team="y"))
    assert _found(cloud, region="eu-west-1") == []
    assert _found(cloud, account=account) == []


@source("Resource Groups Tagging API reference: GetResources, ResourcesPerPage at most 100")
def test_the_tagging_api_has_pages(cloud: Cloud) -> None:
    for number in range(3):
        cloud.organizations.tag_resource(ResourceId=cloud.unit(f"U{number}"), Tags=_tags(team="x"))
    client = cloud.client("resourcegroupstaggingapi")
    first = client.get_resources(ResourcesPerPage=2)
    assert len(first["ResourceTagMappingList"]) == 2
    rest = client.get_resources(ResourcesPerPage=2, PaginationToken=first["PaginationToken"])
    assert len(rest["ResourceTagMappingList"]) == 1
    refused("InvalidParameterException", client.get_resources, ResourcesPerPage=101)
    refused("PaginationTokenExpiredException", client.get_resources, PaginationToken="x")


@source("Resource Groups Tagging API reference: TagResources, UntagResources, GetTagKeys, GetTagValues")
def test_the_tagging_api_tags(cloud: Cloud) -> None:
    made = cloud.organizations.create_organizational_unit(ParentId=cloud.root, Name="U")["OrganizationalUnit"]
    client = cloud.client("resourcegroupstaggingapi")
    client.tag_resources(ResourceARNList=[made["Arn"]], Tags={"team": "x"})
    assert cloud.organizations.list_tags_for_resource(ResourceId=made["Id"])["Tags"] == _tags(team="x")
    assert client.get_tag_keys()["TagKeys"] == ["team"]
    assert client.get_tag_values(Key="team")["TagValues"] == ["x"]
    client.untag_resources(ResourceARNList=[made["Arn"]], TagKeys=["team"])
    assert _found(cloud) == []


@source("Resource Groups Tagging API reference: GetResources over all services")
def test_the_tagging_api_finds_other_services_too(cloud: Cloud) -> None:
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="tagged-bucket")
    s3.put_bucket_tagging(Bucket="tagged-bucket", Tagging={"TagSet": _tags(team="x")})
    assert _found(cloud, ResourceTypeFilters=["s3"]) == ["arn:aws:s3:::tagged-bucket"]
