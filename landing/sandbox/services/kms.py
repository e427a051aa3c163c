"""AWS KMS: moto's, with the checks of key policies and the periods of rotation (KMS API reference)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar

from landing.sandbox.authorization import trust
from landing.sandbox.moto.probes import refuses
from landing.sandbox.protocol.documents import statements
from landing.sandbox.protocol.http import HttpAnswer
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import accounts
from landing.sandbox.services.call import Call
from landing.sandbox.services.service import Probe, ProbedSandbox, Service

POLICY = "default"
PERIOD = 365
"""Days between rotations unless the caller says otherwise."""


@dataclass(slots=True)
class Rotations:
    """Id of a key that rotates to its period in days, and since when."""

    periods: dict[str, tuple[int, datetime]] = field(default_factory=dict)


def _kms(sandbox: ProbedSandbox) -> tuple[Any, str]:
    kms: Any = sandbox.session().client("kms", region_name="us-east-1")
    return kms, kms.create_key()["KeyMetadata"]["Arn"]


def lists_have_pages(sandbox: ProbedSandbox) -> bool:
    """The probe: a list of two keys, or aliases, has a second page."""
    kms, key = _kms(sandbox)
    kms.create_alias(AliasName="alias/first", TargetKeyId=key)
    kms.create_key()
    return bool(kms.list_keys(Limit=1)["Truncated"] and kms.list_aliases(Limit=1)["Truncated"])


def keys_are_named_by_arn(sandbox: ProbedSandbox) -> bool:
    """The probe: a key is disabled, enabled, scheduled for deletion and kept by its ARN."""
    kms, key = _kms(sandbox)
    kms.disable_key(KeyId=key)
    kms.enable_key(KeyId=key)
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    kms.describe_key(KeyId=key)
    return bool(kms.cancel_key_deletion(KeyId=key)["KeyId"] == key)


def policies_are_checked(sandbox: ProbedSandbox) -> bool:
    """The probe: nobody is locked out of a key, at its creation or later."""
    kms, key = _kms(sandbox)
    nobody = json.dumps({"Version": "2012-10-17", "Statement": []})
    malformed = "MalformedPolicyDocumentException"
    return refuses(kms.create_key, malformed, Policy=nobody) and refuses(
        kms.put_key_policy, malformed, KeyId=key, PolicyName="default", Policy=nobody
    )


def policies_have_one_name(sandbox: ProbedSandbox) -> bool:
    """The probe: the name of a key's policy need not be said."""
    kms, key = _kms(sandbox)
    return bool(kms.get_key_policy(KeyId=key)["PolicyName"] == POLICY)


def rotation_has_a_period(sandbox: ProbedSandbox) -> bool:
    """The probe: a key rotates every 90 days, and then no more."""
    kms, key = _kms(sandbox)
    kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=90)
    period = kms.get_key_rotation_status(KeyId=key).get("RotationPeriodInDays")
    kms.disable_key_rotation(KeyId=key)
    return (period, "NextRotationDate" in kms.get_key_rotation_status(KeyId=key)) == (90, False)


def rotation_is_of_working_keys(sandbox: ProbedSandbox) -> bool:
    """The probe: rotation of a disabled key stays as it is."""
    kms, key = _kms(sandbox)
    kms.enable_key_rotation(KeyId=key)
    kms.disable_key(KeyId=key)
    return refuses(kms.disable_key_rotation, "DisabledException", KeyId=key)


def keys_decrypt_what_is_theirs(sandbox: ProbedSandbox) -> bool:
    """Decrypt tells the wrong key from a missing permission, and neither it nor GenerateDataKey uses a disabled key."""
    kms, key = _kms(sandbox)
    sealed = kms.generate_data_key(KeyId=key, KeySpec="AES_256")["CiphertextBlob"]
    other = kms.create_key()["KeyMetadata"]["Arn"]
    wrong = refuses(kms.decrypt, "IncorrectKeyException", KeyId=other, CiphertextBlob=sealed)
    kms.disable_key(KeyId=key)
    return (
        wrong
        and refuses(kms.decrypt, "DisabledException", KeyId=key, CiphertextBlob=sealed)
        and refuses(kms.generate_data_key, "DisabledException", KeyId=key, KeySpec="AES_256")
    )


class Kms(Service[Rotations]):
    """Keys, aliases and cryptography are moto's."""

    name = "kms"
    token_error: ClassVar = {"code": "InvalidMarkerException", "message": "The marker is not valid."}
    extends = True
    state_type = Rotations
    probes: ClassVar[Mapping[str, Probe]] = {
        **dict.fromkeys(("ListKeys", "ListAliases"), lists_have_pages),
        **dict.fromkeys(("CancelKeyDeletion", "DisableKey", "EnableKey", "ScheduleKeyDeletion"), keys_are_named_by_arn),
        "GetKeyPolicy": policies_have_one_name,
        **dict.fromkeys(("CreateKey", "PutKeyPolicy"), policies_are_checked),
        "DisableKeyRotation": rotation_is_of_working_keys,
        **dict.fromkeys(("Decrypt", "GenerateDataKey"), keys_decrypt_what_is_theirs),
        **dict.fromkeys(("EnableKeyRotation", "GetKeyRotationStatus"), rotation_has_a_period),
    }

    def create_key(self, call: Call) -> HttpAnswer:
        """Moto takes any text as a policy, and one that locks everybody out."""
        if "Policy" in call:
            _check_policy(call)
        return call.forward()

    def put_key_policy(self, call: Call) -> None:
        """Moto takes any text as a policy, and one that locks everybody out, and needs the policy's name."""
        key = _with_policy(call)
        _check_policy(call)
        key.policy = call["Policy"]

    def get_key_policy(self, call: Call) -> dict[str, Any]:
        """Moto needs the policy's name, and does not answer it."""
        return {"Policy": _with_policy(call).policy, "PolicyName": POLICY}

    def generate_data_key(self, call: Call) -> HttpAnswer:
        """Moto uses any key."""
        _usable(call, call["KeyId"])
        return call.forward()

    def decrypt(self, call: Call) -> HttpAnswer:
        """Moto uses any key, and takes the wrong one for a missing permission."""
        blob = call["CiphertextBlob"]
        if "KeyId" in call:
            found = _usable(call, call["KeyId"])
            if blob[: len(found.id)] != found.id.encode():
                raise Refusal(
                    "IncorrectKeyException",
                    "The key ID in the request does not identify a CMK that can perform this operation.",
                )
        return call.forward()

    def list_keys(self, call: Call) -> dict[str, Any]:
        """Moto has no pages."""
        return _page(call, "Keys", call.moto()["Keys"])

    def list_aliases(self, call: Call) -> dict[str, Any]:
        """Moto has no pages."""
        return _page(call, "Aliases", call.moto()["Aliases"])

    def enable_key(self, call: Call) -> None:
        """Moto knows the key by its id only, and wakes one that is to be deleted."""
        key = _key(call, "Enabled", "Disabled")
        call.backend().enable_key(key.id)

    def disable_key(self, call: Call) -> None:
        """Moto knows the key by its id only."""
        key = _key(call, "Enabled", "Disabled")
        call.backend().disable_key(key.id)

    def schedule_key_deletion(self, call: Call) -> dict[str, Any]:
        """Moto knows the key by its id only, and reckons with the wall clock."""
        key = _key(call, "Enabled", "Disabled")
        days = call.get("PendingWindowInDays", 30)
        until = call.world.now + timedelta(days)
        key.enabled, key.key_state, key.deletion_date = False, "PendingDeletion", until.replace(tzinfo=None)
        return {
            "KeyId": key.arn,
            "DeletionDate": until,
            "KeyState": "PendingDeletion",
            "PendingWindowInDays": days,
        }

    def cancel_key_deletion(self, call: Call) -> dict[str, Any]:
        """Moto knows the key by its id only."""
        key = _key(call, "PendingDeletion")
        call.backend().cancel_key_deletion(key.id)
        return {"KeyId": key.arn}

    def enable_key_rotation(self, call: Call) -> None:
        """Moto keeps no period, and rotates any key."""
        key = _rotated(call)
        key.key_rotation_status = True
        self.state(call).periods[key.id] = (call.get("RotationPeriodInDays", PERIOD), call.world.now)

    def disable_key_rotation(self, call: Call) -> None:
        """Moto keeps no period, and rotates any key."""
        key = _rotated(call)
        key.key_rotation_status = False
        self.state(call).periods.pop(key.id, None)

    def get_key_rotation_status(self, call: Call) -> dict[str, Any]:
        """Moto keeps no period."""
        key = _key(call)
        if not key.key_rotation_status or key.key_state == "PendingDeletion":
            return {"KeyId": key.arn, "KeyRotationEnabled": False}
        period, since = self.state(call).periods.get(key.id, (PERIOD, call.world.now))
        passed = (call.world.now - since).days // period
        return {
            "KeyId": key.arn,
            "KeyRotationEnabled": True,
            "RotationPeriodInDays": period,
            "NextRotationDate": since + timedelta(days=period * (passed + 1)),
        }


def _key(call: Call, *states: str) -> Any:
    """The key that is named by id or ARN, in one of these states."""
    named = call["KeyId"]
    found = call.backend().keys.get(call.backend().get_key_id(named))
    if found is None:
        arn = named if named.startswith("arn:") else call.arn(f"key/{named}")
        raise Refusal("NotFoundException", f"Key '{arn}' does not exist")
    if states and found.key_state not in states:
        _refuse_unusable(found)
        raise Refusal("KMSInvalidStateException", f"{found.arn} is not pending deletion.")
    return found


def _refuse_unusable(found: Any) -> None:
    if found.key_state == "Disabled":
        raise Refusal("DisabledException", f"{found.arn} is disabled.")
    if found.key_state == "PendingDeletion":
        raise Refusal("KMSInvalidStateException", f"{found.arn} is pending deletion.")


def _usable(call: Call, name: str) -> Any:
    """The key that is named by id, alias or ARN, which works."""
    backend = call.backend()
    alias = name.rpartition(":")[2] if ":alias/" in name else name
    found = backend.keys.get(_named(call, alias) if alias.startswith("alias/") else backend.get_key_id(name))
    if found is None:
        what = (
            f"Alias {call.arn(alias)} is not found." if alias.startswith("alias/") else f"Key '{name}' does not exist"
        )
        raise Refusal("NotFoundException", what)
    _refuse_unusable(found)
    return found


def _named(call: Call, alias: str) -> str:
    """The id of the key that an alias is of; empty when there is none."""
    name = call.backend().get_key_id_from_alias(alias)
    return call.backend().get_key_id(name) if name else ""


def _with_policy(call: Call) -> Any:
    """The key; its one policy is called default (API reference, PolicyName)."""
    if call.get("PolicyName", POLICY) != POLICY:
        raise Refusal("NotFoundException", "No such policy exists")
    return _key(call)


def _rotated(call: Call) -> Any:
    """Only symmetric keys whose material KMS made rotate by themselves (API reference, EnableKeyRotation)."""
    found = _key(call, "Enabled")
    if found.key_spec != "SYMMETRIC_DEFAULT" or found.origin != "AWS_KMS":
        raise Refusal("UnsupportedOperationException", "Automatic rotation is for symmetric encryption keys only.")
    return found


def _check_policy(call: Call) -> None:
    """JSON, and with a way for the caller to change it again (Developer Guide, "Changing a key policy")."""
    try:
        found = statements(call["Policy"])
    except ValueError:
        raise Refusal("MalformedPolicyDocumentException", "Policy contains invalid json") from None
    if not all({"Effect", "Principal", "Action", "Resource"} <= set(one) for one in found):
        raise Refusal("MalformedPolicyDocumentException", "Policy contains a statement without all of its elements.")
    if call.get("BypassPolicyLockoutSafetyCheck"):
        return
    context = {
        "aws:principalaccount": call.account,
        "aws:principalarn": call.caller.principal,
        "kms:calleraccount": call.account,
        **accounts.organization_context(call.world, call.account),
    }
    if not trust.admits(call["Policy"], call.caller, "kms:PutKeyPolicy", context):
        raise Refusal(
            "MalformedPolicyDocumentException",
            "The new key policy will not allow you to update the key policy in the future.",
        )


def _page(call: Call, member: str, items: list[Any]) -> dict[str, Any]:
    """100 keys or 50 aliases unless the caller wants fewer or more (API reference, Limit)."""
    page = call.page(member, items, most=call.get("Limit", 100 if member == "Keys" else 50))
    return {**page, "Truncated": "NextMarker" in page}
