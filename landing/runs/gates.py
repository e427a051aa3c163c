"""The gates between waves: what must hold before the next wave begins, and why it does not.

A gate that cannot be asked stays closed until a person says yes: so does the first rollout, which makes what will
answer. When the last wave with a gate that watches began is kept as a tag of the root (`landing:wave`), for as long as
waves are left: whoever goes on, and from wherever, sees it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
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
AGAIN = "see that it can be asked, then run landing apply again"
MARK = "remove the tag, then run landing apply again"
MAKES = "`services.alarms.trail_alarms` makes it, and CloudTrail feeds it"
LOOK = f"find out why; when it is mended, or no matter, remove the tag {WAVE_TAG} of the root "
LOOK += "(organizations:UntagResource), then run landing apply again: the last minutes alone are looked at then"


@dataclass(frozen=True, slots=True)
class Gates:
    """Asked before each wave but the first. `approved`: names of waves after which a person says to go on.

    `agreed`: one to which somebody says so before the gate is asked, and so not to what it does not answer. `now` is
    the time in UTC. `passed` is told what was not answered, and passed by a person's yes.
    """

    organization: Organization
    aws: Aws
    now: Callable[[], datetime]
    approved: Collection[str] = ()
    passed: Callable[[str], None] = lambda text: None
    agreed: str = ""

    def closed(self, number: int, first: int) -> Diagnostic | None:
        """Why a wave does not begin; None when it may. Nothing is left of the waves before it.

        `first` is the wave with which the run began: those before it were done when the person said yes.
        """
        watching = [wave for wave in self.organization.waves[:number] if wave.gate.watches]
        found = self._watched(watching, number) if watching else ()
        held = next((each for each in found if each.code != "LZ543"), None)
        return held or self._unapproved(number, first, found)

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

    def _watched(self, watching: Collection[Wave], number: int) -> Sequence[Diagnostic]:
        """What keeps it closed, and what its questions do not answer."""
        now = self.now()
        minutes = timedelta(minutes=max(wave.gate.minutes for wave in watching))
        began = now - minutes  # nothing was made in an earlier wave: how it has been lately
        try:
            name, _, time = self._mark().partition(" ")
        except AwsError as error:
            return [unanswered(error), *self._over(watching, began, now)]
        if name:
            try:
                began = datetime.strptime(time, AT).replace(tzinfo=UTC)
            except ValueError:
                began = datetime.max.replace(tzinfo=UTC)
            if began > now + SKEW:
                message = f"the tag {WAVE_TAG} of the root does not say when a wave began"
                return [Diagnostic("LZ543", message, help=MARK), *self._over(watching, now - minutes, now)]
        later = {self.organization.wave_name(each) for each in range(number, self.organization.last_wave)}
        if name and name not in later and now < began + minutes:  # a wave that has another name by now is watched too
            until = (began + minutes).strftime(AT)
            message = f"wave {name} began at {began.strftime(AT)}, and is watched until {until}"
            return [Diagnostic("LZ544", message, help=WAIT)]
        return list(self._over(watching, max(began, now - KEPT), now))

    def _over(self, watching: Collection[Wave], began: datetime, now: datetime) -> Iterator[Diagnostic]:
        """What is over its limit since the wave began: each question is asked once, with the strictest limit."""
        denials = min(
            (w.gate.denials_per_minute for w in watching if w.gate.denials_per_minute is not None), default=None
        )
        findings = min((w.gate.high_findings for w in watching if w.gate.high_findings is not None), default=None)
        at = began.strftime(AT)
        if denials is not None:
            try:
                told = since.denials(self.aws, began, now)
                if not told:
                    message = f"the metric {since.DENIALS[1]} tells nothing since {at}"
                    yield Diagnostic("LZ543", message, help=MAKES)
                elif max(told) > denials:
                    message = f"guardrails denied {max(told):.0f} requests in a minute since {at}"
                    yield Diagnostic("LZ542", f"{message}; its gate allows {denials}", help=LOOK)
            except AwsError as error:
                yield unanswered(error)
        if findings is not None:
            try:
                administrator = Scope(self.organization.security_tooling, self.organization.home_region)
                if since.high_findings(self.aws, administrator, began, now, findings + 1) > findings:
                    message = f"more than {findings} new findings of high severity since {at}"
                    yield Diagnostic("LZ542", message, help=LOOK)
            except AwsError as error:
                yield unanswered(error)

    def _unapproved(self, number: int, first: int, open_questions: Sequence[Diagnostic]) -> Diagnostic | None:
        """What a person has to say yes to: gates that ask for that, and what was not answered."""
        asking = [
            each
            for each, wave in enumerate(self.organization.waves[:number])
            if wave.gate.approval or (open_questions and wave.gate.watches)
        ]
        if not asking:
            return None
        last = asking[-1]
        wave = self.organization.wave_name(last)
        given = wave in self.approved or (wave == self.agreed and not open_questions)
        if given and last < first:
            for each in open_questions:
                self.passed(f"{each.text}; somebody said yes to go on after wave {wave}")
            return None
        go_on = f"landing apply --approve-wave {wave}"
        early = "the yes was given before it was done; " if given else ""
        if open_questions:
            why = "; ".join(each.message for each in open_questions)
            mend = "; ".join(dict.fromkeys(each.help for each in open_questions))
            help_ = f"{mend}. Where nothing can answer yet, look yourself, then {go_on}"
            return replace(open_questions[0], message=f"{early}{why}", help=help_)
        return Diagnostic(
            "LZ541", f"{early}a person has to say yes after wave {wave}", help=f"look at it, then {go_on}"
        )


def unanswered(error: AwsError) -> Diagnostic:
    """A question that AWS did not answer."""
    return Diagnostic("LZ543", f"what its gate asks was not answered: {error.diagnostic.text}", help=AGAIN)
