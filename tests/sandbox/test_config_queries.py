"""Resources that AWS Config knows, and queries over them (Developer Guide, "Querying the current state")."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landing.sandbox.services.config import sql
from landing.sandbox.services.config.conditions import QueryProblem
from tests.sandbox.cloud import Cloud, refused, source
from tests.sandbox.security import config_bucket, key, recording
from tests.sandbox.test_config_organization import aggregator, management


def select(config: Any, expression: str, **more: Any) -> list[Any]:
    name = "select_aggregate_resource_config" if more else "select_resource_config"
    pages = config.get_paginator(name).paginate(Expression=expression, **more)
    return [json.loads(row) for page in pages for row in page["Results"]]


ALL = {"ConfigurationAggregatorName": "all"}
STOPPED = (
    "SELECT accountId, awsRegion WHERE resourceType = 'AWS::Config::ConfigurationRecorder' "
    "AND resourceName = 'default' AND configuration.Recording = false"
)


@source("API reference: SelectResourceConfig; Developer Guide: query components")
def test_a_query_finds_what_exists(cloud: Cloud) -> None:
    config = recording(cloud, name=config_bucket(cloud))
    rows = select(config, "SELECT resourceId, resourceType, awsRegion WHERE resourceType = 'AWS::S3::Bucket'")
    assert rows == [{"resourceId": "config-logs", "resourceType": "AWS::S3::Bucket", "awsRegion": "us-east-1"}]
    found = config.select_resource_config(Expression="SELECT resourceId WHERE resourceId = 'none'")
    assert found["Results"] == []
    assert found["QueryInfo"]["SelectFields"] == [{"Name": "resourceId"}]


@source("Developer Guide: only resources of recorded types in accounts with a recorder")
def test_a_query_knows_what_is_recorded(cloud: Cloud) -> None:
    name = config_bucket(cloud)
    key(cloud)
    assert select(cloud.client("config"), "SELECT resourceId") == []
    config = recording(cloud, name=name, allSupported=False, resourceTypes=["AWS::KMS::Key"])
    types = {row["resourceType"] for row in select(config, "SELECT resourceType")}
    assert types == {"AWS::KMS::Key", "AWS::Config::ConfigurationRecorder"}


@source("Developer Guide: global resource types are recorded where includeGlobalResourceTypes is set")
def test_roles_are_recorded_where_global_types_are(cloud: Cloud) -> None:
    name = config_bucket(cloud)
    config, elsewhere = recording(cloud, name=name), recording(cloud, region="eu-west-1", name=name)
    query = "SELECT resourceName, awsRegion, configuration.path WHERE resourceType = 'AWS::IAM::Role'"
    found = [row for row in select(config, query) if row["resourceName"] == "recorder"]
    assert found == [{"resourceName": "recorder", "awsRegion": "global", "configuration": {"path": "/"}}]
    assert select(elsewhere, query) == []


@source("Developer Guide: drift detection, AWS::Config::ConfigurationRecorder is an item itself")
def test_a_stopped_recorder_is_found(cloud: Cloud) -> None:
    member, name = cloud.account("member"), config_bucket(cloud)
    recording(cloud, name=name)
    theirs = recording(cloud, member, "eu-west-1", name=name)
    config = aggregator(cloud)
    assert select(config, STOPPED, **ALL) == []
    theirs.stop_configuration_recorder(ConfigurationRecorderName="default")
    assert select(config, STOPPED, **ALL) == [{"accountId": member, "awsRegion": "eu-west-1"}]
    theirs.start_configuration_recorder(ConfigurationRecorderName="default")
    assert select(config, STOPPED, **ALL) == []


@source("Developer Guide: properties of AWS::Config::ConfigurationRecorder")
def test_what_a_recorder_item_says(cloud: Cloud) -> None:
    config = recording(cloud, name=config_bucket(cloud))
    query = "SELECT * WHERE resourceType = 'AWS::Config::ConfigurationRecorder'"
    row = select(config, query)[0]
    assert (row["resourceId"], row["accountId"]) == ("default", management(cloud))
    found = row["configuration"]
    assert (found["Name"], found["Recording"], found["RecordingGroup"]["AllSupported"]) == ("default", True, True)
    assert found["RoleARN"].endswith(":role/recorder")


@source("Developer Guide: query components, aggregate functions, GROUP BY, ORDER BY")
def test_rows_are_counted_and_grouped(cloud: Cloud) -> None:
    config = recording(cloud, name=config_bucket(cloud))
    s3 = cloud.client("s3")
    for number in range(3):
        s3.create_bucket(Bucket=f"bucket-{number}")
    counted = select(config, "SELECT COUNT(*) WHERE resourceType = 'AWS::S3::Bucket'")
    assert counted == [{"COUNT(*)": 4}]
    grouped = select(
        config,
        "SELECT resourceType, COUNT(*) WHERE resourceType IN ('AWS::S3::Bucket', "
        "'AWS::Config::ConfigurationRecorder') GROUP BY resourceType ORDER BY COUNT(*) DESC",
    )
    assert grouped == [
        {"resourceType": "AWS::S3::Bucket", "COUNT(*)": 4},
        {"resourceType": "AWS::Config::ConfigurationRecorder", "COUNT(*)": 1},
    ]
    names = select(config, "SELECT resourceName WHERE resourceName LIKE 'bucket-%' ORDER BY resourceName DESC")
    assert [row["resourceName"] for row in names] == ["bucket-2", "bucket-1", "bucket-0"]


@source("Developer Guide: query components, WHERE")
@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("resourceName = 'config-logs'", True),
        ("resourceName <> 'config-logs'", False),
        ("resourceName LIKE 'config%' AND awsRegion = 'us-east-1'", True),
        ("NOT resourceName LIKE 'config%'", False),
        ("resourceName NOT IN ('config-logs')", False),
        ("supplementaryConfiguration.BucketVersioningConfiguration.status = 'Off'", True),
        ("configuration.none IS NULL", True),
        ("configuration.name IS NOT NULL", True),
        ("resourceName BETWEEN 'a' AND 'd'", True),
        ("(resourceName = 'a' OR resourceName = 'config-logs') AND accountId > '0'", True),
        ("supplementaryConfiguration.PublicAccessBlockConfiguration.blockPublicAcls = TRUE", True),
        ("tags.key = 'none'", False),
    ],
)
def test_conditions(cloud: Cloud, condition: str, found: bool) -> None:
    config = recording(cloud, name=config_bucket(cloud))
    rows = select(config, f"SELECT resourceId WHERE resourceType = 'AWS::S3::Bucket' AND {condition}")
    assert bool(rows) is found


@source("API reference: InvalidExpressionException")
@pytest.mark.parametrize(
    "expression",
    [
        "DROP TABLE x",
        "SELECT",
        "SELECT resourceId WHERE",
        "SELECT resourceId FROM items",
        "SELECT resourceId AS id",
        "SELECT resourceId WHERE resourceType == 'x'",
        "SELECT resourceId WHERE resourceType = 'x' LIMIT 5",
        "SELECT resourceId, COUNT(*)",
        "SELECT resourceId WHERE resourceType IN ()",
        "SELECT DISTINCT(resourceId)",
        "SELECT resourceId HAVING COUNT(*) > 1",
        "SELECT resourceId JOIN items",
        "SELECT resourceId UNION SELECT resourceName",
        "SELECT resourceId WHERE resourceName = NULL",
        "SELECT resourceId WHERE resourceName LIKE 'ab%'",
        "SELECT resourceId WHERE resourceName LIKE '%abc'",
        "SELECT awsRegion, accountId, resourceId, arn, COUNT(*) GROUP BY awsRegion, accountId, resourceId, arn",
        "SELECT resourceId WHERE resourceId = 'unfinished",
    ],
)
def test_expressions_that_are_not_understood(cloud: Cloud, expression: str) -> None:
    refused("InvalidExpressionException", cloud.client("config").select_resource_config, Expression=expression)


@source("API reference: SelectAggregateResourceConfig, NoSuchConfigurationAggregatorException")
def test_a_query_needs_its_aggregator(cloud: Cloud) -> None:
    refused(
        "NoSuchConfigurationAggregatorException",
        cloud.client("config").select_aggregate_resource_config,
        Expression=STOPPED,
        ConfigurationAggregatorName="none",
    )


@source("API reference: SelectAggregateResourceConfig, Limit and NextToken")
def test_results_come_in_pages(cloud: Cloud) -> None:
    config = recording(cloud, name=config_bucket(cloud))
    aggregator(cloud)
    for number in range(4):
        cloud.client("s3").create_bucket(Bucket=f"bucket-{number}")
    query = "SELECT resourceId WHERE resourceType = 'AWS::S3::Bucket' ORDER BY resourceId"
    first = config.select_aggregate_resource_config(Expression=query, Limit=2, **ALL)
    assert len(first["Results"]) == 2
    assert len(select(config, query, PaginationConfig={"PageSize": 2}, **ALL)) == 5


@source("API reference: ListDiscoveredResources, GetDiscoveredResourceCounts, BatchGetResourceConfig")
def test_discovered_resources(cloud: Cloud) -> None:
    name = config_bucket(cloud)
    config = cloud.client("config")
    listing = {"resourceType": "AWS::S3::Bucket"}
    refused("NoAvailableConfigurationRecorderException", config.list_discovered_resources, **listing)
    recording(cloud, name=name)
    found = config.list_discovered_resources(**listing)["resourceIdentifiers"]
    assert [entry["resourceId"] for entry in found] == [name]
    counts = config.get_discovered_resource_counts(resourceTypes=["AWS::S3::Bucket"])
    assert counts["totalDiscoveredResources"] == 1
    keys = [{"resourceType": "AWS::S3::Bucket", "resourceId": i} for i in (name, "none")]
    batch = config.batch_get_resource_config(resourceKeys=keys)
    assert batch["baseConfigurationItems"][0]["arn"] == f"arn:aws:s3:::{name}"
    assert batch["unprocessedResourceKeys"] == keys[1:]
    history = config.get_resource_config_history(resourceType="AWS::S3::Bucket", resourceId=name)
    assert json.loads(history["configurationItems"][0]["configuration"])["name"] == name
    refused(
        "ResourceNotDiscoveredException",
        config.get_resource_config_history,
        resourceType="AWS::S3::Bucket",
        resourceId="none",
    )


@source("API reference: ListAggregateDiscoveredResources, GetAggregateDiscoveredResourceCounts")
def test_resources_of_the_organization(cloud: Cloud) -> None:
    member, name = cloud.account("member"), config_bucket(cloud)
    recording(cloud, name=name)
    recording(cloud, member, name=name)
    cloud.client("s3", member).create_bucket(Bucket="theirs-alone")
    config = aggregator(cloud)
    found = config.list_aggregate_discovered_resources(ResourceType="AWS::S3::Bucket", **ALL)["ResourceIdentifiers"]
    assert {(e["SourceAccountId"], e["ResourceId"]) for e in found} == {
        (management(cloud), name),
        (member, "theirs-alone"),
    }
    theirs = config.list_aggregate_discovered_resources(
        ResourceType="AWS::S3::Bucket", Filters={"AccountId": member}, **ALL
    )["ResourceIdentifiers"]
    item = config.get_aggregate_resource_config(ResourceIdentifier=theirs[0], **ALL)["ConfigurationItem"]
    assert item["resourceId"] == "theirs-alone"
    counts = config.get_aggregate_discovered_resource_counts(
        Filters={"ResourceType": "AWS::S3::Bucket"}, GroupByKey="ACCOUNT_ID", **ALL
    )
    groups = {e["GroupName"]: e["ResourceCount"] for e in counts["GroupedResourceCounts"]}
    assert groups == {management(cloud): 1, member: 1}


TEXT = st.text(st.characters(codec="ascii", exclude_characters="\x00"), max_size=12)


@given(TEXT, TEXT)
def test_a_text_equals_itself_only(left: str, right: str) -> None:
    quoted = right.replace("'", "''")
    query = sql.parse(f"SELECT a.b WHERE a.b = '{quoted}'")
    assert query.where({"a": [{"b": left}]}) is (left == right)
    assert query.where({"a": [{"b": "x" + right}, {"b": right}]}) is True


@given(st.text(max_size=40))
def test_any_text_is_understood_or_refused(text: str) -> None:
    try:
        query = sql.parse(text)
    except QueryProblem:
        return
    assert query.fields


@given(st.lists(st.sampled_from(["A", "B", "C"]), min_size=1, max_size=3))
def test_types_that_can_match_are_known(types: list[str]) -> None:
    listed = ", ".join(f"'{kind}'" for kind in types)
    query = sql.parse(f"SELECT x WHERE resourceType IN ({listed}) AND y = 1 OR resourceType = 'D'")
    assert query.types == {*types, "D"}
    for kind in ("A", "B", "C", "D"):
        matches = query.where({"resourceType": kind, "y": 1})
        assert not matches or kind in query.types
