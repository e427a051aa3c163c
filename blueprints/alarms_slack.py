"""Channels of Slack that hear of the alarms, apart: AWS refuses a channel whose workspace nobody has authorized."""

import re
from collections.abc import Mapping

from troposphere import GetAtt, Sub, Template
from troposphere.chatbot import SlackChannelConfiguration
from troposphere.iam import Role

from landing.blueprint.resource_names import ALARMS

REGIONS = "home"
TOPIC = f"arn:${{AWS::Partition}}:sns:${{AWS::Region}}:${{AWS::AccountId}}:{ALARMS}"
VERSION = "2012-10-17"


def alarms_slack(*, slack: Mapping[str, Mapping[str, str]] | None = None) -> Template:
    """Channels of Slack that hear of the topic of `alarms`.

    `slack` has channels by key, each with `workspace` and `channel`, which are ids of Slack: the workspace must have
    been authorized in the console. Their role may do nothing, nor may a person there by another one.
    """
    template = Template("Channels that hear of the alarms")
    trust = {"Effect": "Allow", "Principal": {"Service": "chatbot.amazonaws.com"}, "Action": "sts:AssumeRole"}
    template.add_resource(
        Role(
            "ChatRole",
            RoleName=f"{ALARMS}-chat",
            AssumeRolePolicyDocument={"Version": VERSION, "Statement": [trust]},
        )
    )
    for key, each in sorted((slack or {}).items()):
        template.add_resource(
            SlackChannelConfiguration(
                "Slack" + "".join(part.title() for part in re.split("[-_]", key)),
                ConfigurationName=f"{ALARMS}-{key}",
                GuardrailPolicies=[Sub("arn:${AWS::Partition}:iam::aws:policy/AWSDenyAll")],
                IamRoleArn=GetAtt("ChatRole", "Arn"),
                LoggingLevel="ERROR",
                SlackChannelId=each["channel"],
                SlackWorkspaceId=each["workspace"],
                SnsTopicArns=[Sub(TOPIC)],
                UserRoleRequired=False,
            )
        )
    return template
