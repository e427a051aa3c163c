"""What a profile says by itself, without asking AWS."""

from __future__ import annotations

import os


def account_of(profile: str, role_arn: str = "") -> str:
    """The account to which a role or a profile leads; empty when only AWS can tell."""
    if role_arn:
        return _account(role_arn)
    from botocore.exceptions import BotoCoreError
    from botocore.session import Session

    if not profile and "AWS_ACCESS_KEY_ID" in os.environ:
        return ""  # keys of the environment come before those of AWS_PROFILE, and do not say whose they are
    try:
        found = Session(profile=profile or None).get_scoped_config()
    except BotoCoreError:  # there is no such profile, or its file cannot be read: who asks nothing needs none
        return ""
    return _account(found.get("role_arn", "")) or found.get("sso_account_id", "") or found.get("aws_account_id", "")


def region_of(profile: str) -> str:
    """The region of a profile or of the environment; empty when neither names one."""
    from botocore.exceptions import BotoCoreError
    from botocore.session import Session

    try:
        return str(Session(profile=profile or None).get_config_variable("region") or "")
    except BotoCoreError:  # there is no such profile, which the first call says better
        return ""


def _account(arn: str) -> str:
    """The fifth part of arn:aws:iam::ACCOUNT:role/NAME."""
    parts = arn.split(":")
    return parts[4] if len(parts) > 5 else ""
