'''What a service of the sandbox is made of, and how to add one.

A service is one file with one class. A method named like an operation (as boto3 spells it) *is* that
operation: it is given a `Call`, a mapping of the request's parameters, and returns the result as a dict
named as in botocore's model. Parsing, serialising, constraints of the model (lengths, patterns, enums,
required members), the error's shape and HTTP status, counting, faults and snapshots are done around it. A
whole service:

```python
"""Amazon Macie: the session of an account in a Region (Macie API reference)."""

from dataclasses import dataclass, field
from typing import Any

from landing.sandbox.services.call import Call
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.service import Scope, Service


@dataclass
class Session:
    status: str | None = None
    jobs: list[dict[str, Any]] = field(default_factory=list)


class Macie(Service[Session]):
    """Enabled account by account, Region by Region (page "Enabling Macie")."""

    name = "macie2"              # botocore's name of the service
    state_type = Session         # one is made for each account and Region that calls
    scope = Scope.REGION         # or ACCOUNT (IAM...), or WORLD (Organizations)

    def enable_macie(self, call: Call) -> dict[str, Any]:
        """Refused when enabled already (API reference, EnableMacie)."""
        session = self.state(call)
        if session.status:
            raise Refusal("ConflictException", "Macie has already been enabled.")
        session.status = call.get("status", "ENABLED")
        return {}

    def list_classification_jobs(self, call: Call) -> dict[str, Any]:
        """Pages by the names and limits of the model."""
        return call.page("items", self.state(call).jobs)
```

Then add one line to `SERVICES` in `landing/sandbox/services/registry.py`, and checks to `tests/sandbox/`; a test
says how `docs/sandbox.md`, the list of all operations, is made anew.

- **Replace or extend.** A service replaces moto's (an operation without a method is unsupported: HTTP 501).
  With `extends = True` moto's service stays: an operation without a method goes to moto, and one that moto
  does not have either is unsupported. In an extending method `call.moto()` is moto's answer as a dict
  (amend it and return it), `call.forward()` is moto's answer untouched (check, then let pass),
  `call.backend()` is moto's backend of the caller's account and Region. Say in the first line of the
  docstring why the method exists: it becomes the table of corrections; and give it a probe,
  `probes = {"ListBuckets": function}`, where `function(sandbox)` is true with the method and false with moto
  alone: `corrections.selftest()` finds what moto has made superfluous. What is changed inside moto itself is
  a row of `PATCHES` in `landing/sandbox/moto/patches.py`, with a probe too.
- **Another account's state**: `self.state_of(call.world, account, region)`; all of it:
  `self.states(call.world)`; in the modules of a package, `Places` (`landing/sandbox/services/places.py`). State is
  plain picklable data: dataclasses, dicts; no open files, no lambdas,
  no clients.
- **Refuse** by `raise Refusal(code, message, **members)`. A code that the service's model does not have is
  a mistake and raises `TypeError`, as does a result with a member that the model does not have.
- **Another service**: `call.client("s3", account, region)`, or `clients.client(world, ...)` where there is no
  call, is a boto3 client that acts as that account.
- **Time**: `call.world.now`; things in the background are `call.world.clock.later(function, *arguments,
  thing=key)` and each Describe of the thing says `call.poll(key)`. `function(world, *arguments)` is a
  function of a module.
- **Identifiers**: `call.world.token(12)`, `call.world.uuid()`; never `random`, `uuid` or the wall clock.
- **Events**: `call.world.publish("account-joined", account, **detail)`; who wants to hear one has a function
  `account_joined(world, event)` and is listed in `LISTENERS` in the registry.
- **A big service** is a package: functions `(call)` in the modules of its folder are operations, by their names.
- **What several services have** is a topic that each of them declares: the administrator of an organization
  (`landing/sandbox/services/administrator.py`), its members (`landing/sandbox/services/members.py`), tags
  (`landing/sandbox/services/tags.py`).
'''

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeVar

from landing.sandbox.protocol.constraints import Problem
from landing.sandbox.protocol.http import HttpAnswer
from landing.sandbox.protocol.model import Operation, service_model
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.world import Listener, World

if TYPE_CHECKING:
    import boto3

S = TypeVar("S")
Result = dict[str, Any] | HttpAnswer | None
OperationFunction = Callable[[Call], Result]


class ProbedSandbox(Protocol):
    """A fresh sandbox, as far as a probe has to do with it."""

    @property
    def management_account_id(self) -> str:
        """The account whose administrator calls unless another is named."""

    @property
    def world(self) -> World:
        """The world behind the API."""

    def session(self, account: str | None = None) -> boto3.Session:
        """A boto3 session of an account's administrator."""

    def seed(self, accounts: int) -> list[str]:
        """Add so many member accounts; their ids."""


Probe = Callable[[ProbedSandbox], bool]
"""Whether a sandbox behaves as AWS does in one respect; a refusal (`ClientError`) means that it does not."""


@dataclass
class Nothing:
    """The state of a service that keeps none itself: it is moto's, or the world's."""


class Scope(Enum):
    """What a service keeps one state for."""

    REGION = "account and Region"
    ACCOUNT = "account"
    WORLD = "world"


class Service(Generic[S]):
    """A service of ours; subclasses are operations, see the guide above."""

    name: ClassVar[str]
    extends: ClassVar[bool] = False
    scope: ClassVar[Scope] = Scope.REGION
    state_type: ClassVar[type[Any]]
    topics: ClassVar[tuple[object, ...]] = ()
    """What has operations beside the class and the modules of its folder."""
    missing: ClassVar[frozenset[str]] = frozenset()
    """Operations that an extended moto would answer with something else: they are unsupported."""
    probes: ClassVar[Mapping[str, Probe]] = MappingProxyType({})
    """For each operation of an extending service: what holds with it and does not hold with moto alone."""

    problem_error: ClassVar[Mapping[str, Any]] = MappingProxyType({})
    """Code and members of the refusal of a request that breaks the model, where it is not the protocol's usual one."""
    token_error: ClassVar[Mapping[str, Any]] = MappingProxyType(
        {
            "code": "ValidationException",
            "message": "The pagination token is not valid.",
        }
    )
    """Code, message and members of the refusal of a pagination token."""

    def operation(self, method: str) -> OperationFunction | None:
        """The function that is an operation, by its snake_case name."""
        found: OperationFunction | None = self._function(method)
        return found

    def listener(self, event: str) -> Listener | None:
        """The function that hears an event."""
        found: Listener | None = self._function(event.replace("-", "_"))
        return found

    def _function(self, name: str) -> Any:
        return next((getattr(part, name) for part in self._parts() if hasattr(part, name)), None)

    def _parts(self) -> Iterator[object]:
        yield from (self, *self.topics, *_modules(type(self).__module__))

    def admit(self, call: Call) -> None:
        """Raise a refusal if this caller may not call this operation at all; before the operation itself."""

    def refuse_problem(self, operation: Operation, problem: Problem) -> Refusal:
        """How this service says that a request breaks a constraint of the model."""
        is_query = service_model(self.name).protocol in ("query", "ec2")
        usual = {"code": "ValidationError" if is_query else "ValidationException"}
        return Refusal(message=str(problem), **(self.problem_error or usual))

    def refuse_token(self, operation: Operation) -> Refusal:
        """How this service says that it never gave such a pagination token."""
        return Refusal(**self.token_error)

    def state(self, call: Call) -> S:
        """The caller's state."""
        return self.state_of(call.world, call.account, call.region)

    def state_of(self, world: World, account: str = "", region: str = "") -> S:
        """The state of an account in a Region, made when first asked for."""
        key = {
            Scope.REGION: (account, region),
            Scope.ACCOUNT: (account, ""),
            Scope.WORLD: ("", ""),
        }[self.scope]
        state: S = world.state(self.name, *key, self.state_type)
        return state

    def states(self, world: World) -> Iterator[tuple[str, str, S]]:
        """Every state there is: account, Region, state."""
        for (account, region), state in list(world.states.get(self.name, {}).items()):
            yield account, region, state


@cache
def _modules(package: str) -> tuple[ModuleType, ...]:
    """The modules of a service's folder; none if the service is a file."""
    folder = getattr(sys.modules[package], "__path__", ())
    names = [found.name for found in pkgutil.iter_modules(folder) if not found.ispkg]
    return tuple(importlib.import_module(f"{package}.{name}") for name in names)
