"""Standards and controls of Security Hub CSPM, as far as they are known here.

User Guide, "Standards reference" and "Security Hub CSPM controls reference" (late 2026): a selection of the
controls that a landing zone is about, and for all other services the numbers that their controls have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from landing.core.constraints.security_hub_controls import NUMBERS, PARAMETERS, TABLE


@dataclass(frozen=True, slots=True)
class Standard:
    """A security standard."""

    path: str
    name: str
    resource: str = "standards"

    @property
    def is_cis(self) -> bool:
        """Whether its controls are named by its own recommendations."""
        return self.path.startswith("cis-")


STANDARDS: Mapping[str, Standard] = {
    "FSBP": Standard(
        "aws-foundational-security-best-practices/v/1.0.0", "AWS Foundational Security Best Practices v1.0.0"
    ),
    "CIS12": Standard(
        "cis-aws-foundations-benchmark/v/1.2.0", "CIS AWS Foundations Benchmark v1.2.0", resource="ruleset"
    ),
    "CIS14": Standard("cis-aws-foundations-benchmark/v/1.4.0", "CIS AWS Foundations Benchmark v1.4.0"),
    "CIS30": Standard("cis-aws-foundations-benchmark/v/3.0.0", "CIS AWS Foundations Benchmark v3.0.0"),
    "CIS50": Standard("cis-aws-foundations-benchmark/v/5.0.0", "CIS AWS Foundations Benchmark v5.0.0"),
    "NIST53": Standard("nist-800-53/v/5.0.0", "NIST Special Publication 800-53 Revision 5"),
    "NIST171": Standard("nist-800-171/v/2.0.0", "NIST Special Publication 800-171 Revision 2"),
    "PCI321": Standard("pci-dss/v/3.2.1", "PCI DSS v3.2.1"),
    "PCI40": Standard("pci-dss/v/4.0.1", "PCI DSS v4.0.1"),
    "TAGGING": Standard("aws-resource-tagging-standard/v/1.0.0", "AWS Resource Tagging Standard v1.0.0"),
    "AI": Standard("ai-security-best-practices/v/1.0.0", "AI Security Best Practices v1.0.0"),
}
DEFAULT_STANDARDS = ("FSBP", "CIS12")
"""What EnableSecurityHub enables by itself (API reference)."""


@dataclass(frozen=True, slots=True)
class Control:
    """A security control."""

    id: str
    severity: str
    title: str
    is_global: bool
    """About resources that are the same in every Region: off outside the home Region under central configuration."""
    standards: Mapping[str, str]
    """Standard to the requirement that it names the control by."""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """Name of a parameter to its default."""


VALUES = {"AwsAccountId": 100, "GeneratorId": 100, "ResourceId": 100, "Title": 100}
"""Values of a criterion of an automation rule at most (API reference, AutomationRulesFindingFilters)."""


def most_values(criterion: str) -> int:
    """The same of any criterion: 20 where the reference says no other number, or none."""
    return VALUES.get(criterion, 20)


def arn(key: str, partition: str, region: str) -> str:
    """The ARN of a standard; the oldest has no Region in it."""
    standard = STANDARDS[key]
    where = "" if standard.resource == "ruleset" else region
    return f"arn:{partition}:securityhub:{where}::{standard.resource}/{standard.path}"


def key_of(wanted: str, partition: str, region: str) -> str | None:
    """The standard of an ARN, which must be the one of this Region."""
    return next((key for key in STANDARDS if arn(key, partition, region) == wanted), None)


def named(path: str) -> str | None:
    """The standard of a name as the config writes it: `name/v/version`."""
    return next((key for key, standard in STANDARDS.items() if standard.path == path), None)


def path_of(wanted: str) -> str:
    """The name of a standard in an ARN, of whatever kind of resource it is."""
    return wanted.rpartition(":")[2].partition("/")[2]


def _controls() -> Iterator[Control]:
    for line in TABLE.strip().splitlines():
        name, severity, kind, standards, title = (part.strip() for part in line.split("|"))
        named = (entry.partition(":") for entry in standards.split())
        yield Control(
            name, severity, title, kind == "global", {key: number or name for key, _, number in named},
            PARAMETERS.get(name, {}),
        )  # fmt: skip


CONTROLS: Mapping[str, Control] = {control.id: control for control in _controls()}


def is_known(control: str) -> bool:
    """Whether Security Hub has a control of this id."""
    if control in CONTROLS:
        return True
    found = re.fullmatch(r"([A-Za-z0-9]+)\.([1-9]\d*)", control)
    return found is not None and int(found[2]) <= NUMBERS.get(found[1], 0)


def of_standard(key: str) -> list[Control]:
    """The controls of a standard."""
    return [control for control in CONTROLS.values() if key in control.standards]


TYPES = ("Boolean", "Integer", "Double", "String", "Enum", "IntegerList", "StringList", "EnumList")
"""The members of the API's union ParameterValue."""
MOST_POLICIES = 20
"""Configuration policies of an organization (User Guide, "Security Hub CSPM quotas")."""
POLICY_NAME = re.compile(r"[A-Za-z0-9\-.!*/]{1,128}")
"""What a configuration policy may be called (API reference, CreateConfigurationPolicy)."""


def parameter_types(control: str) -> Mapping[str, str] | None:
    """Name of a parameter to its type; None of a control whose parameters are not known here."""
    if control not in CONTROLS and control not in PARAMETERS:
        return None
    return {name: next(iter(default)) for name, default in PARAMETERS.get(control, {}).items()}


def wrong_parameter(control: str, name: str, kind: str) -> str | None:
    """Why AWS refuses a parameter of this type; None where it takes it, or where nothing is known of the control."""
    known = parameter_types(control)
    if known is None:
        return None
    if name not in known:
        return f"Parameter {name} is not a parameter of security control {control}."
    if known[name] != kind:
        return f"Parameter {name} of security control {control} must have a {known[name]} value, not {kind}."
    return None


def conflicts(policy: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """What AWS refuses in a policy's settings together: the setting, an entry of it, and why.

    `policy` has `enabled`, `standards`, `disabled_controls` and `parameters` (User Guide, "Creating and associating
    configuration policies").
    """
    if not policy["enabled"]:
        for setting in ("standards", "disabled_controls", "parameters"):
            if policy[setting]:
                yield setting, "", f"`{setting}` means nothing where Security Hub is off"
        return
    for control in policy["parameters"]:
        if control in policy["disabled_controls"]:
            yield "parameters", control, f"{control} has parameters and is disabled"
