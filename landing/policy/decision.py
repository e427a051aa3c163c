"""The two hierarchies together: what SCPs and RCPs say to one request, for those who are subject to them.

`evaluate` reads one hierarchy. Which SCPs and which RCPs a request meets is for `covered` to say: SCPs of the
principal's path and RCPs of the resource owner's. `decide` evaluates each that applies and combines them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from landing.policy.coverage import Coverage
from landing.policy.evaluation import (
    ALLOWED,
    EXPLICITLY_DENIED,
    IMPLICITLY_DENIED,
    RCP,
    UNDETERMINED,
    Verdict,
    evaluate,
)
from landing.policy.levels import Policies
from landing.policy.request import Request


@dataclass(frozen=True, slots=True)
class Decision:
    """`result` as in `Verdict`; the verdict of a hierarchy that does not apply is none."""

    result: str
    scp: Verdict | None
    rcp: Verdict | None
    coverage: Coverage

    @property
    def blocked(self) -> bool | None:
        """Whether guardrails block the request; none if that is undetermined."""
        return None if self.result == UNDETERMINED else self.result != ALLOWED


def decide(
    coverage: Coverage, request: Request, *, scps: Policies | None = None, rcps: Policies | None = None
) -> Decision:
    """The decision on a request.

    `scps` are the levels of the principal's path and `rcps` those of the resource owner's, as `evaluate`
    takes them. Levels that the coverage does not ask for are not looked at.
    """
    complete = coverage.complete(request)
    scp = evaluate(scps, complete) if scps is not None and coverage.scp_path is not None else None
    rcp = evaluate(rcps, complete, RCP) if rcps is not None and coverage.rcp_path is not None else None
    weighed = ((scp, coverage.scp_doubt), (rcp, coverage.rcp_doubt))
    return Decision(_combined(weighed), scp, rcp, coverage)


def _combined(weighed: Iterable[tuple[Verdict | None, str | None]]) -> str:
    results = [_doubted(verdict, doubt) for verdict, doubt in weighed]
    # A denial by one hierarchy stands whatever the other says.
    for result in (EXPLICITLY_DENIED, IMPLICITLY_DENIED, UNDETERMINED):
        if result in results:
            return result
    return ALLOWED


def _doubted(verdict: Verdict | None, doubt: str | None) -> str:
    """The result of a hierarchy; one that may not apply cannot deny for certain."""
    if doubt is None:
        return ALLOWED if verdict is None else verdict.result
    if verdict is None or verdict.result != ALLOWED:
        return UNDETERMINED
    return ALLOWED
