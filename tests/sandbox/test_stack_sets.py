"""Service-managed stack sets: where their instances go, and what stacks they are."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.cloud import Cloud, refused, source
from tests.sandbox.stack_sets import REGIONS, StackSet, setting, value
from tests.sandbox.stacks import body

TARGETS = "CloudFormation API Reference: DeploymentTargets"
SETS = "CloudFormation API Reference: CreateStackSet"
INSTANCES = "CloudFormation API Reference: CreateStackInstances"
GUIDE = "CloudFormation User Guide: Create CloudFormation StackSets with service-managed permissions"
CURRENT = ("CURRENT", "SUCCEEDED")


class Tree:
    """Two units, the second below the first, each with an account, and an account in the root."""

    def __init__(self, cloud: Cloud) -> None:
        self.upper = cloud.unit("upper")
        self.lower = cloud.unit("lower", self.upper)
        self.outside, self.high, self.deep = cloud.account("outside"), cloud.account("high"), cloud.account("deep")
        for account, unit in ((self.high, self.upper), (self.deep, self.lower)):
            cloud.organizations.move_account(AccountId=account, SourceParentId=cloud.root, DestinationParentId=unit)


@pytest.fixture
def tree(cloud: Cloud) -> Tree:
    return Tree(cloud)


@source(TARGETS)
def test_a_unit_means_all_accounts_below_it(cloud: Cloud, tree: Tree) -> None:
    stack_set = StackSet(cloud)
    stack_set.create()
    assert stack_set.deploy(tree.upper, regions=tuple(REGIONS)) == "SUCCEEDED"
    assert stack_set.statuses() == {(a, r): CURRENT for a in (tree.high, tree.deep) for r in REGIONS}
    assert [value(cloud, tree.deep, region) for region in REGIONS] == ["one", "one"]
    assert value(cloud, tree.outside) is None


@source(GUIDE)
def test_the_root_means_everyone_but_the_management_account(cloud: Cloud, tree: Tree) -> None:
    stack_set = StackSet(cloud)
    stack_set.create()
    stack_set.deploy(cloud.root)
    assert stack_set.accounts() == {tree.outside, tree.high, tree.deep}
    assert cloud.client("ssm").describe_parameters()["Parameters"] == []


@source(TARGETS)
def test_an_instance_names_the_nearest_unit_that_was_asked_for(cloud: Cloud, tree: Tree) -> None:
    stack_set = StackSet(cloud)
    stack_set.create()
    stack_set.deploy(tree.upper, tree.lower)
    units = {account: row["OrganizationalUnitId"] for (account, _), row in stack_set.rows().items()}
    assert units == {tree.high: tree.upper, tree.deep: tree.lower}


@source(TARGETS)
def test_intersection_means_the_named_accounts_of_the_unit(cloud: Cloud, tree: Tree) -> None:
    stack_set = StackSet(cloud)
    stack_set.create()
    targets = stack_set.filtered("INTERSECTION", tree.upper, tree.deep, tree.outside)
    stack_set.deploy(DeploymentTargets=targets)
    assert stack_set.accounts() == {tree.deep}


@source(TARGETS)
def test_difference_means_all_but_the_named_accounts(cloud: Cloud, tree: Tree) -> None:
    stack_set = StackSet(cloud)
    stack_set.create()
    stack_set.deploy(DeploymentTargets=stack_set.filtered("DIFFERENCE", cloud.root, tree.deep))
    assert stack_set.accounts() == {tree.high, tree.outside}


UPDATES = "CloudFormation API Reference: UpdateStackSet, DeploymentTargets"
TWO = [{"ParameterKey": "Value", "ParameterValue": "two"}]


@source(UPDATES)
def test_an_update_of_some_instances_leaves_the_others_outdated(cloud: Cloud, tree: Tree) -> None:
    stack_set = StackSet(cloud)
    stack_set.create(automatic=True)
    stack_set.deploy(cloud.root)
    some: dict[str, Any] = {"DeploymentTargets": {"OrganizationalUnitIds": [tree.lower]}, "Regions": ["us-east-1"]}
    assert stack_set.update(Description="Only this", **some) == "SUCCEEDED"
    assert set(stack_set.statuses().values()) == {CURRENT}
    assert stack_set.update(Parameters=TWO, **some) == "SUCCEEDED"
    outdated = ("OUTDATED", "SUCCEEDED")
    states = {account: status for (account, _), status in stack_set.statuses().items()}
    assert states == {tree.deep: CURRENT, tree.high: outdated, tree.outside: outdated}
    assert [value(cloud, account) for account in (tree.deep, tree.high)] == ["two", "one"]
    assert stack_set.end(stack_set.begin("update_stack_instances", tree.upper)) == "SUCCEEDED"
    assert [value(cloud, account) for account in (tree.high, tree.outside)] == ["two", "one"]


@source("CloudFormation User Guide: Add stacks to StackSets; not confirmed: units of which some have instances")
def test_a_unit_above_another_target_is_added_to_it(cloud: Cloud, tree: Tree) -> None:
    stack_set = StackSet(cloud)
    stack_set.create()
    stack_set.deploy(tree.lower)
    assert stack_set.deploy(cloud.root) == "SUCCEEDED"
    assert stack_set.accounts() == {tree.outside, tree.high, tree.deep}
    found = stack_set.client.describe_stack_set(StackSetName="set")["StackSet"]["OrganizationalUnitIds"]
    assert set(found) == {tree.lower, cloud.root}


@source(TARGETS)
def test_union_cannot_create_instances(cloud: Cloud, tree: Tree) -> None:
    stack_set = StackSet(cloud)
    stack_set.create()
    refused(
        "ValidationError", stack_set.client.create_stack_instances, StackSetName="set", Regions=["us-east-1"],
        DeploymentTargets=stack_set.filtered("UNION", tree.upper, tree.outside),
    )  # fmt: skip


@source(TARGETS)
def test_union_updates_the_unit_and_the_named_accounts(cloud: Cloud, tree: Tree) -> None:
    stack_set = StackSet(cloud)
    stack_set.create()
    stack_set.deploy(cloud.root)
    given = [{"ParameterKey": "Value", "ParameterValue": "two"}]
    targets = stack_set.filtered("UNION", tree.lower, tree.outside)
    operation = stack_set.begin("update_stack_instances", DeploymentTargets=targets, ParameterOverrides=given)
    assert stack_set.end(operation) == "SUCCEEDED"
    assert [value(cloud, a) for a in (tree.deep, tree.outside, tree.high)] == ["two", "two", "one"]


@pytest.mark.parametrize(
    "targets",
    [{}, {"Accounts": ["111111111111"]}, {"OrganizationalUnitIds": ["ou-aaaa-aaaaaaaa"]}],
    ids=["nothing", "accounts alone", "an unknown unit"],
)
@source(TARGETS)
def test_targets_must_be_units_that_exist(cloud: Cloud, targets: dict[str, Any]) -> None:
    stack_set = StackSet(cloud)
    stack_set.create()
    create = stack_set.client.create_stack_instances
    refused("ValidationError", create, StackSetName="set", Regions=["us-east-1"], DeploymentTargets=targets)


@source(INSTANCES)
def test_accounts_are_not_targets_of_a_service_managed_set(cloud: Cloud, tree: Tree) -> None:
    stack_set = StackSet(cloud)
    stack_set.create()
    create = stack_set.client.create_stack_instances
    refused("ValidationError", create, StackSetName="set", Accounts=[tree.high], Regions=["us-east-1"])


@source("CloudFormation User Guide: StackSets and opt-in Regions")
def test_a_region_that_is_not_enabled_is_refused(cloud: Cloud, tree: Tree) -> None:
    stack_set = StackSet(cloud)
    stack_set.create()
    create = stack_set.client.create_stack_instances
    targets = {"OrganizationalUnitIds": [tree.upper]}
    refused("ValidationError", create, StackSetName="set", Regions=["af-south-1"], DeploymentTargets=targets)


@source("CloudFormation User Guide: StackSets concepts")
def test_an_instance_is_a_stack_of_its_account(cloud: Cloud, tree: Tree) -> None:
    stack_set = StackSet(cloud)
    stack_set.create(Tags=[{"Key": "team", "Value": "security"}])
    stack_set.deploy(tree.lower)
    row = stack_set.rows()[tree.deep, "us-east-1"]
    (stack,) = cloud.client("cloudformation", tree.deep).describe_stacks()["Stacks"]
    assert stack["StackId"] == row["StackId"]
    assert stack["StackName"].startswith("StackSet-set-")
    assert (stack["StackStatus"], stack["Tags"]) == ("CREATE_COMPLETE", [{"Key": "team", "Value": "security"}])
    assert cloud.client("cloudformation", tree.high).describe_stacks()["Stacks"] == []


@source("CloudFormation User Guide: Grant self-managed and service-managed permissions")
def test_members_get_the_roles_of_stack_sets(cloud: Cloud, tree: Tree) -> None:
    stack_set = StackSet(cloud)
    stack_set.create()
    stack_set.deploy(tree.lower)
    names = {role["RoleName"] for role in cloud.client("iam", tree.deep).list_roles()["Roles"]}
    assert "AWSServiceRoleForCloudFormationStackSetsOrgMember" in names
    assert any(name.startswith("stacksets-exec-") for name in names)
    management = {role["RoleName"] for role in cloud.client("iam").list_roles()["Roles"]}
    assert "AWSServiceRoleForCloudFormationStackSetsOrgAdmin" in management


@source("CloudFormation User Guide: Activate trusted access for StackSets with AWS Organizations")
def test_trusted_access_comes_first(cloud: Cloud) -> None:
    client = cloud.client("cloudformation")
    options = {"PermissionModel": "SERVICE_MANAGED", "AutoDeployment": {"Enabled": False}}
    assert client.describe_organizations_access()["Status"] == "DISABLED"
    refused("ValidationError", client.create_stack_set, StackSetName="s", TemplateBody=body(setting()), **options)
    client.activate_organizations_access()
    assert client.describe_organizations_access()["Status"] == "ENABLED"
    client.create_stack_set(StackSetName="s", TemplateBody=body(setting()), **options)
    client.deactivate_organizations_access()
    targets = {"OrganizationalUnitIds": [cloud.root]}
    create = client.create_stack_instances
    refused("ValidationError", create, StackSetName="s", Regions=["us-east-1"], DeploymentTargets=targets)


@source(SETS)
def test_a_name_is_taken_until_the_set_is_deleted(cloud: Cloud) -> None:
    stack_set = StackSet(cloud)
    first = stack_set.create()
    create = stack_set.client.create_stack_set
    refused("NameAlreadyExistsException", create, StackSetName="set", TemplateBody=body(setting()))
    stack_set.client.delete_stack_set(StackSetName="set")
    assert stack_set.create() != first


@source(SETS)
def test_creating_again_with_the_same_token_is_the_same_set(cloud: Cloud) -> None:
    stack_set = StackSet(cloud)
    assert stack_set.create(ClientRequestToken="once") == stack_set.create(ClientRequestToken="once")


@pytest.mark.parametrize("name", ["1set", "my_set", "set."])
@source(SETS)
def test_a_name_is_letters_digits_and_hyphens(cloud: Cloud, name: str) -> None:
    create = cloud.client("cloudformation").create_stack_set
    refused("ValidationError", create, StackSetName=name, TemplateBody=body(setting()))


@source(SETS)
def test_automatic_deployment_must_be_said(cloud: Cloud) -> None:
    client = cloud.client("cloudformation")
    client.activate_organizations_access()
    create = client.create_stack_set
    options = {"StackSetName": "s", "TemplateBody": body(setting())}
    refused("ValidationError", create, PermissionModel="SERVICE_MANAGED", **options)
    refused("ValidationError", create, AutoDeployment={"Enabled": False}, **options)


@source(GUIDE)
def test_a_service_managed_set_has_no_nested_stacks_and_no_transforms(cloud: Cloud) -> None:
    stack_set = StackSet(cloud)
    nested = {
        "Resources": {"Other": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "https://x"}}}
    }
    refused("ValidationError", stack_set.create, template=nested)
    refused("ValidationError", stack_set.create, template={**setting(), "Transform": "AWS::LanguageExtensions"})


@source("CloudFormation API Reference: DeleteStackSet")
def test_a_set_with_instances_is_not_deleted(cloud: Cloud, tree: Tree) -> None:
    stack_set = StackSet(cloud)
    stack_set.create()
    stack_set.deploy(tree.lower)
    refused("StackSetNotEmptyException", stack_set.client.delete_stack_set, StackSetName="set")
    stack_set.delete(tree.lower)
    stack_set.client.delete_stack_set(StackSetName="set")
    refused("StackSetNotFoundException", stack_set.describe)


@source("CloudFormation API Reference: ListStackSets")
def test_deleted_sets_are_listed_unless_active_ones_are_asked_for(cloud: Cloud) -> None:
    stack_set = StackSet(cloud)
    stack_set.create()
    stack_set.client.delete_stack_set(StackSetName="set")
    assert stack_set.client.list_stack_sets(Status="ACTIVE")["Summaries"] == []
    (row,) = stack_set.client.list_stack_sets()["Summaries"]
    assert (row["StackSetName"], row["Status"]) == ("set", "DELETED")


@source("CloudFormation API Reference: DescribeStackSet")
def test_a_set_is_described_as_it_was_made(cloud: Cloud, tree: Tree) -> None:
    stack_set = StackSet(cloud)
    tags = [{"Key": "team", "Value": "security"}]
    stack_set.create(
        automatic=True, Description="d", Tags=tags, ManagedExecution={"Active": True},
        Parameters=[{"ParameterKey": "Value", "ParameterValue": "x"}],
    )  # fmt: skip
    stack_set.deploy(tree.upper)
    found = stack_set.describe()
    assert found["AutoDeployment"] == {"Enabled": True, "RetainStacksOnAccountRemoval": False}
    assert found["OrganizationalUnitIds"] == [tree.upper]
    assert found["Parameters"] == [{"ParameterKey": "Value", "ParameterValue": "x"}]
    assert (found["PermissionModel"], found["Regions"]) == ("SERVICE_MANAGED", ["us-east-1"])
    assert (found["Description"], found["Tags"], found["ManagedExecution"]) == ("d", tags, {"Active": True})


@source("CloudFormation API Reference: ListStackInstances")
def test_instances_are_listed_in_pages_and_by_filters(cloud: Cloud, tree: Tree) -> None:
    stack_set = StackSet(cloud)
    stack_set.create()
    stack_set.deploy(cloud.root, regions=tuple(REGIONS))
    first = stack_set.client.list_stack_instances(StackSetName="set", MaxResults=4)
    assert len(first["Summaries"]) == 4
    assert first["NextToken"]
    assert set(stack_set.rows(StackInstanceAccount=tree.deep)) == {(tree.deep, region) for region in REGIONS}
    assert len(stack_set.rows(StackInstanceRegion="eu-west-1")) == 3
    failed = [{"Name": "DETAILED_STATUS", "Values": "FAILED"}]
    assert stack_set.rows(Filters=failed) == {}


@source("CloudFormation API Reference: DescribeStackInstance")
def test_an_instance_that_there_is_not_is_not_found(cloud: Cloud, tree: Tree) -> None:
    stack_set = StackSet(cloud)
    stack_set.create()
    refused(
        "StackInstanceNotFoundException", stack_set.client.describe_stack_instance, StackSetName="set",
        StackInstanceAccount=tree.deep, StackInstanceRegion="us-east-1",
    )  # fmt: skip


@source("CloudFormation User Guide: StackSets concepts")
def test_a_set_lives_in_the_region_it_was_made_in(cloud: Cloud) -> None:
    StackSet(cloud).create()
    refused("StackSetNotFoundException", StackSet(cloud, region="eu-west-1").describe)
