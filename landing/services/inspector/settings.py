"""The settings of Amazon Inspector."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from landing.organization import ROOT, Target
from landing.services.settings import REQUIRED, setting

PRINCIPAL = "inspector2.amazonaws.com"
LINKED = (PRINCIPAL, "agentless.inspector2.amazonaws.com")
"""Service-linked roles: of scans, and of those without an agent (User Guide, "Using service-linked roles")."""

SCANS = {"ec2": True, "ecr": True, "lambda": True, "lambda_code": False, "code_repository": False}
"""What is scanned, and whether it is unless the config says other."""

RESOURCE_TYPES = {
    "ec2": "EC2",
    "ecr": "ECR",
    "lambda": "LAMBDA",
    "lambda_code": "LAMBDA_CODE",
    "code_repository": "CODE_REPOSITORY",
}
"""What AWS calls it (API reference, Enable: there is no type for machine images)."""

ANSWERED = {"lambda_code": "lambdaCode", "code_repository": "codeRepository"}
"""What answers call it, where that is another word (API reference, ResourceState, AutoEnable)."""

IMAGES = "ami"
"""Machine images: scanned in accounts that join alone (API reference, AutoEnable)."""

CODE_REGIONS = (
    "ap-northeast-1", "ap-southeast-1", "ap-southeast-2", "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2",
    "eusc-de-east-1", "us-east-1", "us-east-2", "us-west-2",
)  # fmt: skip
"""Where code is scanned (Regions of AWS::InspectorV2::CodeSecurityScanConfiguration, October 2026; those of the
managed rule inspector-lambda-code-scan-enabled are the same)."""
CODE = ("lambda_code", "code_repository")

RESCANS = ("LIFETIME", "DAYS_180", "DAYS_90", "DAYS_60", "DAYS_30", "DAYS_14", "DAYS_7", "DAYS_3")
"""From the longest (API reference, EcrConfiguration); images that are pulled have no LIFETIME."""

DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
PATH = r"^(/(\.[-\w]+|[-\w]+([. ][-\w]+)*))+/?$|^[A-Za-z]:\\([-\w]+([. ][-\w]+)*\\)*[-\w]+([. ][-\w]+)*$"
"""A path of packages (API reference, UpdateOrgEc2DeepInspectionConfiguration)."""

TEXTS = (
    "awsAccountId", "codeRepositoryProjectName", "codeRepositoryProviderType", "codeVulnerabilityDetectorName",
    "codeVulnerabilityDetectorTags", "codeVulnerabilityFilePath", "componentId", "componentType", "ec2InstanceImageId",
    "ec2InstanceSubnetId", "ec2InstanceVpcId", "ecrImageArchitecture", "ecrImageHash", "ecrImageRegistry",
    "ecrImageRepositoryName", "ecrImageTags", "exploitAvailable", "findingArn", "findingStatus", "findingType",
    "fixAvailable", "lambdaFunctionExecutionRoleArn", "lambdaFunctionLayers", "lambdaFunctionName",
    "lambdaFunctionRuntime", "machineImageId", "machineImageName", "machineImageOwnerAccountId",
    "machineImagePlatform", "networkProtocol", "relatedVulnerabilities", "resourceId", "resourceType", "severity",
    "title", "vendorSeverity", "vulnerabilityId", "vulnerabilitySource",
)  # fmt: skip
NUMBERS = ("ecrImageInUseCount", "epssScore", "inspectorScore")
RESOURCE_TAGS = "resourceTags"
"""Criteria of findings (API reference, FilterCriteria), by what is compared; those of times, ports,
packages and other clouds are left out."""

_VALUES = {
    "type": "array",
    "minItems": 1,
    "maxItems": 10,
    "uniqueItems": True,
    "items": {"type": "string", "minLength": 1, "maxLength": 1024},
}
_TEXT = {
    "type": "object",
    "minProperties": 1,
    "additionalProperties": False,
    "properties": {"eq": _VALUES, "neq": _VALUES, "prefix": _VALUES},
}
_NUMBER = {
    "type": "object",
    "minProperties": 1,
    "additionalProperties": False,
    "properties": {"from": {"type": "number"}, "to": {"type": "number"}},
}
_TAG_FILTERS = {
    "type": "object",
    "minProperties": 1,
    "maxProperties": 10,
    "propertyNames": {"minLength": 1, "maxLength": 128},
    "additionalProperties": {"type": "string", "maxLength": 256},
}


def _scan(default: bool, description: str) -> dict[str, Any]:
    return {"type": "boolean", "default": default, "description": description}


_SCANS: dict[str, Any] = {
    "ec2": _scan(SCANS["ec2"], "EC2 instances."),
    "ecr": _scan(SCANS["ecr"], "Images in ECR."),
    "lambda": _scan(SCANS["lambda"], "Packages of Lambda functions."),
    "lambda_code": _scan(SCANS["lambda_code"], "Code of Lambda functions; needs `lambda`."),
    "code_repository": _scan(SCANS["code_repository"], "Repositories of code, once somebody has connected them."),
    IMAGES: _scan(False, "Machine images: AWS enables this in accounts that join, and has no call for others."),
}


@dataclass(frozen=True, kw_only=True)
class Suppression:
    """Findings that nobody wants to see."""

    description: str = setting("", "Why.", maxLength=512)
    where: Mapping[str, Any] = setting(
        REQUIRED,
        "What all must be true of a finding, by criterion: texts have `eq`, `neq` or `prefix`, numbers `from` and "
        "`to`, `resourceTags` a value for each key.",
        type="object",
        minProperties=1,
        additionalProperties=False,
        properties={
            **dict.fromkeys(TEXTS, _TEXT), **dict.fromkeys(NUMBERS, _NUMBER), RESOURCE_TAGS: _TAG_FILTERS,
        },
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class CisScan:
    """A scan of instances by a CIS benchmark, again and again; charged by instance."""

    level: str = setting("LEVEL_1", "The profile of the benchmark.", enum=["LEVEL_1", "LEVEL_2"])
    every: str = setting("week", "How often.", enum=["day", "week", "month"])
    days: tuple[str, ...] = setting(
        ("SUN",), "Days of the week: some where it is every week, one where it is every month.",
        minItems=1, items={"enum": list(DAYS)},
    )  # fmt: skip
    at: str = setting("03:00", "The time of day, `HH:MM`.", pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")
    timezone: str = setting("UTC", "As in the tz database.", minLength=1, maxLength=50)
    target: Target = setting(Target(units=(ROOT,)), "The accounts whose instances are meant; all, if left out.")
    tags: Mapping[str, Any] = setting(
        REQUIRED,
        "Tags of the instances: values by key.",
        type="object",
        minProperties=1,
        maxProperties=5,
        propertyNames={"minLength": 1, "maxLength": 128},
        additionalProperties={
            "type": "array",
            "minItems": 1,
            "maxItems": 5,
            "uniqueItems": True,
            "items": {"type": "string", "minLength": 1, "maxLength": 256},
        },
    )


@dataclass(frozen=True, kw_only=True)
class Override:
    """What differs in some accounts."""

    target: Target = setting(REQUIRED, "The accounts.")
    scans: Mapping[str, bool] = setting(
        {},
        "What is scanned in these accounts; what is not named is as everywhere.",
        type="object",
        additionalProperties=False,
        properties={name: {"type": "boolean", "description": _SCANS[name]["description"]} for name in SCANS},
    )


@dataclass(frozen=True, kw_only=True)
class InspectorSettings:
    """Amazon Inspector in every governed region that has it, for every account of the config."""

    scans: Mapping[str, bool] = setting(
        {},
        "What is scanned, in accounts that are there and that join; what is not named has the default.",
        type="object",
        additionalProperties=False,
        properties=_SCANS,
    )
    ec2_scan_mode: str = setting(
        "EC2_HYBRID",
        "With the SSM agent alone, or by snapshot where there is none.",
        enum=["EC2_HYBRID", "EC2_SSM_AGENT_BASED"],
    )
    deep_inspection_paths: tuple[str, ...] = setting(
        (),
        "Paths where packages of programming languages are looked for on instances, besides AWS's own.",
        maxItems=5,
        items={"type": "string", "pattern": PATH, "maxLength": 512},
    )
    ecr_rescan: str = setting("DAYS_30", "How long an image is scanned after it was pushed.", enum=list(RESCANS))
    ecr_pull_rescan: str = setting(
        "DAYS_30", "How long an image is scanned after it was pulled or used.", enum=list(RESCANS[1:])
    )
    ecr_pull_rescan_mode: str = setting(
        "LAST_PULL_DATE", "From when that counts.", enum=["LAST_PULL_DATE", "LAST_IN_USE_AT"]
    )
    suppress: Mapping[str, Suppression] = setting({}, "Suppression rules by stable key.")
    cis_scans: Mapping[str, CisScan] = setting({}, "CIS scans by stable key.")
    overrides: Mapping[str, Override] = setting({}, "What differs by unit, account or tag, by stable key.")
