"""Security Hub CSPM in one account: hub, standards, controls, findings (User Guide and API reference)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.cloud import Cloud, refused, source

FSBP = "arn:aws:securityhub:us-east-1::standards/aws-foundational-security-best-practices/v/1.0.0"
CIS5 = "arn:aws:securityhub:us-east-1::standards/cis-aws-foundations-benchmark/v/5.0.0"
CIS12 = "arn:aws:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0"


def enabled(cloud: Cloud, *standards: str) -> Any:
    """A client of an account with these standards, ready."""
    hub = cloud.client("securityhub")
    hub.enable_security_hub(EnableDefaultStandards=False)
    if standards:
        requests = [{"StandardsArn": arn} for arn in standards]
        hub.batch_enable_standards(StandardsSubscriptionRequests=requests)
        while any(status != "READY" for status in statuses(hub).values()):
            pass
    return hub


def statuses(hub: Any) -> dict[str, str]:
    return {s["StandardsArn"]: s["StandardsStatus"] for s in hub.get_enabled_standards()["StandardsSubscriptions"]}


def finding(account: str, number: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "SchemaVersion": "2018-10-08",
        "Id": f"finding-{number}",
        "ProductArn": f"arn:aws:securityhub:us-east-1:{account}:product/{account}/default",
        "GeneratorId": "check",
        "AwsAccountId": account,
        "CreatedAt": "2026-01-01T00:00:00Z",
        "UpdatedAt": "2026-01-01T00:00:00Z",
        "Title": f"Finding {number}",
        "Description": "What was found",
        "Resources": [{"Type": "AwsS3Bucket", "Id": "arn:aws:s3:::b"}],
        "Severity": {"Label": "HIGH"},
        "Types": ["Software and Configuration Checks"],
        **more,
    }


@source("API reference: InvalidAccessException; terraform-provider-aws has the message")
def test_an_account_without_hub_is_not_subscribed(cloud: Cloud) -> None:
    hub = cloud.client("securityhub")
    error = refused("InvalidAccessException", hub.describe_hub)
    assert "is not subscribed to AWS Security Hub" in str(error)
    assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 401
    refused("InvalidAccessException", hub.get_enabled_standards)


@source("API reference: EnableSecurityHub, CIS 1.2.0 and FSBP by default")
def test_default_standards_come_with_the_hub(cloud: Cloud) -> None:
    hub = cloud.client("securityhub")
    hub.enable_security_hub()
    assert statuses(hub) == {FSBP: "PENDING", CIS12: "PENDING"}
    assert statuses(hub) == {FSBP: "READY", CIS12: "READY"}
    found = hub.describe_hub()
    assert found["HubArn"].endswith(":hub/default")
    assert (found["AutoEnableControls"], found["ControlFindingGenerator"]) == (True, "SECURITY_CONTROL")


@source("API reference: EnableSecurityHub, EnableDefaultStandards")
def test_default_standards_can_be_declined(cloud: Cloud) -> None:
    assert statuses(enabled(cloud)) == {}


@source("API reference: EnableSecurityHub, ResourceConflictException")
def test_a_hub_is_enabled_once(cloud: Cloud) -> None:
    hub = enabled(cloud)
    error = refused("ResourceConflictException", hub.enable_security_hub)
    assert "Account is already subscribed to Security Hub" in str(error)
    cloud.client("securityhub", region="eu-west-1").enable_security_hub()


@source("API reference: DisableSecurityHub")
def test_a_hub_is_disabled_with_its_standards(cloud: Cloud) -> None:
    hub = enabled(cloud, FSBP)
    hub.disable_security_hub()
    refused("InvalidAccessException", hub.describe_hub)
    hub.enable_security_hub(EnableDefaultStandards=False)
    assert statuses(hub) == {}


@source("API reference: UpdateSecurityHubConfiguration")
def test_the_hub_is_configured(cloud: Cloud) -> None:
    hub = enabled(cloud)
    hub.update_security_hub_configuration(ControlFindingGenerator="STANDARD_CONTROL")
    hub.update_security_hub_configuration(AutoEnableControls=False)
    found = hub.describe_hub()
    assert (found["AutoEnableControls"], found["ControlFindingGenerator"]) == (False, "STANDARD_CONTROL")


@source("API reference: DescribeStandards; User Guide: standards reference")
def test_standards_that_there_are(cloud: Cloud) -> None:
    found = {s["StandardsArn"]: s for s in enabled(cloud).describe_standards()["Standards"]}
    assert {FSBP, CIS12, CIS5} <= set(found)
    assert {arn for arn, standard in found.items() if standard["EnabledByDefault"]} == {FSBP, CIS12}


@source("API reference: BatchEnableStandards, BatchDisableStandards")
def test_standards_are_enabled_and_disabled_after_a_while(cloud: Cloud) -> None:
    hub = enabled(cloud)
    made = hub.batch_enable_standards(StandardsSubscriptionRequests=[{"StandardsArn": CIS5}])
    subscription = made["StandardsSubscriptions"][0]
    assert subscription["StandardsStatus"] == "PENDING"
    assert subscription["StandardsControlsUpdatable"] == "NOT_READY_FOR_UPDATES"
    cloud.advance(3600)
    assert statuses(hub) == {CIS5: "READY"}
    arn = subscription["StandardsSubscriptionArn"]
    gone = hub.batch_disable_standards(StandardsSubscriptionArns=[arn])["StandardsSubscriptions"]
    assert gone[0]["StandardsStatus"] == "DELETING"
    cloud.advance(3600)
    assert statuses(hub) == {}


@source("API reference: BatchEnableStandards, InvalidInputException; DescribeStandards has the Region in the ARN")
@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:securityhub:us-east-1::standards/no-such-standard/v/1.0.0",
        "arn:aws:securityhub:eu-west-1::standards/aws-foundational-security-best-practices/v/1.0.0",
        "arn:aws:securityhub:::standards/aws-foundational-security-best-practices/v/1.0.0",
    ],
)
def test_an_unknown_standard_is_refused(cloud: Cloud, arn: str) -> None:
    hub = enabled(cloud)
    refused("InvalidInputException", hub.batch_enable_standards, StandardsSubscriptionRequests=[{"StandardsArn": arn}])


@source("API reference: DescribeStandardsControls, UpdateStandardsControl")
def test_a_control_is_disabled_in_a_standard(cloud: Cloud) -> None:
    hub = enabled(cloud, FSBP)
    subscription = hub.get_enabled_standards()["StandardsSubscriptions"][0]["StandardsSubscriptionArn"]

    def control() -> dict[str, Any]:
        pages = hub.get_paginator("describe_standards_controls").paginate(StandardsSubscriptionArn=subscription)
        found: dict[str, Any] = next(c for p in pages for c in p["Controls"] if c["ControlId"] == "Macie.1")
        return found

    arn = control()["StandardsControlArn"]
    assert control()["ControlStatus"] == "ENABLED"
    refused("InvalidInputException", hub.update_standards_control, StandardsControlArn=arn, ControlStatus="DISABLED")
    hub.update_standards_control(StandardsControlArn=arn, ControlStatus="DISABLED", DisabledReason="not used")
    assert (control()["ControlStatus"], control()["DisabledReason"]) == ("DISABLED", "not used")
    found = hub.batch_get_security_controls(SecurityControlIds=["Macie.1", "IAM.1"])["SecurityControls"]
    assert [c["SecurityControlStatus"] for c in found] == ["DISABLED", "ENABLED"]


@source("API reference: DescribeStandardsControls, InvalidInputException")
def test_controls_of_no_subscription_are_refused(cloud: Cloud) -> None:
    hub = enabled(cloud)
    arn = f"{hub.describe_hub()['HubArn'].rpartition(':')[0]}:subscription/pci-dss/v/4.0.1"
    refused("InvalidInputException", hub.describe_standards_controls, StandardsSubscriptionArn=arn)


@source("API reference: BatchUpdateStandardsControlAssociations, ListStandardsControlAssociations")
def test_a_control_is_disabled_standard_by_standard(cloud: Cloud) -> None:
    hub = enabled(cloud, FSBP, CIS5)
    update = {
        "StandardsArn": CIS5,
        "SecurityControlId": "IAM.4",
        "AssociationStatus": "DISABLED",
        "UpdatedReason": "known",
    }
    stray = {**update, "SecurityControlId": "Nothing.1"}
    found = hub.batch_update_standards_control_associations(StandardsControlAssociationUpdates=[update, stray])
    assert [entry["ErrorCode"] for entry in found["UnprocessedAssociationUpdates"]] == ["RESOURCE_NOT_FOUND"]
    listed = hub.list_standards_control_associations(SecurityControlId="IAM.4")
    shown = {e["StandardsArn"]: e["AssociationStatus"] for e in listed["StandardsControlAssociationSummaries"]}
    assert (shown[FSBP], shown[CIS5], shown[CIS12]) == ("ENABLED", "DISABLED", "DISABLED")
    control = hub.batch_get_security_controls(SecurityControlIds=["IAM.4"])["SecurityControls"][0]
    assert control["SecurityControlStatus"] == "ENABLED"


@source("API reference: BatchGetSecurityControls, UnprocessedIds")
def test_an_unknown_control_is_unprocessed(cloud: Cloud) -> None:
    found = enabled(cloud, FSBP).batch_get_security_controls(SecurityControlIds=["Nothing.1"])
    assert (found["SecurityControls"], len(found["UnprocessedIds"])) == ([], 1)


@source("API reference: ListSecurityControlDefinitions, 25 on a page by default")
def test_definitions_come_in_pages_of_25(cloud: Cloud) -> None:
    hub = enabled(cloud)
    page = hub.list_security_control_definitions(StandardsArn=FSBP)
    assert len(page["SecurityControlDefinitions"]) == 25
    pages = hub.get_paginator("list_security_control_definitions").paginate(StandardsArn=FSBP)
    ids = [d["SecurityControlId"] for p in pages for d in p["SecurityControlDefinitions"]]
    assert len(ids) == len(set(ids)) > 25
    assert "IAM.22" not in ids


@source("API reference: UpdateSecurityControl; User Guide: Config.1 has includeConfigServiceLinkedRoleCheck")
def test_parameters_of_a_control(cloud: Cloud) -> None:
    hub = enabled(cloud, FSBP)
    value = {"ValueType": "CUSTOM", "Value": {"Boolean": False}}
    hub.update_security_control(SecurityControlId="Config.1", Parameters={"includeConfigServiceLinkedRoleCheck": value})
    found = hub.batch_get_security_controls(SecurityControlIds=["Config.1"])["SecurityControls"][0]
    assert found["Parameters"]["includeConfigServiceLinkedRoleCheck"] == value
    refused(
        "InvalidInputException",
        hub.update_security_control,
        SecurityControlId="Config.1",
        Parameters={"noSuchParameter": value},
    )
    refused(
        "InvalidInputException",
        hub.update_security_control,
        SecurityControlId="Config.1",
        Parameters={"includeConfigServiceLinkedRoleCheck": {"ValueType": "CUSTOM", "Value": {"Integer": 1}}},
    )


@source("API reference: BatchImportFindings, GetFindings with Filters")
def test_findings_are_imported_and_filtered(cloud: Cloud) -> None:
    hub = enabled(cloud)
    account = cloud.client("sts").get_caller_identity()["Account"]
    findings = [finding(account, 1), finding(account, 2, Severity={"Label": "LOW"})]
    assert hub.batch_import_findings(Findings=findings)["SuccessCount"] == 2
    high = {"SeverityLabel": [{"Value": "HIGH", "Comparison": "EQUALS"}]}
    assert [f["Id"] for f in hub.get_findings(Filters=high)["Findings"]] == ["finding-1"]
    rest = {"Title": [{"Value": "Finding 1", "Comparison": "NOT_EQUALS"}]}
    assert [f["Id"] for f in hub.get_findings(Filters=rest)["Findings"]] == ["finding-2"]
    assert len(hub.get_findings()["Findings"]) == 2


@source("API reference: BatchImportFindings, FailedFindings")
def test_a_finding_of_another_product_fails(cloud: Cloud) -> None:
    hub = enabled(cloud)
    account = cloud.client("sts").get_caller_identity()["Account"]
    found = hub.batch_import_findings(Findings=[finding("999999999999"), finding(account)])
    assert (found["FailedCount"], found["SuccessCount"]) == (1, 1)
    assert len(hub.get_findings()["Findings"]) == 1


@source("API reference: BatchUpdateFindings; BatchImportFindings keeps Workflow and Note")
def test_what_a_customer_decides_survives_an_import(cloud: Cloud) -> None:
    hub = enabled(cloud)
    account = cloud.client("sts").get_caller_identity()["Account"]
    made = finding(account)
    hub.batch_import_findings(Findings=[made])
    ids = [{"Id": made["Id"], "ProductArn": made["ProductArn"]}, {"Id": "none", "ProductArn": made["ProductArn"]}]
    found = hub.batch_update_findings(FindingIdentifiers=ids, Workflow={"Status": "SUPPRESSED"})
    assert (len(found["ProcessedFindings"]), len(found["UnprocessedFindings"])) == (1, 1)
    hub.batch_import_findings(Findings=[{**made, "Title": "Again"}])
    shown = hub.get_findings()["Findings"][0]
    assert (shown["Title"], shown["Workflow"]) == ("Again", {"Status": "SUPPRESSED"})


@source("API reference: CreateAutomationRule, ListAutomationRules, BatchDeleteAutomationRules")
def test_automation_rules(cloud: Cloud) -> None:
    hub = enabled(cloud)
    made = hub.create_automation_rule(
        RuleOrder=2,
        RuleName="suppress",
        Description="noise",
        Criteria={"SeverityLabel": [{"Value": "LOW", "Comparison": "EQUALS"}]},
        Actions=[{"Type": "FINDING_FIELDS_UPDATE", "FindingFieldsUpdate": {"Workflow": {"Status": "SUPPRESSED"}}}],
    )["RuleArn"]
    hub.batch_update_automation_rules(UpdateAutomationRulesRequestItems=[{"RuleArn": made, "RuleOrder": 1}])
    listed = hub.list_automation_rules()["AutomationRulesMetadata"]
    assert [(rule["RuleArn"], rule["RuleOrder"], rule["RuleStatus"]) for rule in listed] == [(made, 1, "ENABLED")]
    assert hub.batch_get_automation_rules(AutomationRulesArns=[made])["Rules"][0]["Actions"]
    assert hub.batch_delete_automation_rules(AutomationRulesArns=[made])["ProcessedAutomationRules"] == [made]
    assert hub.list_automation_rules()["AutomationRulesMetadata"] == []
    assert [
        each["RuleArn"]
        for each in hub.batch_get_automation_rules(AutomationRulesArns=[made])["UnprocessedAutomationRules"]
    ] == [made]


@source("API reference: AutomationRulesFindingFilters, array members of each criterion")
@pytest.mark.parametrize(("criterion", "most"), [("Id", 20), ("AwsAccountId", 100), ("Title", 100), ("Type", 20)])
def test_a_criterion_has_so_many_values(cloud: Cloud, criterion: str, most: int) -> None:
    hub = enabled(cloud)

    def criteria(size: int) -> dict[str, Any]:
        return {criterion: [{"Value": f"v{number}", "Comparison": "EQUALS"} for number in range(size)]}

    given: dict[str, Any] = {
        "RuleOrder": 1,
        "RuleName": "many",
        "Description": "many",
        "Actions": [{"Type": "FINDING_FIELDS_UPDATE", "FindingFieldsUpdate": {"Workflow": {"Status": "NOTIFIED"}}}],
    }
    made = hub.create_automation_rule(Criteria=criteria(most), **given)["RuleArn"]
    refused("InvalidInputException", hub.create_automation_rule, Criteria=criteria(most + 1), **given)
    more = [{"RuleArn": made, "Criteria": criteria(most + 1)}]
    refused("InvalidInputException", hub.batch_update_automation_rules, UpdateAutomationRulesRequestItems=more)


@source("API reference: CreateActionTarget, DescribeActionTargets, UpdateActionTarget, DeleteActionTarget")
def test_custom_actions(cloud: Cloud) -> None:
    hub = enabled(cloud)
    wanted = {"Name": "Quarantine", "Description": "Out of the network"}
    arn = hub.create_action_target(Id="quarantine", **wanted)["ActionTargetArn"]
    assert arn.endswith(":action/custom/quarantine")
    refused("ResourceConflictException", hub.create_action_target, Id="quarantine", **wanted)
    refused("InvalidInputException", hub.create_action_target, Id="not-alphanumeric", **wanted)
    refused("InvalidInputException", hub.create_action_target, Id="a" * 21, **wanted)
    refused("InvalidInputException", hub.create_action_target, Id="other", **{**wanted, "Name": "n" * 21})
    hub.update_action_target(ActionTargetArn=arn, Name="Isolate")
    assert hub.describe_action_targets()["ActionTargets"] == [{"ActionTargetArn": arn, **wanted, "Name": "Isolate"}]
    hub.delete_action_target(ActionTargetArn=arn)
    assert hub.describe_action_targets()["ActionTargets"] == []
    for call in (hub.update_action_target, hub.delete_action_target):
        refused("ResourceNotFoundException", call, ActionTargetArn=arn)


@source("API reference: ListEnabledProductsForImport, DisableImportFindingsForProduct, EnableImportFindingsForProduct")
def test_products(cloud: Cloud) -> None:
    hub = enabled(cloud)
    listed = hub.list_enabled_products_for_import()["ProductSubscriptions"]
    guardduty = next(arn for arn in listed if arn.endswith("/aws/guardduty"))
    hub.disable_import_findings_for_product(ProductSubscriptionArn=guardduty)
    refused(
        "ResourceNotFoundException",
        hub.disable_import_findings_for_product,
        ProductSubscriptionArn=guardduty,
    )
    product = "arn:aws:securityhub:us-east-1::product/aws/guardduty"
    hub.enable_import_findings_for_product(ProductArn=product)
    refused("ResourceConflictException", hub.enable_import_findings_for_product, ProductArn=product)


@source("API reference: TagResource, ListTagsForResource")
def test_tags_of_a_hub(cloud: Cloud) -> None:
    hub = cloud.client("securityhub")
    hub.enable_security_hub(EnableDefaultStandards=False, Tags={"a": "1"})
    arn = hub.describe_hub()["HubArn"]
    hub.tag_resource(ResourceArn=arn, Tags={"b": "2"})
    hub.untag_resource(ResourceArn=arn, TagKeys=["a"])
    assert hub.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"b": "2"}


@source("API reference: CreateFindingAggregator, RegionLinkingMode and Regions")
@pytest.mark.parametrize(
    "wrong",
    [
        {"RegionLinkingMode": "NO_REGIONS", "Regions": ["eu-west-1"]},
        {"RegionLinkingMode": "SPECIFIED_REGIONS"},
        {"RegionLinkingMode": "SOME_REGIONS"},
        {"RegionLinkingMode": "SPECIFIED_REGIONS", "Regions": ["us-east-1"]},
        {"RegionLinkingMode": "SPECIFIED_REGIONS", "Regions": ["mars-north-1"]},
    ],
)
def test_regions_that_cannot_be_linked(cloud: Cloud, wrong: dict[str, Any]) -> None:
    refused("InvalidInputException", enabled(cloud).create_finding_aggregator, **wrong)


@source("API reference: CreateFindingAggregator, GetFindingAggregator, UpdateFindingAggregator, ListFindingAggregators")
def test_an_aggregator_lives_in_its_home_region(cloud: Cloud) -> None:
    hub = enabled(cloud)
    elsewhere = cloud.client("securityhub", region="eu-west-1")
    elsewhere.enable_security_hub()
    made = hub.create_finding_aggregator(RegionLinkingMode="SPECIFIED_REGIONS", Regions=["eu-west-1"])
    arn = made["FindingAggregatorArn"]
    assert made["FindingAggregationRegion"] == "us-east-1"
    refused("LimitExceededException", elsewhere.create_finding_aggregator, RegionLinkingMode="ALL_REGIONS")
    assert elsewhere.list_finding_aggregators()["FindingAggregators"] == [{"FindingAggregatorArn": arn}]
    wanted = {"FindingAggregatorArn": arn, "RegionLinkingMode": "ALL_REGIONS"}
    refused("InvalidInputException", elsewhere.update_finding_aggregator, **wanted)
    hub.update_finding_aggregator(**wanted)
    assert elsewhere.get_finding_aggregator(FindingAggregatorArn=arn)["RegionLinkingMode"] == "ALL_REGIONS"
    hub.delete_finding_aggregator(FindingAggregatorArn=arn)
    refused("ResourceNotFoundException", hub.get_finding_aggregator, FindingAggregatorArn=arn)


@source("User Guide: cross-Region aggregation")
def test_the_home_region_sees_findings_of_linked_regions(cloud: Cloud) -> None:
    hub = enabled(cloud)
    elsewhere = cloud.client("securityhub", region="eu-west-1")
    elsewhere.enable_security_hub()
    account = cloud.client("sts").get_caller_identity()["Account"]
    there = f"arn:aws:securityhub:eu-west-1:{account}:product/{account}/default"
    elsewhere.batch_import_findings(Findings=[finding(account, ProductArn=there)])
    assert hub.get_findings()["Findings"] == []
    hub.create_finding_aggregator(RegionLinkingMode="ALL_REGIONS")
    assert [f["Region"] for f in hub.get_findings()["Findings"]] == ["eu-west-1"]


@source("API reference: EnableSecurityHubV2, DescribeSecurityHubV2, CreateAggregatorV2")
def test_the_newer_security_hub_is_apart(cloud: Cloud) -> None:
    hub = cloud.client("securityhub")
    refused("ResourceNotFoundException", hub.describe_security_hub_v2)
    arn = hub.enable_security_hub_v2()["HubV2Arn"]
    assert hub.describe_security_hub_v2()["HubV2Arn"] == arn
    refused("InvalidAccessException", hub.describe_hub)
    made = hub.create_aggregator_v2(RegionLinkingMode="SPECIFIED_REGIONS", LinkedRegions=["eu-west-1"])
    assert (made["AggregationRegion"], made["LinkedRegions"]) == ("us-east-1", ["eu-west-1"])
    refused("ConflictException", hub.create_aggregator_v2, RegionLinkingMode="ALL_REGIONS")
    hub.delete_aggregator_v2(AggregatorV2Arn=made["AggregatorV2Arn"])
    assert hub.list_aggregators_v2()["AggregatorsV2"] == []
    hub.disable_security_hub_v2()
    refused("ResourceNotFoundException", hub.describe_security_hub_v2)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"SchemaVersion": "2019-01-01"}, "SchemaVersion"),
    ({"Title": "t" * 257}, "Title is too long"),
    ({"Description": "d" * 1025}, "Description is too long"),
    ({"Id": "i" * 513}, "Id is too long"),
    ({"UpdatedAt": "yesterday"}, "UpdatedAt is no timestamp"),
    ({"Severity": {}}, "Severity.Label"),
    ({"Types": []}, "Types"),
    ({"Types": ["Drift"]}, "Types"),
    ({"Types": ["Effects/a/b/c"]}, "Types"),
    ({"Resources": [{"Type": "Other", "Id": str(n)} for n in range(33)]}, "Resources"),
    ({"ProductFields": {f"k{n}": "v" for n in range(51)}}, "ProductFields"),
    ({"ProductFields": {"k": "v" * 2049}}, "ProductFields"),
    ({"ProductFields": {"aws/securityhub/x": "v"}}, "reserved"),
    ({"Compliance": {"RelatedRequirements": ["r"] * 33}}, "RelatedRequirements"),
    ({"Note": {"Text": "n" * 250_000, "UpdatedBy": "a", "UpdatedAt": "2026-01-01T00:00:00Z"}}, "240 KB"),
]


@source("User Guide: required and optional top-level ASFF attributes; API reference: BatchImportFindings, 240 KB")
def test_findings_against_the_format_fail(cloud: Cloud) -> None:
    hub = enabled(cloud)
    account = cloud.client("sts").get_caller_identity()["Account"]
    found = hub.batch_import_findings(
        Findings=[{**finding(account), **wrong} for wrong, _ in WRONG] + [finding(account)]
    )
    assert (found["FailedCount"], found["SuccessCount"]) == (len(WRONG), 1)
    for failed, (_, told) in zip(found["FailedFindings"], WRONG, strict=True):
        assert told in failed["ErrorMessage"]


@source("API reference: BatchImportFindings and BatchUpdateFindings take at most 100")
def test_a_hundred_findings_at_once(cloud: Cloud) -> None:
    hub = enabled(cloud)
    account = cloud.client("sts").get_caller_identity()["Account"]
    many = [finding(account, number) for number in range(101)]
    refused("InvalidInputException", hub.batch_import_findings, Findings=many)
    assert hub.batch_import_findings(Findings=many[:100])["SuccessCount"] == 100
    ids = [{"Id": each["Id"], "ProductArn": each["ProductArn"]} for each in many]
    refused("InvalidInputException", hub.batch_update_findings, FindingIdentifiers=ids, Workflow={"Status": "NOTIFIED"})


@source("User Guide: Setting the workflow status of findings, what resets it")
def test_a_finding_that_comes_back_is_new(cloud: Cloud) -> None:
    hub = enabled(cloud)
    made = finding(cloud.client("sts").get_caller_identity()["Account"])
    ids = [{"Id": made["Id"], "ProductArn": made["ProductArn"]}]
    for status, after in (("RESOLVED", "NEW"), ("SUPPRESSED", "SUPPRESSED")):
        hub.batch_import_findings(Findings=[{**made, "RecordState": "ARCHIVED"}])
        hub.batch_update_findings(FindingIdentifiers=ids, Workflow={"Status": status})
        hub.batch_import_findings(Findings=[made])
        assert hub.get_findings()["Findings"][0]["Workflow"]["Status"] == after
