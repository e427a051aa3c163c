"""AWS Config of an organization: rules, packs, aggregators (Developer Guide and API reference)."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.cloud import Cloud, refused, source
from tests.sandbox.security import config_bucket, recording, role
from tests.sandbox.test_config import PACK

DEPLOYER = "config-multiaccountsetup.amazonaws.com"
MANAGED = {"RuleIdentifier": "S3_BUCKET_VERSIONING_ENABLED", "Description": "versions"}
PUT: dict[str, Any] = {"OrganizationConfigRuleName": "rule", "OrganizationManagedRuleMetadata": MANAGED}


def status(config: Any, name: str = "rule") -> dict[str, Any]:
    """The status when nothing is in progress any more."""
    while True:
        found = config.describe_organization_config_rule_statuses(OrganizationConfigRuleNames=[name])
        entry: dict[str, Any] = found["OrganizationConfigRuleStatuses"][0]
        if not entry["OrganizationRuleStatus"].endswith("IN_PROGRESS"):
            return entry


def details(config: Any, name: str = "rule") -> dict[str, tuple[str, str | None]]:
    found = config.get_organization_config_rule_detailed_status(OrganizationConfigRuleName=name)
    rows = found["OrganizationConfigRuleDetailedStatus"]
    return {row["AccountId"]: (row["MemberAccountRuleStatus"], row.get("ErrorCode")) for row in rows}


def management(cloud: Cloud) -> str:
    account: str = cloud.client("sts").get_caller_identity()["Account"]
    return account


@source("API reference: PutOrganizationConfigRule, statuses; rules in members are OrgConfigRule-<name>-<suffix>")
def test_a_rule_reaches_every_account(cloud: Cloud) -> None:
    member, name = cloud.account("member"), config_bucket(cloud)
    config, theirs = recording(cloud, name=name), recording(cloud, member, name=name)
    config.put_organization_config_rule(**PUT)
    first = config.describe_organization_config_rule_statuses()["OrganizationConfigRuleStatuses"][0]
    assert first["OrganizationRuleStatus"] == "CREATE_IN_PROGRESS"
    assert status(config)["OrganizationRuleStatus"] == "CREATE_SUCCESSFUL"
    expected = ("CREATE_SUCCESSFUL", None)
    assert details(config) == {member: expected, management(cloud): expected}
    rules = theirs.describe_config_rules()["ConfigRules"]
    assert rules[0]["ConfigRuleName"].startswith("OrgConfigRule-rule-")
    assert rules[0]["Source"]["SourceIdentifier"] == "S3_BUCKET_VERSIONING_ENABLED"
    assert rules[0]["CreatedBy"] == DEPLOYER
    refused("AccessDeniedException", theirs.delete_config_rule, ConfigRuleName=rules[0]["ConfigRuleName"])
    mending = {"ConfigRuleName": rules[0]["ConfigRuleName"], "TargetType": "SSM_DOCUMENT", "TargetId": "AWS-Any"}
    refused(
        "InvalidParameterValueException", theirs.put_remediation_configurations, RemediationConfigurations=[mending]
    )
    found = config.describe_organization_config_rules()["OrganizationConfigRules"][0]
    assert found["OrganizationManagedRuleMetadata"] == MANAGED
    assert cloud.client("config", member, "eu-west-1").describe_config_rules()["ConfigRules"] == []


@source("Developer Guide: organization rules fail where there is no recorder, NoAvailableConfigurationRecorder")
def test_an_account_without_recorder_fails(cloud: Cloud) -> None:
    member = cloud.account("member")
    config = recording(cloud, name=config_bucket(cloud))
    config.put_organization_config_rule(**PUT)
    found = status(config)
    assert (found["OrganizationRuleStatus"], found["ErrorCode"]) == (
        "CREATE_FAILED",
        "NoAvailableConfigurationRecorder",
    )
    assert details(config)[member] == ("CREATE_FAILED", "NoAvailableConfigurationRecorder")
    filtered = config.get_organization_config_rule_detailed_status(
        OrganizationConfigRuleName="rule", Filters={"MemberAccountRuleStatus": "CREATE_SUCCESSFUL"}
    )["OrganizationConfigRuleDetailedStatus"]
    assert [row["AccountId"] for row in filtered] == [management(cloud)]


@source("API reference: PutOrganizationConfigRule, ExcludedAccounts; update")
def test_excluded_accounts_do_not_have_the_rule(cloud: Cloud) -> None:
    member, name = cloud.account("member"), config_bucket(cloud)
    config, theirs = recording(cloud, name=name), recording(cloud, member, name=name)
    config.put_organization_config_rule(**PUT)
    status(config)
    config.put_organization_config_rule(**PUT, ExcludedAccounts=[member])
    assert status(config)["OrganizationRuleStatus"] == "UPDATE_SUCCESSFUL"
    assert theirs.describe_config_rules()["ConfigRules"] == []
    found = config.describe_organization_config_rules()["OrganizationConfigRules"][0]
    assert found["ExcludedAccounts"] == [member]


@source("API reference: ResourceInUseException")
def test_a_rule_in_progress_is_left_alone(cloud: Cloud) -> None:
    config = recording(cloud, name=config_bucket(cloud))
    config.put_organization_config_rule(**PUT)
    refused("ResourceInUseException", config.put_organization_config_rule, **PUT)
    refused("ResourceInUseException", config.delete_organization_config_rule, OrganizationConfigRuleName="rule")


@source("API reference: DeleteOrganizationConfigRule, NoSuchOrganizationConfigRuleException")
def test_a_deleted_rule_goes_after_a_while(cloud: Cloud) -> None:
    config = recording(cloud, name=config_bucket(cloud))
    config.put_organization_config_rule(**PUT)
    status(config)
    config.delete_organization_config_rule(OrganizationConfigRuleName="rule")
    first = config.describe_organization_config_rule_statuses()["OrganizationConfigRuleStatuses"][0]
    assert first["OrganizationRuleStatus"] == "DELETE_IN_PROGRESS"
    cloud.advance(3600)
    describe = config.describe_organization_config_rule_statuses
    refused("NoSuchOrganizationConfigRuleException", describe, OrganizationConfigRuleNames=["rule"])
    assert config.describe_config_rules()["ConfigRules"] == []


@source("API reference: OrganizationAccessDeniedException, NoAvailableOrganizationException")
def test_members_deploy_nothing(cloud: Cloud) -> None:
    config = cloud.client("config", cloud.account("member"))
    refused("OrganizationAccessDeniedException", config.put_organization_config_rule, **PUT)
    refused("OrganizationAccessDeniedException", config.describe_organization_config_rules)


@source("API reference: NoAvailableOrganizationException")
def test_an_account_alone_deploys_nothing(empty: Cloud) -> None:
    refused("NoAvailableOrganizationException", empty.client("config").put_organization_config_rule, **PUT)


@source("Developer Guide: delegated administrators deploy; API reference: RegisterDelegatedAdministrator")
def test_a_delegated_administrator_deploys(cloud: Cloud) -> None:
    account, name = cloud.account("security"), config_bucket(cloud)
    cloud.delegate(account, DEPLOYER)
    recording(cloud, name=name)
    config = recording(cloud, account, name=name)
    config.put_organization_config_rule(**PUT)
    assert status(config)["OrganizationRuleStatus"] == "CREATE_SUCCESSFUL"


@source("API reference: PutOrganizationConfigRule, one kind of rule; managed rules list")
@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"OrganizationManagedRuleMetadata": {"RuleIdentifier": "NO_SUCH_RULE"}},
        {"OrganizationManagedRuleMetadata": {**MANAGED, "InputParameters": '{"none": "1"}'}},
        {
            "OrganizationManagedRuleMetadata": MANAGED,
            "OrganizationCustomPolicyRuleMetadata": {"PolicyRuntime": "guard-2.x.x", "PolicyText": "t"},
        },
    ],
)
def test_organization_rules_that_cannot_be(cloud: Cloud, wrong: dict[str, Any]) -> None:
    put = cloud.client("config").put_organization_config_rule
    refused("InvalidParameterValueException", put, OrganizationConfigRuleName="rule", **wrong)


@source("API reference: OrganizationCustomPolicyRuleMetadata, GetOrganizationCustomRulePolicy")
def test_an_organization_guard_rule(cloud: Cloud) -> None:
    config = recording(cloud, name=config_bucket(cloud))
    policy = {"PolicyRuntime": "guard-2.x.x", "PolicyText": "rule r { configuration exists }"}
    config.put_organization_config_rule(OrganizationConfigRuleName="guard", OrganizationCustomPolicyRuleMetadata=policy)
    status(config, "guard")
    found = config.describe_organization_config_rules()["OrganizationConfigRules"][0]
    assert found["OrganizationCustomPolicyRuleMetadata"] == {"PolicyRuntime": "guard-2.x.x"}
    text = config.get_organization_custom_rule_policy(OrganizationConfigRuleName="guard")["PolicyText"]
    assert text == policy["PolicyText"]


@source("Developer Guide: accounts that join get the rules, tried for some hours until there is a recorder")
def test_an_account_that_joins_gets_the_rules(cloud: Cloud) -> None:
    name = config_bucket(cloud)
    config = recording(cloud, name=name)
    config.put_organization_config_rule(**PUT)
    status(config)
    member = cloud.account("later")
    cloud.advance(600)
    assert details(config)[member] == ("CREATE_FAILED", "NoAvailableConfigurationRecorder")
    theirs = recording(cloud, member, name=name)
    assert theirs.describe_config_rules()["ConfigRules"] == []
    cloud.advance(3600)
    assert len(theirs.describe_config_rules()["ConfigRules"]) == 1
    assert details(config)[member] == ("CREATE_SUCCESSFUL", None)


@source("Organizations User Guide: who leaves the organization loses what it deployed")
def test_an_account_that_leaves_loses_the_rules(cloud: Cloud) -> None:
    member, name = cloud.account("member"), config_bucket(cloud)
    config, theirs = recording(cloud, name=name), recording(cloud, member, name=name)
    config.put_organization_config_rule(**PUT)
    status(config)
    cloud.advance(8 * 24 * 3600)
    cloud.organizations.remove_account_from_organization(AccountId=member)
    assert theirs.describe_config_rules()["ConfigRules"] == []
    assert set(details(config)) == {management(cloud)}


@source("API reference: PutRemediationConfigurations, not of rules of an organization or of a conformance pack")
def test_what_the_organization_deploys_is_not_remediated(cloud: Cloud) -> None:
    config = recording(cloud, name=config_bucket(cloud))
    config.put_organization_config_rule(**PUT)
    config.put_organization_conformance_pack(OrganizationConformancePackName="pack", TemplateBody=PACK)
    cloud.advance(3600)
    names = [each["ConfigRuleName"] for each in config.describe_config_rules()["ConfigRules"]]
    assert len(names) == 3
    for name in names:
        wanted = {"ConfigRuleName": name, "TargetType": "SSM_DOCUMENT", "TargetId": "AWS-EnableS3BucketEncryption"}
        put = config.put_remediation_configurations
        refused("InvalidParameterValueException", put, RemediationConfigurations=[wanted])


@source("API reference: PutOrganizationConformancePack; packs in members are OrgConformsPack-<name>-<suffix>")
def test_a_pack_reaches_every_account(cloud: Cloud) -> None:
    member, name = cloud.account("member"), config_bucket(cloud)
    config, theirs = recording(cloud, name=name), recording(cloud, member, name=name)
    config.put_organization_conformance_pack(OrganizationConformancePackName="pack", TemplateBody=PACK)
    cloud.advance(3600)
    found = config.describe_organization_conformance_pack_statuses()["OrganizationConformancePackStatuses"][0]
    assert found["Status"] == "CREATE_SUCCESSFUL"
    rows = config.get_organization_conformance_pack_detailed_status(OrganizationConformancePackName="pack")[
        "OrganizationConformancePackDetailedStatuses"
    ]
    assert {row["AccountId"] for row in rows} == {member, management(cloud)}
    packs = theirs.describe_conformance_packs()["ConformancePackDetails"]
    assert packs[0]["ConformancePackName"].startswith("OrgConformsPack-pack-")
    assert len(theirs.describe_config_rules()["ConfigRules"]) == 2
    delete = theirs.delete_conformance_pack
    refused("AccessDeniedException", delete, ConformancePackName=packs[0]["ConformancePackName"])
    config.delete_organization_conformance_pack(OrganizationConformancePackName="pack")
    cloud.advance(3600)
    assert theirs.describe_conformance_packs()["ConformancePackDetails"] == []
    assert config.describe_organization_conformance_packs()["OrganizationConformancePacks"] == []


@source("API reference: OrganizationConformancePackTemplateValidationException; names of delivery buckets")
def test_organization_packs_that_cannot_be(cloud: Cloud) -> None:
    put = cloud.client("config").put_organization_conformance_pack
    refused(
        "OrganizationConformancePackTemplateValidationException",
        put,
        OrganizationConformancePackName="pack",
        TemplateBody="Resources: {}",
    )
    refused(
        "ValidationException",
        put,
        OrganizationConformancePackName="pack",
        TemplateBody=PACK,
        DeliveryS3Bucket="other-bucket",
    )


@source("API reference: PutOrganizationConformancePack; Developer Guide: limits, resources, AWS's rules by Region")
@pytest.mark.parametrize(
    "body",
    [
        PACK + "  Bucket: {Type: AWS::S3::Bucket}\n",
        PACK.replace("Resources:", "Parameters: {Needed: {Type: String}}\nResources:"),
        "Resources:\n"
        + "".join(
            f"  R{number}:\n    Type: AWS::Config::ConfigRule\n    Properties: {{ConfigRuleName: r{number}, "
            "Source: {Owner: AWS, SourceIdentifier: CLOUD_TRAIL_ENABLED}}\n"
            for number in range(131)
        ),
        "Resources: {A: {Type: 'AWS::Config::ConfigRule', Properties: {Source: {Owner: AWS, SourceIdentifier: NONE}}}}",
    ],
)
def test_templates_of_organization_packs_that_cannot_be(cloud: Cloud, body: str) -> None:
    put = cloud.client("config").put_organization_conformance_pack
    code = "OrganizationConformancePackTemplateValidationException"
    refused(code, put, OrganizationConformancePackName="pack", TemplateBody=body)


@source("API reference: TemplateBody, ConformancePackInputParameters, names, ExcludedAccounts")
@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"TemplateBody": "x" * 51_201}, "ValidationException"),
        ({"OrganizationConformancePackName": "1pack"}, "ValidationException"),
        ({"OrganizationConformancePackName": "my_pack"}, "ValidationException"),
        ({"ExcludedAccounts": ["1"]}, "ValidationException"),
        (
            {"ConformancePackInputParameters": [{"ParameterName": "None", "ParameterValue": "1"}]},
            "OrganizationConformancePackTemplateValidationException",
        ),
    ],
)
def test_requests_for_organization_packs_that_cannot_be(cloud: Cloud, wrong: dict[str, Any], code: str) -> None:
    put = cloud.client("config").put_organization_conformance_pack
    refused(code, put, **{"OrganizationConformancePackName": "pack", "TemplateBody": PACK, **wrong})


@source("List of AWS Config managed rules: CloudFront's are in us-east-1 alone")
def test_a_rule_is_refused_in_a_region_that_has_none(cloud: Cloud) -> None:
    metadata = {"RuleIdentifier": "CLOUDFRONT_VIEWER_POLICY_HTTPS"}
    rule = {"OrganizationConfigRuleName": "r", "OrganizationManagedRuleMetadata": metadata}
    refused(
        "InvalidParameterValueException",
        cloud.client("config", region="eu-west-1").put_organization_config_rule,
        **rule,
    )
    cloud.client("config").put_organization_config_rule(**rule)


@source("API reference: ResourceInUseException, NoSuchOrganizationConformancePackException, access")
def test_packs_in_progress_absent_and_of_others(cloud: Cloud) -> None:
    config = recording(cloud, name=config_bucket(cloud))
    name = {"OrganizationConformancePackName": "pack"}
    absent = "NoSuchOrganizationConformancePackException"
    refused(absent, config.delete_organization_conformance_pack, **name)
    describe = config.describe_organization_conformance_pack_statuses
    refused(absent, describe, OrganizationConformancePackNames=["pack"])
    refused(absent, config.get_organization_conformance_pack_detailed_status, **name)
    config.put_organization_conformance_pack(**name, TemplateBody=PACK)
    refused("ResourceInUseException", config.put_organization_conformance_pack, **name, TemplateBody=PACK)
    refused("ResourceInUseException", config.delete_organization_conformance_pack, **name)
    member = cloud.client("config", cloud.account("member"))
    put = member.put_organization_conformance_pack
    refused("OrganizationAccessDeniedException", put, **name, TemplateBody=PACK)


@source("API reference: MaxNumberOfOrganizationConformancePacksExceededException; Developer Guide: 50 in a Region")
def test_an_organization_has_so_many_packs(cloud: Cloud) -> None:
    put = cloud.client("config").put_organization_conformance_pack
    for number in range(50):
        put(OrganizationConformancePackName=f"pack-{number}", TemplateBody=PACK)
    more = {"OrganizationConformancePackName": "one-more", "TemplateBody": PACK}
    refused("MaxNumberOfOrganizationConformancePacksExceededException", put, **more)


@source("API reference: an account without recorder turns the whole pack to CREATE_FAILED")
def test_a_pack_fails_where_there_is_no_recorder(cloud: Cloud) -> None:
    member = cloud.account("member")
    config = recording(cloud, name=config_bucket(cloud))
    config.put_organization_conformance_pack(OrganizationConformancePackName="pack", TemplateBody=PACK)
    cloud.advance(3600)
    (found,) = config.describe_organization_conformance_pack_statuses()["OrganizationConformancePackStatuses"]
    assert (found["Status"], found["ErrorCode"]) == ("CREATE_FAILED", "NoAvailableConfigurationRecorder")
    rows = config.get_organization_conformance_pack_detailed_status(
        OrganizationConformancePackName="pack", Filters={"Status": "CREATE_FAILED"}
    )["OrganizationConformancePackDetailedStatuses"]
    assert [(row["AccountId"], row["ErrorCode"]) for row in rows] == [(member, "NoAvailableConfigurationRecorder")]


def aggregator(cloud: Cloud, account: str | None = None, **more: Any) -> Any:
    config = cloud.client("config", account)
    arn = role(cloud, "aggregator", "config.amazonaws.com", account)
    config.put_configuration_aggregator(
        ConfigurationAggregatorName="all",
        OrganizationAggregationSource={"RoleArn": arn, **(more or {"AllAwsRegions": True})},
    )
    return config


@source("API reference: PutConfigurationAggregator, only management account or delegated administrator, with a role")
def test_an_aggregator_of_the_organization(cloud: Cloud) -> None:
    account = cloud.account("security")
    with pytest.raises(ClientError, match="OrganizationAccessDeniedException"):
        aggregator(cloud, account)
    cloud.delegate(account, "config.amazonaws.com")
    config = cloud.client("config", account)
    wanted = {"RoleArn": f"arn:aws:iam::{account}:role/none", "AllAwsRegions": True}
    refused(
        "InvalidRoleException",
        config.put_configuration_aggregator,
        ConfigurationAggregatorName="all",
        OrganizationAggregationSource=wanted,
    )
    arn = f"arn:aws:iam::{account}:role/aggregator"
    config.put_configuration_aggregator(
        ConfigurationAggregatorName="all",
        OrganizationAggregationSource={"RoleArn": arn, "AllAwsRegions": True},
    )
    found = config.describe_configuration_aggregators()["ConfigurationAggregators"][0]
    assert found["OrganizationAggregationSource"] == {"RoleArn": arn, "AllAwsRegions": True}
    config.delete_configuration_aggregator(ConfigurationAggregatorName="all")
    refused(
        "NoSuchConfigurationAggregatorException",
        config.describe_configuration_aggregators,
        ConfigurationAggregatorNames=["all"],
    )


@source("API reference: PutConfigurationAggregator, InvalidParameterValueException")
@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"AccountAggregationSources": [{"AccountIds": ["1" * 12]}]},
        {"AccountAggregationSources": [{"AccountIds": ["1" * 12], "AwsRegions": ["mars-1"]}]},
        {
            "AccountAggregationSources": [{"AccountIds": ["1" * 12], "AllAwsRegions": True}],
            "OrganizationAggregationSource": {"RoleArn": "arn:aws:iam::1:role/r", "AllAwsRegions": True},
        },
    ],
)
def test_aggregators_that_cannot_be(cloud: Cloud, wrong: dict[str, Any]) -> None:
    put = cloud.client("config").put_configuration_aggregator
    refused("InvalidParameterValueException", put, ConfigurationAggregatorName="all", **wrong)


@source("API reference: PutAggregationAuthorization, DescribeConfigurationAggregatorSourcesStatus")
def test_an_account_allows_its_aggregation(cloud: Cloud) -> None:
    account, config = cloud.account("member"), cloud.client("config")
    config.put_configuration_aggregator(
        ConfigurationAggregatorName="some",
        AccountAggregationSources=[{"AccountIds": [account], "AwsRegions": ["us-east-1"]}],
    )

    def state() -> list[str]:
        found = config.describe_configuration_aggregator_sources_status(ConfigurationAggregatorName="some")
        return [entry["LastUpdateStatus"] for entry in found["AggregatedSourceStatusList"]]

    assert state() == ["FAILED"]
    theirs = cloud.client("config", account)
    theirs.put_aggregation_authorization(AuthorizedAccountId=management(cloud), AuthorizedAwsRegion="us-east-1")
    assert state() == ["SUCCEEDED"]
    listed = theirs.describe_aggregation_authorizations()["AggregationAuthorizations"]
    assert listed[0]["AuthorizedAccountId"] == management(cloud)
    theirs.delete_aggregation_authorization(AuthorizedAccountId=management(cloud), AuthorizedAwsRegion="us-east-1")
    assert state() == ["FAILED"]


@source("API reference: DescribeConfigurationAggregatorSourcesStatus, of an organization")
def test_sources_of_an_organization(cloud: Cloud) -> None:
    member = cloud.account("member")
    config = aggregator(cloud, AwsRegions=["us-east-1", "eu-west-1"])
    found = config.describe_configuration_aggregator_sources_status(ConfigurationAggregatorName="all")
    entries = found["AggregatedSourceStatusList"]
    assert entries[0]["SourceType"] == "ORGANIZATION"
    pairs = {(e["SourceId"], e["AwsRegion"]) for e in entries[1:]}
    assert pairs == {(a, r) for a in (member, management(cloud)) for r in ("us-east-1", "eu-west-1")}


@source("API reference: DescribeAggregateComplianceByConfigRules, GetAggregateComplianceDetailsByConfigRule")
def test_compliance_of_the_organization(cloud: Cloud) -> None:
    member, name = cloud.account("member"), config_bucket(cloud)
    config = recording(cloud, name=name)
    recording(cloud, member, name=name)
    config.put_organization_config_rule(**PUT)
    status(config)
    aggregator(cloud)
    found = config.describe_aggregate_compliance_by_config_rules(ConfigurationAggregatorName="all")
    verdicts = {
        entry["AccountId"]: entry["Compliance"]["ComplianceType"] for entry in found["AggregateComplianceByConfigRules"]
    }
    assert verdicts == {management(cloud): "NON_COMPLIANT"}, "not that of the member, which has no buckets"
    for wrong in ("INSUFFICIENT_DATA", "NOT_APPLICABLE"):
        refused(
            "InvalidParameterValueException",
            config.describe_aggregate_compliance_by_config_rules,
            ConfigurationAggregatorName="all",
            Filters={"ComplianceType": wrong},
        )
    rule = found["AggregateComplianceByConfigRules"][0]["ConfigRuleName"]
    results = config.get_aggregate_compliance_details_by_config_rule(
        ConfigurationAggregatorName="all",
        ConfigRuleName=rule,
        AccountId=management(cloud),
        AwsRegion="us-east-1",
    )["AggregateEvaluationResults"]
    ids = [r["EvaluationResultIdentifier"]["EvaluationResultQualifier"]["ResourceId"] for r in results]
    assert ids == [name]
    summary = config.get_aggregate_config_rule_compliance_summary(
        ConfigurationAggregatorName="all", GroupByKey="ACCOUNT_ID"
    )["AggregateComplianceCounts"]
    counts = {e["GroupName"]: e["ComplianceSummary"]["NonCompliantResourceCount"]["CappedCount"] for e in summary}
    assert counts == {management(cloud): 1, member: 0}
