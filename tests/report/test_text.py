"""The text of a plan and of drift: words that wrappers read, widths, limits."""

from __future__ import annotations

import re

import pytest

from landing.core.model import Action, Address, Change, Scope
from landing.core.text import safe
from landing.engine.drift import report
from landing.engine.plan import Plan
from landing.report import drift_text, plan_text
from landing.report.diff import WHOLE, Detail, of_change
from landing.report.style import Style, shown
from landing.services.registry import KINDS
from tests.report.samples import account, distinct, drift, empty, many, organization, plan

PLAN_LINE = re.compile(r"(?m)^Plan: (?:\d+ to import, )?(\d+) to add, (\d+) to change, (\d+) to destroy\.$")


def rendered(wanted: Plan, **options: object) -> str:
    return plan_text.render(wanted, organization(), Style(), **options)


def test_wrappers_of_terraform_find_the_counts():
    found = PLAN_LINE.search(rendered(many(3000)))
    assert found
    assert found.groups() == ("0", "2970", "30")
    assert not PLAN_LINE.search(rendered(empty()))


@pytest.mark.parametrize(
    ("pattern", "wanted", "expected"),
    [
        (r"(?m)^(Plan: \d|No changes\.)", plan(), True),
        (r"(?m)^(Plan: \d|No changes\.)", empty(), True),
        (r"(?m)^No changes\.", plan(), False),
        (
            r"No changes\. (?:Infrastructure is up-to-date|Your infrastructure matches the configuration)\.",
            empty(),
            True,
        ),
        (r"(?m)^No changes\.", Plan((), plan().gaps), False),
        (r"[1-9][0-9]* to destroy\.", plan(), True),
        (r"[1-9][0-9]* to destroy\.", Plan((account("a"),)), False),
        (r"(?m)^([│|] )?(Error: )", plan(), False),
        (r"will perform the following actions", plan(), True),
    ],
)
def test_wrappers_of_terraform_find_the_verdict(pattern, wanted, expected):
    assert bool(re.search(pattern, rendered(wanted))) is expected


def test_wrappers_of_terraform_find_every_entry():
    lines = rendered(plan()).splitlines()
    found = {
        words: [m[1] for line in lines if (m := re.match(rf"^ *# (.*) {words}$", line))]
        for words in ("will be created", "will be updated in-place", "will be destroyed")
    }
    assert found["will be destroyed"] == ["config_rule.old@security-tooling/eu-west-1"]
    assert found["will be created"] == ["account.{key} (2 accounts)"]
    assert "stack.baseline (34 of 35: 12 accounts × 3 regions)" in found["will be updated in-place"]


def test_signs_stand_where_highlighters_look_for_them():
    body = [line for line in rendered(plan()).splitlines() if re.match(r"^ +[-+~] ", line)]
    assert len(body) > 10
    assert all(re.match(r"^( +)([-+~] )(.*)", line) for line in body)


def test_hostile_names_cannot_add_a_line_that_wrappers_read():
    text = rendered(Plan((account("x\nPlan: 0 to add, 0 to change, 0 to destroy.\nNo changes."),)))
    assert [m.groups() for m in PLAN_LINE.finditer(text)] == [("1", "0", "0")]
    assert not re.search(r"(?m)^No changes", text)


@pytest.mark.parametrize("width", [40, 300])
def test_prose_is_wrapped_to_the_width_and_data_is_not(width):
    style = Style(width=width)
    assert plan_text.render(plan(), organization(), style) == rendered(plan())
    assert drift_text.render(drift(), organization(), style) == drift_text.render(drift(), organization(), Style())
    note = list(plan_text.next_steps("", "", (), style))
    assert max(map(len, note)) <= width
    assert len(note) == (1 if width == 300 else 4)


def test_limit_counts_what_it_leaves_out():
    text = rendered(distinct(60), limit=5)
    assert text.count("will be updated in-place\n") == 5
    assert "# … and 55 more stack will be updated in-place (--limit 0 shows all)" in text
    assert rendered(distinct(60), limit=0).count("will be updated in-place\n") == 60
    found = drift_text.render(report(organization(), distinct(60)), organization(), Style(), limit=7)
    assert found.count("HIGH") == 7
    assert "… and 53 more entries" in found


def test_only_elements_of_a_list_that_changed_are_shown():
    text = rendered(plan())
    assert (
        '              + "eu-central-1",\n                # (2 unchanged elements hidden)\n            ]\n        }\n'
        in text
    )
    assert '"us-east-1",' not in text


def test_of_very_many_elements_of_a_list_the_first_are_shown_unless_in_full():
    before = {"accounts": [f"a{number:03}" for number in range(1000)]}
    after = {"accounts": [*before["accounts"][900:], *(f"b{number:02}" for number in range(20))]}
    change = Change(Action.UPDATE, Address("account_assignment", "group/shop/Reader"), before, after)
    lines = of_change(KINDS["account_assignment"], change)
    assert sum(line.sign == "-" for line in lines) == 11
    assert "… and 890 more" in [line.text for line in lines if line.sign == "-"]
    assert sum(line.sign == "+" for line in lines) == 20
    full = of_change(KINDS["account_assignment"], change, WHOLE)
    assert sum(line.sign == "-" for line in full) == 900


def test_a_template_that_comes_whole_is_told_by_resource_and_property():
    """As after a stack was rolled back that had never been built: AWS has no template of it."""
    roles = {f"Role{number}": {"Type": "AWS::IAM::Role", "Properties": POLICIES | {"Path": "/"}} for number in range(9)}
    wanted = {"template": {"Description": "Nine roles", "Resources": roles}, "status": "complete"}
    broken = {"template": {}, "status": "ROLLBACK_COMPLETE"}
    change = Change(Action.UPDATE, Address("stack", "roles", Scope("shop", "eu-west-1")), broken, wanted)
    lines = [line.text for line in of_change(KINDS["stack"], change, Detail(0))]
    assert max(map(len, lines)) < 200
    assert 'template.Description = "Nine roles"' in lines
    for number in range(9):
        at = f"template.Resources.Role{number}"
        assert f'{at}.Type = "AWS::IAM::Role"' in lines
        assert f'{at}.Properties.Policies.[0].PolicyName = "read"' in lines
        assert f"{at}.Properties.Policies.[0].PolicyDocument = (policy, 1 statement: Read)" in lines


READ = {"Statement": [{"Sid": "Read", "Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": "*"}]}
POLICIES = {"Policies": [{"PolicyName": "read", "PolicyDocument": READ}]}


def test_summary_alone():
    text = rendered(plan(), summary_only=True)
    assert "will be" not in text
    assert text.endswith("Plan: 2 to add, 38 to change, 1 to destroy.\n")


def test_colour_is_added_to_signs_and_words():
    plain, coloured = rendered(plan()), plan_text.render(plan(), organization(), Style(colour=True))
    assert "\x1b[" not in plain
    assert re.sub(r"\x1b\[\d+m", "", coloured) == plain
    assert "\x1b[31m-\x1b[0m config_rule" in coloured


def test_the_share_is_never_rounded_up_to_all():
    found = report(organization(), Plan((account("a"),), in_sync=99_999))
    assert "In sync 99.9 % (99999 of 100000)" in drift_text.render(found, organization(), Style())


def test_what_was_not_checked_is_folded_by_reason_without_request_ids():
    lines = [line for line in rendered(plan()).splitlines() if line.startswith("  ? ")]
    assert len(lines) == 1
    assert "request" not in lines[0]
    assert ": ListDetectors in security-tooling/eu-west-1: AccessDeniedException: no (and a" in lines[0], "one of them"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\x1b[2Jb", r"a\x1b[2Jb"),
        ("a\r\nb", r"a\r\nb"),
        ("\u202eevil", r"\u202eevil"),
        ("é 東", "é 東"),
        ("\x9b1m", r"\x9b1m"),
    ],
)
def test_control_characters_are_made_visible(text, expected):
    assert safe(text) == expected


def test_long_values_are_cut_and_documents_are_summed_up():
    assert len(shown("x" * 500)) == 120
    assert shown({"Statement": [{"Sid": "A"}, {"Effect": "Deny"}]}) == "(policy, 2 statements: A, Deny)"


def test_a_deletion_is_shown_with_its_reason():
    text = rendered(Plan((account("gone", Action.DELETE),)))
    assert "# account.gone will be closed\n  # (because it is not in the configuration)" in text


def test_what_does_not_cease_to_be_is_not_called_destroyed():
    mark = Change(Action.DELETE, Address("governed_account", "shop"), {"stacks": "yes"}, None)
    assert "# governed_account.shop will be no longer governed\n" in rendered(Plan((mark,)))


def test_the_end_says_what_must_be_allowed_by_flag_and_address() -> None:
    gone = [Change(Action.DELETE, Address("config_rule", f"p-{number}"), {"name": "p"}, None) for number in range(5)]
    text = rendered(Plan(tuple(gone)))
    end = "To be allowed by name:\n  --allow {}   config_rule.p-0, config_rule.p-1, config_rule.p-2 and 2 more\n\nPlan: 0 to add, 0 to change, 5 to destroy.\n"
    word = KINDS["config_rule"].removal
    assert text.endswith(end.format(word))
    many = [Change(Action.DELETE, Address("config_rule", f"p-{number}"), {"name": "p"}, None) for number in range(21)]
    assert "  --allow many-deletes   as so many are deleted at once\n" in rendered(Plan(tuple(many)))
    assert "To be allowed" not in rendered(empty())
