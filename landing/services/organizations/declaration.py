"""What AWS Organizations is made of; always there."""

from __future__ import annotations

from landing.services.organizations.account import MemberAccount
from landing.services.organizations.attachments import Attachments
from landing.services.organizations.contacts import Contacts
from landing.services.organizations.delegated_administrator import DelegatedAdministrator
from landing.services.organizations.effective_policy import EffectivePolicy
from landing.services.organizations.governed import GovernedAccount, GovernedRegion, GovernedService
from landing.services.organizations.invitation import Invitation
from landing.services.organizations.opt_in_regions import OptInRegions
from landing.services.organizations.organization import TheOrganization
from landing.services.organizations.policy import OrganizationPolicy
from landing.services.organizations.policy_type import PolicyType
from landing.services.organizations.trusted_access import ACCOUNT, TrustedAccess
from landing.services.organizations.unit import OrganizationalUnit
from landing.services.service import Service

SERVICE = Service(
    key="organizations",
    title="AWS Organizations",
    trusted=(ACCOUNT,),
    kinds=(
        TheOrganization(),
        GovernedRegion(),
        GovernedService(),
        PolicyType(),
        TrustedAccess(),
        OrganizationalUnit(),
        OrganizationPolicy(),
        Attachments(),
        Invitation(),
        MemberAccount(),
        GovernedAccount(),
        Contacts(),
        OptInRegions(),
        DelegatedAdministrator(),
        EffectivePolicy(),
    ),
    cost="Nothing.",
    docs="https://docs.aws.amazon.com/organizations/latest/userguide/orgs_introduction.html",
)
