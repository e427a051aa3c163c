"""Security Hub: what others have called like a key of the config, and one name that was given several times."""

from __future__ import annotations

from typing import Any

import pytest

from landing.core.errors import OperationFailed
from landing.core.model import Scope
from landing.sandbox import Sandbox
from landing.services.registry import KINDS
from landing.services.security_hub.automation_rule import SecurityHubAutomationRule
from tests.cloud import Cloud, WatchedAws
from tests.kinds.conftest import At, converged, of_service
from tests.samples import SMALL

OF_IT = of_service("security_hub")
BEGINNING = (
    "policies: {all: {target: {units: [root]}, standards: [aws-foundational-security-best-practices/v/1.0.0]}}, "
)
OURS = (
    "automation_rules: {noise: {description: Ours, order: 10, where: {SeverityLabel: {eq: [LOW]}}, "
    "then: {workflow: SUPPRESSED}}}, custom_actions: {quarantine: {name: Quarantine, description: Ours}}"
)


def text(settings: str = "") -> str:
    return f"{SMALL}services: {{security_hub: {{{BEGINNING}{settings}}}}}\n"


def client(cloud: Cloud, account: str = "security-tooling", region: str = "eu-west-1") -> Any:
    return cloud.sandbox.session(cloud.open().tree.account_ids[account], region=region).client("securityhub")


def make(hub: Any, name: str) -> None:
    hub.create_automation_rule(
        RuleName=name,
        Description="Theirs",
        RuleOrder=5,
        Criteria={"SeverityLabel": [{"Value": "HIGH", "Comparison": "EQUALS"}]},
        Actions=[
            {"Type": "FINDING_FIELDS_UPDATE", "FindingFieldsUpdate": {"Workflow": {"Status": "NOTIFIED"}}},
        ],
    )


def held(hub: Any) -> list[tuple[str, str]]:
    rules = [(rule["RuleName"], rule["Description"]) for rule in hub.list_automation_rules()["AutomationRulesMetadata"]]
    actions = [
        (each["ActionTargetArn"].rpartition("/")[2], each["Description"])
        for each in hub.describe_action_targets()["ActionTargets"]
    ]
    return sorted([*rules, *actions])


def test_what_others_have_called_like_a_key_stays_and_of_ours_one_of_a_name_is_left(sandbox: Sandbox, at: At) -> None:
    hub = client(converged(at(text()), OF_IT))
    theirs = [("noise", "Theirs"), ("noise", "Theirs"), ("noise", "Theirs"), ("quarantine", "Theirs")]
    for name, _ in theirs[:3]:
        make(hub, name)
    hub.create_action_target(Name="Theirs", Description="Theirs", Id="quarantine")
    converged(at(text(OURS)), OF_IT)
    assert held(hub) == sorted([*theirs, ("landing-noise", "Ours"), ("landingquarantine", "Ours")])
    for _ in range(2):
        make(hub, "landing-noise")
    plan = at(text(OURS)).plan(OF_IT)
    assert len(plan.changes) == 2
    assert len(plan.unmanaged) == len(theirs)
    converged(at(text(OURS)), OF_IT)
    assert held(hub) == sorted([*theirs, ("landing-noise", "Ours"), ("landingquarantine", "Ours")])
    converged(at(text()), OF_IT)
    assert held(hub) == theirs


class Deleting(WatchedAws):
    """A door behind which somebody deletes every automation rule once they have been listed."""

    hub: Any

    def _after_call(self, **rest: Any) -> None:
        if rest["model"].name == "ListAutomationRules":
            arns = [each["RuleArn"] for each in self.hub.list_automation_rules()["AutomationRulesMetadata"]]
            if arns:
                self.hub.batch_delete_automation_rules(AutomationRulesArns=arns)


class LeavingOut(WatchedAws):
    """A door that answers for no automation rule."""

    def _after_call(self, **rest: Any) -> None:
        if rest["model"].name == "BatchGetAutomationRules":
            answer = rest["parsed"]
            left = [{"RuleArn": each["RuleArn"], "ErrorCode": "500"} for each in answer["Rules"]]
            answer.update(Rules=[], UnprocessedAutomationRules=left)


def test_a_rule_that_is_deleted_meanwhile_is_missing_and_one_that_aws_leaves_out_is_a_gap(
    sandbox: Sandbox, at: At
) -> None:
    cloud = converged(at(text(OURS)), OF_IT)
    kind, scope = SecurityHubAutomationRule(), Scope("security-tooling", "eu-west-1")
    with pytest.raises(OperationFailed, match=r"automation-rule/.*: AWS does not say why"):
        list(kind.read(cloud.organization, LeavingOut(cloud.organization), scope))
    aws = Deleting(cloud.organization)
    aws.hub = client(cloud)
    assert list(kind.read(cloud.organization, aws, scope)) == []


@pytest.mark.parametrize(
    ("where", "size"),
    [
        ("{Id: {eq: [%s], prefix: [%s]}}", 10),
        ("{AwsAccountId: {eq: [%s], neq: [%s]}}", 50),
    ],
)
def test_values_of_a_criterion_are_counted_over_all_comparisons(problems: Any, where: str, size: int) -> None:
    def codes(more: int) -> set[str]:
        values = [", ".join(f"a{n}" for n in range(size + each)) for each in (0, more)]
        rule = f"{{description: D, order: 1, where: {where % tuple(values)}, then: {{workflow: SUPPRESSED}}}}"
        return {
            each.code for each in problems(text=text(f"automation_rules: {{a: {rule}}}")) if each.severity == "error"
        }

    assert codes(0) == set()
    assert codes(1) == {"LZ441"}


DEV = "dev: {target: {units: [workloads/dev]}, standards: [], disabled_controls: [IAM.6]}"
SWITCHED = f"{text(OURS)}".replace("policies: {all:", f"policies: {{{DEV}, all:")
MOVED = SWITCHED.replace("security_tooling: security-tooling", "security_tooling: shop-dev")


def central(hub: Any) -> dict[str, Any]:
    """What central configuration is: policies with the targets of each, linked regions, how members get it."""
    policies = {each["Id"]: each["Name"] for each in hub.list_configuration_policies()["ConfigurationPolicySummaries"]}
    found: dict[str, list[str]] = {name: [] for name in policies.values()}
    for each in hub.list_configuration_policy_associations()["ConfigurationPolicyAssociationSummaries"]:
        if each["AssociationType"] == "APPLIED":
            found[policies[each["ConfigurationPolicyId"]]].append(each["TargetId"])
    (aggregator,) = hub.list_finding_aggregators()["FindingAggregators"]
    linked = hub.get_finding_aggregator(FindingAggregatorArn=aggregator["FindingAggregatorArn"])["Regions"]
    mode = hub.describe_organization_configuration()["OrganizationConfiguration"]["ConfigurationType"]
    return {"policies": found, "linked": linked, "mode": mode}


def test_another_administrator_gets_all_that_the_config_says_in_one_plan(sandbox: Sandbox, at: At) -> None:
    before = converged(at(SWITCHED), OF_IT)
    was = central(client(before))
    assert {len(targets) for targets in was["policies"].values()} == {1}
    assert len(was["policies"]) == 2
    moved = at(MOVED)
    plan = moved.plan(OF_IT)
    (switch,) = [each for each in plan.changes if each.address.kind == "security_hub_administrator"]
    told = " ".join(KINDS["security_hub_administrator"].notes(moved.organization, switch))
    assert "switch: security-tooling is dismissed, shop-dev is appointed, and then members" in told
    for lost in ("configuration policies", "associations", "automation rules", "custom actions", "insights"):
        assert lost in told.partition("Lost: ")[2].partition("To keep")[0]
    assert "--allow switch-off" in told
    result = moved.apply(OF_IT)
    assert result.complete, result.failed
    assert moved.plan(OF_IT).changes == ()
    admins = sandbox.session(region="eu-west-1").client("securityhub").list_organization_admin_accounts()
    assert [each["AccountId"] for each in admins["AdminAccounts"]] == [moved.open().tree.account_ids["shop-dev"]]
    assert central(client(moved, "shop-dev")) == was
    for region in ("eu-west-1", "us-east-1"):
        rules = client(moved, "shop-dev", region).list_automation_rules()["AutomationRulesMetadata"]
        assert [each["RuleName"] for each in rules] == ["landing-noise"]
    assert held(client(moved, "shop-dev")) == [("landing-noise", "Ours"), ("landingquarantine", "Ours")]


def test_a_switch_that_was_cut_off_ends_when_it_is_run_again(sandbox: Sandbox, at: At) -> None:
    was = central(client(converged(at(SWITCHED), OF_IT)))
    for operation in ("EnableOrganizationAdminAccount", "CreateConfigurationPolicy", "CreateAutomationRule"):
        sandbox.faults.reject("securityhub", operation, code="AccessDeniedException", status=403, times=1)
        assert not at(MOVED).apply(OF_IT).complete
    assert central(client(converged(at(MOVED), OF_IT), "shop-dev")) == was
