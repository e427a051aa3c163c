"""Sessions with the credentials of a role, refreshed before they expire."""

from __future__ import annotations

from typing import Any

from botocore.credentials import (
    AssumeRoleCredentialFetcher,
    CredentialProvider,
    CredentialResolver,
    DeferredRefreshableCredentials,
)
from botocore.session import Session

from landing.aws.faults import NoCredentials

SESSION_NAME = "landing"


def assuming(source: Session, role_arn: str, region: str) -> Session:
    """A session of a role, which shares with its source what is dear to load; raises NoCredentials."""

    def creator(service: str, **parameters: Any) -> Any:
        parameters["region_name"] = region
        return source.create_client(service, **parameters)

    credentials = source.get_credentials()
    if credentials is None:
        raise NoCredentials("NoCredentials", "no credentials found. Log in, or set AWS_PROFILE, or try --sandbox")
    fetcher = AssumeRoleCredentialFetcher(creator, credentials, role_arn, extra_args={"RoleSessionName": SESSION_NAME})
    session = Session()
    for component in ("data_loader", "endpoint_resolver"):
        session.register_component(component, source.get_component(component))
    session.register_component("credential_provider", CredentialResolver([_Assumed(fetcher)]))
    return session


class _Assumed(CredentialProvider):
    METHOD = "assume-role"

    def __init__(self, fetcher: AssumeRoleCredentialFetcher) -> None:
        super().__init__()
        self._fetcher = fetcher

    def load(self) -> DeferredRefreshableCredentials:
        return DeferredRefreshableCredentials(self._fetcher.fetch_credentials, self.METHOD)
