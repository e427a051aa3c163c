"""Why a call failed, by the service that answered and the code of its error: data, and where it is written.

A code that all services have for one thing is in COMMON; what a service's API reference gives as the errors of the
operations that we call is in BY_SERVICE; WORDS has what only the message tells, where AWS has no code of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from landing.core.errors import Cause

_Codes = Mapping[Cause, frozenset[str]]


def _codes(text: str) -> frozenset[str]:
    return frozenset(text.split())


COMMON: _Codes = {
    # What botocore's standard retry mode takes for throttling, but for LimitExceededException (BY_SERVICE).
    Cause.THROTTLED: _codes(
        "Throttling ThrottlingException ThrottledException TooManyRequestsException RequestLimitExceeded "
        "RequestThrottled RequestThrottledException SlowDown BandwidthLimitExceeded EC2ThrottledException"
    ),
    # Common error types of each API reference. A region that an account has not enabled answers with what a wrong key
    # id gets (AWS Account Management Reference Guide, "Enable or disable AWS Regions").
    Cause.REFUSED: _codes(
        "AccessDenied AccessDeniedException AccessDeniedFault UnauthorizedOperation AuthFailure "
        "UnrecognizedClientException InvalidClientTokenId RegionDisabledException"
    ),
    Cause.CREDENTIALS: _codes("ExpiredToken ExpiredTokenException RequestExpired InvalidIdentityToken"),
    # What services answer in an account that was created minutes ago.
    Cause.NOT_READY: _codes("OptInRequired SubscriptionRequiredException"),
    Cause.INVALID: _codes(
        "ValidationError ValidationException InvalidParameterValue InvalidParameterCombination MalformedQueryString "
        "MissingParameter MissingAction InvalidAction InvalidRequest"
    ),
    Cause.INTERNAL: _codes("InternalError InternalFailure InternalServerError ServiceUnavailable"),
}
"""The same of every service."""

BY_SERVICE: Mapping[str, _Codes] = {
    # https://docs.aws.amazon.com/accounts/latest/reference/api-reference.html
    "account": {
        Cause.NOT_THERE: _codes("ResourceNotFoundException"),
        Cause.CONFLICT: _codes("ConflictException"),
        Cause.INTERNAL: _codes("InternalServerException"),
    },
    # https://docs.aws.amazon.com/controlcatalog/latest/APIReference/
    "controlcatalog": {
        Cause.NOT_THERE: _codes("ResourceNotFoundException"),
        Cause.INTERNAL: _codes("InternalServerException"),
    },
    # https://docs.aws.amazon.com/controltower/latest/APIReference/
    "controltower": {
        Cause.NOT_THERE: _codes("ResourceNotFoundException"),
        Cause.CONFLICT: _codes("ConflictException"),
        Cause.QUOTA: _codes("ServiceQuotaExceededException"),
        Cause.INTERNAL: _codes("InternalServerException"),
    },
    # https://docs.aws.amazon.com/access-analyzer/latest/APIReference/
    "accessanalyzer": {
        Cause.NOT_THERE: _codes("ResourceNotFoundException"),
        Cause.CONFLICT: _codes("ConflictException"),
        Cause.QUOTA: _codes("ServiceQuotaExceededException"),
        Cause.INVALID: _codes("UnprocessableEntityException InvalidParameterException"),
        Cause.INTERNAL: _codes("InternalServerException"),
    },
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/
    "cloudformation": {
        Cause.ALREADY_THERE: _codes(
            "AlreadyExistsException CreatedButModifiedException NameAlreadyExistsException "
            "OperationIdAlreadyExistsException TokenAlreadyExistsException"
        ),
        Cause.NOT_THERE: _codes(
            "ChangeSetNotFound OperationNotFoundException StackInstanceNotFoundException StackNotFoundException "
            "StackSetNotFoundException"
        ),
        Cause.CONFLICT: _codes("StackSetNotEmptyException"),
        Cause.BEING_CHANGED: _codes("InvalidChangeSetStatus OperationInProgressException StaleRequestException"),
        Cause.QUOTA: _codes("LimitExceededException"),
        Cause.INVALID: _codes("InsufficientCapabilitiesException InvalidOperationException"),
    },
    # https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/
    "cloudtrail": {
        Cause.ALREADY_THERE: _codes("TrailAlreadyExistsException"),
        Cause.NOT_THERE: _codes(
            "InsightNotEnabledException KmsKeyNotFoundException OrganizationsNotInUseException "
            "S3BucketDoesNotExistException TrailNotFoundException"
        ),
        Cause.CONFLICT: _codes("ConflictException"),
        Cause.QUOTA: _codes("MaximumNumberOfTrailsExceededException TagsLimitExceededException"),
        Cause.REFUSED: _codes("CloudTrailInvalidClientTokenIdException"),
        Cause.INVALID: _codes(
            "CloudTrailARNInvalidException CloudTrailAccessNotEnabledException "
            "CloudWatchLogsDeliveryUnavailableException InsufficientDependencyServiceAccessPermissionException "
            "InsufficientEncryptionPolicyException InsufficientS3BucketPolicyException "
            "InsufficientSnsTopicPolicyException InvalidCloudWatchLogsLogGroupArnException "
            "InvalidCloudWatchLogsRoleArnException InvalidEventCategoryException InvalidEventSelectorsException "
            "InvalidHomeRegionException InvalidInsightSelectorsException InvalidKmsKeyIdException "
            "InvalidLookupAttributesException InvalidMaxResultsException InvalidNextTokenException "
            "InvalidParameterCombinationException InvalidParameterException InvalidS3BucketNameException "
            "InvalidS3PrefixException InvalidSnsTopicNameException InvalidTagParameterException "
            "InvalidTimeRangeException InvalidTrailNameException KmsException KmsKeyDisabledException "
            "NoManagementAccountSLRExistsException NotOrganizationMasterAccountException "
            "OperationNotPermittedException OrganizationNotInAllFeaturesModeException TrailNotProvidedException "
            "UnsupportedOperationException"
        ),
    },
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/
    "cloudwatch": {
        Cause.NOT_THERE: _codes("ResourceNotFound"),
        Cause.INVALID: _codes("InvalidFormat InvalidNextToken"),
    },
    # https://docs.aws.amazon.com/config/latest/APIReference/
    "config": {
        Cause.NOT_THERE: _codes(
            "NoSuchConfigurationAggregatorException NoSuchConfigurationRecorderException "
            "NoSuchDeliveryChannelException NoSuchOrganizationConfigRuleException "
            "NoSuchOrganizationConformancePackException"
        ),
        # "a CREATE, UPDATE or DELETE of the rule is in progress" (PutOrganizationConfigRule)
        Cause.BEING_CHANGED: _codes("ResourceInUseException"),
        Cause.QUOTA_OR_RATE: _codes("LimitExceededException"),
        Cause.QUOTA: _codes(
            "MaxNumberOfOrganizationConfigRulesExceededException "
            "MaxNumberOfOrganizationConformancePacksExceededException"
        ),
        Cause.INVALID: _codes(
            "InsufficientPermissionsException InvalidExpressionException InvalidLimitException "
            "InvalidNextTokenException InvalidParameterValueException LastDeliveryChannelDeleteFailedException "
            "NoAvailableDeliveryChannelException "
            "NoAvailableOrganizationException OrganizationAccessDeniedException "
            "OrganizationAllFeaturesNotEnabledException OrganizationConformancePackTemplateValidationException "
            "UnmodifiableEntityException"
        ),
    },
    # https://docs.aws.amazon.com/guardduty/latest/APIReference/ (one code for nearly everything: WORDS)
    "guardduty": {
        Cause.INVALID: _codes("BadRequestException"),
        Cause.INTERNAL: _codes("InternalServerErrorException"),
    },
    # https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html
    "iam": {
        Cause.NOT_THERE: _codes("NoSuchEntity OrganizationNotFoundException"),
        Cause.CONFLICT: _codes("EntityTemporarilyUnmodifiable"),
        Cause.BEING_CHANGED: _codes("ConcurrentModification"),
        Cause.QUOTA: _codes("LimitExceeded ReportGenerationLimitExceeded"),
        Cause.NOT_YET_KNOWN: _codes("ServiceAccessNotEnabledException"),
        Cause.REFUSED: _codes(
            "AccountNotManagementOrDelegatedAdministratorException CallerIsNotManagementAccountException"
        ),
        Cause.INVALID: _codes("InvalidInput PolicyEvaluation OrganizationNotInAllFeaturesModeException"),
        # IAM does not reach an issuer of tokens just now (CreateOpenIDConnectProvider).
        Cause.CONNECTION: _codes("OpenIdIdpCommunicationError"),
        Cause.INTERNAL: _codes("ServiceFailure"),
    },
    # https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/
    "service-quotas": {
        Cause.NOT_THERE: _codes("NoSuchResourceException ServiceQuotaTemplateNotInUseException"),
        Cause.INVALID: _codes(
            "AWSServiceAccessNotEnabledException DependencyAccessDeniedException IllegalArgumentException "
            "NoAvailableOrganizationException OrganizationNotInAllFeaturesModeException "
            "TemplatesNotAvailableInRegionException"
        ),
        Cause.QUOTA: _codes("QuotaExceededException"),
        Cause.INTERNAL: _codes("ServiceException"),
    },
    # https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/
    "logs": {
        Cause.NOT_THERE: _codes("ResourceNotFoundException"),
        Cause.INVALID: _codes("InvalidParameterException"),
        Cause.INTERNAL: _codes("ServiceUnavailableException"),
    },
    # https://docs.aws.amazon.com/inspector/v2/APIReference/
    "inspector2": {
        Cause.NOT_THERE: _codes("ResourceNotFoundException"),
        Cause.CONFLICT: _codes("ConflictException"),
        Cause.QUOTA: _codes("ServiceQuotaExceededException"),
        Cause.INVALID: _codes("BadRequestException"),
        Cause.INTERNAL: _codes("InternalServerException"),
    },
    # https://docs.aws.amazon.com/detective/latest/APIReference/
    "detective": {
        Cause.NOT_THERE: _codes("ResourceNotFoundException"),
        Cause.CONFLICT: _codes("ConflictException"),
        Cause.QUOTA: _codes("ServiceQuotaExceededException"),
        Cause.INTERNAL: _codes("InternalServerException"),
    },
    # https://docs.aws.amazon.com/security-ir/latest/APIReference/
    "security-ir": {
        Cause.NOT_THERE: _codes("ResourceNotFoundException"),
        Cause.CONFLICT: _codes("ConflictException"),
        Cause.QUOTA: _codes("ServiceQuotaExceededException"),
        Cause.REFUSED: _codes("SecurityIncidentResponseNotActiveException"),
        Cause.BEING_CHANGED: _codes("InvalidTokenException"),  # HTTP 423, "locked"
        Cause.INTERNAL: _codes("InternalServerException"),
    },
    # https://docs.aws.amazon.com/waf/latest/DDOSAPIReference/
    "shield": {
        Cause.ALREADY_THERE: _codes("ResourceAlreadyExistsException"),
        Cause.NOT_THERE: _codes("ResourceNotFoundException NoAssociatedRoleException"),
        Cause.BEING_CHANGED: _codes("OptimisticLockException"),
        Cause.QUOTA: _codes("LimitsExceededException"),
        Cause.REFUSED: _codes("AccessDeniedForDependencyException"),
        Cause.INVALID: _codes("InvalidParameterException InvalidOperationException LockedSubscriptionException"),
        Cause.INTERNAL: _codes("InternalErrorException"),
    },
    # https://docs.aws.amazon.com/chatbot/latest/APIReference/
    "chatbot": {
        Cause.NOT_THERE: _codes("ResourceNotFoundException"),
        Cause.CONFLICT: _codes("ConflictException"),
        Cause.QUOTA: _codes("LimitExceededException TooManyTagsException"),
        Cause.REFUSED: _codes("UnauthorizedException"),
        Cause.INVALID: _codes("InvalidParameterException InvalidRequestException"),
        Cause.INTERNAL: _codes(
            "CreateChimeWebhookConfigurationException CreateSlackChannelConfigurationException "
            "CreateTeamsChannelConfigurationException DeleteChimeWebhookConfigurationException "
            "DeleteMicrosoftTeamsUserIdentityException DeleteSlackChannelConfigurationException "
            "DeleteSlackUserIdentityException DeleteSlackWorkspaceAuthorizationFault "
            "DeleteTeamsChannelConfigurationException DeleteTeamsConfiguredTeamException "
            "DescribeChimeWebhookConfigurationsException DescribeSlackChannelConfigurationsException "
            "DescribeSlackUserIdentitiesException DescribeSlackWorkspacesException GetAccountPreferencesException "
            "GetTeamsChannelConfigurationException InternalServiceError ListMicrosoftTeamsConfiguredTeamsException "
            "ListMicrosoftTeamsUserIdentitiesException ListTeamsChannelConfigurationsException "
            "ServiceUnavailableException UpdateAccountPreferencesException UpdateChimeWebhookConfigurationException "
            "UpdateSlackChannelConfigurationException UpdateTeamsChannelConfigurationException"
        ),
    },
    # https://docs.aws.amazon.com/fms/2018-01-01/APIReference/
    "fms": {
        Cause.NOT_THERE: _codes("ResourceNotFoundException"),
        Cause.QUOTA: _codes("LimitExceededException"),
        Cause.INVALID: _codes("InvalidInputException InvalidOperationException InvalidTypeException"),
        Cause.INTERNAL: _codes("InternalErrorException"),
    },
    # https://docs.aws.amazon.com/security-lake/latest/APIReference/
    "securitylake": {
        Cause.NOT_THERE: _codes("ResourceNotFoundException"),
        Cause.CONFLICT: _codes("ConflictException"),
        Cause.INVALID: _codes("BadRequestException"),
        Cause.INTERNAL: _codes("InternalServerException"),
    },
    # https://docs.aws.amazon.com/kms/latest/APIReference/
    "kms": {
        Cause.NOT_THERE: _codes("NotFoundException"),
        Cause.QUOTA: _codes("LimitExceededException"),
        Cause.INVALID: _codes(
            "DisabledException DryRunOperationException IncorrectKeyException InvalidArnException "
            "InvalidCiphertextException InvalidGrantTokenException InvalidKeyUsageException "
            "KMSInvalidStateException KeyUnavailableException"
        ),
        Cause.INTERNAL: _codes("DependencyTimeoutException KMSInternalException"),
    },
    # https://docs.aws.amazon.com/macie/latest/APIReference/
    "macie2": {
        Cause.NOT_THERE: _codes("ResourceNotFoundException"),
        Cause.CONFLICT: _codes("ConflictException"),
        Cause.QUOTA: _codes("ServiceQuotaExceededException"),
        Cause.INTERNAL: _codes("InternalServerException"),
    },
    # https://docs.aws.amazon.com/organizations/latest/APIReference/
    "organizations": {
        Cause.ALREADY_THERE: _codes(
            "AccountAlreadyClosedException AccountAlreadyRegisteredException AlreadyInOrganizationException "
            "DuplicateAccountException DuplicateHandshakeException DuplicateOrganizationalUnitException "
            "DuplicatePolicyAttachmentException DuplicatePolicyException PolicyTypeAlreadyEnabledException"
        ),
        Cause.NOT_THERE: _codes(
            "AWSOrganizationsNotInUseException AccountNotFoundException AccountNotRegisteredException "
            "ChildNotFoundException CreateAccountStatusNotFoundException DestinationParentNotFoundException "
            "EffectivePolicyNotFoundException "
            "OrganizationalUnitNotFoundException ParentNotFoundException PolicyNotAttachedException "
            "PolicyNotFoundException RootNotFoundException SourceParentNotFoundException TargetNotFoundException"
        ),
        Cause.CONFLICT: _codes("ConflictException OrganizationalUnitNotEmptyException PolicyInUseException"),
        Cause.BEING_CHANGED: _codes(
            "ConcurrentModificationException FinalizingOrganizationException PolicyChangesInProgressException"
        ),
        Cause.INVALID: _codes(
            "AccessDeniedForDependencyException AccountOwnerNotVerifiedException ConstraintViolationException "
            "HandshakeConstraintViolationException "
            "InvalidInputException MalformedPolicyDocumentException PolicyTypeNotAvailableForOrganizationException "
            "PolicyTypeNotEnabledException UnsupportedAPIEndpointException"
        ),
        Cause.INTERNAL: _codes("ServiceException"),
    },
    # https://docs.aws.amazon.com/health/latest/APIReference/
    "health": {Cause.BEING_CHANGED: _codes("ConcurrentModificationException")},
    # https://docs.aws.amazon.com/ram/latest/APIReference/
    "ram": {
        Cause.REFUSED: _codes("OperationNotPermittedException"),
        Cause.INTERNAL: _codes("ServerInternalException ServiceUnavailableException"),
    },
    # https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/
    "resourcegroupstaggingapi": {
        Cause.INVALID: _codes("InvalidParameterException PaginationTokenExpiredException"),
        Cause.INTERNAL: _codes("InternalServiceException"),
    },
    # https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/
    "identitystore": {
        Cause.NOT_THERE: _codes("ResourceNotFoundException"),
        Cause.INTERNAL: _codes("InternalServerException"),
    },
    # https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
    "s3": {
        Cause.NOT_THERE: _codes("NoSuchBucket NoSuchKey"),
        Cause.BEING_CHANGED: _codes("ConditionalRequestConflict"),
        Cause.CONFLICT: _codes("PreconditionFailed"),
        Cause.INVALID: _codes("EncryptionTypeMismatch InvalidObjectState InvalidWriteOffset TooManyParts"),
    },
    # https://docs.aws.amazon.com/securityhub/1.0/APIReference/
    "securityhub": {
        Cause.NOT_THERE: _codes("ResourceNotFoundException"),
        Cause.ALREADY_THERE: _codes("ResourceConflictException"),
        Cause.CONFLICT: _codes("ConflictException"),
        Cause.QUOTA: _codes("ServiceQuotaExceededException"),
        Cause.REFUSED: _codes("InvalidAccessException"),
        # "beyond the current account or throttling limits"
        Cause.QUOTA_OR_RATE: _codes("LimitExceededException"),
        Cause.INVALID: _codes("InvalidInputException"),
        Cause.INTERNAL: _codes("InternalException InternalServerException"),
    },
    # https://docs.aws.amazon.com/singlesignon/latest/APIReference/
    "sso-admin": {
        Cause.NOT_THERE: _codes("ResourceNotFoundException"),
        Cause.CONFLICT: _codes("ConflictException"),
        Cause.QUOTA: _codes("ServiceQuotaExceededException"),
        Cause.INTERNAL: _codes("InternalServerException"),
    },
    # https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html
    "sns": {
        Cause.NOT_THERE: _codes("NotFound"),
        Cause.REFUSED: _codes("AuthorizationError"),
        Cause.INVALID: _codes("InvalidParameter"),
    },
}
"""The errors of a service's own, as botocore's models have them; `tests/test_causes.py` asks for each one."""

WORDS: tuple[tuple[str, re.Pattern[str], Cause], ...] = (
    # Services that do not see yet that an administrator was registered with Organizations; each has a code of its own
    # for it that means other things too: AccessDeniedException, BadRequestException, ValidationError, …
    ("", re.compile(r"(must be|is not) (an?|the) [\w ]*delegated admin", re.IGNORECASE), Cause.NOT_YET_KNOWN),
    # Nor that trusted access is there: a ValidationException of Access Analyzer (CreateAnalyzer).
    ("accessanalyzer", re.compile(r"not enabled for AWS Organizations", re.IGNORECASE), Cause.NOT_YET_KNOWN),
    # Nor that the administrator was enabled itself: a ValidationException of Inspector.
    ("inspector2", re.compile(r"invoking account is not enabled", re.IGNORECASE), Cause.NOT_YET_KNOWN),
    # Nor that the account is its administrator: an AccessDeniedException of Firewall Manager.
    ("fms", re.compile(r"not currently delegated by AWS FM", re.IGNORECASE), Cause.NOT_YET_KNOWN),
    # What AWS Organizations answers a service that appoints an administrator, in the service's own ValidationException.
    ("", re.compile(r"ConcurrentModificationException"), Cause.BEING_CHANGED),
    # A ValidationError of CloudFormation: that of another is still at it (DetectStackDrift).
    ("cloudformation", re.compile(r"drift detection is already in progress", re.IGNORECASE), Cause.BEING_CHANGED),
    # Why a resource of a stack failed that is made or deleted the next time: a remediation of AWS Config runs
    # (DeleteRemediationConfiguration); IAM does not reach an issuer of tokens, or is at it still (its common errors).
    (
        "cloudformation",
        re.compile(
            r"RemediationInProgress|remediation action is in progress|OpenIdIdpCommunicationError"
            r"|cannot connect to the OpenID Connect identity provider|EntityTemporarilyUnmodifiable|ServiceFailure",
            re.IGNORECASE,
        ),
        Cause.BEING_CHANGED,
    ),
    # GuardDuty has BadRequestException for all that it does not take (API reference, CreateDetector).
    ("guardduty", re.compile(r"detector already exists", re.IGNORECASE), Cause.ALREADY_THERE),
)
"""(service, or empty for all; what the message says; cause): where no code tells."""

IAM_SAYS = "not authorized to perform"
"""What IAM's AccessDeniedException always says (IAM User Guide, "Access denied error messages"), unlike a service's own
that says in what state it is."""


def cause_of(service: str, code: str, message: str = "") -> Cause:
    """Why a call failed; of an unknown service what all agree on, UNKNOWN when they do not."""
    for whose, words, cause in WORDS:
        if (whose == service or not (whose and service)) and words.search(message):
            return cause
    tables = [BY_SERVICE.get(service, {})] if service else list(BY_SERVICE.values())
    found = {cause for table in (COMMON, *tables) for cause, codes in table.items() if code in codes}
    return found.pop() if len(found) == 1 else Cause.UNKNOWN
