"""Organization rules of AWS Config."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, ClassVar

from landing.aws import Aws, unless
from landing.core.constraints import config_rules
from landing.core.constraints.inputs import constraint
from landing.core.keys import keys
from landing.core.model import Change, Diagnostic, Json, Resource, Scope
from landing.core.references import account_key
from landing.core.spelling import nearest
from landing.organization import PREFIX, EnabledService, Organization
from landing.services.config.deployed import MOST_EXCLUDED, Deployed, Failure, excluded, left_out, names_of, needs
from landing.services.config.settings import ConfigSettings, Rule
from landing.services.shapes import key_of
from landing.services.strength import Weaker, told_each
from landing.services.strength import told as untold

BEYOND = "beyond"
"""Attribute of a rule as it is found: what AWS has of it that no setting says."""
SAID = frozenset({"RuleIdentifier", "Description", "InputParameters"})
"""What the settings say of the metadata of a managed rule."""


class ConfigRule(Deployed):
    """A managed rule in every account of a region (PutOrganizationConfigRule)."""

    name = "config_rule"
    title = "AWS Config organization rule"
    controls = ("nist-800-53-r5:CM-6", "nist-csf-2.0:PR.PS-01")
    help_uri = "https://docs.aws.amazon.com/config/latest/developerguide/config-rule-multi-account-deployment.html"
    weaker: ClassVar[Mapping[str, Weaker]] = {**Deployed.weaker, "identifier": untold, "parameters": told_each}
    reads = ("config:DescribeOrganizationConfigRules", "sts:AssumeRole")
    writes = (
        "config:PutOrganizationConfigRule",
        "config:DeleteOrganizationConfigRule",
        "config:DescribeOrganizationConfigRuleStatuses",
        "config:GetOrganizationConfigRuleDetailedStatus",
        "iam:CreateServiceLinkedRole",
    )
    thing = "organization rule"
    absent = "NoSuchOrganizationConfigRuleException"

    def check(self, organization: Organization) -> Iterable[Diagnostic]:
        """What PutOrganizationConfigRule refuses: names, identifiers, and parameters that a rule does not have."""
        service = organization.service(ConfigSettings)
        for key, rule in (service.settings.rules if service else {}).items():
            assert service is not None
            yield from _problems(service, key, rule)
            if len(out := left_out(organization, rule.exclude)) > MOST_EXCLUDED:
                message = f"{len(out):,} accounts are left out; AWS takes {MOST_EXCLUDED:,}"
                yield service.problem("LZ362", message, "leave out fewer", "rules", key, "exclude", key=True)

    def names(self, organization: Organization) -> Mapping[str, str]:
        """`landing-<key>`, or as the config says."""
        service = organization.service(ConfigSettings)
        return names_of({key: rule.name for key, rule in (service.settings.rules if service else {}).items()})

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """Each rule in each governed region."""
        service = organization.service(ConfigSettings)
        rules = service.settings.rules if service else {}
        for key, rule in rules.items():
            attributes = {
                "identifier": rule.identifier,
                "description": rule.description,
                "parameters": _texts(rule.parameters),
                "excluded": excluded(organization, rule.exclude),
            }
            for scope in self.scopes(organization):
                if rule.home_only and scope.region != organization.home_region:
                    continue
                source = service.at("rules") if service else None
                yield Resource(self.address(key, scope), attributes, tuple(needs(organization, scope)), source=source)

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """Every organization rule that this administrator made."""
        client = aws.client("config", scope)
        rules: list[Any] = []
        names = self.names(organization)
        with unless("OrganizationAccessDeniedException", "NoAvailableOrganizationException"):
            rules = list(aws.listed(client, "describe_organization_config_rules", "OrganizationConfigRules"))
        for rule in rules:
            name = rule["OrganizationConfigRuleName"]
            managed: Mapping[str, Any] = rule.get("OrganizationManagedRuleMetadata") or {}
            attributes: dict[str, Any] = {
                "identifier": managed.get("RuleIdentifier", ""),
                "description": managed.get("Description", ""),
                "parameters": _texts(json.loads(managed.get("InputParameters") or "{}")),
                "excluded": sorted(aws.symbolic(rule.get("ExcludedAccounts") or [])),
            }
            more = {name for name, value in managed.items() if value}
            if beyond := sorted(more - SAID):
                attributes[BEYOND] = beyond
            first = tuple(needs(organization, scope))[:1]
            yield Resource(self.address(key_of(name, names), scope), attributes, first, name.startswith(PREFIX))

    def put(self, organization: Organization, aws: Aws, client: Any, name: str, change: Change) -> None:
        """With all that the config says."""
        assert change.after is not None
        metadata = {"RuleIdentifier": change.after["identifier"], "Description": change.after["description"]}
        if change.after["parameters"]:
            metadata["InputParameters"] = _text(change.after["parameters"])
        client.put_organization_config_rule(
            OrganizationConfigRuleName=name,
            OrganizationManagedRuleMetadata=metadata,
            ExcludedAccounts=aws.resolve(change.after["excluded"]),
        )

    def delete(self, client: Any, name: str) -> None:
        """Members lose it."""
        client.delete_organization_config_rule(OrganizationConfigRuleName=name)

    def statuses(self, client: Any, name: str) -> list[Any]:
        """As AWS has them, but for the name that it gives the status of a rule."""
        found = client.describe_organization_config_rule_statuses(OrganizationConfigRuleNames=[name])
        return [{**each, "Status": each["OrganizationRuleStatus"]} for each in found["OrganizationConfigRuleStatuses"]]

    def failures(self, aws: Aws, client: Any, name: str, status: str) -> Iterable[Failure]:
        """Account by account, of those alone."""
        for each in aws.listed(
            client,
            "get_organization_config_rule_detailed_status",
            "OrganizationConfigRuleDetailedStatus",
            OrganizationConfigRuleName=name,
            Filters={"MemberAccountRuleStatus": status},
        ):
            yield each["AccountId"], each.get("ErrorCode", each["MemberAccountRuleStatus"])


def rules_of(organization: Organization, live: Collection[Resource]) -> Iterator[tuple[str, Json]]:
    """The setting `rules` for those in AWS that are alike in all governed regions, or at home only, and can be said."""
    found: dict[str, dict[str, Resource]] = {}
    for each in live:
        if each.address.kind == ConfigRule.name:
            found.setdefault(each.address.name, {})[each.address.scope.region] = each
    given = keys(((name, name, name if _is_ours(here) else "") for name, here in found.items()), "rule")
    everywhere = {scope.region for scope in ConfigRule().scopes(organization)}
    for name, key in sorted(given.items(), key=lambda entry: entry[1]):
        here = found[name]
        first, *others = (each.attributes for each in here.values())
        alike = all(first == each for each in others) and {*here} in (everywhere, {organization.home_region})
        if alike and not first.get(BEYOND) and _is_known(first):
            called = {} if _is_ours(here) else {"name": name}
            said = {part: value for part, value in first.items() if value and part not in (BEYOND, "excluded")}
            if first["excluded"]:
                said["exclude"] = {"accounts": sorted(filter(None, map(account_key, first["excluded"])))}
            yield key, {**called, **said, **({} if {*here} == everywhere else {"home_only": True})}


def _is_ours(here: Mapping[str, Resource]) -> bool:
    return all(each.owned for each in here.values())


def _is_known(found: Mapping[str, Any]) -> bool:
    """Whether a config may ask for it."""
    identifier, parameters = found["identifier"], found["parameters"]
    return config_rules.is_known(identifier) and not (
        config_rules.unknown_parameters(identifier, parameters)
        or config_rules.missing_parameters(identifier, parameters)
        or not all(value.strip() for value in parameters.values())
    )


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
    if rule.name.startswith(PREFIX):
        message = f"`{rule.name}` is the name of a rule that a config makes"
        yield service.problem("LZ362", message, "leave it out: the key says it", *at, "name")
    if rule.name and [each.name for each in service.settings.rules.values()].count(rule.name) > 1:
        message = f"several organization rules are called `{rule.name}`"
        yield service.problem("LZ362", message, "AWS gives a name once", *at, "name")
    if not rule.name and len(PREFIX + key) > most:
        hint = f"at most {most - len(PREFIX)} characters"
        yield service.problem("LZ362", f"`{key}` is too long for the name of an organization rule", hint, *at, key=True)
    most = constraint("config:PutOrganizationConfigRule OrganizationManagedRuleMetadata.InputParameters")["max"]
    if len(_text(given)) > most:
        message = f"the parameters of `{key}` have {len(_text(given)):,} characters as JSON; AWS takes {most:,}"
        yield service.problem("LZ362", message, "shorten them", *at, "parameters", key=True)
    if not config_rules.is_known(identifier):
        hint = nearest(identifier, config_rules.rules(), "see the list of AWS Config managed rules")
        yield service.problem("LZ363", f"AWS Config has no managed rule `{identifier}`", hint, *at, "identifier")
        return
    known = config_rules.rules()[identifier]
    for name in config_rules.unknown_parameters(identifier, given):
        hint = nearest(name, known, "its parameters: " + (", ".join(known) or "none"))
        yield service.problem(
            "LZ364", f"{identifier} has no parameter `{name}`", hint, *at, "parameters", name, key=True
        )
    for name in config_rules.missing_parameters(identifier, given):
        yield service.problem("LZ364", f"{identifier} needs the parameter `{name}`", "", *at, "parameters", key=True)
