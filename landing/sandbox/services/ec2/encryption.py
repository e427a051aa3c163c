"""Which key new volumes of an account are encrypted with in a Region."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call

MANAGED = "alias/aws/ebs"


def get_ebs_default_kms_key_id(call: Call) -> dict[str, Any]:
    """Moto cannot say which key it uses."""
    return {"KmsKeyId": call.backend().default_kms_key_id or MANAGED}


def modify_ebs_default_kms_key_id(call: Call) -> dict[str, Any]:
    """Moto fails without a key, and takes keys that cannot be used."""
    asked = call["KmsKeyId"]
    try:
        key = call.client("kms").describe_key(KeyId=asked)["KeyMetadata"]
    except ClientError:
        raise Refusal("InvalidKmsKey.NotFound", f"The KMS key '{asked}' does not exist.") from None
    if key["KeyState"] != "Enabled":
        raise Refusal("InvalidKmsKey.InvalidState", f"The KMS key '{asked}' is {key['KeyState']}.")
    if key["KeySpec"] != "SYMMETRIC_DEFAULT":
        raise Refusal("InvalidParameterValue", "Amazon EBS does not support asymmetric KMS keys.")
    call.backend().default_kms_key_id = key["Arn"]
    return {"KmsKeyId": key["Arn"]}


def reset_ebs_default_kms_key_id(call: Call) -> dict[str, Any]:
    """Moto cannot go back to the key of AWS."""
    call.backend().default_kms_key_id = ""
    return {"KmsKeyId": call.arn(MANAGED, service="kms")}
