"""Amazon SNS: moto's, with subscriptions that somebody must confirm (SNS API reference)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from landing.sandbox.moto.probes import refuses
from landing.sandbox.protocol.documents import is_object
from landing.sandbox.protocol.http import HttpAnswer
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.service import Nothing, Probe, ProbedSandbox, Service

CONFIRMED_BY_PEOPLE = ("email", "email-json", "http", "https")
PENDING = "PendingConfirmation"
CHAT = "https://global.sns-api.chatbot.amazonaws.com"
"""Amazon Q Developer in chat applications, which confirms by itself."""
SETTABLE = frozenset({
    "ArchivePolicy", "ContentBasedDeduplication", "DeliveryPolicy", "DisplayName", "FifoThroughputScope",
    "KmsMasterKeyId", "Policy", "SignatureVersion", "TracingConfig",
    *(
        f"{target}{what}"
        for target in ("Application", "Firehose", "HTTP", "Lambda", "SQS")
        for what in ("FailureFeedbackRoleArn", "SuccessFeedbackRoleArn", "SuccessFeedbackSampleRate")
    ),
})  # fmt: skip
"""API reference, SetTopicAttributes."""


def _topic(sandbox: ProbedSandbox) -> tuple[Any, str]:
    sns: Any = sandbox.session().client("sns", region_name="us-east-1")
    return sns, sns.create_topic(Name="probe")["TopicArn"]


def people_confirm(sandbox: ProbedSandbox) -> bool:
    """The probe: a subscription by e-mail is pending, wherever one looks."""
    sns, topic = _topic(sandbox)
    arn = sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="a@example.com")["SubscriptionArn"]
    listed = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"][0]["SubscriptionArn"]
    everywhere = sns.list_subscriptions()["Subscriptions"][0]["SubscriptionArn"]
    arn2 = sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="b@example.com", ReturnSubscriptionArn=True)
    read = sns.get_subscription_attributes(SubscriptionArn=arn2["SubscriptionArn"])["Attributes"]
    found = (arn, listed, everywhere, read["PendingConfirmation"])
    return found == ("pending confirmation", PENDING, PENDING, "true")


def attributes_are_checked(sandbox: ProbedSandbox) -> bool:
    """The probe: a topic has no attribute of any name."""
    sns, topic = _topic(sandbox)
    attribute = {"AttributeName": "Colour", "AttributeValue": "red"}
    return refuses(sns.set_topic_attributes, "InvalidParameter", TopicArn=topic, **attribute)


class Sns(Service[Nothing]):
    """Topics, policies and messages are moto's."""

    name = "sns"
    extends = True
    state_type = Nothing
    probes: ClassVar[Mapping[str, Probe]] = {
        "SetTopicAttributes": attributes_are_checked,
        **dict.fromkeys(
            ("GetSubscriptionAttributes", "ListSubscriptions", "ListSubscriptionsByTopic", "Subscribe"),
            people_confirm,
        ),
    }

    def set_topic_attributes(self, call: Call) -> HttpAnswer:
        """Moto sets any attribute, and fails on a policy that is no JSON."""
        name = call["AttributeName"]
        if name not in SETTABLE:
            raise Refusal("InvalidParameter", "Invalid parameter: AttributeName")
        if name == "Policy" and not is_object(call.get("AttributeValue", "")):
            raise Refusal("InvalidParameter", "Invalid parameter: Policy Error: null")
        return call.forward()

    def subscribe(self, call: Call) -> dict[str, Any]:
        """Moto confirms for everyone."""
        answer = call.moto()
        if call["Protocol"] in CONFIRMED_BY_PEOPLE and not call.get("ReturnSubscriptionArn"):
            return {"SubscriptionArn": "pending confirmation"}
        return answer

    def list_subscriptions(self, call: Call) -> dict[str, Any]:
        """Moto confirms for everyone."""
        return _with_pending(call.moto())

    def list_subscriptions_by_topic(self, call: Call) -> dict[str, Any]:
        """Moto confirms for everyone."""
        return _with_pending(call.moto())

    def get_subscription_attributes(self, call: Call) -> dict[str, Any]:
        """Moto confirms for everyone."""
        attributes = call.moto()["Attributes"]
        pending = _pending(attributes)
        shown = {"PendingConfirmation": str(pending).lower(), "ConfirmationWasAuthenticated": str(not pending).lower()}
        return {"Attributes": {**attributes, **shown}}


def _pending(subscription: Mapping[str, Any]) -> bool:
    return subscription.get("Protocol") in CONFIRMED_BY_PEOPLE and subscription.get("Endpoint") != CHAT


def _with_pending(answer: dict[str, Any]) -> dict[str, Any]:
    """The ARN of what nobody has confirmed is not told; confirming is not supported here."""
    for one in answer["Subscriptions"]:
        if _pending(one):
            one["SubscriptionArn"] = PENDING
    return answer
