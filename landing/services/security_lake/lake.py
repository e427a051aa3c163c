"""The lake of a region: how it is encrypted, how long it keeps, and where it is copied to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ClassVar

from landing.aws import SERVICE_DENIES, Aws, unless
from landing.blueprint.resource_names import LAKE_REPLICATION_ROLE, LAKE_ROLE
from landing.core import forms
from landing.core.errors import Cause, OperationFailed
from landing.core.model import Action, Address, Attributes, Change, Diagnostic, Resource, Scope
from landing.organization import EnabledService, Organization
from landing.organization.resources import STACK
from landing.services.base import Ownership
from landing.services.security_lake.administrator import SecurityLakeAdministrator
from landing.services.security_lake.settings import (
    CLASSES,
    LAKE_FORMATION,
    MANAGED_KEY,
    PRINCIPAL,
    RESOURCES,
    SecurityLakeSettings,
)
from landing.services.shapes import NAME, RegionalKind
from landing.services.strength import Weaker, kept, longer, neutral, ranked, told

ROLES = "security-lake-roles"
"""The stack that makes the roles."""
UNSEEN = 20.0
"""Seconds in which a new role is not seen yet; CreateDataLake fails for want of it."""
LEAST_DAYS = {"STANDARD_IA": 30, "ONEZONE_IA": 30}
"""Before which S3 moves no object there."""
SUBSCRIBER = "security_lake_subscriber"
UNDER_WAY = ("INITIALIZED", "PENDING")
DONE, FAILED = "COMPLETED", "FAILED"
ABSENT = (SERVICE_DENIES, Cause.NOT_THERE)
"""How an account answers that administers nothing, or has no lake."""


WHERE = ("organizations:ListDelegatedAdministrators", "organizations:ListDelegatedServicesForAccount", "sts:AssumeRole")
"""What is asked to find the account of the lakes, and to enter it."""


class OfTheLake(RegionalKind):
    """What is in the log archive account, as the administrator of Security Lake, in each region of a lake."""

    ownership = Ownership.LOG_ARCHIVE
    service = "security_lake"
    client_name = "securitylake"
    parallel = 1  # AWS refuses two changes of one lake at once

    def account(self, organization: Organization) -> str:
        """The log archive account, which administers."""
        return organization.log_archive

    def where(self, organization: Organization, aws: Aws, scope: Scope) -> Scope:
        """The account in which ours is: another than the log archive's, where that has moved away from its lakes."""
        if self.service not in aws.tree.marked_services:
            return scope
        keys = [
            aws.tree.account_keys.get(it, "") for principal, it in aws.tree.administrators if principal == PRINCIPAL
        ]
        return Scope(next((key for key in keys if key in organization.accounts), scope.account), scope.region)

    def for_all(self, organization: Organization, scope: Scope) -> Scope:
        """Where AWS is asked for all regions at once: at home, where that has the service."""
        offered = self._offered(organization)
        region = next((each for each in (organization.home_region, *offered) if each in offered), scope.region)
        return Scope(scope.account, region)


class SecurityLake(OfTheLake):
    """One in each governed region (CreateDataLake); its bucket belongs to the service, and stays when it is deleted."""

    name = "security_lake"
    ending = "deleted"
    title = "Security Lake"
    removal = "switch-off"
    controls = ("nist-800-53-r5:AU-4", "nist-800-53-r5:AU-6", "nist-800-53-r5:AU-11", "pci-dss-4.0:10.3.3")
    help_uri = "https://docs.aws.amazon.com/security-lake/latest/userguide/manage-regions.html"
    canonical: ClassVar[Mapping[str, forms.Form]] = {"copies_to": forms.unordered}
    weaker: ClassVar[Mapping[str, Weaker]] = {
        "status": ranked(DONE, "PENDING", "INITIALIZED", FAILED),
        "key": told,
        "retention_days": longer(),
        "transitions": neutral,
        "copies_to": kept(),
    }
    reads = ("securitylake:ListDataLakes", *WHERE)
    writes = (
        "securitylake:CreateDataLake",
        "securitylake:UpdateDataLake",
        "securitylake:DeleteDataLake",
        "iam:CreateServiceLinkedRole",
        "iam:PassRole",
    )
    linked = (PRINCIPAL, RESOURCES, LAKE_FORMATION)
    passed: ClassVar[Mapping[str, str]] = {
        f"service-role/{LAKE_ROLE}": "lambda.amazonaws.com",
        f"service-role/{LAKE_REPLICATION_ROLE}": "s3.amazonaws.com",
    }

    def check(self, organization: Organization) -> Iterable[Diagnostic]:
        """A rollup region without a lake; management events of which no trail has both sides."""
        service = organization.service(SecurityLakeSettings)
        if service is None:
            return
        settings, offered = service.settings, self._offered(organization)
        if settings.rollup and settings.rollup not in offered:
            message = f"`{settings.rollup}` is no governed region that has Security Lake"
            yield service.problem("LZ443", message, f"one of {', '.join(offered)}", "rollup")
        yield from _odd_transitions(service)
        for key, subscriber in settings.subscribers.items():
            for number, name in enumerate(subscriber.sources):
                if name not in settings.sources:
                    message = f"subscriber `{key}` wants `{name}`, which is not collected"
                    hint = "add it to `sources`"
                    yield service.problem("LZ443", message, hint, "subscribers", key, "sources", number)
        trail = organization.services.get("cloudtrail")
        events = getattr(trail.settings, "management_events", "") if trail else ""
        if "CLOUD_TRAIL_MGMT" in settings.sources and events != "all":
            message = "CLOUD_TRAIL_MGMT wants a trail of the organization with all management events"
            hint = "have `cloudtrail` with `management_events: all`, or know that there is such a trail"
            yield service.problem("LZ443", message, hint, "sources", "CLOUD_TRAIL_MGMT", key=True, severity="warning")

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """The same in each governed region that has Security Lake; the rollup region copies to none."""
        service = organization.service(SecurityLakeSettings)
        if service is None:
            return
        settings = service.settings
        for scope in self.scopes(organization):
            attributes: dict[str, Any] = {
                "status": DONE,
                "key": settings.key or MANAGED_KEY,
                "retention_days": settings.retention_days,
                "transitions": dict(sorted(settings.transitions.items())),
                "copies_to": [settings.rollup] if settings.rollup and settings.rollup != scope.region else [],
            }
            needs = _needs(organization, scope, attributes["copies_to"], roles=settings.roles)
            yield Resource(self.address(NAME, scope), attributes, needs, source=service.source)

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """The lake of a region; those of all governed ones are asked for by one call, one that was left by its own."""
        scope, governed = self.where(organization, aws, scope), self._offered(organization)
        regions = governed if scope.region in governed else [scope.region]

        def every() -> dict[str, Any]:
            with unless(*ABSENT):
                client = aws.client(self.client_name, self.for_all(organization, scope))
                return {each["region"]: each for each in client.list_data_lakes(regions=regions)["dataLakes"]}
            return {}

        found = aws.tree.once(f"security lakes {' '.join(regions)}", every).get(scope.region)
        if found:
            attributes = _attributes(found)
            needs = _needs(organization, scope, attributes["copies_to"])
            yield Resource(self.address(NAME, scope), attributes, needs)

    def impossible(self, change: Change, live: Mapping[Address, Resource]) -> Iterable[str]:
        """The end of a lake that others read (DeleteDataLake: ConflictException)."""
        theirs = sorted(
            address.name
            for address, found in live.items()
            if address.kind == SUBSCRIBER and address.scope == change.address.scope and not found.owned
        )
        if change.action is Action.DELETE and theirs:
            scope = change.address.scope
            yield (
                f"AWS deletes no lake that is read, and {', '.join(theirs)}, of others, reads this one: it has to "
                f"go first (aws securitylake delete-subscriber, in {scope.account}, {scope.region})"
            )

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Roles of services first; an existing lake is updated, and either is waited for."""
        scope, after = change.address.scope, change.after
        client = aws.client(self.client_name, scope)
        found = _lake(client, scope.region)
        if change.action is Action.DELETE:
            if found:
                one_at_a_time(aws, client.delete_data_lake, regions=[scope.region])
            for _ in aws.poll(f"the end of Security Lake in {scope.region}", "security_lake"):
                if not _lake(client, scope.region):
                    return
        assert after is not None
        _ensure_roles(aws, scope)
        beginning = f"arn:{organization.partition}:iam::{aws.tree.account_ids[scope.account]}:role/service-role/"
        wanted: dict[str, Any] = {
            "configurations": [_sent(after, scope.region, beginning + LAKE_REPLICATION_ROLE)],
            "metaStoreManagerRoleArn": beginning + LAKE_ROLE,
        }
        if found is None:
            one_at_a_time(aws, client.create_data_lake, made=lambda: _lake(client, scope.region), **wanted)
        elif _attributes(found) != dict(after):
            one_at_a_time(aws, client.update_data_lake, **wanted)
        for _ in aws.poll(f"Security Lake in {scope.region}", "security_lake"):
            found = _lake(client, scope.region)
            status = _attributes(found)["status"] if found else DONE
            if found and status == FAILED:
                reason = (found.get("updateStatus", {}).get("exception") or {}).get("reason", "AWS does not say why")
                raise OperationFailed(f"Security Lake failed: {reason}", operation="CreateDataLake", scope=scope)
            if found and status not in UNDER_WAY:
                return

    def under_way(self, change: Change) -> str:
        """A change of the lake that AWS is still at."""
        before, after = change.before or {}, change.after or {}
        if before.get("status") in UNDER_WAY and {**after, "status": before["status"]} == before:
            return "Security Lake is at it"
        return ""

    def notes(self, organization: Organization, change: Change) -> Iterable[str]:
        """What stays when it goes, and what that costs."""
        scope = change.address.scope
        if change.action is Action.DELETE:
            yield (
                "collecting ends; the bucket `aws-security-data-lake-…` stays with all that is in it, and is paid for, "
                f"until somebody empties and deletes it in {scope.account}"
            )
            yield (
                f"tables of Glue, functions and queues of Security Lake stay in {scope.region}; a new lake may fail on "
                f"the database `amazon_security_lake_glue_db_{scope.region.replace('-', '_')}`: delete it before"
            )
            if organization.service(SecurityLakeSettings) is None:
                yield f"{scope.account} stays the administrator of Security Lake"
        if change.action is Action.CREATE:
            yield "charged by the GB of logs that its sources take in, and by what lies in its bucket"


def _odd_transitions(service: EnabledService[SecurityLakeSettings]) -> Iterator[Diagnostic]:
    """Those that S3 refuses (S3 User Guide, "Transitioning objects using Amazon S3 Lifecycle")."""
    settings = service.settings
    latest = 0
    for name in CLASSES:
        days = settings.transitions.get(name)
        if days is None:
            continue
        if days >= settings.retention_days:
            wrong, hint = (
                f"after {settings.retention_days} days objects are deleted",
                "say fewer days, or keep them longer",
            )
        elif days < LEAST_DAYS.get(name, 0):
            wrong, hint = f"S3 wants at least {LEAST_DAYS[name]} days before {name}", f"say {LEAST_DAYS[name]} or more"
        elif days <= latest:
            wrong, hint = (
                "objects would go there before they go to a warmer class",
                "let the days rise with the classes",
            )
        else:
            latest = days
            continue
        message = f"objects cannot go to {name} after {days} days: {wrong}"
        yield service.problem("LZ443", message, hint, "transitions", name)


def lake_in(scope: Scope) -> Address:
    """The address of the lake of a region, which comes first and goes last."""
    return SecurityLake().address(NAME, scope)


def _needs(
    organization: Organization, scope: Scope, copies_to: Iterable[str], *, roles: bool = True
) -> tuple[Address, ...]:
    """The administrator, the lakes to which this one copies, and the roles.

    Without the roles Security Lake can change and delete nothing any more.
    """
    needs = [SecurityLakeAdministrator().address(NAME)]
    needs += (lake_in(Scope(scope.account, region)) for region in copies_to)
    if roles:
        needs.append(Address(STACK, ROLES, Scope(scope.account, organization.home_region)))
    return tuple(needs)


def _ensure_roles(aws: Aws, scope: Scope) -> None:
    """The roles that are linked to services; new ones are not seen by Security Lake at once."""
    iam = aws.client("iam", scope)
    made = False
    for principal in (PRINCIPAL, RESOURCES, LAKE_FORMATION):
        with unless("InvalidInput", "InvalidInputException") as there:
            iam.create_service_linked_role(AWSServiceName=principal)
        made = made or not there.code
    if made:
        aws.clock.sleep(UNSEEN)


def one_at_a_time(aws: Aws, call: Callable[..., Any], *, made: Callable[[], object] = bool, **parameters: Any) -> Any:
    """The call, again and again while AWS is at another change of the lake (ConflictException).

    What a call makes that is there already is refused alike: one whose answer was lost has `made` it.
    """
    for _ in aws.poll("another change of Security Lake", "security_lake"):
        with unless("ConflictException"):
            return call(**parameters)
        if made():
            return None
    raise AssertionError("polling raises when its time is over")


def _lake(client: Any, region: str) -> Mapping[str, Any] | None:
    """The lake of a region now."""
    with unless(*ABSENT):
        return next(iter(client.list_data_lakes(regions=[region])["dataLakes"]), None)
    return None


def _attributes(found: Mapping[str, Any]) -> dict[str, Any]:
    """As the config has them; the worst of its two states."""
    states = [found.get("createStatus", DONE), (found.get("updateStatus") or {}).get("status", DONE)]
    worst = next((each for each in (FAILED, *UNDER_WAY) if each in states), DONE)
    lifecycle = found.get("lifecycleConfiguration") or {}
    key = str((found.get("encryptionConfiguration") or {}).get("kmsKeyId", MANAGED_KEY))
    transitions = {each["storageClass"]: each["days"] for each in lifecycle.get("transitions") or ()}
    return {
        "status": worst,
        "key": key.rpartition("/")[2],
        "retention_days": (lifecycle.get("expiration") or {}).get("days"),
        "transitions": dict(sorted(transitions.items())),
        "copies_to": sorted((found.get("replicationConfiguration") or {}).get("regions") or ()),
    }


def _sent(after: Attributes, region: str, replication_role: str) -> dict[str, Any]:
    transitions = [{"storageClass": name, "days": days} for name, days in after["transitions"].items()]
    lifecycle: dict[str, Any] = {"expiration": {"days": after["retention_days"]}, "transitions": transitions}
    copied = {"regions": list(after["copies_to"]), "roleArn": replication_role}
    return {
        "region": region,
        "encryptionConfiguration": {"kmsKeyId": after["key"]},
        "lifecycleConfiguration": lifecycle,
        "replicationConfiguration": copied if after["copies_to"] else {"regions": []},
    }
