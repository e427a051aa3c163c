"""An apply in waves: what one wave is made of, the gates behind it, then what AWS shows to be left of the next."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from landing.core.model import Address, Change, Diagnostic, Source
from landing.engine.apply import Result
from landing.engine.order.phases import Known
from landing.engine.order.waves import Waves, in_waves
from landing.engine.plan import PlannedWave
from landing.organization import Organization
from landing.services.base import Kinds
from landing.services.registry import KINDS

LEFT = Diagnostic(
    "LZ545",
    "something of it is left, which was not there when it was made",
    help="landing plan shows what; landing apply makes it, and goes on",
)
LAST_ASKED = Diagnostic("", "`--wave` says to go no further")


def apply_in_waves(
    organization: Organization,
    changes: Collection[Change],
    make: Callable[[Collection[Change]], Result],
    again: Callable[[], Collection[Change]],
    closed: Callable[[int, int], Diagnostic | None],
    *,
    through: int | None = None,
    begin: Callable[[int], None] = lambda number: None,
    done: Callable[[], None] = lambda: None,
    kinds: Kinds = KINDS,
) -> Result:
    """Make each wave by `make`, while all of it is done and the gates are open; the result is of all of them.

    `again`: the changes that are left, looked at anew. `closed`: why what stands before a wave does not let it begin,
    by its number and that of the first. `through`: the last wave that is to be made. `begin` is told of each, `done`
    when none is left.
    """
    known = Known.of(organization, kinds)
    waves = in_waves(organization, changes, known)
    if not waves:
        return make(changes)
    made_of: dict[Address, Change] = {}
    first, made = min(waves), -1
    while True:
        number = min(waves)
        held = LEFT if number <= made else _past(number, through) or closed(number, first)
        if held:
            return _held(organization, made_of, waves, made, replace(held, source=_source(organization, number)))
        begin(number)
        result = make(waves[number])
        made = number
        made_of |= {change.address: change for change in result.done}
        later = {each: parts for each, parts in waves.items() if each > number}
        waiting = [part.address for parts in later.values() for part in parts]
        whole_made = not waiting and all(part.through is None for part in waves[number])
        if not result.complete or result.interrupted or whole_made:
            whole = [change for change in made_of.values() if change.through is None]
            if result.complete and whole_made:
                done()
            return replace(result, done=whole, not_started=sorted([*result.not_started, *waiting]))
        waves = in_waves(organization, again(), known)
        if not waves:
            done()
            return replace(result, done=list(made_of.values()))


def planned_waves(
    organization: Organization, changes: Collection[Change], kinds: Kinds = KINDS
) -> tuple[PlannedWave, ...]:
    """What a plan says of the waves of its changes; nothing where the config has none."""
    if not organization.waves:
        return ()
    found = in_waves(organization, changes, Known.of(organization, kinds))
    gates = [tuple(wave.gate.words) for wave in organization.waves]
    return tuple(
        PlannedWave(organization.wave_name(each), tuple(part.address for part in parts), *gates[each : each + 1])
        for each, parts in found.items()
    )


def names(organization: Organization) -> Sequence[str]:
    """What all waves are called, in their order."""
    return [organization.wave_name(number) for number in range(organization.last_wave + 1)]


def _past(number: int, through: int | None) -> Diagnostic | None:
    return LAST_ASKED if through is not None and number > through else None


def _held(organization: Organization, done: dict[Address, Change], waves: Waves, made: int, held: Diagnostic) -> Result:
    """The result where the next wave does not begin."""
    return Result(
        done=[change for change in done.values() if change.through is None],
        not_started=sorted(part.address for parts in waves.values() for part in parts),
        wave=organization.wave_name(made) if made >= 0 else "",
        held=replace(held, message=f"wave {organization.wave_name(min(waves))} does not begin: {held.message}"),
    )


def _source(organization: Organization, number: int) -> Source | None:
    return organization.waves[number - 1].source if number else None
