"""Out-of-band changes: what people and other tools do behind a landing zone's back, and where it must show."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from landing.blueprint.resource_names import AGGREGATOR, LOG_KEY_ALIAS, RECORDER, TRAIL, bucket
from landing.core.model import Severity
from landing.organization import NEW_TAG, TAG
from tests.cloud import Cloud

HOME, OTHER = "eu-west-1", "us-east-1"
SCP = "SERVICE_CONTROL_POLICY"
HIGH, MEDIUM, LOW = Severity.HIGH, Severity.MEDIUM, Severity.LOW


class Hands:
    """Somebody with too many rights, in any account."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        tree = cloud.open().tree
        self.accounts = dict(tree.account_ids)
        self.units = {"root": tree.node_id("root")} | {key: unit.id for key, unit in tree.units.items()}
        self.policies = {key: policy.id for key, policy in tree.policies.items()}

    def client(self, service: str, account: str = "management", region: str = HOME) -> Any:
        session = self.cloud.sandbox.session(self.accounts[account], region=region)
        return session.client(service)  # type: ignore[call-overload]

    @property
    def organizations(self) -> Any:
        return self.client("organizations", region=OTHER)

    def bucket(self, purpose: str) -> str:
        return bucket(purpose, self.accounts["log-archive"], HOME)

    def detector(self, region: str = HOME) -> dict[str, Any]:
        client = self.client("guardduty", "security-tooling", region)
        return {"DetectorId": client.list_detectors()["DetectorIds"][0]}

    def moved(self, account: str, source: str, unit: str) -> None:
        """An account goes from one unit to another; what comes of it is still under way when all has been read."""
        self.organizations.move_account(
            AccountId=self.accounts[account],
            SourceParentId=self.units[source],
            DestinationParentId=self.units[unit],
        )
        for job in self.cloud.sandbox.world.clock.jobs:
            job.due += 1_000

    def stack(self, account: str, part: str, region: str = HOME) -> str:
        """The name of the stack in this account whose name contains this."""
        stacks = self.client("cloudformation", account, region).describe_stacks()["Stacks"]
        (found,) = {stack["StackName"] for stack in stacks if part in stack["StackName"]}
        return str(found)

    def physical(self, account: str, part: str, kind: str, region: str = HOME) -> str:
        """The id of the first resource of this type in that stack."""
        listed = self.client("cloudformation", account, region).list_stack_resources(
            StackName=self.stack(account, part, region)
        )["StackResourceSummaries"]
        return str(next(one["PhysicalResourceId"] for one in listed if one["ResourceType"] == kind))


@dataclass(frozen=True)
class Meddling:
    """A change; the address, how (missing, changed, unexpected) and how badly it must show there."""

    title: str
    act: Callable[[Hands], object]
    address: str
    severity: Severity = HIGH
    status: str = "changed"
    also: tuple[str, ...] = ()
    """Addresses that cannot help but show it too."""


ALL: list[Meddling] = []


def shows(
    address: str, severity: Severity = HIGH, status: str = "changed", also: tuple[str, ...] = ()
) -> Callable[[Callable[[Hands], object]], None]:
    """Registers a change with where it must show."""

    def register(act: Callable[[Hands], object]) -> None:
        ALL.append(Meddling(act.__name__, act, address, severity, status, also))

    return register


@shows("policy.no-leaving")
def policy_text_edited(hands: Hands) -> None:
    text = {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "s3:PutBucketAcl", "Resource": "*"}}
    hands.organizations.update_policy(PolicyId=hands.policies["no-leaving"], Content=json.dumps(text))


@shows("policy.no-root", LOW)
def policy_renamed(hands: Hands) -> None:
    hands.organizations.update_policy(PolicyId=hands.policies["no-root"], Name="renamed")


@shows("policy.no-root", LOW)
def policy_description_changed(hands: Hands) -> None:
    hands.organizations.update_policy(PolicyId=hands.policies["no-root"], Description="temporary")


@shows("policy.pack/unit/security/scp-1")
def pack_text_edited(hands: Hands) -> None:
    text = {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "iam:CreateUser", "Resource": "*"}}
    hands.organizations.update_policy(PolicyId=hands.policies["pack/unit/security/scp-1"], Content=json.dumps(text))


@shows("policy.pack/unit/security/scp-1", LOW)
def pack_robbed_of_its_tag(hands: Hands) -> None:
    tags = ["landing:guardrails"]
    hands.organizations.untag_resource(ResourceId=hands.policies["pack/unit/security/scp-1"], TagKeys=tags)


@shows("attachments.unit/security")
def pack_detached(hands: Hands) -> None:
    pack, unit = hands.policies["pack/unit/security/scp-1"], hands.units["security"]
    hands.organizations.detach_policy(PolicyId=pack, TargetId=unit)


@shows("attachments.root")
def policy_detached(hands: Hands) -> None:
    hands.organizations.detach_policy(PolicyId=hands.policies["no-leaving"], TargetId=hands.units["root"])


@shows("attachments.unit/security")
def policy_attached_elsewhere(hands: Hands) -> None:
    hands.organizations.attach_policy(PolicyId=hands.policies["no-root"], TargetId=hands.units["security"])


@shows("attachments.account/shop-dev", status="unexpected")
def policy_attached_to_an_account(hands: Hands) -> None:
    hands.organizations.attach_policy(PolicyId=hands.policies["no-root"], TargetId=hands.accounts["shop-dev"])


@shows("attachments.unit/workloads/prod", MEDIUM)
def resource_policy_detached(hands: Hands) -> None:
    hands.organizations.detach_policy(PolicyId=hands.policies["tls-only"], TargetId=hands.units["workloads/prod"])


@shows(
    "attachments.unit/workloads",
    also=(  # where nothing may be done, nor read
        "shield_subscription.*@shop-prod/us-east-1",
        "stack.*@shop-prod/eu-west-1",
        "stack.*@shop-prod/us-east-1",
    ),
)
def full_access_taken_away(hands: Hands) -> None:
    hands.organizations.detach_policy(PolicyId="p-FullAWSAccess", TargetId=hands.units["workloads"])


@shows("policy.no-root", status="missing", also=("attachments.unit/workloads",))
def policy_deleted(hands: Hands) -> None:
    hands.organizations.detach_policy(PolicyId=hands.policies["no-root"], TargetId=hands.units["workloads"])
    hands.organizations.delete_policy(PolicyId=hands.policies["no-root"])


@shows("account.shop-prod", also=("stack_set.account-baseline",))
def account_moved(hands: Hands) -> None:
    hands.moved("shop-prod", "workloads/prod", "root")


@shows("account.shop-prod", LOW)
def account_renamed(hands: Hands) -> None:
    hands.client("account").put_account_name(AccountId=hands.accounts["shop-prod"], AccountName="Mine")


@shows("account.shop-prod", LOW)
def account_tag_removed(hands: Hands) -> None:
    hands.organizations.untag_resource(ResourceId=hands.accounts["shop-prod"], TagKeys=["env"])


@shows("account.shop-dev", LOW)
def account_tag_changed(hands: Hands) -> None:
    hands.organizations.tag_resource(ResourceId=hands.accounts["shop-dev"], Tags=[{"Key": "env", "Value": "prod"}])


@shows("account.shop-dev", LOW, status="unadopted")
def account_mark_removed(hands: Hands) -> None:
    hands.organizations.untag_resource(ResourceId=hands.accounts["shop-dev"], TagKeys=[TAG])


@shows("release.shop-dev", LOW)
def account_tagged_as_new(hands: Hands) -> None:
    tags = [{"Key": NEW_TAG, "Value": "quarantine"}]
    hands.organizations.tag_resource(ResourceId=hands.accounts["shop-dev"], Tags=tags)


@shows("release.shop-prod", also=("stack_set.account-baseline",))
def account_put_back_into_quarantine_as_new(hands: Hands) -> None:
    tags = [{"Key": NEW_TAG, "Value": "quarantine"}]
    hands.organizations.tag_resource(ResourceId=hands.accounts["shop-prod"], Tags=tags)
    hands.moved("shop-prod", "workloads/prod", "quarantine")


@shows("release.shop-dev", also=("account.shop-dev",))
def new_account_taken_out_of_quarantine(hands: Hands) -> None:
    tags = [{"Key": NEW_TAG, "Value": "quarantine"}]
    hands.organizations.tag_resource(ResourceId=hands.accounts["shop-dev"], Tags=tags)
    hands.moved("shop-dev", "workloads/dev", "security")


@shows("account.shop-dev")
def account_put_into_quarantine(hands: Hands) -> None:
    """By somebody who knows why: it is no new account."""
    hands.moved("shop-dev", "workloads/dev", "quarantine")


@shows("unit.workloads/dev", LOW)
def unit_renamed(hands: Hands) -> None:
    hands.organizations.update_organizational_unit(OrganizationalUnitId=hands.units["workloads/dev"], Name="Play")


@shows("contacts.shop-prod", LOW)
def contact_changed(hands: Hands) -> None:
    hands.client("account").put_alternate_contact(
        AccountId=hands.accounts["shop-prod"],
        AlternateContactType="SECURITY",
        Name="Me",
        Title="Me",
        EmailAddress="me@example.com",
        PhoneNumber="1",
    )


@shows("trusted_access.ram.amazonaws.com", MEDIUM, "missing")
def sharing_no_longer_trusted(hands: Hands) -> None:
    hands.organizations.disable_aws_service_access(ServicePrincipal="ram.amazonaws.com")


@shows("trusted_access.health.amazonaws.com", MEDIUM, "missing")
def view_of_health_switched_off(hands: Hands) -> None:
    hands.client("health", region=OTHER).disable_health_service_access_for_organization()


@shows("delegated_administrator.backup.amazonaws.com/shop-prod", MEDIUM, "missing")
def administrator_of_backup_dismissed(hands: Hands) -> None:
    hands.organizations.deregister_delegated_administrator(
        AccountId=hands.accounts["shop-prod"], ServicePrincipal="backup.amazonaws.com"
    )


@shows("trusted_access.account.amazonaws.com", MEDIUM, "missing", also=("contacts.*",))
def trusted_access_disabled(hands: Hands) -> None:
    hands.organizations.disable_aws_service_access(ServicePrincipal="account.amazonaws.com")


@shows(
    "delegated_administrator.config-multiaccountsetup.amazonaws.com/security-tooling",
    MEDIUM,
    "missing",
    also=(
        "config_rule.ebs@security-tooling/eu-west-1",
        "config_rule.ebs@security-tooling/us-east-1",
        "config_rule.root-key@security-tooling/eu-west-1",
        "config_rule.tables@security-tooling/eu-west-1",
        "conformance_pack.small@security-tooling/eu-west-1",
        "conformance_pack.small@security-tooling/us-east-1",
    ),
)
def administrator_deregistered(hands: Hands) -> None:
    hands.organizations.deregister_delegated_administrator(
        AccountId=hands.accounts["security-tooling"], ServicePrincipal="config-multiaccountsetup.amazonaws.com"
    )


@shows(f"trail.{TRAIL}")
def trail_stopped(hands: Hands) -> None:
    hands.client("cloudtrail").stop_logging(Name=TRAIL)


@shows(f"trail.{TRAIL}")
def trail_validation_off(hands: Hands) -> None:
    hands.client("cloudtrail").update_trail(Name=TRAIL, EnableLogFileValidation=False)


@shows(f"trail.{TRAIL}")
def trail_single_region(hands: Hands) -> None:
    hands.client("cloudtrail").update_trail(Name=TRAIL, IsMultiRegionTrail=False)


@shows(f"trail.{TRAIL}")
def trail_selectors_changed(hands: Hands) -> None:
    only = [{"Field": "eventCategory", "Equals": ["Management"]}, {"Field": "readOnly", "Equals": ["true"]}]
    hands.client("cloudtrail").put_event_selectors(
        TrailName=TRAIL, AdvancedEventSelectors=[{"Name": "less", "FieldSelectors": only}]
    )


@shows(f"trail.{TRAIL}")
def trail_insights_off(hands: Hands) -> None:
    hands.client("cloudtrail").put_insight_selectors(TrailName=TRAIL, InsightSelectors=[])


@shows(f"trail.{TRAIL}", status="missing")
def trail_deleted(hands: Hands) -> None:
    hands.client("cloudtrail").delete_trail(Name=TRAIL)


@shows("config_recording.organization@security-tooling/eu-west-1")
def recorder_stopped_in_a_member(hands: Hands) -> None:
    hands.client("config", "shop-dev", OTHER).stop_configuration_recorder(ConfigurationRecorderName=RECORDER)


@shows("config_rule.ebs@security-tooling/us-east-1", MEDIUM, "missing")
def rule_deleted(hands: Hands) -> None:
    client = hands.client("config", "security-tooling", OTHER)
    (name,) = (
        one["OrganizationConfigRuleName"]
        for one in client.describe_organization_config_rules()["OrganizationConfigRules"]
    )
    client.delete_organization_config_rule(OrganizationConfigRuleName=name)
    while client.describe_organization_config_rules()["OrganizationConfigRules"]:
        client.describe_organization_config_rule_statuses()


@shows("config_rule.tables@security-tooling/eu-west-1", MEDIUM)
def guard_policy_edited(hands: Hands) -> None:
    client = hands.client("config", "security-tooling")
    client.put_organization_config_rule(
        OrganizationConfigRuleName="landing-tables",
        OrganizationCustomPolicyRuleMetadata={
            "PolicyRuntime": "guard-2.x.x",
            "PolicyText": "rule none { configuration exists }",
            "ResourceTypesScope": ["AWS::DynamoDB::Table"],
        },
    )
    while _status(client, "landing-tables").endswith("_IN_PROGRESS"):
        pass


@shows("config_rule.ebs@security-tooling/eu-west-1", MEDIUM)
def rule_for_fewer_accounts(hands: Hands) -> None:
    client = hands.client("config", "security-tooling")
    client.put_organization_config_rule(
        OrganizationConfigRuleName="landing-ebs",
        OrganizationManagedRuleMetadata={"RuleIdentifier": "EC2_EBS_ENCRYPTION_BY_DEFAULT"},
        ExcludedAccounts=[hands.accounts["shop-prod"]],
    )
    while _status(client, "landing-ebs").endswith("_IN_PROGRESS"):
        pass


def _status(client: Any, name: str) -> str:
    (found,) = client.describe_organization_config_rule_statuses(OrganizationConfigRuleNames=[name])[
        "OrganizationConfigRuleStatuses"
    ]
    return str(found["OrganizationRuleStatus"])


def _put_pack(hands: Hands, region: str, **other: Any) -> None:
    """Put our conformance pack again with fewer rules, and with something else of what AWS shows of it."""
    client = hands.client("config", "security-tooling", region)
    (found,) = client.describe_organization_conformance_packs()["OrganizationConformancePacks"]
    named = ("OrganizationConformancePackName", "ConformancePackInputParameters", "ExcludedAccounts")
    pack = {**{name: found[name] for name in named}, **other}
    parameters = [each["ParameterName"] for each in pack["ConformancePackInputParameters"]]
    declared = "".join(f"  {name}: {{Type: String}}\n" for name in parameters) or "  None: {Type: String, Default: a}\n"
    client.put_organization_conformance_pack(**pack, TemplateBody=f"Parameters:\n{declared}{FEWER}")
    _awaited(client)


def _awaited(client: Any) -> None:
    """Until no conformance pack is being deployed any more."""
    while True:
        found = client.describe_organization_conformance_pack_statuses()["OrganizationConformancePackStatuses"]
        if not any(each["Status"].endswith("_IN_PROGRESS") for each in found):
            return


FEWER = """
Resources:
  Tls:
    Type: AWS::Config::ConfigRule
    Properties:
      ConfigRuleName: tls
      Source: {Owner: AWS, SourceIdentifier: S3_BUCKET_SSL_REQUESTS_ONLY}
"""


@shows("conformance_pack.small@security-tooling/us-east-1", MEDIUM, "missing")
def pack_deleted(hands: Hands) -> None:
    client = hands.client("config", "security-tooling", OTHER)
    (found,) = client.describe_organization_conformance_packs()["OrganizationConformancePacks"]
    name = found["OrganizationConformancePackName"]
    client.delete_organization_conformance_pack(OrganizationConformancePackName=name)
    _awaited(client)


@shows("conformance_pack.small@security-tooling/eu-west-1", MEDIUM)
def pack_of_other_rules(hands: Hands) -> None:
    _put_pack(hands, HOME, ConformancePackInputParameters=[])


@shows("conformance_pack.small@security-tooling/eu-west-1", MEDIUM)
def pack_with_another_parameter(hands: Hands) -> None:
    client = hands.client("config", "security-tooling")
    (found,) = client.describe_organization_conformance_packs()["OrganizationConformancePacks"]
    given = {each["ParameterName"]: each["ParameterValue"] for each in found["ConformancePackInputParameters"]}
    listed = [{"ParameterName": k, "ParameterValue": v} for k, v in {**given, "PasswordLength": "8"}.items()]
    _put_pack(hands, HOME, ConformancePackInputParameters=listed)


@shows("conformance_pack.small@security-tooling/us-east-1", MEDIUM)
def pack_for_fewer_accounts(hands: Hands) -> None:
    _put_pack(hands, OTHER, ExcludedAccounts=[hands.accounts[key] for key in ("shop-dev", "shop-prod")])


@shows(
    "stack.config-aggregator@security-tooling/eu-west-1",
    also=("config_recording.organization@security-tooling/eu-west-1",),
)
def aggregator_gone(hands: Hands) -> None:
    hands.client("config", "security-tooling").delete_configuration_aggregator(ConfigurationAggregatorName=AGGREGATOR)


@shows("guardduty.organization@security-tooling/us-east-1", status="missing")
def detector_off(hands: Hands) -> None:
    hands.client("guardduty", "security-tooling", OTHER).update_detector(**hands.detector(OTHER), Enable=False)


@shows("guardduty.organization@security-tooling/eu-west-1")
def detector_less_often(hands: Hands) -> None:
    hands.client("guardduty", "security-tooling").update_detector(
        **hands.detector(), FindingPublishingFrequency="SIX_HOURS"
    )


@shows("guardduty.organization@security-tooling/eu-west-1")
def feature_off(hands: Hands) -> None:
    hands.client("guardduty", "security-tooling").update_organization_configuration(
        **hands.detector(),
        AutoEnableOrganizationMembers="ALL",
        Features=[{"Name": "S3_DATA_EVENTS", "AutoEnable": "NONE"}],
    )


@shows("guardduty.organization@security-tooling/eu-west-1")
def auto_enable_changed(hands: Hands) -> None:
    hands.client("guardduty", "security-tooling").update_organization_configuration(
        **hands.detector(), AutoEnableOrganizationMembers="NEW"
    )


@shows("guardduty_members.organization@security-tooling/eu-west-1")
def plan_of_a_member_switched_off(hands: Hands) -> None:
    hands.client("guardduty", "security-tooling").update_member_detectors(
        **hands.detector(),
        AccountIds=[hands.accounts["shop-dev"]],
        Features=[{"Name": "S3_DATA_EVENTS", "Status": "DISABLED"}],
    )


@shows("guardduty_members.organization@security-tooling/us-east-1")
def override_of_a_member_undone(hands: Hands) -> None:
    hands.client("guardduty", "security-tooling", OTHER).update_member_detectors(
        **hands.detector(OTHER),
        AccountIds=[hands.accounts["shop-prod"]],
        Features=[{"Name": "RUNTIME_MONITORING", "Status": "DISABLED"}],
    )


@shows(
    "guardduty_members.organization@security-tooling/eu-west-1",
    also=("guardduty.organization@security-tooling/eu-west-1",),
)
def member_not_watched(hands: Hands) -> None:
    administrator = hands.client("guardduty", "security-tooling")
    administrator.update_organization_configuration(**hands.detector(), AutoEnableOrganizationMembers="NEW")
    administrator.stop_monitoring_members(**hands.detector(), AccountIds=[hands.accounts["shop-dev"]])


@shows("guardduty_suppression.scanner@security-tooling/eu-west-1", MEDIUM)
def more_findings_suppressed(hands: Hands) -> None:
    hands.client("guardduty", "security-tooling").update_filter(
        **hands.detector(),
        FilterName="landing-scanner",
        FindingCriteria={"Criterion": {"severity": {"LessThan": 9}}},
    )


@shows("guardduty_list.offices@security-tooling/us-east-1", MEDIUM)
def trusted_list_exchanged(hands: Hands) -> None:
    client = hands.client("guardduty", "security-tooling", OTHER)
    (found,) = client.list_ip_sets(**hands.detector(OTHER))["IpSetIds"]
    client.update_ip_set(**hands.detector(OTHER), IpSetId=found, Location="s3://elsewhere/all.txt")


@shows("guardduty_list.offices@security-tooling/eu-west-1", MEDIUM, "missing")
def trusted_list_deleted(hands: Hands) -> None:
    client = hands.client("guardduty", "security-tooling")
    (found,) = client.list_ip_sets(**hands.detector())["IpSetIds"]
    client.delete_ip_set(**hands.detector(), IpSetId=found)


@shows("guardduty_malware_scans.organization@security-tooling/eu-west-1", MEDIUM)
def everything_left_out_of_malware_scans(hands: Hands) -> None:
    hands.client("guardduty", "security-tooling").update_malware_scan_settings(
        **hands.detector(),
        EbsSnapshotPreservation="NO_RETENTION",
        ScanResourceCriteria={"Exclude": {"EC2_INSTANCE_TAG": {"MapEquals": [{"Key": "Name"}]}}},
    )


@shows("guardduty_export.organization@security-tooling/eu-west-1", MEDIUM, "missing")
def findings_not_exported(hands: Hands) -> None:
    client = hands.client("guardduty", "security-tooling")
    (found,) = client.list_publishing_destinations(**hands.detector())["Destinations"]
    client.delete_publishing_destination(**hands.detector(), DestinationId=found["DestinationId"])


@shows(
    "guardduty_management.organization@management/us-east-1",
    also=("guardduty.organization@security-tooling/us-east-1",),
)
def management_account_left_out(hands: Hands) -> None:
    administrator = hands.client("guardduty", "security-tooling", OTHER)
    administrator.update_organization_configuration(**hands.detector(OTHER), AutoEnableOrganizationMembers="NEW")
    administrator.disassociate_members(**hands.detector(OTHER), AccountIds=[hands.accounts["management"]])


@shows(
    "guardduty_management.organization@management/eu-west-1",
    also=("guardduty.organization@security-tooling/eu-west-1",),
)
def management_account_not_monitored(hands: Hands) -> None:
    administrator = hands.client("guardduty", "security-tooling")
    administrator.update_organization_configuration(**hands.detector(), AutoEnableOrganizationMembers="NEW")
    administrator.stop_monitoring_members(**hands.detector(), AccountIds=[hands.accounts["management"]])


@shows("security_hub.organization@security-tooling/eu-west-1")
def finding_aggregator_changed(hands: Hands) -> None:
    client = hands.client("securityhub", "security-tooling")
    (found,) = client.list_finding_aggregators()["FindingAggregators"]
    client.update_finding_aggregator(
        FindingAggregatorArn=found["FindingAggregatorArn"], RegionLinkingMode="ALL_REGIONS"
    )


@shows("security_hub_policy.everyone@security-tooling/eu-west-1")
def configuration_policy_edited(hands: Hands) -> None:
    client = hands.client("securityhub", "security-tooling")
    listed = client.list_configuration_policies()["ConfigurationPolicySummaries"]
    wanted = next(one["Id"] for one in listed if one["Name"].endswith("everyone"))
    client.update_configuration_policy(
        Identifier=wanted,
        ConfigurationPolicy={
            "SecurityHub": {
                "ServiceEnabled": True,
                "EnabledStandardIdentifiers": [],
                "SecurityControlsConfiguration": {"DisabledSecurityControlIdentifiers": []},
            }
        },
    )
    while _associating(client):
        pass  # each look brings the roll-out on


def _associating(client: Any) -> bool:
    found = client.list_configuration_policy_associations()["ConfigurationPolicyAssociationSummaries"]
    return any(one["AssociationStatus"] == "PENDING" for one in found)


@shows("security_hub_association.unit/workloads/dev@security-tooling/eu-west-1", status="missing")
def configuration_policy_disassociated(hands: Hands) -> None:
    client = hands.client("securityhub", "security-tooling")
    listed = client.list_configuration_policies()["ConfigurationPolicySummaries"]
    wanted = next(one["Id"] for one in listed if one["Name"].endswith("dev"))
    client.start_configuration_policy_disassociation(
        Target={"OrganizationalUnitId": hands.units["workloads/dev"]}, ConfigurationPolicyIdentifier=wanted
    )


@shows(
    "access_analyzer.external@security-tooling/us-east-1",
    status="missing",
    also=("access_analyzer_archive_rule.external/sso@security-tooling/us-east-1",),
)
def analyzer_deleted(hands: Hands) -> None:
    hands.client("accessanalyzer", "security-tooling", OTHER).delete_analyzer(analyzerName="landing-external")


@shows("access_analyzer.unused@security-tooling/eu-west-1")
def account_left_out_of_unused_access(hands: Hands) -> None:
    exclusions = [{"accountIds": [hands.accounts["shop-dev"], hands.accounts["shop-prod"]]}]
    configuration = {"unusedAccess": {"unusedAccessAge": 60, "analysisRule": {"exclusions": exclusions}}}
    client = hands.client("accessanalyzer", "security-tooling")
    client.update_analyzer(analyzerName="landing-unused", configuration=configuration)


@shows("access_analyzer.unused@security-tooling/eu-west-1")
def unused_access_of_other_days(hands: Hands) -> None:
    client = hands.client("accessanalyzer", "security-tooling")
    client.delete_analyzer(analyzerName="landing-unused")
    client.create_analyzer(analyzerName="landing-unused", type="ORGANIZATION_UNUSED_ACCESS")


@shows("access_analyzer.internal@security-tooling/eu-west-1")
def other_resources_analyzed(hands: Hands) -> None:
    inclusions = [{"resourceTypes": ["AWS::DynamoDB::Table"]}]
    client = hands.client("accessanalyzer", "security-tooling")
    configuration = {"internalAccess": {"analysisRule": {"inclusions": inclusions}}}
    client.update_analyzer(analyzerName="landing-internal", configuration=configuration)


@shows("access_analyzer_archive_rule.external/sso@security-tooling/eu-west-1", MEDIUM)
def archive_rule_widened(hands: Hands) -> None:
    client = hands.client("accessanalyzer", "security-tooling")
    client.update_archive_rule(
        analyzerName="landing-external", ruleName="landing-sso", filter={"isPublic": {"eq": ["false"]}}
    )


@shows("quota_template.association", LOW, "missing")
def quotas_of_new_accounts_switched_off(hands: Hands) -> None:
    hands.client("service-quotas", region=OTHER).disassociate_service_quota_template()


QUOTA: Any = {"ServiceCode": "lambda", "QuotaCode": "L-B99A9384", "AwsRegion": "eu-west-1"}


@shows("quota_template.lambda/L-B99A9384/eu-west-1", LOW)
def another_quota_asked_for(hands: Hands) -> None:
    hands.client("service-quotas", region=OTHER).put_service_quota_increase_request_into_template(
        **QUOTA, DesiredValue=9000.0
    )


@shows("quota_template.lambda/L-B99A9384/eu-west-1", LOW, "missing")
def quota_no_longer_asked_for(hands: Hands) -> None:
    hands.client("service-quotas", region=OTHER).delete_service_quota_increase_request_from_template(**QUOTA)


@shows("quota_template.ec2/L-1216C47A/us-east-1", LOW, "unexpected")
def more_of_a_quota_asked_for(hands: Hands) -> None:
    more: Any = {"ServiceCode": "ec2", "QuotaCode": "L-1216C47A", "AwsRegion": "us-east-1"}
    hands.client("service-quotas", region=OTHER).put_service_quota_increase_request_into_template(
        **more, DesiredValue=64.0
    )


@shows("root_access.organization")
def root_sessions_ended(hands: Hands) -> None:
    hands.client("iam", "security-tooling").disable_organizations_root_sessions()


@shows("root_access.organization")
def root_credentials_no_longer_managed(hands: Hands) -> None:
    hands.client("iam").disable_organizations_root_credentials_management()


@shows("root_access.organization", status="missing")
def root_access_off(hands: Hands) -> None:
    hands.client("iam").disable_organizations_root_sessions()
    hands.client("iam").disable_organizations_root_credentials_management()


@shows("root_access.organization")
def another_administrator_of_root_access(hands: Hands) -> None:
    service = {"ServicePrincipal": "iam.amazonaws.com"}
    hands.organizations.deregister_delegated_administrator(AccountId=hands.accounts["security-tooling"], **service)
    hands.organizations.register_delegated_administrator(AccountId=hands.accounts["log-archive"], **service)


class Access:
    """IAM Identity Center, in the hands of somebody."""

    def __init__(self, hands: Hands) -> None:
        self.client = hands.client("sso-admin", region=OTHER)
        self.store = hands.client("identitystore", region=OTHER)
        (instance,) = self.client.list_instances()["Instances"]
        self.here = {"InstanceArn": instance["InstanceArn"]}
        self.directory = {"IdentityStoreId": instance["IdentityStoreId"]}

    def set(self, name: str) -> dict[str, str]:
        """A permission set, by its name."""
        for arn in self.client.list_permission_sets(**self.here)["PermissionSets"]:
            at = {**self.here, "PermissionSetArn": arn}
            if self.client.describe_permission_set(**at)["PermissionSet"]["Name"] == name:
                return at
        raise LookupError(name)

    def group(self, name: str) -> dict[str, str]:
        by_name = {"UniqueAttribute": {"AttributePath": "displayName", "AttributeValue": name}}
        found = self.store.get_group_id(**self.directory, AlternateIdentifier=by_name)["GroupId"]
        return {"PrincipalType": "GROUP", "PrincipalId": found}

    def give(self, name: str, group: dict[str, str], account: str) -> None:
        """A permission set in an account."""
        what = {**self.set(name), **group, "TargetId": account, "TargetType": "AWS_ACCOUNT"}
        made = self.client.create_account_assignment(**what)["AccountAssignmentCreationStatus"]
        while made["Status"] == "IN_PROGRESS":
            made = self.client.describe_account_assignment_creation_status(
                **self.here, AccountAssignmentCreationRequestId=made["RequestId"]
            )["AccountAssignmentCreationStatus"]
        assert made["Status"] == "SUCCEEDED", made

    def take(self, name: str, group: dict[str, str], account: str) -> None:
        """The same, away."""
        what = {**self.set(name), **group, "TargetId": account, "TargetType": "AWS_ACCOUNT"}
        made = self.client.delete_account_assignment(**what)["AccountAssignmentDeletionStatus"]
        while made["Status"] == "IN_PROGRESS":
            made = self.client.describe_account_assignment_deletion_status(
                **self.here, AccountAssignmentDeletionRequestId=made["RequestId"]
            )["AccountAssignmentDeletionStatus"]
        assert made["Status"] == "SUCCEEDED", made


@shows("permission_set.Developer")
def permission_set_given_another_policy(hands: Hands) -> None:
    access = Access(hands)
    policy = "arn:aws:iam::aws:policy/PowerUserAccess"
    access.client.attach_managed_policy_to_permission_set(**access.set("Developer"), ManagedPolicyArn=policy)


@shows("permission_set.Administrator")
def permissions_boundary_taken_away(hands: Hands) -> None:
    access = Access(hands)
    access.client.delete_permissions_boundary_from_permission_set(**access.set("Administrator"))


@shows("permission_set.Developer")
def session_made_longer(hands: Hands) -> None:
    access = Access(hands)
    access.client.update_permission_set(**access.set("Developer"), SessionDuration="PT12H")


@shows("account_assignment.group/shop/Developer")
def access_withdrawn(hands: Hands) -> None:
    access = Access(hands)
    access.take("Developer", access.group("shop"), hands.accounts["shop-dev"])


@shows("account_assignment.group/shop/Administrator", status="unexpected")
def access_given_to_a_group_that_is_known(hands: Hands) -> None:
    access = Access(hands)
    access.give("Administrator", access.group("shop"), hands.accounts["shop-prod"])


@shows("account_assignment.group/stranger/Developer", status="unexpected")
def access_given_to_a_stranger_where_nobody_has_it(hands: Hands) -> None:
    access = Access(hands)
    access.store.create_group(**access.directory, DisplayName="stranger")
    access.give("Developer", access.group("stranger"), hands.accounts["log-archive"])


@shows("access_attributes.instance", MEDIUM)
def another_attribute_decides(hands: Hands) -> None:
    access = Access(hands)
    listed = [{"Key": "team", "Value": {"Source": ["${path:enterprise.costCenter}"]}}]
    access.client.update_instance_access_control_attribute_configuration(
        **access.here, InstanceAccessControlAttributeConfiguration={"AccessControlAttributes": listed}
    )


@shows("macie_members.organization@security-tooling/eu-west-1")
def member_of_macie_stands_alone(hands: Hands) -> None:
    client = hands.client("macie2", "security-tooling")
    client.disassociate_member(id=hands.accounts["shop-prod"])
    client.delete_member(id=hands.accounts["shop-prod"])


@shows("macie_members.organization@security-tooling/us-east-1")
def member_of_macie_resumed(hands: Hands) -> None:
    client = hands.client("macie2", "security-tooling", OTHER)
    client.update_member_session(id=hands.accounts["shop-dev"], status="ENABLED")


@shows("macie_members.organization@security-tooling/us-east-1")
def discovery_of_an_account_on(hands: Hands) -> None:
    client = hands.client("macie2", "security-tooling", OTHER)
    accounts = [{"accountId": hands.accounts["shop-prod"], "status": "ENABLED"}]
    client.batch_update_automated_discovery_accounts(accounts=accounts)


@shows("macie.organization@security-tooling/eu-west-1")
def findings_of_macie_not_published(hands: Hands) -> None:
    quiet = {"publishClassificationFindings": False, "publishPolicyFindings": False}
    client = hands.client("macie2", "security-tooling")
    client.put_findings_publication_configuration(securityHubConfiguration=quiet)


def _macie_rule(hands: Hands, region: str = HOME) -> tuple[Any, str]:
    client = hands.client("macie2", "security-tooling", region)
    (found,) = client.list_findings_filters()["findingsFilterListItems"]
    return client, found["id"]


@shows("macie_suppression.public@security-tooling/eu-west-1", MEDIUM)
def findings_of_macie_suppressed_that_were_not(hands: Hands) -> None:
    client, found = _macie_rule(hands)
    client.update_findings_filter(
        id=found, findingCriteria={"criterion": {"category": {"eq": ["POLICY"]}}}, action="ARCHIVE"
    )


@shows("macie_suppression.public@security-tooling/us-east-1", MEDIUM, "missing")
def suppression_of_macie_deleted(hands: Hands) -> None:
    client, found = _macie_rule(hands, OTHER)
    client.delete_findings_filter(id=found)


@shows("macie_suppression.public@security-tooling/us-east-1", MEDIUM)
def suppression_of_macie_does_nothing(hands: Hands) -> None:
    client, found = _macie_rule(hands, OTHER)
    client.update_findings_filter(id=found, action="NOOP")


def _macie(hands: Hands, region: str = HOME) -> Any:
    return hands.client("macie2", "security-tooling", region)


@shows("macie_allow_list.cards@security-tooling/eu-west-1", MEDIUM)
def more_text_allowed_in_macie(hands: Hands) -> None:
    (found,) = _macie(hands).list_allow_lists()["allowLists"]
    _macie(hands).update_allow_list(id=found["id"], name=found["name"], criteria={"regex": ".*"})


@shows(
    "macie_identifier.employee@security-tooling/eu-west-1",
    MEDIUM,
    "missing",
    also=(
        "macie_inspection.organization@security-tooling/eu-west-1",
        "macie_job.prod@security-tooling/eu-west-1",
        "macie_job.stock@security-tooling/eu-west-1",
    ),
)
def identifier_of_macie_deleted(hands: Hands) -> None:
    (found,) = _macie(hands).list_custom_data_identifiers()["items"]
    _macie(hands).delete_custom_data_identifier(id=found["id"])


@shows("macie_scope.organization@security-tooling/eu-west-1", MEDIUM)
def buckets_looked_at_that_were_not(hands: Hands) -> None:
    id_ = _macie(hands).list_classification_scopes()["classificationScopes"][0]["id"]
    _macie(hands).update_classification_scope(id=id_, s3={"excludes": {"bucketNames": [], "operation": "REPLACE"}})


@shows("macie_inspection.organization@security-tooling/us-east-1", MEDIUM)
def less_looked_for(hands: Hands) -> None:
    client = _macie(hands, OTHER)
    id_ = client.list_sensitivity_inspection_templates()["sensitivityInspectionTemplates"][0]["id"]
    client.update_sensitivity_inspection_template(
        id=id_, includes={}, excludes={"managedDataIdentifierIds": ["UK_DRIVERS_LICENSE", "CREDIT_CARD_NUMBER"]}
    )


@shows("macie_job.prod@security-tooling/eu-west-1", MEDIUM)
def job_of_macie_paused(hands: Hands) -> None:
    jobs = {each["name"]: each["jobId"] for each in _macie(hands).list_classification_jobs()["items"]}
    _macie(hands).update_classification_job(jobId=jobs["landing-prod"], jobStatus="USER_PAUSED")


@shows("macie_job.stock@security-tooling/us-east-1", MEDIUM, "missing")
def job_of_macie_cancelled(hands: Hands) -> None:
    (found,) = _macie(hands, OTHER).list_classification_jobs()["items"]
    _macie(hands, OTHER).update_classification_job(jobId=found["jobId"], jobStatus="CANCELLED")


@shows("inspector.organization@security-tooling/us-east-1")
def new_accounts_not_scanned(hands: Hands) -> None:
    client = hands.client("inspector2", "security-tooling", OTHER)
    client.update_organization_configuration(autoEnable={"ec2": True, "ecr": False})


@shows("inspector.organization@security-tooling/eu-west-1")
def images_scanned_for_less_long(hands: Hands) -> None:
    less = {"rescanDuration": "DAYS_3", "pullDateRescanDuration": "DAYS_3"}
    hands.client("inspector2", "security-tooling").update_configuration(ecrConfiguration=less)


@shows("inspector_members.organization@security-tooling/eu-west-1")
def member_scanned_less(hands: Hands) -> None:
    client = hands.client("inspector2", "security-tooling")
    client.disable(accountIds=[hands.accounts["shop-dev"]], resourceTypes=["LAMBDA_CODE"])


@shows("inspector_members.organization@security-tooling/us-east-1")
def member_scanned_though_an_override_says_not(hands: Hands) -> None:
    client = hands.client("inspector2", "security-tooling", OTHER)
    client.enable(accountIds=[hands.accounts["shop-dev"]], resourceTypes=["ECR"])


def _automation_rule(hands: Hands, region: str = HOME) -> tuple[Any, str]:
    client = hands.client("securityhub", "security-tooling", region)
    (found,) = client.list_automation_rules()["AutomationRulesMetadata"]
    return client, found["RuleArn"]


@shows("security_hub_automation_rule.noise@security-tooling/eu-west-1", MEDIUM)
def automation_rule_widened(hands: Hands) -> None:
    client, arn = _automation_rule(hands)
    everything = {"SeverityLabel": [{"Value": "CRITICAL", "Comparison": "EQUALS"}]}
    client.batch_update_automation_rules(UpdateAutomationRulesRequestItems=[{"RuleArn": arn, "Criteria": everything}])


@shows("security_hub_automation_rule.noise@security-tooling/us-east-1", MEDIUM, "missing")
def automation_rule_deleted(hands: Hands) -> None:
    client, arn = _automation_rule(hands, OTHER)
    client.batch_delete_automation_rules(AutomationRulesArns=[arn])


@shows("security_hub_custom_action.quarantine@security-tooling/eu-west-1", LOW)
def custom_action_renamed(hands: Hands) -> None:
    client = hands.client("securityhub", "security-tooling")
    (found,) = client.describe_action_targets()["ActionTargets"]
    client.update_action_target(ActionTargetArn=found["ActionTargetArn"], Name="Ignore")


@shows("security_hub_v2_aggregator.organization@security-tooling/eu-west-1")
def newer_aggregator_links_all_regions(hands: Hands) -> None:
    client = hands.client("securityhub", "security-tooling")
    (found,) = client.list_aggregators_v2()["AggregatorsV2"]
    client.update_aggregator_v2(**found, RegionLinkingMode="ALL_REGIONS")


@shows("security_hub_v2.organization@security-tooling/us-east-1", status="missing")
def newer_security_hub_switched_off(hands: Hands) -> None:
    hands.client("securityhub", "security-tooling", OTHER).disable_security_hub_v2()


def _newer_rules(hands: Hands) -> tuple[Any, dict[str, str]]:
    client = hands.client("securityhub", "security-tooling")
    return client, {each["RuleName"]: each["RuleArn"] for each in client.list_automation_rules_v2()["Rules"]}


@shows("security_hub_v2_automation_rule.quiet@security-tooling/eu-west-1", MEDIUM)
def newer_rule_suppresses_more(hands: Hands) -> None:
    client, arns = _newer_rules(hands)
    every = {"StringFilters": [{"FieldName": "severity", "Filter": {"Value": "Critical", "Comparison": "EQUALS"}}]}
    criteria = {"OcsfFindingCriteria": {"CompositeFilters": [every]}}
    client.update_automation_rule_v2(Identifier=arns["landing-quiet"], Criteria=criteria)


@shows("security_hub_v2_automation_rule.crown@security-tooling/eu-west-1", MEDIUM, "missing")
def newer_rule_deleted(hands: Hands) -> None:
    client, arns = _newer_rules(hands)
    client.delete_automation_rule_v2(Identifier=arns["landing-crown"])


@shows("security_hub_v2_connector.desk@security-tooling/eu-west-1", MEDIUM)
def connector_with_another_secret(hands: Hands) -> None:
    client = hands.client("securityhub", "security-tooling")
    (found,) = client.list_connectors_v2()["Connectors"]
    secret = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:other"
    client.update_connector_v2(ConnectorId=found["ConnectorId"], Provider={"ServiceNow": {"SecretArn": secret}})


@shows("policy.security-hub-v2")
def newer_policy_without_network_scanning(hands: Hands) -> None:
    client = hands.client("organizations")
    policies = client.list_policies(Filter="SECURITYHUB_POLICY")["Policies"]
    (found,) = [each["Id"] for each in policies if each["Name"] == "security-hub-v2"]
    lists = {"enable_in_regions": {"@@assign": [HOME, OTHER]}, "disable_in_regions": {"@@assign": []}}
    client.update_policy(PolicyId=found, Content=json.dumps({"securityhub": lists}))


@shows("inspector_members.organization@security-tooling/us-east-1")
def member_stands_alone(hands: Hands) -> None:
    client = hands.client("inspector2", "security-tooling", OTHER)
    client.disassociate_member(accountId=hands.accounts["shop-prod"])


@shows("inspector_suppression.old@security-tooling/eu-west-1", MEDIUM)
def suppression_widened(hands: Hands) -> None:
    client = hands.client("inspector2", "security-tooling")
    (found,) = client.list_filters()["filters"]
    everything = {"severity": [{"comparison": "EQUALS", "value": "CRITICAL"}]}
    client.update_filter(filterArn=found["arn"], filterCriteria=everything)


@shows("inspector_cis_scan.weekly@security-tooling/eu-west-1", MEDIUM, "missing")
def cis_scan_deleted(hands: Hands) -> None:
    client = hands.client("inspector2", "security-tooling")
    (found,) = client.list_cis_scan_configurations()["scanConfigurations"]
    client.delete_cis_scan_configuration(scanConfigurationArn=found["scanConfigurationArn"])


def _graph(hands: Hands, region: str = HOME) -> tuple[Any, dict[str, str]]:
    client = hands.client("detective", "security-tooling", region)
    return client, {"GraphArn": client.list_graphs()["GraphList"][0]["Arn"]}


@shows("detective.organization@security-tooling/eu-west-1")
def new_accounts_not_in_the_graph(hands: Hands) -> None:
    client, graph = _graph(hands)
    client.update_organization_configuration(**graph, AutoEnable=False)


@shows("detective_members.organization@security-tooling/eu-west-1")
def member_taken_out_of_the_graph(hands: Hands) -> None:
    client, graph = _graph(hands)
    client.delete_members(**graph, AccountIds=[hands.accounts["shop-prod"]])


@shows("detective_members.organization@security-tooling/us-east-1")
def data_of_a_member_not_taken_in(hands: Hands) -> None:
    place = hands.cloud.sandbox.world.states["detective"][hands.accounts["security-tooling"], OTHER]
    place.graph.members[hands.accounts["management"]].status = "ACCEPTED_BUT_DISABLED"


def _lake(hands: Hands, region: str = HOME) -> Any:
    return hands.client("securitylake", "log-archive", region)


def _at_rest(lake: Any) -> None:
    """AWS is at no change of it any more."""
    for _ in range(5):
        lake.list_data_lakes()
        lake.list_log_sources()


@shows("security_lake.organization@log-archive/eu-west-1")
def lake_keeps_for_a_week(hands: Hands) -> None:
    kept = {"expiration": {"days": 7}}
    _lake(hands).update_data_lake(configurations=[{"region": HOME, "lifecycleConfiguration": kept}])
    _at_rest(_lake(hands))


@shows("security_lake_source.ROUTE53@log-archive/eu-west-1")
def account_no_longer_collected_from(hands: Hands) -> None:
    left = {
        "sourceName": "ROUTE53",
        "sourceVersion": "2.0",
        "regions": [HOME],
        "accounts": [hands.accounts["shop-prod"]],
    }
    _lake(hands).delete_aws_log_source(sources=[left])
    _at_rest(_lake(hands))


@shows("security_lake_new_accounts.organization@log-archive/us-east-1")
def new_accounts_not_collected_from(hands: Hands) -> None:
    rows = [{"region": OTHER, "sources": [{"sourceName": "ROUTE53", "sourceVersion": "2.0"}]}]
    _lake(hands).delete_data_lake_organization_configuration(autoEnableNewAccount=rows)


@shows("security_lake_subscriber.siem@log-archive/us-east-1", MEDIUM)
def another_reads_the_lake(hands: Hands) -> None:
    client = _lake(hands, OTHER)
    known = {"subscriberId": client.list_subscribers()["subscribers"][0]["subscriberId"]}
    client.update_subscriber(**known, subscriberIdentity={"principal": "999999999999", "externalId": "eve"})


def _membership(hands: Hands) -> tuple[Any, dict[str, str]]:
    client = hands.client("security-ir", "security-tooling")
    return client, {"membershipId": client.list_memberships()["items"][-1]["membershipId"]}


@shows("incident_response_membership.organization@security-tooling/eu-west-1", status="missing")
def membership_cancelled(hands: Hands) -> None:
    client, membership = _membership(hands)
    client.cancel_membership(**membership)


@shows("incident_response_membership.organization@security-tooling/eu-west-1")
def unit_not_covered_by_incident_response(hands: Hands) -> None:
    client, membership = _membership(hands)
    left = {"organizationalUnitsToRemove": [hands.units["workloads/prod"]]}
    client.update_membership(**membership, membershipAccountsConfigurationsUpdate=left)


@shows("incident_response_membership.organization@security-tooling/eu-west-1")
def stranger_in_the_incident_response_team(hands: Hands) -> None:
    client, membership = _membership(hands)
    team = client.get_membership(**membership)["incidentResponseTeam"]
    client.update_membership(
        **membership,
        incidentResponseTeam=[team[0], {"name": "Eve", "jobTitle": "None", "email": "eve@example.org"}],
        optInFeatures=[{"featureName": "Triage", "isEnabled": False}],
    )


def _firewall_policy(hands: Hands, name: str = "landing-web") -> tuple[Any, dict[str, Any]]:
    client = hands.client("fms", "security-tooling")
    (found,) = [each for each in client.list_policies()["PolicyList"] if each["PolicyName"] == name]
    return client, client.get_policy(PolicyId=found["PolicyId"])["Policy"]


@shows("firewall_policy.web@security-tooling/eu-west-1")
def remediation_switched_on(hands: Hands) -> None:
    client, policy = _firewall_policy(hands)
    client.put_policy(Policy={**policy, "RemediationEnabled": True})


@shows("firewall_policy.web@security-tooling/eu-west-1")
def rule_groups_taken_out_of_web_acls(hands: Hands) -> None:
    client, policy = _firewall_policy(hands)
    data = policy["SecurityServicePolicyData"]
    data["ManagedServiceData"] = json.dumps({**json.loads(data["ManagedServiceData"]), "preProcessRuleGroups": []})
    client.put_policy(Policy=policy)


@shows("firewall_policy.unused-groups@security-tooling/eu-west-1")
def more_accounts_left_out_of_a_firewall_policy(hands: Hands) -> None:
    client, policy = _firewall_policy(hands, "landing-unused-groups")
    accounts = [hands.accounts["shop-dev"], hands.accounts["shop-prod"]]
    client.put_policy(Policy={**policy, "ExcludeMap": {"ACCOUNT": accounts}})


@shows("firewall_policy.web@security-tooling/eu-west-1", status="missing")
def firewall_policy_deleted(hands: Hands) -> None:
    client, policy = _firewall_policy(hands)
    client.delete_policy(PolicyId=policy["PolicyId"])


FIREWALL_PART = "firewall_part_administrator.shop-prod@management/us-east-1"


def _other_firewall_part(hands: Hands, **scope: Any) -> None:
    client, about = hands.client("fms", region=OTHER), {"AdminAccount": hands.accounts["shop-prod"]}
    client.put_admin_account(**about, AdminScope={**client.get_admin_scope(**about)["AdminScope"], **scope})


FIREWALL_TOLD = "firewall_notifications.organization@security-tooling/eu-west-1"


@shows(FIREWALL_TOLD)
def firewalls_told_to_others(hands: Hands) -> None:
    client = hands.client("fms", "security-tooling")
    topic = "arn:aws:sns:eu-west-1:999999999999:elsewhere"
    client.put_notification_channel(SnsTopicArn=topic, SnsRoleName=client.get_notification_channel()["SnsRoleName"])


@shows(FIREWALL_TOLD, status="missing")
def firewalls_told_to_nobody(hands: Hands) -> None:
    hands.client("fms", "security-tooling").delete_notification_channel()


@shows(FIREWALL_PART)
def all_accounts_given_to_a_firewall_administrator(hands: Hands) -> None:
    everybody = {"AllAccountsEnabled": True}
    units = {"AllOrganizationalUnitsEnabled": True}
    _other_firewall_part(hands, AccountScope=everybody, OrganizationalUnitScope=units)


@shows(FIREWALL_PART)
def other_accounts_given_to_a_firewall_administrator(hands: Hands) -> None:
    _other_firewall_part(hands, AccountScope={"Accounts": [hands.accounts["shop-dev"]]})


@shows(FIREWALL_PART)
def more_types_given_to_a_firewall_administrator(hands: Hands) -> None:
    _other_firewall_part(hands, PolicyTypeScope={"AllPolicyTypesEnabled": True})


@shows(FIREWALL_PART, status="missing")
def firewall_administrator_of_a_part_resigned(hands: Hands) -> None:
    hands.client("fms", "shop-prod", OTHER).disassociate_admin_account()


@shows(
    "firewall_administrator.organization@management/us-east-1",
    status="missing",
    also=(
        FIREWALL_PART,
        FIREWALL_TOLD,
        FIREWALL_TOLD.replace(HOME, OTHER),
        *(
            f"firewall_policy.{place}"
            for place in (
                "web@security-tooling/eu-west-1",
                "unused-groups@security-tooling/eu-west-1",
                "unused-groups@security-tooling/us-east-1",
            )
        ),
    ),
)
def firewall_administrator_resigned(hands: Hands) -> None:
    part, organization = hands.client("fms", "shop-prod", OTHER), hands.client("fms", region=OTHER)
    part.disassociate_admin_account()
    while len(organization.list_admin_accounts_for_organization()["AdminAccounts"]) > 1:
        pass
    hands.client("fms", "security-tooling", OTHER).disassociate_admin_account()


@shows("shield_subscription.subscription@shop-prod/us-east-1")
def response_team_calls_nobody(hands: Hands) -> None:
    hands.client("shield", "shop-prod", OTHER).disable_proactive_engagement()


@shows("shield_subscription.subscription@shop-prod/us-east-1")
def other_emergency_contacts(hands: Hands) -> None:
    contacts = [{"EmailAddress": "other@example.com", "PhoneNumber": "+15550199"}]
    hands.client("shield", "shop-prod", OTHER).update_emergency_contact_settings(EmergencyContactList=contacts)


@shows("shield_subscription.subscription@shop-prod/us-east-1")
def response_team_given_a_role(hands: Hands) -> None:
    iam = hands.client("iam", "shop-prod")
    principal = {"Service": "drt.shield.amazonaws.com"}
    trust = {"Statement": {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}}
    arn = iam.create_role(RoleName="drt", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    own = "arn:aws:iam::aws:policy/service-role/AWSShieldDRTAccessPolicy"
    iam.attach_role_policy(RoleName="drt", PolicyArn=own)
    hands.client("shield", "shop-prod", OTHER).associate_drt_role(RoleArn=arn)


@shows("stack_set.config-role")
def stack_set_template_changed(hands: Hands) -> None:
    client = hands.client("cloudformation")
    found = client.describe_stack_set(StackSetName="landing-config-role")["StackSet"]
    template = json.loads(found["TemplateBody"])
    template["Description"] = "changed by hand"
    client.update_stack_set(
        StackSetName="landing-config-role",
        TemplateBody=json.dumps(template),
        Parameters=found["Parameters"],
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )


@shows("stack_set.config-recorder")
def stack_set_parameters_changed(hands: Hands) -> None:
    client = hands.client("cloudformation")
    found = client.describe_stack_set(StackSetName="landing-config-recorder")["StackSet"]
    parameters = [
        {**one, "ParameterValue": "us-east-1"} if one["ParameterKey"] == "HomeRegion" else one
        for one in found["Parameters"]
    ]
    client.update_stack_set(StackSetName="landing-config-recorder", UsePreviousTemplate=True, Parameters=parameters)


@shows("stack_set.config-role")
def stack_set_automatic_deployment_off(hands: Hands) -> None:
    hands.client("cloudformation").update_stack_set(
        StackSetName="landing-config-role",
        UsePreviousTemplate=True,
        Parameters=[
            {"ParameterKey": one["ParameterKey"], "UsePreviousValue": True}
            for one in hands.client("cloudformation").describe_stack_set(StackSetName="landing-config-role")[
                "StackSet"
            ]["Parameters"]
        ],
        Capabilities=["CAPABILITY_NAMED_IAM"],
        AutoDeployment={"Enabled": False},
    )


@shows("stack_set.account-baseline")
def stack_instance_deleted(hands: Hands) -> None:
    hands.client("cloudformation").delete_stack_instances(
        StackSetName="landing-account-baseline",
        DeploymentTargets={
            "OrganizationalUnitIds": [hands.units["root"]],
            "Accounts": [hands.accounts["shop-prod"]],
            "AccountFilterType": "INTERSECTION",
        },
        Regions=[HOME],
        RetainStacks=False,
    )


@shows("stack_set.config-role")
def stack_in_a_member_deleted(hands: Hands) -> None:
    client = hands.client("cloudformation", "shop-dev")
    name = hands.stack("shop-dev", "config-role")
    client.delete_stack(StackName=name)
    client.get_waiter("stack_delete_complete").wait(StackName=name, WaiterConfig={"Delay": 0})


@shows("stack_set.config-role")
def resource_in_a_member_changed(hands: Hands) -> None:
    role = hands.physical("shop-dev", "config-role", "AWS::IAM::Role")
    hands.client("iam", "shop-dev", OTHER).detach_role_policy(
        RoleName=role, PolicyArn="arn:aws:iam::aws:policy/service-role/AWS_ConfigRole"
    )


def remediation(hands: Hands, key: str, **changed: Any) -> None:
    """Change a remediation of ours in an account, all else of it as it is."""
    client = hands.client("config", "shop-dev")
    given = {"ConfigRuleNames": [f"landing-{key}"]}
    (found,) = client.describe_remediation_configurations(**given)["RemediationConfigurations"]
    wanted = {name: value for name, value in found.items() if name not in ("Arn", "CreatedByService")} | changed
    client.put_remediation_configurations(RemediationConfigurations=[wanted])


@shows("stack_set.config-remediation")
def remediation_deleted(hands: Hands) -> None:
    hands.client("config", "shop-dev").delete_remediation_configuration(ConfigRuleName="landing-password-policy")


@shows("stack_set.config-remediation")
def remediation_no_longer_automatic(hands: Hands) -> None:
    remediation(hands, "public-buckets", Automatic=False)


@shows("stack_set.config-remediation")
def remediation_tried_once(hands: Hands) -> None:
    remediation(hands, "public-buckets", MaximumAutomaticAttempts=1, RetryAttemptSeconds=60)


@shows("stack_set.config-remediation")
def remediation_with_other_parameters(hands: Hands) -> None:
    role = f"arn:aws:iam::{hands.accounts['shop-dev']}:role/landing-remediation-password-policy"
    weaker = {"MinimumPasswordLength": {"StaticValue": {"Values": ["6"]}}}
    given = {"AutomationAssumeRole": {"StaticValue": {"Values": [role]}}}
    remediation(hands, "password-policy", Parameters={**weaker, **given})


@shows("stack_set.config-remediation-role")
def remediation_role_robbed_of_its_permissions(hands: Hands) -> None:
    role = "landing-remediation-public-buckets"
    hands.client("iam", "shop-dev", OTHER).delete_role_policy(RoleName=role, PolicyName="mend")


@shows("stack.log-archive@log-archive/eu-west-1")
def bucket_policy_changed(hands: Hands) -> None:
    hands.client("s3", "log-archive").delete_bucket_policy(Bucket=hands.bucket("cloudtrail"))


@shows("stack.log-archive@log-archive/eu-west-1")
def key_rotation_off(hands: Hands) -> None:
    kms = hands.client("kms", "log-archive")
    kms.disable_key_rotation(KeyId=kms.describe_key(KeyId=LOG_KEY_ALIAS)["KeyMetadata"]["KeyId"])


@shows("stack.log-archive@log-archive/eu-west-1")
def public_access_block_changed(hands: Hands) -> None:
    hands.client("s3", "log-archive").put_public_access_block(
        Bucket=hands.bucket("config"), PublicAccessBlockConfiguration={"BlockPublicAcls": True}
    )


@shows("stack.log-archive@log-archive/eu-west-1")
def object_lock_changed(hands: Hands) -> None:
    rule = {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}}
    hands.client("s3", "log-archive").put_object_lock_configuration(
        Bucket=hands.bucket("cloudtrail"), ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule}
    )


@shows("stack.log-archive@log-archive/eu-west-1")
def lifecycle_removed(hands: Hands) -> None:
    hands.client("s3", "log-archive").delete_bucket_lifecycle(Bucket=hands.bucket("guardduty"))


@shows("stack.log-archive@log-archive/eu-west-1")
def termination_protection_off(hands: Hands) -> None:
    hands.client("cloudformation", "log-archive").update_termination_protection(
        StackName=hands.stack("log-archive", "log-archive"), EnableTerminationProtection=False
    )
