"""Scans of instances by the benchmarks of CIS, again and again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from landing.aws import SERVICE_DENIES, Aws, unless
from landing.core import forms
from landing.core.model import Action, Change, Diagnostic, Resource, Scope, Severity
from landing.core.references import account_id
from landing.organization import PREFIX, Organization
from landing.services.base import Ownership, required_account
from landing.services.inspector.members import InspectorMembers
from landing.services.inspector.scan_settings import Inspector
from landing.services.inspector.settings import CisScan, InspectorSettings
from landing.services.shapes import NAME, AdministeredSetting, keyed_apart
from landing.services.strength import Weaker, kept, neutral, ranked, told

SCHEDULES = {"day": "daily", "week": "weekly", "month": "monthly"}


class InspectorCisScan(AdministeredSetting):
    """A configuration of scans (CreateCisScanConfiguration), called `landing-<key>`, in every region.

    AWS gives a name to as many as are made, and has no token by which it knows a request again: of two of ours with
    one name, the second is deleted. Accounts stand by their ids, as AWS answers nothing else.
    """

    name = "inspector_cis_scan"
    ending = "deleted"
    title = "Inspector CIS scan"
    ownership = Ownership.PREFIX
    severity = Severity.MEDIUM
    service = "inspector"
    client_name = "inspector2"
    removal = "delete"
    controls = ("nist-800-53-r5:CM-6", "pci-dss-4.0:2.2.1")
    help_uri = "https://docs.aws.amazon.com/inspector/latest/user/scanning-cis.html"
    canonical: ClassVar[Mapping[str, forms.Form]] = dict.fromkeys(("accounts", "days", "tags"), forms.unordered)
    weaker: ClassVar[Mapping[str, Weaker]] = {
        "level": ranked("LEVEL_2", "LEVEL_1"),
        "every": ranked(*SCHEDULES),
        "days": kept(),
        "at": neutral,
        "timezone": neutral,
        "accounts": kept(),
        "tags": told,
    }
    reads = ("inspector2:ListCisScanConfigurations", "sts:AssumeRole")
    writes = (
        "inspector2:CreateCisScanConfiguration",
        "inspector2:UpdateCisScanConfiguration",
        "inspector2:DeleteCisScanConfiguration",
    )

    def check(self, organization: Organization) -> Iterable[Diagnostic]:
        """Days that do not fit how often it is, and nobody to scan."""
        service = organization.service(InspectorSettings)
        for key, scan in (service.settings.cis_scans if service else {}).items():
            assert service is not None
            if scan.every == "month" and len(scan.days) > 1:
                message = f"CIS scan `{key}`: one day of the month, not {len(scan.days)}"
                yield service.problem("LZ397", message, "leave one", "cis_scans", key, "days")
            if not organization.members(scan.target):
                message = f"CIS scan `{key}` is of no account"
                yield service.problem("LZ397", message, "name units or accounts", "cis_scans", key, "target")

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """Each scan, in every governed region that has Inspector."""
        service = organization.service(InspectorSettings)
        for key, scan in (service.settings.cis_scans if service else {}).items():
            assert service is not None
            accounts = organization.members(scan.target)
            for scope in self.scopes(organization):
                others = [each for each in accounts if each != scope.account]
                kind = InspectorMembers() if others else Inspector()
                needs = (kind.address(NAME, scope), *map(required_account, accounts))
                attributes = _wanted(scan) | {"accounts": sorted(map(account_id, accounts))}
                yield Resource(self.address(key, scope), attributes, needs, source=service.at("cis_scans", key))

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """All that recur; those of a single time are somebody's own affair."""
        for key, owned, found in self._scans(aws, scope):
            schedule = dict(_schedule(found["schedule"]))
            targets = found["targets"]
            attributes = {
                "level": found["securityLevel"],
                **schedule,
                "accounts": sorted(aws.symbolic(list(targets["accountIds"]))),
                "tags": {name: sorted(values) for name, values in targets["targetResourceTags"].items()},
            }
            yield Resource(self.address(key, scope), attributes, (Inspector().address(NAME, scope),), owned=owned)

    def _scans(self, aws: Aws, scope: Scope) -> Iterator[tuple[str, bool, Mapping[str, Any]]]:
        """By key; of one name, the others with their ids."""
        client = aws.client(self.client_name, scope)
        with unless(SERVICE_DENIES):
            listed = aws.listed(client, "list_cis_scan_configurations", "scanConfigurations")
            recurring = [each for each in listed if "oneTime" not in each["schedule"]]
            recurring.sort(key=lambda each: str(each["scanConfigurationArn"]))
            yield from keyed_apart(recurring, name="scanName", arn="scanConfigurationArn")

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Create, or replace all of it."""
        scope, after = change.address.scope, change.after
        client = aws.client(self.client_name, scope)
        present = {key: found["scanConfigurationArn"] for key, _, found in self._scans(aws, scope)}
        arn = present.get(change.address.name, "")
        if change.action is Action.DELETE:
            if arn:
                client.delete_cis_scan_configuration(scanConfigurationArn=arn)
            return
        assert after is not None
        wanted = {
            "securityLevel": after["level"],
            "schedule": _sent(after),
            "targets": {"accountIds": aws.resolve(after["accounts"]), "targetResourceTags": after["tags"]},
        }
        if arn:
            client.update_cis_scan_configuration(scanConfigurationArn=arn, **wanted)
        else:
            client.create_cis_scan_configuration(scanName=PREFIX + change.address.name, **wanted)


def _wanted(scan: CisScan) -> dict[str, Any]:
    return {
        "level": scan.level,
        "every": scan.every,
        "days": [] if scan.every == "day" else sorted(scan.days),
        "at": scan.at,
        "timezone": scan.timezone,
        "tags": {name: sorted(values) for name, values in sorted(scan.tags.items())},
    }


def _schedule(found: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """How often, in the words of the config."""
    for every, name in SCHEDULES.items():
        if name in found:
            start = found[name]["startTime"]
            yield from {"every": every, "at": start["timeOfDay"].zfill(5), "timezone": start["timezone"]}.items()
            day = [found[name]["day"]] if "day" in found[name] else []
            yield "days", sorted(found[name].get("days") or day)


def _sent(after: Mapping[str, Any]) -> dict[str, Any]:
    when: dict[str, Any] = {"startTime": {"timeOfDay": after["at"], "timezone": after["timezone"]}}
    if after["every"] == "week":
        when["days"] = after["days"]
    elif after["every"] == "month":
        (when["day"],) = after["days"]
    return {SCHEDULES[after["every"]]: when}
