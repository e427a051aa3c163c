"""From a document that fits the schema to an `Organization`; what cannot be resolved becomes a problem."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from landing import references
from landing.blueprint import MAX_TEMPLATE, Blueprint, canonical
from landing.config.document import Document, Path_
from landing.config.schema import Schema, with_defaults
from landing.config.settings import HOME, SERVICE_BLUEPRINTS, ServiceBlueprint
from landing.config.targets import target_of
from landing.deadlines import seconds
from landing.errors import ConfigError
from landing.library import Library
from landing.model import Json, Problem, Source
from landing.organization import (
    ROOT,
    Account,
    Contact,
    Deployment,
    Guardrail,
    LockPlace,
    Organization,
    Service,
    Target,
    Unit,
    node_of,
)
from landing.partitions import REGIONS
from landing.services import ACCOUNT, INTEGRATIONS, STACKSETS

SCP = "SERVICE_CONTROL_POLICY"


class Builder:
    """Turns one document into one organization, collecting problems instead of stopping at the first."""

    def __init__(self, document: Document, library: Library, services: Mapping[str, Schema]) -> None:
        self.document = document
        self.library = library
        self.schemas = services
        self.data: Mapping[str, Any] = document.data
        self.problems: list[Problem] = []
        self.partition = REGIONS[self.data["organization"]["home_region"]]
        self.roles: Mapping[str, str] = self.data["roles"]

    def problem(self, code: str, message: str, path: Path_, hint: str = "", *, key: bool = False) -> None:
        """Note something wrong at a path of the config."""
        self.problems.append(self.document.problem(code, message, path, hint, key=key))

    def build(self) -> Organization:
        """The organization; trust it only when `problems` is empty."""
        top = self.data["organization"]
        guardrails = dict(self._guardrails())
        services = dict(self._services())
        return Organization(
            name=top["name"],
            id=top.get("id", ""),
            home_region=top["home_region"],
            governed_regions=tuple(top["governed_regions"]),
            stack_sets_by_region_group=top.get("stack_sets_by_region_group", False),
            partition=self.partition,
            management=self.roles["management"],
            log_archive=self.roles["log_archive"],
            security_tooling=self.roles["security_tooling"],
            member_role=self.member_role,
            exempt_roles=tuple(self.exempt_roles()),
            units=dict(self._units(self.data.get("units") or {}, ROOT, ("units",))),
            accounts=dict(self._accounts()),
            guardrails=guardrails,
            deployments={d.key: d for d in (*self._service_deployments(services), *self._baselines())},
            services=services,
            trusted_access=dict(self._trusted_access(services)),
            delegated_administrators=self._delegated_administrators(services),
            policy_types=dict(self._policy_types(guardrails)),
            timeouts={name: seconds(text) for name, text in (self.data.get("timeouts") or {}).items()},
            limits=self.data.get("limits") or {},
            packed=dict(self._packed()),
            source=self.document.source(("organization",), key=True),
            sources={
                f"{part}.{key}": source
                for part in ("roles", "delegated_administrators")
                for key in self.data.get(part) or {}
                if (source := self.document.source((part, key), key=True))
            },
            lock=self._lock(),
        )

    def _lock(self) -> LockPlace | None:
        given = self.data.get("lock")
        if not given:
            return None
        return LockPlace(
            bucket=given["bucket"],
            key=given.get("key", "landing.lock"),
            account=given.get("account", self.roles["management"]),
            region=given.get("region", self.data["organization"]["home_region"]),
        )

    @property
    def member_role(self) -> str:
        """The role in member accounts that the management account assumes."""
        return str((self.data.get("access") or {}).get("member_role", "OrganizationAccountAccessRole"))

    def exempt_roles(self) -> Iterator[str]:
        """ARN patterns of the roles that protective guardrails must let through."""
        names = ["stacksets-exec-*", self.member_role, "landing-*"]
        names += (self.data.get("access") or {}).get("exempt_roles") or []
        for name in names:
            yield name if name.startswith("arn:") else f"arn:{self.partition}:iam::*:role/{name}"

    def _units(self, units: Mapping[str, Any], parent: str, path: Path_) -> Iterator[tuple[str, Unit]]:
        for key, value in units.items():
            unit = value or {}
            whole = key if parent == ROOT else f"{parent}/{key}"
            source = self.document.source((*path, key), key=True)
            yield whole, Unit(whole, unit.get("name", key), parent, unit.get("full_access", True), source)
            yield from self._units(unit.get("units") or {}, whole, (*path, key, "units"))

    def _accounts(self) -> Iterator[tuple[str, Account]]:
        for key, value in self.data["accounts"].items():
            contacts = {
                kind.upper(): Contact(**{name: str(text) for name, text in contact.items()})
                for kind, contact in (value.get("contacts") or {}).items()
            }
            yield (
                key,
                Account(
                    key=key,
                    name=value["name"],
                    email=value.get("email", ""),
                    unit=value["unit"],
                    tags=dict(value.get("tags") or {}),
                    contacts=contacts,
                    id=str(value.get("id", "")),
                    full_access=value.get("full_access", True),
                    source=self.document.source(("accounts", key), key=True),
                ),
            )

    def _packed(self) -> Iterator[tuple[str, Source | None]]:
        """The nodes that say `pack: true`, with the place where they do."""
        top: Path_ = ("organization", "root")
        if (self.data["organization"].get("root") or {}).get("pack"):
            yield ROOT, self.document.source((*top, "pack"), key=True)
        yield from self._packed_units(self.data.get("units") or {}, "", ("units",))
        for key, value in self.data["accounts"].items():
            if value.get("pack"):
                yield f"account/{key}", self.document.source(("accounts", key, "pack"), key=True)

    def _packed_units(self, units: Mapping[str, Any], parent: str, path: Path_) -> Iterator[tuple[str, Source | None]]:
        for key, value in units.items():
            whole, unit = f"{parent}{key}", value or {}
            if unit.get("pack"):
                yield node_of(whole), self.document.source((*path, key, "pack"), key=True)
            yield from self._packed_units(unit.get("units") or {}, f"{whole}/", (*path, key, "units"))

    def context(self) -> dict[str, Json]:
        """The names that every policy document may use as `{{ name }}`."""
        top = self.data["organization"]
        return {
            "organization_id": references.ORGANIZATION_ID,
            "partition": self.partition,
            "home_region": top["home_region"],
            "governed_regions": list(top["governed_regions"]),
            "management_account": references.account_id(self.roles["management"]),
            "log_archive_account": references.account_id(self.roles["log_archive"]),
            "security_tooling_account": references.account_id(self.roles["security_tooling"]),
            "exempt_roles": list(self.exempt_roles()),
        }

    def _guardrails(self) -> Iterator[tuple[str, Guardrail]]:
        context = self.context()
        for key, value in (self.data.get("guardrails") or {}).items():
            path: Path_ = ("guardrails", key)
            policy = self.library.policies.get(value.get("policy", key))
            if policy is None:  # reported by the checks
                continue
            given = dict(value.get("parameters") or {})
            wrong = list(policy.problems_of(given))
            for name, message, hint in wrong:
                self.problem("LZ312", message, (*path, "parameters", name), hint, key=True)
            if wrong:
                continue
            try:
                document = policy.render(given, context)
            except KeyError as error:
                self.problem("LZ313", f"policy `{policy.name}` uses the unknown placeholder {error}", path, key=True)
                continue
            yield (
                key,
                Guardrail(
                    key=key,
                    name=value.get("name", key),
                    type=policy.type,
                    description=value.get("description", policy.title),
                    document=document,
                    target=target_of(value["target"]),
                    severity=policy.severity.value,
                    controls=policy.controls,
                    source=self.document.source(path, key=True),
                    policy=policy.name,
                    parameters=given,
                ),
            )

    def _services(self) -> Iterator[tuple[str, Service]]:
        for name, value in (self.data.get("services") or {}).items():
            path: Path_ = ("services", name)
            settings = with_defaults(self.schemas.get(name, {}), value or {})
            sources = {
                key: source for key in settings if (source := self.document.source((*path, key), key=True)) is not None
            }
            yield name, Service(name, settings, self.document.source(path, key=True), sources)

    def _service_deployments(self, services: Mapping[str, Service]) -> Iterator[Deployment]:
        for row in SERVICE_BLUEPRINTS:
            service = services.get(row.service)
            if service is None or (row.when and not service.settings.get(row.when)):
                continue
            path: Path_ = ("services", row.service)
            blueprint = self._blueprint(row.blueprint)
            if blueprint is None:
                continue
            given = {name: service.settings[name] for name in blueprint.parameters if name in service.settings}
            template = self._template(blueprint, given, path)
            if template is None:
                continue
            yield self._deployment(row, template, service)

    def _deployment(self, row: ServiceBlueprint, template: dict[str, Json], service: Service) -> Deployment:
        deployment: Any = service.settings.get("deployment") or {}
        return Deployment(
            key=row.key,
            template=template,
            regions=self._regions("home" if row.regions == HOME else None),
            target=Target(units=() if row.role else (ROOT,)),
            accounts=(self.roles[row.role],) if row.role else (),
            management=not row.role,
            requires=row.requires,
            delegated=INTEGRATIONS[row.service].delegated if row.role == "security_tooling" else (),
            source=service.source,
            **deployment,
        )

    def _baselines(self) -> Iterator[Deployment]:
        for key, value in (self.data.get("baselines") or {}).items():
            path: Path_ = ("baselines", key)
            blueprint = self._blueprint(value.get("blueprint", key.replace("-", "_")))
            if blueprint is None:
                continue
            template = self._template(blueprint, value.get("parameters") or {}, (*path, "parameters"))
            if template is None:
                continue
            yield Deployment(
                key=key,
                template=template,
                regions=self._regions("home" if blueprint.home_only else value.get("regions")),
                target=target_of(value["target"]),
                management=value.get("management", False),
                source=self.document.source(path, key=True),
                **(value.get("deployment") or {}),
            )

    def _regions(self, given: Any) -> tuple[str, ...]:
        top = self.data["organization"]
        if given == "home":
            return (top["home_region"],)
        return tuple(given or top["governed_regions"])

    def _blueprint(self, name: str) -> Blueprint | None:
        if name not in self.library.blueprint_files:  # reported by the checks
            return None
        try:
            return self.library.blueprint(name)
        except ConfigError as error:
            self.problems += error.problems
            return None

    def _template(self, blueprint: Blueprint, given: Mapping[str, Any], path: Path_) -> dict[str, Json] | None:
        wrong = list(blueprint.problems_of(given))
        for name, message, hint in wrong:
            self.problem("LZ312", message, (*path, name), hint, key=name in given)
        if wrong:
            return None
        try:
            template = blueprint.render(given)
        except Exception as error:  # noqa: BLE001  # a blueprint is the user's own code
            self.problem(
                "LZ322",
                f"blueprint `{blueprint.name}` raised {type(error).__name__}: {error}",
                path,
                f"see {blueprint.path}",
                key=True,
            )
            return None
        size = len(canonical(template))
        if size > MAX_TEMPLATE:
            self.problem(
                "LZ323",
                f"the template of blueprint `{blueprint.name}` has {size:,} bytes of {MAX_TEMPLATE:,}",
                path,
                "split the blueprint in two",
                key=True,
            )
        return template

    def _trusted_access(self, services: Mapping[str, Service]) -> Iterator[tuple[str, Source | None]]:
        top = self.document.source(("organization",), key=True)
        yield STACKSETS, top
        yield ACCOUNT, top
        for name, service in services.items():
            for principal in INTEGRATIONS[name].trusted if name in INTEGRATIONS else ():
                yield principal, service.source
        for index, principal in enumerate(self.data["organization"].get("trusted_access") or ()):
            yield principal, self.document.source(("organization", "trusted_access", index))

    def _delegated_administrators(self, services: Mapping[str, Service]) -> dict[str, str]:
        wanted = {
            principal: self.roles["security_tooling"]
            for name in services
            if name in INTEGRATIONS
            for principal in INTEGRATIONS[name].delegated
        }
        return wanted | dict(self.data.get("delegated_administrators") or {})

    def _policy_types(self, guardrails: Mapping[str, Guardrail]) -> Iterator[tuple[str, Source | None]]:
        yield SCP, self.document.source(("organization",), key=True)
        for guardrail in guardrails.values():
            if guardrail.type != SCP:
                yield guardrail.type, guardrail.source
        for index, name in enumerate(self.data["organization"].get("policy_types") or ()):
            yield name, self.document.source(("organization", "policy_types", index))
