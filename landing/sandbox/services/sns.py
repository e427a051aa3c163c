"""Amazon SNS: moto's, with subscriptions that somebody must confirm (SNS API reference)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http import HTTPStatus
from typing import Any, ClassVar

from landing.sandbox.authorization import delivery, trust
from landing.sandbox.authorization.delivery import Deliverer
from landing.sandbox.moto import upstream
from landing.sandbox.moto.probes import refuses
from landing.sandbox.protocol.documents import is_object
from landing.sandbox.protocol.http import HttpAnswer
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import functions
from landing.sandbox.services.call import Call
from landing.sandbox.services.service import Nothing, Probe, ProbedSandbox, Service
from landing.sandbox.world import World

PRINCIPAL = "sns.amazonaws.com"
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


def functions_are_given_messages(sandbox: ProbedSandbox) -> bool:
    """The probe: a message goes to no address that nobody has confirmed, and runs no function in a container."""
    sns, topic = _topic(sandbox)
    arn = f"arn:aws:lambda:us-east-1:{topic.split(':')[4]}:function:probe"
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=arn)
    sns.subscribe(TopicArn=topic, Protocol="https", Endpoint="https://probe.invalid")
    try:
        sns.publish(TopicArn=topic, Message="a probe")
    except Exception:  # noqa: BLE001 - whatever moto meets on its way to the function or the address
        return False
    return True


class Sns(Service[Nothing]):
    """Topics, policies and messages are moto's."""

    name = "sns"
    extends = True
    state_type = Nothing
    probes: ClassVar[Mapping[str, Probe]] = {
        "Publish": functions_are_given_messages,
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

    def publish(self, call: Call) -> HttpAnswer:
        """Moto posts to addresses that nobody has confirmed, and runs functions in containers."""
        with _queues_alone(call.backend()):
            answer = call.forward()
        topic = call.get("TopicArn") or call.get("TargetArn") or ""
        if answer.status == HTTPStatus.OK:
            _tell_functions(call.world, topic, call["Message"], call.get("Subject", ""))
        return answer

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


def published(world: World, who: Deliverer, topic: str, message: str) -> None:
    """A service publishes, where the policies of the topic and of its key let it; else refused.

    SNS Developer Guide, "Allow Amazon CloudWatch alarms to publish a message", "Key management".
    """
    region, owner = topic.split(":")[3:5]
    backend = upstream.backend("sns", owner, region)
    found = backend.topics.get(topic)
    context = {"aws:securetransport": "true", **who.context}
    if found is None or not trust.admits(found.policy, who.identity, "sns:Publish", context, resource=topic):
        raise Refusal("AuthorizationError", f"{who.identity.principal} may not publish to {topic}")
    if found.kms_master_key_id:
        key = delivery.key(world, found.kms_master_key_id, owner, region)
        if key is None or not delivery.key_admits(key, who, "kms:GenerateDataKey"):
            raise Refusal("KMSAccessDenied", f"{who.identity.principal} may not use the key of {topic}")
    with _queues_alone(backend):
        found.publish(message)
    _tell_functions(world, topic, message, "")


@contextmanager
def _queues_alone(backend: Any) -> Iterator[None]:
    """Moto sends to these while it lasts."""
    everything = backend.subscriptions
    backend.subscriptions = type(everything)((arn, one) for arn, one in everything.items() if one.protocol == "sqs")
    try:
        yield
    finally:
        backend.subscriptions = everything


def _tell_functions(world: World, topic: str, message: str, subject: str) -> None:
    """Give a message to the functions that subscribe (Lambda Developer Guide, "Using Lambda with Amazon SNS")."""
    region, owner = (topic.split(":") + [""] * 5)[3:5]
    who = delivery.service(world, PRINCIPAL, owner, topic)
    for one in list(upstream.backend("sns", owner, region).subscriptions.values()) if owner else ():
        if one.topic.arn == topic and one.protocol == "lambda":
            told = {
                "Type": "Notification",
                "MessageId": world.uuid(),
                "TopicArn": topic,
                "Subject": subject or None,
                "Message": message,
                "Timestamp": f"{world.now:%Y-%m-%dT%H:%M:%S}.000Z",
            }
            record = {"EventSource": "aws:sns", "EventVersion": "1.0", "EventSubscriptionArn": one.arn, "Sns": told}
            with suppress(Refusal):  # the publisher never hears what became of a message
                functions.invoke(world, who, one.endpoint, {"Records": [record]})


def _pending(subscription: Mapping[str, Any]) -> bool:
    return subscription.get("Protocol") in CONFIRMED_BY_PEOPLE and subscription.get("Endpoint") != CHAT


def _with_pending(answer: dict[str, Any]) -> dict[str, Any]:
    """The ARN of what nobody has confirmed is not told; confirming is not supported here."""
    for one in answer["Subscriptions"]:
        if _pending(one):
            one["SubscriptionArn"] = PENDING
    return answer
