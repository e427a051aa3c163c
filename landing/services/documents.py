"""What a config comes down to, as JSON documents: templates, stack sets, policies, attachments, permissions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from landing.organization import Organization
from landing.services.organizations.attachments import Attachments
from landing.services.permissions import (
    access_policy,
    apply_policy,
    email_policy,
    packed,
    plan_policy,
    root_policy,
    send_policy,
    stacks_policy,
)
from landing.services.stacks.stack_set import StackSet


def documents(organization: Organization) -> Iterator[tuple[str, Any]]:
    """Each with its path below the folder of `landing synth`."""
    for deployment in organization.deployments.values():
        yield f"templates/{deployment.key}.json", deployment.template
    for resource in StackSet().desired(organization):
        manifest = {name: value for name, value in resource.attributes.items() if name not in ("template", "instances")}
        yield f"stack_sets/{resource.address.name}.json", manifest
    for policy in organization.policies.values():
        yield f"policies/{policy.key.replace('/', '-')}.json", policy.document
    attached = sorted(Attachments().desired(organization), key=lambda each: each.address)
    yield "attachments.json", {each.address.name: each.attributes["policies"] for each in attached}
    lock = organization.lock
    mine = lock if lock and lock.account == organization.management else None
    place, entered = organization.partition, organization.read_role or organization.member_role
    planning = plan_policy(place, entered, organization=organization.id, lock=mine)
    for number, part in enumerate(packed(planning["Statement"]), 1):
        yield f"permissions/plan-{number}.json", part
    applying = apply_policy(place, organization.member_role, organization=organization.id, lock=mine)
    for number, part in enumerate(packed(applying["Statement"]), 1):
        yield f"permissions/apply-{number}.json", part
    yield "permissions/send.json", send_policy(organization)
    yield "permissions/access.json", access_policy()
    yield "permissions/email.json", email_policy()
    if "root_access" in organization.services:
        yield "permissions/root-report.json", root_policy(place)
        yield "permissions/root-removal.json", root_policy(place, removes=True)
    for name, writes in (("plan-stacks", False), ("apply-stacks", True)):
        if (document := stacks_policy(organization, writes=writes)) is not None:
            yield f"permissions/{name}.json", document
