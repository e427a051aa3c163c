"""Resources that are there already, taken into a stack by a change set (CloudFormation User Guide)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sandbox.cloud import Cloud, refused
from tests.sandbox.stacks import Stack, body

source = pytest.mark.source
NAME = "records-of-the-shop"
PAGE = "CloudFormation User Guide: Import AWS resources into a CloudFormation stack automatically"


def wanted(policy: str = "Retain", **properties: Any) -> str:
    versioned = {"VersioningConfiguration": {"Status": "Enabled"}}
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": NAME, **versioned, **properties}}
    parameter = {"Type": "AWS::SSM::Parameter", "Properties": {"Name": "/of/the/shop", "Type": "String", "Value": "x"}}
    return body({"Resources": {"Bucket": {**bucket, "DeletionPolicy": policy}, "Parameter": parameter}})


def left_behind(cloud: Cloud) -> Any:
    """A bucket with something in it, and no stack."""
    client = cloud.client("s3")
    client.create_bucket(Bucket=NAME)
    client.put_object(Bucket=NAME, Key="log", Body=b"what happened")
    return client


@source(PAGE)
@pytest.mark.parametrize("policy", ["Retain", "RetainExceptOnCreate"])
def test_what_is_there_by_name_is_taken_in_and_the_rest_made(cloud: Cloud, policy: str) -> None:
    client, stack = left_behind(cloud), Stack(cloud, "shop")
    made = stack.change_set(ChangeSetType="CREATE", ImportExistingResources=True, TemplateBody=wanted(policy))
    actions = {one["ResourceChange"]["LogicalResourceId"]: one["ResourceChange"] for one in made["Changes"]}
    assert {name: change["Action"] for name, change in actions.items()} == {"Bucket": "Import", "Parameter": "Add"}
    assert actions["Bucket"]["PhysicalResourceId"] == NAME
    assert stack.execute() == "CREATE_COMPLETE"
    statuses = {
        one["LogicalResourceId"]: one["ResourceStatus"]
        for one in stack.client.list_stack_resources(StackName="shop")["StackResourceSummaries"]
    }
    assert statuses == {"Bucket": "IMPORT_COMPLETE", "Parameter": "CREATE_COMPLETE"}
    assert client.get_object(Bucket=NAME, Key="log")["Body"].read() == b"what happened"


@source("API reference, DeleteStack: a stack in review goes with its change sets")
def test_a_change_set_of_a_deleted_stack_makes_nothing(cloud: Cloud) -> None:
    stack = Stack(cloud, "shop")
    made = stack.change_set(ChangeSetType="CREATE", TemplateBody=wanted())
    stack.client.delete_stack(StackName="shop")
    refused("ChangeSetNotFound", stack.client.execute_change_set, ChangeSetName=made["ChangeSetId"])


@source("CloudFormation User Guide: an import changes nothing of the resource; drift detection shows what differs")
def test_it_is_taken_in_as_it_is(cloud: Cloud) -> None:
    client, stack = left_behind(cloud), Stack(cloud, "shop")
    stack.change_set(ChangeSetType="CREATE", ImportExistingResources=True, TemplateBody=wanted())
    stack.execute()
    assert "Status" not in client.get_bucket_versioning(Bucket=NAME)
    reverted = stack.change_set("back", DeploymentMode="REVERT_DRIFT", UsePreviousTemplate=True)
    assert [one["ResourceChange"]["LogicalResourceId"] for one in reverted["Changes"]] == ["Bucket"]
    assert stack.execute("back") == "UPDATE_COMPLETE"
    assert client.get_bucket_versioning(Bucket=NAME)["Status"] == "Enabled"


@source(PAGE)
def test_what_would_be_deleted_with_the_stack_is_not_taken_in(cloud: Cloud) -> None:
    left_behind(cloud)
    made = Stack(cloud, "shop").change_set(
        ChangeSetType="CREATE", ImportExistingResources=True, TemplateBody=wanted("Delete")
    )
    assert made["Status"] == "FAILED"
    assert "must have the DeletionPolicy attribute set to 'Retain'" in made["StatusReason"]
    assert NAME in made["StatusReason"]


@source(PAGE)
def test_what_another_stack_has_is_not_taken_in(cloud: Cloud) -> None:
    resources = {"Bucket": json.loads(wanted())["Resources"]["Bucket"]}
    Stack(cloud, "first").create({"Resources": resources})
    made = Stack(cloud, "second").change_set(
        ChangeSetType="CREATE", ImportExistingResources=True, TemplateBody=body({"Resources": resources})
    )
    assert made["Status"] == "FAILED"
    assert "already exists in stack" in made["StatusReason"]


@source("API reference, CreateChangeSet: ImportExistingResources imports only resources that have custom names")
def test_what_has_an_id_from_aws_is_made_anew(cloud: Cloud) -> None:
    cloud.client("kms").create_key()
    key = {
        "Type": "AWS::KMS::Key",
        "DeletionPolicy": "Retain",
        "Properties": {
            "KeyPolicy": {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}},
                        "Action": "kms:*",
                        "Resource": "*",
                    }
                ],
            }
        },
    }
    made = Stack(cloud, "keys").change_set(
        ChangeSetType="CREATE", ImportExistingResources=True, TemplateBody=body({"Resources": {"Key": key}})
    )
    assert [one["ResourceChange"]["Action"] for one in made["Changes"]] == ["Add"]


@source(PAGE)
def test_an_update_takes_in_what_the_template_has_more(cloud: Cloud) -> None:
    left_behind(cloud)
    stack, whole = Stack(cloud, "shop"), json.loads(wanted())
    stack.create({"Resources": {"Parameter": whole["Resources"]["Parameter"]}})
    made = stack.change_set(ImportExistingResources=True, TemplateBody=wanted())
    assert [one["ResourceChange"]["Action"] for one in made["Changes"]] == ["Import"]
    assert stack.execute() == "UPDATE_COMPLETE"


@source(PAGE)
def test_without_being_asked_nothing_is_taken_in(cloud: Cloud) -> None:
    left_behind(cloud)
    stack = Stack(cloud, "shop")
    stack.change_set(ChangeSetType="CREATE", TemplateBody=wanted())
    assert stack.execute() == "ROLLBACK_COMPLETE"


def the_bucket(**more: Any) -> dict[str, Any]:
    return {
        "ResourceType": "AWS::S3::Bucket",
        "LogicalResourceId": "Bucket",
        "ResourceIdentifier": {"BucketName": NAME},
        **more,
    }


def alone(**more: Any) -> str:
    return body({"Resources": {"Bucket": json.loads(wanted())["Resources"]["Bucket"]}, **more})


@source("CloudFormation User Guide: Import AWS resources into a CloudFormation stack manually")
def test_a_stack_is_made_of_what_is_there(cloud: Cloud) -> None:
    left_behind(cloud)
    stack = Stack(cloud, "shop")
    made = stack.change_set(ChangeSetType="IMPORT", TemplateBody=alone(), ResourcesToImport=[the_bucket()])
    assert [one["ResourceChange"]["Action"] for one in made["Changes"]] == ["Import"]
    assert stack.execute() == "IMPORT_COMPLETE"


@source("CloudFormation User Guide: Import AWS resources into a CloudFormation stack manually")
@pytest.mark.parametrize(
    ("template", "named", "told"),
    [
        (wanted(), [the_bucket()], "is missing from ResourceToImport list"),
        (alone(Outputs={"Name": {"Value": NAME}}), [the_bucket()], "you cannot modify or add \\[Outputs\\]"),
        (alone(), [the_bucket(ResourceType="AWS::SSM::Parameter")], "is not in the template"),
        (alone(), [the_bucket(ResourceIdentifier={"Name": NAME})], "Invalid ResourceIdentifier"),
    ],
    ids=["more in the template", "outputs", "another type", "another identifier"],
)
def test_an_import_is_of_what_is_named_alone(cloud: Cloud, template: str, named: list[Any], told: str) -> None:
    left_behind(cloud)
    stack = Stack(cloud, "shop")
    with pytest.raises(stack.client.exceptions.ClientError, match=told):
        stack.change_set(ChangeSetType="IMPORT", TemplateBody=template, ResourcesToImport=named)


@source("CloudFormation User Guide: Import AWS resources into a CloudFormation stack manually")
def test_what_is_not_there_is_not_imported(cloud: Cloud) -> None:
    stack = Stack(cloud, "shop")
    made = stack.change_set(ChangeSetType="IMPORT", TemplateBody=alone(), ResourcesToImport=[the_bucket()])
    assert made["Status"] == "FAILED"
