"""Whom AWS Firewall Manager tells of what it finds, region by region."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from landing.aws import SERVICE_DENIES, Aws, unless
from landing.blueprint.resource_names import ALARMS, FIREWALL_ROLE
from landing.core.model import Action, Change, Diagnostic, Resource, Scope
from landing.core.references import account_id, resolve
from landing.core.text import few
from landing.organization import Organization
from landing.services.firewall_manager.administrator import default_administrator
from landing.services.firewall_manager.policy import FirewallPolicy
from landing.services.firewall_manager.settings import TRUSTED, FirewallManagerSettings
from landing.services.shapes import NAME, AdministeredSetting
from landing.services.stacks.stack import Stack
from landing.services.strength import Weaker, told

ABSENT = ("ResourceNotFoundException", SERVICE_DENIES)


class FirewallNotifications(AdministeredSetting):
    """The topic of a region, and the role that publishes to it (PutNotificationChannel), where there are policies."""

    name = "firewall_notifications"
    title = "Firewall Manager notifications"
    service = "firewall_manager"
    client_name = "fms"
    controls = ("nist-800-53-r5:SI-4", "nist-csf-2.0:DE.AE-06")
    help_uri = "https://docs.aws.amazon.com/waf/latest/developerguide/fms-create-sns-topic.html"
    weaker: ClassVar[Mapping[str, Weaker]] = {"topic": told, "role": told}
    reads = ("fms:GetNotificationChannel", "sts:AssumeRole")
    writes = ("fms:PutNotificationChannel", "fms:DeleteNotificationChannel", "iam:PassRole")
    passed: ClassVar[Mapping[str, str]] = {FIREWALL_ROLE.removeprefix("role/"): TRUSTED[0]}

    def check(self, organization: Organization) -> Iterable[Diagnostic]:
        """Topics where there is nothing to tell of, and policies of which nobody is told."""
        service = organization.service(FirewallManagerSettings)
        asked = service.settings.notifications if service else None
        if service is None or asked is None:
            return
        places = _places(organization, service.settings)
        for region, topic in asked.topics.items():
            at = ("notifications", "topics", region)
            if topic.split(":")[3] != region:
                hint = f"name a topic of {region}"
                yield service.problem("LZ466", f"the topic for {region} is in another region", hint, *at)
            elif region not in places:
                message, hint = f"there is no policy in {region}", "leave it out"
                yield service.problem("LZ466", f"nobody is told anything there: {message}", hint, *at, key=True)
        untold = [each for each in places if each not in self._topics(organization)]
        if untold:
            hint = "name topics"
            if organization.home_region in untold:
                hint += ", or add `alarms` under services for the home region"
            message = f"nobody is told of what policies find in {few(untold)}"
            yield service.problem("LZ466", message, hint, "notifications", key=True, severity="warning")

    def _topics(self, organization: Organization) -> dict[str, str]:
        """The topic of each region in which there are policies."""
        service = organization.service(FirewallManagerSettings)
        asked = service.settings.notifications if service else None
        if service is None or asked is None:
            return {}
        topics = dict(asked.topics)
        if "alarms" in organization.services:
            topics.setdefault(organization.home_region, _of_alarms(organization))
        return {region: topics[region] for region in _places(organization, service.settings) if region in topics}

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """One for each region with policies and a topic."""
        service = organization.service(FirewallManagerSettings)
        if service is None or service.settings.notifications is None:
            return
        role = service.settings.notifications.role or _own_role(organization)
        for region, topic in self._topics(organization).items():
            scope = Scope(self.account(organization), region)
            needs = [default_administrator(organization)]
            if topic == _of_alarms(organization):
                needs += Stack().sites(organization, "alarms", scope)
            at = service.at("notifications")
            yield Resource(self.address(NAME, scope), {"topic": topic, "role": role}, tuple(needs), source=at)

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """GetNotificationChannel; AWS has no mark for it: ours is what tells the topic of the alarms."""
        found: dict[str, Any] = {}
        with unless(*ABSENT):
            found = aws.client("fms", scope).get_notification_channel()
        if found.get("SnsTopicArn"):
            known = {resolve(each, aws.tree.ids): each for each in self._declared(organization, scope)}
            topic, role = (found.get(name, "") for name in ("SnsTopicArn", "SnsRoleName"))
            attributes = {"topic": known.get(topic, topic), "role": known.get(role, role)}
            ours = topic == resolve(_of_alarms(organization), aws.tree.ids)
            yield Resource(self.address(NAME, scope), attributes, (default_administrator(organization),), owned=ours)

    def _declared(self, organization: Organization, scope: Scope) -> Iterator[str]:
        for each in self.desired(organization):
            if each.address.scope == scope:
                yield from (str(value) for value in each.attributes.values())

    def notes(self, organization: Organization, change: Change) -> Iterable[str]:
        """What nobody sees here."""
        if change.action is not Action.DELETE and change.after and change.after["topic"] != _of_alarms(organization):
            yield "the policy of that topic, and of its key, must let the role publish: nobody asks for it here"

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Both calls may be repeated."""
        client = aws.client("fms", change.address.scope)
        if change.after is None:
            with unless(*ABSENT):
                client.delete_notification_channel()
        else:
            topic, role = (aws.resolve(change.after[name]) for name in ("topic", "role"))
            client.put_notification_channel(SnsTopicArn=topic, SnsRoleName=role)


def _places(organization: Organization, settings: FirewallManagerSettings) -> list[str]:
    """The regions in which there are policies."""
    found = FirewallPolicy().desired(organization) if settings.policies else ()
    return list(dict.fromkeys(each.address.scope.region for each in found))


def _of_alarms(organization: Organization) -> str:
    account = account_id(organization.security_tooling)
    return f"arn:{organization.partition}:sns:{organization.home_region}:{account}:{ALARMS}"


def _own_role(organization: Organization) -> str:
    return f"arn:{organization.partition}:iam::{account_id(organization.security_tooling)}:{FIREWALL_ROLE}"
