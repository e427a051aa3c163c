"""The gates between waves: what must hold before the next wave begins, and why it does not.

A gate that cannot be asked stays closed. When the last wave with a gate that watches began is kept as a tag of the root
(`landing:wave`), for as long as waves are left: whoever goes on, and from wherever, sees it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from landing.aws import Aws, since, translated
from landing.core.errors import AwsError
from landing.core.model import ORGANIZATION, Diagnostic, Scope
from landing.organization import WAVE_TAG, Organization, Wave

AT = "%Y-%m-%dT%H:%M:%SZ"
SKEW = timedelta(minutes=5)
"""So much may clocks of two machines differ."""
KEPT = timedelta(days=14)
"""So long CloudWatch has a metric by the minute (15 days: CloudWatch User Guide, "Metrics retention")."""

WAIT = "run landing apply again then"
AGAIN = "see that it can be asked, then run landing apply again; a gate that cannot be asked stays closed"
MAKES = (
    "`services.alarms.trail_alarms` makes it: where it comes with the wave rest, let no gate ask for denials before; "
)
MAKES += f"else {AGAIN}"
LOOK = f"find out why; when it is mended, or no matter, remove the tag {WAVE_TAG} of the root "
LOOK += "(organizations:UntagResource), then run landing apply again: the last minutes alone are looked at then"


@dataclass(frozen=True, slots=True)
class Gates:
    """Asked before each wave but the first. `approved`: names of waves after which a person says to go on.

    `now` is the time in UTC.
    """

    organization: Organization
    aws: Aws
    now: Callable[[], datetime]
    approved: Collection[str] = ()

    def closed(self, number: int, first: int) -> Diagnostic | None:
        """Why a wave does not begin; None when it may. Nothing is left of the waves before it.

        `first` is the wave with which the run began: those before it were done when the person said yes.
        """
        earlier = self.organization.waves[:number]
        watching = [wave for wave in earlier if wave.gate.watches]
        try:
            found = self._watched(watching, [wave.name for wave in earlier]) if watching else None
        except AwsError as error:
            found = Diagnostic("LZ543", f"what its gate asks was not answered: {error.diagnostic.text}", help=AGAIN)
        return found or self._unapproved(number, first)

    def begins(self, number: int) -> None:
        """Note when a wave with a gate that watches begins; raises AwsError."""
        watches = number < self.organization.last_wave and self.organization.waves[number].gate.watches
        if watches and self.aws.tree.root is not None:  # else the wave makes the organization itself
            mark = f"{self.organization.wave_name(number)} {self.now().strftime(AT)}"
            with translated(ORGANIZATION):
                client = self.aws.client("organizations")
                client.tag_resource(ResourceId=self._root, Tags=[{"Key": WAVE_TAG, "Value": mark}])

    def done(self) -> None:
        """Every wave is: nothing is noted any more; raises AwsError."""
        if any(wave.gate.watches for wave in self.organization.waves) and self._mark():
            with translated(ORGANIZATION):
                self.aws.client("organizations").untag_resource(ResourceId=self._root, TagKeys=[WAVE_TAG])

    @property
    def _root(self) -> str:
        return self.aws.tree.target_id("root")

    def _mark(self) -> str:
        """As it is now: what AWS answers for many resources at once comes too late."""
        with translated(ORGANIZATION):
            client = self.aws.client("organizations")
            tags = self.aws.listed(client, "list_tags_for_resource", "Tags", ResourceId=self._root)
            return next((each["Value"] for each in tags if each["Key"] == WAVE_TAG), "")

    def _watched(self, watching: Collection[Wave], earlier: Collection[str]) -> Diagnostic | None:
        now = self.now()
        minutes = timedelta(minutes=max(wave.gate.minutes for wave in watching))
        name, _, time = self._mark().partition(" ")
        began = now - minutes  # nothing was made in an earlier wave: how it has been lately
        if name:
            try:
                began = datetime.strptime(time, AT).replace(tzinfo=UTC)
            except ValueError:
                began = datetime.max.replace(tzinfo=UTC)
            if began > now + SKEW:
                message = f"the tag {WAVE_TAG} of the root does not say when a wave began"
                return Diagnostic("LZ543", message, help="remove the tag, then run landing apply again")
        if name in earlier and now < began + minutes:
            until = (began + minutes).strftime(AT)
            return Diagnostic(
                "LZ544", f"wave {name} began at {began.strftime(AT)}, and is watched until {until}", help=WAIT
            )
        return next(self._over(watching, max(began, now - KEPT), now), None)

    def _over(self, watching: Collection[Wave], began: datetime, now: datetime) -> Iterator[Diagnostic]:
        """What is over its limit since the wave began: each question is asked once, with the strictest limit."""
        denials = min(
            (w.gate.denials_per_minute for w in watching if w.gate.denials_per_minute is not None), default=None
        )
        findings = min((w.gate.high_findings for w in watching if w.gate.high_findings is not None), default=None)
        at = began.strftime(AT)
        if denials is not None:
            told = since.denials(self.aws, began, now)
            if not told:
                message = f"the metric {since.DENIALS[1]} tells nothing since {at}"
                yield Diagnostic("LZ543", message, help=MAKES)
            elif max(told) > denials:
                message = (
                    f"guardrails denied {max(told):.0f} requests in a minute since {at}; its gate allows {denials}"
                )
                yield Diagnostic("LZ542", message, help=LOOK)
        if findings is not None:
            administrator = Scope(self.organization.security_tooling, self.organization.home_region)
            count = since.high_findings(self.aws, administrator, began, now, findings + 1)
            if count > findings:
                message = f"more than {findings} new findings of high severity since {at}"
                yield Diagnostic("LZ542", message, help=LOOK)

    def _unapproved(self, number: int, first: int) -> Diagnostic | None:
        asking = [each for each, wave in enumerate(self.organization.waves[:number]) if wave.gate.approval]
        if not asking:
            return None
        last = asking[-1]
        wave = self.organization.wave_name(last)
        given = wave in self.approved
        if given and last < first:
            return None
        early = "the yes was given before it was done; " if given else ""
        return Diagnostic(
            "LZ541",
            f"{early}a person has to say yes after wave {wave}",
            help=f"look at it, then landing apply --approve-wave {wave}",
        )
