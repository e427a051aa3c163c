"""Administrators of AWS Firewall Manager that have a part of the organization."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from landing.aws import Aws, unless
from landing.core import forms
from landing.core.errors import TimedOut
from landing.core.model import MARK, Action, Address, Change, Diagnostic, Resource, Scope
from landing.core.text import few
from landing.organization import FIREWALL_TAG, Organization
from landing.services.base import Ownership, required_account
from landing.services.firewall_manager.administrator import PART, default_administrator, parts, place, resign
from landing.services.firewall_manager.scope import EVERYBODY, scope_of
from landing.services.firewall_manager.settings import BY_DEFAULT_ALONE, TRUSTED, FirewallManagerSettings, FirewallPart
from landing.services.organizations.tags import tag, untag
from landing.services.organizations.unit import OrganizationalUnit
from landing.services.shapes import RegionalKind
from landing.services.strength import Weaker, neutral, told

ALL = "all"
COMPLETE = "ONBOARDING_COMPLETE"
MOST = 9
"""Beside the default administrator (Developer Guide, "AWS Firewall Manager quotas")."""


class FirewallPartAdministrator(RegionalKind):
    """An account that administers some accounts, regions and types of policies (PutAdminAccount), by its key.

    What it does with that is its own. It is ours by a tag of the account; those of others are read and left alone.
    """

    name = PART
    title = "Firewall Manager administrator of a part"
    ending = "disabled as administrator"
    ownership = Ownership.ACCOUNT_TAG
    service = "firewall_manager"
    client_name = "fms"
    parallel = 1
    controls = ("nist-800-53-r5:AC-6", "nist-csf-2.0:GV.RR-02")
    help_uri = "https://docs.aws.amazon.com/waf/latest/developerguide/fms-administrators.html"
    canonical: ClassVar[Mapping[str, forms.Form]] = dict.fromkeys(("scope", "regions", "policy_types"), forms.unordered)
    weaker: ClassVar[Mapping[str, Weaker]] = {
        **dict.fromkeys(("scope", "regions", "policy_types"), told),
        "status": neutral,
    }
    reads = (
        "fms:ListAdminAccountsForOrganization",
        "fms:GetAdminScope",
        "organizations:ListAccounts",
        "tag:GetResources",
        "organizations:ListTagsForResource",
    )
    writes = (
        "fms:PutAdminAccount",
        "fms:DisassociateAdminAccount",
        "sts:AssumeRole",
        "organizations:TagResource",
        "organizations:UntagResource",
        "organizations:RegisterDelegatedAdministrator",
        "organizations:DeregisterDelegatedAdministrator",
        "iam:CreateServiceLinkedRole",
    )
    linked = TRUSTED

    def account(self, organization: Organization) -> str:
        """The management account, which appoints."""
        return organization.management

    def scopes(self, organization: Organization) -> Iterator[Scope]:
        """In the one region that takes these calls."""
        yield place(organization)

    def check(self, organization: Organization) -> Iterable[Diagnostic]:
        """Who cannot have a part, and parts that are none."""
        service = organization.service(FirewallManagerSettings)
        named = service.settings.administrators if service else {}
        for key, part in named.items():
            assert service is not None
            for message, hint, *at in _problems(organization, key, part):
                yield service.problem(
                    "LZ466", f"administrator `{key}`: {message}", hint, "administrators", key, *at, key=not at
                )
        if service is not None and len(named) > MOST:
            message = f"AWS takes {MOST} administrators beside the default one, and these are {len(named)}"
            yield service.problem("LZ466", message, "name fewer", "administrators", key=True)

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """Each of the config."""
        service = organization.service(FirewallManagerSettings)
        for key, part in (service.settings.administrators if service else {}).items():
            assert service is not None
            attributes: dict[str, Any] = {
                "scope": scope_of(organization, part.target) if part.target else EVERYBODY,
                "regions": sorted(part.regions) or ALL,
                "policy_types": sorted(part.policy_types) or ALL,
                "status": COMPLETE,
                MARK: True,
            }
            needs = _needs(organization, key, attributes["scope"])
            source = service.at("administrators", key)
            yield Resource(self.address(key, place(organization)), attributes, needs, source=source)

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """All but the default one; and accounts that were ones of ours and have resigned, where the config has none."""
        if aws.tree.description is None:
            return
        client, keys = aws.client("fms", scope), aws.tree.account_keys
        service = organization.service(FirewallManagerSettings)
        left = {key for key, account in aws.tree.account_ids.items() if FIREWALL_TAG in aws.tree.tags_of(account)}
        marked = frozenset(left)
        for account, _ in parts(aws, client):
            with unless("ResourceNotFoundException") as gone:
                found = client.get_admin_scope(AdminAccount=account)
            key = keys.get(account, account)
            if not gone.code:
                left.discard(key)
                attributes = _seen(aws, found["AdminScope"]) | {"status": found["Status"], MARK: key in marked}
                needs = _needs(organization, key, attributes["scope"])
                yield Resource(self.address(key, scope), attributes, needs, key in marked)
        for key in sorted(left - {*(service.settings.administrators if service else ())}):
            needs = _needs(organization, key, EVERYBODY)
            yield Resource(self.address(key, scope), {"status": "OFFBOARDING_COMPLETE", MARK: True}, needs)

    def dangers(self, change: Change) -> Iterable[str]:
        """It resigns, with its policies."""
        if change.action is Action.DELETE:
            yield self.removal

    def notes(self, organization: Organization, change: Change) -> Iterable[str]:
        """What becomes of its policies."""
        if change.action is Action.DELETE:
            yield f"{change.address.name} resigns, and AWS deletes every policy of Firewall Manager that it has made"
        if change.action is Action.UPDATE and change.before and "scope" in change.before:
            yield "policies of it that are outside of its part then stay as they are, and it can change them no more"

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Appoint it, or have it resign; then the tag."""
        client, name = aws.client("fms", change.address.scope), change.address.name
        account = aws.tree.account_ids[name]
        if change.action in (Action.DELETE, Action.FORGET):
            if change.action is Action.DELETE:
                resign(aws, client, account)
            with aws.writing:
                untag(aws, account, FIREWALL_TAG)
            return
        assert change.after is not None
        if change.action is not Action.ADOPT:
            self._appoint(aws, client, account, _sent(aws, change.after))
        if FIREWALL_TAG not in aws.tree.tags_of(account):
            with aws.writing:
                tag(aws, account, {FIREWALL_TAG: "governed"})

    def _appoint(self, aws: Aws, client: Any, account: str, scope: Mapping[str, Any]) -> None:
        """Again and again, as AWS refuses for minutes after somebody has resigned; until it is an administrator."""
        refused = unless()
        sent = False
        try:
            for _ in aws.poll(f"the appointment of the {self.title}", "firewall_administrator"):
                if not sent:
                    with unless("InvalidOperationException") as refused:
                        client.put_admin_account(AdminAccount=account, AdminScope=scope)
                    sent = not refused.code
                if sent and dict(parts(aws, client)).get(account) == COMPLETE:
                    return
        except TimedOut:
            if refused.code:
                refused.again()
            raise


def _problems(organization: Organization, key: str, part: FirewallPart) -> Iterator[tuple[str, ...]]:
    if key not in organization.accounts:
        yield f"there is no account `{key}`", "name an account by its key"
    elif key == organization.security_tooling:
        yield "it is the default administrator, which has all of the organization", "name another account"
    elif key == organization.management:
        yield "AWS takes members of the organization only", "name another account"
    offered = organization.offered["firewall_manager"]
    if strange := [each for each in part.regions if each not in offered]:
        yield f"Firewall Manager is not in {few(strange)}", "name regions that have it", "regions"
    if alone := [each for each in part.policy_types if each in BY_DEFAULT_ALONE]:
        yield f"{few(alone)} is for the default administrator alone", "leave it out", "policy_types"
    if part.target and not organization.members(part.target) and not organization.cover(part.target).units:
        yield "its target is no account of the config", "name units, accounts or tags", "target"


def _needs(organization: Organization, key: str, scope: Mapping[str, Any]) -> tuple[Address, ...]:
    """The default administrator, the account itself, and whatever the scope names."""
    named = [sides for sides in scope.values() if isinstance(sides, Mapping)]
    units = [each for sides in named for each in sides.get("units", ()) if each in organization.units]
    accounts = [each for sides in named for each in sides.get("accounts", ()) if each in organization.accounts]
    return tuple(
        dict.fromkeys(
            (
                default_administrator(organization),
                *map(required_account, [key, *accounts] if key in organization.accounts else accounts),
                *map(OrganizationalUnit().parent, units),
            )
        )
    )


def _sent(aws: Aws, after: Mapping[str, Any]) -> dict[str, Any]:
    """As PutAdminAccount takes it: each part of it said, since AWS does not document what is left out."""
    ((way, named),) = after["scope"].items()
    everybody = way == "exclude" and not any(named.values())
    accounts = [aws.tree.account_ids[each] for each in named["accounts"]]
    units = [aws.tree.node_id(each) for each in named["units"]]
    left_out = way == "exclude" and not everybody
    return {
        "AccountScope": {
            "Accounts": accounts,
            "AllAccountsEnabled": everybody,
            "ExcludeSpecifiedAccounts": left_out,
        },
        "OrganizationalUnitScope": {
            "OrganizationalUnits": units,
            "AllOrganizationalUnitsEnabled": everybody,
            "ExcludeSpecifiedOrganizationalUnits": left_out,
        },
        "RegionScope": _chosen(after["regions"], "Regions", "AllRegionsEnabled"),
        "PolicyTypeScope": _chosen(after["policy_types"], "PolicyTypes", "AllPolicyTypesEnabled"),
    }


def _chosen(value: Any, listed: str, every: str) -> dict[str, Any]:
    return {every: True} if value == ALL else {listed: list(value), every: False}


def _seen(aws: Aws, scope: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes of what GetAdminScope shows; accounts and units that are chosen in two ways as each is."""
    keys = aws.tree.account_keys
    whom, units = scope.get("AccountScope") or {}, scope.get("OrganizationalUnitScope") or {}
    ways = {
        "accounts": _way(whom, "AllAccountsEnabled", "ExcludeSpecifiedAccounts"),
        "units": _way(units, "AllOrganizationalUnitsEnabled", "ExcludeSpecifiedOrganizationalUnits"),
    }
    named = {
        "units": sorted(aws.tree.node_key(each) for each in units.get("OrganizationalUnits") or ()),
        "accounts": sorted(keys.get(each, each) for each in whom.get("Accounts") or ()),
    }
    alike = len({*ways.values()}) == 1
    return {
        "scope": {ways["units"]: named} if alike else {name: {ways[name]: named[name]} for name in named},
        "regions": _listed(scope.get("RegionScope") or {}, "Regions", "AllRegionsEnabled"),
        "policy_types": _listed(scope.get("PolicyTypeScope") or {}, "PolicyTypes", "AllPolicyTypesEnabled"),
    }


def _way(scope: Mapping[str, Any], everybody: str, but: str) -> str:
    return "exclude" if scope.get(everybody) or scope.get(but) else "include"


def _listed(scope: Mapping[str, Any], listed: str, every: str) -> Any:
    return ALL if scope.get(every) else sorted(scope.get(listed) or ())
