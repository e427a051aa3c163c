"""Declarative policies: their top-level key, what may stand below it, and the operators of inheritance.

AWS Organizations user guide, "Declarative policy syntax and inheritance" and the page of each type.
"""

from collections.abc import Iterator, Mapping

from landing.policy.declarative.inheritance import ALLOWED, APPEND, OPERATORS, REMOVE, VALUE_OPERATORS
from landing.policy.declarative.shape import Section, authored
from landing.policy.declarative.shapes import SHAPES
from landing.policy.limits import LIMITS
from landing.policy.linter.finding import ERROR, WARNING, Finding, Source, pointer
from landing.policy.suggestions import did_you_mean

ALLOWABLE = ("@@all", "@@none", *VALUE_OPERATORS)


def check(source: Source) -> Iterator[Finding]:
    """What is no policy of the type, settings and values that it does not have, and operators that there are not."""
    document = source.document
    if not isinstance(document, Mapping):
        yield Finding("POL100", ERROR, "", "the policy is not a JSON object")
        return
    key = LIMITS[source.policy_type].key
    for name in document:
        if key is not None and name != key:
            message = f"{name!r} is not the key of a {source.policy_type}"
            yield Finding("POL700", ERROR, pointer(name), message, f"the content stands under {key!r}")
    if key is not None and key not in document:
        yield Finding("POL700", ERROR, "", f"the content of a {source.policy_type} stands under {key!r}")
    yield from _node(document, ())
    shape = SHAPES.get(source.policy_type)
    if isinstance(shape, Section) and key is not None and key in document:
        for fault in authored({key: document[key]}, shape):
            severity = ERROR if fault.certain else WARNING
            yield Finding(fault.code, severity, pointer(*fault.where), fault.message, fault.hint)


def _node(node: object, path: tuple[object, ...]) -> Iterator[Finding]:
    if isinstance(node, list | tuple):
        for index, item in enumerate(node):
            yield from _node(item, (*path, index))
    if not isinstance(node, Mapping):
        return
    for name, value in node.items():
        where = pointer(*path, name)
        if not str(name).startswith("@@"):
            yield from _node(value, (*path, name))
        elif name not in OPERATORS:
            message = f"{name!r} is no operator of inheritance"
            yield Finding("POL701", ERROR, where, message, did_you_mean(str(name), OPERATORS))
        elif name in (APPEND, REMOVE) and not isinstance(value, list | tuple):
            yield Finding("POL702", ERROR, where, f"{name} takes a list", "use @@assign for a single value")
        elif name == ALLOWED:
            yield from _allowed(value, where)


def _allowed(value: object, where: str) -> Iterator[Finding]:
    if not isinstance(value, list | tuple):
        yield Finding("POL702", ERROR, where, f"{ALLOWED} takes a list of operators")
        return
    for index, item in enumerate(value):
        if item not in ALLOWABLE:
            message = f"{item!r} is none of {', '.join(ALLOWABLE)}"
            yield Finding("POL702", ERROR, f"{where}/{index}", message, did_you_mean(str(item), ALLOWABLE))
