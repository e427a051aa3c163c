"""What a check of a policy finds, and the document as the checks read it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from landing.policy.document import Statement, statements
from landing.policy.levels import Compiled, Place, Rule
from landing.policy.limits import LIMITS

ERROR, WARNING, INFO = "error", "warning", "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found. `pointer` is a JSON pointer into the document (RFC 6901)."""

    code: str
    severity: str
    pointer: str
    message: str
    suggestion: str | None = None


def pointer(*parts: object) -> str:
    """A JSON pointer."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


@dataclass(frozen=True, slots=True)
class Located:
    """A statement that can be read, with the JSON it was read from and where that stands."""

    raw: Mapping[str, Any]
    base: tuple[object, ...]
    statement: Statement
    rule: Rule

    def at(self, *parts: object) -> str:
        """A pointer to a part of the statement."""
        return pointer(*self.base, *parts)

    def entries(self, element: str) -> Iterator[tuple[str, str]]:
        """The texts of Action, Resource or their Not… forms, with pointers."""
        name = element if element in self.raw else f"Not{element}"
        value = self.raw.get(name)
        if isinstance(value, str):
            yield value, self.at(name)
        elif isinstance(value, list | tuple):
            for index, item in enumerate(value):
                if isinstance(item, str):
                    yield item, self.at(name, index)


@dataclass(frozen=True, slots=True)
class Source:
    """A document to be checked, with its statements."""

    document: object
    policy_type: str
    statements: tuple[Located, ...]

    @classmethod
    def read(cls, document: object, policy_type: str) -> "Source":
        """The document; raises ValueError for a type that there is not."""
        if policy_type not in LIMITS:
            raise ValueError(f"{policy_type!r} is no type of policy: they are {', '.join(LIMITS)}")
        listed = document.get("Statement") if isinstance(document, Mapping) else None
        single = isinstance(listed, Mapping)
        raws = [listed] if single else listed if isinstance(listed, list | tuple) else []
        read = {item.index: item for item in statements(document)}
        compiled = Compiled()
        located = [
            Located(
                raw,
                ("Statement",) if single else ("Statement", index),
                read[index],
                Rule(Place(0, "", index, read[index].sid), read[index], compiled),
            )
            for index, raw in enumerate(raws)
            if isinstance(raw, Mapping)
        ]
        return cls(document, policy_type, tuple(located))

    def order(self, at: str) -> tuple[tuple[int, str], ...]:
        """A key by which pointers come in the order of the document, as far as it has one."""
        return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in at.split("/"))
