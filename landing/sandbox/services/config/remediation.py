"""Remediation configurations of rules, and remediations: started by somebody, or by an evaluation."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from landing.sandbox.authorization import trust
from landing.sandbox.moto import upstream
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import clients
from landing.sandbox.services.call import Call
from landing.sandbox.services.config import rules
from landing.sandbox.services.config.evaluations import evaluate
from landing.sandbox.services.config.state import at, here, invalid
from landing.sandbox.services.ssm import automation, aws_documents
from landing.sandbox.world import Identity, World

SSM = "ssm.amazonaws.com"
RESOURCE_ID = "RESOURCE_ID"
RUNNING = "IN_PROGRESS"


def put_remediation_configurations(call: Call) -> dict[str, Any]:
    """Of rules that exist; automatic ones with attempts and time (API reference)."""
    known, place = rules.every(call.world, call.account, call.region), here(call)
    for wanted in call["RemediationConfigurations"]:
        _check(wanted, known)
    place.remediations = place.remediations or {}
    for wanted in call["RemediationConfigurations"]:
        name = wanted["ConfigRuleName"]
        place.remediations[name] = {
            "Automatic": False,
            **wanted,
            "Arn": call.arn(f"remediation-configuration/{name}/{call.world.uuid()}"),
        }
    return {"FailedBatches": []}


def _check(wanted: dict[str, Any], known: dict[str, dict[str, Any]]) -> None:
    """Rules of the account's own alone; an automatic one needs attempts, a time, and a role (API reference)."""
    name = wanted["ConfigRuleName"]
    if name not in known:
        raise invalid(f"The ConfigRule {name} does not exist.")
    if "CreatedBy" in known[name]:
        raise invalid(f"The ConfigRule {name} is managed by {known[name]['CreatedBy']}: it cannot be remediated so.")
    if wanted.get("Automatic"):
        missing = [part for part in ("MaximumAutomaticAttempts", "RetryAttemptSeconds") if part not in wanted]
        if "AutomationAssumeRole" not in (wanted.get("Parameters") or {}):
            missing.append("AutomationAssumeRole")
        if missing:
            raise invalid(f"Automatic remediation of {name} needs {', '.join(missing)}.")


def describe_remediation_configurations(call: Call) -> dict[str, Any]:
    """API reference, DescribeRemediationConfigurations."""
    known = here(call).remediations or {}
    return {"RemediationConfigurations": [known[name] for name in call["ConfigRuleNames"] if name in known]}


def delete_remediation_configuration(call: Call) -> None:
    """Not while a remediation runs (API reference, RemediationInProgressException)."""
    call.poll(_thing(call, call["ConfigRuleName"]))
    executions = (here(call).executions or {}).items()
    if any(rule == call["ConfigRuleName"] and each["State"] == RUNNING for (rule, _, _), each in executions):
        message = "Remediation action is in progress. Cancel the execution in Systems Manager, or try again later."
        raise Refusal("RemediationInProgressException", message)
    if (here(call).remediations or {}).pop(call["ConfigRuleName"], None) is None:
        raise Refusal(
            "NoSuchRemediationConfigurationException",
            f"No RemediationConfiguration for rule {call['ConfigRuleName']} exists.",
        )


def start_remediation_execution(call: Call) -> dict[str, Any]:
    """Of resources that the rule knows, at once; what fails is told by its status (API reference)."""
    configuration = _configuration(call)
    if not _is_known(call, configuration["TargetId"]):
        raise invalid(f"The document {configuration['TargetId']} is not known.")
    role = _role(call, configuration)
    rule = rules.every(call.world, call.account, call.region)[call["ConfigRuleName"]]
    known = {finding.resource for finding in evaluate(call.world, call.account, call.region, rule).findings}
    failed = [key for key in call["ResourceKeys"] if key["resourceId"] not in known]
    for key in call["ResourceKeys"]:
        if key not in failed:
            _execute(call, configuration, role, key)
    return {"FailedItems": failed, **({"FailureMessage": "Resources that the rule does not know."} if failed else {})}


def start_config_rules_evaluation(call: Call) -> None:
    """Results are always as things are now; automatic remediations follow (API reference; "Remediating resources")."""
    for rule in rules.chosen(call):
        _remediate(call, rule)


def _remediate(call: Call, rule: dict[str, Any]) -> None:
    configuration = (here(call).remediations or {}).get(rule["ConfigRuleName"])
    if configuration is None or not configuration["Automatic"] or not _is_known(call, configuration["TargetId"]):
        return
    for finding in evaluate(call.world, call.account, call.region, rule).findings:
        if finding.compliance == "NON_COMPLIANT":
            key = {"resourceType": finding.kind, "resourceId": finding.resource}
            _execute(call, configuration, _role(call, configuration), key)


def describe_remediation_execution_status(call: Call) -> dict[str, Any]:
    """Of the resources that are named, or of all that were begun (API reference)."""
    _configuration(call)
    call.poll(_thing(call, call["ConfigRuleName"]))
    wanted = call.get("ResourceKeys")
    found = [
        status
        for (rule, _, _), status in (here(call).executions or {}).items()
        if rule == call["ConfigRuleName"] and (not wanted or status["ResourceKey"] in wanted)
    ]
    return call.page("RemediationExecutionStatuses", found)


def _configuration(call: Call) -> dict[str, Any]:
    found = (here(call).remediations or {}).get(call["ConfigRuleName"])
    if found is None:
        raise Refusal(
            "NoSuchRemediationConfigurationException",
            f"No RemediationConfiguration for rule {call['ConfigRuleName']} exists.",
        )
    return found


def _role(call: Call, configuration: dict[str, Any]) -> Any:
    """The role of the document, which must trust Systems Manager for this account."""
    values = configuration.get("Parameters", {}).get("AutomationAssumeRole", {}).get("StaticValue", {}).get("Values")
    arn = values[0] if values else ""
    roles = upstream.backend("iam", call.account, call.world.home_region).roles.values()
    role = next((each for each in roles if each.arn == arn), None)
    arn_of_service = f"arn:{call.partition}:iam::ssm:service"  # an account that nobody names
    service = Identity("", "", "ssm", arn_of_service, "", principal=SSM)
    context = {"aws:sourceaccount": call.account}
    document = role.assume_role_policy_document if role else "{}"
    if role is None or not trust.admits(document, service, "sts:AssumeRole", context):
        raise Refusal("InsufficientPermissionsException", f"Systems Manager cannot assume the role {arn or '(none)'}.")
    return role


def _is_known(call: Call, document: str) -> bool:
    """One of AWS's that can be run, or one of the account's own."""
    own = upstream.backend("ssm", call.account, call.region)._documents
    return document in aws_documents.DOCUMENTS or document in own


def _run(call: Call, configuration: dict[str, Any], role: Any, resource: str) -> str:
    """Run the document as its role; why it failed, or nothing."""
    document, given = configuration["TargetId"], _given(configuration, resource)
    if document not in aws_documents.DOCUMENTS:
        values = {name: [value] for name, value in given.items()}
        try:
            execution = automation.begin(call.world, call.caller, call.region, (document, "$DEFAULT"), values)
        except Refusal as refusal:
            return str(refusal)
        return execution.failure or ("" if execution.status == "Success" else execution.status)
    issued = call.world.issue_key(
        account=call.account,
        arn=f"arn:{call.partition}:sts::{call.account}:assumed-role/{role.name}/Automation",
        user_id=f"{role.id}:Automation",
        principal=role.arn,
        temporary=True,
    )
    act: aws_documents.Act = clients.session(issued, call.region).client  # type: ignore[assignment]  # of any service
    token = clients.ACTING.set(None)
    try:
        aws_documents.run(document, act, given)
    except (ClientError, aws_documents.Failed) as failure:
        return str(failure)
    finally:
        clients.ACTING.reset(token)
    return ""


def _execute(call: Call, configuration: dict[str, Any], role: Any, key: dict[str, str]) -> None:
    """Run the document, whose only step is at it until it has been asked after."""
    error = _run(call, configuration, role, key["resourceId"])
    rule = configuration["ConfigRuleName"]
    executions = here(call).executions = here(call).executions or {}
    executions[rule, key["resourceType"], key["resourceId"]] = {
        "ResourceKey": key,
        "State": RUNNING,
        "StepDetails": [{"Name": "remediate", "State": "PENDING", "StartTime": call.world.now}],
        "InvocationTime": call.world.now,
        "LastUpdatedTime": call.world.now,
    }
    about = (rule, key["resourceType"], key["resourceId"])
    call.world.clock.later(_ended, call.account, call.region, about, error, thing=_thing(call, rule))


def _ended(world: World, account: str, region: str, about: tuple[str, str, str], error: str) -> None:
    state, execution = "FAILED" if error else "SUCCEEDED", (at(world, account, region).executions or {})[about]
    (step,) = execution["StepDetails"]
    step |= {"State": state, "StopTime": world.now, **({"ErrorMessage": error} if error else {})}
    execution |= {"State": state, "LastUpdatedTime": world.now}


def _thing(call: Call, rule: str) -> tuple[str, str, str, str]:
    return ("remediation", call.account, call.region, rule)


def _given(configuration: dict[str, Any], resource: str) -> dict[str, str]:
    """The parameters of the document as text; lists with commas."""
    return {
        name: resource
        if value.get("ResourceValue", {}).get("Value") == RESOURCE_ID
        else ",".join(value.get("StaticValue", {}).get("Values", ()))
        for name, value in configuration.get("Parameters", {}).items()
    }
