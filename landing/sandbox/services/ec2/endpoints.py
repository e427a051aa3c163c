"""Endpoints of VPCs (AWS PrivateLink guide; EC2 API reference)."""

from __future__ import annotations

import json
from typing import Any

from landing.sandbox.protocol.http import HttpAnswer
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call

OPEN = {"Version": "2008-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}
"""The policy of an endpoint that is given none (PrivateLink guide, "Default endpoint policy")."""


def create_vpc_endpoint(call: Call) -> dict[str, Any]:
    """Moto makes endpoints that AWS refuses, and gateways with private names."""
    kind, vpc = call.get("VpcEndpointType", "Gateway"), call.backend().get_vpc(call["VpcId"])
    policy = call.get("PolicyDocument")
    if policy is not None:
        _read(policy)
    if kind == "Gateway" and (call.get("SubnetIds") or call.get("SecurityGroupIds")):
        raise _invalid("Gateway endpoints have neither subnets nor security groups.")
    if kind == "Interface":
        if call.get("RouteTableIds"):
            raise _invalid("Route table IDs are only supported for Gateway type VPC Endpoint.")
        if call.get("PrivateDnsEnabled", True):
            _private_dns(call, vpc.id, call["ServiceName"])
    elif kind == "Gateway":
        taken = [one for one in _there(call, vpc.id, call["ServiceName"]) if one.vpc_endpoint_type != "Interface"]
        for table in call.get("RouteTableIds", ()):
            if any(table in one.route_table_ids for one in taken):
                message = f"route table {table} already has a route with the destination of {call['ServiceName']}"
                raise Refusal("RouteAlreadyExists", message)
    answer = call.moto()
    if kind == "Gateway":
        made = call.backend().vpc_end_points[answer["VpcEndpoint"]["VpcEndpointId"]]
        made.vpc_endpoint_type, made.private_dns_enabled = kind, False
        answer["VpcEndpoint"] |= {"VpcEndpointType": kind, "PrivateDnsEnabled": False}
    return answer


def modify_vpc_endpoint(call: Call) -> HttpAnswer:
    """Moto leaves private names as they are, and knows no way back to the default policy."""
    (endpoint,) = call.backend().describe_vpc_endpoints([call["VpcEndpointId"]])
    if call.get("ResetPolicy"):
        endpoint.policy_document = json.dumps(OPEN)
    elif call.get("PolicyDocument") is not None:
        _read(call["PolicyDocument"])
    wanted = call.get("PrivateDnsEnabled")
    if wanted is not None:
        if endpoint.vpc_endpoint_type != "Interface":
            raise _invalid("Private DNS is only supported for Interface type VPC Endpoint.")
        if wanted and not endpoint.private_dns_enabled:
            _private_dns(call, endpoint.vpc_id, endpoint.service_name)
        endpoint.private_dns_enabled = wanted
    return call.forward()


def _private_dns(call: Call, vpc: str, service: str) -> None:
    """It needs both DNS attributes of the VPC, and no other endpoint may have the names."""
    network = call.backend().get_vpc(vpc)
    if not (_is_on(network.enable_dns_support) and _is_on(network.enable_dns_hostnames)):
        needed = "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true"
        raise _invalid(f"{needed} for {vpc}")
    if any(one.private_dns_enabled and one.vpc_endpoint_type == "Interface" for one in _there(call, vpc, service)):
        message = "private-dns-enabled cannot be set because there is already a conflicting DNS domain"
        raise _invalid(f"{message} for {service} in the VPC {vpc}")


def _there(call: Call, vpc: str, service: str) -> list[Any]:
    every = call.backend().vpc_end_points.values()
    return [one for one in every if (one.vpc_id, one.service_name) == (vpc, service) and one.state != "deleted"]


def _is_on(value: Any) -> bool:
    return str(value).lower() == "true"


def _read(policy: str) -> None:
    try:
        document = json.loads(policy)
    except ValueError:
        document = None
    if not isinstance(document, dict) or not document.get("Statement"):
        raise Refusal("InvalidPolicyDocument", "The policy document is not valid.")


def _invalid(message: str) -> Refusal:
    return Refusal("InvalidParameter", message)
