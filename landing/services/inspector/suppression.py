"""Suppression rules of Inspector: findings that nobody wants to see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from landing.aws import SERVICE_DENIES, Aws, unless
from landing.core import forms
from landing.core.model import Action, Change, Resource, Scope, Severity
from landing.organization import PREFIX, Organization
from landing.services.base import Ownership
from landing.services.inspector.scan_settings import Inspector
from landing.services.inspector.settings import RESOURCE_TAGS, InspectorSettings
from landing.services.shapes import NAME, HidingRule, keyed
from landing.services.strength import Weaker, told

COMPARISONS = {"eq": "EQUALS", "neq": "NOT_EQUALS", "prefix": "PREFIX"}
BOUNDS = {"from": "lowerInclusive", "to": "upperInclusive"}
SUPPRESS = "SUPPRESS"


class InspectorSuppression(HidingRule):
    """A filter that suppresses (CreateFilter), called `landing-<key>`, in every region; others are unmanaged."""

    name = "inspector_suppression"
    ending = "deleted"
    title = "Inspector suppression rule"
    ownership = Ownership.PREFIX
    severity = Severity.MEDIUM
    service = "inspector"
    client_name = "inspector2"
    removal = "delete"
    help_uri = "https://docs.aws.amazon.com/inspector/latest/user/findings-managing-supression-rules.html"
    canonical: ClassVar[Mapping[str, forms.Form]] = {"where": forms.unordered}
    weaker: ClassVar[Mapping[str, Weaker]] = {"where": told}
    reads = ("inspector2:ListFilters", "sts:AssumeRole")
    writes = ("inspector2:CreateFilter", "inspector2:UpdateFilter", "inspector2:DeleteFilter")

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """Each rule, in every governed region that has Inspector."""
        service = organization.service(InspectorSettings)
        for key, rule in (service.settings.suppress if service else {}).items():
            assert service is not None
            for scope in self.scopes(organization):
                attributes = {"description": rule.description, "where": _plain(rule.where)}
                needs = (Inspector().address(NAME, scope),)
                yield Resource(self.address(key, scope), attributes, needs, source=service.at("suppress", key))

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """Filters that suppress, by name."""
        for key, owned, found in self._rules(aws, scope):
            attributes = {"description": found.get("description", ""), "where": seen(found["criteria"])}
            needs = (Inspector().address(NAME, scope),)
            yield Resource(self.address(key, scope), attributes, needs, owned=owned)

    def _rules(self, aws: Aws, scope: Scope) -> Iterator[tuple[str, bool, Mapping[str, Any]]]:
        client = aws.client(self.client_name, scope)
        with unless(SERVICE_DENIES):
            for found in aws.listed(client, "list_filters", "filters", action=SUPPRESS):
                yield *keyed(found["name"]), found

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Create or replace; what it has suppressed is to be seen again without it."""
        scope, after = change.address.scope, change.after
        client = aws.client(self.client_name, scope)
        arn = next((found["arn"] for key, _, found in self._rules(aws, scope) if key == change.address.name), "")
        if change.action is Action.DELETE:
            if arn:
                client.delete_filter(arn=arn)
            return
        assert after is not None
        rule = {"action": SUPPRESS, "filterCriteria": _sent(after["where"])}
        if after["description"]:
            rule["description"] = after["description"]
        if arn:
            client.update_filter(filterArn=arn, **rule)
        else:
            with unless("BadRequestException") as refused:
                client.create_filter(name=PREFIX + change.address.name, **rule)
            if refused.code and change.address.name not in {key for key, *_ in self._rules(aws, scope)}:
                refused.again()  # else it was made by a request whose answer was lost


def _plain(where: Mapping[str, Any]) -> dict[str, Any]:
    """A copy in plain lists and dicts; numbers as AWS has them."""
    return {
        criterion: {
            test: sorted(value)
            if isinstance(value, list | tuple)
            else value
            if isinstance(value, str)
            else float(value)
            for test, value in tests.items()
        }
        for criterion, tests in where.items()
    }


def _sent(where: Mapping[str, Any]) -> dict[str, Any]:
    """The criteria of a rule as AWS takes them."""
    return {criterion: list(_criterion(criterion, tests)) for criterion, tests in where.items()}


def _criterion(criterion: str, tests: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    if criterion == RESOURCE_TAGS:
        yield from ({"comparison": "EQUALS", "key": key, "value": value} for key, value in tests.items())
    elif {*tests} <= {*BOUNDS}:
        yield {BOUNDS[test]: value for test, value in tests.items()}
    else:
        for test, values in tests.items():
            yield from ({"comparison": COMPARISONS[test], "value": value} for value in values)


def seen(criteria: Mapping[str, Any]) -> dict[str, Any]:
    """The criteria of AWS as the config has them; what it cannot say stays as AWS has it."""
    return {criterion: _tests(criterion, entries) for criterion, entries in criteria.items() if entries}


def _tests(criterion: str, entries: list[dict[str, Any]]) -> Any:
    names = [{*entry} for entry in entries]
    if criterion == RESOURCE_TAGS:
        return {entry["key"]: entry.get("value", "") for entry in entries}
    if len(entries) == 1 and names[0] <= {*BOUNDS.values()}:
        return {test: entries[0][bound] for test, bound in BOUNDS.items() if bound in entries[0]}
    if all(each == {"comparison", "value"} for each in names):
        words = {comparison: test for test, comparison in COMPARISONS.items()}
        tests: dict[str, list[str]] = {}
        for entry in entries:
            tests.setdefault(words[entry["comparison"]], []).append(entry["value"])
        return {test: sorted(values) for test, values in tests.items()}
    return entries
