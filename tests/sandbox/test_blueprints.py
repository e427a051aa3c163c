"""The shipped blueprints as stacks: made, in sync, seen when changed from outside, updated, deleted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from landing.blueprint.resource_names import FLOW_LOG_BUCKET, FLOW_LOGS_DOCUMENT
from landing.library import Library
from landing.sandbox.services.ssm import automation
from tests.sandbox.cloud import Cloud, source
from tests.sandbox.lab import Lab
from tests.sandbox.meddling import MEDDLING

SOURCE = "CloudFormation Template reference: the types of the blueprint"
DRIFT = "CloudFormation User Guide: Detect unmanaged configuration changes to stacks and resources with drift detection"


@pytest.fixture
def cloud(in_process: Cloud) -> Cloud:
    return in_process


@pytest.fixture
def lab(cloud: Cloud, library: Library) -> Lab:
    return Lab(cloud, library)


REMEDIATION = {
    "identifier": "IAM_PASSWORD_POLICY", "parameters": {"MinimumPasswordLength": 16}, "home_only": False,
    "document": "AWSConfigRemediation-SetIAMPasswordPolicy", "document_parameters": {"MinimumPasswordLength": 16},
    "permissions": ["iam:UpdateAccountPasswordPolicy"], "automatic": True, "attempts": 5, "retry_seconds": 60,
    "concurrency": 10, "error_percentage": 10,
}  # fmt: skip
REMEDIATIONS = {
    "passwords": REMEDIATION,
    "vpcs": {
        **REMEDIATION,
        "identifier": "VPC_FLOW_LOGS_ENABLED",
        "parameters": {},
        "document": FLOW_LOGS_DOCUMENT,
        "document_parameters": {"VpcId": "RESOURCE_ID", "LogDestinationARN": FLOW_LOG_BUCKET},
        "permissions": ["ec2:CreateFlowLogs"],
    },
}
NEEDS: dict[str, tuple[str, ...]] = {
    "alarms_events": ("alarms_role",),
    "alarms_slack": ("alarms",),
    "default_network_removal": ("default_network_removal_role",),
    "dns_attachment": ("address_pools", "transit_hub", "shared_network", "dns_hub", "dns_firewall"),
    "dns_hub": ("address_pools", "transit_hub", "shared_network"),
    "forensics": ("forensics_network",),
    "host_management": ("host_management_role",),
    "config_recorder": ("log_archive", "config_recorder_role"),
    "config_remediation": ("log_archive", "config_recorder_role", "config_recorder"),
    "perimeter_endpoints": ("address_pools", "transit_hub", "shared_network"),
    "playbook": ("playbook_roles",),
    "shared_network": ("address_pools", "transit_hub"),
    "resolver_query_logs": ("log_archive", "resolver_query_logs_role"),
    "resource_explorer_view": ("resource_explorer",),
    "software_inventory": ("log_archive",),
    "trail_alarms": ("cloudtrail_logs",),
    "transit_attachment": ("address_pools", "transit_hub", "shared_network"),
    "service_quotas": ("service_quotas_role",),
    "volume_encryption": ("volume_encryption_role",),
}
CHANGES: dict[str, dict[str, Any]] = {
    "account_alias": {"alias": "acme-store"},
    "account_baseline": {"snapshots": "block-new-sharing"},
    "address_pools": {"default_prefix": 22},
    "alarms": {
        "severity": "LOW",
        "firewall_role": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/aws-service-role/fms.amazonaws.com/AWSServiceRoleForFMS",
    },
    "alarms_events": {"severity": "CRITICAL"},
    "alarms_slack": {"slack": {"on-call": {"workspace": "T0123ABCD", "channel": "C0123ABCDEG"}}},
    "backup_role": {"restores": True},
    "backup_vault": {"min_days": 35, "max_days": 400},
    "break_glass_role": {"mfa_minutes": 15},
    "budget": {"amount": 5000},
    "cost_anomalies": {"amount": 500, "emails": ["finance@example.com"]},
    "ecr_scanning": {"scan_type": "ENHANCED"},
    "cloudtrail_logs": {"log_group_days": 365},
    "config_recorder": {"recording_frequency": "DAILY", "snapshot_frequency": "One_Hour"},
    "config_remediation": {"remediations": {**REMEDIATIONS, "passwords": {**REMEDIATION, "attempts": 2}}},
    "config_remediation_role": {
        "remediations": {**REMEDIATIONS, "passwords": {**REMEDIATION, "permissions": ["iam:GetUser"]}}
    },
    "data_key": {"users": ["role/shop-*", "role/search"]},
    "dns_firewall": {"blocked": ["example.org", "*.example.net"], "threats": "block"},
    "dns_hub": {"clients": ["10.0.0.0/8", "172.16.0.0/12"], "share_with": ["123456789012"]},
    "forensics": {"lock_days": 730},
    "forensics_network": {"log_days": 30},
    "log_archive": {"retention_days": 3650, "archive_days": 90},
    "patch_baselines": {"approve_after_days": 2, "bugfixes": True, "rejected": ["KB5000001"]},
    "patching": {"severity": "CRITICAL", "tags": {"patch": ["auto"]}},
    "resolver_query_logs": {"every_hours": 1},
    "resource_explorer_view": {"filter_string": "-service:iam", "tags": False},
    "software_inventory": {"every_hours": 24},
    "permission_boundary": {"denied_actions": ["aws-portal:*"]},
    "pipeline": {"session_hours": 12},
    "perimeter_endpoints": {"clients": ["10.64.0.0/16"], "accounts": ["602401143452"]},
    "playbook": {"at_most": 1, "approvers": ["oncall"]},
    "playbook_roles": {"never": ["arn:aws:iam::*:user/ann"]},
    "read_role": {"trusted": "role/landing-plan"},
    "service_quotas": {"quotas": {"lambda/L-B99A9384": 3000}},
    "shared_network": {"log_days": 30},
    "security_lake_roles": {"key": "mrk-0123456789abcdef0123456789abcdef"},
    "trail_alarms": {"denials": 7},
    "transit_hub": {"auto_accept": False},
    "volume_encryption": {"shared_with": ["123456789012"]},
    "session_manager": {"idle_minutes": 5},
    "security_audit_role": {"max_session_hours": 4},
}
"""What is changed in an update, where the blueprint has something to change."""
ALL = ("account_alias", "account_baseline", "address_pools", "alarms", "alarms_events", "alarms_role", "alarms_slack", "backup_role",
       "backup_vault", "break_glass_role", "budget", "cloudtrail_logs", "config_aggregator", "config_recorder",
       "config_recorder_role", "config_remediation", "config_remediation_role", "cost_anomalies", "data_key", "default_network_removal", "default_network_removal_role", "dns_attachment", "dns_firewall", "dns_hub",
       "ecr_scanning", "forensics", "forensics_network", "host_management", "host_management_role", "log_archive",
       "patch_baselines", "patching", "perimeter_endpoints", "permission_boundary", "pipeline", "playbook", "playbook_roles", "read_role",
       "resolver_query_logs", "resolver_query_logs_role", "resource_explorer", "resource_explorer_view", "security_audit_role",
       "security_lake_roles", "service_quotas", "service_quotas_role", "session_manager", "shared_network", "software_inventory", "trail_alarms", "transit_attachment", "transit_hub", "volume_encryption", "volume_encryption_role")  # fmt: skip


def test_no_blueprint_is_left_out(library: Library) -> None:
    assert set(library.blueprint_files) == set(ALL)


PLAYBOOK: dict[str, dict[str, Any]] = {
    "playbook": {
        "key": "keys",
        "title": "Make a key inactive",
        "pattern": {"source": ["aws.guardduty"]},
        "document": {
            "schemaVersion": "0.3",
            "parameters": {"User": {"type": "String", "allowedPattern": "^[a-z]+$"}},
            "mainSteps": [{"name": "list", "action": "aws:executeAwsApi", "inputs": {"Service": "iam", "Api": "ListAccessKeys", "UserName": "{{ User }}"}}],
        },
        "event": {"User": "$.detail.user"},
        "values": {},
    },
    "playbook_roles": {
        "key": "keys",
        "title": "Make a key inactive",
        "permissions": [{"Effect": "Allow", "Action": "iam:ListAccessKeys", "Resource": "*"}],
    },
}  # fmt: skip


def _given(name: str) -> dict[str, Any]:
    """Parameters of a blueprint that has no defaults, or that does little by itself."""
    if name == "break_glass_role":
        return {"trusted": ["user/ann", "user/ben"]}
    if name == "log_archive":
        return {"receives": ["flow-logs", "resolver-queries", "inventory"]}
    if name in ("budget", "cost_anomalies"):
        return {"emails": ["costs@example.com"]}
    if name == "forensics":
        return {"trusted": ["role/oncall"], "analysis": True}
    if name == "account_alias":
        return {"alias": "acme-shop"}
    if name == "service_quotas":
        return {"quotas": {"lambda/L-B99A9384": 2000}}
    if name == "patch_baselines":
        return {"systems": ["AMAZON_LINUX_2023", "SUSE", "UBUNTU", "WINDOWS"]}
    if name == "dns_hub":
        return {"forward": {"corp.example.com": ["10.200.0.2", "10.200.0.3:5353"]}, "local": ["aws.corp.example.com"]}
    if name == "dns_attachment":
        return {"rules": 2, "zone": "shop.example.com", "firewall": True}
    if name == "dns_firewall":
        return {"blocked": ["example.org"]}
    if name == "perimeter_endpoints":
        return {"services": ["kms", "ssm"]}
    if name == "address_pools":
        return {"pools": {"us-east-1": "10.0.0.0/12"}}
    if name == "shared_network":
        return {"pooled": True, "attached": True}
    if name == "security_lake_roles":
        return {"rollup": "eu-west-1"}
    if name == "data_key":
        return {"users": ["role/shop-*"]}
    if name == "alarms_slack":
        return {"slack": {"on-call": {"workspace": "T0123ABCD", "channel": "C0123ABCDEF"}}}
    if name == "alarms_events":
        return {"watched_roles": ["break-glass"], "rule_names": ["OrgConfigRule-landing-root-key-", "landing-public"]}
    if name.startswith("config_remediation"):
        return {"remediations": REMEDIATIONS}
    if name in PLAYBOOK:
        return PLAYBOOK[name]
    if name != "pipeline":
        return {}
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iam:GetRole", "Resource": "*"}]}
    account = {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}
    trust = {"Statement": [{"Effect": "Allow", "Principal": account, "Action": "sts:AssumeRole"}]}
    return {
        "roles": {"plan": "landing-plan", "apply": "landing-apply"},
        "trust": {role: {"Version": "2012-10-17", **trust} for role in ("plan", "apply")},
        "policies": {"plan": [document], "apply": [document, document]},
        "session_hours": 1,
        "provider": {"url": "https://gitlab.example.com", "audience": "landing"},
        "lock_bucket": "acme-landing-lock",
        "record_bucket": "acme-landing-records",
        "artifact_bucket": "acme-landing-artifacts",
        "plans_key": True,
    }


@pytest.mark.parametrize("name", ALL)
@source(SOURCE)
def test_a_blueprint_lives_a_whole_life(lab: Lab, name: str) -> None:
    for needed in NEEDS.get(name, ()):
        lab.deploy(needed, **_given(needed))
    stack = lab.deploy(name, **_given(name))
    assert stack.drift() == {}
    if name in CHANGES:
        before = stack.resources()
        lab.update(stack, **{**_given(name), **CHANGES[name]})
        assert stack.resources() == before
        assert stack.drift() == {}
    assert stack.delete() == "DELETE_COMPLETE", stack.reasons()


@source("Systems Manager User Guide: an association runs when it is made, and when somebody asks")
def test_vpcs_that_are_there_and_that_come_have_their_queries_logged(lab: Lab) -> None:
    ec2, resolver, ssm = (lab.cloud.client(name) for name in ("ec2", "route53resolver", "ssm"))

    def logged() -> set[str]:
        found = resolver.list_resolver_query_log_config_associations()["ResolverQueryLogConfigAssociations"]
        return {each["ResourceId"] for each in found}

    ec2.create_vpc(CidrBlock="10.1.0.0/16")
    for needed in NEEDS["resolver_query_logs"]:
        lab.deploy(needed, **_given(needed))
    lab.deploy("resolver_query_logs")
    assert logged() == {each["VpcId"] for each in ec2.describe_vpcs()["Vpcs"]}
    ec2.create_vpc(CidrBlock="10.2.0.0/16")
    (association,) = ssm.list_associations()["Associations"]
    ssm.start_associations_once(AssociationIds=[association["AssociationId"]])
    assert logged() == {each["VpcId"] for each in ec2.describe_vpcs()["Vpcs"]}
    lab.deploy("software_inventory")
    (sync,) = ssm.list_resource_data_sync()["ResourceDataSyncItems"]
    assert sync["LastStatus"] == "Successful"


@source("Amazon EBS User Guide: Amazon EBS encryption by default; a default key is set by Region")
def test_volumes_are_encrypted_by_a_key_of_the_account_and_are_again(lab: Lab) -> None:
    ec2, ssm = lab.cloud.client("ec2"), lab.cloud.client("ssm")
    lab.deploy("volume_encryption_role")
    lab.deploy("volume_encryption")
    key = lab.cloud.client("kms").describe_key(KeyId="alias/landing-volumes")["KeyMetadata"]["Arn"]

    def now() -> tuple[bool, str]:
        return ec2.get_ebs_encryption_by_default()["EbsEncryptionByDefault"], ec2.get_ebs_default_kms_key_id()[
            "KmsKeyId"
        ]

    assert now() == (True, key)
    ec2.disable_ebs_encryption_by_default()
    ec2.reset_ebs_default_kms_key_id()
    assert now() == (False, "alias/aws/ebs")
    (association,) = ssm.list_associations()["Associations"]
    ssm.start_associations_once(AssociationIds=[association["AssociationId"]])
    assert now() == (True, key)


@source("VPC User Guide: Default VPCs: delete default subnets and default VPCs")
def test_a_default_vpc_goes_where_nothing_is_in_it(lab: Lab) -> None:
    ec2, ssm = lab.cloud.client("ec2"), lab.cloud.client("ssm")
    vpc = _default_network(ec2)
    other = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    ec2.create_egress_only_internet_gateway(VpcId=other)
    gone = ec2.create_vpc_peering_connection(VpcId=vpc, PeerVpcId=other)["VpcPeeringConnection"]
    ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=gone["VpcPeeringConnectionId"])
    vpn = ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
    ec2.attach_vpn_gateway(VpcId=vpc, VpnGatewayId=vpn)
    ec2.detach_vpn_gateway(VpcId=vpc, VpnGatewayId=vpn)
    lab.deploy("default_network_removal_role")
    lab.deploy("default_network_removal")
    (run,) = ssm.describe_automation_executions()["AutomationExecutionMetadataList"]
    left = {each["VpcId"] for each in ec2.describe_vpcs()["Vpcs"]}
    gateways = ec2.describe_internet_gateways()["InternetGateways"]
    assert (run["AutomationExecutionStatus"], left, gateways) == ("Success", {other}, [])
    (association,) = ssm.list_associations()["Associations"]
    ssm.start_associations_once(AssociationIds=[association["AssociationId"]])
    runs = ssm.describe_automation_executions()["AutomationExecutionMetadataList"]
    assert [each["AutomationExecutionStatus"] for each in runs] == ["Success", "Success"]


def _default_network(ec2: Any) -> str:
    """The default VPC, with an internet gateway as AWS makes one with it."""
    (vpc,) = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc["VpcId"])
    found: str = vpc["VpcId"]
    return found


def _subnet_of(ec2: Any, vpc: str) -> str:
    found: str = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"][-1]["SubnetId"]
    return found


def _peered(ec2: Any, vpc: str, *, asks: bool) -> None:
    other = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    mine, theirs = (vpc, other) if asks else (other, vpc)
    ec2.create_vpc_peering_connection(VpcId=mine, PeerVpcId=theirs)


def _private_nat(ec2: Any, vpc: str) -> None:
    ec2.create_nat_gateway(SubnetId=_subnet_of(ec2, vpc), ConnectivityType="private")


def _vpn(ec2: Any, vpc: str) -> None:
    ec2.attach_vpn_gateway(VpcId=vpc, VpnGatewayId=ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"])


def _hub_attached(ec2: Any, vpc: str) -> None:
    hub = ec2.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    ec2.create_transit_gateway_vpc_attachment(TransitGatewayId=hub, VpcId=vpc, SubnetIds=[_subnet_of(ec2, vpc)])


KEEP: dict[str, tuple[str, Callable[[Any, str], Any]]] = {
    "an address in use": ("onlyDefaultSubnets", lambda ec2, vpc: ec2.create_network_interface(SubnetId=_subnet_of(ec2, vpc))),
    "a subnet": ("onlyDefaultSubnets", lambda ec2, vpc: ec2.create_subnet(VpcId=vpc, CidrBlock="172.31.240.0/20")),
    "a route table": ("onlyMainRouteTable", lambda ec2, vpc: ec2.create_route_table(VpcId=vpc)),
    "a security group": (
        "onlyDefaultGroup", lambda ec2, vpc: ec2.create_security_group(GroupName="web", Description="web", VpcId=vpc),
    ),
    "a network ACL": ("onlyDefaultAcl", lambda ec2, vpc: ec2.create_network_acl(VpcId=vpc)),
    "a gateway endpoint": (
        "noEndpoints", lambda ec2, vpc: ec2.create_vpc_endpoint(VpcId=vpc, ServiceName="com.amazonaws.us-east-1.s3"),
    ),
    "a peering that it asked for": ("noRequests", lambda ec2, vpc: _peered(ec2, vpc, asks=True)),
    "a peering that it was asked for": ("noAcceptances", lambda ec2, vpc: _peered(ec2, vpc, asks=False)),
    "a NAT gateway": ("onlyDefaultSubnets", _private_nat),
    "a VPN gateway": ("noVpnGateways", _vpn),
    "a transit gateway": ("noTransitAttachments", _hub_attached),
    "an egress-only gateway": (
        "noEgressOnlyGateways", lambda ec2, vpc: ec2.create_egress_only_internet_gateway(VpcId=vpc),
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", KEEP)
@source("ec2: DeleteVpc (API reference); VPC User Guide: Delete your VPC")
def test_a_default_vpc_stays_whole_where_something_is_in_it(lab: Lab, what: str) -> None:
    ec2, ssm = lab.cloud.client("ec2"), lab.cloud.client("ssm")
    vpc = _default_network(ec2)
    check, make = KEEP[what]
    make(ec2, vpc)

    def there() -> list[Any]:
        return [
            ec2.describe_vpcs()["Vpcs"],
            ec2.describe_internet_gateways()["InternetGateways"],
            ec2.describe_subnets()["Subnets"],
        ]

    before = there()
    lab.deploy("default_network_removal_role")
    lab.deploy("default_network_removal")
    (run,) = ssm.describe_automation_executions()["AutomationExecutionMetadataList"]
    id_ = run["AutomationExecutionId"]
    found = ssm.get_automation_execution(AutomationExecutionId=id_)["AutomationExecution"]
    assert (found["AutomationExecutionStatus"], there()) == ("Failed", before)
    failed = [each["StepName"] for each in found["StepExecutions"] if each["StepStatus"] == "Failed"]
    assert check in failed
    assert check in found["FailureMessage"]


@source("iam: CreateAccountAlias, ListAccountAliases (API reference): an account has one")
def test_an_account_has_its_alias_and_has_it_again(lab: Lab) -> None:
    iam, ssm = lab.cloud.client("iam"), lab.cloud.client("ssm")

    def now() -> list[str]:
        found: list[str] = iam.list_account_aliases()["AccountAliases"]
        return found

    lab.deploy("account_alias", alias="acme-shop")
    assert now() == ["acme-shop"]
    iam.create_account_alias(AccountAlias="theirs")
    (association,) = ssm.list_associations()["Associations"]
    for _ in range(2):
        ssm.start_associations_once(AssociationIds=[association["AssociationId"]])
        assert now() == ["acme-shop"]
    runs = ssm.describe_automation_executions()["AutomationExecutionMetadataList"]
    assert [each["AutomationExecutionStatus"] for each in runs] == ["Success"] * 3


QUOTAS = {"lambda/L-B99A9384": 2000, "lambda/L-6581F036": 6, "vpc/L-2AEEBF1A": 40, "vpc/L-F678F1CE": 5}


def _asked(lab: Lab) -> dict[str, tuple[str, list[str]]]:
    """Of the last execution for each quota: how it ended, and the steps that did not succeed."""
    ssm = lab.cloud.client("ssm")
    found = {}
    for each in reversed(ssm.describe_automation_executions()["AutomationExecutionMetadataList"]):
        run = ssm.get_automation_execution(AutomationExecutionId=each["AutomationExecutionId"])["AutomationExecution"]
        failed = [step["StepName"] for step in run["StepExecutions"] if step["StepStatus"] != "Success"]
        quota = "/".join(run["Parameters"][name][0] for name in ("ServiceCode", "QuotaCode"))
        found[quota] = run["AutomationExecutionStatus"], failed, run["StepExecutions"][-1]["StepName"]
    return {
        quota: (status, last if status == "Success" else failed[-1]) for quota, (status, failed, last) in found.items()
    }


def _ask_again(lab: Lab) -> None:
    lab.cloud.advance(86_400)
    ssm = lab.cloud.client("ssm")
    ssm.start_associations_once(
        AssociationIds=[each["AssociationId"] for each in ssm.list_associations()["Associations"]]
    )


@source("Service Quotas API reference: GetServiceQuota, GetAWSDefaultServiceQuota, RequestServiceQuotaIncrease")
def test_quotas_that_are_too_low_are_asked_for_and_followed(lab: Lab, in_process: Cloud) -> None:
    quotas = lab.cloud.client("service-quotas")

    def requests() -> dict[str, list[str]]:
        found = {}
        for each in QUOTAS:
            service, code = each.split("/")
            history = quotas.list_requested_service_quota_change_history_by_quota(ServiceCode=service, QuotaCode=code)
            found[each] = [row["Status"] for row in history["RequestedQuotas"]]
        return found

    lab.deploy("service_quotas_role")
    lab.deploy("service_quotas", quotas=QUOTAS)
    associations = lab.cloud.client("ssm").list_associations()["Associations"]
    assert {each["AssociationName"]: each["Overview"]["Status"] for each in associations} == {
        f"landing-service-quotas-{each.replace('/', '-')}": "Failed" if each == "lambda/L-6581F036" else "Success"
        for each in QUOTAS
    }
    fixed, enough = {"lambda/L-6581F036": ("Failed", "adjustable")}, {"vpc/L-F678F1CE": ("Success", "done")}
    asked = ("lambda/L-B99A9384", "vpc/L-2AEEBF1A")
    assert _asked(lab) == fixed | enough | dict.fromkeys(asked, ("Success", "request"))
    for status in ("PENDING", "CASE_OPENED"):
        lab.cloud.option(quota_answer=status)
        _ask_again(lab)
        assert _asked(lab) == fixed | enough | dict.fromkeys(asked, ("Success", "done"))
        assert requests() == {each: [status] if each in asked else [] for each in QUOTAS}
    lab.cloud.option(quota_answer="APPROVED")
    _ask_again(lab)
    assert _asked(lab) == fixed | enough | dict.fromkeys(asked, ("Success", "done"))
    assert quotas.get_service_quota(ServiceCode="vpc", QuotaCode="L-2AEEBF1A")["Quota"]["Value"] == 40.0
    made = list(automation.calls_of(in_process.sandbox.world, lab.account, "us-east-1"))
    template = lab.rendered("service_quotas_role")
    policy = template["Resources"]["QuotasRole"]["Properties"]["Policies"][0]["PolicyDocument"]
    called = {f"servicequotas:{each.operation}" for each in made}
    assert called == set(policy["Statement"][0]["Action"])
    assert [each.refused for each in made if each.refused not in ("", "NoSuchResourceException")] == []


@pytest.mark.parametrize("answer", ["DENIED", "NOT_APPROVED", "CASE_CLOSED"])
@source("Service Quotas API reference: RequestedServiceQuotaChange, Status")
def test_a_quota_that_was_not_granted_is_told_and_not_asked_for_again(lab: Lab, answer: str) -> None:
    quotas = lab.cloud.client("service-quotas")
    which = {"ServiceCode": "lambda", "QuotaCode": "L-B99A9384"}

    def requests() -> list[str]:
        history = quotas.list_requested_service_quota_change_history_by_quota(**which)["RequestedQuotas"]
        return [each["Status"] for each in history]

    lab.deploy("service_quotas_role")
    lab.deploy("service_quotas", **_given("service_quotas"))
    lab.cloud.option(quota_answer=answer)
    for _ in range(2):
        _ask_again(lab)
        assert _asked(lab) == {"lambda/L-B99A9384": ("Failed", "refused")}
        (association,) = lab.cloud.client("ssm").list_associations()["Associations"]
        assert association["Overview"]["Status"] == "Failed"
        assert requests() == [answer]
    lab.cloud.option(quota_answer="CASE_OPENED")
    quotas.request_service_quota_increase(**which, DesiredValue=2000)
    _ask_again(lab)
    assert _asked(lab) == {"lambda/L-B99A9384": ("Success", "done")}
    lab.cloud.advance(91 * 86_400)
    lab.cloud.option(quota_answer=answer)
    _ask_again(lab)
    lab.cloud.option(quota_answer="PENDING")
    assert (_asked(lab), requests()) == ({"lambda/L-B99A9384": ("Success", "request")}, ["PENDING"])


OPTIONS: dict[str, dict[str, Any]] = {
    "log_archive": {
        "object_lock": {"mode": "GOVERNANCE", "days": 30},
        "receives": ["flow-logs", "resolver-queries", "inventory"],
    },
    "account_alias": _given("account_alias"),
    "alarms_events": _given("alarms_events"),
    "alarms_slack": _given("alarms_slack"),
    "break_glass_role": _given("break_glass_role"),
    "budget": _given("budget"),
    "config_remediation": _given("config_remediation"),
    "config_remediation_role": _given("config_remediation_role"),
    "cost_anomalies": _given("cost_anomalies"),
    "data_key": _given("data_key"),
    "dns_attachment": _given("dns_attachment"),
    "dns_firewall": _given("dns_firewall"),
    "dns_hub": _given("dns_hub"),
    "forensics": _given("forensics"),
    "address_pools": _given("address_pools"),
    "perimeter_endpoints": _given("perimeter_endpoints"),
    "patch_baselines": _given("patch_baselines"),
    "pipeline": _given("pipeline"),
    "security_lake_roles": _given("security_lake_roles"),
    "service_quotas": _given("service_quotas"),
    "shared_network": _given("shared_network"),
    **PLAYBOOK,
}


def test_two_changes_from_outside_at_least_are_tried_of_each_blueprint() -> None:
    tried = Counter(name for name, *_ in MEDDLING)
    assert [name for name in ALL if tried[name] < 2] == []


@pytest.mark.parametrize(("name", "meddle", "resource", "path"), MEDDLING, ids=[row[1].__name__ for row in MEDDLING])
@source(DRIFT)
def test_meddling_is_seen_and_reverted(
    lab: Lab, name: str, meddle: Callable[[Lab], None], resource: str, path: str
) -> None:
    for needed in NEEDS.get(name, ()):
        lab.deploy(needed, **_given(needed))
    stack = lab.deploy(name, **OPTIONS.get(name, {}))
    assert stack.drift() == {}
    meddle(lab)
    assert stack.drift() == {resource: "MODIFIED" if path else "DELETED"}
    if path:
        assert any(found.startswith(path) for found, _ in stack.differences(resource)), stack.differences(resource)
    parameters = [
        {"ParameterKey": p["ParameterKey"], "UsePreviousValue": True} for p in stack.describe().get("Parameters", [])
    ]
    made = stack.change_set(DeploymentMode="REVERT_DRIFT", UsePreviousTemplate=True, Parameters=parameters)
    assert made["Status"] == "CREATE_COMPLETE", made
    assert stack.execute() == "UPDATE_COMPLETE", stack.reasons()
    assert stack.drift() == {}
