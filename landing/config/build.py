"""From a document that fits the schema to an `Organization`; what cannot be resolved becomes a problem."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from landing.blueprint.resource_names import LOG_BUCKETS, LOG_KEY_ALIAS
from landing.config.deployments import Deployments
from landing.config.document import TRUSTED, Document, Path_, administrators, email_of, units_in
from landing.config.pipeline import pipeline_of
from landing.core import references
from landing.core.constraints.principals import ACCOUNT, POLICY_TYPES, PRINCIPALS, STACKSETS
from landing.core.deadlines import seconds
from landing.core.model import Diagnostic, Json, Source
from landing.core.partitions import REGIONS
from landing.library import Library, fill
from landing.organization import (
    PIPELINE,
    ROOT,
    Account,
    Contact,
    EnabledService,
    Gate,
    Guardrail,
    LockPlace,
    Organization,
    Place,
    PlaybookUse,
    Strictness,
    Unit,
    Wave,
    node_of,
)
from landing.organization.logs import bucket_patterns, key_aliases
from landing.organization.targets import target_of
from landing.policy.exemptions import exemptions, is_boundless, names_roles
from landing.services.service import Service, deliveries, existing_logs
from landing.services.settings import settings_from

SCP = "SERVICE_CONTROL_POLICY"


class Builder:
    """Turns one document into one organization, collecting problems instead of stopping at the first."""

    def __init__(self, document: Document, library: Library, services: Sequence[Service]) -> None:
        self.document = document
        self.library = library
        self.services = services
        self.data: Mapping[str, Any] = document.data
        self.problems: list[Diagnostic] = []
        self.partition = REGIONS[self.data["organization"]["home_region"]]
        self.roles: Mapping[str, str] = self.data["roles"]
        self.enabled = dict(self._enabled())
        self.existing_buckets, self.existing_key = existing_logs(self.enabled)
        self.admitted_roles = tuple(dict.fromkeys(self._admitted_roles()))

    def build(self) -> Organization:
        """The organization; trust it only when `problems` is empty."""
        top = self.data["organization"]
        guardrails = dict(self._guardrails())
        enabled = self.enabled
        delivered = tuple(deliveries(self.services, enabled))
        policy_types = dict(self._policy_types(guardrails))
        blueprints = Deployments(self.document, self.library)
        deployments = [
            *blueprints.of_services(self.services, enabled),
            *blueprints.of_baselines(),
            *blueprints.of_stacks(),
            *blueprints.of_playbooks(self._names_of_roles(), enabled),
        ]
        self.problems += self._untrusted(
            enabled, policy_types, stack_sets=any(not each.accounts for each in deployments)
        )
        regions = sorted(region for region, partition in REGIONS.items() if partition == self.partition)
        organization = Organization(
            name=top["name"],
            id=top.get("id", ""),
            home_region=top["home_region"],
            governed_regions=tuple(top["governed_regions"]),
            stack_sets_by_region_group=top.get("stack_sets_by_region_group", False),
            partition=self.partition,
            management=self.roles["management"],
            log_archive=self.roles["log_archive"],
            security_tooling=self.roles["security_tooling"],
            forensics=self.roles.get("forensics", ""),
            member_role=self._member_role,
            read_role=(self.data.get("access") or {}).get("read_role", ""),
            quarantine=(top.get("new_accounts") or {}).get("quarantine", ""),
            exempt_roles=tuple(self._exempt_roles()),
            admitted_roles=self.admitted_roles,
            contacts=_contacts(top),
            enables_regions=top.get("enable_opt_in_regions", False),
            units=dict(self._units()),
            accounts=dict(self._accounts()),
            guardrails=guardrails,
            deployments={each.key: each for each in deployments},
            services=enabled,
            offered={each.key: each.offered(regions, self.partition) for each in self.services},
            log_buckets=tuple(sorted({*LOG_BUCKETS, *(each.purpose for each in delivered)})),
            existing_log_buckets=self.existing_buckets,
            log_key=self.existing_key or LOG_KEY_ALIAS,
            deliveries=delivered,
            principals={each.key: (*each.trusted, *each.delegated) for each in self.services},
            administered=frozenset(each.key for each in self.services if each.administered or each.remembered),
            appointing=frozenset(principal for each in self.services for principal in each.appointing),
            trusted_access=dict(self._trusted_access(enabled, policy_types)),
            delegated_administrators=self._delegated_administrators(enabled),
            policy_types=policy_types,
            playbooks=dict(self._playbooks()),
            timeouts={name: seconds(text) for name, text in (self.data.get("timeouts") or {}).items()},
            limits=self.data.get("limits") or {},
            packed=dict(self._packed()),
            strictness=Strictness(self._root.get("strictness", Strictness.NORMAL)),
            removed=tuple(self.data.get("removed") or ()),
            waves=tuple(self._waves()),
            known_policies=tuple(top.get("known_policies") or ()),
            source=self.document.source(("organization",), key=True),
            sources={
                ".".join(path): source for path, key in self._named() if (source := self.document.source(path, key=key))
            },
            lock=self._lock(),
            pipeline=pipeline_of(self.document),
            conformance_packs=self.library.conformance_packs,
            guard_policies=self.library.guard_policies,
        )
        organization = self._with_pipeline(self._with_guardrails(organization), blueprints)
        self.problems += blueprints.problems
        return organization

    def _with_guardrails(self, organization: Organization) -> Organization:
        """With those that services bring."""
        guardrails = dict(organization.guardrails)
        for service in self.services:
            for each in service.guardrails(organization) if service.guardrails else ():
                if each.key in organization.guardrails:
                    message = f"`{each.key}` is the key of the policy that `services.{service.key}` brings"
                    hint = "give the guardrail another key"
                    self.problems.append(
                        self.document.problem("LZ471", message, ("guardrails", each.key), hint, key=True)
                    )
                guardrails.setdefault(each.key, each)
        return replace(organization, guardrails=guardrails, policy_types=dict(self._policy_types(guardrails)))

    def _with_pipeline(self, organization: Organization, blueprints: Deployments) -> Organization:
        """With the stack of the pipeline, which is made of what the roles need for everything else."""
        if organization.pipeline is None:
            return organization
        stack = blueprints.of_pipeline(organization)
        return replace(organization, deployments={**organization.deployments, **({PIPELINE: stack} if stack else {})})

    def _named(self) -> Iterator[tuple[tuple[str, ...], bool]]:
        """What is looked for later: keys of roles and administrators, values of ids and of the lock's bucket."""
        yield from ((("roles", key), True) for key in self.data["roles"])
        yield from ((("organization", "trusted_access", name), True) for name in administrators(self.data))
        yield from ((("accounts", key, "id"), False) for key, value in self.data["accounts"].items() if "id" in value)
        yield ("organization", "id"), False
        yield ("lock", "bucket"), False
        yield ("access", "pipeline"), True

    def _waves(self) -> Iterator[Wave]:
        for index, value in enumerate((self.data.get("deployment") or {}).get("waves") or ()):
            gate = dict(value.get("gate") or {})
            gate["approval"] = gate.get("approval") == "person"
            source = self.document.source(("deployment", "waves", index))
            yield Wave(value["name"], target_of(value["target"]), Gate(**gate), source)

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
    def _member_role(self) -> str:
        """The role in member accounts that the management account assumes."""
        return str((self.data.get("access") or {}).get("member_role", "OrganizationAccountAccessRole"))

    def _exempt_roles(self) -> Iterator[str]:
        """ARN patterns of the roles that protective guardrails must let through."""
        names = ["stacksets-exec-*", self._member_role, "landing-*"]
        names += (self.data.get("access") or {}).get("exempt_roles") or []
        for name in names:
            yield name if name.startswith("arn:") else f"arn:{self.partition}:iam::*:role/{name}"

    def _admitted_roles(self) -> Iterator[str]:
        """ARN patterns of all roles that some guardrail lets through, as the documents say; the exempt ones first."""
        exempt: list[Json] = list(self._exempt_roles())
        yield from self._exempt_roles()
        context = {**self._names(), "admitted_roles": exempt}
        for key, value in (self.data.get("guardrails") or {}).items():
            policy = self.library.policies.get(value.get("policy", key))
            given = dict(value.get("parameters") or {})
            if policy is None or any(policy.problems_of(given)):
                continue
            with suppress(KeyError):  # an unknown placeholder, reported below
                for exemption in exemptions(policy.render(given, context)):
                    yield from filter(names_roles, exemption.patterns)

    def _units(self) -> Iterator[tuple[str, Unit]]:
        for key, path, unit in units_in(self.document):
            parent = key.rpartition("/")[0] or ROOT
            source = self.document.source(path, key=True)
            strictness = Strictness(unit["strictness"]) if "strictness" in unit else None
            yield key, Unit(key, unit.get("name", path[-1]), parent, unit.get("full_access"), source, strictness)

    def _accounts(self) -> Iterator[tuple[str, Account]]:
        for key, value in self.data["accounts"].items():
            yield (
                key,
                Account(
                    key=key,
                    name=value["name"],
                    email=email_of(self.data, key, value),
                    unit=value["unit"],
                    tags=dict(value.get("tags") or {}),
                    contacts=_contacts(value),
                    id=str(value.get("id", "")),
                    full_access=value.get("full_access"),
                    invite=value.get("join") == "invite",
                    source=self.document.source(("accounts", key), key=True),
                ),
            )

    @property
    def _root(self) -> Mapping[str, Any]:
        return self.data["organization"].get("root") or {}

    def _packed(self) -> Iterator[tuple[str, Source | None]]:
        """The nodes that say `pack: true`, with the place where they do."""
        if self._root.get("pack"):
            yield ROOT, self.document.source(("organization", "root", "pack"), key=True)
        for key, path, unit in units_in(self.document):
            if unit.get("pack"):
                yield node_of(key), self.document.source((*path, "pack"), key=True)
        for key, value in self.data["accounts"].items():
            if value.get("pack"):
                yield f"account/{key}", self.document.source(("accounts", key, "pack"), key=True)

    def context(self) -> dict[str, Json]:
        """The names that every policy document may use as `{{ name }}`."""
        return {**self._names(), "admitted_roles": list(self.admitted_roles)}

    def _names(self) -> dict[str, Json]:
        top = self.data["organization"]
        return {
            "organization_id": references.ORGANIZATION_ID,
            "partition": self.partition,
            "home_region": top["home_region"],
            "governed_regions": list(top["governed_regions"]),
            "management_account": references.account_id(self.roles["management"]),
            "log_archive_account": references.account_id(self.roles["log_archive"]),
            "security_tooling_account": references.account_id(self.roles["security_tooling"]),
            "exempt_roles": list(self._exempt_roles()),
            "log_buckets": bucket_patterns(
                (each.purpose for each in deliveries(self.services, self.enabled)), self.existing_buckets
            ),
            "log_key_aliases": key_aliases(self.existing_key),
        }

    def _playbooks(self) -> Iterator[tuple[str, PlaybookUse]]:
        for key, value in (self.data.get("playbooks") or {}).items():
            name = "" if "document" in value else value.get("playbook", key)
            source = self.document.source(("playbooks", key), key=True)
            yield key, PlaybookUse(name, dict(value.get("parameters") or {}), source)

    def _names_of_roles(self) -> dict[str, Json]:
        """The names that a playbook may use in what its role may do: those that need no id of an account."""
        known = ("partition", "home_region", "governed_regions", "exempt_roles")
        return {name: value for name, value in self._names().items() if name in known}

    def _guardrails(self) -> Iterator[tuple[str, Guardrail]]:
        context = self.context()
        for key, value in (self.data.get("guardrails") or {}).items():
            path: Path_ = ("guardrails", key)
            policy = self.library.policies.get(value.get("policy", key))
            if policy is None:  # reported by the checks
                continue
            given = dict(value.get("parameters") or {})
            wrong = list(policy.problems_of(given))
            self.problems += (
                self.document.parameter_problem("LZ312", message, path, name, hint) for name, message, hint in wrong
            )
            if wrong:
                continue
            try:
                document = policy.render(given, context)
            except KeyError as error:
                message, hint = policy.unknown_placeholder(str(error.args[0]), context)
                self.problems.append(self.document.problem("LZ313", message, path, hint, key=True))
                continue
            self.problems += self._boundless(path, fill(given, context), document)
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
                    nested=value.get("nested", False),
                ),
            )

    def _boundless(self, path: Path_, given: Json, document: Mapping[str, Json]) -> Iterator[Diagnostic]:
        """Exemptions that nothing can protect, where the config gives them or else at the guardrail."""
        patterns = {pattern for exemption in exemptions(document) for pattern in exemption.patterns}
        for pattern in sorted(filter(is_boundless, patterns - set(self._exempt_roles()))):
            at = next((place for place, value in _texts(given, (*path, "parameters")) if value == pattern), path)
            message = f"`{pattern}` lets through whoever may make a role: a name that it begins with is missing"
            yield self.document.problem("LZ350", message, at, "as in `arn:aws:iam::*:role/deploy-*`", key=at == path)

    def _enabled(self) -> Iterator[tuple[str, EnabledService[Any]]]:
        declared = {service.key: service for service in self.services}
        for name, value in (self.data.get("services") or {}).items():
            path: Path_ = ("services", name)
            service = declared[name]
            assert service.settings is not None  # else the schema has no such key
            settings: Any = settings_from(service.settings, value or {})
            places = dict(self._places(path, value or {}))
            source = self.document.source(path, key=True)
            yield name, EnabledService(name, settings, service.needed(settings), source, places)

    def _places(self, path: Path_, value: object, inside: Path_ = ()) -> Iterator[tuple[Path_, Place]]:
        """Where each part of a value stands: keys with their values, and entries of lists, at every depth."""
        keyed = isinstance(value, Mapping)
        parts = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
        for step, part in parts:
            at = (*path, *inside, step)
            own, of_key = self.document.source(at), self.document.source(at, key=keyed)
            if own is not None and of_key is not None:
                yield (*inside, step), Place(own, self.document.length(at), of_key, len(str(step)) if keyed else 1)
            yield from self._places(path, part, (*inside, step))

    def _trusted_access(
        self, enabled: Mapping[str, EnabledService[Any]], policy_types: Mapping[str, Source | None]
    ) -> Iterator[tuple[str, Source | None]]:
        """What services, their administrators and policy types need, and what the config names besides."""
        top = self.document.source(("organization",), key=True)
        untrusted = self.data["organization"].get("untrusted") or ()
        for service in self.services:
            if service.settings is None:
                yield from ((principal, top) for principal in service.trusted if principal not in untrusted)
        yield from self._trusted_for(enabled, policy_types)

    def _trusted_for(
        self, enabled: Mapping[str, EnabledService[Any]], policy_types: Mapping[str, Source | None]
    ) -> Iterator[tuple[str, Source | None]]:
        for configured in enabled.values():
            yield from ((principal, configured.source) for principal in configured.trusted)
        for name, source in policy_types.items():
            if name in POLICY_TYPES:
                yield POLICY_TYPES[name], source
        for name in self.data["organization"].get("trusted_access") or {}:
            yield PRINCIPALS[name], self.document.source((*TRUSTED, name), key=True)

    def _untrusted(
        self,
        enabled: Mapping[str, EnabledService[Any]],
        policy_types: Mapping[str, Source | None],
        *,
        stack_sets: bool,
    ) -> Iterator[Diagnostic]:
        """What is to have no trusted access, and is needed with it."""
        needed = {
            principal: f"it is trusted at {source}" for principal, source in self._trusted_for(enabled, policy_types)
        }
        if stack_sets:
            needed[STACKSETS] = "the config has stack sets"
        if any(value.get("contacts") for value in (self.data["organization"], *self.data["accounts"].values())):
            needed[ACCOUNT] = "the config has contacts of accounts"
        if self.data["organization"].get("enable_opt_in_regions"):
            needed[ACCOUNT] = "opt-in regions are to be enabled"
        for index, principal in enumerate(self.data["organization"].get("untrusted") or ()):
            if principal in needed:
                message = f"`{principal}` cannot stay without trusted access: {needed[principal]}"
                path: Path_ = ("organization", "untrusted", index)
                yield self.document.problem("LZ380", message, path, "take it out of `untrusted`")

    def _delegated_administrators(self, enabled: Mapping[str, EnabledService[Any]]) -> dict[str, tuple[str, ...]]:
        wanted = {
            principal: (self.roles["security_tooling"],)
            for service in self.services
            if service.key in enabled
            for principal in service.delegated
        }
        return wanted | {PRINCIPALS[name]: tuple(accounts) for name, accounts in administrators(self.data).items()}

    def _policy_types(self, guardrails: Mapping[str, Guardrail]) -> Iterator[tuple[str, Source | None]]:
        yield SCP, self.document.source(("organization",), key=True)
        for guardrail in guardrails.values():
            if guardrail.type != SCP:
                yield guardrail.type, guardrail.source
        for index, name in enumerate(self.data["organization"].get("policy_types") or ()):
            yield name, self.document.source(("organization", "policy_types", index))


def _contacts(value: Mapping[str, Any]) -> dict[str, Contact]:
    return {
        kind.upper(): Contact(**{name: str(text) for name, text in contact.items()})
        for kind, contact in (value.get("contacts") or {}).items()
    }


def _texts(value: Json, path: Path_) -> Iterator[tuple[Path_, str]]:
    """Every text within a value, with its place."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _texts(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, (*path, index))
