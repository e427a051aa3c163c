"""What the commands share: options, the config, and the connection to AWS or to the sandbox."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

import click

from landing.cli import snapshots
from landing.cli.clock import now

if TYPE_CHECKING:
    from landing.aws import Aws
    from landing.core.model import Problem
    from landing.engine.observe import Observation, Task
    from landing.engine.plan import Origin, Plan
    from landing.library import Library
    from landing.organization import Organization

F = TypeVar("F", bound=Callable[..., Any])


@dataclass
class Session:
    """The options that every command with a config or a connection takes."""

    config: Path
    profile: str = ""
    role_arn: str = ""
    sandbox: bool = False
    began: float = field(default_factory=monotonic)
    opened: list[Aws] = field(default_factory=list)

    def library(self) -> Library:
        """Our blueprints and policies and those beside the config."""
        from landing.library import Library, shipped

        return Library.load(shipped(), self.config.parent.resolve())

    def organization(self) -> tuple[Organization, list[Problem]]:
        """The config, checked; raises ConfigError."""
        from landing.config import load

        return load(self.config, self.library())

    def digest(self) -> str:
        """What the config files, and the policies and blueprints beside them, contain, as 64 hex digits."""
        from landing.config.digest import digest

        return digest(self.config)

    def connect(
        self,
        organization: Organization,
        *,
        read_only: bool,
        detect: bool = False,
        at_once: int = 10,
        any_account: bool = False,
        repack: bool = False,
    ) -> Aws:
        """AWS by boto3's own credential chain, or the sandbox; refuses the wrong organization unless `any_account`.

        `at_once`: requests in flight. When it only reads, its `organization` has the packs as they are in AWS.
        """
        from landing.aws import Aws, Clock, check_organization, translated
        from landing.core.model import ORGANIZATION
        from landing.core.quotas import RATES
        from landing.services.permissions import reads

        clock, rates = Clock(), RATES
        if self.sandbox:
            self._enter_sandbox()
            clock, rates = Clock(pace=0.02), {}
        aws = Aws(
            organization,
            profile=self.profile,
            role_arn=self.role_arn,
            read_only=read_only,
            reads=reads(organization, detect=detect),
            rates=rates,
            clock=clock,
            detect=detect,
            at_once=at_once,
        )
        self.opened.append(aws)
        if not any_account:
            with translated(ORGANIZATION):
                check_organization(aws)
        if read_only and not any_account:
            self.remember(aws, repack=repack)
        return aws

    def close(self) -> None:
        """Nobody waits for anything that is still asked of AWS."""
        for aws in self.opened:
            aws.close()

    def remember(self, aws: Aws, saved: Plan | None = None, *, repack: bool = False) -> None:
        """Give the organization of a connection the packs as they are in AWS, or as a saved plan has them."""
        if aws.organization.packed:
            from landing.guardrails.packs import remember

            remember(aws, saved.changes if saved else (), repack=repack)

    def _enter_sandbox(self) -> None:
        """Point this process at the sandbox and at nothing else."""
        from landing.cli.sandbox import require

        require()
        from landing.sandbox.process import ensure_started

        endpoint = ensure_started()
        for name in list(os.environ):
            if name.startswith("AWS_"):
                del os.environ[name]
        os.environ |= {
            "AWS_ENDPOINT_URL": endpoint.url,
            "AWS_ACCESS_KEY_ID": endpoint.access_key,
            "AWS_SECRET_ACCESS_KEY": endpoint.secret_key,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        self.profile = self.role_arn = ""

    def plan(
        self, organization: Organization, aws: Aws, *, explain: bool = False, targets: Collection[str] = ()
    ) -> Plan:
        """Look at both sides and compare; `explain` says what changes do to requests, at the end and on the way.

        With `targets` only what these need is read. Otherwise what was read is kept as the snapshot. Raises ConfigError
        with all that the config names and AWS does not have.
        """
        from landing.engine.observe import needed_for
        from landing.engine.plan import make
        from landing.guardrails.lock_out import concerns

        only = needed_for(organization, targets) if targets else None
        observation = self._observed(organization, aws, only)
        observation.raise_if_unknown(targets)
        plan = make(observation, self.origin(organization, aws))
        organization = aws.organization = self._with_others(aws, plan, observation)
        told = not targets or concerns(plan.changes)  # else nobody asks for the ids of 10,000 accounts
        account_ids = _account_ids(aws) if told else {}
        if not targets:
            snapshots.keep(self.snapshot, plan.made_from, account_ids, observation)
        if not explain:
            return plan
        return self._explained(organization, plan, observation, account_ids, targets, ids=partial(_id_of, aws))

    def _with_others(self, aws: Aws, plan: Plan, observation: Observation) -> Organization:
        """With the policies of others that were read; of a plan of targets they may have to be read yet."""
        from landing.core.model import ORGANIZATION
        from landing.guardrails.lock_out import concerns
        from landing.guardrails.packs import with_others
        from landing.services.organizations.policy import foreign_in

        if ("policy", ORGANIZATION) not in observation.tasks and concerns(plan.changes):
            return with_others(aws.organization, aws)
        return replace(aws.organization, foreign=foreign_in(observation.live))

    def _observed(self, organization: Organization, aws: Aws, only: Collection[Task] | None) -> Observation:
        """Both sides; raises ConfigError with all that the config names and AWS does not have."""
        from landing.cli.locking import missing
        from landing.cli.watching import reading
        from landing.core.errors import ConfigError
        from landing.engine.observe import observe

        problems: list[Problem] = []
        with reading(aws) as progress:
            try:
                observation = observe(organization, aws, only=only, progress=progress)
            except ConfigError as error:
                problems += error.problems
        if aws.read_only and only is None:  # `apply` holds the lock
            problems += missing(organization, aws, sandbox=self.sandbox)
        if problems:
            raise ConfigError(problems)
        return observation

    def plan_offline(self, organization: Organization, targets: Collection[str] = (), *, repack: bool = False) -> Plan:
        """What a plan would be if AWS were as the snapshot says; asks AWS nothing."""
        from landing.engine.plan import Origin, make
        from landing.guardrails.packs import remembered
        from landing.services.organizations.policy import foreign_in

        seen = snapshots.of(organization, self.snapshot, self._expected_account())
        observation = seen.observation_of(organization)
        organization = replace(organization, foreign=foreign_in(observation.live))
        if organization.packed:
            organization = remembered(organization, observation.live, repack=repack)
            observation = seen.observation_of(organization)
        observation.raise_if_unknown(targets)
        whose = Origin(organization.name, seen.organization_id, seen.account, seen.caller, self.digest(), now())
        plan = make(observation, replace(whose, read=seen.taken))
        return self._explained(organization, plan, observation, seen.account_ids, targets)

    def _expected_account(self) -> str:
        """The account to which the options or the profile would lead, as far as that can be told without asking."""
        from landing.aws import account_of

        return "" if self.sandbox else account_of(self.profile, self.role_arn)

    def _explained(
        self,
        organization: Organization,
        plan: Plan,
        observation: Observation,
        account_ids: Mapping[str, str],
        targets: Collection[str],
        *,
        ids: Callable[[str], str] = lambda node: "",
    ) -> Plan:
        from landing.engine.order.unique_names import refuse_impossible
        from landing.guardrails.effects import effects
        from landing.guardrails.slots import refuse_crowded
        from landing.guardrails.transition import sentences

        refuse_impossible(plan.kinds, plan.only(targets).changes, observation.live)
        refuse_crowded(organization, plan.only(targets).changes, observation.live, ids)
        told = effects(organization, observation.live, plan.changes, account_ids)
        for address, words in sentences(organization, observation.live, plan.changes, account_ids).items():
            told[address] = (*told.get(address, ()), *words)
        return replace(plan, effects=told)

    @property
    def snapshot(self) -> Path:
        """Where what was read last is kept."""
        return Path(".landing") / ("snapshot-sandbox.json" if self.sandbox else "snapshot.json")

    def note_calls(self, aws: Aws) -> None:
        """Say on stderr what was asked of AWS, and how long the command has taken."""
        from landing.cli.output import note_calls

        note_calls(aws.tally.total, monotonic() - self.began)

    def origin(self, organization: Organization, aws: Aws) -> Origin:
        """What a plan made now is made from."""
        from landing.engine.plan import Origin

        account, arn = aws.caller
        live = aws.tree.organization
        return Origin(organization.name, live["Id"] if live else "", account, arn, self.digest(), now())


def _account_ids(aws: Aws) -> Mapping[str, str]:
    """Id by account key; none where the accounts cannot be read, which is a gap already."""
    from landing.aws import translated
    from landing.core.errors import CannotRead
    from landing.core.model import ORGANIZATION

    try:
        with translated(ORGANIZATION):
            return aws.tree.account_ids if aws.tree.organization else {}
    except CannotRead:
        return {}


def _id_of(aws: Aws, node: str) -> str:
    """The id of a node, if it is there."""
    from landing.aws import translated
    from landing.core.errors import AwsError
    from landing.core.model import ORGANIZATION
    from landing.services.organizations.attachments import Attachments

    try:
        with translated(ORGANIZATION):
            return Attachments().target_id(aws, node)
    except AwsError:
        return ""


def with_config(command: F) -> F:
    """Add `--config` to a command; it gets a `session`."""
    decorated: F = _session_options(command, connected=False)
    return decorated


def with_aws(command: F) -> F:
    """Add `--config` and the options of the connection to a command; it gets a `session`."""
    decorated: F = _session_options(command, connected=True)
    return decorated


def _session_options(command: Any, *, connected: bool) -> Any:
    from functools import wraps

    @wraps(command)
    def with_session(config: str, profile: str = "", role_arn: str = "", sandbox: bool = False, **rest: Any) -> Any:
        session = Session(Path(config), profile, role_arn, sandbox)
        try:
            return command(session=session, **rest)
        finally:
            session.close()

    decorated: Any = with_session
    if connected:
        for option in (
            click.option(
                "--sandbox", is_flag=True, envvar="LANDING_SANDBOX", help="Use the local sandbox instead of AWS."
            ),
            click.option("--role-arn", default="", metavar="ARN", help="Role to assume in the management account."),
            click.option("--profile", default="", metavar="NAME", help="AWS profile of the management account."),
        ):
            decorated = option(decorated)
    return click.option(
        "--config",
        default="config",
        metavar="DIR",
        envvar="LANDING_CONFIG",
        show_default=True,
        help="Folder (or file) of the config.",
    )(decorated)
