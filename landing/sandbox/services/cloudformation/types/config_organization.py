"""AWS Config in an organization: rules and conformance packs that every member gets."""

from __future__ import annotations

from typing import Any

from landing.sandbox.services.cloudformation.types.base import Properties, ResourceType, Site, found, given, refused
from landing.sandbox.services.cloudformation.types.config_rules import stabilized


class _Deployed(ResourceType):
    """What organization rules and packs have in common: put, deployed in the background, deleted in the background."""

    kind: str
    """ConfigRule or ConformancePack: what the operations and their members are named after."""
    settings: tuple[str, ...]

    def _calls(self, site: Site) -> tuple[Any, str, str]:
        """The client, the operations' name for it, and the parameter that names one."""
        spelled = {"ConfigRule": "config_rule", "ConformancePack": "conformance_pack"}[self.kind]
        return site.client("config"), f"organization_{spelled}", f"Organization{self.kind}Name"

    def create(self, site: Site, properties: Properties) -> str:
        """Deployed in the background, and waited for."""
        client, call, member = self._calls(site)
        name: str = properties[member]
        if found(getattr(client, f"describe_{call}s"), **{f"{member}s": [name]}):
            raise refused(f"Create{self.kind}", "AlreadyExists", f"{name} already exists.")
        self._put(site, name, properties)
        return name

    def _put(self, site: Site, name: str, properties: Properties) -> None:
        client, call, member = self._calls(site)
        settings = given(properties, **{setting: setting for setting in self.settings})
        getattr(client, f"put_{call}")(**{member: name}, **settings)
        self._wait(site, f"PutOrganization{self.kind}", name)

    def _wait(self, site: Site, operation: str, name: str) -> None:
        client, call, member = self._calls(site)

        def status() -> tuple[str, str]:
            answer = found(getattr(client, f"describe_{call}_statuses"), **{f"{member}s": [name]})
            if answer is None or not answer[f"Organization{self.kind}Statuses"]:
                return "DELETE_SUCCESSFUL", ""
            one = answer[f"Organization{self.kind}Statuses"][0]
            state = one.get("OrganizationRuleStatus") or one["Status"]
            return state, f"{one.get('ErrorCode', '')} {one.get('ErrorMessage', '')}".strip()

        stabilized(operation, status)

    def _found(self, site: Site, name: str) -> dict[str, Any]:
        client, call, member = self._calls(site)
        described = getattr(client, f"describe_{call}s")(**{f"{member}s": [name]})
        one: dict[str, Any] = described[f"Organization{self.kind}s"][0]
        return one

    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """What the descriptions have of it."""
        member = f"Organization{self.kind}Name"
        names = (member, *self.settings)
        return given(self._found(site, physical_id), **{name: name for name in names})

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """Put again, as a whole."""
        self._put(site, physical_id, after)

    def delete(self, site: Site, physical_id: str, properties: Properties) -> None:
        """Taken from the members in the background, and waited for."""
        client, call, member = self._calls(site)
        getattr(client, f"delete_{call}")(**{member: physical_id})
        self._wait(site, f"DeleteOrganization{self.kind}", physical_id)

    def attributes(self, site: Site, physical_id: str, properties: Properties) -> Properties:
        """The ARN."""
        member = f"Organization{self.kind}Arn"
        return {member: self._found(site, physical_id)[member]}


class OrganizationConfigRule(_Deployed):
    """AWS::Config::OrganizationConfigRule."""

    name = "AWS::Config::OrganizationConfigRule"
    kind = "ConfigRule"
    settings = (
        "ExcludedAccounts", "OrganizationCustomPolicyRuleMetadata", "OrganizationCustomRuleMetadata",
        "OrganizationManagedRuleMetadata",
    )  # fmt: skip
    properties = frozenset({*settings, "OrganizationConfigRuleName"})


class OrganizationConformancePack(_Deployed):
    """AWS::Config::OrganizationConformancePack."""

    name = "AWS::Config::OrganizationConformancePack"
    kind = "ConformancePack"
    settings = (
        "ConformancePackInputParameters", "DeliveryS3Bucket", "DeliveryS3KeyPrefix", "ExcludedAccounts",
        "TemplateBody", "TemplateS3Uri",
    )  # fmt: skip
    properties = frozenset({*settings, "OrganizationConformancePackName"})
