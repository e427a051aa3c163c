"""From the blueprints of the library to deployments: rendered templates, and where their stacks go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from landing.blueprint import MAX_TEMPLATE, Blueprint, canonical
from landing.config.document import Document, Path_
from landing.config.settings import HOME, SERVICE_BLUEPRINTS, ServiceBlueprint
from landing.config.targets import target_of
from landing.errors import ConfigError
from landing.library import Library
from landing.model import Json, Problem
from landing.organization import ROOT, Deployment, Service, Target
from landing.services import INTEGRATIONS


class Deployments:
    """Renders what one document asks for, collecting problems instead of stopping at the first."""

    def __init__(self, document: Document, library: Library) -> None:
        self.document = document
        self.library = library
        self.data: Mapping[str, Any] = document.data
        self.problems: list[Problem] = []

    def _problem(self, code: str, message: str, path: Path_, hint: str, *, key: bool = True) -> None:
        self.problems.append(self.document.problem(code, message, path, hint, key=key))

    def of_services(self, services: Mapping[str, Service]) -> Iterator[Deployment]:
        """What the services bring: plain stacks in the accounts with a role, and stack sets over everything."""
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
        return Deployment(
            key=row.key,
            template=template,
            regions=self._regions(HOME if row.regions == HOME else None),
            target=Target(units=() if row.role else (ROOT,)),
            accounts=(self.data["roles"][row.role],) if row.role else (),
            management=not row.role,
            requires=row.requires,
            delegated=INTEGRATIONS[row.service].delegated if row.role == "security_tooling" else (),
            source=service.source,
            **(service.settings.get("deployment") or {}),
        )

    def of_baselines(self) -> Iterator[Deployment]:
        """The blueprints that the config names itself."""
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
                regions=self._regions(HOME if blueprint.home_only else value.get("regions")),
                target=target_of(value["target"]),
                management=value.get("management", False),
                source=self.document.source(path, key=True),
                **(value.get("deployment") or {}),
            )

    def _regions(self, given: Any) -> tuple[str, ...]:
        top = self.data["organization"]
        if given == HOME:
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
            self._problem("LZ312", message, (*path, name), hint, key=name in given)
        if wrong:
            return None
        try:
            template = blueprint.render(given)
        except Exception as error:  # noqa: BLE001  # a blueprint is the user's own code
            self._problem(
                "LZ322",
                f"blueprint `{blueprint.name}` raised {type(error).__name__}: {error}",
                path,
                f"see {blueprint.path}",
            )
            return None
        size = len(canonical(template))
        if size > MAX_TEMPLATE:
            self._problem(
                "LZ323",
                f"the template of blueprint `{blueprint.name}` has {size:,} bytes of {MAX_TEMPLATE:,}",
                path,
                "split the blueprint in two",
            )
        return template
