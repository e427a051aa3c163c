"""Names come through as they are, whatever is in them, and make keys that everybody can read."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landing.core.keys import is_key, keys, slug
from landing.core.yaml_text import parse
from landing.importing.draft import Draft, DraftAccount, DraftPolicy, DraftUnit, LeftOut
from landing.importing.output import write_folder
from landing.importing.yaml_values import block, comment, inline, text

ANY = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=128)
"""What AWS takes as the name of a unit or a policy."""
ACCOUNT = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=50)
TAG = st.text(st.characters(categories=("L", "N", "Zs"), include_characters="_.:/=+-@"), max_size=256)


def is_tag(key: str) -> bool:
    """Whether it can be the key of a tag that is not reserved."""
    return 0 < len(key) <= 128 and not key.lower().startswith(("aws:", "landing:"))


@given(ANY)
def test_a_text_is_read_as_it_was_written(name: str) -> None:
    assert parse(f"key: {text(name)} {comment(name)}\n") == {"key": name}
    assert parse(f"{text(name)}: [{text(name)}, {{a: {text(name)}}}]\n") == {name: [name, {"a": name}]}


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**62), 2**62) | ANY,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANY, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(ANY, VALUES, min_size=1, max_size=4))
def test_a_mapping_is_read_as_it_was_written(value: dict[str, Any]) -> None:
    assert parse("\n".join(block(value)) + "\n") == value
    assert parse(inline(value)) == value


@settings(max_examples=15)
@given(
    st.lists(ANY, min_size=1, max_size=4, unique_by=str.lower),
    ACCOUNT,
    st.dictionaries(TAG.filter(is_tag), TAG, max_size=3),
)
def test_a_config_has_the_names_that_were_imported(names: list[str], account: str, tags: dict[str, str]) -> None:
    given_keys = keys(((str(number), name, "") for number, name in enumerate(names)), "unit", ("root",))
    document = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"}],
    }
    draft = Draft(
        name="corp",
        home_region="eu-west-1",
        governed_regions=("eu-west-1",),
        management="payer",
        log_archive="logs",
        security_tooling="logs",
        units=tuple(DraftUnit(given_keys[str(number)], name) for number, name in enumerate(names)),
        accounts=(
            DraftAccount("payer", account, "a@b.cd", "root", "111122223333"),
            DraftAccount("logs", account, "c@b.cd", given_keys["0"], "000122223333", tags),
        ),
        policies=tuple(
            DraftPolicy(
                f"policy-{number}", name, name, "SERVICE_CONTROL_POLICY", document, (f"unit/{given_keys['0']}",)
            )
            for number, name in enumerate(names)
        ),
        left_out=tuple(LeftOut(name, name) for name in names),
        source=names[0],
    )
    with tempfile.TemporaryDirectory() as folder:
        organization = write_folder(draft, Path(folder) / "org").organization
    assert [unit.name for unit in organization.units.values()] == names
    assert organization.accounts["logs"].name == account
    assert organization.accounts["logs"].tags == tags
    assert [guardrail.name for guardrail in organization.guardrails.values()] == names
    assert all(guardrail.document == document for guardrail in organization.guardrails.values())


@given(st.lists(ANY, max_size=12), st.randoms(use_true_random=False))
def test_keys_are_valid_and_given_once_in_whatever_order(names: list[str], dice: Any) -> None:
    things = [(f"ou-abcd-{number:08d}", name, "") for number, name in enumerate(names)]
    found = keys(things, "unit")
    assert all(map(is_key, found.values()))
    assert len(set(found.values())) == len(names)
    dice.shuffle(things)
    assert keys(things, "unit") == found


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Log Archive", "log-archive"),
        ("NoRDS", "no-rds"),
        ("DenyLeaveOrg", "deny-leave-org"),
        ("Zürich/Prod", "zurich-prod"),
        ("  --  ", ""),
        ("日本", ""),
        ("PCI_2", "pci-2"),
    ],
)
def test_keys_are_readable(name: str, key: str) -> None:
    assert slug(name) == key


def test_of_two_names_alike_the_first_by_id_has_the_key_and_marks_come_before_names() -> None:
    things = [("3", "Shop", ""), ("1", "shop", ""), ("2", "Other", "shop-2"), ("4", "SHOP", "")]
    assert keys(things, "account") == {"1": "shop", "2": "shop-2", "3": "shop-3", "4": "shop-4"}
