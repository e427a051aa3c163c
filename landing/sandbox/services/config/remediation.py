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
        if wanted["ConfigRuleName"] not in known:
            raise invalid(f"The ConfigRule {wanted['ConfigRuleName']} does not exist.")
    place.remediations = place.remediations or {}
    for wanted in call["RemediationConfigurations"]:
        name = wanted["ConfigRuleName"]
        place.remediations[name] = {
            "Automatic": False,
            **wanted,
            "Arn": call.arn(f"remediation-configuration/{name}/{call.world.uuid()}"),
        }
    return {"FailedBatches": []}


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
