"""Allow lists of Macie: text that is found and not reported."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from landing.aws import SERVICE_DENIES, Aws, unless
from landing.core.model import Action, Attributes, Change, Diagnostic, Resource, Scope, Severity
from landing.organization import PREFIX, Organization
from landing.services.base import Ownership
from landing.services.macie.expression import HINT, unreadable
from landing.services.macie.session import Macie
from landing.services.macie.settings import MacieSettings
from landing.services.shapes import NAME, AdministeredSetting, keyed_apart
from landing.services.strength import Weaker, neutral, told

READABLE = "OK"
UNTOLD = ("S3_USER_ACCESS_DENIED", "S3_THROTTLED", "UNKNOWN_ERROR")
"""States that do not say that Macie cannot read a file: whoever asks may not, or it is not known just now."""


class MacieAllowList(AdministeredSetting):
    """A list (CreateAllowList) called `landing-<key>`, in every region; those of others are unmanaged.

    Its status is what Macie says of the file, which is read anew at each analysis (API reference, AllowListStatus).
    """

    name = "macie_allow_list"
    ending = "deleted"
    title = "Macie allow list"
    ownership = Ownership.PREFIX
    severity = Severity.MEDIUM
    service = "macie"
    client_name = "macie2"
    removal = "delete"
    help_uri = "https://docs.aws.amazon.com/macie/latest/user/allow-lists.html"
    weaker: ClassVar[Mapping[str, Weaker]] = {
        "regex": told,
        "location": told,
        "status": neutral,
        "description": neutral,
    }
    reads = ("macie2:ListAllowLists", "macie2:GetAllowList", "sts:AssumeRole")
    writes = ("macie2:CreateAllowList", "macie2:UpdateAllowList", "macie2:DeleteAllowList")

    def check(self, organization: Organization) -> Iterable[Diagnostic]:
        """An expression or a file, one of both; expressions that cannot be read."""
        service = organization.service(MacieSettings)
        for key, each in (service.settings.allow_lists if service else {}).items():
            if service and bool(each.regex) == bool(each.location):
                message = f"allow list `{key}` has {'an expression and a file' if each.regex else 'no text to allow'}"
                yield service.problem("LZ485", message, "say `regex` or `location`", "allow_lists", key, key=True)
            if service and (wrong := unreadable(each.regex)):
                message = f"the expression of `{key}` {wrong}"
                yield service.problem("LZ485", message, HINT, "allow_lists", key, "regex")

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """Each list, in every governed region that has Macie."""
        service = organization.service(MacieSettings)
        for key, each in (service.settings.allow_lists if service else {}).items():
            assert service is not None
            attributes = {
                "regex": each.regex,
                "location": each.location,
                "description": each.description,
                "status": READABLE,
            }
            for scope in self.scopes(organization):
                needs = (Macie().address(NAME, scope),)
                yield Resource(self.address(key, scope), attributes, needs, source=service.at("allow_lists", key))

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """All lists; of those that are not ours only the names."""
        client = aws.client(self.client_name, scope)
        needs = (Macie().address(NAME, scope),)
        for key, owned, listed in allow_lists(aws, client):
            found = _seen(client.get_allow_list(id=listed["id"])) if owned else {}
            yield Resource(self.address(key, scope), found, needs, owned=owned)

    def notes(self, organization: Organization, change: Change) -> Iterable[str]:
        """What somebody has to do where Macie cannot read a file."""
        if change.before and change.before["status"] != READABLE:
            yield (
                f"Macie cannot read its file ({change.before['status']}): put it there, in plain text, where the "
                "bucket's policy and key let Macie's service-linked role in; or correct `location`"
            )

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Create, replace or delete; AWS refuses to delete one that a job uses which is not done."""
        client, after = aws.client(self.client_name, change.address.scope), change.after
        found = {key: each["id"] for key, _, each in allow_lists(aws, client)}.get(change.address.name)
        if change.action is Action.DELETE:
            if found:
                client.delete_allow_list(id=found)
            return
        assert after is not None
        wanted = {"name": PREFIX + change.address.name, **_sent(after)}
        if found:
            client.update_allow_list(id=found, **wanted)
        else:
            client.create_allow_list(**wanted)


def allow_lists(aws: Aws, client: Any) -> Iterator[tuple[str, bool, Mapping[str, Any]]]:
    """By key, in the order of their ids; nothing where Macie is off."""
    found: list[Mapping[str, Any]] = []
    with unless(SERVICE_DENIES):
        found = list(aws.listed(client, "list_allow_lists", "allowLists"))
    yield from keyed_apart(sorted(found, key=lambda each: str(each["arn"])), name="name", arn="arn")


def _seen(found: Mapping[str, Any]) -> dict[str, Any]:
    criteria, status = found["criteria"], found["status"]["code"]
    file = criteria.get("s3WordsList")
    place = f"s3://{file['bucketName']}/{file['objectKey']}" if file else ""
    return {
        "regex": criteria.get("regex") or "",
        "location": place,
        "description": found.get("description") or "",
        "status": READABLE if status in (READABLE, *UNTOLD) else f"{status}{f': {place}' if place else ''}",
    }


def _sent(after: Attributes) -> dict[str, Any]:
    """A description, where there is one: AWS takes no empty text."""
    bucket, _, key = after["location"].removeprefix("s3://").partition("/")
    file = {"s3WordsList": {"bucketName": bucket, "objectKey": key}}
    described = {"description": after["description"]} if after["description"] else {}
    return {"criteria": {"regex": after["regex"]} if after["regex"] else file, **described}
