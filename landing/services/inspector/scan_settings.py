"""Inspector in the administrator's account, and what it is for the whole organization."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from landing.aws import SERVICE_DENIES, Aws, unless
from landing.core import forms
from landing.core.model import Action, Change, Diagnostic, Resource, Scope
from landing.core.text import few
from landing.organization import EnabledService, Organization
from landing.services.inspector.administrator import InspectorAdministrator
from landing.services.inspector.scans import answered, in_new_accounts, is_on, own_statuses, switch_own, wanted
from landing.services.inspector.settings import ANSWERED, CODE, CODE_REGIONS, LINKED, RESCANS, SCANS, InspectorSettings
from landing.services.overrides import by_account
from landing.services.shapes import NAME, AdministeredSetting
from landing.services.strength import Weaker, each, kept, neutral, on, ranked

REGISTRIES = "ecr_scanning"
"""The blueprint that says how images in registries are scanned."""


def _basic_registries(organization: Organization, service: EnabledService[InspectorSettings]) -> Iterator[Diagnostic]:
    """Baselines that would take images away from Inspector (ECR User Guide, "Scan images")."""
    for key, deployment in organization.deployments.items():
        basic = deployment.blueprint == REGISTRIES and "BASIC" in _scan_types(deployment.template)
        if basic and service.settings.scans.get("ecr", True):
            message = f"baseline `{key}` has ECR scan images, which switches Inspector off for them"
            hint = f"baselines: {{{key}: {{parameters: {{scan_type: ENHANCED}}}}}}, or `ecr: false`"
            yield service.problem("LZ397", message, hint, "scans", "ecr")


def _scan_types(template: Any) -> set[str]:
    bodies = (template.get("Resources") or {}).values()
    return {str((body.get("Properties") or {}).get("ScanType", "")) for body in bodies}


class Inspector(AdministeredSetting):
    """What is scanned in the administrator's account and in accounts that join, and how (UpdateConfiguration).

    The administrator's own scans come first: without any, AWS takes no other setting of the organization. How scans
    are made reaches members that nobody has set by themselves.
    """

    name = "inspector"
    ending = "switched off"
    title = "Inspector"
    service = "inspector"
    client_name = "inspector2"
    controls = (
        "fsbp:Inspector.1", "fsbp:Inspector.2", "fsbp:Inspector.3", "fsbp:Inspector.4", "nist-800-53-r5:RA-5",
        "nist-800-53-r5:SI-2", "pci-dss-4.0:6.3.1", "pci-dss-4.0:11.3.1", "nist-csf-2.0:ID.RA-01",
    )  # fmt: skip
    help_uri = "https://docs.aws.amazon.com/inspector/latest/user/managing-multiple-accounts.html"
    weaker: ClassVar[Mapping[str, Weaker]] = {
        "new_accounts": each(on),
        "administrator": each(on),
        "ec2_scan_mode": ranked("EC2_HYBRID", "EC2_SSM_AGENT_BASED"),
        "deep_inspection_paths": kept(),
        "ecr_rescan": ranked(*RESCANS),
        "ecr_pull_rescan": ranked(*RESCANS[1:]),
        "ecr_pull_rescan_mode": neutral,
    }
    canonical: ClassVar[Mapping[str, forms.Form]] = {"deep_inspection_paths": forms.unordered}
    reads = (
        "inspector2:BatchGetAccountStatus",
        "inspector2:DescribeOrganizationConfiguration",
        "inspector2:GetConfiguration",
        "inspector2:GetEc2DeepInspectionConfiguration",
        "sts:AssumeRole",
    )
    writes = (
        "inspector2:Enable",
        "inspector2:Disable",
        "inspector2:UpdateOrganizationConfiguration",
        "inspector2:UpdateConfiguration",
        "inspector2:UpdateOrgEc2DeepInspectionConfiguration",
        "iam:CreateServiceLinkedRole",
    )
    linked = LINKED

    def check(self, organization: Organization) -> Iterable[Diagnostic]:
        """Code of functions without functions, and regions in which code is not scanned."""
        service = organization.service(InspectorSettings)
        if service is None:
            return
        settings = service.settings
        yield from _basic_registries(organization, service)
        places: dict[tuple[str, ...], Mapping[str, bool]] = {("scans",): settings.scans}
        places |= {("overrides", key, "scans"): override.scans for key, override in settings.overrides.items()}
        if _without_functions(settings.scans):
            hint = "add `lambda: true`, or leave `lambda_code` out"
            yield service.problem("LZ397", "`lambda_code` needs `lambda`", hint, "scans", "lambda_code")
        else:
            yield from self._overridden(organization, service)
        without = [scope.region for scope in self.scopes(organization) if scope.region not in CODE_REGIONS]
        for at, said in places.items():
            for name in (code for code in CODE if said.get(code) and without):
                message = f"Inspector does not scan code in {', '.join(without)}: `{name}` is left out there"
                yield service.problem("LZ366", message, "", *at, name, severity="info")

    def _overridden(
        self, organization: Organization, service: EnabledService[InspectorSettings]
    ) -> Iterable[Diagnostic]:
        """Overrides that leave an account with the code of functions, and without the functions."""
        wrong = {key for key, own in by_account(organization, service).items() if _without_functions(own.scans)}
        for key, override in service.settings.overrides.items():
            said = [name for name in ("lambda_code", "lambda") if name in override.scans]
            here = [account for account in organization.members(override.target) if account in wrong]
            if said and here:
                message = f"`lambda_code` needs `lambda`, which {few(here)} would not have"
                hint = "say the same of both"
                yield service.problem("LZ397", message, hint, "overrides", key, "scans", said[0])

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """The same in each governed region that has Inspector, but for code."""
        service = organization.service(InspectorSettings)
        if service is None:
            return
        settings = service.settings
        for scope in self.scopes(organization):
            attributes = {
                "new_accounts": in_new_accounts(organization, scope.region),
                "administrator": wanted(organization, scope.region)[scope.account],
                "ec2_scan_mode": settings.ec2_scan_mode,
                "deep_inspection_paths": sorted(settings.deep_inspection_paths),
                "ecr_rescan": settings.ecr_rescan,
                "ecr_pull_rescan": settings.ecr_pull_rescan,
                "ecr_pull_rescan_mode": settings.ecr_pull_rescan_mode,
            }
            needs = (self.administrator(organization, scope, InspectorAdministrator()),)
            yield Resource(self.address(NAME, scope), attributes, needs, source=service.source)

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """Nothing where it administers no organization, or neither scans nor is to scan anything."""
        client = aws.client("inspector2", scope)
        with unless(SERVICE_DENIES) as off:
            own = {name: is_on(status) for name, status in own_statuses(client).items()}
            joining = answered(client.describe_organization_configuration()["autoEnable"])
        if off.code or not any((*own.values(), *joining.values())):
            return
        with unless(SERVICE_DENIES) as off:
            how = client.get_configuration()
            paths = client.get_ec2_deep_inspection_configuration().get("orgPackagePaths") or []
        images = {} if off.code else how["ecrConfiguration"]["rescanDurationState"]
        attributes = {
            "new_accounts": {name: bool(joining.get(name)) for name in in_new_accounts(organization, scope.region)},
            "administrator": own,
            "ec2_scan_mode": "" if off.code else how["ec2Configuration"]["scanModeState"]["scanMode"],
            "deep_inspection_paths": [] if off.code else sorted(paths),
            "ecr_rescan": images.get("rescanDuration", ""),
            "ecr_pull_rescan": images.get("pullDateRescanDuration", ""),
            "ecr_pull_rescan_mode": images.get("pullDateRescanMode", ""),
        }
        needs = (self.administrator(organization, scope, InspectorAdministrator()),)
        yield Resource(self.address(NAME, scope), attributes, needs)

    def notes(self, organization: Organization, change: Change) -> Iterable[str]:
        """What goes with the last scan of an account."""
        if change.action is Action.DELETE:
            yield "its findings and suppression rules are deleted with it"

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Own scans, then what accounts get that join, then how; off means that nobody gets any."""
        scope, after = change.address.scope, change.after
        client = aws.client("inspector2", scope)
        if after is None:
            _set_joining(client, dict.fromkeys(in_new_accounts(organization, scope.region), False))
            switch_own(aws, client, scope, dict.fromkeys(SCANS, False))
            return
        switch_own(aws, client, scope, after["administrator"])
        _set_joining(client, after["new_accounts"])
        client.update_configuration(
            ec2Configuration={"scanMode": after["ec2_scan_mode"]},
            ecrConfiguration={
                "rescanDuration": after["ecr_rescan"],
                "pullDateRescanDuration": after["ecr_pull_rescan"],
                "pullDateRescanMode": after["ecr_pull_rescan_mode"],
            },
        )
        client.update_org_ec2_deep_inspection_configuration(orgPackagePaths=after["deep_inspection_paths"])


def _without_functions(scans: Mapping[str, bool]) -> bool:
    asked = {**SCANS, **scans}
    return asked["lambda_code"] and not asked["lambda"]


def _set_joining(client: Any, scans: Mapping[str, bool]) -> None:
    wanted = {ANSWERED.get(name, name): to for name, to in scans.items()}
    client.update_organization_configuration(autoEnable=wanted)
