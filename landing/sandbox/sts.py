"""AWS STS: who a caller is, and roles of other accounts (STS API reference)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from moto.iam.exceptions import NotFoundException

from landing.sandbox import accounts, trust
from landing.sandbox.call import Call
from landing.sandbox.refusal import Refusal
from landing.sandbox.service import Nothing, Scope, Service
from landing.sandbox.world import Identity

CHAINED_SESSION = 3600
"""Seconds: the longest session of a role that was assumed by a role (page "Role chaining")."""


class Sts(Service[Nothing]):
    """A role is assumed only in a usable account, if it exists and its trust policy admits the caller."""

    name = "sts"
    scope = Scope.WORLD
    state_type = Nothing

    def get_caller_identity(self, call: Call) -> dict[str, Any]:
        """Needs no permission (API reference, GetCallerIdentity)."""
        return {"UserId": call.caller.user_id, "Account": call.account, "Arn": call.caller.arn}

    def get_access_key_info(self, call: Call) -> dict[str, Any]:
        """The account that a key belongs to (API reference, GetAccessKeyInfo)."""
        identity = call.world.identities.get(call["AccessKeyId"])
        if identity is None:
            raise Refusal("ValidationError", "The access key id is not known.")
        return {"Account": identity.account}

    def get_session_token(self, call: Call) -> dict[str, Any]:
        """Temporary credentials of the same user (API reference, GetSessionToken)."""
        if call.caller.session_token is not None:
            raise Refusal("AccessDenied", "Cannot call GetSessionToken with session credentials", 403)
        issued = call.world.issue_key(
            account=call.account, arn=call.caller.arn, user_id=call.caller.user_id, temporary=True
        )
        return {"Credentials": _credentials(issued, call.get("DurationSeconds", 43200))}

    def assume_role(self, call: Call) -> dict[str, Any]:
        """The role must exist, in a usable account, and trust the caller (API reference, AssumeRole)."""
        arn: str = call["RoleArn"]
        role = _trusting_role(call, arn)
        seconds = _duration(call, int(role.max_session_duration or CHAINED_SESSION))
        seconds = min(seconds, call.world.options.get("session_seconds", seconds))
        account = arn.split(":")[4]
        session = call["RoleSessionName"]
        issued = call.world.issue_key(
            account=account,
            arn=f"arn:{call.partition}:sts::{account}:assumed-role/{role.name}/{session}",
            user_id=f"{role.id}:{session}",
            principal=role.arn,
            temporary=True,
        )
        return {
            "Credentials": _credentials(issued, seconds),
            "AssumedRoleUser": {"AssumedRoleId": issued.user_id, "Arn": issued.arn},
        }

    def assume_root(self, call: Call) -> dict[str, Any]:
        """For members only, once root sessions are on (IAM User Guide, "Centrally manage root access")."""
        account = call["TargetPrincipal"].rpartition("::")[2].partition(":")[0]
        if not accounts.allows_root_sessions(call, account):
            raise Refusal("AccessDenied", f"{call.caller.arn} is not authorized to perform: sts:AssumeRoot", 403)
        issued = call.world.issue_key(
            account=account,
            arn=f"arn:{call.partition}:iam::{account}:root",
            user_id=account,
            temporary=True,
        )
        return {"Credentials": _credentials(issued, call.get("DurationSeconds", 900))}


def _trusting_role(call: Call, arn: str) -> Any:
    denied = Refusal(
        "AccessDenied",
        f"User: {call.caller.arn} is not authorized to perform: sts:AssumeRole on resource: {arn}",
        403,
    )
    parts = arn.split(":", 5)
    if len(parts) < 6 or parts[1:3] != [call.partition, "iam"] or not parts[5].startswith("role/"):
        raise Refusal("ValidationError", f"{arn} is invalid")
    if not accounts.is_usable(call.world, parts[4]):
        raise denied
    try:
        role = call.backend("iam", parts[4]).get_role_by_arn(arn)
    except NotFoundException:
        raise denied from None
    context = {
        "aws:principalaccount": call.account,
        "aws:principalarn": call.caller.principal,
        "sts:rolesessionname": call["RoleSessionName"],
        **({"sts:externalid": call["ExternalId"]} if "ExternalId" in call else {}),
        **accounts.organization_context(call.world, call.account),
    }
    if not trust.admits(role.assume_role_policy_document, call.caller, "sts:AssumeRole", context):
        raise denied
    return role


def _duration(call: Call, longest: int) -> int:
    seconds: int = call.get("DurationSeconds", CHAINED_SESSION)
    if ":assumed-role/" in call.caller.arn and seconds > CHAINED_SESSION:
        raise Refusal(
            "ValidationError",
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by chaining",
        )
    if seconds > longest:
        raise Refusal(
            "ValidationError",
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role",
        )
    return seconds


def _credentials(issued: Identity, seconds: int) -> dict[str, Any]:
    """Expiry is by the wall clock, since that is what the clients that renew credentials look at."""
    return {
        "AccessKeyId": issued.access_key,
        "SecretAccessKey": issued.secret_key,
        "SessionToken": issued.session_token,
        "Expiration": datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=seconds),
    }
