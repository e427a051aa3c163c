"""What each organization-wide service needs from AWS Organizations; data, so that a service is a row.

Sources: the "Organizations integration" pages of the AWS Organizations user guide (September 2026) and
botocore 1.44.5. `delegated` lists only principals that are delegated by Organizations' own
RegisterDelegatedAdministrator; GuardDuty, Security Hub and CloudTrail have calls of their own.
"""

from __future__ import annotations

from dataclasses import dataclass

STACKSETS = "member.org.stacksets.cloudformation.amazonaws.com"
"""Trusted access of StackSets; switched on by CloudFormation's ActivateOrganizationsAccess, never by Organizations."""

ACCOUNT = "account.amazonaws.com"
"""Trusted access that lets the management account set names and contacts of members (Account API)."""


@dataclass(frozen=True, slots=True)
class Integration:
    """The service principals of a service: to be trusted, and to be delegated to the security tooling account."""

    trusted: tuple[str, ...] = ()
    delegated: tuple[str, ...] = ()


INTEGRATIONS = {
    "cloudtrail": Integration(trusted=("cloudtrail.amazonaws.com",)),
    "config": Integration(
        trusted=("config.amazonaws.com", "config-multiaccountsetup.amazonaws.com"),
        delegated=("config.amazonaws.com", "config-multiaccountsetup.amazonaws.com"),
    ),
    "guardduty": Integration(trusted=("guardduty.amazonaws.com", "malware-protection.guardduty.amazonaws.com")),
    "security_hub": Integration(trusted=("securityhub.amazonaws.com",)),
}
"""Integration by the key under `services` in the config."""
