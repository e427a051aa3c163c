"""Suppression rules of GuardDuty: findings that are expected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from landing.aws import Aws, unless
from landing.core import forms
from landing.core.model import Action, Attributes, Change, Diagnostic, Resource, Scope, Severity
from landing.organization import PREFIX, Organization
from landing.services.base import Ownership
from landing.services.guardduty.administrator import detectors
from landing.services.guardduty.detector import GuardDuty
from landing.services.guardduty.settings import TESTS, GuardDutySettings
from landing.services.shapes import NAME, HidingRule, keyed
from landing.services.strength import Weaker, neutral, ranked, told

MOST = 100
"""Filters of a detector (GuardDuty User Guide, "Quotas")."""
OLDER = {"Eq": "Equals", "Neq": "NotEquals", "Gt": "GreaterThan", "Gte": "GreaterThanOrEqual", "Lt": "LessThan",
         "Lte": "LessThanOrEqual"}  # fmt: skip
"""Names of tests that AWS shows beside those that replace them (API reference, Condition: deprecated)."""


class Suppression(HidingRule):
    """A filter with the action ARCHIVE (CreateFilter) called `landing-<key>`; those of others are unmanaged.

    What it archives goes neither to EventBridge nor to the export, and no attack sequence is made of it.
    """

    name = "guardduty_suppression"
    title = "GuardDuty suppression rule"
    ownership = Ownership.PREFIX
    severity = Severity.MEDIUM
    service = "guardduty"
    client_name = "guardduty"
    removal = "delete"
    help_uri = "https://docs.aws.amazon.com/guardduty/latest/ug/findings_suppression-rule.html"
    canonical: ClassVar[Mapping[str, forms.Form]] = {"where": forms.unordered}
    weaker: ClassVar[Mapping[str, Weaker]] = {"where": told, "action": ranked("NOOP", "ARCHIVE"), "rank": neutral}
    reads = ("guardduty:ListDetectors", "guardduty:ListFilters", "guardduty:GetFilter", "sts:AssumeRole")
    writes = ("guardduty:CreateFilter", "guardduty:UpdateFilter", "guardduty:DeleteFilter")

    def check(self, organization: Organization) -> Iterable[Diagnostic]:
        """More than AWS takes; a rule that has no test of a criterion; numbers where texts are wanted."""
        service = organization.service(GuardDutySettings)
        for index, (key, rule) in enumerate(service.settings.suppress.items() if service else ()):
            assert service is not None
            at = ("suppress", key)
            if index == MOST:
                message = f"{len(service.settings.suppress)} suppression rules; AWS takes {MOST}"
                yield service.problem("LZ371", message, "put values together", *at, key=True)
            for criterion, tests in rule.where.items():
                if not tests or any(value == [] for value in tests.values()):
                    yield service.problem("LZ371", f"`{criterion}` says nothing", "", *at, "where", criterion)

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """Each rule, in every governed region."""
        service = organization.service(GuardDutySettings)
        for key, rule in (service.settings.suppress if service else {}).items():
            assert service is not None
            attributes: dict[str, Any] = {"action": "ARCHIVE", "where": _form(_sent(rule.where))}
            attributes |= {"description": rule.description} if rule.description else {}
            attributes |= {"rank": rule.rank} if rule.rank is not None else {}
            for scope in self.scopes(organization):
                needs = (GuardDuty().address(NAME, scope),)
                yield Resource(self.address(key, scope), attributes, needs, source=service.at("suppress", key))

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """All filters; of those that are not ours only the names."""
        client = aws.client(self.client_name, scope)
        needs = (GuardDuty().address(NAME, scope),)
        for detector in detectors(aws, scope):
            for name in aws.listed(client, "list_filters", "FilterNames", DetectorId=detector):
                key, owned = keyed(name)
                if not owned:
                    yield Resource(self.address(key, scope), {}, needs, owned=False)
                    continue
                found = client.get_filter(DetectorId=detector, FilterName=name)
                attributes = {
                    "action": found["Action"],
                    "where": _form(found["FindingCriteria"].get("Criterion") or {}),
                    "rank": found.get("Rank"),
                    "description": found.get("Description", ""),
                }
                yield Resource(self.address(key, scope), attributes, needs)

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Create, replace or delete; findings that it has archived stay so without it."""
        client = aws.client(self.client_name, change.address.scope)
        name = PREFIX + change.address.name
        for detector in aws.listed(client, "list_detectors", "DetectorIds"):
            present = name in set(aws.listed(client, "list_filters", "FilterNames", DetectorId=detector))
            if change.action is Action.DELETE:
                if present:
                    with unless("BadRequestException"):
                        client.delete_filter(DetectorId=detector, FilterName=name)
                return
            assert change.after is not None
            settings = _settings(change.after)
            if present:
                client.update_filter(DetectorId=detector, FilterName=name, **settings)
            else:
                with unless("BadRequestException") as refused:
                    client.create_filter(DetectorId=detector, Name=name, **settings)
                if refused.code and name not in set(
                    aws.listed(client, "list_filters", "FilterNames", DetectorId=detector)
                ):
                    refused.again()  # else it was made by a request whose answer was lost
            return


def suppressed(attributes: Attributes) -> dict[str, Any]:
    """The settings of a rule that AWS has."""
    words = {camel: word for word, camel in TESTS.items()}
    where = {
        criterion: {words[test]: value for test, value in tests.items()}
        for criterion, tests in attributes["where"].items()
    }
    described = {"description": attributes["description"]} if attributes["description"] else {}
    return {"where": where, **described}


def _settings(after: Attributes) -> dict[str, Any]:
    settings = {"Action": after["action"], "FindingCriteria": {"Criterion": after["where"]}}
    settings |= {"Description": after["description"]} if "description" in after else {}
    return settings | ({"Rank": after["rank"]} if "rank" in after else {})


def _sent(where: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    return {criterion: {TESTS[test]: value for test, value in tests.items()} for criterion, tests in where.items()}


def _form(where: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Criteria by the names of their tests that are not deprecated, lists in order."""
    return {
        criterion: {
            OLDER.get(test, test): sorted(value) if isinstance(value, list | tuple) else value
            for test, value in tests.items()
            if value is not None and value != []
        }
        for criterion, tests in where.items()
    }
