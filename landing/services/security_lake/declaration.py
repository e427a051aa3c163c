"""What Amazon Security Lake is made of."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from landing.core.model import Json, Resource
from landing.organization import Organization
from landing.services.security_lake.administrator import SecurityLakeAdministrator
from landing.services.security_lake.health import SecurityLakeHealth
from landing.services.security_lake.lake import ROLES, SecurityLake
from landing.services.security_lake.new_accounts import SecurityLakeNewAccounts
from landing.services.security_lake.settings import MANAGED_KEY, PRINCIPAL, LogSource, SecurityLakeSettings, Subscriber
from landing.services.security_lake.source import SecurityLakeSource
from landing.services.security_lake.subscriber import SecurityLakeSubscriber
from landing.services.service import HOME, Service, ServiceBlueprint
from landing.services.settings import without_defaults
from landing.services.shapes import at_home


def settings_of(organization: Organization, live: Collection[Resource]) -> dict[str, Json]:
    """The lake as it is at home, and where others copy to; its roles are there already.

    A source that new accounts have is meant for all accounts, any other for those that it is collected from.
    """
    found: Any = at_home(organization, live, SecurityLake())
    if not found:
        return {}
    copies = {region for each in _of(live, SecurityLake.name) for region in each.attributes["copies_to"]}
    joining: Any = at_home(organization, live, SecurityLakeNewAccounts()).get("sources", {})
    sources: dict[str, Json] = {}
    for each in _of(live, SecurityLakeSource.name):
        attributes: Any = each.attributes
        target = {} if each.address.name in joining else {"target": _target(attributes)}
        sources[each.address.name] = without_defaults(LogSource, {"version": attributes["version"], **target})
    subscribers = {
        each.address.name: without_defaults(Subscriber, each.attributes)
        for each in _of(live, SecurityLakeSubscriber.name)
        if each.owned
    }
    return {
        "sources": sources,
        "retention_days": found["retention_days"],
        "transitions": found["transitions"],
        "key": "" if found["key"] == MANAGED_KEY else found["key"],
        "rollup": min(copies, default=None),
        "roles": False,
        "subscribers": subscribers,
    }


def _of(live: Collection[Resource], kind: str) -> Iterator[Resource]:
    return (each for each in live if each.address.kind == kind)


def _target(attributes: Any) -> dict[str, Json]:
    excluded = {"exclude": {"accounts": attributes["without"]}} if attributes["without"] else {}
    return {name: attributes[name] for name in ("units", "accounts") if attributes[name]} | excluded


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
        SecurityLakeHealth(),
    ),
    settings_of=settings_of,
    blueprints=(ServiceBlueprint(ROLES, "security_lake_roles", HOME, role="log_archive", when="roles"),),
    cost="By the GB of logs that is taken in and normalized, and S3, Glue, Lambda and SQS below it.",
    docs="https://docs.aws.amazon.com/security-lake/latest/userguide/what-is-security-lake.html",
)
