"""Subnets, which go when nothing is in them."""

from __future__ import annotations

from landing.sandbox.protocol.http import HttpAnswer
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call


def delete_subnet(call: Call) -> HttpAnswer:
    """Moto deletes one with network interfaces (API reference, DeleteSubnet)."""
    id_ = call["SubnetId"]
    if any(each.subnet.id == id_ for each in call.backend().enis.values()):
        raise Refusal("DependencyViolation", f"The subnet '{id_}' has dependencies and cannot be deleted.")
    return call.forward()
