"""Every kind of resource, in the order in which people think of them; a new one is a file here and its name below."""

from landing.services.base import Kind
from landing.services.cloudtrail.trail import Trail
from landing.services.config.recording import ConfigRecording
from landing.services.config.rule import ConfigRule
from landing.services.guardduty.administrator import GuardDutyAdministrator
from landing.services.guardduty.detector import GuardDuty
from landing.services.guardduty.export import GuardDutyExport
from landing.services.guardduty.management import GuardDutyManagement
from landing.services.organizations.account import MemberAccount
from landing.services.organizations.attachments import Attachments
from landing.services.organizations.contacts import Contacts
from landing.services.organizations.delegated_administrator import DelegatedAdministrator
from landing.services.organizations.organization import TheOrganization
from landing.services.organizations.policy import OrganizationPolicy
from landing.services.organizations.policy_type import PolicyType
from landing.services.organizations.trusted_access import TrustedAccess
from landing.services.organizations.unit import OrganizationalUnit
from landing.services.security_hub.administrator import SecurityHubAdministrator
from landing.services.security_hub.association import SecurityHubAssociation
from landing.services.security_hub.hub import SecurityHub
from landing.services.security_hub.policy import SecurityHubPolicy
from landing.services.stacks.stack import Stack
from landing.services.stacks.stack_set import StackSet

KINDS: tuple[Kind, ...] = (
    TheOrganization(),
    PolicyType(),
    TrustedAccess(),
    OrganizationalUnit(),
    OrganizationPolicy(),
    Attachments(),
    MemberAccount(),
    Contacts(),
    DelegatedAdministrator(),
    Stack(),
    StackSet(),
    Trail(),
    ConfigRule(),
    ConfigRecording(),
    GuardDutyAdministrator(),
    GuardDuty(),
    GuardDutyExport(),
    GuardDutyManagement(),
    SecurityHubAdministrator(),
    SecurityHub(),
    SecurityHubPolicy(),
    SecurityHubAssociation(),
)

BY_NAME = {kind.name: kind for kind in KINDS}

__all__ = ["BY_NAME", "KINDS", "Kind"]
