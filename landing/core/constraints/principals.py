"""Services that work with Organizations ("AWS services that you can use with AWS Organizations")."""

from __future__ import annotations

SERVICES: dict[str, int] = {
    "access-analyzer.amazonaws.com": 1,
    "account.amazonaws.com": 1,
    "agentless.inspector2.amazonaws.com": 0,
    "auditmanager.amazonaws.com": 1,
    "aws-artifact-account-sync.amazonaws.com": 0,
    "backup.amazonaws.com": 5,
    "cloudtrail.amazonaws.com": 3,
    "compute-optimizer.amazonaws.com": 1,
    "config-multiaccountsetup.amazonaws.com": 3,
    "config.amazonaws.com": 3,
    "controltower.amazonaws.com": 0,
    "cost-optimization-hub.bcm.amazonaws.com": 1,
    "detective.amazonaws.com": 1,
    "devops-guru.amazonaws.com": 1,
    "ds.amazonaws.com": 0,
    "ec2.amazonaws.com": 0,
    "fms.amazonaws.com": 10,
    "guardduty.amazonaws.com": 1,
    "health.amazonaws.com": 5,
    "iam.amazonaws.com": 1,
    "inspector2.amazonaws.com": 1,
    "ipam.amazonaws.com": 1,
    "license-management.marketplace.amazonaws.com": 0,
    "license-manager-linux-subscriptions.amazonaws.com": 1,
    "license-manager.amazonaws.com": 1,
    "license-manager.member-account.amazonaws.com": 0,
    "macie.amazonaws.com": 1,
    "malware-protection.guardduty.amazonaws.com": 0,
    "member.org.stacksets.cloudformation.amazonaws.com": 5,
    "mgn.amazonaws.com": 1,
    "notifications.amazonaws.com": 5,
    "observabilityadmin.amazonaws.com": 1,
    "ram.amazonaws.com": 0,
    "reachabilityanalyzer.networkinsights.amazonaws.com": 1,
    "reporting.trustedadvisor.amazonaws.com": 5,
    "resource-explorer-2.amazonaws.com": 1,
    "resource-management.securitylake.amazonaws.com": 0,
    "securityhub.amazonaws.com": 1,
    "securityhubv2.amazonaws.com": 0,
    "security-ir.amazonaws.com": 1,
    "securitylake.amazonaws.com": 1,
    "servicecatalog.amazonaws.com": 50,
    "servicequotas.amazonaws.com": 0,
    "ssm.amazonaws.com": 1,
    "sso.amazonaws.com": 1,
    "stacksets.cloudformation.amazonaws.com": 0,
    "storage-lens.s3.amazonaws.com": 5,
    "tagpolicies.tag.amazonaws.com": 0,
    "wellarchitected.amazonaws.com": 0,
}
"""Service principal to the most delegated administrators that it may have; 0 where it supports none.

Where AWS publishes no number, 1 stands for a service that has one administrator by nature and 5 otherwise.
"""

_OTHER_NAMES = {
    "artifact": "aws-artifact-account-sync.amazonaws.com",
    "config-rules": "config-multiaccountsetup.amazonaws.com",
    "cost-optimization-hub": "cost-optimization-hub.bcm.amazonaws.com",
    "identity-center": "sso.amazonaws.com",
    "resource-explorer": "resource-explorer-2.amazonaws.com",
    "service-quotas": "servicequotas.amazonaws.com",
    "stacksets": "member.org.stacksets.cloudformation.amazonaws.com",
    "storage-lens": "storage-lens.s3.amazonaws.com",
    "tag-policies": "tagpolicies.tag.amazonaws.com",
    "trusted-advisor": "reporting.trustedadvisor.amazonaws.com",
}
NAMES: dict[str, str] = {
    **{each: name for name, each in _OTHER_NAMES.items()},
    **{each: each.removesuffix(".amazonaws.com") for each in SERVICES if each not in _OTHER_NAMES.values()},
}
"""What the config calls each: its principal without `.amazonaws.com`, unless people know it by another name."""
PRINCIPALS: dict[str, str] = {name: principal for principal, name in NAMES.items()}

APPOINTED_BY: dict[str, str] = {
    "auditmanager.amazonaws.com": "auditmanager:RegisterOrganizationAdminAccount",
    "cloudtrail.amazonaws.com": "cloudtrail:RegisterOrganizationDelegatedAdmin",
    "detective.amazonaws.com": "detective:EnableOrganizationAdminAccount",
    "fms.amazonaws.com": "fms:AssociateAdminAccount",
    "guardduty.amazonaws.com": "guardduty:EnableOrganizationAdminAccount",
    "inspector2.amazonaws.com": "inspector2:EnableDelegatedAdminAccount",
    "ipam.amazonaws.com": "ec2:EnableIpamOrganizationAdminAccount",
    "macie.amazonaws.com": "macie2:EnableOrganizationAdminAccount",
    "securityhub.amazonaws.com": "securityhub:EnableOrganizationAdminAccount",
    "securitylake.amazonaws.com": "securitylake:RegisterDataLakeDelegatedAdministrator",
}
"""The call by which a service appoints its administrator: RegisterDelegatedAdministrator would be of no effect.

Pages of the services in "AWS services that you can use with AWS Organizations".
"""

BY_CONSOLE: dict[str, str] = {
    "aws-artifact-account-sync.amazonaws.com": "AWS Artifact",
    "reporting.trustedadvisor.amazonaws.com": "AWS Trusted Advisor",
}
"""Services that are switched on in their own console only: no API makes their service-linked role."""

ALSO_NEEDED: dict[str, str] = {
    "backup.amazonaws.com": "jobs across accounts want backup:UpdateGlobalSettings in the management account",
    "compute-optimizer.amazonaws.com": "members are opted in by compute-optimizer:UpdateEnrollmentStatus with "
    "includeMemberAccounts",
    "ipam.amazonaws.com": "its administrator is appointed by ec2:EnableIpamOrganizationAdminAccount",
    "license-manager.amazonaws.com": "the account link is made by license-manager:UpdateServiceSettings with "
    "EnableIntegration",
    "resource-explorer-2.amazonaws.com": "a view over all accounts wants an index in each region of each "
    "member: baseline `resource-explorer`, and stack `resource-explorer-view`",
    "servicequotas.amazonaws.com": "`services.service_quotas` has what new accounts ask for",
    "tagpolicies.tag.amazonaws.com": "the policies themselves are guardrails of the type TAG_POLICY",
}
"""What a service wants besides trusted access before it is of use; nobody does it here."""

POLICY_TYPES: dict[str, str] = {
    "GUARDDUTY_POLICY": "guardduty.amazonaws.com",
    "INSPECTOR_POLICY": "inspector2.amazonaws.com",
    "SECURITYHUB_CSPM_POLICY": "securityhub.amazonaws.com",
    "SECURITYHUB_POLICY": "securityhub.amazonaws.com",
}
"""Policy type to the service that must have trusted access before the type is enabled (EnablePolicyType)."""

RAM = "ram.amazonaws.com"
"""Switched on by RAM's EnableSharingWithAwsOrganization, which makes its role too ("AWS Resource Access Manager")."""

HEALTH = "health.amazonaws.com"
"""The organizational view, switched on by Health's EnableHealthServiceAccessForOrganization ("AWS Health")."""

STACKSETS = "member.org.stacksets.cloudformation.amazonaws.com"
"""Trusted access of StackSets; switched on by CloudFormation's ActivateOrganizationsAccess, never by Organizations."""

ACCOUNT = "account.amazonaws.com"
"""Trusted access that lets the management account set names and contacts of members (Account API)."""
