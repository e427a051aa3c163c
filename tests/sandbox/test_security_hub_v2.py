"""The newer Security Hub: on and off, what the organization policy does, aggregator, rules, connectors."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from tests.sandbox.cloud import Cloud, refused, source

HUB = "securityhub.amazonaws.com"
TYPE = "SECURITYHUB_POLICY"
SEVERE = {
    "OcsfFindingCriteria": {
        "CompositeFilters": [
            {"NumberFilters": [{"FieldName": "severity_id", "Filter": {"Gte": 5.0}}], "Operator": "AND"},
        ],
        "CompositeOperator": "AND",
    }
}
RESOURCES = {
    "ResourceCriteria": {
        "CompositeFilters": [
            {"StringFilters": [{"FieldName": "ResourceName", "Filter": {"Value": "db", "Comparison": "PREFIX"}}]}
        ]
    }
}
QUIET = {"Type": "FINDING_FIELDS_UPDATE", "FindingFieldsUpdate": {"StatusId": 3}}
CRITICAL = {"Type": "RESOURCE_FIELDS_UPDATE", "ResourceFieldsUpdate": {"Criticality": "High"}}


def policy(cloud: Cloud, enabled: list[str], disabled: list[str], scanned: list[str] | None = None) -> Any:
    """A policy at the root; its id."""
    organizations = cloud.client("organizations")
    content: dict[str, Any] = {"enable_in_regions": {"@@assign": enabled}, "disable_in_regions": {"@@assign": disabled}}
    if scanned is not None:
        lists = {"enable_in_regions": {"@@assign": scanned}, "disable_in_regions": {"@@assign": []}}
        content["features"] = {"network_scanning": lists}
    text = json.dumps({"securityhub": content})
    if TYPE not in {each["Type"] for each in organizations.list_roots()["Roots"][0]["PolicyTypes"]}:
        organizations.enable_aws_service_access(ServicePrincipal=HUB)
        cloud.enable(TYPE)
    made = organizations.create_policy(Name="hub", Description="d", Type=TYPE, Content=text)["Policy"]["PolicySummary"]
    organizations.attach_policy(PolicyId=made["Id"], TargetId=cloud.root)
    return made["Id"]


def features(hub: Any) -> dict[str, Any]:
    """Features where it is on; raises ResourceNotFoundException where it is off."""
    found: dict[str, Any] = hub.describe_security_hub_v2()["Features"]
    return found


@source("Organizations User Guide: Security Hub policies, syntax; API reference: EnableSecurityHubFeatureV2")
def test_a_policy_has_it_on_in_members_and_leaves_it_on_when_it_goes(cloud: Cloud) -> None:
    member = cloud.account("shop")
    here, there = cloud.client("securityhub", member), cloud.client("securityhub", member, region="eu-west-1")
    made = policy(cloud, ["ALL_SUPPORTED"], ["eu-west-1"], ["us-east-1"])
    assert features(here)["NETWORK_SCANNING"]["FeatureStatus"] == "ENABLED"
    refused("ResourceNotFoundException", there.describe_security_hub_v2)
    refused("AccessDeniedException", here.disable_security_hub_v2)
    refused("AccessDeniedException", there.enable_security_hub_v2)
    for change in (here.enable_security_hub_feature_v2, here.disable_security_hub_feature_v2):
        refused("AccessDeniedException", change, FeatureName="NETWORK_SCANNING")
    late = cloud.client("securityhub", cloud.account("late"))
    assert features(late)
    organizations = cloud.client("organizations")
    organizations.detach_policy(PolicyId=made, TargetId=cloud.root)
    assert features(here), "detached, it stays on"
    here.disable_security_hub_feature_v2(FeatureName="NETWORK_SCANNING")
    assert features(here) == {}
    here.disable_security_hub_v2()
    refused("ResourceNotFoundException", here.describe_security_hub_v2)
    organizations.delete_policy(PolicyId=made)
    policy(cloud, ["us-east-1"], [])
    assert features(here) == {}


@source("Organizations User Guide: Security Hub policies, service-linked role in the management account")
def test_the_management_account_needs_its_role_first(cloud: Cloud) -> None:
    made = policy(cloud, ["us-east-1"], [])
    hub = cloud.client("securityhub")
    refused("ResourceNotFoundException", hub.describe_security_hub_v2)
    cloud.client("iam").create_service_linked_role(AWSServiceName="securityhubv2.amazonaws.com")
    text = json.dumps(
        {
            "securityhub": {
                "enable_in_regions": {"@@assign": ["us-east-1", "eu-west-1"]},
                "disable_in_regions": {"@@assign": []},
            }
        }
    )
    cloud.client("organizations").update_policy(PolicyId=made, Content=text)
    assert features(hub) == {}


@source("User Guide: Enabling Security Hub; API reference: EnableSecurityHubV2, EnableSecurityHubFeatureV2")
def test_the_administrator_is_a_member_and_switches_it_on_itself(cloud: Cloud) -> None:
    account, member = cloud.account("security"), cloud.account("shop")
    management = cloud.client("securityhub")
    own = cloud.client("sts").get_caller_identity()["Account"]
    appoint = management.enable_organization_admin_account
    refused("InvalidInputException", appoint, AdminAccountId=own, Feature="SecurityHubV2")
    appoint(AdminAccountId=account)
    refused("InvalidInputException", appoint, AdminAccountId=member, Feature="SecurityHubV2")
    appoint(AdminAccountId=account, Feature="SecurityHubV2")
    policy(cloud, ["us-east-1"], ["eu-west-1"])
    hub = cloud.client("securityhub", account)
    refused("ResourceNotFoundException", hub.describe_security_hub_v2)
    refused("ResourceNotFoundException", hub.enable_security_hub_feature_v2, FeatureName="NETWORK_SCANNING")
    refused("ResourceNotFoundException", hub.create_aggregator_v2, RegionLinkingMode="ALL_REGIONS")
    assert hub.enable_security_hub_v2()["HubV2Arn"] == hub.enable_security_hub_v2()["HubV2Arn"]
    for _ in range(2):
        hub.enable_security_hub_feature_v2(FeatureName="NETWORK_SCANNING")
    assert {*features(hub)} == {"NETWORK_SCANNING"}
    enabling = cloud.client("account", account)
    enabling.enable_region(RegionName="ap-east-2")
    while enabling.get_region_opt_status(RegionName="ap-east-2")["RegionOptStatus"] != "ENABLED":
        pass
    absent = cloud.client("securityhub", account, region="ap-east-2")
    refused("ValidationException", absent.enable_security_hub_v2)
    theirs = cloud.client("securityhub", member)
    refused("AccessDeniedException", theirs.create_aggregator_v2, RegionLinkingMode="ALL_REGIONS")
    refused("AccessDeniedException", theirs.list_automation_rules_v2)
    refused("AccessDeniedException", theirs.list_connectors_v2)


@source(
    "API reference: CreateAggregatorV2, UpdateAggregatorV2, DeleteAggregatorV2; CloudFormation: AggregatorV2 Regions"
)
def test_an_aggregator_is_changed_where_it_is(cloud: Cloud) -> None:
    hub, other = cloud.client("securityhub"), cloud.client("securityhub", region="eu-west-1")
    hub.enable_security_hub_v2()
    create = hub.create_aggregator_v2
    refused("ValidationException", create, RegionLinkingMode="SPECIFIED_REGIONS")
    refused("ValidationException", create, RegionLinkingMode="SPECIFIED_REGIONS", LinkedRegions=["us-east-1"])
    refused("ValidationException", create, RegionLinkingMode="SOME")
    arn = create(RegionLinkingMode="SPECIFIED_REGIONS", LinkedRegions=["eu-west-1"])["AggregatorV2Arn"]
    refused("ValidationException", other.update_aggregator_v2, AggregatorV2Arn=arn, RegionLinkingMode="ALL_REGIONS")
    refused("ValidationException", other.delete_aggregator_v2, AggregatorV2Arn=arn)
    hub.update_aggregator_v2(AggregatorV2Arn=arn, RegionLinkingMode="ALL_REGIONS")
    assert other.get_aggregator_v2(AggregatorV2Arn=arn)["RegionLinkingMode"] == "ALL_REGIONS"
    refused("ConflictException", create, RegionLinkingMode="ALL_REGIONS")
    hub.delete_aggregator_v2(AggregatorV2Arn=arn)
    account, opted = cloud.client("account"), cloud.client("securityhub", region="af-south-1")
    account.enable_region(RegionName="af-south-1")
    cloud.advance(3_600)  # type: ignore[attr-defined]
    opted.enable_security_hub_v2()
    refused("ValidationException", opted.create_aggregator_v2, RegionLinkingMode="ALL_REGIONS")
    refused("ResourceNotFoundException", hub.get_aggregator_v2, AggregatorV2Arn=arn)


def rule(hub: Any, **more: Any) -> Any:
    given = {"RuleName": "r", "Description": "d", "RuleOrder": 1.0, "Criteria": SEVERE, "Actions": [QUIET]}
    return hub.create_automation_rule_v2(**{**given, **more})


@source("API reference: CreateAutomationRuleV2, UpdateAutomationRuleV2; User Guide: Automation rules in Security Hub")
def test_rules_are_made_in_the_home_region_and_of_what_goes_together(cloud: Cloud) -> None:
    hub, other = cloud.client("securityhub"), cloud.client("securityhub", region="eu-west-1")
    refused("AccessDeniedException", hub.list_automation_rules_v2)
    for client in (hub, other):
        client.enable_security_hub_v2()
    hub.create_aggregator_v2(RegionLinkingMode="SPECIFIED_REGIONS", LinkedRegions=["eu-west-1"])
    assert "linked to us-east-1" in str(refused("ValidationException", partial(rule, other)))
    (severe,) = SEVERE["OcsfFindingCriteria"]["CompositeFilters"]
    deep = {"NestedCompositeFilters": [{"NestedCompositeFilters": [severe]}]}
    for wrong in (
        {"Criteria": RESOURCES},
        {"Criteria": {"OcsfFindingCriteria": {"CompositeFilters": [deep]}}},
        {"Actions": [CRITICAL]},
        {"Actions": [{"Type": "FINDING_FIELDS_UPDATE"}]},
        {"Actions": [{"Type": "FINDING_FIELDS_UPDATE", "FindingFieldsUpdate": {"SeverityId": 7}}]},
        {"Actions": [{"Type": "FINDING_FIELDS_UPDATE", "FindingFieldsUpdate": {"Comment": "c" * 513}}]},
        {
            "Actions": [
                {"Type": "EXTERNAL_INTEGRATION", "ExternalIntegrationConfiguration": {"ConnectorArn": "arn:none"}}
            ]
        },
    ):
        refused("ValidationException", partial(rule, hub), **wrong)
    made = rule(hub, ClientToken="one")
    assert rule(hub, ClientToken="one") == made, "the same request again"
    assert rule(hub)["RuleArn"] != made["RuleArn"], "AWS gives a name to several"
    rule(hub, RuleOrder=5.0, Criteria=RESOURCES, Actions=[CRITICAL])
    listed = hub.list_automation_rules_v2()["Rules"]
    assert [each["RuleOrder"] for each in listed] == [1.0, 1.0, 5.0]
    assert all("Criteria" not in each for each in listed)
    hub.update_automation_rule_v2(Identifier=made["RuleArn"], RuleStatus="DISABLED")
    found = hub.get_automation_rule_v2(Identifier=made["RuleArn"])
    assert (found["RuleStatus"], found["Criteria"]) == ("DISABLED", SEVERE)
    hub.delete_automation_rule_v2(Identifier=made["RuleArn"])
    refused("ResourceNotFoundException", hub.get_automation_rule_v2, Identifier=made["RuleArn"])
    for number in range(98):
        rule(hub, RuleName=f"r{number}")
    refused("ServiceQuotaExceededException", partial(rule, hub))


@source("API reference: CreateConnectorV2, RegisterConnectorV2, UpdateConnectorV2, DeleteConnectorV2")
def test_connectors(cloud: Cloud) -> None:
    hub = cloud.client("securityhub")
    hub.enable_security_hub_v2()
    jira = hub.create_connector_v2(Name="jira", Provider={"JiraCloud": {"ProjectKey": "SEC"}})
    assert jira["ConnectorStatus"] == "PENDING_AUTHORIZATION"
    refused("ConflictException", hub.create_connector_v2, Name="jira", Provider={"JiraCloud": {"ProjectKey": "SEC"}})
    state = jira["AuthUrl"].partition("state=")[2]
    hub.register_connector_v2(AuthCode="code", AuthState=state)
    (shown,) = hub.list_connectors_v2()["Connectors"]
    assert shown["ProviderSummary"]["ConnectorStatus"] == "CONNECTED"
    own = {"ConnectorId": jira["ConnectorId"]}
    refused("ValidationException", hub.update_connector_v2, **own, Provider={"ServiceNow": {"SecretArn": "arn:aws:s"}})
    hub.update_connector_v2(**own, Provider={"JiraCloud": {"ProjectKey": "OPS"}}, Description="d")
    ticket = {
        "Type": "EXTERNAL_INTEGRATION",
        "ExternalIntegrationConfiguration": {"ConnectorArn": jira["ConnectorArn"]},
    }
    made = rule(hub, Actions=[ticket])
    refused("ConflictException", hub.delete_connector_v2, **own)
    hub.delete_automation_rule_v2(Identifier=made["RuleArn"])
    hub.delete_connector_v2(**own)
    refused("ResourceNotFoundException", hub.update_connector_v2, **own)


@source("API reference: errors of DescribeSecurityHubV2, ListAggregatorsV2, and of ListFindingAggregators")
def test_what_is_malformed_is_refused_by_each_in_its_own_words(cloud: Cloud) -> None:
    hub = cloud.client("securityhub")
    hub.enable_security_hub_v2()
    hub.enable_security_hub()
    for wrong in ({"NextToken": "never-given"}, {"MaxResults": 101}):
        refused("ValidationException", hub.list_aggregators_v2, **wrong)
        refused("InvalidInputException", hub.list_finding_aggregators, **wrong)
