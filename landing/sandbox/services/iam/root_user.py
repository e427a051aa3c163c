"""The root user and its credentials: some in accounts that came by themselves, none in those that were created.

IAM User Guide, "Centralize root access for member accounts": accounts created in an organization have no root
user credentials; "Perform a privileged task on a member account": the calls of a root session have no user name. Those
that a root user itself calls are the same. What only the console makes (keys, devices, certificates of a root user) is
there where the option `root_users` of the world says so: `{account: {"keys": 1, "mfa_devices": 1, "certificates": 1}}`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from landing.sandbox.protocol.http import HttpAnswer
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.world import BASE32, World

ROW = {
    "user": "<root_account>",
    "password_enabled": "not_supported",
    "password_last_used": "no_information",
    "password_last_changed": "not_supported",
    "password_next_rotation": "not_supported",
    "mfa_active": "false",
    **{f"{what}_active": "false" for what in ("access_key_1", "access_key_2", "cert_1", "cert_2")},
}


@dataclass
class RootUser:
    """What it can sign in with; of keys, devices and certificates the id and when each was made."""

    password: bool
    made: datetime
    keys: dict[str, datetime] = field(default_factory=dict)
    mfa_devices: dict[str, datetime] = field(default_factory=dict)
    certificates: dict[str, datetime] = field(default_factory=dict)


def root_user(world: World, account: str) -> RootUser:
    """That of an account."""
    return world.state("iam.root_user", account, "", lambda: _at_first(world, account))


def get_account_summary(call: Call) -> dict[str, Any]:
    """Moto does not know what the root user has."""
    found = root_user(call.world, call.account)
    summary = {
        **call.moto()["SummaryMap"],
        "AccountPasswordPresent": int(found.password),
        "AccountAccessKeysPresent": int(bool(found.keys)),
        "AccountMFAEnabled": int(bool(found.mfa_devices)),
        "AccountSigningCertificatesPresent": int(bool(found.certificates)),
    }
    return {"SummaryMap": summary}


def get_credential_report(call: Call) -> dict[str, Any]:
    """Moto leaves the root user out."""
    report = call.moto()
    header, _, users = report["Content"].decode().partition("\n")
    found = root_user(call.world, call.account)
    row = {**ROW, "arn": _arn(call), "user_creation_time": found.made.strftime("%Y-%m-%dT%H:%M:%S+00:00")}
    row["mfa_active"] = str(bool(found.mfa_devices)).lower()
    for what, things in (("access_key", found.keys), ("cert", found.certificates)):
        row |= {f"{what}_{number}_active": "true" for number, _ in enumerate(things, 1)}
    root = ",".join(row.get(column, "N/A") for column in header.split(","))
    return {**report, "Content": f"{header}\n{root}\n{users}".encode()}


def get_user(call: Call) -> dict[str, Any] | HttpAnswer:
    """Moto makes up a user of whoever is none."""
    if not _is_about_root(call):
        return call.forward()
    found = root_user(call.world, call.account)
    return {"User": {"UserId": call.account, "Arn": _arn(call), "Path": "/", "UserName": "", "CreateDate": found.made}}


def list_access_keys(call: Call) -> dict[str, Any] | HttpAnswer:
    """Moto knows no keys of a root user."""
    if not _is_about_root(call):
        return call.forward()
    keys = root_user(call.world, call.account).keys
    listed = [{"AccessKeyId": key, "Status": "Active", "CreateDate": made} for key, made in keys.items()]
    return {"AccessKeyMetadata": listed, "IsTruncated": False}


def get_access_key_last_used(call: Call) -> dict[str, Any] | HttpAnswer:
    """Moto knows no keys of a root user."""
    if call["AccessKeyId"] not in root_user(call.world, call.account).keys:
        return call.forward()
    return {"UserName": "", "AccessKeyLastUsed": {"ServiceName": "N/A", "Region": "N/A"}}


def list_mfa_devices(call: Call) -> dict[str, Any] | HttpAnswer:
    """Moto knows no devices of a root user."""
    if not _is_about_root(call):
        return call.forward()
    devices = root_user(call.world, call.account).mfa_devices
    listed = [{"UserName": "", "SerialNumber": serial, "EnableDate": made} for serial, made in devices.items()]
    return {"MFADevices": listed, "IsTruncated": False}


def list_signing_certificates(call: Call) -> dict[str, Any] | HttpAnswer:
    """Moto knows no certificates of a root user."""
    if not _is_about_root(call):
        return call.forward()
    listed = [
        {"UserName": "", "CertificateId": each, "CertificateBody": "-", "Status": "Active", "UploadDate": made}
        for each, made in root_user(call.world, call.account).certificates.items()
    ]
    return {"Certificates": listed, "IsTruncated": False}


def get_login_profile(call: Call) -> dict[str, Any] | HttpAnswer:
    """Moto knows no password of a root user."""
    if not _is_about_root(call):
        return call.forward()
    found = root_user(call.world, call.account)
    if not found.password:
        raise _nothing("Login Profile for the root user")
    return {"LoginProfile": {"UserName": "", "CreateDate": found.made, "PasswordResetRequired": False}}


def create_login_profile(call: Call) -> dict[str, Any] | HttpAnswer:
    """Moto has no root user; of one, its password may be recovered from then on."""
    if not _is_about_root(call):
        return call.forward()
    found = root_user(call.world, call.account)
    if found.password:
        raise Refusal("EntityAlreadyExists", "Login Profile for the root user already exists.", 409)
    found.password = True
    return get_login_profile(call)


def delete_login_profile(call: Call) -> HttpAnswer | None:
    """Moto knows no password of a root user."""
    if not _is_about_root(call):
        return call.forward()
    found = root_user(call.world, call.account)
    if not found.password:
        raise _nothing("Login Profile for the root user")
    found.password = False
    return None


def delete_access_key(call: Call) -> HttpAnswer | None:
    """Moto knows no keys of a root user."""
    return _deleted(call, root_user(call.world, call.account).keys, "AccessKeyId")


def deactivate_mfa_device(call: Call) -> HttpAnswer | None:
    """Moto knows no devices of a root user."""
    return _deleted(call, root_user(call.world, call.account).mfa_devices, "SerialNumber")


def delete_signing_certificate(call: Call) -> HttpAnswer | None:
    """Moto knows no certificates of a root user."""
    return _deleted(call, root_user(call.world, call.account).certificates, "CertificateId")


def _deleted(call: Call, things: dict[str, datetime], member: str) -> HttpAnswer | None:
    if not _is_about_root(call):
        return call.forward()
    if call[member] not in things:
        raise _nothing(f"{member} {call[member]}")
    del things[call[member]]
    return None


def _nothing(what: str) -> Refusal:
    return Refusal("NoSuchEntity", f"{what} cannot be found.", 404)


def _is_about_root(call: Call) -> bool:
    """Without a name a call is about who calls."""
    return "UserName" not in call and call.caller.principal.endswith(":root")


def _arn(call: Call) -> str:
    return f"arn:{call.partition}:iam::{call.account}:root"


def _at_first(world: World, account: str) -> RootUser:
    told: Mapping[str, Any] = world.options.get("root_users", {}).get(account, {})
    known = world.accounts[account]

    def made(ids: Sequence[str]) -> dict[str, datetime]:
        return dict.fromkeys(ids, known.created)

    return RootUser(
        bool(told.get("password", known.creator is None)),
        known.created,
        made([f"AKIA{world.token(16, BASE32)}" for _ in range(told.get("keys", 0))]),
        made([f"arn:{world.partition}:iam::{account}:mfa/root-{n}" for n in range(told.get("mfa_devices", 0))]),
        made([world.token(32, BASE32) for _ in range(told.get("certificates", 0))]),
    )
