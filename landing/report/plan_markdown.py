"""A plan as Markdown for the comment of a pull request, within the size that the forge takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial

from landing.core.model import Action, Address, Change
from landing.engine.plan import Plan
from landing.guardrails.exposure import allowances, dangers
from landing.organization import Organization
from landing.report.adoption import HEADS, TAKEN_OVER, marked
from landing.report.budget import BUDGET, Section, fit
from landing.report.diff import BRIEF, WHOLE, Detail, at_most, of_change
from landing.report.fold import EVERYTHING, Group, expanded, fold
from landing.report.markdown import at, code, comment, details, fence, tag
from landing.report.plan_text import (
    ASTRAY,
    IN_FORCE,
    UNMANAGED,
    WAITING,
    Said,
    counts_line,
    further_parts,
    in_words,
    left_alone,
    remarks,
    said_of,
    verdict,
    waits,
    waves_in,
    will,
)
from landing.report.reasons import missed_in
from landing.report.style import SIGNS

LINES, FEW_LINES = 400, 12
MANY, SOME = 50, 10
COLUMNS = {Action.CREATE: "add", Action.UPDATE: "change", Action.DELETE: "destroy"}
COLUMNS |= {action: action.value for action in HEADS}
RESERVE = 200
"""Bytes kept for the line that says how much is not shown."""


def render(
    plan: Plan, organization: Organization, *, saved_as: str = "", budget: int = BUDGET, expand: Collection[str] = ()
) -> str:
    """The verdict and the counts first, then what must be allowed, what changes, and what is added.

    What does not fit gets shorter, section by section, and is counted last.

    What `expand` names (as `fold` has it) is shown in full if there is room.
    """
    named = dangers(organization, plan.changes, plan.kinds)
    head, said = _head(plan), said_of(plan, organization, named)
    dangerous = [(change, words) for change in plan.changes if (words := _words(change, named))]
    addresses = {change.address for change, _ in dangerous}
    changed = [change for change in plan.changes if change.action not in HEADS]
    groups = sorted(
        fold(plan.kinds, changed, expand),
        key=lambda group: (group.change.address not in addresses, group.change.action is Action.CREATE),
    )
    before = [
        Section(0, (lambda: "", partial(_table, plan))),
        Section(1, tuple(partial(_caution, dangerous, count) for count in (0, SOME, MANY))),
        Section(1, (partial(_waves, plan),)),
        Section(2, tuple(partial(_others, WAITING, plan.waiting, count) for count in (0, SOME, MANY))),
        Section(2, tuple(partial(_others, ASTRAY, plan.astray, count) for count in (0, SOME, MANY))),
        Section(2, tuple(partial(_in_force, plan, organization, count) for count in (0, SOME, MANY))),
        Section(2, tuple(partial(_left_alone, plan, count) for count in (0, SOME, MANY))),
        Section(2, tuple(partial(_gaps, plan, count) for count in (0, SOME, MANY))),
    ]
    after = [
        *(Section(2, tuple(partial(_marked, plan, action, count) for count in (0, SOME, MANY))) for action in HEADS),
        Section(4, (partial(_pointer, saved_as), partial(_foot, plan, saved_as))),
    ]
    changes = [
        Section(
            3,
            (
                lambda: "",
                partial(_line, group),
                partial(_details, group, organization, said, FEW_LINES),
                partial(_details, group, organization, said, LINES),
                partial(_details, group, organization, said, 0, _detail(group, expand)),
            ),
        )
        for group in groups
    ]
    texts = fit([*before, *changes, *after], budget - len(head.encode()) - RESERVE)
    shown = texts[len(before) : -len(after)]
    left = [group for group, text in zip(groups, shown, strict=True) if not text]
    short = sum(text.startswith("- ") for text in shown)
    whole = head + "".join(texts[: -len(after)]) + _left(left, short) + "".join(texts[-len(after) :])
    return whole if len(whole.encode()) <= budget else head


def _head(plan: Plan) -> str:
    made = plan.made_from
    marker = f"<!-- landing:plan org={comment(made.organization_id or made.organization)} digest={plan.digest[:16]} -->"
    name = code(made.organization[:80]) if made.organization else "the organization"
    if plan.changes:
        counts = counts_line(plan).removeprefix("Plan: ").removesuffix(".")
        return f"{marker}\n### Plan for {name}: {counts}\n\n{_hearsay(plan)}"
    return (
        f"{marker}\n### No changes for {name}\n\n{verdict(plan)} {plan.in_sync} objects compared.\n\n{_hearsay(plan)}"
    )


def _hearsay(plan: Plan) -> str:
    made = plan.made_from
    if not made.read:
        return ""
    whose = f"organization {code(made.organization_id)}" if made.organization_id else "no organization"
    read = f"{code(made.caller)} read at {code(made.read)} in {whose} (account {code(made.account)})"
    return f"> [!WARNING]\n> AWS was not asked: this is what {read}.\n\n"


def _table(plan: Plan) -> str:
    if not plan.changes:
        return ""
    counts = Counter((change.address.kind, change.action) for change in plan.changes)
    counts.update((c.address.kind, Action.ADOPT) for c in plan.changes if c.adopts and c.action is not Action.ADOPT)
    columns = {action: word for action, word in COLUMNS.items() if action not in HEADS or plan.summary.get(action)}
    rows = [
        f"| {code(kind)} | {' | '.join(str(counts[kind, action]) for action in columns)} |"
        for kind in sorted({kind for kind, _ in counts})
    ]
    head = [f"| | {' | '.join(columns.values())} |", f"|-|{'-:|' * len(columns)}"]
    return "\n".join([*head, *rows]) + "\n\n"


def _waves(plan: Plan) -> str:
    if not plan.waves:
        return ""
    waves = "".join(f"1. {code(line)}\n" for line in waves_in(plan))
    more = further_parts(plan)
    return f"Made in waves:\n\n{waves}\n" + f"{more}.\n\n" * bool(more)


def _words(change: Change, named: Mapping[Address, Collection[str]]) -> list[str]:
    """What must be allowed by name; every deletion counts, whether or not it must be allowed."""
    words = list(named.get(change.address, ()))
    return words or (["delete"] if change.action is Action.DELETE else [])


def _caution(dangerous: Sequence[tuple[Change, list[str]]], count: int) -> str:
    if not dangerous:
        return ""
    found = allowances({change.address: words for change, words in dangerous}, [change for change, _ in dangerous])
    allowed = " ".join(f"--allow {word}" for word in found)
    deletes = sum(change.action is Action.DELETE for change, _ in dangerous)
    verdict = f"{len(dangerous)} changes destroy, detach, weaken or switch off something ({deletes} to destroy)."
    lines = ["[!CAUTION]", f"**{verdict}** They must be allowed by name: `landing apply {allowed}`."]
    if count:
        rows = [f"- `{SIGNS[c.action.value]}` {code(c.address)}{_declared(c)}" for c, _ in dangerous[:count]]
        lines += ["", *rows, *_more(len(dangerous) - count)]
    return "\n".join(f"> {line}".rstrip() for line in lines) + "\n\n"


def _more(count: int) -> Iterator[str]:
    if count > 0:
        yield f"- … and {count} more"


def _declared(change: Change) -> str:
    return f" ({at([change.source])})" if change.source else ""


def _others(head: str, said: Mapping[Address, str], count: int) -> str:
    """What others have to do, by address."""
    if not said:
        return ""
    rows = [f"- {code(line)}" for line in waits(said)[:count]]
    more = _more(len(said) - count) if count else ()
    return "\n".join([head.format(len(said)) + "\n", *rows, *more]) + "\n\n"


def _in_force(plan: Plan, organization: Organization, count: int) -> str:
    if not plan.foreign:
        return ""
    head = IN_FORCE.format(len(plan.foreign)) + "\n"
    rows = [f"- {code(in_words(policy, organization))}" for policy in plan.foreign[:count]]
    return "\n".join([head, *rows, *(_more(len(plan.foreign) - count) if count else ())]) + "\n\n"


def _left_alone(plan: Plan, count: int) -> str:
    found = left_alone(plan)
    if not found:
        return ""
    rows = [f"- {code(line)}" for line in found[:count]]
    head = UNMANAGED.format(len(found)) + "\n"
    return "\n".join([head, *rows, *(_more(len(found) - count) if count else ())]) + "\n\n"


def _gaps(plan: Plan, count: int) -> str:
    if not plan.gaps:
        return ""
    missed = missed_in(plan.gaps)
    head = f"**Not checked: {len(plan.gaps)}.** What could not be read is neither in sync nor missing.\n"
    if not count:
        return head + "\n"
    rows = [f"- {code(each.places)}: {code(each.reason)}" for each in missed[:count]]
    return "\n".join([head, *rows, *_more(len(missed) - count)]) + "\n\n"


def _marked(plan: Plan, action: Action, count: int) -> str:
    found = marked(plan.changes, action, (EVERYTHING,))
    if not found:
        return ""
    head = f"\n{len(found)} {HEADS[action]}.\n"
    rows = [f"- `{SIGNS[action.value]}` {code(line)}" for line in found[:count]]
    return "\n".join([head, *rows, *(_more(len(found) - count) if count else ())]) + "\n\n"


def _line(group: Group) -> str:
    change = group.change
    sources = sorted({each.source for each in group.changes if each.source})
    where = f" ({at(sources)})" if sources else ""
    return f"- `{SIGNS[change.action.value]}` {code(group.title)} {will(group.kind, change.action)}{where}\n"


def _detail(group: Group, expand: Collection[str]) -> Detail:
    return WHOLE if expanded(group.change.address, expand) else Detail(0)


def _details(group: Group, organization: Organization, said: Said, limit: int, detail: Detail = BRIEF) -> str:
    """With at most so many lines, 0 for all."""
    change = group.change
    summary = f"<b>{SIGNS[change.action.value]}</b> {tag(group.title)} {will(group.kind, change.action)}"
    sources = sorted({each.source for each in group.changes if each.source})
    notes = [f"Declared at {at(sources)}"] if sources else []
    notes += [f"{TAKEN_OVER}."] if change.adopts else []
    notes += [code(remark) for remark in remarks(group, organization, said)]
    lines = of_change(group.kind, change, detail)
    body = fence(line.fenced for line in at_most(lines, limit or len(lines)))
    return "\n" + details(summary, body + ("\n\n" + "<br>\n".join(notes) if notes else "")) + "\n\n"


def _left(groups: Sequence[Group], short: int) -> str:
    """What has no room at all, and how many entries are without what changes in them."""
    count = sum(len(group.changes) for group in groups)
    lines = [f"… and {count} more change{'s' * (count != 1)} for which there is no room here."] if count else []
    entries = f"{short} entr{'ies' if short != 1 else 'y'}"
    lines += [f"{entries} without details, for which there is no room here."] if short else []
    return "\n" + "\n".join(lines) + "\n\n" if lines else ""


def _foot(plan: Plan, saved_as: str) -> str:
    made = plan.made_from
    parts = [f"{plan.in_sync} in sync"] if plan.changes else []
    if alone := len(plan.left_alone):
        parts.append(f"{alone} unmanaged, left alone")
    parts += [f"made {code(made.created)}"] if made.created else []
    parts += [f"by {code(made.caller)}"] if made.caller else []
    parts += [f"landing {code(made.version)}", f"digest {code(plan.digest)}"]
    return f"\n{' · '.join(parts)}.{_pointer(saved_as)}"


def _pointer(saved_as: str) -> str:
    return f" All of it: {code(f'landing show {saved_as}') if saved_as else '`landing plan`'}\n"


def as_comment(
    plan: Plan, organization: Organization, *, config: str, saved_as: str = "", expand: Collection[str] = ()
) -> str:
    """The comment of a pull request, which a workflow finds again by its first line: one of each config.

    No longer than GitHub takes: 65,536 characters.
    """
    marker = _first_line(config)
    return marker + render(plan, organization, saved_as=saved_as, budget=BUDGET - len(marker), expand=expand)


def as_comment_without_plan(*, config: str) -> str:
    """What the comment says as long as there is no plan: one of an earlier commit must not be taken for this one's."""
    return _first_line(config) + "### No plan\n\n`landing plan` has not finished: the log of the job says why.\n"


def _first_line(config: str) -> str:
    return f"<!-- landing plan: {comment(config)} -->\n"
