"""Products that send findings to Security Hub."""

from __future__ import annotations

from typing import Any

from landing.sandbox.services.call import Call
from landing.sandbox.services.securityhub.state import absent, conflict, own_hub

PRODUCTS = ("access-analyzer", "config", "firewall-manager", "guardduty", "health", "inspector", "macie", "securityhub")
"""AWS services whose findings are taken from the start (User Guide, "Integrations with AWS services")."""


def list_enabled_products_for_import(call: Call) -> dict[str, Any]:
    """Subscriptions (API reference, ListEnabledProductsForImport)."""
    return call.page("ProductSubscriptions", [_subscription(call, name) for name in _enabled(call)])


def enable_import_findings_for_product(call: Call) -> dict[str, Any]:
    """Refused when it is on (API reference, EnableImportFindingsForProduct)."""
    name = call["ProductArn"].rpartition("product/")[2]
    if name in _enabled(call):
        raise conflict("Account is already subscribed to product")
    _enabled(call)[name] = None
    return {"ProductSubscriptionArn": _subscription(call, name)}


def disable_import_findings_for_product(call: Call) -> None:
    """API reference, DisableImportFindingsForProduct."""
    name = call["ProductSubscriptionArn"].rpartition("product-subscription/")[2]
    if name not in _enabled(call):
        raise absent("The product subscription does not exist.")
    del _enabled(call)[name]


def _enabled(call: Call) -> dict[str, None]:
    held = own_hub(call).held()
    if held.products is None:
        held.products = {f"aws/{name}": None for name in PRODUCTS}
    return held.products


def _subscription(call: Call, name: str) -> str:
    return call.arn(f"product-subscription/{name}")
