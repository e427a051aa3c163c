"""What accounts deliver to the log archive by themselves, as something in them is set to: each to its own bucket."""

from __future__ import annotations

from collections.abc import Mapping

from landing.blueprint.resource_names import FLOW_LOGS
from landing.organization import Delivery

RECEIVED: Mapping[str, Delivery] = {
    each.purpose: each
    for each in (Delivery(FLOW_LOGS, "delivery.logs.amazonaws.com", ("logs:*:{account}:*",), members=True),)
}
"""By purpose. Who delivers, and for what: "Amazon S3 bucket permissions for flow logs" of the VPC User Guide."""
