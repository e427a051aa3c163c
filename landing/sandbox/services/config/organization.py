"""Rules and conformance packs of an organization: put and deleted, and deployed to members in the background.

Developer Guide, "Managing rules across all accounts in your organization": by the management account or a
delegated administrator; an account without recorder fails with NoAvailableConfigurationRecorder; accounts that
join get them too, tried for some hours.
"""

from __future__ import annotations

from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import accounts
from landing.sandbox.services.call import Call
from landing.sandbox.services.config.packs import read_rules, settings_of
from landing.sandbox.services.config.rules import check_source
from landing.sandbox.services.config.state import (
    DEPLOYER,
    PLACES,
    Deployment,
    at,
    deployments,
    entitled,
    here,
    invalid,
    put_tags,
    recorder_of,
)
from landing.sandbox.world import Event, World, regions

MOST = {"ConfigRule": 1000, "ConformancePack": 50}
ARN = {"ConfigRule": "organization-config-rule", "ConformancePack": "organization-conformance-pack"}
MANAGED, LAMBDA, POLICY = (
    "OrganizationManagedRuleMetadata",
    "OrganizationCustomRuleMetadata",
    "OrganizationCustomPolicyRuleMetadata",
)
CHANGES = {"EventSource": "aws.config", "MessageType": "ConfigurationItemChangeNotification"}
RETRIES = 7
"""How often an account that joined is tried again, once an hour."""


def put_organization_config_rule(call: Call) -> dict[str, Any]:
    """Exactly one kind of rule; again only when it is not being deployed (API reference)."""
    organization = entitled(call, DEPLOYER)
    kinds = [kind for kind in (MANAGED, LAMBDA, POLICY) if kind in call]
    if len(kinds) != 1:
        raise invalid("Exactly one kind of rule metadata is required.")
    definition = _definition(kinds[0], call[kinds[0]])
    check_source(definition["Source"], definition.get("InputParameters"), call.region)
    settings = {kinds[0]: call[kinds[0]], "ExcludedAccounts": call.get("ExcludedAccounts") or []}
    return _put(call, organization, settings=settings, rules={call["OrganizationConfigRuleName"]: definition})


def _definition(kind: str, metadata: dict[str, Any]) -> dict[str, Any]:
    """The rule that members get."""
    scope = {
        "ComplianceResourceTypes": metadata.get("ResourceTypesScope"),
        "ComplianceResourceId": metadata.get("ResourceIdScope"),
        "TagKey": metadata.get("TagKeyScope"),
        "TagValue": metadata.get("TagValueScope"),
    }
    scope = {name: value for name, value in scope.items() if value}
    triggers = [
        {"EventSource": "aws.config", "MessageType": message}
        for message in metadata.get("OrganizationConfigRuleTriggerTypes") or ()
    ]
    source: dict[str, Any] = {"Owner": "AWS", "SourceIdentifier": metadata.get("RuleIdentifier")}
    if kind == LAMBDA:
        source = {
            "Owner": "CUSTOM_LAMBDA",
            "SourceIdentifier": metadata["LambdaFunctionArn"],
            "SourceDetails": triggers,
        }
    if kind == POLICY:
        details = {"PolicyRuntime": metadata["PolicyRuntime"], "PolicyText": metadata["PolicyText"]}
        source = {
            "Owner": "CUSTOM_POLICY",
            "CustomPolicyDetails": details,
            "SourceDetails": triggers or [CHANGES],
        }
    names = ("Description", "InputParameters", "MaximumExecutionFrequency")
    return {
        **{name: metadata[name] for name in names if metadata.get(name)},
        **({"Scope": scope} if scope else {}),
        "Source": source,
    }


def put_organization_conformance_pack(call: Call) -> dict[str, Any]:
    """From a template (API reference, PutOrganizationConformancePack)."""
    organization = entitled(call, DEPLOYER)
    rules = read_rules(call, "OrganizationConformancePackTemplateValidationException")
    if not call.get("DeliveryS3Bucket", "awsconfigconforms").startswith("awsconfigconforms"):
        raise Refusal("ValidationException", "The delivery bucket's name must start with awsconfigconforms.")
    return _put(call, organization, settings=settings_of(call), rules=rules)


def kind_of(call: Call) -> str:
    """What the operation is about."""
    return "ConformancePack" if "ConformancePack" in call.operation.name else "ConfigRule"


def _put(
    call: Call, organization: accounts.Organization, *, settings: dict[str, Any], rules: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    kind = kind_of(call)
    name = call[f"Organization{kind}Name"]
    accounts.trust(call.world, organization, DEPLOYER)
    place = here(call)
    known = place.deployments = place.deployments or {}
    deployment = known.get((kind, name))
    if deployment is None:
        if sum(1 for other, _ in known if other == kind) >= MOST[kind]:
            code = f"MaxNumberOfOrganization{kind}sExceededException"
            raise Refusal(code, f"An organization has at most {MOST[kind]} of them in a Region.")
        suffix, now = call.world.token(8), call.world.now
        deployment = Deployment(name, kind, settings, suffix, rules, "CREATE_IN_PROGRESS", now)
        known[kind, name] = deployment
        put_tags(call, arn_of(call, deployment))
    else:
        _refuse_in_progress(deployment)
        deployment.settings, deployment.rules = settings, rules
        deployment.status, deployment.updated = "UPDATE_IN_PROGRESS", call.world.now
    _deploy_later(call, deployment)
    return {f"Organization{kind}Arn": arn_of(call, deployment)}


def delete_organization_config_rule(call: Call) -> None:
    """In the background (API reference, DeleteOrganizationConfigRule)."""
    deployment = found(call)
    _refuse_in_progress(deployment)
    deployment.status, deployment.updated = "DELETE_IN_PROGRESS", call.world.now
    _deploy_later(call, deployment)


delete_organization_conformance_pack = delete_organization_config_rule


def _refuse_in_progress(deployment: Deployment) -> None:
    if deployment.status.endswith("_IN_PROGRESS"):
        raise Refusal("ResourceInUseException", f"{deployment.name} is being deployed: {deployment.status}.")


def _deploy_later(call: Call, deployment: Deployment) -> None:
    call.world.clock.later(
        deploy, call.account, call.region, deployment.kind, deployment.name, thing=thing(call, deployment)
    )


def thing(call: Call, deployment: Deployment) -> tuple[str, str, str, str, str]:
    """What is asked after by those who wait for a deployment."""
    return ("config-organization", call.account, call.region, deployment.kind, deployment.name)


def arn_of(call: Call, deployment: Deployment) -> str:
    """The ARN of a deployment."""
    return call.arn(f"{ARN[deployment.kind]}/{deployment.name}-{deployment.suffix}")


def found(call: Call) -> Deployment:
    """The deployment that a call names; refused if there is none."""
    entitled(call, DEPLOYER)
    kind = kind_of(call)
    name = call[f"Organization{kind}Name"]
    deployment = (here(call).deployments or {}).get((kind, name))
    if deployment is None:
        raise Refusal(f"NoSuchOrganization{kind}Exception", f"{name} does not exist.")
    return deployment


def deploy(world: World, account: str, region: str, kind: str, name: str) -> None:
    """Give every member what it is to have, take it from those that are not to have it any more."""
    known = at(world, account, region).deployments or {}
    deployment, organization = known.get((kind, name)), accounts.organization_of(world, account)
    if deployment is None or organization is None:
        return
    if deployment.status == "DELETE_IN_PROGRESS":
        del known[kind, name]
        return
    verb = deployment.status.partition("_")[0]
    excluded = deployment.settings.get("ExcludedAccounts") or ()
    deployment.members = {}
    for member in organization.members:
        if member in excluded:
            deployment.deployed.pop(member, None)
        elif accounts.is_usable(world, member) and regions.is_usable(world, member, region):
            _deploy_to(world, deployment, member, region, verb)
    failed = any(status.endswith("_FAILED") for status, _, _ in deployment.members.values())
    deployment.status = f"{verb}_{'FAILED' if failed else 'SUCCESSFUL'}"
    deployment.updated = world.now


def _deploy_to(world: World, deployment: Deployment, member: str, region: str, verb: str) -> bool:
    if recorder_of(world, member, region) is None:
        deployment.members[member] = (f"{verb}_FAILED", "NoAvailableConfigurationRecorder", world.now)
        deployment.deployed.pop(member, None)
        return False
    deployment.members[member] = (f"{verb}_SUCCESSFUL", "", world.now)
    deployment.deployed[member] = None
    return True


def account_joined(world: World, event: Event) -> None:
    """It gets everything in a while."""
    organization = accounts.membership(world, event.account)
    world.clock.later(deploy_to_newcomer, event.account, 0, thing=("config-newcomers", organization.management_account))


def deploy_to_newcomer(world: World, account: str, tries: int) -> None:
    """Once more in an hour, if it has no recorder yet."""
    organization, missing = accounts.organization_of(world, account), False
    if organization is None or not accounts.is_usable(world, account):
        return
    for region in regions.every(world):
        if not regions.is_usable(world, account, region):
            continue
        for _, deployment in deployments(world, account, region):
            done = account in deployment.deployed or account in (deployment.settings.get("ExcludedAccounts") or ())
            if not done and not deployment.status.startswith("DELETE"):
                missing = not _deploy_to(world, deployment, account, region, "CREATE") or missing
    if missing and tries < RETRIES:
        thing = ("config-newcomers", organization.management_account)
        world.clock.later(deploy_to_newcomer, account, tries + 1, thing=thing, seconds=3600, polls=10**9)


def account_left(world: World, event: Event) -> None:
    """What the organization has deployed goes with the membership."""
    for _, _, place in PLACES.every(world):
        for deployment in (place.deployments or {}).values():
            deployment.deployed.pop(event.account, None)
            deployment.members.pop(event.account, None)
