"""Macie in an account and in an organization (Macie User Guide and API reference)."""

from __future__ import annotations

from typing import Any

import pytest

from landing.sandbox import Sandbox
from landing.sandbox.services.macie.state import Member, at
from tests.sandbox import security
from tests.sandbox.appointed import MACIE, administrator, trusted
from tests.sandbox.cloud import Cloud, InProcess, refused, source

SERVICE = {"Service": "macie.amazonaws.com"}


def macie(cloud: Cloud, account: str | None = None, region: str = "us-east-1") -> Any:
    return cloud.client("macie2", account, region)


def member(cloud: Cloud, admin: str, name: str = "member") -> str:
    account = cloud.account(name)
    macie(cloud, admin).create_member(account={"accountId": account, "email": f"{name}@example.com"})
    return account


def status(cloud: Cloud, account: str) -> str:
    found: str = macie(cloud, account).get_macie_session()["status"]
    return found


@source("macie2: GetMacieSession (API reference), AccessDeniedException: Macie is not enabled")
def test_macie_is_off(cloud: Cloud) -> None:
    for call in (macie(cloud).get_macie_session, macie(cloud).disable_macie, macie(cloud).list_members):
        assert "not enabled" in str(refused("AccessDeniedException", call))


@source("macie2: EnableMacie, GetMacieSession (API reference)")
def test_macie_is_enabled_once_in_a_region(cloud: Cloud) -> None:
    macie(cloud).enable_macie(findingPublishingFrequency="ONE_HOUR")
    found = macie(cloud).get_macie_session()
    assert (found["status"], found["findingPublishingFrequency"]) == ("ENABLED", "ONE_HOUR")
    assert found["serviceRole"].endswith("/macie.amazonaws.com/AWSServiceRoleForAmazonMacie")
    refused("ConflictException", macie(cloud).enable_macie)
    refused("AccessDeniedException", macie(cloud, region="eu-west-1").get_macie_session)


@source("macie2: UpdateMacieSession, DisableMacie (API reference)")
def test_macie_is_paused_and_disabled(cloud: Cloud) -> None:
    macie(cloud).enable_macie(status="PAUSED")
    assert macie(cloud).get_macie_session()["status"] == "PAUSED"
    macie(cloud).update_macie_session(status="ENABLED", findingPublishingFrequency="SIX_HOURS")
    found = macie(cloud).get_macie_session()
    assert (found["status"], found["findingPublishingFrequency"]) == ("ENABLED", "SIX_HOURS")
    macie(cloud).disable_macie()
    refused("AccessDeniedException", macie(cloud).get_macie_session)


@source("Macie User Guide, Designating the administrator: Macie is enabled for it")
def test_the_administrator_has_macie(cloud: Cloud) -> None:
    assert status(cloud, administrator(cloud, MACIE)) == "ENABLED"


@source("Macie User Guide, the management account as administrator: enable Macie there first")
def test_the_management_account_enables_macie_itself(cloud: Cloud) -> None:
    trusted(cloud, MACIE)
    own = cloud.client("sts").get_caller_identity()["Account"]
    refused("ConflictException", macie(cloud).enable_organization_admin_account, adminAccountId=own)
    macie(cloud).enable_macie()
    macie(cloud).enable_organization_admin_account(adminAccountId=own)
    assert macie(cloud).describe_organization_configuration()["autoEnable"] is False


@source(
    "macie2: DisableOrganizationAdminAccount (API reference), ResourceNotFoundException; User Guide: Macie stays on"
)
def test_the_administrator_is_dismissed(cloud: Cloud) -> None:
    admin = administrator(cloud, MACIE)
    account = member(cloud, admin)
    refused("ResourceNotFoundException", macie(cloud).disable_organization_admin_account, adminAccountId=account)
    macie(cloud).disable_organization_admin_account(adminAccountId=admin)
    refused("AccessDeniedException", macie(cloud, admin).list_members)
    refused("ResourceNotFoundException", macie(cloud, account).get_administrator_account)
    assert status(cloud, account) == "ENABLED"


@source("macie2: UpdateOrganizationConfiguration, DescribeOrganizationConfiguration (API reference)")
def test_the_organization_is_configured_by_its_administrator(cloud: Cloud) -> None:
    admin = administrator(cloud, MACIE)
    macie(cloud, admin).update_organization_configuration(autoEnable=True)
    assert macie(cloud, admin).describe_organization_configuration()["autoEnable"] is True
    macie(cloud).enable_macie()
    refused("AccessDeniedException", macie(cloud).update_organization_configuration, autoEnable=False)
    refused("AccessDeniedException", macie(cloud).describe_organization_configuration)


@source("macie2: UpdateOrganizationConfiguration (API reference), autoEnable: when added to the organization")
def test_new_accounts_are_enabled_and_old_ones_are_not(cloud: Cloud) -> None:
    old, admin = cloud.account("old"), administrator(cloud, MACIE)
    macie(cloud, admin).update_organization_configuration(autoEnable=True)
    new = cloud.account("new")
    found = [(m["accountId"], m["relationshipStatus"]) for m in macie(cloud, admin).list_members()["members"]]
    assert found == [(new, "Enabled")]
    assert status(cloud, new) == "ENABLED"
    refused("AccessDeniedException", macie(cloud, old).get_macie_session)


@source("macie2: CreateMember, GetMember (API reference)")
def test_an_account_is_made_a_member(cloud: Cloud) -> None:
    admin = administrator(cloud, MACIE)
    account = member(cloud, admin)
    found = macie(cloud, admin).get_member(id=account)
    assert (found["relationshipStatus"], found["email"]) == ("Enabled", "member@example.com")
    assert found["administratorAccountId"] == admin
    shown = macie(cloud, account).get_administrator_account()["administrator"]
    assert (shown["accountId"], shown["relationshipStatus"]) == (admin, "Enabled")


@source("AWS Security Reference Architecture, macie_org: CreateMember is refused some seconds after the appointment")
def test_an_administrator_adds_members_some_seconds_after_its_appointment(cloud: Cloud) -> None:
    admin, account = cloud.account("security"), cloud.account("member")
    trusted(cloud, MACIE)
    macie(cloud).enable_organization_admin_account(adminAccountId=admin)
    wanted = {"accountId": account, "email": "member@example.com"}
    refused("ValidationException", macie(cloud, admin).create_member, account=wanted)
    cloud.advance(10)  # type: ignore[attr-defined]
    macie(cloud, admin).create_member(account=wanted)


@source("macie2: CreateMember (API reference): accountId and email of an account; ConflictException")
def test_a_member_is_an_account_of_the_organization(cloud: Cloud) -> None:
    admin = administrator(cloud, MACIE)
    create, account = macie(cloud, admin).create_member, member(cloud, admin)
    address = {"email": "member@example.com"}
    refused("ConflictException", create, account={"accountId": account, **address})
    refused("ValidationException", create, account={"accountId": "999999999999", **address})
    refused("ValidationException", create, account={"accountId": admin, "email": "security@example.com"})
    other = cloud.account("other")
    refused("ValidationException", create, account={"accountId": other, **address})


@source("Macie User Guide, Adding accounts: the management account must enable Macie first")
def test_the_management_account_is_a_member_once_it_has_macie(cloud: Cloud) -> None:
    admin = administrator(cloud, MACIE)
    organization = cloud.organizations.describe_organization()["Organization"]
    account = {"accountId": organization["MasterAccountId"], "email": organization["MasterAccountEmail"]}
    refused("ConflictException", macie(cloud, admin).create_member, account=account)
    macie(cloud).enable_macie()
    macie(cloud, admin).create_member(account=account)
    assert macie(cloud).get_administrator_account()["administrator"]["accountId"] == admin


@source("macie2: UpdateMemberSession (API reference)")
def test_a_member_is_paused(cloud: Cloud) -> None:
    admin = administrator(cloud, MACIE)
    account = member(cloud, admin)
    macie(cloud, admin).update_member_session(id=account, status="PAUSED")
    assert macie(cloud, admin).get_member(id=account)["relationshipStatus"] == "Paused"
    assert status(cloud, account) == "PAUSED"


@source("macie2: DisassociateMember, DeleteMember, ListMembers (API reference): onlyAssociated")
def test_a_member_is_disassociated_and_deleted(cloud: Cloud) -> None:
    admin = administrator(cloud, MACIE)
    account, client = member(cloud, admin), macie(cloud, admin)
    refused("ConflictException", client.delete_member, id=account)
    client.disassociate_member(id=account)
    assert client.list_members()["members"] == []
    (found,) = client.list_members(onlyAssociated="false")["members"]
    assert (found["accountId"], found["relationshipStatus"]) == (account, "Removed")
    client.delete_member(id=account)
    refused("ResourceNotFoundException", client.get_member, id=account)
    assert status(cloud, account) == "ENABLED"


@source("macie2: ListMembers (API reference): maxResults, nextToken")
def test_members_have_pages(cloud: Cloud) -> None:
    admin = administrator(cloud, MACIE)
    accounts = [member(cloud, admin, name) for name in ("a", "b", "c")]
    first = macie(cloud, admin).list_members(maxResults=2)
    second = macie(cloud, admin).list_members(maxResults=2, nextToken=first["nextToken"])
    assert [m["accountId"] for page in (first, second) for m in page["members"]] == accounts
    refused("ValidationException", macie(cloud, admin).list_members, nextToken="mine")


@source("macie2: DisableMacie (API reference); User Guide, Disabling Macie")
def test_members_and_administrators_cannot_disable_macie(cloud: Cloud) -> None:
    admin = administrator(cloud, MACIE)
    account = member(cloud, admin)
    refused("ConflictException", macie(cloud, admin).disable_macie)
    refused("ConflictException", macie(cloud, account).disable_macie)
    macie(cloud, admin).disassociate_member(id=account)
    macie(cloud, account).disable_macie()


@source("organizations: RemoveAccountFromOrganization; Macie User Guide, Removing a member account")
def test_who_leaves_is_a_member_no_more(cloud: Cloud) -> None:
    admin = administrator(cloud, MACIE)
    account = member(cloud, admin)
    cloud.advance(8 * 86400)  # type: ignore[attr-defined]
    cloud.organizations.remove_account_from_organization(AccountId=account)
    assert macie(cloud, admin).list_members(onlyAssociated="false")["members"] == []
    refused("ResourceNotFoundException", macie(cloud, account).get_administrator_account)


@source("macie2: GetAutomatedDiscoveryConfiguration, UpdateAutomatedDiscoveryConfiguration (API reference)")
@pytest.mark.parametrize(("mode", "old"), [("ALL", "ENABLED"), ("NEW", "DISABLED"), ("NONE", "DISABLED")])
def test_discovery_is_for_all_members_or_new_ones(cloud: Cloud, mode: str, old: str) -> None:
    admin = administrator(cloud, MACIE)
    account, client = member(cloud, admin), macie(cloud, admin)
    client.update_automated_discovery_configuration(status="ENABLED", autoEnableOrganizationMembers=mode)
    found = client.get_automated_discovery_configuration()
    assert (found["status"], found["autoEnableOrganizationMembers"]) == ("ENABLED", mode)
    new = member(cloud, admin, "new")
    listed = client.list_automated_discovery_accounts(accountIds=[account, new])["items"]
    assert [one["status"] for one in listed] == [old, "DISABLED" if mode == "NONE" else "ENABLED"]


@source("macie2: UpdateAutomatedDiscoveryConfiguration (API reference); User Guide: administrator or standalone")
def test_members_do_not_decide_about_discovery(cloud: Cloud) -> None:
    admin = administrator(cloud, MACIE)
    client = macie(cloud, member(cloud, admin))
    refused("AccessDeniedException", client.get_automated_discovery_configuration)
    refused("AccessDeniedException", client.update_automated_discovery_configuration, status="ENABLED")
    macie(cloud).enable_macie()
    macie(cloud).update_automated_discovery_configuration(status="ENABLED")
    assert macie(cloud).get_automated_discovery_configuration()["status"] == "ENABLED"


@source("macie2: BatchUpdateAutomatedDiscoveryAccounts (API reference): ACCOUNT_NOT_FOUND, ACCOUNT_PAUSED")
def test_discovery_is_set_account_by_account(cloud: Cloud) -> None:
    admin = administrator(cloud, MACIE)
    account, paused = member(cloud, admin), member(cloud, admin, "paused")
    client = macie(cloud, admin)
    client.update_member_session(id=paused, status="PAUSED")
    asked = [{"accountId": one, "status": "ENABLED"} for one in (account, paused, "999999999999")]
    errors = client.batch_update_automated_discovery_accounts(accounts=asked)["errors"]
    assert [error["errorCode"] for error in errors] == ["ACCOUNT_PAUSED", "ACCOUNT_NOT_FOUND"]
    (found,) = client.list_automated_discovery_accounts(accountIds=[account])["items"]
    assert found["status"] == "ENABLED"


@source("Macie User Guide, Storing and retaining sensitive data discovery results")
def test_results_go_to_a_bucket_and_a_key_that_let_macie_in(cloud: Cloud) -> None:
    macie(cloud).enable_macie()
    closed = security.bucket(cloud, "closed")
    name = security.bucket(cloud, "results", security.allow(SERVICE, "s3:PutObject", "arn:aws:s3:::results/*"))
    key = security.key(cloud, security.allow(SERVICE, ["kms:GenerateDataKey", "kms:Encrypt"], "*"))
    put = macie(cloud).put_classification_export_configuration
    for bucket, arn in ((closed, key), (name, security.key(cloud)), ("nowhere", key)):
        wrong = {"s3Destination": {"bucketName": bucket, "kmsKeyArn": arn}}
        refused("ConflictException", put, configuration=wrong)
    assert macie(cloud).get_classification_export_configuration().get("configuration", {}) == {}
    right = {"s3Destination": {"bucketName": name, "kmsKeyArn": key, "keyPrefix": "macie/"}}
    strange = {"s3Destination": {**right["s3Destination"], "expectedBucketOwner": "999999999999"}}
    refused("ConflictException", put, configuration=strange)
    member = macie(cloud, cloud.account("member"))
    member.enable_macie()
    refused("ConflictException", member.put_classification_export_configuration, configuration=right)
    abroad = security.key(
        cloud, security.allow(SERVICE, ["kms:GenerateDataKey", "kms:Encrypt"], "*"), region="eu-west-1"
    )
    refused("ConflictException", put, configuration={"s3Destination": {**right["s3Destination"], "kmsKeyArn": abroad}})
    put(configuration=right)
    assert macie(cloud).get_classification_export_configuration()["configuration"] == right
    owner = cloud.account("archive")
    security.bucket(cloud, "theirs", security.allow(SERVICE, "s3:PutObject", "arn:aws:s3:::theirs/*"), account=owner)
    theirs = {"s3Destination": {"bucketName": "theirs", "kmsKeyArn": key}}
    refused("ConflictException", put, configuration=theirs)
    put(configuration={"s3Destination": {**theirs["s3Destination"], "expectedBucketOwner": owner}})


@source("macie2: GetFindingsPublicationConfiguration, PutFindingsPublicationConfiguration (API reference)")
def test_findings_are_published_as_one_says(cloud: Cloud) -> None:
    macie(cloud).enable_macie()
    read = macie(cloud).get_findings_publication_configuration
    before = {"publishClassificationFindings": False, "publishPolicyFindings": True}
    assert read()["securityHubConfiguration"] == before
    wanted = dict.fromkeys(before, True)
    macie(cloud).put_findings_publication_configuration(securityHubConfiguration=wanted)
    assert read()["securityHubConfiguration"] == wanted


@source("macie2: TagResource, UntagResource, ListTagsForResource (API reference)")
def test_a_member_is_tagged(cloud: Cloud) -> None:
    admin = administrator(cloud, MACIE)
    account = member(cloud, admin)
    client = macie(cloud, admin)
    arn = client.get_member(id=account)["arn"]
    client.tag_resource(resourceArn=arn, tags={"team": "security", "cost": "1"})
    client.untag_resource(resourceArn=arn, tagKeys=["cost"])
    assert client.list_tags_for_resource(resourceArn=arn)["tags"] == client.get_member(id=account)["tags"]
    assert client.list_tags_for_resource(resourceArn=arn)["tags"] == {"team": "security"}
    many = {f"key-{number}": "" for number in range(50)}
    refused("ValidationException", client.tag_resource, resourceArn=arn, tags=many)
    unknown = arn.replace(account, "999999999999")
    refused("ResourceNotFoundException", client.list_tags_for_resource, resourceArn=unknown)


@source("macie2: CreateFindingsFilter, UpdateFindingsFilter, ListFindingsFilters, DeleteFindingsFilter (API reference)")
def test_filters_archive_findings(cloud: Cloud) -> None:
    client = macie(cloud)
    where = {"criterion": {"type": {"eq": ["a"]}}}
    refused("AccessDeniedException", client.list_findings_filters)
    client.enable_macie()
    made = client.create_findings_filter(name="old", action="ARCHIVE", findingCriteria=where, clientToken="t")
    again = client.create_findings_filter(name="old", action="ARCHIVE", findingCriteria=where, clientToken="t")
    assert made["id"] == again["id"]
    for wrong in ({"name": "ab"}, {"name": "n" * 65}, {"description": "d" * 513}, {"findingCriteria": {}}):
        asked = {"name": "new", "action": "NOOP", "findingCriteria": where, **wrong}
        refused("ValidationException", client.create_findings_filter, **asked)
    client.update_findings_filter(id=made["id"], action="NOOP", description="d")
    found = client.get_findings_filter(id=made["id"])
    assert (found["name"], found["action"], found["description"]) == ("old", "NOOP", "d")
    assert found["findingCriteria"] == where
    (listed,) = client.list_findings_filters()["findingsFilterListItems"]
    assert (listed["id"], "findingCriteria" in listed) == (made["id"], False)
    client.delete_findings_filter(id=made["id"])
    for call in (client.get_findings_filter, client.delete_findings_filter, client.update_findings_filter):
        refused("ResourceNotFoundException", call, id=made["id"])
    assert client.list_findings_filters()["findingsFilterListItems"] == []


@source("macie2: CreateAllowList, UpdateAllowList, GetAllowList, ListAllowLists, DeleteAllowList (API reference)")
def test_allow_lists_are_an_expression_or_an_object(cloud: Cloud) -> None:
    client = macie(cloud)
    refused("AccessDeniedException", client.list_allow_lists)
    client.enable_macie()
    file = {"s3WordsList": {"bucketName": "acme-words", "objectKey": "words.txt"}}
    for criteria in ({}, {"regex": "a", **file}):
        refused("ValidationException", client.create_allow_list, name="n", criteria=criteria)
    made = client.create_allow_list(name="n", criteria={"regex": "a"}, clientToken="t")
    assert client.create_allow_list(name="n", criteria={"regex": "a"}, clientToken="t")["id"] == made["id"]

    def status() -> str:
        found: str = client.get_allow_list(id=made["id"])["status"]["code"]
        return found

    assert status() == "OK"
    client.update_allow_list(id=made["id"], name="m", criteria=file)
    assert status() == "S3_OBJECT_NOT_FOUND"
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="acme-words")
    for body, code in ((b"", "S3_OBJECT_EMPTY"), (b"a", "OK")):
        s3.put_object(Bucket="acme-words", Key="words.txt", Body=body)
        assert status() == code
    (listed,) = client.list_allow_lists()["allowLists"]
    assert (listed["name"], "criteria" in listed) == ("m", False)
    client.delete_allow_list(id=made["id"])
    for call in (client.get_allow_list, client.delete_allow_list):
        refused("ResourceNotFoundException", call, id=made["id"])


@source("macie2: CreateCustomDataIdentifier, GetCustomDataIdentifier, DeleteCustomDataIdentifier (API reference)")
def test_custom_identifiers_are_never_changed_and_softly_deleted(cloud: Cloud) -> None:
    client = macie(cloud)
    client.enable_macie()
    level = [{"severity": "LOW", "occurrencesThreshold": 5}, {"severity": "HIGH", "occurrencesThreshold": 5}]
    for wrong in (
        {"regex": "("}, {"regex": "a" * 513}, {"keywords": ["ab"]}, {"ignoreWords": ["abc"]}, {"severityLevels": level},
        {"maximumMatchDistance": 301}, {"description": "d" * 513}, {"ignoreWords": ["abcd"] * 11},
    ):  # fmt: skip
        refused("ValidationException", client.create_custom_data_identifier, **{"name": "n", "regex": "a", **wrong})
    made = client.create_custom_data_identifier(name="n", regex="a")["customDataIdentifierId"]
    assert client.get_custom_data_identifier(id=made)["maximumMatchDistance"] == 50
    client.delete_custom_data_identifier(id=made)
    assert client.list_custom_data_identifiers()["items"] == []
    assert client.get_custom_data_identifier(id=made)["deleted"] is True
    found = client.batch_get_custom_data_identifiers(ids=[made, "other"])
    assert found["customDataIdentifiers"][0]["deleted"] is True
    assert found["notFoundIdentifierIds"] == ["other"]
    refused("ResourceNotFoundException", client.delete_custom_data_identifier, id=made)
    everything = {"bucketCriteria": {}}
    asked = {"name": "j", "jobType": "ONE_TIME", "s3JobDefinition": everything, "customDataIdentifierIds": [made]}
    refused("ResourceNotFoundException", client.create_classification_job, **asked)


@source("macie2: CreateClassificationJob (API reference): what belongs together")
def test_jobs_that_are_not_taken(cloud: Cloud) -> None:
    client = macie(cloud)
    client.enable_macie()
    term = {"simpleCriterion": {"comparator": "CONTAINS", "key": "S3_BUCKET_NAME", "values": ["a"]}}
    key = {"simpleScopeTerm": {"comparator": "EQ", "key": "OBJECT_KEY", "values": ["a"]}}
    static = {"bucketDefinitions": [{"accountId": "111122223333", "buckets": ["a"]}]}
    for wrong in (
        {"jobType": "SCHEDULED"},
        {"scheduleFrequency": {"dailySchedule": {}}},
        {"initialRun": True},
        {"managedDataIdentifierSelector": "INCLUDE"},
        {"managedDataIdentifierIds": ["A"]},
        {"managedDataIdentifierSelector": "NONE"},
        {"samplingPercentage": 0},
        {"description": "d" * 201},
        {"s3JobDefinition": {}},
        {"s3JobDefinition": {"bucketCriteria": {}, **static}},
        {"s3JobDefinition": {"bucketCriteria": {"includes": {"and": [term]}}}},
        {"s3JobDefinition": {"bucketCriteria": {}, "scoping": {"excludes": {"and": [key]}}}},
    ):
        asked = {"name": "j", "jobType": "ONE_TIME", "s3JobDefinition": {"bucketCriteria": {}}, **wrong}
        refused("ValidationException", client.create_classification_job, **asked)
    refused(
        "ResourceNotFoundException",
        client.create_classification_job,
        name="j",
        jobType="ONE_TIME",
        s3JobDefinition=static,
        allowListIds=["other"],
    )


@source("macie2: UpdateClassificationJob, DeleteAllowList (API reference): from which status to which; active jobs")
def test_jobs_are_paused_resumed_and_cancelled(cloud: Cloud) -> None:
    client = macie(cloud)
    client.enable_macie()
    words = client.create_allow_list(name="n", criteria={"regex": "a"})["id"]
    weekly = {"jobType": "SCHEDULED", "scheduleFrequency": {"weeklySchedule": {"dayOfWeek": "MONDAY"}}}
    everything = {"bucketCriteria": {}}
    made = client.create_classification_job(name="j", s3JobDefinition=everything, allowListIds=[words], **weekly)
    job = {"jobId": made["jobId"]}
    refused("ConflictException", client.update_classification_job, **job, jobStatus="RUNNING")
    refused("ValidationException", client.update_classification_job, **job, jobStatus="COMPLETE")
    client.update_classification_job(**job, jobStatus="USER_PAUSED")
    assert client.describe_classification_job(**job)["jobStatus"] == "USER_PAUSED"
    client.update_classification_job(**job, jobStatus="RUNNING")
    refused("ValidationException", client.delete_allow_list, id=words)
    client.update_classification_job(**job, jobStatus="CANCELLED")
    refused("ConflictException", client.update_classification_job, **job, jobStatus="CANCELLED")
    client.delete_allow_list(id=words)
    cancelled = [{"comparator": "EQ", "key": "jobStatus", "values": ["CANCELLED"]}]
    assert client.list_classification_jobs(filterCriteria={"excludes": cancelled})["items"] == []
    assert len(client.list_classification_jobs(filterCriteria={"includes": cancelled})["items"]) == 1
    refused("ResourceNotFoundException", client.describe_classification_job, jobId="other")


@source("macie2: Classification Scopes, Sensitivity Inspection Templates (API reference): made when first enabled")
def test_the_scope_and_the_template_are_there_once_discovery_was_enabled(cloud: Cloud) -> None:
    client = macie(cloud, administrator(cloud, MACIE))
    assert client.list_classification_scopes()["classificationScopes"] == []
    assert client.list_sensitivity_inspection_templates()["sensitivityInspectionTemplates"] == []
    client.update_automated_discovery_configuration(status="ENABLED", autoEnableOrganizationMembers="NONE")
    client.update_automated_discovery_configuration(status="DISABLED", autoEnableOrganizationMembers="NONE")
    found = client.get_automated_discovery_configuration()
    scope, template = found["classificationScopeId"], found["sensitivityInspectionTemplateId"]
    assert client.list_classification_scopes()["classificationScopes"][0]["id"] == scope
    assert client.list_sensitivity_inspection_templates()["sensitivityInspectionTemplates"][0]["id"] == template

    def excluded(names: list[str], operation: str) -> list[str]:
        client.update_classification_scope(id=scope, s3={"excludes": {"bucketNames": names, "operation": operation}})
        named: list[str] = client.get_classification_scope(id=scope)["s3"]["excludes"]["bucketNames"]
        return named

    s3 = cloud.client("s3")
    for name in ("acme-one", "acme-two"):
        s3.create_bucket(Bucket=name)
    assert excluded(["acme-one"], "ADD") == ["acme-one"]
    assert excluded(["acme-two"], "ADD") == ["acme-one", "acme-two"]
    assert excluded(["acme-one"], "REMOVE") == ["acme-two"]
    assert excluded(["acme-one"], "REPLACE") == ["acme-one"]
    update = client.update_sensitivity_inspection_template
    with pytest.raises(client.exceptions.ValidationException):
        excluded(["acme-three"], "REPLACE")
    refused("ValidationException", update, id=template, includes={"customDataIdentifierIds": ["other"]})
    refused("ValidationException", update, id=template, includes={"allowListIds": ["other"]})
    update(id=template, description="d", includes={"managedDataIdentifierIds": ["A"]})
    update(id=template, excludes={"managedDataIdentifierIds": ["B"]})
    shown = client.get_sensitivity_inspection_template(id=template)
    assert "includes" not in shown
    assert shown["excludes"] == {"managedDataIdentifierIds": ["B"]}
    refused("ResourceNotFoundException", update, id="other")
    refused("ResourceNotFoundException", client.get_classification_scope, id="other")


def test_an_administrator_has_ten_thousand_members(sandbox: Sandbox) -> None:
    """Macie User Guide, quotas; CreateMember (API reference): ServiceQuotaExceededException."""
    cloud = InProcess(sandbox)
    admin, account = administrator(cloud, MACIE), cloud.account("member")
    settings = at(sandbox.world, admin, "us-east-1").administration
    assert settings is not None
    settings.members |= {
        f"{number:012}": Member(f"{number:012}", "a@example.com", "Enabled", sandbox.world.now)
        for number in range(10_000)
    }
    wanted = {"accountId": account, "email": "member@example.com"}
    refused("ServiceQuotaExceededException", macie(cloud, admin).create_member, account=wanted)
    assert macie(cloud, admin).describe_organization_configuration()["maxAccountLimitReached"]
    del settings.members[f"{0:012}"]
    assert not macie(cloud, admin).describe_organization_configuration()["maxAccountLimitReached"]
    macie(cloud, admin).create_member(account=wanted)
