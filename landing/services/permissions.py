"""The least-privilege IAM policies that `plan` and `apply` need, made from what the kinds declare."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from landing.aws import Reads, access_report, event_history, findings, service_quotas, simulator, since
from landing.aws.reads import session_policy
from landing.blueprint.resource_names import ALARMS, RECORDER_ROLE, remediation_role
from landing.core.errors import LandingError
from landing.organization import PIPELINE, PREFIX, Deployment, LockPlace, Organization
from landing.policy.catalog import Action
from landing.services import compliance, root_email
from landing.services.base import Kind
from landing.services.registry import KINDS, SERVICES
from landing.services.root_users import AUDIT, REMOVAL, TASKS
from landing.services.root_users import ENTER as ROOT

ALWAYS = ("organizations:DescribeOrganization", "organizations:ListAccounts", "organizations:ListAccountsForParent",
          "organizations:ListOrganizationalUnitsForParent", "organizations:ListRoots",
          "organizations:ListTagsForResource", "tag:GetResources")  # fmt: skip
"""What every run reads, whatever it is about: the tree."""

BESIDES = (event_history.ACTION, service_quotas.ACTION, *compliance.ACTIONS)
"""What a plan asks where it must: who did what, and how much AWS allows; and what `landing compliance` asks."""

NEVER = ("organizations:DeleteOrganization", "organizations:LeaveOrganization",
         "organizations:RemoveAccountFromOrganization", "organizations:DisablePolicyType",
         "organizations:DisableAWSServiceAccess", "cloudformation:DeactivateOrganizationsAccess")  # fmt: skip
"""What no plan ever contains; denied to the apply role, so that nothing else does it in its name either."""

TRUSTED = frozenset(principal for service in SERVICES for principal in service.trusted)
"""Services whose roles AWS makes when they get trusted access."""

ENTER, LINK, PASS = "sts:AssumeRole", "iam:CreateServiceLinkedRole", "iam:PassRole"
"""Allowed with conditions only: which accounts are entered, whose role is made, which role is passed and to whom."""

MEMBER_ROLE = "OrganizationAccountAccessRole"
"""What AWS calls the role in accounts that an organization makes (Organizations API reference, CreateAccount)."""

LARGEST = 6_144
"""Characters of a managed policy, white space apart ("IAM and AWS STS quotas", IAM User Guide)."""

SERVICE_OF_TYPE = {"CertificateManager": "acm", "ElasticLoadBalancingV2": "elasticloadbalancing",
                   "StepFunctions": "states"}  # fmt: skip
"""Where IAM's prefix of a service is not the lower-cased name in CloudFormation's types."""

CONTENTS = ("cloudtrail:GetQueryResults", "dynamodb:GetItem", "dynamodb:GetRecords", "kinesis:GetRecords",
            "logs:GetLogEvents", "logs:GetQueryResults", "macie2:GetSensitiveDataOccurrences",
            "s3:GetObject*", "secretsmanager:GetSecretValue")  # fmt: skip
"""Reads of what resources hold, which no drift detection needs."""

BUCKET = "s3:GetBucketLocation"
"""Whether the bucket of the lock exists."""

BUCKET_TAGS = "s3:GetBucketTagging"
"""Whose the buckets are that the pipeline's stack would make."""

EXAMPLE_LOCK = LockPlace("example-landing-lock", "landing.lock", "management", "eu-west-1")


def plan_policy(
    partition: str = "aws",
    member_role: str = MEMBER_ROLE,
    *,
    organization: str = "",
    kinds: Iterable[Kind] = KINDS,
    lock: LockPlace | None = None,
) -> dict[str, Any]:
    """For the role that plans and reports drift: reads, and enters member accounts by their role.

    `organization` is the id of the only one whose accounts it enters; without it, the one that its own account is in.
    `lock` is one in the management account. Longer than a managed policy may be, it is `packed` into several.
    """
    actions = {action for kind in kinds for action in kind.reads} | {*ALWAYS, *BESIDES}
    statements = [_allow("Read", actions - {ENTER}), _enter(partition, member_role, organization)]
    return _document([*statements, *([lock_is_there(partition, lock)] if lock else ())])


def apply_policy(
    partition: str = "aws",
    member_role: str = MEMBER_ROLE,
    *,
    organization: str = "",
    kinds: Iterable[Kind] = KINDS,
    lock: LockPlace | None = None,
) -> dict[str, Any]:
    """For the role that applies, beside `plan_policy`: the writes of every kind, and a deny for the rest.

    Longer than a managed policy may be: `packed` makes as many of it as it takes. `lock` is one in the management
    account; a lock in a member account is taken by the member role.
    """
    kinds = tuple(kinds)
    reads = {action for kind in kinds for action in kind.reads} | set(ALWAYS)
    writes = {since.ACTION, *(action for kind in kinds for action in kind.writes)} - reads
    statements = [
        _enter(partition, member_role, organization),
        _allow("Write", writes - {ENTER, PASS, LINK}),
        _link(partition, {service for kind in kinds for service in kind.linked} | TRUSTED),
        *_pass(partition, {role: service for kind in kinds for role, service in kind.passed.items()}),
        *(lock_statements(partition, lock) if lock else ()),
        {"Sid": "Never", "Effect": "Deny", "Action": sorted(NEVER), "Resource": "*"},
    ]
    return _document(statements)


def packed(statements: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """As few policies as the limit allows, in the order that they are given in; a statement too long for one is cut."""
    held: list[dict[str, Any]] = []
    for statement in (part for each in statements for part in _cut(each)):
        if held and _size([*held, statement]) > LARGEST:
            yield _document(held)
            held = []
        held.append(statement)
    if held:
        yield _document(held)


def _cut(statement: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """In two, and these again, by its actions; each with a Sid of its own."""
    actions = statement.get("Action", ())
    if _size([statement]) <= LARGEST or len(actions) < 2:
        yield statement
        return
    half = len(actions) // 2
    for number, part in enumerate((actions[:half], actions[half:]), 1):
        yield from _cut({**statement, "Sid": f"{statement['Sid']}{number}", "Action": part})


def _size(statements: Sequence[dict[str, Any]]) -> int:
    return len(json.dumps(_document(statements), separators=(",", ":")))


def send_policy(organization: Organization) -> dict[str, Any]:
    """For whoever runs `drift --send`, beside `plan_policy`: writes findings, in the home region."""
    product = f"arn:{organization.partition}:securityhub:{organization.home_region}:*:product/*/default"
    return _send(product)


def access_policy() -> dict[str, Any]:
    """For whoever runs `landing access`, beside `plan_policy`: IAM looks the organization up in the caller's name."""
    return _document([_allow("LastAccess", [*access_report.ACTIONS, *access_report.LOOKS])])


def root_policy(partition: str = "aws", *, removes: bool = False) -> dict[str, Any]:
    """For whoever runs `landing root`, beside `plan_policy`: root sessions for that task alone, and with --remove.

    What is called in a session needs no permission of the caller's.
    """
    tasks = [AUDIT, REMOVAL] if removes else [AUDIT]
    enter = {
        **_allow("BecomeRootOfMembers", [ROOT]),
        "Resource": f"arn:{partition}:iam::*:root",
        "Condition": {"ArnEquals": {"sts:TaskPolicyArn": [TASKS.format(partition, task) for task in tasks]}},
    }
    return _document([enter])


def email_policy() -> dict[str, Any]:
    """For whoever runs `landing email`, beside `plan_policy`."""
    return _document([_allow("AddressesOfRootUsers", [*root_email.ACTIONS])])


def _send(product: str) -> dict[str, Any]:
    """Of the other two actions the service authorization reference has no resource that narrows them to findings."""
    imports, *others = findings.ACTIONS
    return _document([{**_allow("ImportFindings", [imports]), "Resource": product}, _allow("CloseFindings", others)])


ROLE_TYPE = "AWS::IAM::Role"
MADE: Mapping[str, tuple[str, ...]] = {
    ROLE_TYPE: (
        "iam:AttachRolePolicy", "iam:CreateRole", "iam:DeleteRole", "iam:DeleteRolePermissionsBoundary",
        "iam:DeleteRolePolicy", "iam:DetachRolePolicy", "iam:GetRole", "iam:GetRolePolicy",
        "iam:ListAttachedRolePolicies", "iam:ListRolePolicies", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy",
        "iam:TagRole", "iam:UntagRole", "iam:UpdateAssumeRolePolicy", "iam:UpdateRole", "iam:UpdateRoleDescription",
    ),
    "AWS::CloudWatch::Alarm": (
        "cloudwatch:DeleteAlarms", "cloudwatch:DescribeAlarms", "cloudwatch:ListTagsForResource",
        "cloudwatch:PutMetricAlarm", "cloudwatch:TagResource", "cloudwatch:UntagResource",
    ),
    "AWS::Config::ConfigRule": (
        "config:DeleteConfigRule", "config:DescribeConfigRules", "config:ListTagsForResource", "config:PutConfigRule",
        "config:TagResource", "config:UntagResource",
    ),
    "AWS::Config::ConfigurationRecorder": (
        "config:DeleteConfigurationRecorder", "config:DescribeConfigurationRecorderStatus",
        "config:DescribeConfigurationRecorders", "config:PutConfigurationRecorder",
        "config:StartConfigurationRecorder", "config:StopConfigurationRecorder",
    ),
    "AWS::Config::DeliveryChannel": (
        "config:DeleteDeliveryChannel", "config:DescribeDeliveryChannelStatus", "config:DescribeDeliveryChannels",
        "config:PutDeliveryChannel",
    ),
    "AWS::Config::RemediationConfiguration": (
        "config:DeleteRemediationConfiguration", "config:DescribeRemediationConfigurations",
        "config:PutRemediationConfigurations",
    ),
    "AWS::Events::Rule": (
        "events:DeleteRule", "events:DescribeRule", "events:ListTagsForResource", "events:ListTargetsByRule",
        "events:PutRule", "events:PutTargets", "events:RemoveTargets", "events:TagResource", "events:UntagResource",
    ),
    "AWS::Logs::LogGroup": (
        "logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:DeleteRetentionPolicy", "logs:DescribeLogGroups",
        "logs:ListTagsForResource", "logs:PutRetentionPolicy", "logs:TagResource", "logs:UntagResource",
    ),
    "AWS::Logs::MetricFilter": ("logs:DeleteMetricFilter", "logs:DescribeMetricFilters", "logs:PutMetricFilter"),
}  # fmt: skip
"""What CloudFormation does in the caller's name to make, read, change and delete a resource of a type.

CloudFormation User Guide, "Control access with IAM"; the types' schemas ("handlers", "permissions").
"""

HELD: Mapping[str, Mapping[str, str]] = {
    "AWS::Config::ConfigurationRecorder": {RECORDER_ROLE: "config.amazonaws.com"},
    "AWS::Config::RemediationConfiguration": {remediation_role("*"): "ssm.amazonaws.com"},
    "AWS::Events::Rule": {ALARMS: "events.amazonaws.com"},
}
"""The role that a resource of a type is passed, and for which service."""


def management_stacks(organization: Organization) -> list[Deployment]:
    """What is deployed to the management account, by plain stacks; that of the pipeline is for administrators."""
    return [
        each
        for each in organization.deployments.values()
        if each.key != PIPELINE
        and (organization.management in each.accounts or (each.management and not each.accounts))
    ]


def unknown_types(organization: Organization) -> list[str]:
    """Types in stacks of the management account of which it is not known what CloudFormation does for them."""
    return sorted({kind for each in management_stacks(organization) for kind, _ in _resources(each)} - {*MADE})


def stacks_policy(organization: Organization, *, writes: bool) -> dict[str, Any] | None:
    """What CloudFormation does in the caller's name in the management account; none where no stack of ours is there.

    In members the member role does it, or the execution role of StackSets.
    """
    found = [(each.key, kind, body) for each in management_stacks(organization) for kind, body in _resources(each)]
    kinds, partition = {kind for _, kind, _ in found} & {*MADE}, organization.partition
    if not kinds:
        return None
    roles = sorted({_role(key, body) for key, kind, body in found if kind == ROLE_TYPE})
    wanted = {kind: [a for a in MADE[kind] if writes != _reads(a)] for kind in kinds}
    rest = {action for kind in kinds - {ROLE_TYPE} for action in wanted[kind]}
    statements = [_allow("StackResources", rest)] if rest else []
    if roles:
        arns = [f"arn:{partition}:iam::*:role/{name}" for name in roles]
        statements.append({**_allow("StackRoles", wanted[ROLE_TYPE]), "Resource": arns})
    if writes:
        statements += _pass(
            partition, {role: to for kind in sorted(kinds & {*HELD}) for role, to in HELD[kind].items()}
        )
    return _document(statements)


def _resources(deployment: Deployment) -> Iterator[tuple[str, Mapping[str, Any]]]:
    resources: Any = deployment.template.get("Resources") or {}
    for body in resources.values():
        yield str(body["Type"]), body.get("Properties") or {}


def _role(key: str, properties: Mapping[str, Any]) -> str:
    """The name of a role; CloudFormation makes one that begins with that of the stack."""
    name = properties.get("RoleName")
    return name if isinstance(name, str) else f"{PREFIX}{key}-*"


def _reads(action: str) -> bool:
    return action.partition(":")[2].startswith(("Describe", "Get", "List"))


def member_reads(kinds: Iterable[Kind] = KINDS) -> list[str]:
    """What the kinds read with in the accounts that they enter, and `landing compliance` in that of the aggregator."""
    entering = [kind for kind in kinds if ENTER in kind.reads]
    besides = compliance.ACTIONS if any(kind.service == "config" for kind in entering) else ()
    return sorted({*besides, *(action for kind in entering for action in kind.reads)} - {ENTER})


def reads(organization: Organization, *, detect: bool = False, kinds: Iterable[Kind] = KINDS) -> Reads:
    """What a connection that only reads lets through; in members, where `detect`, what their stacks hold is read too.

    LandingError when so many services are in the stacks that AWS would not take the session policy.
    """
    kinds = tuple(kinds)
    actions = {action for kind in kinds for action in kind.reads} | {*ALWAYS, *BESIDES, simulator.ACTION}
    members = [each for each in organization.deployments.values() if {*each.accounts} - {organization.management}]
    held = [each.template for each in members] if detect else []
    statements = _session(member_reads(kinds), held)
    if organization.pipeline:
        actions.add(BUCKET_TAGS)
    if lock := organization.lock:
        actions.add(BUCKET)
        if lock.account != organization.management:
            statements.append(lock_is_there(organization.partition, lock))
    try:
        return Reads(frozenset(actions), session_policy(statements))
    except ValueError as error:
        message = f"{error}: the stacks in member accounts hold resources of too many services"
        hint = "`landing drift --no-detect` uses CloudFormation's last drift detection"
        raise LandingError(f"{message}. {hint}") from None


def _short(actions: Iterable[str]) -> list[str]:
    """As patterns where these do nothing but read, and never contents: a session policy is short.

    The connection itself lets through only the actions (`Reads.allow`), and the roles have no patterns.
    """
    from landing.policy import catalog

    groups: dict[str, list[str]] = {}
    for action in actions:
        service, _, name = action.partition(":")
        verb = next((verb for verb in ("Describe", "Get", "List") if name.startswith(verb)), "")
        with_contents = any(each.startswith(f"{service}:{verb}") for each in CONTENTS)
        alike = f"{service}:{verb}*" if verb and not with_contents else action
        groups.setdefault(alike, []).append(action)
    found: list[str] = []
    for pattern, group in groups.items():
        found += [pattern] if _only_reads(catalog.expand(pattern)) else group
    return sorted(found)


def _session(actions: Iterable[str], templates: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What the kinds read, and what drift detection reads with the caller's permissions: the resources of the stacks.

    The latter by patterns, which the former are left out of; contents are denied. CloudFormation User Guide, "Detect
    unmanaged configuration changes": "read permission for each resource".
    """
    from landing.policy import catalog

    types = {resource["Type"] for template in templates for resource in template.get("Resources", {}).values()}
    names = {each.split("::")[1] for each in types if each.startswith("AWS::")}
    services = {SERVICE_OF_TYPE.get(name, name.lower()) for name in names} & catalog.services()
    patterns = (f"{service}:{verb}*" for service in services for verb in ("Describe", "Get", "List"))
    held = {pattern for pattern in patterns if _only_reads(catalog.expand(pattern))}
    rest = {each for each in _short(actions) if not any(fnmatchcase(each, pattern) for pattern in held)}
    statements: list[dict[str, Any]] = [{"Effect": "Allow", "Action": sorted(held | rest), "Resource": "*"}]
    contents = [action for action in CONTENTS if action.partition(":")[0] in services]
    if contents:
        statements.append({"Effect": "Deny", "Action": contents, "Resource": "*"})
    return statements


def _only_reads(actions: Collection[Action]) -> bool:
    return bool(actions) and all(action.levels <= {"read", "list"} for action in actions)


def lock_is_there(partition: str, lock: LockPlace) -> dict[str, Any]:
    """What `plan` and `drift` need to see whether the bucket of the lock exists."""
    return {**_allow("LockIsThere", (BUCKET,)), "Resource": f"arn:{partition}:s3:::{lock.bucket}"}


def lock_statements(partition: str, lock: LockPlace) -> list[dict[str, Any]]:
    """What taking and releasing the lock needs.

    S3 User Guide: a conditional delete needs GetObject too; without ListBucket an object that is not there is
    AccessDenied instead of NoSuchKey.
    """
    bucket = f"arn:{partition}:s3:::{lock.bucket}"
    return [
        {**_allow("Lock", ("s3:DeleteObject", "s3:GetObject", "s3:PutObject")), "Resource": f"{bucket}/{lock.key}"},
        {**_allow("LockIsFree", ("s3:ListBucket",)), "Resource": bucket},
    ]


def _enter(partition: str, member_role: str, organization: str) -> dict[str, Any]:
    """One role, and no account but the organization's own: a role of the same name elsewhere is somebody else's."""
    return {
        **_allow("EnterMemberAccounts", (ENTER,)),
        "Resource": f"arn:{partition}:iam::*:role/{member_role}",
        "Condition": {"StringEquals": {"aws:ResourceOrgID": organization or "${aws:PrincipalOrgID}"}},
    }


def _link(partition: str, services: Iterable[str]) -> dict[str, Any]:
    """IAM User Guide, "Service-linked role permissions": by the service that the role is for."""
    return {
        **_allow("MakeServiceLinkedRoles", (LINK,)),
        "Resource": f"arn:{partition}:iam::*:role/aws-service-role/*",
        "Condition": {"StringEquals": {"iam:AWSServiceName": sorted(services)}},
    }


def _pass(partition: str, passed: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """The roles by name, each to the one service that it is for (IAM User Guide, "Pass a role to an AWS service")."""
    for service in sorted({*passed.values()}):
        roles = sorted(role for role, to in passed.items() if to == service)
        yield {
            **_allow(f"PassRolesTo{service.partition('.')[0].capitalize()}", (PASS,)),
            "Resource": [f"arn:{partition}:iam::*:role/{role}" for role in roles],
            "Condition": {"StringEquals": {"iam:PassedToService": service}},
        }


def _allow(sid: str, actions: Iterable[str]) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Allow", "Action": sorted(actions), "Resource": "*"}


def _document(statements: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [*statements]}


def page() -> str:
    """`docs/permissions.md`."""
    rows = "\n".join(f"| `{kind.name}` | {_listed(kind.reads)} | {_listed(kind.writes)} |" for kind in KINDS)
    planning, applying = (
        "\n\n".join(f"```json\n{json.dumps(each, indent=2)}\n```" for each in packed(policy["Statement"]))
        for policy in (plan_policy(), apply_policy())
    )
    return f"""# Permissions

Made by `python -m landing.services.permissions` from what each kind declares; a test keeps it so. `landing synth`
writes the same policies for your partition and member role to `synth/permissions/`.

Run `landing` with credentials of the management account. Members are entered by assuming the member role
(`OrganizationAccountAccessRole` unless `access.member_role` says other): it reads drift of single stacks and puts
them back, and continues the rollback of a stack that is left in `UPDATE_ROLLBACK_FAILED`. For both it needs what the
resources of the templates need: CloudFormation handles them with the rights of who asks. `plan` and `drift` enter
with a session policy of just the reads that are declared below, so that they cannot write even where the role is an
administrator; and by `access.read_role`, where you name one, which can only read. The blueprint `read-role` makes it
(`landing-read`): name it once it is in every account.

`landing bootstrap` makes both roles for a [pipeline](pipeline.md), with these policies and explicit denies besides.

`landing test --verify-with-aws` needs none of this: credentials of any account that allow `iam:SimulateCustomPolicy`.

## The role that plans and reports drift

It changes nothing. Drift detection (`Detect…`) fills in a report of CloudFormation and touches no resource.

{planning}

## The role that applies

It needs those above and these beside them: together they are longer than one managed policy may be.

{applying}

### Stacks in the management account

What CloudFormation does there for a plain stack it does in the name of who asks. `landing synth` writes what that takes
for your stacks, role by role: `plan-stacks.json` for both roles (drift detection reads the resources), and
`apply-stacks.json` for the role that applies. Types that it does not know are named on stderr: give the roles what they
need yourself. When a stack is taken out of the config, leave the policy in place: deleting its resources needs it too.

### The lock

When the config names a bucket for the [lock](locking.md), these are added; `landing synth` does so with your names.
Where `lock.account` is a member account, the member role there needs them instead.

```json
{json.dumps(lock_statements("aws", EXAMPLE_LOCK), indent=2)}
```

The role that plans sees whether the bucket exists; without this it says that it cannot:

```json
{json.dumps(lock_is_there("aws", EXAMPLE_LOCK), indent=2)}
```

## Findings in Security Hub

`landing drift --send` ([drift](drift.md)) writes: findings, of ours alone, in Security Hub of the management account in
the home region. Who runs it needs this beside the policy of the role that plans; `landing synth` writes it to
`send.json`, for your partition and home region. No other role has it, and those of `landing bootstrap` are denied what
they are not given: let a role of its own do it.

```json
{json.dumps(_send("arn:aws:securityhub:eu-west-1:*:product/*/default"), indent=2)}
```

## Last access of services

`landing access` ([unused services](access.md)) needs this beside the policy of the role that plans; `landing synth`
writes it to `access.json`:

```json
{json.dumps(access_policy(), indent=2)}
```

## Addresses of root users

`landing email` ([accounts](accounts.md)) gives back the code that AWS has sent to a new address. Who runs it needs this
beside the policy of the role that plans, and the lock's where there is one; `landing synth` writes it to `email.json`:

```json
{json.dumps(email_policy(), indent=2)}
```

## Root users of members

`landing root` ([root access](root-access.md)) enters members as their root user, for one task. Who runs it needs this
beside the policy of the role that plans; `landing synth` writes it to `root-report.json` where the config has
`services.root_access`:

```json
{json.dumps(root_policy(), indent=2)}
```

`landing root --remove` needs this instead (`root-removal.json`), and the lock's where there is one. The roles of
`landing bootstrap` have neither, and are denied it: let a role of its own do it.

```json
{json.dumps(root_policy(removes=True), indent=2)}
```

## By kind

| kind | reads | writes |
|---|---|---|
{rows}
"""


def _listed(actions: Iterable[str]) -> str:
    return "<br>".join(f"`{action}`" for action in sorted(actions)) or "–"


if __name__ == "__main__":
    sys.stdout.write(page())
