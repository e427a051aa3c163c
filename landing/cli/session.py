"""What the commands share: options, the config, and the connection to AWS or to the sandbox."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

import click

from landing.cli import snapshots
from landing.cli.clock import now

if TYPE_CHECKING:
    from landing.aws import Aws
    from landing.core.model import Change, Diagnostic
    from landing.engine.snapshot import Snapshot
    from landing.library import Library
    from landing.organization import Organization
    from landing.runs.pipeline import Hooks

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

    def organization(self, *, linted: bool = False) -> tuple[Organization, list[Diagnostic]]:
        """The config, checked; raises ConfigError. `linted`: for a command that goes by templates."""
        from landing.config import load

        return load(self.config, self.library(), linted=linted)

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
        besides: Collection[str] = (),
    ) -> Aws:
        """AWS by boto3's own credential chain, or the sandbox; refuses the wrong organization unless `any_account`.

        `at_once`: requests in flight. `besides`: IAM actions that a connection that only reads lets through as well,
        in the management account.
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
            reads=reads(organization, detect=detect).and_also(besides),
            rates=rates,
            clock=clock,
            detect=detect,
            at_once=at_once,
        )
        self.opened.append(aws)
        if not any_account:
            with translated(ORGANIZATION):
                check_organization(organization, aws)
        return aws

    def close(self) -> None:
        """Nobody waits for anything that is still asked of AWS."""
        for aws in self.opened:
            aws.close()

    def _enter_sandbox(self) -> None:
        """Point this process at the sandbox and at nothing else."""
        require_sandbox()
        from landing.sandbox.endpoint.process import ensure_started
        from landing.sandbox.world.home import Home

        if _is_in_sandbox():
            door = {name: os.environ[name] for name in _DOOR if name in os.environ}
        else:
            endpoint = ensure_started(Home(sandbox_of(self.config)))
            _entered.add(endpoint.url)
            door = dict(zip(_DOOR, (endpoint.url, endpoint.access_key, endpoint.secret_key), strict=False))
        for name in list(os.environ):
            if name.startswith("AWS_"):
                del os.environ[name]
        os.environ |= {
            **door,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def hooks(self, phase: Callable[[str], None] = lambda name: None) -> Hooks:
        """What a run asks of a command; `phase` is told what begins."""
        from landing.cli.lock import missing
        from landing.cli.output import note
        from landing.cli.progress import reading
        from landing.runs.pipeline import Hooks

        def check(organization: Organization, aws: Aws) -> Sequence[Diagnostic]:
            if not aws.read_only:
                return ()  # `apply` holds the lock
            return missing(organization, aws, sandbox=self.sandbox)

        refuse = () if self.sandbox else (_refuse_reserved_emails,)
        return Hooks(now, reading, check, partial(snapshots.keep, self.snapshot), phase, note, refuse)

    def kept(self, organization: Organization) -> Snapshot:
        """What was read last; raises LandingError when nothing was, or of something else."""
        return snapshots.of(organization, self.snapshot, self._expected_account())

    def _expected_account(self) -> str:
        """The account to which the options or the profile would lead, as far as that can be told without asking."""
        from landing.aws import account_of

        return "" if self.sandbox else account_of(self.profile, self.role_arn)

    @property
    def snapshot(self) -> Path:
        """Where what was read last is kept."""
        return self.folder / ("snapshot-sandbox.json" if self.sandbox else "snapshot.json")

    @property
    def folder(self) -> Path:
        """What is kept beside the config, wherever the command runs: the lock, runs, the snapshot, the sandbox."""
        return folder_of(self.config)

    def note_calls(self, aws: Aws) -> None:
        """Say on stderr what was asked of AWS, and how long the command has taken."""
        from landing.cli.output import note_calls

        note_calls(aws.tally.total, monotonic() - self.began)


def _refuse_reserved_emails(organization: Organization, changes: Iterable[Change]) -> None:
    """Raise ConfigError for accounts to be made with a placeholder, unless an endpoint is named that is not AWS's."""
    from landing.config.reserved_emails import reserved_emails
    from landing.core.errors import ConfigError

    if not any(name in os.environ for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_ORGANIZATIONS")):
        problems = list(reserved_emails(organization, changes))
        if problems:
            raise ConfigError(problems)


_DOOR = ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
_entered: set[str] = set()
"""The endpoints that this process has written into its environment itself."""


def _is_in_sandbox() -> bool:
    """Whether the environment names a sandbox, which is told; raises Refused when it names something else."""
    from ipaddress import ip_address
    from urllib.parse import urlsplit

    from landing.cli.output import note
    from landing.core.errors import Refused
    from landing.core.text import safe

    url = os.environ.get("AWS_ENDPOINT_URL", "")
    if not url or url in _entered:
        return False
    host = urlsplit(url).hostname or ""
    try:
        near = host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        near = False
    if not near:
        raise Refused(safe(f"AWS_ENDPOINT_URL is {url}, which is no sandbox. Unset it, or leave --sandbox out"))
    note(safe(f"The sandbox is that of AWS_ENDPOINT_URL, {url}."))
    return True


def sandbox_of(config: Path) -> Path:
    """Where the sandbox of a config keeps its world, unless the environment says where."""
    from landing.sandbox.world.home import DEFAULT, VARIABLE

    return Path(os.environ.get(VARIABLE, folder_of(config) / DEFAULT))


def folder_of(config: Path) -> Path:
    """Where what is kept of a config stands: beside it."""
    return config.parent / ".landing"


def with_config(command: F) -> F:
    """Add `--config` to a command; it gets a `session`."""
    decorated: F = _session_options(command, connected=False)
    return decorated


def with_aws(command: F) -> F:
    """Add `--config` and the options of the connection to a command; it gets a `session`."""
    decorated: F = _session_options(command, connected=True)
    return decorated


def _refuse_profile_in_sandbox() -> None:
    """Raises click.UsageError: whoever names a profile means AWS, and the sandbox would answer in its place.

    A role is named with its account, so it is one of the sandbox, or refused there.
    """
    from click.core import ParameterSource

    if click.get_current_context().get_parameter_source("sandbox") is ParameterSource.ENVIRONMENT:
        raise click.UsageError(
            "--profile is for AWS, but LANDING_SANDBOX is set: `unset LANDING_SANDBOX`, or leave out --profile"
        )
    raise click.UsageError("--profile is for AWS, and --sandbox uses the sandbox instead: leave one of them out")


def with_connection(command: F) -> F:
    """Add the options of the connection alone to a command, whose config is still to be; it gets a `session`."""
    decorated: F = _session_options(command, connected=True, configured=False)
    return decorated


def _session_options(command: Any, *, connected: bool, configured: bool = True) -> Any:
    from functools import wraps

    @wraps(command)
    def with_session(
        config: str = "config", profile: str = "", role_arn: str = "", sandbox: bool = False, **rest: Any
    ) -> Any:
        if sandbox and profile:
            _refuse_profile_in_sandbox()
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
    if not configured:
        return decorated
    return config_option(decorated)


config_option = click.option(
    "--config",
    default="config",
    type=click.Path(),
    metavar="DIR",
    envvar="LANDING_CONFIG",
    show_default=True,
    help="Folder (or file) of the config.",
)


def require_sandbox() -> None:
    """Raises LandingError where the packages that the sandbox is made of are not installed."""
    from landing.core.errors import LandingError

    missing = [name for name in ("moto", "cloudpickle") if find_spec(name) is None]
    if missing:
        raise LandingError(f"the sandbox needs {' and '.join(missing)}. Install: pip install 'landing[sandbox]'")
