"""A whole world as bytes and back."""

from __future__ import annotations

from typing import Any

import pytest

from landing.sandbox import Sandbox


def _client(sandbox: Sandbox, service: str, account: str | None = None) -> Any:
    return sandbox.session(account).client(service)


def test_a_world_goes_back(sandbox: Sandbox) -> None:
    organizations = _client(sandbox, "organizations")
    root = organizations.list_roots()["Roots"][0]["Id"]
    before = sandbox.dump()
    organizations.create_organizational_unit(ParentId=root, Name="U")
    _client(sandbox, "s3").create_bucket(Bucket="bucket")
    sandbox.load(before)
    assert organizations.list_children(ParentId=root, ChildType="ORGANIZATIONAL_UNIT")["Children"] == []
    assert _client(sandbox, "s3").list_buckets()["Buckets"] == []


def test_the_same_future_follows(sandbox: Sandbox) -> None:
    """Identifiers come out the same after going back: the dice are part of the world."""
    before = sandbox.dump()

    def future() -> tuple[str, str, str]:
        account = sandbox.seed(1)[0]
        key = _client(sandbox, "kms").create_key()["KeyMetadata"]["KeyId"]
        vpc = _client(sandbox, "ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        return account, key, vpc

    first = future()
    sandbox.load(before)
    assert future() == first


def _used(sandbox: Sandbox, service: str) -> None:
    """Leave something behind in a service whose state is not easily pickled."""
    client = _client(sandbox, service)
    if service == "ssm":
        client.put_parameter(Name="/x", Value="1", Type="String")
    elif service == "kms":
        client.create_key(KeyUsage="SIGN_VERIFY", KeySpec="RSA_2048")
    elif service == "sqs":
        url = client.create_queue(QueueName="queue")["QueueUrl"]
        client.send_message(QueueUrl=url, MessageBody="x")
    elif service == "s3":
        client.create_bucket(Bucket="bucket")
        client.put_object(Bucket="bucket", Key="key", Body=b"x" * 6_000_000)
    elif service == "ec2":
        client.describe_vpcs()
    elif service == "cloudformation":
        client.create_stack(
            StackName="stack",
            TemplateBody='{"Resources":{"P":{"Type":"AWS::SSM::Parameter","Properties":'
            '{"Name":"/cfn","Type":"String","Value":"v"}}}}',
        )
        client.get_waiter("stack_create_complete").wait(StackName="stack", WaiterConfig={"Delay": 0})
    elif service == "dynamodb":
        client.create_table(
            TableName="table",
            AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )
    elif service == "events":
        client.put_rule(Name="rule", EventPattern='{"source":["aws.config"]}')
    elif service == "logs":
        client.create_log_group(logGroupName="group")
    elif service == "sns":
        client.create_topic(Name="topic")
    elif service == "lambda":
        client.list_functions()
    elif service == "config":
        client.describe_configuration_recorders()


READS = {
    "ssm": "describe_parameters",
    "kms": "list_keys",
    "sqs": "list_queues",
    "s3": "list_buckets",
    "ec2": "describe_vpcs",
    "cloudformation": "describe_stacks",
    "dynamodb": "list_tables",
    "events": "list_rules",
    "logs": "describe_log_groups",
    "sns": "list_topics",
    "lambda": "list_functions",
    "config": "describe_configuration_recorders",
}


@pytest.mark.parametrize("service", READS)
def test_a_service_of_motos_survives(sandbox: Sandbox, service: str) -> None:
    _used(sandbox, service)

    def seen() -> Any:
        answer = getattr(_client(sandbox, service), READS[service])()
        del answer["ResponseMetadata"]
        return answer

    before = seen()
    sandbox.load(sandbox.dump())
    assert seen() == before


def test_bucket_names_stay_taken_by_their_account(sandbox: Sandbox) -> None:
    _client(sandbox, "s3").create_bucket(Bucket="bucket")
    sandbox.load(sandbox.dump())
    other = _client(sandbox, "s3", "222222222222")
    with pytest.raises(other.exceptions.BucketAlreadyExists):
        other.create_bucket(Bucket="bucket")


def test_a_key_still_signs_after_going_back(sandbox: Sandbox) -> None:
    kms = _client(sandbox, "kms")
    key = kms.create_key(KeyUsage="SIGN_VERIFY", KeySpec="RSA_2048")["KeyMetadata"]["KeyId"]
    signed = {"KeyId": key, "Message": b"x", "SigningAlgorithm": "RSASSA_PSS_SHA_256"}
    signature = kms.sign(**signed)["Signature"]
    sandbox.load(sandbox.dump())
    assert kms.verify(**signed, Signature=signature)["SignatureValid"]
