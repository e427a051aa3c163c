"""Who is to hear of alarms, and does not yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from landing.aws import Aws, unless
from landing.blueprint.resource_names import ALARMS
from landing.core.model import Address, Change, Diagnostic, Level, Resource, Scope, Severity, Source
from landing.core.partitions import GLOBAL_REGION
from landing.core.spelling import nearest
from landing.organization import EnabledService, Organization
from landing.services.alarms.settings import AlarmsSettings, SlackChannel
from landing.services.base import Kind, Ownership
from landing.services.cloudtrail.settings import CloudTrailSettings
from landing.services.config.settings import ConfigSettings
from landing.services.declared_rules import ALL, rule_keys
from landing.services.strength import Weaker

PENDING = "PendingConfirmation"
CHAT = "https://global.sns-api.chatbot.amazonaws.com"
"""What hears for channels of Slack: AWS subscribes it, and confirms."""
CHAT_REGION = "us-east-2"
"""Amazon Q Developer in chat applications is global; this is one of the four regions that have an endpoint of it."""
SLACK = "slack/"
"""So begin the names of channels that hear nothing."""
CONSOLE = "https://us-east-2.console.aws.amazon.com/chatbot/home"


class AlarmSubscription(Kind):
    """A subscription to the topic of the alarms that is not confirmed, or that the config does not name.

    The stack of the alarms makes them; only who gets its first message can confirm one (SNS API reference, Subscribe).
    """

    name = "alarm_subscription"
    title = "Subscription to alarms"
    ownership = Ownership.NONE
    service = "alarms"
    level = Level.ACCOUNT
    severity = Severity.HIGH
    weaker: ClassVar[Mapping[str, Weaker]] = {}
    removal = ""
    controls = ("nist-800-53-r5:AU-6", "nist-800-53-r5:IR-6", "nist-csf-2.0:DE.AE-06")
    help_uri = "https://docs.aws.amazon.com/sns/latest/dg/sns-email-notifications.html"
    reads = (
        "chatbot:DescribeSlackChannelConfigurations",
        "chatbot:DescribeSlackWorkspaces",
        "sns:ListSubscriptionsByTopic",
        "sts:AssumeRole",
    )

    def scopes(self, organization: Organization) -> Iterator[Scope]:
        """The security tooling account, in the home region."""
        if organization.service(AlarmsSettings):
            yield Scope(organization.security_tooling, organization.home_region)

    def check(self, organization: Organization) -> Iterable[Diagnostic]:
        """Alarms that nobody hears, of a log group or rules that there are not, or of events that are elsewhere."""
        service = organization.service(AlarmsSettings)
        if service is None:
            return
        if not (service.settings.email or service.settings.https or service.settings.slack):
            hint = "add `email: [security@your-domain]`, `slack` or `https`"
            yield service.problem("LZ424", "alarms that nobody hears", hint)
        if service.settings.slack and organization.partition != "aws":
            message = f"the partition {organization.partition} has no Amazon Q Developer in chat applications"
            yield service.problem("LZ483", message, "take `slack` out, and add `https` or `email`", "slack")
        channels: dict[SlackChannel, str] = {}
        for key, channel in service.settings.slack.items():
            if (other := channels.setdefault(channel, key)) != key:
                message = f"`{other}` is this channel already, and AWS takes a channel once in an account"
                yield service.problem("LZ424", message, "take one of the two out", "slack", key, "channel")
        yield from _without_logs(organization, service)
        yield from _unknown_rules(organization, service)
        place = GLOBAL_REGION[organization.partition]
        if place not in organization.governed_regions:
            message = f"sign-ins and IAM are told of in {place} alone, which is not governed"
            yield service.problem("LZ425", message, f"add {place} to governed_regions", severity="warning")

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """None: the stack makes them."""
        return ()

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """Those that wait for somebody, and those of others; channels of Slack that hear nothing."""
        service = organization.service(AlarmsSettings)
        declared = {*service.settings.email, *service.settings.https} if service else set()
        if service and service.settings.slack:
            declared.add(CHAT)
            for key, state in self._deaf(aws, scope, service.settings.slack):
                attributes = {"endpoint": named(service.settings.slack[key]), "state": state}
                yield Resource(self.address(f"{SLACK}{key}", scope), attributes, owned=False)
        with unless("NotFound"):
            for found in subscriptions(organization, aws, scope):
                endpoint, waits = str(found["Endpoint"]), found["SubscriptionArn"] == PENDING
                if waits or endpoint not in declared:
                    attributes = {"endpoint": endpoint, "state": "pending" if waits else "confirmed"}
                    yield Resource(self.address(endpoint, scope), attributes, owned=False)

    def _deaf(self, aws: Aws, scope: Scope, wanted: Mapping[str, SlackChannel]) -> Iterator[tuple[str, str]]:
        """Channels whose workspace nobody has authorized, or that a policy of the organization has switched off."""
        client = aws.client("chatbot", Scope(scope.account, CHAT_REGION))
        authorized = {
            each["SlackTeamId"] for each in aws.listed(client, "describe_slack_workspaces", "SlackWorkspaces")
        }
        off = {
            each["ConfigurationName"]: each.get("StateReason") or each["State"]
            for each in channels(aws, scope.account)
            if each.get("State") == "DISABLED"
        }
        for key, channel in wanted.items():
            if channel.workspace not in authorized:
                yield key, UNAUTHORIZED
            elif reason := off.get(f"{ALARMS}-{key}"):
                yield key, reason

    def named_at(self, organization: Organization, address: Address) -> Source | None:
        """Who is to hear."""
        service = organization.service(AlarmsSettings)
        if service is None:
            return organization.source
        if address.name.startswith(SLACK):
            return service.at("slack", address.name.removeprefix(SLACK))
        for name, declared in (("email", service.settings.email), ("https", service.settings.https)):
            if address.name in declared:
                return service.at(name, declared.index(address.name))
        return service.source

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Nothing declares it."""
        raise AssertionError(f"{change.address} is made by the stack of the alarms")

    def description(self, attributes: Mapping[str, Any]) -> Mapping[str, str]:
        """Who, and whether it is confirmed."""
        return {name: str(attributes[name]) for name in ("endpoint", "state")}

    def astray(self, described: Mapping[str, str]) -> str:
        """That nobody hears there."""
        if described["state"] == "confirmed":
            return ""
        if described["state"] == UNAUTHORIZED:
            return (
                f"{described['endpoint']} hears nothing, and no stack makes it: somebody must authorize the workspace "
                f"once in the security tooling account, at {CONSOLE} (Configure new client, Slack)"
            )
        if described["state"] != "pending":
            return f"{described['endpoint']} hears nothing: {described['state']}"
        return (
            f"{described['endpoint']} hears nothing: the subscription is not confirmed. Open the link in the message "
            "that AWS sent there; it sends another one when somebody subscribes again"
        )


UNAUTHORIZED = "unauthorized"


def named(channel: SlackChannel) -> str:
    """What people call a channel that AWS may not know."""
    return f"channel {channel.channel} of the Slack workspace {channel.workspace}"


def channels(aws: Aws, account: str) -> Iterator[Mapping[str, Any]]:
    """The channels of Slack that an account has, as AWS lists them."""
    client = aws.client("chatbot", Scope(account, CHAT_REGION))
    return aws.listed(client, "describe_slack_channel_configurations", "SlackChannelConfigurations")


def subscriptions(organization: Organization, aws: Aws, scope: Scope) -> Iterator[Mapping[str, Any]]:
    """Those to the topic of the alarms, as AWS lists them; raises ClientError NotFound without the topic."""
    topic = f"arn:{organization.partition}:sns:{scope.region}:{aws.tree.account_ids[scope.account]}:{ALARMS}"
    return aws.listed(aws.client("sns", scope), "list_subscriptions_by_topic", "Subscriptions", TopicArn=topic)


def _without_logs(organization: Organization, service: EnabledService[AlarmsSettings]) -> Iterator[Diagnostic]:
    trail = organization.service(CloudTrailSettings)
    if service.settings.trail_alarms and not (trail and trail.settings.cloudwatch_logs and not trail.settings.existing):
        message = "alarms on the trail need its log group"
        yield service.problem("LZ426", message, "set `services.cloudtrail.cloudwatch_logs: true`", "trail_alarms")


def _unknown_rules(organization: Organization, service: EnabledService[AlarmsSettings]) -> Iterator[Diagnostic]:
    config = organization.service(ConfigSettings)
    known = rule_keys(config.settings) if config else []
    for number, name in enumerate(service.settings.config_rules):
        if name not in known and not (name == ALL and known):
            message = f"no rule of AWS Config is asked for by `{name}`"
            hint = nearest(name, known, "`services.config` asks for " + (", ".join(known) or "none"))
            yield service.problem("LZ455", message, hint, "config_rules", number)
