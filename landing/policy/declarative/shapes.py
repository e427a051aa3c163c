"""The shape of each type of policy, as the AWS Organizations user guide has it under "…policy syntax and examples".

Of two types AWS documents no syntax that could be read; what is written of these is not checked beyond operators.
"""

from __future__ import annotations

from collections.abc import Mapping

from landing.policy.declarative.shape import Named, Section, Setting, Shape

AS_OF = "2026-11"

_TEXT = Setting()
_TEXTS = Setting(many=True)
_MINUTES = Setting(pattern=r"\d+", what="a number of minutes in quotes")
_DAYS = Setting(pattern=r"\d+", what="a number of days in quotes")
_TRUTH = Setting(("true", "false"))
_SWITCH = Setting(("enabled", "disabled"))
_PREFERENCE = Setting(("no_preference", "enabled", "disabled"))
_REGIONS = Setting(pattern=r"ALL_SUPPORTED|[a-z]{2,}(-[a-z]+)+-\d", what="a region, or ALL_SUPPORTED", many=True)
_BY_REGION = {"enable_in_regions": _REGIONS, "disable_in_regions": _REGIONS}
_BOTH = tuple(_BY_REGION)
_BY_REGIONS = Section(_BY_REGION, _BOTH)
_ARN = r"arn:[\w-]+:\S+"


def _numbered(stem: str, most: int, each: Shape) -> Named:
    return Named(each, rf"{stem}_\d+", f"{stem}_1 to {stem}_{most}", most)


def _days(name: str) -> Section:
    return Section({name: Setting(what="a number of days", number=True)}, (name,))


_WATERMARK = Section(
    {
        "watermark_key": Setting(pattern=r"\d{12}:.+", what="ACCOUNT:NAME"),
        "source_image_region": _TEXT,
        "maximum_days_since_source_image_created": Setting(what="a number of days", number=True),
        "maximum_days_since_watermark_created": Setting(what="a number of days", number=True),
    },
    ("watermark_key",),
)
_IMAGES = Section(
    {
        "allowed_image_providers": Setting(
            pattern=r"\d{12}|amazon|aws_marketplace|aws_backup_vault",
            what="an account, amazon, aws_marketplace or aws_backup_vault",
            many=True,
            most=200,
        ),
        "image_names": Setting(many=True, most=50),
        "marketplace_product_codes": Setting(many=True, most=50),
        "creation_date_condition": _days("maximum_days_since_created"),
        "deprecation_time_condition": _days("maximum_days_since_deprecated"),
        "image_watermarks": _numbered("image_watermark", 50, _WATERMARK),
    }
)
_EC2 = Section(
    {
        "exception_message": _TEXT,
        "vpc_block_public_access": Section(
            {
                "internet_gateway_block": Section(
                    {
                        "mode": Setting(("off", "block_ingress", "block_bidirectional")),
                        "exclusions_allowed": _SWITCH,
                    },
                    ("mode",),
                )
            },
            ("internet_gateway_block",),
        ),
        "vpc_encryption_control": Section(
            {
                "mode": Setting(("unmanaged", "attempt_monitor", "attempt_enforce")),
                "exclusions": Setting(
                    (
                        "internet_gateway", "nat_gateway", "vpc_lattice", "vpc_peering", "lambda",
                        "egress_only_internet_gateway", "elastic_file_system", "virtual_private_gateway",
                    ),
                    many=True,
                ),
            },
            ("mode",),
        ),
        "serial_console_access": Section({"status": _SWITCH}, ("status",)),
        "image_block_public_access": Section({"state": Setting(("unblocked", "block_new_sharing"))}, ("state",)),
        "snapshot_block_public_access": Section(
            {"state": Setting(("unblocked", "block_new_sharing", "block_all_sharing"))}, ("state",)
        ),
        "instance_metadata_defaults": Section(
            {
                "http_tokens": Setting(("no_preference", "required", "optional")),
                "http_put_response_hop_limit": Setting(
                    pattern=r"-1|[1-9]|[1-5]\d|6[0-4]", what='"-1" or a number from "1" to "64", in quotes'
                ),
                "http_endpoint": _PREFERENCE,
                "instance_metadata_tags": _PREFERENCE,
                "http_tokens_enforced": _PREFERENCE,
            }
        ),
        "allowed_images_settings": Section(
            {
                "state": Setting(("enabled", "disabled", "audit_mode")),
                "image_criteria": _numbered("criteria", 10, _IMAGES),
            },
            ("state",),
        ),
    }
)  # fmt: skip

_RESOURCE_TYPES = Setting(pattern=r"[a-z0-9-]+:[\w*/-]+", what="SERVICE:RESOURCE or SERVICE:ALL_SUPPORTED", many=True)
_TAGS = Named(
    Section(
        {
            "tag_key": _TEXT,
            "tag_value": Setting(pattern=r"[^*]*\*?[^*]*", what="a value with one `*` at most", many=True),
            "enforced_for": _RESOURCE_TYPES,
            "report_required_tag_for": _RESOURCE_TYPES,
        }
    ),
    r".{1,128}",
    "the key of a tag",
)

_LIFECYCLE = Section(
    {
        "move_to_cold_storage_after_days": _DAYS,
        "delete_after_days": _DAYS,
        "opt_in_to_archive_for_supported_resources": _TRUTH,
    }
)
_TAG = Section({"tag_key": _TEXT, "tag_value": _TEXT}, ("tag_key", "tag_value"))
_VAULT = Setting(pattern=_ARN, what="the ARN of a vault")
_ROLE = Setting(pattern=_ARN, what="the ARN of a role: arn:aws:iam::$account:role/NAME")
_RULE = Section(
    {
        "schedule_expression": Setting(pattern=r"(cron|rate)\(.+\)", what="cron(…) or rate(…)"),
        "schedule_expression_timezone": _TEXT,
        "target_backup_vault_name": _TEXT,
        "target_logically_air_gapped_backup_vault_arn": _VAULT,
        "start_backup_window_minutes": _MINUTES,
        "complete_backup_window_minutes": _MINUTES,
        "enable_continuous_backup": _TRUTH,
        "lifecycle": _LIFECYCLE,
        "copy_actions": Named(
            Section({"target_backup_vault_arn": _VAULT, "lifecycle": _LIFECYCLE}, ("target_backup_vault_arn",)),
            _ARN,
            "the ARN of a vault",
        ),
        "recovery_point_tags": Named(_TAG),
        "index_actions": Section({"resource_types": Setting(("EBS", "S3"), many=True)}),
        "scan_actions": Named(Section({"scan_mode": Setting(("FULL_SCAN", "INCREMENTAL_SCAN"))})),
    },
    ("schedule_expression", "target_backup_vault_name"),
)
_CONDITIONS = Named(Named(Section({"condition_key": _TEXT, "condition_value": _TEXT}), most=30))
_SELECTION_BY_TAG = Section(
    {"iam_role_arn": _ROLE, "tag_key": _TEXT, "tag_value": _TEXTS, "conditions": _CONDITIONS},
    ("iam_role_arn", "tag_key", "tag_value"),
)
_SELECTION = Section(
    {"iam_role_arn": _ROLE, "resource_types": _TEXTS, "not_resource_types": _TEXTS, "conditions": _CONDITIONS},
    ("iam_role_arn", "resource_types"),
)
_PLANS = Named(
    Section(
        {
            "regions": Setting(pattern=_REGIONS.pattern, what="a region", many=True),
            "rules": Named(_RULE, most=10, least=1),
            "selections": Section({"tags": Named(_SELECTION_BY_TAG), "resources": Named(_SELECTION)}),
            "advanced_backup_settings": Section(
                {
                    "ec2": Section({"windows_vss": _SWITCH}),
                    "s3": Section({"backup_acls": _SWITCH, "backup_object_tags": _SWITCH}),
                }
            ),
            "backup_plan_tags": Named(_TAG),
            "scan_settings": Named(Section({"resource_types": _TEXTS, "scanner_role_arn": _ROLE})),
        },
        ("regions", "rules", "selections"),
    )
)

_OPT_OUT = Named(Section({"opt_out_policy": Setting(("optOut", "optIn"))}, ("opt_out_policy",)))

_CHANNELS = Setting(("public", "private"), many=True)
_ROLES = Setting(("user_role", "channel_role"), many=True)
_SLACK_SETTINGS = Section({"supported_channel_types": _CHANNELS, "supported_role_settings": _ROLES})
_TEAMS_SETTINGS = Section({"supported_role_settings": _ROLES})
_CHAT_CLIENT = Section({"client": _SWITCH})
_CHAT = Section(
    {
        "platforms": Section(
            {
                "slack": Section(
                    {
                        "client": _SWITCH,
                        "workspaces": Setting(many=True, most=255),
                        "default": _SLACK_SETTINGS,
                        "overrides": Named(_SLACK_SETTINGS, most=255),
                    }
                ),
                "microsoft_teams": Section(
                    {
                        "client": _SWITCH,
                        "tenants": Named(Setting(many=True, most=36), most=36),
                        "default": _TEAMS_SETTINGS,
                        "overrides": Named(Named(_TEAMS_SETTINGS)),
                    }
                ),
                "chime": _CHAT_CLIENT,
                "default": _CHAT_CLIENT,
            }
        ),
        "default": _CHAT_CLIENT,
    }
)

_GUARDRAIL = Section(
    {
        "identifier": Setting(
            pattern=r"arn:[\w-]+:bedrock:[a-z0-9-]+:\d{12}:guardrail/\w+:\d+",
            what="the ARN of a guardrail with its version: …:guardrail/ID:1",
        ),
        "input_tags": Setting(("honor", "ignore")),
        "selective_content_guarding": Section(
            dict.fromkeys(("system", "messages"), Setting(("selective", "comprehensive")))
        ),
        "model_enforcement": Section(
            {"included_models": _TEXTS, "excluded_models": _TEXTS}, ("included_models", "excluded_models")
        ),
    },
    ("identifier",),
)
_ORDER = Section({"patch_order": Setting(("first", "second", "last"))}, ("patch_order",))
_DETECTION = Named(
    Section({"status": _SWITCH, "additional_configuration": Named(Section({"status": _SWITCH}))}),
    r"[a-z0-9_]+",
    "a feature",
)

_FEATURES = Section({"network_scanning": _BY_REGIONS}, open=True)

SHAPES: Mapping[str, Shape] = {
    "DECLARATIVE_POLICY_EC2": Section({"ec2_attributes": _EC2}),
    "TAG_POLICY": Section({"tags": _TAGS}),
    "BACKUP_POLICY": Section({"plans": _PLANS}),
    "AISERVICES_OPT_OUT_POLICY": Section({"services": _OPT_OUT}),
    "CHATBOT_POLICY": Section({"chatbot": _CHAT}),
    "SECURITYHUB_POLICY": Section(
        {
            "securityhub": Section(
                {**_BY_REGION, "features": Section({"network_scanning": _BY_REGIONS}, open=True)}, _BOTH
            )
        }
    ),
    "INSPECTOR_POLICY": Section(
        {
            "inspector": Section(
                {
                    "enablement": Section(
                        {
                            "ec2_scanning": _BY_REGIONS,
                            "ecr_scanning": _BY_REGIONS,
                            "code_repository_scanning": _BY_REGIONS,
                            "lambda_standard_scanning": Section(
                                {**_BY_REGION, "lambda_code_scanning": _BY_REGIONS}, _BOTH
                            ),
                        },
                        open=True,
                    )
                },
                ("enablement",),
            )
        }
    ),
    "NETWORK_SECURITY_DIRECTOR_POLICY": Section(
        {
            "network_security_director": Section(
                {"enablement": Section({"network_security_scan": _BY_REGIONS})}, ("enablement",)
            )
        }
    ),
    "BEDROCK_POLICY": Section(
        {
            "bedrock": Section(
                {"guardrail_inference": Named(Named(_GUARDRAIL), r"[a-z]{2,}(-[a-z]+)+-\d", "a region")},
                ("guardrail_inference",),
            )
        }
    ),
    "S3_POLICY": Section(
        {
            "s3_attributes": Section(
                {"public_access_block_configuration": Setting(("all", "none"))}, ("public_access_block_configuration",)
            )
        }
    ),
    "UPGRADE_ROLLOUT_POLICY": Section(
        {"upgrade_rollout": Section({"default": _ORDER, "tags": Named(Section({"tag_values": Named(_ORDER)}))})}
    ),
    "GUARDDUTY_POLICY": Section({"guardduty": Section({"enablement": Named(_DETECTION)}, ("enablement",))}),
}
