"""Accounts in governed units: what Control Tower makes in them, and what comes of moves (User Guide, "Enrollment")."""

from __future__ import annotations

import json
from typing import Any

from landing.sandbox.services import accounts
from landing.sandbox.services.config.state import Recorder, at, peek
from landing.sandbox.services.controltower import state
from landing.sandbox.services.controltower.state import DRIFTED, IN_SYNC, SUCCEEDED, Enabled, Place, Zone
from landing.sandbox.services.organizations.state import Organization, Policy
from landing.sandbox.world import Event, World

RECORDER = "aws-controltower-BaselineConfigRecorder"
CHANNEL = "aws-controltower-BaselineConfigDeliveryChannel"
SCP = "SERVICE_CONTROL_POLICY"
MOST_ATTACHED = 10
EXECUTION = "arn:aws:iam::*:role/AWSControlTowerExecution"


def recorder_in_the_way(world: World, zone: Zone, members: list[str]) -> str:
    """The account that has a recorder of its own, which keeps it from being enrolled; nothing if none has."""
    for account in members:
        for region in zone.regions:
            place = peek(world, account, region)
            if place is not None and place.recorder is not None and place.recorder.name != RECORDER:
                return account
    return ""


def enrol(world: World, place: Place, organization: Organization, enabled: Enabled, account: str) -> None:
    """An account gets the baseline of its unit, and with it a recorder in each governed Region."""
    zone = place.zone
    assert zone is not None
    arn = f"{enabled.arn.rpartition('/')[0]}/{world.token(16)}"
    child = Enabled(arn, enabled.identifier, account, {}, enabled.version, SUCCEEDED, parent=enabled.arn)
    place.baselines[arn] = child
    role = f"arn:{world.partition}:iam::{account}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"
    archive = (zone.manifest.get("centralizedLogging") or {}).get("accountId", organization.management_account)
    for region in zone.regions:
        here = at(world, account, region)
        if here.recorder is None:
            group = recording(home=region == zone.arn.split(":")[3])
            mode = {"recordingFrequency": "CONTINUOUS"}
            here.recorder = Recorder(RECORDER, role, group, mode, is_recording=True, started=world.now)
            bucket = f"aws-controltower-logs-{archive}-{zone.arn.split(':')[3]}"
            here.channel = {"name": CHANNEL, "s3BucketName": bucket}


def recording(*, home: bool) -> dict[str, Any]:
    """What a recorder of Control Tower records: all types, the global ones in the home Region."""
    return {
        "allSupported": True,
        "includeGlobalResourceTypes": home,
        "resourceTypes": [],
        "exclusionByResourceTypes": {"resourceTypes": []},
        "recordingStrategy": {"useOnly": "ALL_SUPPORTED_RESOURCE_TYPES"},
    }


def leave(world: World, place: Place, account: str) -> None:
    """What was made in an account goes, and it has no baseline any more."""
    for child in place.baselines_on(account):
        del place.baselines[child.arn]
    for region in place.zone.regions if place.zone else ():
        here = peek(world, account, region)
        if here is not None and here.recorder is not None and here.recorder.name == RECORDER:
            here.recorder = here.channel = None


def account_moved(world: World, event: Event) -> None:
    """Enrolled and let go by itself where the landing zone does that, else a drift ("Account auto-enrollment")."""
    organization = accounts.organization_of(world, event.account)
    found = state.home(world, organization.management_account) if organization else None
    if organization is None or found is None:
        return
    region, place = found
    assert place.zone is not None
    if "INHERITANCE_DRIFT" in place.zone.remediation:
        thing = ("controltower", event.account)
        world.clock.later(settle, organization.management_account, region, event.account, thing=thing)
        return
    for unit in (event.detail["source"], event.detail["destination"]):
        for enabled in place.baselines_on(unit):
            enabled.drift = DRIFTED


def settle(world: World, management: str, region: str, account: str) -> None:
    """An account has what its unit has, and nothing else."""
    place, organization = state.at(world, management, region), accounts.organization_of(world, management)
    if organization is None or account not in organization.members:
        return
    leave(world, place, account)
    for enabled in place.baselines_on(organization.members[account].parent):
        if not recorder_in_the_way(world, place.zone, [account]) if place.zone else False:
            enrol(world, place, organization, enabled, account)
            enabled.drift = IN_SYNC


def guard(world: World, place: Place, organization: Organization, unit: str, statements: list[Any]) -> str:
    """The SCP of a unit's preventive controls, as they are now; what is wrong when there is no slot for it."""
    policy = organization.policies.get(place.guards.get(unit, ""))
    if not statements:
        if policy is not None:
            organization.detach(policy.id, unit)
            del organization.policies[place.guards.pop(unit)]
        return ""
    text = text_of(statements)
    if policy is not None:
        policy.content = text
        if unit not in organization.targets.get(policy.id, ()):
            organization.attach(policy.id, unit)
        return ""
    if organization.policy_types.get(SCP) != "ENABLED":
        return "Service control policies are not enabled in the organization."
    if len(organization.attached(unit, SCP)) >= MOST_ATTACHED:
        return "AWS Control Tower cannot attach its policy: the maximum of policies is attached to the unit."
    name = f"aws-guardrails-{world.token(6)}"
    made = Policy(f"p-{world.token(8)}", SCP, name, "Guardrails applied by AWS Control Tower.", text)
    organization.policies[made.id] = made
    organization.attach(made.id, unit)
    place.guards[unit] = made.id
    return ""


def text_of(statements: list[Any]) -> str:
    """The document of the SCP that they make."""
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, separators=(",", ":"))


def mandatory() -> dict[str, Any]:
    """What is denied in every governed unit (User Guide, "Mandatory controls")."""
    return {
        "Sid": "GRCONFIGENABLED",
        "Effect": "Deny",
        "Action": [
            "config:DeleteConfigurationRecorder",
            "config:DeleteDeliveryChannel",
            "config:StopConfigurationRecorder",
        ],
        "Resource": "*",
        "Condition": {"ArnNotLike": {"aws:PrincipalARN": EXECUTION}},
    }
