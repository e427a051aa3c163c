"""Security Hub V2: on by policy in members and by its own calls elsewhere, linked regions, rules, connectors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from landing.core.errors import ConfigError
from landing.core.model import Action, Address, Change, Scope
from landing.engine.drift import report
from landing.guardrails.exposure import dangers
from landing.organization import Organization
from landing.report import drift_text
from landing.report.style import Style
from landing.services.registry import KINDS
from tests.cloud import Cloud
from tests.kinds.conftest import At, converged, of_service
from tests.samples import SMALL

HOME, OTHER = "eu-west-1", "us-east-1"
POLICIES = ("policy_type", "policy", "attachments")
OF_IT = [*of_service("security_hub_v2"), *(KINDS[name] for name in POLICIES)]


OFF_IN_DEV = "{overrides: {dev: {target: {units: [workloads/dev]}, enabled: false}}}"


def text(settings: str = "{}", besides: str = "") -> str:
    return f"{SMALL}services:\n  security_hub_v2: {settings}\n{besides}"


def client(cloud: Cloud, account: str = "security-tooling", region: str = HOME) -> Any:
    return cloud.sandbox.session(cloud.open().tree.account_ids[account], region=region).client("securityhub")


def on_in(cloud: Cloud) -> dict[str, list[str]]:
    """Where it is on, by account, with `+` where ports are tried from outside."""
    found: dict[str, list[str]] = {}
    for account in cloud.organization.accounts:
        for region in (HOME, OTHER):
            hub = client(cloud, account, region)
            try:
                features = hub.describe_security_hub_v2()["Features"]
            except hub.exceptions.ResourceNotFoundException:
                continue
            found.setdefault(account, []).append(region + "+" * bool(features))
    return found


def test_on_everywhere_then_otherwise_in_a_unit_then_off_then_gone(at: At) -> None:
    cloud = converged(at(text()), OF_IT)
    both = [HOME, OTHER]
    assert on_in(cloud) == dict.fromkeys(cloud.organization.accounts, both)
    aggregator = client(cloud).list_aggregators_v2()["AggregatorsV2"][0]["AggregatorV2Arn"]
    found = client(cloud).get_aggregator_v2(AggregatorV2Arn=aggregator)
    assert (found["AggregationRegion"], found["LinkedRegions"]) == (HOME, [OTHER])

    overrides = (
        "dev: {target: {units: [workloads/dev]}, enabled: false}, "
        "prod: {target: {accounts: [shop-prod]}, network_scanning: true}"
    )
    cloud = converged(at(text(f"{{overrides: {{{overrides}}}}}")), OF_IT)
    assert on_in(cloud) == {
        **dict.fromkeys(("management", "log-archive", "security-tooling"), both),
        "shop-prod": [f"{HOME}+", f"{OTHER}+"],
    }

    off = at(text("{enabled: false}"))
    plan = off.plan(OF_IT)
    gone = {str(each.address) for each in plan.changes if each.action is Action.DELETE}
    assert {
        f"security_hub_v2.organization@{account}/{region}"
        for account in ("management", "security-tooling")
        for region in both
    } < gone
    assert off.apply(OF_IT).complete
    assert on_in(off) == {}
    assert off.plan(OF_IT).changes == ()
    converged(at(SMALL), OF_IT)


def test_an_override_or_a_move_that_switches_it_off_wants_leave_to_weaken(at: At) -> None:
    first = at(text())
    assert not dangers(first.organization, first.plan(OF_IT).changes), "it comes on"
    off = at(text("{enabled: false}"))
    found = dangers(off.organization, off.plan(OF_IT).changes)
    assert "disable_in_regions is set to" in found[Address("attachments", "root")]["weaken"], "accounts may have it on"
    made = Change(Action.CREATE, Address("organization", "this"), None, {})
    assert not dangers(off.organization, [*off.plan(OF_IT).changes, made]), "there are none yet"
    converged(at(text(OFF_IN_DEV)), OF_IT)

    moved = at(text(OFF_IN_DEV).replace("unit: workloads/prod", "unit: workloads/dev"))
    found = dangers(moved.organization, moved.plan([*OF_IT, KINDS["account"]]).changes)
    assert "securityhub.enable_in_regions is set to []" in found[Address("account", "shop-prod")]["weaken"]

    more = at(text(OFF_IN_DEV.replace("[workloads/dev]", "[workloads/dev, workloads/prod]")))
    found = dangers(more.organization, more.plan(OF_IT).changes)
    assert f"so far [{HOME}, {OTHER}]" in found[Address("attachments", "unit/workloads/prod")]["weaken"]

    above = at(text(OFF_IN_DEV.replace("units: [workloads/dev]", "units: [workloads]")))
    found = dangers(above.organization, above.plan(OF_IT).changes)
    assert "weaken" in found[Address("attachments", "unit/workloads")]
    alike = at(text("{overrides: {dev: {target: {units: [workloads/dev]}, enabled: false}, prod: {target: {units: "
                    "[workloads/prod]}, enabled: true}}}"))  # fmt: skip
    assert not dangers(alike.organization, alike.plan(OF_IT).changes), "what comes to the same is let pass"


def test_dropped_at_once_it_stays_on_in_members_and_the_plan_says_so(at: At) -> None:
    converged(at(text()), OF_IT)
    none = at(SMALL)
    changes = [each for each in none.plan(OF_IT).changes if each.address.kind == "security_hub_v2"]
    assert all(
        "members keep it" in " ".join(KINDS["security_hub_v2"].notes(none.organization, each)) for each in changes
    )
    assert list(KINDS["security_hub_v2"].dangers(changes[0])) == ["switch-off"]
    assert none.apply(OF_IT).complete
    assert {*on_in(none)} == {"log-archive", "shop-prod", "shop-dev"}


def test_one_region_has_nothing_to_link_and_another_is_switched_off(at: At) -> None:
    left = at(text().replace(f"[{HOME}, {OTHER}]", f"[{HOME}]"))
    converged(at(text()), OF_IT)
    deletion = Change(
        Action.DELETE, KINDS["security_hub_v2"].address("organization", Scope("management", OTHER)), {}, None
    )
    assert "disable_in_regions" in " ".join(KINDS["security_hub_v2"].notes(left.organization, deletion))
    cloud = converged(at(text("{disable_in_regions: [us-east-1]}")), OF_IT)
    assert on_in(cloud) == {key: [HOME] for key in cloud.organization.accounts}
    assert client(cloud).list_aggregators_v2()["AggregatorsV2"] == []


RULE = "{description: d, order: %d, where: {severity: {eq: [High]}}, then: %s}"


def test_rules_and_connectors_come_change_and_go_and_those_of_others_stay(at: At) -> None:
    rules = (
        f"a: {RULE % (1, '{severity: CRITICAL, status: NEW, comment: c}')}, b: {RULE % (2, '{ticket: jira}')}, "
        "c: {description: d, order: 3, enabled: false, resources: {ResourceCreationTime: {within_days: 3}}, "
        "then: {criticality: Low}}"
    )
    cloud = at(text(f"{{connectors: {{jira: {{jira_project: SEC}}}}, automation_rules: {{{rules}}}}}"))
    converged(cloud, OF_IT)
    hub = client(cloud)
    (waits,) = cloud.plan(OF_IT).waiting.values()
    assert waits == (
        "no ticket is made until somebody logs in to Jira Cloud: in this account and region, in Security Hub's console under "
        "Integrations"
    )
    told = drift_text.render(report(cloud.organization, cloud.plan(OF_IT)), cloud.organization, Style())
    assert f"waits for somebody: security_hub_v2_connector.jira@security-tooling/eu-west-1: {waits}" in told
    assert "under way" not in told
    theirs = {"OcsfFindingCriteria": {"CompositeFilters": []}}
    action = {"Type": "FINDING_FIELDS_UPDATE", "FindingFieldsUpdate": {"StatusId": 3}}
    for name in ("theirs", "landing-a"):  # the second of a name of ours is one too many
        hub.create_automation_rule_v2(RuleName=name, Description="d", RuleOrder=9.0, Criteria=theirs, Actions=[action])
    plan = cloud.plan(OF_IT)
    (deletion,) = plan.changes
    assert deletion.action is Action.DELETE
    assert deletion.address.name.startswith("a (")

    changed = at(
        text(
            "{connectors: {jira: {jira_project: OPS, description: d}}, automation_rules: {a: "
            + RULE % (4, "{status: NEW}")
            + "}}"
        )
    )
    converged(changed, OF_IT)
    (connector,) = hub.list_connectors_v2()["Connectors"]
    assert connector["ProviderSummary"]["ProviderConfiguration"]["JiraCloud"]["ProjectKey"] == "OPS"
    moved = at(
        text(
            "{connectors: {jira: {servicenow_instance: i, servicenow_secret: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:s'}}}"
        )
    )
    (change,) = [each for each in moved.plan(OF_IT).changes if each.address.kind == "security_hub_v2_connector"]
    assert "another key" in " ".join(KINDS["security_hub_v2_connector"].impossible(change, {}))
    converged(at(text()), OF_IT)
    assert [each["RuleName"] for each in hub.list_automation_rules_v2()["Rules"]] == ["theirs"]
    assert hub.list_connectors_v2()["Connectors"] == []


def test_what_somebody_writes_by_hand_that_the_config_cannot_say_is_drift(at: At) -> None:
    cloud = converged(at(text(f"{{automation_rules: {{a: {RULE % (1, '{status: NEW}')}}}}}")), OF_IT)
    hub = client(cloud)
    (rule,) = hub.list_automation_rules_v2()["Rules"]
    one = {"FieldName": "severity", "Filter": {"Value": "High", "Comparison": "EQUALS"}}
    other = {"FieldName": "status", "Filter": {"Value": "New", "Comparison": "EQUALS"}}
    for parts, operator in (
        ([{"StringFilters": [one, other]}], "AND"),
        ([{"StringFilters": [one]}, {"StringFilters": [other]}], "OR"),
        ([{"StringFilters": [one]}, {"StringFilters": [one]}], "AND"),
        ([{"StringFilters": [one, one], "Operator": "AND"}], "AND"),
        ([{"StringFilters": [one], "NestedCompositeFilters": [{"StringFilters": [other]}]}], "AND"),
    ):
        criteria = {"OcsfFindingCriteria": {"CompositeFilters": parts, "CompositeOperator": operator}}
        hub.update_automation_rule_v2(Identifier=rule["RuleArn"], Criteria=criteria)
        (change,) = cloud.plan(OF_IT).changes
        assert "where" in " ".join(KINDS[change.address.kind].weakened(cloud.organization, change))
    converged(cloud, OF_IT)


ANY = (
    "{automation_rules: {a: {description: d, order: 1, then: {status: NEW}, where: {severity: {eq: [High, Critical]}, "
    "any: [{resources.tags: {env: prod}}, {status: {eq: [New, Open]}}, {resources.type: {eq: [AwsS3Bucket], neq: [A, B]}, "
    "severity_id: {gte: 4}, class_name: {prefix: [x]}}]}}, b: {description: d, order: 2, then: {criticality: Low}, "
    "resources: {any: [{AccountName: {eq: [a]}}, {ResourceTags: {env: prod}, AccountName: {neq: [b]}}]}}}}"
)


def test_one_of_several_groups_of_fields(at: At) -> None:
    cloud = converged(at(text(ANY)), OF_IT)
    hub = client(cloud)
    arns = {each["RuleName"]: each["RuleArn"] for each in hub.list_automation_rules_v2()["Rules"]}
    criteria = hub.get_automation_rule_v2(Identifier=arns["landing-a"])["Criteria"]
    severity, groups = criteria["OcsfFindingCriteria"]["CompositeFilters"]
    assert (severity["Operator"], groups["Operator"]) == ("OR", "OR")
    tags, status, several = groups["NestedCompositeFilters"]
    assert (next(iter(tags)), status["Operator"], several["Operator"]) == ("MapFilters", "OR", "AND")
    assert [each["FieldName"] for each in several["StringFilters"]] == [*["resources.type"] * 3, "class_name"]
    new = {"FieldName": "status", "Filter": {"Value": "New", "Comparison": "EQUALS"}}
    for other in (
        {**groups, "Operator": "AND"},
        {**groups, "NestedCompositeFilters": [tags, status]},
        {**groups, "NestedCompositeFilters": [tags, status, {**several, "Operator": "OR"}]},
        {**groups, "NestedCompositeFilters": [tags, status, {**several, "StringFilters": [new, new]}]},
    ):
        filters = {"CompositeFilters": [severity, other], "CompositeOperator": "AND"}
        hub.update_automation_rule_v2(Identifier=arns["landing-a"], Criteria={"OcsfFindingCriteria": filters})
        (change,) = cloud.plan(OF_IT).changes
        assert change.address.name == "a"
    converged(cloud, OF_IT)


def test_an_aggregator_elsewhere_is_made_anew_at_home(at: At) -> None:
    cloud = converged(at(text()), OF_IT)
    here, there = client(cloud), client(cloud, region=OTHER)
    here.delete_aggregator_v2(**here.list_aggregators_v2()["AggregatorsV2"][0])
    there.create_aggregator_v2(RegionLinkingMode="ALL_REGIONS")
    (change,) = cloud.plan(OF_IT).changes
    assert change.before
    assert (change.before["region"], change.before["linked_regions"]) == (OTHER, "ALL_REGIONS")
    converged(cloud, OF_IT)


def test_another_account_that_administers_the_other_product_is_in_the_way(at: At) -> None:
    kinds = of_service("security_hub")
    other = text().replace("security_tooling: security-tooling", "security_tooling: shop-dev")
    first = converged(at(other.replace("security_hub_v2", "security_hub")), kinds)
    assert first.plan(kinds).changes == ()
    cloud = at(text())
    (change,) = [each for each in cloud.plan(OF_IT).changes if each.address.kind == "security_hub_v2_administrator"]
    (why,) = KINDS["security_hub_v2_administrator"].in_the_way(cloud.organization, cloud.open(), change)
    assert "shop-dev administers Security Hub CSPM" in why


def test_both_products_move_to_another_account_together(at: At) -> None:
    kinds = [*OF_IT, *(kind for kind in KINDS if kind.service == "security_hub")]
    both = text("{}", "  security_hub: {}\n")
    converged(at(both), kinds)
    moved = converged(at(both.replace("security_tooling: security-tooling", "security_tooling: shop-dev")), kinds)
    assert {*on_in(moved)} == {*moved.organization.accounts}


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("{disable_in_regions: [eu-west-1]}", "cannot be seen from the home region"),
        (
            "{policy: false, overrides: {a: {target: {units: [workloads]}, enabled: false}}}",
            "parts of the organization policy",
        ),
        ("{enabled: false, overrides: {a: {target: {units: [workloads]}, enabled: true}}}", "which administers it"),
        ("{connectors: {a: {}}}", "for Jira Cloud or for ServiceNow"),
        ("{connectors: {a: {servicenow_instance: i}}}", "needs an instance of ServiceNow and its secret"),
        ("{automation_rules: {a: {description: d, order: 1, then: {status: NEW}}}}", "of findings or of resources"),
        (
            "{automation_rules: {a: {description: d, order: 1, then: {status: NEW}, "
            "where: {any: [{status: {eq: [New]}}, {status: {eq: [New, Open]}, severity_id: {gte: 4}}]}}}}",
            "several values of `status`",
        ),
        ("{automation_rules: {a: " + RULE % (1, "{criticality: High}") + "}}", "no criticality"),
        ("{automation_rules: {a: " + RULE % (1, "{ticket: x}") + "}}", "no connector `x`"),
        ("{automation_rules: {a: " + RULE % (1, "{ticket: x, status: NEW}") + "}}", "a rule does one of both"),
        (
            "{automation_rules: {a: {description: d, order: 1, resources: {ResourceId: {eq: [x]}}, then: {status: NEW}}}}",
            "how critical",
        ),
    ],
)
def test_what_aws_would_refuse_is_an_error(settings: str, said: str, load_text: Callable[[str], Organization]) -> None:
    with pytest.raises(ConfigError) as caught:
        load_text(text(settings))
    (problem,) = [each for each in caught.value.problems if said in each.message]
    assert (problem.code, problem.severity) == ("LZ469", "error")


@pytest.mark.parametrize("blank", ["{jira_project: ' '}", "{servicenow_instance: ' '}"])
def test_a_blank_name_is_refused_where_it_stands(blank: str, load_text: Callable[[str], Organization]) -> None:
    """API reference, JiraCloudProviderConfiguration and ServiceNowProviderConfiguration: NonEmptyString."""
    with pytest.raises(ConfigError) as caught:
        load_text(text(f"{{connectors: {{desk: {blank}}}}}"))
    (problem,) = caught.value.problems
    assert problem.pointer[:4] == ("services", "security_hub_v2", "connectors", "desk")
    assert (problem.code, problem.source and problem.source.line) == ("LZ206", len(SMALL.splitlines()) + 2)


def test_other_problems(load_text: Callable[[str], Organization]) -> None:
    taken = SMALL + "guardrails:\n  security-hub-v2: {policy: s3-account-public-access, target: {units: [root]}}\n"
    for wrong, code in (
        (f"{taken}services: {{security_hub_v2: {{}}}}\n", "LZ471"),
        (
            text("{network_scanning: true}")
            .replace("us-east-1", "us-gov-west-1")
            .replace("eu-west-1", "us-gov-east-1"),
            "LZ469",
        ),
    ):
        with pytest.raises(ConfigError) as caught:
            load_text(wrong)
        assert code in {each.code for each in caught.value.problems}
