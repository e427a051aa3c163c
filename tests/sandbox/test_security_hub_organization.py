"""Security Hub CSPM of an organization: administrator, local and central configuration (User Guide, API reference)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.cloud import Cloud, refused, source
from tests.sandbox.test_security_hub import CIS5, FSBP, finding, statuses

HUB = "securityhub.amazonaws.com"
NONE: dict[str, Any] = {"DisabledSecurityControlIdentifiers": []}


def administrator(cloud: Cloud) -> str:
    account = cloud.account("security")
    cloud.client("securityhub").enable_organization_admin_account(AdminAccountId=account)
    return account


def central(cloud: Cloud, *linked: str) -> tuple[str, Any]:
    """The administrator under central configuration, and its client in the home Region; eu-north-1 is linked."""
    account = administrator(cloud)
    hub = cloud.client("securityhub", account)
    hub.create_finding_aggregator(RegionLinkingMode="SPECIFIED_REGIONS", Regions=list(linked) or ["eu-north-1"])
    centralize(hub)
    while hub.describe_organization_configuration()["OrganizationConfiguration"]["Status"] == "PENDING":
        pass
    return account, hub


def centralize(hub: Any) -> None:
    hub.update_organization_configuration(
        AutoEnable=False, AutoEnableStandards="NONE", OrganizationConfiguration={"ConfigurationType": "CENTRAL"}
    )


def policy(hub: Any, name: str = "policy", *standards: str, **controls: Any) -> str:
    document = {
        "ServiceEnabled": True,
        "EnabledStandardIdentifiers": list(standards),
        "SecurityControlsConfiguration": controls or NONE,
    }
    made: str = hub.create_configuration_policy(Name=name, ConfigurationPolicy={"SecurityHub": document})["Id"]
    return made


def associate(hub: Any, configuration: str, **target: str) -> dict[str, Any]:
    """Start, and look until it is through."""
    started: dict[str, Any] = hub.start_configuration_policy_association(
        ConfigurationPolicyIdentifier=configuration, Target=target
    )
    while started["AssociationStatus"] == "PENDING":
        started = hub.get_configuration_policy_association(Target=target)
    return started


def control(hub: Any, name: str) -> str:
    found = hub.batch_get_security_controls(SecurityControlIds=[name])["SecurityControls"]
    return str(found[0]["SecurityControlStatus"])


@source("API reference: EnableOrganizationAdminAccount, only by the management account")
def test_only_the_management_account_appoints(cloud: Cloud) -> None:
    account, other = cloud.account("a"), cloud.account("b")
    hub = cloud.client("securityhub", account)
    refused("InvalidAccessException", hub.enable_organization_admin_account, AdminAccountId=other)
    refused("InvalidAccessException", hub.list_organization_admin_accounts)


@source("Organizations User Guide: Security Hub CSPM, trusted access comes with the administrator")
def test_an_administrator_is_appointed(cloud: Cloud) -> None:
    account = administrator(cloud)
    listed = cloud.client("securityhub").list_organization_admin_accounts()["AdminAccounts"]
    assert listed == [{"AccountId": account, "Status": "ENABLED"}]
    trusted = cloud.organizations.list_aws_service_access_for_organization()["EnabledServicePrincipals"]
    assert HUB in {entry["ServicePrincipal"] for entry in trusted}
    registered = cloud.organizations.list_delegated_administrators(ServicePrincipal=HUB)["DelegatedAdministrators"]
    assert [admin["Id"] for admin in registered] == [account]
    assert cloud.client("securityhub", account).describe_hub()["HubArn"]


@source("User Guide: designating an administrator, the same account in all Regions")
def test_a_second_administrator_is_refused(cloud: Cloud) -> None:
    administrator(cloud)
    other = cloud.account("other")
    for region in ("us-east-1", "eu-west-1"):
        hub = cloud.client("securityhub", region=region)
        refused("InvalidInputException", hub.enable_organization_admin_account, AdminAccountId=other)


@source("User Guide: removing the administrator; API reference: DisableOrganizationAdminAccount")
def test_an_administrator_is_dismissed(cloud: Cloud) -> None:
    account = administrator(cloud)
    hub = cloud.client("securityhub")
    hub.disable_organization_admin_account(AdminAccountId=account)
    assert hub.list_organization_admin_accounts()["AdminAccounts"] == []
    assert cloud.organizations.list_delegated_administrators()["DelegatedAdministrators"] == []
    refused("InvalidInputException", hub.disable_organization_admin_account, AdminAccountId=account)


@source("API reference: DisableSecurityHub, not in an administrator account")
def test_an_administrator_keeps_its_hub(cloud: Cloud) -> None:
    account = administrator(cloud)
    refused("InvalidInputException", cloud.client("securityhub", account).disable_security_hub)


@source("API reference: DescribeOrganizationConfiguration, defaults; only for the administrator")
def test_local_configuration_is_where_it_begins(cloud: Cloud) -> None:
    account = administrator(cloud)
    found = cloud.client("securityhub", account).describe_organization_configuration()
    assert (found["AutoEnable"], found["AutoEnableStandards"]) == (False, "DEFAULT")
    assert found["OrganizationConfiguration"] == {"ConfigurationType": "LOCAL", "Status": "ENABLED"}
    hub = cloud.client("securityhub")
    hub.enable_security_hub()
    refused("InvalidAccessException", hub.describe_organization_configuration)


@source("API reference: UpdateOrganizationConfiguration, AutoEnable is for new accounts")
def test_local_configuration_enables_new_accounts(cloud: Cloud) -> None:
    before, account = cloud.account("before"), administrator(cloud)
    hub = cloud.client("securityhub", account)
    hub.update_organization_configuration(AutoEnable=True, AutoEnableStandards="NONE")
    after = cloud.account("after")
    cloud.advance(3600)
    assert [member["AccountId"] for member in hub.list_members()["Members"]] == [after]
    assert statuses(cloud.client("securityhub", after)) == {}
    shown = cloud.client("securityhub", after).get_administrator_account()["Administrator"]
    assert (shown["AccountId"], shown["MemberStatus"]) == (account, "Enabled")
    refused("InvalidAccessException", cloud.client("securityhub", before).describe_hub)


@source("API reference: CreateMembers, default standards come; the management account enables Security Hub itself")
def test_existing_accounts_are_created_as_members(cloud: Cloud) -> None:
    member, account = cloud.account("member"), administrator(cloud)
    management = cloud.client("sts").get_caller_identity()["Account"]
    hub = cloud.client("securityhub", account)
    details = [{"AccountId": i} for i in (member, management, "999999999999")]
    refused_accounts = hub.create_members(AccountDetails=details)["UnprocessedAccounts"]
    assert [entry["AccountId"] for entry in refused_accounts] == [management, "999999999999"]
    assert len(statuses(cloud.client("securityhub", member))) == 2
    theirs = cloud.client("securityhub", member)
    refused("InvalidInputException", theirs.disassociate_from_administrator_account)
    hub.disassociate_members(AccountIds=[member])
    assert hub.list_members()["Members"] == []
    hub.delete_members(AccountIds=[member])
    assert hub.list_members(OnlyAssociated=False)["Members"] == []
    theirs.disable_security_hub()


@source("User Guide: an administrator sees the findings of its members")
def test_the_administrator_sees_findings_of_members(cloud: Cloud) -> None:
    member, account = cloud.account("member"), administrator(cloud)
    hub = cloud.client("securityhub", account)
    hub.create_members(AccountDetails=[{"AccountId": member}])
    cloud.client("securityhub", member).batch_import_findings(Findings=[finding(member)])
    assert [f["AwsAccountId"] for f in hub.get_findings()["Findings"]] == [member]


@source("User Guide: central configuration needs the home Region's finding aggregator")
def test_central_configuration_needs_an_aggregator(cloud: Cloud) -> None:
    hub = cloud.client("securityhub", administrator(cloud))
    with pytest.raises(hub.exceptions.ResourceNotFoundException):
        centralize(hub)


@source("API reference: UpdateOrganizationConfiguration, AutoEnable is false with CENTRAL")
def test_central_configuration_goes_without_auto_enable(cloud: Cloud) -> None:
    hub = cloud.client("securityhub", administrator(cloud))
    hub.create_finding_aggregator(RegionLinkingMode="ALL_REGIONS")
    refused(
        "InvalidInputException",
        hub.update_organization_configuration,
        AutoEnable=True,
        OrganizationConfiguration={"ConfigurationType": "CENTRAL"},
    )


@source("API reference: UpdateOrganizationConfiguration, Status PENDING then ENABLED")
def test_central_configuration_takes_a_while(cloud: Cloud) -> None:
    hub = cloud.client("securityhub", administrator(cloud))
    hub.create_finding_aggregator(RegionLinkingMode="ALL_REGIONS")
    centralize(hub)
    found = hub.describe_organization_configuration()
    assert found["OrganizationConfiguration"] == {"ConfigurationType": "CENTRAL", "Status": "PENDING"}
    found = hub.describe_organization_configuration()
    assert found["OrganizationConfiguration"] == {"ConfigurationType": "CENTRAL", "Status": "ENABLED"}
    assert (found["AutoEnable"], found["AutoEnableStandards"]) == (False, "NONE")


@source("User Guide: central configuration requires a home Region and at least one linked Region")
def test_central_configuration_needs_a_linked_region(cloud: Cloud) -> None:
    hub = cloud.client("securityhub", administrator(cloud))
    arn = hub.create_finding_aggregator(RegionLinkingMode="NO_REGIONS")["FindingAggregatorArn"]
    with pytest.raises(hub.exceptions.InvalidInputException, match="linked Region"):
        centralize(hub)
    hub.update_finding_aggregator(
        FindingAggregatorArn=arn, RegionLinkingMode="SPECIFIED_REGIONS", Regions=["eu-north-1"]
    )
    centralize(hub)
    with pytest.raises(hub.exceptions.InvalidInputException, match="linked Region"):
        hub.update_finding_aggregator(FindingAggregatorArn=arn, RegionLinkingMode="NO_REGIONS")


@source("User Guide: the home Region cannot be an opt-in Region")
def test_the_home_region_is_no_opt_in_region(cloud: Cloud) -> None:
    account = cloud.account("security")
    for who in (None, account):
        client = cloud.client("account", who)
        client.enable_region(RegionName="eu-south-1")
        while client.get_region_opt_status(RegionName="eu-south-1")["RegionOptStatus"] != "ENABLED":
            pass
    cloud.client("securityhub", region="eu-south-1").enable_organization_admin_account(AdminAccountId=account)
    hub = cloud.client("securityhub", account, "eu-south-1")
    hub.create_finding_aggregator(RegionLinkingMode="ALL_REGIONS")
    with pytest.raises(hub.exceptions.InvalidInputException):
        centralize(hub)


@source("User Guide: the administrator of the home Region is that of linked Regions")
def test_linked_regions_follow_the_home_region(cloud: Cloud) -> None:
    account, _ = central(cloud, "eu-west-1")
    there = cloud.client("securityhub", account, "eu-west-1")
    found = there.describe_organization_configuration()["OrganizationConfiguration"]
    assert found["ConfigurationType"] == "CENTRAL"
    listed = cloud.client("securityhub", region="eu-west-1").list_organization_admin_accounts()["AdminAccounts"]
    assert [admin["AccountId"] for admin in listed] == [account]
    listed = cloud.client("securityhub", region="eu-west-2").list_organization_admin_accounts()["AdminAccounts"]
    assert listed == []


@source("terraform-provider-aws: both messages of AccessDeniedException")
def test_policies_are_for_the_administrator_in_the_home_region(cloud: Cloud) -> None:
    account, _ = central(cloud, "eu-west-1")
    error = refused(
        "AccessDeniedException", cloud.client("securityhub", account, "eu-west-1").list_configuration_policies
    )
    assert "can only be called from the aggregation region" in str(error)
    hub = cloud.client("securityhub")
    hub.enable_security_hub()
    error = refused("AccessDeniedException", hub.list_configuration_policies)
    assert "Must be a Security Hub delegated administrator with Central Configuration enabled" in str(error)


@source("terraform-provider-aws: AccessDeniedException under local configuration")
def test_policies_need_central_configuration(cloud: Cloud) -> None:
    hub = cloud.client("securityhub", administrator(cloud))
    refused("AccessDeniedException", hub.list_configuration_policies)
    refused("AccessDeniedException", hub.get_configuration_policy_association, Target={"AccountId": "1" * 12})


@source("API reference: CreateConfigurationPolicy, GetConfigurationPolicy, ListConfigurationPolicies")
def test_a_policy_reads_back(cloud: Cloud) -> None:
    _, hub = central(cloud)
    parameters = {"includeConfigServiceLinkedRoleCheck": {"ValueType": "CUSTOM", "Value": {"Boolean": False}}}
    controls = {
        "DisabledSecurityControlIdentifiers": ["Macie.1"],
        "SecurityControlCustomParameters": [{"SecurityControlId": "Config.1", "Parameters": parameters}],
    }
    made = policy(hub, "landing-organization", FSBP, **controls)
    found = hub.get_configuration_policy(Identifier=made)
    assert found["ConfigurationPolicy"]["SecurityHub"] == {
        "ServiceEnabled": True,
        "EnabledStandardIdentifiers": [FSBP],
        "SecurityControlsConfiguration": controls,
    }
    assert hub.get_configuration_policy(Identifier=found["Arn"])["Id"] == made
    summary = hub.list_configuration_policies()["ConfigurationPolicySummaries"][0]
    assert (summary["Id"], summary["Name"], summary["ServiceEnabled"]) == (made, "landing-organization", True)
    refused("ResourceNotFoundException", hub.get_configuration_policy, Identifier="none")


@source("API reference: SecurityHubPolicy; User Guide: creating configuration policies")
@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"ServiceEnabled": True, "EnabledStandardIdentifiers": [FSBP]},
        {"ServiceEnabled": True, "SecurityControlsConfiguration": NONE},
        {
            "ServiceEnabled": True,
            "EnabledStandardIdentifiers": [],
            "SecurityControlsConfiguration": {**NONE, "EnabledSecurityControlIdentifiers": []},
        },
        {
            "ServiceEnabled": True,
            "EnabledStandardIdentifiers": [],
            "SecurityControlsConfiguration": {"DisabledSecurityControlIdentifiers": ["Nothing.1"]},
        },
        {
            "ServiceEnabled": True,
            "EnabledStandardIdentifiers": ["arn:aws:securityhub:::standards/pci-dss/v/4.0.1"],
            "SecurityControlsConfiguration": NONE,
        },
        {"ServiceEnabled": False, "EnabledStandardIdentifiers": [FSBP]},
    ],
)
def test_a_policy_that_does_not_hold_together_is_refused(cloud: Cloud, wrong: dict[str, Any]) -> None:
    _, hub = central(cloud)
    refused(
        "InvalidInputException",
        hub.create_configuration_policy,
        Name="policy",
        ConfigurationPolicy={"SecurityHub": wrong},
    )


@source("User Guide: custom parameters are for controls that the policy enables")
def test_parameters_of_a_disabled_control_are_refused(cloud: Cloud) -> None:
    _, hub = central(cloud)
    value = {"includeConfigServiceLinkedRoleCheck": {"ValueType": "CUSTOM", "Value": {"Boolean": False}}}
    with pytest.raises(hub.exceptions.InvalidInputException):
        policy(
            hub,
            "policy",
            DisabledSecurityControlIdentifiers=["Config.1"],
            SecurityControlCustomParameters=[{"SecurityControlId": "Config.1", "Parameters": value}],
        )


@source("API reference: CreateConfigurationPolicy, characters of the name; ResourceConflictException")
def test_names_of_policies(cloud: Cloud) -> None:
    _, hub = central(cloud)
    policy(hub, "one-name.!*/")
    with pytest.raises(hub.exceptions.ResourceConflictException):
        policy(hub, "one-name.!*/")
    with pytest.raises(hub.exceptions.InvalidInputException):
        policy(hub, "no spaces")


@source("User Guide: quotas, 20 configuration policies")
def test_there_are_20_policies_at_most(cloud: Cloud) -> None:
    _, hub = central(cloud)
    for number in range(20):
        policy(hub, f"policy-{number}")
    with pytest.raises(hub.exceptions.LimitExceededException):
        policy(hub, "one-more")
    pages = list(hub.get_paginator("list_configuration_policies").paginate(PaginationConfig={"PageSize": 15}))
    assert [len(page["ConfigurationPolicySummaries"]) for page in pages] == [15, 5]


@source("API reference: StartConfigurationPolicyAssociation, PENDING then SUCCESS; inheritance in the User Guide")
def test_an_association_is_inherited(cloud: Cloud) -> None:
    unit = cloud.unit("unit")
    member = cloud.account("member")
    cloud.organizations.move_account(AccountId=member, SourceParentId=cloud.root, DestinationParentId=unit)
    _, hub = central(cloud)
    made = policy(hub)
    started = hub.start_configuration_policy_association(
        ConfigurationPolicyIdentifier=made, Target={"OrganizationalUnitId": unit}
    )
    assert (started["AssociationStatus"], started["AssociationType"]) == ("PENDING", "APPLIED")
    cloud.advance(3600)
    found = hub.get_configuration_policy_association(Target={"AccountId": member})
    assert (found["AssociationType"], found["AssociationStatus"], found["ConfigurationPolicyId"]) == (
        "INHERITED",
        "SUCCESS",
        made,
    )
    listed = hub.list_configuration_policy_associations()["ConfigurationPolicyAssociationSummaries"]
    shown = {entry["TargetId"]: (entry["TargetType"], entry["AssociationType"]) for entry in listed}
    assert shown == {unit: ("ORGANIZATIONAL_UNIT", "APPLIED"), member: ("ACCOUNT", "INHERITED")}
    applied = hub.list_configuration_policy_associations(Filters={"AssociationType": "APPLIED"})
    assert [e["TargetId"] for e in applied["ConfigurationPolicyAssociationSummaries"]] == [unit]
    refused("ResourceNotFoundException", hub.get_configuration_policy_association, Target={"RootId": cloud.root})


@source("API reference: Target, exactly one; ResourceNotFoundException")
def test_targets_exist(cloud: Cloud) -> None:
    _, hub = central(cloud)
    made = policy(hub)
    start = hub.start_configuration_policy_association
    for target in ({"AccountId": "9" * 12}, {"OrganizationalUnitId": "ou-abcd-12345678"}, {"RootId": "r-none"}):
        refused("ResourceNotFoundException", start, ConfigurationPolicyIdentifier=made, Target=target)
    refused("ResourceNotFoundException", start, ConfigurationPolicyIdentifier="none", Target={"RootId": cloud.root})


@source("User Guide: configuration policies, standards and controls of an account follow the policy in every Region")
def test_a_policy_configures_accounts_in_home_and_linked_regions(cloud: Cloud) -> None:
    member = cloud.account("member")
    account, hub = central(cloud, "eu-west-1")
    associate(hub, policy(hub, "policy", FSBP, DisabledSecurityControlIdentifiers=["Macie.1"]), RootId=cloud.root)
    for region in ("us-east-1", "eu-west-1"):
        theirs = cloud.client("securityhub", member, region)
        assert statuses(theirs) == {FSBP.replace("us-east-1", region): "READY"}
        assert (control(theirs, "Macie.1"), control(theirs, "GuardDuty.1")) == ("DISABLED", "ENABLED")
    refused("InvalidAccessException", cloud.client("securityhub", member, "eu-west-2").describe_hub)
    management = cloud.client("securityhub")
    assert statuses(management) == {FSBP: "READY"}
    listed = {entry["AccountId"] for entry in hub.list_members()["Members"]}
    assert listed == {member, cloud.client("sts").get_caller_identity()["Account"]}
    assert statuses(cloud.client("securityhub", account)) == {FSBP: "READY"}


@source("User Guide: central configuration turns controls of global resources off outside the home Region")
def test_global_controls_are_on_at_home_only(cloud: Cloud) -> None:
    member = cloud.account("member")
    _, hub = central(cloud, "eu-west-1")
    associate(hub, policy(hub, "policy", FSBP), RootId=cloud.root)
    assert control(cloud.client("securityhub", member), "IAM.4") == "ENABLED"
    assert control(cloud.client("securityhub", member, "eu-west-1"), "IAM.4") == "DISABLED"


@source("User Guide: a list of enabled controls disables all others")
def test_a_list_of_enabled_controls(cloud: Cloud) -> None:
    member = cloud.account("member")
    _, hub = central(cloud)
    associate(hub, policy(hub, "policy", FSBP, EnabledSecurityControlIdentifiers=["IAM.4"]), RootId=cloud.root)
    theirs = cloud.client("securityhub", member)
    assert (control(theirs, "IAM.4"), control(theirs, "GuardDuty.1")) == ("ENABLED", "DISABLED")


@source("User Guide: centrally managed accounts cannot change their settings")
def test_a_managed_account_decides_nothing(cloud: Cloud) -> None:
    member = cloud.account("member")
    _, hub = central(cloud)
    associate(hub, policy(hub, "policy", FSBP), RootId=cloud.root)
    theirs = cloud.client("securityhub", member)
    refused("AccessDeniedException", theirs.disable_security_hub)
    requests = [{"StandardsArn": CIS5}]
    refused("AccessDeniedException", theirs.batch_enable_standards, StandardsSubscriptionRequests=requests)
    refused("AccessDeniedException", theirs.update_security_hub_configuration, AutoEnableControls=False)


@source("User Guide: the nearest configuration wins; SELF_MANAGED_SECURITY_HUB")
def test_a_self_managed_account_decides_for_itself(cloud: Cloud) -> None:
    member = cloud.account("member")
    _, hub = central(cloud)
    associate(hub, policy(hub, "policy", FSBP), RootId=cloud.root)
    found = associate(hub, "SELF_MANAGED_SECURITY_HUB", AccountId=member)
    assert (found["ConfigurationPolicyId"], found["AssociationType"]) == ("SELF_MANAGED_SECURITY_HUB", "APPLIED")
    theirs = cloud.client("securityhub", member)
    theirs.batch_enable_standards(StandardsSubscriptionRequests=[{"StandardsArn": CIS5}])
    assert set(statuses(theirs)) == {FSBP, CIS5}


@source("User Guide: a policy that disables Security Hub does not disable it in the administrator")
def test_a_policy_that_disables_security_hub(cloud: Cloud) -> None:
    member = cloud.account("member")
    account, hub = central(cloud)
    associate(hub, policy(hub, "on", FSBP), RootId=cloud.root)
    off = hub.create_configuration_policy(Name="off", ConfigurationPolicy={"SecurityHub": {"ServiceEnabled": False}})[
        "Id"
    ]
    associate(hub, off, RootId=cloud.root)
    refused("InvalidAccessException", cloud.client("securityhub", member).describe_hub)
    assert cloud.client("securityhub", account).describe_hub()["HubArn"]
    assert hub.get_configuration_policy(Identifier=off)["ConfigurationPolicy"]["SecurityHub"] == {
        "ServiceEnabled": False
    }


@source("API reference: UpdateConfigurationPolicy")
def test_an_updated_policy_reaches_its_targets(cloud: Cloud) -> None:
    member = cloud.account("member")
    _, hub = central(cloud)
    made = policy(hub, "policy", FSBP)
    associate(hub, made, RootId=cloud.root)
    document = {
        "ServiceEnabled": True,
        "EnabledStandardIdentifiers": [CIS5],
        "SecurityControlsConfiguration": NONE,
    }
    hub.update_configuration_policy(Identifier=made, ConfigurationPolicy={"SecurityHub": document})
    assert hub.get_configuration_policy_association(Target={"RootId": cloud.root})["AssociationStatus"] == "PENDING"
    cloud.advance(3600)
    assert statuses(cloud.client("securityhub", member)) == {CIS5: "READY"}


@source("User Guide: new accounts and accounts that move inherit the policy of their place")
def test_accounts_that_join_and_move(cloud: Cloud) -> None:
    unit = cloud.unit("unit")
    _, hub = central(cloud)
    associate(hub, policy(hub, "root", FSBP), RootId=cloud.root)
    associate(hub, policy(hub, "unit", CIS5), OrganizationalUnitId=unit)
    member = cloud.account("member")
    cloud.advance(3600)
    assert statuses(cloud.client("securityhub", member)) == {FSBP: "READY"}
    cloud.organizations.move_account(AccountId=member, SourceParentId=cloud.root, DestinationParentId=unit)
    cloud.advance(3600)
    assert statuses(cloud.client("securityhub", member)) == {CIS5: "READY"}


@source("API reference: StartConfigurationPolicyDisassociation, the target inherits or is self-managed")
def test_a_disassociated_target_inherits(cloud: Cloud) -> None:
    member = cloud.account("member")
    _, hub = central(cloud)
    root, own = policy(hub, "root", FSBP), policy(hub, "own", CIS5)
    associate(hub, root, RootId=cloud.root)
    associate(hub, own, AccountId=member)
    end = hub.start_configuration_policy_disassociation
    refused("ResourceNotFoundException", end, Target={"AccountId": member}, ConfigurationPolicyIdentifier=root)
    end(Target={"AccountId": member}, ConfigurationPolicyIdentifier=own)
    cloud.advance(3600)
    assert statuses(cloud.client("securityhub", member)) == {FSBP: "READY"}
    end(Target={"RootId": cloud.root}, ConfigurationPolicyIdentifier=root)
    cloud.advance(3600)
    theirs = cloud.client("securityhub", member)
    assert statuses(theirs) == {FSBP: "READY"}
    theirs.update_security_hub_configuration(AutoEnableControls=False)


@source("API reference: DeleteConfigurationPolicy, disassociate first")
def test_an_associated_policy_stays(cloud: Cloud) -> None:
    _, hub = central(cloud)
    made = policy(hub)
    associate(hub, made, RootId=cloud.root)
    refused("ResourceConflictException", hub.delete_configuration_policy, Identifier=made)
    hub.start_configuration_policy_disassociation(Target={"RootId": cloud.root}, ConfigurationPolicyIdentifier=made)
    hub.delete_configuration_policy(Identifier=made)
    assert hub.list_configuration_policies()["ConfigurationPolicySummaries"] == []


@source("User Guide: stop using central configuration, after policies are gone")
def test_back_to_local_configuration(cloud: Cloud) -> None:
    _, hub = central(cloud)
    made = policy(hub)
    local = {"AutoEnable": False, "OrganizationConfiguration": {"ConfigurationType": "LOCAL"}}
    refused("ResourceConflictException", hub.update_organization_configuration, **local)
    hub.delete_configuration_policy(Identifier=made)
    arn = hub.list_finding_aggregators()["FindingAggregators"][0]["FindingAggregatorArn"]
    refused("InvalidInputException", hub.delete_finding_aggregator, FindingAggregatorArn=arn)
    hub.update_organization_configuration(**local)
    found = hub.describe_organization_configuration()["OrganizationConfiguration"]
    assert found == {"ConfigurationType": "LOCAL", "Status": "ENABLED"}
    hub.delete_finding_aggregator(FindingAggregatorArn=arn)


@source("User Guide: deregistering the administrator in Organizations deletes configuration policies")
def test_deregistration_by_organizations_ends_central_configuration(cloud: Cloud) -> None:
    account, hub = central(cloud, "eu-west-1")
    policy(hub)
    cloud.organizations.deregister_delegated_administrator(AccountId=account, ServicePrincipal=HUB)
    for region in ("us-east-1", "eu-west-1"):
        client = cloud.client("securityhub", region=region)
        assert client.list_organization_admin_accounts()["AdminAccounts"] == []
    refused("AccessDeniedException", hub.list_configuration_policies)


@source("botocore: OrganizationConfiguration.Status DISABLED under Security Hub CSPM policies of Organizations")
def test_policies_of_organizations_supersede_central_configuration(cloud: Cloud) -> None:
    _, hub = central(cloud)
    made = policy(hub)
    associate(hub, made, RootId=cloud.root)
    cloud.enable("SECURITYHUB_CSPM_POLICY")
    found = hub.describe_organization_configuration()["OrganizationConfiguration"]
    assert found == {"ConfigurationType": "CENTRAL", "Status": "DISABLED"}
    shown = hub.get_configuration_policy_association(Target={"RootId": cloud.root})
    assert shown["AssociationStatus"] == "DISABLED"


@source("API reference: BatchGetConfigurationPolicyAssociations")
def test_associations_in_a_batch(cloud: Cloud) -> None:
    _, hub = central(cloud)
    associate(hub, policy(hub), RootId=cloud.root)
    ids = [{"Target": {"RootId": cloud.root}}, {"Target": {"AccountId": "9" * 12}}]
    found = hub.batch_get_configuration_policy_associations(ConfigurationPolicyAssociationIdentifiers=ids)
    assert [entry["TargetId"] for entry in found["ConfigurationPolicyAssociations"]] == [cloud.root]
    assert len(found["UnprocessedConfigurationPolicyAssociations"]) == 1


@source("API reference: EnableOrganizationAdminAccount, Feature SecurityHubV2")
def test_the_newer_security_hub_has_its_own_administrator(cloud: Cloud) -> None:
    account = administrator(cloud)
    hub = cloud.client("securityhub")
    assert hub.list_organization_admin_accounts(Feature="SecurityHubV2")["AdminAccounts"] == []
    hub.enable_organization_admin_account(AdminAccountId=account, Feature="SecurityHubV2")
    listed = hub.list_organization_admin_accounts(Feature="SecurityHubV2")
    assert ([admin["AccountId"] for admin in listed["AdminAccounts"]], listed["Feature"]) == (
        [account],
        "SecurityHubV2",
    )
