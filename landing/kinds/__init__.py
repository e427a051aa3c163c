"""Every kind of resource, in the order in which people think of them; a new one is a file here and its name below."""

from landing.kinds.account import MemberAccount
from landing.kinds.attachments import Attachments
from landing.kinds.base import Kind
from landing.kinds.config_recording import ConfigRecording
from landing.kinds.config_rule import ConfigRule
from landing.kinds.contacts import Contacts
from landing.kinds.delegated_administrator import DelegatedAdministrator
from landing.kinds.guardduty import GuardDuty
from landing.kinds.guardduty_administrator import GuardDutyAdministrator
from landing.kinds.guardduty_export import GuardDutyExport
from landing.kinds.guardduty_management import GuardDutyManagement
from landing.kinds.organization import TheOrganization
from landing.kinds.policy import OrganizationPolicy
from landing.kinds.policy_type import PolicyType
from landing.kinds.security_hub import SecurityHub
from landing.kinds.security_hub_administrator import SecurityHubAdministrator
from landing.kinds.security_hub_association import SecurityHubAssociation
from landing.kinds.security_hub_policy import SecurityHubPolicy
from landing.kinds.stack import Stack
from landing.kinds.stack_set import StackSet
from landing.kinds.trail import Trail
from landing.kinds.trusted_access import TrustedAccess
from landing.kinds.unit import OrganizationalUnit

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
