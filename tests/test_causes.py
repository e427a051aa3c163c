"""Every error that an operation of ours may answer has a cause, and what is decided is decided by that."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from landing.aws import translated, unless
from landing.aws.causes import BY_SERVICE, COMMON, cause_of
from landing.aws.faults import SERVICE
from landing.core.errors import AwsError, CannotRead, Cause, NoCredentials, Unreachable
from landing.core.model import Scope
from tests import calls

SPELT = ("Already", "Duplicate", "NotFound", "NoSuch", "DoesNotExist", "InUse", "NotEmpty", "InProgress", "Concurrent")


def modelled() -> set[tuple[str, str]]:
    """(service, code) of the errors that botocore's models give to the operations that the code names."""
    found = set()
    for tree in calls.texts().values():
        opened = set(calls._clients(tree))
        for method, _ in calls._names(tree):
            having = calls.methods()[method]
            for service in set(having) & opened or set(having):
                for shape in calls.models()[service].operation_model(having[service]).error_shapes:
                    found.add((service, shape.metadata.get("error", {}).get("code", shape.name)))
    return found


def test_every_error_of_every_operation_has_one_cause() -> None:
    assert len(modelled()) > 100
    unknown = sorted(f"{service}: {code}" for service, code in modelled() if cause_of(service, code) is Cause.UNKNOWN)
    assert not unknown, f"say in landing/aws/causes.py why: {unknown}"
    assert set(BY_SERVICE) <= set(calls.SERVICES)


def test_no_code_has_two_causes() -> None:
    for service, table in BY_SERVICE.items():
        codes = [code for each in (COMMON, table) for group in each.values() for code in group]
        assert len(codes) == len(set(codes)), service


def test_what_is_told_that_it_is_not_as_thought_is_looked_at_again() -> None:
    for service, code in modelled():
        if any(word in code for word in SPELT):
            assert cause_of(service, code).passes, f"{service}: {code}"


def refusal(service: str, code: str, message: str = "no", **more: object) -> ClientError:
    about = {"RequestId": "r-1", "HTTPStatusCode": 400, **({SERVICE: service} if service else {})}
    return ClientError({"Error": {"Code": code, "Message": message}, "ResponseMetadata": about, **more}, "Call")


@pytest.mark.parametrize(
    ("service", "code", "message", "cause"),
    [
        ("kms", "LimitExceededException", "", Cause.QUOTA),
        ("securityhub", "LimitExceededException", "", Cause.QUOTA_OR_RATE),
        ("", "LimitExceededException", "", Cause.UNKNOWN),
        ("", "DuplicatePolicyException", "", Cause.ALREADY_THERE),
        ("sts", "NoSuchKey", "", Cause.UNKNOWN),
        ("guardduty", "BadRequestException", "the detectorId is not valid", Cause.INVALID),
        ("guardduty", "BadRequestException", "A detector already exists for this account.", Cause.ALREADY_THERE),
        ("securityhub", "BadRequestException", "a detector already exists", Cause.UNKNOWN),
        ("inspector2", "AccessDeniedException", "Account is not the delegated administrator", Cause.NOT_YET_KNOWN),
        ("organizations", "AlreadyInvented", "", Cause.UNKNOWN),
    ],
)
def test_the_service_and_the_code_decide_and_words_where_no_code_tells(
    service: str, code: str, message: str, cause: Cause
) -> None:
    assert cause_of(service, code, message) is cause


def test_an_answer_keeps_its_parts() -> None:
    with pytest.raises(AwsError) as caught, translated(Scope("shop", "eu-west-1")):
        raise refusal("organizations", "ConstraintViolationException", "too much.", Reason="TOO_MUCH")
    found = caught.value.diagnostic
    assert (found.operation, found.aws_code, found.status, found.request_id) == (
        "Call", "ConstraintViolationException", 400, "r-1",
    )  # fmt: skip
    assert str(found) == ("Call in shop/eu-west-1: ConstraintViolationException: too much. [TOO_MUCH] (request r-1)")
    assert "r-1" not in found.words
    with pytest.raises(AwsError) as caught, translated(Scope()):
        raise refusal("kms", "LimitExceededException", "full.")
    assert caught.value.diagnostic.help
    assert str(caught.value).startswith("Call: LimitExceededException: full. Have the quota raised")


@pytest.mark.parametrize(
    ("error", "kind", "code"),
    [
        (EndpointConnectionError(endpoint_url="https://x"), Unreachable, "LZ505"),
        (ReadTimeoutError(endpoint_url="https://x"), Unreachable, "LZ505"),
        (refusal("iam", "ExpiredToken"), NoCredentials, "LZ503"),
        (refusal("iam", "ThrottledException"), CannotRead, ""),
        (refusal("iam", "AccessDenied"), CannotRead, ""),
    ],
)
def test_what_kind_of_error_it_is(error: Exception, kind: type[AwsError], code: str) -> None:
    with pytest.raises(kind) as caught, translated(Scope(), "Call"):
        raise error
    assert caught.value.diagnostic.code == code
    assert caught.value.diagnostic.operation == "Call"
    assert ("HTTPS_PROXY" in caught.value.diagnostic.help) is (kind is Unreachable)


def test_what_is_let_pass_can_be_named_by_its_cause_and_raised_again() -> None:
    with unless(Cause.QUOTA) as refused:
        raise refusal("kms", "LimitExceededException")
    assert refused.code == "LimitExceededException"
    with pytest.raises(ClientError, match="LimitExceededException"):
        refused.again()
    with pytest.raises(ClientError), unless(Cause.QUOTA):
        raise refusal("securityhub", "LimitExceededException")
