"""What a type of policy may set: sections, keys that the author chooses, and settings with their values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from landing.policy.declarative.inheritance import APPEND, ASSIGN, REMOVE, VALUE_OPERATORS, Where
from landing.policy.suggestions import did_you_mean


@dataclass(frozen=True, slots=True)
class Setting:
    """A value, or with `many` a list of values: one of `words`, or what fits `pattern`, which `what` says in words.

    With `number`, a number and no text.
    """

    words: tuple[str, ...] = ()
    pattern: str = ".*"
    what: str = "a text"
    many: bool = False
    most: int | None = None
    number: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """Keys that AWS names. `required` must be there in what the policies come to; if `open`, others may be."""

    keys: Mapping[str, Shape]
    required: tuple[str, ...] = ()
    open: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """Keys that the author chooses, of `pattern`, `most` of them in what the policies come to."""

    each: Shape
    pattern: str = ".+"
    what: str = "a name"
    most: int | None = None
    least: int = 0


Shape = Setting | Section | Named


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at a place. `known`: AWS documents no such key, but may have added it since."""

    code: str
    where: tuple[object, ...]
    message: str
    hint: str | None = None
    certain: bool = True


def authored(document: Mapping[str, Any], shape: Shape, above: Where = ()) -> Iterator[Fault]:
    """What is wrong with a policy as it is written, with operators.

    That something is missing is none of it: a policy above or below may have it (see `complete`).
    """
    if isinstance(shape, Setting):
        yield from _setting(document, shape, above)
        return
    for operator in VALUE_OPERATORS:
        if operator in document:
            hint = "it goes to the settings below"
            yield Fault("POL703", (*above, operator), f"{operator} sets a value, and this is a section", hint)
    for name, value in document.items():
        where = (*above, name)
        if name.startswith("@@"):
            continue
        inner, fault = _inner(shape, name, where)
        if fault:
            yield fault
        if inner is None:
            continue
        if isinstance(value, Mapping):
            yield from authored(value, inner, where)
        elif isinstance(inner, Setting):
            yield Fault("POL704", where, "a value without an operator", f'write {{"{ASSIGN}": …}}')
        else:
            yield Fault("POL704", where, "a value where a section is expected", None)


def _inner(shape: Section | Named, name: str, where: Where) -> tuple[Shape | None, Fault | None]:
    if isinstance(shape, Named):
        if re.fullmatch(shape.pattern, name):
            return shape.each, None
        return shape.each, Fault("POL703", where, f"{name!r} is not {shape.what}")
    if name in shape.keys:
        return shape.keys[name], None
    hint = did_you_mean(name, tuple(shape.keys)) or f"there are {', '.join(shape.keys)}"
    message = f"AWS documents no {name!r} here"
    return None, Fault("POL703", where, message, hint, certain=not shape.open)


def _setting(written: Mapping[str, Any], shape: Setting, where: Where) -> Iterator[Fault]:
    for name, value in written.items():
        if not name.startswith("@@"):
            yield Fault("POL703", (*where, name), f"{name!r} stands where a value is set", f'write {{"{ASSIGN}": …}}')
        elif name in (APPEND, REMOVE) and not shape.many:
            yield Fault("POL702", (*where, name), f"{name} goes with lists, and this is one value", f"use {ASSIGN}")
        elif name in VALUE_OPERATORS:
            yield from _values(value, shape, (*where, name))


def _values(value: object, shape: Setting, where: Where) -> Iterator[Fault]:
    if isinstance(value, list | tuple):
        if not shape.many:
            yield Fault("POL704", where, "a list where one value is expected")
            return
        for index, item in enumerate(value):
            yield from _value(item, shape, (*where, index))
    elif shape.many:
        yield Fault("POL704", where, "one value where a list is expected", "put it in brackets")
    else:
        yield from _value(value, shape, where)


def _value(value: object, shape: Setting, where: tuple[object, ...]) -> Iterator[Fault]:
    if shape.number:
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            yield Fault("POL704", where, f"{value!r} is not {shape.what}")
        return
    if not isinstance(value, str):
        yield Fault("POL704", where, f"{value!r} is no text", "AWS wants numbers and truths in quotes here")
    elif shape.words and value not in shape.words:
        hint = did_you_mean(value, shape.words) or f"there are {', '.join(shape.words)}"
        yield Fault("POL704", where, f"{value!r} is not a value of this setting", hint)
    elif not shape.words and not re.fullmatch(shape.pattern, value):
        yield Fault("POL704", where, f"{value!r} is not {shape.what}")


@dataclass(frozen=True, slots=True)
class Lack:
    """Why AWS holds what policies come to for invalid, as it names it: KEY_REQUIRED, ELEMENTS_TOO_MANY or …TOO_FEW.

    AWS Organizations user guide, "Invalid effective policies": such an account keeps the last valid one.
    """

    error: str
    where: Where
    message: str


def complete(document: Mapping[str, Any], shape: Shape, above: Where = ()) -> Iterator[Lack]:
    """Why what policies come to (`effective`) is not valid."""
    if isinstance(shape, Setting):
        return
    inner = {name: _inner(shape, name, (*above, name))[0] for name in document}
    if isinstance(shape, Section):
        for name in shape.required:
            if name not in document:
                yield Lack("KEY_REQUIRED", (*above, name), f"{name!r} is missing")
    elif shape.most is not None and len(document) > shape.most:
        yield Lack("ELEMENTS_TOO_MANY", above, f"{len(document)} where AWS takes {shape.most}")
    elif len(document) < shape.least:
        yield Lack("ELEMENTS_TOO_FEW", above, f"{len(document)} where AWS wants {shape.least}")
    for name, value in document.items():
        below, where = inner[name], (*above, name)
        if isinstance(below, Setting):
            if below.most is not None and isinstance(value, list) and len(value) > below.most:
                yield Lack("ELEMENTS_TOO_MANY", where, f"{len(value)} where AWS takes {below.most}")
        elif below is not None and isinstance(value, Mapping):
            yield from complete(value, below, where)
