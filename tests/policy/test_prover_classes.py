"""The classes that a proof looks through: values between bounds, lists, resources and principals."""

from typing import Any

import pytest

from tests.policy.build import ACCOUNT, deny
from tests.policy.proofs import DETECTOR, proof


@pytest.mark.parametrize(
    ("blocks", "counterexample"),
    [
        # The half-open gap between two networks, and the other family.
        ([{"IpAddressIfExists": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1", "::/0"]}}], None),
        (
            [{"IpAddressIfExists": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]}}],
            {"aws:SourceIp": "2001:db8::7"},
        ),
        (
            [
                {"IpAddressIfExists": {"aws:SourceIp": ["0.0.0.0/1", "::/0", "129.0.0.0/8", "128.0.0.0/9"]}},
                {"IpAddress": {"aws:SourceIp": ["130.0.0.0/7", "132.0.0.0/6", "136.0.0.0/5", "144.0.0.0/4"]}},
                {"IpAddress": {"aws:SourceIp": ["160.0.0.0/3", "192.0.0.0/2"]}},
            ],
            {"aws:SourceIp": "128.128.0.0"},
        ),
        # Numbers between whole ones.
        (
            [
                {"NumericLessThanEqualsIfExists": {"aws:MultiFactorAuthAge": "1"}},
                {"NumericGreaterThanEquals": {"aws:MultiFactorAuthAge": "2"}},
            ],
            {"aws:MultiFactorAuthAge": "1.5"},
        ),
        (
            [
                {"DateLessThanIfExists": {"aws:TokenIssueTime": "2026-01-01"}},
                {"DateGreaterThan": {"aws:TokenIssueTime": "2026-01-01T00:00:00Z"}},
            ],
            {"aws:TokenIssueTime": "2026-01-01T00:00:00Z"},
        ),
        (
            [
                {"DateLessThanIfExists": {"aws:TokenIssueTime": "2026-01-01"}},
                {"DateGreaterThanEquals": {"aws:TokenIssueTime": "1767225600"}},
            ],
            None,
        ),
        # Literal and glob over the same key.
        (
            [
                {"StringLikeIfExists": {"aws:SourceVpc": "vpc-*"}},
                {"StringNotEquals": {"aws:SourceVpc": ["net-1"]}},
            ],
            {"aws:SourceVpc": "net-1"},
        ),
        (
            [{"StringLikeIfExists": {"aws:SourceVpc": "*a*"}}, {"StringNotLike": {"aws:SourceVpc": "*a?"}}],
            None,
        ),
    ],
)
def test_values_between_all_bounds_are_thought_of(blocks: list[Any], counterexample: Any) -> None:
    found = proof(*(deny(DETECTOR, Condition=block) for block in blocks), deny=DETECTOR)
    if counterexample is None:
        assert found.result == "proved"
    else:
        assert found.counterexample is not None
        assert found.counterexample["context"] == counterexample


def test_lists_are_as_long_as_the_conditions_need() -> None:
    blocks: list[Any] = [
        {"Null": {"aws:TagKeys": "true"}},
        *({"ForAllValues:StringNotEquals": {"aws:TagKeys": key}} for key in "abcd"),
        {"ForAnyValue:StringLike": {"aws:TagKeys": "e*"}},
    ]
    found = proof(*(deny(DETECTOR, Condition=block) for block in blocks), deny=DETECTOR)
    assert found.counterexample is not None
    assert sorted(found.counterexample["context"]["aws:TagKeys"]) == ["a", "b", "c", "d"]
    blocks.append({"ForAnyValue:StringEquals": {"aws:TagKeys": "c"}})
    assert proof(*(deny(DETECTOR, Condition=block) for block in blocks), deny=DETECTOR).result == "proved"


def test_rule_15_a_multivalued_key_without_a_set_operator_denies_nothing_when_present() -> None:
    stop = deny(DETECTOR, Condition={"StringNotEquals": {"aws:TagKeys": "a"}})
    assert proof(stop, deny=DETECTOR, keysAlwaysPresent=["aws:TagKeys"]).result == "refuted"


def test_resources_are_those_of_the_actions_formats() -> None:
    logs = deny("s3:*", Resource=["arn:aws:s3:::logs", "arn:aws:s3:::logs/*"])
    assert proof(logs, deny="s3:PutObject", resources=["arn:aws:s3:::logs/*"]).result == "proved"
    assert proof(logs, deny="s3:PutObject", resources=["arn:aws:s3:::logs*"]).result == "refuted"
    assert proof(logs, deny="s3:PutObject").result == "refuted"
    everything = deny("s3:PutObject", Resource="arn:aws:s3:::*")
    assert proof(everything, deny="s3:PutObject", resources=["arn:*:s3:::*"]).result == "proved"


BUCKETS, INSTANCES = "arn:aws:s3:::", "arn:aws:ec2:*:*:instance/"


@pytest.mark.parametrize(
    ("action", "elements", "result"),
    [
        ("s3:DeleteBucket", {"NotResource": f"{BUCKETS}keep/*"}, "proved"),
        ("s3:DeleteBucket", {"NotResource": [f"{BUCKETS}*:*", f"{BUCKETS}* *"]}, "proved"),
        ("s3:DeleteBucket", {"NotResource": f"{BUCKETS}keep*"}, "refuted"),
        ("s3:DeleteBucket", {"NotResource": f"{BUCKETS}*Legacy_name*"}, "refuted"),
        ("ec2:TerminateInstances", {"Resource": f"{INSTANCES}i-*"}, "proved"),
        ("ec2:TerminateInstances", {"NotResource": [f"{INSTANCES}/*", f"{INSTANCES}*g*"]}, "proved"),
        ("ec2:TerminateInstances", {"Resource": f"{INSTANCES}i-?????????????????"}, "refuted"),
        ("ec2:TerminateInstances", {"Resource": f"{INSTANCES}i-0*"}, "refuted"),
        ("ec2:TerminateInstances", {"Resource": "arn:aws:ec2:*-*-*:*:instance/i-*"}, "proved"),
        ("ec2:TerminateInstances", {"Resource": "arn:aws:ec2:eu-*:*:instance/i-*"}, "refuted"),
        ("ec2:TerminateInstances", {"NotResource": "arn:aws:ec2:y:*:instance/*"}, "proved"),
        ("kms:ScheduleKeyDeletion", {"Resource": ["arn:aws:kms:*:*:key/mrk-*", "arn:aws:kms:*:*:key/*-*-*"]}, "proved"),
        ("kms:ScheduleKeyDeletion", {"Resource": "arn:aws:kms:*:*:key/*-*-*"}, "refuted"),
    ],
)
def test_resources_have_names_that_their_service_gives(action: str, elements: dict[str, Any], result: str) -> None:
    stop = {"Effect": "Deny", "Action": action, **elements}
    assert proof(stop, deny=action).result == result


def test_a_resource_that_the_claim_writes_out_may_have_any_name() -> None:
    written = "arn:aws:ec2:y:111122223333:instance/example"
    stop = deny("ec2:TerminateInstances", Resource=f"{INSTANCES}i-*")
    assert proof(stop, deny="ec2:TerminateInstances", resources=[written]).result == "refuted"


def test_a_resource_that_is_yet_to_be_made_has_no_id() -> None:
    found = proof(
        deny("ec2:RunInstances", Resource=f"{INSTANCES}i-*"), deny="ec2:RunInstances", resources=[f"{INSTANCES}*"]
    )
    assert found.counterexample is not None
    assert found.counterexample["resource"].endswith(":instance/*")


def test_rule_09_an_action_without_resource_types_evades_an_arn() -> None:
    stop = deny("guardduty:*", Resource="arn:aws:guardduty:*:*:detector/*")
    assert proof(stop, deny="guardduty:ListDetectors").result == "refuted"
    assert proof(deny("guardduty:*", NotResource="arn:aws:s3:::*"), deny="guardduty:ListDetectors").result == "proved"


def test_many_formats_one_by_one() -> None:
    arns = [f"arn:aws:ec2:*:*:{kind}/*{word}*" for kind in ("instance", "volume", "subnet") for word in "abc"]
    found = proof(deny("ec2:RunInstances", Resource=arns), deny="ec2:RunInstances")
    assert found.result == "refuted"


WORDS = (
    "Network",
    "Security",
    "Platform",
    "Identity",
    "Backup",
    "Audit",
    "Finance",
    "Data",
    "Ops",
    "Deploy",
    "Admin",
)


def worded(*words: str) -> list[Any]:
    """For each word a Deny for those who have it nowhere in their role's name: 2048 classes of principals."""
    return [
        deny(DETECTOR, Condition={"ArnNotLike": {"aws:PrincipalArn": f"arn:aws:iam::*:role/*{word}*"}})
        for word in words
    ]


def test_principals_are_looked_for_where_they_are_too_many_to_list() -> None:
    found = proof(*worded(*WORDS), deny=DETECTOR)
    assert found.counterexample is not None
    assert all(word in found.counterexample["principal"] for word in WORDS)
    users = {"principals": ["arn:aws:iam::*:user/*"]}
    assert proof(*worded(*WORDS), deny=DETECTOR, **users).result == "proved"
    excepted = {"exceptPrincipals": ["arn:aws:iam::*:role/*Audit*"]}
    assert proof(*worded(*WORDS), deny=DETECTOR, **excepted).result == "proved"
    one = {"principals": [f"arn:aws:iam::{ACCOUNT}:role/{''.join(WORDS[1:])}"]}
    assert proof(*worded(*WORDS), deny=DETECTOR, **one).result == "proved"
    all_of_them = {"principals": [f"arn:aws:iam::{ACCOUNT}:role/{''.join(WORDS)}"]}
    assert proof(*worded(*WORDS), deny=DETECTOR, **all_of_them).result == "refuted"


def test_a_cap_is_undetermined_and_never_proved() -> None:
    blocks = [
        deny(DETECTOR, Condition={"StringNotLike": {"aws:PrincipalTag/x": f"*{word}*{word[::-1]}*"}}) for word in WORDS
    ]
    found = proof(*blocks, deny=DETECTOR)
    assert found.result == "undetermined"
    assert "states" in (found.reason or "")


def test_the_time_in_seconds_is_compared_as_a_number_and_as_a_date() -> None:
    before = deny(DETECTOR, Condition={"NumericLessThanIfExists": {"aws:EpochTime": "1767225600"}})
    after = deny(DETECTOR, Condition={"DateGreaterThan": {"aws:EpochTime": "2026-01-01"}})
    found = proof(before, after, deny=DETECTOR)
    assert found.counterexample is not None
    assert found.counterexample["context"] == {"aws:EpochTime": "1767225600"}
    at = deny(DETECTOR, Condition={"DateEquals": {"aws:EpochTime": "2026-01-01T00:00:00Z"}})
    assert proof(before, after, at, deny=DETECTOR).result == "proved"
