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

POLICY_TYPES: dict[str, str] = {
    "GUARDDUTY_POLICY": "guardduty.amazonaws.com",
    "INSPECTOR_POLICY": "inspector2.amazonaws.com",
    "SECURITYHUB_CSPM_POLICY": "securityhub.amazonaws.com",
    "SECURITYHUB_POLICY": "securityhub.amazonaws.com",
}
"""Policy type to the service that must have trusted access before the type is enabled (EnablePolicyType)."""

STACKSETS = "member.org.stacksets.cloudformation.amazonaws.com"
"""Trusted access of StackSets; switched on by CloudFormation's ActivateOrganizationsAccess, never by Organizations."""

ACCOUNT = "account.amazonaws.com"
"""Trusted access that lets the management account set names and contacts of members (Account API)."""
