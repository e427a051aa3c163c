"""Who is subject to SCPs and to RCPs at all, and which condition keys follow from the organization.

AWS Organizations user guide, "Service control policies (SCPs)" and "Resource control policies (RCPs)".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from landing.organization import Organization
from landing.policy import catalog
from landing.policy.derived import derive
from landing.policy.outline import Outline, outline
from landing.policy.principals import Principal
from landing.policy.request import Request, checked_action, read_request

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Whose policies a request meets.

    `scp_path` and `rcp_path` name the levels from ``root`` to the account, as the organization names its
    units; none where no SCP or RCP applies, and the reason says why. A doubt says why that cannot be told.
    `context` has the keys that follow from principal, resource and organization, and `assumed` names those
    that are only defaults, to be printed. A key that is there but whose value is not known offline has an
    `Unknown` as its value.
    """

    scp_path: Path | None
    rcp_path: Path | None
    scp_reason: str
    rcp_reason: str
    context: Mapping[str, object]
    assumed: tuple[str, ...]
    notes: tuple[str, ...] = ()
    scp_doubt: str | None = None
    rcp_doubt: str | None = None

    def complete(self, request: Request) -> dict[str, Any]:
        """The request with the derived keys in its context; what the request gives itself is kept."""
        given = dict(request.get("context") or {})
        names = {key.lower() for key in given}
        derived = {key: value for key, value in self.context.items() if key.lower() not in names}
        return {**request, "context": {**derived, **given}}


def covered(organization: Outline | Organization | Mapping[str, Any], request: Request) -> Coverage:
    """Whose SCPs and RCPs apply to a request.

    `organization` is the config's, whose accounts need their ids for this, or a plain mapping:
    ``managementAccount``, ``accounts`` (account id → the units on its path from the root down, by name or path
    or "ou-…" id; or the path of its unit, "workloads/prod"; or a mapping with that as ``unit``), and optionally
    ``id`` ("o-…"), ``rootId`` ("r-…"), ``unitIds`` (unit → "ou-…" id, where the paths have names) and
    ``homeRegion``. The request may say ``awsManagedKey`` of a KMS key.

    Raises ValueError on what is no organization, and on what is no request.
    """
    organization = outline(organization)
    principal = read_request(request).principal
    checked_action(request["action"])
    derived = derive(organization, principal, request)
    scp_path, scp_reason, scp_doubt = _scps(organization, principal, request)
    rcp_path, rcp_reason, rcp_doubt = _rcps(organization, principal, request, derived.owner)
    notes = (*((principal.note,) if principal.note else ()), *derived.notes)
    return Coverage(
        scp_path=scp_path,
        rcp_path=rcp_path,
        scp_reason=scp_reason,
        rcp_reason=rcp_reason,
        context=derived.context,
        assumed=derived.assumed,
        notes=notes,
        scp_doubt=scp_doubt,
        rcp_doubt=rcp_doubt,
    )


_Answer = tuple[Path | None, str, str | None]
_Reasons = Iterable[tuple[bool, str]]

# Tasks that AWS lists as outside of SCPs, where they have actions of their own; whether for root only.
_OUTSIDE_SCPS = (("mechanicalturk:", False), ("supportplans:", True))
# Tasks of the root user on the same list for which AWS names no action: these may be theirs.
_MAY_BE_OUTSIDE = frozenset(
    f"cloudfront:{verb}{thing}" for verb in ("create", "update", "delete") for thing in ("publickey", "keygroup")
) | {"ec2:modifyaddressattribute", "ec2:resetaddressattribute"}


def beyond_scps(action: str) -> bool:
    """Whether an action, in lower case, is or may be of a task that AWS lists as outside of SCPs."""
    return action in _MAY_BE_OUTSIDE or any(action.startswith(prefix) for prefix, _ in _OUTSIDE_SCPS)


def _first(reasons: _Reasons) -> str | None:
    return next((reason for holds, reason in reasons if holds), None)


_LIKE_LINKED = ":assumed-role/AWSServiceRoleFor"
_UNTOLD = (
    "the ARN of a session does not tell a service-linked role from one that is named like it: "
    "give the ARN of the role with its path as aws:PrincipalArn"
)


def _linked(principal: Principal, request: Request) -> bool | None:
    """Whether the principal is a service-linked role, which its path tells; None where that is not known.

    The ARN of a session has no path. The context's aws:PrincipalArn has, if it is that of the session's role.
    """
    if principal.service_linked or _LIKE_LINKED not in principal.text:
        return principal.service_linked
    context = request.get("context") or {}
    arn = next((value for key, value in context.items() if key.lower() == "aws:principalarn"), None)
    role, _, name = (principal.arn or "").partition(":role/")
    if (
        not isinstance(arn, str)
        or not arn.startswith(f"{role}:role/")
        or not arn.endswith((f"/{name}", f":role/{name}"))
    ):
        return None
    return arn.startswith(f"{role}:role/aws-service-role/")


def _scps(organization: Outline, principal: Principal, request: Request) -> _Answer:
    account = principal.account
    if account is None and principal.kind == "unknown":
        return None, f"{principal.text!r} is no principal", f"{principal.text!r} is no principal that AWS has"
    action = str(request["action"]).lower()
    linked = _linked(principal, request)
    root = principal.kind == "root"
    outside = any(action.startswith(prefix) and (root or not only) for prefix, only in _OUTSIDE_SCPS)
    reason = _first(
        (
            (account is None, f"SCPs apply to principals of member accounts, not to {principal.text}"),
            (
                account == organization.management,
                "SCPs do not apply to principals of the management account",
            ),
            (account not in organization.accounts, f"{account} is not an account of the organization"),
            (linked is True, "SCPs do not apply to service-linked roles"),
            (outside, f"AWS lists the tasks of {action.partition(':')[0]} as outside of SCPs"),
        )
    )
    if reason or account is None:
        return None, reason or "", None
    doubt = _first(
        (
            (
                root and action in _MAY_BE_OUTSIDE,
                "AWS lists tasks of the root user as outside of SCPs without naming actions: this may be one",
            ),
            (linked is None, _UNTOLD),
        )
    )
    return _path(organization, account), f"{principal.kind} of member account {account}", doubt


def _rcps(organization: Outline, principal: Principal, request: Request, owner: str | None) -> _Answer:
    action = str(request["action"]).lower()
    linked = _linked(principal, request)
    service = action.partition(":")[0]
    resource = str(request.get("resource") or "*")
    known = catalog.action(action)
    no_resource = resource == "*" or (known is not None and not known.formats)
    managed_key = bool(request.get("awsManagedKey")) or ":alias/aws/" in resource
    assumed = service == "sts" and ":role/aws-service-role/" in resource
    reason = _first(
        (
            (service not in catalog.rcp_services(), f"RCPs do not apply to {service} by AWS's list of {catalog.day()}"),
            (linked is True, "RCPs do not apply to requests of service-linked roles"),
            (no_resource, "RCPs are taken not to apply to requests for no resource, of which AWS says nothing"),
            (action == "kms:retiregrant", "RCPs do not apply to kms:RetireGrant"),
            (service == "kms" and managed_key, "RCPs do not apply to AWS managed keys"),
            (assumed, "RCPs do not apply to the assumption of service-linked roles"),
            (
                owner == organization.management,
                "RCPs do not apply to resources of the management account",
            ),
        )
    )
    if reason:
        return None, reason, None
    if owner is None:
        return (
            None,
            "the owner of the resource is not known",
            "the account that owns the resource is not given",
        )
    if owner not in organization.accounts:
        return None, f"the resource's account {owner} is not in the organization", None
    return (
        _path(organization, owner),
        f"the resource belongs to member account {owner}",
        _UNTOLD if linked is None else None,
    )


def _path(organization: Outline, account: str) -> Path:
    return ("root", *organization.accounts[account], account)
