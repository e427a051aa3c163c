"""The roles by which a pipeline plans and applies, who may become them, and what they keep: `access.pipeline`."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from troposphere import GetAtt, Join, Parameter, Ref, Tags, Template
from troposphere.iam import ManagedPolicy, OIDCProvider, Role
from troposphere.kms import Alias, Key
from troposphere.s3 import (
    AbortIncompleteMultipartUpload,
    Bucket,
    BucketEncryption,
    BucketPolicy,
    LifecycleConfiguration,
    LifecycleRule,
    NoncurrentVersionExpiration,
    OwnershipControls,
    OwnershipControlsRule,
    PublicAccessBlockConfiguration,
    ServerSideEncryptionByDefault,
    ServerSideEncryptionRule,
    VersioningConfiguration,
)

from landing.blueprint.resource_names import MANAGED_TAG, PLANS_KEY_ALIAS

REGIONS = "home"

KEPT: dict[str, Any] = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
OURS = {MANAGED_TAG: "true"}
DESCRIPTIONS = {"plan": "Plans and reports drift, and changes nothing", "apply": "Makes the changes of approved plans"}
OLD_VERSIONS_DAYS = 30
ARTIFACT_DAYS = 90


def pipeline(
    *,
    roles: Mapping[str, str],
    trust: Mapping[str, Any],
    policies: Mapping[str, Sequence[Any]],
    session_hours: int,
    provider: Mapping[str, str] | None,
    lock_bucket: str,
    record_bucket: str,
    artifact_bucket: str,
    plans_key: bool,
) -> Template:
    """The roles by which a pipeline plans and applies, who may become them, and what they keep.

    `roles`, `trust` and `policies` go by `plan` and `apply`. `provider` is `{url, audience}` of one that is made.
    A bucket without a name is not made.
    """
    template = Template("Roles of the pipeline that plans and applies the landing zone")
    template.add_parameter(Parameter("OrganizationId", Type="String"))
    if provider:
        template.add_resource(
            OIDCProvider("Provider", Url=provider["url"], ClientIdList=[provider["audience"]], Tags=Tags(OURS))
        )
    for role, name in roles.items():
        _add_role(template, role, name, trust[role], session_hours, made=bool(provider))
        for number, document in enumerate(policies[role], 1):
            title = f"{role.capitalize()}Policy{number}"
            held_by = [Ref(f"{role.capitalize()}Role")]
            template.add_resource(
                ManagedPolicy(title, ManagedPolicyName=f"{name}-{number}", PolicyDocument=document, Roles=held_by)
            )
    if lock_bucket:
        _add_bucket(template, "Lock", lock_bucket)
    if record_bucket:
        _add_bucket(template, "Record", record_bucket, written_once=True)
    if artifact_bucket:
        _add_bucket(template, "Artifact", artifact_bucket, days=ARTIFACT_DAYS)
    if plans_key:
        _add_key(template, roles["apply"])
    return template


def _add_role(template: Template, role: str, name: str, trust: object, hours: int, *, made: bool) -> None:
    """A role; its policies are resources of their own, for one may name what needs the role first."""
    template.add_resource(
        Role(
            f"{role.capitalize()}Role",
            RoleName=name,
            Description=DESCRIPTIONS[role],
            MaxSessionDuration=hours * 3600,
            AssumeRolePolicyDocument=trust,
            **({"DependsOn": "Provider"} if made else {}),
        )
    )


def _add_bucket(template: Template, title: str, name: str, *, days: int = 0, written_once: bool = False) -> None:
    """Versioned, encrypted, for this account alone and by TLS; it stays when the stack goes.

    `days`: of an object. `written_once`: nobody overwrites or deletes one.
    """
    lifecycle = LifecycleRule(
        Id="OldVersions",
        Status="Enabled",
        NoncurrentVersionExpiration=NoncurrentVersionExpiration(NoncurrentDays=OLD_VERSIONS_DAYS),
        AbortIncompleteMultipartUpload=AbortIncompleteMultipartUpload(DaysAfterInitiation=7),
        **({"ExpirationInDays": days} if days else {}),
    )
    encryption = ServerSideEncryptionRule(
        ServerSideEncryptionByDefault=ServerSideEncryptionByDefault(SSEAlgorithm="AES256")
    )
    template.add_resource(
        Bucket(
            f"{title}Bucket",
            BucketName=name,
            BucketEncryption=BucketEncryption(ServerSideEncryptionConfiguration=[encryption]),
            LifecycleConfiguration=LifecycleConfiguration(Rules=[lifecycle]),
            OwnershipControls=OwnershipControls(Rules=[OwnershipControlsRule(ObjectOwnership="BucketOwnerEnforced")]),
            PublicAccessBlockConfiguration=PublicAccessBlockConfiguration(
                BlockPublicAcls=True, BlockPublicPolicy=True, IgnorePublicAcls=True, RestrictPublicBuckets=True
            ),
            VersioningConfiguration=VersioningConfiguration(Status="Enabled"),
            Tags=Tags(OURS),
            **KEPT,
        )
    )
    tls = {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [GetAtt(f"{title}Bucket", "Arn"), Join("/", [GetAtt(f"{title}Bucket", "Arn"), "*"])],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    template.add_resource(
        BucketPolicy(
            f"{title}BucketPolicy",
            Bucket=name,  # as a name, by which a policy that was left behind is found again
            PolicyDocument={
                "Version": "2012-10-17",
                "Statement": [tls, *(_written_once(title) if written_once else ())],
            },
            **KEPT,
        )
    )


def _written_once(title: str) -> Iterator[dict[str, Any]]:
    """S3 User Guide, "Enforce conditional writes": parts of an upload take no condition, the whole of them does."""
    objects = {"Principal": "*", "Resource": Join("/", [GetAtt(f"{title}Bucket", "Arn"), "*"])}
    conditional = {"Null": {"s3:if-none-match": "true"}, "Bool": {"s3:ObjectCreationOperation": "true"}}
    yield {"Sid": "NoOverwriting", "Effect": "Deny", **objects, "Action": "s3:PutObject", "Condition": conditional}
    yield {"Sid": "NoDeleting", "Effect": "Deny", **objects, "Action": ["s3:DeleteObject", "s3:DeleteObjectVersion"]}


def _add_key(template: Template, apply_role: str) -> None:
    """A key for plan files; whoever may administer it may not read them: only the apply role decrypts.

    The role by its name, not as a resource: a key that an earlier stack has left behind is taken in before the rest.
    """
    account = "arn:${AWS::Partition}:iam::${AWS::AccountId}"
    administered = {
        "Sid": "ByPoliciesOfTheAccount",
        "Effect": "Allow",
        "Principal": {"AWS": {"Fn::Sub": f"{account}:root"}},
        "Action": "kms:*",
        "Resource": "*",
    }
    read_by_one = {
        "Sid": "OnlyTheApplyRoleDecrypts",
        "Effect": "Deny",
        "Principal": "*",
        "Action": ["kms:Decrypt", "kms:ReEncryptFrom"],
        "Resource": "*",
        "Condition": {"ArnNotEquals": {"aws:PrincipalArn": {"Fn::Sub": f"{account}:role/{apply_role}"}}},
    }
    template.add_resource(
        Key(
            "PlansKey",
            Description="Encrypts plan files that leave the machine",
            Enabled=True,
            EnableKeyRotation=True,
            KeyPolicy={"Version": "2012-10-17", "Statement": [administered, read_by_one]},
            PendingWindowInDays=30,
            **KEPT,
        )
    )
    template.add_resource(Alias("PlansKeyAlias", AliasName=PLANS_KEY_ALIAS, TargetKeyId=Ref("PlansKey"), **KEPT))
