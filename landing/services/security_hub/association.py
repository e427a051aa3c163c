"""Where configuration policies of Security Hub CSPM apply."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, ClassVar

from landing.aws import Aws, unless
from landing.core.errors import NotThere, OperationFailed
from landing.core.model import Action, Change, Diagnostic, Resource, Scope
from landing.organization import ROOT, Organization
from landing.services.base import Ownership, required_account
from landing.services.organizations.unit import OrganizationalUnit
from landing.services.security_hub.hub import NOT_ENABLED
from landing.services.security_hub.policy import SecurityHubPolicy, attributes_of
from landing.services.security_hub.settings import SecurityHubSettings
from landing.services.shapes import AdministeredSetting
from landing.services.strength import Weaker, neutral, told


class SecurityHubAssociation(AdministeredSetting):
    """A policy on the root, a unit or an account (StartConfigurationPolicyAssociation); one for each target.

    Names: `root`, `unit/<key>`, `account/<key>`.
    """

    name = "security_hub_association"
    ending = "disassociated"
    title = "Security Hub policy association"
    ownership = Ownership.POLICIES
    service = "security_hub"
    client_name = "securityhub"
    home_only = True
    controls = ("cis-aws-5.0:4.16",)
    help_uri = "https://docs.aws.amazon.com/securityhub/latest/userguide/create-associate-policy.html"
    weaker: ClassVar[Mapping[str, Weaker]] = {"policy": told, "status": neutral}
    reads = (
        "securityhub:ListConfigurationPolicyAssociations",
        "securityhub:ListConfigurationPolicies",
        "sts:AssumeRole",
    )
    writes = (
        "securityhub:StartConfigurationPolicyAssociation",
        "securityhub:StartConfigurationPolicyDisassociation",
        "securityhub:GetConfigurationPolicyAssociation",
    )

    def check(self, organization: Organization) -> Iterable[Diagnostic]:
        """A target has one policy."""
        service = organization.service(SecurityHubSettings)
        taken: dict[str, str] = {}
        for key, name in self._targets(organization):
            if name in taken and service is not None:
                yield Diagnostic(
                    "LZ353",
                    f"Security Hub policies `{taken[name]}` and `{key}` both apply to {name}",
                    service.at("policies"),
                    "a target has one configuration policy",
                )
            taken.setdefault(name, key)

    def _targets(self, organization: Organization) -> Iterable[tuple[str, str]]:
        service = organization.service(SecurityHubSettings)
        policies = service.settings.policies if service else {}
        for key, policy in policies.items():
            cover = organization.cover(policy.target)
            for unit in cover.units:
                yield key, unit if unit == ROOT else f"unit/{unit}"
            for account in cover.accounts:
                yield key, f"account/{account}"

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """What the targets of the policies come down to."""
        service = organization.service(SecurityHubSettings)
        for key, name in {name: key for key, name in self._targets(organization)}.items():
            for scope in self.scopes(organization):
                kind, _, node = key.partition("/")
                target = required_account(node) if kind == "account" else OrganizationalUnit().parent(node or ROOT)
                needs = (SecurityHubPolicy().address(name, scope), target)
                source = service.at("policies") if service else None
                yield Resource(self.address(key, scope), {"policy": name, "status": "SUCCESS"}, needs, source=source)

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """Associations that were made, not those that are inherited."""
        client = aws.client("securityhub", scope)
        found: list[Any] = []
        keys: dict[str, tuple[str, bool]] = {}
        with unless(*NOT_ENABLED):
            found = list(
                aws.listed(
                    client,
                    "list_configuration_policy_associations",
                    "ConfigurationPolicyAssociationSummaries",
                    Filters={"AssociationType": "APPLIED"},
                )
            )
            keys = SecurityHubPolicy().keys(organization, aws, client)
        accounts = aws.tree.account_keys
        for entry in found:
            if entry["AssociationType"] != "APPLIED":
                continue
            target, policy = entry["TargetId"], entry["ConfigurationPolicyId"]
            key = aws.tree.node_key(target)
            name = f"account/{accounts[target]}" if target in accounts else key if key == ROOT else f"unit/{key}"
            known, ours = keys.get(policy, (policy, False))
            attributes = {"policy": known, "status": entry["AssociationStatus"]}
            needs = (SecurityHubPolicy().address(known, scope),)
            yield Resource(self.address(name, scope), attributes, needs, owned=ours)

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Associate and wait, or disassociate."""
        client = aws.client("securityhub", change.address.scope)
        target = self._target(aws, change.address.name)
        ids = SecurityHubPolicy().ids(organization, aws, client)
        if change.action is Action.DELETE:
            assert change.before is not None
            with unless("ResourceNotFoundException"):
                client.start_configuration_policy_disassociation(
                    Target=target,
                    ConfigurationPolicyIdentifier=ids.get(change.before["policy"], change.before["policy"]),
                )
            return
        assert change.after is not None
        client.start_configuration_policy_association(
            Target=target, ConfigurationPolicyIdentifier=_known(ids, change.after["policy"])
        )
        for _ in aws.poll(f"Security Hub policy on {change.address.name}", "security_hub"):
            found = client.get_configuration_policy_association(Target=target)
            if found["AssociationStatus"] == "SUCCESS":
                return
            if found["AssociationStatus"] in ("FAILED", "DISABLED"):
                raise OperationFailed(
                    found.get("AssociationStatusMessage", ""),
                    aws_code=found["AssociationStatus"],
                    operation="StartConfigurationPolicyAssociation",
                    scope=change.address.scope,
                )

    def weakened(self, organization: Organization, change: Change) -> Iterable[str]:
        """Of another policy, what it checks less; of one that the config has no more, that this cannot be told."""
        service = organization.service(SecurityHubSettings)
        policies = service.settings.policies if service else {}
        sides = [str(side.get("policy")) for side in (change.before, change.after) if side]
        if change.action is Action.UPDATE and len(set(sides)) > 1 and all(name in policies for name in sides):
            before, after = (attributes_of(policies[name]) for name in sides)
            yield from SecurityHubPolicy().weakened(organization, replace(change, before=before, after=after))
        else:
            yield from super().weakened(organization, change)

    def _target(self, aws: Aws, name: str) -> dict[str, str]:
        kind, _, key = name.partition("/")
        if kind == "account":
            return {"AccountId": aws.tree.account_ids[key]}
        node = aws.tree.node_id(key or ROOT)
        return {"RootId": node} if name == ROOT else {"OrganizationalUnitId": node}


def _known(ids: Mapping[str, str], policy: str) -> str:
    if policy not in ids:
        raise NotThere(f"the policy {policy} does not exist, or AWS does not show it yet")
    return ids[policy]
