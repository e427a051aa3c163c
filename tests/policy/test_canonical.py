"""The one form of policy documents, and the text in which they are sent."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from landing.policy import evaluate
from landing.policy.canonical import canonical
from landing.policy.limits import compact
from tests.policy.generated import hierarchies, requests

_SHRUNK = settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def _cased(draw: st.DrawFn, text: str) -> str:
    return draw(st.sampled_from((text, text.upper(), text.swapcase())))


def _listed(draw: st.DrawFn, value: Any) -> Any:
    items = value if isinstance(value, list) else [value]
    items = draw(st.permutations(items + draw(st.lists(st.sampled_from(items), max_size=1))))
    return items[0] if len(items) == 1 and draw(st.booleans()) else items


def _scalar(draw: st.DrawFn, operator: str, value: str) -> Any:
    if operator in ("Bool", "Null"):
        return draw(st.sampled_from((value, value.capitalize(), value == "true")))
    return int(value) if value in ("1", "2", "10") and draw(st.booleans()) else value


@st.composite
def _respelled(draw: st.DrawFn, statement: dict[str, Any]) -> dict[str, Any]:
    """The same statement as AWS reads it."""
    found: dict[str, Any] = {}
    for name in draw(st.permutations(list(statement))):
        value = statement[name]
        if name in ("Action", "NotAction"):
            texts = value if isinstance(value, list) else [value]
            found[name] = _listed(draw, [_cased(draw, text) for text in texts])
        elif name in ("Resource", "NotResource"):
            found[name] = _listed(draw, value)
        elif name == "Condition":
            found[name] = {
                _cased(draw, operator): {
                    _cased(draw, key): _listed(draw, [_scalar(draw, operator, item) for item in _texts(values)])
                    for key, values in block.items()
                }
                for operator, block in value.items()
            }
        else:
            found[name] = value
    return found if "Condition" in found or draw(st.booleans()) else {**found, "Condition": {}}


def _texts(values: Any) -> list[str]:
    return values if isinstance(values, list) else [values]


@_SHRUNK
@given(levels=hierarchies(), asked=st.lists(requests(), min_size=1, max_size=6), data=st.data())
def test_one_form_means_what_every_spelling_of_it_means(
    levels: list[Any], asked: list[dict[str, Any]], data: st.DataObject
) -> None:
    spelled, formed = [], []
    for level in levels:
        (entry,) = level
        statements = entry["policy"]["Statement"]
        respelled = [data.draw(_respelled(statement)) for statement in data.draw(st.permutations(statements))]
        policy = {**entry["policy"], "Statement": respelled[0] if len(respelled) == 1 else respelled}
        form = canonical(policy)
        assert form == canonical(entry["policy"]) == canonical(form)
        spelled.append([{"name": "p", "policy": policy}])
        formed.append([{"name": "p", "policy": form}])
    for one in asked:
        assert evaluate(levels, one).result == evaluate(spelled, one).result == evaluate(formed, one).result


@pytest.mark.parametrize(
    ("condition", "other"),
    [
        ({"StringEquals": {"aws:PrincipalTag/t": "a"}}, {"StringEquals": {"aws:PrincipalTag/t": "A"}}),
        ({"StringEquals": {"aws:PrincipalTag/t": "true"}}, {"StringEquals": {"aws:PrincipalTag/t": "True"}}),
        ({"NumericEquals": {"s3:max-keys": "1"}}, {"NumericEquals": {"s3:max-keys": "1.0"}}),
        ({"NumericEquals": {"s3:max-keys": 1}}, {"NumericEquals": {"s3:max-keys": True}}),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::a"}}, {"ArnEquals": {"aws:SourceArn": "arn:aws:s3:::a"}}),
        ({"StringEquals": {"a": []}}, {}),
    ],
)
def test_what_may_mean_something_else_has_another_form(condition: Any, other: Any) -> None:
    def policy(block: Any) -> Any:
        return {"Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": block}]}

    assert canonical(policy(condition)) != canonical(policy(other))


def test_names_that_differ_by_case_alone_are_left_as_they_are() -> None:
    block = {"Bool": {"aws:X": True}, "bool": {"aws:X": False, "aws:x": True}}
    (statement,) = canonical({"Statement": {"Effect": "Deny", "Condition": block}})["Statement"]
    assert statement["Condition"] == {"Bool": {"aws:x": ["true"]}, "bool": {"aws:X": ["false"], "aws:x": ["true"]}}


def test_a_declarative_policy_is_itself() -> None:
    assert canonical({"tags": {"a": ["B", "a"]}}) == {"tags": {"a": ["B", "a"]}}


_TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=10,
)


@_SHRUNK
@given(document=st.dictionaries(_TEXT, _JSON, max_size=4))
def test_what_is_sent_is_the_document_and_as_long_in_characters_as_in_bytes(document: dict[str, Any]) -> None:
    text = compact(document)
    assert json.loads(text) == document
    assert len(text) == len(text.encode())
    assert text.isprintable()
