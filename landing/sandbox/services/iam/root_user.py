"""The root user, as IAM reports it: credentials in a management account, none in accounts that it created.

IAM User Guide, "Centralize root access for member accounts": accounts created in an organization have no root
user credentials; "Generate credential reports": the row of the root user.
"""

from __future__ import annotations

from typing import Any

from landing.sandbox.services.call import Call

ROW = {
    "user": "<root_account>",
    "password_enabled": "not_supported",
    "password_last_used": "no_information",
    "password_last_changed": "not_supported",
    "password_next_rotation": "not_supported",
    "mfa_active": "false",
    **{f"{what}_active": "false" for what in ("access_key_1", "access_key_2", "cert_1", "cert_2")},
}


def get_account_summary(call: Call) -> dict[str, Any]:
    """Moto does not say whether the root user has a password."""
    summary = call.moto()["SummaryMap"]
    return {"SummaryMap": {**summary, "AccountPasswordPresent": int(_has_credentials(call))}}


def get_credential_report(call: Call) -> dict[str, Any]:
    """Moto leaves the root user out."""
    report = call.moto()
    header, _, users = report["Content"].decode().partition("\n")
    account = call.world.accounts[call.account]
    made = account.created.strftime("%Y-%m-%dT%H:%M:%S+00:00")
    row = {**ROW, "arn": f"arn:{call.partition}:iam::{call.account}:root", "user_creation_time": made}
    root = ",".join(row.get(column, "N/A") for column in header.split(","))
    return {**report, "Content": f"{header}\n{root}\n{users}".encode()}


def _has_credentials(call: Call) -> bool:
    return call.world.accounts[call.account].creator is None
