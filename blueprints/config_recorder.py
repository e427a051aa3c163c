"""AWS Config in one region: recorder and delivery channel to the log archive."""

from typing import Literal

from troposphere import Equals, If, Parameter, Ref, Sub, Template
from troposphere.config import (
    ConfigSnapshotDeliveryProperties,
    ConfigurationRecorder,
    DeliveryChannel,
    RecordingGroup,
    RecordingMode,
)

from landing.blueprint.resource_names import RECORDER, RECORDER_ROLE
from landing.blueprint.resource_names import bucket as log_bucket


def config_recorder(
    *,
    recording_frequency: Literal["CONTINUOUS", "DAILY"] = "CONTINUOUS",
    snapshot_frequency: Literal[
        "One_Hour", "Three_Hours", "Six_Hours", "Twelve_Hours", "TwentyFour_Hours"
    ] = "TwentyFour_Hours",
    bucket: str = "",
) -> Template:
    """AWS Config in one region: recorder and delivery channel to the log archive.

    `bucket` is one that is there already and has another name than ours.
    Global resource types are recorded in the home region only. Recorder and channel must not depend on each
    other: CloudFormation starts the recorder when both are there.
    """
    template = Template("AWS Config recorder")
    for name in ("HomeRegion",) if bucket else ("LogArchiveAccountId", "HomeRegion"):
        template.add_parameter(Parameter(name, Type="String"))
    template.add_condition("InHomeRegion", Equals(Ref("AWS::Region"), Ref("HomeRegion")))
    template.add_resource(
        ConfigurationRecorder(
            "Recorder",
            Name=RECORDER,
            RoleARN=Sub(f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:role/{RECORDER_ROLE}"),
            RecordingGroup=RecordingGroup(
                AllSupported=True, IncludeGlobalResourceTypes=If("InHomeRegion", True, False)
            ),
            RecordingMode=RecordingMode(RecordingFrequency=recording_frequency),
        )
    )
    template.add_resource(
        DeliveryChannel(
            "Channel",
            Name=RECORDER,
            S3BucketName=bucket or Sub(log_bucket("config", "${LogArchiveAccountId}", "${HomeRegion}")),
            ConfigSnapshotDeliveryProperties=ConfigSnapshotDeliveryProperties(DeliveryFrequency=snapshot_frequency),
        )
    )
    return template
