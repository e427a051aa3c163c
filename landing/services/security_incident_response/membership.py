"""The membership of an organization: who answers for it, and whom it covers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from landing.aws import SERVICE_DENIES, Aws, batched, unless
from landing.core import forms
from landing.core.model import Action, Address, Change, Diagnostic, Resource, Scope
from landing.core.spelling import nearest
from landing.organization import ROOT, Organization
from landing.organization.resources import UNIT
from landing.services.organizations.delegated_administrator import DelegatedAdministrator
from landing.services.organizations.trusted_access import TrustedAccess
from landing.services.security_incident_response.settings import (
    PRINCIPAL,
    REGIONS,
    TRIAGE,
    IncidentResponseSettings,
)
from landing.services.shapes import NAME, AdministeredSetting
from landing.services.strength import Weaker, neutral, on

MOST = 5
"""Units of a call (API reference, MembershipAccountsConfigurationsUpdate)."""
FEWEST = 2
"""People of a team (API reference, CreateMembership)."""
NOT_ACTIVE = "SecurityIncidentResponseNotActiveException"


def _people(team: Any) -> Any:
    """By e-mail address, of which case tells nobody apart."""
    return forms.unordered([{**each, "email": forms.email(each["email"])} for each in team])


def _fewer(before: Any, after: Any) -> Iterable[str]:
    """Who is no longer called."""
    left = {each["email"] for each in _people(after)}
    yield from (f"no longer {each['email']}" for each in _people(before) if each["email"] not in left)


def _uncovered(before: Any, after: Any) -> Iterable[str]:
    """Units of which neither themselves nor one above is covered any more."""
    for unit in before:
        above = {ROOT, *(unit[:at] for at, letter in enumerate(unit) if letter == "/"), unit}
        if not above & {*after}:
            yield f"no longer {unit}"


class IncidentResponseMembership(AdministeredSetting):
    """One in an organization (CreateMembership), in the account that administers the service, in the home region.

    One that was cancelled and has not ended yet is taken up again (`undoMembershipCancellation`). How each person of
    the team wants to hear is theirs: it stays as AWS has it.
    """

    name = "incident_response_membership"
    title = "Incident response membership"
    ending = "cancelled"
    service = "security_incident_response"
    client_name = "security-ir"
    home_only = True
    parallel = 1
    ahead = ("accounts", "units")
    controls = ("nist-800-53-r5:IR-4", "nist-800-53-r5:IR-7", "nist-csf-2.0:RS.MA-01", "pci-dss-4.0:12.10.1")
    help_uri = "https://docs.aws.amazon.com/security-ir/latest/userguide/enable-sir-using-cli.html"
    canonical: ClassVar[Mapping[str, forms.Form]] = {"team": _people, "units": forms.unordered}
    weaker: ClassVar[Mapping[str, Weaker]] = {
        "name": neutral,
        "team": _fewer,
        "triage": on,
        "units": _uncovered,
    }
    reads = ("security-ir:ListMemberships", "security-ir:GetMembership", "sts:AssumeRole")
    writes = (
        "security-ir:CreateMembership",
        "security-ir:UpdateMembership",
        "security-ir:CancelMembership",
        "iam:CreateServiceLinkedRole",
    )
    linked = (PRINCIPAL, TRIAGE)

    def check(self, organization: Organization) -> Iterable[Diagnostic]:
        """A home region without the service, units that are none, people who are named twice."""
        service = organization.service(IncidentResponseSettings)
        if service is None:
            return
        if organization.home_region not in REGIONS:
            message = (
                f"AWS Security Incident Response has no memberships in the home region, {organization.home_region}"
            )
            yield Diagnostic("LZ442", message, service.source, "leave the service out")
        for number, unit in enumerate(service.settings.units):
            if unit not in organization.units:
                hint = nearest(unit, organization.units, "declare it under `units`")
                yield service.problem("LZ301", f"there is no unit `{unit}`", hint, "units", number)
        if len(service.settings.team) < FEWEST:
            message = f"a team has at least {FEWEST} people, not {len(service.settings.team)}"
            yield service.problem("LZ442", message, "name another", "team")
        emails = [forms.email(each.email) for each in service.settings.team]
        for number, email in enumerate(emails):
            if email in emails[:number]:
                message = f"`{email}` is in the team twice"
                yield service.problem("LZ442", message, "leave one", "team", number, "email")

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """One, when the service is in the config."""
        service = organization.service(IncidentResponseSettings)
        if service is None:
            return
        settings = service.settings
        attributes = {
            "name": settings.name,
            "team": [{"name": each.name, "title": each.title, "email": each.email} for each in settings.team],
            "triage": settings.triage,
            "units": sorted(settings.units) or [ROOT],
        }
        for scope in self.scopes(organization):
            needs = [
                TrustedAccess().address(PRINCIPAL),
                DelegatedAdministrator().address(f"{PRINCIPAL}/{scope.account}"),
                *(Address(UNIT, unit) for unit in settings.units),
            ]
            yield Resource(self.address(NAME, scope), attributes, tuple(needs), source=service.source)

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """One that is active; nothing where the account administers nothing, or the membership was cancelled."""
        client = aws.client(self.client_name, scope)
        with unless(SERVICE_DENIES, NOT_ACTIVE) as off:
            found = _listed(aws, client)
            details = client.get_membership(membershipId=found["membershipId"]) if found else {}
        if off.code or details.get("membershipStatus") != "Active":
            return
        attributes = {
            "name": details["membershipName"],
            "team": [
                {"name": each["name"], "title": each["jobTitle"], "email": each["email"]}
                for each in details["incidentResponseTeam"]
            ],
            "triage": _triage(details),
            "units": [ROOT] if _whole(details) else sorted(map(aws.tree.node_key, _covered(details))),
        }
        yield Resource(self.address(NAME, scope), attributes)

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """The role of triage in the management account first; then the membership, and the units five a call."""
        scope, after = change.address.scope, change.after
        client = aws.client(self.client_name, scope)
        found = _listed(aws, client)
        if change.action is Action.DELETE:
            if found and found["membershipStatus"] == "Active":
                client.cancel_membership(membershipId=found["membershipId"])
            return
        assert after is not None
        if after["triage"]:
            management = aws.client("iam", Scope(organization.management, scope.region))
            with unless("InvalidInput", "InvalidInputException"):  # it is there
                management.create_service_linked_role(AWSServiceName=TRIAGE)
        wanted = {
            "membershipName": after["name"],
            "optInFeatures": [{"featureName": "Triage", "isEnabled": after["triage"]}],
        }
        whole = after["units"] == [ROOT]
        if found is None:
            made = client.create_membership(
                **wanted, incidentResponseTeam=_sent(after["team"], {}), coverEntireOrganization=whole
            )
            member = {"membershipId": made["membershipId"]}
        else:
            member = {"membershipId": found["membershipId"]}
            if found["membershipStatus"] == "Cancelled":
                client.update_membership(**member, undoMembershipCancellation=True)
        present = client.get_membership(**member)
        if found is not None:
            client.update_membership(**member, **wanted, incidentResponseTeam=_sent(after["team"], present))
        units = set() if whole else {aws.tree.node_id(unit) for unit in after["units"]}
        for part in _steps(whole, units, present):
            client.update_membership(**member, membershipAccountsConfigurationsUpdate=part)

    def notes(self, organization: Organization, change: Change) -> Iterable[str]:
        """That it is paid for, and until when."""
        if change.action is Action.CREATE:
            yield "a subscription, which is paid for until it is cancelled"
        if change.action is Action.DELETE:
            yield "until AWS has ended it, with the billing period, another apply takes it up again"
            yield f"{change.address.scope.account} stays registered as administrator of {PRINCIPAL}"


def _listed(aws: Aws, client: Any) -> Mapping[str, Any] | None:
    """The membership that has not ended, of those that the account may see; one that is active before others."""
    listed = [
        each
        for each in aws.listed(client, "list_memberships", "items")
        if each["membershipStatus"] in ("Active", "Cancelled")
    ]
    return min(listed, key=lambda each: str(each["membershipStatus"]), default=None)


def _triage(details: Mapping[str, Any]) -> bool:
    return any(each["featureName"] == "Triage" and each["isEnabled"] for each in details.get("optInFeatures") or ())


def _whole(details: Mapping[str, Any]) -> bool:
    return bool((details.get("membershipAccountsConfigurations") or {}).get("coverEntireOrganization"))


def _covered(details: Mapping[str, Any]) -> list[str]:
    """The ids of the units that are covered by themselves."""
    units = (details.get("membershipAccountsConfigurations") or {}).get("organizationalUnits") or []
    return [] if _whole(details) else sorted(units)


def _sent(team: Iterable[Mapping[str, str]], present: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The team as a whole, as AWS takes it; who is there already goes on hearing as they do."""
    hears = {
        forms.email(each["email"]): each["communicationPreferences"]
        for each in present.get("incidentResponseTeam") or ()
        if each.get("communicationPreferences")
    }
    return [
        {"name": each["name"], "jobTitle": each["title"], "email": each["email"]}
        | ({"communicationPreferences": hears[address]} if (address := forms.email(each["email"])) in hears else {})
        for each in team
    ]


def _steps(whole: bool, units: set[str], present: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    """The calls that lead to what is to be covered, at most five units a call; none where it is so."""
    covered = set(_covered(present))
    if whole:
        if not _whole(present):
            yield {"coverEntireOrganization": True}
        return
    added, gone = sorted(units - covered), sorted(covered - units)
    first: dict[str, Any] = {"coverEntireOrganization": False} if _whole(present) else {}
    for batch in batched(added, MOST):
        yield {**first, "organizationalUnitsToAdd": list(batch)}
        first = {}
    for batch in batched(gone, MOST):
        yield {"organizationalUnitsToRemove": list(batch)}
