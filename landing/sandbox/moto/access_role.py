"""The role by which a management account enters the accounts that it created."""

from __future__ import annotations

import json
from typing import Any

from landing.sandbox.endpoint import guard

ADMINISTRATOR_ACCESS = "arn:{partition}:iam::aws:policy/AdministratorAccess"


def populate(backend: Any) -> None:
    """Give a new IAM backend the role of its account; in place of `IAMBackend.initialize_service_roles`.

    moto makes the backend when an account's IAM is first needed, so accounts that nobody enters cost nothing.
    """
    gateway = guard.current()
    account = None if gateway is None else gateway.world.accounts.get(backend.account_id)
    if account is None or account.creator is None or gateway is None:
        return
    if backend.partition != gateway.world.partition:
        return
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:{backend.partition}:iam::{account.creator}:root"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    role = backend.create_role(
        role_name=account.access_role,
        assume_role_policy_document=json.dumps(trust),
        path="/",
        permissions_boundary=None,
        description="",
        tags=[],
        max_session_duration="3600",
    )
    policy = backend.managed_policies.used(ADMINISTRATOR_ACCESS.format(partition=backend.partition))
    policy.attachment_count += 1
    role.managed_policies[policy.arn] = policy
