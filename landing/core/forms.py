"""When two values are the same to AWS: the one form of each field that AWS takes, or may take, in several.

What is not here is text: case, order and white space count, as they do in AWS or, where AWS does not say, loudly.
The forms of policy documents are in `landing.policy.canonical`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

Form: TypeAlias = Callable[[Any], Any]
"""From a value to its one form; of what it does not know, the value."""


def email(address: str) -> str:
    """An e-mail address, whose case AWS does not tell apart (CreateAccount: EMAIL_ALREADY_EXISTS).

    `ops+log@…` is another address than `ops@…`: accounts are told apart so.
    """
    return address.lower()


def name(text: str) -> str:
    """A name that AWS gives once: of a unit among its siblings, of a policy among those of its type.

    AWS does not say whether case tells them apart (Organizations API reference, DuplicateOrganizationalUnitException
    and DuplicatePolicyException). So two of them may not differ by case alone; which one has a name, case tells.
    """
    return text.lower()


def unordered(value: Any) -> Any:
    """Lists of which neither the order nor how often an entry is there counts, at any depth."""
    if isinstance(value, Mapping):
        return {key: unordered(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        found = {json.dumps(item, sort_keys=True): item for item in map(unordered, value)}
        return [found[text] for text in sorted(found)]
    return value
