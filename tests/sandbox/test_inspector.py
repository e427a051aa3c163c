"""Inspector in an account and in an organization (Inspector User Guide and API reference)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.appointed import INSPECTOR, administrator
from tests.sandbox.cloud import Cloud, refused, source

ALL = ["EC2", "ECR", "LAMBDA", "LAMBDA_CODE", "CODE_REPOSITORY"]


def inspector(cloud: Cloud, account: str | None = None, region: str = "us-east-1") -> Any:
    return cloud.client("inspector2", account, region)


def member(cloud: Cloud, admin: str, name: str = "member") -> str:
    account = cloud.account(name)
    inspector(cloud, admin).associate_member(accountId=account)
    return account


def settled(cloud: Cloud, account: str | None = None) -> dict[str, str]:
    """Scans of an account, after they have been switched."""
    while True:
        (found,) = inspector(cloud, account).batch_get_account_status()["accounts"]
        states = {name: state["status"] for name, state in found["resourceState"].items()}
        if not {"ENABLING", "DISABLING"} & set(states.values()):
            return {name: status for name, status in states.items() if status != "DISABLED"}


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
    cloud.trust(INSPECTOR.principal)
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
    for call in (inspector(cloud, account).enable, inspector(cloud, account).disable):
        assert failure(call(resourceTypes=["EC2"])) == [(account, "ACCESS_DENIED")]


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
    client = inspector(cloud)
    client.update_configuration(ec2Configuration={"scanMode": "EC2_SSM_AGENT_BASED"})
    client.update_configuration(ecrConfiguration={"rescanDuration": "LIFETIME"})
    found = client.get_configuration()
    assert found["ec2Configuration"]["scanModeState"]["scanMode"] == "EC2_SSM_AGENT_BASED"
    assert found["ecrConfiguration"]["rescanDurationState"]["rescanDuration"] == "LIFETIME"
    account = member(cloud, administrator(cloud, INSPECTOR))
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
