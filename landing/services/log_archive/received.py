"""What accounts deliver to the log archive by themselves, as something in them is set to: each to its own bucket."""

from __future__ import annotations

from collections.abc import Mapping

from landing.blueprint.resource_names import FLOW_LOGS, INVENTORY, RESOLVER_QUERIES
from landing.organization import Delivery

RECEIVED: Mapping[str, Delivery] = {
    each.purpose: each
    for each in (
        Delivery(FLOW_LOGS, "delivery.logs.amazonaws.com", ("logs:*:{account}:*",), members=True),
        Delivery(RESOLVER_QUERIES, "delivery.logs.amazonaws.com", ("logs:*:{account}:*",), members=True),
        Delivery(INVENTORY, "ssm.amazonaws.com", ("ssm:*:{account}:resource-data-sync/*",), members=True),
    )
}
"""By purpose. Who delivers, and for what: VPC User Guide, "Amazon S3 bucket permissions for flow logs"; Route 53
Developer Guide, "AWS resources that you can send VPC Resolver query logs to"; Systems Manager User Guide, "Create a
resource data sync for Inventory".
"""
