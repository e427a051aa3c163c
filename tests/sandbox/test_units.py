"""Units of the tree (Organizations API reference and User Guide)."""

from __future__ import annotations

import re

from tests.sandbox.cloud import Cloud, refused, source


@source("API reference: CreateOrganizationalUnit; botocore: OrganizationalUnit.Path")
def test_a_unit_is_created_below_its_parent(cloud: Cloud) -> None:
    root = cloud.root
    made = cloud.organizations.create_organizational_unit(ParentId=root, Name="U")["OrganizationalUnit"]
    assert re.fullmatch(rf"ou-{root[2:]}-[a-z0-9]{{8,32}}", made["Id"])
    organization = cloud.organizations.describe_organization()["Organization"]["Id"]
    assert made["Path"] == f"{organization}/{root}/{made['Id']}/"
    assert made["Arn"].endswith(f":ou/{organization}/{made['Id']}")
    listed = cloud.organizations.list_organizational_units_for_parent(ParentId=root)["OrganizationalUnits"]
    assert listed == [made]


@source("API reference: DuplicateOrganizationalUnitException")
def test_siblings_have_different_names(cloud: Cloud) -> None:
    unit = cloud.unit("U")
    refused(
        "DuplicateOrganizationalUnitException",
        cloud.organizations.create_organizational_unit,
        ParentId=cloud.root,
        Name="U",
    )
    assert cloud.unit("U", unit)


@source("API reference: CreateOrganizationalUnit, ParentNotFoundException")
def test_the_parent_exists(cloud: Cloud) -> None:
    refused(
        "ParentNotFoundException",
        cloud.organizations.create_organizational_unit,
        ParentId="ou-abcd-12345678",
        Name="U",
    )


@source("User Guide: quotas, OU nesting 5 levels; OU_DEPTH_LIMIT_EXCEEDED")
def test_units_are_nested_five_deep(cloud: Cloud) -> None:
    unit = cloud.root
    for level in range(5):
        unit = cloud.unit(f"level-{level}", unit)
    refused(
        "ConstraintViolationException",
        cloud.organizations.create_organizational_unit,
        ParentId=unit,
        Name="too deep",
        reason="OU_DEPTH_LIMIT_EXCEEDED",
    )


@source("botocore: maximum length of OrganizationalUnitName")
def test_a_name_has_128_characters_at_most(cloud: Cloud) -> None:
    refused(
        "InvalidInputException",
        cloud.organizations.create_organizational_unit,
        ParentId=cloud.root,
        Name="u" * 129,
        reason="MAX_LENGTH_EXCEEDED",
    )


@source("API reference: DescribeOrganizationalUnit, OrganizationalUnitNotFoundException")
def test_an_unknown_unit_is_not_found(cloud: Cloud) -> None:
    refused(
        "OrganizationalUnitNotFoundException",
        cloud.organizations.describe_organizational_unit,
        OrganizationalUnitId="ou-abcd-12345678",
    )


@source("botocore: pattern of OrganizationalUnitId")
def test_the_root_is_no_unit(cloud: Cloud) -> None:
    refused(
        "InvalidInputException",
        cloud.organizations.describe_organizational_unit,
        OrganizationalUnitId=cloud.root,
        reason="INVALID_PATTERN",
    )


@source("API reference: UpdateOrganizationalUnit")
def test_a_unit_is_renamed_and_keeps_its_id(cloud: Cloud) -> None:
    unit = cloud.unit("U")
    renamed = cloud.organizations.update_organizational_unit(OrganizationalUnitId=unit, Name="V")
    assert renamed["OrganizationalUnit"]["Id"] == unit
    described = cloud.organizations.describe_organizational_unit(OrganizationalUnitId=unit)
    assert described["OrganizationalUnit"]["Name"] == "V"


@source("API reference: UpdateOrganizationalUnit; a name is unique below one parent only")
def test_a_unit_may_have_the_name_of_a_cousin_or_its_own(cloud: Cloud) -> None:
    unit = cloud.unit("U")
    child = cloud.unit("child", unit)
    cloud.organizations.update_organizational_unit(OrganizationalUnitId=child, Name="U")
    cloud.organizations.update_organizational_unit(OrganizationalUnitId=unit, Name="U")


@source("API reference: UpdateOrganizationalUnit, DuplicateOrganizationalUnitException")
def test_a_unit_does_not_take_the_name_of_a_sibling(cloud: Cloud) -> None:
    cloud.unit("U")
    refused(
        "DuplicateOrganizationalUnitException",
        cloud.organizations.update_organizational_unit,
        OrganizationalUnitId=cloud.unit("V"),
        Name="U",
    )


@source("API reference: OrganizationalUnitNotEmptyException")
def test_a_unit_with_an_account_is_not_deleted(cloud: Cloud) -> None:
    unit, account = cloud.unit("U"), cloud.account("a")
    cloud.organizations.move_account(AccountId=account, SourceParentId=cloud.root, DestinationParentId=unit)
    refused(
        "OrganizationalUnitNotEmptyException",
        cloud.organizations.delete_organizational_unit,
        OrganizationalUnitId=unit,
    )


@source("API reference: OrganizationalUnitNotEmptyException")
def test_a_unit_with_a_unit_is_not_deleted(cloud: Cloud) -> None:
    unit = cloud.unit("U")
    cloud.unit("child", unit)
    refused(
        "OrganizationalUnitNotEmptyException",
        cloud.organizations.delete_organizational_unit,
        OrganizationalUnitId=unit,
    )


@source("API reference: DeleteOrganizationalUnit")
def test_an_empty_unit_is_deleted(cloud: Cloud) -> None:
    unit = cloud.unit("U")
    cloud.organizations.delete_organizational_unit(OrganizationalUnitId=unit)
    assert cloud.organizations.list_children(ParentId=cloud.root, ChildType="ORGANIZATIONAL_UNIT")["Children"] == []
    refused(
        "OrganizationalUnitNotFoundException",
        cloud.organizations.delete_organizational_unit,
        OrganizationalUnitId=unit,
    )


@source("API reference: ListChildren, MaxResults")
def test_children_come_in_pages(cloud: Cloud) -> None:
    for number in range(3):
        cloud.unit(f"U{number}")
    kind = "ORGANIZATIONAL_UNIT"
    first = cloud.organizations.list_children(ParentId=cloud.root, ChildType=kind, MaxResults=2)
    assert [child["Type"] for child in first["Children"]] == [kind, kind]
    rest = cloud.organizations.list_children(
        ParentId=cloud.root, ChildType=kind, MaxResults=2, NextToken=first["NextToken"]
    )
    assert len(rest["Children"]) == 1
    assert "NextToken" not in rest


@source("API reference: ListChildren, ParentNotFoundException")
def test_children_of_an_unknown_parent_are_not_found(cloud: Cloud) -> None:
    refused(
        "ParentNotFoundException",
        cloud.organizations.list_children,
        ParentId="ou-abcd-12345678",
        ChildType="ACCOUNT",
    )


@source("API reference: ListParents, ChildNotFoundException")
def test_an_unknown_child_is_not_found(cloud: Cloud) -> None:
    refused("ChildNotFoundException", cloud.organizations.list_parents, ChildId="ou-abcd-12345678")
    refused("ChildNotFoundException", cloud.organizations.list_parents, ChildId="999999999999")


@source("API reference: ListParents")
def test_a_unit_has_one_parent(cloud: Cloud) -> None:
    unit = cloud.unit("U")
    parents = cloud.organizations.list_parents(ChildId=cloud.unit("child", unit))["Parents"]
    assert parents == [{"Id": unit, "Type": "ORGANIZATIONAL_UNIT"}]
