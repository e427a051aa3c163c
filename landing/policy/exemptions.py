"""Whom statements let through by their ARN: whoever can become such a principal is let through as well."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_SPARED = frozenset({"arnnotlike", "arnnotequals", "stringnotlike", "stringnotequals", "stringnotequalsignorecase"})
"""Operators of a Deny that let through who is named."""
_NAMED = frozenset({"arnlike", "arnequals", "stringlike", "stringequals", "stringequalsignorecase"})
"""Operators of a statement that is for those who are named."""
_OPERATOR = re.compile(r"(?:for(?:any|all)values?:)?(\w+?)(?:ifexists)?\Z")
_PART = re.compile(r":(?![^<>]*>)")
"""Between two parts of an ARN; the reference to an account has a colon of its own."""
_ANY = re.compile(r"\$\{[^{}]*\}")
"""A variable, whose value may be one that whoever asks has chosen: a tag of their own."""
_MEANT = re.compile(r"[^*?]")


@dataclass(frozen=True, slots=True)
class Exemption:
    """Patterns of aws:PrincipalArn that a statement lets through; `statement` is its Sid, or its number after ``#``."""

    statement: str
    patterns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Caught:
    """A name that a Deny is for, so that whoever has another is let through.

    `pattern` is what aws:PrincipalArn or aws:username is compared with, and `name` what of it is a name, a pattern as
    well; `kind` is `role` or `user`. `statement` is a Sid, or a number after ``#``.
    """

    statement: str
    pattern: str
    kind: str
    name: str


_NAME_IN_ARN = re.compile(r"(?:^|[:*])(role|user)/(.+)\Z")


def caught(document: Mapping[str, Any]) -> Iterator[Caught]:
    """The names that the Denies of a policy document are for; all roles, all users or root are no names."""
    listed = document.get("Statement") or []
    for number, statement in enumerate([listed] if isinstance(listed, Mapping) else listed, 1):
        conditions = (statement.get("Condition") or {}) if statement.get("Effect") == "Deny" else {}
        for operator, lines in conditions.items():
            match = _OPERATOR.match(str(operator).lower())
            for key, values in lines.items() if match and match[1] in _NAMED else ():
                for text in [values] if isinstance(values, str) else values:
                    pattern = _ANY.sub("*", str(text))
                    found = _NAME_IN_ARN.search(pattern) if str(key).lower() == "aws:principalarn" else None
                    kind, name = (found[1], found[2]) if found else ("user", pattern)
                    by_name = found is not None or str(key).lower() == "aws:username"
                    if by_name and re.search(r"[^*?/]", name):
                        yield Caught(str(statement.get("Sid") or f"#{number}"), pattern, kind, name)


def exemptions(document: Mapping[str, Any]) -> Iterator[Exemption]:
    """The exemptions of a policy document, SCP or RCP: from what a Deny blocks, and to what an Allow permits."""
    listed = document.get("Statement") or []
    for number, statement in enumerate([listed] if isinstance(listed, Mapping) else listed, 1):
        operators = _NAMED if statement.get("Effect") == "Allow" else _SPARED
        for operator, lines in (statement.get("Condition") or {}).items():
            match = _OPERATOR.match(str(operator).lower())
            for key, values in lines.items() if match and match[1] in operators else ():
                if str(key).lower() == "aws:principalarn":
                    texts = (_ANY.sub("*", str(text)) for text in ([values] if isinstance(values, str) else values))
                    patterns = map(_in_any_case, texts) if match and match[1].endswith("ignorecase") else texts
                    yield Exemption(str(statement.get("Sid") or f"#{number}"), tuple(patterns))


def _in_any_case(pattern: str) -> str:
    """A pattern of all names that differ from this one in case alone: IAM takes `ops` and `OPS` for two roles."""
    parts = _PART.split(pattern, maxsplit=5)
    if len(parts) != 6:
        return pattern
    kind, slash, name = parts[5].partition("/")
    return ":".join((*parts[:5], kind.lower() + slash + re.sub(r"[A-Za-z]", "?", name)))


def names_roles(pattern: str) -> bool:
    """Whether a pattern of ARNs is one of roles: its sixth part begins with ``role/``."""
    parts = _PART.split(pattern, maxsplit=5)
    return len(parts) == 6 and parts[5].startswith("role/")


def is_boundless(pattern: str) -> bool:
    """Whether a pattern does not say how the names begin that it lets through, so that nothing can protect them.

    ``role/*admin`` in any account, ``*``. All roles of one account may be meant: ``arn:aws:iam::111122223333:role/*``.
    """
    parts = _PART.split(pattern, maxsplit=5)
    if len(parts) != 6:
        return bool(set(pattern) & set("*?"))
    kind, slash, name = parts[5].partition("/")
    if set(kind) & set("*?"):
        return True
    return bool(slash) and not _MEANT.match(name) and bool(set(parts[4]) & set("*?"))
