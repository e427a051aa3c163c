"""AWS Config in an account: recorder, delivery channel, aggregator, authorization."""

from __future__ import annotations

from typing import Any

from landing.sandbox.services.cloudformation.types.base import (
    Properties,
    ResourceType,
    Site,
    found,
    given,
    lowered,
    raised,
    refused,
    retag,
    tag_list,
)


class ConfigurationRecorder(ResourceType):
    """AWS::Config::ConfigurationRecorder."""

    name = "AWS::Config::ConfigurationRecorder"
    properties = frozenset({"Name", "RecordingGroup", "RecordingMode", "RoleARN"})

    def create(self, site: Site, properties: Properties) -> str:
        """CloudFormation starts the recorder as soon as there is a delivery channel (Template reference)."""
        client = site.client("config")
        name: str = properties.get("Name") or site.unique_name()
        if found(client.describe_configuration_recorders, ConfigurationRecorderNames=[name]):
            raise refused("CreateRecorder", "AlreadyExists", f"The configuration recorder {name} already exists.")
        self._put(client, name, properties)
        if client.describe_delivery_channels()["DeliveryChannels"]:
            client.start_configuration_recorder(ConfigurationRecorderName=name)
        return name

    def _put(self, client: Any, name: str, properties: Properties) -> None:
        recorder = lowered(given(properties, roleARN="RoleARN"))
        recorder |= lowered(given(properties, recordingGroup="RecordingGroup", recordingMode="RecordingMode"))
        client.put_configuration_recorder(ConfigurationRecorder={"name": name, **recorder})

    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """Whether it is recording is no property of the resource."""
        recorders = site.client("config").describe_configuration_recorders(ConfigurationRecorderNames=[physical_id])
        recorder: dict[str, Any] = recorders["ConfigurationRecorders"][0]
        live: dict[str, Any] = {"Name": physical_id, "RoleARN": recorder["roleARN"]}
        live |= raised(given(recorder, recordingGroup="recordingGroup", recordingMode="recordingMode"))
        return live

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """PutConfigurationRecorder again, as a whole."""
        self._put(site.client("config"), physical_id, after)

    def delete(self, site: Site, physical_id: str, properties: Properties) -> None:
        """DeleteConfigurationRecorder stops it, too."""
        site.client("config").delete_configuration_recorder(ConfigurationRecorderName=physical_id)


class DeliveryChannel(ResourceType):
    """AWS::Config::DeliveryChannel."""

    name = "AWS::Config::DeliveryChannel"
    properties = frozenset({
        "ConfigSnapshotDeliveryProperties", "Name", "S3BucketName", "S3KeyPrefix", "S3KmsKeyArn", "SnsTopicARN",
    })  # fmt: skip

    def create(self, site: Site, properties: Properties) -> str:
        """The recorder starts as soon as there is a delivery channel (Template reference)."""
        client = site.client("config")
        name: str = properties.get("Name") or site.unique_name()
        if found(client.describe_delivery_channels, DeliveryChannelNames=[name]):
            raise refused("CreateChannel", "AlreadyExists", f"The delivery channel {name} already exists.")
        client.put_delivery_channel(DeliveryChannel={**lowered(properties), "name": name})
        for recorder in client.describe_configuration_recorders()["ConfigurationRecorders"]:
            client.start_configuration_recorder(ConfigurationRecorderName=recorder["name"])
        return name

    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """DescribeDeliveryChannels."""
        channels = site.client("config").describe_delivery_channels(DeliveryChannelNames=[physical_id])
        live: Properties = raised(channels["DeliveryChannels"][0])
        return live

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """PutDeliveryChannel again, as a whole."""
        site.client("config").put_delivery_channel(DeliveryChannel={**lowered(after), "name": physical_id})

    def delete(self, site: Site, physical_id: str, properties: Properties) -> None:
        """The recorder, which would keep it from being deleted, is stopped."""
        client = site.client("config")
        for recorder in client.describe_configuration_recorders()["ConfigurationRecorders"]:
            client.stop_configuration_recorder(ConfigurationRecorderName=recorder["name"])
        client.delete_delivery_channel(DeliveryChannelName=physical_id)


class ConfigurationAggregator(ResourceType):
    """AWS::Config::ConfigurationAggregator."""

    name = "AWS::Config::ConfigurationAggregator"
    properties = frozenset({
        "AccountAggregationSources", "ConfigurationAggregatorName", "OrganizationAggregationSource", "Tags",
    })  # fmt: skip
    sources = ("AccountAggregationSources", "OrganizationAggregationSource")

    def create(self, site: Site, properties: Properties) -> str:
        """PutConfigurationAggregator."""
        client = site.client("config")
        name: str = properties.get("ConfigurationAggregatorName") or site.unique_name(256)
        if found(client.describe_configuration_aggregators, ConfigurationAggregatorNames=[name]):
            raise refused("CreateAggregator", "AlreadyExists", f"The aggregator {name} already exists.")
        client.put_configuration_aggregator(**self._wanted(name, properties), **given(properties, Tags="Tags"))
        return name

    def _wanted(self, name: str, properties: Properties) -> dict[str, Any]:
        sources = given(properties, **{source: source for source in self.sources})
        return {"ConfigurationAggregatorName": name, **sources}

    def _found(self, site: Site, name: str) -> dict[str, Any]:
        client = site.client("config")
        aggregators = client.describe_configuration_aggregators(ConfigurationAggregatorNames=[name])
        aggregator: dict[str, Any] = aggregators["ConfigurationAggregators"][0]
        return aggregator

    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """DescribeConfigurationAggregators."""
        aggregator = self._found(site, physical_id)
        live = self._wanted(physical_id, aggregator)
        if "Tags" in expected:
            arn = aggregator["ConfigurationAggregatorArn"]
            live["Tags"] = tag_list(site.client("config").list_tags_for_resource(ResourceArn=arn)["Tags"])
        return live

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """PutConfigurationAggregator again, as a whole."""
        client = site.client("config")
        arn = client.put_configuration_aggregator(**self._wanted(physical_id, after))["ConfigurationAggregator"][
            "ConfigurationAggregatorArn"
        ]
        retag_config(client, arn, before, after)

    def delete(self, site: Site, physical_id: str, properties: Properties) -> None:
        """DeleteConfigurationAggregator."""
        site.client("config").delete_configuration_aggregator(ConfigurationAggregatorName=physical_id)

    def attributes(self, site: Site, physical_id: str, properties: Properties) -> Properties:
        """The ARN, which ends in an id of its own."""
        return {"ConfigurationAggregatorArn": self._found(site, physical_id)["ConfigurationAggregatorArn"]}


def retag_config(client: Any, arn: str, before: Properties, after: Properties) -> None:
    """The tags of anything in AWS Config."""
    retag(
        before.get("Tags"),
        after.get("Tags"),
        lambda tags: client.tag_resource(ResourceArn=arn, Tags=tags),
        lambda keys: client.untag_resource(ResourceArn=arn, TagKeys=keys),
    )


class AggregationAuthorization(ResourceType):
    """AWS::Config::AggregationAuthorization."""

    name = "AWS::Config::AggregationAuthorization"
    properties = frozenset({"AuthorizedAccountId", "AuthorizedAwsRegion"})

    def create(self, site: Site, properties: Properties) -> str:
        """PutAggregationAuthorization; the physical id is the pair."""
        site.client("config").put_aggregation_authorization(**properties)
        return f"{properties['AuthorizedAccountId']}|{properties['AuthorizedAwsRegion']}"

    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """DescribeAggregationAuthorizations."""
        pages = site.client("config").get_paginator("describe_aggregation_authorizations").paginate()
        known = [one for page in pages for one in page["AggregationAuthorizations"]]
        pair = _pair(physical_id)
        return pair if any(pair.items() <= one.items() for one in known) else None

    def delete(self, site: Site, physical_id: str, properties: Properties) -> None:
        """DeleteAggregationAuthorization."""
        site.client("config").delete_aggregation_authorization(**_pair(physical_id))

    def attributes(self, site: Site, physical_id: str, properties: Properties) -> Properties:
        """The ARN."""
        resource = f"aggregation-authorization/{physical_id.replace('|', '/')}"
        return {"AggregationAuthorizationArn": site.arn("config", resource)}


def _pair(physical_id: str) -> dict[str, str]:
    account, _, region = physical_id.partition("|")
    return {"AuthorizedAccountId": account, "AuthorizedAwsRegion": region}
