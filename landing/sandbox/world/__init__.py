"""One sandbox world: its accounts' keys, the state of our services, the clock, the events and the dice.

The `World` itself is here; beside it its `regions` and virtual `clock`, the `faults` on request, and how it is kept:
a `snapshot` of it and the `journal` of calls since, under a `seal`, in a `home`. It knows of no service.
"""

from __future__ import annotations

import random
import string
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from landing.sandbox.world.clock import Clock

S = TypeVar("S")

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
"""Where virtual time begins unless a world is told otherwise."""

MANAGEMENT_ACCOUNT_ID = "123456789012"
BASE32 = string.ascii_uppercase + "234567"
ALPHANUMERIC = string.ascii_lowercase + string.digits


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a known access key belongs to."""

    access_key: str
    secret_key: str
    account: str
    arn: str
    user_id: str
    principal: str = ""
    """The ARN that policies name: the user's, or the role's for a session of it."""
    session_token: str | None = None
    session_policies: tuple[str, ...] | None = None
    """The documents that the session was given when it began; none where it was given none."""


@dataclass(slots=True)
class Account:
    """An AWS account, whether in an organization or standing alone."""

    id: str
    name: str
    email: str
    created: datetime
    state: str = "ACTIVE"
    """PENDING_ACTIVATION, ACTIVE, SUSPENDED, PENDING_CLOSURE or CLOSED ("Account states")."""
    creator: str | None = None
    """The management account that created it, and may therefore enter it by `access_role`."""
    access_role: str = "OrganizationAccountAccessRole"

    @property
    def is_usable(self) -> bool:
        """Whether AWS lets it work: an account that is about to be closed still does."""
        return self.state in ("ACTIVE", "PENDING_CLOSURE")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in the organization which other services may act on."""

    name: str
    account: str
    detail: dict[str, str]


Listener = Callable[["World", Event], None]


def nobody(_: str) -> tuple[Listener, ...]:
    """Who hears an event in a world without services."""
    return ()


@dataclass
class World:
    """Everything that a snapshot keeps. Plain data: it must survive pickling."""

    seed: int = 0
    partition: str = "aws"
    management_account_id: str = MANAGEMENT_ACCOUNT_ID
    clock: Clock = field(default_factory=lambda: Clock(EPOCH))
    options: dict[str, Any] = field(default_factory=dict)
    """Settings that services read, such as the quota of accounts."""
    identities: dict[str, Identity] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    expired: set[str] = field(default_factory=set)
    """Access keys whose time is up."""
    addresses: set[str] = field(default_factory=set)
    """The e-mail addresses of all accounts, in lower case: each is used once."""
    administrators: dict[str, str] = field(default_factory=dict)
    """Account id to the access key of its administrator."""
    states: dict[str, dict[tuple[str, str], Any]] = field(default_factory=dict)
    """Service name to (account id, Region) to that service's state."""
    events: list[Event] = field(default_factory=list)
    listeners: Callable[[str], tuple[Listener, ...]] = nobody
    """Who hears an event of a name: a function of a module, because a snapshot keeps it by name."""
    calls: Counter[tuple[str, str]] = field(default_factory=Counter)
    dice: random.Random = field(default_factory=random.Random)

    def __post_init__(self) -> None:
        self.dice.seed(self.seed)
        self.account(self.management_account_id, name="management")
        self.administrators[self.management_account_id] = self._management_administrator().access_key

    @property
    def now(self) -> datetime:
        """The virtual time."""
        return self.clock.now

    @property
    def home_region(self) -> str:
        """The Region that the partition's global services sign for."""
        return {"aws-us-gov": "us-gov-west-1", "aws-cn": "cn-northwest-1"}.get(self.partition, "us-east-1")

    def state(self, service: str, account: str, region: str, make: Callable[[], S]) -> S:
        """What a service keeps for an account in a Region, made when first asked for."""
        states = self.states.setdefault(service, {})
        if (account, region) not in states:
            states[account, region] = make()
        found: S = states[account, region]
        return found

    def account(self, account: str, *, name: str = "standalone") -> Account:
        """An account; one that was never heard of is made, as a standalone account."""
        if account not in self.accounts:
            email = f"{name}+{account}@example.com"
            self.add_account(Account(account, name, email, self.now))
        return self.accounts[account]

    def add_account(self, account: Account) -> None:
        """Make an account known."""
        self.accounts[account.id] = account
        self.addresses.add(account.email.lower())

    def change_email(self, account: str, email: str) -> None:
        """Give an account another address, which no other account has."""
        self.addresses.discard(self.accounts[account].email.lower())
        self.accounts[account].email = email
        self.addresses.add(email.lower())

    def new_account_id(self) -> str:
        """A number that no account has."""
        while (account := str(self.dice.randrange(10**11, 10**12))) in self.accounts:
            pass
        return account

    def token(self, length: int, alphabet: str = ALPHANUMERIC) -> str:
        """A new identifier's random part, the same in every world of one seed."""
        return "".join(self.dice.choices(alphabet, k=length))

    def uuid(self) -> str:
        """A new identifier in the form of a UUID."""
        digits = self.token(32, "0123456789abcdef")
        return "-".join(digits[a:b] for a, b in ((0, 8), (8, 12), (12, 16), (16, 20), (20, 32)))

    def issue_key(
        self,
        *,
        account: str,
        arn: str,
        user_id: str,
        principal: str = "",
        temporary: bool,
        policies: tuple[str, ...] | None = None,
    ) -> Identity:
        """Make a new access key known to the world; `policies` are those of the session."""
        identity = Identity(
            access_key=("ASIA" if temporary else "AKIA") + self.token(16, BASE32),
            secret_key=self.token(40, string.ascii_letters + string.digits),
            account=account,
            arn=arn,
            user_id=user_id,
            principal=principal or arn,
            session_token=self.token(120, string.ascii_letters + string.digits) if temporary else None,
            session_policies=policies,
        )
        self.identities[identity.access_key] = identity
        return identity

    def administrator(self, account: str | None = None) -> Identity:
        """The administrator of an account (the management account by default), made when first asked for."""
        account = account or self.management_account_id
        self.account(account)
        if account not in self.administrators:
            identity = self.issue_key(
                account=account,
                arn=f"arn:{self.partition}:sts::{account}:assumed-role/OrganizationAccountAccessRole/sandbox",
                user_id="AROA" + self.token(17, BASE32) + ":sandbox",
                principal=f"arn:{self.partition}:iam::{account}:role/OrganizationAccountAccessRole",
                temporary=True,
            )
            self.administrators[account] = identity.access_key
        return self.identities[self.administrators[account]]

    def publish(self, name: str, account: str, **detail: str) -> None:
        """Tell every listener that something happened."""
        event = Event(name, account, detail)
        self.events.append(event)
        for hears in self.listeners(name):
            hears(self, event)

    def _management_administrator(self) -> Identity:
        account = self.management_account_id
        return self.issue_key(
            account=account,
            arn=f"arn:{self.partition}:iam::{account}:user/administrator",
            user_id="AIDA" + self.token(17, BASE32),
            temporary=False,
        )
