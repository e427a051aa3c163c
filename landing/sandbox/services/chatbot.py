"""Amazon Q Developer in chat applications: channels of Slack that topics are told to (AWS Chatbot API reference)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.iam import linked_roles
from landing.sandbox.services.service import Scope, Service
from landing.sandbox.services.sns import CHAT

PRINCIPAL = "management.chatbot.amazonaws.com"
EVERYTHING = "arn:aws:iam::aws:policy/AdministratorAccess"
"""What a channel may at most do where no guardrail policy is given."""
OPTION = "slack_workspaces"
"""Of a world: what people do in the console, `{"T0123ABCD": "Acme"}`, as no API authorizes a workspace."""


@dataclass
class Chat:
    """Channels by ARN."""

    channels: dict[str, dict[str, Any]] = field(default_factory=dict)


class Chatbot(Service[Chat]):
    """Slack alone, of an account: the same wherever one asks. Topics are subscribed by AWS's own endpoint."""

    name = "chatbot"
    scope = Scope.ACCOUNT
    state_type = Chat

    def describe_slack_workspaces(self, call: Call) -> dict[str, Any]:
        """Those that were authorized in the console: no API does that."""
        found = [
            {"SlackTeamId": team, "SlackTeamName": name, "State": "ENABLED"}
            for team, name in sorted(_workspaces(call).items())
        ]
        return call.page("SlackWorkspaces", found)

    def describe_slack_channel_configurations(self, call: Call) -> dict[str, Any]:
        """All of them, or one."""
        channels = self.state(call).channels
        wanted = call.get("ChatConfigurationArn")
        if wanted and wanted not in channels:
            raise Refusal("InvalidRequestException", f"The configuration {wanted} could not be found.")
        return call.page("SlackChannelConfigurations", [channels[wanted]] if wanted else list(channels.values()))

    def create_slack_channel_configuration(self, call: Call) -> dict[str, Any]:
        """Only in a workspace that is authorized, and once of a name and of a channel."""
        chat, team, name = self.state(call), call["SlackTeamId"], call["ConfigurationName"]
        if team not in _workspaces(call):
            raise Refusal(
                "InvalidRequestException",
                f"AWS Chatbot can't create the configuration because Slack workspace {team} is not authorized with AWS "
                f"account {call.account}.",
            )
        arn = call.arn(f"chat-configuration/slack-channel/{name}", region="")
        if arn in chat.channels:
            raise Refusal("ConflictException", f"The configuration {name} exists already.")
        channel = call["SlackChannelId"]
        if any((team, channel) == (each["SlackTeamId"], each["SlackChannelId"]) for each in chat.channels.values()):
            raise Refusal(
                "InvalidRequestException",
                f"Slack channel with ID {channel} in Slack team {team} has already been configured for AWS account "
                f"{call.account}.",
            )
        linked_roles.ensure(call.world, call.account, PRINCIPAL)
        chat.channels[arn] = {
            "ChatConfigurationArn": arn,
            "ConfigurationName": name,
            "IamRoleArn": call["IamRoleArn"],
            "SlackTeamId": team,
            "SlackTeamName": _workspaces(call)[team],
            "SlackChannelId": call["SlackChannelId"],
            "SlackChannelName": call.get("SlackChannelName", call["SlackChannelId"]),
            "SnsTopicArns": call.get("SnsTopicArns", []),
            "LoggingLevel": call.get("LoggingLevel", "NONE"),
            "GuardrailPolicyArns": call.get("GuardrailPolicyArns") or [EVERYTHING],
            "UserAuthorizationRequired": call.get("UserAuthorizationRequired", False),
            "State": "ENABLED",
            "Tags": call.get("Tags", []),
        }
        _subscribe(call, call.get("SnsTopicArns", []))
        return {"ChannelConfiguration": chat.channels[arn]}

    def update_slack_channel_configuration(self, call: Call) -> dict[str, Any]:
        """What is given; the workspace and the name stay."""
        found = self._found(call)
        before = found["SnsTopicArns"]
        found |= {name: value for name, value in call.items() if name in found}
        _subscribe(call, [topic for topic in found["SnsTopicArns"] if topic not in before])
        return {"ChannelConfiguration": found}

    def delete_slack_channel_configuration(self, call: Call) -> None:
        """A topic that no channel is told of any more has no subscription."""
        gone, chat = self._found(call), self.state(call)
        del chat.channels[call["ChatConfigurationArn"]]
        left = {topic for channel in chat.channels.values() for topic in channel["SnsTopicArns"]}
        for topic in set(gone["SnsTopicArns"]) - left:
            sns = call.client("sns", region=topic.split(":")[3])
            for each in sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]:
                if each["Endpoint"] == CHAT:
                    sns.unsubscribe(SubscriptionArn=each["SubscriptionArn"])

    def list_tags_for_resource(self, call: Call) -> dict[str, Any]:
        """Of a channel."""
        return {"Tags": self._tagged(call)["Tags"]}

    def tag_resource(self, call: Call) -> None:
        """Beside those that it has."""
        given = {tag["TagKey"] for tag in call["Tags"]}
        channel = self._tagged(call)
        channel["Tags"] = [*(tag for tag in channel["Tags"] if tag["TagKey"] not in given), *call["Tags"]]

    def untag_resource(self, call: Call) -> None:
        """Those named."""
        channel = self._tagged(call)
        channel["Tags"] = [tag for tag in channel["Tags"] if tag["TagKey"] not in call["TagKeys"]]

    def _found(self, call: Call) -> dict[str, Any]:
        found = self.state(call).channels.get(call["ChatConfigurationArn"])
        if found is None:
            raise Refusal("InvalidRequestException", "The configuration could not be found.")
        return found

    def _tagged(self, call: Call) -> dict[str, Any]:
        found = self.state(call).channels.get(call["ResourceARN"])
        if found is None:
            raise Refusal("ResourceNotFoundException", "The resource could not be found.")
        return found


def _workspaces(call: Call) -> dict[str, str]:
    """Those that a person has authorized, in whatever account, by id with the name."""
    found: dict[str, str] = call.world.options.get(OPTION, {})
    return found


def _subscribe(call: Call, topics: list[str]) -> None:
    """By AWS's own endpoint, which the service-linked role subscribes."""
    for topic in topics:
        sns = call.client("sns", region=topic.split(":")[3])
        sns.subscribe(TopicArn=topic, Protocol="https", Endpoint=CHAT)
