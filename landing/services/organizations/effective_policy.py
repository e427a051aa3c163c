"""What the declarative policies on the way to an account come to, where AWS does not take it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import ClassVar

from landing.aws import Aws, unless
from landing.core.errors import InvalidEffectivePolicy
from landing.core.model import Address, Attributes, Change, Resource, Scope, Severity, Source
from landing.organization import Organization
from landing.organization.resources import ATTACHMENTS, POLICY
from landing.policy.declarative.shapes import SHAPES
from landing.services.base import GoingOn, Kind, Ownership
from landing.services.strength import Weaker

NAMED = 5
"""So many accounts are named; the others are counted."""


class EffectivePolicy(Kind):
    """Accounts in which the policies of a type together are not valid; each keeps what was valid there before.

    Whoever wrote them: AWS attaches such policies without a word (Organizations User Guide, "Invalid effective
    policies"). One resource a type, since one policy at the root may make ten thousand accounts so. Calls: one a type
    of which a guardrail is, its pages, and one for the reasons of the first account.
    """

    name = "effective_policy"
    title = "Effective policy"
    ownership = Ownership.NONE
    severity = Severity.HIGH
    weaker: ClassVar[Mapping[str, Weaker]] = {}
    removal = ""
    controls = ("cis-aws-7.0:2.1.2",)
    help_uri = "https://docs.aws.amazon.com/organizations/latest/userguide/invalid-policy-alerts.html"
    reads = (
        "organizations:ListAccountsWithInvalidEffectivePolicy",
        "organizations:ListEffectivePolicyValidationErrors",
    )

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """None: what is declared is the policies."""
        return ()

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """A resource for each enabled type of the config that is not valid somewhere."""
        for name in _types(organization):
            if aws.tree.policy_types.get(name) == "ENABLED":
                yield from self._invalid(aws, name)

    def _invalid(self, aws: Aws, policy_type: str) -> Iterator[Resource]:
        client = aws.client("organizations")
        found: list[str] = []
        with unless("EffectivePolicyNotFoundException"):
            operation = "list_accounts_with_invalid_effective_policy"
            found = [str(each["Id"]) for each in aws.listed(client, operation, "Accounts", PolicyType=policy_type)]
        if not found:
            return
        operation = "list_effective_policy_validation_errors"
        errors = aws.listed(
            client, operation, "EffectivePolicyValidationErrors", AccountId=found[0], PolicyType=policy_type
        )
        reasons = sorted({f"{each['PathToError']}: {each['ErrorMessage']}" for each in errors})
        keys = sorted(aws.tree.account_keys.get(account, account) for account in found)
        attributes = {"accounts": keys, "reasons": reasons}
        yield Resource(self.address(policy_type), attributes, owned=False)

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Nothing declares it."""
        raise AssertionError(f"{change.address} follows from policies")

    def set_off(self, organization: Organization, changes: Collection[Change]) -> Iterable[Address]:
        """The types of which a policy, or where one is attached, has changed."""
        if any(change.address.kind in (POLICY, ATTACHMENTS) for change in changes):
            yield from map(self.address, _types(organization))

    def going_on(
        self, organization: Organization, aws: Aws, address: Address, changes: Collection[Change]
    ) -> GoingOn | None:
        """Never waits; raises InvalidEffectivePolicy where accounts keep what they had before."""
        for found in self._invalid(aws, address.name):
            raise InvalidEffectivePolicy(self.astray(self.description(found.attributes)))
        return None

    def description(self, attributes: Attributes) -> Mapping[str, str]:
        """Where, and why AWS does not take it."""
        accounts, reasons = attributes["accounts"], attributes["reasons"]
        more = f" and {len(accounts) - NAMED} others" if len(accounts) > NAMED else ""
        return {"accounts": f"{', '.join(accounts[:NAMED])}{more}", "reasons": "; ".join(reasons[:NAMED])}

    def astray(self, described: Mapping[str, str]) -> str:
        """That policies are attached there which say nothing."""
        why = f" ({described['reasons']})" if described["reasons"] else ""
        return (
            f"AWS does not take what the policies come to in {described['accounts']}{why}: they keep what was valid "
            "before. Correct or detach one of the policies on the way there"
        )

    def named_at(self, organization: Organization, address: Address) -> Source | None:
        """Where the config asks for the type."""
        return organization.policy_types.get(address.name)


def _types(organization: Organization) -> Iterator[str]:
    """The types of the config of which policies have an effect together."""
    return (name for name in organization.policy_types if name in SHAPES)
