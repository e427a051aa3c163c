"""Every enum and union of AWS that the code decides by is known whole, or it is said here why not.

What is decided by is found in the text: of the calls that a kind can make, every enum and union in request or answer
of which the text of that kind has a member. A member that botocore learns later fails the test at its place.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

import pytest

from landing.config import schema
from landing.services.base import Kind
from landing.services.registry import KINDS
from tests import calls
from tests.test_permissions import PHASES

SENT = "one value is sent, always; the others are never wanted"
REST = "decided by what is named; all others are one case"
SUFFIX = "told by the end of the word: _IN_PROGRESS, _COMPLETE, _FAILED"
UNUSED = "neither sent nor read: the word found is another's"
CONFIG = "given by the config, whose schema has them all"
OLDER = "EKS_RUNTIME_MONITORING is the older form of RUNTIME_MONITORING, and AWS refuses both together"

LISTS = {
    ("config", "ResourceType"),
    ("organizations", "PolicyType"),
    ("s3", "BucketLocationConstraint"),
    ("security-ir", "AwsRegion"),
    ("securityhub", "OcsfStringField"),
}
"""Names of things, of which some are asked for."""
LEFT_OUT: dict[tuple[str, str], tuple[str, str]] = {
    ("accessanalyzer", "ResourceType"): (
        "AWS::SQS::Queue AWS::Lambda::Function AWS::Lambda::LayerVersion AWS::KMS::Key "
        "AWS::SecretsManager::Secret AWS::EFS::FileSystem AWS::EC2::Snapshot AWS::ECR::Repository AWS::SNS::Topic "
        "AWS::IAM::User", "of access from outside alone: InternalAccessAnalysisRuleCriteria",
    ),
    ("accessanalyzer", "Type"): (
        "ACCOUNT ACCOUNT_UNUSED_ACCESS ACCOUNT_INTERNAL_ACCESS", "of an account, whose own affair they are",
    ),
    ("identitystore", "AlternateIdentifier"): ("ExternalId", "whoever is named is known by name"),
    ("identitystore", "UserStatus"): ("DISABLED", UNUSED),
    ("sso-admin", "InstanceAccessControlAttributeConfigurationStatus"): ("CREATION_IN_PROGRESS", REST),
    ("sso-admin", "InstanceStatus"): ("CREATE_IN_PROGRESS CREATE_FAILED DELETE_IN_PROGRESS", REST),
    ("sso-admin", "KmsKeyStatus"): ("UPDATING UPDATE_FAILED", UNUSED),
    ("sso-admin", "ProvisionTargetType"): ("AWS_ACCOUNT", SENT),
    ("sso-admin", "ProvisioningStatus"): ("LATEST_PERMISSION_SET_PROVISIONED", SENT),
    ("sso-admin", "RegionScope"): ("CURRENT_REGION", SENT),
    ("sso-admin", "RegionStatus"): ("ADDING REMOVING", UNUSED),
    ("sso-admin", "StatusValues"): ("SUCCEEDED", REST),
    ("account", "RegionOptStatus"): ("ENABLED_BY_DEFAULT", REST),
    ("service-quotas", "ServiceQuotaTemplateAssociationStatus"): ("DISASSOCIATED", REST),
    ("cloudformation", "AccountFilterType"): ("DIFFERENCE UNION", SENT),
    ("cloudformation", "AccountGateStatus"): ("SKIPPED", UNUSED),
    ("cloudformation", "Capability"): ("CAPABILITY_AUTO_EXPAND", "blueprints have no macros"),
    ("cloudformation", "ChangeSetStatus"): ("CREATE_PENDING DELETE_PENDING", REST),
    ("cloudformation", "ChangeAction"): ("Add Modify Remove Dynamic SyncWithActual", REST),
    ("cloudformation", "ConcurrencyMode"): ("STRICT_FAILURE_TOLERANCE", SENT),
    ("cloudformation", "ExecutionStatus"): ("UNAVAILABLE AVAILABLE EXECUTE_FAILED OBSOLETE", REST),
    ("cloudformation", "OnFailure"): ("DO_NOTHING DELETE", UNUSED),
    ("cloudformation", "OnStackFailure"): ("DO_NOTHING DELETE", UNUSED),
    ("cloudformation", "OperationType"): (
        "CREATE_STACK UPDATE_STACK DELETE_STACK CONTINUE_ROLLBACK CREATE_CHANGESET", UNUSED,
    ),
    ("cloudformation", "OrganizationStatus"): ("DISABLED_PERMANENTLY", REST),
    ("cloudformation", "PermissionModels"): ("SELF_MANAGED", SENT),
    ("cloudformation", "PolicyAction"): ("Delete Snapshot ReplaceAndDelete ReplaceAndRetain ReplaceAndSnapshot", UNUSED),
    ("cloudformation", "RegionConcurrencyType"): ("SEQUENTIAL", SENT),
    ("cloudformation", "ResourceAttribute"): (
        "Metadata CreationPolicy UpdatePolicy UpdateReplacePolicy", UNUSED,
    ),
    ("cloudformation", "ResourceStatus"): (
        "DELETE_SKIPPED IMPORT_FAILED IMPORT_ROLLBACK_IN_PROGRESS "
        "IMPORT_ROLLBACK_FAILED EXPORT_FAILED EXPORT_COMPLETE EXPORT_IN_PROGRESS "
        "EXPORT_ROLLBACK_IN_PROGRESS EXPORT_ROLLBACK_FAILED EXPORT_ROLLBACK_COMPLETE UPDATE_ROLLBACK_IN_PROGRESS "
        "ROLLBACK_IN_PROGRESS", SUFFIX,
    ),
    ("cloudformation", "StackDriftDetectionStatus"): ("DETECTION_FAILED DETECTION_COMPLETE", REST),
    ("cloudformation", "StackDriftStatus"): ("IN_SYNC", REST),
    ("cloudformation", "StackInstanceFilterName"): ("LAST_OPERATION_ID", SENT),
    ("cloudformation", "Replacement"): ("Conditional", UNUSED),
    ("cloudformation", "StackInstanceStatus"): ("CURRENT", REST),
    ("cloudformation", "StackResourceDriftStatus"): ("IN_SYNC UNSUPPORTED", REST),
    ("cloudformation", "StackSetDriftDetectionStatus"): ("COMPLETED PARTIAL_SUCCESS IN_PROGRESS STOPPED", UNUSED),
    ("cloudformation", "StackSetDriftStatus"): ("IN_SYNC NOT_CHECKED", REST),
    ("cloudformation", "StackSetOperationAction"): ("CREATE DELETE", REST),
    ("cloudformation", "StackSetOperationStatus"): ("STOPPED", REST),
    ("cloudformation", "StackStatus"): (
        "ROLLBACK_IN_PROGRESS UPDATE_ROLLBACK_IN_PROGRESS "
        "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS "
        "IMPORT_ROLLBACK_IN_PROGRESS IMPORT_ROLLBACK_FAILED", SUFFIX,
    ),
    ("cloudformation", "StageStatus"): ("NOT_APPLICABLE NOT_STARTED IN_PROGRESS PARTIAL_SUCCESS", UNUSED),
    ("cloudformation", "TemplateStage"): ("Processed", SENT),
    ("cloudtrail", "ReadWriteType"): ("ReadOnly WriteOnly", REST),
    ("config", "RecordingFrequency"): ("DAILY", REST),
    ("config", "MaximumExecutionFrequency"): ("One_Hour Three_Hours Six_Hours Twelve_Hours", UNUSED),
    **dict.fromkeys(
        [
            ("config", "MemberAccountRuleStatus"), ("config", "OrganizationRuleStatus"),
            ("config", "OrganizationResourceDetailedStatus"), ("config", "OrganizationResourceStatus"),
        ],
        (
            "CREATE_IN_PROGRESS CREATE_SUCCESSFUL DELETE_IN_PROGRESS DELETE_SUCCESSFUL UPDATE_FAILED UPDATE_IN_PROGRESS "
            "UPDATE_SUCCESSFUL", SUFFIX,
        ),
    ),
    ("config", "OrganizationConfigRuleTriggerType"): ("ScheduledNotification", UNUSED),
    ("controltower", "DriftStatus"): ("IN_SYNC NOT_CHECKING UNKNOWN", REST),
    ("controltower", "EnabledBaselineDriftStatus"): ("IN_SYNC", REST),
    ("controltower", "LandingZoneDriftStatus"): ("IN_SYNC", REST),
    ("controltower", "LandingZoneStatus"): ("PROCESSING", REST),
    ("detective", "DatasourcePackageIngestState"): ("STOPPED DISABLED", REST),
    ("detective", "MemberStatus"): ("INVITED VERIFICATION_FAILED VERIFICATION_IN_PROGRESS", REST),
    ("securitylake", "LogSourceResource"): ("customLogSource", "of others' own making, whose affair they are"),
    ("securitylake", "SourceCollectionStatus"): ("MISCONFIGURED NOT_COLLECTING", REST),
    ("securitylake", "SubscriberStatus"): ("READY DEACTIVATED", UNUSED),
    ("security-ir", "CustomerType"): ("Standalone", UNUSED),
    ("security-ir", "MembershipStatus"): ("Terminated", REST),
    ("fms", "AccountRoleStatus"): ("DELETING PENDING_DELETION", REST),
    ("fms", "CustomerPolicyStatus"): ("OUT_OF_ADMIN_SCOPE", UNUSED),
    ("fms", "OrganizationStatus"): ("ONBOARDING", REST),
    ("guardduty", "AdminStatus"): ("DISABLE_IN_PROGRESS", REST),
    ("guardduty", "DetectorFeature"): (
        "EKS_RUNTIME_MONITORING AI_ANALYST", f"{OLDER}; AI_ANALYST is no feature of organizations",
    ),
    ("guardduty", "DetectorFeatureResult"): (
        "FLOW_LOGS CLOUD_TRAIL DNS_LOGS EKS_RUNTIME_MONITORING AI_ANALYST", f"{OLDER}; the others cannot be set",
    ),
    ("guardduty", "FeatureAdditionalConfiguration"): ("RDS_DATA_RISK", "not documented: left as AWS has it"),
    **{
        ("guardduty", each): ("ERROR", "a list that was not read is not as declared, and is given again")
        for each in ("IpSetStatus", "ThreatEntitySetStatus", "ThreatIntelSetStatus", "TrustedEntitySetStatus")
    },
    ("guardduty", "OrgFeature"): ("EKS_RUNTIME_MONITORING", OLDER),
    ("guardduty", "OrgFeatureAdditionalConfiguration"): ("RDS_DATA_RISK", "not documented: left as AWS has it"),
    ("inspector2", "DelegatedAdminStatus"): ("DISABLE_IN_PROGRESS", REST),
    ("inspector2", "ErrorCode"): (
        "ACCESS_DENIED ACCOUNT_IS_ISOLATED BLOCKED_BY_ORGANIZATION_POLICY DISASSOCIATE_ALL_MEMBERS "
        "EC2_SSM_ASSOCIATION_VERSION_LIMIT_EXCEEDED EC2_SSM_RESOURCE_DATA_SYNC_LIMIT_EXCEEDED RESOURCE_NOT_FOUND "
        "RESOURCE_SCAN_NOT_DISABLED", "told as AWS says it: no other time would help",
    ),
    ("inspector2", "FilterAction"): ("NONE", SENT),
    ("inspector2", "PurlQualifierKey"): (
        "arch collector dev_dependency distro epoch go_toolchain hardened private rust_toolchain scope "
        "skip_chromium_download stream transitive_dependency unresolved vendor", UNUSED,
    ),
    ("inspector2", "RelationshipStatus"): (
        "ACCOUNT_SUSPENDED CANNOT_CREATE_DETECTOR_IN_ORG_MASTER DELETED EMAIL_VERIFICATION_FAILED REGION_DISABLED "
        "REMOVED RESIGNED", REST,
    ),
    ("inspector2", "Status"): ("SUSPENDING", REST),
    ("kms", "KeyState"): ("PendingImport PendingDeletion Creating Updating Unavailable Disabled PendingReplicaDeletion", REST),
    ("kms", "KeyManagerType"): ("CUSTOMER", UNUSED),
    ("kms", "OriginType"): ("AWS_KMS AWS_CLOUDHSM EXTERNAL_KEY_STORE", UNUSED),
    ("macie2", "RelationshipStatus"): (
        "Created EmailVerificationFailed EmailVerificationInProgress Invited Removed Resigned", REST,
    ),
    ("macie2", "AdminStatus"): ("DISABLING_IN_PROGRESS", REST),
    ("macie2", "AllowListStatusCode"): (
        "S3_OBJECT_NOT_FOUND S3_OBJECT_OVERSIZE S3_OBJECT_EMPTY S3_OBJECT_ACCESS_DENIED", REST,
    ),
    ("macie2", "ClassificationScopeUpdateOperation"): ("REMOVE ADD", SENT),
    ("macie2", "JobComparator"): ("LT GT LTE NE CONTAINS GTE", "of others' conditions, which stand as AWS has them"),
    ("macie2", "JobStatus"): ("IDLE", REST),
    ("macie2", "LastRunErrorStatusCode"): ("ERROR", UNUSED),
    ("macie2", "ScopeFilterKey"): (
        "OBJECT_SIZE OBJECT_LAST_MODIFIED_DATE", "of others' conditions, which stand as AWS has them",
    ),
    ("organizations", "AccountState"): ("PENDING_ACTIVATION", REST),
    ("organizations", "CreateAccountFailureReason"): (
        "GOVCLOUD_ACCOUNT_ALREADY_EXISTS", "only of CreateGovCloudAccount, which is not called",
    ),
    ("organizations", "CreateAccountState"): ("FAILED", REST),
    ("organizations", "ActionType"): (
        "APPROVE_ALL_FEATURES TRANSFER_RESPONSIBILITY ADD_ORGANIZATIONS_SERVICE_LINKED_ROLE ENABLE_ALL_FEATURES", SENT,
    ),
    ("organizations", "HandshakePartyType"): ("ORGANIZATION", UNUSED),
    ("organizations", "HandshakeResourceType"): (
        "MASTER_NAME MASTER_EMAIL RESPONSIBILITY_TRANSFER MANAGEMENT_ACCOUNT ORGANIZATION MANAGEMENT_NAME "
        "MANAGEMENT_EMAIL PARENT_HANDSHAKE TRANSFER_TYPE NOTES ORGANIZATION_FEATURE_SET TRANSFER_START_TIMESTAMP", UNUSED,
    ),
    ("organizations", "HandshakeState"): ("DECLINED EXPIRED CANCELED", REST),
    ("organizations", "PolicyTypeStatus"): ("PENDING_DISABLE", REST),
    ("s3", "BucketVersioningStatus"): ("Suspended", REST),
    ("s3", "MFADeleteStatus"): ("Disabled", UNUSED),
    ("securityhub", "AdminStatus"): ("DISABLE_IN_PROGRESS", REST),
    ("securityhub", "AssociationType"): ("INHERITED", SENT),
    ("securityhub", "AutoEnableStandards"): ("DEFAULT", SENT),
    ("securityhub", "ConfigurationPolicyAssociationStatus"): ("PENDING", REST),
    ("securityhub", "ControlFindingGenerator"): ("STANDARD_CONTROL", SENT),
    ("securityhub", "OrganizationConfigurationStatus"): ("PENDING", REST),
    ("securityhub", "ParameterValueType"): ("DEFAULT", REST),
    ("securityhub", "ConnectorStatus"): ("CONNECTED DEGRADED FAILED_TO_CONNECT", REST),
    ("securityhub", "EnablementStatus"): (
        "PENDING_ENABLEMENT FAILED_TO_ENABLE PENDING_UPDATE FAILED_TO_UPDATE PENDING_DELETION FAILED_TO_DELETE", UNUSED,
    ),
    **{
        ("securityhub", each): ("Azure GCP", "other clouds, which make no tickets")
        for each in ("ProviderConfiguration", "ProviderDetail", "ProviderUpdateConfiguration")
    },
}  # fmt: skip
"""(service, shape) to the members that the code does not name, and why it need not."""


def members_in(shape: Any, above: frozenset[str] = frozenset()) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(name, members) of every enum and union in a shape."""
    if shape is None or shape.name in above:
        return
    above |= {shape.name}
    if shape.type_name == "string" and shape.enum:
        yield shape.name, tuple(shape.enum)
    elif shape.type_name == "structure":
        if shape.is_tagged_union:
            yield shape.name, tuple(shape.members)
        for member in shape.members.values():
            yield from members_in(member, above)
    elif shape.type_name in ("list", "map"):
        for member in [shape.member] if shape.type_name == "list" else [shape.key, shape.value]:
            yield from members_in(member, above)


def literals(module: str) -> set[str]:
    tree = ast.parse(calls.inspect.getsource(calls.sys.modules[module]))
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def decided_by(kind: Kind) -> Iterator[tuple[str, str, set[str], set[str]]]:
    """(service, shape, members, those that the text of the kind has)."""
    closure = calls.of_kind(type(kind), *PHASES)
    modules = {function.__module__ for function in closure.functions}
    modules |= {f"{each.rpartition('.')[0]}.settings" for each in modules} & set(calls.sys.modules)
    texts = set().union(*map(literals, modules))
    for service, operation in sorted(closure.calls):
        model = calls.models()[service].operation_model(operation)
        for shape in (model.input_shape, model.output_shape):
            for name, members in members_in(shape):
                if texts & set(members):
                    yield service, name, set(members), texts & set(members)


@pytest.fixture(scope="module")
def decided() -> dict[tuple[str, str], tuple[set[str], set[str]]]:
    found: dict[tuple[str, str], tuple[set[str], set[str]]] = {}
    for kind in KINDS:
        for service, name, members, named in decided_by(kind):
            found.setdefault((service, name), (members, set()))[1].update(named)
    return found


def test_every_enum_and_union_is_known_whole_or_it_is_said_why_not(
    decided: dict[tuple[str, str], tuple[set[str], set[str]]],
) -> None:
    missing = {
        key: members - named for key, (members, named) in decided.items() if members - named and key not in LISTS
    }
    said = {key: set(members.split()) for key, (members, _) in LEFT_OUT.items()}
    assert missing == said


def test_what_the_config_gives_is_in_its_schema() -> None:
    text = repr(schema())
    for members, reason in LEFT_OUT.values():
        assert reason != CONFIG or all(repr(member) in text for member in members.split())


def refusals() -> Iterator[tuple[str, str]]:
    """(where, code) of every error code that a call is forgiven."""
    for module, tree in calls.texts().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "unless":
                for argument in node.args:
                    if isinstance(argument, ast.Constant):
                        yield f"{module}:{node.lineno}", str(argument.value)


GENERIC = {
    "ValidationError",
    "NoSuchBucketPolicy",
    "NoSuchPublicAccessBlockConfiguration",
    "NoSuchTagSet",
    "ServerSideEncryptionConfigurationNotFoundError",
    "SubscriptionRequiredException",
}
"""CloudFormation's answer to almost all that is wrong, a stack that is not there among it, S3's to what a bucket has not
(S3 API reference, "Error responses"), and AWS Health's without a plan of AWS Support: no shapes of their models."""


def test_every_error_that_is_forgiven_exists() -> None:
    known = {
        shape.metadata.get("error", {}).get("code", shape.name)
        for model in calls.models().values()
        for operation in model.operation_names
        for shape in model.operation_model(operation).error_shapes
    }
    names = {shape.name for model in calls.models().values() for shape in model.error_shapes}
    found = list(refusals())
    assert found
    assert [each for each in found if each[1] not in known | names | GENERIC] == []
