"""Configuration policies of Security Hub CSPM."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from landing.aws import Aws, unless
from landing.kinds.security_hub import NOT_ENABLED, SecurityHub
from landing.kinds.security_service import NAME, AdministeredSetting
from landing.model import Action, Change, Resource, Scope
from landing.organization import PREFIX, Organization


class SecurityHubPolicy(AdministeredSetting):
    """What Security Hub checks (CreateConfigurationPolicy); ours have names that begin with `landing-`."""

    name = "security_hub_policy"
    title = "Security Hub configuration policy"
    service = "security_hub"
    client_name = "securityhub"
    home_only = True
    controls = ("cis-aws-5.0:4.16", "nist-800-53-r5:CA-7")
    help_uri = "https://docs.aws.amazon.com/securityhub/latest/userguide/configuration-policies-overview.html"
    parallel = 1
    reads = ("securityhub:ListConfigurationPolicies", "securityhub:GetConfigurationPolicy", "sts:AssumeRole")
    writes = (
        "securityhub:CreateConfigurationPolicy",
        "securityhub:UpdateConfigurationPolicy",
        "securityhub:DeleteConfigurationPolicy",
    )

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """The policies of the config."""
        service = organization.services.get("security_hub")
        policies = service.settings["policies"] if service else {}
        for key, policy in policies.items():
            attributes = {
                "enabled": policy.get("enabled", True),
                "standards": sorted(policy.get("standards") or ()),
                "disabled_controls": sorted(policy.get("disabled_controls") or ()),
                "parameters": policy.get("parameters") or {},
            }
            for scope in self.scopes(organization):
                needs = (SecurityHub().address(NAME, scope),)
                source = service.sources.get("policies") if service else None
                yield Resource(self.address(key, scope), attributes, needs, source=source)

    def read(self, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """Every policy; other names are unmanaged."""
        client = aws.client("securityhub", scope)
        summaries: list[Any] = []
        with unless(*NOT_ENABLED):
            summaries = list(aws.listed(client, "list_configuration_policies", "ConfigurationPolicySummaries"))
        for summary in summaries:
            name = summary["Name"]
            if not name.startswith(PREFIX):
                yield Resource(self.address(name, scope), {}, owned=False)
                continue
            found = client.get_configuration_policy(Identifier=summary["Id"])["ConfigurationPolicy"]["SecurityHub"]
            yield Resource(
                self.address(name.removeprefix(PREFIX), scope), _seen(found), (SecurityHub().address(NAME, scope),)
            )

    def ids(self, aws: Aws, client: Any) -> dict[str, str]:
        """Id by the key of the config, of our policies."""
        return {
            summary["Name"].removeprefix(PREFIX): summary["Id"]
            for summary in aws.listed(client, "list_configuration_policies", "ConfigurationPolicySummaries")
            if summary["Name"].startswith(PREFIX)
        }

    def apply(self, aws: Aws, change: Change) -> None:
        """Create, replace or delete; AWS compares nothing, so the whole policy is sent."""
        client = aws.client("securityhub", change.address.scope)
        key = change.address.name
        present = self.ids(aws, client).get(key)
        if change.action is Action.DELETE:
            if present:
                client.delete_configuration_policy(Identifier=present)
            return
        assert change.after is not None
        document = {"SecurityHub": _sent(change.after, aws.organization.partition, aws.organization.home_region)}
        if present:
            client.update_configuration_policy(Identifier=present, ConfigurationPolicy=document)
        else:
            client.create_configuration_policy(Name=PREFIX + key, ConfigurationPolicy=document)


def _arn(standard: str, partition: str, region: str) -> str:
    return f"arn:{partition}:securityhub:{region}::standards/{standard}"


def _sent(after: Mapping[str, Any], partition: str, region: str) -> dict[str, Any]:
    if not after["enabled"]:
        return {"ServiceEnabled": False}
    custom = [
        {
            "SecurityControlId": control,
            "Parameters": {name: {"ValueType": "CUSTOM", "Value": _value(value)} for name, value in parameters.items()},
        }
        for control, parameters in sorted(after["parameters"].items())
    ]
    return {
        "ServiceEnabled": True,
        "EnabledStandardIdentifiers": [_arn(standard, partition, region) for standard in after["standards"]],
        "SecurityControlsConfiguration": {
            "DisabledSecurityControlIdentifiers": after["disabled_controls"],
            **({"SecurityControlCustomParameters": custom} if custom else {}),
        },
    }


def _value(value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"Boolean": value}
    if isinstance(value, int):
        return {"Integer": value}
    if isinstance(value, list):
        return {"StringList": value}
    return {"String": value}


def _seen(found: Mapping[str, Any]) -> dict[str, Any]:
    controls = found.get("SecurityControlsConfiguration") or {}
    parameters = {
        entry["SecurityControlId"]: {
            name: next(iter((parameter.get("Value") or {}).values()), None)
            for name, parameter in entry["Parameters"].items()
            if parameter["ValueType"] == "CUSTOM"
        }
        for entry in controls.get("SecurityControlCustomParameters") or ()
    }
    return {
        "enabled": found.get("ServiceEnabled", False),
        "standards": sorted(arn.partition("standards/")[2] for arn in found.get("EnabledStandardIdentifiers") or ()),
        "disabled_controls": sorted(controls.get("DisabledSecurityControlIdentifiers") or ()),
        "parameters": parameters,
        **(
            {"only_controls": controls["EnabledSecurityControlIdentifiers"]}
            if controls.get("EnabledSecurityControlIdentifiers")
            else {}
        ),
    }
