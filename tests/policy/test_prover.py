"""What the prover proves, refutes and leaves open."""

from typing import Any

import pytest

from landing.policy import RCP, prove
from tests.policy.build import ACCOUNT, FULL, deny, level, policy
from tests.policy.proofs import ADMIN, BUT_ADMIN, DETECTOR, proof


def test_a_guardrail_with_an_exception_is_proved_for_all_others() -> None:
    stop = deny("guardduty:*", Condition=BUT_ADMIN)
    assert proof(stop, deny="guardduty[write]", exceptPrincipals=[ADMIN]).result == "proved"
    assert proof(stop, deny="guardduty[write]").counterexample == {
        "principal": f"arn:aws:iam::{ACCOUNT}:role/SecurityAdmin",
        "action": "guardduty:AcceptAdministratorInvitation",
        "resource": "*",
        "context": {},
    }


def test_the_exception_must_cover_the_whole_pattern() -> None:
    wide = deny("guardduty:*", Condition={"ArnNotLike": {"aws:PrincipalArn": [f"{ADMIN}*"]}})
    found = proof(wide, deny=DETECTOR, exceptPrincipals=[ADMIN])
    assert found.counterexample is not None
    assert found.counterexample["principal"].startswith(f"arn:aws:iam::{ACCOUNT}:role/SecurityAdmin")
    assert found.counterexample["principal"] != f"arn:aws:iam::{ACCOUNT}:role/SecurityAdmin"


def test_a_list_of_old_names_leaves_new_actions_open() -> None:
    old = deny(
        ["guardduty:DeleteDetector", "guardduty:DisassociateFromMasterAccount", "guardduty:UpdateDetector"],
    )
    found = proof(old, deny="guardduty[write]")
    assert "guardduty:DisassociateFromAdministratorAccount" in found.failing
    assert "guardduty:UpdateDetector" not in found.failing
    assert (len(found.failing), found.actions) == (found.actions - 3, len(found.failing) + 3)


def test_every_kind_of_principal_is_thought_of() -> None:
    roles_only = deny(DETECTOR, Condition={"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}})
    users_too = deny(DETECTOR, Condition={"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/*"}})
    federated = deny(DETECTOR, Condition={"ArnLike": {"aws:PrincipalArn": "arn:aws:sts::*:federated-user/*"}})
    root = deny(DETECTOR, Condition={"StringEquals": {"aws:PrincipalType": "Account"}})
    assert proof(roles_only, users_too, federated, root, deny=DETECTOR).result == "proved"
    for missing in (
        (roles_only, users_too, root),
        (users_too, federated, root),
        (roles_only, users_too, federated),
    ):
        assert proof(*missing, deny=DETECTOR).result == "refuted"


def test_service_linked_roles_are_out_of_reach_and_no_counterexample() -> None:
    linked = {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/aws-service-role/*"}}
    assert proof(deny(DETECTOR, Condition=linked), deny=DETECTOR).result == "proved"
    nearly = {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/aws-service-rol*"}}
    assert proof(deny(DETECTOR, Condition=nearly), deny=DETECTOR).result == "refuted"


@pytest.mark.parametrize("account", [ACCOUNT, "*", None])
def test_principals_of_any_account(account: str | None) -> None:
    own = deny(DETECTOR, Condition={"StringLike": {"aws:PrincipalAccount": ["1*", "0*"]}})
    found = proof(own, deny=DETECTOR, account=account)
    assert found.result == ("proved" if account == ACCOUNT else "refuted")
    every = deny(DETECTOR, Condition={"StringLike": {"aws:PrincipalAccount": "????????????"}})
    assert proof(every, deny=DETECTOR, account=account).result == "proved"


def test_rule_14_an_absent_key_is_thought_of() -> None:
    here = {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}
    there = deny(DETECTOR, Condition={"StringEquals": {"aws:RequestedRegion": "eu-west-1"}})
    assert proof(deny(DETECTOR, Condition=here), there, deny=DETECTOR).result == "proved"
    if_exists = {"StringEqualsIfExists": {"aws:RequestedRegion": "eu-west-2"}}
    assert proof(deny(DETECTOR, Condition=if_exists), deny=DETECTOR).result == "refuted"
    never = proof(deny(DETECTOR, Condition=if_exists), deny=DETECTOR, keysNeverPresent=["AWS:requestedregion"])
    assert never.result == "proved"
    bare = deny(DETECTOR, Condition={"StringLike": {"aws:RequestedRegion": "*"}})
    assert proof(bare, deny=DETECTOR).counterexample["context"] == {}  # type: ignore[index]
    assert proof(bare, deny=DETECTOR, keysAlwaysPresent=["aws:RequestedRegion"]).result == "proved"
    assert proof(bare, deny=DETECTOR, keysAlwaysPresent=["aws:Req*"]).result == "proved"


def test_keys_that_are_always_present_are_in_the_counterexample() -> None:
    found = proof(deny("s3:*"), deny=DETECTOR, keysAlwaysPresent=["aws:MultiFactorAuthPresent", "aws:TagKeys"])
    assert found.counterexample is not None
    assert found.counterexample["context"] == {
        "aws:MultiFactorAuthPresent": "true",
        "aws:TagKeys": ["example"],
    }


def test_a_key_with_a_fixed_value() -> None:
    stop = deny(DETECTOR, Condition={"NumericLessThan": {"aws:MultiFactorAuthAge": 3600}})
    assert proof(stop, deny=DETECTOR, context={"aws:multifactorauthage": "10"}).result == "proved"
    found = proof(stop, deny=DETECTOR, context={"aws:MultiFactorAuthAge": "3600"})
    assert found.counterexample is not None
    assert found.counterexample["context"] == {"aws:MultiFactorAuthAge": "3600"}


def test_allows_are_needed_at_every_level() -> None:
    region = {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}
    narrow = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": region}
    levels = [[{"name": "p", "policy": policy(FULL)}], [{"name": "q", "policy": policy(narrow)}]]
    claim = {"deny": DETECTOR, "account": ACCOUNT}
    assert prove(levels, {**claim, "context": {"aws:RequestedRegion": "eu-west-2"}}).result == "proved"
    assert prove(levels, claim).counterexample["context"] == {"aws:RequestedRegion": "eu-west-1"}  # type: ignore[index]
    assert prove([*levels, []], claim).result == "proved"
    dual = {"allow": DETECTOR, "account": ACCOUNT}
    assert prove(levels, dual).result == "refuted"
    assert prove(levels, {**dual, "context": {"aws:RequestedRegion": "eu-west-1"}}).result == "proved"


def test_the_dual_finds_who_is_locked_out() -> None:
    role = f"arn:aws:iam::{ACCOUNT}:role/landing"
    tool = {"allow": ["cloudformation:*", "iam:CreateRole"], "principals": [role]}
    assert proof(deny("s3:*"), **tool).result == "proved"
    locked = proof(deny("iam:*", Condition=BUT_ADMIN), **tool)
    assert locked.failing == ("iam:CreateRole",)
    assert locked.counterexample is not None
    assert locked.counterexample["principal"] == role
    spared = deny("iam:*", Condition={"ArnNotLike": {"aws:PrincipalArn": ["arn:aws:iam::*:role/land*"]}})
    assert proof(spared, **tool).result == "proved"


def test_rule_19_a_statement_in_doubt_leaves_the_claim_undetermined() -> None:
    odd = deny("guardduty:*", Condition={"NumericEquals": {"aws:MultiFactorAuthAge": "ten"}})
    found = proof(odd, deny=DETECTOR, keysAlwaysPresent=["aws:MultiFactorAuthAge"])
    assert found.result == "undetermined"
    assert found.reason is not None
    assert "ten" in found.reason
    assert found.doubtful == (DETECTOR,)
    assert proof(odd, deny=DETECTOR).result == "refuted"
    assert proof(odd, allow=DETECTOR).result == "undetermined"
    assert proof(odd, deny("guardduty:*"), deny=DETECTOR).result == "proved"


def test_rule_11_a_variable_is_undetermined_unless_the_claim_fixes_it() -> None:
    tags = {"StringNotLike": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}-*"}}
    stop = deny(DETECTOR, Condition=tags)
    always = {"keysAlwaysPresent": ["aws:ResourceTag/team"]}
    found = proof(stop, deny=DETECTOR, **always)
    assert (found.result, found.counterexample) == ("undetermined", None)
    assert "principaltag/team" in (found.reason or "").lower()
    fixed = proof(stop, deny=DETECTOR, **always, context={"aws:PrincipalTag/team": "blue"})
    assert fixed.counterexample is not None
    assert fixed.counterexample["context"]["aws:ResourceTag/team"].startswith("blue-")
    assert proof(stop, deny=DETECTOR, keysNeverPresent=["aws:PrincipalTag/team"]).result == "proved"


def test_rule_11_equal_tags_are_found_by_setting_the_variable() -> None:
    tags = {"StringNotEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}}
    found = proof(deny(DETECTOR, Condition=tags), deny=DETECTOR, keysAlwaysPresent=["aws:ResourceTag/team"])
    assert found.counterexample is not None
    context = found.counterexample["context"]
    assert context["aws:PrincipalTag/team"] == context["aws:ResourceTag/team"]


def test_rule_11_the_account_of_the_claim_fills_a_variable() -> None:
    own = deny("s3:PutObject", Resource="arn:aws:s3:::${aws:PrincipalAccount}-*")
    assert proof(own, deny="s3:PutObject", resources=[f"arn:aws:s3:::{ACCOUNT}-logs/*"]).result == "proved"
    assert proof(own, deny="s3:PutObject", resources=["arn:aws:s3:::999999999999-logs/*"]).result == "refuted"


def test_keys_that_the_catalogue_does_not_list_are_absent_and_said_to_be() -> None:
    stop = deny(["s3:DeleteBucket", "s3:ListBucket"], Condition={"StringNotEquals": {"s3:prefix": "x"}})
    found = proof(stop, deny="s3:DeleteBucket")
    assert found.result == "proved"
    assert any(text.startswith("s3:prefix is absent") for text in found.assumptions)
    listed = proof(stop, deny="s3:ListBucket")
    assert listed.counterexample is not None
    assert listed.counterexample["context"] == {"s3:prefix": "x"}


def test_a_claim_that_says_nothing_is_not_proved() -> None:
    stop = deny("*")
    nobody = proof(
        stop, deny=DETECTOR, principals=["arn:aws:iam::*:role/a"], exceptPrincipals=["arn:aws:iam::*:role/*"]
    )
    assert (nobody.result, nobody.reason) == ("undetermined", "no principal is one of the claim's")
    nothing = proof(stop, deny=DETECTOR, resources=["arn:aws:s3:::x"])
    assert (nothing.result, nothing.reason) == (
        "undetermined",
        "no action of the claim can be asked on its resources",
    )
    some = proof(stop, deny=[DETECTOR, "s3:PutObject"], resources=["arn:aws:s3:::x/*"])
    assert some.result == "proved"
    assert "1 of 2 actions cannot be asked" in some.assumptions[-1]


def test_rule_15_one_value_of_a_multivalued_key_may_come_without_a_list() -> None:
    one = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:TagKeys": "a"}}}
    levels = [level(one, full=False)]
    found = prove(levels, {"deny": "ec2:RunInstances", "account": ACCOUNT})
    assert found.counterexample is not None
    assert found.counterexample["context"] == {"aws:TagKeys": "a"}


def test_rule_15_a_key_that_nobody_lists_may_have_several_values() -> None:
    either = (
        deny("s3:*", Condition={"StringEqualsIfExists": {"our:key": "a"}}),
        deny("s3:*", Condition={"StringNotEquals": {"our:key": "a"}}),
    )
    found = proof(*either, deny="s3:PutObject")
    assert found.counterexample is not None
    assert isinstance(found.counterexample["context"]["our:key"], list)
    assert proof(*either, deny="s3:PutObject", keysNeverPresent=["our:key"]).result == "proved"


def test_an_action_that_the_catalogue_has_not_may_have_all_keys_of_its_service() -> None:
    stop = deny("s3:*", Condition={"StringNotEquals": {"s3:prefix": "x"}})
    assert proof(stop, deny="s3:NewThing").result == "refuted"
    assert proof(stop, deny="s3:NewThing", keysNeverPresent=["s3:prefix"]).result == "proved"


def test_an_action_that_the_catalogue_has_not_is_asked_on_anything() -> None:
    assert proof(deny("new:*"), deny="new:Thing").result == "proved"
    assert proof(deny("new:*", Resource="arn:aws:new:*:*:*"), deny="new:Thing").result == "refuted"


def rcps(*statements: Any) -> list[Any]:
    return [[{"name": "perimeter", "policy": policy(*statements)}]]


def test_rule_03_rcps_are_proved_for_whoever_asks() -> None:
    outside = {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-abc"}}
    stop = deny("s3:*", Principal="*", Condition=outside)
    claim = {"deny": "s3:PutObject", "keysNeverPresent": ["aws:PrincipalOrgID"]}
    assert prove(rcps(stop), claim, RCP).result == "proved"
    found = prove(rcps(stop), {"deny": "s3:PutObject"}, RCP)
    assert found.counterexample is not None
    assert found.counterexample["context"] == {"aws:PrincipalOrgID": "o-abc"}
    signed = deny("s3:*", Principal="*", Condition={"StringLike": {"aws:PrincipalArn": "*"}})
    anonymous = prove(rcps(signed), {"deny": "s3:PutObject"}, RCP)
    assert anonymous.counterexample is not None
    assert anonymous.counterexample["principal"] == ""


def test_rule_03_nothing_is_proved_of_services_that_rcps_do_not_reach() -> None:
    stop = deny(["ec2:*", "s3:*"], Principal="*")
    found = prove(rcps(stop), {"deny": ["ec2:RunInstances", "s3:ListAllMyBuckets", "s3:PutObject"]}, RCP)
    assert found.result == "undetermined"
    assert found.doubtful == ("ec2:RunInstances", "s3:ListAllMyBuckets")
    assert prove(rcps(stop), {"allow": "ec2:RunInstances"}, RCP).result != "refuted"


def test_rule_03_who_has_no_arn_is_left_out_where_the_claim_asks_for_one() -> None:
    signed = deny("s3:*", Principal="*", Condition={"StringLike": {"aws:PrincipalArn": "*"}})
    claim = {"deny": "s3:PutObject"}
    assert prove(rcps(signed), {**claim, "keysAlwaysPresent": ["aws:PrincipalArn"]}, RCP).result == "proved"
    assert prove(rcps(signed), {**claim, "keysNeverPresent": ["aws:PrincipalArn"]}, RCP).result == "refuted"
    assert prove(rcps(signed), {**claim, "principals": ["arn:aws:iam::*:role/*"]}, RCP).result == "proved"


def test_rule_11_services_have_no_account_to_fill_a_variable_of_an_rcp() -> None:
    own = deny("s3:PutObject", Principal="*", Resource="arn:aws:s3:::${aws:PrincipalAccount}-*")
    claim = {"deny": "s3:PutObject", "account": ACCOUNT, "resources": [f"arn:aws:s3:::{ACCOUNT}-logs/*"]}
    assert prove(rcps(own), claim, RCP).result != "proved"


def test_rule_04_tasks_outside_of_scps_are_said_to_be_taken_as_within() -> None:
    assert "tasks that AWS lists as outside of SCPs are taken to be within" in proof(deny("*"), deny="*").assumptions
    assert proof(deny("*"), deny=DETECTOR).assumptions == proof(deny("*"), deny="s3:PutObject").assumptions
