"""Keys, aliases, policies and rotation (KMS Developer Guide and API reference)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sandbox.cloud import Cloud, refused, source
from tests.sandbox.security import allow, document

DAY = 24 * 3600
UNKNOWN = "11111111-1111-1111-1111-111111111111"


def key(cloud: Cloud, **parameters: Any) -> dict[str, Any]:
    made: dict[str, Any] = cloud.client("kms").create_key(**parameters)["KeyMetadata"]
    return made


def state(cloud: Cloud, found: dict[str, Any]) -> str:
    shown: str = cloud.client("kms").describe_key(KeyId=found["KeyId"])["KeyMetadata"]["KeyState"]
    return shown


@source("kms: ListKeys, ListAliases (API reference): Limit, Marker, Truncated, NextMarker")
def test_lists_have_pages(cloud: Cloud) -> None:
    kms = cloud.client("kms")
    keys = {key(cloud)["KeyId"] for _ in range(3)}
    first = kms.list_keys(Limit=2)
    second = kms.list_keys(Limit=2, Marker=first["NextMarker"])
    assert (first["Truncated"], second["Truncated"]) == (True, False)
    assert {found["KeyId"] for page in (first, second) for found in page["Keys"]} == keys
    for name in ("alias/a", "alias/b"):
        kms.create_alias(AliasName=name, TargetKeyId=min(keys))
    assert "NextMarker" in kms.list_aliases(Limit=1)


@source("kms: ListKeys (API reference), InvalidMarkerException")
def test_a_marker_that_was_never_given_is_refused(cloud: Cloud) -> None:
    refused("InvalidMarkerException", cloud.client("kms").list_keys, Marker="mine")


@source("kms: DisableKey, EnableKey (API reference): KeyId, key ID or key ARN")
@pytest.mark.parametrize("form", ["KeyId", "Arn"])
def test_a_key_is_disabled_and_enabled_by_either_name(cloud: Cloud, form: str) -> None:
    kms, made = cloud.client("kms"), key(cloud)
    kms.disable_key(KeyId=made[form])
    assert state(cloud, made) == "Disabled"
    kms.enable_key(KeyId=made[form])
    assert state(cloud, made) == "Enabled"


@source("kms: DisableKey, ScheduleKeyDeletion, EnableKeyRotation, PutKeyPolicy (API reference), NotFoundException")
def test_a_key_that_is_not_there_is_named(cloud: Cloud) -> None:
    kms = cloud.client("kms")
    for call in (kms.disable_key, kms.enable_key, kms.schedule_key_deletion, kms.enable_key_rotation):
        assert UNKNOWN in str(refused("NotFoundException", call, KeyId=UNKNOWN))
    refused("NotFoundException", kms.put_key_policy, KeyId=UNKNOWN, Policy="{}")


@source("kms: ScheduleKeyDeletion (API reference): PendingWindowInDays, default 30")
@pytest.mark.parametrize("days", [None, 7])
def test_deletion_is_scheduled(cloud: Cloud, days: int | None) -> None:
    kms, made = cloud.client("kms"), key(cloud)
    answer = kms.schedule_key_deletion(KeyId=made["Arn"], **({} if days is None else {"PendingWindowInDays": days}))
    assert (answer["KeyId"], answer["KeyState"]) == (made["Arn"], "PendingDeletion")
    assert answer["PendingWindowInDays"] == (days or 30)
    assert state(cloud, made) == "PendingDeletion"


@source("kms: ScheduleKeyDeletion, EnableKey (API reference); Developer Guide, Key states")
def test_a_key_that_waits_for_deletion_does_nothing_else(cloud: Cloud) -> None:
    kms, made = cloud.client("kms"), key(cloud)
    kms.schedule_key_deletion(KeyId=made["KeyId"])
    for call in (kms.enable_key, kms.disable_key, kms.schedule_key_deletion, kms.enable_key_rotation):
        refused("KMSInvalidStateException", call, KeyId=made["KeyId"])


@source("kms: CancelKeyDeletion (API reference): the key state is Disabled")
def test_a_key_that_is_kept_is_disabled(cloud: Cloud) -> None:
    kms, made = cloud.client("kms"), key(cloud)
    refused("KMSInvalidStateException", kms.cancel_key_deletion, KeyId=made["KeyId"])
    kms.schedule_key_deletion(KeyId=made["KeyId"])
    assert kms.cancel_key_deletion(KeyId=made["Arn"])["KeyId"] == made["Arn"]
    assert state(cloud, made) == "Disabled"


@source("kms: EnableKeyRotation, GetKeyRotationStatus (API reference): RotationPeriodInDays, NextRotationDate")
@pytest.mark.parametrize("period", [None, 90, 2560])
def test_a_key_rotates_by_its_period(cloud: Cloud, period: int | None) -> None:
    kms, made = cloud.client("kms"), key(cloud)
    assert kms.get_key_rotation_status(KeyId=made["KeyId"])["KeyRotationEnabled"] is False
    kms.enable_key_rotation(KeyId=made["Arn"], **({} if period is None else {"RotationPeriodInDays": period}))
    status = kms.get_key_rotation_status(KeyId=made["Arn"])
    assert (status["KeyRotationEnabled"], status["RotationPeriodInDays"]) == (True, period or 365)


@source("kms: GetKeyRotationStatus (API reference), NextRotationDate; Developer Guide, Rotate AWS KMS keys")
def test_the_next_rotation_moves_on(cloud: Cloud) -> None:
    kms, made = cloud.client("kms"), key(cloud)
    kms.enable_key_rotation(KeyId=made["KeyId"], RotationPeriodInDays=90)
    before = kms.get_key_rotation_status(KeyId=made["KeyId"])["NextRotationDate"]
    cloud.advance(91 * DAY)  # type: ignore[attr-defined]
    after = kms.get_key_rotation_status(KeyId=made["KeyId"])["NextRotationDate"]
    assert (after - before).days == 90


@source("botocore: kms, RotationPeriodInDaysType, 90 to 2560")
def test_a_period_has_limits(cloud: Cloud) -> None:
    enable = cloud.client("kms").enable_key_rotation
    refused("ValidationException", enable, KeyId=key(cloud)["KeyId"], RotationPeriodInDays=2561)


@source("kms: EnableKeyRotation (API reference): symmetric encryption keys; UnsupportedOperationException")
def test_only_symmetric_keys_rotate(cloud: Cloud) -> None:
    signing = key(cloud, KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")["KeyId"]
    refused("UnsupportedOperationException", cloud.client("kms").enable_key_rotation, KeyId=signing)


@source("kms: DisableKeyRotation, EnableKeyRotation (API reference), DisabledException")
def test_rotation_is_switched_on_enabled_keys_only(cloud: Cloud) -> None:
    kms, made = cloud.client("kms"), key(cloud)
    kms.enable_key_rotation(KeyId=made["KeyId"])
    kms.disable_key(KeyId=made["KeyId"])
    refused("DisabledException", kms.disable_key_rotation, KeyId=made["KeyId"])
    kms.enable_key(KeyId=made["KeyId"])
    kms.disable_key_rotation(KeyId=made["KeyId"])
    assert kms.get_key_rotation_status(KeyId=made["KeyId"])["KeyRotationEnabled"] is False


@source("kms: PutKeyPolicy (API reference), MalformedPolicyDocumentException")
@pytest.mark.parametrize("text", ["no json", "[]", '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow"}]}'])
def test_a_malformed_policy_is_refused(cloud: Cloud, text: str) -> None:
    kms = cloud.client("kms")
    refused("MalformedPolicyDocumentException", kms.create_key, Policy=text)
    refused("MalformedPolicyDocumentException", kms.put_key_policy, KeyId=key(cloud)["KeyId"], Policy=text)


@source("kms: PutKeyPolicy, CreateKey (API reference), BypassPolicyLockoutSafetyCheck")
def test_nobody_locks_himself_out_unless_he_says_so(cloud: Cloud) -> None:
    kms, made = cloud.client("kms"), key(cloud)
    stranger = document(allow({"AWS": "arn:aws:iam::999999999999:root"}, "kms:*", "*"))
    put = {"KeyId": made["KeyId"], "Policy": stranger}
    refused("MalformedPolicyDocumentException", kms.put_key_policy, **put)
    refused("MalformedPolicyDocumentException", kms.create_key, Policy=stranger)
    kms.put_key_policy(**put, BypassPolicyLockoutSafetyCheck=True)
    assert json.loads(kms.get_key_policy(KeyId=made["KeyId"])["Policy"]) == json.loads(stranger)


@source(
    "kms: GenerateDataKey, Decrypt (API reference): EncryptionContext, KeyId, IncorrectKeyException, DisabledException"
)
def test_a_data_key_is_decrypted_by_its_own_key_in_its_own_context(cloud: Cloud) -> None:
    kms, made, other = cloud.client("kms"), key(cloud), key(cloud)
    kms.create_alias(AliasName="alias/mine", TargetKeyId=made["KeyId"])
    context = {"EncryptionContext": {"a": "1"}}
    answer = kms.generate_data_key(KeyId="alias/mine", KeySpec="AES_256", **context)
    assert answer["KeyId"] == made["Arn"]
    sealed = {"CiphertextBlob": answer["CiphertextBlob"]}
    for name in (made["KeyId"], made["Arn"], "alias/mine"):
        assert kms.decrypt(KeyId=name, **sealed, **context)["Plaintext"] == answer["Plaintext"]
    refused("InvalidCiphertextException", kms.decrypt, **sealed, EncryptionContext={"a": "2"})
    refused("IncorrectKeyException", kms.decrypt, KeyId=other["Arn"], **sealed, **context)
    refused("NotFoundException", kms.generate_data_key, KeyId="alias/none", KeySpec="AES_256")
    kms.disable_key(KeyId=made["KeyId"])
    refused("DisabledException", kms.decrypt, KeyId=made["Arn"], **sealed, **context)
    refused("DisabledException", kms.generate_data_key, KeyId="alias/mine", KeySpec="AES_256")
