"""Amazon SNS: topics, their policies, subscriptions."""

from __future__ import annotations

import json
from typing import Any

from landing.sandbox.services.cloudformation.types.base import Properties, ResourceType, Site, changed, document, parsed
from landing.sandbox.services.cloudformation.types.tags import TagCalls

ATTRIBUTES = ("ContentBasedDeduplication", "DisplayName", "KmsMasterKeyId", "SignatureVersion")


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else value if isinstance(value, str) else json.dumps(value)


class Topic(ResourceType):
    """AWS::SNS::Topic."""

    name = "AWS::SNS::Topic"
    properties = frozenset({*ATTRIBUTES, "FifoTopic", "Subscription", "Tags", "TopicName"})
    tagging = TagCalls("sns")

    def create(self, site: Site, properties: Properties) -> str:
        """CreateTopic, then its subscriptions; the physical id is the ARN."""
        client = site.client("sns")
        fifo = bool(properties.get("FifoTopic"))
        name = properties.get("TopicName") or site.unique_name(256 - 5 * fifo) + ".fifo" * fifo
        attributes = {name: _text(properties[name]) for name in (*ATTRIBUTES, "FifoTopic") if name in properties}
        tags = {"Tags": properties["Tags"]} if properties.get("Tags") else {}
        arn: str = client.create_topic(Name=name, Attributes=attributes, **tags)["TopicArn"]
        self._subscribe(client, arn, [], properties.get("Subscription", []))
        return arn

    def _subscribe(self, client: Any, arn: str, before: list[Any], after: list[Any]) -> None:
        for one in (one for one in after if one not in before):
            client.subscribe(TopicArn=arn, Protocol=one["Protocol"], Endpoint=one["Endpoint"])
        gone = [(one["Protocol"], one["Endpoint"]) for one in before if one not in after]
        for live in _subscriptions(client, arn) if gone else ():
            if (live["Protocol"], live["Endpoint"]) in gone:
                client.unsubscribe(SubscriptionArn=live["SubscriptionArn"])

    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """GetTopicAttributes; subscriptions of others are not compared."""
        client = site.client("sns")
        attributes = client.get_topic_attributes(TopicArn=physical_id)["Attributes"]
        live: dict[str, Any] = {name: attributes[name] for name in ATTRIBUTES if name in attributes}
        for name in ("FifoTopic", "ContentBasedDeduplication"):
            if name in attributes:
                live[name] = attributes[name] == "true"
        live["TopicName"] = physical_id.rpartition(":")[2]
        there = [{name: one[name] for name in ("Protocol", "Endpoint")} for one in _subscriptions(client, physical_id)]
        live["Subscription"] = [one for one in expected.get("Subscription", ()) if one in there]
        return live

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """Attribute by attribute; one that is gone is emptied."""
        client = site.client("sns")
        off = {"ContentBasedDeduplication": "false", "SignatureVersion": "1"}
        for name in ATTRIBUTES:
            if changed(before, after, name):
                value = _text(after[name]) if name in after else off.get(name, "")
                client.set_topic_attributes(TopicArn=physical_id, AttributeName=name, AttributeValue=value)
        self._subscribe(client, physical_id, before.get("Subscription", []), after.get("Subscription", []))

    def delete(self, site: Site, physical_id: str, properties: Properties) -> None:
        """DeleteTopic."""
        site.client("sns").delete_topic(TopicArn=physical_id)

    def attributes(self, site: Site, physical_id: str, properties: Properties) -> Properties:
        """ARN and name."""
        return {"TopicArn": physical_id, "TopicName": physical_id.rpartition(":")[2]}


def _subscriptions(client: Any, topic: str) -> list[dict[str, Any]]:
    pages = client.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)
    return [one for page in pages for one in page["Subscriptions"]]


class TopicPolicy(ResourceType):
    """AWS::SNS::TopicPolicy."""

    name = "AWS::SNS::TopicPolicy"
    properties = frozenset({"PolicyDocument", "Topics"})

    def create(self, site: Site, properties: Properties) -> str:
        """The same policy for each topic."""
        self.update(site, "", {}, properties)
        return site.unique_name()

    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """Of the topics that are there; the first policy that differs shows."""
        client, policy, topics = site.client("sns"), expected["PolicyDocument"], []
        for topic in expected["Topics"]:
            live = parsed(client.get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"])
            policy = live if policy == expected["PolicyDocument"] else policy
            topics.append(topic)
        return {"PolicyDocument": policy, "Topics": topics}

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """Topics that are no longer named get the policy of a new topic."""
        self._reset(site, [topic for topic in before.get("Topics", ()) if topic not in after["Topics"]])
        for topic in after["Topics"]:
            site.client("sns").set_topic_attributes(
                TopicArn=topic, AttributeName="Policy", AttributeValue=document(after["PolicyDocument"])
            )

    def delete(self, site: Site, physical_id: str, properties: Properties) -> None:
        """Each topic gets the policy of a new one."""
        self._reset(site, properties["Topics"])

    def _reset(self, site: Site, topics: list[str]) -> None:
        for topic in topics:
            site.client("sns").set_topic_attributes(
                TopicArn=topic, AttributeName="Policy", AttributeValue=document(_default(site, topic))
            )


def _default(site: Site, topic: str) -> Properties:
    """The policy of a new topic: for its own account (SNS Developer Guide, "Default policy")."""
    actions = (
        "GetTopicAttributes", "SetTopicAttributes", "AddPermission", "RemovePermission", "DeleteTopic", "Subscribe",
        "ListSubscriptionsByTopic", "Publish",
    )  # fmt: skip
    statement = {
        "Sid": "__default_statement_ID",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": [f"SNS:{action}" for action in actions],
        "Resource": topic,
        "Condition": {"StringEquals": {"AWS:SourceOwner": site.account}},
    }
    return {"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [statement]}


class Subscription(ResourceType):
    """AWS::SNS::Subscription."""

    name = "AWS::SNS::Subscription"
    changeable = ("DeliveryPolicy", "FilterPolicy", "FilterPolicyScope", "RawMessageDelivery", "RedrivePolicy")
    properties = frozenset({*changeable, "Endpoint", "Protocol", "TopicArn"})

    def create(self, site: Site, properties: Properties) -> str:
        """Subscribe; the physical id is the ARN."""
        attributes = {name: _text(properties[name]) for name in self.changeable if name in properties}
        made = site.client("sns").subscribe(
            TopicArn=properties["TopicArn"],
            Protocol=properties["Protocol"],
            Endpoint=properties["Endpoint"],
            Attributes=attributes,
            ReturnSubscriptionArn=True,
        )
        arn: str = made["SubscriptionArn"]
        return arn

    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """GetSubscriptionAttributes."""
        live = site.client("sns").get_subscription_attributes(SubscriptionArn=physical_id)["Attributes"]
        shown: dict[str, Any] = {name: live[name] for name in ("Endpoint", "Protocol", "TopicArn") if name in live}
        for name in self.changeable:
            if live.get(name):
                shown[name] = live[name] if name == "FilterPolicyScope" else json.loads(live[name])
        return shown

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """Attribute by attribute; one that is gone is emptied."""
        off = {"FilterPolicyScope": "MessageAttributes", "RawMessageDelivery": "false"}
        for name in self.changeable:
            if changed(before, after, name):
                value = _text(after[name]) if name in after else off.get(name, "{}")
                site.client("sns").set_subscription_attributes(
                    SubscriptionArn=physical_id, AttributeName=name, AttributeValue=value
                )

    def delete(self, site: Site, physical_id: str, properties: Properties) -> None:
        """Unsubscribe."""
        site.client("sns").unsubscribe(SubscriptionArn=physical_id)
