"""Rules of an account: its own, those of its conformance packs, and those that its organization deploys."""

from __future__ import annotations

from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.config import managed_rules
from landing.sandbox.services.config.state import (
    Deployment,
    Pack,
    Rule,
    at,
    deployments,
    here,
    invalid,
    put_tags,
    required_recorder,
    selected,
)
from landing.sandbox.world import World

MOST = 1000
CHANGEABLE = (
    "Description",
    "Scope",
    "Source",
    "InputParameters",
    "MaximumExecutionFrequency",
    "EvaluationModes",
)


def put_config_rule(call: Call) -> None:
    """Needs a recorder; the source is checked (API reference, PutConfigRule)."""
    required_recorder(call)
    wanted, place = call["ConfigRule"], here(call)
    rules = place.rules = place.rules or {}
    name = wanted.get("ConfigRuleName") or _name_by_arn(rules, wanted)
    if name not in rules:
        if wanted.get("ConfigRuleArn") or wanted.get("ConfigRuleId"):
            raise invalid("ConfigRule Arn and Id can not be specified when creating a new ConfigRule.")
        if name in every(call.world, call.account, call.region):
            raise Refusal("ResourceInUseException", f"The rule {name} is managed by AWS and cannot be changed.")
        if len(rules) >= MOST:
            raise Refusal("MaxNumberOfConfigRulesExceededException", f"An account has at most {MOST} rules.")
    check_source(wanted["Source"], wanted.get("InputParameters"), call.region)
    definition = {"EvaluationModes": [{"Mode": "DETECTIVE"}], **{n: wanted[n] for n in CHANGEABLE if n in wanted}}
    if name in rules:
        rules[name].definition = definition
    else:
        rule = rules[name] = Rule(f"config-rule-{call.world.token(6)}", definition, call.world.now)
        put_tags(call, call.arn(f"config-rule/{rule.id}"))


def _name_by_arn(rules: dict[str, Rule], wanted: dict[str, Any]) -> str:
    identifier = str(wanted.get("ConfigRuleArn") or wanted.get("ConfigRuleId") or "").rpartition("/")[2]
    for name, rule in rules.items():
        if rule.id == identifier:
            return name
    raise invalid("One or more identifiers needs to be provided. Provide Name or Id or Arn")


def check_source(source: dict[str, Any], parameters: str | None, region: str) -> None:
    """Refuse a source that AWS Config could not evaluate (API reference, Source)."""
    owner = source["Owner"]
    if owner == "AWS":
        if source.get("SourceDetails"):
            raise invalid("SourceDetails should be null/empty if the owner is AWS.")
        managed_rules.check(source.get("SourceIdentifier"), parameters, region)
        return
    managed_rules.parsed_parameters(parameters)
    if not source.get("SourceDetails"):
        raise invalid("SourceDetails should be specified if the owner is not AWS.")
    if owner == "CUSTOM_POLICY":
        details = source.get("CustomPolicyDetails") or {}
        if not str(details.get("PolicyRuntime", "")).startswith("guard-2."):
            raise invalid("PolicyRuntime must be guard-2.x.x.")
        if source.get("SourceIdentifier"):
            raise invalid("SourceIdentifier should be null/empty if the owner is CUSTOM_POLICY.")
    elif ":function:" not in str(source.get("SourceIdentifier", "")):
        raise invalid("SourceIdentifier must be the ARN of a Lambda function if the owner is CUSTOM_LAMBDA.")


def every(world: World, account: str, region: str) -> dict[str, dict[str, Any]]:
    """All rules of an account in a Region, as DescribeConfigRules shows them, by name."""
    found: dict[str, dict[str, Any]] = {}
    place = at(world, account, region)
    for name, rule in (place.rules or {}).items():
        found[name] = _shown(world, account, region, name=name, rule_id=rule.id, definition=rule.definition)
    for pack in (place.packs or {}).values():
        found |= _of_pack(world, account, region, pack)
    for deployment in _deployed(world, account, region):
        found |= of_deployment(world, account, region, deployment)
    return found


def _deployed(world: World, account: str, region: str) -> list[Deployment]:
    """What the organization has deployed to the account."""
    return [deployment for _, deployment in deployments(world, account, region) if account in deployment.deployed]


def _of_pack(world: World, account: str, region: str, pack: Pack) -> dict[str, dict[str, Any]]:
    if not pack.state.endswith("_COMPLETE"):
        return {}
    found = {}
    for name, definition in pack.rules.items():
        full = f"{name}-{pack.id}"
        found[full] = _shown(
            world,
            account,
            region,
            name=full,
            rule_id=f"config-rule-{pack.id[-6:]}{list(pack.rules).index(name):02}",
            definition=definition,
            creator="config-conforms.amazonaws.com",
        )
    return found


def of_deployment(world: World, account: str, region: str, deployment: Deployment) -> dict[str, dict[str, Any]]:
    """The rules that a member has by a deployment of its organization."""
    found = {}
    for number, (name, definition) in enumerate(deployment.rules.items()):
        full = (
            deployment.member_name
            if deployment.kind == "ConfigRule"
            else f"{name}-conformance-pack-{deployment.suffix}"
        )
        creator = "config-multiaccountsetup" if deployment.kind == "ConfigRule" else "config-conforms"
        found[full] = _shown(
            world,
            account,
            region,
            name=full,
            rule_id=f"config-rule-{deployment.suffix[:6]}{number or ''}",
            definition=definition,
            creator=f"{creator}.amazonaws.com",
        )
    return found


def _shown(
    world: World,
    account: str,
    region: str,
    *,
    name: str,
    rule_id: str,
    definition: dict[str, Any],
    creator: str | None = None,
) -> dict[str, Any]:
    return {
        "ConfigRuleName": name,
        "ConfigRuleArn": f"arn:{world.partition}:config:{region}:{account}:config-rule/{rule_id}",
        "ConfigRuleId": rule_id,
        "ConfigRuleState": "ACTIVE",
        "EvaluationModes": [{"Mode": "DETECTIVE"}],
        **definition,
        **({} if creator is None else {"CreatedBy": creator}),
    }


def chosen(call: Call) -> list[dict[str, Any]]:
    """The rules that a call names, or all."""
    known = every(call.world, call.account, call.region)
    return selected(call.get("ConfigRuleNames"), known, "NoSuchConfigRuleException", "The ConfigRule")


def describe_config_rules(call: Call) -> dict[str, Any]:
    """25 on a page (API reference, DescribeConfigRules)."""
    return call.page("ConfigRules", chosen(call), most=25)


def describe_config_rule_evaluation_status(call: Call) -> dict[str, Any]:
    """API reference, DescribeConfigRuleEvaluationStatus."""

    def show(rule: dict[str, Any]) -> dict[str, Any]:
        return {
            "ConfigRuleName": rule["ConfigRuleName"],
            "ConfigRuleArn": rule["ConfigRuleArn"],
            "ConfigRuleId": rule["ConfigRuleId"],
            "LastSuccessfulInvocationTime": call.world.now,
            "LastSuccessfulEvaluationTime": call.world.now,
            "FirstEvaluationStarted": True,
        }

    return call.page("ConfigRulesEvaluationStatus", chosen(call), show=show, most=50)


def get_custom_rule_policy(call: Call) -> dict[str, Any]:
    """API reference, GetCustomRulePolicy."""
    rule = _own(call, call["ConfigRuleName"])
    return {"PolicyText": rule.definition["Source"].get("CustomPolicyDetails", {}).get("PolicyText")}


def delete_config_rule(call: Call) -> None:
    """Not one that the organization or a conformance pack has put there (API reference, DeleteConfigRule)."""
    name, place = call["ConfigRuleName"], here(call)
    _own(call, name)
    if name in (place.remediations or {}):
        raise Refusal("ResourceInUseException", f"The rule {name} has a remediation configuration: delete it first.")
    del (place.rules or {})[name]


def _own(call: Call, name: str) -> Rule:
    rule = (here(call).rules or {}).get(name)
    if rule is not None:
        return rule
    if name in every(call.world, call.account, call.region):
        raise Refusal(
            "AccessDeniedException",
            f"User: {call.caller.arn} is not authorized to perform: config:{call.operation.name} on a rule that is "
            "managed by AWS",
        )
    raise Refusal("NoSuchConfigRuleException", f"The ConfigRule '{name}' provided in the request is invalid.")
