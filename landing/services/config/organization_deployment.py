"""What AWS Config deploys to every account of a region: organization rules and organization conformance packs."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from landing.aws import Aws, cause_of, unless
from landing.core import forms
from landing.core.errors import OperationFailed
from landing.core.model import Action, Address, Change, Scope, Severity
from landing.core.references import account_id
from landing.organization import PREFIX, ROOT, Organization, Target
from landing.services.base import Ownership
from landing.services.config.settings import ConfigSettings
from landing.services.organizations.delegated_administrator import DelegatedAdministrator
from landing.services.shapes import AdministeredSetting, name_of
from landing.services.stacks.stack import Stack
from landing.services.stacks.stack_set import StackSet
from landing.services.strength import Weaker, no_more

PRINCIPAL = "config-multiaccountsetup.amazonaws.com"
RECORDER = "config-recorder"
MOST_EXCLUDED = 1_000
"""Accounts that are left out (PutOrganizationConfigRule and PutOrganizationConformancePack, ExcludedAccounts)."""
FEW = 5
"""Accounts that are named of many."""
Failure = tuple[str, str]
"""An account id, and AWS's code."""


class Deployed(AdministeredSetting):
    """Put by the administrator, named `landing-<key>`, and awaited until every account has it.

    One of another name is written where the config gives its name, and never deleted. Recorders come first: nothing can
    be deployed to an account and region that has none, and accounts where none is meant are left out.
    """

    ownership = Ownership.PREFIX
    severity = Severity.MEDIUM
    service = "config"
    client_name = "config"
    canonical: ClassVar[Mapping[str, forms.Form]] = {"excluded": forms.unordered}
    weaker: ClassVar[Mapping[str, Weaker]] = {"excluded": no_more}
    parallel = 4
    linked = (PRINCIPAL,)

    thing: ClassVar[str]
    """What messages call one."""
    absent: ClassVar[str]
    """The code of AWS where there is none of a name."""

    @abstractmethod
    def names(self, organization: Organization) -> Mapping[str, str]:
        """What those of the config are called in AWS, by key."""

    @abstractmethod
    def put(self, organization: Organization, aws: Aws, client: Any, name: str, change: Change) -> None:
        """Ask for what a change makes; AWS goes on by itself."""

    @abstractmethod
    def delete(self, client: Any, name: str) -> None:
        """The same of one that is to go."""

    @abstractmethod
    def statuses(self, client: Any, name: str) -> list[Any]:
        """The status of one of this name, with `Status`, `ErrorCode` and `ErrorMessage`; raises `absent`."""

    @abstractmethod
    def failures(self, aws: Aws, client: Any, name: str, status: str) -> Iterable[Failure]:
        """The accounts that have this status."""

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Put or delete, and wait for the roll-out to members."""
        client = aws.client("config", change.address.scope)
        name = name_of(change.address.name, self.names(organization))
        with unless("ResourceInUseException") as busy:
            self._start(organization, aws, client, name, change)
        if busy.code:  # it is being deployed: by an earlier run, or by a request whose answer was lost
            self._wait(aws, client, name, strict=False)
            self._start(organization, aws, client, name, change)
        self._wait(aws, client, name)

    def _start(self, organization: Organization, aws: Aws, client: Any, name: str, change: Change) -> None:
        if change.action is Action.DELETE:
            with unless(self.absent):
                self.delete(client, name)
        else:
            self.put(organization, aws, client, name, change)

    def _wait(self, aws: Aws, client: Any, name: str, *, strict: bool = True) -> None:
        for _ in aws.poll(f"{self.thing} {name}", "config_rule"):
            found: list[Any] = []
            with unless(self.absent):
                found = self.statuses(client, name)
            if not found:
                return
            status = found[0]["Status"]
            if strict and status.endswith("_FAILED"):
                self._fail(aws, client, name, found[0])
            if status.endswith(("_SUCCESSFUL", "_FAILED")):
                return

    def _fail(self, aws: Aws, client: Any, name: str, status: Mapping[str, Any]) -> None:
        code = status.get("ErrorCode", status["Status"])
        where = failed_in(aws, self.failures(aws, client, name, status["Status"]))
        raise OperationFailed(
            " ".join(filter(None, (status.get("ErrorMessage", ""), f"In {', '.join(where)}." if where else ""))),
            aws_code=code,
            cause=cause_of("config", code),
            operation=f"{self.thing} {name}",
        )


def failed_in(aws: Aws, failures: Iterable[Failure]) -> list[str]:
    """The first accounts by their keys, with AWS's codes, and how many more there are."""
    keys = aws.tree.account_keys
    found = sorted(f"{keys.get(account, account)} ({code})" for account, code in failures)
    return [*found[:FEW], *([f"{len(found) - FEW:,} more"] if len(found) > FEW else [])]


def needs(organization: Organization, scope: Scope) -> Iterator[Address]:
    """What comes before: the administrator, and the recorders of the region."""
    yield DelegatedAdministrator().address(f"{PRINCIPAL}/{organization.security_tooling}")
    if RECORDER in organization.deployments:
        yield from StackSet().addresses(organization, RECORDER)
        yield from Stack().sites(organization, RECORDER, Scope(organization.management, scope.region))


def left_out(organization: Organization, exclude: Target) -> list[str]:
    """The keys of accounts that are left out: as the config says, and those where no recorder is meant."""
    service = organization.service(ConfigSettings)
    meant = organization.members(Target(units=(ROOT,)))
    recorded = service.settings.target if service and service.settings.recorders else None
    with_recorder = organization.members(recorded) if recorded else meant
    excluded = {*organization.members(exclude)}
    return [key for key in meant if key in excluded or key not in with_recorder]


def excluded(organization: Organization, exclude: Target) -> list[str]:
    """The same as the tokens of their ids."""
    return sorted(map(account_id, left_out(organization, exclude)))


def names_of(given: Mapping[str, str]) -> dict[str, str]:
    """Names in AWS by key: as the config gives them, or ours."""
    return {key: name or PREFIX + key for key, name in given.items()}
