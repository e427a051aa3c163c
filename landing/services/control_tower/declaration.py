"""What AWS Control Tower is made of."""

from __future__ import annotations

from landing.services.control_tower.baseline import ControlTowerBaseline
from landing.services.control_tower.control import ControlTowerControl
from landing.services.control_tower.enrolment import ControlTowerEnrolment
from landing.services.control_tower.landing_zone import LandingZone
from landing.services.control_tower.settings import ControlTowerSettings
from landing.services.service import Service

SERVICE = Service(
    key="control_tower",
    title="AWS Control Tower",
    settings=ControlTowerSettings,
    kinds=(LandingZone(), ControlTowerBaseline(), ControlTowerEnrolment(), ControlTowerControl()),
    cost="Nothing; what its controls and baselines set up is charged as the services say.",
    docs="https://docs.aws.amazon.com/controltower/latest/userguide/what-is-control-tower.html",
)
