"""Analyzers, archive rules and external access (IAM User Guide and Access Analyzer API reference)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox import security
from tests.sandbox.cloud import Cloud, refused, source

PRINCIPAL = "access-analyzer.amazonaws.com"
STRANGER = "arn:aws:iam::999999999999:root"


def analyzers(cloud: Cloud, account: str | None = None, region: str = "us-east-1") -> Any:
    return cloud.client("accessanalyzer", account, region)


def create(cloud: Cloud, kind: str = "ACCOUNT", account: str | None = None, **parameters: Any) -> str:
    """The ARN of an analyzer that is active."""
    client = analyzers(cloud, account)
    arn: str = client.create_analyzer(analyzerName="lz", type=kind, **parameters)["arn"]
    while client.get_analyzer(analyzerName="lz")["analyzer"]["status"] == "CREATING":
        pass
    return arn


def found(cloud: Cloud, arn: str, account: str | None = None, **parameters: Any) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = analyzers(cloud, account).list_findings(analyzerArn=arn, **parameters)["findings"]
    return listed


@source("accessanalyzer: CreateAnalyzer, GetAnalyzer (API reference): CREATING, ACTIVE")
def test_an_analyzer_is_made_by_and_by(cloud: Cloud) -> None:
    client = analyzers(cloud)
    arn = client.create_analyzer(analyzerName="lz", type="ACCOUNT", tags={"a": "b"})["arn"]
    shown = client.get_analyzer(analyzerName="lz")["analyzer"]
    assert (shown["arn"], shown["status"], shown["tags"]) == (arn, "CREATING", {"a": "b"})
    assert arn.endswith(":analyzer/lz")
    assert client.get_analyzer(analyzerName="lz")["analyzer"]["status"] == "ACTIVE"
    assert analyzers(cloud, region="eu-west-1").list_analyzers()["analyzers"] == []


@source("IAM User Guide, Using service-linked roles for IAM Access Analyzer")
def test_the_first_analyzer_makes_the_role(cloud: Cloud) -> None:
    create(cloud)
    (role,) = cloud.client("iam").list_roles(PathPrefix=f"/aws-service-role/{PRINCIPAL}/")["Roles"]
    assert role["RoleName"] == "AWSServiceRoleForAccessAnalyzer"


@source("accessanalyzer: CreateAnalyzer (API reference), ConflictException, ServiceQuotaExceededException")
def test_one_analyzer_of_an_account_in_a_region(cloud: Cloud) -> None:
    create(cloud)
    client = analyzers(cloud)
    refused("ConflictException", client.create_analyzer, analyzerName="lz", type="ACCOUNT_UNUSED_ACCESS")
    refused("ServiceQuotaExceededException", client.create_analyzer, analyzerName="b", type="ACCOUNT")
    client.create_analyzer(analyzerName="b", type="ACCOUNT_UNUSED_ACCESS")
    assert [a["name"] for a in client.list_analyzers(type="ACCOUNT")["analyzers"]] == ["lz"]
    assert len(client.list_analyzers()["analyzers"]) == 2


@source("IAM User Guide, IAM Access Analyzer quotas: analyzers of an organization in a Region, by type")
@pytest.mark.parametrize(
    ("kind", "most"),
    [("ORGANIZATION", 5), ("ORGANIZATION_UNUSED_ACCESS", 5), ("ORGANIZATION_INTERNAL_ACCESS", 1)],
)
def test_an_organization_has_so_many_analyzers_whoever_makes_them(cloud: Cloud, kind: str, most: int) -> None:
    admin = cloud.account("security")
    cloud.delegate(admin, PRINCIPAL)
    for number in range(most):
        analyzers(cloud, admin).create_analyzer(analyzerName=f"lz-{number}", type=kind)
    for account in (admin, None):
        make = analyzers(cloud, account).create_analyzer
        refused("ServiceQuotaExceededException", make, analyzerName="one-more", type=kind)
    analyzers(cloud, admin, "eu-west-1").create_analyzer(analyzerName="lz", type=kind)


@source("IAM User Guide, internal access analyzers: at most 70,000 IAM principals of an organization")
def test_internal_access_of_too_many_principals_is_not_analyzed(cloud: Cloud) -> None:
    cloud.trust(PRINCIPAL)
    cloud.option(principals=70_001)  # type: ignore[attr-defined]
    make = analyzers(cloud).create_analyzer
    refused("ServiceQuotaExceededException", make, analyzerName="lz", type="ORGANIZATION_INTERNAL_ACCESS")
    cloud.option(principals=70_000)  # type: ignore[attr-defined]
    create(cloud, "ORGANIZATION_INTERNAL_ACCESS")


@source("IAM User Guide, Delegated administrator for IAM Access Analyzer; Organizations: trusted access")
def test_an_organization_analyzer_needs_trusted_access(cloud: Cloud) -> None:
    make = analyzers(cloud).create_analyzer
    error = refused("ValidationException", make, analyzerName="lz", type="ORGANIZATION")
    assert error.response["Error"]["Message"] == "Service not enabled for AWS Organizations"
    cloud.trust(PRINCIPAL)
    create(cloud, "ORGANIZATION")


@source("IAM User Guide, Delegated administrator for IAM Access Analyzer")
def test_only_an_administrator_analyzes_the_organization(cloud: Cloud) -> None:
    admin, account = cloud.account("security"), cloud.account("member")
    cloud.delegate(admin, PRINCIPAL)
    make = analyzers(cloud, account).create_analyzer
    refused("AccessDeniedException", make, analyzerName="lz", type="ORGANIZATION")
    create(cloud, "ORGANIZATION", admin)
    create(cloud, "ACCOUNT", account)


@source("accessanalyzer: CreateAnalyzer (API reference): an organization is needed")
def test_no_organization_no_organization_analyzer(empty: Cloud) -> None:
    make = analyzers(empty).create_analyzer
    refused("ValidationException", make, analyzerName="lz", type="ORGANIZATION")


@source("accessanalyzer: StatusReason (API reference), DELEGATED_ADMINISTRATOR_DEREGISTERED")
def test_analyzers_end_with_the_administrator(cloud: Cloud) -> None:
    admin = cloud.account("security")
    cloud.delegate(admin, PRINCIPAL)
    create(cloud, "ORGANIZATION", admin)
    cloud.organizations.deregister_delegated_administrator(AccountId=admin, ServicePrincipal=PRINCIPAL)
    shown = analyzers(cloud, admin).get_analyzer(analyzerName="lz")["analyzer"]
    assert (shown["status"], shown["statusReason"]["code"]) == ("DISABLED", "DELEGATED_ADMINISTRATOR_DEREGISTERED")


@source("accessanalyzer: StatusReason (API reference), AWS_SERVICE_ACCESS_DISABLED")
def test_organization_analyzers_end_with_trusted_access(cloud: Cloud) -> None:
    cloud.trust(PRINCIPAL)
    create(cloud, "ORGANIZATION")
    cloud.organizations.disable_aws_service_access(ServicePrincipal=PRINCIPAL)
    shown = analyzers(cloud).get_analyzer(analyzerName="lz")["analyzer"]
    assert (shown["status"], shown["statusReason"]["code"]) == ("DISABLED", "AWS_SERVICE_ACCESS_DISABLED")


@source("accessanalyzer: UnusedAccessConfiguration (API reference): 1 to 365 days, 90 by default")
@pytest.mark.parametrize(("asked", "age"), [(None, 90), (1, 1), (365, 365)])
def test_unused_access_has_an_age(cloud: Cloud, asked: int | None, age: int) -> None:
    parameters = {} if asked is None else {"configuration": {"unusedAccess": {"unusedAccessAge": asked}}}
    create(cloud, "ACCOUNT_UNUSED_ACCESS", **parameters)
    shown = analyzers(cloud).get_analyzer(analyzerName="lz")["analyzer"]
    assert shown["configuration"] == {"unusedAccess": {"unusedAccessAge": age}}


@source("accessanalyzer: UnusedAccessConfiguration, AnalyzerConfiguration (API reference)")
def test_a_configuration_fits_its_analyzer(cloud: Cloud) -> None:
    make = analyzers(cloud).create_analyzer
    for kind, age in (("ACCOUNT_UNUSED_ACCESS", 0), ("ACCOUNT_UNUSED_ACCESS", 366), ("ACCOUNT", 90)):
        configuration = {"unusedAccess": {"unusedAccessAge": age}}
        refused("ValidationException", make, analyzerName="lz", type=kind, configuration=configuration)


@source("accessanalyzer: UpdateAnalyzer, UnusedAccessConfiguration (API reference)")
def test_the_age_stays(cloud: Cloud) -> None:
    create(cloud, "ACCOUNT_UNUSED_ACCESS")
    exclusion = {"exclusions": [{"resourceTags": [{"team": "a"}]}]}
    wanted = {"unusedAccess": {"unusedAccessAge": 90, "analysisRule": exclusion}}
    analyzers(cloud).update_analyzer(analyzerName="lz", configuration=wanted)
    assert analyzers(cloud).get_analyzer(analyzerName="lz")["analyzer"]["configuration"] == wanted
    changed = {"unusedAccess": {"unusedAccessAge": 30}}
    refused("ValidationException", analyzers(cloud).update_analyzer, analyzerName="lz", configuration=changed)


@source("accessanalyzer: AnalysisRuleCriteria (API reference): of an organization, not its own, at most 2,000")
def test_accounts_that_are_left_out(cloud: Cloud) -> None:
    admin = cloud.account("security")
    cloud.delegate(admin, PRINCIPAL)
    client = analyzers(cloud, admin)

    def leave_out(*accounts: str) -> dict[str, Any]:
        return {"unusedAccess": {"analysisRule": {"exclusions": [{"accountIds": list(accounts)}]}}}

    many = leave_out(*(f"{number:012}" for number in range(2001)))
    for kind, configuration in (
        ("ACCOUNT_UNUSED_ACCESS", leave_out("999999999999")),
        ("ORGANIZATION_UNUSED_ACCESS", leave_out(admin)),
        ("ORGANIZATION_UNUSED_ACCESS", many),
    ):
        refused(
            "ValidationException", client.create_analyzer, analyzerName="lz", type=kind, configuration=configuration
        )
    create(cloud, "ORGANIZATION_UNUSED_ACCESS", admin, configuration=leave_out("999999999999"))


@source(
    "accessanalyzer: InternalAccessAnalysisRuleCriteria (API reference), resourceTypes; terraform-provider-aws 44430"
)
def test_internal_access_is_of_certain_resources(cloud: Cloud) -> None:
    make = analyzers(cloud).create_analyzer

    def of(kind: str) -> dict[str, Any]:
        return {"internalAccess": {"analysisRule": {"inclusions": [{"resourceTypes": [kind]}]}}}

    wrong = {"analyzerName": "lz", "type": "ACCOUNT_INTERNAL_ACCESS", "configuration": of("AWS::KMS::Key")}
    error = refused("ValidationException", make, **wrong)
    assert "Invalid InternalAccessAnalysisRuleCriteria" in str(error)
    create(cloud, "ACCOUNT_INTERNAL_ACCESS", configuration=of("AWS::S3::Bucket"))
    refused(
        "ValidationException", analyzers(cloud).update_analyzer, analyzerName="lz", configuration=of("AWS::KMS::Key")
    )


@source("IAM User Guide, IAM Access Analyzer quotas: 100 archive rules of an analyzer; 20 values of a criterion")
def test_an_analyzer_has_so_many_rules(cloud: Cloud) -> None:
    create(cloud)
    client, public = analyzers(cloud), {"isPublic": {"eq": ["true"]}}
    many = {"resource": {"eq": [f"arn:aws:s3:::b{number}" for number in range(21)]}}
    refused("ValidationException", client.create_archive_rule, analyzerName="lz", ruleName="many", filter=many)
    for number in range(100):
        client.create_archive_rule(analyzerName="lz", ruleName=f"r{number}", filter=public)
    more = {"analyzerName": "lz", "ruleName": "one-more", "filter": public}
    refused("ServiceQuotaExceededException", client.create_archive_rule, **more)


@source("accessanalyzer: UpdateAnalyzer (API reference): not supported for external access analyzers")
def test_an_external_analyzer_is_not_updated(cloud: Cloud) -> None:
    create(cloud)
    refused("ValidationException", analyzers(cloud).update_analyzer, analyzerName="lz")


@source("accessanalyzer: ApplyArchiveRule (API reference), ResourceNotFoundException")
def test_a_rule_that_is_applied_is_there(cloud: Cloud) -> None:
    arn, client = create(cloud), analyzers(cloud)
    refused("ResourceNotFoundException", client.apply_archive_rule, analyzerArn=arn, ruleName="a")
    client.create_archive_rule(analyzerName="lz", ruleName="a", filter={"isPublic": {"eq": ["false"]}})
    client.apply_archive_rule(analyzerArn=arn, ruleName="a")


@source("accessanalyzer: DeleteAnalyzer, GetAnalyzer (API reference), ResourceNotFoundException")
def test_an_analyzer_is_deleted(cloud: Cloud) -> None:
    create(cloud)
    analyzers(cloud).delete_analyzer(analyzerName="lz")
    refused("ResourceNotFoundException", analyzers(cloud).get_analyzer, analyzerName="lz")
    refused("ResourceNotFoundException", analyzers(cloud).delete_analyzer, analyzerName="lz")


@source("accessanalyzer: TagResource, UntagResource, ListTagsForResource (API reference)")
def test_an_analyzer_is_tagged(cloud: Cloud) -> None:
    arn, client = create(cloud), analyzers(cloud)
    client.tag_resource(resourceArn=arn, tags={"a": "1", "b": "2"})
    client.untag_resource(resourceArn=arn, tagKeys=["a"])
    assert client.list_tags_for_resource(resourceArn=arn)["tags"] == {"b": "2"}
    refused("ResourceNotFoundException", client.tag_resource, resourceArn=f"{arn}x", tags={"a": "1"})


@source("accessanalyzer: CreateArchiveRule, GetArchiveRule, UpdateArchiveRule, DeleteArchiveRule (API reference)")
def test_an_archive_rule_comes_and_goes(cloud: Cloud) -> None:
    create(cloud)
    client, named = analyzers(cloud), {"analyzerName": "lz", "ruleName": "known"}
    refused("ValidationException", client.create_archive_rule, **named, filter={})
    for criterion in ("status", "id"):
        refused("ValidationException", client.create_archive_rule, **named, filter={criterion: {"eq": ["ACTIVE"]}})
    client.create_archive_rule(**named, filter={"resourceType": {"eq": ["AWS::S3::Bucket"]}})
    refused("ConflictException", client.create_archive_rule, **named, filter={"isPublic": {"eq": ["true"]}})
    client.update_archive_rule(**named, filter={"isPublic": {"eq": ["true"]}})
    assert client.get_archive_rule(**named)["archiveRule"]["filter"] == {"isPublic": {"eq": ["true"]}}
    client.delete_archive_rule(**named)
    assert client.list_archive_rules(analyzerName="lz")["archiveRules"] == []
    refused("ResourceNotFoundException", client.get_archive_rule, **named)


@source("IAM User Guide, IAM Access Analyzer resource types: S3 buckets, IAM roles, KMS keys, SNS topics")
def test_who_lets_strangers_in_is_found(cloud: Cloud) -> None:
    arn = create(cloud)
    assert found(cloud, arn) == []
    bucket = security.bucket(cloud, "open", security.allow({"AWS": STRANGER}, "s3:GetObject", "arn:aws:s3:::open/*"))
    key = security.key(cloud, security.allow({"AWS": STRANGER}, "kms:Decrypt", "*"))
    trust = security.document({"Effect": "Allow", "Principal": {"AWS": STRANGER}, "Action": "sts:AssumeRole"})
    role = cloud.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    assert {(f["resourceType"], f["resource"]) for f in found(cloud, arn)} == {
        ("AWS::S3::Bucket", f"arn:aws:s3:::{bucket}"),
        ("AWS::KMS::Key", key),
        ("AWS::IAM::Role", role),
    }
    assert {f["principal"]["AWS"] for f in found(cloud, arn)} == {STRANGER}
    assert {f["isPublic"] for f in found(cloud, arn)} == {False}


@source("IAM User Guide, How IAM Access Analyzer works: the zone of trust is the account or the organization")
def test_the_organization_is_trusted_by_its_analyzer(cloud: Cloud) -> None:
    member = cloud.account("member")
    statement = security.allow({"AWS": f"arn:aws:iam::{member}:root"}, "s3:GetObject", "arn:aws:s3:::shared/*")
    security.bucket(cloud, "shared", statement)
    assert len(found(cloud, create(cloud))) == 1
    cloud.trust(PRINCIPAL)
    analyzers(cloud).delete_analyzer(analyzerName="lz")
    assert found(cloud, create(cloud, "ORGANIZATION")) == []


@source("IAM User Guide, IAM Access Analyzer: conditions that restrict access to the zone of trust")
def test_a_condition_keeps_strangers_out(cloud: Cloud) -> None:
    organization = cloud.organizations.describe_organization()["Organization"]["Id"]
    cloud.trust(PRINCIPAL)
    for name, identifier in (("ours", organization), ("theirs", "o-somebodyel")):
        inside = {"StringEquals": {"aws:PrincipalOrgID": identifier}}
        security.bucket(cloud, name, security.allow("*", "s3:GetObject", f"arn:aws:s3:::{name}/*", **inside))
    (finding,) = found(cloud, create(cloud, "ORGANIZATION"))
    assert (finding["resource"], finding["isPublic"]) == ("arn:aws:s3:::theirs", True)


@source("accessanalyzer: ListFindings (API reference): filter; archive rules archive new findings")
def test_findings_are_filtered_and_archived(cloud: Cloud) -> None:
    arn = create(cloud)
    security.bucket(cloud, "open", security.allow("*", "s3:GetObject", "arn:aws:s3:::open/*"))
    assert [f["status"] for f in found(cloud, arn, filter={"status": {"eq": ["ACTIVE"]}})] == ["ACTIVE"]
    public = {"isPublic": {"eq": ["true"]}}
    analyzers(cloud).create_archive_rule(analyzerName="lz", ruleName="public", filter=public)
    assert found(cloud, arn, filter={"status": {"eq": ["ACTIVE"]}}) == []
    assert [f["status"] for f in found(cloud, arn)] == ["ARCHIVED"]
    listed = analyzers(cloud).list_findings_v2(analyzerArn=arn)["findings"]
    assert [f["findingType"] for f in listed] == ["ExternalAccess"]
