"""The resources that the recorder of an account and Region has recorded."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from landing.sandbox.services import accounts
from landing.sandbox.services.config import discovery, rules
from landing.sandbox.services.config.discovery import FINDERS, GLOBAL, RECORDER, Found, Item
from landing.sandbox.services.config.evaluations import evaluate
from landing.sandbox.services.config.state import Recorder, recorder_of
from landing.sandbox.world import World

COMPLIANCE = "AWS::Config::ResourceCompliance"


def items(world: World, account: str, region: str, types: frozenset[str] | None = None) -> Iterator[Item]:
    """What the recorder of an account and Region has recorded, of these types."""
    recorder = recorder_of(world, account, region)
    if recorder is None or not accounts.is_usable(world, account):
        return
    for kind in FINDERS:
        if (types is None or kind in types) and _is_recorded(recorder, kind):
            yield from discovery.items(world, account, region, kind)
    if (types is None or COMPLIANCE in types) and _is_recorded(recorder, COMPLIANCE):
        for found in _judged(world, account, region):
            yield discovery.item(world, account, region, COMPLIANCE, found)


def _judged(world: World, account: str, region: str) -> Iterator[Found]:
    """What all rules say of each resource (Developer Guide, "Supported Resource Types", AWS Config)."""
    said: dict[tuple[str, str], list[dict[str, str]]] = {}
    for rule in rules.every(world, account, region).values():
        for finding in evaluate(world, account, region, rule, thorough=False).findings:
            said.setdefault((finding.kind, finding.resource), []).append({
                "configRuleArn": rule["ConfigRuleArn"],
                "configRuleId": rule["ConfigRuleId"],
                "configRuleName": rule["ConfigRuleName"],
                "complianceType": finding.compliance,
            })  # fmt: skip
    for (kind, resource), verdicts in said.items():
        failed = any(each["complianceType"] == "NON_COMPLIANT" for each in verdicts)
        configuration = {
            "targetResourceType": kind,
            "targetResourceId": resource,
            "complianceType": "NON_COMPLIANT" if failed else "COMPLIANT",
            "configRuleList": verdicts,
        }
        name = f"{kind}/{resource}"
        yield Found(name, f"config:resource-compliance/{name}", configuration)


def _is_recorded(recorder: Recorder, kind: str) -> bool:
    if kind == RECORDER:
        return True
    if recorder.started is None:
        return False
    group = recorder.group
    if group["allSupported"]:
        return kind not in GLOBAL or bool(group["includeGlobalResourceTypes"])
    if group["resourceTypes"]:
        return kind in group["resourceTypes"]
    return kind not in group["exclusionByResourceTypes"]["resourceTypes"]


def base_item(found: Item) -> dict[str, Any]:
    """An item as BatchGetResourceConfig gives it: with texts for what is nested."""
    captured = datetime.strptime(found["configurationItemCaptureTime"], "%Y-%m-%dT%H:%M:%S.%f%z")
    texts = {key: json.dumps(value) for key, value in found["supplementaryConfiguration"].items()}
    left_out = ("resourceCreationTime", "tags")
    return {
        **{name: value for name, value in found.items() if name not in left_out},
        "configurationItemCaptureTime": captured,
        "configurationStateId": str(int(captured.timestamp() * 1000)),
        "configuration": json.dumps(found["configuration"]),
        "supplementaryConfiguration": texts,
    }
