"""Amazon Q Developer in chat applications: channels of Slack."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from landing.sandbox.services.cloudformation.types.api import ApiType
from landing.sandbox.services.cloudformation.types.base import Properties, Site


class SlackChannelConfiguration(ApiType):
    """AWS::Chatbot::SlackChannelConfiguration; custom actions are unsupported."""

    name = "AWS::Chatbot::SlackChannelConfiguration"
    properties = frozenset({
        "ConfigurationName", "GuardrailPolicies", "IamRoleArn", "LoggingLevel", "SlackChannelId", "SlackWorkspaceId",
        "SnsTopicArns", "UserRoleRequired",
    })  # fmt: skip
    service, key = "chatbot", "ChatConfigurationArn"
    creates, updates, deletes = (f"{verb}SlackChannelConfiguration" for verb in ("Create", "Update", "Delete"))
    describes, described = "DescribeSlackChannelConfigurations", "SlackChannelConfigurations"
    absent = ("InvalidRequestException",)
    other_names: ClassVar[Mapping[str, str]] = {
        "GuardrailPolicies": "GuardrailPolicyArns",
        "SlackWorkspaceId": "SlackTeamId",
        "UserRoleRequired": "UserAuthorizationRequired",
    }

    def create(self, site: Site, properties: Properties) -> str:
        """The ARN, which the answer has within the configuration."""
        answer = self._call(site, self.creates, None, properties)
        return str(answer["ChannelConfiguration"][self.key])
