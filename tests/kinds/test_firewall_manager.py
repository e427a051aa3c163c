"""Firewall Manager: policies of every type, whom they reach, those of others, and another administrator."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from landing.config import load
from landing.core.errors import ConfigError, ImpossiblePlan
from landing.core.model import Action, Change
from landing.engine.order.unique_names import refuse_impossible
from landing.library import Library
from landing.organization import Organization
from landing.sandbox import Sandbox
from landing.services.firewall_manager.policy import FirewallPolicy
from landing.services.firewall_manager.scope import scope_of
from landing.services.registry import KINDS
from tests.cloud import Cloud
from tests.kinds.conftest import At, converged, of_service
from tests.samples import SMALL

OF_IT = of_service("firewall_manager")
REGION, OTHER = "eu-west-1", "us-east-1"
CONFIG = "config: {recorders: false}"
CLOUDFRONT = "AWS::CloudFront::Distribution"


def text(*policies: str, config: str = CONFIG) -> str:
    written = "".join(f"      {each}\n" for each in policies)
    return f"{SMALL}services:\n  {config}\n  firewall_manager:\n    policies:\n{written}"


def client(cloud: Cloud, account: str = "security-tooling", region: str = REGION) -> Any:
    return cloud.sandbox.session(cloud.open().tree.account_ids[account], region=region).client("fms")


def policies(cloud: Cloud, region: str = REGION) -> dict[str, Any]:
    fms = client(cloud, region=region)
    listed = fms.list_policies()["PolicyList"]
    return {each["PolicyName"]: fms.get_policy(PolicyId=each["PolicyId"])["Policy"] for each in listed}


def group(cloud: Cloud) -> str:
    session = cloud.sandbox.session(cloud.open().tree.account_ids["security-tooling"], region=REGION)
    return str(session.client("ec2").describe_security_groups()["SecurityGroups"][0]["GroupId"])


def change_of(cloud: Cloud, name: str) -> Change:
    (found,) = [
        each for each in cloud.plan(OF_IT).changes if each.address.name == name and each.address.scope.region == REGION
    ]
    return found


ONE = "web: {target: {units: [workloads]}, regions: [eu-west-1], web_acl: {first: [{managed: AWSManagedRulesCommonRuleSet}]}}"


def every_type(sg: str) -> str:
    here = "target: {units: [workloads]}, regions: [eu-west-1]"
    managed = "{managed: AWSManagedRulesCommonRuleSet, version: Version_1.0, count: true}"
    return text(
        f"web: {{{here}, remediate: true, clean_up: true, web_acl: {{first: [{managed}], default_action: BLOCK, "
        "replace: true, log_to: 'arn:aws:s3:::aws-waf-logs-acme'}}",
        "site: {target: {units: [root]}, resource_types: ['" + CLOUDFRONT + "'], "
        "web_acl: {last: [{arn: 'arn:aws:wafv2:us-east-1:111122223333:global/rulegroup/a/b'}], retrofit: true}}",
        f"common: {{{here}, common_security_groups: {{groups: [{sg}], revert: true}}}}",
        f"content: {{{here}, security_group_content: {{groups: [{sg}], action: DENY}}, description: What may be open}}",
        "usage: {target: {tags: {env: dev}}, security_group_usage: {redundant: true, after_minutes: 60}}",
        "acl: {target: {units: [root], exclude: {units: [security], tags: {env: prod}}}, network_acl: {first: "
        "[{action: deny, protocol: '6', cidr: 0.0.0.0/0, ports: [22, 22]}, {action: deny, cidr: '::/0', egress: true}], force_first: true}}",
        f"dns: {{{here}, dns_firewall: {{first: {{rslvr-frg-1: 10}}, last: {{rslvr-frg-2: 9911}}}}}}",
        f"lb: {{{here}, shield_advanced: {{}}, resource_types: ['AWS::EC2::EIP', 'AWS::ElasticLoadBalancing::LoadBalancer'], "
        "resource_tags: {edge: ''}, resource_tags_any: true, exclude_resource_tags: true}",
        "cdn: {target: {units: [root]}, shield_advanced: {automatic_response: COUNT}, resource_types: ['"
        + CLOUDFRONT
        + "']}",
        f"firewall: {{{here}, managed_service_data: {{type: NETWORK_FIREWALL, networkFirewallStatelessDefaultActions: "
        "['aws:drop'], firewallDeploymentModel: {centralizedFirewallDeploymentModel: {}}}}",
    )


def test_policies_of_every_type_and_nothing_in_the_end(at: At) -> None:
    cloud = converged(at(text(ONE)), OF_IT)
    converged(at(every_type(group(cloud))), OF_IT)
    here, there = policies(cloud), policies(cloud, OTHER)
    assert {*here} == {
        f"landing-{key}" for key in ("web", "common", "content", "usage", "acl", "dns", "lb", "firewall")
    }
    assert {*there} == {f"landing-{key}" for key in ("site", "usage", "acl", "cdn")}, "CloudFront has one for all"

    tree = cloud.open().tree
    assert here["landing-web"]["IncludeMap"] == {"ORG_UNIT": [tree.node_id("workloads")]}
    assert here["landing-web"]["RemediationEnabled"] is here["landing-web"]["DeleteUnusedFMManagedResources"] is True
    assert here["landing-usage"]["IncludeMap"] == {"ACCOUNT": [tree.account_ids["shop-dev"]]}
    excluded = {"ORG_UNIT": [tree.node_id("security")], "ACCOUNT": [tree.account_ids["shop-prod"]]}
    assert here["landing-acl"]["ExcludeMap"] == excluded
    assert {"IncludeMap", "ExcludeMap"}.isdisjoint(there["landing-site"]), "the root is no unit to AWS"
    option = here["landing-firewall"]["SecurityServicePolicyData"]["PolicyOption"]
    assert option == {"NetworkFirewallPolicy": {"FirewallDeploymentModel": "CENTRALIZED"}}
    assert "ManagedServiceData" not in here["landing-lb"]["SecurityServicePolicyData"]
    assert here["landing-lb"]["ResourceType"] == "ResourceTypeList"
    assert here["landing-lb"]["ResourceTagLogicalOperator"] == "OR"

    none = at(SMALL)
    deletion = change_of(none, "lb")
    assert list(KINDS["firewall_policy"].dangers(deletion)) == ["delete"]
    assert "accounts stay subscribed" in " ".join(KINDS["firewall_policy"].notes(none.organization, deletion))
    assert none.apply(OF_IT).complete
    assert none.plan(OF_IT).changes == ()
    with pytest.raises(Exception, match="no Firewall Manager administrator"):
        client(cloud, "management", OTHER).get_admin_account()


def test_what_somebody_changed_is_seen_and_put_back(at: At) -> None:
    cloud = converged(at(text(ONE)), OF_IT)
    fms, (policy,) = client(cloud), policies(cloud).values()
    content = json.loads(policy["SecurityServicePolicyData"]["ManagedServiceData"])
    content["defaultAction"] = {"type": "BLOCK"}
    content["preProcessRuleGroups"] = []
    policy["SecurityServicePolicyData"]["ManagedServiceData"] = json.dumps(content)
    fms.put_policy(Policy={**policy, "RemediationEnabled": True})
    change = change_of(cloud, "web")
    assert change.before is not None
    assert change.after is not None
    assert {name for name in change.after if change.after[name] != change.before[name]} == {"content", "remediate"}
    converged(cloud, OF_IT)
    fms.delete_policy(PolicyId=policy["PolicyId"])
    assert change_of(cloud, "web").action is Action.CREATE
    converged(cloud, OF_IT)


def test_policies_of_others_stay_theirs_and_keep_the_administrator(at: At) -> None:
    cloud = converged(at(text(ONE)), OF_IT)
    fms, (ours,) = client(cloud), policies(cloud).values()
    alike = {name: value for name, value in ours.items() if name not in ("PolicyId", "PolicyUpdateToken")}
    theirs = fms.put_policy(Policy=alike)["Policy"]["PolicyId"]
    plan = cloud.plan(OF_IT)
    assert plan.changes == ()
    assert "landing-web (by name)" in {address.name for address in plan.unmanaged if address.kind == "firewall_policy"}

    none = at(SMALL)
    observed = none.observe(OF_IT)
    with pytest.raises(ImpossiblePlan, match=r"landing-web \(by name\) in eu-west-1"):
        refuse_impossible(KINDS, none.plan(OF_IT).changes, observed.live)
    fms.delete_policy(PolicyId=theirs)
    assert none.apply(OF_IT).complete
    assert none.plan(OF_IT).changes == ()


def test_another_administrator_resigns_first(sandbox: Sandbox, at: At) -> None:
    cloud = at(SMALL)
    assert cloud.apply().complete
    ids = cloud.open().tree.account_ids
    client(cloud, "management", OTHER).associate_admin_account(AdminAccount=ids["shop-prod"])
    assert cloud.plan(OF_IT).changes == ()
    wanted = at(text(ONE))
    (switch,) = [each for each in wanted.plan(OF_IT).changes if each.address.kind == "firewall_administrator"]
    kind = KINDS["firewall_administrator"]
    assert (switch.before, list(kind.dangers(switch))) == ({"account": "shop-prod"}, ["switch-off"])
    assert "every policy of that account" in " ".join(kind.notes(wanted.organization, switch))
    converged(wanted, OF_IT)
    found = client(cloud, "management", OTHER).get_admin_account()
    assert (found["AdminAccount"], found["RoleStatus"]) == (ids["security-tooling"], "READY")


def test_the_reason_is_told_when_aws_refuses_an_administrator_to_the_end(sandbox: Sandbox, at: At) -> None:
    message = "Something about the organization"
    sandbox.faults.reject("fms", "AssociateAdminAccount", code="InvalidOperationException", message=message, times=None)
    result = at(text(ONE)).apply(OF_IT)
    assert message in " ".join(map(str, result.failed.values()))


def test_what_must_be_allowed_and_what_is_told(at: At) -> None:
    kind, cloud = FirewallPolicy(), converged(at(text(ONE)), OF_IT)
    unused = "old: {target: {units: [root]}, regions: [eu-west-1], remediate: true, security_group_usage: {}}"
    shield = "ddos: {target: {units: [workloads/prod]}, regions: [eu-west-1], shield_advanced: {}}"
    more = at(text(ONE.replace("regions", "remediate: true, delete_resources: true, regions"), unused, shield))
    assert list(kind.dangers(change_of(more, "old"))) == ["delete"]
    assert "for good" in " ".join(kind.notes(more.organization, change_of(more, "old")))
    assert list(kind.dangers(change_of(more, "ddos"))) == ["subscription"]
    told = " ".join(kind.notes(more.organization, change_of(more, "ddos")))
    assert "$3,000 a month" in told
    assert "a year that nobody can cancel" in told
    assert list(kind.dangers(change_of(more, "web"))) == []
    assert "remediation" in " ".join(kind.notes(more.organization, change_of(more, "web")))
    converged(more, OF_IT)

    wider = at(text(ONE, unused, shield.replace("workloads/prod", "workloads")))
    assert list(kind.dangers(change_of(wider, "ddos"))) == ["subscription"]
    assert [*kind.weakened(wider.organization, change_of(wider, "web"))] == ["remediate true → false"]

    without = at(text(unused, shield))
    deletion = change_of(without, "web")
    assert list(kind.dangers(deletion)) == ["delete", "delete-resources"]
    converged(without, OF_IT)
    admin = cloud.open().tree.account_ids["security-tooling"]
    assert cloud.sandbox.world.states["fms"][admin, REGION].left == {"landing-web": False}


def parted(*administrators: str) -> str:
    written = "".join(f"      {each}\n" for each in administrators)
    return f"{SMALL}services:\n  {CONFIG}\n  firewall_manager:\n    administrators:\n{written}"


PART = "shop-prod: {target: {units: [workloads]}, regions: [eu-west-1], policy_types: [DNS_FIREWALL]}"
PART_KIND = "firewall_part_administrator"


def listed(cloud: Cloud) -> dict[str, bool]:
    keys = cloud.open().tree.account_keys
    found = client(cloud, "management", OTHER).list_admin_accounts_for_organization()["AdminAccounts"]
    return {keys[each["AdminAccount"]]: each["DefaultAdmin"] for each in found}


def test_an_administrator_of_a_part_comes_changes_and_goes(at: At) -> None:
    cloud = converged(at(parted(PART)), OF_IT)
    ids, unit = cloud.open().tree.account_ids, cloud.open().tree.node_id("workloads")
    management = client(cloud, "management", OTHER)

    def scope() -> Any:
        return management.get_admin_scope(AdminAccount=ids["shop-prod"])["AdminScope"]

    found = scope()
    assert found["AccountScope"]["Accounts"] == []
    assert found["OrganizationalUnitScope"]["OrganizationalUnits"] == [unit]
    assert found["RegionScope"] == {"Regions": ["eu-west-1"], "AllRegionsEnabled": False}
    wider = at(parted("shop-prod: {target: {units: [root], exclude: {accounts: [log-archive]}}}"))
    (change,) = wider.plan(OF_IT).changes
    assert "policies of it that are outside" in " ".join(KINDS[PART_KIND].notes(wider.organization, change))
    assert len([*KINDS[PART_KIND].weakened(wider.organization, change)]) == 3
    converged(wider, OF_IT)
    found = scope()
    assert found["AccountScope"]["Accounts"] == [ids["log-archive"]]
    assert found["AccountScope"]["ExcludeSpecifiedAccounts"] is True
    assert found["PolicyTypeScope"] == {"AllPolicyTypesEnabled": True}
    converged(at(parted("shop-prod: {}")), OF_IT)
    assert scope()["AccountScope"]["AllAccountsEnabled"] is True

    none = at(f"{SMALL}services: {{{CONFIG}, firewall_manager: {{}}}}\n")
    (change,) = none.plan(OF_IT).changes
    assert (change.action, list(KINDS[PART_KIND].dangers(change))) == (Action.DELETE, ["switch-off"])
    assert "deletes every policy" in " ".join(KINDS[PART_KIND].notes(none.organization, change))
    converged(none, OF_IT)
    assert listed(none) == {"security-tooling": True}
    tags = cloud.sandbox.session().client("organizations").list_tags_for_resource(ResourceId=ids["shop-prod"])["Tags"]
    assert "landing:firewall-administrator" not in {each["Key"] for each in tags}


def test_an_administrator_of_others_is_left_alone_until_it_is_named(at: At) -> None:
    cloud = converged(at(parted(PART)), OF_IT)
    ids = cloud.open().tree.account_ids
    client(cloud, "management", OTHER).put_admin_account(AdminAccount=ids["shop-dev"], AdminScope={})
    plan = cloud.plan(OF_IT)
    assert plan.changes == ()
    assert {each.name for each in plan.unmanaged if each.kind == PART_KIND} == {"shop-dev"}
    none = at(SMALL)
    with pytest.raises(ImpossiblePlan, match="shop-dev is not ours"):
        refuse_impossible(KINDS, none.plan(OF_IT).changes, none.observe(OF_IT).live)
    named = at(parted(PART, "shop-dev: {policy_types: [WAFV2]}"))
    (change,) = named.plan(OF_IT).changes
    assert change.adopts
    converged(named, OF_IT)
    assert none.apply(OF_IT).complete
    assert none.plan(OF_IT).changes == ()
    with pytest.raises(Exception, match="no Firewall Manager administrator"):
        client(cloud, "management", OTHER).get_admin_account()


def test_administrators_of_parts_outlast_another_default_one(at: At) -> None:
    cloud = converged(at(parted(PART)), OF_IT)
    moved = at(parted(PART).replace("security_tooling: security-tooling", "security_tooling: shop-dev"))
    (change,) = [each for each in moved.plan(OF_IT).changes if each.address.kind == "firewall_administrator"]
    assert "shop-prod resigns before that" in " ".join(
        KINDS["firewall_administrator"].notes(moved.organization, change)
    )
    converged(moved, OF_IT)
    assert listed(cloud) == {"shop-dev": True, "shop-prod": False}


def test_one_that_has_resigned_is_appointed_again_or_forgotten(at: At) -> None:
    cloud = converged(at(parted(PART)), OF_IT)
    client(cloud, "shop-prod", OTHER).disassociate_admin_account()
    (change,) = cloud.plan(OF_IT).changes
    assert change.action is Action.CREATE
    converged(cloud, OF_IT)
    client(cloud, "shop-prod", OTHER).disassociate_admin_account()
    while len(listed(cloud)) > 1:
        pass
    none = at(f"{SMALL}services: {{{CONFIG}, firewall_manager: {{}}}}\n")
    (change,) = none.plan(OF_IT).changes
    assert change.action is Action.DELETE
    converged(none, OF_IT)


@pytest.mark.parametrize(
    ("administrator", "message"),
    [
        ("nobody: {}", "no account `nobody`"),
        ("security-tooling: {}", "is the default administrator"),
        ("management: {}", "members of the organization only"),
        ("shop-prod: {regions: [mars-1]}", "not in mars-1"),
        ("shop-prod: {policy_types: [THIRD_PARTY_FIREWALL]}", "for the default administrator alone"),
        ("shop-prod: {target: {tags: {env: none}}}", "no account of the config"),
    ],
)
def test_a_part_that_aws_would_refuse(
    administrator: str, message: str, load_text: Callable[[str], Organization]
) -> None:
    with pytest.raises(ConfigError) as error:
        load_text(parted(administrator))
    (found,) = [each for each in error.value.problems if each.severity == "error"]
    assert (found.code, message in found.message) == ("LZ466", True), found.message


TOLD = "    notifications: {topics: {us-east-1: 'arn:aws:sns:us-east-1:111122223333:firewalls'}}\n"
EVERYWHERE = ONE.replace(", regions: [eu-west-1]", "")


def test_who_is_told_hears_by_the_topic_of_the_alarms_or_another(at: At) -> None:
    alarms = text(EVERYWHERE) + TOLD + "  alarms: {email: [a@example.com]}\n"
    kinds = [*OF_IT, *(kind for kind in KINDS if kind.name in ("stack", "governed_account"))]
    cloud = at(alarms)
    assert cloud.apply(kinds).complete
    assert cloud.plan(OF_IT).changes == ()
    account = cloud.open().tree.account_ids["security-tooling"]
    home, there = (client(cloud, region=each).get_notification_channel() for each in (REGION, OTHER))
    assert home["SnsTopicArn"] == f"arn:aws:sns:eu-west-1:{account}:landing-alarms"
    assert home["SnsRoleName"].endswith(f"{account}:role/aws-service-role/fms.amazonaws.com/AWSServiceRoleForFMS")
    assert there["SnsTopicArn"] == "arn:aws:sns:us-east-1:111122223333:firewalls"
    session = cloud.sandbox.session(account, region=REGION)
    policy = json.loads(
        session.client("sns").get_topic_attributes(TopicArn=home["SnsTopicArn"])["Attributes"]["Policy"]
    )
    (publishes,) = [each for each in policy["Statement"] if each["Sid"] == "Firewalls"]
    assert publishes["Condition"] == {"ArnEquals": {"aws:PrincipalArn": home["SnsRoleName"]}}
    wanted = at(alarms.replace(TOLD, ""))
    changes = {each.address.kind: each.action for each in wanted.plan(OF_IT).changes}
    assert changes == {"firewall_notifications": Action.DELETE}
    assert wanted.apply(OF_IT).complete
    with pytest.raises(Exception, match="no notification channel"):
        client(cloud).get_notification_channel()
    theirs = client(cloud, region=OTHER).get_notification_channel()["SnsTopicArn"]
    assert theirs == there["SnsTopicArn"], "a topic that the config does not name may be anybody's"
    assert wanted.plan(OF_IT).changes == ()


@pytest.mark.parametrize(
    ("told", "message", "severity"),
    [
        ("{topics: {eu-west-1: 'arn:aws:sns:us-east-1:111122223333:t'}}", "is in another region", "error"),
        ("{topics: {us-east-1: 'arn:aws:sns:us-east-1:111122223333:t'}}", "no policy in us-east-1", "error"),
        ("{}", "nobody is told of what policies find in eu-west-1", "warning"),
    ],
)
def test_a_channel_of_nothing_or_to_nobody(
    told: str, message: str, severity: str, tmp_path: Path, library: Library
) -> None:
    (tmp_path / "landing.yaml").write_text(text(ONE) + f"    notifications: {told}\n", encoding="utf-8")
    try:
        _, problems = load(tmp_path, library)
    except ConfigError as error:
        problems = error.problems
    assert (message, severity) in {
        (words, each.severity) for each in problems for words in [message] if words in each.message
    }


def test_what_is_forgotten_has_no_mark(at: At) -> None:
    cloud = converged(at(text(ONE)), OF_IT)
    (before,) = [each for each in at(SMALL).plan(OF_IT).changes if each.address.kind == "firewall_policy"]
    change = Change(Action.FORGET, before.address, before.before, None)
    FirewallPolicy().apply(cloud.organization, cloud.open(read_only=False), change)
    (address,) = [each for each in at(SMALL).plan(OF_IT).unmanaged if each.kind == "firewall_policy"]
    assert address.name == "landing-web (by name)"


def test_units_and_accounts_of_a_target(load_text: Callable[[str], Organization]) -> None:
    target = "{units: [workloads], exclude: {accounts: [shop-dev]}}"
    organization = load_text(text(ONE.replace("{units: [workloads]}", target)))
    service = organization.services["firewall_manager"]
    found = scope_of(organization, service.settings.policies["web"].target)
    assert found == {"include": {"units": ["workloads/prod"], "accounts": []}}


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        ("a: {target: {units: [root]}}", "in no way what it is"),
        ("a: {target: {units: [root]}, web_acl: {first: [{managed: A}]}, shield_advanced: {}}", "in several ways"),
        ("a: {target: {units: [root]}, managed_service_data: {x: 1}}", "no `type`"),
        ("a: {target: {units: [root]}, security_group_usage: {}, resource_types: ['AWS::EC2::VPC']}", "is not for AWS::EC2::VPC"),
        ("a: {target: {units: [root], exclude: {units: [root]}}, security_group_usage: {}}", "whole organization out"),
        ("a: {target: {tags: {env: none}}, security_group_usage: {}}", "no account of the config"),
        ("a: {target: {units: [root]}, security_group_usage: {}, resource_tags_any: true}", "without `resource_tags`"),
        ("a: {target: {units: [root]}, security_group_usage: {}, regions: [eu-west-3]}", "eu-west-3 is not governed"),
        ("a: {target: {units: [root]}, common_security_groups: {groups: [sg-12345678]}}", "sg-12345678 is in one region"),
        (
            "a: {target: {units: [root]}, regions: [eu-west-1], web_acl: {first: [{arn: 'arn:aws:wafv2:eu-west-3:1:x'}]}}",
            "what is in eu-west-3",
        ),
        (
            f"a: {{target: {{units: [root]}}, shield_advanced: {{}}, resource_types: ['{CLOUDFRONT}', 'AWS::EC2::EIP']}}",
            "one for all regions",
        ),
        ("a: {target: {units: [root]}, shield_advanced: {}, clean_up: true}", "no `clean_up`"),
        ("a: {target: {units: [root]}, shield_advanced: {automatic_response: COUNT}}", "for CloudFront alone"),
        ("a: {target: {units: [root]}, web_acl: {}}", "no rule group"),
        ("a: {target: {units: [root]}, web_acl: {first: [{}]}}", "a managed one or one's own"),
        ("a: {target: {units: [root]}, web_acl: {first: [{managed: A}], replace: true, retrofit: true}}", "or retrofitted"),
        ("a: {target: {units: [root]}, network_acl: {}}", "no rule"),
        ("a: {target: {units: [root]}, network_acl: {first: [{action: deny, cidr: 10.0.0.1/8}]}}", "no range"),
        ("a: {target: {units: [root]}, network_acl: {last: [{action: deny, cidr: '::/0', ports: [1]}]}}", "TCP (6)"),
        (
            "a: {target: {units: [root]}, network_acl: {last: [{action: deny, cidr: '::/0', protocol: '6', ports: [2, 1]}]}}",
            "before the first",
        ),
        ("a: {target: {units: [root]}, security_group_usage: {unused: false}}", "looks for nothing"),
        ("a: {target: {units: [root]}, security_group_content: {deny_all_protocols: false}}", "looks for nothing"),
        ("a: {target: {units: [root]}, dns_firewall: {}}", "no rule group"),
    ],
)  # fmt: skip
def test_a_policy_that_aws_would_refuse(policy: str, message: str, load_text: Callable[[str], Organization]) -> None:
    with pytest.raises(ConfigError) as error:
        load_text(text(policy))
    (found,) = [each for each in error.value.problems if each.severity == "error"]
    assert (found.code, message in found.message) == ("LZ466", True), found.message


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ("macie: {}", "must be among the services"),
        ("config: {recording_frequency: DAILY}", "must record all the time"),
    ],
)
def test_config_must_record(config: str, message: str, load_text: Callable[[str], Organization]) -> None:
    with pytest.raises(ConfigError) as error:
        load_text(text(ONE, config=config))
    assert [message in each.message for each in error.value.problems if each.code == "LZ467"] == [True]


def test_the_region_of_cloudfront_must_be_governed(load_text: Callable[[str], Organization]) -> None:
    site = "a: {target: {units: [root]}, shield_advanced: {}, resource_types: ['" + CLOUDFRONT + "']}"
    with pytest.raises(ConfigError) as error:
        load_text(text(site).replace("[eu-west-1, us-east-1]", "[eu-west-1]"))
    assert ["us-east-1 is not governed" in each.message for each in error.value.problems if each.code == "LZ467"] == [
        False,
        True,
    ]
