"""A file of `conformance-packs/`: a table of managed rules with what they are for, or a template as AWS takes it.

Both become the text of PutOrganizationConformancePack (Developer Guide, "Creating templates for custom conformance
packs"). In a table a rule goes by its identifier; `{Ref: NAME}` in the place of a value is a parameter of the pack.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from landing.blueprint import canonical
from landing.core.constraints import config_rules
from landing.core.model import Diagnostic, Source
from landing.core.spelling import nearest
from landing.core.yaml_text import Map, NotAdmitted, parse
from landing.library import template
from landing.organization import File

RULE, REMEDIATION = "AWS::Config::ConfigRule", "AWS::Config::RemediationConfiguration"
MOST_RULES = 130
"""Rules of an organization's pack (Developer Guide, "Service limits")."""
MOST_BYTES = 51_200
"""TemplateBody (PutOrganizationConformancePack)."""
DIGEST = "LandingDigest"
"""A parameter of every pack that nothing refers to: AWS shows parameters, and never the template."""
UNREAD = "LZ420"

_KEYS = ("title", "parameters", "rules")
_RULE_KEYS = ("controls", "parameters", "home_only")
_EXAMPLE = "`CLOUD_TRAIL_ENABLED: {controls: [cis-aws-5.0:3.1]}`"


@dataclass(frozen=True, slots=True)
class PackRule:
    """A managed rule of a table."""

    identifier: str
    controls: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    home_only: bool = False

    @property
    def name(self) -> str:
        """What it is called in an account, before the suffix of the pack."""
        return self.identifier.lower().replace("_", "-")


@dataclass(frozen=True, slots=True)
class ConformancePack:
    """A pack as its file says it; with `template`, it is that of a template."""

    title: str = ""
    parameters: Mapping[str, str | None] = field(default_factory=dict)
    """Name to default; None where a value must be given."""
    rules: tuple[PackRule, ...] = ()
    template: Mapping[str, Any] = field(default_factory=dict)

    @property
    def controls(self) -> tuple[str, ...]:
        """Ids of the control catalogues, as the table has them."""
        return tuple(dict.fromkeys(control for rule in self.rules for control in rule.controls))

    def rules_in(self, region: str, *, home: bool) -> list[PackRule]:
        """The rules of the table that a region gets: those that AWS Config has there, and what is global at home."""
        return [
            rule
            for rule in self.rules
            if (home or not rule.home_only) and config_rules.is_offered(rule.identifier, region)
        ]

    def left_out(self, region: str, *, home: bool) -> list[str]:
        """Identifiers that would be meant there, and that AWS Config has not in that region."""
        meant = [rule for rule in self.rules if home or not rule.home_only]
        return [rule.identifier for rule in meant if not config_rules.is_offered(rule.identifier, region)]

    def count(self, region: str, *, home: bool) -> int:
        """How many rules a region gets."""
        if self.template:
            return sum(each.get("Type") == RULE for each in self.template["Resources"].values())
        return len(self.rules_in(region, home=home))

    def document(self, region: str, *, home: bool) -> dict[str, Any]:
        """The template that is sent to a region, the same for the same pack."""
        document = dict(self.template) or self._document(region, home=home)
        declared = {**document.get("Parameters", {}), DIGEST: {"Type": "String"}}
        return {**document, "Parameters": declared}

    def _document(self, region: str, *, home: bool) -> dict[str, Any]:
        rules = self.rules_in(region, home=home)
        used = {value["Ref"] for rule in rules for value in rule.parameters.values() if isinstance(value, dict)}
        return {
            "Parameters": {
                name: {"Type": "String", **({} if default is None else {"Default": default})}
                for name, default in self.parameters.items()
                if name in used
            },
            "Resources": {_logical_id(rule.identifier): _resource(rule) for rule in rules},
        }


def text(document: Mapping[str, Any]) -> str:
    """A template as YAML, which is what conformance packs are written in (Developer Guide)."""
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    written: str = yaml.dump(document, Dumper=dumper, width=1_000, allow_unicode=True)
    return written


def digest(document: Mapping[str, Any]) -> str:
    """What a pack is made of, in 64 hex digits."""
    return hashlib.sha256(canonical(document).encode()).hexdigest()


def _resource(rule: PackRule) -> dict[str, Any]:
    about = ", ".join(rule.controls)
    return {
        "Type": RULE,
        "Properties": {
            "ConfigRuleName": rule.name,
            **({"Description": about if len(about) <= 256 else f"{about[:255]}…"} if about else {}),
            **({"InputParameters": dict(rule.parameters)} if rule.parameters else {}),
            "Source": {"Owner": "AWS", "SourceIdentifier": rule.identifier},
        },
    }


def _logical_id(identifier: str) -> str:
    return "".join(part.capitalize() for part in identifier.split("_"))


@lru_cache(maxsize=64)
def pack_in(file: File) -> tuple[ConformancePack | None, tuple[Diagnostic, ...]]:
    """The pack of a file, and all that is wrong with it; none where nothing can be made of it."""
    if re.search(r'^Resources:|"Resources"\s*:', file.text, re.MULTILINE):
        return _of_template(file)
    try:
        table = parse(file.text)
    except NotAdmitted as error:
        return None, (_wrong(file, error.mark, error.message, error.hint),)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        at = (mark.line, mark.column) if mark else (0, 0)
        return None, (_wrong(file, at, str(getattr(error, "problem", None) or "not YAML"), "correct it there"),)
    if not isinstance(table, Map) or not isinstance(table.get("rules"), Map) or not table["rules"]:
        return None, (_wrong(file, (0, 0), "neither a template nor a table of `rules`", f"rules: {_EXAMPLE}"),)
    problems = [_unknown(file, table, key, _KEYS) for key in table if key not in _KEYS]
    parameters = table.get("parameters") or Map()
    problems += _parameter_problems(file, table, parameters)
    if problems:
        return None, tuple(problems)
    rules = [_rule(file, table["rules"], identifier, parameters, problems) for identifier in table["rules"]]
    pack = ConformancePack(
        str(table.get("title", "")),
        {name: None if value is None else text_of(value) for name, value in parameters.items()},
        tuple(filter(None, rules)),
    )
    return (None if problems else pack), tuple(problems)


def _of_template(file: File) -> tuple[ConformancePack | None, tuple[Diagnostic, ...]]:
    try:
        found = template.content(Path(file.path), file.text)
    except template.NotReadError as error:
        return None, (_wrong(file, (error.line - 1, 0), str(error), error.help),)
    problems = tuple(_unknown_rules(file, found["Resources"])) + tuple(
        _wrong(
            file, _at(file.text, name), f"`{name}` is of type {each.get('Type')}", f"a pack has {RULE}, {REMEDIATION}"
        )
        for name, each in found["Resources"].items()
        if each.get("Type") not in (RULE, REMEDIATION)
    )
    declared = found.get("Parameters") or {}
    if DIGEST in declared:
        problems += (_wrong(file, _at(file.text, DIGEST), f"`{DIGEST}` is a parameter of ours", "rename it"),)
    names = {name: None if "Default" not in each else text_of(each["Default"]) for name, each in declared.items()}
    pack = ConformancePack(str(found.get("Description", "")), names, template=found)
    return (None if problems else pack), problems


def _unknown_rules(file: File, resources: Mapping[str, Any]) -> Iterator[Diagnostic]:
    for identifier in identifiers(resources):
        if not config_rules.is_known(identifier):
            hint = nearest(identifier, config_rules.rules(), "see the list of AWS Config managed rules")
            yield _wrong(file, _at(file.text, identifier), f"AWS Config has no managed rule `{identifier}`", hint)


def identifiers(resources: Mapping[str, Any]) -> Iterator[str]:
    """The managed rules that the resources of a template name."""
    for each in resources.values():
        source = (each.get("Properties") or {}).get("Source") or {}
        named = source.get("SourceIdentifier") if source.get("Owner") == "AWS" else None
        if each.get("Type") == RULE and isinstance(named, str):
            yield named


def _parameter_problems(file: File, table: Map, parameters: object) -> Iterator[Diagnostic]:
    if not isinstance(parameters, Map):
        yield _wrong(file, table.values_at["parameters"], "`parameters` is no mapping", "NAME: its default")
        return
    for name, value in parameters.items():
        if not re.fullmatch("[A-Za-z0-9]{1,255}", name) or name == DIGEST:
            yield _wrong(file, parameters.keys_at[name], f"`{name}` is no name of a parameter", "letters and digits")
        if isinstance(value, dict | list):
            yield _wrong(file, parameters.values_at[name], f"the default of `{name}` is no text", "write a text")


def _rule(file: File, rules: Map, identifier: str, parameters: Map, problems: list[Diagnostic]) -> PackRule | None:
    at, said = rules.keys_at[identifier], rules[identifier] or Map()
    if not config_rules.is_known(identifier):
        hint = nearest(identifier, config_rules.rules(), "see the list of AWS Config managed rules")
        problems.append(_wrong(file, at, f"AWS Config has no managed rule `{identifier}`", hint))
        return None
    if not isinstance(said, Map):
        problems.append(_wrong(file, rules.values_at[identifier], f"`{identifier}` is no mapping", _EXAMPLE))
        return None
    problems += (_unknown(file, said, key, _RULE_KEYS) for key in said if key not in _RULE_KEYS)
    given, controls, home_only = said.get("parameters") or Map(), said.get("controls") or [], said.get("home_only")
    if not isinstance(controls, list) or not all(isinstance(each, str) for each in controls):
        problems.append(_wrong(file, said.values_at["controls"], "`controls` is no list of texts", _EXAMPLE))
    if home_only not in (None, True, False):
        problems.append(_wrong(file, said.values_at["home_only"], "`home_only` is true or false", ""))
    if not isinstance(given, Map):
        problems.append(_wrong(file, said.values_at["parameters"], "`parameters` is no mapping", "NAME: value"))
        return None
    known = config_rules.rules()[identifier]
    for name in config_rules.unknown_parameters(identifier, given):
        hint = nearest(name, known, "its parameters: " + (", ".join(known) or "none"))
        problems.append(_wrong(file, given.keys_at[name], f"{identifier} has no parameter `{name}`", hint))
    for name in config_rules.missing_parameters(identifier, given):
        problems.append(_wrong(file, at, f"{identifier} needs the parameter `{name}`", "add it"))
    for name, value in given.items():
        if isinstance(value, Map) and ({*value} != {"Ref"} or value["Ref"] not in parameters):
            hint = "`{Ref: NAME}`, with NAME among the `parameters` of the file"
            problems.append(_wrong(file, given.values_at[name], f"`{name}` refers to no parameter", hint))
    values = {
        name: {"Ref": value["Ref"]} if isinstance(value, Map) else text_of(value) for name, value in given.items()
    }
    return PackRule(identifier, tuple(controls), values, bool(home_only))


def _unknown(file: File, found: Map, key: str, known: tuple[str, ...]) -> Diagnostic:
    return _wrong(
        file, found.keys_at[key], f"`{key}` is not known", nearest(key, known, f"there is {', '.join(known)}")
    )


def _wrong(file: File, at: tuple[int, int], message: str, hint: str) -> Diagnostic:
    return Diagnostic(UNREAD, message, Source(file.path, at[0] + 1, at[1] + 1), hint)


def _at(text: str, word: str) -> tuple[int, int]:
    """The first place of a word in a text."""
    for number, line in enumerate(text.splitlines()):
        if found := re.search(rf"\b{re.escape(word)}\b", line):
            return number, found.start()
    return 0, 0


def text_of(value: object) -> str:
    """A value as AWS Config is sent it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
