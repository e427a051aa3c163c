"""Which patches are approved, and when, by system, in one region: the default patch baselines there."""

import re

from troposphere import Template
from troposphere.ssm import PatchBaseline, PatchFilter, PatchFilterGroup, Rule, RuleGroup

CONTROLS = ("nist-800-53-r5:SI-2", "nist-csf-2.0:PR.PS-02")
SEVERITIES = ("Critical", "Important", "Moderate", "Low")
DEBIAN = ("DEBIAN", "UBUNTU")
"""Systems whose patches have a priority, and no day from which they are approved (API reference, PatchRule)."""
SYSTEMS = (
    *("ALMA_LINUX", "AMAZON_LINUX_2", "AMAZON_LINUX_2023", "ORACLE_LINUX", "REDHAT_ENTERPRISE_LINUX", "ROCKY_LINUX"),
    *("SUSE", "WINDOWS", *DEBIAN),
)
MEDIUM = ("AMAZON_LINUX_2", "AMAZON_LINUX_2023")
"""Systems that call Moderate so (`aws ssm describe-patch-properties`)."""


def patch_baselines(
    *,
    systems: list[str],
    approve_after_days: int = 7,
    severities: list[str] | None = None,
    bugfixes: bool = False,
    rejected: list[str] | None = None,
) -> Template:
    """The default patch baseline of each of `systems`, by which `patching` looks at instances and patches them.

    Security patches of `severities` (`[Critical, Important]` when left out) are approved so many days after they come
    out, with `bugfixes` those too; of Debian and Ubuntu all of every priority, at once. `rejected` are never installed,
    nor is what needs them. A baseline stays the default one when its stack, or its system, goes.
    """
    wanted = ["Critical", "Important"] if severities is None else severities
    if not systems or not set(systems) <= set(SYSTEMS) or len(set(systems)) < len(systems):
        raise ValueError(f"`systems` are some of {', '.join(SYSTEMS)}, each once")
    if not wanted or not set(wanted) <= set(SEVERITIES):
        raise ValueError(f"`severities` are some of {', '.join(SEVERITIES)}")
    if not 0 <= approve_after_days <= 360:
        raise ValueError("`approve_after_days` is from 0 to 360")
    if len(rejected or []) > 50 or not all(re.fullmatch(r"\S{1,100}", each) for each in rejected or []):
        raise ValueError("`rejected` are 50 names at most, of 100 characters")
    template = Template("Patch baselines")
    for system in systems:
        days = {} if system in DEBIAN else {"ApproveAfterDays": approve_after_days}
        rules = [
            Rule(
                ComplianceLevel="HIGH",
                PatchFilterGroup=PatchFilterGroup(
                    PatchFilters=[PatchFilter(Key=key, Values=values) for key, values in filters.items()]
                ),
                **days,
            )
            for filters in _filters(system, wanted, bugfixes=bugfixes)
        ]
        template.add_resource(
            PatchBaseline(
                system.title().replace("_", ""),
                Name=f"landing-{system.lower().replace('_', '-')}",
                OperatingSystem=system,
                DefaultBaseline=True,
                ApprovalRules=RuleGroup(PatchRules=rules),
                # AWS has not said what becomes of a default baseline that is deleted.
                DeletionPolicy="Retain",
                UpdateReplacePolicy="Retain",
                **({"RejectedPatches": rejected, "RejectedPatchesAction": "BLOCK"} if rejected else {}),
            )
        )
    return template


def _filters(system: str, severities: list[str], *, bugfixes: bool) -> list[dict[str, list[str]]]:
    """Of each rule (Systems Manager User Guide, "Patch baselines"; the values that systems have)."""
    if system in DEBIAN:
        return [{"PRODUCT": ["*"], "PRIORITY": ["Required", "Important", "Standard", "Optional", "Extra"]}]
    if system == "WINDOWS":
        kinds = ["CriticalUpdates", "SecurityUpdates", *(["Updates"] if bugfixes else [])]
        return [{"PRODUCT": ["*"], "CLASSIFICATION": kinds, "MSRC_SEVERITY": severities}]
    said = ["Medium" if each == "Moderate" and system in MEDIUM else each for each in severities]
    found = [{"PRODUCT": ["*"], "CLASSIFICATION": ["Security"], "SEVERITY": said}]
    other = "Recommended" if system == "SUSE" else "Bugfix"
    return [*found, *([{"PRODUCT": ["*"], "CLASSIFICATION": [other]}] if bugfixes else [])]
