"""Credentials of the root users of members, each for one task and a few minutes (STS API reference, AssumeRoot)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.credentials import CredentialProvider, CredentialResolver, Credentials
from botocore.session import Session

SECONDS = 900
"""As long as AWS lets one be."""


class Borrowed(Credentials):
    """The credentials that this thread has just now: so that one client is good for the root users of all members."""

    def __init__(self) -> None:
        super().__init__("", "")
        self._here = threading.local()

    @contextmanager
    def of(self, sts: Any, account_id: str, task: str) -> Iterator[None]:
        """Those of a root user, within the block, for the task of this ARN."""
        answer = sts.assume_root(TargetPrincipal=account_id, TaskPolicyArn={"arn": task}, DurationSeconds=SECONDS)
        given = answer["Credentials"]
        self._here.frozen = Credentials(
            given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"]
        ).get_frozen_credentials()
        try:
            yield
        finally:
            self._here.frozen = None

    def get_frozen_credentials(self) -> Any:
        """What a request of this thread is signed with."""
        found = getattr(self._here, "frozen", None)
        assert found is not None, "nobody has become a root user in this thread"
        return found


class _Provider(CredentialProvider):
    METHOD = "assume-root"

    def __init__(self, credentials: Borrowed) -> None:
        super().__init__()
        self._credentials = credentials

    def load(self) -> Borrowed:
        return self._credentials


def borrowing(source: Session, credentials: Borrowed) -> Session:
    """A session that signs with them, and shares with its source what is dear to load."""
    session = Session()
    for component in ("data_loader", "endpoint_resolver"):
        session.register_component(component, source.get_component(component))
    session.register_component("credential_provider", CredentialResolver([_Provider(credentials)]))
    return session
