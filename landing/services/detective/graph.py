"""The behaviour graph of a region: whom it covers by itself, and what is analysed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, ClassVar

from landing.aws import SERVICE_DENIES, Aws, unless
from landing.core import forms
from landing.core.errors import OperationFailed
from landing.core.model import Action, Address, Change, Resource, Scope
from landing.organization import Organization
from landing.services.detective.administrator import DetectiveAdministrator
from landing.services.detective.settings import CORE, PACKAGES, DetectiveSettings
from landing.services.shapes import NAME, AdministeredSetting
from landing.services.strength import Weaker, kept, on

STARTED = "STARTED"
"""The state of a package that is analysed (API reference, DatasourcePackageIngestState)."""


class Detective(AdministeredSetting):
    """The graph of the organization; it comes and goes with the administrator's appointment."""

    name = "detective"
    ending = "switched off"
    title = "Detective"
    service = "detective"
    client_name = "detective"
    controls = ("nist-csf-2.0:DE.AE-02", "nist-csf-2.0:DE.AE-03", "nist-800-53-r5:IR-4")
    help_uri = "https://docs.aws.amazon.com/detective/latest/userguide/accounts-orgs-members.html"
    canonical: ClassVar[Mapping[str, forms.Form]] = {"packages": forms.unordered}
    weaker: ClassVar[Mapping[str, Weaker]] = {"auto_enable": on, "packages": kept()}
    reads = (
        "detective:ListGraphs",
        "detective:DescribeOrganizationConfiguration",
        "detective:ListDatasourcePackages",
        "sts:AssumeRole",
    )
    writes = ("detective:UpdateOrganizationConfiguration", "detective:UpdateDatasourcePackages")

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """The same in each governed region that has Detective."""
        service = organization.service(DetectiveSettings)
        if service is None:
            return
        packages = sorted(service.settings.packages)
        for scope in self.scopes(organization):
            attributes = {"auto_enable": service.settings.auto_enable, "packages": packages}
            needs = (self.administrator(organization, scope, DetectiveAdministrator()),)
            yield Resource(self.address(NAME, scope), attributes, needs, source=service.source)

    def as_found(self, organization: Organization, wanted: Resource, live: Mapping[Address, Resource]) -> Resource:
        """Packages that were started once stay, as no call stops them."""
        found = live.get(wanted.address)
        if found is None:
            return wanted
        packages = sorted({*wanted.attributes["packages"], *found.attributes["packages"]})
        return replace(wanted, attributes={**wanted.attributes, "packages": packages})

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """Nothing where there is no graph, or one that is of no organization.

        Nor where the config does not have the service and nobody joins: all that is left goes with the administrator.
        """
        client = aws.client(self.client_name, scope)
        graph = graph_of(aws, client)
        if not graph:
            return
        with unless(SERVICE_DENIES) as denied:
            joining = client.describe_organization_configuration(GraphArn=graph)
        if denied.code or not (joining["AutoEnable"] or organization.service(DetectiveSettings)):
            return
        attributes = {"auto_enable": joining["AutoEnable"], "packages": _packages(aws, client, graph)}
        needs = (self.administrator(organization, scope, DetectiveAdministrator()),)
        yield Resource(self.address(NAME, scope), attributes, needs)

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Of the end: nobody joins any more; the graph itself goes with the administrator."""
        scope, after = change.address.scope, change.after
        client = aws.client(self.client_name, scope)
        graph = graph_of(aws, client)
        if not graph and change.action is Action.DELETE:
            return
        if not graph:
            raise OperationFailed("Detective has no graph here", operation="ListGraphs", scope=scope)
        client.update_organization_configuration(GraphArn=graph, AutoEnable=bool(after and after["auto_enable"]))
        started = _packages(aws, client, graph)
        missing = [PACKAGES.get(name, name) for name in (after["packages"] if after else ()) if name not in started]
        if missing:
            client.update_datasource_packages(GraphArn=graph, DatasourcePackages=missing)


def graph_of(aws: Aws, client: Any) -> str:
    """The ARN of the account's own graph in a region, of which there is one; nothing without one."""
    return next((str(each["Arn"]) for each in aws.listed(client, "list_graphs", "GraphList")), "")


def _packages(aws: Aws, client: Any, graph: str) -> list[str]:
    """Packages that are started besides the core, as the config names them; by AWS's name where it does not."""
    names = {package: name for name, package in PACKAGES.items()}
    found: dict[str, Any] = {}
    for page in aws.pages(client, "list_datasource_packages", GraphArn=graph):
        found.update(page.get("DatasourcePackages") or {})
    started = [name for name, state in found.items() if state.get("DatasourcePackageIngestState") == STARTED]
    return sorted(names.get(name, name) for name in started if name != CORE)
