"""Recorders of AWS Config that an account had before ours: AWS gives one for an account and Region.

A stack with ours cannot be made where there is another, or another delivery channel (API reference,
PutConfigurationRecorder and PutDeliveryChannel; CloudFormation adopts neither). The config says what becomes of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from landing.blueprint.resource_names import RECORDER_ROLE

KEEP, REPLACE = "keep", "replace"
TYPE = "AWS::Config::ConfigurationRecorder"
TAKEN = "taken:"
"""So begins what is wrong with a stack, or an instance of a stack set, in whose place is a recorder to be replaced."""

REMOVAL = (
    "config:DescribeConfigurationRecorders",
    "config:DescribeConfigurationRecorderStatus",
    "config:StopConfigurationRecorder",
    "config:DescribeDeliveryChannels",
    "config:DeleteDeliveryChannel",
    "config:DeleteConfigurationRecorder",
)
"""What `remove` calls."""

_REASON = re.compile(
    r"AWS::Config::(ConfigurationRecorder|DeliveryChannel).*(already exists|maximum number|MaxNumberOf)", re.DOTALL
)
_SERVICE_LINKED = "AWSConfigurationRecorderFor"
"""So begin the names of recorders that services make for themselves, besides the one of the account."""


def explains(reason: str) -> bool:
    """Whether a stack failed because a recorder or a delivery channel is there already."""
    return bool(_REASON.search(reason))


def is_service_linked(name: str) -> bool:
    """Whether a recorder is a service's own."""
    return name.startswith(_SERVICE_LINKED)


def recorder_at(client: Any) -> Mapping[str, Any] | None:
    """The account's own recorder that is not ours, with `recording`; None where there is none."""
    for each in client.describe_configuration_recorders()["ConfigurationRecorders"]:
        if not is_service_linked(each["name"]) and not _ours(each.get("roleARN", "")):
            status = client.describe_configuration_recorder_status(ConfigurationRecorderNames=[each["name"]])
            return {**each, "recording": status["ConfigurationRecordersStatus"][0]["recording"]}
    return None


def _ours(role: str) -> bool:
    return role.endswith(f":role/{RECORDER_ROLE}")


def shortfall(found: Mapping[str, Any], template: Mapping[str, Any], *, home: bool) -> str:
    """What a recorder, as `recorder_at` shows it, records less than that of a template; nothing when nothing."""
    asked = next(each["Properties"] for each in template["Resources"].values() if each["Type"] == TYPE)
    return less_than(found, asked["RecordingMode"]["RecordingFrequency"], home=home)


def less_than(found: Mapping[str, Any], asked: str, *, home: bool) -> str:
    """The same, where it is asked to record all types as often as that."""
    group = found.get("recordingGroup") or {}
    frequency = (found.get("recordingMode") or {}).get("recordingFrequency", "CONTINUOUS")
    lacks = [] if found["recording"] else ["does not record"]
    if not group.get("allSupported"):
        lacks.append("records some resource types only")
    elif home and not group.get("includeGlobalResourceTypes"):
        lacks.append("leaves out global resource types")
    if asked == "CONTINUOUS" != frequency:
        lacks.append("records once a day")
    return " and ".join(lacks)


def kept(name: str, lacks: str) -> str:
    """What is to be said of a recorder that is kept though it does less than is asked."""
    return (
        f"its recorder {name} is kept, and {lacks}: have it record what is asked, or let ours take its place "
        "(services.config.existing_recorders: replace)"
    )


def remove(client: Any) -> None:
    """Stop and delete what is in the way, as far as it is there: a channel cannot go while its recorder runs."""
    found = recorder_at(client)
    if found is not None and found["recording"]:
        client.stop_configuration_recorder(ConfigurationRecorderName=found["name"])
    if found is not None or not client.describe_configuration_recorders()["ConfigurationRecorders"]:
        for channel in client.describe_delivery_channels()["DeliveryChannels"]:
            client.delete_delivery_channel(DeliveryChannelName=channel["name"])
    if found is not None:
        client.delete_configuration_recorder(ConfigurationRecorderName=found["name"])
