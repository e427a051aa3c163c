"""A plan as text, in Terraform's words and symbols."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from landing.core.difference import differences
from landing.core.model import Action, Address, Change, Scope, counts_of
from landing.core.text import safe
from landing.engine.order.graph import temporary_names
from landing.engine.order.phases import Known
from landing.engine.plan import Plan
from landing.guardrails.exposure import by_allowance, dangers
from landing.organization import ForeignPolicy, Organization, is_bootstrapped
from landing.report import created, elsewhere
from landing.report.adoption import HEADS, TAKEN_OVER, marked
from landing.report.apply_text import planned
from landing.report.diff import BRIEF, WHOLE, Detail, of_change
from landing.report.fold import EVERYTHING, Group, expanded, fold
from landing.report.place import label, spread
from landing.report.reasons import missed_in
from landing.report.style import SIGNS, Style, shown
from landing.services.base import Kind

LEGEND = {
    Action.CREATE: "create",
    Action.UPDATE: "update in-place",
    Action.DELETE: "destroy",
    Action.ADOPT: "adopt",
    Action.FORGET: "forget",
}
WILL = {
    Action.CREATE: "will be created",
    Action.UPDATE: "will be updated in-place",
    Action.ADOPT: "will be adopted",
    Action.FORGET: "will no longer be managed",
}
TITLES = {
    Action.DELETE: "Destroys",
    Action.UPDATE: "Changes",
    Action.CREATE: "Adds",
    Action.ADOPT: "Adopts",
    Action.FORGET: "Forgets",
}
NO_CHANGES = "No changes. Your infrastructure matches the configuration."
NOTHING_OF_OURS = "No changes. What is not as it should be is others' to mend."
NOTHING_SEEN = "No changes seen, but not everything could be checked."
SAMPLES = 3
LIMIT = 50
"""How many entries of one kind and action are shown in full."""

FOREIGN = 20
"""How many policies of others are shown."""
IN_FORCE = "Policies of others in force ({}): they act on accounts and take slots; landing leaves them alone."

IN_WAVES = "wave"
NEEDS = "needs --allow "
WAITING = "Waiting for others ({}): as declared here; the rest is theirs to do."
ASTRAY = "For others to mend ({}): used as it is, or theirs; no apply changes it, and drift reports it."
UNMANAGED = "Unmanaged ({}): in AWS, neither declared nor ours; left alone."

Said = Mapping[Address, tuple[str, ...]]
"""What is said of a change below it, in sentences."""


def render(
    plan: Plan,
    organization: Organization,
    style: Style,
    *,
    summary_only: bool = False,
    expand: Collection[str] = (),
    limit: int = LIMIT,
    detail: Detail = BRIEF,
) -> str:
    """The whole text, the summary last; `expand` as `fold` has it, `limit` 0 shows every entry.

    What is expanded is shown in full, the rest as `detail` says.
    """
    named = dangers(organization, plan.changes, plan.kinds)
    lines = list[str]()
    if not summary_only:
        lines += _changes(plan, organization, style, named, expand=expand, limit=limit, detail=detail)
    lines += _waiting(plan, style)
    lines += _astray(plan, organization, style)
    lines += _in_force(plan, organization, style)
    lines += _left_alone(plan, style)
    lines += _gaps(plan, style)
    lines += _summary(plan, style, by_allowance(named, plan.changes))
    return style.page(lines)


def _changes(
    plan: Plan,
    organization: Organization,
    style: Style,
    named: Mapping[Address, Mapping[str, str]],
    *,
    expand: Collection[str],
    limit: int,
    detail: Detail,
) -> Iterator[str]:
    """The changes; `named` is what must be allowed, as `dangers` finds it."""
    if not plan.changes:
        return
    changes = [change for change in plan.changes if change.action not in HEADS]
    groups = fold(plan.kinds, changes, expand)
    on_screen = bool(limit) and detail == BRIEF
    again = elsewhere.repeated(plan, organization, groups, expand) if on_screen else {}
    brief = created.in_brief((each for each in groups if each.change.address not in again), expand) if on_screen else {}
    said = said_of(plan, organization, named, expand=expand if on_screen else (EVERYTHING,), pointed_at=brief)
    again = {address: region for address, region in again.items() if not said.get(address)}
    count = len(changes)
    folded = f" ({count} objects in {len(groups)} groups; odd ones first)" if len(groups) < count else ""
    yield f"landing will perform the following actions{folded}, indicated with these symbols:"
    present = {change.action for change in plan.changes}
    yield from (f"  {style.sign(SIGNS[action.value])} {LEGEND[action]}" for action in Action if action in present)
    yield ""
    seen = Counter[tuple[str, Action]]()
    first: dict[tuple[str, str], Address] = {}
    if brief:
        yield created.BRIEF
        yield ""
    for group in groups:
        if group.change.address in again:
            continue
        alike = brief.get(group.change.address, [])
        if alike and created.is_table(alike):
            if group is alike[0]:
                yield from _table(alike, organization, said, style, limit=limit)
            continue
        key = group.change.address.kind, group.change.action
        seen[key] += 1
        if not limit or seen[key] <= limit:
            full = WHOLE if expanded(group.change.address, expand) else detail
            as_of = _as_of(group, said, first) if on_screen and full == BRIEF and (alike or _updates(group)) else None
            yield from _group(group, organization, said, style, detail=full, as_of=as_of, brief=bool(alike))
            yield ""
    for (kind, action), number in sorted(seen.items()):
        if limit and number > limit:
            yield style.paint(
                f"  # … and {number - limit} more {kind} {will(plan.kinds[kind], action)} (--limit 0 shows all)", "bold"
            )
            yield ""
    yield from _elsewhere(changes, again, style)
    for action, head in HEADS.items():
        if lines := marked(plan.changes, action, expand, limit):
            yield style.paint(f"  # {head}", "bold")
            yield from (f"  {style.sign(SIGNS[action.value])} {safe(line)}" for line in lines)
            yield ""


def _elsewhere(changes: Sequence[Change], again: Mapping[Address, str], style: Style) -> Iterator[str]:
    """What is created in a region as in another."""
    for new, region in sorted({(address.scope.region, region) for address, region in again.items()}):
        yield style.paint(f"  # {elsewhere.CREATED.format(new, region)}", "bold")
        sign = style.sign(SIGNS[Action.CREATE.value])
        here = [each for each in changes if each.address.scope.region == new and again.get(each.address) == region]
        yield from (f"  {sign} {safe(text)}" for text in elsewhere.lines(here))
        yield ""


def _table(
    groups: Sequence[Group], organization: Organization, said: Said, style: Style, *, limit: int
) -> Iterator[str]:
    """What is created of a kind, in brief; what must be allowed by name first, as no more than `limit` are shown."""
    rows = created.rows_of(groups, limit)
    notes = {row.change.address: tuple(notes_of(row, organization, said)) for row in rows}
    rows.sort(key=lambda row: not any(note.startswith(NEEDS) for note in notes[row.change.address]))
    kind, count = rows[0].kind, sum(len(group.changes) for group in groups)
    title = f"{kind.name} ({count}) {will(kind, Action.CREATE)}"
    declared = created.sources(groups)
    yield style.paint(f"  # {title}" + f" ({declared})" * bool(declared), "bold")
    yield from created.table(rows[:limit], notes, style)
    if len(rows) > limit:
        yield f"    … and {len(rows) - limit} more (--limit 0 shows all)"
    yield ""


def _updates(group: Group) -> bool:
    return group.change.action is Action.UPDATE


def _as_of(group: Group, said: Said, first: dict[tuple[str, str], Address]) -> Address | None:
    """The one of the kind, shown above, that changes in the same way; of other changes it is remembered.

    Of what is created, the effects are the same as well.
    """
    change = group.change
    if len(group.changes) > 1:
        return None
    if _updates(group):  # with all that is cut, or in a few words, where it is shown
        said_here: object = list(differences(change.before, change.after))
    else:
        said_here = change.after, said.get(change.address, ())
    as_of = first.setdefault((change.address.kind, repr(said_here)), change.address)
    return None if as_of == change.address else as_of


def _group(
    group: Group,
    organization: Organization,
    said: Said,
    style: Style,
    *,
    detail: Detail,
    as_of: Address | None,
    brief: bool = False,
) -> Iterator[str]:
    """A group; of one that changes as another does, shown above, that is said in place of what changes.

    In brief where it is asked for is in the line of the title, and what is created in one line if there is room for it.
    """
    change = group.change
    title = f"{safe(group.title)} {will(group.kind, change.action)}{f', as {safe(as_of)} above' if as_of else ''}"
    because = list(reasons(group))
    if brief and because:
        title, because = f"{title} ({'; '.join(because)})", []
    yield style.paint(f"  # {title}", "bold")
    yield from (f"  # ({reason})" for reason in because)
    told = said if _updates(group) or not as_of else {}
    if not as_of:
        one = created.in_a_line(group, style) if brief else None
        yield from _inside(group, style, detail) if one is None else [one]
    places = () if brief and created.is_everywhere(group, organization) else where(group, organization)
    yield from (f"    {line}" for line in (*places, *map(safe, notes_of(group, organization, told))))


def _inside(group: Group, style: Style, detail: Detail) -> Iterator[str]:
    change = group.change
    name = shown(change.address.name if len(group.changes) == 1 else group.label)
    lines = [f"      {line.styled(style)}" for line in of_change(group.kind, change, detail)]
    head = f"  {style.sign(SIGNS[change.action.value])} {change.address.kind} {name}"
    yield from (f"{head} {{", *lines, "    }") if lines else (head,)


def will(kind: Kind, action: Action) -> str:
    """What is to become of a resource of a kind."""
    return f"will be {kind.ending}" if action is Action.DELETE else WILL[action]


def reasons(group: Group) -> Iterator[str]:
    """Why: the line of the config that asks for it, or that none does; and whether ownership is taken besides."""
    if group.change.adopts:
        yield TAKEN_OVER
    sources = {change.source for change in group.changes if change.source}
    if group.change.source:
        yield safe(group.change.source) + (f" and {len(sources) - 1} more" if len(sources) > 1 else "")
    elif group.change.action is Action.DELETE:
        asked = is_bootstrapped(group.change.address)
        yield "because of --remove" if asked else "because it is not in the configuration"


def remarks(group: Group, organization: Organization, said: Said) -> Iterator[str]:
    """Where a folded group goes, what the kind has to say about the change, and what `said_of` has."""
    yield from where(group, organization)
    yield from map(safe, notes_of(group, organization, said))


def where(group: Group, organization: Organization) -> Iterator[str]:
    """Where a folded group goes; nothing of one that is not."""
    if len(group.changes) > 1:
        addresses = [change.address for change in group.changes]
        more = " …" if len(addresses) > SAMPLES else ""
        units = spread(organization, addresses)
        samples = ", ".join(label(address) for address in addresses[:SAMPLES]) + more
        yield f"where: {units}   e.g. {samples}" if units else f"where: {samples}"


def notes_of(group: Group, organization: Organization, said: Said) -> Iterator[str]:
    """What the kind has to say about a change, and what `said_of` has."""
    yield from group.kind.notes(organization, group.changes[0])
    first = said.get(group.change.address, ())
    yield from first
    others = (sentence for change in group.changes[1:] for sentence in said.get(change.address, ()))
    yield from (each for each in dict.fromkeys(others) if each.startswith((IN_WAVES, NEEDS)) and each not in first)


def wave_line(names: Sequence[str]) -> str:
    """In which waves a change is made."""
    return f"{IN_WAVES}: {', then '.join(names)}"


def waves_in(plan: Plan) -> Iterator[str]:
    """The waves, each with how many changes and what must hold after it."""
    for number, wave in enumerate(plan.waves, 1):
        count = len(wave.changes)
        after = f"; then: {', '.join(wave.gate)}" if wave.gate and number < len(plan.waves) else ""
        yield f"{wave.name}: {count} change{'s' * (count != 1)}{after}"


def further_parts(plan: Plan) -> str:
    """Why the waves have more changes together than the plan; empty where they have not."""
    more = sum(len(wave.changes) for wave in plan.waves) - len(plan.changes)
    if more <= 0:
        return ""
    are = "is a further part" if more == 1 else "are further parts"
    return f"{more:,} of these {are} of what is made in several waves"


def said_of(
    plan: Plan,
    organization: Organization,
    named: Mapping[Address, Mapping[str, str]],
    expand: Collection[str] = (EVERYTHING,),
    pointed_at: Collection[Address] = (),
) -> Said:
    """What must be allowed by name, the names that go by way of another, and what changes do to requests.

    `named` is what must be allowed, as `dangers` finds it; of what is not in `expand`, effects are told in brief, and
    with the option that tells all of them unless these are `pointed_at` elsewhere.
    """
    said: dict[Address, list[str]] = defaultdict(list)
    for address, words in named.items():
        said[address] += (f"{NEEDS}{word}{f': {more}' if more else ''}" for word, more in words.items())
    beside = _others_in(plan)
    for change in plan.changes:
        there = beside.get((change.address.kind, change.address.scope), {})
        said[change.address] += plan.kinds[change.address.kind].beside(change, there)
    for address, names in temporary_names(plan.changes, Known.of(organization, plan.kinds)).items():
        said[address] += (f"called {name} for a while: another takes its name first" for name in sorted(names))
    for change in plan.changes if plan.waves else ():
        said[change.address] += [wave_line(plan.waves_of(change.address))]
    for address, sentences in plan.effects.items():
        brief = () if expanded(address, expand) else plan.effects_in_brief.get(address, ())
        said[address] += (f"effect: {sentence}" for sentence in brief or sentences)
        if brief and address not in pointed_at:
            said[address].append(f"effect: (--expand {address} tells more: requests as examples, accounts apart)")
    return {address: tuple(sentences) for address, sentences in said.items()}


def _others_in(plan: Plan) -> Mapping[tuple[str, Scope], Mapping[str, str]]:
    """What is unmanaged, by kind and scope: name and owner."""
    found: dict[tuple[str, Scope], dict[str, str]] = defaultdict(dict)
    for address in plan.unmanaged:
        found[address.kind, address.scope][address.name] = plan.owner(address)
    return found


def waits(waiting: Mapping[Address, str]) -> list[str]:
    """What waits for others, or is theirs to mend, with what they have to do."""
    return [f"{address}: {text}" for address, text in sorted(waiting.items())]


def verdict(plan: Plan) -> str:
    """Of a plan without changes, in a sentence."""
    return NOTHING_SEEN if plan.gaps else NOTHING_OF_OURS if plan.astray else NO_CHANGES


def _waiting(plan: Plan, style: Style) -> Iterator[str]:
    if plan.waiting:
        yield style.paint(WAITING.format(len(plan.waiting)), "yellow")
        yield from (f"  … {safe(line)}" for line in waits(plan.waiting))
        yield ""


def _astray(plan: Plan, organization: Organization, style: Style) -> Iterator[str]:
    if astray := plan.astray:
        yield style.paint(ASTRAY.format(len(astray)), "yellow")
        for address, wrong in sorted(astray.items()):
            named = plan.kinds[address.kind].named_at(organization, address)
            where = f" ({named})" if named and named != organization.source else ""
            yield f"  ! {safe(f'{address}: {wrong}')}{where}"
        yield ""


def _in_force(plan: Plan, organization: Organization, style: Style) -> Iterator[str]:
    if plan.foreign:
        yield style.paint(IN_FORCE.format(len(plan.foreign)), "yellow")
        for policy in plan.foreign[:FOREIGN]:
            yield f"  ! {safe(in_words(policy, organization))}"
        if len(plan.foreign) > FOREIGN:
            yield f"  … and {len(plan.foreign) - FOREIGN} more"
        yield ""


def left_alone(plan: Plan) -> list[str]:
    """What is unmanaged, with names and places; policies of others that are in force are told of already."""
    told = {policy.address for policy in plan.foreign}
    return [plan.about(address) for address in plan.left_alone if address not in told]


def _left_alone(plan: Plan, style: Style) -> Iterator[str]:
    if found := left_alone(plan):
        yield style.paint(UNMANAGED.format(len(found)), "yellow")
        yield from (f"  ! {safe(line)}" for line in found[:FOREIGN])
        if len(found) > FOREIGN:
            yield f"  … and {len(found) - FOREIGN} more"
        yield ""


def in_words(policy: ForeignPolicy, organization: Organization) -> str:
    """A policy of others: which, where, and whether the config knows of it."""
    known = organization.known(policy)
    where = ", ".join(policy.nodes[:SAMPLES]) + (
        f" and {len(policy.nodes) - SAMPLES} more" * (len(policy.nodes) > SAMPLES)
    )
    return f"{policy.words} at {where}" + (f", known: {known}" if known else "")


def _gaps(plan: Plan, style: Style) -> Iterator[str]:
    if not plan.gaps:
        return
    yield style.paint(
        f"Not checked ({len(plan.gaps)}): what could not be read is neither in sync nor missing.", "yellow"
    )
    yield from (f"  ? {missed}" for missed in missed_in(plan.gaps))
    yield ""


def _summary(plan: Plan, style: Style, allow: Mapping[str, Sequence[Address]]) -> Iterator[str]:
    if plan.made_from.hearsay:
        yield style.paint(safe(plan.made_from.hearsay), "yellow")
        yield ""
    if not plan.changes:
        good = verdict(plan) == NO_CHANGES
        yield style.paint(verdict(plan), *(("green", "bold") if good else ("yellow",)))
        yield f"{plan.in_sync} objects compared{_unmanaged(plan)}."
        return
    waits = plan.at_work
    under_way = {change.address for change in waits}
    made = [change for change in plan.changes if change.address not in under_way]
    for action, title in TITLES.items():
        kinds = Counter(
            change.address.kind
            for change in made
            if change.action is action or (action is Action.ADOPT and change.adopts)
        )
        if kinds:
            parts = " · ".join(f"{kind} {count}" for kind, count in sorted(kinds.items()))
            yield f"  {title:<9} {sum(kinds.values()):>5}   {parts}"
    if waits:
        listed = sorted(Counter(change.address.kind for change in waits).items())
        yield f"  Under way {len(waits):>5}   {' · '.join(f'{kind} {count}' for kind, count in listed)}"
    yield f"  In sync   {plan.in_sync:>5}{_unmanaged(plan)}"
    yield from (f"  Wave              {safe(line)}" for line in waves_in(plan))
    if more := further_parts(plan):
        yield f"                    ({more})"
    yield ""
    yield from _allowed(allow, style)
    yield style.paint(counts_line(plan), "bold")


def _allowed(wanted: Mapping[str, Sequence[Address]], style: Style) -> Iterator[str]:
    """What `apply` must be given by name, with the first of the changes that want it."""
    if not wanted:
        return
    yield style.paint("To be allowed by name:", "yellow")
    width = max(map(len, wanted))
    for word, addresses in wanted.items():
        more = f" and {len(addresses) - SAMPLES} more" * (len(addresses) > SAMPLES)
        which = ", ".join(map(str, addresses[:SAMPLES])) + more
        yield f"  --allow {word:<{width}}   {safe(which) or 'as so many are deleted at once'}"
    yield ""


def counts_line(plan: Plan) -> str:
    """The one line that wrappers read by pattern; no thousands separators."""
    waits = {change.address for change in plan.at_work}
    line = planned(counts_of(change for change in plan.changes if change.address not in waits))
    return f"{line.removesuffix('.')}, {len(waits)} under way." if waits else line


def _unmanaged(plan: Plan) -> str:
    if not (found := plan.left_alone):
        return ""
    kinds = Counter(address.kind for address in found)
    owners = Counter(owner for address in found if (owner := plan.owner(address)))
    counted, whose = (", ".join(f"{k} {n}" for k, n in sorted(counts.items())) for counts in (kinds, owners))
    return f" ({len(found)} unmanaged, left alone: {counted}{f'; of {whose}' if whose else ''})"


def provenance(plan: Plan, saved_as: str, now: str) -> Iterator[str]:
    """Which saved plan it is, by whom and how long ago it was made; `now` in ISO 8601, UTC."""
    made = plan.made_from
    yield f"{safe(saved_as)} has the digest {plan.digest}."
    where = f"account {safe(made.account)} of {safe(made.organization_id) or 'no organization yet'}"
    yield f"It was made {_ago(made.created, now)} by {safe(made.caller)} in {where}, with landing {safe(made.version)}."


def _ago(then: str, now: str) -> str:
    try:
        seconds = (datetime.fromisoformat(now) - datetime.fromisoformat(then)).total_seconds()
    except (ValueError, TypeError):
        return "at a time that is not known"
    if seconds < 0:
        return f"in the future ({safe(then)})"
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")):
        if seconds >= size or size == 1:
            count = int(seconds // size)
            return f"{count} {unit}{'s' * (count != 1)} ago ({safe(then)})"
    raise AssertionError


def next_steps(saved_as: str, digest: str, needed: Iterable[str], style: Style) -> Iterator[str]:
    """What to do with the plan; `needed` is what must be allowed by name."""
    if saved_as:
        allow = "".join(f" --allow {word}" for word in sorted(set(needed)))
        yield f"Saved the plan to {saved_as}. To perform exactly these actions:"
        yield f"    landing apply {saved_as} --digest {digest}{allow}"
    else:
        yield from style.prose(
            "Note: You didn't use the --out option to save this plan, so landing can't guarantee to take exactly these "
            'actions if you run "landing apply" now.'
        )
