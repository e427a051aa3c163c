"""What the policies of endpoints let through: decided by their text, request by request."""

from __future__ import annotations

from typing import Any

import pytest

from landing.library import Library
from landing.policy import CompiledLevels

ORGANIZATION, OTHER = "o-exampleorg1", "o-somebodyelse"
OURS, THEIRS, AWS = "111122223333", "999999999999", "602401143452"
WHO = f"arn:aws:iam::{OURS}:role/app"


def document(library: Library, service: str, **given: Any) -> CompiledLevels:
    """The policy of an endpoint; it has no principals of its own, so that it is read as what every caller is under."""
    whole: Any = library.blueprint("perimeter_endpoints").render({"route_tables": ["rtb-0a1b2c3d4e5f60718"], **given})
    title = "".join(map(str.capitalize, service.split(".")))
    policy = whole["Resources"][f"{title}Endpoint"]["Properties"]["PolicyDocument"]
    statements = [{key: value for key, value in each.items() if key != "Principal"} for each in policy["Statement"]]
    return CompiledLevels([[{"name": "endpoint", "policy": {**policy, "Statement": filled(statements)}}]])


def filled(value: Any) -> Any:
    """With what CloudFormation puts in."""
    if isinstance(value, list):
        return [filled(each) for each in value]
    if not isinstance(value, dict):
        return value
    if [*value] == ["Ref"]:
        return ORGANIZATION
    if [*value] == ["Fn::Sub"]:
        return value["Fn::Sub"].replace("${AWS::Partition}", "aws").replace("${AWS::Region}", "eu-west-1")
    return {key: filled(each) for key, each in value.items()}


def passes(
    policy: CompiledLevels,
    action: str,
    resource: str,
    *,
    who: str = ORGANIZATION,
    whose: str = ORGANIZATION,
    **more: Any,
) -> bool:
    account = more.pop("account", OURS if whose == ORGANIZATION else THEIRS)
    context = {"aws:PrincipalOrgID": who, "aws:ResourceOrgID": whose, **more.pop("context", {})}
    request = {"principal": WHO, "action": action, "resource": resource, "resourceAccount": account}
    verdict = policy.evaluate({**request, "context": {key: value for key, value in context.items() if value}})
    assert verdict.blocked is not None
    return not verdict.blocked


BUCKET, PACKAGES = "arn:aws:s3:::orders/x", "arn:aws:s3:::amazon-ssm-eu-west-1/latest"
KEY = f"arn:aws:kms:eu-west-1:{OURS}:key/1"
DOCUMENT = "arn:aws:ssm:eu-west-1::document/AWS-RunShellScript"
IMAGE = f"arn:aws:ecr:eu-west-1:{AWS}:repository/eks/pause"
ROLE = f"arn:aws:iam::{OURS}:role/deploy"


@pytest.mark.parametrize(
    ("service", "action", "resource"),
    [
        ("s3", "s3:PutObject", BUCKET),
        ("dynamodb", "dynamodb:PutItem", f"arn:aws:dynamodb:eu-west-1:{OURS}:table/orders"),
        ("kms", "kms:Decrypt", KEY),
        ("secretsmanager", "secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:eu-west-1:{OURS}:secret:a-b"),
        ("sts", "sts:AssumeRole", ROLE),
    ],
)
def test_who_and_what_are_of_the_organization(library: Library, service: str, action: str, resource: str) -> None:
    policy = document(library, service)
    assert passes(policy, action, resource)
    assert not passes(policy, action, resource, who=OTHER), "keys of somebody else, from within the network"
    assert not passes(policy, action, resource, whose=OTHER), "to what belongs to somebody else"
    assert not passes(policy, action, resource, who="")


def test_aws_reads_and_is_read_where_it_must(library: Library) -> None:
    s3, ssm = document(library, "s3"), document(library, "ssm")
    assert passes(s3, "s3:GetObject", PACKAGES, who="", whose="")
    assert not passes(s3, "s3:PutObject", PACKAGES, whose="")
    service = {"aws:PrincipalIsAWSService": "true"}
    assert passes(s3, "s3:PutObject", BUCKET, who="", context=service)
    assert passes(ssm, "ssm:GetDocument", DOCUMENT, whose="")
    assert not passes(ssm, "ssm:GetDocument", DOCUMENT, who=OTHER, whose="")


def test_who_signs_in_by_federation_assumes_roles_of_the_organization(library: Library) -> None:
    sts = document(library, "sts")
    assert passes(sts, "sts:AssumeRoleWithWebIdentity", ROLE, who="")
    assert not passes(sts, "sts:AssumeRoleWithWebIdentity", ROLE, who="", whose=OTHER)
    assert not passes(sts, "sts:AssumeRole", ROLE, who="")


def test_resources_of_accounts_that_are_named_are_reached(library: Library) -> None:
    assert not passes(document(library, "ecr.api"), "ecr:BatchGetImage", IMAGE, whose=OTHER, account=AWS)
    named = document(library, "ecr.api", accounts=[AWS])
    assert passes(named, "ecr:BatchGetImage", IMAGE, whose=OTHER, account=AWS)
    assert not passes(named, "ecr:BatchGetImage", IMAGE, who=OTHER, whose=OTHER, account=AWS)
    assert not passes(named, "ecr:BatchGetImage", IMAGE, whose=OTHER)
    more = document(library, "s3", buckets=["aws-codedeploy-eu-west-1"])
    assert passes(more, "s3:GetObject", "arn:aws:s3:::aws-codedeploy-eu-west-1/a", whose="")


def test_the_shared_network_has_the_same_policies_at_its_gateways(library: Library) -> None:
    shared: Any = library.blueprint("shared_network").render({"cidr": "10.0.0.0/16"})["Resources"]
    own: Any = library.blueprint("perimeter_endpoints").render({"route_tables": ["rtb-0a1b2c3d4e5f60718"]})["Resources"]
    for one, other in (("StorageEndpoint", "S3Endpoint"), ("TablesEndpoint", "DynamodbEndpoint")):
        assert shared[one]["Properties"]["PolicyDocument"] == own[other]["Properties"]["PolicyDocument"]


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"services": []}, "nothing to make"),
    ({"services": ["s3"]}, "have gateways"),
    ({"services": ["kms", "kms"]}, "each once"),
    ({"network": "vpc"}, "`network` has"),
    ({"subnets": ["subnet-0a1b2c3d", "subnet-0a1b2c3d"]}, "`subnets` has"),
    ({"route_tables": ["main"]}, "`route_tables` has"),
    ({"accounts": ["amazon"]}, "12 digits"),
    ({"buckets": ["*"]}, "names of buckets"),
    ({"clients": ["10.0.0.1/8"]}, "host bits"),
]


@pytest.mark.parametrize(("given", "words"), WRONG, ids=[words for _, words in WRONG])
def test_what_cannot_be_is_refused(library: Library, given: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        library.blueprint("perimeter_endpoints").render(given)
