"""A key in one region for what a team encrypts: who administers it cannot use it, who uses it cannot change it."""

import re

from troposphere import Ref, Sub, Template
from troposphere.kms import Alias, Key

from landing.blueprint.key_administration import ADMINISTRATION

CONTROLS = ("nist-800-53-r5:SC-12", "nist-csf-2.0:PR.DS-01")
USE = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]


def data_key(*, users: list[str], name: str = "data", deletion_days: int = 30) -> Template:
    """A key of KMS under `alias/landing-NAME`.

    Whom the account's own policies let do so administers it, and cannot use it, unless they change its policy, which is
    seen as drift. `users`, roles of the account (`role/NAME`, `*` allowed in the name) whose own policies allow it too,
    use it, also by AWS services, and cannot administer it.
    """
    if not users or not all(re.fullmatch(r"role/[\w+=,.@/-]+\*?", user) for user in users):
        raise ValueError("`users` are `role/NAME` or `role/NAME*`: at least one, and not every role")
    if not re.fullmatch(r"[\w/-]{1,200}", name) or not 7 <= deletion_days <= 30:
        raise ValueError("`name` has letters, digits, `/`, `_` and `-`; `deletion_days` is from 7 to 30")
    account = "arn:${AWS::Partition}:iam::${AWS::AccountId}"
    named = {"ArnLike": {"aws:PrincipalArn": [Sub(f"{account}:{user}") for user in users]}}
    statements: list[dict[str, object]] = [
        {"Sid": "Administration", "Action": ADMINISTRATION},
        {"Sid": "Use", "Action": USE, "Condition": named},
        {
            "Sid": "Grants",
            "Action": "kms:CreateGrant",
            "Condition": {**named, "Bool": {"kms:GrantIsForAWSResource": "true"}},
        },
    ]
    for statement in statements:
        statement |= {"Effect": "Allow", "Principal": {"AWS": Sub(f"{account}:root")}, "Resource": "*"}
    template = Template("A key for what a team encrypts")
    key = template.add_resource(
        Key(
            "DataKey",
            Description="What a team encrypts",
            Enabled=True,
            EnableKeyRotation=True,
            PendingWindowInDays=deletion_days,
            DeletionPolicy="Retain",
            UpdateReplacePolicy="Retain",
            KeyPolicy={"Version": "2012-10-17", "Statement": statements},
        )
    )
    template.add_resource(Alias("DataKeyAlias", AliasName=f"alias/landing-{name}", TargetKeyId=Ref(key)))
    return template
