"""Security Lake: administrator, lakes, sources, new accounts, subscribers (Security Lake guide and API reference)."""

from __future__ import annotations

import json
from typing import Any

from tests.sandbox.cloud import Cloud, refused, source

PRINCIPAL = "securitylake.amazonaws.com"
REGION = "us-east-1"
ROLE = "AmazonSecurityLakeMetaStoreManagerV2"


def lake(cloud: Cloud, account: str | None = None, region: str = REGION) -> Any:
    return cloud.client("securitylake", account, region)


def administered(cloud: Cloud) -> str:
    account = cloud.account("archive")
    lake(cloud).register_data_lake_delegated_administrator(accountId=account)
    return account


def roles(cloud: Cloud, account: str) -> str:
    """The roles that a lake wants; the ARN of the first."""
    iam = cloud.client("iam", account)
    for principal in ("resource-management.securitylake.amazonaws.com", "lakeformation.amazonaws.com"):
        iam.create_service_linked_role(AWSServiceName=principal)
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    made = iam.create_role(RoleName=ROLE, Path="/service-role/", AssumeRolePolicyDocument=document)
    arn: str = made["Role"]["Arn"]
    return arn


def begun(cloud: Cloud, *regions: str) -> tuple[str, Any, str]:
    """The administrator with a lake: its id, a client, and the ARN of the role."""
    account = administered(cloud)
    arn, client = roles(cloud, account), lake(cloud, account)
    client.create_data_lake(
        configurations=[{"region": each} for each in regions or (REGION,)], metaStoreManagerRoleArn=arn
    )
    while any(each["createStatus"] != "COMPLETED" for each in client.list_data_lakes()["dataLakes"]):
        pass
    return account, client, arn


def entry(name: str, *accounts: str, version: str = "2.0", regions: tuple[str, ...] = (REGION,)) -> dict[str, Any]:
    return {"sourceName": name, "sourceVersion": version, "accounts": list(accounts), "regions": list(regions)}


def collected(client: Any, **asked: Any) -> list[dict[str, Any]]:
    """What is listed once nothing is under way any more."""
    rows: list[dict[str, Any]] = []
    for _ in range(5):
        rows = client.list_log_sources(**asked)["sources"]
    return rows


@source("securitylake: RegisterDataLakeDelegatedAdministrator (API reference); never the management account")
def test_a_member_is_appointed_once(cloud: Cloud) -> None:
    management = cloud.organizations.describe_organization()["Organization"]["MasterAccountId"]
    register = lake(cloud).register_data_lake_delegated_administrator
    refused("BadRequestException", register, accountId=management)
    account, other = administered(cloud), cloud.account("other")
    register(accountId=account)
    refused("ConflictException", register, accountId=other)
    refused("AccessDeniedException", lake(cloud, account).register_data_lake_delegated_administrator, accountId=other)
    listed = cloud.organizations.list_delegated_administrators(ServicePrincipal=PRINCIPAL)
    assert [each["Id"] for each in listed["DelegatedAdministrators"]] == [account]
    assert cloud.client("iam").get_role(RoleName="AWSServiceRoleForSecurityLake")["Role"]
    trusted = cloud.organizations.list_aws_service_access_for_organization()["EnabledServicePrincipals"]
    assert PRINCIPAL in {each["ServicePrincipal"] for each in trusted}


@source("securitylake: User Guide, managing multiple accounts: the delegated administrator")
def test_others_may_not_call_it(cloud: Cloud) -> None:
    account, other = administered(cloud), cloud.account("other")
    assert lake(cloud, account).list_data_lakes()["dataLakes"] == []
    refused("AccessDeniedException", lake(cloud, other).list_data_lakes)
    refused("AccessDeniedException", lake(cloud).list_data_lakes)


@source("securitylake: User Guide, prerequisites: roles; CreateDataLake refuses an existing lake")
def test_a_lake_wants_its_roles_and_is_made_once(cloud: Cloud) -> None:
    account = administered(cloud)
    client, where = lake(cloud, account), [{"region": REGION}]
    absent = f"arn:aws:iam::{account}:role/service-role/{ROLE}"
    refused("BadRequestException", client.create_data_lake, configurations=where, metaStoreManagerRoleArn=absent)
    arn = roles(cloud, account)
    (made,) = client.create_data_lake(configurations=where, metaStoreManagerRoleArn=arn)["dataLakes"]
    assert made["createStatus"] == "INITIALIZED"
    assert made["encryptionConfiguration"] == {"kmsKeyId": "S3_MANAGED_KEY"}
    error = refused("ConflictException", client.create_data_lake, configurations=where, metaStoreManagerRoleArn=arn)
    assert "can't be used to update the settings for an existing data lake" in str(error)
    refused("ConflictException", client.update_data_lake, configurations=where)


@source("securitylake: UpdateDataLake (API reference); DataLakeReplicationConfiguration")
def test_a_lake_is_updated(cloud: Cloud) -> None:
    _, client, arn = begun(cloud)
    kept = {"expiration": {"days": 30}, "transitions": [{"days": 10, "storageClass": "GLACIER"}]}
    client.update_data_lake(configurations=[{"region": REGION, "lifecycleConfiguration": kept}])
    (found,) = client.list_data_lakes(regions=[REGION])["dataLakes"]
    assert found["lifecycleConfiguration"] == kept
    client.list_data_lakes()
    absent = [{"region": "eu-west-1"}]
    refused("ResourceNotFoundException", client.update_data_lake, configurations=absent)
    itself = {"regions": [REGION], "roleArn": arn}
    update = client.update_data_lake
    while client.list_data_lakes()["dataLakes"][0]["updateStatus"]["status"] != "COMPLETED":
        pass
    refused("BadRequestException", update, configurations=[{"region": REGION, "replicationConfiguration": itself}])
    nowhere = {"regions": ["eu-west-1"], "roleArn": arn}
    refused("BadRequestException", update, configurations=[{"region": REGION, "replicationConfiguration": nowhere}])
    client.create_data_lake(configurations=[{"region": "eu-west-1"}], metaStoreManagerRoleArn=arn)
    unknown = {"regions": ["eu-west-1"], "roleArn": arn[:-1]}
    refused("BadRequestException", update, configurations=[{"region": REGION, "replicationConfiguration": unknown}])


@source("securitylake: CreateAwsLogSource, DeleteAwsLogSource, ListLogSources (API reference): failed; one at a time")
def test_sources_are_added_and_taken_away(cloud: Cloud) -> None:
    account, client, _ = begun(cloud)
    member = cloud.account("member")
    made = client.create_aws_log_source(sources=[entry("ROUTE53", account, member, "999999999999")])
    assert made["failed"] == ["999999999999"]
    refused("ConflictException", client.create_aws_log_source, sources=[entry("WAF", member)])
    rows = collected(client, accounts=[member])
    shown = {"awsLogSource": {"sourceName": "ROUTE53", "sourceVersion": "2.0"}}
    assert rows == [{"account": member, "region": REGION, "sources": [shown]}]
    other = [entry("ROUTE53", member, version="1.0")]
    refused("ConflictException", client.create_aws_log_source, sources=other)
    refused("ResourceNotFoundException", client.create_aws_log_source, sources=[entry("WAF", regions=("eu-west-1",))])
    refused("ResourceNotFoundException", client.delete_aws_log_source, sources=[entry("WAF", member)])
    refused("ConflictException", client.delete_data_lake, regions=[REGION])
    client.delete_aws_log_source(sources=[entry("ROUTE53", account, member)])
    refused("ConflictException", client.create_aws_log_source, sources=other)
    refused("ConflictException", client.delete_data_lake, regions=[REGION])
    assert collected(client) == []
    client.delete_data_lake(regions=[REGION])
    refused("ResourceNotFoundException", client.delete_data_lake, regions=[REGION])


@source("securitylake: CreateAwsLogSource (API reference), accounts: left out, all of the organization")
def test_without_accounts_all_are_meant(cloud: Cloud) -> None:
    account, client, _ = begun(cloud)
    everybody = {key: value for key, value in entry("WAF").items() if key != "accounts"}
    client.create_aws_log_source(sources=[everybody])
    rows = collected(client)
    assert account in {row["account"] for row in rows}
    assert len(rows) == 2


@source("securitylake: CreateDataLakeOrganizationConfiguration merges, Delete… takes away (API reference)")
def test_new_accounts_are_collected_from(cloud: Cloud) -> None:
    _, client, _ = begun(cloud)
    refused("ResourceNotFoundException", client.get_data_lake_organization_configuration)

    def rows(*names: str) -> list[dict[str, Any]]:
        return [{"region": REGION, "sources": [{"sourceName": each, "sourceVersion": "2.0"} for each in names]}]

    client.create_data_lake_organization_configuration(autoEnableNewAccount=rows("ROUTE53"))
    client.create_data_lake_organization_configuration(autoEnableNewAccount=rows("WAF"))
    assert client.get_data_lake_organization_configuration()["autoEnableNewAccount"] == rows("ROUTE53", "WAF")
    client.delete_data_lake_organization_configuration(autoEnableNewAccount=rows("ROUTE53"))
    gone = client.delete_data_lake_organization_configuration
    refused("ResourceNotFoundException", gone, autoEnableNewAccount=rows("ROUTE53"))
    account = cloud.account("joined")
    (row,) = client.list_log_sources()["sources"]
    assert (row["account"], row["sources"][0]["awsLogSource"]["sourceName"]) == (account, "WAF")


@source("securitylake: CreateSubscriber, UpdateSubscriber, DeleteSubscriber, ListSubscribers (API reference)")
def test_a_subscriber_reads_what_is_collected(cloud: Cloud) -> None:
    account, client, _ = begun(cloud)
    reads = [{"awsLogSource": {"sourceName": "WAF", "sourceVersion": "2.0"}}]
    wanted = {
        "subscriberName": "siem",
        "subscriberIdentity": {"principal": "111122223333", "externalId": "abc"},
        "sources": reads,
    }
    refused("BadRequestException", client.create_subscriber, **wanted)
    client.create_aws_log_source(sources=[entry("WAF", account)])
    collected(client)
    made = client.create_subscriber(**wanted, accessTypes=["S3"])["subscriber"]
    refused("ConflictException", client.create_subscriber, **wanted)
    known = {"subscriberId": made["subscriberId"]}
    client.update_subscriber(**known, subscriberIdentity={"principal": "111122223333", "externalId": "def"})
    (found,) = client.list_subscribers()["subscribers"]
    assert found["subscriberIdentity"]["externalId"] == "def"
    refused(
        "BadRequestException", client.update_subscriber, **known, sources=[{"awsLogSource": {"sourceName": "S3_DATA"}}]
    )
    client.delete_subscriber(**known)
    refused("ResourceNotFoundException", client.delete_subscriber, **known)


@source("securitylake: User Guide: removing the delegated administrator deletes the data lake")
def test_a_lake_goes_with_its_administrator(cloud: Cloud) -> None:
    account, client, _ = begun(cloud)
    lake(cloud).deregister_data_lake_delegated_administrator()
    refused("AccessDeniedException", client.list_data_lakes)
    refused("ResourceNotFoundException", lake(cloud).deregister_data_lake_delegated_administrator)
    lake(cloud).register_data_lake_delegated_administrator(accountId=account)
    assert client.list_data_lakes()["dataLakes"] == []


@source("securitylake: User Guide, managing multiple accounts: who leaves is collected from no more")
def test_who_leaves_is_collected_from_no_more(cloud: Cloud) -> None:
    account, client, _ = begun(cloud)
    member = cloud.account("member")
    client.create_aws_log_source(sources=[entry("WAF", account, member)])
    assert len(collected(client)) == 2
    cloud.advance(5 * 86_400)
    cloud.organizations.remove_account_from_organization(AccountId=member)
    assert [row["account"] for row in client.list_log_sources()["sources"]] == [account]


@source("securitylake: GetDataLakeSources, ListDataLakeExceptions (API reference)")
def test_a_snapshot_is_of_a_region_and_failures_of_all(cloud: Cloud) -> None:
    account, client, _ = begun(cloud, REGION, "eu-west-1")
    client.create_aws_log_source(sources=[entry("ROUTE53", account)])
    collected(client)
    found = client.get_data_lake_sources()
    (row,) = found["dataLakeSources"]
    assert (row["account"], row["sourceName"]) == (account, "ROUTE53")
    assert [each["status"] for each in row["sourceStatuses"]] == ["COLLECTING"]
    assert client.get_data_lake_sources(accounts=["999999999999"])["dataLakeSources"] == []
    assert lake(cloud, account, "eu-west-1").get_data_lake_sources()["dataLakeSources"] == []
    refused("ResourceNotFoundException", lake(cloud, account, "eu-central-1").get_data_lake_sources)
    assert client.list_data_lake_exceptions(regions=[REGION])["exceptions"] == []
    refused("AccessDeniedException", lake(cloud).list_data_lake_exceptions)
