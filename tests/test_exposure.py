"""What lets more requests through must be allowed by name; what only blocks more need not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from landing.aws import FULL_ACCESS
from landing.core.errors import UnsafePlan
from landing.core.model import Action, Address, Attributes, Change, Scope, Source
from landing.engine.plan import Plan
from landing.guardrails.exposure import dangers, exposures, refuse_unsafe
from landing.organization import Deployment, ForeignPolicy, Guardrail, Held, Organization, Pack, Target
from landing.organization.resources import HOLDS
from landing.policy import RCP, SCP
from tests.samples import SMALL

HERE = Source("config/landing.yaml", 3, 5)
LEAVE, BUCKET = "organizations:LeaveOrganization", "s3:DeleteBucket"


@pytest.fixture(scope="module")
def base(load_text: Callable[[str], Organization]) -> Organization:
    return load_text(SMALL)


def document(*actions: str, effect: str = "Deny", **rest: Any) -> dict[str, Any]:
    statements = [{"Effect": effect, "Action": action, "Resource": "*", **rest} for action in actions]
    return {"Version": "2012-10-17", "Statement": statements}


def update(address: str, before: Attributes, after: Attributes) -> Change:
    return Change(Action.UPDATE, Address.parse(address), before, after, source=HERE)


def rewritten(before: Any, after: Any, policy_type: str = SCP, **more: tuple[list[str], list[str]]) -> Change:
    sides = [
        {"type": policy_type, "content": text, **{key: both[number] for key, both in more.items()}}
        for number, text in enumerate((before, after))
    ]
    return update("policy.p", *sides)


def attached(node: str, before: list[str], after: list[str]) -> Change:
    return update(f"attachments.{node}", {"policies": before}, {"policies": after})


def guarded(base: Organization, text: Any, *units: str, policy_type: str = SCP) -> Organization:
    guardrail = Guardrail("p", "p", policy_type, "", text, target=Target(units=units), severity="high")
    return replace(base, guardrails={"p": guardrail})


ROLE = {"Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/admin"}}}
PRINCIPAL = {"Principal": "*"}


@pytest.mark.parametrize(
    ("change", "passes"),
    [
        (rewritten(document(LEAVE, BUCKET), document(LEAVE)), BUCKET),
        (rewritten(document(LEAVE), document(BUCKET)), LEAVE),
        (rewritten(document(BUCKET), document(BUCKET, **ROLE)), "role/admin"),
        (rewritten(document(BUCKET, **PRINCIPAL), document("s3:PutObject", **PRINCIPAL), RCP), BUCKET),
        (rewritten({}, document(LEAVE)), "cannot be told"),
        (rewritten(document("s3:*", effect="Allow"), document("*", effect="Allow")), "passes"),
        (rewritten(document(LEAVE), document(LEAVE, BUCKET)), ""),
        (rewritten(document(LEAVE), document("organizations:*")), ""),
        (rewritten(document(LEAVE, "organizations:*"), document("organizations:*")), ""),
        (rewritten(document(BUCKET, **ROLE), document(BUCKET)), ""),
        (rewritten(document("*", effect="Allow"), document("s3:*", effect="Allow")), ""),
    ],
)
def test_a_text_that_lets_more_through_weakens(base: Organization, change: Change, passes: str) -> None:
    found = exposures(base, [change])
    assert bool(found) is bool(passes), found
    assert passes in found.get(change.address, "")


def test_the_refusal_says_where_and_what_passes(base: Organization) -> None:
    plan = Plan((rewritten(document(LEAVE, BUCKET), document(LEAVE)),))
    with pytest.raises(
        UnsafePlan, match=r"policy\.p \(config/landing\.yaml:3:5\) needs --allow weaken: e\.g\. .*Bucket"
    ):
        refuse_unsafe(base, plan.changes, ("delete", "detach"))
    refuse_unsafe(base, plan.changes, ("weaken",))


def test_a_token_stands_for_one_account_on_both_sides(base: Organization) -> None:
    """Each side has one account: they are two, whatever ids they will have."""

    def spares(key: str) -> dict[str, Any]:
        arn = f"arn:aws:iam::<account:{key}>:role/admin"
        return document(BUCKET, Condition={"ArnNotLike": {"aws:PrincipalArn": arn}})

    [words] = exposures(base, [rewritten(spares("shop-dev"), spares("shop-prod"))]).values()
    assert words == f"e.g. arn:aws:iam::<account:shop-prod>:role/admin with {BUCKET} on arn:aws:s3:::example passes"
    assert exposures(base, [rewritten(spares("shop-dev"), spares("shop-dev"))]) == {}


def test_what_protects_an_account_of_a_role_goes_with_the_role(base: Organization) -> None:
    """Its stack is made in the account that takes the role up; without that, and for any other account, it is asked."""

    def protects(key: str) -> dict[str, Any]:
        return document(BUCKET, Condition={"StringEquals": {"aws:PrincipalAccount": f"<account:{key}>"}})

    deployment = Deployment("log-archive", {}, ("eu-west-1",), accounts=(base.log_archive,))
    moved = replace(base, deployments={**base.deployments, "log-archive": deployment})
    stack = Change(
        Action.CREATE, Address("stack", "log-archive", Scope(base.log_archive, "eu-west-1")), None, {"template": {}}
    )
    change = rewritten(protects("shop-dev"), protects(base.log_archive))
    assert exposures(moved, [change, stack]) == {}
    assert exposures(moved, [change]) != {}
    own = replace(moved, deployments={"log-archive": replace(deployment, remembered=True)})
    assert exposures(own, [change, stack]) != {}, "a stack of the config's own is no role"
    assert exposures(moved, [rewritten(protects("shop-dev"), protects("shop-prod")), stack]) != {}


def test_an_account_that_no_text_names_is_called_so(base: Organization) -> None:
    [words] = exposures(base, [rewritten(document(BUCKET, LEAVE), document(LEAVE))]).values()
    assert words.startswith("e.g. arn:aws:iam::<account>:")


def test_a_pack_is_asked_of_once(base: Organization) -> None:
    """What a pack loses needs leave to detach; what it takes in needs none."""
    both, one = document(LEAVE, BUCKET), document(LEAVE)
    loses = rewritten(both, one, **{HOLDS: (["a", "b"], ["a"])})
    assert dangers(base, [loses]) == {loses.address: {"detach": ""}}
    assert dangers(base, [rewritten(one, both, **{HOLDS: (["a"], ["a", "b"])})]) == {}
    [words] = dangers(base, [rewritten(both, one, **{HOLDS: (["a"], ["a"])})]).values()
    assert words.keys() == {"weaken"}


PUT = "s3:PutObject"


def named(sid: str, *actions: str) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Deny", "Action": list(actions), "Resource": "*"}


@pytest.mark.parametrize(
    ("before", "after", "of_b", "passes"),
    [
        pytest.param([named("A", LEAVE), named("B", PUT)], [named("A", LEAVE)], None, "", id="no other"),
        pytest.param([named("A", LEAVE, BUCKET), named("B", PUT)], [named("A", LEAVE)], None, BUCKET, id="narrower"),
        pytest.param([named("A", LEAVE, BUCKET), named("B", PUT)], [named("C", LEAVE)], None, BUCKET, id="renamed"),
        pytest.param(
            [named("A", LEAVE), named("B", PUT)], [named("A", LEAVE)], named("B", PUT), "", id="no other, and known"
        ),
        pytest.param(
            [named("A", LEAVE), named("A2", BUCKET), named("B", PUT)],
            [named("A", LEAVE)],
            named("B", PUT),
            BUCKET,
            id="fewer, and it is known what the other says",
        ),
        pytest.param(
            [named("A", LEAVE, PUT)], [named("A", LEAVE)], named("B", PUT), "", id="of both, and it is known of which"
        ),
        pytest.param(
            [named("A", LEAVE), named("A2", BUCKET), named("A3", "s3:GetObject"), named("B", PUT)],
            [named("A", LEAVE), named("A3", "s3:GetObject")],
            None,
            BUCKET,
            id="amid",
        ),
        pytest.param(
            [named("A", LEAVE), named("B", PUT)], [named("A", LEAVE), named("C", PUT, BUCKET)], None, "", id="a new one"
        ),
    ],
)
def test_what_another_guardrail_of_the_pack_lets_through_is_asked_for_beside(
    base: Organization, before: list[Any], after: list[Any], of_b: Any, passes: str
) -> None:
    """Leave to take one out is no leave to loosen another."""
    old, new = ({"Version": "2012-10-17", "Statement": each} for each in (before, after))
    whose = ["c" if each["Sid"] == "C" and len(after) > 1 else "a" for each in after]
    pack = Pack("p", "unit/workloads", SCP, "", new, ("a",), tuple((f"{owner}/x",) for owner in whose))
    known = guarded(base, {"Version": "2012-10-17", "Statement": [of_b or named("A", LEAVE)]}, "workloads")
    known = replace(known, guardrails={"b" if of_b else "a": known.guardrails["p"]}, packs={"p": pack})
    loses = rewritten(old, new, **{HOLDS: (["a", "b"], ["a"])})
    [words] = dangers(known, [loses]).values()
    assert words.keys() == ({"detach", "weaken"} if passes else {"detach"})
    assert passes in words.get("weaken", "")


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (["list"], [FULL_ACCESS, "list"], {"weaken"}),
        (["list"], [FULL_ACCESS], {"detach"}),
        (["list"], ["p"], {"detach", "weaken"}),
        (["deny", "list"], [FULL_ACCESS, "list"], {"detach", "weaken"}),
        (["deny", "list"], ["list", "p"], {"detach", "weaken"}),
        (["deny", "list"], ["list"], {"detach"}),
        ([], [FULL_ACCESS], {"weaken"}),
        (["list"], ["list", "p"], {"weaken"}),
        ([FULL_ACCESS], [FULL_ACCESS, "p"], set()),
        ([FULL_ACCESS], ["p"], set()),
        (["list"], ["deny", "list"], set()),
    ],
)
def test_a_wider_list_of_what_is_allowed_weakens(
    base: Organization, before: list[str], after: list[str], words: set[str]
) -> None:
    known = replace(
        base,
        guardrails={
            name: Guardrail(name, name, SCP, "", text, target=Target(units=("workloads",)), severity="high")
            for name, text in {
                "p": document("s3:*", effect="Allow"),
                "list": document("ec2:*", effect="Allow"),
                "deny": document(LEAVE),
            }.items()
        },
    )
    change = attached("unit/workloads", before, after)
    assert {*dangers(known, [change]).get(change.address, ())} == words
    switched_on = Change(Action.CREATE, Address("policy_type", SCP), None, {})
    assert "weaken" not in dangers(known, [change, switched_on]).get(change.address, ())


@pytest.mark.parametrize(
    ("before", "after", "passes"),
    [
        ("workloads/prod", "workloads/dev", BUCKET),
        ("workloads/dev", "workloads/prod", ""),
        ("root", "workloads/dev", ""),
        ("workloads/other", "workloads/prod", "workloads/other"),
    ],
)
@pytest.mark.parametrize("policy_type", [SCP, RCP])
def test_an_account_that_moves_to_where_less_is_blocked_weakens(
    base: Organization, before: str, after: str, passes: str, policy_type: str
) -> None:
    text = document(BUCKET, **(PRINCIPAL if policy_type == RCP else {}))
    known = guarded(base, text, "workloads/prod", policy_type=policy_type)
    change = update("account.shop-prod", {"unit": before}, {"unit": after})
    found = exposures(known, [change])
    assert bool(found) is bool(passes), found
    assert passes in found.get(change.address, "")


@pytest.mark.parametrize("by", ["token", "id", "others"])
def test_an_account_that_is_not_treated_like_others_stands_for_itself_alone(base: Organization, by: str) -> None:
    """The first of two that move is blocked anyway, or let through before as well: the second is not."""
    known, spared = base, "<account:shop-dev>"
    if by == "id":
        spared = "111122223333"
        accounts = {**base.accounts, "shop-dev": replace(base.accounts["shop-dev"], id=spared)}
        known = replace(base, accounts=accounts)
    elif by == "others":
        spared = "999999999999"
        theirs = ForeignPolicy("p-1", "quarantine", SCP, ("account/shop-dev",), Address("policy", "p-1"), document("*"))
        known = replace(base, foreign=(theirs,))
    condition = {"StringNotEquals": {"aws:PrincipalAccount": spared}}
    known = guarded(known, document(BUCKET, Condition=condition), "workloads/prod")
    moved = [
        update(f"account.{key}", {"unit": "workloads/prod"}, {"unit": "workloads/dev"})
        for key in ("shop-dev", "shop-prod")
    ]
    found = exposures(known, moved)
    assert [str(address) for address in found] == ["account.shop-prod"]


PROD, DEV = "unit/workloads/prod", "unit/workloads/dev"


@pytest.mark.parametrize(
    ("held", "others", "asked"),
    [
        pytest.param(None, [], True, id="nothing is known of AWS"),
        pytest.param(Held({PROD: (FULL_ACCESS, "p")}, frozenset("p")), [], True, id="not attached yet"),
        pytest.param(Held({PROD: (FULL_ACCESS, "p"), DEV: ("p",)}, frozenset("p")), [], False, id="attached"),
        pytest.param(Held({PROD: (FULL_ACCESS, "p"), DEV: ("p",)}), [], True, id="attached with another text"),
        pytest.param(
            Held({PROD: (FULL_ACCESS, "p")}, frozenset("p")),
            [attached(DEV, [], ["p"])],
            False,
            id="attached by the same plan",
        ),
        pytest.param(
            Held({PROD: (FULL_ACCESS, "p")}, frozenset("p")),
            [attached(PROD, [FULL_ACCESS], [FULL_ACCESS, "p"])],
            True,
            id="attached elsewhere",
        ),
    ],
)
def test_an_account_that_policies_name_moves_without_waiting_for_what_is_to_be_attached_there(
    base: Organization, held: Held | None, others: list[Change], *, asked: bool
) -> None:
    condition = {"StringNotEquals": {"aws:PrincipalAccount": "<account:shop-prod>"}}
    texts = {"p": (document(BUCKET), ("workloads/prod", "workloads/dev")),
             "names": (document(LEAVE, Condition=condition), ("security",))}  # fmt: skip
    guardrails = {
        key: Guardrail(key, key, SCP, "", text, target=Target(units=units), severity="high")
        for key, (text, units) in texts.items()
    }
    known = replace(base, guardrails=guardrails, held=held)
    moved = [
        update(f"account.{key}", {"unit": "workloads/prod"}, {"unit": "workloads/dev"})
        for key in ("shop-dev", "shop-prod")
    ]
    found = exposures(known, [*moved, *others])
    assert [str(address) for address in found] == (["account.shop-prod"] if asked else [])


WORKLOADS = "unit/workloads"


def beside(before: Any, after: Any) -> Change:
    return replace(rewritten(before, after), address=Address("policy", "q"))


@pytest.mark.parametrize(
    ("held", "others", "asked"),
    [
        pytest.param(None, [], True, id="nothing is known of AWS"),
        pytest.param({}, [], False, id="it is attached nowhere"),
        pytest.param({WORKLOADS: ("p",)}, [], True, id="nothing else blocks it"),
        pytest.param({WORKLOADS: ("p", "q")}, [beside(document(LEAVE), document(LEAVE, BUCKET))], False, id="moved"),
        pytest.param({WORKLOADS: ("p", "q")}, [beside(document(LEAVE), document("s3:Delete*"))], True, id="swapped"),
        pytest.param({WORKLOADS: ("p", "q")}, [beside(document(LEAVE), document(LEAVE, "s3:*"))], False, id="wider"),
        pytest.param(
            {WORKLOADS: ("p", "q")},
            [beside(document(LEAVE), document(LEAVE, BUCKET, **ROLE))],
            True,
            id="but for a role",
        ),
        pytest.param(
            {WORKLOADS: ("p",), "root": ("q",)},
            [beside(document(LEAVE), document(LEAVE, BUCKET))],
            True,
            id="elsewhere",
        ),
        pytest.param(
            {WORKLOADS: ("p", "q"), "root": ("p",)},
            [beside(document(LEAVE), document(LEAVE, BUCKET))],
            True,
            id="not everywhere",
        ),
        pytest.param(
            {WORKLOADS: ("p", "q")},
            [beside(document(LEAVE), document(LEAVE, BUCKET)), attached(WORKLOADS, ["p", "q"], ["p"])],
            True,
            id="detached at once",
        ),
        pytest.param(
            {WORKLOADS: ("p",)},
            [
                Change(Action.CREATE, Address("policy", "q"), None, {"type": SCP, "content": document(BUCKET)}),
                attached(WORKLOADS, ["p"], ["p", "q"]),
            ],
            False,
            id="a new one",
        ),
        pytest.param(
            {WORKLOADS: ("p", "r")},
            [
                Change(Action.CREATE, Address("policy", "q"), None, {"type": SCP, "content": document(BUCKET)}),
                attached(WORKLOADS, ["p", "r"], ["p", "q"]),
            ],
            True,
            id="a new one that may have to wait for a slot",
        ),
        pytest.param(
            {WORKLOADS: ("p", "q")},
            [Change(Action.DELETE, Address("policy", "q"), {"type": SCP, "content": document(BUCKET)}, None)],
            True,
            id="deleted",
        ),
        pytest.param({WORKLOADS: ("p", "q")}, [beside({}, document(BUCKET))], True, id="no text"),
    ],
)
def test_what_others_block_at_the_same_place_all_the_while_is_not_weakened(
    base: Organization, held: dict[str, tuple[str, ...]] | None, others: list[Change], *, asked: bool
) -> None:
    change = rewritten(document(LEAVE, BUCKET), document(LEAVE))
    known = replace(base, held=None if held is None else Held(held))
    assert ("weaken" in dangers(known, [change, *others]).get(change.address, ())) is asked


def test_what_is_as_declared_blocks_as_well_and_what_is_not_does_not(base: Organization) -> None:
    change, held = rewritten(document(LEAVE, BUCKET), document(LEAVE)), {WORKLOADS: ("p", "q")}
    text = Guardrail("q", "q", SCP, "", document(BUCKET), target=Target(units=("workloads",)), severity="high")
    known = replace(base, guardrails={"q": text}, held=Held(held, frozenset({"q"})))
    assert not dangers(known, [change])
    assert dangers(replace(known, held=Held(held)), [change])


def test_what_an_allow_gives_is_asked_for_whatever_stands_beside_it(base: Organization) -> None:
    change = rewritten(document("s3:*", effect="Allow"), document("*", effect="Allow"))
    assert dangers(replace(base, held=Held({WORKLOADS: ("p",)})), [change])


def test_a_saved_plan_is_weighed_as_it_was_when_it_was_made(base: Organization) -> None:
    changes = (rewritten(document(LEAVE, BUCKET), document(LEAVE)), beside(document(LEAVE), document(LEAVE, BUCKET)))
    known = replace(base, held=Held({WORKLOADS: ("p", "q")}))
    saved = Plan.from_json(Plan(changes, held=known.held).to_json())
    assert dangers(replace(base, held=saved.held), saved.changes) == dangers(known, changes) == {}
    assert dangers(base, saved.changes) != {}
