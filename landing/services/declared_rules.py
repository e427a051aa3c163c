"""The rules that a config asks for: their names in members, their lines, and what they are for."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from landing.blueprint.resource_names import remediation_rule
from landing.core.constraints import config_rules
from landing.core.model import Source
from landing.organization import ROOT, EnabledService, File, Organization, Target
from landing.services.config.conformance_pack import OrganizationConformancePack
from landing.services.config.organization_deployment import left_out, names_of
from landing.services.config.pack import RULE, ConformancePack, pack_in
from landing.services.config.rule import ConfigRule
from landing.services.config.settings import ConfigSettings

ORGANIZATION_RULE = re.compile(r"OrgConfigRule-(.+)-[a-z0-9]{8}")
PACK_RULE = re.compile(r"(.+)-conformance-pack-[a-z0-9]+")
HUB_RULE = re.compile(r"(securityhub-.+)-[a-z0-9]{6,8}")
ORGANIZATION_PACK = re.compile(r"OrgConformsPack-(.+)-[a-z0-9]{8}")
"""What AWS calls the rules in an account that an organization, a pack or Security Hub has deployed there."""
RULES, PACKS, REMEDIATIONS = "rules", "conformance_packs", "remediations"
"""The settings that ask for rules."""
ALL = "all"

Site = tuple[str, str]
"""Account key and Region."""


@dataclass(frozen=True, slots=True)
class DeclaredRule:
    """A rule of the config. `settings`: `rules.KEY` and the like, with `sources` where each stands."""

    name: str
    settings: tuple[str, ...]
    sources: tuple[Source, ...]
    controls: tuple[str, ...]
    """`catalogue:id`, as the tables of conformance packs have them."""
    sites: frozenset[Site]
    """Where it is meant."""

    def and_also(self, other: DeclaredRule) -> DeclaredRule:
        """The same rule, which another setting asks for too."""
        sources = tuple(dict.fromkeys((*self.sources, *other.sources)))
        controls = tuple(dict.fromkeys((*self.controls, *other.controls)))
        return DeclaredRule(self.name, (*self.settings, *other.settings), sources, controls, self.sites | other.sites)


def told_name(name: str) -> str:
    """What a rule of an account is called in a report: one name for what is the same rule in each account.

    `rules.NAME` of an organization's, by its name in AWS; of a pack's and of Security Hub's the name without what AWS
    has added.
    """
    if found := ORGANIZATION_RULE.fullmatch(name):
        return f"{RULES}.{found[1]}"
    found = PACK_RULE.fullmatch(name) or HUB_RULE.fullmatch(name)
    return found[1] if found else name


def rule_keys(settings: ConfigSettings) -> list[str]:
    """What asks for rules: `rules.KEY` and the like."""
    return [f"{name}.{key}" for name in (RULES, PACKS, REMEDIATIONS) for key in getattr(settings, name)]


def names_in_members(settings: ConfigSettings, chosen: Collection[str], packs: Mapping[str, File]) -> tuple[str, ...]:
    """What AWS calls the rules of some of `rule_keys`, or of `all`, in an account.

    Where AWS adds a suffix, the name ends in the `-` before it; none that begins as another does is there twice.
    """
    meant = {*rule_keys(settings)} if ALL in chosen else {*chosen}
    found = set()
    for key, name in names_of({key: rule.name for key, rule in settings.rules.items()}).items():
        if f"{RULES}.{key}" in meant:
            found.add(f"OrgConfigRule-{name}-")
    for key, wanted in settings.conformance_packs.items():
        file = packs.get(wanted.template or key) if f"{PACKS}.{key}" in meant else None
        pack, _ = pack_in(file) if file else (None, ())
        found |= {f"{name}-conformance-pack-" for name, *_ in (_of_pack(pack) if pack else ())}
    found |= {remediation_rule(key) for key in settings.remediations if f"{REMEDIATIONS}.{key}" in meant}
    begins = tuple(name for name in found if name.endswith("-"))
    return tuple(sorted(name for name in found if not any(name != each and name.startswith(each) for each in begins)))


def told_pack(organization: Organization, name: str) -> str:
    """What a conformance pack of an account is called in a report: `conformance_packs.KEY`, or as AWS has it."""
    found = ORGANIZATION_PACK.fullmatch(name)
    keys = {name: key for key, name in OrganizationConformancePack().names(organization).items()}
    return f"{PACKS}.{keys[found[1]]}" if found and found[1] in keys else name


def declared_rules(organization: Organization) -> dict[str, DeclaredRule]:
    """By the name that `told_name` has for what AWS shows of it; none where the config says nothing of AWS Config."""
    service = organization.service(ConfigSettings)
    found: dict[str, DeclaredRule] = {}
    if service is not None:
        controls = _controls(organization)
        for each in (
            *_rules(organization, service, controls),
            *_packs(organization, service),
            *_remediations(organization, service, controls),
        ):
            found[each.name] = found[each.name].and_also(each) if each.name in found else each
    return found


def _controls(organization: Organization) -> Mapping[str, tuple[str, ...]]:
    """The controls that a managed rule is evidence for, over all tables of conformance packs."""
    found: dict[str, dict[str, None]] = {}
    for file in organization.conformance_packs.values():
        pack, _ = pack_in(file)
        for rule in pack.rules if pack else ():
            found.setdefault(rule.identifier, {}).update(dict.fromkeys(rule.controls))
    return {identifier: tuple(controls) for identifier, controls in found.items()}


def _rules(
    organization: Organization, service: EnabledService[ConfigSettings], controls: Mapping[str, tuple[str, ...]]
) -> Iterator[DeclaredRule]:
    names = ConfigRule().names(organization)
    for key, rule in service.settings.rules.items():
        yield DeclaredRule(
            f"{RULES}.{names[key]}",
            (f"{RULES}.{key}",),
            _at(service, RULES, key),
            controls.get(rule.identifier, ()),
            _sites(organization, left_out(organization, rule.exclude), rule.identifier, home_only=rule.home_only),
        )


def _packs(organization: Organization, service: EnabledService[ConfigSettings]) -> Iterator[DeclaredRule]:
    for key, wanted in service.settings.conformance_packs.items():
        file = organization.conformance_packs.get(wanted.template or key)
        pack, _ = pack_in(file) if file else (None, ())
        without = left_out(organization, wanted.exclude)
        for name, identifier, controls, home_only in _of_pack(pack) if pack else ():
            yield DeclaredRule(
                name,
                (f"{PACKS}.{key}",),
                _at(service, PACKS, key),
                controls,
                _sites(organization, without, identifier, home_only=home_only),
            )


def _of_pack(pack: ConformancePack) -> Iterator[tuple[str, str, tuple[str, ...], bool]]:
    """Name, identifier, controls, and whether it is in the home Region only; a template says no controls."""
    for rule in pack.rules:
        yield rule.name, rule.identifier, rule.controls, rule.home_only
    for each in pack.template.get("Resources", {}).values():
        properties = each.get("Properties") or {}
        if each.get("Type") == RULE and isinstance(name := properties.get("ConfigRuleName"), str):
            identifier = (properties.get("Source") or {}).get("SourceIdentifier")
            yield name, identifier if isinstance(identifier, str) else "", (), False


def _remediations(
    organization: Organization, service: EnabledService[ConfigSettings], controls: Mapping[str, tuple[str, ...]]
) -> Iterator[DeclaredRule]:
    for key, each in service.settings.remediations.items():
        yield DeclaredRule(
            remediation_rule(key),
            (f"{REMEDIATIONS}.{key}",),
            _at(service, REMEDIATIONS, key),
            controls.get(each.identifier, ()),
            _sites(organization, left_out(organization, Target()), each.identifier, home_only=each.home_only),
        )


def _at(service: EnabledService[ConfigSettings], *path: str) -> tuple[Source, ...]:
    source = service.at(*path)
    return (source,) if source else ()


def _sites(organization: Organization, without: list[str], identifier: str, *, home_only: bool) -> frozenset[Site]:
    """Accounts that are not left out, in the Regions where AWS Config has the managed rule."""
    regions = [organization.home_region] if home_only else organization.governed_regions
    known = config_rules.is_known(identifier)
    offered = [region for region in regions if not known or config_rules.is_offered(identifier, region)]
    accounts = {*organization.members(Target(units=(ROOT,)))} - {*without}
    return frozenset((account, region) for account in accounts for region in offered)
