"""What AWS held when everything was last read, on disk: for plans that ask AWS nothing.

It is no state: nothing is decided by it unless the user asks for a plan without a refresh, and it may be deleted.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from landing.core import forms, json_text, private_files
from landing.core.errors import LandingError
from landing.core.files import write
from landing.core.model import Action, Address, Change, Diagnostic, Gap, Resource, Scope
from landing.engine.observe import Observation, as_found, desired_of, let_go, tasks_of
from landing.engine.plan_file import gap_entry_of, gap_of, plain
from landing.organization import Organization
from landing.organization.resources import ACCOUNT, ATTACHMENTS, GOVERNED_ACCOUNT, POLICY, REGION, policies_of

FORMAT = "2.0"
AGAIN = "Run landing plan once without --refresh=false"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The live side of an observation, whose it is, and when it was taken (ISO 8601, UTC)."""

    taken: str
    organization_id: str
    account: str
    caller: str
    account_ids: Mapping[str, str]
    observation: Observation

    def observation_of(self, organization: Organization) -> Observation:
        """Both sides; what the config has asked for only since then, and nobody has looked for, is a gap."""
        seen = self.observation
        regions, accounts = (
            [address.name for address in seen.live if address.kind == kind] for kind in (REGION, GOVERNED_ACCOUNT)
        )
        desired, tasks = desired_of(organization), tasks_of(organization.with_left(regions, accounts))
        tasks |= {(address.kind, address.scope) for address in desired}
        why = Diagnostic("", f"not read yet at {self.taken}")
        unread = [Gap(name, scope, why) for name, scope in tasks - seen.tasks]
        live = {address: one for address, one in seen.live.items() if (address.kind, address.scope) in tasks}
        gaps = [gap for gap in seen.gaps if (gap.kind, gap.scope) in tasks]
        live = let_go(organization, desired, dict(_attached(organization, live)))
        desired = as_found(organization, seen.kinds, desired, live)
        return Observation(desired, live, tuple(sorted([*gaps, *unread])), frozenset(tasks))

    def contradiction(self, organization: Organization) -> str:
        """Why this cannot be of the organization that the config means; nothing when it can.

        An id and an e-mail address belong to one account of all of AWS. One address that differs may have been changed;
        when no account that both name has the address that the config gives it, they are others.
        """
        for key, known in self.account_ids.items():
            declared = organization.accounts[key].id if key in organization.accounts else ""
            if declared not in ("", known):
                return f"its account {key} is {known}, and the config's {declared}"
        pairs = [
            (key, account.email, str(live.attributes.get("email", "")))
            for key, account in organization.accounts.items()
            if account.email and (live := self.observation.live.get(Address(ACCOUNT, key)))
        ]
        if pairs and all(forms.email(email) != forms.email(there) for _, email, there in pairs):
            key, email, there = pairs[0]
            return f"no account there has the e-mail address that the config gives it ({key}: {there}, not {email})"
        return ""

    def unheld(self, organization: Organization) -> Iterator[Diagnostic]:
        """Every id that the config declares of an account which was no account of that key then.

        Where accounts could not be read, nothing is known.
        """
        if self.organization_id and not self.account_ids:
            return
        keys = {known: key for key, known in self.account_ids.items()}
        for account in organization.accounts.values():
            held = account.id in ("", self.account_ids.get(account.key))
            if held or account.invite or account.key == organization.management:
                continue
            message = f"there was no account {account.id} in the organization when AWS was read at {self.taken}"
            if account.id in keys:
                message = f"account {account.id} was not known as `{account.key}` yet when AWS was read at {self.taken}"
            yield organization.unheld(account, message, AGAIN)

    def after(self, changes: Collection[Change]) -> Snapshot:
        """With changes that were made, and were looked at since."""
        live = dict(self.observation.live)
        for change in changes:
            if change.action is Action.DELETE:
                live.pop(change.address, None)
                continue
            before = live.get(change.address)
            attributes = {**(before.attributes if before else {}), **(change.after or {})}
            live[change.address] = Resource(change.address, attributes, change.requires)
        return replace(self, observation=replace(self.observation, live=live))


def _attached(organization: Organization, live: Mapping[Address, Resource]) -> Iterator[tuple[Address, Resource]]:
    """Without policies that the config lets go of where they are attached, as they are not read there any more."""
    for address, each in live.items():
        there = policies_of(each.attributes) if address.kind == ATTACHMENTS else frozenset[str]()
        left = {key for key in there if key in organization.policies or not organization.lets_go(Address(POLICY, key))}
        if left == there:
            yield address, each
        elif left:
            needs = tuple(need for need in each.requires if need.kind != POLICY or need.name in left)
            yield address, replace(each, attributes={**each.attributes, "policies": sorted(left)}, requires=needs)


def save(snapshot: Snapshot, path: Path) -> None:
    """Write it, readable by the user alone, all of it or nothing; raises LandingError."""
    seen = snapshot.observation
    data = {
        "format_version": FORMAT,
        "taken": snapshot.taken,
        "organization_id": snapshot.organization_id,
        "account": snapshot.account,
        "caller": snapshot.caller,
        "account_ids": dict(snapshot.account_ids),
        "resources": [
            [str(one.address), plain(one.attributes), list(map(str, one.requires)), one.owned]
            for one in seen.live.values()
        ],
        "gaps": [gap_entry_of(gap) for gap in seen.gaps],
        "tasks": [[name, *_scope(scope)] for name, scope in sorted(seen.tasks)],
    }
    private_files.made(path.parent)
    write(path, json.dumps(data, separators=(",", ":")) + "\n", private=True)


def load(path: Path) -> Snapshot:
    """Read what `save` wrote; raises LandingError when there is none, or it is damaged or of another version."""
    try:
        data = json_text.read(private_files.read(path).decode(), deepest=json_text.DEEPEST)
    except FileNotFoundError as error:
        raise LandingError(f"there is no snapshot of AWS in {path}. {AGAIN}") from error
    except OSError as error:
        raise LandingError(f"cannot read {path}: {error.strerror}") from error
    except ValueError as error:
        raise LandingError(f"{path} is no whole snapshot: {error}. {AGAIN}") from error
    try:
        if data["format_version"] != FORMAT:
            raise LandingError(f"{path} has format {data['format_version']}; this landing reads {FORMAT}. {AGAIN}")
        return _read(data)
    except json_text.DAMAGE as error:
        what = json_text.damage(error)
        raise LandingError(f"{path} is no snapshot of landing, or is damaged: {what}. {AGAIN}") from error


def _read(data: Any) -> Snapshot:
    live = {}
    for text, attributes, requires, owned in data["resources"]:
        address = Address.parse(text)
        live[address] = Resource(address, attributes, tuple(map(Address.parse, requires)), owned)
    gaps = tuple(map(gap_of, data["gaps"]))
    tasks = frozenset((name, Scope(account, region)) for name, account, region in data["tasks"])
    whose = {name: str(data[name]) for name in ("taken", "organization_id", "account", "caller")}
    return Snapshot(**whose, account_ids=data["account_ids"], observation=Observation({}, live, gaps, tasks))


def _scope(scope: Scope) -> tuple[str, str]:
    return scope.account, scope.region
