"""What a check of a policy finds, and the document as the checks read it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from landing.policy.document import Statement, statements
from landing.policy.levels import Compiled, Place, Rule
from landing.policy.limits import LIMITS

ERROR, WARNING, INFO = "error", "warning", "info"

# Codes are kept: what they mean does not change, and none is used again.
CODES: Mapping[str, str] = {
    "POL100": "the document is no policy",
    "POL101": "an element that there is not",
    "POL102": "Version is not 2012-10-17",
    "POL103": "Effect is not one that the type has",
    "POL104": "not one of Action and NotAction",
    "POL105": "not one of Resource and NotResource",
    "POL106": "a Principal that the type does not take",
    "POL107": "an entry that is no text",
    "POL108": "an empty list",
    "POL109": "a Sid that is used twice or has odd characters",
    "POL110": "a name that is used twice, in different case",
    "POL200": "larger than the type allows",
    "POL201": "nearly as large as the type allows",
    "POL202": "characters beyond ASCII",
    "POL300": "a service that there is not",
    "POL301": "an action that there is not",
    "POL302": "a wildcard that matches no action",
    "POL303": "an action whose service is not written out",
    "POL304": "an action that is listed twice",
    "POL305": "an action that another entry covers",
    "POL306": "a service that RCPs do not reach",
    "POL307": "an action that RCPs do not take",
    "POL400": "a resource that is no ARN",
    "POL401": "a wildcard in the type of a resource",
    "POL402": "a variable before the sixth part of an ARN",
    "POL403": "a placeholder that was left unfilled",
    "POL404": "a variable that names no condition key",
    "POL405": "an action without resource types under an ARN",
    "POL406": "an action and a resource that never meet",
    "POL407": "a wildcard in the service of an ARN",
    "POL408": "an account in an ARN that is no account",
    "POL500": "an operator that there is not",
    "POL501": "a condition key that there is not",
    "POL502": "a value compared as an ARN that is none",
    "POL503": "a value that its operator cannot read",
    "POL504": "a wildcard that is compared as a character",
    "POL505": "a multivalued key without a set operator",
    "POL506": "ForAllValues in an Allow without a check that the key is there",
    "POL507": "a condition key that the actions never have",
    "POL508": "a Deny that hits requests without the key, such as those of AWS services",
    "POL509": "a set operator on a key with one value",
    "POL510": "a role's ARN without its path",
    "POL511": "a session's ARN where AWS has the role's",
    "POL512": "an operator of another type than the key",
    "POL513": "a value that its key never has",
    "POL514": "a Deny for want of MFA that spares requests without the key",
    "POL600": "a Deny of everything for everybody",
    "POL601": "a lock on regions that hits global services",
    "POL602": "a statement that denies nothing more than the others",
    "POL700": "the content does not stand under the key of the type",
    "POL701": "an operator of inheritance that there is not",
    "POL702": "an operator of inheritance used wrongly",
}


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
