"""Organization rules of AWS Config."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, ClassVar

from landing.aws import Aws, unless
from landing.core import forms
from landing.core.constraints import config_rules
from landing.core.constraints.inputs import constraint
from landing.core.keys import keys
from landing.core.model import Change, Diagnostic, Json, Resource, Scope, Source
from landing.core.references import account_id, account_key
from landing.core.spelling import nearest
from landing.organization import PREFIX, EnabledService, Organization, Target
from landing.services.config import remediation
from landing.services.config.organization_deployment import (
    MOST_EXCLUDED,
    Deployed,
    Failure,
    excluded,
    left_out,
    names_of,
    needs,
)
from landing.services.config.settings import ConfigSettings, Rule
from landing.services.shapes import key_of, name_problems
from landing.services.strength import Weaker, neutral, told, told_each

BEYOND = "beyond"
"""Attribute of a rule as it is found: what AWS has of it that no setting says."""
MANAGED, GUARD = "OrganizationManagedRuleMetadata", "OrganizationCustomPolicyRuleMetadata"
SAID = {
    MANAGED: frozenset({"RuleIdentifier", "Description", "InputParameters", "ResourceTypesScope"}),
    GUARD: frozenset({
        "Description", "InputParameters", "ResourceTypesScope", "PolicyRuntime", "OrganizationConfigRuleTriggerTypes",
        "DebugLogDeliveryAccounts",
    }),
}  # fmt: skip
"""What the settings say of the metadata of a rule, by its kind."""
RUNTIME = "guard-2.x.x"
CHANGES = ["ConfigurationItemChangeNotification", "OversizedConfigurationItemChangeNotification"]
MOST_TEXT = 10_000
"""Characters of a policy (PolicyText)."""


class ConfigRule(Deployed):
    """A managed rule, or a Guard policy, in every account of a region (PutOrganizationConfigRule)."""

    name = "config_rule"
    title = "AWS Config organization rule"
    controls = ("nist-800-53-r5:CM-6", "nist-csf-2.0:PR.PS-01")
    help_uri = "https://docs.aws.amazon.com/config/latest/developerguide/config-rule-multi-account-deployment.html"
    weaker: ClassVar[Mapping[str, Weaker]] = {
        **Deployed.weaker,
        "identifier": told,
        "parameters": told_each,
        "policy": told,
        "resource_types": told,
        "debug_log_accounts": neutral,
    }
    canonical: ClassVar[Mapping[str, forms.Form]] = dict.fromkeys(
        ("excluded", "resource_types", "debug_log_accounts"), forms.unordered
    )
    reads = (
        "config:DescribeOrganizationConfigRules",
        "config:GetOrganizationCustomRulePolicy",
        "sts:AssumeRole",
    )
    writes = (
        "config:PutOrganizationConfigRule",
        "config:DeleteOrganizationConfigRule",
        "config:DescribeOrganizationConfigRuleStatuses",
        "config:GetOrganizationConfigRuleDetailedStatus",
        "iam:CreateServiceLinkedRole",
        "organizations:ListDelegatedAdministrators",
    )
    thing = "organization rule"
    absent = "NoSuchOrganizationConfigRuleException"

    def check(self, organization: Organization) -> Iterable[Diagnostic]:
        """What PutOrganizationConfigRule refuses: names, identifiers, policies, and parameters that there are not."""
        service = organization.service(ConfigSettings)
        if service is not None:
            yield from remediation.problems(organization, service)
            names = {key: rule.name for key, rule in service.settings.rules.items()}
            yield from name_problems(service, "LZ362", names, "rules", thing="a rule", things="organization rules")
        for key, rule in (service.settings.rules if service else {}).items():
            assert service is not None
            yield from _name_problems(service, key, rule)
            if bool(rule.identifier) == bool(rule.guard):
                message = f"`{key}` needs either an identifier or a Guard policy"
                yield service.problem("LZ422", message, "a rule is one of the two", "rules", key, key=True)
            elif rule.guard:
                yield from _guard_problems(organization, service, key, rule)
            else:
                yield from _problems(service, key, rule)
                yield from self._elsewhere(organization, service, key, rule)
            if len(out := left_out(organization, rule.exclude)) > MOST_EXCLUDED:
                message = f"{len(out):,} accounts are left out; AWS takes {MOST_EXCLUDED:,}"
                yield service.problem("LZ362", message, "leave out fewer", "rules", key, "exclude", key=True)

    def _elsewhere(
        self, organization: Organization, service: EnabledService[ConfigSettings], key: str, rule: Rule
    ) -> Iterator[Diagnostic]:
        if config_rules.is_known(rule.identifier):
            places = self._places(organization, rule)
            regions = [each.region for each in places if not config_rules.is_offered(rule.identifier, each.region)]
            if regions:
                message = f"AWS Config has no {rule.identifier} in {', '.join(regions)}: it is left out there"
                yield service.problem("LZ366", message, "", "rules", key, key=True, severity="info")

    def _places(self, organization: Organization, rule: Rule) -> Iterator[Scope]:
        """Where a rule is meant."""
        for scope in self.scopes(organization):
            if not rule.home_only or scope.region == organization.home_region:
                yield scope

    def names(self, organization: Organization) -> Mapping[str, str]:
        """`landing-<key>`, or as the config says."""
        service = organization.service(ConfigSettings)
        return names_of({key: rule.name for key, rule in (service.settings.rules if service else {}).items()})

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """Each rule in each governed region."""
        service = organization.service(ConfigSettings)
        rules = service.settings.rules if service else {}
        for key, rule in rules.items():
            file = organization.guard_policies.get(rule.guard)
            own = {
                "policy": file.text.strip() if file else "",
                "debug_log_accounts": sorted(map(account_id, organization.members(rule.debug_log_accounts))),
            }
            attributes = {
                **(own if rule.guard else {"identifier": rule.identifier}),
                "description": rule.description,
                "parameters": _texts(rule.parameters),
                "resource_types": sorted(rule.resource_types),
                "excluded": excluded(organization, rule.exclude),
            }
            for scope in self._places(organization, rule):
                if rule.identifier and not config_rules.is_offered(rule.identifier, scope.region):
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
            owned = name.startswith(PREFIX)
            said = MANAGED if MANAGED in rule else GUARD
            metadata: Mapping[str, Any] = rule.get(said) or {}
            attributes: dict[str, Any] = {
                "description": metadata.get("Description", ""),
                "parameters": _texts(json.loads(metadata.get("InputParameters") or "{}")),
                "resource_types": sorted(metadata.get("ResourceTypesScope") or ()),
                "excluded": sorted(aws.symbolic(rule.get("ExcludedAccounts") or [])),
            }
            if GUARD in rule:
                text = _policy(client, name) if owned or name in names.values() else ""
                accounts = sorted(aws.symbolic(metadata.get("DebugLogDeliveryAccounts") or []))
                attributes |= {"policy": text, "debug_log_accounts": accounts}
            else:
                attributes["identifier"] = metadata.get("RuleIdentifier", "")
            more = {part for part, value in metadata.items() if value} - SAID[said]
            if metadata.get("OrganizationConfigRuleTriggerTypes", CHANGES) != CHANGES:
                more.add("OrganizationConfigRuleTriggerTypes")
            if beyond := sorted(more):
                attributes[BEYOND] = beyond
            first = tuple(needs(organization, scope))[:1]
            yield Resource(self.address(key_of(name, names), scope), attributes, first, owned)

    def put(self, organization: Organization, aws: Aws, client: Any, name: str, change: Change) -> None:
        """With all that the config says."""
        assert change.after is not None
        metadata: dict[str, Any] = {"Description": change.after["description"]}
        if change.after["parameters"]:
            metadata["InputParameters"] = _text(change.after["parameters"])
        if change.after["resource_types"]:
            metadata["ResourceTypesScope"] = change.after["resource_types"]
        excluded_ids = aws.resolve(change.after["excluded"])
        if "policy" in change.after:
            metadata |= {
                "PolicyRuntime": RUNTIME,
                "PolicyText": change.after["policy"],
                "OrganizationConfigRuleTriggerTypes": CHANGES,
                "DebugLogDeliveryAccounts": aws.resolve(change.after["debug_log_accounts"]),
            }
            client.put_organization_config_rule(
                OrganizationConfigRuleName=name,
                OrganizationCustomPolicyRuleMetadata=metadata,
                ExcludedAccounts=excluded_ids,
            )
        else:
            metadata["RuleIdentifier"] = change.after["identifier"]
            client.put_organization_config_rule(
                OrganizationConfigRuleName=name, OrganizationManagedRuleMetadata=metadata, ExcludedAccounts=excluded_ids
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
    regions = [scope.region for scope in ConfigRule().scopes(organization)]
    for name, key in sorted(given.items(), key=lambda entry: entry[1]):
        here = found[name]
        first, *others = (each.attributes for each in here.values())
        everywhere = {each for each in regions if config_rules.is_offered(first.get("identifier", ""), each)}
        alike = all(first == each for each in others) and {*here} in (everywhere, {organization.home_region})
        guard = _guard_of(organization, first.get("policy", ""))
        if alike and not first.get(BEYOND) and (guard or _is_known(first)):
            called = {} if _is_ours(here) else {"name": name}
            said: dict[str, Any] = {part: first[part] for part in PLAIN if first.get(part)}
            said |= {"guard": guard} if guard else {}
            for setting, part in (("exclude", "excluded"), ("debug_log_accounts", "debug_log_accounts")):
                if first.get(part):
                    said[setting] = {"accounts": sorted(filter(None, map(account_key, first[part])))}
            yield key, {**called, **said, **({} if {*here} == everywhere else {"home_only": True})}


PLAIN = ("identifier", "description", "parameters", "resource_types")
"""Attributes of a rule that settings of the same name say."""


def _guard_of(organization: Organization, policy: str) -> str:
    """The file beside the config that has a policy."""
    files = organization.guard_policies.items()
    return next((name for name, file in files if policy and file.text.strip() == policy), "")


def _is_ours(here: Mapping[str, Resource]) -> bool:
    return all(each.owned for each in here.values())


def _is_known(found: Mapping[str, Any]) -> bool:
    """Whether a config may ask for it."""
    identifier, parameters = found.get("identifier", ""), found["parameters"]
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


def _policy(client: Any, name: str) -> str:
    """The text of a Guard policy, which no description shows."""
    found: str = client.get_organization_custom_rule_policy(OrganizationConfigRuleName=name)["PolicyText"]
    return found.strip()


def _guard_problems(
    organization: Organization, service: EnabledService[ConfigSettings], key: str, rule: Rule
) -> Iterator[Diagnostic]:
    file, at = organization.guard_policies.get(rule.guard), ("rules", key)
    if file is None:
        known = organization.guard_policies
        hint = nearest(rule.guard, known, "there is " + (", ".join(sorted(known)) or "none"))
        yield service.problem("LZ422", f"there is no guard/{rule.guard}.guard beside the config", hint, *at, "guard")
        return
    size = len(file.text.strip())
    if not 0 < size <= MOST_TEXT:
        message = f"a Guard policy of {size:,} characters; AWS takes {MOST_TEXT:,}" if size else "an empty Guard policy"
        yield Diagnostic("LZ422", message, Source(file.path, 1, 1), "shorten it" if size else "write one")
    if len(accounts := organization.members(rule.debug_log_accounts)) > MOST_EXCLUDED:
        message = f"{len(accounts):,} accounts log; AWS takes {MOST_EXCLUDED:,}"
        yield service.problem("LZ422", message, "name fewer", *at, "debug_log_accounts")


def _name_problems(service: EnabledService[ConfigSettings], key: str, rule: Rule) -> Iterator[Diagnostic]:
    at, given = ("rules", key), _texts(rule.parameters)
    most = constraint("config:PutOrganizationConfigRule OrganizationConfigRuleName")["max"]
    if not rule.name and len(PREFIX + key) > most:
        hint = f"at most {most - len(PREFIX)} characters"
        yield service.problem("LZ362", f"`{key}` is too long for the name of an organization rule", hint, *at, key=True)
    most = constraint("config:PutOrganizationConfigRule OrganizationManagedRuleMetadata.InputParameters")["max"]
    if len(_text(given)) > most:
        message = f"the parameters of `{key}` have {len(_text(given)):,} characters as JSON; AWS takes {most:,}"
        yield service.problem("LZ362", message, "shorten them", *at, "parameters", key=True)


def _problems(service: EnabledService[ConfigSettings], key: str, rule: Rule) -> Iterator[Diagnostic]:
    identifier, given, at = rule.identifier, _texts(rule.parameters), ("rules", key)
    if rule.debug_log_accounts != Target():
        message = "only a Guard policy logs how it is tried"
        yield service.problem("LZ422", message, "leave it out", *at, "debug_log_accounts")
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
