"""`cases.yaml` as cases, claims, settings and arguments, each with its line; all mistakes of a file at once."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml

from landing.core.spelling import nearest
from landing.core.yaml_text import NotAdmitted
from landing.core.yaml_text import parse as parse_yaml
from landing.policy.testing.model import Argument, Case, Cases, Claim, Mistake, Parts, Position, Setting, Value

_TEXTS, _TEXT, _MAP, _VALUE = "texts", "text", "map", "value"
# For each kind of entry: its keys with what they hold, the key that tells the kind first.
_FORMS: Mapping[str, Mapping[str, str]] = {
    "try": {
        "try": _TEXTS, "as": _TEXTS, "in": _TEXTS, "but": _TEXTS, "on": _TEXTS, "owner": _TEXT, "with": _MAP,
        "expect": _TEXT, "by": _TEXTS,
    },
    "never": {
        "never": _TEXTS, "except": _TEXTS, "in": _TEXTS, "but": _TEXTS, "on": _TEXTS, "with": _MAP,
        "present": _TEXTS, "absent": _TEXTS,
    },
    "always": {
        "always": _TEXTS, "as": _TEXTS, "in": _TEXTS, "but": _TEXTS, "on": _TEXTS, "with": _MAP,
        "present": _TEXTS, "absent": _TEXTS,
    },
    "setting": {"setting": _TEXT, "in": _TEXTS, "expect": _VALUE},
    "equivalent": {"equivalent": _TEXT, "because": _TEXT},
}  # fmt: skip
_NEEDED = {"try": ("expect",), "never": (), "always": ("as",), "setting": ("expect",), "equivalent": ("because",)}
EXPECTATIONS = ("denied", "not-denied")

_Entry = dict[str, tuple[yaml.Node, "Value | Mapping[str, Value]"]]


class _WrongError(Exception):
    """A mistake at a node."""

    def __init__(self, node: yaml.Node, message: str) -> None:
        super().__init__(message)
        self.node = node


def read(path: Path) -> Cases:
    """The cases of a file; never raises, but says what is wrong with it."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        return Cases(mistakes=(Mistake(Position(str(path), 1, 1), f"cannot be read: {error}"),))
    return parse(text, str(path))


def parse(text: str, file: str) -> Cases:
    """The cases of a text; `file` is its name in messages."""
    try:
        parse_yaml(text)  # its limits, and that no key is given twice
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except NotAdmitted as error:
        return Cases(mistakes=(Mistake(Position(file, error.mark[0] + 1, error.mark[1] + 1), error.message),))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = Position(file, mark.line + 1, mark.column + 1) if mark else Position(file, 1, 1)
        return Cases(mistakes=(Mistake(where, f"not YAML: {getattr(error, 'problem', None) or error}"),))
    if root is None or not isinstance(root, yaml.SequenceNode) or not root.value:
        return Cases(mistakes=(Mistake(Position(file, 1, 1), "there are no cases: a list of them is expected"),))
    read_entries: list[Case | Claim | Setting | Argument] = []
    mistakes: list[Mistake] = []
    for node in root.value:
        try:
            read_entries.append(_entry(node, _at(node, file)))
        except _WrongError as wrong:
            mistakes.append(Mistake(_at(wrong.node, file), str(wrong)))
    return Cases(
        tuple(item for item in read_entries if isinstance(item, Case)),
        tuple(item for item in read_entries if isinstance(item, Claim)),
        tuple(item for item in read_entries if isinstance(item, Setting)),
        tuple(item for item in read_entries if isinstance(item, Argument)),
        tuple(mistakes),
    )


def _at(node: yaml.Node, file: str) -> Position:
    return Position(file, node.start_mark.line + 1, node.start_mark.column + 1)


def _entry(node: yaml.Node, position: Position) -> Case | Claim | Setting | Argument:
    keys = dict(_pairs(node))
    kind = next((name for name in _FORMS if name in keys), None)
    if kind is None:
        raise _WrongError(node, f"this says none of {', '.join(f'`{name}`' for name in _FORMS)}")
    form = _FORMS[kind]
    given: _Entry = {}
    for name, (key, value) in keys.items():
        if name not in form:
            raise _WrongError(key, f"`{name}` is no part of a `{kind}`{_hint(name, form)}")
        given[name] = (value, _read(form[name], value))
    for name in _NEEDED[kind]:
        if name not in given:
            raise _WrongError(node, f"`{name}` is missing")
    parts = _parts(keys, position.file)
    if kind == "try":
        return _case(given, position, parts)
    if kind == "setting":
        expect = given["expect"][1]
        assert not isinstance(expect, Mapping)
        return Setting(position, _one(given, "setting") or "", expect, _many(given, "in") or ("anywhere",), parts)
    if kind == "equivalent":
        return Argument(position, _one(given, "equivalent") or "", _one(given, "because") or "")
    who = "except" if kind == "never" else "as"
    return Claim(
        position=position,
        kind=kind,
        actions=_many(given, kind),
        principals=_many(given, who),
        places=_many(given, "in") or ("anywhere",),
        but=_many(given, "but"),
        on=_many(given, "on") or None,
        context=_context(given),
        present=_many(given, "present"),
        absent=_many(given, "absent"),
        parts=parts,
    )


def _parts(keys: Mapping[str, tuple[yaml.Node, yaml.Node]], file: str) -> Parts:
    found = {name: _at(value, file) for name, (_, value) in keys.items()}
    if "with" in keys:
        found |= {f"with {name}": _at(key, file) for name, (key, _) in _pairs(keys["with"][1])}
    return found


def _case(given: _Entry, position: Position, parts: Parts) -> Case:
    expect = _one(given, "expect") or ""
    if expect not in EXPECTATIONS:
        raise _WrongError(given["expect"][0], f"`{expect}` is neither {' nor '.join(EXPECTATIONS)}")
    if "by" in given and expect != "denied":
        raise _WrongError(given["by"][0], "`by` says what denies: it goes with `expect: denied` only")
    return Case(
        position=position,
        actions=_many(given, "try"),
        expect=expect,
        principals=_many(given, "as") or ("role/Anyone",),
        places=_many(given, "in") or ("anywhere",),
        but=_many(given, "but"),
        on=_many(given, "on") or None,
        owner=_one(given, "owner"),
        context=_context(given),
        by=_many(given, "by"),
        parts=parts,
    )


def _context(given: _Entry) -> Mapping[str, Value]:
    value = given["with"][1] if "with" in given else {}
    assert isinstance(value, Mapping)
    return value


def _many(given: _Entry, name: str) -> tuple[str, ...]:
    value = given[name][1] if name in given else ()
    assert isinstance(value, tuple)
    return value


def _one(given: _Entry, name: str) -> str | None:
    value = given[name][1] if name in given else None
    assert value is None or isinstance(value, str)
    return value


def _hint(name: str, known: Mapping[str, str]) -> str:
    return ": " + nearest(name, known, f"it has {', '.join(known)}")


def _pairs(node: yaml.Node) -> Iterator[tuple[str, tuple[yaml.Node, yaml.Node]]]:
    """The keys of a mapping as they are written: `on` is a word here, not a truth as in YAML 1.1."""
    if not isinstance(node, yaml.MappingNode):
        raise _WrongError(node, "a mapping is expected")
    for key, value in node.value:
        yield key.value, (key, value)


def _scalar(node: yaml.Node) -> str | None:
    if not isinstance(node, yaml.ScalarNode):
        raise _WrongError(node, "a single value is expected")
    if node.style is None and node.value in ("", "~", "null"):
        return None
    return str(node.value)


def _text(node: yaml.Node) -> str:
    value = _scalar(node)
    if not value:
        raise _WrongError(node, "a text is expected")
    return value


def _texts(node: yaml.Node) -> tuple[str, ...]:
    """A text or a list of them; a list in a list is part of it, as aliases stand for lists."""
    if not isinstance(node, yaml.SequenceNode):
        return (_text(node),)
    if not node.value:
        raise _WrongError(node, "an empty list says nothing: leave the key out")
    return tuple(text for item in node.value for text in _texts(item))


def _map(node: yaml.Node) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for name, (_, value) in _pairs(node):
        if isinstance(value, yaml.SequenceNode):
            found[name] = tuple(_text(item) for item in value.value)
        else:
            found[name] = _scalar(value)
    return found


def _read(form: str, node: yaml.Node) -> Value | Mapping[str, Value]:
    if form == _MAP:
        return _map(node)
    if form == _VALUE:
        return tuple(map(_text, node.value)) if isinstance(node, yaml.SequenceNode) else _scalar(node)
    return _texts(node) if form == _TEXTS else _text(node)
