"""Amazon Security Lake: its administrator, lakes, log sources and subscribers (Security Lake API reference)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import accounts
from landing.sandbox.services.administrator import managed
from landing.sandbox.services.call import Call
from landing.sandbox.services.iam import linked_roles
from landing.sandbox.services.service import Scope, Service
from landing.sandbox.world import Event, World

PRINCIPAL = "securitylake.amazonaws.com"
RESOURCES = "resource-management.securitylake.amazonaws.com"
LAKE_FORMATION = "lakeformation.amazonaws.com"
BY_ADMINISTRATOR = ("RegisterDataLakeDelegatedAdministrator", "DeregisterDataLakeDelegatedAdministrator")
_bad = Refusal.of("BadRequestException")

Source = tuple[str, str]
"""Name and version."""


@dataclass(slots=True)
class Lake:
    """Of a Region."""

    region: str
    arn: str
    bucket: str
    encryption: dict[str, Any]
    lifecycle: dict[str, Any]
    replication: dict[str, Any]
    created: str = "INITIALIZED"
    updated: str = ""
    reason: str = ""
    """Why it failed."""
    sources: dict[Source, list[str]] = field(default_factory=dict)
    """Ids of accounts."""
    coming: list[tuple[Source, list[str], bool]] = field(default_factory=list)
    """Accounts that are about to be collected from, or (False) no more."""
    troubled: dict[tuple[str, str], str] = field(default_factory=dict)
    """Status by source and account, of those that are not collected."""
    exceptions: list[dict[str, Any]] = field(default_factory=list)
    """What has failed, as it is shown."""
    new_accounts: dict[str, str] = field(default_factory=dict)
    """Version by source."""
    subscribers: dict[str, dict[str, Any]] = field(default_factory=dict)
    """As they are shown, by id."""


@dataclass(slots=True)
class Lakes:
    """Of an account, by Region."""

    all: dict[str, Lake] = field(default_factory=dict)


class _Listener:
    """What becomes of accounts that come and go, and of lakes without an administrator."""

    def account_joined(self, world: World, event: Event) -> None:
        """It is collected from where the organization's configuration says so."""
        organization = accounts.membership(world, event.account)
        for administrator in accounts.administrators(organization, PRINCIPAL):
            for lake in _lakes(world, administrator).values():
                for name, version in lake.new_accounts.items():
                    _add(lake, (name, version), [event.account])

    def account_left(self, world: World, event: Event) -> None:
        """It is collected from no more."""
        for state in list(world.states.get("securitylake", {}).values()):
            for lake in state.all.values():
                for found in lake.sources.values():
                    found[:] = [each for each in found if each != event.account]

    def administrator_deregistered(self, world: World, event: Event) -> None:
        """Its lake is deleted (User Guide, "Removing the Security Lake delegated administrator")."""
        if event.detail["principal"] == PRINCIPAL:
            _lakes(world, event.account).clear()


class SecurityLake(Service[Lakes]):
    """Custom sources and notifications are unsupported; nothing fails by itself."""

    name = "securitylake"
    scope = Scope.ACCOUNT
    state_type = Lakes
    topics = (_Listener(),)

    def admit(self, call: Call) -> None:
        """The administrator calls, but for its own appointment (User Guide, "Managing multiple accounts")."""
        if call.operation.name in BY_ADMINISTRATOR:
            if managed(call) is None:
                raise Refusal("AccessDeniedException", "Only the management account appoints the administrator.")
        elif not accounts.is_administrator(call.world, call.account, PRINCIPAL):
            raise Refusal("AccessDeniedException", "The account is not a Security Lake delegated administrator.")

    def register_data_lake_delegated_administrator(self, call: Call) -> None:
        """A member, never the management account; again, it changes nothing (API reference)."""
        organization = accounts.membership(call.world, call.account)
        account = call["accountId"]
        if account == organization.management_account or account not in organization.members:
            raise _bad("The account is not a member of the organization.")
        if {*accounts.administrators(organization, PRINCIPAL)} - {account}:
            raise _conflict("Another account is the delegated administrator.")
        accounts.trust(call.world, organization, PRINCIPAL)
        accounts.delegate(call.world, organization, account, PRINCIPAL)
        linked_roles.ensure(call.world, call.account, PRINCIPAL)

    def deregister_data_lake_delegated_administrator(self, call: Call) -> None:
        """With its lake (User Guide)."""
        organization = accounts.membership(call.world, call.account)
        administrators = accounts.administrators(organization, PRINCIPAL)
        if not administrators:
            raise _absent("There is no delegated administrator.")
        accounts.undelegate(call.world, organization, administrators[0], PRINCIPAL)

    def create_data_lake(self, call: Call) -> dict[str, Any]:
        """With its roles, and once in a Region (API reference, CreateDataLake; User Guide, "Prerequisites")."""
        _check_roles(call)
        known = self.state(call).all
        for given in call["configurations"]:
            if given["region"] in known:
                raise _conflict(
                    "The CreateDataLake operation can't be used to update the settings for an existing data lake."
                )
            _check_replication(call, given)
        for given in call["configurations"]:
            region = given["region"]
            bucket = f"aws-security-data-lake-{region}-{call.world.token(30, '0123456789abcdefghijklmnopqrstuvwxyz')}"
            arn = f"arn:{call.partition}:securitylake:{region}:{call.account}:data-lake/default"
            known[region] = Lake(region, arn, f"arn:{call.partition}:s3:::{bucket}", {}, {}, {})
            _configure(known[region], given)
            call.world.clock.later(_made, call.account, region, thing=("securitylake", call.account, region))
        return {"dataLakes": [_shown(known[each["region"]]) for each in call["configurations"]]}

    def update_data_lake(self, call: Call) -> dict[str, Any]:
        """Of lakes that are there, one change at a time (API reference, UpdateDataLake)."""
        found = [(_lake(call, given["region"]), given) for given in call["configurations"]]
        if any(_is_changing(lake) for lake, _ in found):
            raise _conflict("The data lake is being changed.")
        for lake, given in found:
            _check_replication(call, given)
            _configure(lake, given)
            lake.updated = "INITIALIZED"
            call.world.clock.later(_made, call.account, lake.region, thing=("securitylake", call.account, lake.region))
        return {"dataLakes": [_shown(lake) for lake, _ in found]}

    def list_data_lakes(self, call: Call) -> dict[str, Any]:
        """Of the Regions that are named, or of all (API reference, ListDataLakes)."""
        known = self.state(call).all
        asked = call.get("regions") or sorted(known)
        for region in asked:
            call.poll(("securitylake", call.account, region))
        return {"dataLakes": [_shown(known[region]) for region in asked if region in known]}

    def delete_data_lake(self, call: Call) -> None:
        """Not while something is collected or read; buckets stay (API reference, DeleteDataLake)."""
        found = [_lake(call, region) for region in call["regions"]]
        for lake in found:
            if any(lake.sources.values()) or lake.coming or lake.subscribers:
                raise _conflict("The data lake has sources or subscribers.")
            del self.state(call).all[lake.region]

    def create_aws_log_source(self, call: Call) -> dict[str, Any]:
        """Adds accounts, in a while; those that are no members are told (API reference, CreateAwsLogSource)."""
        organization = accounts.membership(call.world, call.account)
        entries = [(each, [_lake(call, region) for region in each["regions"]]) for each in call["sources"]]
        failed: dict[str, None] = {}
        for entry, lakes in entries:
            version = entry.get("sourceVersion", "2.0")
            asked = entry.get("accounts") or list(organization.members)
            usable = [each for each in asked if each in organization.members and accounts.is_usable(call.world, each)]
            failed |= dict.fromkeys(each for each in asked if each not in usable)
            for lake in lakes:
                if any(name == entry["sourceName"] and other != version for name, other in lake.sources):
                    raise _conflict("The source is collected in another version.")
                _change_source(call, lake, (entry["sourceName"], version), usable, True)
        return {"failed": list(failed)}

    def delete_aws_log_source(self, call: Call) -> dict[str, Any]:
        """Takes accounts away, in a while (API reference, DeleteAwsLogSource)."""
        failed: dict[str, None] = {}
        for entry in call["sources"]:
            for lake in (_lake(call, region) for region in entry["regions"]):
                source = (entry["sourceName"], entry.get("sourceVersion", "2.0"))
                if source not in lake.sources:
                    raise _absent("The source is not collected.")
                asked = entry.get("accounts") or list(lake.sources[source])
                failed |= dict.fromkeys(each for each in asked if each not in lake.sources[source])
                _change_source(call, lake, source, asked, False)
        return {"failed": list(failed)}

    def list_log_sources(self, call: Call) -> dict[str, Any]:
        """By account and Region (API reference, ListLogSources)."""
        for region in call.get("regions") or sorted(self.state(call).all):
            call.poll(("securitylake source", call.account, region))
        rows: dict[tuple[str, str], list[dict[str, Any]]] = {}
        for region, lake in sorted(self.state(call).all.items()):
            for (name, version), ids in lake.sources.items() if region in call.get("regions", [region]) else ():
                for account in ids:
                    shown = {"awsLogSource": {"sourceName": name, "sourceVersion": version}}
                    rows.setdefault((account, region), []).append(shown)
        wanted = call.get("accounts")
        found = [
            {"account": account, "region": region, "sources": sources}
            for (account, region), sources in sorted(rows.items())
            if wanted is None or account in wanted
        ]
        return call.page("sources", found)

    def get_data_lake_sources(self, call: Call) -> dict[str, Any]:
        """A snapshot of the Region, by account and source (API reference, GetDataLakeSources)."""
        lake, wanted = _lake(call, call.region), call.get("accounts")
        found = [
            {
                "account": account,
                "sourceName": name,
                "sourceStatuses": [
                    {
                        "resource": f"{lake.bucket.rpartition(':')[2]}/aws/{name}/2.0/",
                        "status": lake.troubled.get((name, account), "COLLECTING"),
                    }
                ],
            }
            for (name, _), ids in sorted(lake.sources.items())
            for account in ids
            if wanted is None or account in wanted
        ]
        return {"dataLakeArn": lake.arn, **call.page("dataLakeSources", found)}

    def list_data_lake_exceptions(self, call: Call) -> dict[str, Any]:
        """Of the Regions that are named, or all (API reference, ListDataLakeExceptions)."""
        lakes = self.state(call).all
        regions = call.get("regions") or sorted(lakes)
        return call.page(
            "exceptions", [each for region in regions if region in lakes for each in lakes[region].exceptions]
        )

    def create_data_lake_organization_configuration(self, call: Call) -> None:
        """Added to what there is (API reference, CreateDataLakeOrganizationConfiguration)."""
        rows = [(_lake(call, row["region"]), row["sources"]) for row in call.get("autoEnableNewAccount", [])]
        for lake, sources in rows:
            lake.new_accounts |= {each["sourceName"]: each.get("sourceVersion", "2.0") for each in sources}

    def get_data_lake_organization_configuration(self, call: Call) -> dict[str, Any]:
        """Not found where there is none (API reference)."""
        rows = [
            {
                "region": region,
                "sources": [{"sourceName": name, "sourceVersion": it} for name, it in lake.new_accounts.items()],
            }
            for region, lake in sorted(self.state(call).all.items())
            if lake.new_accounts
        ]
        if not rows:
            raise _absent("There is no organization configuration.")
        return {"autoEnableNewAccount": rows}

    def delete_data_lake_organization_configuration(self, call: Call) -> None:
        """What is named is taken away (API reference, DeleteDataLakeOrganizationConfiguration)."""
        for row in call.get("autoEnableNewAccount", []):
            lake = _lake(call, row["region"])
            for each in row["sources"]:
                if lake.new_accounts.get(each["sourceName"]) != each.get("sourceVersion", "2.0"):
                    raise _absent("The organization configuration has no such source.")
                del lake.new_accounts[each["sourceName"]]

    def create_subscriber(self, call: Call) -> dict[str, Any]:
        """A name once in a Region, of sources that are collected (API reference, CreateSubscriber)."""
        lake = _lake(call, call.region)
        if any(each["subscriberName"] == call["subscriberName"] for each in lake.subscribers.values()):
            raise _conflict("A subscriber has that name.")
        _check_collected(lake, call["sources"])
        known = call.world.uuid()
        made = {
            "subscriberId": known,
            "subscriberArn": f"arn:{call.partition}:securitylake:{call.region}:{call.account}:subscriber/{known}",
            "subscriberName": call["subscriberName"],
            "subscriberIdentity": call["subscriberIdentity"],
            "sources": call["sources"],
            "accessTypes": call.get("accessTypes", ["S3"]),
            "subscriberStatus": "ACTIVE",
        }
        lake.subscribers[known] = made
        return {"subscriber": made}

    def list_subscribers(self, call: Call) -> dict[str, Any]:
        """Of the Region (API reference, ListSubscribers)."""
        return call.page("subscribers", list(_lake(call, call.region).subscribers.values()))

    def update_subscriber(self, call: Call) -> dict[str, Any]:
        """Who it is and what it reads, not how (API reference, UpdateSubscriber)."""
        lake = _lake(call, call.region)
        found = _subscriber(lake, call)
        _check_collected(lake, call.get("sources", []))
        found |= {name: call[name] for name in ("sources", "subscriberIdentity", "subscriberName") if name in call}
        return {"subscriber": found}

    def delete_subscriber(self, call: Call) -> None:
        """API reference, DeleteSubscriber."""
        lake = _lake(call, call.region)
        del lake.subscribers[_subscriber(lake, call)["subscriberId"]]


def _lakes(world: World, account: str) -> dict[str, Lake]:
    state: Lakes = world.state("securitylake", account, "", Lakes)
    return state.all


def _lake(call: Call, region: str) -> Lake:
    found = _lakes(call.world, call.account).get(region)
    if found is None:
        raise _absent(f"There is no data lake in {region}.")
    return found


def _made(world: World, account: str, region: str) -> None:
    """A change of a lake ends."""
    lake = _lakes(world, account).get(region)
    if lake is not None:
        lake.created = "COMPLETED" if lake.created == "INITIALIZED" else lake.created
        lake.updated = "COMPLETED" if lake.updated == "INITIALIZED" else lake.updated


def _change_source(call: Call, lake: Lake, source: Source, ids: list[str], added: bool) -> None:
    """In a while; until then no other source of the lake can be changed (ConflictException, API reference)."""
    if _is_changing(lake):
        raise _conflict("The data lake is being changed.")
    if any(other != source for other, _, _ in lake.coming):
        raise _conflict("Another source of the data lake is being changed.")
    lake.coming.append((source, ids, added))
    place = (call.account, lake.region)
    call.world.clock.later(_source_changed, *place, thing=("securitylake source", *place))


def _source_changed(world: World, account: str, region: str) -> None:
    """The first change of a source that has not been made yet."""
    lake = _lakes(world, account).get(region)
    if lake is None or not lake.coming:
        return
    source, ids, added = lake.coming.pop(0)
    if added:
        _add(lake, source, ids)
    elif source in lake.sources:
        lake.sources[source] = [each for each in lake.sources[source] if each not in ids]
        if not lake.sources[source]:
            del lake.sources[source]


def _is_changing(lake: Lake) -> bool:
    return "INITIALIZED" in (lake.created, lake.updated)


def _configure(lake: Lake, given: dict[str, Any]) -> None:
    lake.encryption = given.get("encryptionConfiguration", lake.encryption or {"kmsKeyId": "S3_MANAGED_KEY"})
    lake.lifecycle = given.get("lifecycleConfiguration", lake.lifecycle)
    lake.replication = given.get("replicationConfiguration", lake.replication)


def _check_roles(call: Call) -> None:
    """The role of the metastore, and the service-linked ones (User Guide, "Prerequisites", "Service-linked roles")."""
    _check_role(call, call["metaStoreManagerRoleArn"])
    for principal in (RESOURCES, LAKE_FORMATION):
        if not linked_roles.exists(call.world, call.account, principal):
            raise _bad(f"The account has no service-linked role of {principal}.")
    linked_roles.ensure(call.world, call.account, PRINCIPAL)


def _check_replication(call: Call, given: dict[str, Any]) -> None:
    """To other Regions, by a role that there is (API reference, DataLakeReplicationConfiguration)."""
    replication = given.get("replicationConfiguration", {})
    if given["region"] in replication.get("regions", []):
        raise _bad("A Region cannot contribute to itself.")
    if replication.get("regions"):
        if any(region not in {*_lakes(call.world, call.account), *_asked(call)} for region in replication["regions"]):
            raise _bad("Security Lake is not enabled in the rollup Region.")
        _check_role(call, replication.get("roleArn", ""))


def _asked(call: Call) -> set[str]:
    """The Regions of lakes that the call makes."""
    return {each["region"] for each in call["configurations"]}


def _check_role(call: Call, arn: str) -> None:
    """A role of the account."""
    try:
        found = call.client("iam").get_role(RoleName=arn.rpartition("/")[2])["Role"]["Arn"]
    except ClientError:
        found = ""
    if not arn or found != arn:
        raise _bad(f"The role {arn} does not exist.")


def _check_collected(lake: Lake, sources: list[dict[str, Any]]) -> None:
    for each in sources:
        asked = each.get("awsLogSource", {})
        if (asked.get("sourceName"), asked.get("sourceVersion", "2.0")) not in lake.sources:
            raise _bad("The source is not collected.")


def _add(lake: Lake, source: Source, ids: list[str]) -> None:
    known = lake.sources.setdefault(source, [])
    known += [each for each in ids if each not in known]


def _subscriber(lake: Lake, call: Call) -> dict[str, Any]:
    if call["subscriberId"] not in lake.subscribers:
        raise _absent("There is no such subscriber.")
    return lake.subscribers[call["subscriberId"]]


def _shown(lake: Lake) -> dict[str, Any]:
    update: dict[str, Any] = {"status": lake.updated}
    if lake.updated == "FAILED":
        update["exception"] = {"reason": lake.reason}
    return {
        "dataLakeArn": lake.arn,
        "region": lake.region,
        "s3BucketArn": lake.bucket,
        "createStatus": lake.created,
        "encryptionConfiguration": lake.encryption,
        "lifecycleConfiguration": lake.lifecycle,
        "replicationConfiguration": lake.replication,
        **({"updateStatus": update} if lake.updated else {}),
    }


def _conflict(message: str) -> Refusal:
    return Refusal("ConflictException", message, resourceName="default", resourceType="data-lake")


def _absent(message: str) -> Refusal:
    return Refusal("ResourceNotFoundException", message, resourceName="default", resourceType="data-lake")
