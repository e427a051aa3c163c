"""What `apply` does with the waves of a config: the options that name them, the question, one wave after another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from landing.aws import Aws
    from landing.core.model import Change
    from landing.engine.apply import Result
    from landing.engine.order.waves import Waves
    from landing.engine.plan import Plan
    from landing.organization import Organization
    from landing.runs.pipeline import Planned


@dataclass(frozen=True)
class InWaves:
    """How the changes of a plan are made: `approved` names waves after which to go on, `through` the last one.

    `agreed` is one after which to go on by the answer to a question, which is asked before its gate.
    """

    plan: Plan
    approved: Collection[str]
    through: int | None
    agreed: str = ""

    def parts(self, organization: Organization, changes: Collection[Change]) -> int:
        """How many parts changes have in waves."""
        return sum(map(len, _divided(organization, changes).values()))

    def make(
        self,
        organization: Organization,
        aws: Aws,
        changes: Collection[Change],
        make: Callable[[Collection[Change]], Result],
        begin: Callable[[str], None],
    ) -> Result:
        """Make them wave by wave, by what makes some of them; `begin` is told which wave begins."""
        from landing.cli.output import note
        from landing.engine.apply import refresh
        from landing.runs.gates import Gates
        from landing.runs.waves import apply_in_waves

        def again() -> Collection[Change]:
            aws.tree.forget()
            return refresh(organization, aws, self.plan)

        def begins(number: int) -> None:
            begin(f"wave {organization.wave_name(number)}")
            gates.begins(number)

        gates = Gates(organization, aws, lambda: datetime.now(UTC), self.approved, note, self.agreed)
        return apply_in_waves(
            organization,
            changes,
            make,
            again,
            gates.closed,
            through=self.through,
            begin=begins,
            done=gates.done,
        )


def in_waves(
    planned: Planned, approved: Collection[str], through: str | None, *, asked: bool
) -> tuple[InWaves | None, str]:
    """How a plan is made in waves, and what a person is asked, who so says yes to go on; nothing without waves.

    `asked`: whether there is a person to ask.
    """
    from landing.runs.waves import names

    organization = planned.organization
    if not organization.waves:
        return None, ""
    first, last = min(_divided(organization, planned.changes)), names(organization).index(through) if through else None
    wanted = next((each.name for each in reversed(organization.waves[:first]) if each.gate.approval), "")
    if not asked or not wanted or wanted in approved:
        return InWaves(planned.plan, approved, last), ""
    question = f"Wave {wanted} is done. Do you want to go on with wave {organization.wave_name(first)}?"
    return InWaves(planned.plan, approved, last, wanted), question


def refuse_unknown(organization: Organization, given: Collection[str]) -> None:
    """Raises UsageError for a wave that the config does not have."""
    from landing.core.spelling import nearest
    from landing.runs.waves import names

    known = names(organization) if organization.waves else ()
    for name in given:
        if name not in known:
            hint = nearest(name, known, "`deployment.waves` of the config names them")
            raise click.UsageError(f"there is no wave {name}: {hint}")


def _divided(organization: Organization, changes: Collection[Change]) -> Waves:
    from landing.engine.order import waves
    from landing.engine.order.phases import Known

    return waves.in_waves(organization, changes, Known.of(organization))
