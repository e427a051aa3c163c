"""The regions that are governed, remembered at the root: what was set in a region is found after the config left it."""

from __future__ import annotations

from collections.abc import Iterable

from landing.aws import Aws
from landing.core.model import MARK, Action, Change, Resource, Scope, Severity
from landing.organization import REGION_TAG, Organization
from landing.organization.resources import REGION
from landing.services.base import Kind, Ownership
from landing.services.organizations.organization import TheOrganization


class GovernedRegion(Kind):
    """A mark at the organization's root (TagResource): before anything is set in a region, until nothing is left there.

    Whatever is in a region requires it, so that it comes first and goes last.
    """

    name = REGION
    title = "Governed region"
    ownership = Ownership.REGION
    severity = Severity.LOW
    parallel = 1
    ahead = ()
    help_uri = "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_tagging.html"
    reads = ("organizations:ListRoots", "tag:GetResources", "organizations:ListTagsForResource")
    writes = ("organizations:TagResource", "organizations:UntagResource")

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """Wherever the config has something: what a baseline names alone is remembered too."""
        needs = (TheOrganization().address("this"),)
        for region in organization.regions:
            yield Resource(self.address(region), {MARK: True}, needs, source=organization.source)

    def read(self, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """Those that are marked, and of the config's also those that are not yet: AWS has them."""
        if aws.tree.description is None:
            return
        needs = (TheOrganization().address("this"),)
        marked = aws.tree.marked_regions
        for region in sorted({*marked, *aws.organization.regions}):
            yield Resource(self.address(region), {MARK: region in marked}, needs, region in marked)

    def apply(self, aws: Aws, change: Change) -> None:
        """One tag for each region, so that none is lost when two are written."""
        client, root = aws.client("organizations"), aws.tree.node_id("root")
        tag = REGION_TAG + change.address.name
        with aws.writing:
            if change.action is Action.DELETE:
                client.untag_resource(ResourceId=root, TagKeys=[tag])
                aws.tree.untagged(root)
            else:
                client.tag_resource(ResourceId=root, Tags=[{"Key": tag, "Value": "governed"}])
                aws.tree.tagged(root, {tag: "governed"})
