"""Sessions with the credentials of a role, refreshed before they expire."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any

from botocore.config import Config
from botocore.credentials import (
    AssumeRoleCredentialFetcher,
    CredentialProvider,
    CredentialResolver,
    DeferredRefreshableCredentials,
)
from botocore.exceptions import ClientError
from botocore.session import Session

from landing.aws.faults import ADVICE, ATTEMPTS
from landing.core.errors import NoCredentials

SESSION_NAME = "landing"

Patience = Callable[[], Iterable[float]]


def assuming(
    source: Session, role_arn: str, region: str, patience: Patience = tuple, *, policy: str = "", advice: str = ""
) -> Session:
    """A session of a role, which shares with its source what is dear to load; raises NoCredentials.

    With a session policy, it may do no more than both the role and the policy allow.

    A refusal is tried again for as long as `patience()` yields, and then remembered: asking again changes nothing.
    `advice` is what to do about it.
    """

    def creator(service: str, **parameters: Any) -> Any:
        parameters["region_name"] = region
        parameters["config"] = Config(retries={"mode": "standard", "max_attempts": ATTEMPTS})
        return source.create_client(service, **parameters)

    credentials = source.get_credentials()
    if credentials is None:
        raise NoCredentials("no credentials found. Log in, or set AWS_PROFILE, or try --sandbox")
    extra = {"RoleSessionName": SESSION_NAME, **({"Policy": policy} if policy else {})}
    fetcher = AssumeRoleCredentialFetcher(creator, credentials, role_arn, extra_args=extra)
    session = Session()
    for component in ("data_loader", "endpoint_resolver"):
        session.register_component(component, source.get_component(component))
    session.register_component("credential_provider", CredentialResolver([_Assumed(fetcher, patience, advice)]))
    return session


class _Assumed(CredentialProvider):
    METHOD = "assume-role"

    def __init__(self, fetcher: AssumeRoleCredentialFetcher, patience: Patience, advice: str) -> None:
        super().__init__()
        self._fetcher, self._patience, self._advice = fetcher, patience, advice
        self._lock = threading.Lock()
        self._refusal: ClientError | None = None

    def load(self) -> DeferredRefreshableCredentials:
        return DeferredRefreshableCredentials(self._fetch, self.METHOD)

    def _fetch(self) -> Any:
        with self._lock:
            if self._refusal is not None:
                raise self._refusal
            waits = iter(self._patience())
            next(waits, None)  # the first yield is before the first try
            while True:
                try:
                    return self._fetcher.fetch_credentials()
                except ClientError as error:
                    if error.response["Error"]["Code"] != "AccessDenied":
                        raise
                    if next(waits, None) is None:
                        answer: Any = error.response
                        answer.setdefault("ResponseMetadata", {})[ADVICE] = self._advice
                        self._refusal = error
                        raise
