"""What a file of cases says: cases, claims and arguments, each with its line."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Value = str | tuple[str, ...] | None


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A file, and a line and column in it, both from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


Parts = Mapping[str, Position]
"""Where the value of each key of an entry stands; ``with KEY`` is a condition key of `with`."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with a file of cases, or with one case when it is tried."""

    position: Position
    message: str


@dataclass(frozen=True, slots=True)
class Case:
    """Requests, and what must become of them.

    `actions` are patterns of the catalogue less `but`; `on` are resources, none for one of each type that the
    action has; `owner` is the account that owns them. A key of `context` whose value is none is absent.
    `expect` is ``denied`` or ``not-denied``; `by` are the only statements that may deny.
    """

    position: Position
    actions: tuple[str, ...]
    expect: str
    principals: tuple[str, ...] = ("role/Anyone",)
    places: tuple[str, ...] = ("anywhere",)
    but: tuple[str, ...] = ()
    on: tuple[str, ...] | None = None
    owner: str | None = None
    context: Mapping[str, Value] = field(default_factory=dict)
    by: tuple[str, ...] = ()
    parts: Parts = field(default_factory=dict, compare=False)

    @property
    def title(self) -> str:
        """The case in words."""
        who, what = " or ".join(self.principals), ", ".join(self.actions)
        where = "" if self.places == ("anywhere",) else f" in {', '.join(self.places)}"
        on = f" on {', '.join(self.on)}" if self.on else ""
        given = ", ".join(f"{key}={value}" for key, value in self.context.items())
        return f"{who} tries {what}{on}{where}{f' with {given}' if given else ''}: {self.expect}"


@dataclass(frozen=True, slots=True)
class Claim:
    """What is to be proved of all requests: ``never`` passes but for `principals`, or ``always`` does.

    `present` are keys that every request has, `absent` keys that none has; `context` has keys with the one
    value that every request has.
    """

    position: Position
    kind: str
    actions: tuple[str, ...]
    principals: tuple[str, ...] = ()
    places: tuple[str, ...] = ("anywhere",)
    but: tuple[str, ...] = ()
    on: tuple[str, ...] | None = None
    context: Mapping[str, Value] = field(default_factory=dict)
    present: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    parts: Parts = field(default_factory=dict, compare=False)

    @property
    def title(self) -> str:
        """The claim in words."""
        what = ", ".join(self.actions)
        where = "" if self.places == ("anywhere",) else f" in {', '.join(self.places)}"
        who = " or ".join(self.principals)
        if self.kind == "always":
            return f"{who} is never blocked from {what}{where}"
        return f"nobody{f' but {who}' if who else ''} passes with {what}{where}"


@dataclass(frozen=True, slots=True)
class Setting:
    """What declarative policies must come to set: a value, a list of them, or none for nothing.

    `name` is the keys that lead to the setting, with dots between them.
    """

    position: Position
    name: str
    expect: Value
    places: tuple[str, ...] = ("anywhere",)
    parts: Parts = field(default_factory=dict, compare=False)

    @property
    def title(self) -> str:
        """The case in words."""
        where = "" if self.places == ("anywhere",) else f" in {', '.join(self.places)}"
        return f"{self.name}{where}: {in_words(self.expect)}"


def in_words(value: Value) -> str:
    """A value of a setting as it is told."""
    if isinstance(value, tuple):
        return f"[{', '.join(value)}]"
    return "not set" if value is None else value


@dataclass(frozen=True, slots=True)
class Argument:
    """Why a mutant means the same as the policy, by the mutant's name."""

    position: Position
    mutant: str
    because: str


@dataclass(frozen=True, slots=True)
class Cases:
    """All that a file says."""

    cases: tuple[Case, ...] = ()
    claims: tuple[Claim, ...] = ()
    settings: tuple[Setting, ...] = ()
    arguments: tuple[Argument, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
