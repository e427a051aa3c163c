"""Checks that a schema cannot express: references, names, regions; every problem at once.

They read the raw document and believe nothing of its shape, so that they run beside the schema's own errors.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from landing.config.document import EMAIL_PATTERN, TRUSTED, Document, Path_, administrators, email_of, items, units_in
from landing.core import forms
from landing.core.constraints.inputs import takes
from landing.core.constraints.principals import APPOINTED_BY, PRINCIPALS
from landing.core.model import Diagnostic
from landing.core.partitions import OPT_IN_REGIONS, REGIONS
from landing.core.quotas import UNITS
from landing.core.spelling import nearest
from landing.core.text import few
from landing.organization import PIPELINE, ROOT
from landing.policy.exemptions import names_roles
from landing.services.service import Service

MAX_DEPTH = 5
_PATTERN = re.compile(r"[\w+=,.@-][!-~]*", re.ASCII)
"""The name of a role after its path, with wildcards but for its beginning ("IAM and AWS STS quotas", IAM guide)."""
_ACCOUNT_ID = re.compile(r"[0-9]{12}")
RESERVED_TAGS = ("aws:", "landing:")


def check(document: Document, services: Sequence[Service]) -> Iterator[Diagnostic]:
    """Every problem of the raw document that has to do neither with its shape nor with the library."""
    return _Checks(document, services).run()


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _strings(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


_ADDRESS = re.compile(r"[a-z_]+\.[^\s].*")


class _Checks:
    def __init__(self, document: Document, services: Sequence[Service]) -> None:
        self.services = services
        self.problem = document.problem
        self.source = document.source
        self.in_doubt = document.in_doubt
        self.data: Mapping[str, Any] = document.data
        self.accounts = dict(items(self.data.get("accounts")))
        self.units = {key: (path, unit) for key, path, unit in units_in(document)}
        self.organization: dict[str, Any] = dict(items(self.data)).get("organization", {})
        self.roles: dict[str, Any] = dict(items(self.data)).get("roles", {})

    def run(self) -> Iterator[Diagnostic]:
        yield from self._regions()
        yield from self._new_accounts()
        yield from self._roles()
        yield from self._access()
        yield from self._lock()
        yield from self._units()
        yield from self._accounts()
        for section in ("guardrails", "baselines", "playbooks"):
            yield from self._targets(section)
        yield from self._waves()
        yield from self._services()
        yield from self._stacks()
        yield from self._delegated()
        yield from self._removed()

    def _unit(self, name: object, path: Path_) -> Iterator[Diagnostic]:
        if isinstance(name, str) and name != ROOT and name not in self.units and not self.in_doubt(self._place(name)):
            yield self.problem(
                "LZ301", f"there is no unit `{name}`", path, nearest(name, self.units, "declare it under `units`")
            )

    def _place(self, unit: str) -> Path_:
        """Where a unit that is not there would stand, or the first above it that is not there."""
        place: Path_ = ("units",)
        keys = unit.split("/")
        for depth, key in enumerate(keys, 1):
            place = (*place, key)
            if "/".join(keys[:depth]) not in self.units:
                break
            place = (*place, "units")
        return place

    def _account(self, name: object, path: Path_) -> Iterator[Diagnostic]:
        if isinstance(name, str) and name not in self.accounts and not self.in_doubt(("accounts", name)):
            hint = nearest(name, self.accounts, "declare it under `accounts`")
            yield self.problem("LZ302", f"there is no account `{name}`", path, hint)

    def _removed(self) -> Iterator[Diagnostic]:
        declared = {
            *(f"unit.{key}" for key in self.units),
            *(f"account.{key}" for key in self.accounts),
            *(f"policy.{key}" for key, _ in items(self.data.get("guardrails"))),
            *(f"governed_service.{key}" for key, _ in items(self.data.get("services"))),
        }
        for index, text in enumerate(_strings(self.data.get("removed"))):
            at: Path_ = ("removed", index)
            if text in declared:
                yield self.problem("LZ331", f"`{text}` is declared and removed", at, "take one of the two out")
            elif not _ADDRESS.fullmatch(text):
                hint = "kind.name, as `landing plan` shows it, or kind.prefix*"
                yield self.problem("LZ332", f"`{text}` is no address", at, hint)

    def _regions(self) -> Iterator[Diagnostic]:
        home = _text(self.organization.get("home_region"))
        governed = _strings(self.organization.get("governed_regions"))
        at: Path_ = ("organization", "governed_regions")
        if home not in REGIONS:
            return
        if home in OPT_IN_REGIONS:
            yield self.problem(
                "LZ309",
                f"the home region {home} is an opt-in region",
                ("organization", "home_region"),
                "choose a region that is on by default: organization trails, StackSets and Security Hub "
                "central configuration do not reach accounts from an opt-in region",
            )
        if governed and home not in governed and not self.in_doubt(at):
            yield self.problem(
                "LZ307",
                f"the home region {home} is not among the governed regions",
                at,
                f"add {home} to the list",
                key=True,
            )
        for index, region in enumerate(governed):
            if region in REGIONS and REGIONS[region] != REGIONS[home]:
                yield self._other_partition(region, home, (*at, index))

    def _new_accounts(self) -> Iterator[Diagnostic]:
        """The unit in which they wait."""
        path: Path_ = ("organization", "new_accounts", "quarantine")
        unit = dict(items(self.organization)).get("new_accounts", {}).get("quarantine")
        yield from self._unit(unit, path)
        if unit == ROOT:
            yield self.problem("LZ481", "new accounts cannot wait in the root", path, "name a unit of their own")

    def _roles(self) -> Iterator[Diagnostic]:
        for role in ("management", "log_archive", "security_tooling", "forensics"):
            yield from self._account(self.roles.get(role), ("roles", role))
        for role in ("log_archive", "security_tooling", "forensics"):
            if _text(self.roles.get(role)) and self.roles.get(role) == self.roles.get("management"):
                yield self.problem(
                    "LZ306",
                    f"`{role}` cannot be the management account",
                    ("roles", role),
                    "no SCP protects the management account, and it cannot be a delegated administrator"
                    if role != "forensics"
                    else "no SCP protects the management account: evidence belongs in one of its own",
                )

    def _access(self) -> Iterator[Diagnostic]:
        """Names that guardrails let through: one that may begin with anything lets anybody through.

        The name of the member role has no wildcards: the schema says so.
        """
        access = dict(items(self.data)).get("access", {})
        for index, name in enumerate(_strings(access.get("exempt_roles"))):
            arn = name.split(":", 5) if name.startswith("arn:") else None
            path = name if arn is None else arn[-1].removeprefix("role/") if names_roles(name) else ""
            if not _PATTERN.fullmatch(path):
                message = f"`{name}` says of no role how its name begins: everybody could make one that fits"
                hint = "a name as in `break-glass-*`, or an ARN as in `arn:aws:iam::*:role/break-glass-*`"
                yield self.problem("LZ350", message, ("access", "exempt_roles", index), hint)

    def _lock(self) -> Iterator[Diagnostic]:
        lock = dict(items(self.data)).get("lock", {})
        yield from self._account(lock.get("account"), ("lock", "account"))
        region, home = _text(lock.get("region")), _text(self.organization.get("home_region"))
        if region in REGIONS and home in REGIONS and REGIONS[region] != REGIONS[home]:
            yield self._other_partition(region, home, ("lock", "region"))

    def _other_partition(self, region: str, home: str, path: Path_) -> Diagnostic:
        message = f"{region} is in the partition {REGIONS[region]}, the home region in {REGIONS[home]}"
        return self.problem("LZ308", message, path, "an organization lives in one partition")

    def _units(self) -> Iterator[Diagnostic]:
        names: dict[tuple[str, str], str] = {}
        for whole, (path, value) in self.units.items():
            parent, _, key = whole.rpartition("/")
            if whole == ROOT:
                yield self.problem(
                    "LZ319", "`root` is the root itself, not a unit", path, "choose another key", key=True
                )
            depth = whole.count("/") + 1
            if depth == MAX_DEPTH + 1:
                yield self.problem(
                    "LZ304",
                    f"`{whole}` is {depth} levels below the root",
                    path,
                    f"AWS allows {MAX_DEPTH} levels",
                    key=True,
                )
            name = str(value.get("name", key))
            first = names.setdefault((parent, forms.name(name)), whole)
            if first != whole:
                there = self.source(self.units[first][0], key=True)
                yield self.problem(
                    "LZ305",
                    f"`{whole}` has the name {name!r}, as has `{first}` beside it ({there})",
                    path,
                    "units under one parent need names that differ by more than case",
                    key=True,
                )
        if len(self.units) > UNITS:
            yield self.problem("LZ304", f"{len(self.units)} units; AWS allows {UNITS}", ("units",), key=True)

    def _accounts(self) -> Iterator[Diagnostic]:
        emails: dict[str, list[str]] = defaultdict(list)
        ids: dict[str, list[str]] = defaultdict(list)
        for key, value in self.accounts.items():
            path: Path_ = ("accounts", key)
            yield from self._unit(value.get("unit"), (*path, "unit"))
            if email := email_of(self.data, key, value):
                emails[forms.email(email)].append(key)
            yield from self._email(key, value, email)
            if "id" in value:
                ids[str(value["id"])].append(key)
                if not _ACCOUNT_ID.fullmatch(str(value["id"])):
                    yield self.problem(
                        "LZ318",
                        f"`{value['id']}` is no account id",
                        (*path, "id"),
                        "12 digits; quote an id that begins with 0",
                    )
            if "join" in value:
                yield from self._joins(key, value)
            for tag, _ in items(value.get("tags")):
                if tag.lower().startswith(RESERVED_TAGS):
                    yield self.problem(
                        "LZ320",
                        f"the tag key `{tag}` is reserved",
                        (*path, "tags", tag),
                        "choose another key",
                        key=True,
                    )
        for code, field, groups in (("LZ303", "email", emails), ("LZ318", "id", ids)):
            for shared, keys in groups.items():
                for key in keys[1:]:
                    yield self.problem(
                        code,
                        f"`{shared}` belongs to account `{keys[0]}` already "
                        f"({self.source(('accounts', keys[0], field))})",
                        ("accounts", key, field),
                        "each account needs its own",
                    )

    def _email(self, key: str, value: Mapping[str, Any], email: str) -> Iterator[Diagnostic]:
        """It is needed of whoever is to be created or found by it; one of the pattern must be one that AWS takes."""
        path: Path_ = ("accounts", key)
        doubtful = any(self.in_doubt(each) for each in ((*path, "email"), (*path, "id"), EMAIL_PATTERN))
        management = self.roles.get("management")
        known = isinstance(management, str) and management in self.accounts and key != management
        if known and not email and "email" not in value and "id" not in value and not doubtful:
            yield self.problem(
                "LZ330",
                f"`email` is missing in `accounts.{key}`",
                path,
                "an account is created with it, or found by it or by `id`; `organization.email_pattern` makes one",
                key=True,
            )
        if email and "email" not in value and not takes(email, "organizations:CreateAccount Email"):
            yield self.problem(
                "LZ460",
                f"`{email}`, by `organization.email_pattern`, is no address that AWS takes",
                path,
                "at most 64 characters: give it an `email` of its own, a shorter key, or shorten the pattern",
                key=True,
            )

    def _joins(self, key: str, value: Mapping[str, Any]) -> Iterator[Diagnostic]:
        """It is invited by its id, and nothing can rest on an account that may never come."""
        path: Path_ = ("accounts", key, "join")
        if "id" not in value and not self.in_doubt(("accounts", key, "id")):
            hint = "give its `id`: that account is invited, and no other is taken for it"
            yield self.problem("LZ333", f"`{key}` is to join, and nothing says which account it is", path, hint)
        parts = {f"roles.{name}": account for name, account in self.roles.items()}
        named = administrators(self.data)
        parts |= {f"trusted_access.{name}.administrator": key for name, keys in named.items() if key in keys}
        parts["lock.account"] = dict(items(self.data)).get("lock", {}).get("account")
        stacks = items(dict(items(self.data)).get("stacks"))
        parts |= {f"stacks.{name}": key for name, stack in stacks if key in _strings(stack.get("accounts"))}
        for part in sorted(name for name, account in parts.items() if account == key):
            hint = "let it join first, and take `join` away; then it can play this part"
            yield self.problem("LZ334", f"`{key}` is to join, and `{part}` needs it already", path, hint)

    def _targets(self, section: str) -> Iterator[Diagnostic]:
        for key, value in items(self.data.get(section)):
            path: Path_ = (section, key, "target")
            target = dict(items(value)).get("target", {})
            yield from self._selected(target, path)
            meaning = any(target.get(part) for part in ("units", "accounts", "tags")) or self.in_doubt(path)
            if "target" in value and not meaning:
                yield self.problem(
                    "LZ321", f"the target of `{key}` means nothing", path, "name units, accounts or tags", key=True
                )
            yield from self._tagged(key, target, path)

    def _tagged(self, key: str, target: Mapping[str, Any], path: Path_) -> Iterator[Diagnostic]:
        """Tags of a target that no account of the config has, or not together: it is for nobody."""
        wanted = dict(items(target)).get("tags")
        if not isinstance(wanted, dict) or not wanted or self.in_doubt(("accounts",)) or self.in_doubt(path):
            return
        carried = [dict(items(account)).get("tags") or {} for _, account in items(self.data.get("accounts"))]
        if any(isinstance(tags, dict) and wanted.items() <= tags.items() for tags in carried):
            return
        said = " and ".join(f"{name}: {value}" for name, value in wanted.items())
        values = sorted({str(tags[name]) for tags in carried for name in wanted if name in tags})
        known = f": of `{', '.join(wanted)}` they have {few(values)}" if values else ""
        hint = f"see the `tags` of the accounts{known}"
        found = self.problem(
            "LZ321", f"no account has {said}, so `{key}` is for nobody", (*path, "tags"), hint, key=True
        )
        yield replace(found, severity="warning")

    def _waves(self) -> Iterator[Diagnostic]:
        waves = dict(items(self.data)).get("deployment", {}).get("waves")
        for index, wave in enumerate(waves if isinstance(waves, list) else ()):
            yield from self._selected(dict(items(wave)).get("target", {}), ("deployment", "waves", index, "target"))

    def _selected(self, target: Mapping[str, Any], path: Path_) -> Iterator[Diagnostic]:
        """What a target names."""
        for part, at in ((target, path), (dict(items(target)).get("exclude", {}), (*path, "exclude"))):
            for index, unit in enumerate(_strings(part.get("units"))):
                yield from self._unit(unit, (*at, "units", index))
            for index, account in enumerate(_strings(part.get("accounts"))):
                yield from self._account(account, (*at, "accounts", index))

    def _services(self) -> Iterator[Diagnostic]:
        """The targets within their settings, at any depth."""
        yield from self._targets_within(self.data.get("services"), ("services",))

    def _targets_within(self, value: object, path: Path_) -> Iterator[Diagnostic]:
        for key, part in items(value):
            if key == "target":
                yield from self._selected(part, (*path, key))
            else:
                yield from self._targets_within(part, (*path, key))

    def _stacks(self) -> Iterator[Diagnostic]:
        """Their accounts, and keys that something else has: a key is the name of stacks and stack sets."""
        taken = {row.key: f"services.{each.key}" for each in self.services for row in each.blueprints}
        taken |= {key: f"baselines.{key}" for key, _ in items(self.data.get("baselines"))}
        for key, _ in items(self.data.get("playbooks")):
            taken |= dict.fromkeys((f"playbook-{key}", f"playbook-{key}-roles"), f"playbooks.{key}")
        taken[PIPELINE] = "access.pipeline"
        if PIPELINE in dict(items(self.data.get("baselines"))):
            message = f"`access.pipeline` makes stacks called `{PIPELINE}` already"
            yield self.problem("LZ338", message, ("baselines", PIPELINE), "choose another key", key=True)
        home = _text(self.organization.get("home_region"))
        for key, value in items(self.data.get("stacks")):
            path: Path_ = ("stacks", key)
            for index, account in enumerate(_strings(value.get("accounts"))):
                yield from self._account(account, (*path, "accounts", index))
            for index, region in enumerate(_strings(value.get("regions"))):
                if region in REGIONS and home in REGIONS and REGIONS[region] != REGIONS[home]:
                    yield self._other_partition(region, home, (*path, "regions", index))
            if key in taken:
                message = f"`{taken[key]}` makes stacks called `{key}` already"
                yield self.problem("LZ338", message, path, "choose another key", key=True)

    def _delegated(self) -> Iterator[Diagnostic]:
        for name, accounts in administrators(self.data).items():
            path: Path_ = (*TRUSTED, name, "administrator")
            for index, account in enumerate(accounts):
                at = (*path, index) if self.source((*path, index)) else path
                yield from self._account(account, at)
                if account == self.roles.get("management"):
                    message = "the management account cannot be a delegated administrator"
                    yield self.problem("LZ326", message, at, "choose a member account")
            if name in PRINCIPALS:
                yield from self._appointed(PRINCIPALS[name], accounts, path)

    def _appointed(self, principal: str, accounts: Sequence[str], path: Path_) -> Iterator[Diagnostic]:
        """Administrators that services appoint themselves, or that the services of the config need."""
        tooling = self.roles.get("security_tooling")
        by_service = next((each for each in self.services if principal in each.appointing), None)
        if by_service or principal in APPOINTED_BY:
            hint = f"leave it out: {APPOINTED_BY.get(principal, 'a call of the service')} does it"
            if by_service:
                hint = f"leave it out: `services.{by_service.key}` does it, for `roles.security_tooling`"
            yield self.problem("LZ327", f"{principal} appoints its administrator itself", path, hint, key=True)
            return
        for service in self.services:
            needs = principal in service.delegated and service.key in dict(items(self.data.get("services")))
            if needs and tooling not in accounts and not self.in_doubt(("roles", "security_tooling")):
                message = f"`services.{service.key}` needs {principal} administered by `{tooling}`"
                yield self.problem("LZ327", message, path, "name the account of `roles.security_tooling`, or none")
