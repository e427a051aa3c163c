"""Managed rules about EC2 (Developer Guide, "List of AWS Config Managed Rules").

Every account has a default VPC in each default Region, with an open default security group: an account whose
EC2 has not been used is judged by that, and its resources get names only when somebody asks for details.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from landing.sandbox.moto import upstream
from landing.sandbox.services.config.discovery import backend
from landing.sandbox.services.config.findings import Evaluation, Finding, Site, of_account, of_each
from landing.sandbox.world import regions

GROUP = "AWS::EC2::SecurityGroup"


def _backend(site: Site) -> Any | None:
    """Of services that the account has not used yet, only if it may cost time."""
    if site.thorough:
        return upstream.backend("ec2", site.account, site.region)
    return backend("ec2", site.world, site.account, site.region)


def _encrypts(site: Site) -> bool:
    found = backend("ec2", site.world, site.account, site.region)
    return found is not None and bool(found.get_ebs_encryption_by_default())


def _groups(site: Site) -> list[Any]:
    found = _backend(site)
    return [] if found is None else [group for groups in found.groups.values() for group in groups.values()]


def _default_groups_closed(site: Site) -> Iterator[Finding]:
    if _backend(site) is None and not regions.is_opt_in(site.region):
        yield Finding(GROUP, "default", "NON_COMPLIANT")
    yield from of_each(GROUP, _groups, _is_closed)(site)


def _is_closed(_: Site, group: Any) -> bool | None:
    return not group.ingress_rules and not group.egress_rules if group.name == "default" else None


EVERYBODY = {"IPV4": ("CidrIp", "0.0.0.0/0"), "IPV6": ("CidrIpv6", "::/0")}


def _lets_in(rule: Any, port: int, versions: Iterable[str] = EVERYBODY) -> bool:
    everyone = any(rule.ip_range.get(name) == cidr for name, cidr in map(EVERYBODY.__getitem__, versions))
    all_ports = str(rule.ip_protocol) == "-1"
    return everyone and (all_ports or int(rule.from_port or 0) <= port <= int(rule.to_port or 0))


def _keeps_ports_shut(site: Site, group: Any) -> bool:
    """No rule lets everybody in by one of `restrictPorts`, 22 and 3389 unless told otherwise; of all protocols."""
    ports = [int(each) for each in str(site.parameters.get("restrictPorts", "22,3389")).split(",")]
    version, protocol = (str(site.parameters.get(name, "ALL")).upper() for name in ("ipType", "protocolType"))
    versions = EVERYBODY if version == "ALL" else (version,)
    protocols = ("tcp", "udp", "-1") if protocol == "ALL" else (protocol.lower(),)
    rules = [rule for rule in group.ingress_rules if str(rule.ip_protocol) in protocols]
    return not any(_lets_in(rule, port, versions) for rule in rules for port in ports)


def _vpcs(site: Site) -> list[Any]:
    found = _backend(site)
    return [] if found is None else list(found.vpcs.values())


def _is_logged(site: Site, vpc: Any) -> bool:
    found = _backend(site)
    return found is not None and any(log.resource_id == vpc.id for log in found.flow_logs.values())


def _volumes(site: Site) -> list[Any]:
    found = backend("ec2", site.world, site.account, site.region)
    return [] if found is None else list(found.volumes.values())


EVALUATIONS: Mapping[str, Evaluation] = {
    "EC2_EBS_ENCRYPTION_BY_DEFAULT": of_account(_encrypts),
    "ENCRYPTED_VOLUMES": of_each("AWS::EC2::Volume", _volumes, lambda _, volume: bool(volume.encrypted)),
    "INCOMING_SSH_DISABLED": of_each(
        GROUP, _groups, lambda _, group: not any(_lets_in(rule, 22) for rule in group.ingress_rules)
    ),
    "VPC_DEFAULT_SECURITY_GROUP_CLOSED": _default_groups_closed,
    "VPC_FLOW_LOGS_ENABLED": of_each("AWS::EC2::VPC", _vpcs, _is_logged),
    "VPC_SG_PORT_RESTRICTION_CHECK": of_each(GROUP, _groups, _keeps_ports_shut),
}
