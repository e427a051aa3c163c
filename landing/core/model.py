"""The values that everything else passes around: scopes, addresses, resources, changes, gaps."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import KW_ONLY, asdict, dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias
from urllib.parse import unquote

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
Attributes: TypeAlias = Mapping[str, Any]


class Action(StrEnum):
    """What a change does to its resource; the words are those of Terraform's JSON plan."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    ADOPT = "adopt"
    """It is there and as declared, and gets our mark: Terraform's import."""
    FORGET = "forget"
    """It stays as it is, and our mark is taken off: Terraform's `removed` block."""


MARK = "managed"
"""The attribute that says whether a resource carries our mark, of every kind that AWS lets us mark in place."""


class Level(StrEnum):
    """How often a kind of resource exists: once, once a region, once an account (and region)."""

    ORGANIZATION = "organization"
    REGION = "region"
    ACCOUNT = "account"


class Severity(StrEnum):
    """How bad it is when a resource is not as declared; from worst to mildest."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True, order=True)
class Source:
    """Where in the config something was asked for: a file as the user named it, 1-based line and column."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, order=True)
class Scope:
    """An account (by its key in the config) and a region; both empty for what exists once an organization."""

    account: str = ""
    region: str = ""

    def __str__(self) -> str:
        return "/".join(part for part in (self.account, self.region) if part)

    def in_any(self, others: Iterable[Scope]) -> bool:
        """Whether it is one of the others, or a Region of an account that is."""
        return any(other.account == self.account and other.region in ("", self.region) for other in others)


ORGANIZATION = Scope()


_MEANS_SOMETHING = re.compile(r"[%@*\x00-\x1f\x7f-\x9f\u2028\u2029]")
"""What would end a name in an address, or a line; AWS allows it in the names of units, accounts and policies."""
_MEANS_SOMETHING_IN_SCOPE = re.compile(_MEANS_SOMETHING.pattern.replace("%", "%/"))


def _escaped(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode())


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """The name of a resource in plans, reports and `--target`: `kind.name` or `kind.name@account/region`.

    `%`, `@`, `*` and control characters in a name are written as in a URL (`%40`), so that no two addresses are
    written alike and none spans lines.
    """

    kind: str
    name: str
    scope: Scope = ORGANIZATION

    def __str__(self) -> str:
        name = self.name if self.name == "*" else _MEANS_SOMETHING.sub(_escaped, self.name)  # alone: all of the kind
        head = f"{self.kind}.{name}"
        if self.scope == ORGANIZATION:
            return head
        account, region = (
            _MEANS_SOMETHING_IN_SCOPE.sub(_escaped, part) for part in (self.scope.account, self.scope.region)
        )
        return f"{head}@{account}/{region}" if region else f"{head}@{account}"

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read what `str()` wrote; raises ValueError when the text has no kind or no name."""
        head, _, scope = text.partition("@")
        kind, _, name = head.partition(".")
        if not kind or not name:
            raise ValueError(f"{text!r} is no address: kind.name or kind.name@account/region")
        account, _, region = scope.partition("/")
        if "%" in text:
            name, account, region = unquote(name), unquote(account), unquote(region)
        return cls(kind, name, Scope(account, region))

    def matches(self, target: str) -> bool:
        """Whether `--target` means it: the address, its kind, or a prefix that ends in `*`."""
        text = str(self)
        return target in (text, self.kind) or (target.endswith("*") and text.startswith(target[:-1]))

    def part_in(self, target: str) -> Scope | None:
        """The account (and Region) to which `--target` narrows what the whole organization has once, if it does.

        `stack_set.NAME@account/region` means that part of `stack_set.NAME`.
        """
        if self.scope != ORGANIZATION or "@" not in target:
            return None
        try:
            meant = Address.parse(target)
        except ValueError:
            return None
        same = (meant.kind, meant.name) == (self.kind, self.name)
        return meant.scope if same and meant.scope != ORGANIZATION else None


@dataclass(frozen=True, slots=True)
class Resource:
    """One thing as it should be or as it is.

    `requires` names what must be there before it. `owned` says that it carries our mark (live side): what is not owned
    and not declared is unmanaged, and never touched. `forgotten`: the config says that we let go of it. `used`: it is
    another's, and the config names it to be used as it is (`source`): compared, and never written.
    """

    address: Address
    attributes: Attributes
    requires: tuple[Address, ...] = ()
    owned: bool = True
    source: Source | None = None
    forgotten: bool = False
    used: bool = False


@dataclass(frozen=True, slots=True, order=True)
class UniqueName:
    """A name, and the space in which AWS gives it once; lower case where AWS takes two cases for one, or may."""

    space: str
    name: str

    def __str__(self) -> str:
        return f"{self.name} ({self.space})"


@dataclass(frozen=True, slots=True)
class Change:
    """Before → after, at one address.

    `requires`: what must be done first. `releases`: what the live resource leaned on and the new one does
    not; those can only be deleted or loosened after this change. `only`: the accounts (and Regions) to which it is
    narrowed (`Kind.narrowed`); what else differs is left as it is. Without any it is made everywhere.
    """

    action: Action
    address: Address
    before: Attributes | None
    after: Attributes | None
    requires: tuple[Address, ...] = ()
    releases: tuple[Address, ...] = ()
    source: Source | None = None
    only: tuple[Scope, ...] = ()
    through: int | None = None
    """The number of the last wave in which it is made so far, of a change that is made in parts; None: all of it."""

    @property
    def adopts(self) -> bool:
        """Whether it takes ownership of what is there, besides what else it changes."""
        return bool(self.before and self.after and self.after.get(MARK) and self.before.get(MARK) is False)


def action_between(before: Attributes | None, after: Attributes | None) -> Action:
    """What leads from one side to the other."""
    if before is None:
        return Action.CREATE
    if after is None:
        return Action.DELETE
    differing = {key for key, value in after.items() if key not in before or before[key] != value}
    if differing != {MARK}:
        return Action.UPDATE
    return Action.ADOPT if after[MARK] else Action.FORGET


WORDS = {
    Action.CREATE: "add",
    Action.UPDATE: "change",
    Action.ADOPT: "import",
    Action.DELETE: "remove",
    Action.FORGET: "forget",
}
"""Terraform's words for the count of each action, and ours where it has none."""


def counts_of(changes: Iterable[Change]) -> dict[Action, int]:
    """How many changes of each action; what is changed and adopted at once counts as both."""
    counts = dict.fromkeys(Action, 0)
    for change in changes:
        counts[change.action] += 1
        counts[Action.ADOPT] += change.adopts and change.action is not Action.ADOPT
    return counts


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One thing that is wrong, from where it is noticed to the last line of output: where, what, and what to do.

    `code` is ours (LZ…, `landing.core.codes`); none where AWS's own says it. `pointer` is the path of keys in the
    config; `length` the characters to underline. Of what AWS answered: `operation` (the call, or what was being done),
    `aws_code` (of the error, or the status that what it went on with ended in), `status` of HTTP, `request_id`.
    """

    code: str
    message: str
    source: Source | None = None
    help: str = ""
    severity: str = "error"
    pointer: tuple[str | int, ...] = field(default=())
    length: int = 1
    _: KW_ONLY
    address: Address | None = None
    scope: Scope = ORGANIZATION
    operation: str = ""
    aws_code: str = ""
    status: int = 0
    request_id: str = ""

    @property
    def words(self) -> str:
        """What `text` says, but for the request, whose id no two answers share."""
        where = f" in {self.scope}" if str(self.scope) else ""
        asked = self.operation or ("AWS" if self.aws_code else "")
        head = f"{asked}{where}: " if asked else ""
        if not self.aws_code:
            return f"{head}{self.code}{' ' * bool(self.code)}{self.message}{f' ({self.help})' if self.help else ''}"
        advice = f"{self.message.rstrip('.')}. {self.help}" if self.help else self.message
        return f"{head}{self.aws_code}: {advice}"

    @property
    def text(self) -> str:
        """All in one line, but where in the config it is."""
        return self.words + (f" (request {self.request_id})" if self.request_id else "")

    def to_json(self) -> dict[str, Any]:
        """The parts that there are, by their names; `from_json` reads it."""
        found = {
            "code": self.code,
            "message": self.message,
            "help": self.help,
            "address": str(self.address) if self.address else "",
            "source": asdict(self.source) if self.source else None,
            "account": self.scope.account,
            "region": self.scope.region,
            "operation": self.operation,
            "aws_code": self.aws_code,
            "status": self.status,
            "request_id": self.request_id,
        }
        return {name: part for name, part in found.items() if part}

    @classmethod
    def from_json(cls, parts: Mapping[str, Any]) -> Diagnostic:
        """Read what `to_json` wrote; raises TypeError, ValueError or AttributeError when it did not."""
        address, source = parts.get("address"), parts.get("source")
        return cls(
            str(parts.get("code", "")),
            str(parts.get("message", "")),
            Source(**source) if source else None,
            str(parts.get("help", "")),
            address=Address.parse(address) if address else None,
            scope=Scope(str(parts.get("account", "")), str(parts.get("region", ""))),
            operation=str(parts.get("operation", "")),
            aws_code=str(parts.get("aws_code", "")),
            status=int(parts.get("status", 0)),
            request_id=str(parts.get("request_id", "")),
        )

    def __str__(self) -> str:
        return f"{self.source}: {self.text}" if self.source else self.text


@dataclass(frozen=True, slots=True)
class Gap:
    """A part of AWS that could not be read: neither in sync nor missing, but not checked.

    With a `name` only that resource of the scope, else all of the kind there.
    """

    kind: str
    scope: Scope
    diagnostic: Diagnostic
    name: str = ""

    @property
    def reason(self) -> str:
        """Why, in a line."""
        return self.diagnostic.text

    def __lt__(self, other: Gap) -> bool:
        mine, theirs = ((gap.kind, gap.scope, gap.reason, gap.name) for gap in (self, other))
        return mine < theirs

    def covers(self, address: Address) -> bool:
        """Whether nothing can be said about this resource."""
        return (
            address.kind == self.kind and address.scope == self.scope and (not self.name or address.name == self.name)
        )
