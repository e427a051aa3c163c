"""The shipped library: what each blueprint and policy comes down to, clean by AWS's own rules, within its limits."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cfnlint.config import ConfigMixIn
from cfnlint.decode.decode import decode_str
from cfnlint.runner import Runner

from landing.config import load
from landing.library import Library
from landing.organization import Organization
from landing.services.permissions import member_reads
from tests.cloud import BY_NAME
from tests.samples import ALARMED, BUILT, FULL, PLAYED, REMEDIED, SMALL

ROOT = Path(__file__).parents[1]
TEMPLATE_LIMIT = 51_200
"""Bytes of a template in the body of a call. CloudFormation User Guide, quotas."""

Golden = Callable[[str, str], None]


BASELINES = {
    "account-alias",
    "address-pools",
    "backup-role",
    "backup-vault",
    "break-glass-role",
    "budget",
    "cost-anomalies",
    "data-key",
    "ecr-scanning",
    "patch-baselines",
    "patching",
    "resolver-query-logs",
    "resolver-query-logs-role",
    "resource-explorer",
    "resource-explorer-view",
    "software-inventory",
    "default-network-removal",
    "default-network-removal-role",
    "dns-attachment",
    "dns-firewall",
    "dns-hub",
    "forensics",
    "forensics-network",
    "host-management",
    "host-management-role",
    "perimeter-endpoints",
    "permission-boundary",
    "pooled-network",
    "service-quotas",
    "service-quotas-role",
    "session-manager",
    "shared-network",
    "transit-attachment",
    "transit-hub",
    "volume-encryption",
    "volume-encryption-role",
}
BASED = (
    SMALL
    + """
baselines:
  backup-role: {target: {units: [root]}}
  backup-vault: {target: {units: [workloads]}, parameters: {max_days: 400, compliance_after_days: 7}}
  break-glass-role: {target: {units: [root]}, management: true, parameters: {trusted: [user/ann, user/ben]}}
  budget: {target: {units: [root]}, management: true, parameters: {emails: [costs@example.com], amount: 5000}}
  cost-anomalies: {target: {accounts: [shop-prod]}, parameters: {emails: [costs@example.com]}}
  patch-baselines: {target: {units: [workloads]}, parameters: {systems: [AMAZON_LINUX_2023, DEBIAN, SUSE, WINDOWS], bugfixes: true, rejected: [KB5000001]}}
  patching: {target: {units: [workloads]}, parameters: {install: true, tags: {patch: [auto]}, schedule: "cron(0 3 ? * SUN *)"}}
  resolver-query-logs: {target: {units: [workloads]}}
  resolver-query-logs-role: {target: {units: [workloads]}}
  default-network-removal: {target: {units: [workloads]}}
  default-network-removal-role: {target: {units: [workloads]}}
  account-alias: {target: {accounts: [shop-prod]}, parameters: {alias: acme-shop-prod}}
  resource-explorer: {target: {units: [root]}, management: true}
  volume-encryption: {target: {units: [workloads]}, parameters: {shared_with: ["111122223333"]}}
  volume-encryption-role: {target: {units: [workloads]}}
  service-quotas: {target: {units: [workloads]}, parameters: {quotas: {lambda/L-B99A9384: 2000, vpc/L-F678F1CE: 20}}}
  service-quotas-role: {target: {units: [workloads]}}
  software-inventory: {target: {units: [workloads]}}
  ecr-scanning: {target: {units: [workloads]}, parameters: {repositories: ["prod/*", "shop"]}}
  data-key: {target: {units: [workloads]}, parameters: {users: ["role/deploy-*"]}}
  host-management: {target: {units: [workloads]}}
  host-management-role: {target: {units: [workloads]}}
  permission-boundary: {target: {units: [workloads]}, parameters: {denied_actions: ["aws-portal:*"]}}
  session-manager: {target: {units: [workloads]}}
stacks:
  resource-explorer-view: {accounts: [security-tooling], parameters: {filter_string: "-service:iam"}}
  address-pools:
    accounts: [security-tooling]
    parameters: {pools: {eu-west-1: 10.0.0.0/12, us-east-1: 10.16.0.0/12}}
  forensics:
    accounts: [security-tooling]
    parameters:
      trusted: [role/oncall]
      lock_mode: COMPLIANCE
      analysis: true
      NetworkId: "{{ stacks.forensics-network.outputs.NetworkId }}"
      AnalysisGroupId: "{{ stacks.forensics-network.outputs.AnalysisGroupId }}"
  forensics-network: {accounts: [security-tooling], parameters: {zones: 2}}
  dns-hub:
    accounts: [security-tooling]
    parameters:
      forward: {corp.example.com: [10.200.0.2, "10.200.0.3:5353"], ".": [10.200.0.4]}
      local: [aws.corp.example.com]
      NetworkId: "{{ stacks.shared-network.outputs.NetworkId }}"
      SubnetIds: "{{ stacks.shared-network.outputs.SubnetIds }}"
  dns-firewall:
    accounts: [security-tooling]
    parameters: {threats: block, allowed: ["*.example.com"], blocked: [example.org], lists: [rslvr-fdl-0a1b2c3d4e5f6071]}
  dns-attachment:
    accounts: [security-tooling]
    parameters:
      rules: 2
      zone: shop.example.com
      firewall: true
      FirewallRuleGroupId: "{{ stacks.dns-firewall.outputs.FirewallRuleGroupId }}"
      NetworkId: "{{ stacks.shared-network.outputs.NetworkId }}"
      Rule1: "{{ stacks.dns-hub.outputs.CorpExampleComRuleId }}"
      Rule2: "{{ stacks.dns-hub.outputs.AwsCorpExampleComRuleId }}"
  perimeter-endpoints:
    accounts: [security-tooling]
    parameters:
      services: [ecr.api, kms, ssm, sts]
      accounts: ["602401143452"]
      route_tables: [rtb-0a1b2c3d4e5f60718]
      NetworkId: "{{ stacks.shared-network.outputs.NetworkId }}"
      SubnetIds: "{{ stacks.shared-network.outputs.SubnetIds }}"
  transit-hub: {accounts: [security-tooling]}
  shared-network:
    accounts: [security-tooling]
    parameters:
      cidr: 10.64.0.0/16
      zones: 3
      attached: true
      TransitGatewayId: "{{ stacks.transit-hub.outputs.TransitGatewayId }}"
  pooled-network:
    blueprint: shared_network
    accounts: [security-tooling]
    parameters: {pooled: true, name: pooled, IpamPoolId: "{{ stacks.address-pools.outputs.EuWest1PoolId }}"}
  transit-attachment:
    accounts: [security-tooling]
    parameters:
      Attachment: "{{ stacks.shared-network.outputs.AttachmentId }}"
      Segment: "{{ stacks.transit-hub.outputs.WorkloadsRoutesId }}"
      ReachedBy1: "{{ stacks.transit-hub.outputs.SharedRoutesId }}"
services: {log_archive: {receives: [resolver-queries, inventory]}}
"""
)
"""Baselines and stacks that nothing else needs."""


@pytest.fixture(scope="module")
def example(library: Library) -> Organization:
    return load(ROOT / "config", library)[0]


@pytest.fixture(scope="module")
def templates(
    full: Organization, example: Organization, library: Library, load_text: Callable[[str], Organization]
) -> dict[str, str]:
    """Of the organization that has everything, and of the shipped config: as sent, by where they come from.

    The roles of a pipeline and the role for reading are in neither: with that, nothing else could be read by way of the member role.
    """
    found = {
        f"{origin}/{deployment.key}": deployment.template
        for origin, organization in (("full", full), ("example", example))
        for deployment in organization.deployments.values()
    }
    found["alone/read-role"] = library.blueprint("read_role").render(
        {"trusted": "role/plan", "member_reads": member_reads()}
    )
    found["alone/pipeline"] = load_text(BUILT).deployments["pipeline"].template
    logged = REMEDIED.replace(
        "log_archive: {}", "log_archive: {receives: [flow-logs, resolver-queries, inventory]}"
    ).replace("    remediations:\n", "    remediations:\n      flow-logs: {automatic: true}\n")
    remedied = load_text(logged).deployments
    keys = ("log-archive", "config-remediation-role", "config-remediation")
    found |= {f"alone/{key}": remedied[key].template for key in keys}
    played = load_text(PLAYED).deployments
    found |= {f"alone/{key}": each.template for key, each in played.items() if key.startswith("playbook-")}
    slack = "alarms: {slack: {on-call: {workspace: T0123ABCD, channel: C0123ABCDEF}}, "
    alarmed = load_text(ALARMED.replace("alarms: {", slack)).deployments
    found |= {f"alone/{key}": each.template for key, each in alarmed.items() if key.startswith("alarms")}
    based = load_text(BASED).deployments
    found |= {f"alone/{key}": based[key].template for key in based.keys() & BASELINES}
    return {name: json.dumps(template, indent=1) + "\n" for name, template in found.items()}


def test_every_blueprint_is_in_a_template(templates: dict[str, str], library: Library) -> None:
    described = {json.loads(template)["Description"] for template in templates.values()}
    assert len(described) == len(library.blueprint_files)


def test_templates_are_written_as_before(templates: dict[str, str], golden: Golden) -> None:
    for name, template in templates.items():
        golden(f"templates/{name}.json", template)


def linted(templates: Iterable[str], regions: Iterable[str]) -> Iterator[list[str]]:
    """What cfn-lint says of each template; its rules, which take a second to load, are read once."""
    linter = Runner(ConfigMixIn(regions=list(regions)))
    for text in templates:
        template, errors = decode_str(text)
        matches = errors or linter.validate_template(template)
        yield [f"{match.rule.id}: {match.message}" for match in matches]


def test_templates_are_clean_by_cfn_lint(templates: dict[str, str], full: Organization) -> None:
    found = dict(zip(templates, linted(templates.values(), full.governed_regions), strict=True))
    assert {name: matches for name, matches in found.items() if matches} == {}


def test_cfn_lint_would_tell(templates: dict[str, str]) -> None:
    wrong = {"Resources": {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketNam": "logs"}}}}
    right = templates["alone/data-key"]
    found = list(linted([right, json.dumps(wrong), right], ["eu-west-1"]))
    assert [[match.split(":")[0] for match in matches] for matches in found] == [[], ["E3002"], []]


def test_templates_are_within_the_limits(templates: dict[str, str]) -> None:
    for name, template in templates.items():
        body = json.loads(template)
        assert len(json.dumps(body, separators=(",", ":"))) <= TEMPLATE_LIMIT, name
        assert len(body["Resources"]) <= 500, name
        assert len(body.get("Parameters", {})) <= 200, name


def test_rendering_twice_gives_the_same_bytes(templates: dict[str, str], library: Library) -> None:
    again = load(ROOT / "config", library)[0]
    for deployment in again.deployments.values():
        assert json.dumps(deployment.template, indent=1) + "\n" == templates[f"example/{deployment.key}"]


@pytest.mark.parametrize("regions", [("us-gov-west-1", "us-gov-east-1"), ("cn-north-1", "cn-northwest-1")])
def test_the_shipped_config_is_valid_in_every_partition(
    regions: tuple[str, str], library: Library, tmp_path: Path
) -> None:
    for file in (ROOT / "config").glob("*.yaml"):
        text = file.read_text(encoding="utf-8").replace(
            "[eu-west-1, eu-central-1, us-east-1]", f"[{', '.join(regions)}]"
        )
        (tmp_path / file.name).write_text(text.replace("eu-west-1", regions[0]), encoding="utf-8")
    organization, problems = load(tmp_path, library)
    assert organization.home_region == regions[0]
    assert problems == []


def test_policies_of_the_shipped_config_are_sent_as_before(example: Organization, golden: Golden) -> None:
    for guardrail in example.guardrails.values():
        text = json.dumps(guardrail.document, indent=1)
        # The config's own parameters may name what every policy may name.
        assert "{{" not in text
        golden(f"policies/{guardrail.key}.json", text + "\n")


def test_stack_sets_reach_the_same_accounts_as_before(
    full: Organization, example: Organization, golden: Golden
) -> None:
    for origin, organization in (("full", full), ("example", example)):
        reach = {
            resource.address.name: {k: v for k, v in resource.attributes.items() if k != "template"}
            for resource in BY_NAME["stack_set"].desired(organization)
        }
        golden(f"stack_sets/{origin}.json", json.dumps(reach, indent=1, default=str) + "\n")


def test_config_writes_only_below_the_writers_own_account(full: Organization) -> None:
    template = full.deployments["log-archive"].template
    policy = template["Resources"]["ConfigBucketPolicy"]["Properties"]["PolicyDocument"]  # type: ignore[index, call-overload]
    (writes,) = [each for each in policy["Statement"] if each["Sid"] == "ConfigWrites"]  # type: ignore[index, call-overload, union-attr]
    assert writes["Resource"]["Fn::Join"][1][1:] == ["AWSLogs", "${aws:PrincipalAccount}", "Config", "*"]  # type: ignore[index, call-overload]


def test_a_service_writes_logs_for_one_account_and_one_resource_only(load_text: Callable[[str], Organization]) -> None:
    """A service writes for whoever asks it to: bucket and key say whose, and what of theirs."""
    receiving = load_text(FULL.replace("log_archive: {", "log_archive: {receives: [flow-logs, inventory], "))
    resources: Any = receiving.deployments["log-archive"].template["Resources"]
    documents = [
        resource["Properties"].get("PolicyDocument") or resource["Properties"]["KeyPolicy"]
        for resource in resources.values()
        if resource["Type"] in ("AWS::S3::BucketPolicy", "AWS::KMS::Key")
    ]
    admitted = [
        each for document in documents for each in document["Statement"] if "Service" in _named(each["Principal"])
    ]
    assert {each["Principal"]["Service"].partition(".")[0] for each in admitted} == {
        "cloudtrail",
        "delivery",
        "guardduty",
        "logging",
        "macie",
        "ssm",
    }
    for each in admitted:
        asked = {key: value for keys in each["Condition"].values() for key, value in keys.items()}
        source = str(asked["aws:SourceArn"])
        whose = {"aws:SourceAccount", "aws:SourceOrgID"} & asked.keys()
        assert whose or ":${ManagementAccountId}:" in source, each["Sid"]
        if each["Action"] == "s3:PutObject":
            assert each["Resource"]["Fn::Join"][1][1] != "*", f"{each['Sid']} may write anywhere"


def _named(principal: Any) -> dict[str, Any]:
    return principal if isinstance(principal, dict) else {}
