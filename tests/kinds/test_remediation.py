"""Remediations: the rule and what mends it go to every account and region, and the role to every account."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from landing.organization import Organization
from landing.sandbox import Sandbox
from landing.services.config.settings import ConfigSettings
from landing.services.config.shipped_remediations import SHIPPED
from tests.cloud import Cloud
from tests.conftest import Load
from tests.kinds.conftest import At
from tests.kinds.test_config_rule import OF_IT
from tests.kinds.test_conformance_pack import HOME, OTHER, client
from tests.samples import REMEDIED, SMALL


def text(remediations: str, receiving: str = "{}") -> str:
    return f"{SMALL}services: {{log_archive: {receiving}, config: {{remediations: {remediations}}}}}\n"


def test_a_rule_and_what_mends_it_are_everywhere(sandbox: Sandbox, at: At) -> None:
    cloud = at(REMEDIED)
    result = cloud.apply(OF_IT)
    assert result.complete, result.failed
    assert cloud.plan(OF_IT).changes == ()
    for key in ("shop-prod", "management"):
        for region, names in ((HOME, ["landing-password", "landing-public"]), (OTHER, ["landing-public"])):
            found = client(sandbox, cloud, key, region)
            assert sorted(each["ConfigRuleName"] for each in found.describe_config_rules()["ConfigRules"]) == names
            listed = found.describe_remediation_configurations(ConfigRuleNames=names)["RemediationConfigurations"]
            assert len(listed) == len(names)
    public = next(each for each in listed if each["ConfigRuleName"] == "landing-public")
    account = cloud.open().tree.account_ids["management"]
    assert public["Automatic"] is True
    assert public["Parameters"] == {
        "S3BucketName": {"ResourceValue": {"Value": "RESOURCE_ID"}},
        "AutomationAssumeRole": {
            "StaticValue": {"Values": [f"arn:aws:iam::{account}:role/landing-remediation-public"]}
        },
    }
    roles = sandbox.session(cloud.open().tree.account_ids["shop-prod"], region=HOME).client("iam")
    policy: Any = roles.get_role_policy(RoleName="landing-remediation-public", PolicyName="mend")["PolicyDocument"]
    assert policy["Statement"][0]["Action"] == ["s3:PutBucketPublicAccessBlock"]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ("{a: {identifier: NONE, document: AWS-A, permissions: [s3:GetObject]}}", "LZ363"),
        ("{a: {identifier: CLOUD_TRAIL_ENABLED, document: AWS-A, permissions: [s3:Nothing]}}", "LZ423"),
        ("{a: {identifier: CLOUD_TRAIL_ENABLED, document: AWS-A, permissions: []}}", "LZ423"),
        ("{a: {identifier: CLOUD_TRAIL_ENABLED, permissions: [s3:GetObject]}}", "LZ423"),
        ("{password-polcy: {}}", "LZ423"),
        ("{flow-logs: {}}", "LZ423"),  # the log archive receives none
        ("{password-policy: {parameters: {MinimumLength: 3}}}", "LZ364"),
        (
            "{a: {identifier: CLOUD_TRAIL_ENABLED, parameters: {no: 1}, document: AWS-A, permissions: [s3:GetObject]}}",
            "LZ364",
        ),
    ],
)
def test_what_cannot_be_is_told(problems: Any, wrong: str, code: str) -> None:
    assert code in {each.code for each in problems(text=text(wrong))}


def test_what_others_have_is_left_alone(sandbox: Sandbox, at: At) -> None:
    cloud = at(REMEDIED)
    assert cloud.apply(OF_IT).complete
    config = client(sandbox, cloud, "shop-prod", HOME)
    source = {"Owner": "AWS", "SourceIdentifier": "INCOMING_SSH_DISABLED"}
    config.put_config_rule(ConfigRule={"ConfigRuleName": "landing-theirs", "Source": source})
    theirs = {"ConfigRuleName": "landing-theirs", "TargetType": "SSM_DOCUMENT", "TargetId": "Theirs"}
    config.put_remediation_configurations(RemediationConfigurations=[theirs])
    given = {"ConfigRuleNames": ["landing-theirs", "landing-public"]}
    before = config.describe_remediation_configurations(**given)["RemediationConfigurations"]
    assert len(before) == 2
    assert cloud.plan(OF_IT, detect=True).changes == ()
    fewer = Cloud(sandbox, at(REMEDIED.replace("automatic: true", "automatic: false")).organization)
    assert fewer.apply(OF_IT).complete
    after = config.describe_remediation_configurations(**given)["RemediationConfigurations"]
    assert [after[0], after[1]["Automatic"]] == [before[0], False]


@pytest.mark.parametrize("account", ["shop-prod", "management"])
def test_one_that_runs_is_waited_for_before_it_goes(sandbox: Sandbox, at: At, account: str) -> None:
    """AWS Config deletes none that runs, so its stack is not deleted the first time."""
    cloud = at(text("{public-buckets: {}}"))
    assert cloud.apply(OF_IT).complete
    session = sandbox.session(cloud.open().tree.account_ids[account], region=HOME)
    session.client("s3").create_bucket(Bucket="any", CreateBucketConfiguration={"LocationConstraint": HOME})
    bucket = {"resourceType": "AWS::S3::Bucket", "resourceId": "any"}
    about = {"ConfigRuleName": "landing-public-buckets", "ResourceKeys": [bucket]}
    session.client("config").start_remediation_execution(**about)
    without = at(f"{SMALL}services: {{log_archive: {{}}, config: {{}}}}\n")
    aws = without.open(read_only=False)
    result = without.apply(OF_IT, aws=aws)
    assert result.complete, result.failed
    assert without.plan(OF_IT).changes == ()
    tried = aws.calls["cloudformation", "DeleteStack" if account == "management" else "DeleteStackInstances"]
    assert tried == (4 if account == "management" else 3), "what mends and its role, and what mends again"
    assert not session.client("config").describe_config_rules()["ConfigRules"]


# ---- those that are shipped


def test_what_is_shipped_is_there_by_its_key_and_gives_way_to_what_the_config_says(load_text: Load) -> None:
    def of(entry: str) -> Any:
        organization: Organization = load_text(text(f"{{password-policy: {entry}}}"))
        service = organization.service(ConfigSettings)
        assert service is not None
        return service.settings.remediations["password-policy"]

    plain, own = of("{}"), of("{parameters: {MinimumPasswordLength: 20}, document_parameters: {HardExpiry: true}}")
    shipped = SHIPPED["password-policy"]
    assert (plain.identifier, plain.document, plain.home_only) == (shipped.identifier, shipped.document, True)
    assert plain.permissions == shipped.permissions
    assert plain.document_parameters["MinimumPasswordLength"] == 14
    assert own.parameters["MinimumPasswordLength"] == own.document_parameters["MinimumPasswordLength"] == 20
    assert own.document_parameters["HardExpiry"] is own.document_parameters["AllowUsersToChangePassword"] is True
    entire = of("{identifier: CLOUD_TRAIL_ENABLED, document: AWS-A, permissions: [s3:GetObject]}")
    assert (entire.document, entire.permissions, entire.parameters) == ("AWS-A", ("s3:GetObject",), {})


@pytest.fixture(scope="module")
def mended(load_text: Load) -> Iterator[Cloud]:
    """An organization that has all that is shipped."""
    with Sandbox(organization=True) as sandbox:
        entries = ", ".join(f"{key}: {{automatic: true}}" for key in RUN)
        cloud = Cloud(sandbox, load_text(text(f"{{{entries}}}", "{receives: [flow-logs]}")))
        assert cloud.apply(OF_IT).complete
        yield cloud


def weak_passwords(session: Callable[[str], Any]) -> str:
    session("iam").update_account_password_policy(MinimumPasswordLength=6)
    return session("sts").get_caller_identity()["Account"]  # type: ignore[no-any-return]


def open_default_group(session: Callable[[str], Any]) -> str:
    ec2 = session("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    (group,) = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["SecurityGroups"]
    permission = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
    ec2.authorize_security_group_ingress(GroupId=group["GroupId"], IpPermissions=[permission])
    return str(group["GroupId"])


def open_ssh(session: Callable[[str], Any]) -> str:
    ec2 = session("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    group = ec2.create_security_group(GroupName="open", Description="open", VpcId=vpc)["GroupId"]
    rules = [("0.0.0.0/0", 22), ("10.0.0.0/8", 22), ("0.0.0.0/0", 443)]
    for cidr, port in rules:
        ranges = [{"CidrIp": cidr}]
        permission = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": ranges}
        ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])
    return str(group)


def open_rdp(session: Callable[[str], Any]) -> str:
    """Of which a port for the web is open too: the document does not ask for ports."""
    ec2 = session("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    group = ec2.create_security_group(GroupName="desktop", Description="open", VpcId=vpc)["GroupId"]
    everybody = {"IpRanges": [{"CidrIp": "0.0.0.0/0", "Description": "all"}], "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}
    inside = {"IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
    for port, ranges in ((3389, everybody), (3389, inside), (443, everybody), (22, inside)):
        permission = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **ranges}
        ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])
    return str(group)


def open_bucket(session: Callable[[str], Any]) -> str:
    s3 = session("s3")
    if "open-to-all" not in {each["Name"] for each in s3.list_buckets()["Buckets"]}:
        s3.create_bucket(Bucket="open-to-all", CreateBucketConfiguration={"LocationConstraint": HOME})
    s3.delete_public_access_block(Bucket="open-to-all")
    return "open-to-all"


def plain_volumes(session: Callable[[str], Any]) -> str:
    session("ec2").disable_ebs_encryption_by_default()
    return session("sts").get_caller_identity()["Account"]  # type: ignore[no-any-return]


def unlogged_vpc(session: Callable[[str], Any]) -> str:
    ec2 = session("ec2")
    for log in ec2.describe_flow_logs()["FlowLogs"]:
        ec2.delete_flow_logs(FlowLogIds=[log["FlowLogId"]])
    return str(ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"])


RUN = {
    "flow-logs": unlogged_vpc,
    "password-policy": weak_passwords,
    "default-security-groups": open_default_group,
    "open-ssh": open_ssh,
    "open-admin-ports": open_rdp,
    "public-buckets": open_bucket,
    "volume-encryption": plain_volumes,
}
UNUSED = ("ssm:",)
"""Permissions that AWS's pages ask for, and that no step here uses."""


def verdict(config: Any, key: str, resource: str) -> str:
    found = config.get_compliance_details_by_config_rule(ConfigRuleName=f"landing-{key}")["EvaluationResults"]
    for each in found:
        qualifier = each["EvaluationResultIdentifier"]["EvaluationResultQualifier"]
        if qualifier["ResourceId"] == resource:
            return str(each["ComplianceType"])
    raise AssertionError(f"{resource} is not among {found}")


def mend(config: Any, key: str, resource: str) -> str:
    """How an automatic remediation ends, after an evaluation of its rule."""
    name = f"landing-{key}"
    config.start_config_rules_evaluation(ConfigRuleNames=[name])
    status = {"State": "IN_PROGRESS"}
    while status["State"] == "IN_PROGRESS":
        found = config.describe_remediation_execution_status(ConfigRuleName=name)["RemediationExecutionStatuses"]
        (status,) = [each for each in found if each["ResourceKey"]["resourceId"] == resource]
    return f"{status['State']} {status['StepDetails'][0].get('ErrorMessage', '')}".rstrip()


@pytest.mark.parametrize("key", RUN)
def test_what_is_shipped_mends_what_its_rule_finds_by_what_its_role_may_and_no_less(mended: Cloud, key: str) -> None:
    """As the role that the stack set has made; without any one of its permissions a step fails."""
    account = mended.open().tree.account_ids["shop-prod"]
    session = mended.sandbox.session(account, region=HOME).client
    iam, config, role = session("iam"), session("config"), f"landing-remediation-{key}"
    (statement,) = iam.get_role_policy(RoleName=role, PolicyName="mend")["PolicyDocument"]["Statement"]
    assert statement["Action"] == sorted(SHIPPED[key].permissions)

    def may(actions: list[str]) -> None:
        document = json.dumps({"Version": "2012-10-17", "Statement": [{**statement, "Action": actions}]})
        iam.put_role_policy(RoleName=role, PolicyName="mend", PolicyDocument=document)

    for action in statement["Action"]:
        if not action.startswith(UNUSED):
            resource = RUN[key](session)
            may([each for each in statement["Action"] if each != action])
            assert mend(config, key, resource).startswith("FAILED "), action
    may(statement["Action"])
    resource = RUN[key](session)
    assert verdict(config, key, resource) == "NON_COMPLIANT"
    assert mend(config, key, resource) == "SUCCEEDED"
    assert verdict(config, key, resource) == "COMPLIANT"
    if key == "flow-logs":
        (log,) = session("ec2").describe_flow_logs(Filter=[{"Name": "resource-id", "Values": [resource]}])["FlowLogs"]
        archive = mended.open().tree.account_ids["log-archive"]
        assert log["LogDestination"] == f"arn:aws:s3:::landing-flow-logs-{archive}-{HOME}"
    if key == "open-admin-ports":
        (group,) = session("ec2").describe_security_groups(GroupIds=[resource])["SecurityGroups"]
        left = [(each["FromPort"], each["IpRanges"], each["Ipv6Ranges"]) for each in group["IpPermissions"]]
        assert sorted(left) == [(port, [{"CidrIp": "10.0.0.0/8"}], []) for port in (22, 3389)]
    if key == "open-ssh":
        (group,) = session("ec2").describe_security_groups(GroupIds=[resource])["SecurityGroups"]
        rules = group["IpPermissions"]
        left = sorted((each["FromPort"], one["CidrIp"]) for each in rules for one in each["IpRanges"])
        assert left == [(22, "10.0.0.0/8"), (443, "0.0.0.0/0")]


def test_all_that_is_shipped_is_run() -> None:
    assert SHIPPED.keys() == RUN.keys()
