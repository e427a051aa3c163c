"""Associations of State Manager: those with an Automation document run when they are made, changed, or somebody asks.

Systems Manager User Guide, "About associations"; what would run on instances does not, nor does what a schedule says.
"""

from __future__ import annotations

import re
from typing import Any

from landing.sandbox.authorization import delivery
from landing.sandbox.moto import upstream
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.ssm import automation
from landing.sandbox.services.ssm.state import PLACES

MADE = (
    "Name", "DocumentVersion", "Parameters", "Targets", "ScheduleExpression", "AssociationName", "MaxErrors",
    "MaxConcurrency", "ComplianceSeverity", "SyncCompliance", "ApplyOnlyAtCronInterval",
    "AutomationTargetParameterName",
)  # fmt: skip
RATE = re.compile(r"rate\((\d+) (minutes?|hours?|days?)\)")
MINUTES = {"m": 1, "h": 60, "d": 1440}
LEAST = 30
"""Minutes between two runs (User Guide, "Reference: Cron and rate expressions for Systems Manager")."""


def create_association(call: Call) -> dict[str, Any]:
    """Of a document with targets, or an Automation document without (API reference, CreateAssociation)."""
    _check(call, call)
    id_ = call.world.uuid()
    here = PLACES.here(call).associations
    here[id_] = {"AssociationId": id_, "AssociationVersion": "1", "Date": call.world.now, **_given(call)}
    _run(call, here[id_])
    return {"AssociationDescription": here[id_]}


def update_association(call: Call) -> dict[str, Any]:
    """What is not given is taken away, but the document (API reference, UpdateAssociation)."""
    found = _found(call)
    _check(call, {"Name": found["Name"], **dict(call)})
    kept: dict[str, Any] = {
        name: found[name] for name in ("AssociationId", "Date", "Name", "AssociationName") if name in found
    }
    version = str(int(found["AssociationVersion"]) + 1)
    changed = {**kept, **_given(call), "AssociationVersion": version}
    PLACES.here(call).associations[found["AssociationId"]] = changed
    _run(call, changed)
    return {"AssociationDescription": changed}


def describe_association(call: Call) -> dict[str, Any]:
    """API reference, DescribeAssociation."""
    return {"AssociationDescription": _found(call)}


def list_associations(call: Call) -> dict[str, Any]:
    """API reference, ListAssociations."""
    names = ("Name", "AssociationId", "AssociationVersion", "DocumentVersion", "Targets", "ScheduleExpression",
             "AssociationName", "Overview")  # fmt: skip
    kept = PLACES.here(call).associations.values()
    return call.page("Associations", [{name: each[name] for name in names if name in each} for each in kept], most=50)


def delete_association(call: Call) -> dict[str, Any]:
    """API reference, DeleteAssociation."""
    del PLACES.here(call).associations[_found(call)["AssociationId"]]
    return {}


def start_associations_once(call: Call) -> dict[str, Any]:
    """Now (API reference, StartAssociationsOnce)."""
    kept = PLACES.here(call).associations
    for id_ in call["AssociationIds"]:
        if id_ not in kept:
            raise Refusal("AssociationDoesNotExist", f"There is no association {id_}.")
    for id_ in call["AssociationIds"]:
        _run(call, kept[id_])
    return {}


def create_resource_data_sync(call: Call) -> None:
    """To a bucket that lets Systems Manager in (API reference, CreateResourceDataSync)."""
    kept, name = PLACES.here(call).syncs, call["SyncName"]
    if name in kept:
        raise Refusal("ResourceDataSyncAlreadyExistsException", f"The sync {name} is there already.")
    if call.get("SyncType", "SyncToDestination") != "SyncToDestination" or not call.get("S3Destination"):
        raise Refusal("ResourceDataSyncInvalidConfigurationException", "The sandbox syncs to buckets only.")
    kept[name] = {
        "SyncName": name,
        "SyncType": "SyncToDestination",
        "S3Destination": dict(call["S3Destination"]),
        "SyncCreatedTime": call.world.now,
    }


def list_resource_data_sync(call: Call) -> dict[str, Any]:
    """With how the last one went, by what the bucket allows now (API reference, ListResourceDataSync)."""
    found = [
        {**each, "LastStatus": "Successful" if sync_admitted(call, each["S3Destination"]) else "Failed"}
        for each in PLACES.here(call).syncs.values()
    ]
    return call.page("ResourceDataSyncItems", found, most=50)


def delete_resource_data_sync(call: Call) -> dict[str, Any]:
    """API reference, DeleteResourceDataSync."""
    if PLACES.here(call).syncs.pop(call["SyncName"], None) is None:
        raise Refusal("ResourceDataSyncNotFoundException", f"There is no sync {call['SyncName']}.")
    return {}


def sync_admitted(call: Call, destination: dict[str, Any]) -> bool:
    """Whether Systems Manager may write there (User Guide, "Create a resource data sync for Inventory")."""
    who = delivery.service(call.world, "ssm.amazonaws.com", call.account, call.arn("resource-data-sync/x"))
    parts = (
        destination.get("Prefix", ""),
        "AWS:Application",
        f"accountid={call.account}",
        f"region={call.region}",
        "x",
    )
    name, key = destination["BucketName"], "/".join(filter(None, parts))
    bucket = delivery.bucket(name)
    if bucket is None or bucket.region_name != destination["Region"]:
        return False
    rules = (bucket.encryption or {}).get("Rule", {}).get("ApplyServerSideEncryptionByDefault", {})
    used = None
    if rules.get("SSEAlgorithm") == "aws:kms":
        used = delivery.key(call.world, rules["KMSMasterKeyID"], bucket.account_id, bucket.region_name)
    return (
        delivery.bucket_admits(call.world, name, who, "s3:GetBucketAcl")
        and delivery.bucket_admits(
            call.world, name, who, "s3:PutObject", key=key, context=delivery.BUCKET_OWNER_CONTROL
        )
        and (used is None or delivery.key_admits(used, who, "kms:GenerateDataKey"))
    )


def _given(call: Call) -> dict[str, Any]:
    return {name: call[name] for name in MADE if name in call}


def _found(call: Call) -> dict[str, Any]:
    found = PLACES.here(call).associations.get(call.get("AssociationId", ""))
    if found is None:
        raise Refusal("AssociationDoesNotExist", "The specified association does not exist.")
    return dict(found)


def _own(call: Call, name: str) -> Any:
    return upstream.backend("ssm", call.account, call.region)._documents.get(name)


def _check(call: Call, about: Any) -> None:
    name, own = about["Name"], _own(call, about["Name"])
    if own is None and not name.startswith("AWS-"):
        raise Refusal("InvalidDocument", f"Document {name} does not exist in your account.")
    if own is None and not about.get("Targets") and "InstanceId" not in about:
        raise Refusal("InvalidTarget", "The association has no targets.")
    schedule = about.get("ScheduleExpression", "")
    rate = RATE.fullmatch(schedule)
    if rate and int(rate[1]) * MINUTES[rate[2][0]] < LEAST:
        raise Refusal("InvalidSchedule", f"{schedule} is more often than every {LEAST} minutes.")
    if schedule and not rate and not re.fullmatch(r"(cron|at)\(.+\)", schedule):
        raise Refusal("InvalidSchedule", f"{schedule} is no schedule.")


def _run(call: Call, association: dict[str, Any]) -> None:
    """An Automation document that is the account's own; how it ended is the association's status."""
    own = _own(call, association["Name"])
    if own is not None and own.describe()["DocumentType"] == "Automation":
        caller = call.world.administrator(call.account)  # whoever made it could pass the role, and is not kept
        parameters = association.get("Parameters", {})
        run = automation.begin(call.world, caller, call.region, (association["Name"], "$DEFAULT"), parameters)
        status = run.status if run.status in ("Success", "Failed") else "Pending"
        association["Overview"] = {"Status": status, "DetailedStatus": status}
