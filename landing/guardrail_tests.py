"""The policies of a library as suites to test, in the organization that the config means."""

from __future__ import annotations

from collections.abc import Mapping

from landing import references
from landing.library import Policy, fill
from landing.model import Json
from landing.organization import ROOT, Organization
from landing.policy.testing import Attached, Estate, Suite

_ORGANIZATION_ID = "o-example0000"
_ROOT_ID = "r-exam"


def estate_of(organization: Organization) -> Estate:
    """The organization as tests take it; accounts whose ids are not in the config get some that nobody has."""
    ids = account_ids(organization)
    return Estate(
        id=organization.id or _ORGANIZATION_ID,
        management=ids[organization.management],
        accounts={ids[key]: organization.path(account.unit)[1:] for key, account in organization.accounts.items()},
        home_region=organization.home_region,
        governed_regions=organization.governed_regions,
        partition=organization.partition,
        roles={
            "log_archive": ids[organization.log_archive],
            "security_tooling": ids[organization.security_tooling],
        },
        keys=ids,
        exempt_roles=organization.exempt_roles,
        root_id=_ROOT_ID,
        unit_ids={unit: f"ou-exam-{number:08d}" for number, unit in enumerate(organization.units)},
    )


def account_ids(organization: Organization) -> dict[str, str]:
    """Account ids by key: those of the config, and made up ones for accounts that do not say theirs."""
    taken = {account.id for account in organization.accounts.values()}
    free = (text for number in range(1, 10**6) if (text := f"{number:012d}") not in taken)
    return {key: account.id or next(free) for key, account in organization.accounts.items()}


def suite_of(policy: Policy, estate: Estate, given: Mapping[str, Json] | None = None) -> Suite:
    """A policy with its parameters filled in, alone at the root, and the cases beside it.

    The cases of a policy are about what it says, so it is tested where it reaches every account, whatever
    the config attaches it to.
    """
    tokens = {references.account_id(key): account for key, account in estate.keys.items()}
    resolved = references.resolve(dict(given or {}), {**tokens, references.ORGANIZATION_ID: estate.id})
    values: dict[str, Json] = dict(estate.names)
    for parameter in policy.parameters.values():
        values[parameter.name] = resolved.get(parameter.name, fill(parameter.default, estate.names))
    document = policy.render(resolved, estate.names)
    attached = Attached(policy.name, document, policy.type, (ROOT,))
    return Suite(policy.name, policy.folder / "cases.yaml", (attached,), values)
