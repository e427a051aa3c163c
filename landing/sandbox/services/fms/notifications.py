"""Whom an administrator has told, in a Region (API reference, PutNotificationChannel)."""

from __future__ import annotations

from landing.sandbox.services.call import Call
from landing.sandbox.services.fms.state import PLACES, PRINCIPAL, absent, admit, impossible
from landing.sandbox.services.iam import linked_roles


def put_notification_channel(call: Call) -> None:
    """To a topic of the Region, by a role of the account: the service's own, or one that it may become."""
    admit(call)
    topic, role = call["SnsTopicArn"].split(":"), call["SnsRoleName"]
    if topic[2:3] != ["sns"] or topic[3] != call.region:
        raise impossible("The topic is not in this Region.")
    own = linked_roles.service_role(call.world, call.account, PRINCIPAL)
    if topic[4] == call.account:
        there = call.client("sns").list_topics()["Topics"]
        if call["SnsTopicArn"] not in {each["TopicArn"] for each in there}:
            raise absent("The topic was not found.")
    if role != own and not _trusts(call, role):
        raise impossible(f"{PRINCIPAL} may not become the role.")
    PLACES.here(call).channel = (call["SnsTopicArn"], role)


def get_notification_channel(call: Call) -> dict[str, str]:
    """API reference, GetNotificationChannel."""
    admit(call)
    channel = PLACES.here(call).channel
    if channel is None:
        raise absent("There is no notification channel.")
    return {"SnsTopicArn": channel[0], "SnsRoleName": channel[1]}


def delete_notification_channel(call: Call) -> None:
    """API reference, DeleteNotificationChannel."""
    admit(call)
    if PLACES.here(call).channel is None:
        raise absent("There is no notification channel.")
    PLACES.here(call).channel = None


def _trusts(call: Call, role: str) -> bool:
    roles = call.client("iam").list_roles()["Roles"]
    found = next((each for each in roles if each["Arn"] == role), None)
    return found is not None and PRINCIPAL in str(found["AssumeRolePolicyDocument"])
