"""What of root access is managed centrally, and by whom besides the management account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from landing.aws import Aws, unless
from landing.core import forms
from landing.core.model import Action, Change, Resource, Scope, Severity
from landing.organization import Organization
from landing.services.base import Kind, Ownership, required_account
from landing.services.organizations.trusted_access import TrustedAccess
from landing.services.root_access.settings import PRINCIPAL, RootAccessSettings
from landing.services.strength import Weaker, neutral, no_more, on

NAME = "organization"
CREDENTIALS, SESSIONS = "RootCredentialsManagement", "RootSessions"
"""The features (IAM API reference, ListOrganizationsFeatures)."""


class RootAccess(Kind):
    """The features of the organization (EnableOrganizationsRootCredentialsManagement, ...RootSessions).

    Only the management account switches them on. The administrator is registered with AWS Organizations
    (RegisterDelegatedAdministrator).
    """

    name = "root_access"
    title = "Central root access"
    ownership = Ownership.SERVICE
    service = "root_access"
    severity = Severity.HIGH
    removal = "switch-off"
    controls = ("cis-aws-7.0:2.1.1", "fsbp:IAM.4", "nist-800-53-r5:AC-6", "nist-csf-2.0:PR.AA-01")
    help_uri = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-enable-root-access.html"
    canonical: ClassVar[Mapping[str, forms.Form]] = {"administrators": forms.unordered}
    weaker: ClassVar[Mapping[str, Weaker]] = {"credentials": on, "sessions": neutral, "administrators": no_more}
    reads = (
        "iam:ListOrganizationsFeatures",
        "organizations:ListDelegatedAdministrators",
        "organizations:ListDelegatedServicesForAccount",
    )
    writes = (
        "iam:EnableOrganizationsRootCredentialsManagement",
        "iam:EnableOrganizationsRootSessions",
        "iam:DisableOrganizationsRootCredentialsManagement",
        "iam:DisableOrganizationsRootSessions",
        "organizations:RegisterDelegatedAdministrator",
        "organizations:DeregisterDelegatedAdministrator",
    )

    def in_use(self, organization: Organization, aws: Aws) -> bool:
        """Without trusted access nothing is on (ServiceAccessNotEnabledException)."""
        return PRINCIPAL in aws.tree.trusted

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """On, when the service is in the config."""
        service = organization.service(RootAccessSettings)
        if service is None:
            return
        settings = service.settings
        attributes: dict[str, Any] = {"credentials": True, "sessions": settings.sessions}
        needs = [TrustedAccess().address(PRINCIPAL)]
        if settings.administrator is not None:
            attributes["administrators"] = [organization.security_tooling] if settings.administrator else []
            needs.append(required_account(organization.security_tooling))
        yield Resource(self.address(NAME), attributes, tuple(needs), source=service.source)

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """The features that are on; nothing where none is."""
        found: list[str] = []
        with unless("ServiceAccessNotEnabledException", "OrganizationNotFoundException"):
            found = aws.client("iam").list_organizations_features().get("EnabledFeatures", [])
        if found:
            attributes = {
                "credentials": CREDENTIALS in found,
                "sessions": SESSIONS in found,
                "administrators": sorted(_administrators(aws)),
            }
            yield Resource(self.address(NAME), attributes, (TrustedAccess().address(PRINCIPAL),))

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Credentials before sessions, and the other way round when they go; each call may be repeated."""
        client, after = aws.client("iam"), change.after or {"credentials": False, "sessions": False}
        if after["credentials"]:
            client.enable_organizations_root_credentials_management()
        if after["sessions"]:
            client.enable_organizations_root_sessions()
        else:
            client.disable_organizations_root_sessions()
        if not after["credentials"]:
            client.disable_organizations_root_credentials_management()
        if "administrators" in after:
            _appoint(aws, after["administrators"])

    def dangers(self, change: Change) -> Iterable[str]:
        """Sessions that end, and an administrator that is dismissed, are switched off too."""
        before, after = change.before or {}, change.after or {}
        ended = before.get("sessions") and not after.get("sessions")
        dismissed = "administrators" in after and {*before.get("administrators", ())} - {*after["administrators"]}
        if change.action is Action.DELETE or ended or dismissed:
            yield self.removal

    def notes(self, organization: Organization, change: Change) -> Iterable[str]:
        """What members keep, and what stays."""
        if change.action is Action.CREATE:
            yield "members keep the root credentials that they have: `landing root` lists them, and can remove them"
        if change.action is Action.DELETE:
            yield "root users of members may recover their passwords again; what was removed does not come back"
            for key in (change.before or {}).get("administrators", ()):
                yield f"{key} stays registered as administrator of {PRINCIPAL}, which then does nothing"


def _administrators(aws: Aws) -> Iterable[str]:
    """The keys of the accounts that administer IAM; the id of one that the config does not have."""
    keys = aws.tree.account_keys
    return (keys.get(account, account) for principal, account in aws.tree.administrators if principal == PRINCIPAL)


def _appoint(aws: Aws, wanted: Iterable[str]) -> None:
    """Have exactly these accounts as administrators: others are dismissed first, for whom a plan has asked leave."""
    client, ids = aws.client("organizations"), aws.tree.account_ids
    aws.tree.forget_administrators()
    present = {account for principal, account in aws.tree.administrators if principal == PRINCIPAL}
    accounts = {ids[key] for key in wanted}
    with aws.writing:
        for account in sorted(present - accounts):
            with unless("AccountNotRegisteredException"):
                client.deregister_delegated_administrator(AccountId=account, ServicePrincipal=PRINCIPAL)
        for account in sorted(accounts - present):
            with unless("AccountAlreadyRegisteredException"):
                client.register_delegated_administrator(AccountId=account, ServicePrincipal=PRINCIPAL)
    aws.tree.forget_administrators()
