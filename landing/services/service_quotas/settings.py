"""The settings of the quotas of new accounts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from landing.core.vocabulary import REGION
from landing.services.settings import REQUIRED, setting

PRINCIPAL = "servicequotas.amazonaws.com"


@dataclass(frozen=True, kw_only=True)
class QuotaRequest:
    """More of one quota, in each of the regions."""

    service: str = setting(REQUIRED, "Code of the service, as `lambda`.", pattern="^[a-zA-Z][a-zA-Z0-9-]{1,62}$")
    quota: str = setting(REQUIRED, "Code of the quota, as `L-B99A9384`.", pattern="^[a-zA-Z][a-zA-Z0-9-]{1,127}$")
    value: int = setting(REQUIRED, "What is asked for; more than AWS gives unasked.", minimum=1, maximum=10_000_000_000)
    regions: tuple[str, ...] = setting(
        (), "Regions; all governed ones when left out. Of a global quota, us-east-1.", items=REGION, uniqueItems=True
    )


@dataclass(frozen=True, kw_only=True)
class ServiceQuotasSettings:
    """What AWS is asked for in the name of every account that is made from now on (the quota request template)."""

    new_accounts: Mapping[str, QuotaRequest] = setting({}, "Requests by stable key; ten quotas × regions at most.")
