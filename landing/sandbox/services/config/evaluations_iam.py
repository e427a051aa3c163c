"""Managed rules about IAM (Developer Guide, "List of AWS Config Managed Rules")."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, timedelta
from typing import Any

from landing.sandbox.moto import upstream
from landing.sandbox.protocol.documents import listed, statements
from landing.sandbox.services.config import managed_rules
from landing.sandbox.services.config.findings import Evaluation, Site, of_account, of_each

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


def _password_policy(site: Site) -> bool:
    policy = _backend(site).account_password_policy
    return policy is not None and all(_meets(site, policy, name) for name in POLICY)


def _meets(site: Site, policy: Any, name: str) -> bool:
    wanted, found = _parameter(site, name), getattr(policy, POLICY[name])
    if wanted in ("", "false"):
        return True
    if wanted == "true":
        return str(found).lower() == "true"
    if name in AT_MOST:
        return bool(found) and int(found) <= int(wanted)
    return bool(found) and int(found) >= int(wanted)


def _users(site: Site) -> list[Any]:
    return list(_backend(site).users.values())


def _rotates(site: Site, user: Any) -> bool | None:
    oldest = site.world.now - timedelta(days=int(_parameter(site, "maxAccessKeyAge")))
    keys = [key for key in user.access_keys if key.status == "Active"]
    return all(key.create_date.replace(tzinfo=UTC) >= oldest for key in keys) if keys else None


def _policies(site: Site) -> list[Any]:
    """The customer's."""
    found = _backend(site).managed_policies.values()
    return [policy for policy in found if f":iam::{site.account}:" in policy.arn]


def _is_narrow(_: Site, policy: Any) -> bool:
    return not any(map(_is_everything, statements(policy.document)))


def _is_everything(statement: dict[str, Any]) -> bool:
    def has_star(name: str) -> bool:
        return "*" in listed(statement.get(name, []))

    return statement.get("Effect") == "Allow" and has_star("Action") and has_star("Resource")


USER = "AWS::IAM::User"
EVALUATIONS: Mapping[str, Evaluation] = {
    "ACCESS_KEYS_ROTATED": of_each(USER, _users, _rotates),
    "IAM_PASSWORD_POLICY": of_account(_password_policy),
    "IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS": of_each("AWS::IAM::Policy", _policies, _is_narrow),
    "IAM_ROOT_ACCESS_KEY_CHECK": of_account(lambda _: True),  # nobody here has access keys of a root user
    "IAM_USER_NO_POLICIES_CHECK": of_each(
        USER, _users, lambda _, user: not user.policies and not user.managed_policies
    ),
    "MFA_ENABLED_FOR_IAM_CONSOLE_ACCESS": of_each(
        USER, _users, lambda _, user: None if user.password is None else bool(user.mfa_devices)
    ),
}
