"""What AWS Control Tower is made of."""

from __future__ import annotations

from landing.services.control_tower.landing_zone import LandingZone
from landing.services.service import Service

SERVICE = Service(
    key="control_tower",
    title="AWS Control Tower",
    endpoint="controltower",
    kinds=(LandingZone(),),
    cost="Nothing; what its controls and baselines set up is charged as the services say.",
    docs="https://docs.aws.amazon.com/controltower/latest/userguide/what-is-control-tower.html",
)
