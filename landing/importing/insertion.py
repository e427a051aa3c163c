"""Entries put into a YAML text where their mapping ends: all that stands there stays as it stands, comments included.

The places come from PyYAML's marks. A library that keeps comments (ruamel.yaml) writes the whole file anew, with its
own quotes, indents and line breaks; here no line that somebody wrote is touched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from landing.importing.yaml_values import block, inline

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
STEP = 2
"""Spaces of a level."""


def added(text: str, path: Sequence[str], entries: Mapping[str, Any]) -> str:
    """The text with entries at the end of the mapping at a path of keys, which is made as far as it is not there.

    Raises ValueError where something else than a mapping stands on the path.
    """
    root = yaml.compose(text, Loader=_LOADER)
    if root is None or _is_empty(root):
        return _ended(text) + "\n".join(block(_nested(path, entries))) + "\n"
    node = root
    for number, step in enumerate(path):
        if not isinstance(node, yaml.MappingNode):
            raise ValueError(f"`{'.'.join(path[:number])}` is no mapping")  # noqa: TRY004 - of a file
        found = next(((key, value) for key, value in node.value if key.value == step), None)
        if found is None:
            return _into(text, node, _nested(path[number:], entries))
        parent, (key, node) = node, found
        if _is_empty(node):
            return _instead(text, parent, key, node, _nested(path[number + 1 :], entries))
    if not isinstance(node, yaml.MappingNode):
        raise ValueError(f"`{'.'.join(path)}` is no mapping")  # noqa: TRY004 - of a file
    return _into(text, node, entries)


def _is_empty(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and not node.style and node.value in ("", "~", "null")


def _nested(path: Sequence[str], entries: Mapping[str, Any]) -> Mapping[str, Any]:
    for step in reversed(path):
        entries = {step: entries}
    return entries


def _instead(
    text: str, parent: yaml.MappingNode, key: yaml.Node, nothing: yaml.Node, entries: Mapping[str, Any]
) -> str:
    """The text with entries where a key has no value, or a word that says so."""
    if parent.flow_style:
        start, end = _offset(text, nothing.start_mark), _offset(text, nothing.end_mark)
        return f"{text[:start]} {inline(entries)}{text[end:]}"
    if nothing.value:
        start, end = _offset(text, nothing.start_mark), _offset(text, nothing.end_mark)
        text = text[:start].rstrip(" ") + text[end:]
    return _after(text, key.end_mark.line, block(entries, key.start_mark.column + STEP))


def _offset(text: str, mark: yaml.Mark) -> int:
    return sum(map(len, text.splitlines(keepends=True)[: mark.line])) + mark.column


def _into(text: str, node: yaml.MappingNode, entries: Mapping[str, Any]) -> str:
    if node.flow_style:
        end = _offset(text, node.end_mark) - 1  # before the closing brace
        head = text[:end].rstrip()
        comma = "" if head.endswith(("{", ",")) else ","
        space = "" if head.endswith("{") else " "
        return f"{head}{comma}{space}{inline(entries)[1:-1]}{text[end:]}"
    return _after(text, _last_line(node), block(entries, node.value[0][0].start_mark.column))


def _after(text: str, line: int, added_lines: Any) -> str:
    """The text with lines behind one of its lines."""
    lines = _ended(text).splitlines(keepends=True)
    return "".join([*lines[: line + 1], *(f"{each}\n" for each in added_lines), *lines[line + 1 :]])


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"


def _last_line(node: yaml.Node, above: int = 0) -> int:
    """The line in which a node's content ends; what an alias stands for is written elsewhere, before it."""
    if isinstance(node, yaml.MappingNode) and node.value and not node.flow_style:
        key, value = node.value[-1]
        return max(int(key.end_mark.line), _last_line(value, key.start_mark.line))
    if isinstance(node, yaml.SequenceNode) and node.value and not node.flow_style:
        return _last_line(node.value[-1], node.start_mark.line)
    if node.start_mark.line < above:
        return above
    last = int(node.end_mark.line)
    return last - 1 if node.end_mark.column == 0 and last > node.start_mark.line else last
