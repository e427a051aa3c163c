"""A monthly budget of an account: who hears of it when costs come near it, or are forecast to pass it."""

import re
from collections.abc import Iterator, Sequence

from troposphere import Template
from troposphere.budgets import Budget, BudgetData, Notification, NotificationWithSubscribers, Spend, Subscriber

REGIONS = "home"  # budgets are the account's, not a region's
MOST_EMAILS, MOST_NOTIFICATIONS = 10, 10
"""Of a notification, and of a budget (AWS Budgets quotas)."""


def budget(
    *,
    emails: list[str],
    topic: str = "",
    amount: int = 1000,
    currency: str = "USD",
    actual_percent: Sequence[int] = (80, 100),
    forecast_percent: Sequence[int] = (100,),
) -> Template:
    """A monthly budget of the costs of an account; `amount` differs by unit or account by more than one baseline.

    `emails` (and the SNS topic with the ARN `topic`, whose policy must let `budgets.amazonaws.com` in) hear when
    actual costs pass any of `actual_percent` of it, and when the forecast passes any of `forecast_percent`.
    """
    if not (emails or topic) or len(emails) > MOST_EMAILS or not all(re.fullmatch(r"\S+@\S+\.\S+", e) for e in emails):
        raise ValueError(f"`emails` are at most {MOST_EMAILS} addresses: at least one, or a `topic`")
    if topic and not re.fullmatch(r"arn:[a-z-]+:sns:[a-z0-9-]+:\d{12}:[\w-]+", topic):
        raise ValueError("`topic` is the ARN of an SNS topic")
    if amount < 1 or not re.fullmatch(r"[A-Z]{3}", currency):
        raise ValueError("`amount` is 1 or more, `currency` one of three letters")
    percents = [*actual_percent, *forecast_percent]
    if not 1 <= len(percents) <= MOST_NOTIFICATIONS or not all(1 <= each <= 1000 for each in percents):
        raise ValueError(f"`actual_percent`, `forecast_percent`: 1 to {MOST_NOTIFICATIONS} together, from 1 to 1000")
    if any(len(set(some)) < len(some) for some in (emails, actual_percent, forecast_percent)):
        raise ValueError("`emails` and percents are each named once")
    template = Template("Budget of an account")
    template.add_resource(
        Budget(
            "Monthly",
            # Without a name: who hears of it cannot be changed, only replaced, and then two are there for a moment.
            Budget=BudgetData(BudgetType="COST", TimeUnit="MONTHLY", BudgetLimit=Spend(Amount=amount, Unit=currency)),
            NotificationsWithSubscribers=[
                NotificationWithSubscribers(
                    Notification=Notification(
                        NotificationType=kind,
                        ComparisonOperator="GREATER_THAN",
                        Threshold=percent,
                        ThresholdType="PERCENTAGE",
                    ),
                    Subscribers=list(_subscribers(emails, topic)),
                )
                for kind, percents in (("ACTUAL", actual_percent), ("FORECASTED", forecast_percent))
                for percent in percents
            ],
        )
    )
    return template


def _subscribers(emails: list[str], topic: str) -> Iterator[Subscriber]:
    yield from (Subscriber(SubscriptionType="EMAIL", Address=each) for each in emails)
    if topic:
        yield Subscriber(SubscriptionType="SNS", Address=topic)
