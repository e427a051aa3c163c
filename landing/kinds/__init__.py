"""Every kind of resource, in the order in which people think of them; a new one is a file here and its name below."""

from landing.kinds.account import MemberAccount
from landing.kinds.attachments import Attachments
from landing.kinds.base import Kind
from landing.kinds.delegated_administrator import DelegatedAdministrator
from landing.kinds.organization import TheOrganization
from landing.kinds.policy import OrganizationPolicy
from landing.kinds.policy_type import PolicyType
from landing.kinds.stack import Stack
from landing.kinds.stack_set import StackSet
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
    DelegatedAdministrator(),
    Stack(),
    StackSet(),
)

BY_NAME = {kind.name: kind for kind in KINDS}

__all__ = ["BY_NAME", "KINDS", "Kind"]
