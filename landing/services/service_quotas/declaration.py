"""What the quotas of new accounts are made of."""

from __future__ import annotations

from collections.abc import Collection

from landing.core.model import Json, Resource
from landing.organization import Organization
from landing.services.service import Service
from landing.services.service_quotas.settings import PRINCIPAL, ServiceQuotasSettings
from landing.services.service_quotas.template import ASSOCIATION, QuotaTemplate


def settings_of(organization: Organization, live: Collection[Resource]) -> dict[str, Json]:
    """The requests of the template, where it is used."""
    requests = {each.address.name: each.attributes for each in live if each.address.kind == QuotaTemplate.name}
    if requests.pop(ASSOCIATION, None) is None:
        return {}
    found: dict[tuple[str, str, int], list[Json]] = {}
    for name, attributes in sorted(requests.items()):
        service, quota, region = name.split("/")
        found.setdefault((service, quota, attributes["value"]), []).append(region)
    return {
        "new_accounts": {
            f"{service}-{quota}-{value}".lower(): {
                "service": service,
                "quota": quota,
                "value": value,
                "regions": regions,
            }
            for (service, quota, value), regions in found.items()
        }
    }


SERVICE = Service(
    key="service_quotas",
    title="Quotas of new accounts",
    settings=ServiceQuotasSettings,
    trusted=(PRINCIPAL,),
    kinds=(QuotaTemplate(),),
    settings_of=settings_of,
    cost="Nothing; what larger quotas let accounts use is charged as ever.",
    docs="https://docs.aws.amazon.com/servicequotas/latest/userguide/organization-templates.html",
)
