"""Permission sets: what those who have one may do in the accounts in which they have it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, ClassVar

from landing.aws import Aws, unless
from landing.core import forms
from landing.core.model import MARK, Action, Address, Attributes, Change, Diagnostic, Resource, Scope, Severity
from landing.organization import ASSIGNED_TAG, TAG, Organization
from landing.organization.resources import SERVICE, STACK, STACK_SET
from landing.policy.canonical import canonical
from landing.policy.limits import compact
from landing.services.base import Kind, Ownership
from landing.services.identity_center import definition
from landing.services.identity_center.definition import Definition
from landing.services.identity_center.directory import ABSENT, TYPES, Instance, given, id_of, instance_for, needed
from landing.services.identity_center.holders import memory
from landing.services.identity_center.live import (
    LISTED,
    Row,
    named,
    permission_sets,
    provision,
    provisioned,
    remember,
    stale,
)
from landing.services.identity_center.settings import (
    KEY,
    IdentityCenterSettings,
    PermissionSetSettings,
    minutes,
    policy_path,
    session_of,
)
from landing.services.stacks.template_policies import more_passes
from landing.services.strength import Weaker, neutral

INLINE = 10_240
"""Characters of an inline policy but for white space (User Guide, "IAM Identity Center quotas")."""
POLICIES = 20
"""Managed policies of a permission set, AWS's and one's own together (same page)."""
PARTS = ("aws_managed", "customer_managed", "inline", "boundary")
"""Attributes that are what it lets people do."""


class PermissionSet(Kind):
    """A permission set (CreatePermissionSet), by its name, which AWS never changes.

    Accounts get a new definition when it is provisioned; `stale` are those that have an older one.
    """

    name = "permission_set"
    title = "Permission set"
    ownership = Ownership.TAG
    service = KEY
    severity = Severity.HIGH
    removal = "access"
    parallel = 3  # so many are provisioned at once (User Guide, "IAM Identity Center quotas")
    waits_for = (STACK, STACK_SET)  # of the accounts' own policies, which must be there
    controls = ("nist-800-53-r5:AC-6", "nist-csf-2.0:PR.AA-05", "pci-dss-4.0:7.2.4")
    help_uri = "https://docs.aws.amazon.com/singlesignon/latest/userguide/permissionsetsconcept.html"
    canonical: ClassVar[Mapping[str, forms.Form]] = {
        "inline": canonical,
        **dict.fromkeys(("aws_managed", "customer_managed", "stale"), forms.unordered),
    }
    weaker: ClassVar[Mapping[str, Weaker]] = {
        "session": definition.longer,
        "relay_state": neutral,
        "aws_managed": definition.more_managed,
        "customer_managed": definition.other_policies,
        "inline": neutral,  # `weakened` tells
        "boundary": definition.less_bound,
        "stale": neutral,
    }
    reads = (
        "sso:ListInstances",
        "sso:DescribeInstance",
        "sso:ListPermissionSets",
        "sso:DescribePermissionSet",
        "sso:ListTagsForResource",
        "sso:ListManagedPoliciesInPermissionSet",
        "sso:ListCustomerManagedPolicyReferencesInPermissionSet",
        "sso:GetInlinePolicyForPermissionSet",
        "sso:GetPermissionsBoundaryForPermissionSet",
        "sso:ListAccountsForProvisionedPermissionSet",
    )
    writes = (
        "sso:CreatePermissionSet",
        "sso:UpdatePermissionSet",
        "sso:DeletePermissionSet",
        "sso:AttachManagedPolicyToPermissionSet",
        "sso:DetachManagedPolicyFromPermissionSet",
        "sso:AttachCustomerManagedPolicyReferenceToPermissionSet",
        "sso:DetachCustomerManagedPolicyReferenceFromPermissionSet",
        "sso:PutInlinePolicyToPermissionSet",
        "sso:DeleteInlinePolicyFromPermissionSet",
        "sso:PutPermissionsBoundaryToPermissionSet",
        "sso:DeletePermissionsBoundaryFromPermissionSet",
        "sso:TagResource",
        "sso:UntagResource",
        "sso:ProvisionPermissionSet",
        "sso:DescribePermissionSetProvisioningStatus",
        "identitystore:GetGroupId",
        "identitystore:GetUserId",
    )

    def in_use(self, organization: Organization, aws: Aws) -> bool:
        """Where the config has the service, or had it."""
        return KEY in organization.services or KEY in aws.tree.marked_services

    def check(self, organization: Organization) -> Iterable[Diagnostic]:
        """What AWS would refuse: sessions, boundaries of both sorts or of none, too many policies, too long a text."""
        service = organization.service(IdentityCenterSettings)
        for name, settings in (service.settings.permission_sets if service else {}).items():
            assert service is not None
            for message, hint, *at in _problems(settings):
                yield service.problem(
                    "LZ398", f"permission set `{name}`: {message}", hint, "permission_sets", name, *at
                )

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """Those of the config."""
        service = organization.service(IdentityCenterSettings)
        for name, settings in (service.settings.permission_sets if service else {}).items():
            assert service is not None
            source = service.at("permission_sets", name)
            yield Resource(self.address(name), _wanted(settings), (Address(SERVICE, KEY),), source=source)

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """All; of those that are neither ours nor named by the config the name alone, unless all is to be seen."""
        where, whole = instance_for(organization, aws), sees_all(organization, aws)
        for row in permission_sets(aws, where) if where else ():
            assert where is not None
            known = whole or row.marked or row.name in declared(organization)
            attributes = _seen(aws, where, row) if known else {"name": row.name}
            yield Resource(self.address(row.name), attributes, (Address(SERVICE, KEY),), owned=row.marked)

    def weakened(self, organization: Organization, change: Change) -> Iterable[str]:
        """Beside its attributes what the inline policy lets through, by the policy engine."""
        yield from super().weakened(organization, change)
        if change.before and change.after and "inline" in change.before:
            yield from more_passes(_template(change.before), _template(change.after), {})

    def notes(self, organization: Organization, change: Change) -> Iterable[str]:
        """What follows from a change."""
        before, after = change.before, change.after
        if before and after and any(before.get(part) != after.get(part) for part in (*PARTS, "session", "stale")):
            yield "provisioned to all accounts that have it: sessions that are open keep what they have"
        if change.action is Action.DELETE:
            yield "its roles go from all accounts, and who is logged in by them is out"

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Create or bring to what is declared, piece by piece; then provision, and wait for that."""
        where, name = needed(aws), change.address.name
        client = where.client("sso-admin", aws)
        row = named(aws, where, name)
        if change.action is Action.DELETE:
            if row is not None:
                with unless(ABSENT):
                    client.delete_permission_set(InstanceArn=where.arn, PermissionSetArn=row.arn)
                remember(aws, where, name, None)
            return
        if change.action is Action.FORGET:
            if row is not None:
                ours = [key for key in row.tags if key == TAG or key.startswith(ASSIGNED_TAG)]
                client.untag_resource(InstanceArn=where.arn, ResourceArn=row.arn, TagKeys=ours)
                aws.tree.once.forget(LISTED)
            return
        assert change.after is not None
        if row is None:
            row = _created(aws, where, name, change.after)
            remember(aws, where, name, row)
        changed = _described(aws, where, row, change.after)
        changed |= Definition(aws, where, row.arn).bring(change.after)
        principals = [(TYPES[each.type], id_of(aws, where, each)) for each in given(organization, name)]
        tags = {**change.after["tags"], TAG: name, **memory(row, filter(all, principals))}
        remember(aws, where, name, _tagged(aws, where, _with(row, change.after), tags))
        if (changed and any(provisioned(aws, where, row.arn))) or any(stale(aws, where, row.arn)):
            provision(aws, where, row)


def sees_all(organization: Organization, aws: Aws) -> bool:
    """Whether it is asked although the config has nothing of it, and never had: an import wants to see all there is."""
    return KEY not in organization.services and KEY not in aws.tree.marked_services


def declared(organization: Organization) -> Mapping[str, PermissionSetSettings]:
    """The permission sets of the config."""
    service = organization.service(IdentityCenterSettings)
    return service.settings.permission_sets if service else {}


def _template(attributes: Attributes) -> dict[str, Any]:
    """The inline policy as a template has it, which the policy engine compares."""
    written = {"InlinePolicy": attributes["inline"]} if attributes["inline"] else {}
    return {"Type": "AWS::SSO::PermissionSet", "Properties": written}


def _wanted(settings: PermissionSetSettings) -> dict[str, Any]:
    boundary = settings.boundary
    return {
        **({"description": settings.description} if settings.description else {}),
        "session": session_of(minutes(settings.session)),
        "relay_state": settings.relay_state,
        "aws_managed": sorted(settings.aws_managed),
        "customer_managed": sorted(map(policy_path, settings.customer_managed)),
        "inline": dict(settings.inline or {}),
        "boundary": (boundary.aws_managed or policy_path(boundary)) if boundary else "",
        "tags": dict(settings.tags),
        "stale": [],
        MARK: True,
    }


def _seen(aws: Aws, where: Instance, row: Row) -> dict[str, Any]:
    found, keys = Definition(aws, where, row.arn), aws.tree.account_keys
    return {
        "description": row.description,
        "session": row.session,
        "relay_state": row.relay_state,
        "aws_managed": found.aws_managed,
        "customer_managed": found.customer_managed,
        "inline": found.inline,
        "boundary": found.boundary,
        "tags": _own(row.tags),
        "stale": sorted(keys.get(each, each) for each in stale(aws, where, row.arn)),
        MARK: row.marked,
    }


def _own(tags: Mapping[str, str]) -> dict[str, str]:
    """Tags without our marks and those of AWS."""
    return {key: value for key, value in tags.items() if key != TAG and not key.startswith(("aws:", ASSIGNED_TAG))}


def _created(aws: Aws, where: Instance, name: str, after: Attributes) -> Row:
    tags = {**after["tags"], TAG: name}
    made = where.client("sso-admin", aws).create_permission_set(
        InstanceArn=where.arn,
        Name=name,
        Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
        **_sent(after),
    )["PermissionSet"]
    return Row(
        made["PermissionSetArn"], name, after.get("description", ""), after["session"], after["relay_state"], tags
    )


def _with(row: Row, after: Attributes) -> Row:
    """As it is to be described."""
    described = {"session": after["session"], "relay_state": after["relay_state"]}
    return replace(row, description=after.get("description", row.description), **described)


def _described(aws: Aws, where: Instance, row: Row, after: Attributes) -> bool:
    """UpdatePermissionSet: all is sent, because AWS clears what is left out (but for the description)."""
    wanted = _with(row, after)
    if wanted == row:
        return False
    where.client("sso-admin", aws).update_permission_set(
        InstanceArn=where.arn, PermissionSetArn=row.arn, **_sent(after)
    )
    return True


def _sent(after: Attributes) -> dict[str, str]:
    sent = {"SessionDuration": f"PT{minutes(after['session'])}M"}
    for part, name in (("description", "Description"), ("relay_state", "RelayState")):
        if after.get(part):
            sent[name] = after[part]
    return sent


def _tagged(aws: Aws, where: Instance, row: Row, wanted: Mapping[str, str]) -> Row:
    """With these tags, our marks and those of AWS; others go."""
    client, at = where.client("sso-admin", aws), {"InstanceArn": where.arn, "ResourceArn": row.arn}
    surplus = sorted({*_own(row.tags)} - {*wanted})
    if surplus:
        client.untag_resource(**at, TagKeys=surplus)
    missing = {key: value for key, value in wanted.items() if row.tags.get(key) != value}
    if missing:
        client.tag_resource(**at, Tags=[{"Key": key, "Value": value} for key, value in missing.items()])
    kept = {key: value for key, value in row.tags.items() if key not in surplus}
    return replace(row, tags={**kept, **wanted})


def _problems(settings: PermissionSetSettings) -> Iterator[tuple[Any, ...]]:
    if not 60 <= minutes(settings.session) <= 720:
        yield f"a session of {settings.session}", "from 1h to 12h", "session"
    if settings.boundary and bool(settings.boundary.aws_managed) == bool(settings.boundary.name):
        yield "its boundary is one policy", "give `aws_managed`, or `name`", "boundary"
    many = len(settings.aws_managed) + len(settings.customer_managed)
    if many > POLICIES:
        yield f"{many} managed policies; AWS takes {POLICIES}", "put some together", "aws_managed"
    size = len(re.sub(r"\s", "", compact(settings.inline))) if settings.inline else 0
    if size > INLINE:
        yield f"its inline policy has {size:,} characters; AWS takes {INLINE:,}", "make it shorter", "inline"
