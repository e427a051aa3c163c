"""What resources of a template want of the organization before they can be made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from landing.core.model import Address, Scope
from landing.organization import Deployment, Organization
from landing.organization.resources import STACK, STACK_SET
from landing.services.organizations.delegated_administrator import DelegatedAdministrator
from landing.services.organizations.trusted_access import TrustedAccess
from landing.services.stacks.shards import names

RAM, SHARE = "ram.amazonaws.com", "AWS::RAM::ResourceShare"
"""What shares with the organization once it has trusted access (RAM User Guide, "Enable resource sharing")."""
EXPLORER, INDEX, VIEW = (
    "resource-explorer-2.amazonaws.com",
    "AWS::ResourceExplorer2::Index",
    "AWS::ResourceExplorer2::View",
)
"""A view of all accounts is made by who administers the service, where there is an index (Resource Explorer User Guide,
"Turning on multi-account search")."""


def prerequisites(organization: Organization, deployment: Deployment, scope: Scope) -> Iterator[Address]:
    """What comes before a stack in an account and region."""
    made = _types(deployment.template)
    for principal, kind in ((RAM, SHARE), (EXPLORER, VIEW)):
        if kind in made and principal in organization.trusted_access:
            yield TrustedAccess().address(principal)
    if VIEW not in made:
        return
    if scope.account in organization.delegated_administrators.get(EXPLORER, ()):
        yield DelegatedAdministrator().address(f"{EXPLORER}/{scope.account}")
    for key, other in organization.deployments.items():
        if key == deployment.key or INDEX not in _types(other.template) or scope.region not in other.regions:
            continue
        if scope.account in other.accounts or (other.management and scope.account == organization.management):
            yield Address(STACK, key, scope)
        elif not other.accounts and scope.account in organization.members(other.target):
            yield from (Address(STACK_SET, name) for name in names(organization, key))


def _types(template: Mapping[str, Any]) -> set[str]:
    resources = template.get("Resources")
    made = resources.values() if isinstance(resources, Mapping) else ()
    return {str(each.get("Type")) for each in made if isinstance(each, Mapping)}
