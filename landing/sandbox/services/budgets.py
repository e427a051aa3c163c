"""AWS Budgets: budgets of an account, and who hears of them (AWS Budgets API reference)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.service import Scope, Service

MOST_NOTIFICATIONS = 10
"""Of a budget (API reference, NotificationsWithSubscribers)."""
MOST = {"EMAIL": 10, "SNS": 1}
"""Subscribers of a notification (AWS Cost Management User Guide, quotas)."""
_invalid = Refusal.of("InvalidParameterException")
_duplicate = Refusal.of("DuplicateRecordException")


@dataclass(slots=True)
class Told:
    """A notification, and who is told."""

    notification: dict[str, Any]
    subscribers: list[dict[str, str]]


@dataclass(slots=True)
class Budget:
    """A budget."""

    about: dict[str, Any]
    told: list[Told] = field(default_factory=list)


@dataclass(slots=True)
class Kept:
    """The budgets of an account, by name."""

    budgets: dict[str, Budget] = field(default_factory=dict)


class Budgets(Service[Kept]):
    """Costs are not modelled: nobody is ever told."""

    name = "budgets"
    scope = Scope.ACCOUNT
    state_type = Kept

    def admit(self, call: Call) -> None:
        """Of the caller's own account (API reference, AccountId)."""
        if call.get("AccountId", call.account) != call.account:
            raise Refusal("AccessDeniedException", "Account doesn't match the caller's.")

    def create_budget(self, call: Call) -> dict[str, Any]:
        """With its notifications (API reference, CreateBudget)."""
        budgets, about = self.state(call).budgets, call["Budget"]
        name = about["BudgetName"]
        if name in budgets:
            raise _duplicate(f"Error creating budget: {name} - the budget already exists.")
        _check(about)
        made = Budget(_completed(about))
        for each in call.get("NotificationsWithSubscribers") or []:
            _add(made, each["Notification"], each["Subscribers"])
        budgets[name] = made
        return {}

    def describe_budget(self, call: Call) -> dict[str, Any]:
        """API reference, DescribeBudget."""
        return {"Budget": self._found(call).about}

    def describe_budgets(self, call: Call) -> dict[str, Any]:
        """API reference, DescribeBudgets."""
        return call.page("Budgets", [each.about for each in self.state(call).budgets.values()])

    def update_budget(self, call: Call) -> dict[str, Any]:
        """All but its name (API reference, UpdateBudget)."""
        about = call["NewBudget"]
        found = self._found(call, about["BudgetName"])
        _check(about)
        found.about = _completed(about)
        return {}

    def delete_budget(self, call: Call) -> dict[str, Any]:
        """With all that is told (API reference, DeleteBudget)."""
        self._found(call)
        del self.state(call).budgets[call["BudgetName"]]
        return {}

    def create_notification(self, call: Call) -> dict[str, Any]:
        """API reference, CreateNotification."""
        _add(self._found(call), call["Notification"], call["Subscribers"])
        return {}

    def delete_notification(self, call: Call) -> dict[str, Any]:
        """API reference, DeleteNotification."""
        self._found(call).told.remove(self._told(call))
        return {}

    def describe_notifications_for_budget(self, call: Call) -> dict[str, Any]:
        """API reference, DescribeNotificationsForBudget."""
        return call.page("Notifications", [each.notification for each in self._found(call).told])

    def describe_subscribers_for_notification(self, call: Call) -> dict[str, Any]:
        """API reference, DescribeSubscribersForNotification."""
        return call.page("Subscribers", self._told(call).subscribers)

    def delete_subscriber(self, call: Call) -> dict[str, Any]:
        """The last one takes the notification with it (API reference, DeleteSubscriber)."""
        told, gone = self._told(call), call["Subscriber"]
        if gone not in told.subscribers:
            raise Refusal("NotFoundException", "There is no such subscriber.")
        told.subscribers.remove(gone)
        if not told.subscribers:
            self._found(call).told.remove(told)
        return {}

    def _found(self, call: Call, name: str = "") -> Budget:
        name = name or call["BudgetName"]
        found = self.state(call).budgets.get(name)
        if found is None:
            raise Refusal("NotFoundException", f"Unable to get budget: {name} - the budget doesn't exist.")
        return found

    def _told(self, call: Call) -> Told:
        asked = _with_type(call["Notification"])
        found = next((each for each in self._found(call).told if each.notification == asked), None)
        if found is None:
            raise Refusal("NotFoundException", "There is no such notification.")
        return found


def _check(about: Mapping[str, Any]) -> None:
    if about["BudgetType"] in ("COST", "USAGE") and not about.get("BudgetLimit") and "AutoAdjustData" not in about:
        raise _invalid("A budget of costs or usage has a limit.")
    if float((about.get("BudgetLimit") or {"Amount": 1})["Amount"]) <= 0:
        raise _invalid("Budget limit must be greater than 0.")


def _completed(about: Mapping[str, Any]) -> dict[str, Any]:
    return {"CostFilters": {}, **about}


def _with_type(notification: Mapping[str, Any]) -> dict[str, Any]:
    return {"ThresholdType": "PERCENTAGE", **notification}


def _add(budget: Budget, notification: Mapping[str, Any], subscribers: list[dict[str, str]]) -> None:
    wanted = _with_type(notification)
    if any(each.notification == wanted for each in budget.told):
        raise _duplicate("The notification already exists.")
    if len(budget.told) >= MOST_NOTIFICATIONS:
        raise Refusal("CreationLimitExceededException", f"A budget has at most {MOST_NOTIFICATIONS} notifications.")
    kinds = [each["SubscriptionType"] for each in subscribers]
    if any(kinds.count(kind) > most for kind, most in MOST.items()):
        raise Refusal("CreationLimitExceededException", "A notification has at most 10 addresses and one topic.")
    budget.told.append(Told(wanted, [dict(each) for each in subscribers]))
