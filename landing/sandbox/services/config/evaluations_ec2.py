"""Managed rules about EC2 (Developer Guide, "List of AWS Config Managed Rules").

Every account has a default VPC in each default Region, with an open default security group: an account whose
EC2 has not been used is judged by that, and its resources get names only when somebody asks for details.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from landing.sandbox.moto import upstream
from landing.sandbox.services.config.discovery import backend
from landing.sandbox.services.config.findings import Finding, Site, verdict
from landing.sandbox.world import regions


def _backend(site: Site) -> Any | None:
    if site.thorough:
        return upstream.backend("ec2", site.account, site.region)
    return backend("ec2", site.account, site.region)


def _ebs_encryption(site: Site) -> Iterator[Finding]:
    found = backend("ec2", site.account, site.region)
    good = found is not None and bool(found.get_ebs_encryption_by_default())
    yield Finding("AWS::::Account", site.account, verdict(good))


def _groups(found: Any) -> list[Any]:
    return [group for groups in found.groups.values() for group in groups.values()]


def _default_groups_closed(site: Site) -> Iterator[Finding]:
    found = _backend(site)
    if found is None:
        if not regions.is_opt_in(site.region):
            yield Finding("AWS::EC2::SecurityGroup", "default", "NON_COMPLIANT")
        return
    for group in _groups(found):
        if group.name == "default":
            good = not group.ingress_rules and not group.egress_rules
            yield Finding("AWS::EC2::SecurityGroup", group.id, verdict(good))


def _no_open_ssh(site: Site) -> Iterator[Finding]:
    found = _backend(site)
    for group in () if found is None else _groups(found):
        good = not any(_lets_in(rule, 22) for rule in group.ingress_rules)
        yield Finding("AWS::EC2::SecurityGroup", group.id, verdict(good))


def _lets_in(rule: Any, port: int) -> bool:
    everyone = any(entry.get("CidrIp") == "0.0.0.0/0" or entry.get("CidrIpv6") == "::/0" for entry in rule.ip_ranges)
    all_ports = str(rule.ip_protocol) == "-1"
    return everyone and (all_ports or int(rule.from_port or 0) <= port <= int(rule.to_port or 0))


def _flow_logs(site: Site) -> Iterator[Finding]:
    found = _backend(site)
    logged = set() if found is None else {log.resource_id for log in found.flow_logs.values()}
    for vpc in () if found is None else list(found.vpcs.values()):
        yield Finding("AWS::EC2::VPC", vpc.id, verdict(vpc.id in logged))


def _volumes(site: Site) -> Iterator[Finding]:
    found = backend("ec2", site.account, site.region)
    for volume in () if found is None else list(found.volumes.values()):
        yield Finding("AWS::EC2::Volume", volume.id, verdict(bool(volume.encrypted)))


EVALUATIONS = {
    "EC2_EBS_ENCRYPTION_BY_DEFAULT": _ebs_encryption,
    "ENCRYPTED_VOLUMES": _volumes,
    "INCOMING_SSH_DISABLED": _no_open_ssh,
    "VPC_DEFAULT_SECURITY_GROUP_CLOSED": _default_groups_closed,
    "VPC_FLOW_LOGS_ENABLED": _flow_logs,
}
