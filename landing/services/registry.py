"""Every service, in the order in which people think of them; a new one is a folder or file here and a line below."""

from landing.services.access_analyzer.declaration import SERVICE as ACCESS_ANALYZER
from landing.services.alarms.declaration import SERVICE as ALARMS
from landing.services.base import Kinds
from landing.services.cloudtrail.declaration import SERVICE as CLOUDTRAIL
from landing.services.config.declaration import SERVICE as CONFIG
from landing.services.control_tower.declaration import SERVICE as CONTROL_TOWER
from landing.services.detective.declaration import SERVICE as DETECTIVE
from landing.services.firewall_manager.declaration import SERVICE as FIREWALL_MANAGER
from landing.services.guardduty.declaration import SERVICE as GUARDDUTY
from landing.services.identity_center.declaration import SERVICE as IDENTITY_CENTER
from landing.services.inspector.declaration import SERVICE as INSPECTOR
from landing.services.log_archive.declaration import SERVICE as LOG_ARCHIVE
from landing.services.macie.declaration import SERVICE as MACIE
from landing.services.organizations.declaration import SERVICE as ORGANIZATIONS
from landing.services.root_access.declaration import SERVICE as ROOT_ACCESS
from landing.services.security_hub.declaration import SERVICE as SECURITY_HUB
from landing.services.security_hub_v2.declaration import SERVICE as SECURITY_HUB_V2
from landing.services.security_incident_response.declaration import SERVICE as SECURITY_INCIDENT_RESPONSE
from landing.services.security_lake.declaration import SERVICE as SECURITY_LAKE
from landing.services.service import Service
from landing.services.service_quotas.declaration import SERVICE as SERVICE_QUOTAS
from landing.services.shield.declaration import SERVICE as SHIELD
from landing.services.stacks.declaration import SERVICE as STACKS

SERVICES: tuple[Service, ...] = (
    ORGANIZATIONS,
    STACKS,
    CONTROL_TOWER,
    LOG_ARCHIVE,
    CLOUDTRAIL,
    CONFIG,
    GUARDDUTY,
    SECURITY_HUB,
    SECURITY_HUB_V2,
    MACIE,
    ACCESS_ANALYZER,
    ROOT_ACCESS,
    IDENTITY_CENTER,
    ALARMS,
    INSPECTOR,
    DETECTIVE,
    SECURITY_INCIDENT_RESPONSE,
    SERVICE_QUOTAS,
    FIREWALL_MANAGER,
    SHIELD,
    SECURITY_LAKE,
)

KINDS = Kinds(kind for service in SERVICES for kind in service.kinds)
