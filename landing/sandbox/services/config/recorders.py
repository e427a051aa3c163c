"""The configuration recorder of an account and Region."""

from __future__ import annotations

from functools import partial
from typing import Any

from landing.sandbox.moto import upstream
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.config.channels import delivery_problem
from landing.sandbox.services.config.state import Recorder, here, put_tags
from landing.sandbox.world import regions

ALL, INCLUSION, EXCLUSION = (
    "ALL_SUPPORTED_RESOURCE_TYPES",
    "INCLUSION_BY_RESOURCE_TYPES",
    "EXCLUSION_BY_RESOURCE_TYPES",
)
WITHOUT_GLOBAL_TYPES = frozenset({
    "ap-east-2", "ap-south-2", "ap-southeast-4", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7", "ca-west-1",
    "eu-central-2", "eu-south-2", "il-central-1", "me-central-1", "mx-central-1",
})  # fmt: skip
"""Regions added after February 2022, where global IAM types cannot be recorded (Developer Guide)."""


def put_configuration_recorder(call: Call) -> None:
    """One for an account and Region, with a role (API reference, PutConfigurationRecorder)."""
    wanted, place = call["ConfigurationRecorder"], here(call)
    name = wanted.get("name", "default")
    if place.recorder is not None and place.recorder.name != name:
        raise Refusal(
            "MaxNumberOfConfigurationRecordersExceededException",
            f"Failed to put configuration recorder '{name}' because the maximum number of configuration recorders: 1 "
            "is reached.",
        )
    _check_role(call, wanted.get("roleARN"))
    group, mode = _group(call, wanted.get("recordingGroup")), _mode(wanted.get("recordingMode"))
    if place.recorder is None:
        place.recorder = Recorder(name, wanted["roleARN"], group, mode)
        put_tags(call, _arn(call, name))
    else:
        place.recorder.role, place.recorder.group, place.recorder.mode = wanted["roleARN"], group, mode


def _check_role(call: Call, arn: str | None) -> None:
    """The role is there, in the same account, and AWS Config may assume it."""
    if not arn:
        raise Refusal(
            "InvalidRoleException",
            "You have provided a null or empty Amazon Resource Name (ARN) for the IAM role assumed by AWS Config.",
        )
    parts = arn.split(":")
    if len(parts) < 6 or parts[2] != "iam" or not parts[5].startswith("role/"):
        raise Refusal("InvalidRoleException", f"The role ARN {arn} is not valid.")
    if parts[4] != call.account or not role_exists(call, arn):
        raise Refusal("InvalidRoleException", f"The role {arn} does not exist in the account.")


def role_exists(call: Call, arn: str) -> bool:
    """Whether there is a role with this ARN."""
    backend = upstream.backend("iam", arn.split(":")[4], call.world.home_region)
    return any(role.arn == arn for role in backend.get_roles())


def _group(call: Call, wanted: dict[str, Any] | None) -> dict[str, Any]:
    """What is recorded, in full; refused where the parts contradict each other (RecordingGroup)."""
    wanted = wanted or {}
    types = list(wanted.get("resourceTypes") or ())
    excluded = list((wanted.get("exclusionByResourceTypes") or {}).get("resourceTypes") or ())
    strategy = (wanted.get("recordingStrategy") or {}).get("useOnly")
    if strategy is None:
        strategy = EXCLUSION if excluded else INCLUSION if types else ALL
    all_supported = wanted.get("allSupported", strategy == ALL)
    include_global = wanted.get("includeGlobalResourceTypes", False)
    wrong = (
        (types and (all_supported or strategy != INCLUSION))
        or (excluded and (all_supported or strategy != EXCLUSION))
        or (include_global and not all_supported)
        or (all_supported != (strategy == ALL))
        or (strategy == INCLUSION and not types)
        or (strategy == EXCLUSION and not excluded)
        or (include_global and call.region in WITHOUT_GLOBAL_TYPES and regions.is_opt_in(call.region))
    )
    if wrong:
        raise Refusal("InvalidRecordingGroupException", "The recording group provided is not valid")
    return {
        "allSupported": all_supported,
        "includeGlobalResourceTypes": include_global,
        "resourceTypes": types,
        "exclusionByResourceTypes": {"resourceTypes": excluded},
        "recordingStrategy": {"useOnly": strategy},
    }


def _mode(wanted: dict[str, Any] | None) -> dict[str, Any]:
    return dict(wanted or {"recordingFrequency": "CONTINUOUS"})


def _arn(call: Call, name: str) -> str:
    return call.arn(f"configuration-recorder/{name}")


def _found(call: Call, name: str) -> Recorder:
    recorder = here(call).recorder
    if recorder is None or recorder.name != name:
        raise Refusal(
            "NoSuchConfigurationRecorderException",
            f"Cannot find configuration recorder with the specified name '{name}'.",
        )
    return recorder


def _selected(call: Call) -> list[Recorder]:
    names = call.get("ConfigurationRecorderNames")
    if call.get("Arn"):
        names = [call["Arn"].rpartition("configuration-recorder/")[2]]
    if names:
        return [_found(call, name) for name in names]
    recorder = here(call).recorder
    return [] if recorder is None else [recorder]


def describe_configuration_recorders(call: Call) -> dict[str, Any]:
    """API reference, DescribeConfigurationRecorders."""
    return {"ConfigurationRecorders": [_shown(call, recorder) for recorder in _selected(call)]}


def _shown(call: Call, recorder: Recorder) -> dict[str, Any]:
    return {
        "arn": _arn(call, recorder.name),
        "name": recorder.name,
        "roleARN": recorder.role,
        "recordingGroup": recorder.group,
        "recordingMode": recorder.mode,
        "recordingScope": "PAID",
    }


def list_configuration_recorders(call: Call) -> dict[str, Any]:
    """API reference, ListConfigurationRecorders."""
    return call.page("ConfigurationRecorderSummaries", _selected(call), whole=partial(_shown, call))


def describe_configuration_recorder_status(call: Call) -> dict[str, Any]:
    """Failure when what it records cannot be delivered (API reference, DescribeConfigurationRecorderStatus)."""
    found = []
    for recorder in _selected(call):
        problem = delivery_problem(call) if recorder.is_recording else None
        changed = recorder.stopped if not recorder.is_recording else recorder.started
        found.append(
            {
                "arn": _arn(call, recorder.name),
                "name": recorder.name,
                "lastStartTime": recorder.started,
                "lastStopTime": recorder.stopped,
                "recording": recorder.is_recording,
                "lastStatus": "Pending" if recorder.started is None else "Failure" if problem else "Success",
                "lastErrorCode": problem and "AccessDenied",
                "lastErrorMessage": problem,
                "lastStatusChangeTime": changed,
            }
        )
    return {"ConfigurationRecordersStatus": found}


def start_configuration_recorder(call: Call) -> None:
    """With a delivery channel only (API reference, StartConfigurationRecorder)."""
    recorder = _found(call, call["ConfigurationRecorderName"])
    if here(call).channel is None:
        raise Refusal(
            "NoAvailableDeliveryChannelException", "Delivery channel is not available to start configuration recorder."
        )
    if not recorder.is_recording:
        recorder.is_recording, recorder.started = True, call.world.now


def stop_configuration_recorder(call: Call) -> None:
    """API reference, StopConfigurationRecorder."""
    recorder = _found(call, call["ConfigurationRecorderName"])
    if recorder.is_recording:
        recorder.is_recording, recorder.stopped = False, call.world.now


def delete_configuration_recorder(call: Call) -> None:
    """API reference, DeleteConfigurationRecorder."""
    _found(call, call["ConfigurationRecorderName"])
    here(call).recorder = None


def put_retention_configuration(call: Call) -> dict[str, Any]:
    """One for an account and Region, named default (API reference, PutRetentionConfiguration)."""
    here(call).retention = call["RetentionPeriodInDays"]
    return {"RetentionConfiguration": {"Name": "default", "RetentionPeriodInDays": call["RetentionPeriodInDays"]}}


def describe_retention_configurations(call: Call) -> dict[str, Any]:
    """API reference, DescribeRetentionConfigurations."""
    days, names = here(call).retention, call.get("RetentionConfigurationNames")
    if names and (days is None or names != ["default"]):
        raise _no_retention(names[0])
    found = [] if days is None else [{"Name": "default", "RetentionPeriodInDays": days}]
    return call.page("RetentionConfigurations", found)


def delete_retention_configuration(call: Call) -> None:
    """API reference, DeleteRetentionConfiguration."""
    if here(call).retention is None or call["RetentionConfigurationName"] != "default":
        raise _no_retention(call["RetentionConfigurationName"])
    here(call).retention = None


def _no_retention(name: str) -> Refusal:
    return Refusal(
        "NoSuchRetentionConfigurationException",
        f"Cannot find retention configuration with the specified name '{name}'.",
    )
