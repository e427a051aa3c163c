"""The plan: what would change, what could not be checked, and what it was made from."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from landing.core import json_text
from landing.core.errors import ImpossiblePlan, StalePlan, UnknownFormat, WrongPlan
from landing.core.files import write
from landing.core.model import (
    MARK,
    WORDS,
    Action,
    Address,
    Attributes,
    Change,
    Diagnostic,
    Gap,
    Resource,
    Scope,
    action_between,
    counts_of,
)
from landing.core.version import landing_version
from landing.engine.observe import Observation
from landing.engine.order.unique_names import givers
from landing.engine.plan_file import change_of, digest_of, entry_of, gap_entry_of, gap_of
from landing.organization import ForeignPolicy, Held, Organization
from landing.organization.owners import CONTROL_TOWER, owner_of
from landing.organization.resources import LANDING_ZONE, OWNER, POLICY, TRUSTED_ACCESS, UNIT, foreign_in
from landing.services.base import Kinds
from landing.services.registry import KINDS

FORMAT = "5.5"
"""5.0: the summary counts by the words of Terraform's `change_summary`. 5.1: `only`, of changes that are narrowed.

5.2: `waiting`. 5.3: `held`. 5.4: `effects_in_brief`, `allow`. 5.5: `waves`, of plans that have some.
"""
WITHOUT_WAVES = "5.4"

REGION_OFF = ("UnrecognizedClientException", "InvalidClientTokenId", "AuthFailure", "RegionDisabledException")
"""What a region answers that the account has not enabled (AWS Account Management Reference Guide, "Enable or disable
AWS Regions"; `aws.causes`)."""

SET_BY_ITS_API = (TRUSTED_ACCESS,)
"""Kinds whose resources may have a name of Control Tower's and are written all the same."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What a plan was made from; times are ISO 8601 in UTC."""

    organization: str = ""
    organization_id: str = ""
    account: str = ""
    caller: str = ""
    config_digest: str = ""
    created: str = ""
    version: str = field(default_factory=landing_version)
    read: str = ""
    """When AWS was read, if not for this plan but before, and kept (`--refresh=false`)."""

    @property
    def hearsay(self) -> str:
        """Whose state a plan was made from without asking AWS; nothing when AWS was asked."""
        if not self.read:
            return ""
        whose = f"organization {self.organization_id}" if self.organization_id else "no organization"
        return f"AWS was not asked: this is what {self.caller} read at {self.read} in {whose} (account {self.account})."


@dataclass(frozen=True, slots=True)
class PlannedWave:
    """What of a plan is made in one wave, and in words what must hold before the next one begins."""

    name: str
    changes: tuple[Address, ...]
    gate: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """The changes in the order of their addresses; `unmanaged` is live, not declared and not ours."""

    changes: tuple[Change, ...]
    gaps: tuple[Gap, ...] = ()
    unmanaged: tuple[Address, ...] = ()
    in_sync: int = 0
    made_from: Origin = field(default_factory=Origin)
    effects: Mapping[Address, tuple[str, ...]] = field(default_factory=dict)
    """What a change does to requests, in sentences."""
    effects_in_brief: Mapping[Address, tuple[str, ...]] = field(default_factory=dict)
    """The same for a screen, of changes of which fewer sentences say it where accounts are not told apart."""
    described: Mapping[Address, Mapping[str, str]] = field(default_factory=dict)
    """Names, e-mail addresses and places of what is unmanaged, as far as there are any; also what is `astray`."""
    kinds: Kinds = field(default=KINDS, compare=False, repr=False)
    foreign: tuple[ForeignPolicy, ...] = ()
    """The policies of others that are attached somewhere, without their documents."""
    waiting: Mapping[Address, str] = field(default_factory=dict)
    """What is as declared and waits for others, with what they have to do."""
    allow: Mapping[str, tuple[Address, ...]] = field(default_factory=dict)
    """What must be allowed by name, with the changes that want it: to be told; `apply` finds it out anew."""
    waves: tuple[PlannedWave, ...] = ()
    """The waves of the config in which something is made, in their order: to be told; `apply` finds them out anew."""
    held: Held | None = None
    """The policies of ours as they were read, where changes are weighed by them: to show a plan, never to apply it."""

    @property
    def summary(self) -> dict[str, int]:
        """How many changes of each action; what is changed and adopted at once counts as both."""
        counts = counts_of(self.changes)
        return {action.value: count for action, count in counts.items() if count or action is not Action.FORGET}

    @property
    def at_work(self) -> tuple[Change, ...]:
        """The changes of which it is not known yet whether they are any: AWS is at what the config asks for."""
        return tuple(change for change in self.changes if self.kinds[change.address.kind].at_work(change))

    @property
    def astray(self) -> Mapping[Address, str]:
        """What is not as it should be, and others' to mend, with what is wrong: unmanaged, or used as it is."""
        said = ((address, self.kinds[address.kind].astray(words)) for address, words in self.described.items())
        return {address: wrong for address, wrong in said if wrong}

    @property
    def left_alone(self) -> list[Address]:
        """What is unmanaged and nobody has to mend."""
        astray = self.astray
        return [address for address in self.unmanaged if address not in astray]

    def owner(self, address: Address) -> str:
        """Who keeps what is unmanaged, as far as that is known."""
        foreign = self.foreign if address.kind == POLICY else ()
        told = next((policy.owner for policy in foreign if policy.address == address), "")
        return told or owner_in_aws(address)

    def waves_of(self, address: Address) -> list[str]:
        """The names of the waves in which a change is made."""
        return [wave.name for wave in self.waves if address in wave.changes]

    def about(self, address: Address) -> str:
        """An unmanaged address with what people know it by."""
        words = [f"{key} {value}" for key, value in self.described.get(address, {}).items()]
        return f"{address} ({', '.join(words)})" if words else str(address)

    def only(self, targets: Collection[str]) -> Plan:
        """The changes at the given addresses (or kinds, or address prefixes ending in `*`) and what they require.

        Also who gives up a name that one of them takes. A target that means one account of a stack set narrows its
        change, and those of the stack sets that it requires; raises ImpossiblePlan where that is not possible.
        """
        if not targets:
            return self
        by_address = {change.address: change for change in self.changes}
        given_by = givers(self.kinds, self.changes)
        wanted = [(address, only) for address in by_address for only in _meant(self.kinds, address, targets)]
        kept: dict[Address, tuple[Scope, ...]] = {}
        while wanted:
            address, scopes = wanted.pop()
            known = kept.get(address)
            scopes = () if known == () else tuple(sorted({*(known or ()), *scopes})) if scopes else ()
            if address not in by_address or known == scopes:
                continue
            change = narrowed(self.kinds, by_address[address], scopes)
            if change is None:
                continue
            kept[address] = scopes
            wanted += (
                (other, scopes if self.kinds[other.kind].narrows else ())
                for other in (*change.requires, *given_by.get(address, ()))
            )
        found = [narrowed(self.kinds, each, kept[each.address]) for each in self.changes if each.address in kept]
        changes = tuple(change for change in found if change is not None)
        whole, brief = (
            {address: sentences for address, sentences in effects.items() if address in kept}
            for effects in (self.effects, self.effects_in_brief)
        )
        waves = tuple(replace(w, changes=tuple(each for each in w.changes if each in kept)) for w in self.waves)
        waves = tuple(wave for wave in waves if wave.changes)
        return replace(self, changes=changes, effects=whole, effects_in_brief=brief, waves=waves)

    def to_json(self, version: str = "") -> dict[str, Any]:
        """Terraform's shape, with what applying it needs besides; of the first format that has all of it."""
        document = {
            "format_version": version or (FORMAT if self.waves else WITHOUT_WAVES),
            "landing_version": self.made_from.version,
            "timestamp": self.made_from.created,
            "applyable": bool(self.changes),
            "complete": not self.gaps,
            "errored": False,
            "made_from": asdict(self.made_from),
            "resource_changes": [entry_of(self.kinds, change) for change in self.changes],
            "gaps": [gap_entry_of(gap) for gap in self.gaps],
            "unmanaged": [str(address) for address in self.unmanaged],
            **({"described": {str(key): dict(each) for key, each in self.described.items()}} if self.described else {}),
            "foreign": [_foreign(policy) for policy in self.foreign],
            **({"waiting": {str(key): text for key, text in self.waiting.items()}} if self.waiting else {}),
            **({"waves": [_wave(wave) for wave in self.waves]} if self.waves else {}),
            **({"held": _held(self.held)} if self.held else {}),
            "in_sync": self.in_sync,
            "effects": _texts(self.effects),
            **({"effects_in_brief": _texts(self.effects_in_brief)} if self.effects_in_brief else {}),
            "summary": {WORDS[action]: count for action, count in counts_of(self.changes).items()},
            **({"allow": {word: [*map(str, each)] for word, each in self.allow.items()}} if self.allow else {}),
        }
        return {**document, "digest": digest_of(document)}

    @classmethod
    def from_json(cls, data: Any, name: str = "the plan") -> Plan:
        """Read what `to_json` wrote; raises UnknownFormat when it is not whole and unchanged, to the last key."""
        try:
            version = str(data["format_version"])
            if version.split(".", maxsplit=1)[0] != FORMAT.split(".", maxsplit=1)[0]:
                ours = landing_version()
                raise UnknownFormat(
                    f"{name} has format {version}; this is landing {ours}, which reads {FORMAT}. Plan again"
                )
            plan = cls(
                tuple(json_text.parts(data, "resource_changes", change_of)),
                tuple(json_text.parts(data, "gaps", gap_of)),
                tuple(json_text.parts(data, "unmanaged", Address.parse)),
                json_text.typed(data["in_sync"], int),
                Origin(**{key: json_text.typed(value, str) for key, value in data["made_from"].items()}),
                _texts_of(data["effects"]),
                _texts_of(data.get("effects_in_brief", {})),
                described={Address.parse(text): dict(each) for text, each in data.get("described", {}).items()},
                foreign=tuple(json_text.parts(data, "foreign", _foreign_of)),
                waiting={
                    Address.parse(key): json_text.typed(text, str) for key, text in data.get("waiting", {}).items()
                },
                allow={str(word): tuple(map(Address.parse, each)) for word, each in data.get("allow", {}).items()},
                waves=tuple(json_text.parts(data, "waves", _wave_of)) if "waves" in data else (),
                held=_held_of(data["held"]) if "held" in data else None,
            )
            if unknown := {change.address.kind for change in plan.changes} - {kind.name for kind in plan.kinds}:
                raise ValueError(f"there is no kind {', '.join(map(repr, sorted(unknown)))}")
            written = plan.to_json(version)
        except json_text.DAMAGE as error:
            what = json_text.damage(error)
            raise UnknownFormat(f"{name} is not a plan of landing, or is damaged: {what}. Plan again") from error
        if written != data:
            odd = sorted(key for key in {*written, *data} if written.get(key) != data.get(key))
            raise UnknownFormat(f"{name} was changed after it was made ({', '.join(odd)} differs). Plan again")
        return plan

    @property
    def digest(self) -> str:
        """What the whole document says, as 64 hex digits: what a reviewer hands to `apply --digest`."""
        return str(self.to_json()["digest"])


def _foreign_of(entry: Mapping[str, Any]) -> ForeignPolicy:
    address = Address.parse(entry["address"])
    identity, name, kind = (json_text.typed(entry[key], str) for key in ("id", "name", "type"))
    nodes = tuple(json_text.typed(node, str) for node in entry["nodes"])
    return ForeignPolicy(identity, name, kind, nodes, address, owner=json_text.typed(entry.get("owner", ""), str))


def _wave_of(entry: Mapping[str, Any]) -> PlannedWave:
    gate = tuple(json_text.typed(words, str) for words in entry["gate"])
    return PlannedWave(json_text.typed(entry["name"], str), tuple(map(Address.parse, entry["changes"])), gate)


def _wave(wave: PlannedWave) -> dict[str, Any]:
    return {"name": wave.name, "changes": [str(address) for address in wave.changes], "gate": list(wave.gate)}


def _texts(sentences: Mapping[Address, tuple[str, ...]]) -> dict[str, list[str]]:
    return {str(address): list(each) for address, each in sentences.items()}


def _texts_of(data: Mapping[str, Any]) -> dict[Address, tuple[str, ...]]:
    return {Address.parse(text): tuple(map(str, each)) for text, each in data.items()}


def _foreign(policy: ForeignPolicy) -> dict[str, Any]:
    written = {"id": policy.id, "name": policy.name, "type": policy.type, "nodes": list(policy.nodes)}
    return {**written, "address": str(policy.address), **({"owner": policy.owner} if policy.owner else {})}


def _held_of(entry: Mapping[str, Any]) -> Held:
    names = [frozenset(json_text.typed(each, str) for each in entry[part]) for part in ("as_declared", "otherwise")]
    attached = {
        str(node): tuple(json_text.typed(each, str) for each in policies)
        for node, policies in entry["attached"].items()
    }
    return Held(attached, *names)


def _held(held: Held) -> dict[str, Any]:
    attached = {node: list(policies) for node, policies in sorted(held.attached.items())}
    return {"attached": attached, "as_declared": sorted(held.as_declared), "otherwise": sorted(held.otherwise)}


def owner_in_aws(address: Address) -> str:
    """Who keeps a thing, as far as its address tells."""
    return CONTROL_TOWER.title if address.kind == LANDING_ZONE else str(owner_of(address.name) or "")


def make(observation: Observation, made_from: Origin) -> Plan:
    """Compare both sides, address by address."""
    changes: list[Change] = []
    unmanaged: list[Address] = []
    described: dict[Address, Mapping[str, str]] = {}
    waiting: dict[Address, str] = {}
    in_sync = 0
    hidden = {(gap.kind, gap.scope) for gap in observation.gaps if not gap.name}
    hidden_names = {(gap.kind, gap.scope, gap.name) for gap in observation.gaps if gap.name}
    for address in sorted({*observation.desired, *observation.live}):
        if (address.kind, address.scope) in hidden or (address.kind, address.scope, address.name) in hidden_names:
            continue
        wanted, live = observation.desired.get(address), observation.live.get(address)
        if wanted is None and live is not None and not live.owned:
            words = _words(observation.kinds, live)
            if live.used:
                in_sync += not observation.kinds[address.kind].astray(words)
            else:
                unmanaged.append(address)
            if words:
                described[address] = words
        else:
            change = compare(observation.kinds, wanted, live)
            in_sync += change is None
            changes += [change] if change else []
            done = live is not None and change is None
            if said := observation.kinds[address.kind].awaited(live.attributes) if live and done else "":
                waiting[address] = said
    foreign = tuple(replace(policy, document=None) for policy in foreign_in(observation.live))
    later = _later(observation, changes)
    return Plan(
        tuple(change for change in changes if change.address not in later),
        (*observation.gaps, *sorted(later.values())),
        tuple(unmanaged),
        in_sync,
        made_from,
        described=described,
        foreign=foreign,
        waiting=waiting,
    )


def _later(observation: Observation, changes: Iterable[Change]) -> dict[Address, Gap]:
    """What is new and comes after something of a region that the account has not enabled: planned when that is read."""
    off = {(gap.kind, gap.scope) for gap in observation.gaps if gap.diagnostic.aws_code in REGION_OFF and not gap.name}
    new = [change for change in changes if change.action is Action.CREATE] if off else []
    later: dict[Address, Gap] = {}
    found = True
    while found:
        found = False
        for change in new:
            needs = (
                n for n in change.requires if n in later or (n in observation.desired and (n.kind, n.scope) in off)
            )
            if change.address not in later and (need := next(needs, None)):
                address, why = change.address, f"it comes after {need}, which waits for its region to be enabled"
                later[address] = Gap(address.kind, address.scope, Diagnostic("", why), address.name)
                found = True
    return later


def _words(kinds: Kinds, live: Resource) -> dict[str, str]:
    """What people know an unmanaged thing by, with the unit that it is in, which it also requires."""
    words = dict(kinds[live.address.kind].description(live.attributes))
    above = next((each.name for each in live.requires if each.kind == UNIT), "")
    return {**words, "unit": above} if above and "unit" not in words else words


def refuse_theirs(organization: Organization, changes: Collection[Change], live: Mapping[Address, Resource]) -> None:
    """Raise ImpossiblePlan for changes to what Control Tower keeps, where it works: it undoes them, or is in drift."""
    if not organization.control_tower:
        return
    found = []
    for change in changes:
        there = live.get(change.address)
        owner = there.attributes.get(OWNER) or owner_in_aws(change.address) if there is not None else ""
        written = change.action is not Action.FORGET and change.address.kind not in SET_BY_ITS_API
        if written and owner == CONTROL_TOWER.title:
            found.append(f"  {change.address}{f' ({change.source})' if change.source else ''}")
    if found:
        raise ImpossiblePlan(
            f"{CONTROL_TOWER} keeps these, and nobody else may write them ({CONTROL_TOWER.page}):\n"
            + "\n".join(found)
            + "\nGive what the config declares there another name, or `landing forget` it; "
            "change theirs in Control Tower."
        )


def compare(kinds: Kinds, wanted: Resource | None, live: Resource | None) -> Change | None:
    """The change that leads from the live resource to the wanted one; None when there is nothing to do."""
    if wanted is None:
        assert live is not None
        if live.forgotten:
            return Change(Action.FORGET, live.address, live.attributes, {**live.attributes, MARK: False})
        return Change(Action.DELETE, live.address, live.attributes, None, releases=live.requires)
    if live is None:
        return Change(Action.CREATE, wanted.address, None, wanted.attributes, wanted.requires, source=wanted.source)
    before = _as_wanted(kinds, seen(live.attributes, wanted.attributes), wanted)
    if before == wanted.attributes:
        return None
    releases = tuple(address for address in live.requires if address not in wanted.requires)
    action = action_between(before, wanted.attributes)
    return Change(action, wanted.address, before, wanted.attributes, wanted.requires, releases, wanted.source)


def narrowed(kinds: Kinds, change: Change, scopes: Collection[Scope]) -> Change | None:
    """A change in some accounts alone, or everywhere where none are given; see `Kind.narrowed`."""
    return kinds[change.address.kind].narrowed(change, scopes) if scopes else change


def _meant(kinds: Kinds, address: Address, targets: Collection[str]) -> Iterator[tuple[Scope, ...]]:
    """To what each target that means an address narrows its change: nothing where it means all of it."""
    for target in targets:
        part = address.part_in(target) if kinds[address.kind].narrows else None
        if address.matches(target):
            yield ()
        elif part is not None:
            yield (part,)


def _as_wanted(kinds: Kinds, before: Attributes, wanted: Resource) -> Attributes:
    """What is the same to AWS, in the form in which the config has it: so it is no change, nor shown as one."""
    forms = kinds[wanted.address.kind].canonical
    same = {key for key, form in forms.items() if key in before and form(before[key]) == form(wanted.attributes[key])}
    return {key: wanted.attributes[key] if key in same else value for key, value in before.items()}


def seen(live: Attributes, wanted: Attributes) -> Attributes:
    """Of the live attributes, only what the config has an opinion on: AWS may grow fields without causing drift."""
    return {key: live[key] for key in wanted if key in live}


def still_to_do(
    plan: Plan, now: Observation, halfway: Mapping[Address, Collection[Attributes | None]] | None = None
) -> tuple[Change, ...]:
    """The changes that are not made yet, as both sides ask for them now.

    Raises WrongPlan when the config asks for something else than the plan does, and StalePlan when something is
    neither as before nor as after, or cannot be read any more. `halfway` has what a run that was cut off may have
    left, where a change is made in stages.
    """
    left, wrong, stale, unread = [], [], [], []
    for change in plan.changes:
        wanted, live = now.desired.get(change.address), now.live.get(change.address)
        reason = next((f"cannot be read now: {gap.reason}" for gap in now.gaps if gap.covers(change.address)), "")
        if reason:
            unread.append(f"{change.address} {reason}")
            continue
        if reason := contradiction(change, wanted, live):
            wrong.append(f"{change.address}: {reason}")
            continue
        try:
            derived = _left_of(plan.kinds, change, wanted, live)
        except ImpossiblePlan as error:
            wrong.append(str(error))
            continue
        if derived is None:
            continue
        present, shape = derived.before, change.after or change.before or {}
        if present == change.before:
            if {*derived.releases} == {*change.releases}:
                left.append(derived)
            else:
                wrong.append(f"{change.address}: `releases` is not what AWS holds and the config does not")
        elif present is not None and (
            plan.kinds[change.address.kind].begun(change, present)
            or any(stage and present == seen(stage, shape) for stage in (halfway or {}).get(change.address, ()))
        ):
            left.append(derived)
        else:
            stale.append(str(change.address))
    if wrong:
        raise WrongPlan("The saved plan is not what the config asks for:\n" + _few(wrong) + "\nPlan again.")
    if stale or unread:
        lines = [f"{address} is neither as before nor as after" for address in stale] + unread
        raise StalePlan("Saved plan is stale, AWS changed after it was made:\n" + _few(lines) + "\nPlan again.")
    return tuple(left)


def _left_of(kinds: Kinds, change: Change, wanted: Resource | None, live: Resource | None) -> Change | None:
    """What is left of a change, where it is narrowed there alone; raises ImpossiblePlan when it has more itself."""
    if change.only and narrowed(kinds, replace(change, only=()), change.only) != change:
        raise ImpossiblePlan(f"{change.address}: it has more than {', '.join(map(str, change.only))}")
    let_go = change.action is Action.FORGET and (live is None or not live.owned)
    derived = compare(kinds, wanted, live) if (wanted or live) and not let_go else None
    return narrowed(kinds, derived, change.only) if derived else None


def contradiction(change: Change, wanted: Resource | None, live: Resource | None) -> str:
    """What a change that somebody else has written down says otherwise than the config; nothing when it agrees."""
    if wanted is None and change.action is Action.FORGET:
        if change.action is not action_between(change.before, change.after) or change.requires:
            return "`forget` is not what leads there"
        held = live is not None and live.owned and not live.forgotten
        return "the config does not let go of it" if held else ""
    if wanted is None:
        if live is not None and live.forgotten:
            return "the config lets go of it"
        if change.action is not Action.DELETE or change.after is not None or change.requires:
            return "the config does not declare it"
        if live is not None and not live.owned:
            return "it is not ours to delete"
        return ""
    if change.action is Action.DELETE:
        return f"the config declares it ({wanted.source})"
    if change.action is not action_between(change.before, change.after):
        return f"{change.action.value} is not what leads there"
    if change.after != wanted.attributes:
        after = change.after or {}
        odd = sorted(key for key in {*after, *wanted.attributes} if after.get(key) != wanted.attributes.get(key))
        return f"`after` differs in {', '.join(odd)} (declared at {wanted.source})"
    if {*change.requires} != {*wanted.requires}:
        return "`requires` differs"
    return ""


def _few(lines: Sequence[str]) -> str:
    more = [f"  … and {len(lines) - 10} more"] if len(lines) > 10 else []
    return "\n".join([*(f"  {line}" for line in lines[:10]), *more])


def save(plan: Plan, path: Path) -> None:
    """Write the plan, readable by the user alone, all of it or nothing."""
    write(path, json.dumps(plan.to_json(), indent=1) + "\n", private=True)


def load(path: Path) -> Plan:
    """Read a plan file; raises UnknownFormat when it is no plan, truncated, edited or of another version."""
    return Plan.from_json(document(path), str(path))


def document(path: Path) -> Any:
    """What a plan file holds, as JSON; raises UnknownFormat when it holds none."""
    try:
        return json_text.read(path.read_text(encoding="utf-8"), deepest=json_text.DEEPEST)
    except OSError as error:
        raise UnknownFormat(f"cannot read the plan {path}: {error.strerror}") from error
    except ValueError as error:
        raise UnknownFormat(f"{path} is not a whole plan: {error}. Plan again") from error
