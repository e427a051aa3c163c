"""One resource of each type: with the least it can have, with everything, and changed; and what it needs around it."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.sandbox.cloud import Cloud
from tests.sandbox.security import allow, bucket, config_bucket, recording, role

Properties = dict[str, Any]
HERE = "arn:aws:{service}:us-east-1:123456789012:{resource}"
OWNER = "123456789012"
ROOT = {"AWS": f"arn:aws:iam::{OWNER}:root"}
TAGS = [{"Key": "team", "Value": "security"}, {"Key": "cost", "Value": "1"}]
OTHER_TAGS = [{"Key": "team", "Value": "platform"}, {"Key": "stage", "Value": "prod"}]
PACK = """Resources:
  Rule:
    Type: AWS::Config::ConfigRule
    Properties:
      ConfigRuleName: versioning
      Source: {Owner: AWS, SourceIdentifier: S3_BUCKET_VERSIONING_ENABLED}
"""
OTHER_PACK = PACK.replace("versioning", "logging").replace("S3_BUCKET_VERSIONING_ENABLED", "S3_BUCKET_LOGGING_ENABLED")


def policy(*statements: Properties) -> Properties:
    """A policy document as templates have it."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def trust(service: str) -> Properties:
    """A trust policy for a service."""
    return policy({"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"})


def impact(amount: int) -> str:
    """A threshold of an anomaly, as a template has it."""
    values = {"MatchOptions": ["GREATER_THAN_OR_EQUAL"], "Values": [str(amount)]}
    return json.dumps({"Dimensions": {"Key": "ANOMALY_TOTAL_IMPACT_ABSOLUTE", **values}}, separators=(",", ":"))


def nothing(cloud: Cloud) -> None:
    """Nothing needs to be there."""


@dataclass(frozen=True)
class Life:
    """A resource in three states, as a template has them; `full` and `changed` are added to `least`.

    `around` are more resources of the template, which references in the properties lead to.
    """

    type: str
    least: Properties
    full: Properties = field(default_factory=dict)
    changed: Properties = field(default_factory=dict)
    needs: Callable[[Cloud], object] = nothing
    around: dict[str, tuple[str, Properties]] = field(default_factory=dict)


def _trail_bucket(cloud: Cloud) -> None:
    arn = "arn:aws:s3:::trail-logs"
    principal = {"Service": "cloudtrail.amazonaws.com"}
    where = {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}
    bucket(
        cloud,
        "trail-logs",
        allow(principal, "s3:GetBucketAcl", arn),
        allow(principal, "s3:PutObject", f"{arn}/*", **where),
    )


def _rule_there(cloud: Cloud) -> None:
    """A rule that can be remediated, made by nobody else."""
    _recording(cloud)
    source = {"Owner": "AWS", "SourceIdentifier": "S3_BUCKET_LOGGING_ENABLED"}
    cloud.client("config").put_config_rule(ConfigRule={"ConfigRuleName": "rule", "Source": source})


def _recording(cloud: Cloud) -> None:
    config_bucket(cloud)
    recording(cloud)


def _recorder_only(cloud: Cloud) -> None:
    config_bucket(cloud)
    arn = role(cloud, "recorder", "config.amazonaws.com")
    group = {"allSupported": True, "includeGlobalResourceTypes": False}
    cloud.client("config").put_configuration_recorder(
        ConfigurationRecorder={"name": "default", "roleARN": arn, "recordingGroup": group}
    )


def _channel_later(cloud: Cloud) -> None:
    config_bucket(cloud)
    role(cloud, "recorder", "config.amazonaws.com")
    role(cloud, "other-recorder", "config.amazonaws.com")


def _aggregating(cloud: Cloud) -> None:
    role(cloud, "aggregator", "config.amazonaws.com")


def _organization_rules(cloud: Cloud) -> None:
    _recording(cloud)
    cloud.trust("config-multiaccountsetup.amazonaws.com")


def _hub(cloud: Cloud) -> None:
    cloud.client("securityhub").enable_security_hub(EnableDefaultStandards=False)


def _bus(cloud: Cloud) -> None:
    cloud.client("events").create_event_bus(Name="bus")


def _putting(account: str) -> Properties:
    """A statement of the policy of a bus."""
    where = HERE.format(service="events", resource="event-bus/bus")
    return allow({"AWS": f"arn:aws:iam::{account}:root"}, "events:PutEvents", where)


def _function_role(cloud: Cloud) -> None:
    role(cloud, "function", "lambda.amazonaws.com")


def _function(cloud: Cloud) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as written:
        written.writestr("index.py", "def handler(event, context): pass")
    cloud.client("lambda").create_function(
        FunctionName="function", Role=role(cloud, "function", "lambda.amazonaws.com"), Runtime="python3.13",
        Handler="index.handler", Code={"ZipFile": archive.getvalue()},
    )  # fmt: skip


def _building(cloud: Cloud) -> None:
    role(cloud, "build", "codebuild.amazonaws.com")
    role(cloud, "pipeline", "codepipeline.amazonaws.com")


def _topic(cloud: Cloud) -> None:
    for name in ("topic", "other-topic"):
        cloud.client("sns").create_topic(Name=name)


def _query_logs(cloud: Cloud) -> None:
    arn, principal = "arn:aws:s3:::query-logs", {"Service": "delivery.logs.amazonaws.com"}
    allowed = (allow(principal, "s3:GetBucketAcl", arn), allow(principal, "s3:PutObject", f"{arn}/*"))
    bucket(cloud, "query-logs", *allowed)


def _log_group(cloud: Cloud) -> None:
    cloud.client("logs").create_log_group(logGroupName="group")


def _flow_logs(cloud: Cloud) -> None:
    _log_group(cloud)
    role(cloud, "holder", "vpc-flow-logs.amazonaws.com")


def _keys(cloud: Cloud) -> None:
    cloud.client("s3").create_bucket(Bucket="bucket")


def _bucket(cloud: Cloud) -> None:
    cloud.client("s3").create_bucket(Bucket="bucket")


def _holders(cloud: Cloud) -> None:
    role(cloud, "holder", "ec2.amazonaws.com")
    role(cloud, "other-holder", "ec2.amazonaws.com")


def _indexed(cloud: Cloud) -> None:
    cloud.client("resource-explorer-2").create_index()


READING = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
LISTING = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}
ALARM = {
    "ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 1, "MetricName": "Errors",
    "Namespace": "Landing", "Period": 300, "Statistic": "Sum", "Threshold": 1.0,
}  # fmt: skip
BUILD_ROLE = f"arn:aws:iam::{OWNER}:role/build"
PIPELINE_ROLE = f"arn:aws:iam::{OWNER}:role/pipeline"


def stage(category: str, provider: str, inputs: list[str], outputs: list[str], **configuration: str) -> Properties:
    """A stage of a pipeline with one action, both of its category's name."""
    action = {
        "Name": category,
        "ActionTypeId": {"Category": category, "Owner": "AWS", "Provider": provider, "Version": "1"},
        "Configuration": configuration,
        "InputArtifacts": [{"Name": name} for name in inputs],
        "OutputArtifacts": [{"Name": name} for name in outputs],
    }
    return {"Name": category, "Actions": [action]}


SOURCE = stage(
    "Source", "CodeStarSourceConnection", [], ["source"], BranchName="main", FullRepositoryId="a/b",
    ConnectionArn=HERE.format(service="codeconnections", resource="connection/a"),
)  # fmt: skip
TOPIC = HERE.format(service="sns", resource="topic")
OTHER_TOPIC = HERE.format(service="sns", resource="other-topic")
RECORDER_ROLE = f"arn:aws:iam::{OWNER}:role/recorder"
MANAGED = {"RuleIdentifier": "S3_BUCKET_VERSIONING_ENABLED"}
TRAIL = {"IsLogging": True, "S3BucketName": "trail-logs", "TrailName": "trail"}
POLICY = {"SecurityHub": {"ServiceEnabled": False}}

HTTPS = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
NETWORK: dict[str, tuple[str, Properties]] = {
    "Network": ("EC2::VPC", {"CidrBlock": "10.0.0.0/16", "EnableDnsHostnames": True}),
    "Subnet": ("EC2::Subnet", {"VpcId": {"Ref": "Network"}, "CidrBlock": "10.0.1.0/24"}),
    "Other": ("EC2::Subnet", {"VpcId": {"Ref": "Network"}, "CidrBlock": "10.0.2.0/24"}),
    "Routes": ("EC2::RouteTable", {"VpcId": {"Ref": "Network"}}),
    "Group": ("EC2::SecurityGroup", {"VpcId": {"Ref": "Network"}, "GroupDescription": "a"}),
}
TRANSIT: dict[str, tuple[str, Properties]] = {
    "Hub": ("EC2::TransitGateway", {"DefaultRouteTableAssociation": "disable"}),
    "Table": ("EC2::TransitGatewayRouteTable", {"TransitGatewayId": {"Ref": "Hub"}}),
    "Another": ("EC2::VPC", {"CidrBlock": "10.2.0.0/16"}),
    "Far": ("EC2::Subnet", {"VpcId": {"Ref": "Another"}, "CidrBlock": "10.2.1.0/24"}),
    "Attachment": ("EC2::TransitGatewayAttachment", {
        "TransitGatewayId": {"Ref": "Hub"}, "VpcId": {"Ref": "Network"}, "SubnetIds": [{"Ref": "Subnet"}]
    }),
    **NETWORK,
}  # fmt: skip
RESOLVER: dict[str, tuple[str, Properties]] = {
    **NETWORK,
    "Third": ("EC2::Subnet", {"VpcId": {"Ref": "Network"}, "CidrBlock": "10.0.3.0/24"}),
    "Outbound": ("Route53Resolver::ResolverEndpoint", {
        "Direction": "OUTBOUND", "Name": "out", "SecurityGroupIds": [{"Ref": "Group"}],
        "IpAddresses": [{"SubnetId": {"Ref": "Subnet"}}, {"SubnetId": {"Ref": "Other"}}],
    }),
    "Local": ("Route53Resolver::ResolverRule", {"DomainName": "aws.example.com", "RuleType": "SYSTEM", "Name": "own"}),
}  # fmt: skip
FILTERED: dict[str, tuple[str, Properties]] = {
    **NETWORK,
    "Domains": ("Route53Resolver::FirewallDomainList", {"Name": "own", "Domains": ["example.com"]}),
    "Filter": ("Route53Resolver::FirewallRuleGroup", {"Name": "filter"}),
}
FINDINGS = {"SeverityLabel": [{"Value": "LOW", "Comparison": "EQUALS"}]}
QUERY = "SELECT resourceId WHERE resourceType = 'AWS::S3::Bucket'"


LIVES = (
    Life("AccessAnalyzer::Analyzer", {"AnalyzerName": "analyzer", "Type": "ACCOUNT"}, {"Tags": TAGS},
        {"Tags": OTHER_TAGS}),
    Life("CloudTrail::Trail", TRAIL,
        {"IsMultiRegionTrail": True, "EnableLogFileValidation": True, "S3KeyPrefix": "a", "Tags": TAGS,
         "EventSelectors": [{"ReadWriteType": "WriteOnly", "IncludeManagementEvents": True}],
         "InsightSelectors": [{"InsightType": "ApiCallRateInsight"}]},
        {"IsLogging": False, "EnableLogFileValidation": False, "S3KeyPrefix": "b", "Tags": OTHER_TAGS,
         "EventSelectors": [{"ReadWriteType": "All"}]},
        _trail_bucket),
    Life("CloudWatch::Alarm", {**ALARM, "AlarmName": "alarm"},
        {"AlarmDescription": "a", "AlarmActions": [TOPIC], "TreatMissingData": "notBreaching", "Tags": TAGS,
         "Dimensions": [{"Name": "d", "Value": "1"}], "DatapointsToAlarm": 1},
        {"AlarmDescription": "b", "Threshold": 5.0, "Period": 60, "ActionsEnabled": False, "Tags": OTHER_TAGS}),
    Life("CodeBuild::Project", {"Name": "project", "ServiceRole": BUILD_ROLE,
         "Source": {"Type": "CODEPIPELINE", "BuildSpec": "plan.yml"}, "Artifacts": {"Type": "CODEPIPELINE"},
         "Environment": {"Type": "LINUX_CONTAINER", "ComputeType": "BUILD_GENERAL1_SMALL", "Image": "i"}},
        {"Description": "a", "TimeoutInMinutes": 90, "ConcurrentBuildLimit": 1, "AutoRetryLimit": 1},
        {"Description": "b", "Source": {"Type": "CODEPIPELINE", "BuildSpec": "apply.yml"}, "TimeoutInMinutes": 30,
         "LogsConfig": {"CloudWatchLogs": {"Status": "ENABLED", "GroupName": "group"}}},
        _building),
    Life("CodePipeline::Pipeline", {"Name": "pipeline", "RoleArn": PIPELINE_ROLE, "PipelineType": "V2",
         "ArtifactStore": {"Type": "S3", "Location": "bucket"},
         "Stages": [SOURCE, stage("Build", "CodeBuild", ["source"], [], ProjectName="project")]},
        {"Tags": TAGS, "ExecutionMode": "QUEUED", "Triggers": [{"ProviderType": "CodeStarSourceConnection",
         "GitConfiguration": {"SourceActionName": "Source", "PullRequest": [{"Events": ["OPEN"]}]}}]},
        {"Tags": OTHER_TAGS, "ExecutionMode": "PARALLEL",
         "Stages": [SOURCE, stage("Build", "CodeBuild", ["source"], ["built"], ProjectName="other")]},
        _building),
    Life("Config::AggregationAuthorization",
        {"AuthorizedAccountId": "222222222222", "AuthorizedAwsRegion": "us-east-1"}),
    Life("Config::ConfigRule", {"ConfigRuleName": "rule", "Source": {"Owner": "AWS",
         "SourceIdentifier": "ACCESS_KEYS_ROTATED"}, "InputParameters": {"maxAccessKeyAge": "90"}},
        {"Description": "a", "MaximumExecutionFrequency": "Six_Hours"},
        {"Description": "b", "InputParameters": {"maxAccessKeyAge": "30"}},
        _recording),
    Life("Config::ConfigurationAggregator", {"ConfigurationAggregatorName": "aggregator",
         "AccountAggregationSources": [{"AccountIds": ["222222222222"], "AllAwsRegions": True}]},
        {"Tags": TAGS},
        {"AccountAggregationSources": [{"AccountIds": ["333333333333"], "AwsRegions": ["us-east-1"]}],
         "Tags": OTHER_TAGS},
        _aggregating),
    Life("Config::ConfigurationRecorder", {"Name": "default", "RoleARN": RECORDER_ROLE},
        {"RecordingGroup": {"AllSupported": True, "IncludeGlobalResourceTypes": True},
         "RecordingMode": {"RecordingFrequency": "DAILY"}},
        {"RoleARN": f"arn:aws:iam::{OWNER}:role/other-recorder",
         "RecordingGroup": {"AllSupported": False, "ResourceTypes": ["AWS::S3::Bucket"]}},
        _channel_later),
    Life("Config::ConformancePack", {"ConformancePackName": "pack", "TemplateBody": PACK},
        {"DeliveryS3Bucket": "awsconfigconforms-a"}, {"TemplateBody": OTHER_PACK, "DeliveryS3KeyPrefix": "b"},
        _recording),
    Life("Config::DeliveryChannel", {"Name": "default", "S3BucketName": "config-logs"},
        {"ConfigSnapshotDeliveryProperties": {"DeliveryFrequency": "One_Hour"}},
        {"ConfigSnapshotDeliveryProperties": {"DeliveryFrequency": "Six_Hours"}},
        _recorder_only),
    Life("Config::OrganizationConfigRule",
        {"OrganizationConfigRuleName": "rule", "OrganizationManagedRuleMetadata": MANAGED},
        {"ExcludedAccounts": ["222222222222"], "OrganizationManagedRuleMetadata": {**MANAGED, "Description": "a"}},
        {"OrganizationManagedRuleMetadata": {"RuleIdentifier": "S3_BUCKET_LOGGING_ENABLED"}},
        _organization_rules),
    Life("Config::OrganizationConformancePack",
        {"OrganizationConformancePackName": "pack", "TemplateBody": PACK},
        {"ExcludedAccounts": ["222222222222"]}, {"TemplateBody": OTHER_PACK, "DeliveryS3Bucket": "awsconfigconforms-a"},
        _organization_rules),
    Life("Config::RemediationConfiguration",
        {"ConfigRuleName": "rule", "TargetType": "SSM_DOCUMENT", "TargetId": "AWS-EnableS3BucketEncryption"},
        {"Automatic": True, "MaximumAutomaticAttempts": 3, "RetryAttemptSeconds": 60,
         "Parameters": {"AutomationAssumeRole": {"StaticValue": {"Values": ["arn:aws:iam::123456789012:role/remedy"]}}}},
        {"TargetId": "AWS-ConfigureS3BucketLogging", "TargetVersion": "1",
         "ExecutionControls": {"SsmControls": {"ConcurrentExecutionRatePercentage": 5, "ErrorPercentage": 10}}},
        _rule_there),
    Life("Config::StoredQuery", {"QueryName": "query", "QueryExpression": QUERY},
        {"QueryDescription": "a", "Tags": TAGS}, {"QueryDescription": "b", "Tags": OTHER_TAGS}),
    Life(
        "Chatbot::SlackChannelConfiguration",
        {"ConfigurationName": "alarms", "IamRoleArn": f"arn:aws:iam::{OWNER}:role/chat", "SlackChannelId": "C0123ABCDEF",
         "SlackWorkspaceId": "T0123ABCD"},
        {"GuardrailPolicies": ["arn:aws:iam::aws:policy/AWSDenyAll"], "LoggingLevel": "ERROR",
         "SnsTopicArns": [TOPIC], "UserRoleRequired": False},
        {"GuardrailPolicies": ["arn:aws:iam::aws:policy/ReadOnlyAccess"], "LoggingLevel": "INFO",
         "SnsTopicArns": [TOPIC], "UserRoleRequired": True},
        needs=_topic,
    ),
    Life("Detective::Graph", {}, {"Tags": TAGS}, {"Tags": OTHER_TAGS}),
    Life("EC2::FlowLog", {"ResourceId": {"Ref": "Network"}, "ResourceType": "VPC", "TrafficType": "ALL",
         "LogGroupName": "group", "DeliverLogsPermissionArn": f"arn:aws:iam::{OWNER}:role/holder"},
        {"Tags": TAGS}, {"Tags": OTHER_TAGS}, _flow_logs, NETWORK),
    Life("EC2::IPAM", {"OperatingRegions": [{"RegionName": "us-east-1"}]}, {"Description": "a", "Tags": TAGS},
        {"Description": "b", "OperatingRegions": [{"RegionName": "us-east-1"}, {"RegionName": "eu-west-1"}],
         "Tags": OTHER_TAGS}),
    Life("EC2::IPAMPool", {"IpamScopeId": {"Fn::GetAtt": ["Ipam", "PrivateDefaultScopeId"]}, "AddressFamily": "ipv4",
         "Locale": "us-east-1"},
        {"ProvisionedCidrs": [{"Cidr": "10.0.0.0/16"}], "AllocationDefaultNetmaskLength": 20, "Tags": TAGS},
        {"ProvisionedCidrs": [{"Cidr": "10.0.0.0/16"}, {"Cidr": "10.1.0.0/16"}], "Tags": OTHER_TAGS,
         "AllocationDefaultNetmaskLength": 24, "AllocationMinNetmaskLength": 16, "AllocationMaxNetmaskLength": 28},
        around={"Ipam": ("EC2::IPAM", {"OperatingRegions": [{"RegionName": "us-east-1"}]})}),
    Life("EC2::Route", {"RouteTableId": {"Ref": "Routes"}, "DestinationCidrBlock": "172.16.0.0/12",
         "TransitGatewayId": {"Ref": "Hub"}}, around=TRANSIT),
    Life("EC2::RouteTable", {"VpcId": {"Ref": "Network"}}, {"Tags": TAGS}, {"Tags": OTHER_TAGS}, around=NETWORK),
    Life("EC2::SecurityGroup", {"VpcId": {"Ref": "Network"}, "GroupName": "group", "GroupDescription": "a"},
        {"SecurityGroupEgress": [{**HTTPS, "CidrIp": "0.0.0.0/0", "Description": "web"}], "Tags": TAGS,
         "SecurityGroupIngress": [{**HTTPS, "CidrIp": "10.0.0.0/8"}]},
        {"SecurityGroupIngress": [{**HTTPS, "CidrIp": "10.0.0.0/8"}, {**HTTPS, "CidrIp": "192.168.0.0/16"}],
         "Tags": OTHER_TAGS}, around=NETWORK),
    Life("EC2::SnapshotBlockPublicAccess", {"State": "block-all-sharing"}, {}, {"State": "block-new-sharing"}),
    Life("EC2::Subnet", {"VpcId": {"Ref": "Network"}, "CidrBlock": "10.0.9.0/24"},
        {"MapPublicIpOnLaunch": True, "Tags": TAGS}, {"MapPublicIpOnLaunch": False, "Tags": OTHER_TAGS},
        around=NETWORK),
    Life("EC2::SubnetRouteTableAssociation", {"SubnetId": {"Ref": "Subnet"}, "RouteTableId": {"Ref": "Routes"}},
        around=NETWORK),
    Life("EC2::TransitGateway", {"AmazonSideAsn": 64600},
        {"Description": "a", "DefaultRouteTableAssociation": "disable", "Tags": TAGS},
        {"Description": "b", "AutoAcceptSharedAttachments": "enable", "Tags": OTHER_TAGS}),
    Life("EC2::TransitGatewayAttachment", {"TransitGatewayId": {"Ref": "Hub"}, "VpcId": {"Ref": "Another"},
         "SubnetIds": [{"Ref": "Far"}]}, {"Tags": TAGS, "Options": {"DnsSupport": "enable"}},
        {"Tags": OTHER_TAGS, "Options": {"DnsSupport": "disable"}}, around=TRANSIT),
    Life("EC2::TransitGatewayRouteTable", {"TransitGatewayId": {"Ref": "Hub"}}, {"Tags": TAGS}, {"Tags": OTHER_TAGS},
        around=TRANSIT),
    Life("EC2::TransitGatewayRouteTableAssociation",
        {"TransitGatewayAttachmentId": {"Ref": "Attachment"}, "TransitGatewayRouteTableId": {"Ref": "Table"}},
        around=TRANSIT),
    Life("EC2::TransitGatewayRouteTablePropagation",
        {"TransitGatewayAttachmentId": {"Ref": "Attachment"}, "TransitGatewayRouteTableId": {"Ref": "Table"}},
        around=TRANSIT),
    Life("EC2::VPC", {"CidrBlock": "10.1.0.0/16"}, {"EnableDnsHostnames": True, "Tags": TAGS},
        {"EnableDnsHostnames": False, "EnableDnsSupport": False, "Tags": OTHER_TAGS}),
    Life("EC2::VPCEndpoint", {"VpcId": {"Ref": "Network"}, "ServiceName": "com.amazonaws.us-east-1.ssm",
         "VpcEndpointType": "Interface", "SubnetIds": [{"Ref": "Subnet"}]},
        {"PrivateDnsEnabled": True, "SecurityGroupIds": [{"Ref": "Group"}], "Tags": TAGS,
         "PolicyDocument": policy(allow("*", "ssm:*", "*"))},
        {"PrivateDnsEnabled": False, "SubnetIds": [{"Ref": "Subnet"}, {"Ref": "Other"}], "Tags": OTHER_TAGS,
         "PolicyDocument": policy(allow("*", "ssm:Get*", "*"))}, around=NETWORK),
    Life("Events::EventBus", {"Name": "bus"}, {"Description": "a", "Tags": TAGS},
        {"Description": "b", "Tags": OTHER_TAGS}),
    Life("Events::EventBusPolicy", {"EventBusName": "bus", "StatementId": "all", "Statement": _putting("333333333333")},
        {}, {"Statement": _putting("444444444444")}, _bus),
    Life("Events::Rule", {"Name": "rule", "EventPattern": {"source": ["aws.config"]}},
        {"Description": "a", "State": "DISABLED", "Tags": TAGS, "Targets": [{"Id": "topic", "Arn": TOPIC}]},
        {"Description": "b", "State": "ENABLED", "EventPattern": {"source": ["aws.iam"]}, "Tags": OTHER_TAGS,
         "Targets": [{"Id": "topic", "Arn": OTHER_TOPIC}, {"Id": "more", "Arn": TOPIC, "Input": "{}"}]},
        _topic),
    Life("GuardDuty::Detector", {"Enable": True},
        {"FindingPublishingFrequency": "ONE_HOUR", "Tags": TAGS,
         "Features": [{"Name": "S3_DATA_EVENTS", "Status": "DISABLED"}]},
        {"Enable": False, "FindingPublishingFrequency": "FIFTEEN_MINUTES", "Tags": OTHER_TAGS,
         "Features": [{"Name": "S3_DATA_EVENTS", "Status": "ENABLED"},
                      {"Name": "RDS_LOGIN_EVENTS", "Status": "DISABLED"}]}),
    Life("IAM::InstanceProfile", {"InstanceProfileName": "profile", "Roles": ["holder"]}, {},
        {"Roles": ["other-holder"]}, _holders),
    Life("IAM::OIDCProvider", {"Url": "https://gitlab.example.com", "ClientIdList": ["landing"]}, {"Tags": TAGS},
         {"ClientIdList": ["landing", "sts.amazonaws.com"], "Tags": OTHER_TAGS}),
    Life("IAM::ManagedPolicy", {"ManagedPolicyName": "policy", "PolicyDocument": policy(READING)},
        {"Roles": ["holder"]}, {"PolicyDocument": policy(LISTING), "Roles": ["other-holder"]}, _holders),
    Life("IAM::Policy", {"PolicyName": "policy", "PolicyDocument": policy(READING), "Roles": ["holder"]}, {},
        {"PolicyDocument": policy(LISTING), "Roles": ["holder", "other-holder"]}, _holders),
    Life("IAM::Role", {"RoleName": "role", "AssumeRolePolicyDocument": trust("ec2.amazonaws.com")},
        {"Description": "a", "MaxSessionDuration": 7200, "Tags": TAGS,
         "ManagedPolicyArns": ["arn:aws:iam::aws:policy/SecurityAudit"],
         "Policies": [{"PolicyName": "p", "PolicyDocument": policy(READING)}]},
        {"Description": "b", "MaxSessionDuration": 3600, "Tags": OTHER_TAGS,
         "AssumeRolePolicyDocument": trust("lambda.amazonaws.com"),
         "ManagedPolicyArns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
         "PermissionsBoundary": "arn:aws:iam::aws:policy/PowerUserAccess",
         "Policies": [{"PolicyName": "q", "PolicyDocument": policy(LISTING)}]}),
    Life("IAM::RolePolicy", {"PolicyName": "policy", "RoleName": "holder", "PolicyDocument": policy(READING)}, {},
        {"PolicyDocument": policy(LISTING)}, _holders),
    Life("IAM::ServiceLinkedRole", {"AWSServiceName": "config.amazonaws.com"}, {"Description": "a"},
        {"Description": "b"}),
    Life("Backup::BackupVault", {"BackupVaultName": "vault"},
        {"LockConfiguration": {"MinRetentionDays": 7}, "AccessPolicy": policy(allow({"AWS": "*"}, "backup:CopyIntoBackupVault", "*"))},
        {"LockConfiguration": {"MinRetentionDays": 14, "MaxRetentionDays": 30},
         "AccessPolicy": policy(allow(ROOT, "backup:CopyIntoBackupVault", "*"))}),
    Life("Budgets::Budget", {"Budget": {"BudgetType": "COST", "TimeUnit": "MONTHLY", "BudgetLimit": {"Amount": 10, "Unit": "USD"}}},
        {"Budget": {"BudgetType": "COST", "TimeUnit": "MONTHLY", "BudgetLimit": {"Amount": 20, "Unit": "USD"}}},
        {"Budget": {"BudgetType": "COST", "TimeUnit": "QUARTERLY", "BudgetLimit": {"Amount": 20, "Unit": "USD"}}}),
    Life("CE::AnomalyMonitor", {"MonitorName": "a", "MonitorType": "DIMENSIONAL", "MonitorDimension": "SERVICE"},
        {}, {"MonitorName": "b"}),
    Life("CE::AnomalySubscription", {"SubscriptionName": "a", "Frequency": "DAILY", "MonitorArnList": [],
         "Subscribers": [{"Type": "EMAIL", "Address": "a@example.com"}]},
        {"ThresholdExpression": impact(100)}, {"Frequency": "WEEKLY", "ThresholdExpression": impact(50)}),
    Life("ResourceExplorer2::Index", {"Type": "LOCAL"}, {"Tags": {"team": "security", "cost": "1"}},
        {"Type": "AGGREGATOR", "Tags": {"team": "platform"}}),
    Life("ResourceExplorer2::View", {"ViewName": "view"},
        {"Filters": {"FilterString": "-service:iam"}, "IncludedProperties": [{"Name": "tags"}], "Tags": {"team": "a"}},
        {"Filters": {"FilterString": ""}, "IncludedProperties": [], "Tags": {"team": "b"}}, _indexed),
    Life("ResourceExplorer2::DefaultViewAssociation", {"ViewArn": {"Ref": "View"}}, {}, {"ViewArn": {"Ref": "Other"}},
        _indexed, around={"View": ("ResourceExplorer2::View", {"ViewName": "view"}),
                          "Other": ("ResourceExplorer2::View", {"ViewName": "other"})}),
    Life("ECR::RegistryScanningConfiguration", {"ScanType": "BASIC", "Rules": []},
        {"Rules": [{"ScanFrequency": "SCAN_ON_PUSH", "RepositoryFilters": [{"Filter": "*", "FilterType": "WILDCARD"}]}]},
        {"ScanType": "ENHANCED", "Rules": [
            {"ScanFrequency": "CONTINUOUS_SCAN", "RepositoryFilters": [{"Filter": "prod*", "FilterType": "WILDCARD"}]}]}),
    Life("KMS::Alias", {"AliasName": "alias/a", "TargetKeyId": {"Ref": "Key"}}, {}, {"TargetKeyId": {"Ref": "Other"}},
        around={"Key": ("KMS::Key", {}), "Other": ("KMS::Key", {"Description": "another"})}),
    Life("KMS::Key", {},
        {"Description": "a", "EnableKeyRotation": True, "PendingWindowInDays": 7, "Tags": TAGS,
         "KeyPolicy": policy(allow(ROOT, "kms:*", "*"))},
        {"Description": "b", "Enabled": False, "EnableKeyRotation": True, "RotationPeriodInDays": 90,
         "Tags": OTHER_TAGS,
         "KeyPolicy": policy(allow(ROOT, "kms:*", "*"), allow({"AWS": "*"}, "kms:Decrypt", "*"))}),
    Life("Lambda::Function", {"FunctionName": "function", "Code": {"ZipFile": "def handler(event, context): pass"},
         "Handler": "index.handler", "Runtime": "python3.13", "Role": f"arn:aws:iam::{OWNER}:role/function"},
        {"Description": "a", "Timeout": 10, "MemorySize": 256, "Tags": TAGS,
         "Environment": {"Variables": {"TOPIC": "a"}}},
        {"Description": "b", "Timeout": 20, "MemorySize": 512, "Tags": OTHER_TAGS,
         "Environment": {"Variables": {"TOPIC": "b"}}},
        _function_role),
    Life("Lambda::Permission", {"FunctionName": "function", "Action": "lambda:InvokeFunction",
         "Principal": "events.amazonaws.com", "SourceArn": HERE.format(service="events", resource="rule/rule")},
        needs=_function),
    Life("Logs::LogGroup", {"LogGroupName": "group"}, {"RetentionInDays": 90, "Tags": TAGS},
        {"RetentionInDays": 365, "Tags": OTHER_TAGS}),
    Life("Logs::MetricFilter", {"FilterName": "filter", "FilterPattern": "ERROR", "LogGroupName": "group",
         "MetricTransformations": [{"MetricName": "m", "MetricNamespace": "n", "MetricValue": "1"}]},
        {"MetricTransformations": [{"MetricName": "m", "MetricNamespace": "n", "MetricValue": "1",
                                    "DefaultValue": 0, "Unit": "Count"}]},
        {"FilterPattern": "WARN", "MetricTransformations": [
            {"MetricName": "other", "MetricNamespace": "n", "MetricValue": "2"}]},
        _log_group),
    Life("Macie::Session", {}, {"FindingPublishingFrequency": "ONE_HOUR"},
        {"FindingPublishingFrequency": "SIX_HOURS", "Status": "PAUSED"}),
    Life("RAM::ResourceShare", {"Name": "share", "ResourceArns": [HERE.format(service="ec2", resource="subnet/a")]},
        {"AllowExternalPrincipals": False, "Tags": TAGS},
        {"Name": "other", "Tags": OTHER_TAGS, "ResourceArns": [HERE.format(service="ec2", resource="subnet/b")]}),
    Life("S3::Bucket", {"BucketName": "landing-bucket"},
        {"VersioningConfiguration": {"Status": "Enabled"}, "Tags": TAGS,
         "PublicAccessBlockConfiguration": {"BlockPublicAcls": True, "BlockPublicPolicy": False,
                                            "IgnorePublicAcls": True, "RestrictPublicBuckets": False}},
        {"VersioningConfiguration": {"Status": "Suspended"}, "Tags": OTHER_TAGS}),
    Life("S3::BucketPolicy", {"Bucket": "bucket", "PolicyDocument": policy(allow(ROOT, "s3:*", "arn:aws:s3:::bucket"))},
        {}, {"PolicyDocument": policy(allow(ROOT, "s3:ListBucket", "arn:aws:s3:::bucket"))}, _bucket),
    Life("SecurityHub::AutomationRule",
        {"RuleName": "rule", "RuleOrder": 1, "Description": "a", "Criteria": FINDINGS,
         "Actions": [{"Type": "FINDING_FIELDS_UPDATE",
                      "FindingFieldsUpdate": {"Workflow": {"Status": "SUPPRESSED"}}}]},
        {"IsTerminal": True}, {"Description": "b", "RuleStatus": "DISABLED"}, _hub),
    Life("SecurityHub::ConfigurationPolicy", {"Name": "policy", "ConfigurationPolicy": POLICY}),
    Life("SecurityHub::FindingAggregator", {"RegionLinkingMode": "ALL_REGIONS"},
        {"RegionLinkingMode": "SPECIFIED_REGIONS", "Regions": ["eu-west-1"]},
        {"RegionLinkingMode": "SPECIFIED_REGIONS", "Regions": ["eu-west-1", "eu-central-1"]}, _hub),
    Life("SecurityHub::Hub", {"EnableDefaultStandards": False},
        {"AutoEnableControls": False, "Tags": {"team": "security"}},
        {"ControlFindingGenerator": "STANDARD_CONTROL", "Tags": {"team": "platform"}}),
    Life("SecurityHub::PolicyAssociation", {}),
    Life("SNS::Subscription", {"TopicArn": TOPIC, "Protocol": "https", "Endpoint": "https://example.com/hook"},
        {"RawMessageDelivery": True, "FilterPolicy": {"level": ["high"]}},
        {"RawMessageDelivery": False, "FilterPolicy": {"level": ["low"]}}, _topic),
    Life("SNS::Topic", {"TopicName": "findings"},
        {"DisplayName": "a", "KmsMasterKeyId": "alias/aws/sns", "Tags": TAGS,
         "Subscription": [{"Protocol": "https", "Endpoint": "https://example.com/a"}]},
        {"DisplayName": "b", "Tags": OTHER_TAGS,
         "Subscription": [{"Protocol": "https", "Endpoint": "https://example.com/b"}]}),
    Life("SNS::TopicPolicy", {"Topics": [TOPIC], "PolicyDocument": policy(allow(ROOT, "sns:Publish", TOPIC))}, {},
        {"PolicyDocument": policy(allow({"Service": "events.amazonaws.com"}, "sns:Publish", TOPIC))}, _topic),
    Life("Route53::HostedZone", {"Name": "shop.example.com",
         "VPCs": [{"VPCId": {"Ref": "Network"}, "VPCRegion": "us-east-1"}]},
        {"HostedZoneConfig": {"Comment": "a"}, "HostedZoneTags": TAGS},
        {"HostedZoneConfig": {"Comment": "b"}, "HostedZoneTags": OTHER_TAGS,
         "VPCs": [{"VPCId": {"Ref": "Network"}, "VPCRegion": "us-east-1"},
                  {"VPCId": {"Ref": "Another"}, "VPCRegion": "us-east-1"}]}, around=TRANSIT),
    Life("Route53Resolver::FirewallDomainList", {"Name": "a", "Domains": ["example.org"]}, {},
        {"Domains": ["example.org", "*.example.net"]}),
    Life("Route53Resolver::FirewallRuleGroup", {"Name": "a"},
        {"FirewallRules": [{"Priority": 1, "Action": "ALLOW", "FirewallDomainListId": {"Ref": "Domains"}}]},
        {"FirewallRules": [{"Priority": 2, "Action": "BLOCK", "BlockResponse": "NODATA",
                            "DnsThreatProtection": "DGA", "ConfidenceThreshold": "HIGH"}]}, around=FILTERED),
    Life("Route53Resolver::FirewallRuleGroupAssociation",
        {"FirewallRuleGroupId": {"Ref": "Filter"}, "VpcId": {"Ref": "Network"}, "Priority": 101, "Name": "a"},
        {"MutationProtection": "DISABLED"}, {"Priority": 200, "Name": "b"}, around=FILTERED),
    Life("Route53Resolver::ResolverEndpoint", {"Direction": "OUTBOUND", "Name": "a",
         "SecurityGroupIds": [{"Ref": "Group"}],
         "IpAddresses": [{"SubnetId": {"Ref": "Subnet"}}, {"SubnetId": {"Ref": "Other"}}]},
        {"Tags": TAGS}, {"Name": "b", "Tags": OTHER_TAGS,
         "IpAddresses": [{"SubnetId": {"Ref": "Subnet"}}, {"SubnetId": {"Ref": "Third"}}]}, around=RESOLVER),
    Life("Route53Resolver::ResolverRule", {"DomainName": "corp.example.com", "RuleType": "FORWARD", "Name": "a",
         "ResolverEndpointId": {"Ref": "Outbound"}, "TargetIps": [{"Ip": "10.9.0.2", "Port": "53"}]},
        {"Tags": TAGS}, {"Name": "b", "TargetIps": [{"Ip": "10.9.0.3", "Port": "5353"}], "Tags": OTHER_TAGS},
        around=RESOLVER),
    Life("Route53Resolver::ResolverRuleAssociation",
        {"ResolverRuleId": {"Ref": "Local"}, "VPCId": {"Ref": "Network"}, "Name": "a"}, around=RESOLVER),
    Life("Route53Resolver::ResolverQueryLoggingConfig", {"Name": "a", "DestinationArn": "arn:aws:s3:::query-logs"}, needs=_query_logs),
    Life("SSM::Association", {"Name": "AWS-GatherSoftwareInventory", "Targets": [{"Key": "InstanceIds", "Values": ["*"]}]},
        {"ScheduleExpression": "rate(1 day)", "AssociationName": "nightly", "Parameters": {"applications": ["Enabled"]}},
        {"ScheduleExpression": "rate(2 days)", "AssociationName": "nightly", "MaxErrors": "10%"}),
    Life("SSM::PatchBaseline", {"Name": "base", "OperatingSystem": "SUSE"},
        {"Description": "a", "RejectedPatches": ["bad"]}, {"Description": "b", "RejectedPatchesAction": "BLOCK"}),
    Life("SSM::ResourceDataSync", {"SyncName": "a", "SyncType": "SyncToDestination",
         "S3Destination": {"BucketName": "bucket", "BucketRegion": "us-east-1", "SyncFormat": "JsonSerDe"}}),
    Life("SSM::Document", {"Name": "document", "DocumentType": "Command",
         "Content": {"schemaVersion": "2.2", "description": "a", "mainSteps": []}}, {"Tags": TAGS},
        {"Content": {"schemaVersion": "2.2", "description": "b", "mainSteps": []}, "Tags": OTHER_TAGS}),
    Life("SSM::Parameter", {"Name": "/p", "Type": "String", "Value": "a"}, {"Description": "a"}, {"Value": "b"}),
    Life("SSM::ServiceSetting", {"SettingId": "/ssm/documents/console/public-sharing-permission",
         "SettingValue": "Disable"}, {}, {"SettingValue": "Enable"}),
)  # fmt: skip
