"""The cases of a playbook: what there is, an event, and what must come of it. Read from its `cases.yaml`."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from landing.core.spelling import nearest
from landing.core.yaml_text import Map, NotAdmitted, Seq, parse
from landing.policy.testing.model import Mistake, Position

TOP = ("on", "parameters", "given", "event", "cases")
KEYS = ("case", "given", "event", "calls", "refused", "set_off", "then")
OUTCOMES = ("calls", "refused", "set_off")
MORE = ("as", "only", "shows")


@dataclass(frozen=True, slots=True)
class Step:
    """A call of an administrator: before the event `name` keeps its answer, after it `shows` is part of it.

    `only` is the part of the answer that `shows` is all of, as JMESPath selects it.
    """

    service: str
    operation: str
    parameters: Mapping[str, Any]
    name: str = ""
    shows: Any = None
    only: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """What there is, an event, and what must come of it.

    `calls`: those that the playbook makes, in order; `refused`: the one that its role may not make, after which
    nothing is changed; neither: it is not set off.
    """

    title: str
    position: Position
    given: tuple[Step, ...]
    event: Mapping[str, Any]
    calls: tuple[str, ...] | None
    refused: str
    then: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Cases:
    """All that a file says, and what is wrong with it; `on` and `parameters` are what the playbook is tried with."""

    cases: tuple[Case, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    on: Mapping[str, Any] | None = None
    parameters: Mapping[str, Any] | None = None


class _WrongError(Exception):
    def __init__(self, message: str, where: tuple[int, int] | None = None) -> None:
        super().__init__(message)
        self.where = where


def read(path: Path) -> Cases:
    """The cases of a file; never raises, but says what is wrong with it."""
    file = str(path)
    try:
        root = parse(path.read_text(encoding="utf-8-sig"))
    except NotAdmitted as error:
        return Cases(mistakes=(Mistake(Position(file, error.mark[0] + 1, error.mark[1] + 1), error.message),))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        at = Position(file, mark.line + 1, mark.column + 1) if mark else Position(file, 1, 1)
        return Cases(mistakes=(Mistake(at, f"not YAML: {getattr(error, 'problem', None) or error}"),))
    except (OSError, UnicodeDecodeError) as error:
        return Cases(mistakes=(Mistake(Position(file, 1, 1), f"cannot be read: {error}"),))
    if not isinstance(root, Map) or not isinstance(root.get("cases"), Seq) or not root["cases"]:
        return Cases(mistakes=(Mistake(Position(file, 1, 1), "there are no cases: `cases:` is a list of them"),))
    try:
        _known(root, TOP)
        shared = tuple(_steps(root.get("given"), "given"))
        _mapping(root, "event")
    except _WrongError as wrong:
        line, column = wrong.where or (0, 0)
        return Cases(mistakes=(Mistake(Position(file, line + 1, column + 1), str(wrong)),))
    found: list[Case] = []
    mistakes: list[Mistake] = []
    for value, (line, column) in zip(root["cases"], root["cases"].values_at, strict=True):
        at = Position(file, line + 1, column + 1)
        try:
            found.append(_case(value, at, shared, root.get("event") or {}))
        except _WrongError as wrong:
            where = Position(file, wrong.where[0] + 1, wrong.where[1] + 1) if wrong.where else at
            mistakes.append(Mistake(where, str(wrong)))
    if found and not any(each.calls for each in found):
        mistakes.append(Mistake(Position(file, 1, 1), "no case has `calls`: nothing shows what the playbook does"))
    if found and all(each.calls for each in found):
        message = "every case has `calls`: nothing shows what the playbook leaves alone (`refused`, `set_off: false`)"
        mistakes.append(Mistake(Position(file, 1, 1), message))
    return Cases(tuple(found), tuple(mistakes), root.get("on"), root.get("parameters"))


def _case(value: Any, at: Position, shared: tuple[Step, ...], event: Mapping[str, Any]) -> Case:
    if not isinstance(value, Map) or not isinstance(value.get("case"), str):
        raise _WrongError("`case` is missing: what it shows, in words")
    _known(value, KEYS)
    said = [name for name in OUTCOMES if name in value]
    if len(said) != 1 or (said == ["set_off"] and value["set_off"] is not False):
        raise _WrongError("a case has one of `calls`, `refused` and `set_off: false`")
    calls = value.get("calls")
    if calls is not None and not (isinstance(calls, list) and calls and all(map(_is_call, calls))):
        raise _WrongError("`calls` is a list as `[iam:UpdateAccessKey]`", value.values_at.get("calls"))
    if "refused" in value and not _is_call(value["refused"]):
        raise _WrongError("`refused` is a call as `iam:UpdateAccessKey`", value.values_at.get("refused"))
    _mapping(value, "event")
    return Case(
        title=value["case"],
        position=at,
        given=(*shared, *_steps(value.get("given"), "given")),
        event=_merged(event, value.get("event") or {}),
        calls=None if calls is None else tuple(calls),
        refused=value.get("refused", ""),
        then=tuple(_steps(value.get("then"), "then")),
    )


def _known(value: Map, keys: tuple[str, ...]) -> None:
    for key in value:
        if key not in keys:
            raise _WrongError(f"`{key}` is not known here{_hint(key, keys)}", value.keys_at.get(key))


def _hint(key: str, keys: tuple[str, ...]) -> str:
    found = nearest(key, keys)
    return f": {found}" if found else f": {', '.join(keys)}"


def _mapping(value: Map, key: str) -> None:
    if not isinstance(value.get(key) or {}, Mapping):
        raise _WrongError(f"`{key}` is a mapping", value.values_at.get(key))


def _steps(value: Any, key: str) -> Iterator[Step]:
    if not isinstance(value or [], list):
        raise _WrongError(f"`{key}` is a list of calls as `- iam:GetUser: {{UserName: ann}}`")
    for each in value or ():
        named = [name for name in each if name not in MORE] if isinstance(each, Map) else []
        if len(named) != 1 or not _is_call(named[0]) or not isinstance(each[named[0]] or {}, Mapping):
            where = next(iter(each.keys_at.values()), None) if isinstance(each, Map) else None
            raise _WrongError(f"an entry of `{key}` is one call as `- iam:GetUser: {{UserName: ann}}`", where)
        service, _, operation = named[0].partition(":")
        yield Step(
            service,
            operation,
            each[named[0]] or {},
            str(each.get("as", "")),
            each.get("shows"),
            str(each.get("only", "")),
        )


def _is_call(value: object) -> bool:
    return isinstance(value, str) and all(value.partition(":")[::2])


def _merged(below: Any, above: Any) -> Any:
    """Mappings together, key by key; else what is above."""
    if isinstance(below, Mapping) and isinstance(above, Mapping):
        both = {key: _merged(below.get(key), value) for key, value in above.items()}
        return {**copy.deepcopy(dict(below)), **both}
    return copy.deepcopy(above)
