"""From the blueprints of the library to deployments: rendered templates, and where their stacks go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from landing.blueprint import ACCOUNT_PARAMETERS, CONTEXT_PARAMETERS, MAX_TEMPLATE, canonical
from landing.blueprint.file import REFUSING, Failure, Rendered
from landing.blueprint.resource_names import FIREWALL_ROLE, FLOW_LOGS
from landing.config import playbooks
from landing.config.document import Document, Path_
from landing.config.outputs import has_output, referred, with_references
from landing.core.model import Diagnostic, Json, Source
from landing.library import Library
from landing.library.metadata import relative
from landing.library.template import SUFFIXES
from landing.organization import PIPELINE, ROOT, Deployment, EnabledService, Organization, Target
from landing.organization.targets import target_of
from landing.services import pipeline
from landing.services.declared_rules import PACKS, REMEDIATIONS, RULES, names_in_members
from landing.services.permissions import member_reads
from landing.services.service import HOME, Service, ServiceBlueprint, deliveries, existing_logs


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
        buckets, key = existing_logs(enabled)
        delivered = list(deliveries(services, enabled))
        writers = [asdict(each) for each in delivered if each.principal and not each.members]
        archive = {"buckets": buckets, "key": key, "delivered": [each.purpose for each in delivered]}
        heard = list(self._rules_heard(enabled))
        for service, row in ((each, row) for each in services for row in each.blueprints):
            configured = enabled.get(service.key)
            if configured is None or (row.when and not getattr(configured.settings, row.when)):
                continue
            if row.unless and getattr(configured.settings, row.unless):
                continue
            bucket = buckets.get(service.delivery.purpose, "") if service.delivery else ""
            known = {
                "writers": writers,
                "bucket": bucket,
                "key": key,
                "flow_log_bucket": buckets.get(FLOW_LOGS, ""),
                "existing": archive if buckets or key else None,
                "rule_names": heard,
                "firewall_role": self._firewall_role(enabled),
            }
            given = self._parameters(row, {**asdict(configured.settings), **known})
            (rendered,) = self.library.rendered([(row.blueprint, given)])
            template = self._template(row.blueprint, rendered, given, ("services", service.key))
            if template is not None and template.get("Resources"):  # none where all that it makes is there already
                yield replace(self._deployment(row, template, service, configured), controls=rendered.controls)

    def _rules_heard(self, enabled: Mapping[str, EnabledService[Any]]) -> Iterator[str]:
        """Names, in accounts, of the rules of AWS Config that the alarms tell of."""
        if "alarms" in enabled and "config" in enabled:
            chosen = enabled["alarms"].settings.config_rules
            yield from names_in_members(enabled["config"].settings, chosen, self.library.conformance_packs)

    def _firewall_role(self, enabled: Mapping[str, EnabledService[Any]]) -> str:
        """As which Firewall Manager publishes to the topic of the alarms; none where it does not."""
        firewalls = enabled.get("firewall_manager")
        told = firewalls.settings.notifications if firewalls else None
        if told is None or self.data["organization"]["home_region"] in told.topics:
            return ""
        return str(told.role or f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:{FIREWALL_ROLE}")

    def _parameters(self, row: ServiceBlueprint, values: Mapping[str, Any]) -> dict[str, Any]:
        """What the blueprint has a parameter for; what nobody gave is left to it."""
        names = self.library.blueprint(row.blueprint).parameters
        given = {name: values[name] for name in names if values.get(name) not in (None, [], (), "")}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in given.items()}

    def _deployment(
        self, row: ServiceBlueprint, template: dict[str, Json], service: Service, configured: EnabledService[Any]
    ) -> Deployment:
        told = getattr(configured.settings, row.target) if row.target else None
        target = Target() if row.role else told or Target(units=(ROOT,))
        return Deployment(
            key=row.key,
            template=template,
            regions=self._regions(HOME if row.regions == HOME else None),
            target=target,
            accounts=(self.data["roles"][row.role],) if row.role else (),
            management=not row.role and self._means_management(target),
            requires=row.requires,
            blueprint=row.blueprint,
            delegated=service.delegated if row.role == "security_tooling" else (),
            existing=getattr(configured.settings, row.existing) if row.existing else "",
            source=configured.source,
            **getattr(configured.settings, "deployment", {}),
        )

    def of_pipeline(self, organization: Organization) -> Deployment | None:
        """The stack of the pipeline's roles, of an organization that has everything else."""
        given, path = pipeline.parameters(organization), ("access", "pipeline")
        (rendered,) = self.library.rendered([(PIPELINE, given)])
        template = self._template(PIPELINE, rendered, given, path)
        if template is None:
            return None
        return Deployment(
            key=PIPELINE,
            template=template,
            regions=self._regions(HOME),
            accounts=(organization.management,),
            blueprint=PIPELINE,
            source=self.document.source(path, key=True),
        )

    def _means_management(self, target: Target) -> bool:
        """Whether a target means the management account, which is in no unit and which no stack set reaches."""
        key = self.data["roles"]["management"]
        tags = (self.data["accounts"].get(key) or {}).get("tags") or {}
        named = ROOT in target.units or key in target.accounts
        left_out = key in target.exclude_accounts or (
            bool(target.exclude_tags) and target.exclude_tags.items() <= tags.items()
        )
        return named and target.tags.items() <= tags.items() and not left_out

    def _derived(self, name: str) -> dict[str, Any]:
        """What a blueprint has a parameter for that follows from the services, and that nobody need give."""
        if self.library.own_blueprint(name):
            return {}
        derived = {"member_reads": member_reads()}
        return {key: value for key, value in derived.items() if key in self.library.blueprint(name).parameters}

    def _asked(self, section: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Key, name of the blueprint and parameters; blueprints that are not there are reported by the checks."""
        for key, value in (self.data.get(section) or {}).items():
            name = value.get("blueprint", key.replace("-", "_"))
            if name in self.library.blueprint_files:
                yield key, name, value.get("parameters") or {}

    def of_stacks(self) -> Iterator[Deployment]:
        """The plain stacks that the config names: each with references to outputs in its values.

        A plain template is given these as they are; the function of a blueprint makes a template that has them as
        parameters of its own, since it is called before they are known.
        """
        asked = []
        for key, name, parameters in self._asked("stacks"):
            given = {each: with_references(value) for each, value in parameters.items()}
            later = {each: value for each, value in given.items() if has_output(value) and not self._plain(name)}
            now = {each: value for each, value in given.items() if each not in later}
            asked.append((key, name, {**self._derived(name), **now}, later))
        results = self.library.rendered([(name, given) for _, name, given, _ in asked])
        for (key, name, given, later), rendered in zip(asked, results, strict=True):
            path: Path_ = ("stacks", key)
            value = self.data["stacks"][key]
            template = self._template(name, rendered, {**given, **later}, path)
            if template is None:
                continue
            declared = template.get("Parameters")
            for parameter in sorted(later):
                if not isinstance(declared, dict) or parameter not in {*declared} - {*CONTEXT_PARAMETERS}:
                    message = f"the template of blueprint `{name}` has no parameter `{parameter}` for an output"
                    hint = f"template.add_parameter(Parameter({parameter!r}, Type='String'))"
                    self._problem("LZ312", message, (*path, "parameters", parameter), hint)
            yield Deployment(
                key=key,
                template=template,
                regions=self._regions(HOME if rendered.home_only else value.get("regions") or HOME),
                accounts=tuple(value["accounts"]),
                remembered=True,
                blueprint=name,
                parameters={**rendered.values, **{each: str(text) for each, text in later.items()}},
                controls=rendered.controls,
                source=self.document.source(path, key=True),
            )

    def _plain(self, name: str) -> bool:
        """Whether a blueprint is a plain template."""
        return self.library.blueprint_files[name].suffix in SUFFIXES

    def of_baselines(self) -> Iterator[Deployment]:
        """The blueprints that the config names itself; one that names the role of another comes after that.

        A service looks at a role, and whether it may assume it, when it is named.
        """
        found = {each.key: each for each in self._baselines()}
        roles = {key: each.role_names - {""} for key, each in found.items()}
        texts = {key: canonical(each.template) for key, each in found.items()}
        named = {
            key: [
                other
                for other in found
                if other != key
                and any(f'role/{role}"' in texts[key] or f'"{role}"' in texts[key] for role in roles[other])
            ]
            for key in found
        }
        for key, each in found.items():
            yield replace(each, requires=tuple(other for other in named[key] if not named[other]))  # in no circle

    def _baselines(self) -> Iterator[Deployment]:
        asked = {key: (name, {**self._derived(name), **given}) for key, name, given in self._asked("baselines")}
        for (key, (name, given)), rendered in zip(
            asked.items(), self.library.rendered(list(asked.values())), strict=True
        ):
            path: Path_ = ("baselines", key)
            value = self.data["baselines"][key]
            for parameter in (each for each, text in given.items() if referred(text)):
                message = f"`{parameter}` is given an output: only `stacks` can be, for a stack set is made at once"
                at: Path_ = (*path, "parameters", parameter)
                self._problem("LZ336", message, at, "deploy it by `stacks`, or write the value", key=False)
            template = self._template(name, rendered, given, path)
            if template is None:
                continue
            yield Deployment(
                key=key,
                template=template,
                regions=self._regions(HOME if rendered.home_only else value.get("regions")),
                target=target_of(value["target"]),
                management=value.get("management", False),
                stack_set=value.get("stack_set", ""),
                blueprint=name,
                parameters=rendered.values,
                controls=rendered.controls,
                source=self.document.source(path, key=True),
                **(value.get("deployment") or {}),
            )

    def of_playbooks(
        self, context: Mapping[str, Json], enabled: Mapping[str, EnabledService[Any]]
    ) -> Iterator[Deployment]:
        """Two stack sets each: the roles, in the home region, and what they do, in every region."""
        rules = self._rules(enabled)
        for key, value in (self.data.get("playbooks") or {}).items():
            path: Path_ = ("playbooks", key)
            playbook = playbooks.playbook_of(key, value, self.library)
            if playbook is None or not (value.get("on") or playbook.on):  # reported by the checks
                continue
            given = {} if "document" in value else value.get("parameters") or {}
            wrong = list(playbook.problems_of(given, self.data["roles"])) if "document" not in value else []
            self.problems += (
                self.document.parameter_problem("LZ312", message, path, name, hint) for name, message, hint in wrong
            )
            if wrong:
                continue
            rule = str((value.get("on") or playbook.on).get("rule", ""))
            if rule and not rules(rule):
                message = f"there is no `{rule}` in `services.config`"
                self._problem("LZ413", message, path, "name a rule that the config has, or a rule by its name in AWS")
                continue
            try:
                asked = playbooks.asked(key, value, playbook, context, rules, roles=self.data["roles"])
            except KeyError as error:
                message = f"playbook `{playbook.name}` uses the unknown placeholder `{{{{ {error.args[0]} }}}}`"
                self._problem("LZ313", message, path, f"every playbook has {', '.join(context)}")
                continue
            roles = f"playbook-{key}-roles"
            parts = (
                (roles, "playbook_roles", asked.roles, HOME, ()),
                (f"playbook-{key}", "playbook", asked.document, value.get("regions"), (roles,)),
            )
            for name, blueprint, parameters, regions, requires in parts:
                (rendered,) = self.library.rendered([(blueprint, parameters)])
                template = self._template(blueprint, rendered, parameters, path)
                if template is not None:
                    yield Deployment(
                        key=name,
                        template=template,
                        regions=self._regions(regions),
                        target=target_of(value["target"]),
                        requires=requires,
                        blueprint=blueprint,
                        controls=playbook.controls,
                        source=self.document.source(path, key=True),
                        **(value.get("deployment") or {}),
                    )

    def _rules(self, enabled: Mapping[str, EnabledService[Any]]) -> playbooks.Rules:
        """What rules are called in accounts: those of the config, and others by their own names."""

        def names(rule: str) -> tuple[str, ...]:
            if rule.partition(".")[0] not in (RULES, PACKS, REMEDIATIONS):
                return (rule,)
            if "config" not in enabled:
                return ()
            return names_in_members(enabled["config"].settings, [rule], self.library.conformance_packs)

        return names

    def _regions(self, given: Any) -> tuple[str, ...]:
        top = self.data["organization"]
        if given == HOME:
            return (top["home_region"],)
        return tuple(given or top["governed_regions"])

    def _template(self, name: str, rendered: Rendered, given: Mapping[str, Any], path: Path_) -> dict[str, Json] | None:
        at: Path_ = (*path, "parameters") if path[0] in ("baselines", "stacks") else path
        self.problems += (
            self.document.parameter_problem("LZ312", message, path, parameter, hint)
            for parameter, message, hint in rendered.wrong
        )
        if rendered.failure:
            self._told(rendered.failure, path)
        elif rendered.printed:  # of a failure troposphere prints what its exception says again
            self._told(rendered.printed, path, severity="warning")
        template = rendered.template
        declared: Any = (template or {}).get("Parameters") or {}
        for role, parameter in ACCOUNT_PARAMETERS.items():
            if parameter in declared and "Default" not in declared[parameter] and role not in self.data["roles"]:
                message = f"the template of blueprint `{name}` needs the account of `roles.{role}`"
                self._problem("LZ312", message, path, f"`roles: {{{role}: …}}`, the key of an account")
        known = {*CONTEXT_PARAMETERS, *rendered.values, *given}
        for parameter, about in declared.items() if isinstance(declared, dict) and not rendered.wrong else ():
            if isinstance(about, dict) and "Default" not in about and parameter not in known:
                message = f"the template of blueprint `{name}` needs a value of its parameter `{parameter}`"
                hint = f'give it an output: `{parameter}: "{{{{ stacks.KEY.outputs.NAME }}}}"`'
                self._problem("LZ312", message, at if self.document.at(at) is not None else path, hint)
        if template is not None and (size := len(canonical(template))) > MAX_TEMPLATE:
            self._problem(
                "LZ323",
                f"the template of blueprint `{name}` has {size:,} bytes of {MAX_TEMPLATE:,}",
                at,
                "split the blueprint in two",
            )
        return template

    def _told(self, failure: Failure, path: Path_, *, severity: str = "error") -> None:
        """What a blueprint's own code did: at its line, with the line of the config that asked for it.

        What it refuses is at the line of the config that gives it, with the line of the blueprint.
        """
        if failure.code == REFUSING:
            given = (*path, "parameters")
            at = given if self.document.at(given) is not None else path
            self._problem(
                REFUSING, failure.message, at, f"{failure.help} ({relative(failure.file)}:{failure.line} says so)"
            )
            return
        asked = self.document.source(path, key=True)
        source = Source(relative(failure.file), failure.line, 1)
        help_ = f"{failure.help} (asked for at {asked})"
        self.problems.append(Diagnostic(failure.code, failure.message, source, help_, severity, pointer=path))
