"""What Amazon Security Lake is made of."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from landing.core.model import Json, Resource
from landing.organization import ROOT, Organization
from landing.services.security_lake.administrator import SecurityLakeAdministrator
from landing.services.security_lake.lake import ROLES, SecurityLake
from landing.services.security_lake.new_accounts import SecurityLakeNewAccounts
from landing.services.security_lake.settings import MANAGED_KEY, PRINCIPAL, SecurityLakeSettings
from landing.services.security_lake.source import SecurityLakeSource
from landing.services.security_lake.subscriber import SecurityLakeSubscriber
from landing.services.service import HOME, Service, ServiceBlueprint
from landing.services.shapes import at_home


def settings_of(organization: Organization, live: Collection[Resource]) -> dict[str, Json]:
    """The lake as it is at home, and where it is copied to; its roles are there already."""
    found: Any = at_home(organization, live, SecurityLake())
    if not found:
        return {}
    lakes: Any = [each.attributes for each in live if each.address.kind == SecurityLake.name]
    copies = sorted({region for each in lakes for region in each["copies_to"]})
    coming: Any = [each.attributes["sources"] for each in live if each.address.kind == SecurityLakeNewAccounts.name]
    joining = {name for places in coming for sources in places.values() for name in sources}
    sources: dict[str, Json] = {}
    subscribers: dict[str, Json] = {}
    for each in live:
        attributes: Any = each.attributes
        if each.address.kind == SecurityLakeSource.name:
            target = {} if each.address.name in joining else {"target": _collected_from(organization, attributes)}
            sources[each.address.name] = {"version": attributes["version"], **target}
        elif each.address.kind == SecurityLakeSubscriber.name and each.owned:
            subscribers[each.address.name] = {**attributes}
    return {
        "sources": sources,
        "retention_days": found["retention_days"],
        "transitions": found["transitions"],
        "key": "" if found["key"] == MANAGED_KEY else found["key"],
        "rollup": copies[0] if len(copies) == 1 else None,
        "roles": False,
        "subscribers": subscribers,
    }


def _collected_from(organization: Organization, attributes: Any) -> dict[str, Json]:
    """The target of a source that new accounts do not have: those that are collected from in every region."""
    missing = {key for keys in attributes["missing"].values() for key in keys}
    accounts = [key for key in organization.accounts if key not in missing]
    return {"accounts": list(accounts)} if missing else {"units": [ROOT]}


SERVICE = Service(
    key="security_lake",
    title="Amazon Security Lake",
    settings=SecurityLakeSettings,
    trusted=(PRINCIPAL,),
    endpoint="securitylake",
    kinds=(
        SecurityLakeAdministrator(),
        SecurityLake(),
        SecurityLakeSource(),
        SecurityLakeNewAccounts(),
        SecurityLakeSubscriber(),
    ),
    settings_of=settings_of,
    blueprints=(ServiceBlueprint(ROLES, "security_lake_roles", HOME, role="log_archive", when="roles"),),
    cost="By the GB of logs that is taken in and normalized, and S3, Glue, Lambda and SQS below it.",
    docs="https://docs.aws.amazon.com/security-lake/latest/userguide/what-is-security-lake.html",
)
