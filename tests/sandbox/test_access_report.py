"""Last access of services, organization-wide (IAM API reference, GenerateOrganizationsAccessReport)."""

from __future__ import annotations

from typing import Any

from tests.sandbox.cloud import SCP_TYPE, Cloud, refused, source

GUIDE = "IAM User Guide: refine permissions using last accessed information for Organizations"


def path(cloud: Cloud, *nodes: str) -> str:
    organization = cloud.organizations.describe_organization()["Organization"]["Id"]
    return "/".join([organization, cloud.root, *nodes])


def report(cloud: Cloud, entity: str, **parameters: Any) -> dict[str, dict[str, Any]]:
    iam = cloud.client("iam")
    job = iam.generate_organizations_access_report(EntityPath=entity)["JobId"]
    while (found := iam.get_organizations_access_report(JobId=job, **parameters))["JobStatus"] == "IN_PROGRESS":
        pass
    rows = list(found["AccessDetails"])
    while found["IsTruncated"]:
        found = iam.get_organizations_access_report(JobId=job, **parameters, Marker=found["Marker"])
        rows += found["AccessDetails"]
    assert len(rows) == found["NumberOfServicesAccessible"]
    assert sum("EntityPath" not in row for row in rows) == found["NumberOfServicesNotAccessed"]
    return {row["ServiceNamespace"]: row for row in rows}


@source(f"{GUIDE}: the most recent attempt of the accounts below, and how many accounts there were")
def test_a_unit_has_what_its_accounts_have_tried(cloud: Cloud) -> None:
    cloud.enable()
    unit, first, second = cloud.unit("unit"), cloud.account("first"), cloud.account("second")
    cloud.organizations.move_account(AccountId=first, SourceParentId=cloud.root, DestinationParentId=unit)
    cloud.client("s3", first).list_buckets()
    cloud.client("sns", second, "eu-west-1").list_topics()
    here, everywhere = report(cloud, path(cloud, unit)), report(cloud, path(cloud), MaxItems=100)
    assert here["s3"]["EntityPath"] == path(cloud, unit, first)
    assert here["s3"]["TotalAuthenticatedEntities"] == 1
    assert "LastAuthenticatedTime" in here["s3"]
    assert "EntityPath" not in here["sns"]
    assert (everywhere["sns"]["EntityPath"], everywhere["sns"]["Region"]) == (path(cloud, second), "eu-west-1")
    assert "EntityPath" not in everywhere["braket"]


@source(f"{GUIDE}: only services that SCPs allow are listed; denied attempts count")
def test_scps_decide_what_is_listed(cloud: Cloud) -> None:
    cloud.enable()
    account = cloud.account("first")
    text = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":["sns:*","s3:ListAllMyBuckets"],"Resource":"*"}]}'
    cloud.organizations.attach_policy(PolicyId=cloud.policy("deny", text, SCP_TYPE), TargetId=account)
    refused("AccessDenied", cloud.client("s3", account).list_buckets)
    found = report(cloud, path(cloud, account))
    assert "sns" not in found
    assert found["s3"]["TotalAuthenticatedEntities"] == 1


@source("iam: GenerateOrganizationsAccessReport (API reference): the management account, SCPs enabled, a path")
def test_not_everybody_gets_a_report(cloud: Cloud) -> None:
    generate = cloud.client("iam").generate_organizations_access_report
    refused("AccessDenied", generate, EntityPath=path(cloud))
    cloud.enable()
    account = cloud.account("first")
    refused("AccessDenied", cloud.client("iam", account).generate_organizations_access_report, EntityPath=path(cloud))
    refused("InvalidInput", generate, EntityPath=path(cloud, "ou-none-12345678"))
    get = cloud.client("iam").get_organizations_access_report
    refused("NoSuchEntity", get, JobId="00000000-0000-0000-0000-000000000000")


@source("iam: GenerateOrganizationsAccessReport (API reference), ReportGenerationLimitExceededException")
def test_there_are_only_so_many_at_once(cloud: Cloud) -> None:
    cloud.enable()
    generate = cloud.client("iam").generate_organizations_access_report
    jobs = [generate(EntityPath=path(cloud))["JobId"] for _ in range(5)]
    refused("ReportGenerationLimitExceeded", generate, EntityPath=path(cloud))
    while cloud.client("iam").get_organizations_access_report(JobId=jobs[0])["JobStatus"] == "IN_PROGRESS":
        pass
    assert generate(EntityPath=path(cloud))["JobId"]
