"""What is wrong with the remediations of a config."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from landing.blueprint.resource_names import FLOW_LOG_BUCKET, FLOW_LOGS
from landing.core.constraints import config_rules
from landing.core.model import Diagnostic
from landing.core.spelling import nearest
from landing.organization import EnabledService, Organization
from landing.policy import catalog
from landing.services.config.settings import ConfigSettings, Remediation
from landing.services.config.shipped_remediations import SHIPPED

WITHOUT = frozenset({"ap-east-2", "ap-southeast-6", "ap-southeast-7", "mx-central-1"})
"""Regions whose CloudFormation has no AWS::Config::RemediationConfiguration (its schemas)."""


def problems(organization: Organization, service: EnabledService[ConfigSettings]) -> Iterator[Diagnostic]:
    """Rules, parameters and permissions that there are not, and regions that cannot have any."""
    wanted = service.settings.remediations
    regions = [region for region in organization.governed_regions if region in WITHOUT] if wanted else []
    if regions:
        message = f"CloudFormation has no remediations in {', '.join(regions)}, which is governed"
        yield service.problem("LZ423", message, "take `remediations` out, or govern the region no more", "remediations")
    received = {each.purpose for each in organization.deliveries}
    for key, each in wanted.items():
        at = ("remediations", key)
        yield from _left_out(service, key, each, received)
        for number, action in enumerate(each.permissions):
            if catalog.action(action) is None:
                yield service.problem("LZ423", f"there is no IAM action `{action}`", "", *at, "permissions", number)
        if not each.identifier:
            continue
        if not config_rules.is_known(each.identifier):
            hint = nearest(each.identifier, config_rules.rules(), "see the list of AWS Config managed rules")
            message = f"AWS Config has no managed rule `{each.identifier}`"
            yield service.problem("LZ363", message, hint, *at, "identifier")
            continue
        known = ", ".join(config_rules.rules()[each.identifier]) or "none"
        for name in config_rules.unknown_parameters(each.identifier, each.parameters):
            message = f"{each.identifier} has no parameter `{name}`"
            yield service.problem("LZ364", message, f"its parameters: {known}", *at, "parameters", name, key=True)
        for name in config_rules.missing_parameters(each.identifier, each.parameters):
            message = f"{each.identifier} needs the parameter `{name}`"
            yield service.problem("LZ364", message, "", *at, "parameters", key=True)
        absent = [] if each.home_only else [
            region for region in organization.governed_regions if not config_rules.is_offered(each.identifier, region)
        ]  # fmt: skip
        if absent:
            message = f"AWS Config has no {each.identifier} in {', '.join(absent)}"
            yield service.problem("LZ423", message, "`home_only: true`, or another rule", *at, "identifier")


def _left_out(
    service: EnabledService[ConfigSettings], key: str, each: Remediation, received: Collection[str]
) -> Iterator[Diagnostic]:
    """What an entry does not say, and nothing that is shipped says for it."""
    at = ("remediations", key)
    missing = [name for name in ("identifier", "document", "permissions") if not getattr(each, name)]
    if missing:
        hint = f"or call it as one that is shipped: {', '.join(SHIPPED)}"
        message = f"the remediation `{key}` needs {', '.join(missing)}"
        yield service.problem("LZ423", message, hint, *at, key=True)
    if FLOW_LOG_BUCKET in each.document_parameters.values() and FLOW_LOGS not in received:
        message = f"the remediation `{key}` has no bucket: the log archive receives no {FLOW_LOGS}"
        hint = f"services.log_archive: {{receives: [{FLOW_LOGS}]}}, or document_parameters: {{LogDestinationARN: …}}"
        yield service.problem("LZ423", message, hint, *at, key=True)
