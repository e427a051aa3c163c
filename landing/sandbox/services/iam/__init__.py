"""AWS IAM: moto's, with organization features, service-linked roles and the refusals that moto lacks."""

from __future__ import annotations

import json
from typing import Any

from landing.sandbox.moto import probes
from landing.sandbox.protocol.documents import statements
from landing.sandbox.protocol.http import HttpAnswer
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import accounts
from landing.sandbox.services.call import Call
from landing.sandbox.services.iam import shared_issuers
from landing.sandbox.services.service import Nothing, Scope, Service

PRINCIPAL = "iam.amazonaws.com"
SERVICE_LINKED_PATH = "/aws-service-role/"

SERVICE_LINKED_ROLES = {
    "access-analyzer.amazonaws.com": "AccessAnalyzer",
    "agentless.inspector2.amazonaws.com": "AmazonInspector2Agentless",
    "cloudtrail.amazonaws.com": "CloudTrail",
    "config-conforms.amazonaws.com": "ConfigConforms",
    "management.chatbot.amazonaws.com": "AWSChatbot",
    "config-multiaccountsetup.amazonaws.com": "ConfigMultiAccountSetup",
    "config.amazonaws.com": "Config",
    "detective.amazonaws.com": "Detective",
    "fms.amazonaws.com": "FMS",
    "guardduty.amazonaws.com": "AmazonGuardDuty",
    "health.amazonaws.com": "Health_Organizations",
    "inspector2.amazonaws.com": "AmazonInspector2",
    "lakeformation.amazonaws.com": "LakeFormationDataAccess",
    "macie.amazonaws.com": "AmazonMacie",
    "malware-protection.guardduty.amazonaws.com": "AmazonGuardDutyMalwareProtection",
    "organizations.amazonaws.com": "Organizations",
    "ram.amazonaws.com": "ResourceAccessManager",
    "resource-explorer-2.amazonaws.com": "ResourceExplorer",
    "resource-management.securitylake.amazonaws.com": "SecurityLakeResourceManagement",
    "security-ir.amazonaws.com": "SecurityIncidentResponse",
    "securityhub.amazonaws.com": "SecurityHub",
    "securityhubv2.amazonaws.com": "SecurityHubV2",
    "securitylake.amazonaws.com": "SecurityLake",
    "servicequotas.amazonaws.com": "ServiceQuotas",
    "ssm.amazonaws.com": "AmazonSSM",
    "sso.amazonaws.com": "SSO",
    "stacksets.cloudformation.amazonaws.com": "CloudFormationStackSetsOrgAdmin",
    "member.org.stacksets.cloudformation.amazonaws.com": "CloudFormationStackSetsOrgMember",
    "triage.security-ir.amazonaws.com": "SecurityIncidentResponse_Triage",
}
"""Service principal to what follows "AWSServiceRoleFor" (each service's page on service-linked roles)."""


POLICIES_PER_ROLE = 10
POLICY_SIZE = 6_144
"""Managed policies of a role, and characters but for white space of one (IAM User Guide, "IAM and AWS STS quotas")."""


class Iam(Service[Nothing]):
    """Roles, users and policies are moto's; AWS managed policies and the access role are put under it."""

    name = "iam"
    extends = True
    probes = probes.IAM
    scope = Scope.ACCOUNT
    state_type = Nothing

    def create_service_linked_role(self, call: Call) -> dict[str, Any] | HttpAnswer:
        """Moto derives the role's name from the principal, and answers the wrong error the second time."""
        service = SERVICE_LINKED_ROLES.get(call["AWSServiceName"])
        if service is None:
            return call.forward()
        backend = call.backend()
        suffix = f"_{call['CustomSuffix']}" if "CustomSuffix" in call else ""
        name = f"AWSServiceRoleFor{service}{suffix}"
        if any(role.name == name for role in backend.get_roles()):
            raise Refusal(
                "InvalidInput",
                f"Service role name {name} has been taken in this account, please try a different suffix.",
            )
        create_service_linked_role(backend, call["AWSServiceName"], name, call.get("Description", ""))
        return {"Role": call.client("iam").get_role(RoleName=name)["Role"]}

    def delete_role(self, call: Call) -> HttpAnswer:
        """Moto lets a service-linked role be deleted by DeleteRole."""
        for role in call.backend().get_roles():
            if role.name == call["RoleName"] and role.path.startswith(SERVICE_LINKED_PATH):
                raise Refusal(
                    "UnmodifiableEntity",
                    f"Cannot perform the operation on the protected role '{role.name}' - this role is only "
                    "modifiable by AWS",
                )
        return call.forward()

    def delete_policy(self, call: Call) -> HttpAnswer:
        """Moto deletes a policy that is attached."""
        policy = call.backend().managed_policies.get(call["PolicyArn"])
        if policy is not None and policy.attachment_count > 0:
            raise Refusal("DeleteConflict", "Cannot delete a policy attached to entities.", 409)
        return call.forward()

    def create_policy(self, call: Call) -> HttpAnswer:
        """Moto takes a policy of any length."""
        _check_length(call["PolicyDocument"])
        return call.forward()

    def create_policy_version(self, call: Call) -> HttpAnswer:
        """Moto takes a policy of any length."""
        _check_length(call["PolicyDocument"])
        return call.forward()

    def attach_role_policy(self, call: Call) -> HttpAnswer:
        """Moto attaches as many as one likes; the option `policies_per_role` of the world raises the quota."""
        role = next((each for each in call.backend().get_roles() if each.name == call["RoleName"]), None)
        most = call.world.options.get("policies_per_role", POLICIES_PER_ROLE)
        if role is not None and call["PolicyArn"] not in role.managed_policies and len(role.managed_policies) >= most:
            raise Refusal("LimitExceeded", f"Cannot exceed quota for PoliciesPerRole: {most}")
        return call.forward()

    def create_role(self, call: Call) -> HttpAnswer:
        """Moto accepts any text as a trust policy."""
        _check_trust_policy(call["AssumeRolePolicyDocument"])
        return call.forward()

    def update_assume_role_policy(self, call: Call) -> HttpAnswer:
        """Moto accepts a role that trusts whoever has a token of a shared issuer."""
        _check_trust_policy(call["PolicyDocument"])
        return call.forward()

    def add_client_id_to_open_id_connect_provider(self, call: Call) -> None:
        """Not in moto; one that is there already is no error (IAM API reference)."""
        audiences = _provider(call).client_id_list
        if call["ClientID"] not in audiences:
            audiences.append(call["ClientID"])

    def remove_client_id_from_open_id_connect_provider(self, call: Call) -> None:
        """Not in moto; one that is not there is no error (IAM API reference)."""
        provider = _provider(call)
        provider.client_id_list = [each for each in provider.client_id_list if each != call["ClientID"]]

    def enable_organizations_root_credentials_management(self, call: Call) -> dict[str, Any]:
        """Not in moto (IAM User Guide, "Centralize root access for member accounts")."""
        return _switch(call, "RootCredentialsManagement", on=True)

    def disable_organizations_root_credentials_management(self, call: Call) -> dict[str, Any]:
        """Not in moto (IAM API reference)."""
        return _switch(call, "RootCredentialsManagement", on=False)

    def enable_organizations_root_sessions(self, call: Call) -> dict[str, Any]:
        """Not in moto (IAM User Guide, "Centralize root access for member accounts")."""
        return _switch(call, "RootSessions", on=True)

    def disable_organizations_root_sessions(self, call: Call) -> dict[str, Any]:
        """Not in moto (IAM API reference)."""
        return _switch(call, "RootSessions", on=False)

    def list_organizations_features(self, call: Call) -> dict[str, Any]:
        """Not in moto (IAM API reference)."""
        return _features(_organization(call))


def create_service_linked_role(backend: Any, principal: str, name: str, description: str = "") -> Any:
    """Make a service-linked role in a moto backend of IAM."""
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": principal}, "Action": "sts:AssumeRole"}],
    }
    return backend.create_role(
        name,
        json.dumps(trust),
        f"{SERVICE_LINKED_PATH}{principal}/",
        permissions_boundary=None,
        description=description,
        tags=[],
        max_session_duration="3600",
        linked_service=principal,
    )


def _check_length(document: str) -> None:
    if len("".join(document.split())) > POLICY_SIZE:
        raise Refusal("LimitExceeded", f"Cannot exceed quota for PolicySize: {POLICY_SIZE}")


def _check_trust_policy(document: str) -> None:
    try:
        found = statements(document)
    except ValueError:
        raise Refusal("MalformedPolicyDocument", "This policy contains invalid Json") from None
    for statement in found:
        if not {"Effect", "Action"} <= set(statement) or not {"Principal", "NotPrincipal"} & set(statement):
            raise Refusal("MalformedPolicyDocument", "AssumeRole policy must contain principals and actions.")
    for key in shared_issuers.unasked(found):
        raise Refusal("MalformedPolicyDocument", f"The trust policy must evaluate the condition key {key}.")


def _provider(call: Call) -> Any:
    arn = call["OpenIDConnectProviderArn"]
    provider = call.backend().open_id_providers.get(arn)
    if provider is None:
        raise Refusal("NoSuchEntity", f"OpenIDConnect Provider not found for arn {arn}", 404)
    return provider


def _organization(call: Call) -> accounts.Organization:
    organization = accounts.organization_of(call.world, call.account)
    if organization is None:
        raise Refusal("OrganizationNotFoundException", "The account is not in an organization.")
    if organization.feature_set != "ALL":
        raise Refusal("OrganizationNotInAllFeaturesModeException", "The organization has not all features.")
    if PRINCIPAL not in organization.services:
        raise Refusal("ServiceAccessNotEnabledException", "Trusted access for IAM is not enabled.")
    if accounts.may_administer(call, PRINCIPAL) is None:
        raise Refusal(
            "AccountNotManagementOrDelegatedAdministratorException",
            "The account is neither the management account nor the delegated administrator of IAM.",
        )
    return organization


def _switch(call: Call, feature: str, *, on: bool) -> dict[str, Any]:
    """Only the calls that switch on name CallerIsNotManagementAccountException (API reference)."""
    organization = _organization(call)
    if on and call.account != organization.management_account:
        raise Refusal("CallerIsNotManagementAccountException", "The caller is not the management account.")
    if on:
        organization.root_features[feature] = None
    else:
        organization.root_features.pop(feature, None)
    return _features(organization)


def _features(organization: accounts.Organization) -> dict[str, Any]:
    return {"OrganizationId": organization.id, "EnabledFeatures": sorted(organization.root_features)}
