"""What is changed inside moto, from outside: each change with its reason, in one table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import moto.iam.models as iam_models
import moto.s3.models as s3_models
from moto.core import responses
from moto.core.base_backend import AccountSpecificBackend, BackendDict
from moto.core.common_models import BaseModel
from moto.iam import policy_validation

from landing.sandbox.moto import access_role, managed_policies, probes
from landing.sandbox.services import s3
from landing.sandbox.services.service import Probe

Wrapper = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Patch:
    """One attribute of moto's that is replaced, and why."""

    owner: Any
    attribute: str
    wrapper: Wrapper
    """Makes the new attribute of moto's own."""
    probe: Probe
    why: str

    @property
    def name(self) -> str:
        """Where the attribute is, for people."""
        module = f"{self.owner.__module__}." if isinstance(self.owner, type) else ""
        return f"{module}{self.owner.__name__}.{self.attribute}"


def instead(replacement: Callable[..., Any]) -> Wrapper:
    """A wrapper that has no use for what moto does."""
    return lambda _: replacement


def account_specific(self: BackendDict, account: str) -> AccountSpecificBackend:
    """`BackendDict.__getitem__` in the time of one look-up."""
    try:
        return dict.__getitem__(self, account)
    except KeyError:
        self._create_account_specific_backend(account)
        return dict.__getitem__(self, account)


def visited(account_id: str, access_key: str, service: str, region: str) -> None:
    """Nothing: the sandbox knows its keys itself."""


def untracked(cls: type[Any], *_: object, **__: object) -> Any:
    """`BaseModel.__new__` without a list of everything that was ever made."""
    return object.__new__(cls)


def request_id(headers: dict[str, str] | None = None) -> str:
    """A constant: nobody looks a request of the sandbox up."""
    if headers is not None:
        headers["x-amzn-requestid"] = "sandbox"
    return "sandbox"


def with_root_users(paths: Any) -> Any:
    """What moto's ARNs of IAM may begin with after the account, and `root`."""
    return {**paths, "iam": {**paths["iam"], "values": [*paths["iam"]["values"], "root"]}}


PATCHES: tuple[Patch, ...] = (
    Patch(
        BackendDict,
        "__getitem__",
        instead(account_specific),
        probes.accounts_are_looked_up,
        "moto copies the list of accounts at every look",
    ),
    Patch(
        BaseModel,
        "__new__",
        instead(untracked),
        probes.models_are_not_tracked,
        "moto keeps every object that was ever made",
    ),
    Patch(
        responses,
        "method_names_from_class",
        cache,
        probes.methods_are_listed_once,
        "moto inspects the class at every call",
    ),
    Patch(
        responses,
        "gen_amzn_requestid_long",
        instead(request_id),
        probes.request_ids_cost_no_dice,
        "moto draws 52 characters at every call",
    ),
    Patch(
        iam_models,
        "mark_account_as_visited",
        instead(visited),
        probes.callers_have_no_iam,
        "moto makes an IAM backend for every caller",
    ),
    Patch(
        iam_models.IAMBackend,
        "_init_managed_policies",
        instead(managed_policies.managed_policies),
        probes.managed_policies_exist,
        "moto has no AWS managed policies, or copies all of them into every account",
    ),
    Patch(
        iam_models.AWSManagedPolicy,
        "attach_to",
        instead(managed_policies.attach_to),
        probes.attachments_are_counted_by_account,
        "AWS managed policies are shared by all accounts until they are attached",
    ),
    Patch(
        iam_models.IAMBackend,
        "initialize_service_roles",
        instead(access_role.populate),
        probes.created_accounts_have_a_role,
        "an account that Organizations created has a role for the management account",
    ),
    Patch(
        s3_models.FakeBucket,
        "__init__",
        s3.with_defaults,
        probes.buckets_have_defaults,
        "new buckets are encrypted, private and without ACLs",
    ),
    Patch(
        s3_models.FakeKey,
        "__del__",
        instead(s3.dispose),
        probes.objects_go_quietly,
        "moto warns of every object that nobody deleted when a world ends",
    ),
    Patch(
        s3_models.S3Backend,
        "delete_bucket_encryption",
        instead(s3.delete_bucket_encryption),
        probes.buckets_stay_encrypted,
        "a bucket without encryption goes back to SSE-S3",
    ),
    Patch(
        s3_models.FakeBucket,
        "set_logging",
        instead(s3.set_logging),
        probes.buckets_log_without_acls,
        "moto fails on a policy with the principal *, and wants the policy before logging is switched on",
    ),
    Patch(
        s3_models.FakeBucket,
        "get_permission",
        s3.without_conditions,
        probes.requests_count_as_tls,
        "moto looks at no condition, and takes a deny of what comes without TLS for one of everything",
    ),
    Patch(
        s3_models.S3Backend,
        "get_object_lock_configuration",
        s3.without_zeros,
        probes.retention_has_one_unit,
        "default retention reads back Days and Years although only one can be set",
    ),
    Patch(
        policy_validation,
        "VALID_RESOURCE_PATH_STARTING_VALUES",
        with_root_users,
        probes.root_users_are_resources,
        "moto refuses policies about root users, the resource of sts:AssumeRoot",
    ),
)

ORIGINALS: dict[tuple[Any, str], Any] = {}
"""What moto had before it was patched."""


def install() -> None:
    """Put every patch in place; harmless when done again."""
    for patch in PATCHES:
        key = (patch.owner, patch.attribute)
        if key not in ORIGINALS:
            ORIGINALS[key] = getattr(patch.owner, patch.attribute)
            setattr(patch.owner, patch.attribute, patch.wrapper(ORIGINALS[key]))


@contextmanager
def without(patch: Patch) -> Iterator[None]:
    """Give moto its own back for a while, to see whether the patch is still needed."""
    ours = vars(patch.owner)[patch.attribute]
    setattr(patch.owner, patch.attribute, ORIGINALS[patch.owner, patch.attribute])
    try:
        yield
    finally:
        setattr(patch.owner, patch.attribute, ours)
