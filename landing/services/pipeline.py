"""The roles of the pipeline: what its stack is made of, and what each role may do, from what the kinds declare.

The apply role makes every change but those of its own stack: what it may do is for administrators to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from landing.aws.envelope import CONTEXT, DECRYPT, ENCRYPT
from landing.organization import PIPELINE, PREFIX, Organization, Pipeline
from landing.organization.pipeline import CodeBuild, Role
from landing.services.permissions import BUCKET_TAGS, apply_policy, packed, plan_policy, stacks_policy
from landing.services.trust import provider, trust

Statement = dict[str, Any]

BUCKET_READS = ("s3:Get*Configuration", "s3:GetBucket*", "s3:ListBucket")
"""What drift detection asks of a bucket."""
ROLE_READS = ("iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies")
POLICY_READS = ("iam:GetPolicy", "iam:GetPolicyVersion", "iam:ListEntitiesForPolicy", "iam:ListPolicyVersions")
PROVIDER_READS = ("iam:GetOpenIDConnectProvider", "iam:ListOpenIDConnectProviderTags")
KEY_READS = ("kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListResourceTags")
"""What it asks of the rest (the types' schemas, "handlers", "permissions")."""

STACK_WRITES = (
    "cloudformation:CancelUpdateStack", "cloudformation:ContinueUpdateRollback", "cloudformation:CreateChangeSet",
    "cloudformation:CreateStack", "cloudformation:DeleteChangeSet", "cloudformation:DeleteStack",
    "cloudformation:ExecuteChangeSet", "cloudformation:RollbackStack", "cloudformation:SetStackPolicy",
    "cloudformation:UpdateStack", "cloudformation:UpdateTerminationProtection",
)  # fmt: skip
"""What changes a stack.

A stack that was made with a service role is changed by that role, for whoever may change the stack: also for who may
not pass the role (CloudFormation User Guide, "CloudFormation service role").
"""

LOOKING = ("cloudformation:Describe*", "cloudformation:Detect*", "cloudformation:Get*", "cloudformation:List*")


def parameters(organization: Organization) -> dict[str, Any]:
    """The parameters of the blueprint `pipeline`, of an organization that has one."""
    pipeline = organization.pipeline
    assert pipeline is not None
    return {
        "roles": {role: pipeline.role(role) for role in ("plan", "apply")},
        "trust": {"plan": trust(pipeline, "plan"), "apply": trust(pipeline, "apply")},
        "policies": {role: list(packed(statements)) for role, statements in statements_of(organization).items()},
        "session_hours": pipeline.session_hours,
        "provider": provider(pipeline),
        "lock_bucket": lock_bucket(organization),
        "record_bucket": pipeline.records,
        "artifact_bucket": artifact_bucket(pipeline),
        "plans_key": pipeline.plans_key,
    }


def lock_bucket(organization: Organization) -> str:
    """The bucket of the lock, where it is in the management account; the stack is in the home region, as it must be."""
    lock = organization.lock
    mine = lock and lock.account == organization.management and lock.region == organization.home_region
    return lock.bucket if lock and mine else ""


def artifact_bucket(pipeline: Pipeline) -> str:
    """The bucket of CodePipeline, where that runs the jobs."""
    return pipeline.trusted.artifacts if isinstance(pipeline.trusted, CodeBuild) else ""


def statements_of(organization: Organization) -> dict[Role, list[Statement]]:
    """What each role may do, and what it may not whatever else it is given."""
    pipeline = organization.pipeline
    assert pipeline is not None
    reading = plan_policy(
        organization.partition, organization.read_role, organization=organization.id, lock=_lock(organization)
    )["Statement"]
    drift = stacks_policy(organization, writes=False)
    of_stacks = [] if drift is None else drift["Statement"]
    planning = [*reading, *of_stacks, *_looks_at_itself(organization, pipeline), *_plan_files(pipeline, "plan")]
    planned = [*planning, *_builds(organization, pipeline, "plan")]
    return {
        "plan": [*planned, *_plan_role_never(organization, pipeline), _nothing_else(planned)],
        "apply": [
            *(each for each in planning if each["Sid"] not in _OF_PLANNING),
            *_applies(organization),
            *_plan_files(pipeline, "apply"),
            *_builds(organization, pipeline, "apply"),
            *_apply_role_never(organization, pipeline),
        ],
    }


_OF_PLANNING = ("EnterMemberAccounts", "EncryptPlans")


def _lock(organization: Organization) -> Any:
    lock = organization.lock
    return lock if lock and lock.account == organization.management else None


def _applies(organization: Organization) -> Iterator[Statement]:
    """What applying takes beside planning."""
    given = {"organization": organization.id, "lock": _lock(organization)}
    yield from apply_policy(organization.partition, organization.member_role, **given)["Statement"]
    making = stacks_policy(organization, writes=True)
    for each in () if making is None else making["Statement"]:
        yield {**each, "Sid": f"Make{each['Sid']}"}
    if organization.pipeline and organization.pipeline.records:
        objects = f"arn:{organization.partition}:s3:::{organization.pipeline.records}/runs/*"
        yield {"Sid": "KeepRecords", "Effect": "Allow", "Action": ["s3:PutObject"], "Resource": objects}


def _looks_at_itself(organization: Organization, pipeline: Pipeline) -> Iterator[Statement]:
    """What drift of the pipeline's own stack asks, and whose its buckets are."""
    arn = f"arn:{organization.partition}"
    roles = [f"{arn}:iam::*:role/{pipeline.role(role)}" for role in _ROLES]
    policies = [f"{arn}:iam::*:policy/{pipeline.role(role)}-*" for role in _ROLES]
    yield _allow("OwnRoles", ROLE_READS, roles)
    yield _allow("OwnPolicies", POLICY_READS, policies)
    if pipeline.issuer:
        yield _allow("OwnProvider", PROVIDER_READS, [f"{arn}:iam::*:oidc-provider/{pipeline.issuer}"])
    if buckets := _buckets(organization, pipeline):
        yield _allow("OwnBuckets", (*BUCKET_READS, BUCKET_TAGS), buckets)
    if pipeline.plans_key:
        yield _allow("OwnKey", KEY_READS, [_PLANS_KEY])
        yield _allow("OwnAlias", ("kms:ListAliases",), ["*"])


_ROLES: tuple[Role, Role] = ("plan", "apply")
_PLANS_KEY = {"Fn::GetAtt": ["PlansKey", "Arn"]}


def _buckets(organization: Organization, pipeline: Pipeline, end: str = "") -> list[str]:
    """The ARNs of the buckets, or with `/*` of what is in them."""
    named = (_lock(organization).bucket if _lock(organization) else "", pipeline.records, artifact_bucket(pipeline))
    return [f"arn:{organization.partition}:s3:::{name}{end}" for name in dict.fromkeys(named) if name]


def _plan_files(pipeline: Pipeline, role: Role) -> Iterator[Statement]:
    """Whoever plans encrypts, and only who applies decrypts: for one organization, by the encryption context."""
    if not pipeline.plans_key:
        return
    sid, action = ("EncryptPlans", ENCRYPT) if role == "plan" else ("DecryptPlans", DECRYPT)
    context = {f"kms:EncryptionContext:{CONTEXT}": {"Ref": "OrganizationId"}}
    yield {**_allow(sid, (action,), [_PLANS_KEY]), "Condition": {"StringEquals": context}}


def _builds(organization: Organization, pipeline: Pipeline, role: Role) -> Iterator[Statement]:
    """What CodeBuild does in the name of a project's role (CodeBuild User Guide, "Create a service role").

    In CodePipeline a project gets its sources from the bucket and nowhere else, so no role uses a connection. An
    artifact is at PIPELINE/ARTIFACT/…; CodePipeline encrypts with the account's key for S3, which is used through S3.
    """
    if not isinstance(pipeline.trusted, CodeBuild):
        return
    arn, projects = f"arn:{organization.partition}", pipeline.trusted.projects(role)
    groups = [f"{arn}:logs:*:*:log-group:/aws/codebuild/{project}" for project in projects]
    logs = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")
    yield _allow("BuildLogs", logs, [*groups, *(f"{group}:*" for group in groups)])
    yield _allow("BuildReports", REPORTS, [f"{arn}:codebuild:*:*:report-group/{project}-*" for project in projects])
    objects = f"{arn}:s3:::{pipeline.trusted.artifacts}/*"
    read, written = _ARTIFACTS[role]
    yield _allow("BuildInput", ("s3:GetObject", "s3:GetObjectVersion"), [f"{objects}/{name}/*" for name in read])
    yield _allow("BuildOutput", ("s3:PutObject",), [f"{objects}/{written}/*"])
    through = {"StringEquals": {"kms:ViaService": _S3}}
    keys = {"Fn::Sub": "arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/*"}
    yield {**_allow("ArtifactKey", ("kms:Decrypt", "kms:GenerateDataKey"), [keys]), "Condition": through}


REPORTS = (
    "codebuild:BatchPutTestCases",
    "codebuild:CreateReport",
    "codebuild:CreateReportGroup",
    "codebuild:UpdateReport",
)
_ARTIFACTS: Mapping[Role, tuple[tuple[str, ...], str]] = {
    "plan": (("source",), "plan"),
    "apply": (("source", "plan"), "runs"),
}
"""The artifacts that each role reads, and the one that it writes: what applies takes no code from what plans."""
_S3 = {"Fn::Sub": "s3.${AWS::Region}.${AWS::URLSuffix}"}


def _plan_role_never(organization: Organization, pipeline: Pipeline) -> Iterator[Statement]:
    """No secrets and no other role."""
    yield _deny("NoSecrets", {"Action": ["secretsmanager:*", "ssm:GetParameter*"]})
    decrypt: dict[str, Any] = {"Action": ["kms:Decrypt", "kms:ReEncrypt*"]}
    if builds := artifact_bucket(pipeline):
        yield _deny("NoDecryption", {**decrypt, "Condition": {"StringNotEquals": {"kms:ViaService": _S3}}})
        written = f"arn:{organization.partition}:s3:::{builds}/*/{_ARTIFACTS['plan'][1]}/*"
        yield _deny("NoOtherObjects", {"Action": ["s3:PutObject*"], "NotResource": [written]})
    else:
        yield _deny("NoDecryption", decrypt)
    objects = _buckets(organization, pipeline, "/*")
    outside: dict[str, Any] = {"NotResource": objects} if objects else {"Resource": "*"}
    yield _deny("NoContents", {"Action": ["s3:GetObject*"], **outside})
    yield from _enters_only(organization, organization.read_role)


def _nothing_else(allowed: Iterable[Statement]) -> Statement:
    """A deny of all that is not allowed, whatever policy somebody attaches besides; reads by their first words."""
    actions = {action for each in allowed for action in each["Action"]}
    return _deny("NothingElse", {"NotAction": sorted({_READ.sub(r"\1*", action) for action in actions})})


_READ = re.compile(r"^([a-z0-9-]+:(?:Describe|Detect|Get|List)).*$")


def _apply_role_never(organization: Organization, pipeline: Pipeline) -> Iterator[Statement]:
    """Neither itself nor what keeps it in its place, and no other role."""
    arn = f"arn:{organization.partition}"
    stack = f"{arn}:cloudformation:*:*:stack/{PREFIX}{PIPELINE}/*"
    yield _deny("OwnStackStays", {"NotAction": [*LOOKING], "Resource": stack})
    ours = f"{arn}:cloudformation:*:*:stack/{PREFIX}*/*"
    yield _deny("OthersStacksStay", {"Action": [*STACK_WRITES], "NotResource": ours})
    own = [f"{arn}:iam::*:role/{pipeline.role(role)}" for role in _ROLES]
    own += [f"{arn}:iam::*:policy/{pipeline.role(role)}-*" for role in _ROLES]
    own += [f"{arn}:iam::*:oidc-provider/{pipeline.issuer}"] if pipeline.issuer else []
    yield _deny("OwnRolesStay", {"NotAction": ["iam:Get*", "iam:List*"], "Resource": own})
    if buckets := _buckets(organization, pipeline):
        yield _deny("OwnBucketsStay", {"NotAction": ["s3:Get*", "s3:List*"], "Resource": buckets})
        versions = [
            "s3:BypassGovernanceRetention",
            "s3:DeleteObjectVersion*",
            "s3:PutObjectAcl",
            "s3:PutObjectVersion*",
        ]
        yield _deny("OwnVersionsStay", {"Action": versions, "Resource": [f"{each}/*" for each in buckets]})
    if pipeline.plans_key:
        uses = ["kms:Decrypt", "kms:Describe*", "kms:Get*", "kms:List*"]
        yield _deny("OwnKeyStays", {"NotAction": uses, "Resource": [_PLANS_KEY]})
    yield from _enters_only(organization, organization.member_role)


def _enters_only(organization: Organization, role: str) -> Iterator[Statement]:
    """One role, and in members alone: in the management account a role of that name may be an administrator's."""
    entered = f"arn:{organization.partition}:iam::*:role/{role}"
    yield _deny("NoOtherRole", {"Action": ["sts:AssumeRole", "sts:AssumeRoot"], "NotResource": entered})
    here = {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/*"}
    yield _deny("NoRoleOfThisAccount", {"Action": ["sts:AssumeRole"], "Resource": [here]})


def _allow(sid: str, actions: Iterable[str], resources: Sequence[Any]) -> Statement:
    return {"Sid": sid, "Effect": "Allow", "Action": sorted(actions), "Resource": [*resources]}


def _deny(sid: str, what: Mapping[str, Any]) -> Statement:
    everywhere = {} if {"Resource", "NotResource"} & {*what} else {"Resource": "*"}
    return {"Sid": sid, "Effect": "Deny", **what, **everywhere}
