"""AWS Config in one account: recorder, channel, rules, packs (Developer Guide and API reference)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sandbox.cloud import Cloud, refused, source
from tests.sandbox.security import allow, bucket, config_bucket, key, recording, role

CONFIG = "config.amazonaws.com"


def recorder(cloud: Cloud, **more: Any) -> dict[str, Any]:
    return {"name": "default", "roleARN": role(cloud, "recorder", CONFIG), **more}


def rule(name: str = "rule", identifier: str = "S3_BUCKET_VERSIONING_ENABLED", **more: Any) -> dict[str, Any]:
    return {"ConfigRuleName": name, "Source": {"Owner": "AWS", "SourceIdentifier": identifier}, **more}


@source("API reference: PutConfigurationRecorder, RecordingMode")
def test_the_recording_mode_reads_back(cloud: Cloud) -> None:
    config = cloud.client("config")
    override = {"resourceTypes": ["AWS::EC2::Instance"], "recordingFrequency": "CONTINUOUS"}
    mode = {"recordingFrequency": "DAILY", "recordingModeOverrides": [override]}
    config.put_configuration_recorder(ConfigurationRecorder=recorder(cloud, recordingMode=mode))
    found = config.describe_configuration_recorders()["ConfigurationRecorders"][0]
    assert found["recordingMode"] == mode
    assert found["recordingGroup"]["allSupported"] is True
    assert found["arn"].endswith(":configuration-recorder/default")


@source("API reference: MaxNumberOfConfigurationRecordersExceededException, one for each account and Region")
def test_there_is_one_recorder(cloud: Cloud) -> None:
    config, wanted = cloud.client("config"), recorder(cloud)
    config.put_configuration_recorder(ConfigurationRecorder=wanted)
    config.put_configuration_recorder(ConfigurationRecorder=wanted)
    refused(
        "MaxNumberOfConfigurationRecordersExceededException",
        config.put_configuration_recorder,
        ConfigurationRecorder={**wanted, "name": "other"},
    )


@source("API reference: InvalidRoleException")
def test_the_recorder_has_a_role_that_exists(cloud: Cloud) -> None:
    put = cloud.client("config").put_configuration_recorder
    account = cloud.client("sts").get_caller_identity()["Account"]
    for wanted in ({}, {"roleARN": f"arn:aws:iam::{account}:role/none"}, {"roleARN": "arn:aws:s3:::bucket"}):
        refused("InvalidRoleException", put, ConfigurationRecorder={"name": "default", **wanted})


@source("API reference: RecordingGroup; InvalidRecordingGroupException")
@pytest.mark.parametrize(
    "group",
    [
        {"allSupported": True, "resourceTypes": ["AWS::S3::Bucket"]},
        {"allSupported": False, "includeGlobalResourceTypes": True, "resourceTypes": ["AWS::S3::Bucket"]},
        {"allSupported": False},
        {"allSupported": True, "recordingStrategy": {"useOnly": "INCLUSION_BY_RESOURCE_TYPES"}},
        {
            "recordingStrategy": {"useOnly": "INCLUSION_BY_RESOURCE_TYPES"},
            "exclusionByResourceTypes": {"resourceTypes": ["AWS::S3::Bucket"]},
        },
    ],
)
def test_recording_groups_that_contradict_themselves(cloud: Cloud, group: dict[str, Any]) -> None:
    refused(
        "InvalidRecordingGroupException",
        cloud.client("config").put_configuration_recorder,
        ConfigurationRecorder=recorder(cloud, recordingGroup=group),
    )


@source("API reference: RecordingStrategy, EXCLUSION_BY_RESOURCE_TYPES")
def test_types_are_excluded(cloud: Cloud) -> None:
    config = cloud.client("config")
    group = {
        "recordingStrategy": {"useOnly": "EXCLUSION_BY_RESOURCE_TYPES"},
        "exclusionByResourceTypes": {"resourceTypes": ["AWS::S3::Bucket"]},
    }
    config.put_configuration_recorder(ConfigurationRecorder=recorder(cloud, recordingGroup=group))
    found = config.describe_configuration_recorders()["ConfigurationRecorders"][0]["recordingGroup"]
    assert (found["allSupported"], found["exclusionByResourceTypes"]) == (False, group["exclusionByResourceTypes"])


@source("API reference: StartConfigurationRecorder, NoAvailableDeliveryChannelException")
def test_a_recorder_starts_with_a_channel(cloud: Cloud) -> None:
    config = cloud.client("config")
    config.put_configuration_recorder(ConfigurationRecorder=recorder(cloud))
    start = config.start_configuration_recorder
    refused("NoSuchConfigurationRecorderException", start, ConfigurationRecorderName="other")
    refused("NoAvailableDeliveryChannelException", start, ConfigurationRecorderName="default")
    config.put_delivery_channel(DeliveryChannel={"s3BucketName": config_bucket(cloud)})
    start(ConfigurationRecorderName="default")
    status = config.describe_configuration_recorder_status()["ConfigurationRecordersStatus"][0]
    assert (status["recording"], status["lastStatus"]) == (True, "Success")
    config.stop_configuration_recorder(ConfigurationRecorderName="default")
    status = config.describe_configuration_recorder_status()["ConfigurationRecordersStatus"][0]
    assert (status["recording"], "lastStopTime" in status) == (False, True)


@source("API reference: PutDeliveryChannel, NoAvailableConfigurationRecorderException")
def test_a_channel_comes_after_the_recorder(cloud: Cloud) -> None:
    refused(
        "NoAvailableConfigurationRecorderException",
        cloud.client("config").put_delivery_channel,
        DeliveryChannel={"name": "default", "s3BucketName": config_bucket(cloud)},
    )


@source("API reference: MaxNumberOfDeliveryChannelsExceededException, NoSuchBucketException")
def test_there_is_one_channel_to_a_bucket_that_exists(cloud: Cloud) -> None:
    config = recording(cloud, name=config_bucket(cloud))
    put = config.put_delivery_channel
    refused("NoSuchBucketException", put, DeliveryChannel={"name": "default", "s3BucketName": "nobody-has-this"})
    wanted = {"name": "other", "s3BucketName": "config-logs"}
    refused("MaxNumberOfDeliveryChannelsExceededException", put, DeliveryChannel=wanted)
    assert config.describe_delivery_channels()["DeliveryChannels"] == [
        {"name": "default", "s3BucketName": "config-logs"}
    ]


@source("Developer Guide: permissions for the bucket of the delivery channel")
def test_the_bucket_of_another_account_admits_the_recorder(cloud: Cloud) -> None:
    account = cloud.account("member")
    bucket(cloud, "closed-bucket")
    config = cloud.client("config", account)
    arn = role(cloud, "recorder", CONFIG, account)
    config.put_configuration_recorder(ConfigurationRecorder={"name": "default", "roleARN": arn})
    put = config.put_delivery_channel
    wanted = {"name": "default", "s3BucketName": "closed-bucket"}
    refused("InsufficientDeliveryPolicyException", put, DeliveryChannel=wanted)
    put(DeliveryChannel={"name": "default", "s3BucketName": config_bucket(cloud)})


@source("Developer Guide: permissions when the service-linked role delivers, as config.amazonaws.com")
def test_the_bucket_admits_the_service(cloud: Cloud) -> None:
    account = cloud.account("member")
    cloud.client("iam", account).create_service_linked_role(AWSServiceName=CONFIG)
    arn = f"arn:aws:iam::{account}:role/aws-service-role/{CONFIG}/AWSServiceRoleForConfig"
    config = cloud.client("config", account)
    config.put_configuration_recorder(ConfigurationRecorder={"name": "default", "roleARN": arn})
    put, wanted = config.put_delivery_channel, {"name": "default", "s3BucketName": "service-logs"}
    here = {"StringEquals": {"aws:SourceAccount": [account]}}
    bucket(cloud, "service-logs", allow({"Service": CONFIG}, "s3:GetBucketAcl", "arn:aws:s3:::service-logs", **here))
    refused("InsufficientDeliveryPolicyException", put, DeliveryChannel=wanted)
    cloud.client("s3").put_bucket_policy(
        Bucket="service-logs",
        Policy=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    allow({"Service": CONFIG}, "s3:GetBucketAcl", "arn:aws:s3:::service-logs", **here),
                    allow(
                        {"Service": CONFIG},
                        "s3:PutObject",
                        f"arn:aws:s3:::service-logs/AWSLogs/{account}/Config/*",
                        StringEquals={**here["StringEquals"], "s3:x-amz-acl": "bucket-owner-full-control"},
                    ),
                ],
            }
        ),
    )
    put(DeliveryChannel=wanted)


@source("API reference: InvalidS3KmsKeyArnException; Developer Guide: permissions for the KMS key")
def test_the_key_of_the_channel(cloud: Cloud) -> None:
    name = config_bucket(cloud)
    account = cloud.account("member")
    config = cloud.client("config", account)
    arn = role(cloud, "recorder", CONFIG, account)
    config.put_configuration_recorder(ConfigurationRecorder={"name": "default", "roleARN": arn})

    def put(key_arn: str) -> None:
        config.put_delivery_channel(DeliveryChannel={"s3BucketName": name, "s3KmsKeyArn": key_arn})

    closed, elsewhere = key(cloud), key(cloud, region="eu-west-1")
    with pytest.raises(config.exceptions.InsufficientDeliveryPolicyException):
        put(closed)
    with pytest.raises(config.exceptions.InvalidS3KmsKeyArnException):
        put(elsewhere)
    put(key(cloud, allow({"AWS": arn}, "kms:GenerateDataKey", "*")))


@source("API reference: DescribeDeliveryChannelStatus, DescribeConfigurationRecorderStatus")
def test_delivery_fails_when_the_bucket_goes(cloud: Cloud) -> None:
    config = recording(cloud, name=config_bucket(cloud))
    status = config.describe_delivery_channel_status()["DeliveryChannelsStatus"][0]
    assert status["configHistoryDeliveryInfo"]["lastStatus"] == "SUCCESS"
    cloud.client("s3").delete_bucket(Bucket="config-logs")
    status = config.describe_delivery_channel_status()["DeliveryChannelsStatus"][0]
    assert status["configHistoryDeliveryInfo"]["lastStatus"] == "FAILURE"
    status = config.describe_configuration_recorder_status()["ConfigurationRecordersStatus"][0]
    assert status["lastStatus"] == "Failure"


@source("API reference: DeleteDeliveryChannel, LastDeliveryChannelDeleteFailedException")
def test_a_channel_stays_while_the_recorder_runs(cloud: Cloud) -> None:
    config = recording(cloud, name=config_bucket(cloud))
    refused("LastDeliveryChannelDeleteFailedException", config.delete_delivery_channel, DeliveryChannelName="default")
    config.stop_configuration_recorder(ConfigurationRecorderName="default")
    config.delete_delivery_channel(DeliveryChannelName="default")
    config.delete_configuration_recorder(ConfigurationRecorderName="default")
    assert config.describe_configuration_recorders()["ConfigurationRecorders"] == []
    refused(
        "NoSuchConfigurationRecorderException",
        config.describe_configuration_recorders,
        ConfigurationRecorderNames=["default"],
    )


@source("API reference: DeliverConfigSnapshot, NoRunningConfigurationRecorderException")
def test_snapshots_need_a_running_recorder(cloud: Cloud) -> None:
    config = recording(cloud, name=config_bucket(cloud))
    assert config.deliver_config_snapshot(deliveryChannelName="default")["configSnapshotId"]
    config.stop_configuration_recorder(ConfigurationRecorderName="default")
    refused("NoRunningConfigurationRecorderException", config.deliver_config_snapshot, deliveryChannelName="default")


@source("API reference: PutConfigRule, NoAvailableConfigurationRecorderException")
def test_rules_need_a_recorder(cloud: Cloud) -> None:
    put = cloud.client("config").put_config_rule
    refused("NoAvailableConfigurationRecorderException", put, ConfigRule=rule())


@source("API reference: PutConfigRule, DescribeConfigRules, DeleteConfigRule")
def test_a_managed_rule(cloud: Cloud) -> None:
    config = recording(cloud, name=config_bucket(cloud))
    config.put_config_rule(ConfigRule=rule(Description="one"))
    made = config.describe_config_rules(ConfigRuleNames=["rule"])["ConfigRules"][0]
    assert made["ConfigRuleArn"].endswith(f":config-rule/{made['ConfigRuleId']}")
    assert (made["ConfigRuleState"], made["EvaluationModes"]) == ("ACTIVE", [{"Mode": "DETECTIVE"}])
    config.put_config_rule(ConfigRule=rule(Description="two"))
    found = config.describe_config_rules()["ConfigRules"]
    assert [(r["Description"], r["ConfigRuleId"]) for r in found] == [("two", made["ConfigRuleId"])]
    config.delete_config_rule(ConfigRuleName="rule")
    refused("NoSuchConfigRuleException", config.describe_config_rules, ConfigRuleNames=["rule"])
    refused("NoSuchConfigRuleException", config.delete_config_rule, ConfigRuleName="rule")


@source("API reference: PutConfigRule, InvalidParameterValueException; managed rules list")
@pytest.mark.parametrize(
    "wrong",
    [
        rule(identifier="NO_SUCH_RULE"),
        rule(InputParameters="not json"),
        rule(identifier="IAM_PASSWORD_POLICY", InputParameters='{"noSuchParameter": "1"}'),
        {"ConfigRuleName": "r", "Source": {"Owner": "CUSTOM_LAMBDA", "SourceIdentifier": "arn"}},
        {
            "ConfigRuleName": "r",
            "Source": {"Owner": "CUSTOM_POLICY", "CustomPolicyDetails": {"PolicyRuntime": "x", "PolicyText": "y"}},
        },
        {"Source": {"Owner": "AWS", "SourceIdentifier": "S3_BUCKET_VERSIONING_ENABLED"}},
    ],
)
def test_rules_that_cannot_be(cloud: Cloud, wrong: dict[str, Any]) -> None:
    config = recording(cloud, name=config_bucket(cloud))
    with pytest.raises((config.exceptions.InvalidParameterValueException, config.exceptions.ValidationException)):
        config.put_config_rule(ConfigRule=wrong)


@source("API reference: Source, CUSTOM_POLICY; GetCustomRulePolicy")
def test_a_guard_rule(cloud: Cloud) -> None:
    config = recording(cloud, name=config_bucket(cloud))
    details = {"PolicyRuntime": "guard-2.x.x", "PolicyText": "rule r { configuration exists }"}
    trigger = {"EventSource": "aws.config", "MessageType": "ConfigurationItemChangeNotification"}
    made = {"Owner": "CUSTOM_POLICY", "SourceDetails": [trigger], "CustomPolicyDetails": details}
    config.put_config_rule(ConfigRule={"ConfigRuleName": "guard", "Source": made})
    assert config.get_custom_rule_policy(ConfigRuleName="guard")["PolicyText"] == details["PolicyText"]


@source("API reference: DescribeConfigRules, pages")
def test_rules_come_in_pages(cloud: Cloud) -> None:
    config = recording(cloud, name=config_bucket(cloud))
    for number in range(27):
        config.put_config_rule(ConfigRule=rule(f"rule-{number:02}"))
    pages = list(config.get_paginator("describe_config_rules").paginate())
    assert [len(page["ConfigRules"]) for page in pages] == [25, 2]
    refused("InvalidNextTokenException", config.describe_config_rules, NextToken="nonsense")


@source("API reference: DescribeComplianceByConfigRule, GetComplianceDetailsByConfigRule; S3_BUCKET_VERSIONING_ENABLED")
def test_compliance_follows_the_resources(cloud: Cloud) -> None:
    config = recording(cloud, name=config_bucket(cloud))
    config.put_config_rule(ConfigRule=rule())

    def compliance() -> str:
        found = config.describe_compliance_by_config_rule(ConfigRuleNames=["rule"])["ComplianceByConfigRules"]
        return str(found[0]["Compliance"]["ComplianceType"])

    assert compliance() == "NON_COMPLIANT"
    details = config.get_compliance_details_by_config_rule(ConfigRuleName="rule")["EvaluationResults"]
    qualifier = details[0]["EvaluationResultIdentifier"]["EvaluationResultQualifier"]
    assert (qualifier["ResourceType"], qualifier["ResourceId"]) == ("AWS::S3::Bucket", "config-logs")
    cloud.client("s3").put_bucket_versioning(Bucket="config-logs", VersioningConfiguration={"Status": "Enabled"})
    assert compliance() == "COMPLIANT"
    by_resource = config.describe_compliance_by_resource(ResourceType="AWS::S3::Bucket")["ComplianceByResources"]
    assert by_resource[0]["Compliance"]["ComplianceType"] == "COMPLIANT"
    summary = config.get_compliance_summary_by_config_rule()["ComplianceSummary"]
    assert summary["CompliantResourceCount"]["CappedCount"] == 1


@source("Developer Guide: list of managed rules")
@pytest.mark.parametrize(
    ("identifier", "before", "service", "call", "parameters"),
    [
        (
            "IAM_PASSWORD_POLICY",
            "NON_COMPLIANT",
            "iam",
            "update_account_password_policy",
            {
                "MinimumPasswordLength": 14,
                "RequireSymbols": True,
                "RequireNumbers": True,
                "RequireUppercaseCharacters": True,
                "RequireLowercaseCharacters": True,
                "MaxPasswordAge": 90,
                "PasswordReusePrevention": 24,
            },
        ),
        ("EC2_EBS_ENCRYPTION_BY_DEFAULT", "NON_COMPLIANT", "ec2", "enable_ebs_encryption_by_default", {}),
        ("GUARDDUTY_ENABLED_CENTRALIZED", "NON_COMPLIANT", "guardduty", "create_detector", {"Enable": True}),
        ("SECURITYHUB_ENABLED", "NON_COMPLIANT", "securityhub", "enable_security_hub", {}),
        (
            "S3_BUCKET_SSL_REQUESTS_ONLY",
            "NON_COMPLIANT",
            "s3",
            "put_bucket_policy",
            {
                "Bucket": "config-logs",
                "Policy": json.dumps(
                    {
                        "Version": "2012-10-17",
                        "Statement": [
                            {
                                "Effect": "Deny",
                                "Principal": "*",
                                "Action": "s3:*",
                                "Resource": "arn:aws:s3:::config-logs/*",
                                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                            }
                        ],
                    }
                ),
            },
        ),
        ("IAM_ROOT_ACCESS_KEY_CHECK", "COMPLIANT", "iam", "list_users", {}),
        ("S3_BUCKET_PUBLIC_READ_PROHIBITED", "COMPLIANT", "s3", "list_buckets", {}),
        ("ACCOUNT_PART_OF_ORGANIZATIONS", "COMPLIANT", "s3", "list_buckets", {}),
    ],
)
def test_what_managed_rules_look_at(
    cloud: Cloud, identifier: str, before: str, service: str, call: str, parameters: dict[str, Any]
) -> None:
    config = recording(cloud, name=config_bucket(cloud))
    config.put_config_rule(ConfigRule=rule(identifier=identifier))

    def compliance() -> str:
        found = config.describe_compliance_by_config_rule()["ComplianceByConfigRules"]
        return str(found[0]["Compliance"]["ComplianceType"])

    assert compliance() == before
    getattr(cloud.client(service), call)(**parameters)
    assert compliance() == "COMPLIANT"


@source("Developer Guide: s3-bucket-public-read-prohibited")
def test_a_public_bucket_is_found(cloud: Cloud) -> None:
    config = recording(cloud, name=config_bucket(cloud))
    config.put_config_rule(ConfigRule=rule(identifier="S3_BUCKET_PUBLIC_READ_PROHIBITED"))
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="public-bucket")
    s3.delete_public_access_block(Bucket="public-bucket")
    public = allow("*", "s3:GetObject", "arn:aws:s3:::public-bucket/*")
    s3.put_bucket_policy(Bucket="public-bucket", Policy=json.dumps({"Version": "2012-10-17", "Statement": [public]}))
    found = config.get_compliance_details_by_config_rule(ConfigRuleName="rule", ComplianceTypes=["NON_COMPLIANT"])
    results = [r["EvaluationResultIdentifier"]["EvaluationResultQualifier"] for r in found["EvaluationResults"]]
    assert [result["ResourceId"] for result in results] == ["public-bucket"]


@source("Developer Guide: vpc-default-security-group-closed")
def test_an_open_default_security_group_is_found(cloud: Cloud) -> None:
    config = recording(cloud, name=config_bucket(cloud))
    config.put_config_rule(ConfigRule=rule(identifier="VPC_DEFAULT_SECURITY_GROUP_CLOSED"))

    def failing() -> list[str]:
        found = config.get_compliance_details_by_config_rule(ConfigRuleName="rule", ComplianceTypes=["NON_COMPLIANT"])
        results = [r["EvaluationResultIdentifier"]["EvaluationResultQualifier"] for r in found["EvaluationResults"]]
        return [result["ResourceId"] for result in results]

    ec2 = cloud.client("ec2")
    group = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": ["default"]}])["SecurityGroups"][0]
    assert failing() == [group["GroupId"]]
    ec2.revoke_security_group_egress(GroupId=group["GroupId"], IpPermissions=group["IpPermissionsEgress"])
    if group["IpPermissions"]:
        ec2.revoke_security_group_ingress(GroupId=group["GroupId"], IpPermissions=group["IpPermissions"])
    assert failing() == []


@source("API reference: ComplianceType, INSUFFICIENT_DATA")
def test_a_rule_without_results_has_insufficient_data(cloud: Cloud) -> None:
    config = recording(cloud, name=config_bucket(cloud))
    config.put_config_rule(ConfigRule=rule(identifier="EFS_ENCRYPTED_CHECK"))
    found = config.describe_compliance_by_config_rule()["ComplianceByConfigRules"]
    assert found[0]["Compliance"]["ComplianceType"] == "INSUFFICIENT_DATA"


PACK = """
Parameters:
  Age: {Type: String, Default: "90"}
  Frequency: {Type: String, Default: ""}
Conditions:
  HasFrequency: !Not [!Equals ["", !Ref Frequency]]
Resources:
  Keys:
    Type: AWS::Config::ConfigRule
    Properties:
      ConfigRuleName: access-keys
      InputParameters:
        maxAccessKeyAge: !Ref Age
      MaximumExecutionFrequency: !If [HasFrequency, !Ref Frequency, !Ref AWS::NoValue]
      Source: {Owner: AWS, SourceIdentifier: ACCESS_KEYS_ROTATED}
  Versioning:
    Type: AWS::Config::ConfigRule
    Properties:
      ConfigRuleName: versioning
      Source: {Owner: AWS, SourceIdentifier: S3_BUCKET_VERSIONING_ENABLED}
"""


@source("API reference: PutConformancePack; Developer Guide: templates of conformance packs")
def test_a_conformance_pack_brings_its_rules(cloud: Cloud) -> None:
    config = recording(cloud, name=config_bucket(cloud))
    given = [{"ParameterName": "Age", "ParameterValue": "30"}]
    config.put_conformance_pack(ConformancePackName="pack", TemplateBody=PACK, ConformancePackInputParameters=given)
    status = config.describe_conformance_pack_status()["ConformancePackStatusDetails"][0]
    assert status["ConformancePackState"] == "CREATE_IN_PROGRESS"
    assert config.describe_config_rules()["ConfigRules"] == []
    status = config.describe_conformance_pack_status()["ConformancePackStatusDetails"][0]
    assert status["ConformancePackState"] == "CREATE_COMPLETE"
    pack = config.describe_conformance_packs()["ConformancePackDetails"][0]
    rules = {r["ConfigRuleName"]: r for r in config.describe_config_rules()["ConfigRules"]}
    made = rules[f"access-keys-{pack['ConformancePackId']}"]
    assert json.loads(made["InputParameters"]) == {"maxAccessKeyAge": "30"}
    assert "MaximumExecutionFrequency" not in made
    refused("AccessDeniedException", config.delete_config_rule, ConfigRuleName=made["ConfigRuleName"])
    compliance = config.describe_conformance_pack_compliance(ConformancePackName="pack")
    verdicts = {r["ConfigRuleName"]: r["ComplianceType"] for r in compliance["ConformancePackRuleComplianceList"]}
    assert verdicts[f"versioning-{pack['ConformancePackId']}"] == "NON_COMPLIANT"
    summary = config.get_conformance_pack_compliance_summary(ConformancePackNames=["pack"])
    entry = summary["ConformancePackComplianceSummaryList"][0]
    assert entry["ConformancePackComplianceStatus"] == "NON_COMPLIANT"
    config.delete_conformance_pack(ConformancePackName="pack")
    cloud.advance(3600)
    assert config.describe_config_rules()["ConfigRules"] == []


@source("API reference: ConformancePackTemplateValidationException")
@pytest.mark.parametrize(
    "template",
    [
        "Resources: {}",
        ": not yaml: [",
        "Resources: {B: {Type: AWS::S3::Bucket}}",
        "Resources: {R: {Type: AWS::Config::ConfigRule, Properties: {}}}",
        "Resources: {R: {Type: AWS::Config::ConfigRule, Properties: {Source: {Owner: AWS, SourceIdentifier: NONE}}}}",
        "Parameters: {P: {Type: String}}\nResources: {R: {Type: AWS::Config::ConfigRule}}",
    ],
)
def test_templates_that_are_not_valid(cloud: Cloud, template: str) -> None:
    refused(
        "ConformancePackTemplateValidationException",
        recording(cloud, name=config_bucket(cloud)).put_conformance_pack,
        ConformancePackName="pack",
        TemplateBody=template,
    )


@source("API reference: DescribeConformancePackStatus, CREATE_FAILED")
def test_a_pack_without_recorder_fails(cloud: Cloud) -> None:
    config = cloud.client("config")
    config.put_conformance_pack(ConformancePackName="pack", TemplateBody=PACK)
    cloud.advance(3600)
    status = config.describe_conformance_pack_status()["ConformancePackStatusDetails"][0]
    assert status["ConformancePackState"] == "CREATE_FAILED"
    assert "NoAvailableConfigurationRecorder" in status["ConformancePackStatusReason"]


@source("API reference: PutConformancePack, TemplateS3Uri")
def test_a_template_in_a_bucket(cloud: Cloud) -> None:
    config = recording(cloud, name=config_bucket(cloud))
    cloud.client("s3").put_object(Bucket="config-logs", Key="pack.yaml", Body=PACK.encode())
    config.put_conformance_pack(ConformancePackName="pack", TemplateS3Uri="s3://config-logs/pack.yaml")
    refused(
        "ConformancePackTemplateValidationException",
        config.put_conformance_pack,
        ConformancePackName="other",
        TemplateS3Uri="s3://config-logs/none.yaml",
    )


@source("API reference: PutRetentionConfiguration, DescribeRetentionConfigurations, DeleteRetentionConfiguration")
def test_retention(cloud: Cloud) -> None:
    config = cloud.client("config")
    config.put_retention_configuration(RetentionPeriodInDays=90)
    found = config.describe_retention_configurations()["RetentionConfigurations"]
    assert found == [{"Name": "default", "RetentionPeriodInDays": 90}]
    config.delete_retention_configuration(RetentionConfigurationName="default")
    delete = config.delete_retention_configuration
    refused("NoSuchRetentionConfigurationException", delete, RetentionConfigurationName="default")


@source("API reference: PutStoredQuery, GetStoredQuery, ListStoredQueries, DeleteStoredQuery")
def test_stored_queries(cloud: Cloud) -> None:
    config = cloud.client("config")
    config.put_stored_query(StoredQuery={"QueryName": "buckets", "Expression": "SELECT resourceId"})
    found = config.get_stored_query(QueryName="buckets")["StoredQuery"]
    assert found["Expression"] == "SELECT resourceId"
    listed = config.list_stored_queries()["StoredQueryMetadata"]
    assert [query["QueryArn"] for query in listed] == [found["QueryArn"]]
    config.delete_stored_query(QueryName="buckets")
    refused("ResourceNotFoundException", config.get_stored_query, QueryName="buckets")


@source("API reference: PutRemediationConfigurations, DescribeRemediationConfigurations")
def test_remediation_of_a_rule(cloud: Cloud) -> None:
    config = recording(cloud, name=config_bucket(cloud))
    wanted = {"ConfigRuleName": "rule", "TargetType": "SSM_DOCUMENT", "TargetId": "AWS-EnableS3BucketEncryption"}
    put = config.put_remediation_configurations
    refused("InvalidParameterValueException", put, RemediationConfigurations=[wanted])
    config.put_config_rule(ConfigRule=rule())
    put(RemediationConfigurations=[wanted])
    found = config.describe_remediation_configurations(ConfigRuleNames=["rule"])["RemediationConfigurations"]
    assert found[0]["TargetId"] == "AWS-EnableS3BucketEncryption"
    refused("ResourceInUseException", config.delete_config_rule, ConfigRuleName="rule")
    config.delete_remediation_configuration(ConfigRuleName="rule")
    config.delete_config_rule(ConfigRuleName="rule")


ROLE = {"AutomationAssumeRole": {"StaticValue": {"Values": ["arn:aws:iam::123456789012:role/remedy"]}}}


@source("API reference: RemediationConfiguration, an automatic one needs attempts, a time and a role to act as")
@pytest.mark.parametrize("without", ["MaximumAutomaticAttempts", "RetryAttemptSeconds", "Parameters"])
def test_an_automatic_remediation_says_how_often_and_as_whom(cloud: Cloud, without: str) -> None:
    config = recording(cloud, name=config_bucket(cloud))
    config.put_config_rule(ConfigRule=rule())
    wanted: dict[str, Any] = {
        "ConfigRuleName": "rule",
        "TargetType": "SSM_DOCUMENT",
        "TargetId": "AWS-EnableS3BucketEncryption",
        "Automatic": True,
        "MaximumAutomaticAttempts": 3,
        "RetryAttemptSeconds": 60,
        "Parameters": ROLE,
    }
    put = config.put_remediation_configurations
    incomplete = {name: value for name, value in wanted.items() if name != without}
    refused("InvalidParameterValueException", put, RemediationConfigurations=[incomplete])
    put(RemediationConfigurations=[wanted])


def mending(cloud: Cloud, trusted: str = "ssm.amazonaws.com", **more: Any) -> Any:
    """A recorder, a rule about SSH, a remediation of it, and a group that it is about."""
    config, iam, ec2 = recording(cloud, name=config_bucket(cloud)), cloud.client("iam"), cloud.client("ec2")
    trust = {"Effect": "Allow", "Principal": {"Service": trusted}, "Action": "sts:AssumeRole"}
    role = iam.create_role(
        RoleName="remedy", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    )["Role"]["Arn"]
    allowed = {"Effect": "Allow", "Action": ["ec2:Describe*", "ec2:RevokeSecurityGroupIngress"], "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    iam.put_role_policy(RoleName="remedy", PolicyName="mend", PolicyDocument=document)
    config.put_config_rule(ConfigRule=rule(identifier="INCOMING_SSH_DISABLED"))
    wanted = {
        "ConfigRuleName": "rule",
        "TargetType": "SSM_DOCUMENT",
        "TargetId": "AWS-DisableIncomingSSHOnPort22",
        "Parameters": {
            "SecurityGroupIds": {"ResourceValue": {"Value": "RESOURCE_ID"}},
            "AutomationAssumeRole": {"StaticValue": {"Values": [role]}},
        },
        **more,
    }
    config.put_remediation_configurations(RemediationConfigurations=[wanted])
    group = ec2.create_security_group(GroupName="open", Description="open")["GroupId"]
    everybody = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[everybody])
    return config, group


@source("Developer Guide, vpc-sg-port-restriction-check: of all protocols, IPv4 and IPv6, unless told otherwise")
@pytest.mark.parametrize(
    ("parameters", "compliant"),
    [
        ({}, False),  # 22 and 3389
        ({"restrictPorts": "22,3389", "protocolType": "tcp"}, False),
        ({"restrictPorts": "5900,5985"}, True),
        ({"restrictPorts": "443"}, True),
        ({"protocolType": "UDP"}, True),
        ({"ipType": "IPv6"}, True),
        ({"ipType": "IPv4"}, False),
    ],
)
def test_ports_that_a_rule_restricts(cloud: Cloud, parameters: dict[str, str], compliant: bool) -> None:
    config, group = mending(cloud)
    asked = {"SourceIdentifier": "VPC_SG_PORT_RESTRICTION_CHECK", "Owner": "AWS"}
    text = json.dumps(parameters)
    config.put_config_rule(ConfigRule={"ConfigRuleName": "ports", "Source": asked, "InputParameters": text})
    assert complies(config, group, "ports") is compliant


def complies(config: Any, group: str, rule: str = "rule") -> bool:
    found = config.get_compliance_details_by_config_rule(ConfigRuleName=rule)["EvaluationResults"]
    (verdict,) = [
        each["ComplianceType"]
        for each in found
        if each["EvaluationResultIdentifier"]["EvaluationResultQualifier"]["ResourceId"] == group
    ]
    return bool(verdict == "COMPLIANT")


def mended(config: Any) -> list[dict[str, Any]]:
    """The remediations of the rule, when none is at it any more."""
    while True:
        found = config.describe_remediation_execution_status(ConfigRuleName="rule")["RemediationExecutionStatuses"]
        if all(each["State"] != "IN_PROGRESS" for each in found):
            return list(found)


@source("API reference: DeleteRemediationConfiguration, RemediationInProgressException; DeleteConfigRule")
def test_a_remediation_that_runs_is_not_deleted(cloud: Cloud) -> None:
    config, group = mending(cloud)
    key = {"resourceType": "AWS::EC2::SecurityGroup", "resourceId": group}
    config.start_remediation_execution(ConfigRuleName="rule", ResourceKeys=[key])
    refused("RemediationInProgressException", config.delete_remediation_configuration, ConfigRuleName="rule")
    refused("ResourceInUseException", config.delete_config_rule, ConfigRuleName="rule")
    mended(config)
    config.delete_remediation_configuration(ConfigRuleName="rule")
    refused("NoSuchRemediationConfigurationException", config.delete_remediation_configuration, ConfigRuleName="rule")


@source("API reference: StartRemediationExecution, DescribeRemediationExecutionStatus")
def test_a_remediation_is_run_where_somebody_starts_it(cloud: Cloud) -> None:
    config, group = mending(cloud)
    config.start_config_rules_evaluation(ConfigRuleNames=["rule"])
    assert not complies(config, group), "it is not automatic"
    key = {"resourceType": "AWS::EC2::SecurityGroup", "resourceId": group}
    other = {**key, "resourceId": "sg-0123456789abcdef0"}
    started = config.start_remediation_execution(ConfigRuleName="rule", ResourceKeys=[key, other])
    assert started["FailedItems"] == [other]
    (status,) = mended(config)
    assert (status["ResourceKey"], status["State"]) == (key, "SUCCEEDED")
    assert complies(config, group)
    for operation in (config.start_remediation_execution, config.describe_remediation_execution_status):
        refused("NoSuchRemediationConfigurationException", operation, ConfigRuleName="none", ResourceKeys=[key])


@source("Developer Guide: Setting up automatic remediation; a document that is given what it does not have fails")
def test_an_automatic_remediation_follows_an_evaluation(cloud: Cloud) -> None:
    automatic = {"Automatic": True, "MaximumAutomaticAttempts": 1, "RetryAttemptSeconds": 60}
    config, group = mending(cloud, **automatic)
    (given,) = config.describe_remediation_configurations(ConfigRuleNames=["rule"])["RemediationConfigurations"]
    given = {name: value for name, value in given.items() if name != "Arn"}
    wrong = {**given, "Parameters": {**given["Parameters"], "Port": {"StaticValue": {"Values": ["22"]}}}}
    for parameters, state in ((wrong, "FAILED"), (given, "SUCCEEDED")):
        config.put_remediation_configurations(RemediationConfigurations=[parameters])
        config.start_config_rules_evaluation(ConfigRuleNames=["rule"])
        assert {each["State"] for each in mended(config) if each["ResourceKey"]["resourceId"] == group} == {state}
        assert complies(config, group) is (state == "SUCCEEDED")


@source("API reference: StartRemediationExecution, InsufficientPermissionsException")
def test_a_role_that_does_not_trust_systems_manager_is_refused(cloud: Cloud) -> None:
    config, group = mending(cloud, trusted="ec2.amazonaws.com")
    key = {"resourceType": "AWS::EC2::SecurityGroup", "resourceId": group}
    refused(
        "InsufficientPermissionsException",
        config.start_remediation_execution,
        ConfigRuleName="rule",
        ResourceKeys=[key],
    )


@source("API reference: TagResource, ListTagsForResource")
def test_tags_of_a_rule(cloud: Cloud) -> None:
    config = recording(cloud, name=config_bucket(cloud))
    config.put_config_rule(ConfigRule=rule(), Tags=[{"Key": "a", "Value": "1"}])
    arn = config.describe_config_rules()["ConfigRules"][0]["ConfigRuleArn"]
    config.tag_resource(ResourceArn=arn, Tags=[{"Key": "b", "Value": "2"}])
    config.untag_resource(ResourceArn=arn, TagKeys=["a"])
    assert config.list_tags_for_resource(ResourceArn=arn)["Tags"] == [{"Key": "b", "Value": "2"}]
    refused("ResourceNotFoundException", config.list_tags_for_resource, ResourceArn=arn[:-1])
