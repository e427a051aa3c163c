"""Policy types that are enabled on the root."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from landing.aws import Aws, unless
from landing.core.constraints.principals import POLICY_TYPES
from landing.core.model import Action, Attributes, Change, Resource, Scope, Severity
from landing.organization import ROOT, Organization
from landing.organization.resources import POLICY_TYPE
from landing.services.base import Kind, Ownership
from landing.services.organizations.organization import TheOrganization
from landing.services.organizations.trusted_access import TrustedAccess
from landing.services.strength import Weaker, ranked


class PolicyType(Kind):
    """A policy type on the root (EnablePolicyType); never disabled: that would detach every policy of the type."""

    name = POLICY_TYPE
    title = "Policy type"
    ownership = Ownership.CONFIG
    severity = Severity.HIGH
    controls = ("cis-aws-7.0:2.1.2",)
    help_uri = "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_enable-disable.html"
    weaker: ClassVar[Mapping[str, Weaker]] = {"status": ranked("ENABLED")}
    parallel = 1
    removal = ""
    ahead = ()
    reads = ("organizations:ListRoots",)
    writes = ("organizations:EnablePolicyType",)

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """SCPs, and whatever type a guardrail has; some only when their service has trusted access."""
        for name, source in organization.policy_types.items():
            needs = [TheOrganization().address("this")]
            if name in POLICY_TYPES:
                needs.append(TrustedAccess().address(POLICY_TYPES[name]))
            yield Resource(self.address(name), {"status": "ENABLED"}, tuple(needs), source=source)

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """Types on the root; ListRoots, because DescribeOrganization does not name them all."""
        for name, status in aws.tree.policy_types.items():
            yield Resource(self.address(name), {"status": status}, owned=False)

    def begun(self, change: Change, present: Attributes) -> bool:
        """It is being enabled."""
        return bool(present["status"] == "PENDING_ENABLE")

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Enable it and wait: the call only starts it."""
        assert change.action is not Action.DELETE
        root = aws.tree.node_id(ROOT)
        name = change.address.name
        if aws.tree.policy_types.get(name) != "PENDING_ENABLE":
            with unless("PolicyTypeAlreadyEnabledException"):
                aws.client("organizations").enable_policy_type(RootId=root, PolicyType=name)
        for _ in aws.poll(f"enabling {name}", "policy_type"):
            aws.tree.forget_root()
            if aws.tree.policy_types.get(name) == "ENABLED":
                return
