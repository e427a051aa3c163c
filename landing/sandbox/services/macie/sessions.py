"""The session of an account in a Region, where it puts its results, and what it publishes."""

from __future__ import annotations

from typing import Any

from landing.sandbox.authorization import delivery
from landing.sandbox.services.call import Call
from landing.sandbox.services.macie import state
from landing.sandbox.services.macie.state import PRINCIPAL, conflict, enabled, here, invalid


def enable_macie(call: Call) -> dict[str, Any]:
    """Once (API reference, EnableMacie)."""
    if here(call).session is not None:
        raise conflict("Macie has already been enabled.")
    frequency = call.get("findingPublishingFrequency", "FIFTEEN_MINUTES")
    state.enable(call.world, call.account, call.region, call.get("status", state.ENABLED), frequency)
    return {}


def get_macie_session(call: Call) -> dict[str, Any]:
    """With the role that Macie works with (API reference, GetMacieSession)."""
    session = enabled(call).session
    assert session is not None
    role = f"arn:{call.partition}:iam::{call.account}:role/aws-service-role/{PRINCIPAL}/AWSServiceRoleForAmazonMacie"
    return {
        "createdAt": session.created,
        "findingPublishingFrequency": session.frequency,
        "serviceRole": role,
        "status": session.status,
        "updatedAt": session.updated,
    }


def update_macie_session(call: Call) -> dict[str, Any]:
    """Pause, resume, publish more or less often (API reference, UpdateMacieSession)."""
    session = enabled(call).session
    assert session is not None
    session.status = call.get("status", session.status)
    session.frequency = call.get("findingPublishingFrequency", session.frequency)
    session.updated = call.world.now
    return {}


def disable_macie(call: Call) -> dict[str, Any]:
    """Not by a member, nor by an administrator (User Guide, "Disabling Macie"). Everything is forgotten."""
    place = enabled(call)
    if place.administrator is not None:
        raise conflict("The request failed because the account is a member of an organization in Macie.")
    if place.administration is not None:
        raise conflict("The request failed because the account is the Macie administrator for an organization.")
    appointed = place.appointed
    call.world.states["macie2"][call.account, call.region] = state.Place(appointed=appointed)
    return {}


def get_classification_export_configuration(call: Call) -> dict[str, Any]:
    """Where results of discovery go (API reference)."""
    return {"configuration": enabled(call).export}


def put_classification_export_configuration(call: Call) -> dict[str, Any]:
    """To a bucket and a key that let Macie in (User Guide, "Storing and retaining discovery results")."""
    place, configuration = enabled(call), call["configuration"]
    destination = configuration.get("s3Destination")
    if destination is None:
        raise invalid("s3Destination is required.")
    source = f"arn:{call.partition}:macie2:{call.region}:{call.account}:export-configuration:*"
    who = delivery.service(call.world, PRINCIPAL, call.account, source)
    prefix = destination.get("keyPrefix", "").rstrip("/")
    name, object_key = destination["bucketName"], f"{prefix}/AWSLogs" if prefix else "AWSLogs"
    known = delivery.bucket(name)
    if known is not None and destination.get("expectedBucketOwner", call.account) != known.account_id:
        raise conflict("The request failed because another account than expectedBucketOwner owns the bucket.")
    if not delivery.bucket_admits(call.world, name, who, "s3:PutObject", key=f"{object_key}/{call.account}/Macie/x"):
        raise conflict(
            "The request failed because the bucket doesn't exist or its policy doesn't let Macie add objects."
        )
    key = delivery.key(call.world, destination["kmsKeyArn"], call.account, call.region)
    if key is None or known is None or key.region != known.region_name:
        raise conflict("The request failed because the key isn't in the same Region as the bucket.")
    if not delivery.key_admits(key, who, "kms:GenerateDataKey"):
        raise conflict("The request failed because the key doesn't exist or its policy doesn't let Macie use it.")
    place.export = configuration
    return {"configuration": configuration}


def get_findings_publication_configuration(call: Call) -> dict[str, Any]:
    """Policy findings go to Security Hub unless one says no (API reference)."""
    return {"securityHubConfiguration": enabled(call).publication}


def put_findings_publication_configuration(call: Call) -> dict[str, Any]:
    """API reference, PutFindingsPublicationConfiguration."""
    place = enabled(call)
    place.publication = call.get("securityHubConfiguration", place.publication)
    return {}
