"""Custom data identifiers of Macie: sensitive data of one's own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any, ClassVar

from landing.aws import SERVICE_DENIES, Aws, unless
from landing.core import forms
from landing.core.model import Action, Attributes, Change, Diagnostic, Resource, Scope, Severity
from landing.organization import PREFIX, Organization
from landing.services.base import Ownership
from landing.services.macie.expression import HINT, unreadable
from landing.services.macie.session import Macie
from landing.services.macie.settings import SEVERITIES, Identifier, MacieSettings
from landing.services.shapes import NAME, AdministeredSetting, keyed_apart
from landing.services.strength import Weaker, neutral, told

_NAME = re.compile(r"(.+)-([0-9a-f]{8})")


class MacieIdentifier(AdministeredSetting):
    """An identifier (CreateCustomDataIdentifier) called `landing-<key>-<digest>`; those of others are unmanaged.

    AWS changes none: another content is another identifier, and the digest of its content in the name tells which one
    a job uses. A deleted one goes on in the jobs that use it (User Guide, "Deleting a custom data identifier").
    """

    name = "macie_identifier"
    ending = "deleted"
    title = "Macie custom data identifier"
    ownership = Ownership.PREFIX
    severity = Severity.MEDIUM
    service = "macie"
    client_name = "macie2"
    removal = "delete"
    help_uri = "https://docs.aws.amazon.com/macie/latest/user/custom-data-identifiers.html"
    canonical: ClassVar[Mapping[str, forms.Form]] = dict.fromkeys(("keywords", "ignore_words"), forms.unordered)
    weaker: ClassVar[Mapping[str, Weaker]] = {
        **dict.fromkeys(("regex", "keywords", "ignore_words", "distance", "severity"), told),
        "description": neutral,
    }
    reads = ("macie2:ListCustomDataIdentifiers", "macie2:GetCustomDataIdentifier", "sts:AssumeRole")
    writes = ("macie2:CreateCustomDataIdentifier", "macie2:DeleteCustomDataIdentifier")

    def check(self, organization: Organization) -> Iterable[Diagnostic]:
        """Expressions that cannot be read, and thresholds that do not rise with the severity."""
        service = organization.service(MacieSettings)
        for key, each in (service.settings.identifiers if service else {}).items():
            if service and (wrong := unreadable(each.regex)):
                message = f"the expression of `{key}` {wrong}"
                yield service.problem("LZ485", message, HINT, "identifiers", key, "regex")
            thresholds = [each.severity[name] for name in SEVERITIES if name in each.severity]
            if service and thresholds != sorted({*thresholds}):
                message = f"the thresholds of `{key}` do not rise from LOW to HIGH"
                yield service.problem("LZ485", message, "as LOW: 1, HIGH: 100", "identifiers", key, "severity")

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """Each identifier, in every governed region that has Macie."""
        service = organization.service(MacieSettings)
        for key, each in (service.settings.identifiers if service else {}).items():
            assert service is not None
            for scope in self.scopes(organization):
                needs = (Macie().address(NAME, scope),)
                source = service.at("identifiers", key)
                yield Resource(self.address(key, scope), _wanted(each), needs, source=source)

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """All identifiers; of those that are not ours only the names."""
        client = aws.client(self.client_name, scope)
        needs = (Macie().address(NAME, scope),)
        for key, owned, listed in identifiers(aws, client):
            found = _seen(client.get_custom_data_identifier(id=listed["id"])) if owned else {}
            yield Resource(self.address(key, scope), found, needs, owned=owned)

    def notes(self, organization: Organization, change: Change) -> Iterable[str]:
        """That another one is made."""
        if change.action is Action.UPDATE:
            yield "another identifier is made, as AWS changes none; jobs that use it are made anew with it"

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Delete the one that is there, make another."""
        client, after = aws.client(self.client_name, change.address.scope), change.after
        name = after and f"{PREFIX}{change.address.name}-{_digest(after)}"
        present = False
        for key, _, each in identifiers(aws, client):
            if key == change.address.name:
                present = each["name"] == name
                if not present:
                    client.delete_custom_data_identifier(id=each["id"])
        if after is not None and not present:
            client.create_custom_data_identifier(name=name, **_sent(after))


def identifiers(aws: Aws, client: Any) -> Iterator[tuple[str, bool, Mapping[str, Any]]]:
    """By key, in the order of their ids; nothing where Macie is off."""
    found: list[dict[str, Any]] = []
    with unless(SERVICE_DENIES):
        found = list(aws.listed(client, "list_custom_data_identifiers", "items"))
    named = [{**each, "key": _NAME.sub(r"\1", each["name"]) if _ours(each) else each["name"]} for each in found]
    yield from keyed_apart(sorted(named, key=lambda each: str(each["arn"])), name="key", arn="arn")


def reference(key: str, identifier: Identifier) -> str:
    """How an identifier stands among what a job uses: by its key and what is in it."""
    return f"{key} ({_digest(_wanted(identifier))})"


def referred(key: str, listed: Mapping[str, Any]) -> str:
    """The same, of one that AWS lists under this key."""
    found = _NAME.fullmatch(listed["name"]) if _ours(listed) else None
    return f"{key} ({found[2]})" if found else key


def key_in(reference: str) -> str:
    """The key in a reference."""
    return reference.partition(" (")[0]


def _ours(listed: Mapping[str, Any]) -> bool:
    return str(listed["name"]).startswith(PREFIX)


def _digest(attributes: Attributes) -> str:
    return sha256(json.dumps(attributes, sort_keys=True).encode()).hexdigest()[:8]


def _wanted(each: Identifier) -> dict[str, Any]:
    return {
        "regex": each.regex,
        "description": each.description,
        "keywords": sorted(each.keywords),
        "ignore_words": sorted(each.ignore_words),
        "distance": each.distance,
        "severity": dict(each.severity) or {"MEDIUM": 1},
    }


def _seen(found: Mapping[str, Any]) -> dict[str, Any]:
    levels = {level["severity"]: level["occurrencesThreshold"] for level in found.get("severityLevels") or ()}
    return {
        "regex": found["regex"],
        "description": found.get("description") or "",
        "keywords": sorted(found.get("keywords") or ()),
        "ignore_words": sorted(found.get("ignoreWords") or ()),
        "distance": found.get("maximumMatchDistance") or Identifier.distance,
        "severity": levels or {"MEDIUM": 1},
    }


def _sent(after: Attributes) -> dict[str, Any]:
    given = {
        "description": after["description"],
        "keywords": after["keywords"],
        "ignoreWords": after["ignore_words"],
    }
    return {
        "regex": after["regex"],
        "maximumMatchDistance": after["distance"],
        "severityLevels": [
            {"severity": name, "occurrencesThreshold": after["severity"][name]}
            for name in SEVERITIES
            if name in after["severity"]
        ],
        **{name: value for name, value in given.items() if value},
    }
