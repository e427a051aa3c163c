"""Whose credentials these are, and whether they lead to the organization of the config."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landing.core.errors import WrongOrganization

if TYPE_CHECKING:
    from landing.aws.door import Aws
    from landing.organization import Organization


def check_organization(wanted: Organization, aws: Aws) -> None:
    """Refuse to work with the wrong organization, or from any account but the management account."""
    expected = wanted.accounts[wanted.management].id
    account, arn = aws.caller
    if expected and expected != account:
        raise WrongOrganization(
            f"the credentials ({arn}) are of account {account}; the config's management account is {expected}"
            f"{_at(wanted, f'accounts.{wanted.management}.id')}"
        )
    live, at = aws.tree.description, _at(wanted, "organization.id")
    if live is None:
        if wanted.id:
            raise WrongOrganization(f"account {account} is in no organization; the config wants {wanted.id}{at}")
        return
    if wanted.id and live["Id"] != wanted.id:
        raise WrongOrganization(
            f"the credentials ({arn}) lead to organization {live['Id']}; the config wants {wanted.id}{at}"
        )
    if live["MasterAccountId"] != account:
        raise WrongOrganization(
            f"the credentials ({arn}) are of account {account}, a member of {live['Id']}; "
            f"run with credentials of its management account {live['MasterAccountId']}"
        )


def _at(wanted: Organization, what: str) -> str:
    """Where the config says so, and what to do."""
    source = wanted.sources.get(what)
    return f"{f' ({source})' if source else ''}. Use other credentials, or correct the id"
