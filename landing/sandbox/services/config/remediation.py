"""Remediation configurations of rules; remediations themselves are not carried out."""

from __future__ import annotations

from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.config import rules
from landing.sandbox.services.config.state import here, invalid


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
    """API reference, DeleteRemediationConfiguration."""
    if (here(call).remediations or {}).pop(call["ConfigRuleName"], None) is None:
        raise Refusal(
            "NoSuchRemediationConfigurationException",
            f"No RemediationConfiguration for rule {call['ConfigRuleName']} exists.",
        )
