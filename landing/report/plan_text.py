"""A plan as text, in Terraform's words and symbols."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from landing.difference import differences
from landing.kinds import BY_NAME
from landing.model import Action, Change
from landing.organization import Organization
from landing.plan import Plan
from landing.report.fold import Group, fold
from landing.report.style import SIGNS, Style, safe, shown

LEGEND = {Action.CREATE: "create", Action.UPDATE: "update in-place", Action.DELETE: "destroy"}
WILL = {Action.CREATE: "will be created", Action.UPDATE: "will be updated in-place", Action.DELETE: "will be destroyed"}
NO_CHANGES = "No changes. Your infrastructure matches the configuration."
SAMPLES = 3


def render(plan: Plan, organization: Organization, style: Style, *, summary_only: bool = False) -> str:
    """The whole text, the summary last."""
    lines = [] if summary_only else list(_changes(plan, organization, style))
    lines += _gaps(plan, style)
    lines += _summary(plan, style)
    return "\n".join(lines) + "\n"


def _changes(plan: Plan, organization: Organization, style: Style) -> Iterator[str]:
    if not plan.changes:
        return
    present = [action for action in Action if plan.summary[action.value]]
    yield "landing will perform the following actions, indicated with these symbols:"
    for action in present:
        yield f"  {style.sign(SIGNS[action.value])} {LEGEND[action]}"
    yield ""
    for group in fold(plan.changes):
        yield from _group(group, organization, style)
        yield ""


def _group(group: Group, organization: Organization, style: Style) -> Iterator[str]:
    change = group.sample
    address = safe(change.address)
    if len(group.changes) == 1:
        yield style.paint(f"  # {address} {WILL[change.action]}", "bold")
    else:
        name = change.address.name if change.address.scope.account else "*"
        title = f"{change.address.kind}.{name} ({len(group.changes)}: {group.where})"
        yield style.paint(f"  # {safe(title)} {WILL[change.action]}", "bold")
    if change.source:
        more = (
            f" and {len({c.source for c in group.changes}) - 1} more"
            if len({c.source for c in group.changes}) > 1
            else ""
        )
        yield f"  # ({safe(change.source)}{more})"
    elif change.action is Action.DELETE:
        yield "  # (because it is not in the configuration)"
    yield f"  {style.sign(SIGNS[change.action.value])} {change.address.kind} {shown(_label(group))} {{"
    yield from (f"      {line}" for line in _attributes(group, style))
    yield "    }"
    if len(group.changes) > 1:
        names = [
            safe(c.address.name if not c.address.scope.account else c.address.scope) for c in group.changes[:SAMPLES]
        ]
        more = f" … {len(group.changes) - SAMPLES} more" if len(group.changes) > SAMPLES else ""
        yield f"    where: {', '.join(names)}{more}"
    for note in BY_NAME[change.address.kind].notes(organization, change):
        yield f"    {safe(note)}"


def _label(group: Group) -> str:
    return group.sample.address.name if len(group.changes) == 1 or group.sample.address.scope.account else "{key}"


def _attributes(group: Group, style: Style) -> Iterator[str]:
    change = group.sample
    if change.action is Action.UPDATE:
        yield from _differences(change, style)
        return
    sign = SIGNS[change.action.value]
    attributes = change.after or change.before or {}
    rows = [(name, shown(value)) for name, value in attributes.items() if value not in ({}, [], None)]
    rows = [(name, f"{{{name}}}" if name in group.varying else text) for name, text in rows]
    if change.action is Action.CREATE:
        rows += [(name, "(known after apply)") for name in BY_NAME[change.address.kind].unknown]
    width = max((len(name) for name, _ in rows), default=0)
    for name, text in rows:
        yield f"{style.sign(sign)} {safe(name):<{width}} = {text}"


def _differences(change: Change, style: Style) -> Iterator[str]:
    leaves = list(differences(change.before, change.after))
    for leaf in leaves:
        match leaf.sign:
            case "+":
                yield f"{style.sign('+')} {safe(leaf.path)} = {shown(leaf.after)}"
            case "-":
                yield f"{style.sign('-')} {safe(leaf.path)} = {shown(leaf.before)}"
            case _:
                yield f"{style.sign('~')} {safe(leaf.path)} = {shown(leaf.before)} -> {shown(leaf.after)}"
    touched = {leaf.path.split(".")[0] for leaf in leaves}
    hidden = len([name for name in change.after or {} if name not in touched])
    if hidden:
        yield style.paint(f"  # ({hidden} unchanged attribute{'s' * (hidden != 1)} hidden)", "dim")


def _gaps(plan: Plan, style: Style) -> Iterator[str]:
    if not plan.gaps:
        return
    yield style.paint(
        f"Not checked ({len(plan.gaps)}): what could not be read is neither in sync nor missing.", "yellow"
    )
    for gap in plan.gaps:
        where = f"{gap.kind}{'.' + gap.name if gap.name else ''}{'@' + str(gap.scope) if str(gap.scope) else ''}"
        yield f"  ? {safe(where)}: {safe(gap.reason)}"
    yield ""


def _summary(plan: Plan, style: Style) -> Iterator[str]:
    if not plan.changes:
        yield style.paint(NO_CHANGES, "green", "bold") if not plan.gaps else style.paint("No changes seen.", "yellow")
        yield f"{plan.in_sync} objects compared{_unmanaged(plan)}."
        return
    for action, title in ((Action.DELETE, "Destroys"), (Action.UPDATE, "Changes"), (Action.CREATE, "Adds")):
        kinds = Counter(change.address.kind for change in plan.changes if change.action is action)
        if kinds:
            parts = " · ".join(f"{kind} {count}" for kind, count in sorted(kinds.items()))
            yield f"  {title:<9} {sum(kinds.values()):>5}   {parts}"
    yield f"  In sync   {plan.in_sync:>5}{_unmanaged(plan)}"
    yield ""
    yield style.paint(counts_line(plan), "bold")


def counts_line(plan: Plan) -> str:
    """The one line that wrappers read by pattern; no thousands separators."""
    counts = plan.summary
    return f"Plan: {counts['create']} to add, {counts['update']} to change, {counts['delete']} to destroy."


def _unmanaged(plan: Plan) -> str:
    if not plan.unmanaged:
        return ""
    kinds = Counter(address.kind for address in plan.unmanaged)
    return f" ({len(plan.unmanaged)} unmanaged, left alone: {', '.join(f'{k} {n}' for k, n in sorted(kinds.items()))})"


def next_steps(saved_as: str, digest: str) -> Iterable[str]:
    """What to do with the plan."""
    if saved_as:
        yield f"Saved the plan to {saved_as} (digest {digest[:4]} {digest[4:8]}). To perform exactly these actions:"
        yield f"    landing apply {saved_as}"
    else:
        yield (
            "Note: You didn't use the --out option to save this plan, so landing can't guarantee to take exactly these "
            'actions if you run "landing apply" now.'
        )
