"""Condition keys that need not be asked for: from principal, resource, organization, and defaults."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from landing.policy import arn
from landing.policy.outline import Outline
from landing.policy.principals import Principal
from landing.policy.truth import Unknown

FIXED_TIME = "2026-01-01T00:00:00Z"
FIXED_EPOCH = "1767225600"
# AWS General Reference, "Service endpoints": where the global services of a partition sign their requests.
_IN_VIRGINIA = (
    "account",
    "artifact",
    "billingconductor",
    "budgets",
    "ce",
    "chime",
    "cloudfront",
    "health",
    "iam",
    "importexport",
    "notifications-contacts",
    "organizations",
    "route53",
    "route53domains",
    "savingsplans",
    "shield",
    "support",
    "tax",
    "waf",
)
_IN_NINGXIA = ("account", "budgets", "ce", "cloudfront", "health", "organizations", "route53")
_IN_OREGON = ("globalaccelerator", "networkmanager")
_IN_GOVCLOUD = ("iam", "networkmanager", "organizations", "route53", "support")
GLOBAL_REGIONS = {
    "aws": dict.fromkeys(_IN_VIRGINIA, "us-east-1") | dict.fromkeys(_IN_OREGON, "us-west-2"),
    "aws-cn": dict.fromkeys(_IN_NINGXIA, "cn-northwest-1") | dict.fromkeys(("iam", "support"), "cn-north-1"),
    "aws-us-gov": dict.fromkeys(_IN_GOVCLOUD, "us-gov-west-1"),
}


@dataclass(frozen=True, slots=True)
class Derived:
    """The keys, the names of those only assumed, the owner of the resource and what else was assumed."""

    context: Mapping[str, object]
    assumed: tuple[str, ...]
    owner: str | None
    notes: tuple[str, ...]


def derive(organization: Outline, principal: Principal, request: Mapping[str, Any]) -> Derived:
    """The keys that follow from who asks for what."""
    notes: list[str] = []
    resource = str(request.get("resource") or "*")
    owner = _owner(principal, request, resource, notes)
    derived: dict[str, object] = {
        "aws:PrincipalArn": principal.arn,
        "aws:PrincipalAccount": principal.account,
        "aws:PrincipalType": principal.keys.get("aws:principaltype"),
        "aws:PrincipalOrgID": _organization_of(organization, principal.account),
        "aws:PrincipalOrgPaths": _paths(organization, principal.account),
        "aws:PrincipalIsAWSService": "true" if principal.kind == "service" else "false",
        "aws:PrincipalServiceName": principal.keys.get("aws:principalservicename"),
        "aws:ResourceAccount": owner,
        "aws:ResourceOrgID": _organization_of(organization, owner),
        "aws:ResourceOrgPaths": _paths(organization, owner),
    }
    if principal.kind == "anonymous":
        del derived["aws:PrincipalIsAWSService"]
    assumed: dict[str, object] = {
        "aws:SecureTransport": "true",
        "aws:ViaAWSService": "false",
        "aws:RequestedRegion": _region(organization, principal, request["action"], resource),
        "aws:CurrentTime": FIXED_TIME,
        "aws:EpochTime": FIXED_EPOCH,
    }
    if principal.kind != "service":
        assumed["aws:PrincipalIsAWSService"] = derived.pop("aws:PrincipalIsAWSService", None)
    context = {key: value for key, value in (derived | assumed).items() if value is not None}
    given = {key.lower() for key in request.get("context") or {}}
    names = (key for key, value in assumed.items() if value is not None and key.lower() not in given)
    return Derived(context, tuple(sorted(names)), owner, tuple(notes))


def _owner(principal: Principal, request: Mapping[str, Any], resource: str, notes: list[str]) -> str | None:
    """The account of the resource: as given, else as its ARN says, else the principal's own."""
    context = {key.lower(): value for key, value in (request.get("context") or {}).items()}
    given = request.get("resourceAccount") or context.get("aws:resourceaccount")
    if given and isinstance(given, str):
        return given
    if arn.is_arn(resource):
        account = resource.split(":", 5)[4]
        if account.isdigit():
            return account
    if principal.account is not None:
        notes.append(f"the resource is taken to belong to the principal's account {principal.account}")
    return principal.account


def _organization_of(organization: Outline, account: str | None) -> object:
    if account is None or not _is_member(organization, account):
        return None
    return organization.id or Unknown("the id of the organization is not known offline")


def _is_member(organization: Outline, account: str) -> bool:
    return account == organization.management or account in organization.accounts


def _paths(organization: Outline, account: str | None) -> object:
    """The organization path of an account: ids of organization, root and units, each with a slash."""
    if account is None or not _is_member(organization, account):
        return None
    ids = organization.unit_ids
    units = [str(ids.get(unit, unit)) for unit in organization.accounts.get(account, ())]
    organization_id, root = organization.id, organization.root_id
    if not organization_id or not root or not all(unit.startswith("ou-") for unit in units):
        return Unknown("the ids of organization, root and units are not all known offline")
    return ["/".join((str(organization_id), str(root), *units)) + "/"]


def _region(organization: Outline, principal: Principal, action: str, resource: str) -> str | None:
    service = action.lower().partition(":")[0]
    known = next((text for text in (principal.text, resource) if arn.is_arn(text)), "arn:aws:")
    signed_in = GLOBAL_REGIONS.get(known.split(":")[1], {}).get(service)
    region = resource.split(":", 5)[3] if arn.is_arn(resource) else ""
    return signed_in or region or (organization.home_region or None)
