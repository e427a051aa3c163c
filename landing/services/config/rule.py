"""Organization rules of AWS Config."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from landing.aws import Aws, cause_of, unless
from landing.core.constraints import config_rules
from landing.core.constraints.inputs import constraint
from landing.core.errors import OperationFailed
from landing.core.model import Action, Change, Diagnostic, Resource, Scope, Severity
from landing.core.spelling import nearest
from landing.organization import PREFIX, EnabledService, Organization
from landing.services.base import Ownership
from landing.services.config.settings import ConfigSettings, Rule
from landing.services.organizations.delegated_administrator import DelegatedAdministrator
from landing.services.shapes import AdministeredSetting
from landing.services.stacks.stack import Stack
from landing.services.stacks.stack_set import StackSet
from landing.services.strength import Weaker, told, told_each

PRINCIPAL = "config-multiaccountsetup.amazonaws.com"
RECORDER = "config-recorder"


class ConfigRule(AdministeredSetting):
    """A managed rule in every account of a region (PutOrganizationConfigRule), named `landing-<key>`.

    Recorders come first: a rule cannot be deployed to an account and region that has none.
    """

    name = "config_rule"
    title = "AWS Config organization rule"
    ownership = Ownership.PREFIX
    severity = Severity.MEDIUM
    service = "config"
    client_name = "config"
    controls = ("nist-800-53-r5:CM-6", "nist-csf-2.0:PR.PS-01")
    help_uri = "https://docs.aws.amazon.com/config/latest/developerguide/config-rule-multi-account-deployment.html"
    weaker: ClassVar[Mapping[str, Weaker]] = {"identifier": told, "parameters": told_each}
    parallel = 4
    reads = ("config:DescribeOrganizationConfigRules", "sts:AssumeRole")
    writes = (
        "config:PutOrganizationConfigRule",
        "config:DeleteOrganizationConfigRule",
        "config:DescribeOrganizationConfigRuleStatuses",
        "iam:CreateServiceLinkedRole",
    )
    linked = (PRINCIPAL,)

    def check(self, organization: Organization) -> Iterable[Diagnostic]:
        """What PutOrganizationConfigRule refuses: names, identifiers, and parameters that a rule does not have."""
        service = organization.service(ConfigSettings)
        for key, rule in (service.settings.rules if service else {}).items():
            assert service is not None
            yield from _problems(service, key, rule)

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """Each rule in each governed region."""
        service = organization.service(ConfigSettings)
        rules = service.settings.rules if service else {}
        recorder = organization.deployments.get(RECORDER)
        for key, rule in rules.items():
            attributes = {
                "identifier": rule.identifier,
                "description": rule.description,
                "parameters": _texts(rule.parameters),
            }
            for scope in self.scopes(organization):
                if rule.home_only and scope.region != organization.home_region:
                    continue
                needs = [DelegatedAdministrator().address(f"{PRINCIPAL}/{organization.security_tooling}")]
                if recorder is not None:
                    needs += [
                        *StackSet().addresses(organization, RECORDER),
                        *Stack().sites(organization, RECORDER, Scope(organization.management, scope.region)),
                    ]
                source = service.at("rules") if service else None
                yield Resource(self.address(key, scope), attributes, tuple(needs), source=source)

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """Every organization rule that this administrator made."""
        client = aws.client("config", scope)
        rules: list[Any] = []
        with unless("OrganizationAccessDeniedException", "NoAvailableOrganizationException"):
            rules = list(aws.listed(client, "describe_organization_config_rules", "OrganizationConfigRules"))
        for rule in rules:
            name = rule["OrganizationConfigRuleName"]
            managed: Mapping[str, Any] = rule.get("OrganizationManagedRuleMetadata") or {}
            attributes = {
                "identifier": managed.get("RuleIdentifier", ""),
                "description": managed.get("Description", ""),
                "parameters": _texts(json.loads(managed.get("InputParameters") or "{}")),
            }
            needs = (DelegatedAdministrator().address(f"{PRINCIPAL}/{organization.security_tooling}"),)
            yield Resource(self.address(name.removeprefix(PREFIX), scope), attributes, needs, name.startswith(PREFIX))

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Put or delete, and wait for the roll-out to members."""
        client = aws.client("config", change.address.scope)
        name = PREFIX + change.address.name
        with unless("ResourceInUseException") as busy:
            self._start(client, name, change)
        if busy.code:  # it is being deployed: by an earlier run, or by a request whose answer was lost
            self._wait(aws, client, name, strict=False)
            self._start(client, name, change)
        self._wait(aws, client, name)

    def _start(self, client: Any, name: str, change: Change) -> None:
        if change.action is Action.DELETE:
            with unless("NoSuchOrganizationConfigRuleException"):
                client.delete_organization_config_rule(OrganizationConfigRuleName=name)
        else:
            assert change.after is not None
            metadata = {"RuleIdentifier": change.after["identifier"], "Description": change.after["description"]}
            if change.after["parameters"]:
                metadata["InputParameters"] = _text(change.after["parameters"])
            client.put_organization_config_rule(
                OrganizationConfigRuleName=name, OrganizationManagedRuleMetadata=metadata
            )

    def _wait(self, aws: Aws, client: Any, name: str, *, strict: bool = True) -> None:
        for _ in aws.poll(f"organization rule {name}", "config_rule"):
            with unless("NoSuchOrganizationConfigRuleException") as gone:
                found = client.describe_organization_config_rule_statuses(OrganizationConfigRuleNames=[name])
            statuses = [] if gone.code else found["OrganizationConfigRuleStatuses"]
            if not statuses:
                return
            status = statuses[0]
            if strict and status["OrganizationRuleStatus"].endswith("_FAILED"):
                code = status.get("ErrorCode", status["OrganizationRuleStatus"])
                raise OperationFailed(
                    status.get("ErrorMessage", ""),
                    aws_code=code,
                    cause=cause_of("config", code),
                    operation=f"organization rule {name}",
                )
            if status["OrganizationRuleStatus"].endswith(("_SUCCESSFUL", "_FAILED")):
                return


def _texts(parameters: Mapping[str, Any]) -> dict[str, str]:
    """Numbers and truth as the texts that they are in AWS Config, whoever wrote them."""
    return {
        name: value if isinstance(value, str) else json.dumps(value, sort_keys=True)
        for name, value in parameters.items()
    }


def _text(parameters: Mapping[str, Any]) -> str:
    return json.dumps(parameters, sort_keys=True)


def _problems(service: EnabledService[ConfigSettings], key: str, rule: Rule) -> Iterator[Diagnostic]:
    identifier, given = rule.identifier, _texts(rule.parameters)
    at = ("rules", key)
    most = constraint("config:PutOrganizationConfigRule OrganizationConfigRuleName")["max"]
    if len(PREFIX + key) > most:
        hint = f"at most {most - len(PREFIX)} characters"
        yield service.problem("LZ362", f"`{key}` is too long for the name of an organization rule", hint, *at)
    most = constraint("config:PutOrganizationConfigRule OrganizationManagedRuleMetadata.InputParameters")["max"]
    if len(_text(given)) > most:
        message = f"the parameters of `{key}` have {len(_text(given)):,} characters as JSON; AWS takes {most:,}"
        yield service.problem("LZ362", message, "shorten them", *at, "parameters")
    if not config_rules.is_known(identifier):
        hint = nearest(identifier, config_rules.rules(), "see the list of AWS Config managed rules")
        yield service.problem("LZ363", f"AWS Config has no managed rule `{identifier}`", hint, *at, "identifier")
        return
    known = config_rules.rules()[identifier]
    for name in config_rules.unknown_parameters(identifier, given):
        hint = nearest(name, known, "its parameters: " + (", ".join(known) or "none"))
        yield service.problem("LZ364", f"{identifier} has no parameter `{name}`", hint, *at, "parameters", name)
    for name in config_rules.missing_parameters(identifier, given):
        yield service.problem("LZ364", f"{identifier} needs the parameter `{name}`", "", *at, "parameters")
