"""Amazon ECR: moto's, with what a registry's scanning refuses."""

from __future__ import annotations

from typing import Any, ClassVar

from botocore.exceptions import ClientError

from landing.sandbox.protocol.http import HttpAnswer
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.service import Nothing, ProbedSandbox, Service

FREQUENCIES = {"BASIC": ("SCAN_ON_PUSH",), "ENHANCED": ("CONTINUOUS_SCAN", "SCAN_ON_PUSH")}
MOST_FILTERS = 100


def continuous_scans_are_enhanced(sandbox: ProbedSandbox) -> bool:
    """Basic scanning is never continuous."""
    ecr: Any = sandbox.session().client("ecr", region_name="us-east-1")
    rule = {
        "scanFrequency": "CONTINUOUS_SCAN",
        "repositoryFilters": [{"filter": "*", "filterType": "WILDCARD"}],
    }
    try:
        ecr.put_registry_scanning_configuration(scanType="BASIC", rules=[rule])
    except ClientError:
        return True
    return False


class Ecr(Service[Nothing]):
    """Repositories and images are moto's; that Inspector follows the registry is not modelled."""

    name = "ecr"
    extends = True
    state_type = Nothing
    probes: ClassVar = {"PutRegistryScanningConfiguration": continuous_scans_are_enhanced}

    def put_registry_scanning_configuration(self, call: Call) -> HttpAnswer:
        """Moto takes any frequency with any type (User Guide, "Scan images"; API reference)."""
        kind, rules = call.get("scanType", "BASIC"), call.get("rules") or []
        frequencies = [rule["scanFrequency"] for rule in rules]
        if wrong := [each for each in frequencies if each not in FREQUENCIES[kind]]:
            raise Refusal("InvalidParameterException", f"{', '.join(wrong)} is no frequency of {kind} scanning.")
        if len({*frequencies}) < len(frequencies):
            raise Refusal("InvalidParameterException", "There is one rule for each frequency.")
        if any(len(rule["repositoryFilters"]) > MOST_FILTERS for rule in rules):
            raise Refusal("InvalidParameterException", f"A rule has at most {MOST_FILTERS} filters.")
        return call.forward()
