"""Log archive: a customer key, and buckets for CloudTrail, Config, GuardDuty findings and access logs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from troposphere import AccountId, GetAtt, Join, Output, Parameter, Ref, Sub, Template
from troposphere.kms import Alias, Key
from troposphere.s3 import (
    AbortIncompleteMultipartUpload,
    Bucket,
    BucketEncryption,
    BucketPolicy,
    DefaultRetention,
    LifecycleConfiguration,
    LifecycleRule,
    LifecycleRuleTransition,
    LoggingConfiguration,
    NoncurrentVersionExpiration,
    ObjectLockConfiguration,
    ObjectLockRule,
    OwnershipControls,
    OwnershipControlsRule,
    PublicAccessBlockConfiguration,
    ServerSideEncryptionByDefault,
    ServerSideEncryptionRule,
    VersioningConfiguration,
)

from landing.blueprint.resource_names import (
    FLOW_LOGS,
    INVENTORY,
    LOG_KEY_ALIAS,
    RECORDER_ROLE,
    RESOLVER_QUERIES,
    TRAIL,
    bucket,
)

TRAIL_ARN = f"arn:${{AWS::Partition}}:cloudtrail:${{HomeRegion}}:${{ManagementAccountId}}:trail/{TRAIL}"
RECORDER_ARN = f"arn:${{AWS::Partition}}:iam::*:role/{RECORDER_ROLE}"
OWNER_CONTROL = {"s3:x-amz-acl": "bucket-owner-full-control"}
Statements = list[dict[str, object]]
LOG_DELIVERY: tuple[dict[str, str], list[str], str] = (
    {"Service": "delivery.logs.amazonaws.com"},
    ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
    "logs:*:*:*",
)
RECEIVED: dict[str, tuple[dict[str, str], list[str], str]] = {
    FLOW_LOGS: LOG_DELIVERY,
    RESOLVER_QUERIES: LOG_DELIVERY,
    INVENTORY: ({"Service": "ssm.amazonaws.com"}, ["kms:GenerateDataKey"], "ssm:*:*:resource-data-sync/*"),
}
"""Who delivers, what it does with the key, and the end of the ARN of what it delivers for.

VPC User Guide, "Amazon S3 bucket permissions for flow logs" and "Required key policy for use with SSE-KMS"; Route 53
Developer Guide, "AWS resources that you can send VPC Resolver query logs to"; Systems Manager User Guide, "Create a
resource data sync for Inventory".
"""


def log_archive(
    *,
    retention_days: int = 2557,
    archive_days: int = 365,
    access_log_days: int = 365,
    object_lock: dict[str, str | int] | None = None,
    writers: Sequence[Mapping[str, Any]] = (),
    receives: Sequence[str] = (),
    received_days: int = 365,
    existing: Mapping[str, Any] | None = None,
) -> Template:
    """Log archive: a customer key, and buckets for CloudTrail, Config, GuardDuty findings and access logs.

    `object_lock` is `{mode, days}` and holds for the CloudTrail bucket: AWS Config and S3 server access logging
    do not deliver to buckets with a default retention. `writers` are more services, each with a bucket of its own:
    `{purpose, principal, sources}`, where sources are the ends of ARNs, `{account}` for the security tooling account.
    `receives` is what accounts of the organization deliver, each to a bucket of its own, which keeps it for
    `received_days`.
    `existing` is `{buckets, key, delivered}`: names of buckets by purpose, and a key, that are there already: none of
    ours then. Where it names buckets, ours are for the purposes of `delivered` alone.
    """
    there = (existing or {}).get("buckets") or {}
    delivered = (existing or {}).get("delivered") if there else None
    archive = Archive(
        lifecycle=_lifecycle(retention_days, archive_days),
        key=(existing or {}).get("key") or GetAtt("LogKey", "Arn"),
        access_logs=there.get("access-logs") or Ref("AccessLogsBucket"),
    )
    rows = [("CloudTrail", "cloudtrail", _cloudtrail()), ("Config", "config", _config())]
    rows += [("GuardDuty", "guardduty", _guardduty())]
    rows += [(_title(writer["purpose"]), writer["purpose"], _written(writer)) for writer in writers]
    rows += [(_title(each), each, _received(each)) for each in receives]
    made = [row for row in rows if row[1] not in there and (delivered is None or row[1] in delivered)]
    template = Template("Log archive of the landing zone")
    for name in ("OrganizationId", "ManagementAccountId", "SecurityToolingAccountId", "HomeRegion"):
        template.add_parameter(Parameter(name, Type="String"))
    if not (existing or {}).get("key") and delivered != []:
        _add_key(template, writers, receives)
    if made and "access-logs" not in there:
        logged = {title: purpose for title, purpose, _ in made}
        expiring = replace(archive, lifecycle=_expiring(access_log_days))
        _add_bucket(template, expiring, "AccessLogs", "access-logs", _access_logs(logged), encrypted=False)
    for title, purpose, statements in made:
        lock = object_lock if purpose == "cloudtrail" else None
        keeping = replace(archive, lifecycle=_expiring(received_days)) if purpose in receives else archive
        _add_bucket(template, keeping, title, purpose, statements, lock=lock)
    return template


@dataclass(frozen=True)
class Archive:
    """What the buckets have in common: what encrypts them, the bucket that they are logged to, how long they keep."""

    lifecycle: LifecycleConfiguration
    key: object
    access_logs: object


def _add_key(template: Template, writers: Sequence[Mapping[str, Any]], receives: Sequence[str]) -> None:
    """The key, its alias, and its ARN as an output."""
    template.add_resource(_key(writers, receives))
    template.add_resource(
        Alias(
            "LogKeyAlias",
            AliasName=LOG_KEY_ALIAS,
            TargetKeyId=Ref("LogKey"),
            DeletionPolicy="Retain",
            UpdateReplacePolicy="Retain",
        )
    )
    template.add_output(Output("LogKeyArn", Value=GetAtt("LogKey", "Arn")))


def _key(writers: Sequence[Mapping[str, Any]], receives: Sequence[str]) -> Key:
    statements: Statements = [
        _allow("Administration", {"AWS": Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")}, "kms:*"),
        _allow(
            "CloudTrailEncrypts",
            {"Service": "cloudtrail.amazonaws.com"},
            "kms:GenerateDataKey*",
            "*",
            {
                "StringEquals": {"aws:SourceArn": Sub(TRAIL_ARN)},
                "StringLike": {
                    "kms:EncryptionContext:aws:cloudtrail:arn": Sub(
                        "arn:${AWS::Partition}:cloudtrail:*:${ManagementAccountId}:trail/*"
                    )
                },
            },
        ),
        _allow(
            "CloudTrailReadsTheKey",
            {"Service": "cloudtrail.amazonaws.com"},
            ["kms:Decrypt", "kms:DescribeKey"],
            "*",
            {"StringEquals": {"aws:SourceArn": Sub(TRAIL_ARN)}},
        ),
        # The recorder's own role writes, not the service: no aws:SourceAccount or aws:SourceOrgID is there to ask for.
        _allow(
            "ConfigEncrypts",
            "*",
            ["kms:Decrypt", "kms:GenerateDataKey*"],
            "*",
            {
                "StringEquals": {"aws:PrincipalOrgID": Ref("OrganizationId")},
                "ArnLike": {"aws:PrincipalArn": Sub(RECORDER_ARN)},
            },
        ),
        _allow(
            "GuardDutyEncrypts",
            {"Service": "guardduty.amazonaws.com"},
            "kms:GenerateDataKey",
            "*",
            _detectors(),
        ),
        *(
            _allow(
                f"{_title(writer['purpose'])}Encrypts",
                {"Service": writer["principal"]},
                ["kms:Encrypt", "kms:GenerateDataKey"],
                "*",
                _on_behalf(writer["sources"]),
            )
            for writer in writers
        ),
        *(
            _allow(f"{_title(each)}Encrypts", principal, actions, "*", _members(source))
            for each in receives
            for principal, actions, source in (RECEIVED[each],)
        ),
        _allow(
            "ReadersInTheOrganization",
            "*",
            "kms:Decrypt",
            "*",
            {
                "StringEquals": {
                    "aws:PrincipalAccount": [AccountId, Ref("SecurityToolingAccountId")],
                    "aws:PrincipalOrgID": Ref("OrganizationId"),
                },
            },
        ),
    ]
    return Key(
        "LogKey",
        Description="Encrypts the logs of the organization",
        Enabled=True,
        EnableKeyRotation=True,
        KeyPolicy=_document(statements),
        PendingWindowInDays=30,
        DeletionPolicy="Retain",
        UpdateReplacePolicy="Retain",
    )


def _add_bucket(
    template: Template,
    archive: Archive,
    title: str,
    purpose: str,
    statements: Statements,
    *,
    encrypted: bool = True,
    lock: dict[str, str | int] | None = None,
) -> None:
    """A bucket that denies everything but TLS, and the policy that lets its one service in."""
    name = f"{title}Bucket"
    default = (
        ServerSideEncryptionByDefault(SSEAlgorithm="aws:kms", KMSMasterKeyID=archive.key)
        if encrypted
        else ServerSideEncryptionByDefault(SSEAlgorithm="AES256")
    )
    optional: dict[str, object] = {}
    if encrypted:
        optional["LoggingConfiguration"] = LoggingConfiguration(
            DestinationBucketName=archive.access_logs, LogFilePrefix=f"{purpose}/"
        )
    if lock:
        optional["ObjectLockEnabled"] = True
        optional["ObjectLockConfiguration"] = ObjectLockConfiguration(
            ObjectLockEnabled="Enabled",
            Rule=ObjectLockRule(DefaultRetention=DefaultRetention(Mode=lock["mode"], Days=lock["days"])),
        )
    template.add_resource(
        Bucket(
            name,
            BucketName=Sub(_name(purpose)),
            BucketEncryption=BucketEncryption(
                ServerSideEncryptionConfiguration=[
                    ServerSideEncryptionRule(ServerSideEncryptionByDefault=default, BucketKeyEnabled=encrypted)
                ]
            ),
            LifecycleConfiguration=archive.lifecycle,
            OwnershipControls=OwnershipControls(Rules=[OwnershipControlsRule(ObjectOwnership="BucketOwnerEnforced")]),
            PublicAccessBlockConfiguration=PublicAccessBlockConfiguration(
                BlockPublicAcls=True, BlockPublicPolicy=True, IgnorePublicAcls=True, RestrictPublicBuckets=True
            ),
            VersioningConfiguration=VersioningConfiguration(Status="Enabled"),
            DeletionPolicy="Retain",
            UpdateReplacePolicy="Retain",
            **optional,
        )
    )
    everything = [GetAtt(name, "Arn"), Join("/", [GetAtt(name, "Arn"), "*"])]
    tls = {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": everything,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    template.add_resource(
        BucketPolicy(
            f"{title}BucketPolicy",
            Bucket=Sub(_name(purpose)),  # as a name, by which a policy that was left behind is found again
            PolicyDocument=_document([tls, *statements]),
            DeletionPolicy="Retain",
            UpdateReplacePolicy="Retain",
        )
    )


def _access_logs(logged: Mapping[str, str]) -> Statements:
    """Each of our buckets below its own prefix (S3 User Guide, "Permissions for log delivery")."""
    return [
        _allow(
            f"{title}ServerAccessLogs",
            {"Service": "logging.s3.amazonaws.com"},
            "s3:PutObject",
            _inside("AccessLogs", purpose, "*"),
            {
                "StringEquals": {"aws:SourceAccount": AccountId},
                # The bucket's name, not its attribute: the bucket logs to this one, which needs this policy first.
                "ArnEquals": {"aws:SourceArn": Sub(f"arn:${{AWS::Partition}}:s3:::{_name(purpose)}")},
            },
        )
        for title, purpose in logged.items()
    ]


def _cloudtrail() -> Statements:
    """Both paths of an organization trail: the management account's own, and the organization's."""
    principal = {"Service": "cloudtrail.amazonaws.com"}
    source = {"aws:SourceArn": Sub(TRAIL_ARN)}
    return [
        _allow(
            "CloudTrailLooks", principal, "s3:GetBucketAcl", GetAtt("CloudTrailBucket", "Arn"), {"StringEquals": source}
        ),
        *(
            _allow(
                sid,
                principal,
                "s3:PutObject",
                _inside("CloudTrail", "AWSLogs", Ref(owner), "*"),
                {"StringEquals": {**OWNER_CONTROL, **source}},
            )
            for sid, owner in (
                ("CloudTrailWrites", "ManagementAccountId"),
                ("CloudTrailWritesForMembers", "OrganizationId"),
            )
        ),
    ]


def _config() -> Statements:
    """The recorder roles of all accounts, each for its own account's prefix, and no one else in them.

    The key is that of AWS Config: AWSLogs/<account>/Config/… (Config Developer Guide, permissions for the S3 bucket);
    `aws:PrincipalAccount` is a policy variable (IAM User Guide), filled with the account of the role that writes.
    """
    own = _inside("Config", "AWSLogs", "${aws:PrincipalAccount}", "Config", "*")
    recorders = {
        "StringEquals": {"aws:PrincipalOrgID": Ref("OrganizationId")},
        "ArnLike": {"aws:PrincipalArn": Sub(RECORDER_ARN)},
    }
    writing = {**recorders, "StringEquals": {**recorders["StringEquals"], **OWNER_CONTROL}}
    return [
        _allow("ConfigLooks", "*", ["s3:GetBucketAcl", "s3:ListBucket"], GetAtt("ConfigBucket", "Arn"), recorders),
        _allow("ConfigWrites", "*", "s3:PutObject", own, writing),
    ]


def _guardduty() -> Statements:
    """The detectors of the delegated administrator, whose export has the findings of all members.

    The key is AWSLogs/<account>/GuardDuty/<region>/… (GuardDuty User Guide, "Exporting generated GuardDuty findings").
    """
    principal = {"Service": "guardduty.amazonaws.com"}
    findings = _inside("GuardDuty", "AWSLogs", "*", "GuardDuty", "*")
    return [
        _allow("GuardDutyLooks", principal, "s3:GetBucketLocation", GetAtt("GuardDutyBucket", "Arn"), _detectors()),
        _allow("GuardDutyWrites", principal, "s3:PutObject", findings, _detectors()),
    ]


def _detectors() -> dict[str, object]:
    """GuardDuty on behalf of the delegated administrator, in any region, and of nobody else."""
    return _on_behalf(["guardduty:*:{account}:detector/*"])


def _on_behalf(sources: Sequence[str]) -> dict[str, object]:
    """A service that acts for the security tooling account, and for these resources of it."""
    arns = [
        Sub("arn:${AWS::Partition}:" + each.replace("{account}", "${SecurityToolingAccountId}")) for each in sources
    ]
    return {
        "StringEquals": {"aws:SourceAccount": Ref("SecurityToolingAccountId")},
        "ArnLike": {"aws:SourceArn": arns[0] if len(arns) == 1 else arns},
    }


def _written(writer: Mapping[str, Any]) -> Statements:
    """A service that looks where the bucket is, and writes below AWSLogs/."""
    title, principal = _title(writer["purpose"]), {"Service": writer["principal"]}
    condition = _on_behalf(writer["sources"])
    objects = _inside(title, "AWSLogs", "*")
    return [
        _allow(f"{title}Looks", principal, "s3:GetBucketLocation", GetAtt(f"{title}Bucket", "Arn"), condition),
        _allow(f"{title}Writes", principal, "s3:PutObject", objects, condition),
    ]


def _received(purpose: str) -> Statements:
    """What a service writes for any account of the organization, below the prefix that it has."""
    title = _title(purpose)
    principal, _, source = RECEIVED[purpose]
    looks = ["s3:GetBucketAcl"] if purpose == INVENTORY else ["s3:GetBucketAcl", "s3:ListBucket"]
    below = (INVENTORY, "*", "accountid=*", "*") if purpose == INVENTORY else ("AWSLogs", "*")
    objects = _inside(title, *below)
    return [
        _allow(f"{title}Looks", principal, looks, GetAtt(f"{title}Bucket", "Arn"), _members(source)),
        _allow(f"{title}Writes", principal, "s3:PutObject", objects, _members(source, OWNER_CONTROL)),
    ]


def _members(source: str, more: Mapping[str, str] | None = None) -> dict[str, object]:
    """A service that acts for resources of any account of the organization (IAM User Guide, aws:SourceOrgID)."""
    organization: dict[str, object] = {"aws:SourceOrgID": Ref("OrganizationId"), **(more or {})}
    return {"StringEquals": organization, "ArnLike": {"aws:SourceArn": Sub("arn:${AWS::Partition}:" + source)}}


def _title(purpose: str) -> str:
    """As resources of the template are called after it."""
    return "".join(word.capitalize() for word in purpose.split("-"))


def _name(purpose: str) -> str:
    return bucket(purpose, "${AWS::AccountId}", "${AWS::Region}")


def _inside(title: str, *path: object) -> Join:
    return Join("/", [GetAtt(f"{title}Bucket", "Arn"), *path])


def _allow(
    sid: str,
    principal: object,
    action: str | list[str],
    resource: object = "*",
    condition: dict[str, object] | None = None,
) -> dict[str, object]:
    if principal == "*":
        principal = {"AWS": "*"}
    statement = {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": action, "Resource": resource}
    return statement | ({"Condition": condition} if condition else {})


def _document(statements: Statements) -> dict[str, object]:
    return {"Version": "2012-10-17", "Statement": statements}


def _lifecycle(retention_days: int, archive_days: int) -> LifecycleConfiguration:
    rules = _expiring(retention_days).Rules
    if archive_days < retention_days:
        rules[0].Transitions = [LifecycleRuleTransition(StorageClass="GLACIER", TransitionInDays=archive_days)]
    return LifecycleConfiguration(Rules=rules)


def _expiring(days: int) -> LifecycleConfiguration:
    rule = LifecycleRule(
        Id="Retention",
        Status="Enabled",
        ExpirationInDays=days,
        NoncurrentVersionExpiration=NoncurrentVersionExpiration(NoncurrentDays=30),
        AbortIncompleteMultipartUpload=AbortIncompleteMultipartUpload(DaysAfterInitiation=7),
    )
    return LifecycleConfiguration(Rules=[rule])
