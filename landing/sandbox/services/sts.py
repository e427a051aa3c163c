"""AWS STS: who a caller is, and roles of other accounts (STS API reference)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from moto.iam.exceptions import NotFoundException

from landing.sandbox.authorization import evaluation, trust
from landing.sandbox.protocol import web_identity
from landing.sandbox.protocol.constraints import Problem
from landing.sandbox.protocol.documents import is_object
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import accounts
from landing.sandbox.services.call import Call
from landing.sandbox.services.iam import shared_issuers
from landing.sandbox.services.service import Nothing, Scope, Service
from landing.sandbox.world import Identity, regions

LONGEST_POLICY = 2048
"""Characters of a session policy (STS API reference, AssumeRole, Policy)."""

CHAINED_SESSION = 3600
"""Seconds: the longest session of a role that was assumed by a role (page "Role chaining")."""


ROOT_TASKS = (
    "IAMAuditRootUserCredentials", "IAMCreateRootUserPassword", "IAMDeleteRootUserCredentials",
    "S3UnlockBucketPolicy", "SQSUnlockQueuePolicy",
)  # fmt: skip
"""The task policies (STS API reference, AssumeRoot, TaskPolicyArn)."""

GLOBAL_ENDPOINT = "sts.amazonaws.com"


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
        issued = _session(call, role, arn.split(":")[4])
        return {
            "Credentials": _credentials(issued, seconds),
            "AssumedRoleUser": {"AssumedRoleId": issued.user_id, "Arn": issued.arn},
        }

    def assume_role_with_web_identity(self, call: Call) -> dict[str, Any]:
        """For whoever has a token of a provider of the role's account (API reference, AssumeRoleWithWebIdentity).

        The tokens are those of `landing.sandbox.protocol.web_identity`.
        """
        arn: str = call["RoleArn"]
        claims, provider = _told(call, arn)
        role = _role(call, arn)
        seconds = _duration(call, int(role.max_session_duration or CHAINED_SESSION)) if role else 0
        if role is None or not _trusts_token(call, role, provider, claims):
            raise Refusal("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity", 403)
        issued = _session(call, role, arn.split(":")[4])
        return {
            "Credentials": _credentials(issued, seconds),
            "AssumedRoleUser": {"AssumedRoleId": issued.user_id, "Arn": issued.arn},
            "SubjectFromWebIdentityToken": claims["sub"],
            "Provider": provider,
            "Audience": _audience(claims),
        }

    def assume_root(self, call: Call) -> dict[str, Any]:
        """One task in a member, once root sessions are on (API reference, AssumeRoot).

        IAM User Guide, "Perform a privileged task on a member account": at a regional endpoint, with one of the task
        policies, by the management account or the administrator of IAM, and not by a root user.
        """
        if call.request.host == GLOBAL_ENDPOINT:
            raise Refusal("AccessDenied", "AssumeRoot is not supported at the global endpoint.", 403)
        task = call["TaskPolicyArn"].get("arn", "")
        if task not in (f"arn:{call.partition}:iam::aws:policy/root-task/{name}" for name in ROOT_TASKS):
            raise Refusal("ValidationError", f"{task} is no task policy.")
        target = call["TargetPrincipal"]
        account = target.rpartition("::")[2].partition(":")[0]
        usable = accounts.is_usable(call.world, account) and accounts.allows_root_sessions(call, account)
        if not usable or call.caller.principal.endswith(":root"):
            sentence = f"User: {call.caller.arn} is not authorized to perform: sts:AssumeRoot on resource: {target}"
            raise Refusal("AccessDenied", sentence, 403)
        if not regions.is_usable(call.world, account, call.region):
            message = "STS is not activated in this region for account:" + account
            raise Refusal("RegionDisabledException", f"{message}. Your account administrator can activate STS.", 403)
        document = evaluation.document_of(call.backend("iam", account).managed_policies[task])
        issued = call.world.issue_key(
            account=account,
            arn=f"arn:{call.partition}:iam::{account}:root",
            user_id=account,
            temporary=True,
            policies=(*evaluation.ADMINISTRATOR, document),
        )
        return {"Credentials": _credentials(issued, call.get("DurationSeconds", 900))}


def _session(call: Call, role: Any, account: str) -> Identity:
    """New credentials of a role under the session's name."""
    session = call["RoleSessionName"]
    return call.world.issue_key(
        account=account,
        arn=f"arn:{call.partition}:sts::{account}:assumed-role/{role.name}/{session}",
        user_id=f"{role.id}:{session}",
        principal=role.arn,
        temporary=True,
        policies=_session_policies(call, account),
    )


def _told(call: Call, role_arn: str) -> tuple[dict[str, Any], str]:
    """The claims of the token of a call, and the ARN of the provider that vouches for it in the role's account."""
    try:
        claims = web_identity.claims_of(call["WebIdentityToken"])
    except ValueError:
        raise Refusal("InvalidIdentityToken", "The ID Token provided is not a valid JWT.") from None
    account, issuer = role_arn.split(":")[4:5], claims["iss"].removeprefix("https://")
    arn = f"arn:{call.partition}:iam::{''.join(account)}:oidc-provider/{issuer}"
    known = call.backend("iam", account[0]).open_id_providers if account and account[0] in call.world.accounts else {}
    if arn not in known:
        raise Refusal("InvalidIdentityToken", f"No OpenIDConnect provider found in your account for {claims['iss']}")
    if _audience(claims) not in known[arn].client_id_list:
        raise Refusal("InvalidIdentityToken", "Incorrect token audience")
    if int(claims.get("exp", call.world.now.timestamp())) < call.world.now.timestamp():
        raise Refusal("ExpiredTokenException", "Token expired")
    return claims, arn


def _audience(claims: dict[str, Any]) -> str:
    """`azp` where it is told, else `aud` (IAM User Guide, "Available keys for AWS OIDC federation")."""
    return str(claims.get("azp", claims.get("aud", "")))


def _role(call: Call, arn: str) -> Any:
    """The role, if there is one in a usable account."""
    parts = arn.split(":", 5)
    if len(parts) < 6 or parts[1:3] != [call.partition, "iam"] or not accounts.is_usable(call.world, parts[4]):
        return None
    try:
        return call.backend("iam", parts[4]).get_role_by_arn(arn)
    except NotFoundException:
        return None


def _trusts_token(call: Call, role: Any, provider: str, claims: dict[str, Any]) -> bool:
    """By the claims that STS knows of the issuer, each behind the issuer's name; others are not there for it."""
    issuer = provider.partition(":oidc-provider/")[2]
    told = {**claims, "aud": _audience(claims)}
    context = {
        f"{issuer}:{name}".lower(): str(told[name]) for name in shared_issuers.claims_of(issuer) if told.get(name)
    }
    context["sts:rolesessionname"] = call["RoleSessionName"]
    caller = Identity("", "", provider.split(":")[4], provider, provider, principal=provider)
    return trust.admits(role.assume_role_policy_document, caller, "sts:AssumeRoleWithWebIdentity", context)


def _trusting_role(call: Call, arn: str) -> Any:
    """The role, if it trusts the caller and the caller's policies allow it ("Policy evaluation logic")."""
    parts = arn.split(":", 5)
    if len(parts) < 6 or parts[1:3] != [call.partition, "iam"] or not parts[5].startswith("role/"):
        raise Refusal("ValidationError", f"{arn} is invalid")
    if call.caller.principal.endswith(":root"):
        raise Refusal("AccessDenied", "Roles may not be assumed by root accounts.", 403)
    if not accounts.is_usable(call.world, parts[4]):
        raise _denied(call, arn)
    try:
        role = call.backend("iam", parts[4]).get_role_by_arn(arn)
    except NotFoundException:
        raise _denied(call, arn) from None
    if why := _distrust(call, role, parts[4]):
        raise _denied(call, arn, why)
    return role


def _denied(call: Call, arn: str, why: str = "") -> Refusal:
    sentence = f"User: {call.caller.arn} is not authorized to perform: sts:AssumeRole on resource: {arn}"
    return Refusal("AccessDenied", f"{sentence} {why}".rstrip(), 403)


def _distrust(call: Call, role: Any, account: str) -> str | None:
    """Why the caller may not assume a role; a role that names a caller of its own account needs no more than that."""
    context = {
        "aws:principalaccount": call.account,
        "aws:principalarn": call.caller.principal,
        "sts:rolesessionname": call["RoleSessionName"],
        **({"sts:externalid": call["ExternalId"]} if "ExternalId" in call else {}),
        **accounts.organization_context(call.world, call.account),
    }
    trusting = (role.assume_role_policy_document, call.caller, "sts:AssumeRole", context)
    said = trust.effects(*trusting)
    if said == {"Deny"}:
        return "with an explicit deny in the role trust policy"
    named = account == call.account and trust.effects(*trusting, directly=True) == {"Allow"}
    asked = evaluation.Asked(call.world, call.caller, call.region, call.operation, lambda: call)
    layers = evaluation.layers_of(call.world, call.caller)
    if why := evaluation.denial(asked, layers, "sts:AssumeRole", role.arn, call, granted=named):
        return why
    return None if said == {"Allow"} else "because no role trust policy allows the sts:AssumeRole action"


def _session_policies(call: Call, account: str) -> tuple[str, ...] | None:
    """The documents that narrow a session, as far as there are any (IAM User Guide, "Session policies")."""
    inline = call.get("Policy")
    if inline is not None and len(inline) > LONGEST_POLICY:
        raise Refusal("ValidationError", str(Problem("max_length", "policy", "...", LONGEST_POLICY)))
    if inline is not None and not is_object(inline):
        raise Refusal("MalformedPolicyDocument", "The policy is not in the valid JSON format.")
    managed = call.backend("iam", account).managed_policies
    named = [each["arn"] for each in call.get("PolicyArns", ())]
    if missing := [arn for arn in named if arn not in managed]:
        raise Refusal("ValidationError", f"Policy {missing[0]} does not exist or is not attachable.")
    found = [evaluation.document_of(managed[arn]) for arn in named]
    return None if inline is None and not named else (*found, *([] if inline is None else [inline]))


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
