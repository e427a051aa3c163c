"""What is changed inside moto, from outside: each change with its reason, in one table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import moto.iam.models as iam_models
from moto.core import responses
from moto.core.base_backend import AccountSpecificBackend, BackendDict
from moto.core.common_models import BaseModel
from moto.core.utils import method_names_from_class

from landing.sandbox import access_role, managed_policies


@dataclass(frozen=True, slots=True)
class Patch:
    """One attribute of moto's that is replaced, and why."""

    owner: Any
    attribute: str
    replacement: Any
    why: str

    @property
    def name(self) -> str:
        """Where the attribute is, for people."""
        return f"{getattr(self.owner, '__module__', '')}.{self.owner.__name__}.{self.attribute}".lstrip(".")


def _account_specific(self: BackendDict, account: str) -> AccountSpecificBackend:
    try:
        return dict.__getitem__(self, account)
    except KeyError:
        self._create_account_specific_backend(account)
        return dict.__getitem__(self, account)


def _visited(account_id: str, access_key: str, service: str, region: str) -> None:
    """Nothing: moto would make an IAM backend for every account that calls anything."""


def _account_of_key(access_key: str) -> str:
    raise LookupError(f"moto asks for the account of the key {access_key}, although the sandbox names the account")


def _untracked(cls: type[Any], *_: object, **__: object) -> Any:
    return object.__new__(cls)


def _request_id(headers: dict[str, str] | None = None) -> str:
    """A constant: nobody looks a request up, and drawing 52 characters a call costs more than most calls."""
    if headers is not None:
        headers["x-amzn-requestid"] = "sandbox"
    return "sandbox"


PATCHES: tuple[Patch, ...] = (
    Patch(BackendDict, "__getitem__", _account_specific, "moto copies the list of accounts at every access"),
    Patch(iam_models, "mark_account_as_visited", _visited, "moto makes an IAM backend for every caller"),
    Patch(iam_models, "get_account_id_from", _account_of_key, "moto looks for the key in every account"),
    Patch(
        responses,
        "method_names_from_class",
        cache(method_names_from_class),
        "moto inspects the class at every call",
    ),
    Patch(responses, "gen_amzn_requestid_long", _request_id, "moto draws 52 characters at every call"),
    Patch(
        iam_models.IAMBackend,
        "_init_managed_policies",
        managed_policies.managed_policies,
        "moto has no AWS policies",
    ),
    Patch(
        iam_models.AWSManagedPolicy,
        "attach_to",
        managed_policies.attach_to,
        "AWS policies are shared by accounts",
    ),
    Patch(iam_models.AWSManagedPolicy, "detach_from", managed_policies.detach_from, "AWS policies are shared"),
    Patch(
        iam_models.IAMBackend,
        "initialize_service_roles",
        access_role.populate,
        "created accounts have a role",
    ),
    Patch(BaseModel, "__new__", _untracked, "moto keeps every object that was ever made"),
)

_ORIGINALS: dict[str, Callable[..., Any]] = {}


def install() -> None:
    """Put every patch in place; harmless when done again."""
    for patch in PATCHES:
        if patch.name not in _ORIGINALS:
            _ORIGINALS[patch.name] = getattr(patch.owner, patch.attribute)
            setattr(patch.owner, patch.attribute, patch.replacement)


def original(owner: Any, attribute: str) -> Callable[..., Any]:
    """What moto has where a patch was put."""
    return _ORIGINALS[next(p.name for p in PATCHES if p.owner is owner and p.attribute == attribute)]
