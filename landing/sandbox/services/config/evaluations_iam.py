"""Managed rules about IAM (Developer Guide, "List of AWS Config Managed Rules")."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, timedelta
from typing import Any

from landing.sandbox.moto import upstream
from landing.sandbox.services.config import managed_rules
from landing.sandbox.services.config.findings import Finding, Site, verdict

POLICY = {
    "RequireUppercaseCharacters": "require_uppercase_characters",
    "RequireLowercaseCharacters": "require_lowercase_characters",
    "RequireSymbols": "require_symbols",
    "RequireNumbers": "require_numbers",
    "MinimumPasswordLength": "minimum_password_length",
    "PasswordReusePrevention": "password_reuse_prevention",
    "MaxPasswordAge": "max_password_age",
}
AT_MOST = ("MaxPasswordAge",)


def _backend(site: Site) -> Any:
    return upstream.backend("iam", site.account, site.region)


def _parameter(site: Site, name: str) -> str:
    return str(site.parameters.get(name, managed_rules.default(site.identifier, name) or ""))


def _password_policy(site: Site) -> Iterator[Finding]:
    policy = _backend(site).account_password_policy
    good = policy is not None and all(_meets(site, policy, name) for name in POLICY)
    yield Finding("AWS::::Account", site.account, verdict(good))


def _meets(site: Site, policy: Any, name: str) -> bool:
    wanted, found = _parameter(site, name), getattr(policy, POLICY[name])
    if wanted in ("", "false"):
        return True
    if wanted == "true":
        return str(found).lower() == "true"
    if name in AT_MOST:
        return bool(found) and int(found) <= int(wanted)
    return bool(found) and int(found) >= int(wanted)


def _root_key(site: Site) -> Iterator[Finding]:
    """Nobody in the sandbox has access keys of a root user."""
    yield Finding("AWS::::Account", site.account, "COMPLIANT")


def _no_policies(site: Site) -> Iterator[Finding]:
    for user in list(_backend(site).users.values()):
        yield Finding("AWS::IAM::User", user.id, verdict(not user.policies and not user.managed_policies))


def _mfa(site: Site) -> Iterator[Finding]:
    for user in list(_backend(site).users.values()):
        if user.password is not None:
            yield Finding("AWS::IAM::User", user.id, verdict(bool(user.mfa_devices)))


def _rotated(site: Site) -> Iterator[Finding]:
    oldest = site.world.now - timedelta(days=int(_parameter(site, "maxAccessKeyAge")))
    for user in list(_backend(site).users.values()):
        keys = [key for key in user.access_keys if key.status == "Active"]
        if keys:
            good = all(key.create_date.replace(tzinfo=UTC) >= oldest for key in keys)
            yield Finding("AWS::IAM::User", user.id, verdict(good))


def _no_administrators(site: Site) -> Iterator[Finding]:
    for policy in list(_backend(site).managed_policies.values()):
        if f":iam::{site.account}:" in policy.arn:
            statements = json.loads(policy.document)["Statement"]
            listed = statements if isinstance(statements, list) else [statements]
            yield Finding("AWS::IAM::Policy", policy.id, verdict(not any(map(_is_everything, listed))))


def _is_everything(statement: dict[str, Any]) -> bool:
    def has_star(name: str) -> bool:
        value = statement.get(name, [])
        return "*" in (value if isinstance(value, list) else [value])

    return statement.get("Effect") == "Allow" and has_star("Action") and has_star("Resource")


EVALUATIONS = {
    "ACCESS_KEYS_ROTATED": _rotated,
    "IAM_PASSWORD_POLICY": _password_policy,
    "IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS": _no_administrators,
    "IAM_ROOT_ACCESS_KEY_CHECK": _root_key,
    "IAM_USER_NO_POLICIES_CHECK": _no_policies,
    "MFA_ENABLED_FOR_IAM_CONSOLE_ACCESS": _mfa,
}
