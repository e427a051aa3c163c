"""Inspector in an account and in an organization (Inspector User Guide and API reference)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sandbox.appointed import INSPECTOR, administrator, trusted
from tests.sandbox.cloud import Cloud, refused, source

ALL = ["EC2", "ECR", "LAMBDA", "LAMBDA_CODE", "CODE_REPOSITORY"]


def inspector(cloud: Cloud, account: str | None = None, region: str = "us-east-1") -> Any:
    return cloud.client("inspector2", account, region)


def member(cloud: Cloud, admin: str, name: str = "member") -> str:
    account = cloud.account(name)
    client = inspector(cloud, admin)
    client.associate_member(accountId=account)
    while client.get_member(accountId=account)["member"]["relationshipStatus"] != "ENABLED":
        client.list_members()
    return account


def settled(cloud: Cloud, account: str | None = None) -> dict[str, str]:
    """Scans of an account, after they have been switched."""
    while True:
        (found,) = inspector(cloud, account).batch_get_account_status()["accounts"]
        states = {name: state["status"] for name, state in found["resourceState"].items()}
        if not {"ENABLING", "DISABLING"} & set(states.values()):
            return {name: status for name, status in states.items() if status != "DISABLED"}


def enabled(cloud: Cloud, account: str | None = None) -> Any:
    """A client of an account in which something is scanned."""
    client = inspector(cloud, account)
    client.enable(resourceTypes=["EC2"])
    settled(cloud, account)
    return client


def failure(answer: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one["accountId"], one["errorCode"]) for one in answer["failedAccounts"]]


@source("inspector2: BatchGetAccountStatus (API reference): DISABLED")
def test_nothing_is_scanned_at_first(cloud: Cloud) -> None:
    (found,) = inspector(cloud).batch_get_account_status()["accounts"]
    assert found["state"]["status"] == "DISABLED"
    assert settled(cloud) == {}


@source("inspector2: Enable (API reference), Status: ENABLING, ENABLED")
def test_scans_are_enabled_by_and_by(cloud: Cloud) -> None:
    (found,) = inspector(cloud).enable(resourceTypes=["EC2", "ECR"])["accounts"]
    assert found["status"] == "ENABLING"
    assert (found["resourceStatus"]["ec2"], found["resourceStatus"]["lambda"]) == ("ENABLING", "DISABLED")
    assert settled(cloud) == {"ec2": "ENABLED", "ecr": "ENABLED"}
    roles = cloud.client("iam").list_roles(PathPrefix="/aws-service-role/inspector2.amazonaws.com/")["Roles"]
    assert [role["RoleName"] for role in roles] == ["AWSServiceRoleForAmazonInspector2"]


@source("inspector2: Enable, Disable (API reference); User Guide: Lambda code scanning needs Lambda standard scanning")
def test_code_of_functions_needs_functions(cloud: Cloud) -> None:
    refused("ValidationException", inspector(cloud).enable, resourceTypes=["LAMBDA_CODE"])
    inspector(cloud).enable(resourceTypes=["LAMBDA", "LAMBDA_CODE"])
    settled(cloud)
    refused("ValidationException", inspector(cloud).disable, resourceTypes=["LAMBDA"])
    inspector(cloud).disable(resourceTypes=["LAMBDA", "LAMBDA_CODE"])
    assert settled(cloud) == {}


@source("inspector2: Disable (API reference): resourceTypes")
@pytest.mark.parametrize(("types", "left"), [(["ECR"], {"ec2": "ENABLED"}), (None, {})])
def test_scans_are_disabled_by_type_or_all(cloud: Cloud, types: list[str] | None, left: dict[str, str]) -> None:
    inspector(cloud).enable(resourceTypes=["EC2", "ECR"])
    settled(cloud)
    inspector(cloud).disable(**({"resourceTypes": types} if types else {}))
    assert settled(cloud) == left


@source("botocore: inspector2, Enable: at most 100 accounts; at least one type")
def test_enable_has_limits(cloud: Cloud) -> None:
    accounts = [f"{number:012}" for number in range(101)]
    refused("ValidationException", inspector(cloud).enable, accountIds=accounts, resourceTypes=["EC2"])


@source("Inspector User Guide, Designating a delegated administrator: it gets all scan types")
def test_the_administrator_is_scanned(cloud: Cloud) -> None:
    admin = administrator(cloud, INSPECTOR)
    assert set(settled(cloud, admin)) == {"ec2", "ecr", "lambda", "lambdaCode", "codeRepository"}


@source("Inspector User Guide, delegated administrator: not the management account")
def test_the_management_account_does_not_administer(cloud: Cloud) -> None:
    trusted(cloud, INSPECTOR)
    own = cloud.client("sts").get_caller_identity()["Account"]
    enable = inspector(cloud).enable_delegated_admin_account
    refused("ValidationException", enable, delegatedAdminAccountId=own)


@source("inspector2: GetDelegatedAdminAccount (API reference)")
def test_members_know_their_administrator(cloud: Cloud) -> None:
    account = cloud.account("member")
    refused("ResourceNotFoundException", inspector(cloud, account).get_delegated_admin_account)
    admin = administrator(cloud, INSPECTOR)
    found = inspector(cloud, account).get_delegated_admin_account()["delegatedAdmin"]
    assert (found["accountId"], found["relationshipStatus"]) == (admin, "ENABLED")


@source("inspector2: DisableDelegatedAdminAccount (API reference), ResourceNotFoundException; User Guide")
def test_scans_outlive_the_administrator(cloud: Cloud) -> None:
    admin = administrator(cloud, INSPECTOR)
    account = member(cloud, admin)
    inspector(cloud, admin).enable(accountIds=[account], resourceTypes=["EC2"])
    disable = inspector(cloud).disable_delegated_admin_account
    refused("ResourceNotFoundException", disable, delegatedAdminAccountId=account)
    disable(delegatedAdminAccountId=admin)
    refused("AccessDeniedException", inspector(cloud, admin).list_members)
    assert settled(cloud, account) == {"ec2": "ENABLED"}


@source("inspector2: UpdateOrganizationConfiguration, DescribeOrganizationConfiguration (API reference)")
def test_the_organization_is_configured_by_its_administrator(cloud: Cloud) -> None:
    admin = administrator(cloud, INSPECTOR)
    wanted = {"ec2": True, "ecr": False, "lambda": True, "lambdaCode": True}
    answer = inspector(cloud, admin).update_organization_configuration(autoEnable=wanted)
    assert answer["autoEnable"] == wanted
    assert inspector(cloud, admin).describe_organization_configuration()["autoEnable"] == wanted
    refused("AccessDeniedException", inspector(cloud).describe_organization_configuration)
    wrong = {"ec2": True, "ecr": True, "lambda": False, "lambdaCode": True}
    refused("ValidationException", inspector(cloud, admin).update_organization_configuration, autoEnable=wrong)


@source("inspector2: AutoEnable (API reference): when accounts are added to the organization")
def test_new_accounts_are_scanned_and_old_ones_are_not(cloud: Cloud) -> None:
    old, admin = cloud.account("old"), administrator(cloud, INSPECTOR)
    wanted = {"ec2": True, "ecr": True}
    inspector(cloud, admin).update_organization_configuration(autoEnable=wanted)
    new = cloud.account("new")
    assert [one["accountId"] for one in inspector(cloud, admin).list_members()["members"]] == [new]
    assert (settled(cloud, new), settled(cloud, old)) == ({"ec2": "ENABLED", "ecr": "ENABLED"}, {})


@source("inspector2: AssociateMember, GetMember, ListMembers (API reference)")
def test_an_account_is_associated(cloud: Cloud) -> None:
    admin = administrator(cloud, INSPECTOR)
    account = member(cloud, admin)
    found = inspector(cloud, admin).get_member(accountId=account)["member"]
    assert (found["relationshipStatus"], found["delegatedAdminAccountId"]) == ("ENABLED", admin)
    assert settled(cloud, account) == {}
    refused("ResourceNotFoundException", inspector(cloud, admin).get_member, accountId="999999999999")
    refused("ValidationException", inspector(cloud, admin).associate_member, accountId="999999999999")
    refused("AccessDeniedException", inspector(cloud).associate_member, accountId=account)


@source("inspector2: Enable (API reference), FailedAccount: ACCESS_DENIED")
def test_only_the_administrator_enables_members(cloud: Cloud) -> None:
    admin = administrator(cloud, INSPECTOR)
    account, stranger = member(cloud, admin), cloud.account("stranger")
    answer = inspector(cloud, admin).enable(accountIds=[account, stranger], resourceTypes=["EC2"])
    assert [one["accountId"] for one in answer["accounts"]] == [account]
    assert failure(answer) == [(stranger, "ACCESS_DENIED")]
    answer = inspector(cloud).enable(accountIds=[account], resourceTypes=["EC2"])
    assert failure(answer) == [(account, "ACCESS_DENIED")]
    answer = inspector(cloud).batch_get_account_status(accountIds=[account])
    assert failure(answer) == [(account, "ACCESS_DENIED")]


@source("Inspector User Guide, Managing multiple accounts: members cannot deactivate scans")
def test_members_do_not_switch_scans(cloud: Cloud) -> None:
    admin = administrator(cloud, INSPECTOR)
    account = member(cloud, admin)
    assert failure(inspector(cloud, account).enable(resourceTypes=["EC2"])) == [(account, "ACCESS_DENIED")]
    error = refused("AccessDeniedException", inspector(cloud, account).disable, resourceTypes=["EC2"])
    assert "not authorized to disable itself" in str(error)


@source("inspector2: Disable (API reference), ErrorCode DISASSOCIATE_ALL_MEMBERS")
def test_the_administrator_disassociates_members_before_it_goes(cloud: Cloud) -> None:
    admin = administrator(cloud, INSPECTOR)
    account = member(cloud, admin)
    settled(cloud, admin)
    assert failure(inspector(cloud, admin).disable()) == [(admin, "DISASSOCIATE_ALL_MEMBERS")]
    inspector(cloud, admin).disassociate_member(accountId=account)
    inspector(cloud, admin).disable()
    assert settled(cloud, admin) == {}


@source("inspector2: DisassociateMember, ListMembers (API reference): onlyAssociated")
def test_a_member_is_disassociated(cloud: Cloud) -> None:
    admin = administrator(cloud, INSPECTOR)
    account, client = member(cloud, admin), inspector(cloud, admin)
    client.disassociate_member(accountId=account)
    assert client.list_members()["members"] == []
    (found,) = client.list_members(onlyAssociated=False)["members"]
    assert (found["accountId"], found["relationshipStatus"]) == (account, "REMOVED")
    refused("ValidationException", client.disassociate_member, accountId=account)


@source("inspector2: GetConfiguration, UpdateConfiguration (API reference)")
def test_scans_are_configured(cloud: Cloud) -> None:
    client = enabled(cloud)
    client.update_configuration(ec2Configuration={"scanMode": "EC2_SSM_AGENT_BASED"})
    client.update_configuration(ecrConfiguration={"rescanDuration": "LIFETIME"})
    found = client.get_configuration()
    assert found["ec2Configuration"]["scanModeState"]["scanMode"] == "EC2_SSM_AGENT_BASED"
    assert found["ecrConfiguration"]["rescanDurationState"]["rescanDuration"] == "LIFETIME"
    admin = administrator(cloud, INSPECTOR)
    account = member(cloud, admin)
    inspector(cloud, admin).enable(accountIds=[account], resourceTypes=["EC2"])
    change = inspector(cloud, account).update_configuration
    refused("AccessDeniedException", change, ec2Configuration={"scanMode": "EC2_HYBRID"})


@source("inspector2: GetEc2DeepInspectionConfiguration, UpdateOrgEc2DeepInspectionConfiguration (API reference)")
def test_deep_inspection_has_paths_of_the_organization(cloud: Cloud) -> None:
    admin = administrator(cloud, INSPECTOR)
    account = member(cloud, admin)
    inspector(cloud, admin).update_org_ec2_deep_inspection_configuration(orgPackagePaths=["/opt"])
    inspector(cloud, account).update_ec2_deep_inspection_configuration(packagePaths=["/srv"])
    found = inspector(cloud, account).get_ec2_deep_inspection_configuration()
    assert (found["orgPackagePaths"], found["packagePaths"]) == (["/opt"], ["/srv"])
    change = inspector(cloud, account).update_org_ec2_deep_inspection_configuration
    refused("AccessDeniedException", change, orgPackagePaths=["/opt"])


@source("inspector2: UpdateConfiguration (API reference): an administrator's reaches its members")
def test_members_inherit_how_they_are_scanned(cloud: Cloud) -> None:
    admin = administrator(cloud, INSPECTOR)
    account = member(cloud, admin)
    inspector(cloud, admin).enable(accountIds=[account], resourceTypes=["EC2"])
    wanted = {"rescanDuration": "DAYS_30", "pullDateRescanDuration": "DAYS_60", "pullDateRescanMode": "LAST_PULL_DATE"}
    inspector(cloud, admin).update_configuration(ecrConfiguration=wanted)
    found = inspector(cloud, account).get_configuration()["ecrConfiguration"]["rescanDurationState"]
    assert {name: found[name] for name in wanted} == wanted


@source("inspector2: UpdateConfiguration (API reference), accountId, updateConfigurationInheritance")
def test_a_member_is_configured_by_itself_until_it_inherits_again(cloud: Cloud) -> None:
    admin = administrator(cloud, INSPECTOR)
    account, update = member(cloud, admin), inspector(cloud, admin).update_configuration
    inspector(cloud, admin).enable(accountIds=[account], resourceTypes=["EC2"])
    agent, hybrid = {"scanMode": "EC2_SSM_AGENT_BASED"}, {"scanMode": "EC2_HYBRID"}

    def scanned() -> str:
        found = inspector(cloud, account).get_configuration()["ec2Configuration"]
        return str(found["scanModeState"]["scanMode"])

    update(accountId=account, ec2Configuration=agent)
    update(ec2Configuration=hybrid, ecrConfiguration={"rescanDuration": "DAYS_30"})
    assert scanned() == "EC2_SSM_AGENT_BASED"
    images = inspector(cloud, account).get_configuration()["ecrConfiguration"]["rescanDurationState"]
    assert images["rescanDuration"] == "DAYS_30", "its own is the other part"
    inherit: Any = {"updateConfigurationInheritance": {"ec2Configuration": "INHERIT_FROM_ADMIN"}}
    refused("ValidationException", update, **inherit)
    refused("ValidationException", update, accountId=account, ec2Configuration=hybrid, **inherit)
    refused("ValidationException", update, accountId=account, ecrConfiguration={"rescanDuration": "DAYS_3"}, **inherit)
    assert scanned() == "EC2_SSM_AGENT_BASED"
    update(accountId=account, **inherit)
    assert scanned() == "EC2_HYBRID"
    refused("AccessDeniedException", update, accountId="999999999999", ec2Configuration=agent)


@source("Inspector User Guide: AccessDeniedException where Inspector is not enabled")
@pytest.mark.parametrize("operation", ["get_configuration", "list_filters", "list_cis_scan_configurations"])
def test_where_it_is_off_nothing_is_told(cloud: Cloud, operation: str) -> None:
    error = refused("AccessDeniedException", getattr(inspector(cloud), operation))
    assert "not enabled" in str(error)


@source("terraform-provider-aws-mcaf 200: ValidationException, Invoking account is not enabled")
def test_the_administrator_is_on_before_it_sets_anything(cloud: Cloud) -> None:
    admin = administrator(cloud, INSPECTOR)
    settled(cloud, admin)
    client = inspector(cloud, admin)
    client.disable()
    assert settled(cloud, admin) == {}
    wanted = {"ec2": True, "ecr": True}
    error = refused("ValidationException", client.update_organization_configuration, autoEnable=wanted)
    assert "Invoking account is not enabled" in str(error)
    refused("ValidationException", client.associate_member, accountId=cloud.account("member"))


@source("inspector2: AssociateMember (API reference), RelationshipStatus CREATED; Enable: ACCESS_DENIED until then")
def test_members_are_associated_by_and_by(cloud: Cloud) -> None:
    admin, account = administrator(cloud, INSPECTOR), cloud.account("member")
    client = inspector(cloud, admin)
    client.associate_member(accountId=account)
    assert client.get_member(accountId=account)["member"]["relationshipStatus"] == "CREATED"
    assert failure(client.enable(accountIds=[account], resourceTypes=["EC2"])) == [(account, "ACCESS_DENIED")]
    client.list_members()
    (found,) = client.list_members()["members"]
    assert found["relationshipStatus"] == "ENABLED"
    client.associate_member(accountId=account)
    assert client.list_members()["members"][0]["relationshipStatus"] == "ENABLED"


@source("terraform-provider-aws 27646, 31307: the administrator and its members in one call")
def test_the_administrator_is_not_enabled_together_with_members(cloud: Cloud) -> None:
    admin = administrator(cloud, INSPECTOR)
    settled(cloud, admin)
    account = member(cloud, admin)
    answer = inspector(cloud, admin).enable(accountIds=[admin, account], resourceTypes=["EC2"])
    assert failure(answer) == [(admin, "ACCESS_DENIED")]
    assert [one["accountId"] for one in answer["accounts"]] == [account]


@source("inspector2: FailedAccount (API reference): ENABLE_IN_PROGRESS, ALREADY_ENABLED, DISABLE_IN_PROGRESS")
def test_what_is_under_way_is_not_begun_again(cloud: Cloud) -> None:
    client = inspector(cloud)
    own = cloud.client("sts").get_caller_identity()["Account"]
    client.enable(resourceTypes=["EC2"])
    assert failure(client.enable(resourceTypes=["EC2"])) == [(own, "ENABLE_IN_PROGRESS")]
    settled(cloud)
    assert failure(client.enable(resourceTypes=["EC2"])) == [(own, "ALREADY_ENABLED")]
    client.disable(resourceTypes=["EC2"])
    assert failure(client.enable(resourceTypes=["EC2"])) == [(own, "DISABLE_IN_PROGRESS")]


@pytest.mark.parametrize(
    "code",
    [
        "INTERNAL_ERROR", "SSM_UNAVAILABLE", "SSM_THROTTLED", "EVENTBRIDGE_UNAVAILABLE", "EVENTBRIDGE_THROTTLED",
        "SUSPEND_IN_PROGRESS", "ACCOUNT_IS_ISOLATED", "EC2_SSM_RESOURCE_DATA_SYNC_LIMIT_EXCEEDED",
        "EC2_SSM_ASSOCIATION_VERSION_LIMIT_EXCEEDED", "RESOURCE_SCAN_NOT_DISABLED",
    ],
)  # fmt: skip
@source("inspector2: Enable, Disable, FailedAccount (API reference): errorCode, in an answer that is no error")
def test_what_is_wrong_elsewhere_is_told_by_account(cloud: Cloud, code: str) -> None:
    own = cloud.client("sts").get_caller_identity()["Account"]
    cloud.option(inspector_fails={own: [code]})  # type: ignore[attr-defined]
    assert failure(inspector(cloud).enable(resourceTypes=["EC2"])) == [(own, code)]
    assert failure(inspector(cloud).enable(resourceTypes=["EC2"])) == []


@source("inspector2: FailedAccount: BLOCKED_BY_ORGANIZATION_POLICY; Organizations User Guide, Inspector policies")
def test_what_a_policy_decides_is_not_switched(cloud: Cloud) -> None:
    regions = {"enable_in_regions": {"@@assign": ["us-east-1"]}, "disable_in_regions": {"@@assign": []}}
    content = json.dumps({"inspector": {"enablement": {"ec2_scanning": regions}}})
    organizations = cloud.organizations
    admin = administrator(cloud, INSPECTOR)
    (root,) = organizations.list_roots()["Roots"]
    organizations.enable_policy_type(RootId=root["Id"], PolicyType="INSPECTOR_POLICY")
    while organizations.list_roots()["Roots"][0]["PolicyTypes"][-1]["Status"] != "ENABLED":
        pass
    account = member(cloud, admin)
    made = organizations.create_policy(Content=content, Description="", Name="i", Type="INSPECTOR_POLICY")["Policy"]
    organizations.attach_policy(PolicyId=made["PolicySummary"]["Id"], TargetId=account)
    client = inspector(cloud, admin)
    answer = client.enable(accountIds=[account], resourceTypes=["EC2"])
    assert failure(answer) == [(account, "BLOCKED_BY_ORGANIZATION_POLICY")]
    assert failure(client.enable(accountIds=[account], resourceTypes=["ECR"])) == []


@source("inspector2: CreateFilter, UpdateFilter, ListFilters, DeleteFilter (API reference)")
def test_filters_suppress(cloud: Cloud) -> None:
    client = enabled(cloud)
    where = {"vulnerabilityId": [{"comparison": "EQUALS", "value": "CVE-2026-1"}]}
    arn = client.create_filter(name="old", action="SUPPRESS", filterCriteria=where)["arn"]
    refused("BadRequestException", client.create_filter, name="old", action="SUPPRESS", filterCriteria=where)
    client.update_filter(filterArn=arn, name="new", description="Nothing to be done")
    (found,) = client.list_filters(action="SUPPRESS")["filters"]
    assert (found["name"], found["description"], found["criteria"]) == ("new", "Nothing to be done", where)
    assert client.list_filters(action="NONE")["filters"] == []
    client.delete_filter(arn=arn)
    refused("ResourceNotFoundException", client.delete_filter, arn=arn)


@source("Inspector User Guide, Disable: findings, filters and suppression rules are deleted")
def test_filters_go_with_the_last_scan(cloud: Cloud) -> None:
    client = enabled(cloud)
    where = {"severity": [{"comparison": "EQUALS", "value": "LOW"}]}
    client.create_filter(name="low", action="SUPPRESS", filterCriteria=where)
    client.disable()
    settled(cloud)
    client.enable(resourceTypes=["EC2"])
    assert client.list_filters()["filters"] == []


@source("inspector2: CreateCisScanConfiguration, UpdateCisScanConfiguration, ListCisScanConfigurations (API reference)")
def test_cis_scans_recur_in_accounts(cloud: Cloud) -> None:
    admin = administrator(cloud, INSPECTOR)
    settled(cloud, admin)
    account, client = member(cloud, admin), inspector(cloud, admin)
    when = {"daily": {"startTime": {"timeOfDay": "03:00", "timezone": "UTC"}}}
    tags = {"scan": ["yes"]}
    wanted: Any = {"scanName": "all", "securityLevel": "LEVEL_1", "schedule": when}
    targets: Any = {"accountIds": ["ALL_ACCOUNTS"], "targetResourceTags": tags}
    arn = client.create_cis_scan_configuration(**wanted, targets=targets)["scanConfigurationArn"]
    (found,) = client.list_cis_scan_configurations()["scanConfigurations"]
    assert sorted(found["targets"]["accountIds"]) == sorted([admin, account])
    client.update_cis_scan_configuration(scanConfigurationArn=arn, targets={"accountIds": ["SELF"]})
    (found,) = client.list_cis_scan_configurations()["scanConfigurations"]
    assert found["targets"] == {"accountIds": [admin], "targetResourceTags": tags}
    strange: Any = {"accountIds": [cloud.account("stranger")], "targetResourceTags": tags}
    refused("ValidationException", client.create_cis_scan_configuration, **wanted, targets=strange)
    client.delete_cis_scan_configuration(scanConfigurationArn=arn)
    refused("ResourceNotFoundException", client.delete_cis_scan_configuration, scanConfigurationArn=arn)
