"""What another tool's files say of an organization, by the names that they use; and the draft that it makes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from landing.core.constraints.principals import APPOINTED_BY, NAMES, SERVICES
from landing.core.errors import LandingError
from landing.core.keys import keys, slug
from landing.core.model import Json, Source
from landing.importing.draft import Asked, Draft, DraftAccount, DraftPolicy, DraftUnit, LeftOut
from landing.importing.evidence import LOG_ARCHIVE, TOOLING
from landing.importing.nodes import Located
from landing.organization import ROOT, node_of
from landing.policy.direction import allows

Place = tuple[str, ...]
"""A unit by the names on its path from the root, which is the empty one."""
SCP = "SERVICE_CONTROL_POLICY"


@dataclass(frozen=True, slots=True)
class ListedAccount:
    """An account as a file has it; `name` is what the file calls it, `title` what AWS does, if it is another."""

    name: str
    email: str
    place: Place
    title: str = ""
    id: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    contacts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ListedPolicy:
    """A policy as a file has it, with the places and the accounts (by what the file calls them) it is attached to.

    `template`: the document has placeholders of ours.
    """

    name: str
    description: str
    type: str
    document: Mapping[str, Json]
    places: tuple[Place, ...] = ()
    accounts: tuple[str, ...] = ()
    replaces_full_access: bool = False
    template: bool = False


@dataclass
class Listing:
    """Everything of the files, as it is found; what cannot be carried over is added to `left_out`."""

    source: str
    name: str = ""
    home_region: str = ""
    regions: tuple[str, ...] = ()
    management: str = ""
    """What the files call the management account; and the two that play a part, if they say so."""
    log_archive: str = ""
    security_tooling: str = ""
    member_role: str = ""
    places: dict[Place, None] = field(default_factory=dict)
    quarantine: Place = ()
    """The unit in which new accounts wait; none."""
    accounts: list[ListedAccount] = field(default_factory=list)
    policies: list[ListedPolicy] = field(default_factory=list)
    trusted_access: tuple[str, ...] = ()
    policy_types: tuple[str, ...] = ()
    delegated_administrators: dict[str, str] = field(default_factory=dict)
    id: str = ""
    left_out: list[LeftOut] = field(default_factory=list)

    def leave(self, what: str, why: str, source: Source | None = None) -> None:
        """Say that something is not in the config."""
        self.left_out.append(LeftOut(what, why, source))

    def leave_others(
        self, node: Located, carried: Collection[str], of: str = "", why: str = "a config has nothing for it"
    ) -> None:
        """Say of every key of a mapping that is not among those that are read that it is not in the config."""
        for key in node:
            if key not in carried:
                self.leave(f"`{key}` of {of}" if of else f"`{key}`", why, node.at(key))

    def add_place(self, place: Place) -> None:
        """A unit, with those above it."""
        for depth in range(1, len(place) + 1):
            self.places[place[:depth]] = None

    def draft(self, asked: Asked) -> Draft:
        """The draft; LandingError where neither the files nor the user say what a config must have."""
        home = asked.home_region or self.home_region
        if not home:
            raise LandingError(f"{self.source} does not say which is the home region: --home-region REGION")
        units = self._units()
        given = keys(((str(n), each.name, "") for n, each in enumerate(self.accounts)), "account")
        by_name = {each.name: given[str(n)] for n, each in enumerate(self.accounts)}
        management = by_name.get(self.management, "")
        if not management:
            raise LandingError(f"{self.source} does not say which is the management account")
        accounts = [self._account(each, given[str(n)], units) for n, each in enumerate(self.accounts)]
        policies = self._policies(units, by_name)
        strict = {
            node
            for each, listed in zip(policies, self.policies, strict=True)
            for node in each.nodes
            if listed.replaces_full_access and listed.type == SCP and allows(each.document)
        }
        accounts = [replace(each, full_access=f"account/{each.key}" not in strict) for each in accounts]
        regions = asked.regions or self.regions or (home,)
        administrators = self._administrators(by_name)
        return Draft(
            name=asked.name or slug(self.name) or "organization",
            id=self.id,
            home_region=home,
            governed_regions=regions if home in regions else (home, *regions),
            management=management,
            log_archive=self._part(asked.log_archive, self.log_archive, LOG_ARCHIVE, by_name, "--log-archive"),
            security_tooling=self._part(
                asked.security_tooling, self.security_tooling, TOOLING, by_name, "--security-tooling"
            ),
            member_role=asked.member_role or self.member_role,
            quarantine=units[self.quarantine] if self.quarantine else "",
            units=tuple(DraftUnit(key, place[-1], node_of(key) not in strict) for place, key in units.items() if place),
            accounts=tuple(sorted(accounts, key=lambda each: (each.unit != ROOT, each.unit.split("/"), each.key))),
            policies=tuple(sorted(policies, key=lambda each: each.key)),
            policy_types=tuple(sorted(set(self.policy_types) - {SCP})),
            trusted_access=tuple(sorted(NAMES.keys() & {*self.trusted_access})),
            delegated_administrators=administrators,
            left_out=tuple(self.left_out),
            source=self.source,
        )

    def _administrators(self, by_name: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
        """Those that a config can name; services that appoint theirs by a call of their own keep them."""
        found: dict[str, tuple[str, ...]] = {}
        for principal, account in sorted(self.delegated_administrators.items()):
            if not SERVICES.get(principal) or principal in APPOINTED_BY:
                self.leave(f"delegated administrator {account} of {principal}", "a config cannot name it")
            else:
                found[principal] = (by_name[account],)
        return found

    def _units(self) -> dict[Place, str]:
        """Key by place; parents first."""
        found: dict[Place, str] = {(): ROOT}
        waiting: list[Place] = [()]
        for parent in waiting:
            below = sorted(place for place in self.places if place and place[:-1] == parent)
            given = keys(((place[-1], place[-1], "") for place in below), "unit", () if parent else (ROOT,))
            for place in below:
                found[place] = "/".join((*(() if not parent else (found[parent],)), given[place[-1]]))
            waiting += below
        return found

    def _account(self, each: ListedAccount, key: str, units: Mapping[Place, str]) -> DraftAccount:
        tags = {name: str(value) for name, value in sorted(each.tags.items())}
        return DraftAccount(key, each.title or each.name, each.email, units[each.place], each.id, tags, each.contacts)

    def _policies(self, units: Mapping[Place, str], by_name: Mapping[str, str]) -> list[DraftPolicy]:
        given = keys(((f"{n:06d}", each.name, "") for n, each in enumerate(self.policies)), "policy")
        return [
            DraftPolicy(
                given[f"{n:06d}"],
                each.name,
                each.description,
                each.type,
                each.document,
                tuple(dict.fromkeys(_nodes(each, units, by_name))),
                template=each.template,
            )
            for n, each in enumerate(self.policies)
        ]

    def _part(self, asked: str, said: str, patterns: Iterable[str], by_name: Mapping[str, str], option: str) -> str:
        """The key of the account that plays a part: as the user says, else as the files do, else as names tell."""
        for each in self.accounts:
            if asked and asked in (each.id, each.name, each.title, by_name[each.name], each.email):
                return by_name[each.name]
        if asked:
            raise LandingError(f"{option} {asked}: there is no such account in {self.source}")
        if said in by_name:
            return by_name[said]
        members = [each for each in self.accounts if each.name != self.management]
        for pattern in patterns:
            fit = [each for each in members if re.fullmatch(pattern, slug(each.title or each.name))]
            if len(fit) == 1:
                return by_name[fit[0].name]
        raise LandingError(
            f"{self.source} does not say which account it is: {option} ACCOUNT (id, name or e-mail address)"
        )


def _nodes(policy: ListedPolicy, units: Mapping[Place, str], by_name: Mapping[str, str]) -> Iterator[str]:
    yield from (node_of(units[place]) for place in policy.places)
    yield from (f"account/{by_name[name]}" for name in policy.accounts)
