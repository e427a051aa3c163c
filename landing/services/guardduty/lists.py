"""Lists of addresses and names that GuardDuty trusts, or holds for a threat."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from landing.aws import Aws, unless
from landing.core.model import Action, Attributes, Change, Diagnostic, Resource, Scope, Severity
from landing.organization import PREFIX, Organization
from landing.services.base import Ownership
from landing.services.guardduty.administrator import detectors
from landing.services.guardduty.detector import GuardDuty
from landing.services.guardduty.settings import LISTS, GuardDutySettings
from landing.services.shapes import NAME, AdministeredSetting, keyed
from landing.services.strength import Weaker, told

GONE = ("DELETE_PENDING", "DELETED")
"""States of a list that is there no more (API reference, GetIPSet)."""
COMING = {"ACTIVATING": "ACTIVE", "DEACTIVATING": "INACTIVE"}


IDS = {
    "trusted_ips": "IpSetId",
    "threat_ips": "ThreatIntelSetId",
    "trusted_entities": "TrustedEntitySetId",
    "threat_entities": "ThreatEntitySetId",
}
"""What AWS calls an id, by type in the config."""


class GuardDutyList(AdministeredSetting):
    """A list in a bucket (CreateIPSet and the like) called `landing-<key>`; those of others are unmanaged.

    AWS reads the file when the list is activated: a changed file counts after it is switched off and on again.
    """

    name = "guardduty_list"
    title = "GuardDuty list"
    ownership = Ownership.PREFIX
    severity = Severity.MEDIUM
    service = "guardduty"
    client_name = "guardduty"
    removal = "delete"
    help_uri = "https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_upload-lists.html"
    weaker: ClassVar[Mapping[str, Weaker]] = dict.fromkeys(("type", "location", "format", "status"), told)
    reads = (
        "guardduty:ListDetectors",
        "guardduty:ListIPSets", "guardduty:GetIPSet",
        "guardduty:ListThreatIntelSets", "guardduty:GetThreatIntelSet",
        "guardduty:ListTrustedEntitySets", "guardduty:GetTrustedEntitySet",
        "guardduty:ListThreatEntitySets", "guardduty:GetThreatEntitySet",
        "sts:AssumeRole",
    )  # fmt: skip
    writes = (
        "guardduty:CreateIPSet", "guardduty:UpdateIPSet", "guardduty:DeleteIPSet",
        "guardduty:CreateThreatIntelSet", "guardduty:UpdateThreatIntelSet", "guardduty:DeleteThreatIntelSet",
        "guardduty:CreateTrustedEntitySet", "guardduty:UpdateTrustedEntitySet", "guardduty:DeleteTrustedEntitySet",
        "guardduty:CreateThreatEntitySet", "guardduty:UpdateThreatEntitySet", "guardduty:DeleteThreatEntitySet",
    )  # fmt: skip

    def check(self, organization: Organization) -> Iterable[Diagnostic]:
        """More of a type than a detector may have."""
        service = organization.service(GuardDutySettings)
        count: Counter[str] = Counter()
        for key, each in (service.settings.lists if service else {}).items():
            assert service is not None
            count[each.type] += 1
            if count[each.type] == LISTS[each.type] + 1:
                message = f"more lists of the type `{each.type}` than the {LISTS[each.type]} that AWS takes"
                yield service.problem("LZ372", message, "put them together in one file", "lists", key, "type")

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """Each list, in every governed region."""
        service = organization.service(GuardDutySettings)
        for key, each in (service.settings.lists if service else {}).items():
            assert service is not None
            status = "ACTIVE" if each.active else "INACTIVE"
            attributes = {"type": each.type, "location": each.location, "format": each.format, "status": status}
            for scope in self.scopes(organization):
                needs = (GuardDuty().address(NAME, scope),)
                yield Resource(self.address(key, scope), attributes, needs, source=service.at("lists", key))

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """All lists of all types."""
        client = aws.client(self.client_name, scope)
        needs = (GuardDuty().address(NAME, scope),)
        for detector in detectors(aws, scope):
            for kind in LISTS:
                for _, found in _present(aws, client, detector, kind):
                    name, ours = keyed(found["Name"])
                    status = COMING.get(found["Status"], found["Status"])
                    attributes = {
                        "type": kind,
                        "location": found["Location"],
                        "format": found["Format"],
                        "status": status,
                    }
                    yield Resource(self.address(name, scope), attributes, needs, owned=ours)

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Create, update or delete; another type or format, which AWS changes in none, is another list."""
        client, after = aws.client(self.client_name, change.address.scope), change.after
        name = PREFIX + change.address.name
        for detector in aws.listed(client, "list_detectors", "DetectorIds"):
            kept = ""
            for kind in LISTS if change.action is not Action.CREATE else {after["type"] if after else ""}:
                for id_, found in _present(aws, client, detector, kind):
                    if found["Name"] != name:
                        continue
                    if after and (after["type"], after["format"]) == (kind, found["Format"]):
                        kept = id_
                    else:
                        _call(client, "delete", kind)(**_named(detector, kind, id_))
            if after is None:
                return
            settings = {"Name": name, "Location": after["location"], "Activate": after["status"] == "ACTIVE"}
            if kept:
                _call(client, "update", after["type"])(**_named(detector, after["type"], kept), **settings)
            else:
                with unless("BadRequestException") as refused:
                    _call(client, "create", after["type"])(DetectorId=detector, Format=after["format"], **settings)
                if refused.code and name not in {
                    found["Name"] for _, found in _present(aws, client, detector, after["type"])
                }:
                    refused.again()  # else it was made by a request whose answer was lost
            return


def listed(attributes: Attributes) -> dict[str, Any]:
    """The settings of a list that AWS has."""
    said = {name: attributes[name] for name in ("type", "location", "format")}
    return {**said, "active": attributes["status"] != "INACTIVE"}


def _present(aws: Aws, client: Any, detector: str, kind: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The lists of a type, with their ids."""
    listing, get = {
        "trusted_ips": ("list_ip_sets", "get_ip_set"),
        "threat_ips": ("list_threat_intel_sets", "get_threat_intel_set"),
        "trusted_entities": ("list_trusted_entity_sets", "get_trusted_entity_set"),
        "threat_entities": ("list_threat_entity_sets", "get_threat_entity_set"),
    }[kind]
    for each in aws.listed(client, listing, f"{IDS[kind]}s", DetectorId=detector):
        found = getattr(client, get)(DetectorId=detector, **{IDS[kind]: each})
        if found["Status"] not in GONE:
            yield each, found


def _call(client: Any, verb: str, kind: str) -> Any:
    """The operation by which a list of a type is written."""
    names = {
        "trusted_ips": ("create_ip_set", "update_ip_set", "delete_ip_set"),
        "threat_ips": ("create_threat_intel_set", "update_threat_intel_set", "delete_threat_intel_set"),
        "trusted_entities": ("create_trusted_entity_set", "update_trusted_entity_set", "delete_trusted_entity_set"),
        "threat_entities": ("create_threat_entity_set", "update_threat_entity_set", "delete_threat_entity_set"),
    }[kind]
    return getattr(client, next(name for name in names if name.startswith(verb)))


def _named(detector: str, kind: str, id_: str) -> dict[str, str]:
    return {"DetectorId": detector, IDS[kind]: id_}
