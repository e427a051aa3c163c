"""Connectors of AWS Security Hub: where tickets are made of findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from landing.aws import Aws, unless
from landing.core.model import Action, Address, Attributes, Change, Diagnostic, Resource, Scope, Severity
from landing.organization import PREFIX, Organization
from landing.services.base import Ownership
from landing.services.security_hub_v2 import members
from landing.services.security_hub_v2.administrator import SecurityHubV2Administrator, SecurityHubV2Part
from landing.services.security_hub_v2.aggregator import NOT_ENABLED
from landing.services.security_hub_v2.hub import SecurityHubV2
from landing.services.security_hub_v2.settings import Connector, SecurityHubV2Settings
from landing.services.shapes import NAME, AdministeredSetting, keyed_apart
from landing.services.strength import Weaker, neutral

MOST = 100
"""Connectors of a page (ListConnectorsV2)."""
CONSOLE = "Security Hub's console under Integrations"
PENDING = ("PENDING_AUTHORIZATION", "PENDING_CONFIGURATION")
"""Of a connector that works only once somebody has logged in at the other end (API reference, ConnectorStatus)."""


class SecurityHubV2Connector(SecurityHubV2Part, AdministeredSetting):
    """A connector (CreateConnectorV2) called `landing-<key>`, in the home region; others are unmanaged.

    Of Jira Cloud nothing secret is asked for: somebody logs in there, in the console, and until then no ticket is made.
    Of ServiceNow AWS wants the ARN of a secret, which somebody else fills.
    """

    name = "security_hub_v2_connector"
    ending = "deleted"
    title = "Security Hub V2 connector"
    ownership = Ownership.PREFIX
    severity = Severity.MEDIUM
    home_only = True
    removal = "delete"
    help_uri = "https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-v2-third-party-integrations.html"
    weaker: ClassVar[Mapping[str, Weaker]] = dict.fromkeys(
        ("description", "jira_project", "servicenow_instance", "servicenow_secret"), neutral
    )
    reads = ("securityhub:ListConnectorsV2", "sts:AssumeRole")
    writes = (
        "securityhub:CreateConnectorV2",
        "securityhub:UpdateConnectorV2",
        "securityhub:DeleteConnectorV2",
    )

    def check(self, organization: Organization) -> Iterable[Diagnostic]:
        """One of both, and ServiceNow with its secret."""
        service = organization.service(SecurityHubV2Settings)
        for key, each in (service.settings.connectors if service else {}).items():
            assert service is not None
            if bool(each.jira_project) == bool(each.servicenow_instance):
                message = f"the connector `{key}` must be for Jira Cloud or for ServiceNow"
                hint = "give it either `jira_project` or `servicenow_instance`"
                yield service.problem("LZ469", message, hint, "connectors", key, key=True)
            elif bool(each.servicenow_instance) != bool(each.servicenow_secret):
                message = f"the connector `{key}` needs an instance of ServiceNow and its secret"
                hint = "give it `servicenow_instance` and `servicenow_secret`, or neither"
                yield service.problem("LZ469", message, hint, "connectors", key, key=True)

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """Each connector of the config."""
        service = organization.service(SecurityHubV2Settings)
        if service is None or organization.security_tooling not in members.accounts(organization):
            return
        for key, connector in service.settings.connectors.items():
            for scope in self.scopes(organization):
                first = self.administrator(organization, scope, SecurityHubV2Administrator())
                needs = (SecurityHubV2().address(NAME, scope), first)
                source = service.at("connectors", key)
                yield Resource(self.address(key, scope), attributes_of(connector), needs, source=source)

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """Connectors by name: a page of a hundred; those to other clouds are none of these."""
        for key, owned, found in self._connectors(aws, scope):
            needs = (SecurityHubV2().address(NAME, scope),)
            yield Resource(self.address(key, scope), _seen(found), needs, owned=owned)

    def arns(self, aws: Aws, scope: Scope) -> dict[str, str]:
        """ARNs by key, of ours."""
        return {key: found["ConnectorArn"] for key, owned, found in self._connectors(aws, scope) if owned}

    def _connectors(self, aws: Aws, scope: Scope) -> Iterator[tuple[str, bool, Mapping[str, Any]]]:
        client = aws.client(self.client_name, scope)
        found: list[Mapping[str, Any]] = []
        with unless(*NOT_ENABLED):
            found = list(aws.listed(client, "list_connectors_v2", "Connectors", MaxResults=MOST))
        tickets = (each for each in found if {"JiraCloud", "ServiceNow"} & {*_configuration(each)})
        yield from keyed_apart(tickets, name="Name", arn="ConnectorArn")

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Create, change or delete; what is logged in stays so."""
        scope, after = change.address.scope, change.after
        client = aws.client(self.client_name, scope)
        ids = {key: found["ConnectorId"] for key, owned, found in self._connectors(aws, scope) if owned}
        present = ids.get(change.address.name)
        if change.action is Action.DELETE:
            if present:
                client.delete_connector_v2(ConnectorId=present)
            return
        assert after is not None
        described = {"Description": after["description"]} if after["description"] else {}
        if after["jira_project"]:
            provider: dict[str, Any] = {"JiraCloud": {"ProjectKey": after["jira_project"]}}
        else:
            provider = {"ServiceNow": {"SecretArn": after["servicenow_secret"]}}
            if not present:
                provider["ServiceNow"]["InstanceName"] = after["servicenow_instance"]
        if present:
            client.update_connector_v2(ConnectorId=present, Description=after["description"], Provider=provider)
        else:
            with unless("ConflictException"):  # made already, and the answer was lost: a name is given once
                client.create_connector_v2(Name=PREFIX + change.address.name, Provider=provider, **described)

    def impossible(self, change: Change, live: Mapping[Address, Resource]) -> Iterable[str]:
        """AWS keeps what a connector connects to (UpdateConnectorV2)."""
        before, after = change.before, change.after
        if before and after and _place(before) != _place(after):
            yield "AWS does not change what a connector connects to: give the connector another key"

    def awaited(self, attributes: Attributes) -> str:
        """That somebody logs in at the other end."""
        if attributes.get("status") not in PENDING:
            return ""
        place = "Jira Cloud" if attributes.get("jira_project") else "ServiceNow"
        return f"no ticket is made until somebody logs in to {place}: in this account and region, in {CONSOLE}"

    def notes(self, organization: Organization, change: Change) -> Iterable[str]:
        """That Jira Cloud wants somebody to log in."""
        if change.action is Action.CREATE and change.after and change.after["jira_project"]:
            yield f"no ticket is made until somebody logs in to Jira Cloud, in {CONSOLE}"


def _place(attributes: Mapping[str, Any]) -> tuple[bool, Any]:
    return bool(attributes["jira_project"]), attributes["servicenow_instance"]


def attributes_of(connector: Connector) -> dict[str, Any]:
    """A connector of the config as it is compared."""
    return {
        "description": connector.description,
        "jira_project": connector.jira_project,
        "servicenow_instance": connector.servicenow_instance,
        "servicenow_secret": connector.servicenow_secret,
    }


def _configuration(found: Mapping[str, Any]) -> Mapping[str, Any]:
    return (found["ProviderSummary"].get("ProviderConfiguration")) or {}


def _seen(found: Mapping[str, Any]) -> dict[str, Any]:
    """A connector of AWS as the config has it."""
    configuration = _configuration(found)
    jira, servicenow = configuration.get("JiraCloud") or {}, configuration.get("ServiceNow") or {}
    return {
        "description": found.get("Description", ""),
        "jira_project": jira.get("ProjectKey", ""),
        "servicenow_instance": servicenow.get("InstanceName", ""),
        "servicenow_secret": servicenow.get("SecretArn", ""),
        "status": found["ProviderSummary"].get("ConnectorStatus", ""),
    }
