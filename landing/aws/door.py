"""The only door to boto3: clients by service, account and region; read-only unless told otherwise."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from landing.aws import faults
from landing.aws.causes import COMMON
from landing.aws.context import Context
from landing.aws.faults import ATTEMPTS, translated
from landing.aws.metrics import Tally
from landing.aws.operations import Operations
from landing.aws.queue import Queue, longest
from landing.aws.rate_limits import Clock, Interrupted, NotBegun, Pacer, Rates
from landing.aws.reads import CREDENTIALS, NOTHING, Reads
from landing.aws.retry import Repeats
from landing.aws.survey import Survey
from landing.aws.tree import Tree
from landing.core.errors import Cause, NotThere
from landing.core.model import ORGANIZATION, Address, Scope
from landing.core.operation_names import READING
from landing.core.partitions import GLOBAL_REGION
from landing.core.quotas import RATES
from landing.core.references import resolve, symbolic, tokens_in
from landing.organization import Organization

if TYPE_CHECKING:
    from botocore.config import Config
    from botocore.session import Session

    from landing.aws.root_session import Borrowed

NO_WRITES = (*READING, "AssumeRole", "AssumeRoot", "DetectStackDrift", "DetectStackSetDrift")
"""How operations begin that are not counted as writes, and told in reports, where writes are allowed."""

TAGGING = "resourcegroupstaggingapi"
GLOBAL_SERVICES = frozenset({"organizations", "account", "iam", TAGGING})
"""Services called in the partition's global region; tags of the organization are there too, of others in a region."""

AT_ONCE = 10
"""Requests in flight at once."""

CONNECT_TIMEOUT, READ_TIMEOUT = 10, 60
"""Seconds that one attempt may take; no call of ours is answered slowly (botocore's own are 60 and 60)."""


ROOT_USERS = "root users"
"""In whose name calls are made that are of no account's own session."""


class ReadOnly(AssertionError):
    """A kind asked a read-only door for more than the declared reads: a mistake in the kind, never the user's."""


class Aws:
    """Everything that is asked of AWS goes through here: recorded, refused when read-only, paced, retried.

    When read-only, `reads` are let through, and members entered by the role that only reads, with a session policy.
    """

    def __init__(
        self,
        organization: Organization,
        *,
        profile: str = "",
        role_arn: str = "",
        read_only: bool = True,
        reads: Reads = NOTHING,
        rates: Rates = RATES,
        clock: Clock | None = None,
        detect: bool = False,
        at_once: int = AT_ONCE,
    ) -> None:
        self.context = Context.of(organization)
        self.read_only = read_only
        self.reads = reads
        self.detect = detect
        self._doubted: set[str] = set()
        self.clock = clock or Clock()
        self.tally = Tally(self.clock.now)
        self.operations = Operations()
        self.writing = threading.Lock()
        self._closed = threading.Event()
        self._change = threading.local()
        self.tree = Tree(organization, self, Survey(self))
        self.pacer = Pacer(rates, self.clock)
        self._in_flight = threading.BoundedSemaphore(at_once)
        self._role_arn = role_arn
        self._lock = threading.RLock()
        self._sessions: dict[str, Session] = {}
        self._clients: dict[tuple[str, str, str], Any] = {}
        self._root_users: tuple[Borrowed, Any] | None = None
        from botocore.session import Session

        with translated(ORGANIZATION):
            self._base = Session(profile=profile or None)
        # The global endpoint has no AssumeRoot, and its sessions are not good in every region.
        self._base.set_config_variable("sts_regional_endpoints", "regional")

    def with_names_of(self, organization: Organization) -> Aws:
        """The same connection, with its sessions, rates, counts and answers, whose tree goes by other names."""
        other = copy(self)
        other.context = Context.of(organization)
        other.tree = Tree(organization, other, self.tree.survey)
        return other

    def doubt(self, targets: Collection[str]) -> None:
        """Read what these mean (see `Address.matches`), whatever has been noted of it."""
        self._doubted.update(targets)

    def trusts(self, address: Address) -> bool:
        """Whether what a mark says of something is true: not in a search for drift, nor for what is asked by name."""
        text = str(address)
        prefixes = tuple(each[:-1] for each in self._doubted if each.endswith("*"))
        return not (self.detect or {text, address.kind} & self._doubted or text.startswith(prefixes))

    def doubted(self, kind: str) -> tuple[str, ...]:
        """The names of this kind that `doubt` was given; what means several ends with an asterisk."""
        own = f"{kind}."
        named = (each.removeprefix(own) for each in self._doubted if each.startswith(own))
        several = any(each == kind or (each.endswith("*") and own.startswith(each[:-1])) for each in self._doubted)
        return (*named, *(("*",) if several else ()))

    def close(self) -> None:
        """The command is done: threads that still read ahead begin no call and no further attempt, and wait no more."""
        self._closed.set()
        self.clock.hurry.set()
        self.tree.rest()

    @contextmanager
    def change(self, patience: Clock) -> Iterator[None]:
        """What this thread does within the block is one change: NotBegun when `patience` ends before its first write.

        A change that has written something goes on, whatever the user wishes.
        """
        self._change.patience = patience
        try:
            yield
        finally:
            self._change.patience = None

    @property
    def writes(self) -> int:
        """How many calls were made that change something."""
        return self.tally.writes

    @property
    def calls(self) -> Counter[tuple[str, str]]:
        """How often each (service, operation) was called."""
        return self.tally.calls

    @property
    def queue(self) -> Queue | None:
        """For which of AWS's rates calls wait longest now, if any do."""
        return longest(self.pacer.queued(), self.tree.backlog)

    @cached_property
    def caller(self) -> tuple[str, str]:
        """(account id, ARN) of the credentials."""
        with translated(ORGANIZATION, "GetCallerIdentity"):
            answer = self._client("sts", "", self.context.home_region).get_caller_identity()
        return answer["Account"], answer["Arn"]

    def client(self, service: str, scope: Scope = ORGANIZATION) -> Any:
        """A boto3 client; without a scope in the management account, without a region in the home region.

        Raises NotThere for an account that does not exist yet.
        """
        account = "" if scope.account in ("", self.context.management) else scope.account
        region = scope.region or self.context.home_region
        if service in GLOBAL_SERVICES and not (service == TAGGING and scope.region):
            region = GLOBAL_REGION[self.context.partition]
        return self._client(service, account, region)

    @contextmanager
    def as_root_of(self, account_id: str, task: str) -> Iterator[Any]:
        """IAM as the root user of a member, for the task of this ARN, within the block and by this thread alone."""
        with self._lock:
            if self._root_users is None:
                from landing.aws.root_session import Borrowed, borrowing

                borrowed = Borrowed()
                session = self._listening(borrowing(self._base, borrowed), ROOT_USERS)
                self._root_users = (
                    borrowed,
                    session.create_client("iam", GLOBAL_REGION[self.context.partition], config=_config()),
                )
        borrowed, client = self._root_users
        with borrowed.of(self.client("sts"), account_id, task):
            yield client

    def poll(self, what: str, deadline: str, *, first: float = 0.5) -> Iterator[float]:
        """Look again and again, with growing pauses; TimedOut when the config's `timeouts` has that deadline passed."""
        hint = f"run again to resume, or allow more with `timeouts: {{{deadline}: …}}` in the config"
        return self.clock.poll(what, timeout=self.context.timeouts[deadline], first=first, hint=hint)

    def listed(self, client: Any, operation: str, key: str, **parameters: object) -> Iterator[Any]:
        """Every item of every page."""
        for page in self.pages(client, operation, **parameters):
            yield from page.get(key) or ()

    def pages(self, client: Any, operation: str, **parameters: object) -> Iterator[Mapping[str, Any]]:
        """Every page of an answer; a few operations have pages that botocore does not know of."""
        if client.can_paginate(operation):
            yield from client.get_paginator(operation).paginate(**parameters)
            return
        token: dict[str, str] = {}
        while True:
            page: Mapping[str, Any] = getattr(client, operation)(**parameters, **token)
            yield page
            name = "Marker" if page.get("IsTruncated") else "NextToken"
            if not page.get(name):
                return
            token = {name: page[name]}

    def resolve(self, value: Any) -> Any:
        """Tokens to ids; raises NotThere when one is not known yet."""
        resolved = resolve(value, self.tree.ids)
        missing = tokens_in(resolved)
        if missing:
            raise NotThere(f"the id of {', '.join(sorted(missing))} is not known yet")
        return resolved

    def symbolic(self, value: Any) -> Any:
        """Ids to tokens."""
        return symbolic(value, self.tree.tokens)

    def _client(self, service: str, account: str, region: str) -> Any:
        key = (service, account, region)
        if key not in self._clients:
            account_id = self._account_id(account)  # may read the tree, which needs clients: never under the lock
            with self._lock:
                if key not in self._clients:
                    session = self._session(account, account_id)
                    self._clients[key] = session.create_client(service, region, config=_config())
        return self._clients[key]

    def _account_id(self, account: str) -> str:
        if not account:
            return ""
        account_id = self.tree.account_id(account)
        if account_id is None:
            raise NotThere(f"account {account} does not exist yet")
        return account_id

    def _session(self, account: str, account_id: str) -> Session:
        from landing.aws.roles import assuming

        if account in self._sessions:
            return self._sessions[account]
        context = self.context
        if account == "":
            session = assuming(self._base, self._role_arn, context.home_region) if self._role_arn else self._base
        else:
            role = context.read_role if self.read_only else context.member_role
            arn = f"arn:{context.partition}:iam::{account_id}:role/{role or context.member_role}"
            session = assuming(
                self._session("", ""),
                arn,
                context.home_region,
                partial(self._patience, account),
                policy=self.reads.session_policy if self.read_only else "",
                advice=faults.NO_READ_ROLE.format(role) if self.read_only and role else "",
            )
        self._sessions[account] = self._listening(session, account)
        return session

    def _listening(self, session: Session, account: str) -> Session:
        """All that the door does at a call hangs on a session."""
        session.register("before-call", partial(self._before_call, account))
        session.register("before-sign", self._before_sign)
        session.register("before-send", self._before_send)
        session.register("response-received", self._response_received)
        faults.listen(session)
        self.tally.listen(session)
        self.operations.listen(session)
        Repeats(
            is_new=lambda: account in self.tree.newcomers,
            patience=lambda: self.context.timeouts["account_access"],
            pace=self.clock.pace,
            closed=self._closed,
        ).listen(session)
        return session

    def _patience(self, account: str) -> Iterable[float]:
        """A new account cannot be entered for minutes after CreateAccount has succeeded."""
        if account not in self.tree.newcomers:
            return ()
        return self.poll(f"entering the new account {account}", "account_access", first=2.0)

    def _before_call(self, account: str, model: Any, context: dict[str, Any], **_: Any) -> None:
        service, operation = model.service_model.service_name, model.name
        self.calls[service, operation] += 1
        if self.read_only:
            if not self.reads.allow(service, operation):
                where = account or self.context.management
                raise ReadOnly(
                    f"{service}:{operation} in {where} while only reading: no kind declares it among its reads"
                )
        elif not operation.startswith(NO_WRITES) and (service, operation) not in CREDENTIALS:
            self.tally.writes += 1
            context["landing.patience"] = getattr(self._change, "patience", None)
        context["landing"] = (service, operation)

    def _before_sign(self, **event: Any) -> None:
        """Every attempt waits for its turn, before it is signed: a signature is good for minutes only."""
        if self._closed.is_set():
            raise Interrupted
        context = event["request"].context
        if "landing" not in context:
            return
        service, operation = context["landing"]
        patience: Clock | None = context.pop("landing.patience", None)
        with self.tally.waiting(service, operation):
            if patience is None:
                self.pacer.wait(service, operation)
                return
            try:
                self.pacer.wait(service, operation, patience)
                patience.sleep(0)
            except Interrupted:
                raise NotBegun from None
            self._change.patience = None

    def _before_send(self, **_: Any) -> None:
        self._in_flight.acquire()

    def _response_received(self, **event: Any) -> None:
        """After every attempt that was sent, however it ended."""
        self._in_flight.release()
        context = event["context"]
        if "landing" in context:
            code = (event["parsed_response"] or {}).get("Error", {}).get("Code")
            self.pacer.answered(*context["landing"], throttled=code in COMMON[Cause.THROTTLED])


def _config() -> Config:
    """How every client sends."""
    from botocore.config import Config

    return Config(
        retries={"mode": "standard", "max_attempts": ATTEMPTS},
        user_agent_extra="landing",
        max_pool_connections=32,
        connect_timeout=CONNECT_TIMEOUT,
        read_timeout=READ_TIMEOUT,
    )
