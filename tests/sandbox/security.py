"""What checks of the security services begin with."""

from __future__ import annotations

import json
from typing import Any

from tests.sandbox.cloud import Cloud

GUARDDUTY = "guardduty.amazonaws.com"


def administrator(cloud: Cloud, name: str = "security") -> str:
    """A member that is the administrator of GuardDuty in us-east-1."""
    account = cloud.account(name)
    cloud.trust(GUARDDUTY)
    cloud.client("guardduty").enable_organization_admin_account(AdminAccountId=account)
    return account


def detector(cloud: Cloud, account: str | None = None, region: str = "us-east-1") -> str:
    """The id of the detector that is there."""
    found: str = cloud.client("guardduty", account, region).list_detectors()["DetectorIds"][0]
    return found


def allow(principal: Any, action: str | list[str], resource: str | list[str], **condition: Any) -> dict[str, Any]:
    """A statement of a resource policy."""
    statement = {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": resource}
    return statement | ({"Condition": condition} if condition else {})


def document(*statements: dict[str, Any]) -> str:
    """A policy."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def bucket(cloud: Cloud, name: str, *statements: dict[str, Any], account: str | None = None) -> str:
    """A bucket in us-east-1 with a policy."""
    s3 = cloud.client("s3", account)
    s3.create_bucket(Bucket=name)
    if statements:
        s3.put_bucket_policy(Bucket=name, Policy=document(*statements))
    return name


def key(cloud: Cloud, *statements: dict[str, Any], account: str | None = None, region: str = "us-east-1") -> str:
    """The ARN of a customer key whose policy has these statements besides the owner's."""
    kms = cloud.client("kms", account, region)
    arn: str = kms.create_key()["KeyMetadata"]["Arn"]
    owner = allow({"AWS": f"arn:aws:iam::{arn.split(':')[4]}:root"}, "kms:*", "*")
    kms.put_key_policy(KeyId=arn, PolicyName="default", Policy=document(owner, *statements))
    return arn
