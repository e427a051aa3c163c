"""Packs as AWS has them: the tags that say what is in one, and the policies that are to become one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from landing.organization import Organization

HELD_TAG = "landing:guardrails"
"""On packs: the entries, separated by spaces; more tags with a number behind it when one does not hold them."""

LONGEST_TAG = 256


def tags_of(holds: Iterable[str]) -> dict[str, str]:
    """What a pack holds as tags: as many words in each as its 256 characters admit."""
    lines: list[str] = []
    for entry in holds:
        if lines and len(lines[-1]) + len(entry) < LONGEST_TAG:
            lines[-1] += f" {entry}"
        else:
            lines.append(entry)
    return {f"{HELD_TAG}{number or ''}": line for number, line in enumerate(lines)}


def surplus_tags(before: Iterable[str], after: Iterable[str]) -> dict[str, str]:
    """Tags that are needed no more, emptied."""
    return dict.fromkeys(tags_of(before).keys() - tags_of(after).keys(), "")


def held(tags: Mapping[str, str]) -> tuple[str, ...]:
    """What the tags of a policy say that it holds."""
    named = sorted((len(key), key) for key in tags if key.startswith(HELD_TAG))
    return tuple(entry for _, key in named for entry in tags[key].split())


def becoming(
    wanted: Organization,
    found: Mapping[str, Collection[Mapping[str, Any]]],
    marks: Mapping[str, str],
    only_at: Callable[[str, str], bool],
) -> dict[str, str]:
    """The packs that some policies are to become: pack keys by policy ids.

    A pack that is not there yet takes over the policy of one of its guardrails, which needs no free slot. The policy
    must be attached to the pack's target and nowhere else (`only_at`), and its guardrail need it no more.
    """
    chosen: dict[str, str] = {}
    for pack in wanted.packs.values():
        names = {policy["Id"]: policy["Name"] for policy in found.get(pack.type, ())}
        if pack.key in marks.values() or pack.name in {names[each] for each in names if not marks.get(each)}:
            continue
        fit = (
            (names[policy_id] != pack.name, mark, policy_id)  # first the one that was cut off half way
            for policy_id, mark in marks.items()
            if policy_id in names and mark in pack.guardrails and mark not in wanted.policies
        )
        free = (policy_id for *_, policy_id in sorted(fit) if policy_id not in chosen)
        policy_id = next((each for each in free if only_at(each, pack.node)), "")
        if policy_id:
            chosen[policy_id] = pack.key
    return chosen
