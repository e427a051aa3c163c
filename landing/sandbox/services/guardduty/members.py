"""Members, as the organization's administrator sees and changes them, and what a member may not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.guardduty import enrolment, features
from landing.sandbox.services.guardduty.state import PLACES, Detector, administered, at, bad, own_detector
from landing.sandbox.services.members import Member, OrganizationMembers


class _Members(OrganizationMembers):
    """Each has a detector, which is the administrator's to change."""

    places = PLACES
    stranger = (
        "The request is rejected because the given account ID is not an associated member of account the current "
        "account."
    )
    associated = "The request is rejected because the member is associated."

    def look(self, call: Call) -> None:
        """With the caller's detector."""
        own_detector(call)
        enrolment.poll(call)

    def shown(self, call: Call, member: Any) -> dict[str, Any]:
        """With the member's detector."""
        detector = at(call.world, member.account, call.region).detector
        return {**super().shown(call, member), "DetectorId": None if detector is None else detector.id}

    def changeable(self, call: Call) -> dict[str, Member]:
        """Not while ALL holds (API reference, DeleteMembers)."""
        settings = administered(call)
        if settings.auto_enable == "ALL":
            raise bad(
                "The request is rejected because the organization's auto-enable setting is ALL: it would enable the "
                "member accounts again."
            )
        return settings.members

    def invite(self, call: Call, account: str) -> str | None:
        """With the auto-enable settings (API reference, CreateMembers)."""
        fresh = features.for_new_member(administered(call).features)
        return enrolment.enrol(call.world, call.account, call.region, account, fresh, which=("ALL", "NEW"))

    def refuse_leaving(self, *, is_member: bool) -> Refusal:
        """User Guide, "Relationships"."""
        bound = "an account of an organization cannot disassociate itself from its delegated administrator"
        why = bound if is_member else "the current account has no administrator account"
        return bad(f"The request is rejected because {why}.")

    def each(self, call: Call, act: Callable[[Member, Detector], None]) -> dict[str, Any]:
        """Act on each associated member that the call names, and its detector."""
        members = administered(call).members

        def one(account: str) -> str | None:
            member, detector = members.get(account), at(call.world, account, call.region).detector
            if member is None or detector is None or member.status == self.removed:
                return self.stranger
            act(member, detector)
            return None

        return self.unprocessed(call, call["AccountIds"], one)

    def get_member_detectors(self, call: Call) -> dict[str, Any]:
        """The features of members (API reference, GetMemberDetectors)."""
        enrolment.poll(call)
        found = []

        def show(member: Member, detector: Detector) -> None:
            chosen = {name: it for name, it in detector.features.items() if name not in features.DETECTOR_ONLY}
            found.append(
                {
                    "AccountId": member.account,
                    "DataSources": features.data_sources(detector.features, enabled=detector.enabled),
                    "Features": features.shown(chosen, "Status", UpdatedAt=detector.updated),
                }
            )

        return {**self.each(call, show), "MemberDataSourceConfigurations": found}

    def update_member_detectors(self, call: Call) -> dict[str, Any]:
        """What is not named stays (API reference, UpdateMemberDetectors)."""
        asked = features.requested(call, "Status")

        def update(_: Member, detector: Detector) -> None:
            detector.features, detector.updated = {**detector.features, **asked}, call.world.now

        return self.each(call, update)

    def stop_monitoring_members(self, call: Call) -> dict[str, Any]:
        """Not while ALL holds (API reference, StopMonitoringMembers)."""
        self.changeable(call)
        return self._switch(call, "Disabled")

    def start_monitoring_members(self, call: Call) -> dict[str, Any]:
        """API reference, StartMonitoringMembers."""
        return self._switch(call, "Enabled")

    def _switch(self, call: Call, status: str) -> dict[str, Any]:
        def switch(member: Member, detector: Detector) -> None:
            detector.enabled = status == "Enabled"
            member.status, member.updated = status, call.world.now

        return self.each(call, switch)

    def disassociate_members(self, call: Call) -> dict[str, Any]:
        """GuardDuty stays on in them; not while ALL holds (API reference, DisassociateMembers)."""
        self.changeable(call)
        return self.each(call, lambda member, _: self.part(call, member))


MEMBERS = _Members()
