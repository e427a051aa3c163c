"""What is shared, and with whom: an account, a unit or the whole organization."""

from __future__ import annotations

import re
from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import accounts
from landing.sandbox.services.call import Call
from landing.sandbox.services.ram.state import ACCOUNT, PRINCIPAL, Association, Share, at, malformed, own, pick, seen

OF_ORGANIZATION = re.compile(r"arn:[^:]+:organizations::(\d{12}):(organization|ou)/(o-\w+)(?:/(ou-[\w-]+))?")


def associate_resource_share(call: Call) -> dict[str, Any]:
    """API reference, AssociateResourceShare."""
    share = own(call)
    made = associate(call, share)
    shown = [_shown(share, association) for association in made]
    return {"resourceShareAssociations": shown, "clientToken": call.get("clientToken")}


def associate(call: Call, share: Share) -> list[Association]:
    """All that the call names, or nothing."""
    made = [_principal(call, share, one) for one in call.get("principals", [])]
    made += [_resource(call, one) for one in call.get("resourceArns", [])]
    share.associations.update({(one.kind, one.entity): one for one in made})
    return made


def disassociate_resource_share(call: Call) -> dict[str, Any]:
    """API reference, DisassociateResourceShare."""
    share, gone = own(call), []
    named = [("PRINCIPAL", one) for one in call.get("principals", [])]
    for key in [*named, *(("RESOURCE", one) for one in call.get("resourceArns", []))]:
        if key not in share.associations:
            raise Refusal("UnknownResourceException", f"{key[1]} is not associated with the resource share.")
        association = share.associations.pop(key)
        association.status, association.updated = "DISASSOCIATING", call.world.now
        gone.append(_shown(share, association))
    return {"resourceShareAssociations": gone, "clientToken": call.get("clientToken")}


def get_resource_share_associations(call: Call) -> dict[str, Any]:
    """Of one's own shares (API reference, GetResourceShareAssociations)."""
    kind = call["associationType"]
    entity = call.get("principal" if kind == "PRINCIPAL" else "resourceArn")
    if ("resourceArn" if kind == "PRINCIPAL" else "principal") in call:
        raise Refusal("InvalidParameterException", "The entity does not fit the type of association.")
    found = [
        _shown(share, association)
        for share in pick(call, iter(at(call.world, call.account, call.region).by_arn.values()))
        for association in share.associations.values()
        if association.kind == kind
        and entity in (None, association.entity)
        and call.get("associationStatus") in (None, association.status)
    ]
    return call.page("resourceShareAssociations", found, most=500)


def list_principals(call: Call) -> dict[str, Any]:
    """Whom one shares with, or who shares with one (API reference, ListPrincipals)."""
    found = []
    for share in pick(call, seen(call)):
        theirs = [a for a in share.associations.values() if a.kind == "PRINCIPAL"]
        names = [(a.entity, a.external) for a in theirs] if share.owner == call.account else [(share.owner, False)]
        for name, external in names:
            times = {"creationTime": share.created, "lastUpdatedTime": share.updated}
            found.append({"id": name, "resourceShareArn": share.arn, "external": external, **times})
    wanted = call.get("principals")
    return call.page("principals", [one for one in found if not wanted or one["id"] in wanted], most=500)


def list_resources(call: Call) -> dict[str, Any]:
    """What one shares, or what others share with one (API reference, ListResources)."""
    found = [
        {
            "arn": association.entity,
            "type": _type(association.entity),
            "resourceShareArn": share.arn,
            "status": "AVAILABLE",
            "creationTime": association.created,
            "lastUpdatedTime": association.updated,
            "resourceRegionScope": "REGIONAL" if association.entity.split(":")[3] else "GLOBAL",
        }
        for share in pick(call, seen(call))
        for association in share.associations.values()
        if association.kind == "RESOURCE"
    ]
    wanted, kind = call.get("resourceArns"), call.get("resourceType")
    shown = [r for r in found if (not wanted or r["arn"] in wanted) and kind in (None, r["type"])]
    return call.page("resources", shown, most=500)


def _principal(call: Call, share: Share, named: str) -> Association:
    organization = accounts.organization_of(call.world, call.account)
    shares_inside = organization is not None and PRINCIPAL in organization.services
    if ACCOUNT.fullmatch(named):
        inside = shares_inside and organization is not None and named in organization.members
        if not inside and not share.external:
            message = f"Principal ID {named} is outside the organization, which the share does not allow."
            raise Refusal("OperationNotPermittedException", message)
        status = "ASSOCIATED" if inside else "ASSOCIATING"
        return _association(call, "PRINCIPAL", named, status, external=not inside)
    parts = OF_ORGANIZATION.fullmatch(named)
    if parts is None:
        if not re.fullmatch(r"arn:[^:]+:iam::\d{12}:(role|user)/\S+", named):
            raise malformed(named)
        return _association(call, "PRINCIPAL", named, "ASSOCIATED", external=False)
    if not shares_inside or organization is None or not _is_there(organization, *parts.groups()):
        what = "OrganizationalUnit" if parts[2] == "ou" else "Organization"
        raise Refusal("UnknownResourceException", f"{what} {parts[4] or parts[3]} could not be found.")
    return _association(call, "PRINCIPAL", named, "ASSOCIATED", external=False)


def _is_there(organization: accounts.Organization, management: str, _: str, identifier: str, unit: str | None) -> bool:
    known = (organization.management_account, organization.id)
    return (management, identifier) == known and (unit is None or unit in organization.units)


def _resource(call: Call, arn: str) -> Association:
    """A resource of the caller's (API reference: MalformedArnException, OperationNotPermittedException)."""
    parts = arn.split(":", 5)
    if len(parts) != 6 or parts[0] != "arn" or "" in (parts[2], parts[5]):
        raise malformed(arn)
    if parts[4] not in ("", call.account):
        raise Refusal("OperationNotPermittedException", f"{arn} belongs to another account.")
    return _association(call, "RESOURCE", arn, "ASSOCIATED", external=False)


def _association(call: Call, kind: str, entity: str, status: str, *, external: bool) -> Association:
    return Association(kind, entity, status, external, call.world.now, call.world.now)


def _type(arn: str) -> str:
    """ec2:Subnet for a subnet (RAM User Guide, "Shareable AWS resources")."""
    parts = arn.split(":", 5)
    kind = re.split("[/:]", parts[5])[0]
    return f"{parts[2]}:{''.join(word.capitalize() for word in kind.split('-'))}"


def _shown(share: Share, association: Association) -> dict[str, Any]:
    return {
        "resourceShareArn": share.arn,
        "resourceShareName": share.name,
        "associatedEntity": association.entity,
        "associationType": association.kind,
        "status": association.status,
        "creationTime": association.created,
        "lastUpdatedTime": association.updated,
        "external": association.external,
    }
