"""GuardDuty in the management account, which the organization's automatic enablement leaves out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from landing.aws import Aws, unless
from landing.core.errors import OperationFailed
from landing.core.model import Action, Change, Resource, Scope
from landing.organization import Organization
from landing.services.base import Ownership, required_account
from landing.services.guardduty import features
from landing.services.guardduty.detector import GuardDuty
from landing.services.guardduty.settings import TRUSTED, GuardDutySettings
from landing.services.overrides import by_account
from landing.services.shapes import NAME, RegionalKind
from landing.services.strength import Weaker, neutral, on

MEMBER = ("Enabled", "Disabled")
"""Relationships of a member, in which the administrator has it watched or not (API reference, Member)."""


class GuardDutyManagement(RegionalKind):
    """The management account as a member (CreateMembers), with a detector that it must make itself (CreateDetector).

    The administrator can neither enable GuardDuty there first nor have it enabled. When the service is taken out of the
    config it stays on, as it does in every other member.
    """

    name = "guardduty_management"
    title = "GuardDuty in the management account"
    ownership = Ownership.CONFIG
    service = "guardduty"
    client_name = "guardduty"
    removal = ""
    controls = ("fsbp:GuardDuty.1", "nist-800-53-r5:SI-4", "pci-dss-4.0:11.5.1", "nist-csf-2.0:DE.CM-01")
    help_uri = "https://docs.aws.amazon.com/guardduty/latest/ug/delegated-admin-designate.html"
    weaker: ClassVar[Mapping[str, Weaker]] = {"enabled": on, "administrator": neutral}  # ours is appointed
    reads = ("guardduty:ListDetectors", "guardduty:GetDetector", "guardduty:GetAdministratorAccount")
    writes = (
        "guardduty:CreateDetector",
        "guardduty:UpdateDetector",
        "guardduty:CreateMembers",
        "guardduty:StartMonitoringMembers",
        "iam:CreateServiceLinkedRole",
        "sts:AssumeRole",
    )
    linked = TRUSTED

    def account(self, organization: Organization) -> str:
        """The management account."""
        return organization.management

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """On and administered in each governed region, unless nobody is to be enabled, or this account is not."""
        service = organization.service(GuardDutySettings)
        if service is None or service.settings.auto_enable == "NONE" or not service.settings.management_account:
            return
        attributes = {"enabled": True, "administrator": organization.security_tooling}
        for scope in self.scopes(organization):
            administrator = Scope(organization.security_tooling, scope.region)
            needs = (required_account(organization.management), GuardDuty().address(NAME, administrator))
            yield Resource(self.address(NAME, scope), attributes, needs, source=service.source)

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """The detector, if there is one, and whose member it makes the account; never deleted by us."""
        client = aws.client("guardduty", scope)
        keys = aws.tree.account_keys
        for detector_id in aws.listed(client, "list_detectors", "DetectorIds"):
            by = self._administrator(client, detector_id)
            attributes = {
                "enabled": client.get_detector(DetectorId=detector_id)["Status"] == "ENABLED",
                "administrator": keys.get(by, by),
            }
            yield Resource(self.address(NAME, scope), attributes, owned=False)

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """A detector first, then the administrator makes the account a member; asked before each what there is."""
        assert change.action is not Action.DELETE
        scope = change.address.scope
        own = aws.client("guardduty", scope)
        tooling = aws.tree.account_ids[organization.security_tooling]
        detectors = list(aws.listed(own, "list_detectors", "DetectorIds"))
        if not detectors:
            service = organization.service(GuardDutySettings)
            assert service is not None  # else nothing is desired here
            settings = by_account(organization, service)[organization.management]
            wanted = features.for_detector(features.wanted(settings.features))
            detectors = [own.create_detector(Enable=True, Features=wanted)["DetectorId"]]
        by = self._administrator(own, detectors[0])
        if not by and own.get_detector(DetectorId=detectors[0])["Status"] != "ENABLED":
            own.update_detector(DetectorId=detectors[0], Enable=True)
        administrator = aws.client("guardduty", Scope(organization.security_tooling, scope.region))
        (theirs,) = aws.listed(administrator, "list_detectors", "DetectorIds")
        management = aws.tree.accounts[organization.management]
        refused: Any = ()
        if by != tooling:
            details = [{"AccountId": management.id, "Email": management.email}]
            refused = administrator.create_members(DetectorId=theirs, AccountDetails=details)["UnprocessedAccounts"]
        elif own.get_detector(DetectorId=detectors[0])["Status"] != "ENABLED":
            refused = administrator.start_monitoring_members(DetectorId=theirs, AccountIds=[management.id])
            refused = refused["UnprocessedAccounts"]
        # What was refused may have been done by AWS itself meanwhile, or by a call whose answer was lost.
        if refused and self._administrator(own, detectors[0]) != tooling:
            raise OperationFailed(f"GuardDuty: {refused[0]['Result']}", operation="CreateMembers", scope=scope)

    def _administrator(self, client: Any, detector_id: str) -> str:
        """The id of the account that administers this one; nothing when none does."""
        with unless("BadRequestException"):
            found = client.get_administrator_account(DetectorId=detector_id).get("Administrator") or {}
            return str(found.get("AccountId", "")) if found.get("RelationshipStatus") in MEMBER else ""
        return ""
