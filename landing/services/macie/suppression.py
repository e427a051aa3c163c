"""Suppression rules of Macie: findings that are expected."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from landing.aws import SERVICE_DENIES, Aws, unless
from landing.core import forms
from landing.core.model import Action, Attributes, Change, Resource, Scope, Severity
from landing.organization import PREFIX, Organization
from landing.services.base import Ownership
from landing.services.macie.session import Macie
from landing.services.macie.settings import TESTS, MacieSettings
from landing.services.shapes import NAME, HidingRule, keyed_apart
from landing.services.strength import Weaker, neutral, ranked, told

SUPPRESS = "ARCHIVE"


class MacieSuppression(HidingRule):
    """A filter with the action ARCHIVE (CreateFindingsFilter) called `landing-<key>`; those of others are unmanaged.

    The reference does not say that a name is given once: of ours with one name, all but the first are deleted. What a
    rule archives goes neither to EventBridge nor to Security Hub (User Guide, "Suppressing findings").
    """

    name = "macie_suppression"
    ending = "deleted"
    title = "Macie suppression rule"
    ownership = Ownership.PREFIX
    severity = Severity.MEDIUM
    service = "macie"
    client_name = "macie2"
    removal = "delete"
    help_uri = "https://docs.aws.amazon.com/macie/latest/user/findings-suppression.html"
    canonical: ClassVar[Mapping[str, forms.Form]] = {"where": forms.unordered}
    weaker: ClassVar[Mapping[str, Weaker]] = {
        "where": told,
        "action": ranked("NOOP", SUPPRESS),
        "description": neutral,
    }
    reads = ("macie2:ListFindingsFilters", "macie2:GetFindingsFilter", "sts:AssumeRole")
    writes = ("macie2:CreateFindingsFilter", "macie2:UpdateFindingsFilter", "macie2:DeleteFindingsFilter")

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """Each rule, in every governed region that has Macie."""
        service = organization.service(MacieSettings)
        for key, rule in (service.settings.suppress if service else {}).items():
            assert service is not None
            attributes = {"action": SUPPRESS, "description": rule.description, "where": _plain(rule.where)}
            for scope in self.scopes(organization):
                needs = (Macie().address(NAME, scope),)
                yield Resource(self.address(key, scope), attributes, needs, source=service.at("suppress", key))

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """All filters; of those that are not ours only the names."""
        client = aws.client(self.client_name, scope)
        needs = (Macie().address(NAME, scope),)
        for key, owned, listed in _filters(aws, client):
            found = client.get_findings_filter(id=listed["id"]) if owned else None
            attributes = found and {
                "action": found["action"],
                "description": found.get("description", ""),
                "where": seen(found["findingCriteria"].get("criterion") or {}),
            }
            yield Resource(self.address(key, scope), attributes or {}, needs, owned=owned)

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Create, replace or delete; findings that it has archived stay so without it."""
        client = aws.client(self.client_name, change.address.scope)
        found = {key: each["id"] for key, _, each in _filters(aws, client)}.get(change.address.name)
        if change.action is Action.DELETE:
            if found:
                client.delete_findings_filter(id=found)
            return
        assert change.after is not None
        if found:
            client.update_findings_filter(id=found, **_sent(change.after))
        else:
            client.create_findings_filter(name=PREFIX + change.address.name, **_sent(change.after))


def _filters(aws: Aws, client: Any) -> Iterator[tuple[str, bool, Mapping[str, Any]]]:
    """By key, in the order of their ids; nothing where Macie is off."""
    found: list[Mapping[str, Any]] = []
    with unless(SERVICE_DENIES):
        found = list(aws.listed(client, "list_findings_filters", "findingsFilterListItems"))
    yield from keyed_apart(sorted(found, key=lambda each: str(each["arn"])), name="name", arn="arn")


def _sent(after: Attributes) -> dict[str, Any]:
    criterion = {
        field: {TESTS[test]: value for test, value in tests.items()} for field, tests in after["where"].items()
    }
    return {
        "action": after["action"],
        "description": after["description"],
        "findingCriteria": {"criterion": criterion},
    }


def _plain(where: Mapping[str, Any]) -> dict[str, Any]:
    return {
        field: {test: sorted(value) if isinstance(value, list | tuple) else value for test, value in tests.items()}
        for field, tests in where.items()
    }


def seen(criterion: Mapping[str, Any]) -> dict[str, Any]:
    """The criteria of AWS as the config has them."""
    words = {theirs: test for test, theirs in TESTS.items()}
    named = {
        field: {words[test]: value for test, value in tests.items() if value is not None and value != []}
        for field, tests in criterion.items()
    }
    return _plain(named)
