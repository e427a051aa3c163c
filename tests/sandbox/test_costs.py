"""Budgets, anomalies of costs, scanning of images: what AWS refuses (API references)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.cloud import Cloud, refused, source

LIMIT = {"BudgetLimit": {"Amount": "10", "Unit": "USD"}}
BUDGET = {"BudgetName": "costs", "BudgetType": "COST", "TimeUnit": "MONTHLY", **LIMIT}
OVER = {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": 80.0}
ANA = {"SubscriptionType": "EMAIL", "Address": "ana@example.com"}
MONITOR = {"MonitorName": "m", "MonitorType": "DIMENSIONAL", "MonitorDimension": "SERVICE"}


def _told(percent: float, who: list[dict[str, str]]) -> dict[str, Any]:
    return {"Notification": {**OVER, "Threshold": percent}, "Subscribers": who}


@source("budgets: CreateBudget, UpdateBudget, DeleteNotification (API reference)")
def test_a_budget_has_a_limit_and_those_who_hear_of_it(cloud: Cloud) -> None:
    budgets = cloud.client("budgets")
    account = cloud.organizations.describe_organization()["Organization"]["MasterAccountId"]
    mine = {"AccountId": account, "BudgetName": "costs"}
    without = {name: value for name, value in BUDGET.items() if name != "BudgetLimit"}
    nothing = {**BUDGET, "BudgetLimit": {"Amount": "0", "Unit": "USD"}}
    for wrong in (without, nothing):
        refused("InvalidParameterException", budgets.create_budget, AccountId=account, Budget=wrong)
    refused("AccessDeniedException", budgets.create_budget, AccountId="999999999999", Budget=BUDGET)
    refused("NotFoundException", budgets.describe_budget, **mine)
    many = [_told(float(percent), [ANA]) for percent in range(1, 12)]
    crowd = [_told(80, [{**ANA, "Address": f"a{number}@example.com"} for number in range(11)])]
    for given in (many, crowd):
        with pytest.raises(Exception, match=r"at most 10|less than or equal to 10"):
            budgets.create_budget(AccountId=account, Budget=BUDGET, NotificationsWithSubscribers=given)
    budgets.create_budget(AccountId=account, Budget=BUDGET, NotificationsWithSubscribers=[_told(80, [ANA])])
    refused("DuplicateRecordException", budgets.create_budget, AccountId=account, Budget=BUDGET)
    refused("DuplicateRecordException", budgets.create_notification, **mine, Notification=OVER, Subscribers=[ANA])
    (found,) = budgets.describe_notifications_for_budget(**mine)["Notifications"]
    assert found["ThresholdType"] == "PERCENTAGE"
    assert budgets.describe_subscribers_for_notification(**mine, Notification=found)["Subscribers"] == [ANA]
    budgets.delete_subscriber(**mine, Notification=found, Subscriber=ANA)
    refused("NotFoundException", budgets.delete_notification, **mine, Notification=found)
    budgets.delete_budget(**mine)


@source("ce: CreateAnomalyMonitor, CreateAnomalySubscription (API reference); one monitor of services in an account")
def test_anomalies_are_told_as_often_as_those_who_hear_can_be(cloud: Cloud) -> None:
    ce = cloud.client("ce")
    refused("ValidationException", ce.create_anomaly_monitor, AnomalyMonitor={**MONITOR, "MonitorType": "CUSTOM"})
    monitor = ce.create_anomaly_monitor(AnomalyMonitor=MONITOR)["MonitorArn"]
    refused("LimitExceededException", ce.create_anomaly_monitor, AnomalyMonitor=MONITOR)
    email = {"Type": "EMAIL", "Address": "ana@example.com"}
    whole = {"SubscriptionName": "s", "Frequency": "DAILY", "MonitorArnList": [monitor], "Subscribers": [email]}
    none = {"MonitorArnList": [f"{monitor}0"]}
    for wrong, code in (({"Frequency": "IMMEDIATE"}, "ValidationException"), (none, "UnknownMonitorException")):
        refused(code, ce.create_anomaly_subscription, AnomalySubscription={**whole, **wrong})
    made = ce.create_anomaly_subscription(AnomalySubscription=whole)["SubscriptionArn"]
    refused("ValidationException", ce.update_anomaly_subscription, SubscriptionArn=made, Frequency="IMMEDIATE")
    ce.delete_anomaly_subscription(SubscriptionArn=made)
    refused("UnknownSubscriptionException", ce.delete_anomaly_subscription, SubscriptionArn=made)


@source("ecr: PutRegistryScanningConfiguration (API reference); User Guide, Scan images")
def test_basic_scanning_is_of_what_is_pushed(cloud: Cloud) -> None:
    ecr, every = cloud.client("ecr"), [{"filter": "*", "filterType": "WILDCARD"}]
    pushed, always = (
        {"scanFrequency": each, "repositoryFilters": every} for each in ("SCAN_ON_PUSH", "CONTINUOUS_SCAN")
    )
    put = ecr.put_registry_scanning_configuration
    for kind, rules in (("BASIC", [always]), ("ENHANCED", [pushed, pushed])):
        refused("InvalidParameterException", put, scanType=kind, rules=rules)
    put(scanType="ENHANCED", rules=[pushed, always])
    assert ecr.get_registry_scanning_configuration()["scanningConfiguration"]["scanType"] == "ENHANCED"
