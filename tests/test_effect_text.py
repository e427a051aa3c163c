"""An effect in sentences: what each statement decides, the one that decides on most first."""

from __future__ import annotations

from landing.guardrails.effect_text import STATEMENTS, told
from landing.policy import Changed, Effect


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
    assert list(told(found, "for 3 accounts")) == [
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
    assert next(told(found, "for 1 account")) == "s3:GetObject becomes denied for 1 account, for want of an Allow"


def test_only_the_largest_are_told_apart() -> None:
    many = tuple(changed(f"s3:Get{number}", by=(f"policy-{number}/Sid",)) for number in range(STATEMENTS + 2))
    sentences = [text for text in told(Effect((), many, ()), "for 2 accounts") if not text.startswith("e.g.")]
    assert len(sentences) == STATEMENTS + 1
    assert (
        sentences[-1]
        == "2 actions (s3:Get5, s3:Get6) become permitted for 2 accounts, so far denied by other statements"
    )
