"""What the organization trail is made of."""

from __future__ import annotations

from landing.organization import Delivery
from landing.services.cloudtrail.settings import CloudTrailSettings
from landing.services.cloudtrail.trail import PRINCIPAL, Trail
from landing.services.service import HOME, Service, ServiceBlueprint

SERVICE = Service(
    key="cloudtrail",
    title="AWS CloudTrail",
    settings=CloudTrailSettings,
    trusted=(PRINCIPAL,),
    endpoint="cloudtrail",
    kinds=(Trail(),),
    blueprints=(
        ServiceBlueprint("cloudtrail-logs", "cloudtrail_logs", HOME, role="management", when="cloudwatch_logs"),
    ),
    delivery=Delivery("cloudtrail"),
    delivers=lambda settings: not settings.existing,
    cost="The first copy of management events is free; data events and insights are charged by the event.",
    docs="https://docs.aws.amazon.com/awscloudtrail/latest/userguide/creating-trail-organization.html",
)
