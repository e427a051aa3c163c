"""Custom actions of Security Hub CSPM: what a person may choose for findings in the console."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from landing.aws import Aws, unless
from landing.core.model import Action, Change, Resource, Scope, Severity
from landing.organization import Organization
from landing.services.base import Ownership
from landing.services.security_hub.hub import NOT_ENABLED, SecurityHub
from landing.services.security_hub.settings import SecurityHubSettings
from landing.services.shapes import BY_NAME, NAME, AdministeredSetting
from landing.services.strength import Weaker, neutral

OURS = "landing"
"""How the ids of ours begin: they are letters and digits alone."""


class SecurityHubCustomAction(AdministeredSetting):
    """An action target (CreateActionTarget) with the id `landing<key>`, in the home region; others are unmanaged."""

    name = "security_hub_custom_action"
    ending = "deleted"
    title = "Security Hub custom action"
    ownership = Ownership.PREFIX
    severity = Severity.LOW
    service = "security_hub"
    client_name = "securityhub"
    home_only = True
    removal = "delete"
    help_uri = "https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-cwe-custom-actions.html"
    weaker: ClassVar[Mapping[str, Weaker]] = {"name": neutral, "description": neutral}
    reads = ("securityhub:DescribeActionTargets", "sts:AssumeRole")
    writes = ("securityhub:CreateActionTarget", "securityhub:UpdateActionTarget", "securityhub:DeleteActionTarget")

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """Each action of the config."""
        service = organization.service(SecurityHubSettings)
        for key, action in (service.settings.custom_actions if service else {}).items():
            assert service is not None
            for scope in self.scopes(organization):
                attributes = {"name": action.name, "description": action.description}
                needs = (SecurityHub().address(NAME, scope),)
                source = service.at("custom_actions", key)
                yield Resource(self.address(key, scope), attributes, needs, source=source)

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """Action targets by id."""
        for key, owned, found in self._actions(aws, scope):
            attributes = {"name": found["Name"], "description": found["Description"]}
            yield Resource(self.address(key, scope), attributes, (SecurityHub().address(NAME, scope),), owned=owned)

    def _actions(self, aws: Aws, scope: Scope) -> Iterator[tuple[str, bool, Mapping[str, Any]]]:
        client = aws.client(self.client_name, scope)
        with unless(*NOT_ENABLED):
            for found in aws.listed(client, "describe_action_targets", "ActionTargets"):
                name = found["ActionTargetArn"].rpartition("/")[2]
                owned = name.startswith(OURS) and name != OURS
                yield name.removeprefix(OURS) if owned else name + BY_NAME, owned, found

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Create, change or delete; its event rule is somebody else's."""
        scope, after = change.address.scope, change.after
        client = aws.client(self.client_name, scope)
        found = {key: each["ActionTargetArn"] for key, owned, each in self._actions(aws, scope) if owned}
        arn = found.get(change.address.name)
        if change.action is Action.DELETE:
            if arn:
                client.delete_action_target(ActionTargetArn=arn)
            return
        assert after is not None
        wanted = {"Name": after["name"], "Description": after["description"]}
        if arn:
            client.update_action_target(ActionTargetArn=arn, **wanted)
        else:
            client.create_action_target(Id=OURS + change.address.name, **wanted)
