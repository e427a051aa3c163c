"""AWS quotas and request rates that the tool keeps to; data with its source and date.

Rates: "Quotas and service limits for AWS Organizations" (September 2026) and "StackSets quotas"; requests a
second and burst, by account.
"""

from __future__ import annotations

CREATE_ACCOUNT_IN_FLIGHT = 5
"""CreateAccount requests in progress at once."""

TAGS_PER_RESOURCE = 50
"""Of an account, a unit, a policy or the root (Organizations User Guide, "Tagging"); also of a permission set."""

UNITS_PER_STACK_SET_CALL = 50
"""OrganizationalUnitIds in one Create/Update/DeleteStackInstances call (botocore model)."""

STACK_INSTANCES_PER_SET = 100_000
"""Stack instances of one stack set."""

TRAILS = 5
"""Trails in a Region ("Quotas in AWS CloudTrail"); it cannot be raised."""

UNITS = 2_000
"""Units of an organization."""

CLOSURES = (250, 1_000)
"""Accounts that are closed in CLOSURE_DAYS: a fifth of all, but at least and at most so many."""
CLOSURE_DAYS = 30

_READ = (
    "ListParents",
    "ListAccountsForParent",
    "ListOrganizationalUnitsForParent",
    "ListPolicies",
    "ListPoliciesForTarget",
    "ListTargetsForPolicy",
    "ListDelegatedAdministrators",
    "ListCreateAccountStatus",
    "ListHandshakesForOrganization",
)
_WRITE = (
    "MoveAccount",
    "UpdateOrganizationalUnit",
    "DeleteOrganizationalUnit",
    "CreatePolicy",
    "UpdatePolicy",
    "DeletePolicy",
    "AttachPolicy",
    "DetachPolicy",
)
_SLOW = (
    "CreateOrganizationalUnit",
    "DescribeOrganization",
    "EnableAWSServiceAccess",
    "DisableAWSServiceAccess",
    "RegisterDelegatedAdministrator",
    "DeregisterDelegatedAdministrator",
)

_ACCESS = (
    "DescribePermissionSet",
    "GetInlinePolicyForPermissionSet",
    "GetPermissionsBoundaryForPermissionSet",
    "ListAccountAssignments",
    "ListAccountAssignmentsForPrincipal",
    "ListAccountsForProvisionedPermissionSet",
    "ListCustomerManagedPolicyReferencesInPermissionSet",
    "ListManagedPoliciesInPermissionSet",
    "ListTagsForResource",
)
"""Twenty requests a second for all together ("IAM Identity Center quotas"): at most two of these are made at a time."""

RATES: dict[tuple[str, str], tuple[float, float]] = {
    ("organizations", "CreateAccount"): (0.1, 3),
    ("organizations", "CloseAccount"): (0.05, 1),
    ("organizations", "InviteAccountToOrganization"): (3, 5),
    ("organizations", "DescribeCreateAccountStatus"): (2, 2),
    ("organizations", "DescribeAccount"): (20, 30),
    ("organizations", "ListAccounts"): (8, 12),
    ("organizations", "ListChildren"): (6, 10),
    **{("organizations", name): (5, 8) for name in _READ},
    ("organizations", "ListTagsForResource"): (10, 15),
    ("organizations", "TagResource"): (4, 6),
    ("organizations", "UntagResource"): (4, 6),
    **{("organizations", name): (2, 3) for name in _WRITE},
    ("organizations", "DescribePolicy"): (2, 2),
    ("organizations", "DescribeOrganizationalUnit"): (2, 2),
    **{("organizations", name): (1, 2) for name in _SLOW},
    ("cloudtrail", "LookupEvents"): (2, 2),
    ("organizations", "EnablePolicyType"): (1, 1),
    ("organizations", "DisablePolicyType"): (1, 1),
    ("organizations", "CreateOrganization"): (1, 1),
    ("organizations", "ListRoots"): (1, 2),
    ("organizations", "ListAWSServiceAccessForOrganization"): (1, 3),
    ("organizations", "ListDelegatedServicesForAccount"): (1, 3),
    **{("sso-admin", name): (10, 10) for name in _ACCESS},
    ("securityhub", "BatchImportFindings"): (10, 30),
    ("securityhub", "BatchUpdateFindings"): (10, 30),
    ("securityhub", "GetFindings"): (3, 6),
}
"""(requests a second, burst) by (service, operation)."""
