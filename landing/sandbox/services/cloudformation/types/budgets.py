"""AWS Budgets: budgets of an account."""

from __future__ import annotations

from typing import Any

from landing.sandbox.services.cloudformation.types.base import Properties, ResourceType, Site, changed, found


class Budget(ResourceType):
    """AWS::Budgets::Budget; amounts are numbers in a template, and texts in the API."""

    name = "AWS::Budgets::Budget"
    properties = frozenset({"Budget", "NotificationsWithSubscribers"})

    def create(self, site: Site, properties: Properties) -> str:
        """CreateBudget, under a name of CloudFormation's where the template has none."""
        about = properties["Budget"]
        name: str = about.get("BudgetName") or site.unique_name(100)
        site.client("budgets").create_budget(
            AccountId=site.account,
            Budget=_sent({**about, "BudgetName": name}),
            NotificationsWithSubscribers=properties.get("NotificationsWithSubscribers") or [],
        )
        return name

    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """The budget, with who is told of what."""
        client, about = site.client("budgets"), {"AccountId": site.account, "BudgetName": physical_id}
        budget = found(client.describe_budget, **about)
        if budget is None:
            return None
        wanted = expected["Budget"]
        shown = {name: value for name, value in budget["Budget"].items() if name != "BudgetName" or name in wanted}
        if limit := shown.get("BudgetLimit"):
            shown["BudgetLimit"] = {"Amount": _number(limit["Amount"]), "Unit": limit["Unit"]}
        if "CostFilters" not in wanted:
            shown.pop("CostFilters", None)
        told = []
        for notification in client.describe_notifications_for_budget(**about)["Notifications"]:
            who = client.describe_subscribers_for_notification(**about, Notification=notification)["Subscribers"]
            told.append({"Notification": {**notification, "Threshold": _number(notification["Threshold"])},
                         "Subscribers": who})  # fmt: skip
        return {"Budget": shown, "NotificationsWithSubscribers": told}

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """UpdateBudget; who is told is replaced with the budget."""
        if changed(before, after, "Budget"):
            budget = _sent({**after["Budget"], "BudgetName": physical_id})
            site.client("budgets").update_budget(AccountId=site.account, NewBudget=budget)

    def delete(self, site: Site, physical_id: str, properties: Properties) -> None:
        """DeleteBudget."""
        found(site.client("budgets").delete_budget, AccountId=site.account, BudgetName=physical_id)


def _sent(about: Properties) -> dict[str, Any]:
    limit = about.get("BudgetLimit")
    amount = {"BudgetLimit": {"Amount": str(limit["Amount"]), "Unit": limit["Unit"]}} if limit else {}
    return {**about, **amount}


def _number(text: Any) -> float | int:
    value = float(text)
    return int(value) if value.is_integer() else value
