"""AWS Config: recorders, delivery channels, aggregators, rules and packs, of an account and of an organization."""

from __future__ import annotations

from typing import Any, ClassVar

from landing.sandbox.protocol.model import service_model
from landing.sandbox.services.cloudformation.types.api import ApiType, fitted
from landing.sandbox.services.cloudformation.types.base import Properties, Site, found, refused
from landing.sandbox.services.cloudformation.types.tags import TagCalls

REASONS = ("ConformancePackStatusReason", "ErrorCode", "ErrorMessage")
"""Members by which the service tells why something failed."""
LOOKS = 1000
"""How often a handler looks whether a thing in the background is done before it gives up."""


class ConfigurationRecorder(ApiType):
    """AWS::Config::ConfigurationRecorder; whether it is recording is no property of it."""

    name = "AWS::Config::ConfigurationRecorder"
    properties = frozenset({"Name", "RecordingGroup", "RecordingMode", "RoleARN"})
    service, key, named = "config", "ConfigurationRecorderName", "Name"
    creates, deletes = "PutConfigurationRecorder", "DeleteConfigurationRecorder"
    holder, describes, described = "ConfigurationRecorder", "DescribeConfigurationRecorders", "ConfigurationRecorders"

    def create(self, site: Site, properties: Properties) -> str:
        """CloudFormation starts the recorder as soon as there is a delivery channel (Template reference)."""
        name, client = super().create(site, properties), site.client("config")
        if client.describe_delivery_channels()["DeliveryChannels"]:
            client.start_configuration_recorder(ConfigurationRecorderName=name)
        return name


class DeliveryChannel(ApiType):
    """AWS::Config::DeliveryChannel."""

    name = "AWS::Config::DeliveryChannel"
    properties = frozenset({
        "ConfigSnapshotDeliveryProperties", "Name", "S3BucketName", "S3KeyPrefix", "S3KmsKeyArn", "SnsTopicARN",
    })  # fmt: skip
    service, key, named = "config", "DeliveryChannelName", "Name"
    creates, deletes = "PutDeliveryChannel", "DeleteDeliveryChannel"
    holder, describes, described = "DeliveryChannel", "DescribeDeliveryChannels", "DeliveryChannels"

    def create(self, site: Site, properties: Properties) -> str:
        """The recorder starts as soon as there is a delivery channel (Template reference)."""
        name, client = super().create(site, properties), site.client("config")
        for recorder in client.describe_configuration_recorders()["ConfigurationRecorders"]:
            client.start_configuration_recorder(ConfigurationRecorderName=recorder["name"])
        return name

    def delete(self, site: Site, physical_id: str, properties: Properties) -> None:
        """The recorder, which would keep it from being deleted, is stopped."""
        client = site.client("config")
        for recorder in client.describe_configuration_recorders()["ConfigurationRecorders"]:
            client.stop_configuration_recorder(ConfigurationRecorderName=recorder["name"])
        super().delete(site, physical_id, properties)


class ConfigurationAggregator(ApiType):
    """AWS::Config::ConfigurationAggregator."""

    name = "AWS::Config::ConfigurationAggregator"
    properties = frozenset({
        "AccountAggregationSources", "ConfigurationAggregatorName", "OrganizationAggregationSource", "Tags",
    })  # fmt: skip
    service, key, named, longest = "config", "ConfigurationAggregatorName", "ConfigurationAggregatorName", 256
    creates, deletes = "PutConfigurationAggregator", "DeleteConfigurationAggregator"
    describes, described = "DescribeConfigurationAggregators", "ConfigurationAggregators"
    tagging = TagCalls("config")


class AggregationAuthorization(ApiType):
    """AWS::Config::AggregationAuthorization."""

    name = "AWS::Config::AggregationAuthorization"
    properties = frozenset({"AuthorizedAccountId", "AuthorizedAwsRegion"})
    service, joined = "config", ("AuthorizedAccountId", "AuthorizedAwsRegion")
    creates, deletes = "PutAggregationAuthorization", "DeleteAggregationAuthorization"
    describes, described = "DescribeAggregationAuthorizations", "AggregationAuthorizations"


class ConfigRule(ApiType):
    """AWS::Config::ConfigRule."""

    name = "AWS::Config::ConfigRule"
    properties = frozenset({
        "ConfigRuleName", "Description", "EvaluationModes", "InputParameters", "MaximumExecutionFrequency", "Scope",
        "Source",
    })  # fmt: skip
    service, key, named, longest = "config", "ConfigRuleName", "ConfigRuleName", 128
    creates, deletes, holder = "PutConfigRule", "DeleteConfigRule", "ConfigRule"
    describes, described = "DescribeConfigRules", "ConfigRules"


class RemediationConfiguration(ApiType):
    """AWS::Config::RemediationConfiguration, one for a rule."""

    name = "AWS::Config::RemediationConfiguration"
    properties = frozenset({
        "Automatic", "ConfigRuleName", "ExecutionControls", "MaximumAutomaticAttempts", "Parameters", "ResourceType",
        "RetryAttemptSeconds", "TargetId", "TargetType", "TargetVersion",
    })  # fmt: skip
    service, key, named = "config", "ConfigRuleName", "ConfigRuleName"
    creates, deletes = "PutRemediationConfigurations", "DeleteRemediationConfiguration"
    describes, described = "DescribeRemediationConfigurations", "RemediationConfigurations"

    def _call(self, site: Site, operation: str, name: str | None, properties: Properties) -> dict[str, Any]:
        if operation != self.creates:
            return super()._call(site, operation, name, properties)
        shape = service_model("config").operation_model(operation).input_shape
        wanted = fitted(shape.members["RemediationConfigurations"].member, properties)
        answer: dict[str, Any] = site.client("config").put_remediation_configurations(
            RemediationConfigurations=[wanted]
        )
        return answer


class Deployed(ApiType):
    """What is made and deleted in the background, and waited for."""

    service = "config"
    tells: str
    """The operation that says how far it is."""
    states: tuple[str, str]
    """In its answer: the list, and in that the member with the state."""

    def delete(self, site: Site, physical_id: str, properties: Properties) -> None:
        """Waited for, too."""
        super().delete(site, physical_id, properties)
        self._wait(site, self.deletes, physical_id)

    def _call(self, site: Site, operation: str, name: str | None, properties: Properties) -> dict[str, Any]:
        answer = super()._call(site, operation, name, properties)
        if operation == self.creates:
            assert name is not None
            self._wait(site, operation, name)
        return answer

    def _wait(self, site: Site, operation: str, name: str) -> None:
        for _ in range(LOOKS):
            answer = found(super()._call, site=site, operation=self.tells, name=name, properties={})
            one: dict[str, str] = next(iter(answer[self.states[0]]), {}) if answer else {}
            state = one.get(self.states[1], "DELETE_COMPLETE")
            if not state.endswith("_IN_PROGRESS"):
                break
        if not state.endswith(("_COMPLETE", "_SUCCESSFUL")):
            reasons = [one[name] for name in REASONS if name in one]
            raise refused(operation, "NotStabilized", f"{state}: {' '.join(reasons)}")


class ConformancePack(Deployed):
    """AWS::Config::ConformancePack; the template cannot be read back."""

    name = "AWS::Config::ConformancePack"
    properties = frozenset({
        "ConformancePackInputParameters", "ConformancePackName", "DeliveryS3Bucket", "DeliveryS3KeyPrefix", "Tags",
        "TemplateBody", "TemplateS3Uri",
    })  # fmt: skip
    key = named = "ConformancePackName"
    creates, deletes = "PutConformancePack", "DeleteConformancePack"
    describes, described = "DescribeConformancePacks", "ConformancePackDetails"
    tells, states = "DescribeConformancePackStatus", ("ConformancePackStatusDetails", "ConformancePackState")
    tagging = TagCalls("config")


class OrganizationConfigRule(Deployed):
    """AWS::Config::OrganizationConfigRule."""

    name = "AWS::Config::OrganizationConfigRule"
    properties = frozenset({
        "ExcludedAccounts", "OrganizationConfigRuleName", "OrganizationCustomPolicyRuleMetadata",
        "OrganizationCustomRuleMetadata", "OrganizationManagedRuleMetadata",
    })  # fmt: skip
    key = named = "OrganizationConfigRuleName"
    creates, deletes = "PutOrganizationConfigRule", "DeleteOrganizationConfigRule"
    describes, described = "DescribeOrganizationConfigRules", "OrganizationConfigRules"
    tells = "DescribeOrganizationConfigRuleStatuses"
    states = ("OrganizationConfigRuleStatuses", "OrganizationRuleStatus")


class OrganizationConformancePack(Deployed):
    """AWS::Config::OrganizationConformancePack; the template cannot be read back."""

    name = "AWS::Config::OrganizationConformancePack"
    properties = frozenset({
        "ConformancePackInputParameters", "DeliveryS3Bucket", "DeliveryS3KeyPrefix", "ExcludedAccounts",
        "OrganizationConformancePackName", "TemplateBody", "TemplateS3Uri",
    })  # fmt: skip
    key = named = "OrganizationConformancePackName"
    creates, deletes = "PutOrganizationConformancePack", "DeleteOrganizationConformancePack"
    describes, described = "DescribeOrganizationConformancePacks", "OrganizationConformancePacks"
    tells, states = "DescribeOrganizationConformancePackStatuses", ("OrganizationConformancePackStatuses", "Status")


class StoredQuery(ApiType):
    """AWS::Config::StoredQuery."""

    name = "AWS::Config::StoredQuery"
    properties = frozenset({"QueryDescription", "QueryExpression", "QueryName", "Tags"})
    service, key, named, longest = "config", "QueryName", "QueryName", 64
    creates, deletes, holder = "PutStoredQuery", "DeleteStoredQuery", "StoredQuery"
    describes, described = "GetStoredQuery", "StoredQuery"
    other_names: ClassVar = {"QueryDescription": "Description", "QueryExpression": "Expression"}
    tagging = TagCalls("config")
