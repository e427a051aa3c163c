"""From the blueprints of the library to deployments: rendered templates, and where their stacks go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from landing.blueprint import MAX_TEMPLATE, canonical
from landing.blueprint.file import Failure, Rendered
from landing.config.document import Document, Path_
from landing.core.model import Diagnostic, Json, Source
from landing.library import Library
from landing.library.metadata import relative
from landing.organization import ROOT, Deployment, EnabledService, Target
from landing.organization.targets import target_of
from landing.services.permissions import member_reads
from landing.services.service import HOME, Service, ServiceBlueprint, deliveries


class Deployments:
    """Renders what one document asks for, collecting problems instead of stopping at the first."""

    def __init__(self, document: Document, library: Library) -> None:
        self.document = document
        self.library = library
        self.data: Mapping[str, Any] = document.data
        self.problems: list[Diagnostic] = []

    def _problem(self, code: str, message: str, path: Path_, hint: str, *, key: bool = True) -> None:
        self.problems.append(self.document.problem(code, message, path, hint, key=key))

    def of_services(
        self, services: Sequence[Service], enabled: Mapping[str, EnabledService[Any]]
    ) -> Iterator[Deployment]:
        """What the services bring: plain stacks in the accounts with a role, and stack sets over everything."""
        writers = [asdict(each) for each in deliveries(services, enabled) if each.principal]
        for service, row in ((each, row) for each in services for row in each.blueprints):
            configured = enabled.get(service.key)
            if configured is None or (row.when and not getattr(configured.settings, row.when)):
                continue
            given = self._parameters(row, {**asdict(configured.settings), "writers": writers})
            (rendered,) = self.library.rendered([(row.blueprint, given)])
            template = self._template(row.blueprint, rendered, given, ("services", service.key))
            if template is not None:
                yield self._deployment(row, template, service, configured)

    def _parameters(self, row: ServiceBlueprint, values: Mapping[str, Any]) -> dict[str, Any]:
        """What the blueprint has a parameter for; what nobody gave is left to it."""
        names = self.library.blueprint(row.blueprint).parameters
        return {name: values[name] for name in names if values.get(name) not in (None, [])}

    def _deployment(
        self, row: ServiceBlueprint, template: dict[str, Json], service: Service, configured: EnabledService[Any]
    ) -> Deployment:
        return Deployment(
            key=row.key,
            template=template,
            regions=self._regions(HOME if row.regions == HOME else None),
            target=Target(units=() if row.role else (ROOT,)),
            accounts=(self.data["roles"][row.role],) if row.role else (),
            management=not row.role,
            requires=row.requires,
            blueprint=row.blueprint,
            delegated=service.delegated if row.role == "security_tooling" else (),
            existing=getattr(configured.settings, row.existing) if row.existing else "",
            source=configured.source,
            **getattr(configured.settings, "deployment", {}),
        )

    def _derived(self, name: str) -> dict[str, Any]:
        """What a blueprint has a parameter for that follows from the services, and that nobody need give."""
        if self.library.own_blueprint(name):
            return {}
        derived = {"member_reads": member_reads()}
        return {key: value for key, value in derived.items() if key in self.library.blueprint(name).parameters}

    def of_baselines(self) -> Iterator[Deployment]:
        """The blueprints that the config names itself."""
        asked = {
            key: (name, {**self._derived(name), **(value.get("parameters") or {})})
            for key, value in (self.data.get("baselines") or {}).items()
            if (name := value.get("blueprint", key.replace("-", "_"))) in self.library.blueprint_files
        }  # those that are not there are reported by the checks
        for (key, (name, given)), rendered in zip(
            asked.items(), self.library.rendered(list(asked.values())), strict=True
        ):
            path: Path_ = ("baselines", key)
            value = self.data["baselines"][key]
            template = self._template(name, rendered, given, path)
            if template is None:
                continue
            yield Deployment(
                key=key,
                template=template,
                regions=self._regions(HOME if rendered.home_only else value.get("regions")),
                target=target_of(value["target"]),
                management=value.get("management", False),
                blueprint=name,
                parameters=rendered.values,
                source=self.document.source(path, key=True),
                **(value.get("deployment") or {}),
            )

    def _regions(self, given: Any) -> tuple[str, ...]:
        top = self.data["organization"]
        if given == HOME:
            return (top["home_region"],)
        return tuple(given or top["governed_regions"])

    def _template(self, name: str, rendered: Rendered, given: Mapping[str, Any], path: Path_) -> dict[str, Json] | None:
        at: Path_ = (*path, "parameters") if path[0] == "baselines" else path
        for parameter, message, hint in rendered.wrong:
            self._problem("LZ312", message, (*at, parameter), hint, key=parameter in given)
        if rendered.failure:
            self._told(rendered.failure, path)
        elif rendered.printed:  # of a failure troposphere prints what its exception says again
            self._told(rendered.printed, path, severity="warning")
        template = rendered.template
        if template is not None and (size := len(canonical(template))) > MAX_TEMPLATE:
            self._problem(
                "LZ323",
                f"the template of blueprint `{name}` has {size:,} bytes of {MAX_TEMPLATE:,}",
                at,
                "split the blueprint in two",
            )
        return template

    def _told(self, failure: Failure, path: Path_, *, severity: str = "error") -> None:
        """What a blueprint's own code did: at its line, with the line of the config that asked for it."""
        asked = self.document.source(path, key=True)
        source = Source(relative(failure.file), failure.line, 1)
        help_ = f"{failure.help} (asked for at {asked})"
        self.problems.append(Diagnostic(failure.code, failure.message, source, help_, severity, pointer=path))
