"""The shape of security services: the management account appoints the security tooling account in each region."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, ClassVar

from landing.aws import Aws, unless
from landing.core.model import Action, Address, Attributes, Change, Diagnostic, Level, Resource, Scope, Severity
from landing.organization import PREFIX, EnabledService, Organization
from landing.services.base import Kind, Ownership, required_account
from landing.services.organizations.trusted_access import TrustedAccess
from landing.services.strength import Weaker, neutral

NAME = "organization"
BY_NAME = " (by name)"
"""How the key ends of what has another name than the config gives."""

STATES = frozenset(
    {"RecordState", "WorkflowStatus", "SeverityLabel", "findingStatus", "severity", "severity.description"}
    | {"service.archived", "archived", "region"}
)
"""Criteria by which findings are told apart in a few classes, of Security Hub, Inspector, GuardDuty and Macie."""

TOLD = 10
"""Accounts that are named when AWS refuses them."""

TOO_EARLY: tuple[float, ...] = (2.0, 4.0, 8.0)
"""Seconds before each further try of what a service takes some ten seconds after it, or its administrator, is known."""

APPOINTING = (
    "organizations:EnableAWSServiceAccess",
    "organizations:RegisterDelegatedAdministrator",
    "organizations:DeregisterDelegatedAdministrator",
    "iam:CreateServiceLinkedRole",
)
"""What AWS does in the caller's name when a service's own call appoints or dismisses its administrator."""


class RegionalKind(Kind):
    """What a service has once in each governed region, in one account."""

    level = Level.REGION
    severity = Severity.HIGH
    removal = "switch-off"
    client_name: ClassVar[str]
    """What boto3 calls the service."""

    home_only: ClassVar[bool] = False
    """Whether it is in the home region alone: the service spreads it to other regions itself."""

    @abstractmethod
    def account(self, organization: Organization) -> str:
        """The key of the account in which it is."""

    def scopes(self, organization: Organization) -> Iterator[Scope]:
        """The account, in each governed region that has the service, or at home."""
        for region in self._offered(organization):
            if not self.home_only or region == organization.home_region:
                yield Scope(self.account(organization), region)

    def in_use(self, organization: Organization, aws: Aws) -> bool:
        """Where the config has the service, its mark is on the root, or an account administers it.

        An administrator that a service appoints is registered with AWS Organizations too (GuardDuty, Security Hub and
        Macie user guides: `organizations:RegisterDelegatedAdministrator`); only the management account never is.
        """
        if self.service in organization.services or self.service in aws.tree.marked_services:
            return True
        principals = organization.principals[self.service]
        return any(principal in principals for principal, _ in aws.tree.administrators)

    def _offered(self, organization: Organization) -> list[str]:
        """The governed regions that have the service."""
        return [region for region in organization.governed_regions if region in organization.offered[self.service]]


def key_of(name: str, names: Mapping[str, str]) -> str:
    """The key of what is called `name` in AWS: the config's, by its `names`; else the name, without our beginning."""
    key = next((key for key, known in names.items() if known == name), name.removeprefix(PREFIX))
    return key if names.get(key, name) == name else name + BY_NAME


def keyed(name: str) -> tuple[str, bool]:
    """The key of what a config never names, and whether it is ours; of what is not, one that no config can have."""
    owned = name.startswith(PREFIX)
    return (name.removeprefix(PREFIX) if owned else name + BY_NAME), owned


def keyed_apart(
    found: Iterable[Mapping[str, Any]], *, name: str, arn: str
) -> Iterator[tuple[str, bool, Mapping[str, Any]]]:
    """As `keyed`, of things of which AWS gives a name to several: the key of all but the first has its id, too.

    `name` and `arn` are the members of a thing that have them.
    """
    known = set[str]()
    for each in found:
        key, owned = keyed(each[name])
        yield (f"{key} ({each[arn].rpartition('/')[2]})" if key in known else key), owned, each
        known.add(key)


def name_of(key: str, names: Mapping[str, str]) -> str:
    """What that is called in AWS of which `key_of` has made this key."""
    return key.removesuffix(BY_NAME) if key.endswith(BY_NAME) else names.get(key, PREFIX + key)


def name_problems(
    service: EnabledService[Any],
    code: str,
    names: Mapping[str, str],
    *path: str,
    thing: str,
    things: str,
    hint: str = "leave it out: the key says it",
) -> Iterator[Diagnostic]:
    """Of the names that settings below a path give to what is there already: those of ours, and those given twice."""
    given = [name for name in names.values() if name]
    for key, name in names.items():
        if name.startswith(PREFIX):
            message = f"`{name}` is the name of {thing} that a config makes"
            yield service.problem(code, message, hint, *path, key, "name")
        if given.count(name) > 1:
            message = f"several {things} are called `{name}`"
            yield service.problem(code, message, "AWS gives a name once", *path, key, "name")


def at_home(organization: Organization, live: Iterable[Resource], kind: Kind) -> Attributes:
    """What a kind has in the home region, or else in the first where it has something; nothing where it has nothing."""
    found = {each.address.scope.region: each.attributes for each in live if each.address.kind == kind.name}
    return found.get(organization.home_region) or next((found[region] for region in sorted(found)), {})


def until_in_effect(aws: Aws, call: Callable[[], object], *early: str, pauses: Iterable[float] = TOO_EARLY) -> None:
    """Call, and again after each pause as long as the service answers with one of these codes; then as it answers."""
    for pause in pauses:
        with unless(*early) as refused:
            call()
        if not refused.code:
            return
        aws.clock.sleep(pause)
    call()


class ServiceAdministrator(RegionalKind):
    """The delegated administrator of a service in a region, appointed by the service's own call.

    Organizations' RegisterDelegatedAdministrator would be accepted for these services, and be of no effect.
    """

    ownership = Ownership.ACCOUNT
    ending = "disabled as administrator"

    early: ClassVar[tuple[str, ...]] = ()
    """What the service answers, some seconds long, when it does not know of its trusted access yet: asked again."""

    lost: ClassVar[str]
    """What is gone when an administrator is dismissed, by the service's user guide."""

    weaker: ClassVar[Mapping[str, Weaker]] = {"account": neutral}  # another one is a dismissal, which `dangers` tells

    def account(self, organization: Organization) -> str:
        """The management account, which appoints."""
        return organization.management

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """The security tooling account, when the service is in the config."""
        service = organization.services.get(self.service)
        if service is None:
            return
        needs = [required_account(organization.security_tooling)]
        needs += map(TrustedAccess().address, service.trusted)
        for scope in self.scopes(organization):
            attributes = {"account": organization.security_tooling}
            yield Resource(self.address(NAME, scope), attributes, tuple(needs), source=service.source)

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """Who is appointed now; ours is the security tooling account, and nobody else is ever dismissed unasked."""
        if aws.tree.description is None:
            return
        keys = aws.tree.account_keys
        for admin in self.appointed(aws, aws.client(self.client_name, scope)):
            key = keys.get(admin, admin)
            ours = key == organization.security_tooling
            yield Resource(self.address(NAME, scope), {"account": key}, owned=ours)

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Appoint; an administrator in the way is dismissed first (the plan calls that switching off)."""
        scope = change.address.scope
        client = aws.client(self.client_name, scope)
        wanted = aws.tree.account_ids[change.after["account"]] if change.after else ""
        with aws.writing:  # not while the change of another region dismisses, one region after the other
            present = dict(self.administrators(aws, client))
        offered = self._offered(organization)
        self._dismiss(aws, {*present} - {wanted}, scope.account, offered if wanted else [scope.region])
        if wanted and present.get(wanted) != "ENABLED":
            until_in_effect(aws, lambda: self.appoint(client, wanted), *self.early)

    def _dismiss(self, aws: Aws, admins: Collection[str], account: str, regions: Collection[str]) -> None:
        """Dismiss them, in every region where another is to be appointed, and wait until they are gone.

        A service has the same administrator in all regions (Organizations User Guide), and refuses another in one of
        them as long as it has the old one elsewhere.
        """
        if not admins:
            return
        clients = [aws.client(self.client_name, Scope(account, region)) for region in regions]
        with aws.writing:  # the changes of other regions do the same
            for client in clients:
                for admin in sorted({*self.appointed(aws, client)} & {*admins}):
                    self.dismiss(client, admin)
        for client in clients:
            for _ in aws.poll(f"the dismissal of the {self.title}", "administrator"):
                if not {admin for admin, _ in self.administrators(aws, client)} & {*admins}:
                    break

    def appointed(self, aws: Aws, client: Any) -> Iterator[str]:
        """The ids of the administrators now; one that is being dismissed is none."""
        return (admin for admin, status in self.administrators(aws, client) if status == "ENABLED")

    def dangers(self, change: Change) -> Iterable[str]:
        """Dismissing an administrator stops its settings from holding."""
        if change.action is not Action.CREATE:
            yield self.removal

    def notes(self, organization: Organization, change: Change) -> Iterable[str]:
        """What goes with another administrator, and what to do to lose none of it."""
        before, after = (side["account"] if side else "" for side in (change.before, change.after))
        if not before or not after or before == after:
            return
        yield (
            f"switch: {before} is dismissed, {after} is appointed, and then members and the settings of the config are "
            f"made anew. Lost: {self.lost}"
        )
        yield (
            f"To keep {before}: name it as roles.security_tooling, or leave the service out of the config. To lose "
            f"nothing: write what {before} has set into the config or save it, then apply with --allow {self.removal}"
        )

    @abstractmethod
    def administrators(self, aws: Aws, client: Any) -> Iterable[tuple[str, str]]:
        """The id of each administrator and its status: it is ENABLED, or on its way out."""

    @abstractmethod
    def appoint(self, client: Any, account: str) -> None:
        """Make this account the administrator."""

    @abstractmethod
    def dismiss(self, client: Any, account: str) -> None:
        """This account is the administrator no more."""


class AdministeredSetting(RegionalKind):
    """Something that the security tooling account, as administrator of a service, sets in a region."""

    ownership = Ownership.ADMINISTRATOR

    def account(self, organization: Organization) -> str:
        """The security tooling account, which administers."""
        return organization.security_tooling

    def administrator(self, organization: Organization, scope: Scope, kind: ServiceAdministrator) -> Address:
        """The appointment that must come first."""
        region = organization.home_region if kind.home_only else scope.region
        return kind.address(NAME, Scope(organization.management, region))


class HidingRule(AdministeredSetting):
    """A rule that hides findings by criteria (`where`: tests by criterion)."""

    def weakened(self, organization: Organization, change: Change) -> Iterable[str]:
        """A new one too, where no criterion names what is hidden: then exceptions and bounds alone say what is not."""
        yield from super().weakened(organization, change)
        if not change.before and change.after and self.hides(change.after) and not named(change.after["where"]):
            yield "where names nothing, so that all is hidden but what is beyond its bounds and exceptions"

    def hides(self, rule: Attributes) -> bool:
        """Whether nobody hears of what it finds."""
        return True


def named(where: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether some criterion asks for texts or tags. Numbers, negations, states and severities name nothing."""

    def names(value: Any) -> bool:
        some = [value] if isinstance(value, str) else value if isinstance(value, list | tuple) else ()
        return any(isinstance(each, str) and each.strip("*") and each not in ("true", "false") for each in some)

    about = (tests for criterion, tests in where.items() if criterion not in STATES)
    tests = ((test, value) for criterion in about for test, value in criterion.items())
    return any(names(value) for test, value in tests if not test.lower().startswith(("not", "neq")))


def refusals(refused: Mapping[str, str]) -> str:
    """The accounts that AWS refuses, with its reasons."""
    first = "; ".join(f"{account}: {reason}" for account, reason in sorted(refused.items())[:TOLD])
    more = len(refused) - TOLD
    return f"{len(refused)} accounts: {first}{f'; and {more} more' if more > 0 else ''}"
