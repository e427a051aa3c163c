"""Organization conformance packs of AWS Config."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, ClassVar

from landing.aws import Aws, unless
from landing.core.constraints import config_rules
from landing.core.keys import is_key
from landing.core.model import Action, Address, Change, Diagnostic, Json, Resource, Scope
from landing.core.references import account_key
from landing.core.spelling import nearest
from landing.organization import PREFIX, EnabledService, File, Organization
from landing.services.config import pack as packs
from landing.services.config.organization_deployment import (
    MOST_EXCLUDED,
    Deployed,
    Failure,
    excluded,
    failed_in,
    left_out,
    names_of,
    needs,
)
from landing.services.config.pack import DIGEST, MOST_BYTES, MOST_RULES, ConformancePack, digest
from landing.services.config.settings import ConfigSettings, Pack
from landing.services.shapes import key_of, name_problems
from landing.services.strength import Weaker, neutral, told, told_each

MOST = 50
"""Packs of an organization (Developer Guide, "Service limits")."""
MOST_PARAMETERS = 330 - 1
"""ConformancePackInputParameters, but for ours."""
LONGEST = 128
"""OrganizationConformancePackName."""


class OrganizationConformancePack(Deployed):
    """A pack in every account of a region (PutOrganizationConformancePack).

    AWS never shows the template again: what it was made of is the digest in a parameter that nothing refers to.
    """

    name = "conformance_pack"
    title = "AWS Config conformance pack"
    controls = ("nist-800-53-r5:CA-7", "nist-csf-2.0:ID.IM-01")
    help_uri = "https://docs.aws.amazon.com/config/latest/developerguide/conformance-pack-organization-apis.html"
    weaker: ClassVar[Mapping[str, Weaker]] = {
        **Deployed.weaker,
        "template": told,
        "parameters": told_each,
        "failed": neutral,
    }
    reads = (
        "config:DescribeOrganizationConformancePacks",
        "config:DescribeOrganizationConformancePackStatuses",
        "config:GetOrganizationConformancePackDetailedStatus",
        "sts:AssumeRole",
    )
    writes = (
        "config:PutOrganizationConformancePack",
        "config:DeleteOrganizationConformancePack",
        "iam:CreateServiceLinkedRole",
        "organizations:ListDelegatedAdministrators",
    )
    thing = "organization conformance pack"
    absent = "NoSuchOrganizationConformancePackException"

    def check(self, organization: Organization) -> Iterable[Diagnostic]:
        """What PutOrganizationConformancePack refuses: files, names, sizes, parameters, rules that are not there."""
        service = organization.service(ConfigSettings)
        if service is None:
            return
        if len(service.settings.conformance_packs) > MOST:
            message = f"{len(service.settings.conformance_packs)} conformance packs; AWS takes {MOST}"
            yield service.problem("LZ421", message, "put packs together", "conformance_packs", key=True)
        names = {key: each.name for key, each in service.settings.conformance_packs.items()}
        things = "conformance packs"
        yield from name_problems(service, "LZ421", names, "conformance_packs", thing="a pack", things=things)
        read: set[str] = set()
        for key, wanted in service.settings.conformance_packs.items():
            yield from _name_problems(service, key, wanted)
            file = _file(organization, key, wanted)
            if file is None:
                hint = nearest(wanted.template or key, organization.conformance_packs, _there(organization))
                message = f"there is no conformance pack `{wanted.template or key}` in conformance-packs/"
                yield service.problem("LZ420", message, hint, "conformance_packs", key, "template", key=True)
                continue
            pack, problems = packs.pack_in(file)
            if file.path not in read:
                yield from problems
            read.add(file.path)
            if pack is not None:
                yield from self._problems(organization, service, key, pack)

    def _problems(
        self, organization: Organization, service: EnabledService[ConfigSettings], key: str, pack: ConformancePack
    ) -> Iterator[Diagnostic]:
        at, wanted = ("conformance_packs", key), service.settings.conformance_packs[key]
        for name in sorted(wanted.parameters.keys() - pack.parameters.keys()):
            hint = nearest(name, pack.parameters, "its parameters: " + (", ".join(pack.parameters) or "none"))
            yield service.problem(
                "LZ421", f"the pack has no parameter `{name}`", hint, *at, "parameters", name, key=True
            )
        for name in sorted(name for name, default in pack.parameters.items() if default is None):
            if name not in wanted.parameters:
                yield service.problem("LZ421", f"the pack needs the parameter `{name}`", "give it", *at, key=True)
        if len(pack.parameters) > MOST_PARAMETERS:
            message = f"the pack has {len(pack.parameters)} parameters; AWS takes {MOST_PARAMETERS} beside ours"
            yield service.problem("LZ421", message, "write values into the pack", *at, key=True)
        if len(out := left_out(organization, wanted.exclude)) > MOST_EXCLUDED:
            message = f"{len(out):,} accounts are left out; AWS takes {MOST_EXCLUDED:,}"
            yield service.problem("LZ421", message, "leave out fewer", *at, "exclude", key=True)
        for scope in self.scopes(organization):
            home = scope.region == organization.home_region
            if (count := pack.count(scope.region, home=home)) > MOST_RULES:
                message = f"the pack has {count} rules in {scope.region}; AWS takes {MOST_RULES}"
                yield service.problem("LZ421", message, "make two packs of it", *at, key=True)
                return
            if (size := len(packs.text(pack.document(scope.region, home=home)).encode())) > MOST_BYTES:
                message = f"the pack has {size:,} bytes of {MOST_BYTES:,}"
                yield service.problem("LZ421", message, "make two packs of it", *at, key=True)
                return
            missing = [each for each in packs.identifiers(pack.template.get("Resources", {}))
                       if not config_rules.is_offered(each, scope.region)]  # fmt: skip
            if missing:
                message = f"{scope.region} has no managed rule {', '.join(missing)}: AWS refuses the whole pack there"
                hint = "take it out, or write the pack as a table of `rules`, of which it gets what there is"
                yield service.problem("LZ421", message, hint, *at, key=True)

    def names(self, organization: Organization) -> Mapping[str, str]:
        """`landing-<key>`, or as the config says."""
        return names_of({key: each.name for key, each in _wanted(organization).items()})

    def controls_of(self, organization: Organization, address: Address) -> tuple[str, ...]:
        """Those that its rules are for as well."""
        pack = _pack(organization, address.name)
        return (*self.controls, *(pack.controls if pack else ()))

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """Each pack in each governed region that has rules of it."""
        service = organization.service(ConfigSettings)
        for key, wanted in _wanted(organization).items():
            pack = _pack(organization, key)
            for scope in self.scopes(organization) if pack else ():
                assert pack is not None
                assert service is not None
                home = scope.region == organization.home_region
                if not pack.count(scope.region, home=home):
                    continue
                document = pack.document(scope.region, home=home)
                given = {name: packs.text_of(value) for name, value in sorted(wanted.parameters.items())}
                attributes = {
                    "template": digest(document),
                    "parameters": {name: value for name, value in given.items() if name in document["Parameters"]},
                    "excluded": excluded(organization, wanted.exclude),
                    "failed": [],
                }
                source = service.at("conformance_packs", key)
                yield Resource(self.address(key, scope), attributes, tuple(needs(organization, scope)), source=source)

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """Every pack of the organization that this administrator made, and where its roll-out has failed."""
        client, names = aws.client("config", scope), self.names(organization)
        found: list[Any] = []
        with unless("OrganizationAccessDeniedException", "NoAvailableOrganizationException"):
            found = list(aws.listed(client, "describe_organization_conformance_packs", "OrganizationConformancePacks"))
        statuses = {}
        if found:
            listed = aws.listed(
                client, "describe_organization_conformance_pack_statuses", "OrganizationConformancePackStatuses"
            )
            statuses = {each["OrganizationConformancePackName"]: each for each in listed}
        for each in found:
            name = each["OrganizationConformancePackName"]
            status = statuses.get(name, {"Status": ""})["Status"]
            given = {
                one["ParameterName"]: one["ParameterValue"] for one in each.get("ConformancePackInputParameters") or ()
            }
            attributes = {
                "template": given.pop(DIGEST, ""),
                "parameters": given,
                "excluded": sorted(aws.symbolic(each.get("ExcludedAccounts") or [])),
                "failed": [],
            }
            if status.endswith("_FAILED"):
                failures = list(self.failures(aws, client, name, status))
                code = statuses[name].get("ErrorCode", status)
                attributes["failed"] = failed_in(aws, failures) or [code]
            address = self.address(key_of(name, names), scope)
            yield Resource(address, attributes, tuple(needs(organization, scope))[:1], name.startswith(PREFIX))

    def put(self, organization: Organization, aws: Aws, client: Any, name: str, change: Change) -> None:
        """With the template of the region."""
        assert change.after is not None
        region = change.address.scope.region
        pack = _pack(organization, change.address.name)
        assert pack is not None  # the config has it, for it is wanted
        document = pack.document(region, home=region == organization.home_region)
        given = {**change.after["parameters"], DIGEST: digest(document)}
        client.put_organization_conformance_pack(
            OrganizationConformancePackName=name,
            TemplateBody=packs.text(document),
            ConformancePackInputParameters=[
                {"ParameterName": each, "ParameterValue": value} for each, value in sorted(given.items())
            ],
            ExcludedAccounts=aws.resolve(change.after["excluded"]),
        )

    def delete(self, client: Any, name: str) -> None:
        """Its rules go with it."""
        client.delete_organization_conformance_pack(OrganizationConformancePackName=name)

    def statuses(self, client: Any, name: str) -> list[Any]:
        """As AWS has them."""
        found = client.describe_organization_conformance_pack_statuses(OrganizationConformancePackNames=[name])
        return list(found["OrganizationConformancePackStatuses"])

    def failures(self, aws: Aws, client: Any, name: str, status: str) -> Iterable[Failure]:
        """Account by account, of those alone."""
        for each in aws.listed(
            client,
            "get_organization_conformance_pack_detailed_status",
            "OrganizationConformancePackDetailedStatuses",
            OrganizationConformancePackName=name,
            Filters={"Status": status},
        ):
            yield each["AccountId"], each.get("ErrorCode", each["Status"])

    def notes(self, organization: Organization, change: Change) -> Iterable[str]:
        """How many rules it is, in how many accounts: what it is charged by; and what a region has not."""
        wanted, pack = _wanted(organization).get(change.address.name), _pack(organization, change.address.name)
        if change.action is Action.DELETE or wanted is None or pack is None:
            return
        region = change.address.scope.region
        home = region == organization.home_region
        if change.action is Action.CREATE:
            accounts = len(organization.accounts) - len(left_out(organization, wanted.exclude))
            count = pack.count(region, home=home)
            yield f"{count} rules in {accounts:,} accounts of {region}: AWS charges each evaluation of each"
        if missing := pack.left_out(region, home=home):
            yield f"left out, for {region} has no such rule: {', '.join(missing)}"


def packs_of(organization: Organization, live: Collection[Resource]) -> Iterator[tuple[str, Json]]:
    """The setting `conformance_packs` for those of ours whose file is there: of all others AWS does not show enough."""
    kind = OrganizationConformancePack()
    found: dict[str, dict[Scope, Resource]] = {}
    for each in live:
        if each.address.kind == kind.name and each.owned and is_key(each.address.name):
            found.setdefault(each.address.name, {})[each.address.scope] = each
    for key, here in sorted(found.items()):
        excluded_there = [each.attributes["excluded"] for each in here.values()]
        given = {name: value for each in here.values() for name, value in each.attributes["parameters"].items()}
        alike = all(each.attributes["parameters"].items() <= given.items() for each in here.values())
        name = next(
            (name for name, file in organization.conformance_packs.items() if _is(organization, file, here)), ""
        )
        if not name or not alike or any(each != excluded_there[0] for each in excluded_there):
            continue
        said: dict[str, Any] = {} if name == key else {"template": name}
        if given:
            said["parameters"] = given
        if excluded_there[0]:
            said["exclude"] = {"accounts": sorted(filter(None, map(account_key, excluded_there[0])))}
        yield key, said


def _is(organization: Organization, file: File, here: Mapping[Scope, Resource]) -> bool:
    """Whether what is found in the regions is the pack of a file, there and nowhere else."""
    pack, _ = packs.pack_in(file)
    if pack is None:
        return False
    wanted = {
        scope: digest(pack.document(scope.region, home=scope.region == organization.home_region))
        for scope in OrganizationConformancePack().scopes(organization)
        if pack.count(scope.region, home=scope.region == organization.home_region)
    }
    return wanted == {scope: each.attributes["template"] for scope, each in here.items()}


def _wanted(organization: Organization) -> Mapping[str, Pack]:
    service = organization.service(ConfigSettings)
    return service.settings.conformance_packs if service else {}


def _file(organization: Organization, key: str, wanted: Pack) -> File | None:
    return organization.conformance_packs.get(wanted.template or key)


def _pack(organization: Organization, key: str) -> ConformancePack | None:
    """The pack that a key of the config means."""
    wanted = _wanted(organization).get(key)
    file = _file(organization, key, wanted) if wanted else None
    return packs.pack_in(file)[0] if file else None


def _there(organization: Organization) -> str:
    return "there is " + ", ".join(sorted(organization.conformance_packs))


def _name_problems(service: EnabledService[ConfigSettings], key: str, wanted: Pack) -> Iterator[Diagnostic]:
    at = ("conformance_packs", key)
    if not wanted.name and ("_" in key or len(PREFIX + key) > LONGEST):
        hint = "letters, digits and `-`"
        yield service.problem("LZ421", f"`{key}` cannot be the name of a conformance pack", hint, *at, key=True)
