"""Configs at random, and each with a change at random: the same for the same seed."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

UNITS = ("workloads", "security", "sandbox", "infrastructure")
GUARDRAILS = ("no-leaving", "no-root", "tls-only")
SERVICES = {
    "log_archive": "{}",
    "cloudtrail": "{}",
    "config": "{rules: {ebs: {identifier: EC2_EBS_ENCRYPTION_BY_DEFAULT}}}",
    "guardduty": "{}",
    "security_hub": "{policies: {all: {target: {units: [root]}, standards: [aws-foundational-security-best-practices/v/1.0.0]}}}",
}
NEEDS_LOG_ARCHIVE = ("cloudtrail", "config", "guardduty")


@dataclass
class Config:
    """What a config says, as far as it is left to chance."""

    units: dict[str, str] = field(default_factory=dict)
    """Key (a path) to name."""
    accounts: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    """Key to (name, unit, value of a tag)."""
    guardrails: dict[str, str] = field(default_factory=dict)
    """Policy to its target."""
    baselines: dict[str, str] = field(default_factory=dict)
    services: tuple[str, ...] = ()
    regions: tuple[str, ...] = ("eu-west-1",)

    @property
    def text(self) -> str:
        """The config."""
        lines = [
            "organization:",
            "  name: chance",
            "  home_region: eu-west-1",
            f"  governed_regions: [{', '.join(self.regions)}]",
            "roles: {management: management, log_archive: log-archive, security_tooling: security-tooling}",
            "units:",
        ]
        for top in (key for key in self.units if "/" not in key):
            below = [key for key in self.units if key.startswith(f"{top}/")]
            children = ", ".join(f"{key.partition('/')[2]}: {{name: {self.units[key]}}}" for key in below)
            lines.append(f"  {top}: {{name: {self.units[top]}, units: {{{children}}}}}")
        lines += ["accounts:", "  management: {name: Management, unit: root}"]
        lines += [
            f"  {key}: {{name: {name}, email: {key}@example.com, unit: {unit}, tags: {{team: {team}}}}}"
            for key, (name, unit, team) in self.accounts.items()
        ]
        for title, entries in (("guardrails", self.guardrails), ("baselines", self.baselines)):
            if entries:
                lines.append(f"{title}:")
                lines += [f"  {key}: {{target: {{{target}}}}}" for key, target in entries.items()]
        if self.services:
            lines.append("services:")
            lines += [f"  {name}: {SERVICES[name]}" for name in self.services]
        return "\n".join(lines) + "\n"


def config(dice: random.Random) -> Config:
    """A config: few objects, but of every kind now and then."""
    units = {key: key.title() for key in dice.sample(UNITS, dice.randint(1, 3))}
    for top in list(units):
        units |= {f"{top}/{child}": child.title() for child in dice.sample(("prod", "dev"), dice.randint(0, 2))}
    made = Config(units=units)
    for key in ("log-archive", "security-tooling", *(f"team-{number}" for number in range(dice.randint(0, 3)))):
        made.accounts[key] = (key.title(), dice.choice([*units, "root"]), dice.choice("ab"))
    for key in dice.sample(GUARDRAILS, dice.randint(0, 3)):
        made.guardrails[key] = _target(dice, made)
    if dice.random() < 0.5:
        made.baselines["security-audit-role"] = _target(dice, made)
    made.regions = ("eu-west-1",) if dice.random() < 0.7 else ("eu-west-1", "us-east-1")
    made.services = _services(dice)
    return made


def changed(before: Config, dice: random.Random) -> Config:
    """The config after a day of work: accounts move and come, units are renamed, policies and services come and go."""
    units = {key: f"{name}X" if dice.random() < 0.2 else name for key, name in before.units.items()}
    after = Config(units=units, regions=before.regions, services=before.services, baselines=dict(before.baselines))
    for key, (name, unit, team) in before.accounts.items():
        moved = dice.choice([*units, "root"]) if dice.random() < 0.3 else unit
        after.accounts[key] = (name, moved, dice.choice("ab") if dice.random() < 0.3 else team)
    if dice.random() < 0.5:
        after.accounts["newcomer"] = ("Newcomer", dice.choice(list(units)), "a")
    for key in GUARDRAILS:
        if key in before.guardrails and dice.random() < 0.7:
            after.guardrails[key] = before.guardrails[key] if dice.random() < 0.5 else _target(dice, after)
        elif key not in before.guardrails and dice.random() < 0.3:
            after.guardrails[key] = _target(dice, after)
    if dice.random() < 0.3:
        after.baselines = {} if before.baselines else {"security-audit-role": "units: [root]"}
    if dice.random() < 0.3:
        after.services = tuple(sorted({*before.services, *_services(dice)}))
    return after


def _target(dice: random.Random, config: Config) -> str:
    if dice.random() < 0.2:
        return f"accounts: [{dice.choice(list(config.accounts))}]"
    return f"units: [{dice.choice([*config.units, 'root'])}]"


def _services(dice: random.Random) -> tuple[str, ...]:
    found = {name for name in SERVICES if dice.random() < 0.2}
    if found & set(NEEDS_LOG_ARCHIVE):
        found.add("log_archive")
    return tuple(sorted(found))
