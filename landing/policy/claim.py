"""Claims about policies: what is to be blocked, or never to be blocked, and for whom."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from landing.policy import arn, catalog
from landing.policy.catalog import Action
from landing.policy.conditions import Context
from landing.policy.pattern import Pattern, parse
from landing.policy.truth import Unknown

# The format of the ARNs that an action takes of which the catalogue says nothing; it may have all its service's keys.
UNLISTED = "arn:${Partition}:${Service}:${Optional}:${Optional}:${Resource}"

KEYS = frozenset(
    (
        "deny",
        "allow",
        "account",
        "partition",
        "principals",
        "exceptPrincipals",
        "resources",
        "keysAlwaysPresent",
        "keysNeverPresent",
        "context",
    )
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim, read.

    `denies` is whether all requests it names are to be blocked; else none of them is. Key names are in
    lower case; one that ends in ``*`` stands for all keys that begin so. `pinned` has the keys with a fixed
    value, `names` how keys are written.
    """

    denies: bool
    actions: tuple[str, ...]
    account: str | None
    partition: str
    principals: tuple[Pattern, ...]
    except_principals: tuple[Pattern, ...]
    resources: tuple[Pattern, ...]
    present: tuple[str, ...]
    absent: tuple[str, ...]
    pinned: Mapping[str, Any]
    names: Mapping[str, str]

    def always_has(self, key: str) -> bool:
        """Whether a key (in lower case) is present in every request."""
        return key in self.pinned or named(key, self.present)

    def never_has(self, key: str) -> bool:
        """Whether a key (in lower case) is present in no request."""
        return key not in self.pinned and named(key, self.absent)

    def fixed(self, keys: Iterable[str], *, outsiders: bool) -> Context:
        """The value of each key that the claim fixes, for the variables of the policies to be filled with.

        With `outsiders` there are principals without an account.
        """
        fixed: dict[str, object] = {}
        for key in keys:
            if key in self.pinned:
                fixed[key] = self.pinned[key]
            elif key == "aws:principalaccount" and self.account and not outsiders:
                fixed[key] = self.account
            elif not self.never_has(key):
                fixed[key] = Unknown(f"it depends on ${{{key}}}, whose value the claim does not fix")
        return fixed


def named(key: str, names: Iterable[str]) -> bool:
    """Whether one of the names is a key's, or its beginning with ``*`` behind it."""
    return any(key == name or (name.endswith("*") and key.startswith(name[:-1])) for name in names)


def read_claim(claim: Mapping[str, Any]) -> Claim:
    """Read a claim.

    ``deny`` or ``allow``: an action, a pattern of actions, ``service[level]``, or a list of these.
    ``account``: that of the principals, none for any. ``partition``: aws unless said otherwise.
    ``principals`` and ``exceptPrincipals``: patterns of ARNs as aws:PrincipalArn has them, all principals
    without the former. ``resources``: patterns of ARNs or ``*``, all resources without.
    ``keysAlwaysPresent``, ``keysNeverPresent``: names of condition keys; ``context``: keys with the one
    value that every request has. Any other key may be absent, or present with any value.

    Raises ValueError on what is no claim.
    """
    if not isinstance(claim, Mapping):
        raise ValueError(f"{claim!r} is no claim: a mapping with deny or allow is expected")  # noqa: TRY004 - read from a file
    unknown = sorted(str(key) for key in set(claim) - KEYS)
    if unknown:
        raise ValueError(f"{unknown[0]!r} is no part of a claim: they are {', '.join(sorted(KEYS))}")
    if ("deny" in claim) == ("allow" in claim):
        raise ValueError("a claim has one of deny and allow")
    if not _listed(claim, "deny" if "deny" in claim else "allow"):
        raise ValueError("a claim is about one action or more")
    present, absent = (_keys(claim, name) for name in ("keysAlwaysPresent", "keysNeverPresent"))
    if both := sorted(present & absent):
        raise ValueError(f"{both[0]!r} cannot be both always and never present")
    context = claim.get("context") or {}
    if not isinstance(context, Mapping) or not all(isinstance(key, str) for key in context):
        raise ValueError(f"context: {context!r} is no mapping of condition keys to values")
    partition = claim.get("partition", "aws")
    if not isinstance(partition, str):
        raise ValueError(f"partition: {partition!r} is no text")  # noqa: TRY004 - read from a file
    account = claim.get("account")
    if account == "*":
        account = None
    if account is not None and not re.fullmatch(r"\d{12}", str(account)):
        raise ValueError(f"{account!r} is no account id")
    return Claim(
        denies="deny" in claim,
        actions=_listed(claim, "deny" if "deny" in claim else "allow"),
        account=None if account is None else str(account),
        partition=partition,
        principals=_arns(claim, "principals"),
        except_principals=_arns(claim, "exceptPrincipals"),
        resources=_arns(claim, "resources"),
        present=tuple(name.lower() for name in _listed(claim, "keysAlwaysPresent")),
        absent=tuple(name.lower() for name in _listed(claim, "keysNeverPresent")),
        pinned={key.lower(): value for key, value in context.items()},
        names={key.lower(): key for key in (*_listed(claim, "keysAlwaysPresent"), *context)},
    )


def _keys(claim: Mapping[str, Any], key: str) -> set[str]:
    return {name.lower() for name in _listed(claim, key)}


def _listed(claim: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = claim.get(key)
    if value is not None and not isinstance(value, str | list | tuple | set | frozenset):
        raise ValueError(f"{key}: {value!r} is neither text nor a list of texts")
    listed = [value] if isinstance(value, str) else list(value or ())
    for item in listed:
        if not isinstance(item, str):
            raise ValueError(f"{key}: {item!r} is no text")  # noqa: TRY004 - a claim is read from a file
    return tuple(listed)


def _arns(claim: Mapping[str, Any], key: str) -> tuple[Pattern, ...]:
    patterns = []
    for text in _listed(claim, key):
        pattern = parse(text, variables=False)
        if text != "*" and arn.split(pattern.tokens) is None:
            raise ValueError(f"{key}: {text!r} is neither * nor a pattern of an ARN of six parts")
        patterns.append(pattern)
    return tuple(patterns)


def actions_of(claim: Claim) -> tuple[Action, ...]:
    """The actions of a claim: those of the catalogue, and any written out that the catalogue has not.

    Raises ValueError on a pattern that names no action, as nothing could be proved of it.
    """
    return named_by(claim.actions)


@lru_cache(maxsize=16)
def named_by(patterns: tuple[str, ...]) -> tuple[Action, ...]:
    """As `actions_of`, of the patterns."""
    found: dict[str, Action] = {}
    for pattern in patterns:
        named_actions = catalog.expand(pattern)
        if not named_actions and re.fullmatch(r"[\w-]+:\w+", pattern):
            service, _, name = pattern.partition(":")
            keys = frozenset(catalog.service_keys(service))
            named_actions = (Action(service.lower(), name, frozenset(), (UNLISTED,), False, keys),)
        if not named_actions:
            raise ValueError(f"{pattern!r} names no action of the catalogue ({catalog.version()})")
        found.update((action.lowered, action) for action in named_actions)
    return tuple(found.values())
