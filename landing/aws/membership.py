"""Which of the accounts that come by invitation are members."""

from __future__ import annotations

from landing.aws.faults import translated
from landing.aws.survey import Survey
from landing.core.errors import AwsError
from landing.core.model import ORGANIZATION
from landing.organization import Organization


def as_joined(organization: Organization, survey: Survey) -> Organization:
    """The organization, with accounts that have not joined yet apart from its members.

    Nothing is asked where none is to join. Where members cannot be read it is the same organization: the kinds that
    need them report that.
    """
    awaited = {account.id: key for key, account in organization.accounts.items() if account.invite}
    if not awaited:
        return organization
    try:
        with translated(ORGANIZATION):
            members = {each["Id"] for each in survey.accounts} if survey.description else set()
    except AwsError:
        return organization
    return organization.without_members([key for account, key in awaited.items() if account not in members])
