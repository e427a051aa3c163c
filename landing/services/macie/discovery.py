"""What automated discovery of Macie leaves out, and what it looks for.

AWS makes the scope and the template of the administrator's account when discovery is first enabled, and nobody deletes
them (API reference, Classification Scopes and Sensitivity Inspection Templates). So both are of the config alone.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Iterable, Mapping
from typing import Any, ClassVar

from landing.aws import SERVICE_DENIES, Aws, unless
from landing.core import forms
from landing.core.errors import OperationFailed
from landing.core.model import Address, Attributes, Change, Diagnostic, Resource, Scope, Severity
from landing.organization import Organization
from landing.services.base import Ownership
from landing.services.log_archive.key import archive_stack
from landing.services.macie.allow_list import MacieAllowList, allow_lists
from landing.services.macie.identifier import MacieIdentifier, identifiers, key_in, reference, referred
from landing.services.macie.session import Macie
from landing.services.macie.settings import MacieSettings
from landing.services.shapes import NAME, AdministeredSetting
from landing.services.strength import Weaker, kept, no_more


class DiscoverySetting(AdministeredSetting):
    """What AWS has once a region for automated discovery, under an id that the configuration of discovery names."""

    ownership = Ownership.CONFIG
    ending = "left as it is"
    severity = Severity.MEDIUM
    service = "macie"
    client_name = "macie2"
    removal = ""
    setting: ClassVar[str]
    """What says in the config how it is to be."""
    member: ClassVar[str]
    """What the configuration calls its id."""

    def check(self, organization: Organization) -> Iterable[Diagnostic]:
        """Where discovery is off, there is none."""
        service = organization.service(MacieSettings)
        said = service is not None and getattr(service.settings, self.setting) is not None
        if service and said and service.settings.discovery == "NONE":
            message = f"`{self.setting}` is of automated discovery, which is off"
            hint = "say `discovery: SOME`, NEW or ALL, or leave it out"
            yield service.problem("LZ485", message, hint, self.setting, key=True)

    def said(self, organization: Organization) -> bool:
        """Whether the config says something of it; also where it says nothing of Macie, as when it is imported."""
        service = organization.service(MacieSettings)
        return service is None or getattr(service.settings, self.setting) is not None

    def id_of(self, client: Any) -> str:
        """Its id; empty before discovery was ever enabled, and where Macie is off."""
        with unless(SERVICE_DENIES):
            return str(client.get_automated_discovery_configuration().get(self.member) or "")
        return ""

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """As AWS has it, where the config says something of it."""
        if not self.said(organization):
            return
        client = aws.client(self.client_name, scope)
        if id_ := self.id_of(client):
            attributes = self.seen(organization, aws, client, id_)
            yield Resource(self.address(NAME, scope), attributes, used_by(scope, attributes), owned=False)

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Replace it."""
        assert change.after is not None
        client = aws.client(self.client_name, change.address.scope)
        id_ = self.id_of(client)
        if not id_:
            raise OperationFailed(f"{self.title}: AWS has not made it yet, though discovery is enabled; apply again")
        self.put(aws, client, id_, change.after)

    @abstractmethod
    def seen(self, organization: Organization, aws: Aws, client: Any, id_: str) -> dict[str, Any]:
        """Its attributes."""

    @abstractmethod
    def put(self, aws: Aws, client: Any, id_: str, after: Attributes) -> None:
        """Make it so."""


class MacieScope(DiscoverySetting):
    """The buckets that are left out (UpdateClassificationScope), all of which the config names where it names any."""

    name = "macie_scope"
    title = "Macie discovery scope"
    setting = "exclude"
    member = "classificationScopeId"
    help_uri = "https://docs.aws.amazon.com/macie/latest/user/discovery-asdd-account-configure.html"
    canonical: ClassVar[Mapping[str, forms.Form]] = {"excluded_buckets": forms.unordered}
    weaker: ClassVar[Mapping[str, Weaker]] = {"excluded_buckets": no_more}
    reads = ("macie2:GetAutomatedDiscoveryConfiguration", "macie2:GetClassificationScope", "sts:AssumeRole")
    writes = ("macie2:UpdateClassificationScope",)

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """The same in every governed region that has Macie."""
        service = organization.service(MacieSettings)
        excluded = service.settings.exclude if service else None
        if service is None or excluded is None:
            return
        archive = excluded.log_archive and "log_archive" in organization.services
        logs = map(organization.log_bucket, organization.log_buckets) if archive else ()
        buckets = sorted({*excluded.buckets, *logs})
        for scope in self.scopes(organization):
            needs = (Macie().address(NAME, scope), *((archive_stack(organization),) if archive else ()))
            source = service.at("exclude")
            yield Resource(self.address(NAME, scope), {"excluded_buckets": buckets}, needs, source=source)

    def seen(self, organization: Organization, aws: Aws, client: Any, id_: str) -> dict[str, Any]:
        """GetClassificationScope."""
        names = client.get_classification_scope(id=id_)["s3"]["excludes"]["bucketNames"]
        return {"excluded_buckets": sorted(str(aws.symbolic(name)) for name in names)}

    def put(self, aws: Aws, client: Any, id_: str, after: Attributes) -> None:
        """All of them at once."""
        names = aws.resolve(after["excluded_buckets"])
        client.update_classification_scope(id=id_, s3={"excludes": {"bucketNames": names, "operation": "REPLACE"}})


class MacieInspection(DiscoverySetting):
    """What is looked for (UpdateSensitivityInspectionTemplate), in which managed identifiers of AWS's choice may stand.

    So of managed identifiers those that the config does not name stay as they are, and so do custom identifiers and
    allow lists of others.
    """

    name = "macie_inspection"
    title = "Macie discovery template"
    setting = "inspection"
    canonical: ClassVar[Mapping[str, forms.Form]] = dict.fromkeys(
        ("include", "exclude", "identifiers", "allow_lists"), forms.unordered
    )
    member = "sensitivityInspectionTemplateId"
    help_uri = "https://docs.aws.amazon.com/macie/latest/user/discovery-asdd-account-configure.html"
    weaker: ClassVar[Mapping[str, Weaker]] = {
        "include": kept(),
        "identifiers": kept(),
        "exclude": no_more,
        "allow_lists": no_more,
    }
    reads = (
        "macie2:GetAutomatedDiscoveryConfiguration",
        "macie2:GetSensitivityInspectionTemplate",
        "macie2:ListAllowLists",
        "macie2:ListCustomDataIdentifiers",
        "sts:AssumeRole",
    )
    writes = ("macie2:UpdateSensitivityInspectionTemplate", "macie2:BatchGetCustomDataIdentifiers")

    def check(self, organization: Organization) -> Iterable[Diagnostic]:
        """Also keys that there are not, and identifiers that are used and not."""
        yield from super().check(organization)
        service = organization.service(MacieSettings)
        if service is None or service.settings.inspection is None:
            return
        yield from named_problems(organization, service.settings.inspection, "inspection")
        both = {*service.settings.inspection.include} & {*service.settings.inspection.exclude}
        for id_ in sorted(both):
            yield service.problem("LZ485", f"`{id_}` is used and not used", "name it once", "inspection", "exclude")

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """The same in every governed region that has Macie."""
        service = organization.service(MacieSettings)
        wanted = service.settings.inspection if service else None
        if service is None or wanted is None:
            return
        known = service.settings.identifiers
        attributes = {
            "include": sorted(wanted.include),
            "exclude": sorted(wanted.exclude),
            "identifiers": sorted(reference(key, known[key]) for key in wanted.identifiers if key in known),
            "allow_lists": sorted(wanted.allow_lists),
        }
        for scope in self.scopes(organization):
            needs = used_by(scope, attributes)
            yield Resource(self.address(NAME, scope), attributes, needs, source=service.at("inspection"))

    def seen(self, organization: Organization, aws: Aws, client: Any, id_: str) -> dict[str, Any]:
        """Of managed identifiers those that the config names, and all where it names none of anything."""
        found = client.get_sensitivity_inspection_template(id=id_)
        service = organization.service(MacieSettings)
        wanted = service.settings.inspection if service else None
        named = {*wanted.include, *wanted.exclude} if wanted else None
        includes = found.get("includes") or {}
        ours, lists = ids_of_identifiers(aws, client), ids_of_lists(aws, client)
        custom = includes.get("customDataIdentifierIds") or ()
        return {
            "include": _named(includes, named),
            "exclude": _named(found.get("excludes") or {}, named),
            "identifiers": sorted(name for name, each in ours.items() if each in custom),
            "allow_lists": sorted(key for key, each in lists.items() if each in (includes.get("allowListIds") or ())),
        }

    def put(self, aws: Aws, client: Any, id_: str, after: Attributes) -> None:
        """All of it, with what others have put there."""
        found = client.get_sensitivity_inspection_template(id=id_)
        includes, excludes = found.get("includes") or {}, found.get("excludes") or {}
        ours, lists = ids_of_identifiers(aws, client), ids_of_lists(aws, client)
        given = {*after["include"]}, {*after["exclude"]}
        managed = {*(includes.get("managedDataIdentifierIds") or ())} - given[1] | given[0]
        without = {*(excludes.get("managedDataIdentifierIds") or ())} - given[0] | given[1]
        theirs = [each for each in includes.get("allowListIds") or () if each not in lists.values()]
        custom = _kept(client, includes.get("customDataIdentifierIds") or (), ours.values())
        described = {"description": found["description"]} if found.get("description") else {}
        client.update_sensitivity_inspection_template(
            id=id_,
            includes={
                "managedDataIdentifierIds": sorted(managed),
                "customDataIdentifierIds": [*custom, *(ours[each] for each in after["identifiers"])],
                "allowListIds": [*theirs, *(lists[each] for each in after["allow_lists"])],
            },
            excludes={"managedDataIdentifierIds": sorted(without)},
            **described,
        )


def named_problems(organization: Organization, each: Any, *path: str) -> Iterable[Diagnostic]:
    """Keys of identifiers and allow lists that a setting names and the config does not have."""
    service = organization.service(MacieSettings)
    assert service is not None
    for name in ("identifiers", "allow_lists"):
        for number, key in enumerate(getattr(each, name)):
            if key not in getattr(service.settings, name):
                hint = f"keys there: {', '.join(getattr(service.settings, name)) or 'none'}"
                yield service.problem("LZ485", f"`{key}` is none of `{name}` of Macie", hint, *path, name, number)


def used_by(scope: Scope, attributes: Attributes) -> tuple[Address, ...]:
    """What must be there before something that uses these identifiers and allow lists, and goes after it."""
    return (
        Macie().address(NAME, scope),
        *(MacieIdentifier().address(key_in(each), scope) for each in attributes.get("identifiers", ())),
        *(MacieAllowList().address(key, scope) for key in attributes.get("allow_lists", ())),
    )


def ids_of_lists(aws: Aws, client: Any) -> dict[str, str]:
    """Ids of our allow lists by key."""
    return {key: each["id"] for key, owned, each in allow_lists(aws, client) if owned}


def ids_of_identifiers(aws: Aws, client: Any) -> dict[str, str]:
    """Ids of our identifiers by what refers to them."""
    return {referred(key, each): each["id"] for key, owned, each in identifiers(aws, client) if owned}


def _named(part: Mapping[str, Any], named: Collection[str] | None) -> list[str]:
    found = part.get("managedDataIdentifierIds") or ()
    return sorted(each for each in found if named is None or each in named)


def _kept(client: Any, present: Collection[str], ours: Collection[str]) -> list[str]:
    """Identifiers of others that are still there: AWS takes none that is deleted."""
    others = [each for each in present if each not in ours]
    if not others:
        return []
    found = client.batch_get_custom_data_identifiers(ids=others)["customDataIdentifiers"]
    return [each["id"] for each in found if not each.get("deleted")]
