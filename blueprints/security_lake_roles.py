"""Roles of Amazon Security Lake, by the names that AWS gives them, in the account of the lake."""

from typing import Any

from troposphere import Sub, Template
from troposphere.iam import Policy, Role

from landing.blueprint.resource_names import LAKE_REPLICATION_ROLE, LAKE_ROLE

REGIONS = "home"

BUCKETS = "arn:${AWS::Partition}:s3:::aws-security-data-lake-*"
"""What Security Lake calls its buckets (User Guide, "Data management")."""


def security_lake_roles(*, key: str = "", rollup: str = "") -> Template:
    """Roles of Amazon Security Lake, by the names that AWS gives them, in the account of the lake."""
    template = Template("Roles of Amazon Security Lake")
    uses_key = _key(key, "kms:Decrypt", "kms:RetireGrant")
    template.add_resource(
        Role(
            "MetaStoreManager",
            RoleName=LAKE_ROLE,
            Path="/service-role/",
            AssumeRolePolicyDocument=_trust("lambda.amazonaws.com"),
            ManagedPolicyArns=[
                Sub("arn:${AWS::Partition}:iam::aws:policy/service-role/AmazonSecurityLakeMetastoreManager")
            ],
            **({"Policies": [_policy("key", uses_key)]} if key else {}),
        )
    )
    if rollup:
        template.add_resource(
            Role(
                "Replication",
                RoleName=LAKE_REPLICATION_ROLE,
                Path="/service-role/",
                AssumeRolePolicyDocument=_trust("s3.amazonaws.com", own=True),
                Policies=[
                    _policy("replicate", *_replicating(), *([_key(key, "kms:Decrypt", "kms:Encrypt")] if key else []))
                ],
            )
        )
    return template


def _replicating() -> list[dict[str, Any]]:
    """From the lake's buckets to each other, in this account alone (S3 User Guide, "Setting up permissions")."""
    own = {"StringEquals": {"s3:ResourceAccount": Sub("${AWS::AccountId}")}}
    read = ["s3:GetReplicationConfiguration", "s3:ListBucket"]
    objects = [
        "s3:GetObjectVersionAcl",
        "s3:GetObjectVersionForReplication",
        "s3:GetObjectVersionTagging",
        "s3:ReplicateDelete",
        "s3:ReplicateObject",
        "s3:ReplicateTags",
    ]
    return [
        {"Effect": "Allow", "Action": read, "Resource": Sub(BUCKETS), "Condition": own},
        {"Effect": "Allow", "Action": objects, "Resource": Sub(f"{BUCKETS}/*"), "Condition": own},
    ]


def _key(key: str, *actions: str) -> dict[str, Any]:
    """The multi-Region key of the account, in every region."""
    arn = Sub(f"arn:${{AWS::Partition}}:kms:*:${{AWS::AccountId}}:key/{key}")
    return {"Effect": "Allow", "Action": list(actions), "Resource": arn}


def _policy(name: str, *statements: dict[str, Any]) -> Policy:
    return Policy(PolicyName=name, PolicyDocument={"Version": "2012-10-17", "Statement": list(statements)})


def _trust(service: str, *, own: bool = False) -> dict[str, Any]:
    statement: dict[str, Any] = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    if own:
        statement["Condition"] = {"StringEquals": {"aws:SourceAccount": Sub("${AWS::AccountId}")}}
    return {"Version": "2012-10-17", "Statement": [statement]}
