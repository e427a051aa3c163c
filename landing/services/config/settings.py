"""The settings of AWS Config."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from landing.core.constraints.inputs import allowed
from landing.organization import Target
from landing.services.config.shipped_remediations import SHIPPED
from landing.services.settings import setting

EXCLUDE = "Accounts that do not get it, at most 1,000; neither do those in which `target` means no recorder."


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule for every account: one of AWS's, or a policy of one's own in the language of CloudFormation Guard."""

    name: str = setting(
        "",
        "Name of an organization rule that is there already: it is kept as the config says, and never deleted. One "
        "that the config makes is called `landing-KEY`.",
        maxLength=64,
        pattern="^([A-Za-z0-9_-]+)?$",
    )
    identifier: str = setting(
        "", "Identifier of the managed rule (CLOUD_TRAIL_ENABLED); or `guard`.", pattern="^[A-Z0-9_]*$"
    )
    guard: str = setting(
        "",
        "The file of `guard/` beside the config that has the policy, without its ending; it is tried on each change.",
        pattern=r"^([A-Za-z0-9][A-Za-z0-9_.-]{0,127})?$",
    )
    resource_types: tuple[str, ...] = setting(
        (),
        "Types of resources that it looks at; all that are recorded, or those that the managed rule is about.",
        maxItems=100,
        items={"type": "string", "pattern": "^[A-Za-z0-9]+::[A-Za-z0-9]+::[A-Za-z0-9]+$"},
    )
    debug_log_accounts: Target = setting(Target(), "Accounts in which AWS Config logs how a Guard policy is tried.")
    description: str = setting(
        "", "", **allowed("config:PutOrganizationConfigRule OrganizationManagedRuleMetadata.Description")
    )
    parameters: Mapping[str, Any] = setting(
        {},
        "Its input parameters; lists as texts with commas.",
        type="object",
        additionalProperties={
            "type": ["string", "number", "boolean"],
            "pattern": "\\S",
            "description": "AWS Config takes no blank parameter",
        },
    )
    home_only: bool = setting(False, "Only in the home region, for what is global in an account.")
    exclude: Target = setting(Target(), EXCLUDE)


@dataclass(frozen=True, kw_only=True)
class Pack:
    """A conformance pack for every account and governed region; charged by each evaluation of each of its rules."""

    template: str = setting(
        "",
        "The file of `conformance-packs/`, ours or beside the config, without its ending; the key, where left out.",
        pattern=r"^([A-Za-z0-9][A-Za-z0-9_.-]{0,127})?$",
    )
    name: str = setting(
        "",
        "Name of an organization's pack that is there already: it is kept as the config says, and never deleted. One "
        "that the config makes is called `landing-KEY`.",
        maxLength=128,
        pattern="^([a-zA-Z][-a-zA-Z0-9]*)?$",
    )
    parameters: Mapping[str, Any] = setting(
        {},
        "Values of the parameters that the file declares.",
        type="object",
        additionalProperties={"type": ["string", "number", "boolean"], "maxLength": 4096},
    )
    exclude: Target = setting(Target(), EXCLUDE)


@dataclass(frozen=True, kw_only=True)
class Remediation:
    """A managed rule in every account and region with a recorder, and the automation that mends what it finds.

    One without rule and document is of those that are shipped, by its key; what it says besides goes before.
    """

    identifier: str = setting(
        "", f"Identifier of the managed rule; it and `document` are there where the key is {', '.join(SHIPPED)}.",
        pattern="^[A-Z0-9_]*$",
    )  # fmt: skip
    parameters: Mapping[str, Any] = setting(
        {}, "Input parameters of the rule.", type="object",
        additionalProperties={"type": ["string", "number", "boolean"], "pattern": "\\S"},
    )  # fmt: skip
    document: str = setting(
        "", "The automation document of Systems Manager (AWS-DisableS3BucketPublicReadWrite).",
        pattern=r"^([a-zA-Z0-9_.:/-]{3,256})?$",
    )  # fmt: skip
    document_parameters: Mapping[str, Any] = setting(
        {},
        "What the document is given: `RESOURCE_ID` for what the rule found, a value, a list; its role is added.",
        type="object",
        maxProperties=24,
        propertyNames={"pattern": "^[A-Za-z0-9_-]{1,256}$", "not": {"const": "AutomationAssumeRole"}},
        additionalProperties={
            "anyOf": [
                {"type": ["string", "number", "boolean"]},
                {"type": "array", "maxItems": 25, "items": {"type": "string"}},
            ]
        },
    )
    permissions: tuple[str, ...] = setting(
        (), "IAM actions that the document needs: the role of this remediation has these and no others.",
        items={"type": "string", "pattern": "^[a-z0-9-]+:[A-Za-z0-9]+$"},
    )  # fmt: skip
    automatic: bool = setting(False, "Mend at once; else somebody starts it. It acts on what AWS Config saw last.")
    attempts: int = setting(3, "How often it is tried.", minimum=1, maximum=25)
    retry_seconds: int = setting(600, "In how many seconds.", minimum=1, maximum=2_678_000)
    concurrency: int = setting(10, "Percent of resources that are mended at once.", minimum=1, maximum=100)
    error_percentage: int = setting(10, "Percent of failures at which it stops.", minimum=1, maximum=100)
    home_only: bool = setting(False, "Only in the home region, for what is global in an account.")


def completed(key: str, given: Remediation) -> Remediation:
    """With what is shipped under its key, where it names neither rule nor document."""
    shipped = SHIPPED.get(key) if not given.identifier and not given.document else None
    if shipped is None:
        return given
    parameters = {**shipped.parameters, **given.parameters}
    shared = {name: parameters[name] for name in shipped.shared if name in parameters}
    return replace(
        given,
        identifier=shipped.identifier,
        parameters=parameters,
        document=shipped.document,
        document_parameters={**shipped.document_parameters, **shared, **given.document_parameters},
        permissions=given.permissions or shipped.permissions,
        home_only=given.home_only or shipped.home_only,
    )


@dataclass(frozen=True, kw_only=True)
class ConfigSettings:
    """AWS Config: recorder in every account and governed region, aggregator, organization rules."""

    recorders: bool = setting(
        True,
        "A recorder in every account, and the aggregator; false where others see to them: only rules are meant.",
    )
    recording_frequency: str = setting(
        "CONTINUOUS", "DAILY costs less; Firewall Manager needs CONTINUOUS.", enum=["CONTINUOUS", "DAILY"]
    )
    snapshot_frequency: str = setting(
        "TwentyFour_Hours",
        "How often snapshots are delivered to the log archive.",
        **allowed("config:PutDeliveryChannel DeliveryChannel.configSnapshotDeliveryProperties.deliveryFrequency"),
    )
    existing_recorders: str = setting(
        "keep",
        "Recorders that accounts have already: `keep` them and check what they record, or `replace` them by ours.",
        enum=["keep", "replace"],
    )
    existing_aggregator: str = setting(
        "",
        "Name of an aggregator of the organization that the security tooling account has in the home region: it is "
        "used as it is, and none of ours is made. Where `recorders` is false, everybody's are checked by it.",
        pattern="^[A-Za-z0-9_-]{0,256}$",
    )
    target: Target | None = setting(
        None,
        "Where recorders are made, and those that are there are kept or replaced, as for baselines: every account, "
        "unless told otherwise.",
    )
    rules: Mapping[str, Rule] = setting({}, "Organization rules by stable key.")
    remediations: Mapping[str, Remediation] = setting(
        {},
        "Rules that have a remediation, by stable key, where `target` means a recorder; of one that is shipped the key "
        "is enough.",
        propertyNames={"pattern": "^[a-z0-9][a-z0-9_-]{0,43}$"},
    )
    conformance_packs: Mapping[str, Pack] = setting({}, "Organization conformance packs by stable key.")
    deployment: Mapping[str, int] = setting({}, "", **{"$ref": "#/definitions/deployment"})

    def __post_init__(self) -> None:
        """What is shipped of remediations is part of them."""
        whole = {key: completed(key, each) for key, each in self.remediations.items()}
        object.__setattr__(self, "remediations", whole)
