"""An effect in sentences: what each statement decides, the one that decides on most first."""

from __future__ import annotations

from landing.guardrails.effect_text import STATEMENTS, Outcome, in_brief, outcomes, sentences
from landing.policy import RCP, SCP, Changed, Effect


def changed(*actions: str, by: tuple[str, ...] = (), entirely: bool = True) -> Changed:
    """Actions of which the example is by a role, on anything."""
    example = {"principal": "role", "action": actions[0], "resource": "*", "context": {}}
    return Changed(actions, example, entirely, by)


def test_each_statement_has_its_actions_and_an_example() -> None:
    found = Effect(
        denied=(changed("s3:PutObject", by=("encrypt/Puts",), entirely=False),),
        permitted=(
            changed("iam:CreateUser", by=("no-users/Users",)),
            changed("ec2:RunInstances", by=("regions/Other", "imds/Launch"), entirely=False),
            changed("ec2:StopInstances", "ec2:StartInstances", by=("regions/Other", "imds/Launch")),
        ),
        undetermined=(),
    )
    assert list(sentences(outcomes(found, SCP, 3))) == [
        "s3:PutObject becomes denied for some requests for 3 accounts, by encrypt/Puts",
        "e.g. role with s3:PutObject on *",
        "2 actions (ec2:StopInstances, ec2:StartInstances) become permitted for 3 accounts, "
        "so far denied by regions/Other, imds/Launch",
        "ec2:RunInstances becomes permitted for some requests for 3 accounts, "
        "so far denied by regions/Other, imds/Launch",
        "e.g. role with ec2:RunInstances on *",
        "iam:CreateUser becomes permitted for 3 accounts, so far denied by no-users/Users",
        "e.g. role with iam:CreateUser on *",
    ]


def test_what_no_statement_denies_lacks_an_allow() -> None:
    found = Effect((changed("s3:GetObject"),), (), ())
    assert next(sentences(outcomes(found, SCP, 1))) == "s3:GetObject becomes denied for 1 account, for want of an Allow"
    told = next(sentences(outcomes(Effect((), found.denied, ()), SCP, 1)))
    assert told == "s3:GetObject becomes permitted for 1 account, so far denied for want of an Allow"


def test_only_the_largest_are_told_apart() -> None:
    many = tuple(changed(f"s3:Get{number}", by=(f"policy-{number}/Sid",)) for number in range(STATEMENTS + 2))
    found = [text for text in sentences(outcomes(Effect((), many, ()), SCP, 2)) if not text.startswith("e.g.")]
    assert len(found) == STATEMENTS + 1
    assert (
        found[-1] == "2 actions (s3:Get5, s3:Get6) become permitted for 2 accounts, so far denied by other statements"
    )


def outcome(actions: str, node: str, accounts: int = 1, policy_type: str = SCP) -> Outcome:
    return Outcome(tuple(actions), "denied", True, ", by p/S", accounts, (node,), policy_type, f"role at {node}")


def test_in_brief_what_differs_in_numbers_is_one_outcome_with_one_example() -> None:
    told = [outcome("abcd", "unit/a", 2), "something else", outcome("bcdex", "unit/b", 3)]
    assert list(in_brief(told)) == [
        "4 to 5 actions (b, c, d, …) become denied for 5 accounts below unit/a, unit/b, by p/S",
        "e.g. role at unit/a",
        "something else",
    ]


def test_in_brief_what_is_alike_keeps_its_words() -> None:
    told = [outcome("ab", "unit/a"), outcome("ab", "account/b")]
    assert next(in_brief(told)) == "2 actions (a, b) become denied for 2 accounts below unit/a, account/b, by p/S"
    alone = [outcome("a", "unit/a", 4)]
    assert list(in_brief(alone)) == list(sentences(alone))


def test_in_brief_other_actions_and_other_types_of_policies_are_told_apart() -> None:
    told = [outcome("abc", "unit/a"), outcome("cxyz", "unit/b")]
    assert list(in_brief(told)) == list(sentences(told))
    told = [outcome("a", "unit/a"), outcome("a", "unit/a", policy_type=RCP)]
    assert list(in_brief(told)) == list(sentences(told))
