"""What is governed is remembered by tags, so that it is known what is ours when the config drops it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Iterable
from typing import ClassVar

from landing.aws import Aws
from landing.core.model import MARK, Action, Attributes, Change, Resource, Scope, Severity
from landing.organization import REGION_TAG, ROOT, SERVICE_TAG, STACKS_TAG, Organization
from landing.organization.resources import GOVERNED_ACCOUNT, OPT_IN, REGION, SERVICE
from landing.services.base import Kind, Ownership, required_account
from landing.services.organizations.organization import TheOrganization
from landing.services.organizations.tags import tag, untag


class RootMark(Kind):
    """A mark at the organization's root (TagResource): before anything is set, until nothing of it is left.

    Whatever it stands for requires it, so that it comes first and goes last.
    """

    severity = Severity.LOW
    ownership = Ownership.ROOT
    ending = "no longer governed"
    parallel = 1
    ahead = ()
    help_uri = "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_tagging.html"
    reads: ClassVar[tuple[str, ...]] = (
        "organizations:ListRoots",
        "tag:GetResources",
        "organizations:ListTagsForResource",
    )
    writes = ("organizations:TagResource", "organizations:UntagResource")
    tag: ClassVar[str]
    """The beginning of the tag's key; the name follows."""

    @abstractmethod
    def named(self, organization: Organization) -> Collection[str]:
        """What the config has."""

    @abstractmethod
    def marked(self, aws: Aws) -> Collection[str]:
        """What is marked."""

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """Whatever the config has."""
        needs = (TheOrganization().address("this"),)
        for name in self.named(organization):
            yield Resource(self.address(name), {MARK: True}, needs, source=organization.source)

    def unmarked(self, organization: Organization, aws: Aws) -> Collection[str]:
        """What the config has and AWS too, with a mark or without one yet: to be adopted."""
        return self.named(organization)

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """What is marked, and what is to be."""
        if aws.tree.description is None:
            return
        needs = (TheOrganization().address("this"),)
        marked = self.marked(aws)
        for name in sorted({*marked, *self.unmarked(organization, aws)}):
            yield Resource(self.address(name), {MARK: name in marked}, needs, name in marked)

    def begun(self, change: Change, present: Attributes) -> bool:
        """Whether what it stands for was switched on since, and has no mark yet."""
        return change.action is Action.CREATE and not present[MARK]

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """One tag for each, so that none is lost when two are written."""
        root, name = aws.tree.node_id(ROOT), self.tag + change.address.name
        with aws.writing:
            if change.action in (Action.DELETE, Action.FORGET):
                untag(aws, root, name)
            else:
                tag(aws, root, {name: "governed"})


class GovernedRegion(RootMark):
    """A region in which the config has something: what a baseline names alone is remembered too."""

    name = REGION
    title = "Governed region"
    tag = REGION_TAG
    waits_for = (OPT_IN,)  # whatever is set up in a region comes after this mark

    def named(self, organization: Organization) -> Collection[str]:
        """Of every deployment."""
        return organization.regions

    def marked(self, aws: Aws) -> Collection[str]:
        """In which something of ours is, or was until lately."""
        return aws.tree.marked_regions


class GovernedService(RootMark):
    """A service of the organization as a whole: its administrator and settings are ours where it is marked.

    AWS has no tags for them.
    """

    name = SERVICE
    title = "Governed service"
    tag = SERVICE_TAG
    reads: ClassVar[tuple[str, ...]] = (*RootMark.reads, "organizations:ListAWSServiceAccessForOrganization")

    def named(self, organization: Organization) -> Collection[str]:
        """Of the services, those of which nothing else tells what is ours."""
        return [key for key in organization.services if key in organization.administered]

    def marked(self, aws: Aws) -> Collection[str]:
        """Whose administrator and settings are ours."""
        return aws.tree.marked_services

    def unmarked(self, organization: Organization, aws: Aws) -> Collection[str]:
        """The services that may work across the organization already, by whomever they were switched on."""
        trusted = {*aws.tree.trusted}
        return [key for key in self.named(organization) if trusted & {*organization.principals.get(key, ())}]


class AccountMark(Kind):
    """A mark of an account (TagResource), beside whatever tags it has."""

    severity = Severity.LOW
    ownership = Ownership.MARKED
    ending = "no longer governed"
    help_uri = RootMark.help_uri
    reads: ClassVar[tuple[str, ...]] = (
        "organizations:ListAccounts",
        "tag:GetResources",
        "organizations:ListTagsForResource",
    )
    writes = RootMark.writes
    tag: ClassVar[str]
    """The tag's key."""

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """One tag."""
        account = aws.tree.accounts[change.address.name].id
        with aws.writing:
            if change.action in (Action.DELETE, Action.FORGET):
                untag(aws, account, self.tag)
            else:
                tag(aws, account, {self.tag: "governed"})


class GovernedAccount(AccountMark):
    """An account in which one of the config's `stacks` is: marked before the first of them, until none is left."""

    name = GOVERNED_ACCOUNT
    title = "Account with stacks"
    tag = STACKS_TAG

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """Whatever accounts `stacks` name."""
        for key in organization.stack_accounts:
            source = organization.accounts[key].source
            yield Resource(self.address(key), {MARK: True}, (required_account(key),), source=source)

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """Those that are marked."""
        if aws.tree.description is None:
            return
        for key in sorted(aws.tree.marked_accounts):
            yield Resource(self.address(key), {MARK: True}, (required_account(key),))
