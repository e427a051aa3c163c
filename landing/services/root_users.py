"""What the root user of a member can sign in with: read, and removed, in its name (sts:AssumeRoot).

AWS has no page of it for many accounts: it is one session for each ("Perform a privileged task on a member account",
IAM User Guide), so no plan does it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from typing import Any

from landing.aws import Aws, translated, unless
from landing.core.errors import AwsError
from landing.core.model import Scope

AUDIT, REMOVAL = "IAMAuditRootUserCredentials", "IAMDeleteRootUserCredentials"
"""The tasks (STS API reference, AssumeRoot, TaskPolicyArn)."""

TASKS = "arn:{}:iam::aws:policy/root-task/{}"

FEATURES = "iam:ListOrganizationsFeatures"
ENTER = "sts:AssumeRoot"
"""What the caller needs; what is called in the session needs no permission but the task's."""

READS = (
    FEATURES, ENTER, "iam:GetAccountSummary", "iam:GetUser", "iam:ListAccessKeys", "iam:GetAccessKeyLastUsed",
    "iam:ListMFADevices", "iam:ListSigningCertificates",
)  # fmt: skip
REMOVES = ("iam:DeleteAccessKey", "iam:DeleteSigningCertificate", "iam:DeleteLoginProfile", "iam:DeactivateMFADevice")
"""What is called to remove it, as that root user."""

NO_MFA = "no MFA"
WORKERS = 10
"""Members at once."""


@dataclass(frozen=True, slots=True)
class AccessKey:
    """A key of the root user; days as AWS has them, `last_used` empty where AWS knows of no use."""

    id: str
    created: str
    last_used: str = ""


@dataclass(frozen=True, slots=True)
class RootCredentials:
    """All that there is; of devices the serial numbers, of certificates the ids."""

    password: bool = False
    password_last_used: str = ""
    keys: tuple[AccessKey, ...] = ()
    mfa_devices: tuple[str, ...] = ()
    certificates: tuple[str, ...] = ()

    @property
    def exist(self) -> bool:
        """Whether there is any."""
        return bool(self.password or self.keys or self.mfa_devices or self.certificates)

    @property
    def words(self) -> Iterator[str]:
        """What there is, each in a few words."""
        if self.password:
            used = f"last used {self.password_last_used}" if self.password_last_used else "no use known"
            yield f"password ({used})"
        for key in self.keys:
            used = f"last used {key.last_used}" if key.last_used else "no use known"
            yield f"access key {key.id} of {key.created} ({used})"
        yield from (f"signing certificate {each}" for each in self.certificates)
        if self.password and not self.mfa_devices:
            yield NO_MFA
        yield from (f"MFA device {each}" for each in self.mfa_devices)


@dataclass(frozen=True, slots=True)
class Member:
    """An account of the organization by its key, the path of its unit, and what its root user has: or why not."""

    account: str
    id: str
    name: str
    unit: str
    credentials: RootCredentials | None = None
    reason: str = ""


def sessions_are_on(aws: Aws) -> bool:
    """Whether root sessions are on in the organization."""
    found: list[str] = []
    with translated(Scope()), unless("ServiceAccessNotEnabledException", "OrganizationNotFoundException"):
        found = aws.client("iam").list_organizations_features().get("EnabledFeatures", [])
    return "RootSessions" in found


def examine(
    aws: Aws, members: Iterable[Member], seen: Callable[[Member], None], *, workers: int = WORKERS
) -> list[Member]:
    """Read each, some at once; `seen` is told of each in turn. What cannot be read has a reason. NoCredentials."""
    return _each(aws, members, lambda member: replace(member, credentials=_read(aws, member.id)), seen, workers)


def remove(
    aws: Aws, members: Iterable[Member], seen: Callable[[Member], None], *, workers: int = WORKERS
) -> list[Member]:
    """Remove what each has, and read it again: what is left is what AWS says then."""

    def removed(member: Member) -> Member:
        assert member.credentials is not None
        _remove(aws, member.id, member.credentials)
        return replace(member, credentials=_read(aws, member.id))

    return _each(aws, members, removed, seen, workers)


def _each(
    aws: Aws,
    members: Iterable[Member],
    do: Callable[[Member], Member],
    seen: Callable[[Member], None],
    workers: int,
) -> list[Member]:
    def done(member: Member) -> Member:
        try:
            with translated(Scope(member.account)):
                return do(member)
        except AwsError as error:
            return replace(member, credentials=None, reason=str(error))

    pool, found = ThreadPoolExecutor(workers, "root"), []
    try:
        for future in as_completed([pool.submit(done, member) for member in members]):
            found.append(future.result())
            seen(found[-1])
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()
    return sorted(found, key=lambda each: (each.unit, each.account))


def _read(aws: Aws, account_id: str) -> RootCredentials:
    """Two calls where there is nothing (GetAccountSummary), and a list for each kind of thing that there is."""
    with aws.as_root_of(account_id, TASKS.format(aws.context.partition, AUDIT)) as iam:
        summary = iam.get_account_summary()["SummaryMap"]
        password = bool(summary.get("AccountPasswordPresent"))
        return RootCredentials(
            password,
            _day(iam.get_user()["User"].get("PasswordLastUsed")) if password else "",
            tuple(_keys(aws, iam)) if summary.get("AccountAccessKeysPresent") else (),
            tuple(_ids(aws, iam, "mfa_devices")) if summary.get("AccountMFAEnabled") else (),
            tuple(_ids(aws, iam, "signing_certificates")) if summary.get("AccountSigningCertificatesPresent") else (),
        )


_LISTS: Mapping[str, tuple[str, str]] = {
    "mfa_devices": ("MFADevices", "SerialNumber"),
    "signing_certificates": ("Certificates", "CertificateId"),
}


def _ids(aws: Aws, iam: Any, what: str) -> Iterator[str]:
    listed, member = _LISTS[what]
    yield from (str(each[member]) for each in aws.listed(iam, f"list_{what}", listed))


def _keys(aws: Aws, iam: Any) -> Iterator[AccessKey]:
    for each in aws.listed(iam, "list_access_keys", "AccessKeyMetadata"):
        used = iam.get_access_key_last_used(AccessKeyId=each["AccessKeyId"])["AccessKeyLastUsed"]
        yield AccessKey(each["AccessKeyId"], _day(each.get("CreateDate")), _day(used.get("LastUsedDate")))


def _day(time: Any) -> str:
    return f"{time:%Y-%m-%d}" if time else ""


def _remove(aws: Aws, account_id: str, found: RootCredentials) -> None:
    """Devices last, so that a run that is cut off leaves no password without one; what is gone already is fine."""
    with aws.as_root_of(account_id, TASKS.format(aws.context.partition, REMOVAL)) as iam:
        for key in found.keys:
            _deleted(aws, lambda key=key: iam.delete_access_key(AccessKeyId=key.id))  # type: ignore[misc]
        for each in found.certificates:
            _deleted(aws, lambda each=each: iam.delete_signing_certificate(CertificateId=each))  # type: ignore[misc]
        if found.password:
            _deleted(aws, iam.delete_login_profile)
        for each in found.mfa_devices:
            _deleted(aws, lambda each=each: iam.deactivate_mfa_device(SerialNumber=each))  # type: ignore[misc]


def _deleted(aws: Aws, call: Callable[[], object]) -> None:
    """EntityTemporarilyUnmodifiable passes within moments (IAM API reference, DeleteLoginProfile)."""
    for pause in (1.0, 2.0, 4.0):
        with unless("NoSuchEntity", "EntityTemporarilyUnmodifiable") as refused:
            call()
        if refused.code != "EntityTemporarilyUnmodifiable":
            return
        aws.clock.sleep(pause)
    with unless("NoSuchEntity"):
        call()
